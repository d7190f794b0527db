"""AWS's own managed policies that matter to tasks and instances, as of a date: what they allow.

Sources: AWS Managed Policy Reference Guide (docs.aws.amazon.com/aws-managed-policy), and the daily mirror of the
policies at github.com/zoph-io/MAMIP, read in November 2026. AWS adds permissions to its policies and takes none away
(ECS developer guide, "AWS managed policies"), so what is allowed here stays allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

VERIFIED_ON: Final = "2026-11-20"
"""When the table was compared with its sources."""


@dataclass(frozen=True, kw_only=True)
class ManagedPolicy:
    """One of AWS's managed policies.

    Args:
        name: its path and name, ``service-role/AmazonECSTaskExecutionRolePolicy``.
        version: the version that is recorded, ``v1``.
        edited_on: the day of that version.
        statements: what it allows, in IAM's form.
        complete: whether that is all; otherwise it allows other things as well, which are left out here or newer.
    """

    name: str
    version: str
    edited_on: str
    statements: tuple[Mapping[str, Any], ...]
    complete: bool = True


def managed_policy(name: str) -> ManagedPolicy | None:
    """Return a policy by its path and name; None if the table does not have it."""
    return _BY_NAME.get(name)


_Condition = Mapping[str, Mapping[str, str | list[str]]]


def _allow(*actions: str, on: str | list[str] = "*", condition: _Condition | None = None) -> Mapping[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return statement if condition is None else {**statement, "Condition": condition}


_TO_TASKS: Final = {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}

_ECR_PULL: Final = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
_ECR_READ: Final = (
    *_ECR_PULL,
    "ecr:GetRepositoryPolicy",
    "ecr:DescribeRepositories",
    "ecr:ListImages",
    "ecr:DescribeImages",
    "ecr:GetLifecyclePolicy",
    "ecr:GetLifecyclePolicyPreview",
    "ecr:ListTagsForResource",
    "ecr:DescribeImageScanFindings",
)
_ECR_PUSH: Final = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage")
_LOGS_WRITE: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_SSM_AGENT: Final = (
    "ssm:DescribeAssociation",
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:GetDocument",
    "ssm:DescribeDocument",
    "ssm:GetManifest",
    "ssm:ListAssociations",
    "ssm:ListInstanceAssociations",
    "ssm:PutInventory",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
)
_CHANNELS: Final = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
_MESSAGES: Final = (
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
)
_TRACES: Final = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
)
_EFS_CLIENT: Final = ("elasticfilesystem:ClientMount", "elasticfilesystem:DescribeMountTargets")

MANAGED_POLICIES: Final = (
    ManagedPolicy(name="AdministratorAccess", version="v1", edited_on="2015-02-06", statements=(_allow("*"),)),
    ManagedPolicy(
        name="PowerUserAccess",
        version="v12",
        edited_on="2026-02-12",
        statements=(
            {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
            _allow(
                "account:GetAccountInformation",
                "account:GetGovCloudAccountInformation",
                "account:GetPrimaryEmail",
                "account:ListRegions",
                "iam:CreateServiceLinkedRole",
                "iam:DeleteServiceLinkedRole",
                "iam:ListRoles",
                "organizations:DescribeEffectivePolicy",
                "organizations:DescribeOrganization",
            ),
        ),
    ),
    ManagedPolicy(
        name="service-role/AmazonECSTaskExecutionRolePolicy",
        version="v1",
        edited_on="2017-11-16",
        statements=(_allow(*_ECR_PULL, *_LOGS_WRITE),),
    ),
    ManagedPolicy(
        name="service-role/AmazonEC2ContainerServiceforEC2Role",
        version="v10",
        edited_on="2026-02-12",
        statements=(
            _allow(
                "ec2:DescribeTags",
                "ecs:CreateCluster",
                "ecs:DeregisterContainerInstance",
                "ecs:DiscoverPollEndpoint",
                "ecs:Poll",
                "ecs:RegisterContainerInstance",
                "ecs:StartTelemetrySession",
                "ecs:UpdateContainerInstancesState",
                "ecs:Submit*",
                *_ECR_PULL,
                *_LOGS_WRITE,
            ),
            _allow(
                "ecs:TagResource",
                condition={"StringEquals": {"ecs:CreateAction": ["CreateCluster", "RegisterContainerInstance"]}},
            ),
            _allow(
                "ecs:ListTagsForResource",
                on=["arn:aws:ecs:*:*:task/*/*", "arn:aws:ecs:*:*:container-instance/*/*"],
            ),
        ),
    ),
    ManagedPolicy(
        name="AmazonECSInstanceRolePolicyForManagedInstances",
        version="v3",
        edited_on="2026-02-12",
        statements=(
            _allow("ecs:DiscoverPollEndpoint"),
            _allow("ecs:RegisterContainerInstance", on="arn:aws:ecs:*:*:cluster/*"),
            _allow("ecs:Poll", on="arn:aws:ecs:*:*:container-instance/*"),
            _allow("ecs:StartTelemetrySession", "ecs:PutSystemLogEvents", on="arn:aws:ecs:*:*:container-instance/*"),
            _allow("ecs:SubmitAttachmentStateChanges", "ecs:SubmitTaskStateChange", on="arn:aws:ecs:*:*:cluster/*"),
        ),
    ),
    ManagedPolicy(
        name="service-role/AmazonEC2ContainerServiceEventsRole",
        version="v3",
        edited_on="2023-03-06",
        statements=(
            _allow("ecs:RunTask"),
            _allow("iam:PassRole", condition=_TO_TASKS),
            _allow("ecs:TagResource", condition={"StringEquals": {"ecs:CreateAction": ["RunTask"]}}),
        ),
    ),
    ManagedPolicy(
        name="service-role/AmazonEC2ContainerServiceRole",
        version="v2",
        edited_on="2016-08-11",
        statements=(
            _allow(
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:Describe*",
                "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:Describe*",
                "elasticloadbalancing:RegisterInstancesWithLoadBalancer",
                "elasticloadbalancing:RegisterTargets",
            ),
        ),
    ),
    ManagedPolicy(
        name="AmazonECS_FullAccess",
        version="v20",
        edited_on="2023-01-04",
        statements=(
            _allow(
                "ecs:*",
                "ec2:Describe*",
                "events:DescribeRule",
                "events:PutRule",
                "events:PutTargets",
                "iam:ListRoles",
                "logs:CreateLogGroup",
                "logs:DescribeLogGroups",
            ),
            _allow("iam:PassRole", condition=_TO_TASKS),
        ),
        complete=False,
    ),
    ManagedPolicy(
        name="AmazonEC2ContainerRegistryReadOnly",
        version="v3",
        edited_on="2019-12-10",
        statements=(_allow(*_ECR_READ),),
    ),
    ManagedPolicy(
        name="AmazonEC2ContainerRegistryPullOnly",
        version="v1",
        edited_on="2024-10-04",
        statements=(
            _allow(
                "ecr:GetAuthorizationToken",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
                "ecr:BatchImportUpstreamImage",
            ),
        ),
    ),
    ManagedPolicy(
        name="AmazonEC2ContainerRegistryPowerUser",
        version="v3",
        edited_on="2019-12-10",
        statements=(_allow(*_ECR_READ, *_ECR_PUSH),),
    ),
    ManagedPolicy(
        name="AmazonEC2ContainerRegistryFullAccess",
        version="v3",
        edited_on="2020-12-05",
        statements=(
            _allow("ecr:*", "cloudtrail:LookupEvents"),
            _allow(
                "iam:CreateServiceLinkedRole",
                condition={"StringEquals": {"iam:AWSServiceName": ["replication.ecr.amazonaws.com"]}},
            ),
        ),
    ),
    ManagedPolicy(
        name="AmazonSSMManagedInstanceCore",
        version="v2",
        edited_on="2019-05-23",
        statements=(
            _allow(*_SSM_AGENT, "ssm:GetParameter", "ssm:GetParameters"),
            _allow(*_CHANNELS),
            _allow(*_MESSAGES),
        ),
    ),
    ManagedPolicy(
        name="AmazonSSMManagedEC2InstanceDefaultPolicy",
        version="v1",
        edited_on="2022-08-30",
        statements=(_allow(*_SSM_AGENT), _allow(*_CHANNELS), _allow(*_MESSAGES)),
    ),
    ManagedPolicy(
        name="service-role/AmazonEC2RoleforSSM",
        version="v8",
        edited_on="2019-01-24",
        statements=(
            _allow(*_SSM_AGENT, "ssm:GetParameters"),
            _allow(*_CHANNELS),
            _allow(*_MESSAGES),
            _allow("cloudwatch:PutMetricData", "ec2:DescribeInstanceStatus"),
            _allow("ds:CreateComputer", "ds:DescribeDirectories"),
            _allow(*_LOGS_WRITE, "logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:DescribeLogStreams"),
            _allow(
                "s3:GetBucketLocation",
                "s3:PutObject",
                "s3:GetObject",
                "s3:GetEncryptionConfiguration",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
            ),
        ),
    ),
    ManagedPolicy(
        name="AmazonSSMReadOnlyAccess",
        version="v1",
        edited_on="2015-05-29",
        statements=(_allow("ssm:Describe*", "ssm:Get*", "ssm:List*"),),
    ),
    ManagedPolicy(
        name="AmazonSSMFullAccess",
        version="v4",
        edited_on="2019-11-20",
        statements=(_allow("logs:*", "ssm:*", "ec2messages:*", "cloudwatch:PutMetricData"), _allow(*_CHANNELS)),
        complete=False,
    ),
    ManagedPolicy(
        name="SecretsManagerReadWrite",
        version="v6",
        edited_on="2026-08-25",
        statements=(_allow("secretsmanager:*", "kms:DescribeKey", "kms:ListAliases", "kms:ListKeys"),),
        complete=False,
    ),
    ManagedPolicy(
        name="CloudWatchLogsFullAccess",
        version="v3",
        edited_on="2025-05-20",
        statements=(_allow("logs:*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary"),),
    ),
    ManagedPolicy(
        name="CloudWatchAgentServerPolicy",
        version="v3",
        edited_on="2024-02-06",
        statements=(
            _allow(
                "cloudwatch:PutMetricData",
                "ec2:DescribeVolumes",
                "ec2:DescribeTags",
                *_LOGS_WRITE,
                "logs:PutRetentionPolicy",
                "logs:DescribeLogStreams",
                "logs:DescribeLogGroups",
                "logs:CreateLogGroup",
                *_TRACES,
            ),
            _allow("ssm:GetParameter", on="arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"),
        ),
    ),
    ManagedPolicy(
        name="AWSXRayDaemonWriteAccess", version="v2", edited_on="2024-02-13", statements=(_allow(*_TRACES),)
    ),
    ManagedPolicy(
        name="AmazonS3ReadOnlyAccess",
        version="v3",
        edited_on="2023-08-10",
        statements=(_allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),),
    ),
    ManagedPolicy(
        name="AmazonS3FullAccess",
        version="v2",
        edited_on="2021-09-27",
        statements=(_allow("s3:*", "s3-object-lambda:*"),),
    ),
    ManagedPolicy(
        name="AmazonElasticFileSystemClientReadOnlyAccess",
        version="v1",
        edited_on="2020-01-13",
        statements=(_allow(*_EFS_CLIENT),),
    ),
    ManagedPolicy(
        name="AmazonElasticFileSystemClientReadWriteAccess",
        version="v1",
        edited_on="2020-01-13",
        statements=(_allow(*_EFS_CLIENT, "elasticfilesystem:ClientWrite"),),
    ),
    ManagedPolicy(
        name="AmazonElasticFileSystemClientFullAccess",
        version="v1",
        edited_on="2020-01-13",
        statements=(_allow(*_EFS_CLIENT, "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"),),
    ),
    ManagedPolicy(
        name="AWSStepFunctionsFullAccess", version="v1", edited_on="2017-01-11", statements=(_allow("states:*"),)
    ),
    ManagedPolicy(name="AmazonSQSFullAccess", version="v1", edited_on="2015-02-06", statements=(_allow("sqs:*"),)),
    ManagedPolicy(name="AmazonSNSFullAccess", version="v1", edited_on="2015-02-06", statements=(_allow("sns:*"),)),
    ManagedPolicy(
        name="AWSAppMeshEnvoyAccess",
        version="v1",
        edited_on="2019-07-03",
        statements=(_allow("appmesh:StreamAggregatedResources"),),
    ),
)
"""By service."""

_BY_NAME: Final = {policy.name: policy for policy in MANAGED_POLICIES}
