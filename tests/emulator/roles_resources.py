"""What a role may be asked to act on: the resources that were deployed, and those like them that are someone else's."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.emulator.deployed import Stack
from tests.emulator.roles_actions import resource_types
from tests.emulator.server import ACCOUNT, REGION

OTHER_ACCOUNT, OTHER_REGION = "210987654321", "eu-west-1"

# What stands behind ``arn:aws:`` for a resource with the given physical id, and for what is in it.
_HERE = f"{REGION}:{ACCOUNT}"
_ARNS: dict[str, dict[str, str]] = {
    "AWS::AutoScaling::AutoScalingGroup": {
        "": f"autoscaling:{_HERE}:autoScalingGroup:0a1b2c3d:autoScalingGroupName/{{}}"
    },
    "AWS::CloudWatch::Alarm": {"": f"cloudwatch:{_HERE}:alarm:{{}}"},
    "AWS::EC2::EIP": {"": f"ec2:{_HERE}:elastic-ip/{{}}"},
    "AWS::EC2::FlowLog": {"": f"ec2:{_HERE}:vpc-flow-log/{{}}"},
    "AWS::EC2::InternetGateway": {"": f"ec2:{_HERE}:internet-gateway/{{}}"},
    "AWS::EC2::LaunchTemplate": {"": f"ec2:{_HERE}:launch-template/{{}}"},
    "AWS::EC2::NatGateway": {"": f"ec2:{_HERE}:natgateway/{{}}"},
    "AWS::EC2::RouteTable": {"": f"ec2:{_HERE}:route-table/{{}}"},
    "AWS::EC2::SecurityGroup": {"": f"ec2:{_HERE}:security-group/{{}}"},
    "AWS::EC2::SecurityGroupEgress": {"": f"ec2:{_HERE}:security-group-rule/{{}}"},
    "AWS::EC2::SecurityGroupIngress": {"": f"ec2:{_HERE}:security-group-rule/{{}}"},
    "AWS::EC2::Subnet": {"": f"ec2:{_HERE}:subnet/{{}}"},
    "AWS::EC2::VPC": {"": f"ec2:{_HERE}:vpc/{{}}"},
    "AWS::EC2::VPCEndpoint": {"": f"ec2:{_HERE}:vpc-endpoint/{{}}"},
    "AWS::ECR::Repository": {"": f"ecr:{_HERE}:repository/{{}}"},
    "AWS::ECS::CapacityProvider": {"": f"ecs:{_HERE}:capacity-provider/{{}}"},
    "AWS::ECS::Cluster": {
        "": f"ecs:{_HERE}:cluster/{{}}",
        "a task": f"ecs:{_HERE}:task/{{}}/0a1b2c3d",
        "a container instance": f"ecs:{_HERE}:container-instance/{{}}/0a1b2c3d",
    },
    "AWS::Events::Rule": {"": f"events:{_HERE}:rule/{{}}"},
    "AWS::IAM::InstanceProfile": {"": f"iam::{ACCOUNT}:instance-profile/{{}}"},
    "AWS::IAM::Role": {"": f"iam::{ACCOUNT}:role/{{}}"},
    "AWS::KMS::Key": {"": f"kms:{_HERE}:key/{{}}"},
    "AWS::Logs::LogGroup": {
        "": f"logs:{_HERE}:log-group:{{}}",
        "a log stream": f"logs:{_HERE}:log-group:{{}}:log-stream:0a1b2c3d",
    },
    "AWS::S3::Bucket": {"": "s3:::{}", "an object": "s3:::{}/0a1b2c3d"},
    "AWS::SSM::Parameter": {"": f"ssm:{_HERE}:parameter/{{}}"},
    "AWS::Scheduler::Schedule": {"": f"scheduler:{_HERE}:schedule/any/{{}}"},
    "AWS::Scheduler::ScheduleGroup": {"": f"scheduler:{_HERE}:schedule-group/{{}}"},
}
# Parts of other resources.
_WITHOUT_ARN = frozenset(
    {
        "AWS::CDK::Metadata",
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::IAM::Policy",
        "AWS::Logs::ResourcePolicy",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)


@dataclass(frozen=True)
class Target:
    """Something to act on.

    Args:
        arn: its ARN.
        label: what it is, in words that are the same with each deployment.
        own: whether it was deployed with the role.
    """

    arn: str
    label: str
    own: bool = False


@dataclass(frozen=True)
class _Form:
    """How a resource's name stands in an ARN, and what that ARN is of: of the resource, or of what is in it."""

    text: str
    name: str
    within: str = ""

    @property
    def arn(self) -> str:
        return self.text.format(self.name)


