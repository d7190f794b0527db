"""R06: the own key of a secret is closed to the execution role."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.permission_rule import ROLE_FAULTS, PermissionRule


class SecretKey(PermissionRule):
    """A secret has an own key that the execution role may not decrypt with."""

    id = "R06"
    severity = Severity.START
    purposes = frozenset({Purpose.DECRYPT_SECRET})
    faults = ROLE_FAULTS | {Fault.KEY_POLICY}
    statement = (
        "A secret is encrypted with an own key, and the execution role is not allowed kms:Decrypt, by its "
        "policies or by the key's."
    )
    symptom = "ResourceInitializationError: unable to pull secrets or registry auth: Access to KMS is not allowed."
    decided_by = (
        "KmsKeyId of the secret, KeyPolicy, and the execution role's policies. CloudFormation makes no SecureString "
        "parameters, so their keys are in no template."
    )
    fix = "Allow kms:Decrypt on the key in a policy of {the role}, and let the key's policy allow it too."
    source = "ECS developer guide, Amazon ECS task execution IAM role"
