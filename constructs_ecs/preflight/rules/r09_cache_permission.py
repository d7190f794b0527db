"""R09: a puller that may not fill the pull-through cache."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class CachePermission(PermissionRule):
    """An image comes through a pull-through cache, and the role that pulls it may not import it."""

    id = "R09"
    severity = Severity.START
    purposes = frozenset({Purpose.IMPORT_IMAGE})
    statement = (
        "An image is under the prefix of a pull-through cache rule, and the role that pulls it is not allowed "
        "ecr:BatchImportUpstreamImage, or ecr:CreateRepository where the repository is not there yet."
    )
    symptom = (
        "CannotPullContainerError: manifest unknown: Requested image not found; or: the repository does not exist."
    )
    decided_by = (
        "EcrRepositoryPrefix of the rules in the templates, Image, the policies of the role that pulls, the "
        "repository's. An image that may be there already leaves it open: in a repository that the templates make, "
        "or under a rule for the whole registry."
    )
    fix = "Allow ecr:BatchImportUpstreamImage and ecr:CreateRepository on the repository in a policy of {the role}."
    source = "Amazon ECR user guide, IAM permissions required to sync an upstream registry"
