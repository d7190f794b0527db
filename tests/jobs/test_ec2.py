# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from constructs_ecs import AwsLogs, CapacityShare, Code, ConstructsEcsError, Container, Egress, FargateProvider, Image
from constructs_ecs.capacity import ClusterDefault, Ec2Capacity
from constructs_ecs.jobs import Ec2Job, RunTask
from tests.jobs.scene import state_of
from tests.nag import findings
from tests.scene import Scene, scene
from tests.support import of_type, only


def place_with_capacity(**options: Any) -> tuple[Scene, Ec2Capacity]:
    place = scene(audited=False, **options)
    return place, place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")


def ec2_job(place: Scene, capacity: Any, **options: Any) -> Ec2Job:
    containers = [Container(image=place.image, memory_mib=256)]
    return Ec2Job(
        place.stack, "Job", **{"cluster": place.cluster, "containers": containers, "capacity": capacity, **options}
    )


def test_a_job_runs_on_the_cluster_s_instances_with_an_interface_of_its_own() -> None:
    place, capacity = place_with_capacity()
    job = ec2_job(place, capacity)
    written = state_of(RunTask(place.stack, "Run", job=job))["Parameters"]
    (share,) = written["CapacityProviderStrategy"]
    name = place.stack.resolve(capacity.capacity_provider.capacity_provider_name)["Ref"]
    assert share == {"CapacityProvider": f"<{name}>", "Weight": 1}
    assert "LaunchType" not in written
    assert len(written["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]) == 2
    definition = only(place.template, "AWS::ECS::TaskDefinition")
    assert (definition["RequiresCompatibilities"], definition["NetworkMode"]) == (["EC2"], "awsvpc")


def test_a_run_may_name_other_instances() -> None:
    place, capacity = place_with_capacity()
    other = place.cluster.add_ec2_capacity("Larger", instance_type="m7g.4xlarge")
    shares = [CapacityShare(provider=other, weight=3), CapacityShare(provider=capacity)]
    written = state_of(RunTask(place.stack, "Run", job=ec2_job(place, capacity), capacity=shares))["Parameters"]
    assert [share["Weight"] for share in written["CapacityProviderStrategy"]] == [3, 1]


def test_a_job_may_leave_the_choice_to_the_cluster() -> None:
    place, capacity = place_with_capacity()
    place.cluster.set_default_strategy([CapacityShare(provider=capacity)])
    written = state_of(RunTask(place.stack, "Run", job=ec2_job(place, ClusterDefault.STRATEGY)))["Parameters"]
    assert {"LaunchType", "CapacityProviderStrategy"} & written.keys() == set()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"cluster": None}, Code.SETTING),
        ({"capacity": [CapacityShare(provider=FargateProvider.FARGATE)]}, Code.CAPACITY),
        ({"capacity": []}, Code.CAPACITY_STRATEGY),
        ({"capacity": ClusterDefault.STRATEGY}, Code.CAPACITY),
        ({"internet": True}, Code.INTERNET),
    ],
)
def test_what_could_not_run_is_refused(options: dict[str, Any], code: Code) -> None:
    place, capacity = place_with_capacity()
    with pytest.raises(ConstructsEcsError) as refused:
        ec2_job(place, **{"capacity": capacity, **options})
    assert refused.value.code is code


def test_a_container_without_memory_is_refused() -> None:
    place, capacity = place_with_capacity()
    with pytest.raises(ConstructsEcsError) as refused:
        ec2_job(place, capacity, containers=[Container(image=place.image)])
    assert refused.value.code is Code.CONTAINER_SETTING


def test_a_run_on_fargate_is_refused() -> None:
    place, capacity = place_with_capacity()
    job = ec2_job(place, capacity)
    with pytest.raises(ConstructsEcsError, match="An Ec2Job runs on the cluster's EC2 capacity") as refused:
        RunTask(place.stack, "Run", job=job, capacity=[CapacityShare(provider=FargateProvider.FARGATE)])
    assert refused.value.code is Code.CAPACITY


def test_an_image_on_the_internet_opens_the_instances_and_not_the_task() -> None:
    place, capacity = place_with_capacity(egress=Egress.NAT_GATEWAY)
    image = Image.from_registry("registry.example.com/a:1")
    job = ec2_job(place, capacity, containers=[Container(image=image, memory_mib=256)])
    group = place.stack.resolve(job.security_group.security_group_id)["Fn::GetAtt"][0]
    groups = of_type(place.template, "AWS::EC2::SecurityGroup")
    open_ = {
        key
        for key, each in groups.items()
        if "0.0.0.0/0" in {rule.get("CidrIp") for rule in each["Properties"].get("SecurityGroupEgress", [])}
    }
    assert group not in open_
    assert any(key.startswith("ClusterInstances") for key in open_)


def test_no_pack_finds_anything_on_a_job() -> None:
    place = scene()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    key = kms.Key(place.stack, "Key", enable_key_rotation=True)
    ec2_job(place, capacity, logging=AwsLogs(encryption_key=key))
    root = place.stack.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []
