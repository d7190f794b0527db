"""The network as a whole: what it opens, what it needs of its surroundings, and how workloads lean on it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import ecr_image, exec_log_bucket, exec_session, registry_image
from constructs_ecs.facts.needs import Needs
from constructs_ecs.network import Egress, EndpointSet, PrivateNetwork
from constructs_ecs.network.security_groups import closed_security_group
from tests.meaning import meaning, permissions
from tests.nag import findings, suppressed
from tests.support import ENVIRONMENT, Resources, app, of_type, only, recommended_flags, stack, template

EVERYTHING: dict[str, Any] = {
    "max_azs": 3,
    "egress": Egress.NAT_GATEWAY_PER_AZ,
    "public_load_balancers": True,
    "extra_endpoints": tuple(Endpoint),
    "close_default_security_group": True,
}
ENVIRONMENTS = [None, ENVIRONMENT]


@cache
def default() -> dict[str, Any]:
    scope = stack()
    PrivateNetwork(scope, "Network")
    return template(scope)


def endpoints(template_: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The interface endpoints by the last part of their service's name."""
    return {
        json.dumps(each["Properties"]["ServiceName"]).rstrip('"]}').rpartition(".")[2]: each
        for each in of_type(template_, "AWS::EC2::VPCEndpoint").values()
        if each["Properties"]["VpcEndpointType"] == "Interface"
    }


def workload(scope: cdk.Stack, network: PrivateNetwork) -> cdk.CfnResource:
    """Something that a task runs from, in the network and dependent on it."""
    group = closed_security_group(scope, "Group", vpc=network.vpc, description="A workload")
    made = cdk.CfnResource(
        scope,
        "Workload",
        type="AWS::ECS::Service",
        properties={
            "SecurityGroups": [
                group.security_group_id,
                network.endpoint_client_security_group.security_group_id,
            ],
            "Subnets": network.vpc.select_subnets(subnets=network.task_subnets.subnets).subnet_ids,
        },
    )
    made.node.add_dependency(network.ready)
    return made


def depends_on(template_: dict[str, Any], resource_type: str = "AWS::ECS::Service") -> Resources:
    (resource,) = of_type(template_, resource_type).values()
    return {logical_id: template_["Resources"][logical_id] for logical_id in resource["DependsOn"]}


def test_by_default_there_is_no_way_out_and_no_way_in() -> None:
    types = {resource["Type"] for resource in default()["Resources"].values()}
    assert not types & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route", "AWS::EC2::EIP"}


def test_dns_support_and_host_names_are_on_so_that_private_dns_works() -> None:
    vpc = only(default(), "AWS::EC2::VPC")
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True
    assert vpc["CidrBlock"] == "10.0.0.0/16"


