"""Launch sites in a few words, and the calls that they make."""

from pathlib import Path
from typing import Any

from constructs_ecs.preflight.calls import Call, Purpose, derive
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.launch_sites import LaunchSite, find
from constructs_ecs.preflight.proof import CallProof, prove
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Unknown
from tests.preflight.support import Body, graph

FIXTURES = Path(__file__).parent / "fixtures"

NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
    "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}}},
}
AWSVPC = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
IN_NETWORK = {"AwsvpcConfiguration": AWSVPC}


def resource(type_: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{type_}", "Properties": properties}


def role(service: str = "ecs-tasks", *allowed: str, resources: object = "*") -> dict[str, Any]:
    """A role that a service may assume, and what it may do."""
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    statement = {"Effect": "Allow", "Action": list(allowed), "Resource": resources}
    policies = [{"PolicyName": "P", "PolicyDocument": {"Statement": [statement]}}] if allowed else []
    return resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [trust]}, Policies=policies)


def task_definition(container: dict[str, Any] | None = None, **properties: object) -> dict[str, Any]:
    """A task definition of one container, for Fargate unless it is told otherwise."""
    made = {"Name": "app", "Image": "registry.example.com/app:1"} | (container or {})
    fargate = {"RequiresCompatibilities": ["FARGATE"], "NetworkMode": "awsvpc"}
    return resource("ECS::TaskDefinition", **{"Family": "app", "ContainerDefinitions": [made]} | fargate | properties)


def service(**properties: object) -> dict[str, Any]:
    """A service on Fargate, unless it is told otherwise; None leaves a property out."""
    made = {
        "Cluster": {"Ref": "Cluster"},
        "TaskDefinition": {"Ref": "Task"},
        "LaunchType": "FARGATE",
        "NetworkConfiguration": IN_NETWORK,
    } | properties
    return resource("ECS::Service", **{key: value for key, value in made.items() if value is not None})


def fargate(container: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    """A template with one service on Fargate; whatever else is given replaces or joins its resources."""
    own = {
        "Cluster": resource("ECS::Cluster"),
        "Task": task_definition(container, ExecutionRoleArn={"Fn::GetAtt": ["Execution", "Arn"]}),
        "Execution": role("ecs-tasks", "*"),
        "Service": service(),
    }
    return {**NETWORK, **own, **more}


def ec2(container: dict[str, Any] | None = None, mode: str = "bridge", **more: object) -> dict[str, Any]:
    """A template with one service on the instances of an Auto Scaling group, in the cluster by its start script."""
    own = {
        "Cluster": resource("ECS::Cluster"),
        "Task": task_definition(container, RequiresCompatibilities=["EC2"], NetworkMode=mode),
        "Service": service(LaunchType="EC2", NetworkConfiguration=IN_NETWORK if mode == "awsvpc" else None),
        "InstanceRole": role("ec2", "*"),
        "Profile": resource("IAM::InstanceProfile", Roles=[{"Ref": "InstanceRole"}]),
        "InstanceGroup": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        "Template": launch_template(),
        "Asg": auto_scaling_group(),
    }
    return {**NETWORK, **own, **more}


def launch_template(**data: object) -> dict[str, Any]:
    made = {
        "IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["Profile", "Arn"]}},
        "SecurityGroupIds": [{"Fn::GetAtt": ["InstanceGroup", "GroupId"]}],
        "UserData": {"Fn::Base64": {"Fn::Sub": "#!/bin/bash\necho ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config"}},
    } | data
    return resource("EC2::LaunchTemplate", LaunchTemplateData=made)


def auto_scaling_group(**properties: object) -> dict[str, Any]:
    made = {"VPCZoneIdentifier": [{"Ref": "Subnet"}], "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}}}
    return resource("AutoScaling::AutoScalingGroup", **made | properties)


def only_site(body: Body) -> LaunchSite:
    (site,) = find(graph(body))
    return site


def calls(body: Body, *, account: str | None = None, region: str | None = None) -> tuple[Call, ...]:
    """The calls of a template's only launch site."""
    made = graph(body, account=account, region=region)
    (site,) = find(made)
    return derive(site, made)


def of(purpose: Purpose, made: tuple[Call, ...]) -> tuple[Call, ...]:
    return tuple(call for call in made if call.purpose is purpose)


def only(purpose: Purpose, made: tuple[Call, ...]) -> Call:
    (call,) = of(purpose, made)
    return call


def purposes(made: tuple[Call, ...]) -> list[str]:
    """What calls are for, each once, in their order."""
    return list(dict.fromkeys(call.purpose.name for call in made))


def leaves_by(call: Call) -> str:
    """The security group that a call carries, or why that is not known."""
    if isinstance(call.interface, NetworkInterface):
        return ", ".join(str(getattr(group, "logical_id", group)) for group in call.interface.security_groups)
    return call.interface.reason if isinstance(call.interface, Unknown) else "none"


def proofs(body: Body | Graph) -> tuple[CallProof, ...]:
    """The proofs of all calls of all launch sites."""
    made = body if isinstance(body, Graph) else graph(body)
    return tuple(call for site in prove(made) for call in site.calls)


def failing(body: Body | Graph) -> set[tuple[str, str]]:
    """What does not pass: purposes, and the first thing that breaks them."""
    found = [proof for proof in proofs(body) if proof.verdict is not Verdict.PASS]
    first = ((proof, next(link for link in proof.evidence if link.verdict is proof.verdict)) for proof in found)
    return {(proof.call.purpose.name, link.fault.name if link.fault else link.kind.name) for proof, link in first}


def name_of(found: object) -> str:
    """The logical id of a resource, or what stands for it."""
    return str(getattr(found, "logical_id", found))
