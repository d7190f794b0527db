"""The policies that decide what a role may do, as the deployed role and the deployed resources have them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.documents import Statement, statements
from tests.emulator.aws import Aws
from tests.emulator.deployed import Stack
from tests.emulator.roles_resources import own_arns

Documents = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """A role and its own policies, by name."""

    arn: str
    trust: Any
    documents: Documents

    @classmethod
    def read(cls, aws: Aws, name: str) -> "Role":
        """Read a role with its inline policies and those that are attached."""
        iam = aws("iam")
        found = iam.get_role(RoleName=name)["Role"]
        assert "PermissionsBoundary" not in found, "what a boundary leaves is not worked out here"
        inline = {
            each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
            for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        attached = {
            each["PolicyName"]: _current(iam, each["PolicyArn"])
            for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        }
        return cls(found["Arn"], found["AssumeRolePolicyDocument"], {**inline, **attached})

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What its policies say, read by the preflight."""
        return tuple(
            each
            for name, document in self.documents.items()
            for each in statements(document, Where("", self.arn), name)
        )


def _current(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def resource_policies(aws: Aws, stacks: Iterable[Stack]) -> dict[str, Any]:
    """The policies that keys, buckets, repositories and secrets have themselves, by ARN."""
    found: dict[str, Any] = {}
    for stack in stacks:
        for logical_id, resource in stack.resources.items():
            read = _READERS.get(resource["Type"])
            document = None if read is None else read(aws, stack.physical_ids[logical_id])
            if document is not None:
                found |= dict.fromkeys(own_arns(stack, logical_id), json.loads(document))
    return found


def _bucket(aws: Aws, name: str) -> str | None:
    return _unless("NoSuchBucketPolicy", lambda: aws("s3").get_bucket_policy(Bucket=name)["Policy"])


def _key(aws: Aws, key: str) -> str | None:
    return str(aws("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])


def _repository(aws: Aws, name: str) -> str | None:
    missing = "RepositoryPolicyNotFoundException"
    return _unless(missing, lambda: aws("ecr").get_repository_policy(repositoryName=name)["policyText"])


def _secret(aws: Aws, arn: str) -> str | None:
    found = aws("secretsmanager").get_resource_policy(SecretId=arn).get("ResourcePolicy")
    return None if found is None else str(found)


def _unless(code: str, read: Callable[[], str]) -> str | None:
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
        return None


_READERS: dict[str, Callable[[Aws, str], str | None]] = {
    "AWS::ECR::Repository": _repository,
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _secret,
}
