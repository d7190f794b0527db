import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import AwsLogs, Container, EcrRepository, FargateService, Image, TaskSize
from constructs_ecs.capacity import CapacityShare, ClusterDefault, ExistingCapacity, FargateProvider
from constructs_ecs.cluster import EcsCluster, ExistingCluster
from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError, UnreachableError
from constructs_ecs.exec import ExecConfiguration, ExecLogging
from constructs_ecs.network import Network, PrivateNetwork
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.services import Ec2Service
from tests.meaning import Atom, meaning, permissions
from tests.nag import findings
from tests.support import ENVIRONMENT, app, of_type, only, stack, template

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
MACHINES = ExistingCapacity(name="machines")
FARGATE = CapacityShare(provider=FargateProvider.FARGATE)
SPOT = CapacityShare(provider=FargateProvider.FARGATE_SPOT)
ON_MACHINES = CapacityShare(provider=MACHINES)
SIZE = TaskSize(cpu=256, memory_mib=512)
CHANNELS = {
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}


def _audited(scope: Construct) -> ExecConfiguration:
    key = kms.Key.from_key_arn(scope, "Key", KEY)
    return ExecConfiguration(
        logging=ExecLogging.OVERRIDE,
        session_key=key,
        log_group=logs.LogGroup.from_log_group_name(scope, "Sessions", "/exec/sessions"),
        log_group_key=key,
        bucket=s3.Bucket.from_bucket_name(scope, "Records", "exec-records"),
        bucket_key=key,
        key_prefix="shared",
    )


def _cluster(scope: Construct, **stated: Any) -> ExistingCluster:  # noqa: ANN401 - statements under test
    told = {"cluster_name": "shared", "exec_configuration": "unknown", **stated}
    if "network" not in told:
        told["network"] = PrivateNetwork(scope, "Network")
    return ExistingCluster(scope, "Cluster", **told)


def _container(scope: Construct) -> Container:
    return Container(image=Image.from_ecr(EcrRepository(scope, "Repository"), tag="1"), memory_mib=256)


def _fargate(scope: Construct, cluster: ExistingCluster | EcsCluster, **options: Any) -> FargateService:  # noqa: ANN401 - any option
    containers = options.pop("containers", None) or [_container(scope)]
    return FargateService(scope, "Web", cluster=cluster, containers=containers, **{"size": SIZE, **options})


def _machines(scope: Construct, cluster: ExistingCluster | EcsCluster, capacity: Any, **options: Any) -> Ec2Service:  # noqa: ANN401 - any option
    containers = options.pop("containers", None) or [_container(scope)]
    return Ec2Service(scope, "Worker", cluster=cluster, containers=containers, capacity=capacity, **options)


def _plain(scope: Construct, cluster: ecs.ICluster) -> ecs.FargateService:
    """A service with ECS Exec as the CDK's own users write it."""
    task = ecs.FargateTaskDefinition(scope, "PlainTask")
    task.add_container("App", image=ecs.ContainerImage.from_registry("app:1"))
    return ecs.FargateService(
        scope,
        "Plain",
        cluster=cluster,
        task_definition=task,
        enable_execute_command=True,
        min_healthy_percent=100,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    )


def _granted(made: dict[str, Any], part: str) -> set[tuple[str, str]]:
    """What the policies say that have a text in their logical id: each action on each resource."""
    atoms: set[Atom] = set().union(*(said for name, said in permissions(made).items() if part in name))
    return {(action, resource) for _, principal, action, resource, _ in atoms if not principal}


@pytest.fixture(scope="module")
def audited() -> tuple[cdk.Stack, dict[str, Any]]:
    scope = stack(env=ENVIRONMENT)
    _fargate(scope, _cluster(scope, exec_configuration=_audited(scope)))
    return scope, template(scope)


def test_a_service_runs_on_the_cluster_that_is_named(audited: tuple[cdk.Stack, dict[str, Any]]) -> None:
    _, made = audited
    service = only(made, "AWS::ECS::Service")
    assert service["Cluster"] == "shared"
    assert service["LaunchType"] == "FARGATE"


