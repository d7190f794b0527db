from constructs_ecs.preflight.launch_sites import LaunchKind
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary
from tests.preflight.launches import AWSVPC, fargate, name_of, only_site, resource, service

EXTERNAL = {"DeploymentController": {"Type": "EXTERNAL"}, "TaskDefinition": None, "EnableExecuteCommand": True}
TASK_SET = {
    "Cluster": {"Ref": "Cluster"},
    "TaskDefinition": {"Ref": "Task"},
    "LaunchType": "FARGATE",
    "NetworkConfiguration": {"AwsVpcConfiguration": AWSVPC},
}


def test_a_task_set_launches_for_its_service_which_says_whether_exec_is_on() -> None:
    task_set = resource("ECS::TaskSet", Service={"Ref": "Service"}, **TASK_SET)
    site = only_site(fargate(Service=service(**EXTERNAL), TaskSet=task_set))
    assert (site.kind, str(site.where)) == (LaunchKind.TASK_SET, "Template#TaskSet")
    assert (name_of(site.task_definition), site.exec_enabled) == ("Task", Ternary.YES)


def test_a_task_set_spells_its_network_in_its_own_way() -> None:
    task_set = resource("ECS::TaskSet", Service={"Ref": "Service"}, **TASK_SET)
    found = only_site(fargate(Service=service(**EXTERNAL), TaskSet=task_set)).task_interface
    assert isinstance(found, NetworkInterface)
    assert str(found.where) == "Template#TaskSet.NetworkConfiguration.AwsVpcConfiguration"


def test_of_a_service_elsewhere_nobody_knows_whether_exec_is_on() -> None:
    body = fargate(TaskSet=resource("ECS::TaskSet", Service="web", **TASK_SET))
    del body["Service"]
    assert only_site(body).exec_enabled is Ternary.UNKNOWN
