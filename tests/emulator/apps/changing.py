"""The sample app, and the sample app with changes that a user or a slip might make, each in a folder of its own.

The context names the changes (``changes=new image tag,exec off``); each is synthesized into the folder of its name in
this app's output folder, all in one process, because it is starting one that takes long.
"""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam

from constructs_ecs import Container, FargateService, TaskSize
from stacks import services
from stacks.sample import Sample, compose
from stacks.settings import Settings

_DEAD_ROLE = "arn:aws:iam::123456789012:role/gone"
_DEAD_SUBNET = "subnet-0123456789abcdef0"


class _WithoutExec(FargateService):
    """The web service of a user who turns ECS Exec off, and with it the command for it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named, enable_execute_command=False)

    def output_exec_command(
        self, construct_id: str = "ExecCommand", *, container: str | None = None, command: str | None = None
    ) -> cdk.CfnOutput:
        assert (container, command) == (None, None)
        return cdk.CfnOutput(self, construct_id, value="off")


def _compose(root: cdk.App, change: str) -> Sample:
    given = services.__dict__
    before = given["FargateService"]
    given["FargateService"] = _WithoutExec if change == "exec off" else before
    try:
        return compose(root, Settings.from_context(root.node))
    finally:
        given["FargateService"] = before


def _add_service(sample: Sample) -> None:
    FargateService(
        sample.services,
        "Extra",
        cluster=sample.cluster.cluster,
        containers=[Container(image=sample.images.web, port=8080)],
        size=TaskSize(cpu=256, memory_mib=512),
    )


def _change(sample: Sample, change: str) -> None:
    definition = sample.services.web.task.task_definition.node.default_child
    assert isinstance(definition, ecs.CfnTaskDefinition)
    (service,) = (each for each in sample.services.web.node.find_all() if isinstance(each, ecs.CfnService))
    match change:
        case "one more service":
            _add_service(sample)
        case "image role that is gone":
            definition.add_property_override("ExecutionRoleArn", _DEAD_ROLE)
        case "image role for another service":
            other = iam.Role(sample.services, "Other", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
            definition.add_property_override("ExecutionRoleArn", other.role_arn)
        case "dead subnet":
            service.add_property_override("NetworkConfiguration.AwsvpcConfiguration.Subnets", [_DEAD_SUBNET])
        case _:
            assert change in ("exec off", "new image tag")


def _synth(change: str, folder: str) -> None:
    own = {"image_tag": "1.4.3"} if change == "new image tag" else {}
    changed = cdk.App(outdir=str(Path(folder) / change.replace(" ", "-")), post_cli_context=own)
    _change(_compose(changed, change), change)
    changed.synth()


app = cdk.App()
compose(app, Settings.from_context(app.node))
for named in filter(None, (app.node.try_get_context("changes") or "").split(",")):
    _synth(named, app.outdir)
app.synth()