def test_nothing_of_the_cluster_is_made_or_changed(audited: tuple[cdk.Stack, dict[str, Any]]) -> None:
    _, made = audited
    assert of_type(made, "AWS::ECS::Cluster") == {}
    assert of_type(made, "AWS::ECS::ClusterCapacityProviderAssociations") == {}
    assert of_type(made, "AWS::KMS::Key") == {}
    assert [name for name in of_type(made, "AWS::Logs::LogGroup") if "Web" not in name and "Network" not in name] == []


def test_a_cluster_is_given_by_a_token_as_well() -> None:
    scope = stack()
    _fargate(
        scope,
        _cluster(scope, cluster_name=cdk.CfnParameter(scope, "Name").value_as_string),
        enable_execute_command=False,
    )
    assert only(template(scope), "AWS::ECS::Service")["Cluster"] == {"Ref": "Name"}


# What a task role is granted for ECS Exec.


def test_a_task_role_may_use_the_stated_key_and_destinations_and_no_other(
    audited: tuple[cdk.Stack, dict[str, Any]],
) -> None:
    _, made = audited
    on_everything = {action for action, resource in _granted(made, "TaskRole") if resource == "*"}
    assert on_everything == {"logs:DescribeLogGroups", *CHANNELS}
    by_service: dict[str, set[str]] = {}
    for action, resource in _granted(made, "TaskRole"):
        if resource != "*":
            by_service.setdefault(action.partition(":")[0], set()).add(resource)
    assert by_service == {
        "kms": {KEY},
        "logs": {"arn:aws:logs:us-east-1:123456789012:log-group:/exec/sessions:*"},
        "s3": {"arn:aws:s3:::exec-records", "arn:aws:s3:::exec-records/shared/*"},
    }


def test_the_cdk_alone_grants_log_writes_on_everything_for_an_imported_cluster_and_this_library_never_does() -> None:
    """The CDK's fallback for a cluster of which it knows nothing (aws-cdk 31397)."""
    scope = stack(flags=False, env=ENVIRONMENT)
    network = PrivateNetwork(scope, "Network")
    imported = ecs.Cluster.from_cluster_attributes(scope, "Imported", cluster_name="shared", vpc=network.vpc)
    _plain(scope, imported)
    _fargate(scope, _cluster(scope, network=network, exec_configuration=_audited(scope)))
    made = template(scope)
    write = "logs:PutLogEvents"
    assert {resource for action, resource in _granted(made, "PlainTask") if action == write} == {"*"}
    assert {resource for action, resource in _granted(made, "WebTaskTaskRole") if action == write} == {
        "arn:aws:logs:us-east-1:123456789012:log-group:/exec/sessions:*"
    }


@pytest.mark.parametrize("flags", [False, True])
def test_the_cdks_own_services_are_granted_the_stated_destinations_too(*, flags: bool) -> None:
    scope = stack(flags=flags, env=ENVIRONMENT)
    _plain(scope, _cluster(scope, exec_configuration=_audited(scope)).cluster)
    granted = {(action, resource) for action, resource in _granted(template(scope), "PlainTask") if "Log" in action}
    assert ("logs:PutLogEvents", "*") not in granted
    (resource,) = {resource for action, resource in granted if action == "logs:PutLogEvents"}
    assert resource.endswith(":log-group:/exec/sessions:*")


@pytest.mark.parametrize("flags", [False, True])
def test_of_an_unknown_configuration_the_cdks_own_services_get_no_grant_on_every_log_group(*, flags: bool) -> None:
    scope = stack(flags=flags)
    _plain(scope, _cluster(scope).cluster)
    assert {action for action, _ in _granted(template(scope), "PlainTask")} == CHANNELS


def test_a_cluster_that_was_told_nothing_records_in_the_tasks_own_log_group() -> None:
    scope = stack()
    _fargate(scope, _cluster(scope, exec_configuration=ExecConfiguration()))
    made = template(scope)
    (group,) = (name for name in of_type(made, "AWS::Logs::LogGroup") if "Web" in name)
    assert {resource for action, resource in _granted(made, "WebTaskTaskRole") if action == "logs:PutLogEvents"} == {
        f"<{group}.Arn>"
    }


