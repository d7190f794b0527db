"""The calls of two whole templates, as one derives them by hand from what AWS documents."""

from constructs_ecs.preflight.calls import Call, derive
from constructs_ecs.preflight.launch_sites import find
from constructs_ecs.preflight.topology import AwsService, InternetHost, Peer
from tests.preflight.launches import FIXTURES, calls, fargate, leaves_by, service
from tests.preflight.support import graph

LISTS = {
    "kms:*": (
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyPair",
        "kms:GenerateDataKeyPairWithoutPlaintext",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:DescribeKey",
    ),
    "ssmmessages:*": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
}


def _to(call: Call) -> str:
    if isinstance(call.destination, AwsService):
        return call.destination.endpoint.value
    if isinstance(call.destination, InternetHost):
        return call.destination.host
    return f"port {call.destination.port}" if isinstance(call.destination, Peer) else "-"


def _row(call: Call) -> tuple[str, ...]:
    actions = next((name for name, list_ in LISTS.items() if list_ == call.actions), " ".join(call.actions))
    resource = str(call.resource).replace("arn:${AWS::Partition}:", "").replace("${AWS::Region}:${AWS::AccountId}", "#")
    return call.stage, call.purpose.name, call.caller, actions, resource, _to(call), leaves_by(call)


def _rows(name: str, logical_id: str) -> list[tuple[str, ...]]:
    made = graph((FIXTURES / f"{name}.yaml").read_text())
    (site,) = (site for site in find(made) if site.where.logical_id == logical_id)
    return [_row(call) for call in derive(site, made)]


def test_a_service_on_fargate_with_each_feature_once() -> None:
    execution, task, group = "execution role", "task role", "TaskSecurityGroup"
    assert _rows("fargate", "Service") == [
        (
            "start",
            "ASSUME_ROLE",
            execution,
            "sts:AssumeRole",
            "iam::${AWS::AccountId}:role/${ExecutionRole}",
            "-",
            "none",
        ),
        ("start", "ASSUME_ROLE", task, "sts:AssumeRole", "iam::${AWS::AccountId}:role/${TaskRole}", "-", "none"),
        ("start", "ECR_TOKEN", execution, "ecr:GetAuthorizationToken", "*", "ecr.api", group),
        (
            "start",
            "PULL_IMAGE",
            execution,
            "ecr:BatchGetImage ecr:GetDownloadUrlForLayer",
            "ecr:#:repository/${Repository}",
            "ecr.dkr",
            group,
        ),
        (
            "start",
            "PULL_LAYERS",
            "agent",
            "s3:GetObject",
            "s3:::prod-${AWS::Region}-starport-layer-bucket/*",
            "s3",
            group,
        ),
        (
            "start",
            "READ_SECRET",
            execution,
            "secretsmanager:GetSecretValue",
            "secretsmanager:#:secret:${Secret.Name}-${Secret.Suffix}",
            "secretsmanager",
            group,
        ),
        ("start", "DECRYPT_SECRET", execution, "kms:Decrypt", "kms:#:key/${Key}", "-", "none"),
        ("start", "READ_PARAMETER", execution, "ssm:GetParameters", "ssm:#:parameter/app/level", "ssm", group),
        ("start", "READ_FILE", execution, "s3:GetObject", "s3:::${Bucket}/app.env", "s3", group),
        ("start", "READ_FILE", execution, "s3:GetBucketLocation", "s3:::${Bucket}", "s3", group),
        ("start", "DECRYPT_FILE", execution, "kms:Decrypt", "kms:#:key/${Key}", "-", "none"),
        (
            "start",
            "WRITE_LOGS",
            execution,
            "logs:CreateLogStream logs:PutLogEvents",
            "logs:#:log-group:${LogGroup}:log-stream:*",
            "logs",
            group,
        ),
        ("start", "ENCRYPT_LOGS", execution, "kms:*", "kms:#:key/${Key}", "-", "none"),
        ("start", "MOUNT_EFS", "agent", "", "${FileSystem}", "port 2049", group),
        (
            "start",
            "AUTHORIZE_EFS",
            task,
            "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite",
            "elasticfilesystem:#:file-system/${FileSystem}",
            "-",
            "none",
        ),
        ("exec", "OPEN_EXEC_CHANNEL", task, "ssmmessages:*", "*", "ssmmessages", group),
        ("exec", "DECRYPT_EXEC_SESSION", task, "kms:Decrypt", "kms:#:key/${Key}", "kms", group),
        ("exec", "WRITE_EXEC_LOG", task, "logs:DescribeLogGroups", "logs:#:log-group::log-stream:", "logs", group),
        (
            "exec",
            "WRITE_EXEC_LOG",
            task,
            "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
            "logs:#:log-group:${ExecLogGroup}:log-stream:*",
            "logs",
            group,
        ),
        ("exec", "ENCRYPT_EXEC_LOG", task, "kms:*", "kms:#:key/${Key}", "-", "none"),
        (
            "exec",
            "WRITE_EXEC_OBJECT",
            task,
            "s3:GetBucketLocation s3:GetEncryptionConfiguration",
            "s3:::${Bucket}",
            "s3",
            group,
        ),
        ("exec", "WRITE_EXEC_OBJECT", task, "s3:PutObject", "s3:::${Bucket}/exec/*", "s3", group),
        ("exec", "ENCRYPT_EXEC_OBJECT", task, "kms:GenerateDataKey", "kms:#:key/${Key}", "-", "none"),
    ]


