"""ECS tasks that are run once: refused as ECS refuses them, and then simulated."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import ecs

from tests.emulator.extension import containers
from tests.emulator.extension.acting import require_right
from tests.emulator.extension.ecs_services import definition_of, require_parts
from tests.emulator.extension.resource import Properties, RefusedError, require

Answer = tuple[int, Mapping[str, str], Any]

_OVERRIDES_CHARACTERS = 8192
_run_stock = ecs._run_task


def _run_task(data: Properties) -> Answer:
    try:
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        require("cluster", cluster, ecs._clusters)
        definition = _checked(data)
        _require_rights(definition, data, ecs._clusters[cluster]["clusterArn"])
    except PermissionError as error:
        return _refused("AccessDeniedException", error)
    except RefusedError as error:
        return _refused("InvalidParameterException", error)
    script = containers.script_for(definition["family"], _command(definition, data.get("overrides", {})))
    if script == containers.REFUSED:
        arn = f"{ecs._clusters[cluster]['clusterArn'].replace(':cluster/', ':container-instance/')}/any"
        refused: Answer = json_response({"tasks": [], "failures": [{"arn": arn, "reason": "RESOURCE:MEMORY"}]})
        return refused
    answer: Answer = _run_stock(data)
    if answer[0] == 200:
        for each in json.loads(answer[2])["tasks"]:
            containers.Container(ecs._tasks[each["taskArn"]], definition, script).start()
    return answer


def _refused(code: str, error: Exception) -> Answer:
    answer: Answer = error_response_json(code, str(error), 400)
    return answer


def _checked(data: Properties) -> dict[str, Any]:
    """Refuse what names something that does not exist, or overrides what is not there."""
    given = _pascal({key: data[key] for key in ("cluster", "launchType", "taskDefinition") if key in data})
    for key in ("capacityProviderStrategy", "networkConfiguration"):
        if key in data:
            given |= _pascal({key: data[key]})
    given.setdefault("Cluster", "default")
    require_parts(given)
    definition = definition_of(data["taskDefinition"])
    overrides = data.get("overrides", {})
    names = {each["name"] for each in definition["containerDefinitions"]}
    for each in overrides.get("containerOverrides", []):
        if each.get("name") not in names:
            raise RefusedError(
                f"Override for container named {each.get('name')} is not a container in the TaskDefinition."
            )
    if len(json.dumps(overrides, separators=(",", ":"))) > _OVERRIDES_CHARACTERS:
        raise RefusedError(f"Overrides length must be at most {_OVERRIDES_CHARACTERS}.")
    return definition


def _require_rights(definition: Properties, data: Properties, cluster_arn: str) -> None:
    """Refuse what the caller's role may not do; that it may run the task as it was named is checked before."""
    role = _caller()
    if role is None:
        return
    given = {**definition, **data.get("overrides", {})}
    try:
        require_right(role, "ecs:RunTask", definition["taskDefinitionArn"], ecs__cluster=cluster_arn)
        for key in ("executionRoleArn", "taskRoleArn"):
            if given.get(key):
                require_right(role, "iam:PassRole", given[key], iam__PassedToService="ecs-tasks.amazonaws.com")
    except RefusedError as error:
        raise PermissionError(str(error)) from error


def _caller() -> str | None:
    """The role that calls; nothing for the account's root user."""
    _, _, kind = iam_evaluator.caller_arn().partition(":assumed-role/")
    return f"arn:aws:iam::{get_account_id()}:role/{kind.split('/')[0]}" if kind else None


def _command(definition: Properties, overrides: Properties) -> list[str]:
    parts = [definition["containerDefinitions"][0], *overrides.get("containerOverrides", [])]
    return next((each["command"] for each in reversed(parts) if each.get("command")), [])


def _pascal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _pascal(each) for key, each in value.items()}
    return [_pascal(each) for each in value] if isinstance(value, list) else value


def install() -> None:
    """ECS looks the function up in a table; what a service starts is started past it. Times have milliseconds."""
    ecs._ts_to_epoch = lambda value: dt.datetime.fromisoformat(value).timestamp() if isinstance(value, str) else value
    ecs._ACTION_MAP["RunTask"] = _run_task
