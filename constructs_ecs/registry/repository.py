"""A private Amazon ECR repository for images that run in production."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs.errors import Code
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.images import check_ecr_repository_name
from constructs_ecs.facts.limits import check_removal_policy, check_whole_number, is_token

_UNTAGGED_RETENTION_DAYS: Final = 14
_MAX_IMAGES: Final = 500


class EcrRepository(Construct):
    """A repository whose images are scanned when pushed, whose tags never move, and that cleans up after itself.

    Sources: Amazon ECR user guide, "Image tag mutability", "Lifecycle policies", "Encryption at rest".

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        repository_name: the repository's name; by default CloudFormation makes one up.
        encryption_key: encrypts the images; by default ECR encrypts with a key of its own. Pulling needs no permission
            on it: ECR holds a grant.
        untagged_retention_days: images without a tag go after these days; None keeps them.
        max_images: the oldest images beyond this number go, also one that a service still runs, so leave room; None
            keeps all.
        removal_policy: the repository survives the stack by default; DESTROY takes its images along.

    Raises:
        InvalidValueError: ECS033, ECR does not take the name, or a figure of the lifecycle is below one; ECS030,
            `encryption_key` or `removal_policy` is none.
    """

    repository: ecr.Repository
    """The repository."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str | None = None,
        encryption_key: kms.IKey | None = None,
        untagged_retention_days: int | None = _UNTAGGED_RETENTION_DAYS,
        max_images: int | None = _MAX_IMAGES,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        if repository_name is not None and not is_token(repository_name):
            check_ecr_repository_name(repository_name)
        check_cdk(encryption_key, CdkType.KEY_OR_ALIAS, name="encryption_key", optional=True)
        check_removal_policy(removal_policy)
        rules = _lifecycle_rules(untagged_retention_days, max_images)
        super().__init__(scope, construct_id)
        self.repository = ecr.Repository(
            self,
            "Repository",
            repository_name=repository_name,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            encryption=ecr.RepositoryEncryption.AES_256 if encryption_key is None else ecr.RepositoryEncryption.KMS,
            encryption_key=encryption_key,
            lifecycle_rules=rules,
            removal_policy=removal_policy,
            empty_on_delete=True if removal_policy is cdk.RemovalPolicy.DESTROY else None,
        )


def _lifecycle_rules(untagged_retention_days: int | None, max_images: int | None) -> list[ecr.LifecycleRule]:
    rules = []
    if untagged_retention_days is not None:
        name = "untagged_retention_days"
        check_whole_number(untagged_retention_days, code=Code.ECR_REPOSITORY, name=name, minimum=1)
        rules.append(
            ecr.LifecycleRule(
                description="Images without a tag go first.",
                rule_priority=1,
                tag_status=ecr.TagStatus.UNTAGGED,
                max_image_age=cdk.Duration.days(untagged_retention_days),
            )
        )
    if max_images is not None:
        check_whole_number(max_images, code=Code.ECR_REPOSITORY, name="max_images", minimum=1)
        rules.append(
            ecr.LifecycleRule(
                description="The newest images stay.",
                rule_priority=2,
                tag_status=ecr.TagStatus.ANY,
                max_image_count=max_images,
            )
        )
    return rules
