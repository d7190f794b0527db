"""R05: the execution role may not read a parameter."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class ParameterPermission(PermissionRule):
    """The execution role may not read a parameter; ``ssm:GetParameter``, singular, does not do."""

    id = "R05"
    severity = Severity.START
    purposes = frozenset({Purpose.READ_PARAMETER})
    statement = "The execution role is not allowed ssm:GetParameters, plural, on a parameter that the task refers to."
    symptom = (
        "ResourceInitializationError: unable to pull secrets or registry auth: not authorized to perform "
        "ssm:GetParameters."
    )
    decided_by = "ValueFrom of Secrets and SecretOptions that name a parameter, and the execution role's policies."
    fix = "Allow ssm:GetParameters, plural, on the parameter in a policy of {the role}."
    source = "ECS developer guide, Pass Systems Manager parameters; amazon-ecs-agent, agent/ssm"
