"""A cluster that another app published, and a network beside it: two apps, deployed apart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ecs import CapacityShare, EcsCluster, ExecAudit, ExecLogging, FargateProvider
from constructs_ecs.capacity import ClusterDefault, ExistingCapacity
from constructs_ecs.cluster import PublishedCluster, PublishedExec
from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.network import PrivateNetwork, PublishedNetwork
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from tests.meaning import meaning, permissions
from tests.nag import findings
from tests.sharing import folder, published, read, refused, service
from tests.support import ENVIRONMENT, app, of_type, only, stack, template

NETWORK = "/platform/network"
CLUSTER = "/platform/cluster"
STARTS = (Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3, Endpoint.LOGS, Endpoint.KMS)
"""What a service needs of the network without ECS Exec; KMS is for what it may encrypt."""
SPOT = CapacityShare(provider=FargateProvider.FARGATE_SPOT)


@dataclass(frozen=True)
class Apps:
    """The publishing app and the reading one, in the environment-agnostic default."""

    writer: cdk.Stack
    reader: cdk.Stack

    @property
    def stored(self) -> dict[str, Any]:
        return published(template(self.writer))

    @property
    def read(self) -> dict[str, Any]:
        return template(self.reader)

    @property
    def folders(self) -> tuple[Path, Path]:
        """The two cloud assemblies, synthesized."""
        assert self.stored
        assert self.read
        return folder(self.writer), folder(self.reader)


def writer(*, audit: Mapping[str, Any] | None = None, **options: Any) -> cdk.Stack:  # noqa: ANN401 - any option
    scope = stack(name="Platform")
    network = PrivateNetwork(scope, "Network", extra_endpoints=STARTS)
    network.publish(NETWORK)
    exec_audit = None if audit is None else ExecAudit(scope, "Audit", **audit)
    EcsCluster(scope, "Cluster", network=network, exec_audit=exec_audit, **options).publish(CLUSTER)
    return scope


def cluster(
    scope: cdk.Stack | None = None,
    *,
    endpoints: tuple[Endpoint, ...] = (*STARTS, Endpoint.SSM_MESSAGES),
    **options: Any,  # noqa: ANN401 - any option
) -> PublishedCluster:
    root = stack(name="App") if scope is None else scope
    network = PublishedNetwork(root, "Network", path=NETWORK, endpoints=endpoints)
    return PublishedCluster(
        root, "Cluster", **{"path": CLUSTER, "network": network, "exec_configuration": PublishedExec(), **options}
    )


def reader(
    scope: cdk.Stack | None = None,
    *,
    capacity: Any = None,  # noqa: ANN401 - any option
    **options: Any,  # noqa: ANN401 - any option
) -> cdk.Stack:
    made = cluster(scope, **options)
    root = cdk.Stack.of(made)
    service(root, made, capacity=capacity)
    return root


@pytest.fixture(scope="module")
def apps() -> Apps:
    audit = {"bucket": True, "key_prefix": "exec"}
    declared = PublishedExec(bucket=True, key_prefix=True)
    return Apps(writer(audit=audit), reader(exec_configuration=declared))


def test_all_that_one_app_reads_the_other_has_published(apps: Apps) -> None:
    assert read(apps.read) <= apps.stored.keys()
    assert refused(apps.read, apps.stored) == []


def test_the_service_is_on_the_published_cluster(apps: Apps) -> None:
    parameter = only(apps.read, "AWS::ECS::Service")["Cluster"]["Ref"]
    assert apps.read["Parameters"][parameter]["Default"] == f"{CLUSTER}/cluster-name"
    assert of_type(apps.read, "AWS::ECS::Cluster") == {}


def test_the_task_role_is_granted_exactly_the_stated_destinations(apps: Apps) -> None:
    names = {key: each["Default"].rpartition("/")[2] for key, each in apps.read["Parameters"].items()}
    (role,) = (key for key in of_type(apps.read, "AWS::IAM::ManagedPolicy") if "TaskTaskRole" in key)
    granted = {(action, _named(resource, names)) for _, _, action, resource, _ in permissions(apps.read)[role]}
    by_service: dict[str, set[str]] = {}
    for action, resource in granted:
        by_service.setdefault(action.partition(":")[0], set()).add(resource)
    assert by_service == {
        "ssmmessages": {"*"},
        "kms": {"<session-key-arn>", "<log-group-key-arn>", "<bucket-key-arn>"},
        "logs": {
            "*",  # to list log groups
            "arn:aws:logs:<AWS::Region>:<AWS::AccountId>:log-group:<log-group-name>:*",
        },
        "s3": {"arn:aws:s3:::<bucket-name>", "arn:aws:s3:::<bucket-name>/<key-prefix>/*"},
    }
    assert ("logs:PutLogEvents", "*") not in granted


def _named(resource: str, names: Mapping[str, str]) -> str:
    for key, name in names.items():
        resource = resource.replace(f"<{key}>", f"<{name}>")
    return resource


def test_the_preflight_sees_no_fault_in_one_app_and_says_what_it_cannot_see(apps: Apps) -> None:
    report = analyse([apps.folders[1]])
    assert report.findings == ()
    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert any(NETWORK in question.message for question in report.unknowns)


def test_the_preflight_proves_both_apps_together(apps: Apps) -> None:
    report = analyse(apps.folders)
    assert report.findings == ()
    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.PASS)


AUDITS = st.sampled_from(
    [
        None,
        {"logging": ExecLogging.NONE},
        {"logging": ExecLogging.DEFAULT},
        {},
        {"bucket": True},
        {"bucket": True, "log_group": False},
        {"bucket": True, "key_prefix": "exec"},
    ]
)


def _declared(audit: Mapping[str, Any] | None) -> PublishedExec:
    if audit is None:
        return PublishedExec(logging=ExecLogging.DEFAULT, session_key=False)
    flags = {name: value for name, value in audit.items() if name != "key_prefix"}
    return PublishedExec(**flags, key_prefix="key_prefix" in audit)


@settings(max_examples=6, deadline=None)
@given(has=AUDITS, declared=AUDITS, spot=st.tuples(st.booleans(), st.booleans()))
def test_another_exec_configuration_or_provider_than_declared_is_refused_at_deployment(
    has: Mapping[str, Any] | None, declared: Mapping[str, Any] | None, spot: tuple[bool, bool]
) -> None:
    stored = published(template(writer(audit=has, fargate_spot=spot[0])))
    made = template(
        reader(
            exec_configuration=_declared(declared),
            capacity_providers=list(FargateProvider) if spot[1] else [],
            capacity=[SPOT] if spot[1] else None,
        )
    )
    why = refused(made, stored)
    assert bool(why) is (has != declared or (spot[1] and not spot[0]))
    assert (f"{CLUSTER}/capacity-providers/FARGATE_SPOT" in why) is (spot[1] and not spot[0])


def test_a_cluster_with_more_is_refused_too_because_the_role_would_lack_it() -> None:
    (why,) = refused(template(reader()), published(template(writer(audit={"bucket": True}))))
    assert why == (
        f"{CLUSTER}/exec/configuration must be 'OVERRIDE session-key log-group log-group-key': declare it in "
        "PublishedExec as it is published."
    )


def test_what_exec_needs_of_the_network_is_refused_at_synth_where_it_is_not_declared() -> None:
    with pytest.raises(UnreachableError, match="endpoint ssmmessages") as raised:
        reader(endpoints=STARTS)
    assert raised.value.code is Code.MISSING_ENDPOINT


def test_exec_is_refused_where_nothing_is_known_of_it() -> None:
    made = cluster(endpoints=STARTS, exec_configuration="unknown")
    scope = cdk.Stack.of(made)
    with pytest.raises(ConflictError) as raised:
        service(scope, made)
    assert raised.value.code is Code.EXEC_UNKNOWN
    service(scope, made, "WithoutExec", enable_execute_command=False)
    assert not any("/exec/" in name for name in read(template(scope)))


@pytest.mark.parametrize(
    ("capacity", "code"),
    [
        ([SPOT], Code.FARGATE_SPOT),
        ([CapacityShare(provider=FargateProvider.FARGATE)], Code.CAPACITY),
        ([CapacityShare(provider=ExistingCapacity(name="instances"))], Code.CAPACITY),
        (ClusterDefault.STRATEGY, Code.CAPACITY),
    ],
)
def test_capacity_that_is_not_declared_is_refused(capacity: Any, code: Code) -> None:  # noqa: ANN401 - any value
    with pytest.raises(ConflictError) as raised:
        reader(capacity=capacity)
    assert raised.value.code is code


def test_without_capacity_a_service_is_launched_on_fargate() -> None:
    made = only(template(reader(capacity_providers=list(FargateProvider))), "AWS::ECS::Service")
    assert made["LaunchType"] == "FARGATE"
    assert "CapacityProviderStrategy" not in made


def test_the_default_of_the_cluster_is_used_where_it_is_declared_and_is_so() -> None:
    made = template(reader(capacity=ClusterDefault.STRATEGY, default_strategy="fargate"))
    assert not {"LaunchType", "CapacityProviderStrategy"} & only(made, "AWS::ECS::Service").keys()
    audited: dict[str, Any] = {"audit": {}}
    assert refused(made, published(template(writer(**audited, default_strategy=[SPOT], fargate_spot=True)))) == []
    (why,) = refused(made, published(template(writer(**audited))))
    assert why.startswith(f"{CLUSTER}/default-strategy must be 'fargate': ")


def test_a_default_of_ec2_capacity_is_none_for_fargate() -> None:
    with pytest.raises(ConflictError) as raised:
        reader(capacity=ClusterDefault.STRATEGY, default_strategy="ec2")
    assert raised.value.code is Code.CAPACITY


BAD: list[tuple[dict[str, Any], Code]] = [
    ({"path": "/ssm"}, Code.PUBLISH_PATH),
    ({"path": cdk.Aws.STACK_NAME}, Code.PUBLISH_PATH),
    ({"network": None}, Code.SETTING),
    ({"exec_configuration": None}, Code.SETTING),
    ({"exec_configuration": "default"}, Code.SETTING),
    ({"capacity_providers": None}, Code.CAPACITY_STRATEGY),
    ({"capacity_providers": ["FARGATE"]}, Code.CAPACITY_STRATEGY),
    ({"default_strategy": "spot"}, Code.SETTING),
    ({"default_strategy": None}, Code.SETTING),
]


@pytest.mark.parametrize(("options", "code"), BAD)
def test_bad_input_is_our_own_error(options: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as raised:
        cluster(**options)
    assert raised.value.code is code


ANY = st.one_of(st.none(), st.text(max_size=3), st.integers(), st.lists(st.sampled_from(FargateProvider), max_size=3))


@settings(max_examples=20, deadline=None)
@given(path=st.one_of(ANY, st.just(CLUSTER)), exec_configuration=ANY, capacity_providers=ANY, default_strategy=ANY)
def test_any_input_gives_a_cluster_or_our_error(**options: Any) -> None:  # noqa: ANN401 - any value
    try:
        made = cluster(**options)
    except ConstructsEcsError:
        return
    assert set(made.capacity_providers) == set(options["capacity_providers"])


def test_a_service_in_a_nested_stack_is_given_the_values_of_the_outermost_one() -> None:
    scope = stack(name="App")
    nested = cdk.NestedStack(scope, "Nested")
    reader(nested)
    outermost = template(scope)
    inner = json.loads((folder(scope) / nested.template_file).read_text())
    assert read(outermost) <= published(template(writer(audit={}))).keys()
    assert of_type(inner, "AWS::ECS::Service")
    assert read(inner) == set()


def test_each_stage_reads_what_is_published_in_its_own_account() -> None:
    root = app()
    stacks = [cdk.Stack(cdk.Stage(root, name), "App") for name in ("Test", "Production")]
    names = [read(template(reader(scope))) for scope in stacks]
    assert names[0] == names[1]


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_the_flags_of_an_app_change_nothing(env: cdk.Environment | None) -> None:
    declared = PublishedExec(bucket=True, key_prefix=True)
    none, every = (
        template(reader(stack(flags=flags, env=env), exec_configuration=declared)) for flags in (False, True)
    )
    assert meaning(none) == meaning(every)
    assert permissions(none) == permissions(every)
    assert (none["Parameters"], none["Rules"]) == (every["Parameters"], every["Rules"])


def test_the_rule_packs_find_nothing(apps: Apps) -> None:
    for scope in (apps.writer, apps.reader):
        root = scope.node.root
        assert isinstance(root, cdk.App)
        assert findings(root) == []