# Exec on a cluster of which nobody knows how it records sessions.


@pytest.mark.parametrize("make", [_fargate, lambda scope, cluster: _machines(scope, cluster, MACHINES)])
def test_exec_is_refused_while_the_configuration_is_unknown(make: Callable[..., Any]) -> None:
    scope = stack()
    cluster = _cluster(scope, capacity_providers=[MACHINES])
    with pytest.raises(ConflictError) as caught:
        make(scope, cluster)
    assert caught.value.code is Code.EXEC_UNKNOWN
    assert "Test/Cluster" in caught.value.problem
    assert "Test/W" in caught.value.problem
    for way_out in ("exec_configuration", "enable_execute_command=False"):
        assert way_out in caught.value.remedy


def test_without_exec_a_service_runs_while_the_configuration_is_unknown() -> None:
    scope = stack()
    service = _fargate(scope, _cluster(scope), enable_execute_command=False)
    made = template(scope)
    assert only(made, "AWS::ECS::Service")["EnableExecuteCommand"] is False
    assert service.task.needs.task_role == ()
    assert _granted(made, "WebTaskTaskRole") == set()


@pytest.mark.parametrize("configuration", [None, "Unknown", "", 0, ExecLogging.NONE, ExecConfiguration, b"unknown"])
def test_the_configuration_is_stated_or_said_to_be_unknown(configuration: object) -> None:
    with pytest.raises(InvalidValueError, match="unknown") as caught:
        _cluster(stack(), exec_configuration=configuration)
    assert caught.value.code is Code.SETTING


# What services run on.


def test_a_service_on_existing_capacity_names_it() -> None:
    scope = stack()
    cluster = _cluster(scope, capacity_providers=[MACHINES])
    _machines(scope, cluster, MACHINES, enable_execute_command=False)
    service = only(template(scope), "AWS::ECS::Service")
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "machines", "Weight": 1}]
    assert "LaunchType" not in service


def test_existing_capacities_share_the_tasks() -> None:
    scope = stack()
    other = ExistingCapacity(name="spot-machines")
    cluster = _cluster(scope, capacity_providers=[MACHINES, other])
    shares = [CapacityShare(provider=MACHINES, base=1), CapacityShare(provider=other, weight=4)]
    _machines(scope, cluster, shares, enable_execute_command=False)
    assert only(template(scope), "AWS::ECS::Service")["CapacityProviderStrategy"] == [
        {"CapacityProvider": "machines", "Weight": 1, "Base": 1},
        {"CapacityProvider": "spot-machines", "Weight": 4},
    ]


def test_a_capacity_of_which_only_aws_knows_the_name_is_not_looked_for() -> None:
    scope = stack()
    capacity = ExistingCapacity(name=cdk.CfnParameter(scope, "Name").value_as_string)
    _machines(scope, _cluster(scope), capacity, enable_execute_command=False)
    (share,) = only(template(scope), "AWS::ECS::Service")["CapacityProviderStrategy"]
    assert share["CapacityProvider"] == {"Ref": "Name"}


def test_fargates_providers_are_used_where_the_cluster_has_them() -> None:
    scope = stack()
    cluster = _cluster(scope, capacity_providers=list(FargateProvider))
    assert cluster.has_fargate_spot
    _fargate(scope, cluster, capacity=[FARGATE, SPOT], enable_execute_command=False)
    names = [
        share["CapacityProvider"] for share in only(template(scope), "AWS::ECS::Service")["CapacityProviderStrategy"]
    ]
    assert names == ["FARGATE", "FARGATE_SPOT"]


@pytest.mark.parametrize(
    ("share", "code"), [(FARGATE, Code.CAPACITY), (SPOT, Code.FARGATE_SPOT), (ON_MACHINES, Code.CAPACITY)]
)
def test_a_provider_that_is_not_stated_is_refused(share: CapacityShare, code: Code) -> None:
    cluster = _cluster(stack(), capacity_providers=[ExistingCapacity(name="other")])
    with pytest.raises(ConflictError, match="not among the stated providers of the cluster Test/Cluster") as caught:
        cluster.check_strategy([share])
    assert caught.value.code is code


