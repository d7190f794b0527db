"""What S3, ECR, Secrets Manager, SSM and CloudWatch Logs tell of their things, in CloudFormation's shape."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.aws import Aws, pascal, tags

Found = dict[str, Any]


def bucket(aws: Aws, identity: str) -> Found:
    s3 = aws("s3")
    encryption = s3.get_bucket_encryption(Bucket=identity)["ServerSideEncryptionConfiguration"]["Rules"]
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
                    "ServerSideEncryptionByDefault": _encryption(rule["ApplyServerSideEncryptionByDefault"]),
                }
                for rule in encryption
            ]
        },
        "LifecycleConfiguration": {
            "Rules": [
                _lifecycle(each)
                for each in _unless(
                    "NoSuchLifecycleConfiguration",
                    lambda: s3.get_bucket_lifecycle_configuration(Bucket=identity)["Rules"],
                )
                or ()
            ]
        },
        "NotificationConfiguration": _notifications(s3.get_bucket_notification_configuration(Bucket=identity)),
        "OwnershipControls": _unless(
            "OwnershipControlsNotFoundError",
            lambda: s3.get_bucket_ownership_controls(Bucket=identity)["OwnershipControls"],
        ),
        "PublicAccessBlockConfiguration": s3.get_public_access_block(Bucket=identity)["PublicAccessBlockConfiguration"],
        "VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=identity).get("Status")},
    }


def _notifications(found: Found) -> Found:
    """What is told of a bucket: to EventBridge, or to nobody."""
    told = {key: each for key, each in found.items() if key != "ResponseMetadata"}
    if "EventBridgeConfiguration" in told:
        told["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return told


def _encryption(rule: Found) -> Found:
    return {name: rule[name] for name in ("KMSMasterKeyID", "SSEAlgorithm") if name in rule}


def _lifecycle(rule: Found) -> Found:
    own: Found = {name: rule[name] for name in ("AbortIncompleteMultipartUpload", "Status") if name in rule}
    own["NoncurrentVersionExpiration"] = rule.get("NoncurrentVersionExpiration", {})
    if "Expiration" in rule:
        own["ExpirationInDays"] = rule["Expiration"]["Days"]
    return own


def bucket_arn(_aws: Aws, identity: str, _name: str) -> str:
    return f"arn:aws:s3:::{identity}"


def bucket_policy(aws: Aws, identity: str) -> Found:
    return {"Bucket": identity, "PolicyDocument": aws("s3").get_bucket_policy(Bucket=identity)["Policy"]}


def repository(aws: Aws, identity: str) -> Found:
    (found,) = aws("ecr").describe_repositories(repositoryNames=[identity])["repositories"]
    shape = aws.output("ecr", "DescribeRepositories").members["repositories"].member
    names = ("encryptionConfiguration", "imageScanningConfiguration", "imageTagMutability")
    policy = aws("ecr").get_lifecycle_policy(repositoryName=identity)["lifecyclePolicyText"]
    return {
        **pascal({name: found[name] for name in names}, shape),
        "LifecyclePolicy": {"LifecyclePolicyText": policy},
        "RepositoryPolicyText": _repository_policy(aws, identity),
    }


def _repository_policy(aws: Aws, identity: str) -> Any:
    return _unless(
        "RepositoryPolicyNotFoundException",
        lambda: json.loads(aws("ecr").get_repository_policy(repositoryName=identity)["policyText"]),
    )


def _unless(code: str, read: Callable[[], Any]) -> Any:
    """What is read; nothing if there is none, which AWS says with an error."""
    try:
        return read()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code
        return None


def repository_arn(aws: Aws, identity: str, name: str) -> str:
    (found,) = aws("ecr").describe_repositories(repositoryNames=[identity])["repositories"]
    return str(found[{"Arn": "repositoryArn", "RepositoryUri": "repositoryUri"}[name]])


def secret(aws: Aws, identity: str) -> Found:
    """A secret, and how its value was made as far as the value shows it."""
    found = aws("secretsmanager").describe_secret(SecretId=identity)
    value = json.loads(aws("secretsmanager").get_secret_value(SecretId=identity)["SecretString"])
    password = value.pop("password")
    assert len(password) == 32  # what GenerateSecretString makes unless told otherwise
    return {
        "Description": found["Description"],
        "KmsKeyId": found.get("KmsKeyId"),
        "GenerateSecretString": {"GenerateStringKey": "password", "SecretStringTemplate": json.dumps(value)},
        "Tags": tags(found.get("Tags")),
    }


def parameter(aws: Aws, identity: str) -> Found:
    found = aws("ssm").get_parameter(Name=identity)["Parameter"]
    (described,) = aws("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [identity]}]
    )["Parameters"]
    return {name: found[name] for name in ("Name", "Type", "Value")} | {
        "Description": described.get("Description"),
        "Tier": described["Tier"],
    }


def log_group(aws: Aws, identity: str) -> Found:
    found = _log_group(aws, identity)
    return {
        "KmsKeyId": found.get("kmsKeyId"),
        "LogGroupClass": found["logGroupClass"],
        "RetentionInDays": found.get("retentionInDays"),
    }


def _log_group(aws: Aws, identity: str) -> Found:
    found = aws("logs").describe_log_groups(logGroupNamePrefix=identity)["logGroups"]
    (own,) = (each for each in found if each["logGroupName"] == identity)
    assert isinstance(own, dict)
    return own


def log_group_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(_log_group(aws, identity)["arn"])


def log_policy(aws: Aws, identity: str) -> Found:
    (found,) = (
        each for each in aws("logs").describe_resource_policies()["resourcePolicies"] if each["policyName"] == identity
    )
    return {"PolicyDocument": found["policyDocument"], "PolicyName": found["policyName"]}
