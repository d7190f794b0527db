"""Roles that someone must be able to assume, and launches by someone other than Amazon ECS.

Sources: ECS developer guide, "Amazon ECS task IAM role", "Amazon ECS task execution IAM role", "Amazon ECS EventBridge
IAM Role"; Step Functions developer guide, "Manage Amazon ECS or Fargate tasks with Step Functions", "IAM policies for
calling Amazon ECS".
"""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.run_task import TASKS_PRINCIPAL
from constructs_ecs.preflight.calls.call import RUN, Call, Purpose
from constructs_ecs.preflight.calls.making import Maker, arn_of, aws_service, cluster_arn, in_cluster
from constructs_ecs.preflight.calls.scene import EXECUTION_ROLE, INSTANCE_ROLE, TASK_ROLE, Scene
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites import Launcher
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Text, Unknown, text

INSTANCES: Final = "ec2.amazonaws.com"
_SOME_TASK: Final = Unknown("which task Amazon ECS assumes the role for")
LAUNCHER: Final = "launcher's role"
_ASSUME: Final = ("sts:AssumeRole",)
_RUN: Final = ("ecs:RunTask",)
_PASS: Final = ("iam:PassRole",)
_STOP: Final = ("ecs:StopTask", "ecs:DescribeTasks")
_FOLLOW: Final = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_FOLLOWING_RULE: Final = ":rule/StepFunctionsGetEventsForECSTaskRule"
_SUCCESS: Final = ("states:SendTaskSuccess",)
_FAILURE: Final = ("states:SendTaskFailure",)
_HEARTBEAT: Final = ("states:SendTaskHeartbeat",)
_MAY_NOT_REPORT: Final = "a task that never reports this does without"


def assumed_roles(scene: Scene) -> Iterator[Call]:
    """Yield that each role of the launch site can be assumed by who uses it."""
    environment = scene.environment
    place = ("arn:", environment.partition, ":ecs:", environment.region, ":", environment.account)
    for caller, role in ((EXECUTION_ROLE, scene.execution_role), (TASK_ROLE, scene.task_role)):
        if role is not None:
            source = text(*place, ":task/", _SOME_TASK)
            yield _assumption(scene, caller, role, service=TASKS_PRINCIPAL, source=source, where=scene.task.where)
    for party, where in scene.hosts():
        if scene.site.capacity.has_instances and party.role is not None:
            yield _assumption(scene, INSTANCE_ROLE, party.role, service=INSTANCES, source=None, where=where)
    launcher = scene.site.launcher
    if launcher is not None and launcher.role is not None:
        service, source = launcher.service, launcher.source
        yield _assumption(scene, LAUNCHER, launcher.role, service=service, source=source, where=scene.site.where)


def launches(scene: Scene) -> Iterator[Call]:
    """Yield what a launcher other than Amazon ECS has to be allowed."""
    launcher = scene.site.launcher
    if launcher is None:
        return
    yield _by_launcher(scene, launcher, Purpose.LAUNCH, _RUN, task_definition_arn(scene))
    for role in (scene.execution_role, scene.task_role):
        if role is not None:
            arn = role if isinstance(role, Unknown) else arn_of(scene.graph, role)
            yield _by_launcher(scene, launcher, Purpose.PASS_ROLE, _PASS, arn)
    if launcher.waits:
        environment = scene.environment
        place = (":events:", environment.region, ":", environment.account, _FOLLOWING_RULE)
        rule = text("arn:", environment.partition, *place)
        tasks = text(in_cluster(cluster_arn(scene), "task"), "/*")
        yield _by_launcher(scene, launcher, Purpose.FOLLOW_TASK, _FOLLOW, rule)
        yield _by_launcher(scene, launcher, Purpose.FOLLOW_TASK, _STOP, tasks)


def reports(scene: Scene) -> Iterator[Call]:
    """Yield how a task reports to the state machine that waits for it."""
    launcher = scene.site.launcher
    if launcher is None or not launcher.token:
        return
    service = aws_service(scene, Endpoint.STEP_FUNCTIONS)
    purpose = Purpose.REPORT_TO_STEP_FUNCTIONS
    for party in scene.containers():
        maker = Maker(party=party)
        yield maker.call(purpose, _SUCCESS, launcher.source, scene.site.where, destination=service)
        later = Maker(party=party, stage=RUN, advisory=_MAY_NOT_REPORT)
        for actions in (_FAILURE, *((_HEARTBEAT,) if launcher.heartbeat else ())):
            yield later.call(purpose, actions, launcher.source, scene.site.where, destination=service)


def task_definition_arn(scene: Scene) -> Text:
    """Return the ARN of what is run; of a task definition of the templates, with the revision that they make."""
    # Of this type, Ref is the ARN.
    resource = scene.task.resource
    return as_text(scene.graph.value(resource.template, {"Ref": resource.logical_id})) or Unknown(
        f"the ARN of {resource.where}"
    )


def _assumption(
    scene: Scene, caller: str, role: Resource | Unknown, *, service: str, source: Text | None, where: Where
) -> Call:
    return Call(
        purpose=Purpose.ASSUME_ROLE,
        caller=caller,
        role=role,
        actions=_ASSUME,
        resource=role if isinstance(role, Unknown) else arn_of(scene.graph, role),
        service=service,
        source=source,
        where=where,
    )


def _by_launcher(scene: Scene, launcher: Launcher, purpose: Purpose, actions: tuple[str, ...], resource: Text) -> Call:
    return Call(
        purpose=purpose,
        caller=LAUNCHER,
        role=launcher.role,
        actions=actions,
        resource=resource,
        context={"iam:PassedToService": TASKS_PRINCIPAL}
        if purpose is Purpose.PASS_ROLE
        else {"ecs:cluster": cluster_arn(scene)},
        where=scene.site.where,
    )
