"""A network that another app published."""

import itertools
import json
from collections.abc import Iterable
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ecs import EcsCluster
from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import exec_log_bucket, exec_session, registry_image
from constructs_ecs.facts.needs import Needs
from constructs_ecs.network import Egress, PrivateNetwork, PublishedNetwork
from tests.meaning import meaning, permissions
from tests.nag import findings
from tests.sharing import folder, published, read, refused, service
from tests.support import ENVIRONMENT, only, stack, template

PATH = "/platform/network"
WEB = (Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3, Endpoint.LOGS, Endpoint.SSM_MESSAGES)


def reader(scope: cdk.Stack | None = None, **options: Any) -> PublishedNetwork:  # noqa: ANN401 - any option
    return PublishedNetwork(stack() if scope is None else scope, "Network", **{"path": PATH, **options})


def writer(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    made = PrivateNetwork(stack(name="Platform"), "Network", **options)
    made.publish(PATH)
    return published(template(cdk.Stack.of(made)))


def of(network: PublishedNetwork) -> dict[str, Any]:
    return template(cdk.Stack.of(network))


def web(scope: cdk.Stack, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    network = reader(scope, **{"endpoints": WEB, **options})
    service(scope, EcsCluster(scope, "Cluster", network=network))
    return template(scope)


@pytest.fixture(scope="module")
def app_of_another_team() -> dict[str, Any]:
    return web(stack())


def test_tasks_are_placed_in_the_published_subnets_with_the_published_group(
    app_of_another_team: dict[str, Any],
) -> None:
    names = {key: each["Default"] for key, each in app_of_another_team["Parameters"].items()}
    configuration = only(app_of_another_team, "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    for index, subnet in enumerate(configuration["Subnets"]):
        place, values = subnet["Fn::Select"]
        separator, reference = values["Fn::Split"]
        assert (place, separator, names[reference["Ref"]]) == (index, ",", f"{PATH}/task-subnet-ids")
    assert len(configuration["Subnets"]) == 2
    assert names[configuration["SecurityGroups"][1]["Ref"]] == f"{PATH}/endpoint-client-security-group-id"
    assert names[only(app_of_another_team, "AWS::EC2::SecurityGroup")["VpcId"]["Ref"]] == f"{PATH}/vpc-id"


def test_nothing_of_the_network_is_made_or_changed(app_of_another_team: dict[str, Any]) -> None:
    made = {each["Type"] for each in app_of_another_team["Resources"].values()}
    assert {kind for kind in made if kind.startswith("AWS::EC2::")} == {"AWS::EC2::SecurityGroup"}


def test_an_app_can_be_deployed_where_the_network_has_what_it_declares(app_of_another_team: dict[str, Any]) -> None:
    assert refused(app_of_another_team, writer(extra_endpoints=WEB)) == []


@settings(max_examples=6, deadline=None)
@given(
    has=st.sets(st.sampled_from(Endpoint)),
    declared=st.sets(st.sampled_from(Endpoint)),
    zones=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    egress=st.tuples(st.sampled_from([Egress.NONE, Egress.NAT_GATEWAY]), st.booleans()),
    public=st.tuples(st.booleans(), st.booleans()),
)
def test_what_is_read_is_what_is_published_and_what_is_declared_beyond_is_refused(
    has: set[Endpoint],
    declared: set[Endpoint],
    zones: tuple[int, int],
    egress: tuple[Egress, bool],
    public: tuple[bool, bool],
) -> None:
    stored = writer(
        endpoints="needed",
        extra_endpoints=has,
        max_azs=zones[0],
        egress=egress[0],
        public_load_balancers=public[0],
    )
    network = reader(
        endpoints=declared,
        max_azs=zones[1],
        egress=Egress.NAT_GATEWAY if egress[1] else Egress.NONE,
        public_load_balancers=public[1],
    )
    made = of(network)
    missing = {f"{PATH}/endpoints/{endpoint.value}" for endpoint in declared - has}
    if public[1] and not public[0]:
        missing |= {f"{PATH}/public-subnet-ids", f"{PATH}/public-subnet-count"}
    assert read(made) - stored.keys() == missing
    lacks = zones[1] > zones[0] or (egress[1] and egress[0] is Egress.NONE)
    assert bool(refused(made, stored)) is bool(missing or lacks)


def test_fewer_zones_or_no_way_out_are_refused_with_the_argument_to_look_at() -> None:
    made = of(reader(max_azs=3, egress=Egress.NAT_GATEWAY_PER_AZ))
    zones, way_out = refused(made, writer())
    assert zones.endswith("task-subnet-count must not be '1' or '2': this app uses 3 Availability Zones, see max_azs.")
    assert way_out.startswith(f"{PATH}/egress must not be 'none': ")


def test_any_way_out_of_the_network_is_one() -> None:
    made = of(reader(egress=Egress.NAT_GATEWAY))
    assert refused(made, {**writer(egress=Egress.NAT_GATEWAY_PER_AZ)}) == []
    assert refused(made, {**writer(), f"{PATH}/egress": "transit-gateway"}) == []


def test_an_endpoint_that_is_not_declared_is_refused_with_its_name_and_its_use() -> None:
    network = reader(endpoints=[Endpoint.LOGS])
    with pytest.raises(UnreachableError, match=r"the web needs the endpoint ssmmessages to open ECS Exec") as raised:
        network.require(exec_session(), needed_by="the web")
    assert raised.value.code is Code.MISSING_ENDPOINT
    assert "Endpoint.SSM_MESSAGES in endpoints of Test/Network" in raised.value.remedy


@pytest.mark.parametrize(
    ("needs", "code"),
    [(registry_image("ghcr.io"), Code.UNREACHABLE_IMAGE), (Needs(internet=("an API",)), Code.INTERNET)],
)
def test_the_internet_is_refused_unless_declared(needs: Needs, code: Code) -> None:
    with pytest.raises(UnreachableError) as raised:
        reader().require(needs, needed_by="the web")
    assert raised.value.code is code
    reader(egress=Egress.NAT_GATEWAY).require(needs, needed_by="the web")


def test_a_bucket_is_written_to_only_where_the_gateway_lets_it_through() -> None:
    network = reader(endpoints=[Endpoint.S3])
    for app in ("one", "another"):
        network.require(exec_log_bucket("arn:aws:s3:::records"), needed_by=app)
    made = of(network)
    assert refused(made, writer(extra_endpoints=[Endpoint.S3])) == [
        f"{PATH}/s3-actions/GetBucketLocation",
        f"{PATH}/s3-actions/GetEncryptionConfiguration",
        f"{PATH}/s3-actions/PutObject",
    ]


def test_the_declared_endpoints_are_told() -> None:
    told: list[Endpoint] = []
    reader(endpoints=[Endpoint.S3, Endpoint.KMS, Endpoint.S3]).on_endpoint(told.append)
    assert told == [Endpoint.KMS, Endpoint.S3]


def test_subnets_are_isolated_or_private_or_public_in_the_terms_of_the_cdk() -> None:
    closed, open_ = reader(), reader(egress=Egress.NAT_GATEWAY, public_load_balancers=True, max_azs=3)
    lengths = [
        (len(network.vpc.isolated_subnets), len(network.vpc.private_subnets), len(network.vpc.public_subnets))
        for network in (closed, open_)
    ]
    assert lengths == [(2, 0, 0), (0, 3, 3)]
    assert closed.public_subnets is None
    assert open_.public_subnets is not None
    assert len(open_.public_subnets.subnets or ()) == 3
    assert len(open_.task_subnets.subnets or ()) == 3


def test_the_cdk_warns_of_nothing() -> None:
    network = reader(endpoints=WEB, public_load_balancers=True)
    root = network.node.root
    assert isinstance(root, cdk.App)
    assert [entry for each in root.synth().stacks for entry in each.messages] == []


BAD: list[tuple[dict[str, Any], Code]] = [
    ({"path": "network"}, Code.PUBLISH_PATH),
    ({"path": None}, Code.PUBLISH_PATH),
    ({"path": cdk.Aws.STACK_NAME}, Code.PUBLISH_PATH),
    ({"max_azs": 0}, Code.AVAILABILITY_ZONES),
    ({"max_azs": "2"}, Code.AVAILABILITY_ZONES),
    ({"max_azs": cdk.Token.as_number({"Ref": "Count"})}, Code.AVAILABILITY_ZONES),
    ({"egress": "nat-gateway"}, Code.SETTING),
    ({"egress": None}, Code.SETTING),
    ({"endpoints": ["ssm"]}, Code.SETTING),
    ({"endpoints": "ssm"}, Code.SETTING),
    ({"endpoints": None}, Code.SETTING),
    ({"endpoints": Endpoint.SSM}, Code.SETTING),
]


@pytest.mark.parametrize(("options", "code"), BAD)
def test_bad_input_is_our_own_error(options: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as raised:
        reader(**options)
    assert raised.value.code is code


SCOPE = stack()
_ids = itertools.count()
ANY = st.one_of(st.none(), st.text(max_size=5), st.integers(-3, 9), st.lists(st.sampled_from(Endpoint), max_size=2))


@settings(max_examples=30, deadline=None)
@given(path=st.one_of(st.just(PATH), ANY), max_azs=ANY, endpoints=ANY, egress=st.one_of(ANY, st.sampled_from(Egress)))
def test_any_input_gives_a_network_or_our_error(path: Any, max_azs: Any, endpoints: Any, egress: Any) -> None:  # noqa: ANN401
    try:
        network = PublishedNetwork(
            SCOPE, f"Network{next(_ids)}", path=path, max_azs=max_azs, endpoints=endpoints, egress=egress
        )
    except ConstructsEcsError:
        return
    assert isinstance(endpoints, Iterable)
    assert len(network.task_subnets.subnets or ()) == max_azs


def test_two_networks_in_one_stack_are_read_side_by_side() -> None:
    scope = stack()
    reader(scope, endpoints=[Endpoint.KMS])
    PublishedNetwork(scope, "Other", path="/other/network", endpoints=[Endpoint.KMS])
    PublishedNetwork(scope, "Again", path=PATH, endpoints=[Endpoint.LOGS])
    names = read(template(scope))
    assert {f"{PATH}/endpoints/kms", f"{PATH}/endpoints/logs", "/other/network/endpoints/kms"} <= names


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_the_flags_of_an_app_change_nothing(env: cdk.Environment | None) -> None:
    none, every = (web(stack(flags=flags, env=env)) for flags in (False, True))
    assert meaning(none) == meaning(every)
    assert permissions(none) == permissions(every)
    assert (none["Parameters"], none["Rules"]) == (every["Parameters"], every["Rules"])


def test_the_rule_packs_find_nothing() -> None:
    scope = stack()
    web(scope, public_load_balancers=True)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []


def test_nothing_is_looked_up_at_synth() -> None:
    scope = stack(env=ENVIRONMENT)
    web(scope)
    manifest = json.loads((folder(scope) / "manifest.json").read_text())
    assert "artifacts" in manifest
    assert "missing" not in manifest
