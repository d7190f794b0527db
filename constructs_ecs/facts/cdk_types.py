"""Telling a construct of the CDK from the text that names what it stands for, without the CDK.

The CDK's interfaces have no types at run time, and it answers another type with an error of Node's. So a construct is
told by the attribute that is read of it.
"""

from enum import Enum

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import shown


class CdkType(Enum):
    """What an argument may be: the attribute that tells it, its name, how it is imported, and what it must not have."""

    BUCKET = ("bucket_arn", "a bucket", "s3.Bucket.from_bucket_name(...) for one that is known by its name")
    CERTIFICATE = (
        "certificate_arn",
        "a certificate",
        "acm.Certificate.from_certificate_arn(...) for one that is known by its ARN",
    )
    EVENT_BUS = (
        "event_bus_arn",
        "an event bus",
        "events.EventBus.from_event_bus_arn(...) for one that is known by its ARN",
    )
    # An alias passes for a key, and has an ARN of its own, on which IAM gives no right to use the key.
    # Source: KMS developer guide, "Specifying KMS keys in IAM policy statements".
    KEY = (
        "key_arn",
        "a KMS key (no alias)",
        "the key itself; kms.Key.from_key_arn(...) for one that is known by its ARN",
        "alias_name",
    )
    KEY_OR_ALIAS = ("key_arn", "a KMS key", "kms.Key.from_key_arn(...) for one that is known by its ARN")
    KEY_PAIR = (
        "key_pair_name",
        "a key pair",
        "ec2.KeyPair.from_key_pair_name(...) for one that is known by its name",
    )
    LOG_GROUP = (
        "log_group_arn",
        "a log group",
        "logs.LogGroup.from_log_group_name(...) for one that is known by its name",
    )
    PARAMETER = (
        "parameter_arn",
        "a parameter of Systems Manager",
        "the from_... methods of ssm.StringParameter for one that is known by its name",
    )
    QUEUE = ("queue_arn", "an SQS queue", "sqs.Queue.from_queue_arn(...) for one that is known by its ARN")
    REPOSITORY = (
        "repository_arn",
        "an ECR repository",
        "ecr.Repository.from_repository_name(...) for one that is known by its name",
    )
    ROLE = ("role_arn", "a role", "iam.Role.from_role_arn(...) for one that is known by its ARN")
    SECRET = (
        "secret_full_arn",
        "a secret",
        "secretsmanager.Secret.from_secret_complete_arn(...) for one that is known by its ARN",
    )
    SECURITY_GROUP = (
        "security_group_id",
        "a security group",
        "ec2.SecurityGroup.from_security_group_id(...) for one that is known by its id",
    )
    TOPIC = ("topic_arn", "an SNS topic", "sns.Topic.from_topic_arn(...) for one that is known by its ARN")
    VPC = (
        "select_subnets",
        "a VPC",
        "ec2.Vpc.from_lookup(...) or ec2.Vpc.from_vpc_attributes(...) for one that is known by its id",
    )

    def __init__(self, attribute: str, called: str, instead: str, foreign: str | None = None) -> None:
        self.attribute, self.called, self.instead, self.foreign = attribute, called, instead, foreign


def check_cdk(value: object, kind: CdkType, *, name: str, optional: bool = False) -> None:
    """Check that an argument is a construct of the CDK, and not the text that names one.

    Args:
        value: what was given, of any type.
        kind: what it may be.
        name: the argument's name.
        optional: whether it may be None.

    Raises:
        InvalidValueError: ECS030.
    """
    if value is None and optional:
        return
    if isinstance(value, type) or not _has(value, kind.attribute) or (kind.foreign and _has(value, kind.foreign)):
        raise InvalidValueError(
            Code.SETTING, f"{name} is {kind.called} of the CDK; got {shown(value)}.", f"Use {kind.instead}."
        )


def _has(value: object, attribute: str) -> bool:
    # The class first: of an instance, the attribute would be read in Node. What is imported has it in no class.
    return hasattr(type(value), attribute) or hasattr(value, attribute)
