"""A VPC that exists as a network: only what is missing is made, and only when it is needed."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Annotations, Match
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ecs import Container, Ec2Service, EcrRepository, EcsCluster, FargateService, Image, TaskSize
from constructs_ecs.errors import Code, InvalidValueError, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import ecr_image, exec_session, registry_image
from constructs_ecs.facts.needs import Needs
from constructs_ecs.network import Egress, ExistingEndpoint, ExistingNetwork
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.report import Report
from tests.meaning import meaning, permissions
from tests.nag import findings
from tests.support import ENVIRONMENT, Resources, app, of_type, recommended_flags, stack, template

VPC_ID = "vpc-0123456789abcdef0"
GROUP_ID = "sg-0123456789abcdef0"
ZONES = ["us-east-1a", "us-east-1b"]
ENVIRONMENTS = [None, ENVIRONMENT]
RULES = ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress")
WAYS_OUT = [egress for egress in Egress if egress is not Egress.NONE]
S3_GATEWAY = ExistingEndpoint()


def ids(kind: str, *names: str) -> list[str]:
    return [f"{kind}-{int.from_bytes(name.encode()):017x}" for name in names]


def isolated(*names: str, routed: bool = True) -> dict[str, list[str]]:
    found = {"isolated_subnet_ids": ids("subnet", *names)}
    return {**found, "isolated_subnet_route_table_ids": ids("rtb", *names)} if routed else found


def private(*names: str) -> dict[str, list[str]]:
    return {"private_subnet_ids": ids("subnet", *names), "private_subnet_route_table_ids": ids("rtb", *names)}


def imported(scope: cdk.Stack, **attributes: Any) -> ec2.IVpc:  # noqa: ANN401 - as the CDK takes them
    subnets = attributes or isolated("one", "two")
    return ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id=VPC_ID, availability_zones=ZONES, **subnets)


def foreign_group(
    scope: cdk.Stack, construct_id: str = "EndpointGroup", group_id: str = GROUP_ID
) -> ec2.ISecurityGroup:
    return ec2.SecurityGroup.from_security_group_id(scope, construct_id, group_id)


def existing_network(scope: cdk.Stack, **options: Any) -> ExistingNetwork:  # noqa: ANN401 - as the network takes them
    return ExistingNetwork(scope, "Network", **{"vpc": options.pop("vpc", None) or imported(scope), **options})


def calls(*endpoints: Endpoint) -> Needs:
    return Needs(endpoints=frozenset(endpoints))


def rules(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["Properties"] for kind in RULES for each in of_type(made, kind).values()]


def made_endpoints(made: dict[str, Any]) -> Resources:
    return of_type(made, "AWS::EC2::VPCEndpoint")


def workload(scope: cdk.Stack, network: ExistingNetwork) -> cdk.CfnResource:
    made = cdk.CfnResource(
        scope,
        "Workload",
        type="AWS::ECS::Service",
        properties={"SecurityGroups": [network.endpoint_client_security_group.security_group_id]},
    )
    made.node.add_dependency(network.ready)
    return made


def test_at_first_there_is_the_clients_group_alone() -> None:
    scope = stack()
    network = existing_network(scope, existing_endpoints={Endpoint.LOGS: ExistingEndpoint(cidrs=("10.9.0.0/24",))})
    assert [each["Type"] for each in template(scope)["Resources"].values()] == ["AWS::EC2::SecurityGroup"]
    assert network.endpoint_security_group is None
    assert network.interface_endpoints == {}
    assert network.s3_gateway is None
    assert not network.has_egress


def test_what_is_missing_is_made_when_it_is_needed_as_a_private_network_makes_it() -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope)
    network.require(exec_session() | ecr_image("arn:aws:ecr:us-east-1:123456789012:repository/web"), needed_by="Web")
    made = template(scope)
    assert set(network.interface_endpoints) == {Endpoint.SSM_MESSAGES, Endpoint.ECR_API, Endpoint.ECR_DOCKER}
    assert network.s3_gateway is not None
    assert network.endpoint_security_group is not None
    assert len(made_endpoints(made)) == 4
    for endpoint in made_endpoints(made).values():
        assert endpoint["Properties"]["VpcId"] == VPC_ID
        if endpoint["Properties"]["VpcEndpointType"] == "Interface":
            assert endpoint["Properties"]["PrivateDnsEnabled"] is True
            assert endpoint["Properties"]["SubnetIds"] == ids("subnet", "one", "two")
        else:
            assert endpoint["Properties"]["RouteTableIds"] == ids("rtb", "one", "two")
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules(made)} == {("tcp", 443, 443)}
    assert len(rules(made)) == 3


def test_own_buckets_are_reached_through_a_gateway_that_was_made() -> None:
    scope = stack()
    existing_network(scope).require(Needs(s3_gateway=("s3:PutObject",)), needed_by="Web")
    (gateway,) = made_endpoints(template(scope)).values()
    assert "s3:PutObject" in json.dumps(gateway["Properties"]["PolicyDocument"])


def test_a_gateway_that_exists_is_reached_and_left_alone() -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope, existing_endpoints={Endpoint.S3: S3_GATEWAY})
    network.require(Needs(s3_gateway=("s3:PutObject",)), needed_by="Web")
    made = template(scope)
    assert not made_endpoints(made)
    (rule,) = rules(made)
    assert rule["DestinationPrefixListId"].startswith("pl-")


def test_an_endpoint_that_exists_is_joined_by_its_group_when_it_is_needed() -> None:
    scope = stack()
    existing = {Endpoint.LOGS: ExistingEndpoint(security_group=foreign_group(scope))}
    network = existing_network(scope, existing_endpoints=existing)
    network.require(calls(Endpoint.LOGS), needed_by="Web")
    made = template(scope)
    assert not made_endpoints(made)
    out, into = rules(made)
    assert out["DestinationSecurityGroupId"] == into["GroupId"] == GROUP_ID
    assert out["GroupId"] == into["SourceSecurityGroupId"]
    assert "EndpointClientSecurityGroup" in out["GroupId"]["Fn::GetAtt"][0]


@pytest.mark.parametrize("egress", WAYS_OUT)
def test_with_egress_nothing_is_made_and_clients_are_let_out_once(egress: Egress) -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope, egress=egress)
    for endpoint in Endpoint:
        network.require(calls(endpoint), needed_by="Web")
    made = template(scope)
    assert not made_endpoints(made)
    (rule,) = rules(made)
    assert (rule["CidrIp"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", "tcp", 443, 443)
    assert "no endpoint" in rule["Description"]


@pytest.mark.parametrize("first", [Endpoint.S3, Endpoint.LOGS])
def test_the_rule_to_any_address_is_one_and_has_one_id_whichever_is_needed_first(first: Endpoint) -> None:
    scope = stack()  # in any Region: S3's prefix list is not known
    network = existing_network(scope, egress=Egress.NAT_GATEWAY, existing_endpoints={Endpoint.S3: S3_GATEWAY})
    network.require(calls(first), needed_by="Web")
    network.require(calls(Endpoint.S3, Endpoint.LOGS), needed_by="Web")
    ((logical_id, rule),) = of_type(template(scope), "AWS::EC2::SecurityGroupEgress").items()
    assert logical_id.startswith("NetworkClientsToS3")
    assert "no endpoint" in rule["Properties"]["Description"]


def test_endpoints_are_made_in_a_network_with_egress_when_told_to() -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope, egress=Egress.NAT_GATEWAY, create_endpoints=True)
    network.require(calls(Endpoint.LOGS, Endpoint.S3), needed_by="Web")
    made = template(scope)
    assert len(made_endpoints(made)) == 2
    assert "0.0.0.0/0" not in json.dumps(rules(made))


def test_some_endpoints_are_made_in_a_network_with_egress_when_they_are_named() -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope, egress=Egress.NAT_GATEWAY, extra_endpoints=[Endpoint.KMS])
    network.require(calls(Endpoint.KMS, Endpoint.LOGS), needed_by="Web")
    assert set(network.interface_endpoints) == {Endpoint.KMS}
    assert "0.0.0.0/0" in json.dumps(rules(template(scope)))


def test_extra_endpoints_are_there_in_advance_those_that_exist_joined_the_others_made() -> None:
    scope = stack()
    network = existing_network(
        scope,
        existing_endpoints={Endpoint.LOGS: ExistingEndpoint(cidrs=("10.9.0.0/24",))},
        extra_endpoints=[Endpoint.LOGS, Endpoint.KMS],
    )
    assert set(network.interface_endpoints) == {Endpoint.KMS}
    assert "10.9.0.0/24" in json.dumps(rules(template(scope)))


def test_an_extra_endpoint_that_may_not_be_made_is_refused() -> None:
    scope = stack()
    with pytest.raises(InvalidValueError) as caught:
        existing_network(scope, create_endpoints=False, extra_endpoints=[Endpoint.KMS])
    assert caught.value.code is Code.SETTING
    assert "KMS" in caught.value.problem


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_need_that_cannot_be_met_names_the_endpoint_who_needs_it_and_why(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    network = existing_network(
        scope, create_endpoints=False, existing_endpoints={Endpoint.LOGS: ExistingEndpoint(cidrs=("10.9.0.0/24",))}
    )
    with pytest.raises(UnreachableError) as caught:
        network.require(exec_session() | calls(Endpoint.LOGS), needed_by="Test/Web")
    assert caught.value.code is Code.MISSING_ENDPOINT
    region = "<region>" if env is None else "us-east-1"
    assert f"Test/Web needs com.amazonaws.{region}.ssmmessages to open ECS Exec sessions" in caught.value.problem
    assert "logs" not in caught.value.problem
    for way_out in ("existing_endpoints", "create_endpoints=True", "egress"):
        assert way_out in caught.value.remedy
    assert rules(template(scope)) == []


def test_what_needs_the_internet_is_refused_without_egress_and_met_with_any() -> None:
    with pytest.raises(UnreachableError) as caught:
        existing_network(stack()).require(registry_image("ghcr.io"), needed_by="Web")
    assert caught.value.code is Code.UNREACHABLE_IMAGE
    existing_network(stack(), egress=Egress.TRANSIT_GATEWAY).require(registry_image("ghcr.io"), needed_by="Web")


def test_a_gateway_is_not_made_where_the_route_tables_are_not_known() -> None:
    scope = stack()
    network = existing_network(scope, vpc=imported(scope, **isolated("one", "two", routed=False)))
    with pytest.raises(UnreachableError) as caught:
        network.require(ecr_image("arn:aws:ecr:us-east-1:123456789012:repository/web"), needed_by="Test/Web")
    assert caught.value.code is Code.MISSING_ENDPOINT
    assert "Test/Web needs com.amazonaws.<region>.s3 to pull an image from Amazon ECR" in caught.value.problem
    assert "Endpoint.S3: ExistingEndpoint()" in caught.value.remedy
    assert network.interface_endpoints == {}


def test_the_services_that_workloads_reach_are_told_of_once_however_they_are_reached() -> None:
    scope = stack()
    network = existing_network(
        scope,
        egress=Egress.NAT_GATEWAY,
        existing_endpoints={
            Endpoint.LOGS: ExistingEndpoint(cidrs=("10.9.0.0/24",)),
            Endpoint.S3: S3_GATEWAY,
            Endpoint.SSM: ExistingEndpoint(cidrs=("10.9.0.0/24",)),
        },
        extra_endpoints=[Endpoint.LOGS, Endpoint.KMS],
    )
    told: list[Endpoint] = []
    network.on_endpoint(told.append)
    assert told == [Endpoint.LOGS, Endpoint.KMS]
    for _ in range(2):
        network.require(calls(Endpoint.LOGS, Endpoint.S3, Endpoint.STS), needed_by="Web")
    assert told == [Endpoint.LOGS, Endpoint.KMS, Endpoint.S3, Endpoint.STS]


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_workload_waits_for_all_that_leads_to_what_it_calls(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    marker = cdk.CfnResource(scope, "Central", type="AWS::EC2::VPCEndpoint")
    existing = {
        Endpoint.LOGS: ExistingEndpoint(security_group=foreign_group(scope)),
        Endpoint.KMS: ExistingEndpoint(cidrs=("10.9.0.0/24",), wait_for=marker),
    }
    network = existing_network(scope, existing_endpoints=existing)
    workload(scope, network)
    network.require(calls(Endpoint.LOGS, Endpoint.KMS, Endpoint.S3, Endpoint.STS), needed_by="Workload")
    made = template(scope)
    (resource,) = of_type(made, "AWS::ECS::Service").values()
    expected = {key for kind in (*RULES, "AWS::EC2::VPCEndpoint") for key in of_type(made, kind)}
    assert len(expected) == 3 + 6
    assert set(resource["DependsOn"]) == expected


def test_a_workload_waits_for_the_routes_of_a_vpc_of_the_same_app() -> None:
    scope = stack()
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=1)
    workload(scope, existing_network(scope, vpc=vpc, egress=Egress.NAT_GATEWAY))
    made = template(scope)
    (resource,) = of_type(made, "AWS::ECS::Service").values()
    through_nat = {key for key, route in of_type(made, "AWS::EC2::Route").items() if "NatGatewayId" in str(route)}
    assert len(through_nat) == 2
    assert through_nat <= set(resource["DependsOn"])


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_vpc_and_a_group_of_another_stack_get_no_reference_back(env: cdk.Environment | None) -> None:
    root = app()
    base, middle, top = (cdk.Stack(root, name, env=env) for name in ("Base", "Middle", "Top"))
    vpc = ec2.Vpc(base, "Vpc", max_azs=2, nat_gateways=0)
    group = ec2.SecurityGroup(base, "Endpoints", vpc=vpc)
    existing = {
        Endpoint.LOGS: ExistingEndpoint(security_group=group),
        Endpoint.KMS: ExistingEndpoint(cidrs=(vpc.vpc_cidr_block,)),
    }
    network = existing_network(middle, vpc=vpc, existing_endpoints=existing)
    workload(top, network)
    network.require(calls(Endpoint.LOGS, Endpoint.KMS, Endpoint.S3, Endpoint.STS), needed_by="Top/Workload")
    templates = {each.stack_name: each.template for each in root.synth().stacks}
    assert "Fn::ImportValue" not in json.dumps(templates["Base"])
    assert len(made_endpoints(templates["Middle"])) == 2
    assert not made_endpoints(templates["Base"])
    assert [each.node.path for each in middle.dependencies] == ["Base"]


def looked_up(root: cdk.App) -> tuple[cdk.Stack, ec2.IVpc]:
    scope = cdk.Stack(root, "Test", env=ENVIRONMENT)
    return scope, ec2.Vpc.from_lookup(scope, "Vpc", vpc_id=VPC_ID)


@pytest.mark.parametrize("selection", [None, ec2.SubnetSelection(subnet_group_name="Apps")])
def test_the_first_synthesis_of_a_lookup_gets_through_with_stand_ins(selection: ec2.SubnetSelection | None) -> None:
    root = app()
    scope, vpc = looked_up(root)
    network = existing_network(scope, vpc=vpc, task_subnets=selection)
    network.require(calls(Endpoint.LOGS, Endpoint.S3), needed_by="Web")
    assert len(made_endpoints(template(scope))) == 2
    manifest = json.loads((Path(root.outdir) / "manifest.json").read_text())
    assert [each["provider"] for each in manifest["missing"]] == ["vpc-provider"]


def found_subnets(name: str) -> list[dict[str, str]]:
    (table,) = ids("rtb", name)
    named = [(zone, ids("subnet", f"{name}{zone[-1]}")[0]) for zone in ZONES]
    return [{"subnetId": each, "availabilityZone": zone, "routeTableId": table} for zone, each in named]


def test_what_a_lookup_found_is_used() -> None:
    key = f"vpc-provider:account={ENVIRONMENT.account}:filter.vpc-id={VPC_ID}:region=us-east-1:"
    groups = [{"name": kind, "type": kind, "subnets": found_subnets(kind[:3])} for kind in ("Private", "Isolated")]
    found = {"vpcId": VPC_ID, "ownerAccountId": ENVIRONMENT.account, "availabilityZones": [], "subnetGroups": groups}
    scope, vpc = looked_up(app(context={f"{key}returnAsymmetricSubnets=true": found}))
    existing_network(scope, vpc=vpc).require(calls(Endpoint.LOGS, Endpoint.S3), needed_by="Web")
    made = json.dumps(made_endpoints(template(scope)))
    for used in (*ids("subnet", "Isoa", "Isob"), *ids("rtb", "Iso")):
        assert used in made
    assert ids("rtb", "Pri")[0] not in made


def undeclared(scope: cdk.Stack) -> int:
    message = Match.string_like_regexp("is told of no egress, and in the CDK's terms the task subnets of Test/Vpc")
    return len(Annotations.from_stack(scope).find_warning("*", message))


def test_endpoints_beside_an_egress_that_is_not_declared_are_warned_of() -> None:
    scope = stack()
    existing_network(scope, vpc=ec2.Vpc(scope, "Vpc"))
    assert undeclared(scope) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"egress": Egress.NAT_GATEWAY},
        {"egress": Egress.NAT_GATEWAY, "create_endpoints": True},
        {"create_endpoints": False},
        {"task_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)},
    ],
)
def test_nothing_is_warned_of_where_it_is_declared_or_nothing_is_taken_over(options: dict[str, Any]) -> None:
    scope = stack()
    vpc = imported(scope, **isolated("one", "two"), **private("three", "four"))
    existing_network(scope, vpc=vpc, **options)
    assert undeclared(scope) == 0


def test_public_subnets_are_on_offer_where_the_vpc_has_some() -> None:
    scope = stack()
    public = {"public_subnet_ids": ids("subnet", "three", "four")}
    network = existing_network(scope, vpc=imported(scope, **isolated("one", "two"), **public))
    assert network.public_subnets is not None
    assert network.public_subnets.subnets is not None
    assert [each.subnet_id for each in network.public_subnets.subnets] == ids("subnet", "three", "four")
    assert existing_network(stack()).public_subnets is None


@pytest.mark.parametrize(
    "option",
    [
        {"egress": "nat-gateway"},
        {"egress": None},
        {"create_endpoints": 1},
        {"create_endpoints": "yes"},
        {"extra_endpoints": ["kms"]},
        {"extra_endpoints": None},
        {"existing_endpoints": None},
        {"existing_endpoints": [Endpoint.KMS]},
        {"existing_endpoints": {"kms": ExistingEndpoint(cidrs=("10.9.0.0/24",))}},
        {"existing_endpoints": {Endpoint.KMS: None}},
        {"existing_endpoints": {Endpoint.KMS: ExistingEndpoint()}},
    ],
)
def test_an_option_of_another_type_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        existing_network(stack(), **option)
    assert caught.value.code is Code.SETTING


def test_what_is_made_has_a_name_in_the_console() -> None:
    scope = stack()
    existing_network(scope, extra_endpoints=[Endpoint.KMS, Endpoint.S3])
    made = template(scope)
    tagged = [*of_type(made, "AWS::EC2::SecurityGroup").values(), *made_endpoints(made).values()]
    assert len(tagged) == 4
    for each in tagged:
        assert {"Key": "Name", "Value": "Test/Network"} in each["Properties"]["Tags"]


ELSEWHERE = ExistingEndpoint(cidrs=("10.9.0.0/24", "10.9.1.0/24"))


@settings(max_examples=40)
@given(
    named=st.dictionaries(st.sampled_from(Endpoint), st.booleans()),
    wanted=st.lists(st.sets(st.sampled_from(Endpoint)), max_size=3),
    create=st.sampled_from([None, True, False]),
    egress=st.sampled_from(Egress),
    env=st.sampled_from(ENVIRONMENTS),
)
def test_each_need_is_met_by_what_exists_or_is_made_or_by_egress_or_refused(
    *,
    named: dict[Endpoint, bool],
    wanted: list[set[Endpoint]],
    create: bool | None,
    egress: Egress,
    env: cdk.Environment | None,
) -> None:
    scope = stack(env=env)
    shared = ExistingEndpoint(security_group=foreign_group(scope))
    existing = {each: shared if by_group else ELSEWHERE for each, by_group in named.items()}
    if existing.get(Endpoint.S3) is ELSEWHERE:
        existing[Endpoint.S3] = S3_GATEWAY
    network = existing_network(scope, existing_endpoints=existing, create_endpoints=create, egress=egress)
    makes = egress is Egress.NONE if create is None else create
    met: set[Endpoint] = set()
    for needed in wanted:
        if makes or egress is not Egress.NONE or needed <= existing.keys():
            network.require(calls(*needed), needed_by="Web")
            met |= needed
        else:
            with pytest.raises(UnreachableError) as caught:
                network.require(calls(*needed), needed_by="Web")
            assert caught.value.code is Code.MISSING_ENDPOINT
    told: set[Endpoint] = set()
    network.on_endpoint(told.add)
    assert told == met
    made, missing = template(scope), met - existing.keys()
    assert len(made_endpoints(made)) == (len(missing) if makes else 0)
    found = rules(made)
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in found} <= {("tcp", 443, 443)}
    assert len({json.dumps({**rule, "Description": ""}) for rule in found}) == len(found)  # EC2 takes a rule once
    s3_by_gateway = Endpoint.S3 in met and (makes if Endpoint.S3 in missing else existing[Endpoint.S3] is S3_GATEWAY)
    expected = {
        "0.0.0.0/0": (bool(missing) and not makes) or (s3_by_gateway and env is None),
        "DestinationPrefixListId": s3_by_gateway and env is not None,
        GROUP_ID: any(existing.get(each) is shared for each in met),
        "10.9.0.0/24": any(existing.get(each) is ELSEWHERE for each in met),
        "10.9.1.0/24": any(existing.get(each) is ELSEWHERE for each in met),
    }
    assert {peer: peer in json.dumps(found) for peer in expected} == expected


def everything(scope: cdk.Stack) -> ExistingNetwork:
    """A network that has one of each kind of way."""
    existing = {
        Endpoint.LOGS: ExistingEndpoint(security_group=foreign_group(scope)),
        Endpoint.SSM: ELSEWHERE,
    }
    network = existing_network(
        scope, existing_endpoints=existing, egress=Egress.TRANSIT_GATEWAY, extra_endpoints=[Endpoint.KMS, Endpoint.S3]
    )
    network.require(calls(*Endpoint) | Needs(s3_gateway=("s3:PutObject",)), needed_by="Web")
    return network


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_network_is_the_same_under_no_feature_flags_and_under_all(env: cdk.Environment | None) -> None:
    made = []
    for root in (app(flags=False), app(context=recommended_flags())):
        scope = cdk.Stack(root, "Test", env=env)
        everything(scope)
        made.append(template(scope))
    none, every = made
    assert meaning(none) == meaning(every)
    assert permissions(none) == permissions(every)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_the_packs_find_nothing(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    everything(scope)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []


def test_a_stage_and_a_nested_stack_hold_a_network() -> None:
    root = app()
    stage = cdk.Stage(root, "Prod", env=ENVIRONMENT)
    outer = cdk.Stack(stage, "Outer")
    nested = cdk.NestedStack(outer, "Inner")
    vpc = imported(outer)
    existing = {Endpoint.LOGS: ExistingEndpoint(security_group=foreign_group(outer))}
    network = existing_network(nested, vpc=vpc, existing_endpoints=existing)
    network.require(calls(Endpoint.LOGS, Endpoint.KMS), needed_by="Web")
    made = dict(cdk.assertions.Template.from_stack(nested).to_json())
    assert len(made_endpoints(made)) == 1
    assert not [key for key in made["Resources"] if "Prod" in key]


def test_fargate_and_ec2_services_run_in_it() -> None:
    scope = stack(env=ENVIRONMENT)
    network = existing_network(scope, vpc=imported(scope, **private("one", "two")), egress=Egress.NAT_GATEWAY)
    cluster = EcsCluster(scope, "Cluster", network=network)
    image = Image.from_ecr(EcrRepository(scope, "Repository"), tag="1.4.2")
    capacity = cluster.add_ec2_capacity("Instances", instance_type="m7i.large")
    containers = [Container(image=image, port=8080, memory_mib=512)]
    FargateService(scope, "Web", cluster=cluster, containers=containers, size=TaskSize(cpu=512, memory_mib=1024))
    Ec2Service(scope, "Jobs", cluster=cluster, containers=containers, capacity=capacity)
    made = template(scope)
    for service in of_type(made, "AWS::ECS::Service").values():
        placed = service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert placed["Subnets"] == ids("subnet", "one", "two")
        assert "EndpointClientSecurityGroup" in json.dumps(placed["SecurityGroups"])
    (group,) = of_type(made, "AWS::AutoScaling::AutoScalingGroup").values()
    assert group["Properties"]["VPCZoneIdentifier"] == ids("subnet", "one", "two")
    assert not made_endpoints(made)


def preflight(scope: cdk.Stack) -> Report:
    root = scope.node.root
    assert isinstance(root, cdk.App)
    return analyse([root.synth().directory])


def fargate(scope: cdk.Stack, network: ExistingNetwork) -> FargateService:
    cluster = EcsCluster(scope, "Cluster", network=network)
    image = Image.from_ecr(EcrRepository(scope, "Repository"), tag="1.4.2")
    size = TaskSize(cpu=512, memory_mib=1024)
    return FargateService(scope, "Web", cluster=cluster, containers=[Container(image=image, port=8080)], size=size)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"egress": Egress.NAT_GATEWAY},
        {
            "create_endpoints": False,
            "existing_endpoints": {**dict.fromkeys(Endpoint, ELSEWHERE), Endpoint.S3: S3_GATEWAY},
        },
    ],
)
def test_the_preflight_knows_what_it_does_not_know_of_a_vpc_elsewhere(options: dict[str, Any]) -> None:
    scope = stack()
    fargate(scope, existing_network(scope, **options))
    report = preflight(scope)
    assert [site.start.verdict for site in report.launch_sites] == [Verdict.UNKNOWN]
    assert report.findings == ()


def test_the_preflight_passes_what_joins_the_endpoints_of_the_same_app() -> None:
    scope = stack()
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Apps", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
    group = ec2.SecurityGroup(scope, "Endpoints", vpc=vpc)
    existing = {
        endpoint: ExistingEndpoint(
            security_group=group,
            wait_for=ec2.InterfaceVpcEndpoint(
                scope, name, vpc=vpc, service=service, security_groups=[group], open=False, private_dns_enabled=True
            ),
        )
        for endpoint, name, service in (
            (Endpoint.LOGS, "Logs", ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS),
            (Endpoint.ECR_API, "EcrApi", ec2.InterfaceVpcEndpointAwsService.ECR),
        )
    }
    fargate(scope, existing_network(scope, vpc=vpc, existing_endpoints=existing))
    report = preflight(scope)
    assert [site.start.verdict for site in report.launch_sites] == [Verdict.PASS]
    assert report.findings == ()
