import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam

from constructs_ecs.capacity import CapacityShare, Ec2Capacity, FargateProvider, render_strategy
from constructs_ecs.cluster import EcsCluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.exec import ExecAudit, ExecLogging
from constructs_ecs.network import PrivateNetwork
from tests.meaning import meaning
from tests.nag import findings
from tests.support import ENVIRONMENT, app, of_type, only, stack, template

ASSOCIATIONS = "AWS::ECS::ClusterCapacityProviderAssociations"
FARGATE = CapacityShare(provider=FargateProvider.FARGATE)
SPOT = CapacityShare(provider=FargateProvider.FARGATE_SPOT)


def _cluster(scope: cdk.Stack, **settings: Any) -> EcsCluster:  # noqa: ANN401 - settings under test
    return EcsCluster(scope, "Cluster", network=PrivateNetwork(scope, "Network"), **settings)


def _made(**settings: Any) -> dict[str, Any]:  # noqa: ANN401 - settings under test
    scope = stack()
    _cluster(scope, **settings)
    return template(scope)


def _service(scope: cdk.Stack, cluster: EcsCluster, capacity: Ec2Capacity) -> ecs.Ec2Service:
    """As the CDK's own users would write it, but for the last line."""
    task = ecs.Ec2TaskDefinition(scope, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
    task.add_container("App", image=ecs.ContainerImage.from_registry("app:1"), memory_limit_mib=64)
    service = ecs.Ec2Service(
        scope,
        "Service",
        cluster=cluster.cluster,
        task_definition=task,
        min_healthy_percent=100,
        enable_execute_command=True,
        capacity_provider_strategies=render_strategy([CapacityShare(provider=capacity)]),
        vpc_subnets=cluster.network.task_subnets,
    )
    service.node.add_dependency(cluster.ready)
    return service


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return _made()


def test_container_insights_has_enhanced_observability(plain: dict[str, Any]) -> None:
    cluster = only(plain, "AWS::ECS::Cluster")
    assert cluster == {"ClusterSettings": [{"Name": "containerInsights", "Value": "enhanced"}]}


def test_the_cluster_is_in_the_given_network_alone(plain: dict[str, Any]) -> None:
    assert len(of_type(plain, "AWS::EC2::VPC")) == 1


def test_no_capacity_provider_is_associated_that_is_not_used(plain: dict[str, Any]) -> None:
    assert of_type(plain, ASSOCIATIONS) == {}


def test_fargate_spot_comes_with_fargate() -> None:
    scope = stack()
    assert _cluster(scope, fargate_spot=True).has_fargate_spot
    assert only(template(scope), ASSOCIATIONS)["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_a_default_strategy_is_the_clusters() -> None:
    shares = [CapacityShare(provider=FargateProvider.FARGATE, base=1), SPOT]
    made = only(_made(fargate_spot=True, default_strategy=shares), ASSOCIATIONS)
    assert made["DefaultCapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Weight": 1, "Base": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 1},
    ]


def test_a_strategy_of_fargate_associates_it_and_gives_no_spot() -> None:
    scope = stack()
    cluster = _cluster(scope, default_strategy=[FARGATE])
    assert "FARGATE" in only(template(scope), ASSOCIATIONS)["CapacityProviders"]
    assert not cluster.has_fargate_spot
    with pytest.raises(ConflictError):
        cluster.check_strategy([SPOT])


def test_a_services_strategy_associates_what_it_names() -> None:
    scope = stack()
    _cluster(scope).check_strategy([FARGATE])
    assert "FARGATE" in only(template(scope), ASSOCIATIONS)["CapacityProviders"]


def test_fargate_spot_on_a_cluster_without_it_is_refused() -> None:
    with pytest.raises(ConflictError, match="fargate_spot=True") as raised:
        _cluster(stack(), default_strategy=[FARGATE, SPOT])
    assert raised.value.code is Code.FARGATE_SPOT


def test_ec2_capacity_can_be_the_default_once_it_is_there() -> None:
    scope = stack()
    cluster = _cluster(scope, fargate_spot=True)
    capacity = cluster.add_ec2_capacity("Instances", instance_type="m7i.large")
    cluster.set_default_strategy([CapacityShare(provider=capacity)])
    made = template(scope)
    (provider,) = of_type(made, "AWS::ECS::CapacityProvider")
    association = only(made, ASSOCIATIONS)
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT", {"Ref": provider}]
    assert association["DefaultCapacityProviderStrategy"] == [{"CapacityProvider": {"Ref": provider}, "Weight": 1}]
    assert cluster.ec2_capacities == (capacity,)


def test_a_second_default_strategy_is_refused() -> None:
    cluster = _cluster(stack(), default_strategy=[FARGATE])
    with pytest.raises(ConflictError, match="one default strategy") as raised:
        cluster.set_default_strategy([FARGATE])
    assert raised.value.code is Code.CAPACITY


def test_capacity_of_another_cluster_is_refused() -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network")
    other = EcsCluster(scope, "Other", network=network).add_ec2_capacity("Instances", instance_type="m7i.large")
    with pytest.raises(ConflictError, match="Test/Other/Instances is not capacity of the cluster Test/Own") as raised:
        EcsCluster(scope, "Own", network=network).check_strategy([CapacityShare(provider=other)])
    assert raised.value.code is Code.CAPACITY


def test_mixed_capacity_is_refused() -> None:
    cluster = _cluster(stack(), fargate_spot=True)
    capacity = cluster.add_ec2_capacity("Instances", instance_type="m7i.large")
    with pytest.raises(ConflictError) as raised:
        cluster.check_strategy([FARGATE, CapacityShare(provider=capacity)])
    assert raised.value.code is Code.MIXED_CAPACITY


def test_exec_sessions_are_recorded_where_the_audit_says() -> None:
    scope = stack()
    _cluster(scope, exec_audit=ExecAudit(scope, "ExecAudit", bucket=True, key_prefix="exec"))
    made = template(scope)
    (key,) = of_type(made, "AWS::KMS::Key")
    (group,) = (name for name in of_type(made, "AWS::Logs::LogGroup") if "ExecAudit" in name)
    (bucket,) = of_type(made, "AWS::S3::Bucket")
    assert only(made, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"] == {
        "KmsKeyId": {"Fn::GetAtt": [key, "Arn"]},
        "Logging": "OVERRIDE",
        "LogConfiguration": {
            "CloudWatchEncryptionEnabled": True,
            "CloudWatchLogGroupName": {"Ref": group},
            "S3BucketName": {"Ref": bucket},
            "S3EncryptionEnabled": True,
            "S3KeyPrefix": "exec",
        },
    }


@pytest.mark.parametrize("logging", [ExecLogging.NONE, ExecLogging.DEFAULT])
def test_exec_sessions_without_a_destination_are_encrypted(logging: ExecLogging) -> None:
    scope = stack()
    _cluster(scope, exec_audit=ExecAudit(scope, "ExecAudit", logging=logging))
    made = template(scope)
    (key,) = of_type(made, "AWS::KMS::Key")
    assert only(made, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"] == {
        "KmsKeyId": {"Fn::GetAtt": [key, "Arn"]},
        "Logging": logging.value,
    }


def test_a_service_of_its_own_stack_ends_before_its_capacity() -> None:
    scope = stack()
    cluster = _cluster(scope)
    _service(scope, cluster, cluster.add_ec2_capacity("Instances", instance_type="m7i.large"))
    made = template(scope)
    (service,) = of_type(made, "AWS::ECS::Service").values()
    (association,) = of_type(made, ASSOCIATIONS)
    assert association in service["DependsOn"]


@pytest.fixture(scope="module")
def three_stacks() -> tuple[cdk.Stack, cdk.Stack, cdk.Stack]:
    root = app()
    base, shared, workload = cdk.Stack(root, "Base"), cdk.Stack(root, "Shared"), cdk.Stack(root, "Workload")
    network = PrivateNetwork(base, "Network")
    cluster = EcsCluster(shared, "Cluster", network=network, exec_audit=ExecAudit(shared, "ExecAudit"))
    _service(workload, cluster, cluster.add_ec2_capacity("Instances", instance_type="m7i.large"))
    root.synth()
    return base, shared, workload


def test_a_service_of_another_stack_ends_with_its_stack_before_the_cluster(
    three_stacks: tuple[cdk.Stack, cdk.Stack, cdk.Stack],
) -> None:
    base, shared, workload = three_stacks
    assert shared in workload.dependencies
    assert shared.dependencies == [base]
    assert base.dependencies == []


def test_capacity_is_in_the_clusters_stack_and_associated_there(
    three_stacks: tuple[cdk.Stack, cdk.Stack, cdk.Stack],
) -> None:
    made = {scope.stack_name: template(scope) for scope in three_stacks}
    for resource_type in (ASSOCIATIONS, "AWS::ECS::CapacityProvider", "AWS::AutoScaling::AutoScalingGroup"):
        assert [name for name in made if of_type(made[name], resource_type)] == ["Shared"]


def test_a_service_of_the_cdks_own_does_not_widen_the_audits_key(
    three_stacks: tuple[cdk.Stack, cdk.Stack, cdk.Stack],
) -> None:
    _, shared, _ = three_stacks
    assert len(only(template(shared), "AWS::KMS::Key")["KeyPolicy"]["Statement"]) == 2


@pytest.mark.parametrize(
    "given",
    [
        lambda scope: iam.Role(scope, "Given", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
        lambda scope: iam.Role.from_role_name(scope, "Given", "instances"),
    ],
    ids=["of the app", "imported"],
)
def test_instances_with_an_existing_role_wait_for_its_permissions(given: Callable[[cdk.Stack], iam.IRole]) -> None:
    scope = stack()
    _cluster(scope).add_ec2_capacity("Instances", instance_type="m7i.large", role=given(scope))
    made = template(scope)
    (group,) = of_type(made, "AWS::AutoScaling::AutoScalingGroup").values()
    (policy,) = (
        name
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for name in of_type(made, kind)
        if "InstanceRole" in name
    )
    assert policy in group["DependsOn"]


def test_no_lambda_comes_with_capacity(three_stacks: tuple[cdk.Stack, cdk.Stack, cdk.Stack]) -> None:
    made = json.dumps([template(scope) for scope in three_stacks])
    assert "AWS::Lambda::" not in made
    assert "Custom::" not in made


def test_a_cluster_has_the_name_that_it_is_given() -> None:
    assert only(_made(cluster_name="shop_1-a"), "AWS::ECS::Cluster")["ClusterName"] == "shop_1-a"


@pytest.mark.parametrize("name", ["", "a b", "a.b", "x" * 256, "é"])
def test_a_name_that_ecs_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        _cluster(stack(), cluster_name=name)
    assert raised.value.code is Code.CLUSTER_NAME


def test_a_token_is_a_name() -> None:
    scope = stack()
    _cluster(scope, cluster_name=cdk.CfnParameter(scope, "Name").value_as_string)
    assert only(template(scope), "AWS::ECS::Cluster")["ClusterName"] == {"Ref": "Name"}


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    def said(*, flags: bool) -> dict[str, Any]:
        scope = stack(flags=flags, env=env)
        audit = ExecAudit(scope, "ExecAudit", bucket=True)
        cluster = _cluster(scope, exec_audit=audit, fargate_spot=True, default_strategy=[FARGATE, SPOT])
        cluster.add_ec2_capacity("Instances", instance_type="m7i.large")
        return {key: value for key, value in meaning(template(scope)).items() if "Cluster" in key or "Audit" in key}

    with_flags = said(flags=True)
    assert len(with_flags) >= 8
    assert with_flags == said(flags=False)


def test_there_is_no_finding() -> None:
    scope = stack()
    cluster = _cluster(scope, exec_audit=ExecAudit(scope, "ExecAudit"), fargate_spot=True)
    root = scope.node.root
    assert isinstance(root, cdk.App)
    assert [finding for finding in findings(root) if finding.path.startswith(cluster.node.path)] == []
