"""EventBridge: rules with their targets, which start state machines with the rights of the target's role."""

import contextvars
import json
import threading
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id, now_iso
from ministack.services import eventbridge, scheduler, sqs

from tests.emulator.extension.acting import acting_as, require_trust
from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call

_RULE = ("Description", "EventBusName", "EventPattern", "RoleArn", "ScheduleExpression", "State")
_SERVICE = "events.amazonaws.com"
_invoke_stock = eventbridge._invoke_target
_invoked: ContextVar[tuple[Properties, Properties]] = ContextVar("invoked")


def _put(name: str, properties: Properties) -> str:
    only(properties, "Name", "Tags", "Targets", *_RULE)
    given = {key: properties[key] for key in _RULE if key in properties}
    if isinstance(given.get("EventPattern"), dict):
        given["EventPattern"] = json.dumps(given["EventPattern"])
    arn = str(call("events", "PutRule", given, Name=name)["RuleArn"])
    for target in properties.get("Targets", []):
        if "RoleArn" in target:
            require_trust(target["RoleArn"], _SERVICE, arn)
    if properties.get("Targets"):
        call("events", "PutTargets", {"Targets": properties["Targets"]}, Rule=name, **_bus(properties))
    return arn


def _bus(properties: Properties) -> dict[str, str]:
    return {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}


def _remove(name: str, properties: Properties) -> None:
    identities = [target["Id"] for target in properties.get("Targets", [])]
    if identities:
        client("events").remove_targets(Rule=name, Ids=identities, **_bus(properties))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("Name") or made_up(stack, logical_id, limit=64)
    return name, {"Arn": _put(name, properties)}


def _update(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    _remove(physical_id, old)
    _put(physical_id, {"Description": "", "State": "ENABLED", **without(new, "Tags")})
    return {}


def _delete(physical_id: str, properties: Properties) -> None:
    _remove(physical_id, properties)
    client("events").delete_rule(Name=physical_id, **_bus(properties))


def _invoke(target: Properties, event: Properties, rule: Properties, view: Any = None) -> Any:
    """Remember who invokes: a state machine is started with the rights of the target's role."""
    before = _invoked.set((target, rule))
    try:
        return _invoke_stock(target, event, rule, view)
    finally:
        _invoked.reset(before)


def _start_execution(arn: str, payload: str) -> None:
    """On a thread of its own, because the emulator has to answer to the request that this makes."""
    target, rule = _invoked.get()
    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(_started, target, rule, arn, payload), daemon=True).start()


def _started(target: Properties, rule: Properties, arn: str, payload: str) -> None:
    try:
        acting_as(target["RoleArn"], *_source(rule))("stepfunctions").start_execution(
            stateMachineArn=arn, input=payload.replace("<aws.scheduler.scheduled-time>", now_iso())
        )
    except ClientError:
        _give_up(target, rule, payload)


def _source(rule: Properties) -> tuple[str, str]:
    """Who acts, and for what: its Scheduler does for the group of a schedule."""
    if "GroupName" in rule:
        return "scheduler.amazonaws.com", str(scheduler._group_arn(rule["GroupName"]))
    return _SERVICE, rule["Arn"]


def _give_up(target: Properties, rule: Properties, payload: str) -> None:
    """Send what could not be delivered to the dead-letter queue, if that lets EventBridge."""
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue and sqs.queue_policy_allows(queue, _SERVICE, rule["Arn"], get_account_id()):
        client("sqs").send_message(QueueUrl=sqs._queue_by_arn(queue)["url"], MessageBody=payload)


TYPES = {
    "AWS::Events::Rule": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("EventBusName", "Name")
    )
}


def install() -> None:
    """EventBridge and its Scheduler look these up each time."""
    scheduler._SCHEDULE_TICK_INTERVAL = 0.2  # seconds
    eventbridge._invoke_target = _invoke
    eventbridge._dispatch_to_stepfunctions = _start_execution