ANYTHING = Target("*", "*")
# Step Functions makes it, with the rights of the first state machine that waits for a task's end.
MANAGED_RULE = Target(
    f"arn:aws:events:{_HERE}:rule/StepFunctionsGetEventsForECSTaskRule", "Step Functions' rule for tasks", own=True
)


def path(stack: Stack, logical_id: str) -> str:
    """Where a resource stands in the app, without the prefix that each variant has of its own."""
    written: str = stack.template["Resources"][logical_id]["Metadata"]["aws:cdk:path"]
    return written.partition("-")[2].removesuffix("/Resource")


def own_targets(stacks: Iterable[Stack]) -> list[Target]:
    """All resources of the stacks that have an ARN, and what is in them."""
    return [MANAGED_RULE, *(Target(form.arn, label, own=True) for stack in stacks for label, form in _labelled(stack))]


def like_own_targets(stacks: Iterable[Stack]) -> list[Target]:
    """What is like a resource of the stacks, and is not it: elsewhere, or of a name that begins or ends alike."""
    return [each for stack in stacks for label, form in _labelled(stack) for each in _like(label, form)]


def _like(label: str, form: _Form) -> Iterator[Target]:
    _, partition, service, region, account, resource = form.arn.split(":", 5)
    head = f"arn:{partition}:{service}"
    if account:
        yield Target(f"{head}:{region}:{OTHER_ACCOUNT}:{resource}", f"{label}, in another account")
    if region:
        yield Target(f"{head}:{OTHER_REGION}:{account}:{resource}", f"{label}, in another Region")
    for name in (f"{form.name}0", form.name[:-1], f"0{form.name}"):
        yield Target(form.text.format(name), f"{label}, of a name like it")


def own_arns(stack: Stack, logical_id: str) -> list[str]:
    """The ARNs of a resource and of what is in it."""
    return [form.arn for form in _forms(stack, logical_id)]


def _labelled(stack: Stack) -> Iterator[tuple[str, _Form]]:
    for logical_id in stack.resources:
        for form in _forms(stack, logical_id):
            label = path(stack, logical_id)
            yield f"{label}: {form.within}" if form.within else label, form


def _forms(stack: Stack, logical_id: str) -> Iterator[_Form]:
    resource_type, physical_id = stack.template["Resources"][logical_id]["Type"], stack.physical_ids[logical_id]
    if resource_type in _WITHOUT_ARN:
        return
    if resource_type == "AWS::ECS::TaskDefinition":
        family = physical_id.rpartition("/")[2].partition(":")[0]
        for within, revision in (("", ":1"), ("the family", ""), ("another revision", ":17")):
            yield _Form(f"arn:aws:ecs:{_HERE}:task-definition/{{}}{revision}", family, within)
        return
    if resource_type == "AWS::StepFunctions::StateMachine":
        for within, kind, end in (("", "stateMachine", ""), ("an execution", "execution", ":0a1b2c3d")):
            yield _Form(f"arn:aws:states:{_HERE}:{kind}:{{}}{end}", physical_id.rpartition(":")[2], within)
        return
    if resource_type == "AWS::SQS::Queue":  # whose physical id is its URL
        yield _Form(f"arn:aws:sqs:{_HERE}:{{}}", physical_id.rpartition("/")[2])
        return
    if physical_id.startswith("arn:"):
        *head, resource = physical_id.split(":", 5)
        *kinds, name = re.split(r"(?<=[:/])", resource, maxsplit=1)  # a topic's ARN ends in its name alone
        kind = "".join(kinds)
        yield _Form(":".join([*head, f"{kind}{{}}"]), name)
        return
    for within, text in _ARNS[resource_type].items():
        yield _Form(f"arn:aws:{text}", physical_id, within)


def types_of(service: str) -> Iterator[Target]:
    """A resource of each type of a service, in the account and elsewhere, that no stack knows of."""
    for name, form in resource_types(service).items():
        for where, region, account in (
            ("", REGION, ACCOUNT),
            (" in another account", REGION, OTHER_ACCOUNT),
            (" in another Region", OTHER_REGION, ACCOUNT),
        ):
            known = form.replace("${Partition}", "aws").replace("${Region}", region).replace("${Account}", account)
            arn = re.sub(r"\$\{[^}]*\}", "someone-elses", known).replace("*", "someone-elses")
            yield Target(arn, f"someone else's {service} {name}{where}")
