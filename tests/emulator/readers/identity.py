"""What IAM and KMS tell of their things, in CloudFormation's shape."""

from typing import Any

from tests.emulator.aws import Aws, tags

Found = dict[str, Any]


def role(aws: Aws, identity: str) -> Found:
    found = aws("iam").get_role(RoleName=identity)["Role"]
    inline = [
        aws("iam").get_role_policy(RoleName=identity, PolicyName=name)
        for name in aws("iam").list_role_policies(RoleName=identity)["PolicyNames"]
    ]
    attached = aws("iam").list_attached_role_policies(RoleName=identity)["AttachedPolicies"]
    return {
        "AssumeRolePolicyDocument": found["AssumeRolePolicyDocument"],
        "Description": found.get("Description"),
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
        "MaxSessionDuration": found["MaxSessionDuration"],
        "Path": found["Path"],
        "Policies": [{name: each[name] for name in ("PolicyDocument", "PolicyName")} for each in inline],
        "Tags": tags(found.get("Tags")),
    }


def role_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(aws("iam").get_role(RoleName=identity)["Role"]["Arn"])


def managed_policy(aws: Aws, identity: str) -> Found:
    found = aws("iam").get_policy(PolicyArn=identity)["Policy"]
    version = aws("iam").get_policy_version(PolicyArn=identity, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {
        "Description": found.get("Description"),
        "Path": found["Path"],
        "PolicyDocument": version["Document"],
        "Tags": tags(found.get("Tags")),
    }


def instance_profile(aws: Aws, identity: str) -> Found:
    found = aws("iam").get_instance_profile(InstanceProfileName=identity)["InstanceProfile"]
    return {"Path": found["Path"], "Roles": [each["RoleName"] for each in found["Roles"]]}


def instance_profile_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(aws("iam").get_instance_profile(InstanceProfileName=identity)["InstanceProfile"]["Arn"])


def key(aws: Aws, identity: str) -> Found:
    found = aws("kms").describe_key(KeyId=identity)["KeyMetadata"]
    return {
        "Description": found["Description"],
        "Enabled": found["Enabled"],
        "EnableKeyRotation": aws("kms").get_key_rotation_status(KeyId=identity)["KeyRotationEnabled"],
        "KeyPolicy": aws("kms").get_key_policy(KeyId=identity, PolicyName="default")["Policy"],
        "KeySpec": found["KeySpec"],
        "KeyUsage": found["KeyUsage"],
        "MultiRegion": found["MultiRegion"],
    }


def key_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(aws("kms").describe_key(KeyId=identity)["KeyMetadata"]["Arn"])
