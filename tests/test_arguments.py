"""What public constructs say of text where they take a construct of the CDK or of this package."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm

from constructs_ecs import (
    AwsLogs,
    Code,
    ContainerSecret,
    Ec2Service,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    ExecConfiguration,
    ExecEvents,
    ExecLogging,
    ExistingCluster,
    ExistingEndpoint,
    ExistingNetwork,
    FargateService,
    Image,
    InternalLoadBalancer,
    InvalidValueError,
    PrivateNetwork,
    PublishedCluster,
    PublishedNetwork,
    RegistryCredentials,
    TaskSize,
)
from tests.scene import SIZE, Scene, scene
from tests.support import stack

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE_ARN = "arn:aws:iam::123456789012:role/web"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf"  # noqa: S105 - a name
CERTIFICATE_ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:told"
OVERRIDE = ExecLogging.OVERRIDE

Attempt = Callable[[Scene, Any], object]

CASES: dict[str, tuple[Attempt, str, str]] = {
    "network's VPC": (lambda s, v: ExistingNetwork(s.stack, "X", vpc=v), "vpc-1", "ec2.Vpc.from_lookup"),
    "network's key": (lambda s, v: PrivateNetwork(s.stack, "X", encryption_key=v), KEY_ARN, "from_key_arn"),
    "endpoint's group": (lambda _, v: ExistingEndpoint(security_group=v), "sg-1", "from_security_group_id"),
    "endpoint's construct": (lambda _, v: ExistingEndpoint(cidrs=("10.0.0.0/24",), wait_for=v), "x", "construct"),
    "log group of sessions": (
        lambda _, v: ExecConfiguration(logging=OVERRIDE, log_group=v),
        "/exec",
        "from_log_group_name",
    ),
    "bucket of sessions": (lambda _, v: ExecConfiguration(logging=OVERRIDE, bucket=v), "exec", "from_bucket_name"),
    "key of sessions": (lambda _, v: ExecConfiguration(session_key=v), KEY_ARN, "from_key_arn"),
    "audit's key": (lambda s, v: ExecAudit(s.stack, "X", encryption_key=v), KEY_ARN, "from_key_arn"),
    "cluster's network": (lambda s, v: EcsCluster(s.stack, "X", network=v), "vpc-1", "ExistingNetwork"),
    "cluster's audit": (
        lambda s, v: EcsCluster(s.stack, "X", network=s.network, exec_audit=v),
        "arn:audit",
        "Make an ExecAudit",
    ),
    "network of a cluster that exists": (
        lambda s, v: ExistingCluster(s.stack, "X", cluster_name="x", network=v, exec_configuration="unknown"),
        "vpc-1",
        "ExistingNetwork",
    ),
    "network of a cluster that is published": (
        lambda s, v: PublishedCluster(s.stack, "X", path="/x", network=v, exec_configuration="unknown"),
        "vpc-1",
        "ExistingNetwork",
    ),
    "instances' role": (lambda s, v: instances(s, role=v), ROLE_ARN, "from_role_arn"),
    "instances' key": (lambda s, v: instances(s, encryption_key=v), KEY_ARN, "from_key_arn"),
    "instances' key pair": (lambda s, v: instances(s, key_pair=v), "mine", "from_key_pair_name"),
    "task role": (lambda s, v: s.fargate("X", task_role=v), ROLE_ARN, "from_role_arn"),
    "execution role": (lambda s, v: s.fargate("X", execution_role=v), ROLE_ARN, "from_role_arn"),
    "service's cluster": (lambda s, v: s.fargate("X", cluster=v), "shared", "ExistingCluster"),
    "cluster of a service on EC2": (
        lambda s, v: Ec2Service(s.stack, "X", cluster=v, containers=[s.container()], capacity=[]),
        "shared",
        "ExistingCluster",
    ),
    "key of logs": (lambda _, v: AwsLogs(encryption_key=v), KEY_ARN, "from_key_arn"),
    "log group of a task": (lambda _, v: AwsLogs(existing=v), "/web", "from_log_group_name"),
    "secret of a container": (lambda _, v: ContainerSecret.from_secrets_manager(v), SECRET_ARN, "complete_arn"),
    "key of a container's secret": (
        lambda s, v: ContainerSecret.from_secrets_manager(secret(s), encryption_key=v),
        KEY_ARN,
        "from_key_arn",
    ),
    "parameter of a container": (lambda _, v: ContainerSecret.from_ssm_parameter(v), "/web", "ssm.StringParameter"),
    "key of a container's parameter": (
        lambda s, v: ContainerSecret.from_ssm_parameter(parameter(s), encryption_key=v),
        KEY_ARN,
        "from_key_arn",
    ),
    "key of new credentials": (
        lambda s, v: RegistryCredentials(s.stack, "X", encryption_key=v),
        KEY_ARN,
        "from_key_arn",
    ),
    "key of existing credentials": (
        lambda s, v: RegistryCredentials.from_secret_complete_arn(s.stack, "X", SECRET_ARN, encryption_key=v),
        KEY_ARN,
        "from_key_arn",
    ),
    "secret of credentials": (
        lambda s, v: RegistryCredentials.from_secret(s.stack, "X", v),
        SECRET_ARN,
        "from_secret_complete_arn",
    ),
    "repository's key": (lambda s, v: EcrRepository(s.stack, "X", encryption_key=v), KEY_ARN, "from_key_arn"),
    "repository": (lambda _, v: Image.from_ecr(v, tag="1.4.2"), "web", "from_repository_name"),
    "load balancer's network": (
        lambda s, v: InternalLoadBalancer(s.stack, "X", network=v, plain_http=True),
        "vpc-1",
        "ExistingNetwork",
    ),
    "certificate": (
        lambda s, v: InternalLoadBalancer(s.stack, "X", network=s.network, certificate=v),
        CERTIFICATE_ARN,
        "from_certificate_arn",
    ),
    "one of several certificates": (
        lambda s, v: InternalLoadBalancer(s.stack, "X", network=s.network, certificate=[v]),
        CERTIFICATE_ARN,
        "from_certificate_arn",
    ),
    "bucket of access logs": (
        lambda s, v: InternalLoadBalancer(s.stack, "X", network=s.network, plain_http=True, access_log_bucket=v),
        "logs",
        "from_bucket_name",
    ),
    "topic": (lambda s, v: ExecEvents(s.stack, "X", topic=v), TOPIC_ARN, "from_topic_arn"),
    "key of events": (lambda s, v: ExecEvents(s.stack, "X", encryption_key=v), KEY_ARN, "from_key_arn"),
}


def instances(where: Scene, **options: Any) -> object:  # noqa: ANN401 - any option
    return where.cluster.add_ec2_capacity("X", instance_type="m7i.large", **options)


def secret(where: Scene) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_complete_arn(where.stack, "Known", SECRET_ARN)


def parameter(where: Scene) -> ssm.IStringParameter:
    return ssm.StringParameter.from_string_parameter_name(where.stack, "Known", "/web")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["text", "number", "mapping", "another construct"])
def test_what_is_no_construct_of_the_kind_is_refused_with_the_way_to_import_one(case: str, kind: str) -> None:
    attempt, text, remedy = CASES[case]
    where = scene(audited=False)
    values = {
        "text": text,
        "number": 7,
        "mapping": {"name": text},
        "another construct": TaskSize(cpu=256, memory_mib=512),
    }
    before = {each.node.id for each in where.stack.node.children}
    with pytest.raises(InvalidValueError) as raised:
        attempt(where, values[kind])
    assert raised.value.code is Code.SETTING
    assert remedy in raised.value.remedy or remedy in raised.value.problem
    added = {each.node.id for each in where.stack.node.children} - before
    assert all(construct_id.startswith("Known") for construct_id in added)


@pytest.mark.parametrize("subnets", [["subnet-1"], {"subnets": ["subnet-1"]}, "subnet-1"])
def test_subnets_are_chosen_with_a_selection(subnets: Any) -> None:  # noqa: ANN401 - any value
    scope = stack()
    with pytest.raises(InvalidValueError, match="task_subnets is of type SubnetSelection") as raised:
        ExistingNetwork(scope, "Network", vpc=ec2.Vpc(scope, "Vpc"), task_subnets=subnets)
    assert raised.value.code is Code.SETTING


@pytest.mark.parametrize("value", ["no", 1, None])
def test_a_choice_is_yes_or_no(value: Any) -> None:  # noqa: ANN401 - any value
    scope = stack()
    attempts: list[Callable[[], object]] = [
        lambda: PublishedNetwork(scope, "One", path="/x", public_load_balancers=value),
        lambda: PrivateNetwork(scope, "Two", public_load_balancers=value),
        lambda: EcsCluster(scope, "Three", network=PrivateNetwork(scope, "Four"), fargate_spot=value),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidValueError, match="is of type bool") as raised:
            attempt()
        assert raised.value.code is Code.SETTING


def test_a_vpc_is_no_network_and_the_configuration_of_sessions_no_audit() -> None:
    where = scene(audited=False)
    for options in (
        {"network": where.network.vpc},
        {"network": where.network, "exec_audit": ExecConfiguration()},
    ):
        with pytest.raises(InvalidValueError) as raised:
            EcsCluster(where.stack, "Other", **options)
        assert raised.value.code is Code.SETTING


def test_whatever_the_cdk_makes_or_imports_is_taken() -> None:
    where = scene(audited=False)
    root = where.stack
    role, key = iam.Role.from_role_arn(root, "Role", ROLE_ARN), kms.Key.from_key_arn(root, "Key", KEY_ARN)
    alias = kms.Alias.from_alias_name(root, "Alias", "alias/web")
    assert where.fargate("Imported", task_role=role, execution_role=role)
    assert where.fargate("Lazy", task_role=iam.LazyRole(root, "Lazily", assumed_by=iam.AnyPrincipal()))
    assert AwsLogs(encryption_key=key).encryption_key == key
    assert all(EcrRepository(root, f"Of{each.node.id}", encryption_key=each) for each in (key, alias))
    assert Image.from_ecr(ecr.Repository.from_repository_name(root, "Known", "web"), tag="1")
    endpoint = ec2.CfnVPCEndpoint(root, "Endpoint", vpc_id="vpc-1", service_name="x")
    for wait_for in (endpoint, where.network.ready, role):
        assert ExistingEndpoint(cidrs=("10.0.0.0/24",), wait_for=wait_for).wait_for is wait_for
    assert FargateService(root, "X", cluster=where.cluster, containers=[where.container()], size=SIZE)
