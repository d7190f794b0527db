from typing import Any

from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind, find
from constructs_ecs.preflight.values import Ternary
from tests.preflight.launches import IN_NETWORK, fargate, name_of, only_site, resource, role
from tests.preflight.support import graph

PARAMETERS = {"TaskDefinitionArn": {"Ref": "Task"}, "LaunchType": "FARGATE", "NetworkConfiguration": IN_NETWORK}


def schedule(**target: object) -> dict[str, Any]:
    made = {
        "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["Scheduler", "Arn"]},
        "EcsParameters": PARAMETERS,
    } | target
    body = fargate(Schedule=resource("Scheduler::Schedule", Target=made), Scheduler=role("scheduler", "*"))
    del body["Service"]
    return body


def test_a_schedule_with_ecs_parameters_is_a_launch_site() -> None:
    site = only_site(schedule())
    assert (site.kind, site.capacity, site.exec_enabled) == (LaunchKind.SCHEDULE, Capacity.FARGATE, Ternary.NO)
    assert (str(site.where), name_of(site.task_definition)) == ("Template#Schedule.Target", "Task")
    assert site.launcher is not None
    assert (name_of(site.launcher.role), site.launcher.service) == ("Scheduler", "scheduler.amazonaws.com")


def test_it_acts_for_its_group() -> None:
    launcher = only_site(schedule()).launcher
    assert launcher is not None
    assert str(launcher.source).endswith(":schedule-group/default")


def test_its_input_replaces_roles() -> None:
    overrides = only_site(schedule(Input='{"executionRoleArn": "other"}')).overrides
    assert overrides.execution_role == "other"


def test_a_schedule_of_something_else_is_no_launch_site() -> None:
    body = schedule()
    del body["Schedule"]["Properties"]["Target"]["EcsParameters"]
    assert find(graph(body)) == ()