def test_instances_of_a_cluster_of_the_app_are_not_the_existing_ones() -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network")
    instances = EcsCluster(scope, "Own", network=network).add_ec2_capacity("Instances", instance_type="m7i.large")
    cluster = _cluster(scope, network=network)
    with pytest.raises(ConflictError, match="Test/Own/Instances") as caught:
        cluster.check_strategy([CapacityShare(provider=instances)])
    assert caught.value.code is Code.CAPACITY
    with pytest.raises(InvalidValueError, match="ExistingCapacity") as refused:
        ExistingCluster(
            scope,
            "Second",
            cluster_name="shared",
            network=network,
            exec_configuration="unknown",
            default_strategy=[CapacityShare(provider=instances)],
        )
    assert refused.value.code is Code.CAPACITY_STRATEGY


def test_a_registry_on_the_internet_is_refused_where_the_network_has_no_way_out() -> None:
    scope = stack()
    cluster = _cluster(scope, capacity_providers=[MACHINES])
    container = Container(image=Image.from_registry("registry.example.com/worker:1"), memory_mib=256)
    with pytest.raises(UnreachableError) as caught:
        _machines(scope, cluster, MACHINES, containers=[container], enable_execute_command=False)
    assert caught.value.code is Code.UNREACHABLE_IMAGE


# The cluster's default strategy.


@pytest.mark.parametrize(("default", "make"), [(SPOT, "fargate"), (ON_MACHINES, "machines")])
def test_a_service_can_follow_the_default_strategy_and_name_nothing(default: CapacityShare, make: str) -> None:
    scope = stack()
    cluster = _cluster(scope, default_strategy=[default])
    if make == "fargate":
        _fargate(scope, cluster, capacity=ClusterDefault.STRATEGY, enable_execute_command=False)
    else:
        _machines(scope, cluster, ClusterDefault.STRATEGY, enable_execute_command=False)
    service = only(template(scope), "AWS::ECS::Service")
    assert not {"LaunchType", "CapacityProviderStrategy"} & service.keys()


def test_the_providers_of_the_default_strategy_are_the_clusters() -> None:
    cluster = _cluster(stack(), default_strategy=[SPOT], capacity_providers=[MACHINES])
    assert cluster.capacity_providers == (MACHINES, FargateProvider.FARGATE_SPOT)
    assert cluster.has_fargate_spot


@pytest.mark.parametrize("default", [None, [FARGATE], [ON_MACHINES]])
def test_a_default_strategy_that_is_unknown_or_of_the_other_kind_is_not_followed(
    default: list[CapacityShare] | None,
) -> None:
    scope = stack()
    cluster = _cluster(scope, default_strategy=default)
    for fargate in {True, False} - ({default == [FARGATE]} if default else set()):
        with pytest.raises(ConflictError, match="Test/Cluster") as caught:
            cluster.check_default_strategy(fargate=fargate)
        assert caught.value.code is Code.CAPACITY


