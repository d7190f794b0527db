from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind, find
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import fargate, name_of, only_site, resource, service, task_definition
from tests.preflight.support import graph


def test_a_service_says_what_it_runs_where_and_in_which_network() -> None:
    site = only_site(fargate(Service=service(EnableExecuteCommand="true", PlatformVersion="1.4.0")))
    assert (site.kind, site.capacity) == (LaunchKind.SERVICE, Capacity.FARGATE)
    assert (str(site.where), name_of(site.task_definition), name_of(site.cluster)) == (
        "Template#Service",
        "Task",
        "Cluster",
    )
    assert (site.exec_enabled, site.platform_version) == (Ternary.YES, "1.4.0")
    assert isinstance(site.task_interface, NetworkInterface)
    assert [name_of(subnet) for subnet in site.task_interface.subnets] == ["Subnet"]
    assert [name_of(group) for group in site.task_interface.security_groups] == ["Group"]
    assert site.task_interface.public_ip is Ternary.NO


def test_exec_is_off_unless_it_is_asked_for() -> None:
    assert only_site(fargate()).exec_enabled is Ternary.NO


def test_whether_exec_is_on_may_hang_on_a_parameter() -> None:
    body = {
        "Parameters": {"Exec": {"Type": "String"}},
        "Resources": fargate(Service=service(EnableExecuteCommand={"Ref": "Exec"})),
    }
    assert only_site(body).exec_enabled is Ternary.UNKNOWN


def test_a_service_that_leaves_launching_to_task_sets_is_no_launch_site() -> None:
    external = service(DeploymentController={"Type": "EXTERNAL"}, TaskDefinition=None)
    assert find(graph(fargate(Service=external))) == ()


def test_a_task_definition_is_found_by_family_and_by_arn_with_or_without_a_revision() -> None:
    for named in (
        "app",
        "app:3",
        "arn:aws:ecs:eu-west-1:123456789012:task-definition/app",
        {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/app:3"},
    ):
        assert name_of(only_site(fargate(Service=service(TaskDefinition=named))).task_definition) == "Task", named


def test_a_family_that_two_task_definitions_have_names_neither() -> None:
    body = fargate(Service=service(TaskDefinition="app"), Other=task_definition())
    assert isinstance(only_site(body).task_definition, Unknown)


def test_a_task_definition_outside_of_the_templates_is_unknown_with_its_name_in_the_reason() -> None:
    found = only_site(fargate(Service=service(TaskDefinition="other:1"))).task_definition
    assert isinstance(found, Unknown)
    assert "other:1" in found.reason


def test_a_service_without_a_network_on_fargate_has_an_unknown_interface() -> None:
    found = only_site(fargate(Service=service(NetworkConfiguration=None))).task_interface
    assert isinstance(found, Unknown)
    assert "Template#Service" in found.reason


def test_subnets_that_are_not_in_the_templates_are_unknown_one_by_one() -> None:
    network = {"AwsvpcConfiguration": {"Subnets": ["subnet-1", {"Ref": "Subnet"}], "AssignPublicIp": "ENABLED"}}
    found = only_site(fargate(Service=service(NetworkConfiguration=network))).task_interface
    assert isinstance(found, NetworkInterface)
    assert [isinstance(subnet, Unknown) for subnet in found.subnets] == [True, False]
    assert found.public_ip is Ternary.YES
    assert found.security_groups == ()


def test_every_service_of_every_template_is_found() -> None:
    other = {"Other": resource("ECS::Service", TaskDefinition="x"), "Third": resource("ECS::Service")}
    assert [str(site.where) for site in find(graph(fargate(), other))] == [
        "Template#Service",
        "Template2#Other",
        "Template2#Third",
    ]
