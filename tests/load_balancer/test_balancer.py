"""A load balancer that only the network reaches."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConflictError, ConstructsEcsError, PrivateNetwork, UnsafeError
from constructs_ecs.load_balancer import InternalLoadBalancer
from tests.load_balancer.scene import LOAD_BALANCER, attributes, certificate, http, rules
from tests.meaning import meaning
from tests.nag import findings, suppressed
from tests.scene import Scene, scene, vpc_peer
from tests.support import ENVIRONMENT, Resources, app, of_type, only, stack, template

_GROUP = "AWS::EC2::SecurityGroup"


def _network(*, flags: bool = True, env: cdk.Environment | None = None) -> tuple[cdk.Stack, PrivateNetwork]:
    scope = stack(flags=flags, env=env)
    return scope, PrivateNetwork(scope, "Network")


def _https(scope: cdk.Stack, network: PrivateNetwork, **options: Any) -> InternalLoadBalancer:  # noqa: ANN401
    return InternalLoadBalancer(scope, "Balancer", network=network, certificate=certificate(scope), **options)


def _own_group(made: dict[str, Any], balancer: InternalLoadBalancer) -> dict[str, Any]:
    (logical_id,) = cdk.Stack.of(balancer).resolve(balancer.security_group.security_group_id)["Fn::GetAtt"][:1]
    return dict(made["Resources"][logical_id]["Properties"])


@pytest.fixture(scope="module")
def plain() -> tuple[InternalLoadBalancer, dict[str, Any]]:
    scope, network = _network()
    balancer = http(scope, network)
    return balancer, template(scope)


def test_it_is_internal_and_in_a_task_subnet_of_each_zone(plain: tuple[InternalLoadBalancer, dict[str, Any]]) -> None:
    properties = only(plain[1], LOAD_BALANCER)
    assert (properties["Scheme"], properties["Type"]) == ("internal", "application")
    assert "Name" not in properties
    balancer = plain[0]
    tasks = balancer.network.task_subnets.subnets
    assert tasks is not None
    assert properties["Subnets"] == [balancer.load_balancer.stack.resolve(subnet.subnet_id) for subnet in tasks]


def test_it_is_protected_and_drops_malformed_headers(plain: tuple[InternalLoadBalancer, dict[str, Any]]) -> None:
    said = attributes(only(plain[1], LOAD_BALANCER))
    assert said["deletion_protection.enabled"] == "true"
    assert said["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert said["idle_timeout.timeout_seconds"] == "60"
    # Left to AWS, whose default it is to refuse what could be read in two ways.
    assert "routing.http.desync_mitigation_mode" not in said


def test_it_lets_nobody_in_and_nothing_out(plain: tuple[InternalLoadBalancer, dict[str, Any]]) -> None:
    balancer, made = plain
    group = _own_group(made, balancer)
    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert rules(made, balancer.security_group) == set()
    assert only(made, LOAD_BALANCER)["SecurityGroups"] == [
        cdk.Stack.of(balancer).resolve(balancer.security_group.security_group_id)
    ]


def test_it_tells_the_name_that_aws_gave_it(plain: tuple[InternalLoadBalancer, dict[str, Any]]) -> None:
    (logical_id,) = of_type(plain[1], LOAD_BALANCER)
    assert cdk.Stack.of(plain[0]).resolve(plain[0].dns_name) == {"Fn::GetAtt": [logical_id, "DNSName"]}


def test_it_is_told_otherwise_in_one_argument_each() -> None:
    scope, network = _network()
    http(scope, network, deletion_protection=False, idle_timeout_seconds=120, load_balancer_name="platform")
    properties = only(template(scope), LOAD_BALANCER)
    assert properties["Name"] == "platform"
    said = attributes(properties)
    assert (said["deletion_protection.enabled"], said["idle_timeout.timeout_seconds"]) == ("false", "120")


def test_a_block_comes_in_on_the_ports_of_the_listeners() -> None:
    scope, network = _network()
    balancer = _https(scope, network, allow_from=["10.9.0.0/16"])
    group = _own_group(template(scope), balancer)
    assert {(rule["CidrIp"], rule["ToPort"]) for rule in group["SecurityGroupIngress"]} == {
        ("10.9.0.0/16", 443),
        ("10.9.0.0/16", 80),
    }


def test_a_group_of_somebody_else_comes_in() -> None:
    scope, network = _network()
    balancer = http(scope, network)
    balancer.allow_from(vpc_peer(scope))
    assert rules(template(scope), balancer.security_group) == {("Ingress", 80)}


def test_a_service_comes_in_whoever_of_the_two_says_it() -> None:
    place = scene()
    balancer = _https(place.stack, place.network)
    said_there = place.fargate("Worker", container=place.container(port=None))
    said_here = place.fargate("Other", container=place.container(port=None))
    said_there.allow_to(balancer)
    balancer.allow_from(said_here)
    made = place.template
    assert rules(made, said_there.security_group) == {("Egress", 443)}
    assert rules(made, said_here.security_group) == {("Egress", 443), ("Egress", 80)}
    assert rules(made, balancer.security_group) == {("Ingress", 443), ("Ingress", 80)}
    assert rules(made, place.network.endpoint_client_security_group) == {("Egress", 443)}


def test_a_service_that_is_beside_the_network_comes_in_too() -> None:
    root = app()
    base, entry = cdk.Stack(root, "Base"), cdk.Stack(root, "Entry")
    place = scene(scope=base)
    worker = place.fargate("Worker", container=place.container(port=None))
    balancer = http(entry, place.network, allow_from=[worker])
    assert rules(template(entry), balancer.security_group) == {("Ingress", 80)}
    assert entry.dependencies == [base]
    assert not base.dependencies


def test_who_is_in_a_stack_that_depends_on_its_own_comes_in_there() -> None:
    root = app()
    base, shop = cdk.Stack(root, "Base"), cdk.Stack(root, "Shop")
    place = scene(scope=base)
    balancer = http(base, place.network)
    client = ec2.SecurityGroup(shop, "Client", vpc=place.network.vpc, description=balancer.dns_name)
    balancer.allow_from(client)
    assert rules(template(shop), client) == set()  # a group that is open outwards has no rule for it
    assert len(of_type(template(shop), "AWS::EC2::SecurityGroupIngress")) == 1
    assert not base.dependencies


def test_a_stack_that_keeps_its_access_logs_may_have_a_client() -> None:
    root = app()
    base, logs, entry = (cdk.Stack(root, name) for name in ("Base", "Logs", "Entry"))
    place = scene(scope=base)
    bucket = s3.Bucket(logs, "Bucket", encryption=s3.BucketEncryption.S3_MANAGED)
    balancer = http(entry, place.network, access_log_bucket=bucket)
    client = Scene(logs, place.network, place.cluster, place.image).fargate()
    balancer.allow_from(client)
    assert rules(template(entry), balancer.security_group) == {("Ingress", 80)}
    assert logs.dependencies == [base]


def test_the_cdks_own_connections_know_the_port_of_the_service() -> None:
    scope, network = _network()
    balancer = _https(scope, network)
    balancer.connections.allow_default_port_from(vpc_peer(scope))
    assert rules(template(scope), balancer.security_group) == {("Ingress", 443)}


@pytest.mark.parametrize(
    "peer", ["0.0.0.0/0", "::/0", "0.0.0.0/1", ec2.Peer.any_ipv4(), ec2.Peer.any_ipv6(), ec2.Peer.ipv6("::/1")]
)
def test_every_address_is_refused_and_nothing_is_left_behind(peer: ec2.IConnectable | str) -> None:
    scope, network = _network()
    with pytest.raises(UnsafeError) as raised:
        http(scope, network, allow_from=[peer])
    assert raised.value.code is Code.OPEN_INGRESS
    assert scope.node.try_find_child("Balancer") is None
    with pytest.raises(UnsafeError):
        http(scope, network).allow_from(peer)


@pytest.mark.parametrize("options", [{"plain_http": False}, {"plain_http": False, "certificate": []}])
def test_neither_a_certificate_nor_plain_http_is_refused(options: dict[str, Any]) -> None:
    scope, network = _network()
    with pytest.raises(ConflictError, match="got neither") as raised:
        http(scope, network, **options)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_a_certificate_and_plain_http_are_refused() -> None:
    scope, network = _network()
    with pytest.raises(ConflictError, match="got both") as raised:
        http(scope, network, certificate=certificate(scope))
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_a_network_in_one_zone_is_refused() -> None:
    scope = stack()
    with pytest.raises(ConflictError, match="two zones") as raised:
        http(scope, PrivateNetwork(scope, "Network", max_azs=1))
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"plain_http": "yes"}, Code.SETTING),
        ({"deletion_protection": None}, Code.SETTING),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, Code.SETTING),
        ({"allow_from": "10.0.0.0/8"}, Code.SETTING),
        ({"allow_from": None}, Code.SETTING),
        ({"allow_from": [None]}, Code.SETTING),
        ({"allow_from": [ec2.Connections(peer=ec2.Peer.any_ipv4())]}, Code.SETTING),
        ({"allow_from": ["10.0.0.1/8"]}, Code.CIDR),
        ({"idle_timeout_seconds": 0}, Code.LOAD_BALANCER),
        ({"idle_timeout_seconds": None}, Code.LOAD_BALANCER),
        ({"load_balancer_name": "internal-web"}, Code.LOAD_BALANCER),
        ({"load_balancer_name": ""}, Code.LOAD_BALANCER),
        ({"access_log_prefix": "AWSLogs"}, Code.LOAD_BALANCER),
        ({"access_log_retention_days": 0}, Code.LOAD_BALANCER),
    ],
)
def test_a_bad_option_is_refused_and_nothing_is_left_behind(options: dict[str, Any], code: Code) -> None:
    scope, network = _network()
    with pytest.raises(ConstructsEcsError) as raised:
        http(scope, network, **options)
    assert raised.value.code is code
    assert scope.node.try_find_child("Balancer") is None


@pytest.mark.parametrize("network", [None, "vpc-1"])
def test_what_is_no_network_is_refused(network: Any) -> None:  # noqa: ANN401 - of any type
    with pytest.raises(ConstructsEcsError) as raised:
        http(stack(), network)
    assert raised.value.code is Code.SETTING


def test_tokens_pass_the_checks() -> None:
    scope, network = _network()
    name = cdk.CfnParameter(scope, "Name").value_as_string
    timeout = cdk.CfnParameter(scope, "Timeout", type="Number").value_as_number
    block = cdk.CfnParameter(scope, "Block").value_as_string
    http(scope, network, load_balancer_name=name, idle_timeout_seconds=int(timeout), allow_from=[block])
    properties = only(template(scope), LOAD_BALANCER)
    assert properties["Name"] == {"Ref": "Name"}
    assert attributes(properties)["idle_timeout.timeout_seconds"] == {"Ref": "Timeout"}


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
@pytest.mark.parametrize("plain_http", [True, False])
def test_no_pack_finds_anything_and_each_acknowledgement_is_on_its_own_resource(
    plain_http: bool, env: cdk.Environment | None
) -> None:
    scope, network = _network(env=env)
    shown = None if plain_http else certificate(scope)
    http(scope, network, plain_http=plain_http, certificate=shown, allow_from=["10.9.0.0/16"])
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
    acknowledged = [finding for finding in suppressed(root) if "/Balancer/" in finding.path]
    assert {finding.rule for finding in acknowledged} >= {"NIST.800.53.R5-ALBWAFEnabled"}
    assert all(finding.path.endswith("/Resource") and len(finding.text.split()) > 8 for finding in acknowledged)


def test_deletion_protection_that_is_off_is_acknowledged_with_the_choice() -> None:
    scope, network = _network()
    http(scope, network, deletion_protection=False)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
    assert any("deletion_protection=False" in finding.text for finding in suppressed(root))


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
@pytest.mark.parametrize("plain_http", [True, False])
def test_feature_flags_change_nothing(plain_http: bool, env: cdk.Environment | None) -> None:
    made = []
    for flags in (False, True):
        scope, network = _network(flags=flags, env=env)
        shown = None if plain_http else certificate(scope)
        http(scope, network, plain_http=plain_http, certificate=shown, allow_from=["10.9.0.0/16"])
        made.append(meaning(template(scope)))
    assert made[0] == made[1]


def test_an_environment_agnostic_stack_and_a_fixed_one_differ_in_no_resource() -> None:
    def kinds(env: cdk.Environment | None) -> Resources:
        scope, network = _network(env=env)
        http(scope, network)
        return {name: resource["Type"] for name, resource in template(scope)["Resources"].items()}

    assert kinds(None) == kinds(ENVIRONMENT)


@pytest.fixture(scope="module")
def shared() -> tuple[cdk.Stack, PrivateNetwork, Any]:
    scope, network = _network()
    return scope, network, certificate(scope)


_options = st.fixed_dictionaries(
    {
        "plain_http": st.booleans(),
        "allow_from": st.lists(st.text(max_size=3) | st.sampled_from(["10.0.0.0/8", "0.0.0.0/0"]), max_size=2),
        "access_log_prefix": st.none() | st.text(max_size=3),
        "access_log_retention_days": st.none() | st.integers(-1, 40_000),
        "idle_timeout_seconds": st.integers(-1, 5000),
        "load_balancer_name": st.none() | st.text("ab-_", max_size=4),
    }
)


@given(options=_options, certified=st.booleans())
def test_any_options_give_a_load_balancer_or_our_error(
    shared: tuple[cdk.Stack, PrivateNetwork, Any], options: dict[str, Any], certified: bool
) -> None:
    scope, network, shown = shared
    scope.node.try_remove_child("Any")
    try:
        balancer = http(scope, network, "Any", certificate=shown if certified else None, **options)
    except ConstructsEcsError:
        assert scope.node.try_find_child("Any") is None
        return
    assert certified is not options["plain_http"]
    assert balancer.listener.port == (443 if certified else 80)
