"""X06: an exec session with an own key that the task cannot decrypt with."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.permission_rule import CallNeeds
from constructs_ecs.preflight.rules.symptoms import symptom


class ExecKey(CallNeeds):
    """The cluster encrypts exec sessions with an own key, which the task may not use or cannot reach AWS KMS for."""

    id = "X06"
    severity = Severity.EXEC
    purposes = frozenset({Purpose.DECRYPT_EXEC_SESSION})
    statement = (
        "The cluster encrypts exec sessions with an own key, and the task role is not allowed kms:Decrypt on it, or "
        "the task has no way to AWS KMS."
    )
    symptom = symptom(Purpose.DECRYPT_EXEC_SESSION)
    decided_by = (
        "KmsKeyId of ExecuteCommandConfiguration, the task role's policies, KeyPolicy, and the VPC's endpoint for kms."
    )
    endpoint = "an interface endpoint for kms with private DNS"
    fix = "Allow kms:Decrypt on the key in a policy of {the role}."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec"
