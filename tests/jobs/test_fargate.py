# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_ecs import (
    AwsLogs,
    CapacityShare,
    Code,
    ConstructsEcsError,
    Container,
    Egress,
    FargateProvider,
    Image,
    RegistryCredentials,
    TaskSize,
)
from constructs_ecs.capacity import ClusterDefault
from constructs_ecs.jobs import FargateJob
from tests.jobs.scene import fargate_job, run, state_of
from tests.meaning import permissions
from tests.nag import findings
from tests.scene import SIZE, Scene, scene, vpc_peer
from tests.support import of_type, only, stack, template

SPOT = [CapacityShare(provider=FargateProvider.FARGATE_SPOT)]


@pytest.fixture(scope="module")
def made() -> tuple[Scene, FargateJob, dict[str, Any]]:
    """A job that pulls from ECR in a network with no way out, and its template."""
    place = scene()
    job = fargate_job(place)
    return place, job, place.template


def test_a_job_is_a_task_definition_and_no_service(made: tuple[Scene, FargateJob, dict[str, Any]]) -> None:
    _, job, resources = made
    assert of_type(resources, "AWS::ECS::Service") == {}
    definition = only(resources, "AWS::ECS::TaskDefinition")
    assert (definition["Cpu"], definition["Memory"], definition["NetworkMode"]) == ("512", "1024", "awsvpc")
    assert definition["Family"] == job.family
    assert job.family_arn.endswith(f":task-definition/{job.family}")


def test_the_endpoints_of_a_job_follow_from_what_it_uses(made: tuple[Scene, FargateJob, dict[str, Any]]) -> None:
    place, _, _ = made
    assert {endpoint.value for endpoint in place.network.interface_endpoints} == {
        *("ecs-agent", "ecs-telemetry", "ecs", "ssm"),  # always
        *("ecr.api", "ecr.dkr", "logs"),  # the image and the output
        *("ssmmessages", "kms"),  # exec sessions, encrypted
    }


def test_whoever_waits_for_the_definition_waits_for_the_network_and_the_grants(
    made: tuple[Scene, FargateJob, dict[str, Any]],
) -> None:
    _, _, resources = made
    (definition,) = of_type(resources, "AWS::ECS::TaskDefinition").values()
    awaited = {resources["Resources"][name]["Type"] for name in definition["DependsOn"]}
    assert {"AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroupEgress", "AWS::IAM::ManagedPolicy"} <= awaited


def test_a_job_s_group_lets_nothing_in_and_nothing_out(made: tuple[Scene, FargateJob, dict[str, Any]]) -> None:
    _, job, resources = made
    (group,) = [
        each["Properties"]
        for each in of_type(resources, "AWS::EC2::SecurityGroup").values()
        if each["Properties"]["GroupDescription"] == "One ECS job: closed until allowed"
    ]
    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert job.connections.security_groups == [job.security_group]


def test_a_job_s_roles_have_what_a_service_s_have() -> None:
    place, other = scene(), scene()
    fargate_job(place, "Same")
    other.fargate("Same", container=other.container(port=None))
    of_job, of_service = (
        {
            saying
            for key, policy in permissions(each.template).items()
            if key.startswith("SameTask")
            for saying in policy
        }
        for each in (place, other)
    )
    assert of_job == of_service != set()


def test_no_pack_finds_anything_on_a_job() -> None:
    place = scene()
    key = kms.Key(place.stack, "Key", enable_key_rotation=True)
    fargate_job(place, logging=AwsLogs(encryption_key=key))
    root = place.stack.node.root
    assert isinstance(root, cdk.App)
    assert findings(root) == []


def test_a_service_and_a_job_talk_through_their_groups() -> None:
    place = scene(audited=False)
    job, service = fargate_job(place), place.fargate()
    service.allow_from(job)
    resources = place.template
    (rule,) = [
        each["Properties"]
        for each in of_type(resources, "AWS::EC2::SecurityGroupIngress").values()
        if each["Properties"]["FromPort"] == 8080
    ]
    assert rule["SourceSecurityGroupId"] == place.stack.resolve(job.security_group.security_group_id)


def test_a_job_connects_to_what_the_cdk_has_connections_for() -> None:
    place = scene(audited=False)
    job = fargate_job(place)
    job.connections.allow_to(vpc_peer(place.stack), ec2.Port.tcp(5432))
    group = place.stack.resolve(job.security_group.security_group_id)["Fn::GetAtt"][0]
    inline = place.template["Resources"][group]["Properties"]["SecurityGroupEgress"]
    apart = [each["Properties"] for each in of_type(place.template, "AWS::EC2::SecurityGroupEgress").values()]
    own = [rule for rule in apart if rule["GroupId"] == {"Fn::GetAtt": [group, "GroupId"]}]
    assert 5432 in {rule["FromPort"] for rule in (*inline, *own)}


