"""What each feature of a task needs: which endpoints, which permission on which role, which hosts.

ARNs may be CDK tokens. Sources: the requirements matrix of AWS's pages on task execution roles, task roles, private
registry authentication, ECS Exec, interface endpoints and encrypted log groups; each function names its page.
"""

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs, Permission
from constructs_ecs.facts.regions import dns_suffix

LOG_KEY_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
"""What CloudWatch Logs does with a log group's key; the page writes the families with ``*``.

Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
"""

EXEC_SESSION_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""The four channel actions of a Session Manager agent. Source: ECS developer guide, "ECS Exec"."""

_STREAMS = "Each task writes to a stream of its own, named when it starts; the log group is named."
EXEC_DIRECTORIES = {
    "managed-agents": "/managed-agents",
    "ssm-state": "/var/lib/amazon/ssm",
    "ssm-logs": "/var/log/amazon/ssm",
}
"""What the exec agent writes to inside of a container, each with a short name.

Source: aws-containers/amazon-ecs-exec-checker issue 71, aws/containers-roadmap issue 1359.
"""

EXEC_CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables of a container that the exec agent would take for its own credentials.

Source: aws-containers/amazon-ecs-exec-checker, issue 49.
"""

TASK_TOKEN_ACTIONS = ("states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess")
"""How a task reports with its token. Source: Service Authorization Reference for Step Functions."""

_NO_CHANNEL_RESOURCE = "Session Manager's channel actions have no resource level in IAM."


def ecr_image(repository_arn: str) -> Needs:
    """Pull an image from a private ECR repository; its layers come from Amazon S3.

    Source: Amazon ECR user guide, "Interface VPC endpoints"; ECS developer guide, "Task execution IAM role".
    """
    return _calls("pull an image from Amazon ECR", Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.S3) | Needs(
        execution_role=(
            Permission(
                actions=("ecr:GetAuthorizationToken",),
                resources=("*",),
                reason="An ECR authorization token is issued for the registry; the action has no resource level.",
            ),
            Permission(
                actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                resources=(repository_arn,),
            ),
        ),
    )


def registry_image(host: str) -> Needs:
    """Pull an image from a registry on the internet, public or with credentials (see :func:`secret`)."""
    return Needs(registries=(host,))


def secret(secret_arn: str, *, region: str, key_arn: str | None = None) -> Needs:
    """Read a Secrets Manager secret before the containers start, also as a registry's credentials.

    Source: ECS developer guide, "Pass Secrets Manager secrets", "Using non-AWS container images".
    """
    return _calls("read a secret", Endpoint.SECRETS_MANAGER) | Needs(
        execution_role=(
            Permission(actions=("secretsmanager:GetSecretValue",), resources=(secret_arn,)),
            *_key_use(("kms:Decrypt",), key_arn, service="secretsmanager", region=region),
        ),
    )


def ssm_parameter(parameter_arn: str, *, region: str, key_arn: str | None = None) -> Needs:
    """Read a Systems Manager parameter before the containers start; the agent asks for ``GetParameters``, plural.

    Source: ECS developer guide, "Pass Systems Manager parameters".
    """
    return _calls("read a parameter", Endpoint.SSM) | Needs(
        execution_role=(
            Permission(actions=("ssm:GetParameters",), resources=(parameter_arn,)),
            *_key_use(("kms:Decrypt",), key_arn, service="ssm", region=region),
        ),
    )


def awslogs(log_group_arn: str, *, region: str, key_arn: str | None = None) -> Needs:
    """Write the containers' output to an existing log group, whose ARN ends in ``:*`` as CloudFormation gives it.

    Source: ECS developer guide, "Send Amazon ECS logs to CloudWatch".
    """
    return _calls("write the containers' output", Endpoint.LOGS) | Needs(
        execution_role=(
            Permission(
                actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(log_group_arn,), reason=_STREAMS
            ),
            *_key_use(LOG_KEY_ACTIONS, key_arn, service="logs", region=region),
        ),
    )


def exec_session() -> Needs:
    """Open ECS Exec sessions: the agent in the task dials out to Session Manager.

    Source: ECS developer guide, "ECS Exec" (seed document 004).
    """
    return _calls("open ECS Exec sessions", Endpoint.SSM_MESSAGES) | Needs(
        task_role=(Permission(actions=EXEC_SESSION_ACTIONS, resources=("*",), reason=_NO_CHANNEL_RESOURCE),),
    )


def exec_key(key_arn: str) -> Needs:
    """Decrypt ECS Exec sessions that the cluster encrypts with an own key. Source: as :func:`exec_session`."""
    return _calls("decrypt ECS Exec sessions", Endpoint.KMS) | Needs(
        task_role=(Permission(actions=("kms:Decrypt",), resources=(key_arn,)),),
    )


