"""Who may connect to whom."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb

from constructs_ecs import (
    Code,
    ConstructsEcsError,
    EcrRepository,
    EcsCluster,
    FargateService,
    Image,
    InvalidValueError,
    PrivateNetwork,
    UnreachableError,
    UnsafeError,
)
from tests.scene import Scene, scene
from tests.support import app, of_type, only


def _group(place: Scene, group: ec2.ISecurityGroup) -> Any:  # noqa: ANN401 - a resolved reference
    return place.stack.resolve(group.security_group_id)


def _rules(place: Scene, kind: str) -> list[dict[str, Any]]:
    rules = [rule["Properties"] for rule in of_type(place.template, f"AWS::EC2::SecurityGroup{kind}").values()]
    return [rule for rule in rules if rule["ToPort"] != 443]


@pytest.fixture
def place() -> Scene:
    return scene()


def _two(place: Scene) -> tuple[FargateService, FargateService]:
    return place.fargate("Web"), place.fargate("Worker", container=place.container(port=None))


def test_allow_to_opens_the_port_of_the_other_service_on_both_sides(place: Scene) -> None:
    web, worker = _two(place)
    worker.allow_to(web)
    (ingress,) = _rules(place, "Ingress")
    (egress,) = _rules(place, "Egress")
    assert (ingress["FromPort"], ingress["ToPort"], ingress["IpProtocol"]) == (8080, 8080, "tcp")
    assert ingress["GroupId"] == egress["DestinationSecurityGroupId"] == _group(place, web.security_group)
    assert ingress["SourceSecurityGroupId"] == egress["GroupId"] == _group(place, worker.security_group)
    assert egress["ToPort"] == 8080


def test_allow_from_takes_another_port(place: Scene) -> None:
    web, worker = _two(place)
    web.allow_from(worker, port=9090)
    (ingress,) = _rules(place, "Ingress")
    assert ingress["ToPort"] == 9090


def test_rules_never_reach_the_shared_endpoint_clients(place: Scene) -> None:
    web, worker = _two(place)
    web.allow_from(worker)
    web.connections.allow_from(worker, ec2.Port.tcp(9091))
    clients = _group(place, place.network.endpoint_client_security_group)
    touched = [rule["GroupId"] for kind in ("Ingress", "Egress") for rule in _rules(place, kind)]
    assert len(touched) == 4
    assert clients not in touched


def test_allow_from_takes_a_block_of_addresses(place: Scene) -> None:
    web, _ = _two(place)
    web.allow_from("10.1.0.0/16")
    groups = of_type(place.template, "AWS::EC2::SecurityGroup").values()
    rules = [rule for group in groups for rule in group["Properties"].get("SecurityGroupIngress", [])]
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [("10.1.0.0/16", 8080, 8080)]


@pytest.mark.parametrize("everyone", ["0.0.0.0/0", "::/0"])
def test_a_service_is_never_opened_to_every_address(place: Scene, everyone: str) -> None:
    web, _ = _two(place)
    with pytest.raises(UnsafeError) as caught:
        web.allow_from(everyone)
    assert caught.value.code is Code.OPEN_INGRESS


def test_a_malformed_block_is_refused(place: Scene) -> None:
    web, _ = _two(place)
    with pytest.raises(InvalidValueError) as caught:
        web.allow_from("10.1.0.0/33")
    assert caught.value.code is Code.CIDR


def test_a_service_that_listens_on_nothing_needs_a_port(place: Scene) -> None:
    web, worker = _two(place)
    with pytest.raises(InvalidValueError) as caught:
        worker.allow_from(web)
    assert caught.value.code is Code.PORT
    worker.allow_from(web, port=9090)


def test_a_peer_of_the_cdk_needs_a_port_too(place: Scene) -> None:
    web, _ = _two(place)
    database = ec2.SecurityGroup(place.stack, "Database", vpc=place.network.vpc, allow_all_outbound=False)
    with pytest.raises(InvalidValueError) as caught:
        web.allow_to(database)
    assert caught.value.code is Code.PORT
    web.allow_to(database, port=5432)
    (ingress,) = _rules(place, "Ingress")
    assert (ingress["GroupId"], ingress["ToPort"]) == (_group(place, database), 5432)


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_port_out_of_range_is_refused(place: Scene, port: int) -> None:
    web, worker = _two(place)
    with pytest.raises(ConstructsEcsError) as caught:
        web.allow_from(worker, port=port)
    assert caught.value.code is Code.PORT


def test_a_port_that_is_a_token_is_taken(place: Scene) -> None:
    web, worker = _two(place)
    port = cdk.CfnParameter(place.stack, "Port", type="Number").value_as_number
    web.allow_from(worker, port=int(port))
    (ingress,) = _rules(place, "Ingress")
    assert ingress["ToPort"] == {"Ref": "Port"}


def test_a_negative_number_of_tasks_is_refused(place: Scene) -> None:
    with pytest.raises(InvalidValueError) as caught:
        place.fargate(desired_count=-1)
    assert caught.value.code is Code.SERVICE_COUNT


@pytest.mark.parametrize("everyone", [ec2.Peer.any_ipv4, ec2.Peer.any_ipv6])
def test_a_service_is_never_opened_to_the_cdks_peer_of_every_address(
    place: Scene, everyone: Callable[[], ec2.IConnectable]
) -> None:
    web, _ = _two(place)
    with pytest.raises(UnsafeError) as caught:
        web.allow_from(everyone())
    assert caught.value.code is Code.OPEN_INGRESS
    web.allow_from(ec2.Peer.ipv4("10.1.0.0/16"))
    web.allow_from(ec2.Peer.prefix_list("pl-12345678"))


@pytest.mark.parametrize("block", ["0.0.0.0/0", "128.0.0.0/1"])
def test_every_address_is_the_internet_that_the_network_does_not_reach(place: Scene, block: str) -> None:
    web, _ = _two(place)
    with pytest.raises(UnreachableError) as caught:
        web.allow_to(ec2.Peer.ipv4(block), port=443)
    assert caught.value.code is Code.INTERNET


def test_connections_that_do_not_tell_whom_they_mean_are_refused(place: Scene) -> None:
    web, worker = _two(place)
    for allow in (web.allow_from, web.allow_to):
        with pytest.raises(InvalidValueError) as caught:
            allow(ec2.Connections(peer=ec2.Peer.any_ipv4()), port=443)
        assert caught.value.code is Code.SETTING
    web.allow_from(worker.connections)


def test_a_peer_has_connections(place: Scene) -> None:
    web, _ = _two(place)
    nobody: Any = None
    for allow in (web.allow_from, web.allow_to):
        with pytest.raises(InvalidValueError) as caught:
            allow(nobody, port=80)
        assert caught.value.code is Code.SETTING


@pytest.mark.parametrize("flags", [False, True])
def test_a_load_balancer_of_the_services_stack_reaches_its_tasks_and_no_others(*, flags: bool) -> None:
    root = app(flags=flags)
    shared, own = cdk.Stack(root, "Shared"), cdk.Stack(root, "Own")
    network = PrivateNetwork(shared, "Network", public_load_balancers=True)
    place = Scene(
        stack=own,
        network=network,
        cluster=EcsCluster(shared, "Cluster", network=network),
        image=Image.from_ecr(EcrRepository(own, "Repository"), tag="1"),
    )
    web = place.fargate()
    balancer = elb.ApplicationLoadBalancer(
        own, "Balancer", vpc=network.vpc, vpc_subnets=network.public_subnets, internet_facing=True
    )
    balancer.add_listener("Http", port=80).add_targets("Web", port=8080, targets=[web.service])
    made = place.template
    (ingress,) = _rules(place, "Ingress")
    assert (ingress["GroupId"], ingress["ToPort"]) == (_group(place, web.security_group), 8080)
    groups = only(made, "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    assert groups[0] == _group(place, web.security_group)
    assert groups[1] == _group(place, network.endpoint_client_security_group)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"service_name": "my service"}, Code.SERVICE_NAME),
        ({"service_name": ""}, Code.SERVICE_NAME),
        ({"family": "my/family"}, Code.FAMILY),
        ({"deployment": "rolling"}, Code.SERVICE_COUNT),
        ({"size": "512"}, Code.TASK_SIZE),
        ({"capacity": ["FARGATE"]}, Code.CAPACITY_STRATEGY),
    ],
)
def test_an_option_that_ecs_would_not_take_is_refused(place: Scene, option: dict[str, Any], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        place.fargate(**option)
    assert caught.value.code is code