def test_no_lambda_and_no_custom_resource_is_made_unless_asked_for() -> None:
    types = {resource["Type"] for resource in default()["Resources"].values()}
    assert not [each for each in types if each.startswith(("AWS::Lambda::", "Custom::", "AWS::CloudFormation::"))]


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("max_azs", [1, 3, 6])
def test_a_network_looks_nothing_up_and_spans_the_zones_it_was_given(env: cdk.Environment | None, max_azs: int) -> None:
    scope = stack(env=env)
    network = PrivateNetwork(scope, "Network", max_azs=max_azs, public_load_balancers=True)
    workload(scope, network)
    made = template(scope)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert "missing" not in json.loads((Path(root.outdir) / "manifest.json").read_text())
    zones = [each["Properties"]["AvailabilityZone"] for each in of_type(made, "AWS::EC2::Subnet").values()]
    expected = [{"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in range(max_azs)]
    assert sorted(zones, key=json.dumps) == sorted(expected * 2, key=json.dumps)


def test_a_fixed_stack_gives_no_warning() -> None:
    scope = stack(env=ENVIRONMENT)
    PrivateNetwork(scope, "Network", **EVERYTHING)
    messages = scope.node.root.synth().get_stack_by_name("Test").messages  # type: ignore[attr-defined]
    assert [message.entry.data for message in messages] == []


def test_the_clients_may_go_to_the_endpoints_on_443_and_nowhere_else() -> None:
    made = default()
    (rule,) = [each["Properties"] for each in of_type(made, "AWS::EC2::SecurityGroupEgress").values()]
    (into,) = [each["Properties"] for each in of_type(made, "AWS::EC2::SecurityGroupIngress").values()]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert (into["IpProtocol"], into["FromPort"], into["ToPort"]) == ("tcp", 443, 443)
    assert rule["DestinationSecurityGroupId"] == into["GroupId"]
    assert rule["GroupId"] == into["SourceSecurityGroupId"]
    groups = of_type(made, "AWS::EC2::SecurityGroup")
    assert {rule["GroupId"]["Fn::GetAtt"][0], into["GroupId"]["Fn::GetAtt"][0]} == set(groups)
    for group in groups.values():
        assert "SecurityGroupIngress" not in group["Properties"]
        # The CDK's spelling of no egress at all: without it EC2 would allow all.
        assert [each["CidrIp"] for each in group["Properties"]["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_a_need_makes_its_endpoints_once() -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network", endpoints="needed")
    for _ in range(2):
        network.require(exec_session(), needed_by="Web")
        network.require(ecr_image("arn:aws:ecr:eu-west-1:123456789012:repository/web"), needed_by="Web")
    assert set(endpoints(template(scope))) == {"ssmmessages", "api", "dkr"}
    assert set(network.interface_endpoints) == {Endpoint.SSM_MESSAGES, Endpoint.ECR_API, Endpoint.ECR_DOCKER}
    assert network.s3_gateway is not None


@pytest.mark.parametrize("standard", ["standard", EndpointSet.STANDARD])
def test_the_standard_set_is_there_before_anything_asks(standard: EndpointSet) -> None:
    scope = stack()
    PrivateNetwork(scope, "Network", endpoints=standard)
    assert set(endpoints(template(scope))) == {"ecs-agent", "ecs-telemetry", "ecs", "ssm"}


def test_the_needed_set_leaves_out_all_until_something_asks() -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network", endpoints=EndpointSet.NEEDED)
    assert network.interface_endpoints == {}
    assert network.s3_gateway is None
    assert not of_type(template(scope), "AWS::EC2::VPCEndpoint")


def test_endpoints_for_apps_that_are_deployed_apart_are_named_up_front() -> None:
    scope = stack()
    PrivateNetwork(scope, "Network", endpoints="needed", extra_endpoints=[Endpoint.KMS, Endpoint.S3])
    made = template(scope)
    assert set(endpoints(made)) == {"kms"}
    assert len(of_type(made, "AWS::EC2::VPCEndpoint")) == 2


def test_the_endpoints_are_the_same_with_egress() -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network", egress=Egress.NAT_GATEWAY)
    network.require(Needs(endpoints=frozenset({Endpoint.LOGS}), registries=("ghcr.io",)), needed_by="Web")
    assert set(endpoints(template(scope))) == {"ecs-agent", "ecs-telemetry", "ecs", "ssm", "logs"}
    assert network.has_egress


def test_an_image_that_cannot_be_reached_is_refused_with_the_three_ways_out() -> None:
    network = PrivateNetwork(stack(), "Network", endpoints="needed")
    needs = registry_image("docker.io") | exec_session()
    with pytest.raises(UnreachableError) as caught:
        network.require(needs, needed_by="Stack/Web")
    assert caught.value.code is Code.UNREACHABLE_IMAGE
    assert "Stack/Web pulls from docker.io" in str(caught.value)
    assert "cache" in caught.value.remedy
    assert "mirror" in caught.value.remedy
    assert "egress" in caught.value.remedy
    assert network.interface_endpoints == {}


def test_a_need_of_the_internet_is_refused_without_egress() -> None:
    network = PrivateNetwork(stack(), "Network")
    with pytest.raises(UnreachableError) as caught:
        network.require(Needs(internet=("what its containers call",)), needed_by="Web")
    assert caught.value.code is Code.INTERNET


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"cidr": "10.0.0.0/8"}, Code.CIDR),
        ({"cidr": "10.0.0.0/28"}, Code.CIDR),
        ({"cidr": cdk.Fn.import_value("Cidr")}, Code.CIDR),
        ({"max_azs": 0}, Code.AVAILABILITY_ZONES),
        ({"max_azs": 7}, Code.AVAILABILITY_ZONES),
        ({"max_azs": cdk.Token.as_number({"Ref": "Zones"})}, Code.AVAILABILITY_ZONES),
        ({"flow_log_retention_days": 2}, Code.RETENTION),
        ({"endpoints": "all"}, Code.SETTING),
    ],
)
def test_what_aws_would_refuse_is_refused_at_once(settings: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as caught:
        PrivateNetwork(stack(), "Network", **settings)
    assert caught.value.code is code


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_workload_of_the_same_stack_waits_for_endpoints_rules_and_routes(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    network = PrivateNetwork(scope, "Network", egress=Egress.NAT_GATEWAY)
    workload(scope, network)
    network.require(exec_log_bucket("arn:aws:s3:::audit") | exec_session(), needed_by="Workload")
    made = template(scope)
    waits_for = depends_on(made)
    must_be_there = {
        "AWS::EC2::VPCEndpoint",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SecurityGroupEgress",
    }
    expected = {logical_id for kind in must_be_there for logical_id in of_type(made, kind)} | {
        logical_id
        for logical_id, route in of_type(made, "AWS::EC2::Route").items()
        if "NatGatewayId" in route["Properties"]
    }
    assert len(expected) == 6 + 3 + 2
    assert expected <= set(waits_for)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_workload_of_another_stack_needs_no_reference_back(env: cdk.Environment | None) -> None:
    root = app()
    base, service = cdk.Stack(root, "Base", env=env), cdk.Stack(root, "Service", env=env)
    network = PrivateNetwork(base, "Network")
    workload(service, network)
    bucket = cdk.aws_s3.Bucket(service, "Audit")
    network.require(exec_log_bucket(bucket.bucket_arn) | exec_session(), needed_by="Service/Workload")
    assembly = root.synth()
    templates = {each.stack_name: each.template for each in assembly.stacks}
    assert "ssmmessages" in endpoints(templates["Base"])
    assert "Fn::ImportValue" not in json.dumps(templates["Base"])
    assert "Fn::ImportValue" in json.dumps(templates["Service"])
    assert [each.node.path for each in service.dependencies] == ["Base"]
    assert list(base.dependencies) == []


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_an_internet_facing_load_balancer_waits_for_the_route_of_its_subnets(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    network = PrivateNetwork(scope, "Network", public_load_balancers=True)
    assert network.public_subnets is not None
    elbv2.NetworkLoadBalancer(
        scope, "Public", vpc=network.vpc, vpc_subnets=network.public_subnets, internet_facing=True
    )
    waits_for = depends_on(template(scope), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert "AWS::EC2::Route" in {resource["Type"] for resource in waits_for.values()}


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_network_is_the_same_under_no_feature_flags_and_under_all(env: cdk.Environment | None) -> None:
    made = []
    for root in (app(flags=False), app(context=recommended_flags())):
        scope = cdk.Stack(root, "Test", env=env)
        network = PrivateNetwork(scope, "Network", **EVERYTHING)
        network.require(Needs(s3_gateway=("s3:PutObject", "s3:GetObject")), needed_by="Web")
        made.append(template(scope))
    none, every = made
    assert meaning(none) == meaning(every)
    assert permissions(none) == permissions(every)


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"egress": Egress.NAT_GATEWAY},
        {"public_load_balancers": True},
        EVERYTHING,
    ],
)
def test_the_packs_find_nothing_that_is_not_acknowledged_with_a_reason(
    env: cdk.Environment | None, settings: dict[str, Any]
) -> None:
    scope = stack(env=env)
    network = PrivateNetwork(scope, "Network", **settings)
    network.require(Needs(s3_gateway=("s3:PutObject",)), needed_by="Web")
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
    assert all(len(each.text) > 20 for each in suppressed(root))


def test_no_acknowledgement_of_an_isolated_network_is_wider_than_one_resource() -> None:
    scope = stack()
    PrivateNetwork(scope, "Network")
    root = scope.node.root
    assert isinstance(root, cdk.App)
    rules = {each.rule.partition("-")[2].partition("[")[0] for each in suppressed(root)}
    assert rules == {"IAM5", "VPCDefaultSecurityGroupClosed", "CloudWatchLogGroupEncrypted"}


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"cidr": 10}, Code.CIDR),
        ({"max_azs": "2"}, Code.AVAILABILITY_ZONES),
        ({"max_azs": 2.0}, Code.AVAILABILITY_ZONES),
        ({"max_azs": True}, Code.AVAILABILITY_ZONES),
        ({"egress": "nat-gateway"}, Code.SETTING),
        ({"egress": Egress.TRANSIT_GATEWAY}, Code.SETTING),
        ({"extra_endpoints": ["kms"]}, Code.SETTING),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, Code.SETTING),
    ],
)
def test_an_option_of_another_type_is_refused(option: dict[str, Any], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        PrivateNetwork(stack(), "Network", **option)
    assert caught.value.code is code


def test_each_endpoint_is_told_of_once_those_there_are_and_those_made_later() -> None:
    network = PrivateNetwork(stack(), "Network", endpoints="needed", extra_endpoints=[Endpoint.LOGS])
    told: list[Endpoint] = []
    network.on_endpoint(told.append)
    assert told == [Endpoint.LOGS]
    for _ in range(2):
        network.require(Needs(endpoints=frozenset({Endpoint.LOGS, Endpoint.KMS, Endpoint.S3})), needed_by="a test")
    assert told == [Endpoint.LOGS, Endpoint.KMS, Endpoint.S3]
