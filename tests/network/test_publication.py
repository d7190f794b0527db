"""A network as it is published."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.endpoints import STANDARD_ENDPOINTS, Endpoint
from constructs_ecs.facts.features import ecr_image, exec_log_bucket
from constructs_ecs.facts.needs import Needs
from constructs_ecs.network import Egress, EndpointSet, ExistingNetwork, PrivateNetwork
from tests.meaning import meaning
from tests.nag import findings
from tests.sharing import published
from tests.support import ENVIRONMENT, of_type, stack, template

PATH = "/platform/network"
ENDPOINTS = f"{PATH}/endpoints/"
ACTIONS = f"{PATH}/s3-actions/"


def network(scope: cdk.Stack | None = None, **options: Any) -> PrivateNetwork:  # noqa: ANN401 - any option
    made = PrivateNetwork(stack() if scope is None else scope, "Network", **options)
    made.publish(PATH)
    return made


def of(made: PrivateNetwork) -> dict[str, Any]:
    return published(template(cdk.Stack.of(made)))


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    return template(cdk.Stack.of(network()))


def test_the_identifiers_of_the_network_are_published(default: dict[str, Any]) -> None:
    values = published(default)
    (vpc,) = of_type(default, "AWS::EC2::VPC")
    (client,) = (name for name in of_type(default, "AWS::EC2::SecurityGroup") if "Client" in name)
    subnets = of_type(default, "AWS::EC2::Subnet")
    assert values[f"{PATH}/schema-version"] == "1"
    assert values[f"{PATH}/vpc-id"] == {"Ref": vpc}
    assert values[f"{PATH}/endpoint-client-security-group-id"] == {"Fn::GetAtt": [client, "GroupId"]}
    first, second = subnets
    assert values[f"{PATH}/task-subnet-ids"] == {"Fn::Join": ["", [{"Ref": first}, ",", {"Ref": second}]]}
    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in subnets.values()]
    assert values[f"{PATH}/availability-zones"] == {"Fn::Join": ["", [zones[0], ",", zones[1]]]}
    assert values[f"{PATH}/task-subnet-count"] == "2"
    assert values[f"{PATH}/egress"] == "none"


def test_there_is_a_parameter_for_each_endpoint_and_no_other(default: dict[str, Any]) -> None:
    found = {name for name in published(default) if name.startswith(ENDPOINTS)}
    assert found == {f"{ENDPOINTS}{endpoint.value}" for endpoint in STANDARD_ENDPOINTS}


def test_public_subnets_are_published_where_there_are_any_to_use() -> None:
    without, with_ = of(network(egress=Egress.NAT_GATEWAY_PER_AZ)), of(network(public_load_balancers=True, max_azs=3))
    assert not any("public" in name for name in without)
    assert without[f"{PATH}/egress"] == "nat-gateway-per-az"
    assert with_[f"{PATH}/public-subnet-count"] == with_[f"{PATH}/task-subnet-count"] == "3"
    assert json.dumps(with_[f"{PATH}/public-subnet-ids"]).count("PublicSubnet") == 3


def test_an_endpoint_that_comes_later_is_published_after_it_is_made() -> None:
    made = network(endpoints=EndpointSet.NEEDED)
    made.require(ecr_image("arn:aws:ecr:us-east-1:123456789012:repository/web"), needed_by="web")
    found = template(cdk.Stack.of(made))
    endpoints = of_type(found, "AWS::EC2::VPCEndpoint")
    parameters = of_type(found, "AWS::SSM::Parameter")
    first = next(key for key, each in parameters.items() if each["Properties"]["Name"] == f"{PATH}/schema-version")
    assert {name.removeprefix(ENDPOINTS) for name in published(found) if name.startswith(ENDPOINTS)} == {
        "ecr.api",
        "ecr.dkr",
        "s3",
    }
    assert len(endpoints) == 3
    assert endpoints.keys() <= set(parameters[first]["DependsOn"])
    assert all(each["DependsOn"] == [first] for key, each in parameters.items() if key != first)


def test_what_the_s3_gateway_lets_through_is_published_before_and_after() -> None:
    made = PrivateNetwork(stack(), "Network")
    made.require(Needs(s3_gateway=("s3:GetObject",)), needed_by="an app")
    made.publish(PATH)
    made.require(exec_log_bucket("arn:aws:s3:::records") | Needs(s3_gateway=("s3:GetObject",)), needed_by="another")
    actions = {name.removeprefix(ACTIONS) for name in of(made) if name.startswith(ACTIONS)}
    assert actions == {"GetObject", "PutObject", "GetBucketLocation", "GetEncryptionConfiguration"}


def test_an_action_with_a_wildcard_is_let_through_and_not_published() -> None:
    made = network()
    made.require(Needs(s3_gateway=("s3:Get*",)), needed_by="an app")
    assert not any(name.startswith(ACTIONS) for name in of(made))


def test_of_an_existing_vpc_one_subnet_of_each_zone_is_published_and_what_can_be_reached() -> None:
    scope = stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["us-east-1a", "us-east-1b"],
        private_subnet_ids=["subnet-a1", "subnet-b1", "subnet-a2", "subnet-b2"],
        private_subnet_route_table_ids=["rtb-a", "rtb-b", "rtb-a", "rtb-b"],
    )
    made = ExistingNetwork(scope, "Network", vpc=vpc, egress=Egress.TRANSIT_GATEWAY)
    made.publish(PATH)
    made.require(Needs(endpoints=frozenset({Endpoint.LOGS})), needed_by="an app")
    values = published(template(scope))
    assert values[f"{PATH}/vpc-id"] == "vpc-1"
    assert values[f"{PATH}/task-subnet-ids"] == "subnet-a1,subnet-b1"
    assert values[f"{PATH}/availability-zones"] == "us-east-1a,us-east-1b"
    assert values[f"{PATH}/egress"] == "transit-gateway"
    assert {name for name in values if name.startswith(ENDPOINTS)} == {f"{ENDPOINTS}logs"}
    assert not any("public" in name for name in values)


def of_zones(tasks: str, public: str) -> dict[str, Any]:
    """What is published of a VPC with task and public subnets in zones, each named by its letter."""
    scope = stack()
    zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
    vpc = ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=zones,
        private_subnet_ids=["task-a", "task-b", "task-c"],
        public_subnet_ids=["public-a", "public-b", "public-c"],
    )
    chosen = [vpc.private_subnets["abc".index(zone)] for zone in tasks]
    made = ExistingNetwork(
        scope, "Network", vpc=vpc, egress=Egress.NAT_GATEWAY, task_subnets=ec2.SubnetSelection(subnets=chosen)
    )
    made.public_subnets = ec2.SubnetSelection(subnets=[vpc.public_subnets["abc".index(zone)] for zone in public])
    made.publish(PATH)
    return published(template(scope))


@pytest.mark.parametrize(
    ("tasks", "public", "expected"),
    [
        ("abc", "abc", "abc"),
        ("ca", "abc", "ca"),
        ("ab", "cba", "ab"),
        ("abc", "bbaa", "ab"),
        ("abc", "ac", "a"),
    ],
)
def test_public_subnets_are_in_the_zones_of_the_tasks_and_in_their_order(
    tasks: str, public: str, expected: str
) -> None:
    values = of_zones(tasks, public)
    assert values[f"{PATH}/availability-zones"] == ",".join(f"us-east-1{zone}" for zone in tasks)
    assert values[f"{PATH}/task-subnet-ids"] == ",".join(f"task-{zone}" for zone in tasks)
    assert values[f"{PATH}/public-subnet-ids"] == ",".join(f"public-{zone}" for zone in expected)
    assert values[f"{PATH}/public-subnet-count"] == str(len(expected))


def test_public_subnets_beside_none_of_the_tasks_are_not_published() -> None:
    assert not any("public" in name for name in of_zones("ab", "c"))


ONE_ZONE = {"availability_zones": ["us-east-1a"], "private_subnet_ids": ["subnet-1"]}


def of_list(scope: cdk.Stack, construct_id: str) -> list[str]:
    return cdk.CfnParameter(scope, construct_id, type="List<String>").value_as_list


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        pytest.param(lambda _: {"availability_zones": cdk.Fn.get_azs()}, "Availability Zone", id="zones of the Region"),
        pytest.param(lambda scope: {"availability_zones": of_list(scope, "Zones")}, "Availability Zone", id="zones"),
        pytest.param(
            lambda scope: {**ONE_ZONE, "private_subnet_ids": of_list(scope, "Ids")}, "a list of them", id="subnets"
        ),
        pytest.param(
            lambda scope: {**ONE_ZONE, "public_subnet_ids": of_list(scope, "Ids")},
            "a list of them",
            id="public subnets",
        ),
    ],
)
def test_what_is_not_known_one_by_one_is_not_published(attributes: Any, words: str) -> None:  # noqa: ANN401 - a function
    scope = stack()
    given = {
        "availability_zones": ["us-east-1a", "us-east-1b"],
        "private_subnet_ids": ["subnet-1", "subnet-2"],
        **attributes(scope),
    }
    vpc = ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", **given)
    made = ExistingNetwork(scope, "Network", vpc=vpc, egress=Egress.TRANSIT_GATEWAY)
    with pytest.raises(InvalidValueError, match=f"is published with .*{words}") as raised:
        made.publish(PATH)
    assert raised.value.code is Code.SETTING
    assert published(template(scope)) == {}


@pytest.mark.parametrize("count", [1, 2])
def test_a_subnet_is_not_published_without_its_zone(count: int) -> None:
    scope = stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["us-east-1a"], private_subnet_ids=["subnet-0"]
    )
    subnets = [ec2.Subnet.from_subnet_id(scope, f"Subnet{each}", f"subnet-{each}") for each in range(count)]
    selection = ec2.SubnetSelection(subnets=subnets)
    made = ExistingNetwork(scope, "Network", vpc=vpc, egress=Egress.TRANSIT_GATEWAY, task_subnets=selection)
    with pytest.raises(InvalidValueError, match=r"A network is published with .* Test/Subnet0") as raised:
        made.publish(PATH)
    assert raised.value.code is Code.SETTING


def test_a_network_may_have_a_second_path_while_readers_move() -> None:
    made = network()
    made.publish("/platform/v2/network")
    made.require(Needs(endpoints=frozenset({Endpoint.KMS})), needed_by="an app")
    values = of(made)
    first = {name.removeprefix(PATH) for name in values if name.startswith(PATH)}
    second = {name.removeprefix("/platform/v2/network") for name in values if name.startswith("/platform/v2")}
    assert first == second
    assert "/endpoints/kms" in first


def test_the_same_path_twice_is_refused() -> None:
    made = network()
    with pytest.raises(ConflictError, match=PATH) as raised:
        made.publish(PATH)
    assert raised.value.code is Code.PUBLISH_PATH


@pytest.mark.parametrize("path", ["network", "/ssm/network", None, cdk.Aws.STACK_NAME])
def test_a_path_that_is_none_is_refused(path: Any) -> None:  # noqa: ANN401 - any value
    with pytest.raises(InvalidValueError) as raised:
        PrivateNetwork(stack(), "Network").publish(path)
    assert raised.value.code is Code.PUBLISH_PATH


def test_publishing_adds_parameters_and_changes_nothing_else(default: dict[str, Any]) -> None:
    scope = stack()
    PrivateNetwork(scope, "Network")
    alone = template(scope)["Resources"]
    added = of_type(default, "AWS::SSM::Parameter")
    assert {name: each for name, each in default["Resources"].items() if name not in added} == alone


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_the_flags_of_an_app_change_nothing(env: cdk.Environment | None) -> None:
    none, every = (template(cdk.Stack.of(network(stack(flags=flags, env=env)))) for flags in (False, True))
    assert meaning(none) == meaning(every)


def test_the_rule_packs_find_nothing() -> None:
    made = network(public_load_balancers=True)
    root = made.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
