from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import (
    auto_scaling_group,
    calls,
    ec2,
    fargate,
    launch_template,
    leaves_by,
    of,
    purposes,
    resource,
    service,
    task_definition,
)


def test_fargate_registers_nothing() -> None:
    assert "REGISTER_INSTANCE" not in purposes(calls(fargate()))


def test_external_instances_register_from_where_nobody_knows() -> None:
    made = calls(
        fargate(Service=service(LaunchType="EXTERNAL"), Task=task_definition(RequiresCompatibilities=["EXTERNAL"]))
    )
    assert "REGISTER_INSTANCE" not in purposes(made)
    assert "external instances" in leaves_by(of(Purpose.PULL_FROM_REGISTRY, made)[0])


def test_each_group_of_instances_registers_with_the_cluster_in_the_request() -> None:
    made = of(Purpose.REGISTER_INSTANCE, calls(ec2(Other=auto_scaling_group())))
    assert [call.where.logical_id for call in made] == ["Asg"] * 4 + ["Other"] * 4
    assert {str(call.context["ecs:cluster"]).rpartition("/")[2] for call in made} == {"${Cluster}"}


def test_instances_that_are_not_in_the_templates_are_unknown() -> None:
    body = ec2()
    del body["Asg"]
    made = of(Purpose.REGISTER_INSTANCE, calls(body))
    assert made
    assert all(isinstance(call.interface, Unknown) and isinstance(call.role, Unknown) for call in made)


def test_an_instance_without_a_profile_has_no_role() -> None:
    made = of(Purpose.REGISTER_INSTANCE, calls(ec2(Template=launch_template(IamInstanceProfile=None))))
    assert [call.role for call in made] == [None] * 4


def test_a_start_script_that_sets_a_proxy_makes_failures_prove_nothing() -> None:
    script = {"Fn::Base64": {"Fn::Sub": "ECS_CLUSTER=${Cluster}\nHTTP_PROXY=proxy:3128"}}
    made = calls(ec2(Template=launch_template(UserData=script)))
    assert {call.purpose.name for call in made if call.advisory} == {"REGISTER_INSTANCE", "PULL_FROM_REGISTRY"}


def test_the_cluster_named_default_is_registered_with_by_that_name() -> None:
    provider = resource("ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": "Asg"}})
    strategy = [{"CapacityProvider": {"Ref": "Provider"}}]
    own = service(LaunchType=None, Cluster=None, CapacityProviderStrategy=strategy)
    made = of(Purpose.REGISTER_INSTANCE, calls(ec2(Service=own, Provider=provider)))
    assert str(made[1].resource).endswith(":cluster/default")
