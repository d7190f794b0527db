"""The extension refuses what AWS refuses, and never drops what it does not know; the emulator ends with its starter."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.emulator.aws import Aws
from tests.emulator.comparing import differences
from tests.emulator.roles_session import acting_as
from tests.emulator.server import ROOT, running

_ROLE = "arn:aws:iam::123456789012:role/gone"
_SUBNET = "subnet-0123456789abcdef0"
_CONTAINER = {"Name": "app", "Image": "web", "Memory": 128}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with running() as emulator:
        yield Aws(emulator)


def _why_not(aws: Aws, name: str, **resources: dict[str, Any]) -> str:
    """Why a stack of resources is not made; nothing if it is."""
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    if found["StackStatus"] == "CREATE_COMPLETE":
        return ""
    assert found["StackStatus"] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return " ".join(each.get("ResourceStatusReason", "") for each in events)


def _resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


_VPC = _resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")
_CLUSTER = _resource("AWS::ECS::Cluster")
_REFUSED = {
    "a property that ECS does not have": (
        {"A": _resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[_CONTAINER], Colour="red")},
        "unsupported property Colour",
    ),
    "a property of a container that ECS does not have": (
        {"A": _resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[{**_CONTAINER, "Colour": "red"}])},
        "unsupported property Colour",
    ),
    "a property of a bucket that the extension does not know": (
        {"A": _resource("AWS::S3::Bucket", WebsiteConfiguration={"IndexDocument": "index.html"})},
        "does not know of the properties ['WebsiteConfiguration']",
    ),
    "a property of a secret that the extension does not know": (
        {"A": _resource("AWS::SecretsManager::Secret", ReplicaRegions=[{"Region": "eu-west-1"}])},
        "does not know of the properties ['ReplicaRegions']",
    ),
    "a role that does not exist": (
        {"A": _resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[_CONTAINER], ExecutionRoleArn=_ROLE)},
        "role with name gone cannot be found",
    ),
    "an endpoint in a network that does not exist": (
        {"A": _resource("AWS::EC2::VPCEndpoint", VpcId="vpc-0", ServiceName="com.amazonaws.us-east-1.ecs")},
        "vpc ID 'vpc-0' does not exist",
    ),
    "an endpoint in a subnet that does not exist": (
        {
            "Vpc": _VPC,
            "A": _resource(
                "AWS::EC2::VPCEndpoint",
                VpcId={"Ref": "Vpc"},
                VpcEndpointType="Interface",
                ServiceName="com.amazonaws.us-east-1.ecs",
                SubnetIds=[_SUBNET],
            ),
        },
        f"'{_SUBNET}' does not exist",
    ),
    "a rule of a security group that does not exist": (
        {"A": _resource("AWS::EC2::SecurityGroupIngress", GroupId="sg-0", IpProtocol="-1", CidrIp="10.0.0.0/8")},
        "security group 'sg-0' does not exist",
    ),
    "a capacity provider that the cluster does not have": (
        {
            "Cluster": _CLUSTER,
            "Task": _resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[_CONTAINER], NetworkMode="bridge"),
            "A": _resource(
                "AWS::ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "Task"},
                CapacityProviderStrategy=[{"CapacityProvider": "gone", "Weight": 1}],
            ),
        },
        "capacity provider of the cluster 'gone' does not exist",
    ),
    "a service on Fargate of a task that is not for it": (
        {
            "Cluster": _CLUSTER,
            "Task": _resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[_CONTAINER], NetworkMode="bridge"),
            "A": _resource(
                "AWS::ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "Task"},
                LaunchType="FARGATE",
            ),
        },
        "does not support launch_type FARGATE",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_stack_is_refused_with(case: str, aws: Aws) -> None:
    resources, reason = _REFUSED[case]
    assert reason in _why_not(aws, f"Refused{list(_REFUSED).index(case)}", **resources)


def test_two_listeners_of_a_load_balancer_have_two_ports(aws: Aws) -> None:
    subnets = {
        f"Subnet{number}": _resource(
            "AWS::EC2::Subnet",
            VpcId={"Ref": "Vpc"},
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone={"Fn::Select": [number, {"Fn::GetAZs": ""}]},
        )
        for number in range(2)
    }
    balancer = _resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": each} for each in subnets])
    listener = _resource(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "Balancer"},
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    one = {"Vpc": _VPC, **subnets, "Balancer": balancer, "One": listener}
    assert _why_not(aws, "OneListener", **one) == ""
    assert "A listener already exists on this port" in _why_not(aws, "TwoListeners", **one, Two=listener)


def test_a_secret_is_named_by_its_arn_and_holds_the_value_that_the_template_wants(aws: Aws) -> None:
    wanted = {"GenerateStringKey": "password", "SecretStringTemplate": '{"username": "a"}', "PasswordLength": 20}
    secret = _resource("AWS::SecretsManager::Secret", GenerateSecretString=wanted)
    assert _why_not(aws, "Secret", Secret=secret) == ""
    (found,) = aws("cloudformation").list_stack_resources(StackName="Secret")["StackResourceSummaries"]
    arn = found["PhysicalResourceId"]
    assert aws("secretsmanager").describe_secret(SecretId=arn)["ARN"] == arn
    value = json.loads(aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    assert (value["username"], len(value["password"])) == ("a", 20)


def test_a_resource_that_is_held_waits_while_the_emulator_answers(aws: Aws) -> None:
    with aws.emulator.held("AWS::ECS::Cluster"):
        aws("cloudformation").create_stack(
            StackName="Held", TemplateBody=json.dumps({"Resources": {"Cluster": _CLUSTER}})
        )
        for _ in range(5):
            (found,) = aws("cloudformation").describe_stacks(StackName="Held")["Stacks"]
            assert found["StackStatus"] == "CREATE_IN_PROGRESS"
            time.sleep(0.05)
    aws("cloudformation").get_waiter("stack_create_complete").wait(
        StackName="Held", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


@pytest.mark.parametrize("what", ["taken away", "changed"])
def test_an_export_in_use_is_not(what: str, aws: Aws) -> None:
    name = f"Exports{what.split(maxsplit=1)[0]}"
    export = {"Value": {"Ref": "A"}, "Export": {"Name": name}}
    body = {"Resources": {"A": _CLUSTER, "B": _CLUSTER}, "Outputs": {"Out": export}}
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    parameter = _resource("AWS::SSM::Parameter", Type="String", Value={"Fn::ImportValue": name})
    assert _why_not(aws, f"{name}User", User=parameter) == ""

    outputs = {"taken away": {}, "changed": {"Out": {**export, "Value": {"Ref": "B"}}}}[what]
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps({**body, "Outputs": outputs}))
    with pytest.raises(WaiterError, match="UPDATE_ROLLBACK_COMPLETE"):
        cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert any(
        f"export {name} as it is in use by {name}User" in each.get("ResourceStatusReason", "") for each in events
    )


@pytest.mark.parametrize(
    ("principal", "service", "may"),
    [
        ({"Service": "ecs-tasks.amazonaws.com"}, "ecs-tasks.amazonaws.com", True),
        ({"Service": "ecs-tasks.amazonaws.com"}, "ec2.amazonaws.com", False),
        ({"Service": "ecs-tasks.amazonaws.com"}, None, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, None, True),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "ecs-tasks.amazonaws.com", False),
    ],
)
def test_a_role_is_assumed_by_whom_it_trusts(
    principal: dict[str, str], service: str | None, may: bool, aws: Aws
) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    name = f"role-{time.monotonic_ns()}"
    role = aws("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    if may:
        assert acting_as(aws, role, service)("sts").get_caller_identity()["Arn"].split("/", maxsplit=2)[1] == name
    else:
        with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
            acting_as(aws, role, service)


def test_the_emulator_ends_when_whoever_started_it_is_killed() -> None:
    starting = (
        "import time; from tests.emulator.server import running\n"
        "with running() as emulator: print(emulator.pid, emulator.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", starting], cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid, folder = starter.stdout.readline().split()
        assert _is_running(int(pid))
        starter.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _is_running(int(pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running(int(pid))
    for left in Path(folder).iterdir():
        left.unlink()
    Path(folder).rmdir()


def _is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for its end does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("expected", "found", "line"),
    [
        ({"A": 1}, {"A": 2}, "A: expected 1, found 2"),
        ({"A": 1}, {}, "A: 1 is not there"),
        ({}, {"A": 1}, "A: 1 was not asked for"),
        ({"A": [{"B": "x"}]}, {"A": [{"B": "y"}]}, "A[].B: expected 'x', found 'y'"),
        ({"A": ["x"]}, {"A": ["x", "y"]}, "A: expected ['x'], found ['x', 'y']"),
        ({"A": True}, {"A": False}, "A: expected True, found False"),
        ({}, {"Size": 3}, "Size: 3 was not asked for"),
    ],
)
def test_a_difference_is_told_in_either_direction(expected: Any, found: Any, line: str) -> None:
    assert list(differences(expected, found, {"Size": 2})) == [line]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"A": "512"}, {"A": 512}),
        ({"A": "true"}, {"A": True}),
        ({"SubnetIds": ["b", "a"]}, {"SubnetIds": ["a", "b"]}),
        ({"PolicyDocument": {"Version": "1"}}, {"PolicyDocument": '{"Version": "1"}'}),
        ({}, {"Size": 2, "Nothing": []}),
    ],
)
def test_another_way_to_write_the_same_is_no_difference(expected: Any, found: Any) -> None:
    assert list(differences(expected, found, {"Size": 2})) == []
