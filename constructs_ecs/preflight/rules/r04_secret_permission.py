"""R04: the execution role may not read a secret."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class SecretPermission(PermissionRule):
    """The execution role may not read a secret that a container, its log driver or its image's registry needs."""

    id = "R04"
    severity = Severity.START
    purposes = frozenset({Purpose.READ_SECRET, Purpose.READ_REGISTRY_CREDENTIALS})
    statement = "The execution role is not allowed secretsmanager:GetSecretValue on a secret that the task refers to."
    symptom = (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: "
        "AccessDeniedException."
    )
    decided_by = (
        "ValueFrom of Secrets and SecretOptions, CredentialsParameter, the execution role's policies and the secret's "
        "own. A policy on a partial ARN counts if it ends in a wildcard."
    )
    fix = "Allow secretsmanager:GetSecretValue on the secret in a policy of {the role}."
    source = "ECS developer guide, Amazon ECS task execution IAM role"