# Bad input.


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"cluster_name": ""}, Code.CLUSTER_NAME),
        ({"cluster_name": None}, Code.CLUSTER_NAME),
        ({"cluster_name": "arn:aws:ecs:us-east-1:123456789012:cluster/shared"}, Code.CLUSTER_NAME),
        ({"cluster_name": "x" * 256}, Code.CLUSTER_NAME),
        ({"network": None}, Code.SETTING),
        ({"network": "vpc-123"}, Code.SETTING),
        ({"capacity_providers": None}, Code.CAPACITY_STRATEGY),
        ({"capacity_providers": 3}, Code.CAPACITY_STRATEGY),
        ({"capacity_providers": ["FARGATE"]}, Code.CAPACITY_STRATEGY),
        ({"capacity_providers": "FARGATE"}, Code.CAPACITY_STRATEGY),
        ({"default_strategy": []}, Code.CAPACITY_STRATEGY),
        ({"default_strategy": 1}, Code.CAPACITY_STRATEGY),
        ({"default_strategy": FARGATE}, Code.CAPACITY_STRATEGY),
        ({"default_strategy": ["FARGATE"]}, Code.CAPACITY_STRATEGY),
        ({"default_strategy": [FARGATE, ON_MACHINES]}, Code.MIXED_CAPACITY),
    ],
)
def test_what_no_cluster_can_be_is_refused(stated: dict[str, Any], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        _cluster(stack(), **stated)
    assert caught.value.code is code


@pytest.fixture(scope="module")
def network() -> Network:
    return PrivateNetwork(stack(), "Network")


_anything = st.none() | st.text(max_size=12) | st.integers() | st.sampled_from([FARGATE, MACHINES, *FargateProvider])
_count = iter(range(1_000_000))


@given(
    cluster_name=_anything,
    exec_configuration=_anything | st.just("unknown"),
    capacity_providers=_anything | st.lists(_anything, max_size=2),
    default_strategy=_anything | st.lists(_anything, max_size=2),
)
def test_any_statement_gives_a_cluster_or_an_error_of_ours(network: Network, **stated: Any) -> None:  # noqa: ANN401 - anything at all
    try:
        cluster = ExistingCluster(cdk.Stack.of(network), f"Any{next(_count)}", network=network, **stated)
    except ConstructsEcsError as error:
        assert error.code.value in str(error)
    else:
        assert stated["exec_configuration"] == "unknown"
        assert {share.provider for share in cluster.default_strategy} <= set(cluster.capacity_providers)


# Everywhere.


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "fixed"])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    def said(*, flags: bool) -> tuple[dict[str, Any], dict[str, set[Atom]]]:
        scope = stack(flags=flags, env=env)
        cluster = _cluster(scope, exec_configuration=_audited(scope), default_strategy=[FARGATE])
        role = iam.Role.from_role_name(scope, "Given", "given")
        _fargate(scope, cluster, capacity=ClusterDefault.STRATEGY, task_role=role)
        made = template(scope)
        return {key: value for key, value in meaning(made).items() if "Web" in key}, permissions(made)

    with_flags = said(flags=True)
    assert len(with_flags[0]) >= 6
    assert with_flags == said(flags=False)


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "fixed"])
@pytest.mark.parametrize("flags", [False, True])
def test_a_service_on_an_existing_cluster_has_no_finding(*, flags: bool, env: cdk.Environment | None) -> None:
    scope = stack(flags=flags, env=env)
    key = kms.Key(scope, "OwnKey", enable_key_rotation=True)
    cluster = _cluster(
        scope,
        network=PrivateNetwork(scope, "Network", encryption_key=key),
        exec_configuration=_audited(scope),
        default_strategy=[FARGATE],
    )
    image = Image.from_ecr(EcrRepository(scope, "Repository", encryption_key=key), tag="1")
    options = {"containers": [Container(image=image)], "logging": AwsLogs(encryption_key=key)}
    _fargate(scope, cluster, capacity=ClusterDefault.STRATEGY, **options)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []


def test_a_cluster_can_be_in_a_stage_and_in_a_nested_stack() -> None:
    stage = cdk.Stage(app(), "Production", env=ENVIRONMENT)
    outer = cdk.Stack(stage, "Services")
    nested = cdk.NestedStack(outer, "Nested")
    network = PrivateNetwork(outer, "Network")
    _fargate(nested, _cluster(nested, network=network, exec_configuration=_audited(nested)))
    assert only(template(nested), "AWS::ECS::Service")["Cluster"] == "shared"


def test_a_cluster_that_is_read_in_one_stack_serves_another() -> None:
    root = app()
    base, workload = cdk.Stack(root, "Base"), cdk.Stack(root, "Workload")
    _fargate(workload, _cluster(base, exec_configuration=_audited(base)))
    made = template(workload)
    assert only(made, "AWS::ECS::Service")["Cluster"] == "shared"
    assert workload not in base.dependencies


def test_the_preflight_says_that_it_does_not_know_the_cluster() -> None:
    scope = stack()
    cluster = _cluster(scope, exec_configuration=_audited(scope), default_strategy=[FARGATE])
    _fargate(scope, cluster, capacity=ClusterDefault.STRATEGY)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    report = analyse([root.synth().directory])
    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.UNKNOWN)
    assert report.findings == ()
    assert "shared is not in the templates" in json.dumps([question.message for question in report.unknowns])