@pytest.mark.parametrize(
    ("cluster", "capacity", "expected"),
    [
        ({}, None, {"LaunchType": "FARGATE"}),
        (
            {"fargate_spot": True},
            SPOT,
            {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]},
        ),
        (
            {"default_strategy": [CapacityShare(provider=FargateProvider.FARGATE)]},
            None,
            {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}]},
        ),
        ({"default_strategy": [CapacityShare(provider=FargateProvider.FARGATE)]}, ClusterDefault.STRATEGY, {}),
    ],
    ids=["launch type", "spot", "the cluster's default", "as the cluster says"],
)
def test_a_job_runs_on_the_capacity_that_is_named(
    cluster: dict[str, Any], capacity: Any, expected: dict[str, Any]
) -> None:
    written = state_of(run(fargate_job(scene(audited=False, **cluster), capacity=capacity)))["Parameters"]
    assert {key: written[key] for key in written if key in {"LaunchType", "CapacityProviderStrategy"}} == expected


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"cluster": "cluster"}, Code.SETTING),
        ({"size": None}, Code.TASK_SIZE),
        ({"containers": []}, Code.CONTAINER_COUNT),
        ({"family": "a b"}, Code.FAMILY),
        ({"execution_role": "arn:aws:iam::123456789012:role/r"}, Code.SETTING),
        ({"task_role": "arn:aws:iam::123456789012:role/r"}, Code.SETTING),
        ({"logging": "logs"}, Code.SETTING),
        ({"capacity": SPOT}, Code.FARGATE_SPOT),
        ({"capacity": []}, Code.CAPACITY_STRATEGY),
        ({"capacity": ClusterDefault.STRATEGY}, Code.CAPACITY),
        ({"internet": True}, Code.INTERNET),
    ],
)
def test_what_could_not_run_is_refused(options: dict[str, Any], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as refused:
        fargate_job(**options)
    assert refused.value.code is code


def test_capacity_on_instances_is_refused() -> None:
    place = scene(audited=False)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    with pytest.raises(ConstructsEcsError, match=r"A FargateJob runs on Fargate.*Use an Ec2Job") as refused:
        fargate_job(place, capacity=[CapacityShare(provider=capacity)])
    assert refused.value.code is Code.CAPACITY


def test_an_image_on_the_internet_needs_egress_and_gets_it() -> None:
    place = scene(audited=False)
    with pytest.raises(ConstructsEcsError) as refused:
        fargate_job(place, containers=[Container(image=Image.from_registry("registry.example.com/a:1"))])
    assert refused.value.code is Code.UNREACHABLE_IMAGE
    place = scene(audited=False, egress=Egress.NAT_GATEWAY)
    credentials = RegistryCredentials(place.stack, "Credentials")
    image = Image.from_registry("registry.example.com:5000/a:1", credentials=credentials)
    job = fargate_job(place, containers=[Container(image=image)])
    group = place.stack.resolve(job.security_group.security_group_id)["Fn::GetAtt"][0]
    rules = place.template["Resources"][group]["Properties"]["SecurityGroupEgress"]
    assert {443, 5000} <= {rule["FromPort"] for rule in rules}


def test_internet_opens_443_and_no_more() -> None:
    place = scene(audited=False, egress=Egress.NAT_GATEWAY)
    job = fargate_job(place, internet=True)
    group = place.stack.resolve(job.security_group.security_group_id)["Fn::GetAtt"][0]
    rules = place.template["Resources"][group]["Properties"]["SecurityGroupEgress"]
    assert {rule["FromPort"] for rule in rules if rule["CidrIp"] == "0.0.0.0/0"} == {443}


def test_existing_roles_are_used_and_passed() -> None:
    root = stack()
    place = scene(scope=root, audited=False)
    roles = {
        name: iam.Role(root, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        for name in ("execution_role", "task_role")
    }
    job = fargate_job(place, execution_role=roles["execution_role"], task_role=roles["task_role"])
    passed = run(job).permissions[-1].resources
    assert root.resolve(list(passed)) == root.resolve([role.role_arn for role in roles.values()])


def test_one_role_for_both_is_passed_once() -> None:
    root = stack()
    place = scene(scope=root, audited=False)
    role = iam.Role(root, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    assert len(run(fargate_job(place, execution_role=role, task_role=role)).permissions[-1].resources) == 1


def test_a_size_a_log_and_a_switch_are_the_task_s() -> None:
    job = fargate_job(
        size=TaskSize(cpu=1024, memory_mib=2048), logging=AwsLogs(retention_days=7), enable_execute_command=False
    )
    resources = template(cdk.Stack.of(job))
    assert only(resources, "AWS::ECS::TaskDefinition")["Cpu"] == "1024"
    assert 7 in {each["Properties"]["RetentionInDays"] for each in of_type(resources, "AWS::Logs::LogGroup").values()}
    assert state_of(run(job))["Parameters"]["EnableExecuteCommand"] is False
    assert SIZE.cpu != 1024
