"""S01: a state machine that may start a task, but not follow it to its end."""

from collections.abc import Iterator, Sequence
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.iam.documents import statements
from constructs_ecs.preflight.iam.matching import matches_name
from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Unknown

_EVENTS: Final = "events:"
_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
_MAKE_RULE: Final = "events:PutRule"


class FollowTask(PermissionRule):
    """The role of a state machine with ``runTask.sync`` lacks what Step Functions follows a task with."""

    id = "S01"
    severity = Severity.DEPLOY
    purposes = frozenset({Purpose.FOLLOW_TASK})
    statement = (
        "A state runs a task with .sync, and the state machine's role is not allowed events:PutTargets, PutRule and "
        "DescribeRule on StepFunctionsGetEventsForECSTaskRule, or ecs:StopTask and DescribeTasks; or the state machine "
        "may be created before the policy that allows it."
    )
    symptom = (
        "'<role arn>' is not authorized to create managed-rule. (Service: AWSStepFunctions; Status Code: 400; Error "
        "Code: AccessDeniedException)"
    )
    decided_by = "Resource of the state, RoleArn of the state machine and all policies of the role; DependsOn."
    fix = (
        "Allow events:PutTargets, events:PutRule, events:DescribeRule, ecs:StopTask and ecs:DescribeTasks in a policy "
        "of {the role}."
    )
    source = "Step Functions developer guide, Run Amazon ECS or Fargate tasks with Step Functions"

    def check(self, context: Context) -> Iterator[Finding]:
        """Explain the calls that fail, and look for policies that may come too late."""
        yield from super().check(context)
        seen: set[tuple[str, str]] = set()
        for proof in context.proofs:
            machine = proof.site.resource
            key = (machine.template, machine.logical_id)
            if key not in seen and proof.site.launcher is not None and proof.site.launcher.waits:
                seen.add(key)
                yield from self._order(context, proof.site, machine)

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """Step Functions tries the rule when the state machine is created, the rest when it runs."""
        if _about_events(failures):
            return self.symptom
        return "The state fails, or its task runs on when the execution is stopped: AccessDeniedException."

    def severity_of(self, failures: Sequence[Failure]) -> Severity:
        """Without the rule the state machine is refused."""
        return Severity.DEPLOY if _about_events(failures) else Severity.START

    def _order(self, context: Context, site: LaunchSite, machine: Resource) -> Iterator[Finding]:
        role = site.launcher.role if site.launcher is not None else None
        # What is attached from elsewhere may allow it in time.
        if not isinstance(role, Resource) or role.get("ManagedPolicyArns") or _allows_inline(role):
            return
        for policy in context.graph.resources(*_POLICIES):
            place = (policy.template, policy.logical_id)
            if policy.template != machine.template or place in machine.depends_on or not _is_of(context, policy, role):
                continue
            # A role that names a managed policy waits for it, and the state machine for the role.
            if place not in role.depends_on and _allows(policy.get("PolicyDocument"), policy.where):
                yield self._late(policy, machine, site.where)

    def _late(self, policy: Resource, machine: Resource, site: Where) -> Finding:
        return self.finding(
            machine.where,
            f"{machine.logical_id} does not wait for {policy.logical_id}, which lets it follow tasks.",
            launch_sites=(site,),
            severity=Severity.WARNING,
            fix=f"Add {policy.logical_id} to DependsOn of {{the state machine}}.",
        )


def _about_events(failures: Sequence[Failure]) -> bool:
    return any(action.startswith(_EVENTS) for failure in failures for action in failure.call.actions)


def _is_of(context: Context, policy: Resource, role: Resource) -> bool:
    named = policy.get("Roles", default=policy.get("RoleName"))
    return any(context.graph.target(value, role.type) is role for _, value in items(named))


def _allows_inline(role: Resource) -> bool:
    return any(_allows(walk(policy, "PolicyDocument"), role.where) for _, policy in items(role.get("Policies")))


def _allows(document: object, where: Where) -> bool:
    """Whether a policy lets Step Functions make its rule, or might."""
    return any(
        statement.unknown is not None
        or isinstance(statement.actions, Unknown)
        or any(isinstance(name, str) and matches_name(_MAKE_RULE, name) for name in statement.actions)
        for statement in statements(document, where)
        if statement.effect == "Allow"
    )
