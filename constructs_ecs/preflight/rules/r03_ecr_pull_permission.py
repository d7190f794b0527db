"""R03: the role that pulls an image may not."""

from collections.abc import Sequence

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class EcrPullPermission(PermissionRule):
    """The execution role (on EC2: neither it nor the instance role) may not pull an image from Amazon ECR."""

    id = "R03"
    severity = Severity.START
    purposes = frozenset({Purpose.ECR_TOKEN, Purpose.PULL_IMAGE, Purpose.PULL_LAYERS})
    statement = (
        "The role that pulls an image from Amazon ECR is not allowed to, by its own policies or the repository's."
    )
    symptom = "CannotPullContainerError: the registry answers AccessDenied or 403 Forbidden."
    decided_by = (
        "All policies of the execution role, on EC2 of the instance role too; RepositoryPolicyText across accounts. "
        "A managed policy that the preflight does not know, or a permissions boundary, leaves it open."
    )
    fix = (
        "Allow ecr:GetAuthorizationToken on *, and ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository, "
        "in a policy of {the role}."
    )
    source = "ECS developer guide, Amazon ECS task execution IAM role"

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """Without a token the task fails earlier than without the image."""
        if any(failure.call.purpose is Purpose.ECR_TOKEN for failure in failures):
            return (
                "ResourceInitializationError: unable to pull secrets or registry auth: not authorized to perform "
                "ecr:GetAuthorizationToken."
            )
        return self.symptom
