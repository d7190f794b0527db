"""The root volume of container instances, and what EC2 Auto Scaling may do with its key."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_ecs.lacking import allow_in_key_policy

_ROOT_DEVICE: Final = "/dev/xvda"
_VOLUME_KEY_ACTIONS: Final = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)


def root_volume(size_gib: int, encryption_key: kms.IKey | None) -> ec2.BlockDevice:
    """Make the encrypted root volume of container instances.

    Args:
        size_gib: its size.
        encryption_key: encrypts it; its policy then lets EC2 Auto Scaling use it. By default the account's default
            key for EBS does.
    """
    if encryption_key is not None:
        _allow_auto_scaling(encryption_key)
    return ec2.BlockDevice(
        device_name=_ROOT_DEVICE,
        volume=ec2.BlockDeviceVolume.ebs(
            size_gib,
            encrypted=True,
            kms_key=encryption_key,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            delete_on_termination=True,
        ),
    )


def _allow_auto_scaling(key: kms.IKey) -> None:
    """Let EC2 Auto Scaling of the key's account encrypt volumes with a key; an imported one says what it lacks.

    The role is named in a condition: as a principal it would have to exist, and AWS makes it with the first group.

    Source: EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes".
    """
    stack = Stack.of(key)
    role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    by_role = {
        "StringEquals": {"kms:CallerAccount": stack.account},
        "ArnEquals": {"aws:PrincipalArn": f"arn:{stack.partition}:iam::{stack.account}:{role}"},
    }
    by_role_for_grants = {**by_role, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    allow_in_key_policy(
        key,
        _key_statement("AutoScalingVolumes", _VOLUME_KEY_ACTIONS, by_role),
        _key_statement("AutoScalingGrants", ("kms:CreateGrant",), by_role_for_grants),
        warning="constructs-ecs:imported-volume-key",
    )


def _key_statement(sid: str, actions: tuple[str, ...], conditions: dict[str, dict[str, str]]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=["*"],  # in a key's policy: this key
        conditions=conditions,
    )
