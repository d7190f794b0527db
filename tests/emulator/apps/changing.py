"""The sample app with a change that the context names, as a user or a slip might make it."""

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam

from constructs_ecs import Container, FargateService, TaskSize
from stacks.sample import Sample, compose
from stacks.settings import Settings

_DEAD_ROLE = "arn:aws:iam::123456789012:role/gone"
_DEAD_SUBNET = "subnet-0123456789abcdef0"


def _add_service(sample: Sample, *, enable_execute_command: bool) -> None:
    FargateService(
        sample.services,
        "Extra",
        cluster=sample.cluster.cluster,
        containers=[Container(image=sample.images.web, port=8080)],
        size=TaskSize(cpu=256, memory_mib=512),
        enable_execute_command=enable_execute_command,
    )


def _change(sample: Sample, change: str) -> None:
    definition = sample.services.web.task.task_definition.node.default_child
    assert isinstance(definition, ecs.CfnTaskDefinition)
    (service,) = (each for each in sample.services.web.node.find_all() if isinstance(each, ecs.CfnService))
    match change:
        case "one more service":
            _add_service(sample, enable_execute_command=True)
        case "one feature off":
            _add_service(sample, enable_execute_command=False)
        case "image role that is gone":
            definition.add_property_override("ExecutionRoleArn", _DEAD_ROLE)
        case "image role for another service":
            other = iam.Role(sample.services, "Other", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
            definition.add_property_override("ExecutionRoleArn", other.role_arn)
        case "dead subnet":
            service.add_property_override("NetworkConfiguration.AwsvpcConfiguration.Subnets", [_DEAD_SUBNET])


app = cdk.App()
sample = compose(app, Settings.from_context(app.node))
_change(sample, app.node.try_get_context("change") or "none")
app.synth()
