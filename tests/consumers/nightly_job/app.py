"""Somebody else's app: a job every night and for each upload, Spot first, and an alarm when it fails."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs import (
    AtPath,
    Container,
    ContainerOverride,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateJob,
    Image,
    ObjectCreated,
    PrivateNetwork,
    Steps,
    TaskSize,
    Workflow,
)

app = cdk.App()
stack = cdk.Stack(app, "Reports")
network = PrivateNetwork(stack, "Network")
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"), fargate_spot=True)
image = Image.from_ecr(EcrRepository(stack, "Repository"), tag="1.4.2")
size = TaskSize(cpu=256, memory_mib=512)
collect, publish = (
    FargateJob(stack, name, cluster=cluster, containers=[Container(image=image, command=[name.lower()])], size=size)
    for name in ("Collect", "Publish")
)
steps = Steps(stack, "Steps", timeout=cdk.Duration.hours(1))
override = ContainerOverride(environment={"EVENT": AtPath("States.JsonToString($)")})
nightly = Workflow(
    stack,
    "Nightly",
    definition=steps.sequence(
        steps.run_on_spot("Collect", collect, overrides=[override]),
        steps.run_with_token("Publish", publish, heartbeat_timeout=cdk.Duration.minutes(5)),
        sfn.Succeed(stack, "Done"),
    ),
)
nightly.on_schedule("EveryNight", scheduler.ScheduleExpression.cron(hour="2", minute="0"))
nightly.on_event("Uploaded", ObjectCreated(bucket=s3.Bucket(stack, "Uploads", enforce_ssl=True), prefix="reports/"))
nightly.alarm_on_failures(sns.Topic(stack, "Alarms"))
app.synth()
