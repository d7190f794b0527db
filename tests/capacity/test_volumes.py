import json

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations, Match

from constructs_ecs.capacity.volumes import root_volume
from tests.meaning import meaning
from tests.support import ENVIRONMENT, only, stack, template


def test_a_root_volume_is_encrypted_and_ends_with_its_instance() -> None:
    device = root_volume(30, None)
    made = device.volume.ebs_device
    assert device.device_name == "/dev/xvda"
    assert made is not None
    assert (made.encrypted, made.delete_on_termination, made.volume_size) == (True, True, 30)
    assert made.volume_type is ec2.EbsDeviceVolumeType.GP3


def test_the_keys_policy_lets_auto_scaling_of_the_account_use_it_for_volumes_alone() -> None:
    scope = stack(env=ENVIRONMENT)
    root_volume(30, kms.Key(scope, "Key", enable_key_rotation=True))
    _, use, grant = only(template(scope), "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    for statement in (use, grant):
        # Any principal, which the conditions make one role of one account.
        assert role in json.dumps(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
        assert statement["Condition"]["StringEquals"] == {"kms:CallerAccount": "123456789012"}
    assert "kms:CreateGrant" not in use["Action"]
    assert grant["Action"] == "kms:CreateGrant"
    assert grant["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_two_volumes_with_one_key_say_it_once() -> None:
    scope = stack()
    key = kms.Key(scope, "Key", enable_key_rotation=True)
    root_volume(30, key)
    root_volume(40, key)
    assert len(only(template(scope), "AWS::KMS::Key")["KeyPolicy"]["Statement"]) == 3


def test_an_imported_key_says_what_its_policy_lacks() -> None:
    scope = stack()
    arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    root_volume(30, kms.Key.from_key_arn(scope, "Imported", arn))
    lacking = Match.string_like_regexp(r"Unless it has it, add: [\s\S]*AutoScalingVolumes[\s\S]*AutoScalingGrants")
    assert len(Annotations.from_stack(scope).find_warning("*", lacking)) == 1


def test_feature_flags_change_nothing() -> None:
    with_flags, without = stack(flags=True), stack(flags=False)
    for scope in (with_flags, without):
        root_volume(30, kms.Key(scope, "Key", enable_key_rotation=True))
    assert meaning(template(with_flags)) == meaning(template(without))
