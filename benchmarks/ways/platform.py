"""What the services share, made of the CDK's L2s: the same resources as with this library."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from benchmarks.ways.network import Network, network
from benchmarks.ways.statements import LOG_KEY, logs_service


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The network, the cluster with the key and the log group of its exec sessions, and where images and logs go."""

    network: Network
    cluster: ecs.Cluster
    exec_key: kms.Key
    exec_logs: logs.LogGroup
    repository: ecr.Repository
    log_key: kms.Key


def platform(stack: cdk.Stack) -> Platform:
    """Make it all in one stack."""
    log_key, exec_key = _key(stack, "Key"), _key(stack, "ExecKey")
    network_ = network(stack, log_key)
    exec_logs = logs.LogGroup(stack, "ExecLogs", retention=logs.RetentionDays.ONE_YEAR, encryption_key=exec_key)
    return Platform(
        network=network_,
        cluster=_cluster(stack, network_, exec_key, exec_logs),
        exec_key=exec_key,
        exec_logs=exec_logs,
        repository=_repository(stack),
        log_key=log_key,
    )


def _key(stack: cdk.Stack, construct_id: str) -> kms.Key:
    key = kms.Key(stack, construct_id, enable_key_rotation=True)
    groups = f"arn:{cdk.Aws.PARTITION}:logs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:log-group:*"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(logs_service())],
            actions=LOG_KEY,
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
    )
    return key


def _cluster(stack: cdk.Stack, network_: Network, exec_key: kms.Key, exec_logs: logs.LogGroup) -> ecs.Cluster:
    return ecs.Cluster(
        stack,
        "Cluster",
        vpc=network_.vpc,
        container_insights_v2=ecs.ContainerInsights.ENHANCED,
        execute_command_configuration=ecs.ExecuteCommandConfiguration(
            # As the CDK sees an imported key: it then grants nothing on its own.
            kms_key=kms.Key.from_key_arn(stack, "SealedKey", exec_key.key_arn),
            logging=ecs.ExecuteCommandLogging.OVERRIDE,
            log_configuration=ecs.ExecuteCommandLogConfiguration(
                cloud_watch_log_group=exec_logs, cloud_watch_encryption_enabled=True
            ),
        ),
    )


def _repository(stack: cdk.Stack) -> ecr.Repository:
    return ecr.Repository(
        stack,
        "Repository",
        image_scan_on_push=True,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        lifecycle_rules=[
            ecr.LifecycleRule(tag_status=ecr.TagStatus.UNTAGGED, max_image_age=cdk.Duration.days(14)),
            ecr.LifecycleRule(max_image_count=500),
        ],
    )
