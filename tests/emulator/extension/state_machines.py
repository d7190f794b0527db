"""Step Functions: state machines, which AWS refuses to create before their role has its rights."""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from tests.emulator.extension.acting import require_right, require_trust
from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call, typed

_DEFINITION = ("Definition", "DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions")
_OWN = (*_DEFINITION, "StateMachineName", "StateMachineType", "Tags")
_LOGGING = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_RULE = "StepFunctionsGetEventsForECSTaskRule"
_RULE_ACTIONS = ("events:DescribeRule", "events:PutRule", "events:PutTargets")


def _require_rights(arn: str, properties: Properties, definition: str) -> None:
    """Refuse what Step Functions tries out when a state machine is created or updated."""
    role = properties["RoleArn"]
    require_trust(role, "states.amazonaws.com", arn)
    if properties.get("LoggingConfiguration", {}).get("Level", "OFF") != "OFF":
        for action in _LOGGING:
            require_right(role, action, "*")
    if ":::ecs:runTask.sync" in definition:
        for action in _RULE_ACTIONS:
            require_right(role, action, f"arn:aws:events:{get_region()}:{get_account_id()}:rule/{_RULE}")


def _keep(arn: str, properties: Properties) -> None:
    """Put into the emulator's record what it was told and did not keep."""
    shape = client("stepfunctions").meta.service_model.operation_model("CreateStateMachine").input_shape
    tracing = {"TracingConfiguration": properties.get("TracingConfiguration", {"Enabled": False})}
    stepfunctions._state_machines[arn] |= typed(tracing, shape)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, *_OWN, "EncryptionConfiguration", "LoggingConfiguration", "RoleArn", "TracingConfiguration")
    name = properties.get("StateMachineName") or made_up(stack, logical_id, limit=80)
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:stateMachine:{name}"
    definition = provisioners._sfn_definition(properties)
    _require_rights(arn, properties, definition)
    call(
        "stepfunctions",
        "CreateStateMachine",
        without(properties, *_DEFINITION, "StateMachineName", "StateMachineType"),
        Name=name,
        Definition=definition,
        Type=properties.get("StateMachineType", "STANDARD"),
    )
    _keep(arn, properties)
    return arn, {"Arn": arn, "Name": name}


def _update(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    definition = provisioners._sfn_definition(new)
    _require_rights(physical_id, new, definition)
    without_log = {"Level": "OFF", "IncludeExecutionData": False, "Destinations": []}
    given = {"LoggingConfiguration": without_log, **without(new, *_OWN)}
    call("stepfunctions", "UpdateStateMachine", given, StateMachineArn=physical_id, Definition=definition)
    _keep(physical_id, new)
    gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
    client("stepfunctions").untag_resource(resourceArn=physical_id, tagKeys=sorted(gone))
    call("stepfunctions", "TagResource", {"Tags": new.get("Tags", [])}, ResourceArn=physical_id)
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    client("stepfunctions").delete_state_machine(stateMachineArn=physical_id)


TYPES = {
    "AWS::StepFunctions::StateMachine": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("StateMachineName", "StateMachineType")
    )
}
