"""S05: what should start a state machine may not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.facts.triggers import EVENTS_PRINCIPAL, SCHEDULER_PRINCIPAL, START_EXECUTION
from constructs_ecs.preflight.findings import Fault, Finding, Link, Severity, Verdict, Where
from constructs_ecs.preflight.launch_sites import LaunchKind, events, scheduler, step_functions
from constructs_ecs.preflight.launch_sites.reading import items, role, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text

_FIXES: Final = {
    Fault.NO_ROLE: "Give {the resource} a role that allows states:StartExecution on the state machine.",
    Fault.DENIED: "Except states:StartExecution on the state machine from what is denied in {the resource}.",
}


@dataclass(frozen=True, kw_only=True)
class _Trigger:
    """What starts a state machine: a target of a rule, or of a schedule."""

    resource: Resource
    target: Any
    service: str
    source: Text


class TriggerPermission(Rule):
    """The role of a rule or schedule may not start the state machine that runs a task, or cannot be assumed for it."""

    id = "S05"
    severity = Severity.START
    statement = (
        "The target of a rule or schedule is a state machine that runs a task, and has no role, one that is not "
        "allowed states:StartExecution on it, or one that EventBridge or Scheduler cannot assume."
    )
    symptom = (
        "No execution is started: FailedInvocations of the rule, or TargetErrorCount of the schedule group, rises."
    )
    decided_by = (
        "RoleArn of the target, its policies and its trust policy, with aws:SourceArn: the rule's ARN, or the schedule "
        "group's. State machines that run no task, and targets that are not in the templates, are left alone."
    )
    fix = "Allow states:StartExecution on the state machine in a policy of {the role}."
    source = "EventBridge user guide, EventBridge targets; EventBridge Scheduler user guide, Setting up"

    def check(self, context: Context) -> Iterator[Finding]:
        """Ask for each trigger of each state machine that runs a task."""
        sites: dict[tuple[str, str], list[Where]] = {}
        for proof in context.proofs:
            if proof.site.kind is LaunchKind.STEP_FUNCTIONS:
                sites.setdefault(_place(proof.site.resource), []).append(proof.site.where)
        for trigger in _triggers(context.graph) if sites else ():
            machine = context.graph.target(walk(trigger.target, "Arn"), step_functions.TYPE)
            if machine is not None and _place(machine) in sites:
                yield from self._judge(context, trigger, machine, sites[_place(machine)])

    def _judge(
        self, context: Context, trigger: _Trigger, machine: Resource, launch_sites: list[Where]
    ) -> Iterator[Finding]:
        used = role(context.graph, walk(trigger.target, "RoleArn"))
        arn = step_functions.machine_arn(context.graph, machine)
        broken = next((link for link in _links(context, trigger, used, arn) if link.verdict is Verdict.FAIL), None)
        if broken is not None:
            yield self.finding(
                broken.where[0] if broken.where else trigger.resource.where,
                f"{trigger.resource.logical_id} cannot start {machine.logical_id}. {broken.text}",
                launch_sites=launch_sites,
                fix=_fix(broken, trigger),
            )


def _links(context: Context, trigger: _Trigger, used: Any, arn: Text) -> Iterator[Link]:  # noqa: ANN401 - a role, or not
    if used is not None:
        yield context.authority.trust(used, trigger.service, trigger.source)
    yield context.authority.identity(used, START_EXECUTION, arn)


def _fix(broken: Link, trigger: _Trigger) -> str | None:
    if broken.fault is Fault.TRUST:
        return f"Let {trigger.service} assume {{the role}} for {trigger.resource.logical_id}."
    return None if broken.fault is None else _FIXES.get(broken.fault)


def _triggers(graph: Graph) -> Iterator[_Trigger]:
    for rule in graph.resources(events.TYPE):
        for _, target in items(rule.get("Targets")):
            yield _Trigger(resource=rule, target=target, service=EVENTS_PRINCIPAL, source=events.rule_arn(graph, rule))
    for schedule in graph.resources(scheduler.TYPE):
        source = scheduler.schedule_group_arn(graph, schedule)
        target = schedule.get("Target")
        yield _Trigger(resource=schedule, target=target, service=SCHEDULER_PRINCIPAL, source=source)


def _place(resource: Resource) -> tuple[str, str]:
    return resource.template, resource.logical_id