def test_a_service_on_an_instance_with_a_network_of_its_own() -> None:
    rows = _rows("ec2", "Worker")
    own = "ecs:#:container-instance/${Cluster}/*"
    submit = "ecs:SubmitAttachmentStateChanges ecs:SubmitContainerStateChange ecs:SubmitTaskStateChange"
    assert [row[1:] for row in rows[:4]] == [
        ("REGISTER_INSTANCE", "instance role", "ecs:DiscoverPollEndpoint", "*", "ecs", "InstanceSecurityGroup"),
        (
            "REGISTER_INSTANCE",
            "instance role",
            f"ecs:RegisterContainerInstance {submit}",
            "ecs:#:cluster/${Cluster}",
            "ecs",
            "InstanceSecurityGroup",
        ),
        ("REGISTER_INSTANCE", "instance role", "ecs:Poll", own, "ecs-agent", "InstanceSecurityGroup"),
        (
            "REGISTER_INSTANCE",
            "instance role",
            "ecs:StartTelemetrySession",
            own,
            "ecs-telemetry",
            "InstanceSecurityGroup",
        ),
    ]
    assert [(row[1], row[2], row[-1]) for row in rows[4:]] == [
        ("ASSUME_ROLE", "execution role", "none"),
        ("ASSUME_ROLE", "task role", "none"),
        ("ASSUME_ROLE", "instance role", "none"),
        ("ECR_TOKEN", "execution role", "InstanceSecurityGroup"),
        ("PULL_IMAGE", "execution role", "InstanceSecurityGroup"),
        ("PULL_LAYERS", "agent", "InstanceSecurityGroup"),
        ("WRITE_LOGS", "execution role", "InstanceSecurityGroup"),
        ("OPEN_EXEC_CHANNEL", "task role", "TaskSecurityGroup"),
        ("WRITE_EXEC_LOG", "task role", "TaskSecurityGroup"),
        ("WRITE_EXEC_LOG", "task role", "TaskSecurityGroup"),
    ]
    assert [row[0] for row in rows] == ["start"] * 11 + ["exec"] + ["run"] * 2


def test_a_service_in_the_instance_s_network_makes_all_calls_from_there() -> None:
    assert {row[-1] for row in _rows("ec2", "Proxy")} == {"InstanceSecurityGroup", "none"}
    assert [row[1] for row in _rows("ec2", "Proxy")] == [row[1] for row in _rows("ec2", "Worker")]


def test_a_task_definition_that_nobody_knows_makes_no_calls() -> None:
    assert calls(fargate(Service=service(TaskDefinition="elsewhere:1"))) == ()