def exec_log_group(log_group_arn: str, *, region: str, key_arn: str | None = None) -> Needs:
    """Record ECS Exec sessions in a log group. Source: as :func:`exec_session`."""
    return _calls("record ECS Exec sessions", Endpoint.LOGS) | Needs(
        task_role=(
            Permission(
                actions=("logs:DescribeLogGroups",),
                resources=("*",),
                reason="The agent lists log groups before it names one, and a list is authorized on all of them.",
            ),
            Permission(
                actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                resources=(log_group_arn,),
                reason=_STREAMS,
            ),
            *_key_use(LOG_KEY_ACTIONS, key_arn, service="logs", region=region),
        ),
    )


def exec_log_bucket(bucket_arn: str, *, key_prefix: str | None = None, key_arn: str | None = None) -> Needs:
    """Record ECS Exec sessions in a bucket, under the prefix when there is one. Source: as :func:`exec_session`.

    The page asks for ``s3:GetBucketLocation`` on ``*``; the action has a resource level, so the bucket is named.
    """
    objects = f"{bucket_arn}/*" if key_prefix is None else f"{bucket_arn}/{key_prefix}/*"
    permissions = (
        Permission(actions=("s3:GetBucketLocation", "s3:GetEncryptionConfiguration"), resources=(bucket_arn,)),
        Permission(
            actions=("s3:PutObject",),
            resources=(objects,),
            reason="Each exec session is recorded in an object of its own, named by the session.",
        ),
    )
    key_use = () if key_arn is None else (Permission(actions=("kms:GenerateDataKey",), resources=(key_arn,)),)
    return _calls("record ECS Exec sessions", Endpoint.S3) | Needs(
        task_role=(*permissions, *key_use),
        s3_gateway=tuple(action for permission in permissions for action in permission.actions),
    )


def task_token() -> Needs:
    """Report the result of a task to the state that waits for its token.

    Source: Step Functions developer guide, "Wait for a Callback with Task Token"; Service Authorization Reference.
    """
    return _calls("report with a task token", Endpoint.STEP_FUNCTIONS) | Needs(
        task_role=(
            Permission(
                actions=TASK_TOKEN_ACTIONS,
                resources=("*",),
                reason="The token alone says which execution is meant; the three actions have no resource level.",
            ),
        ),
    )


def container_instance(cluster_arn: str) -> Needs:
    """Register an EC2 instance with its cluster and run tasks on it; images are pulled with each task's own role.

    Source: ECS developer guide, "Amazon ECS container instance IAM role", "Interface VPC endpoints".
    """
    return _calls("register container instances", Endpoint.ECS, Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY) | Needs(
        instance_role=(
            Permission(
                actions=("ecs:DiscoverPollEndpoint",),
                resources=("*",),
                reason="The agent asks where to poll before it has an identity; the action has no resource level.",
            ),
            Permission(
                actions=(
                    "ecs:DeregisterContainerInstance",
                    "ecs:RegisterContainerInstance",
                    "ecs:SubmitAttachmentStateChanges",
                    "ecs:SubmitContainerStateChange",
                    "ecs:SubmitTaskStateChange",
                ),
                resources=(cluster_arn,),
            ),
            Permission(
                actions=("ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"),
                resources=("*",),
                reason="An instance's own ARN is known only after it registers; the cluster is fixed by a condition.",
                conditions={"ArnEquals": {"ecs:cluster": cluster_arn}},
            ),
        ),
    )


def session_manager() -> Needs:
    """Reach an EC2 instance through Session Manager, without SSH, keys or an open port.

    SSM Agent 3.3.40.0 and later, which the ECS-optimized Amazon Linux 2023 images carry, asks ``ssmmessages`` for what
    older ones asked ``ec2messages`` for.

    Source: Systems Manager user guide, "Create VPC endpoints for Session Manager", "Reference: ec2messages,
    ssmmessages, and other API operations", "Minimal Session Manager permissions".
    """
    return _calls("open Session Manager sessions", Endpoint.SSM, Endpoint.SSM_MESSAGES) | Needs(
        instance_role=(
            Permission(
                actions=("ssm:UpdateInstanceInformation", *EXEC_SESSION_ACTIONS),
                resources=("*",),
                reason=f"The agent reports an instance before its ARN is known. {_NO_CHANNEL_RESOURCE}",
            ),
        ),
    )


def _calls(reason: str, *endpoints: Endpoint) -> Needs:
    return Needs(endpoints=frozenset(endpoints), reasons=tuple((endpoint, reason) for endpoint in endpoints))


def _key_use(actions: tuple[str, ...], key_arn: str | None, *, service: str, region: str) -> tuple[Permission, ...]:
    """Use of an own key, through one AWS service alone; nothing for a key that AWS manages.

    AWS documents ``kms:ViaService`` with ``amazonaws.com``; for China both spellings are in use, so both are taken.
    """
    if key_arn is None:
        return ()
    names = tuple(dict.fromkeys(f"{service}.{region}.{suffix}" for suffix in ("amazonaws.com", dns_suffix(region))))
    via = {"StringEquals": {"kms:ViaService": names[0] if len(names) == 1 else names}}
    return (Permission(actions=actions, resources=(key_arn,), conditions=via),)
