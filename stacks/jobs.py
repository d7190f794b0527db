"""The sample app's jobs: a nightly report, and the import of a list of files, each by a task that reports back."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_ecs import (
    AtPath,
    AwsLogs,
    Container,
    ContainerOverride,
    EcsCluster,
    FargateJob,
    RunTask,
    Steps,
    TaskSize,
    Workflow,
)
from stacks.images import ImagesStack
from stacks.settings import Settings


class JobsStack(cdk.Stack):
    """Two jobs from the worker's image, and the workflows that run them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        cluster: EcsCluster,
        images: ImagesStack,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="ECS jobs")
        logging = AwsLogs(encryption_key=key)
        self.report, self.file_import = (
            FargateJob(
                self,
                name,
                cluster=cluster,
                containers=[Container(image=images.worker, command=[command])],
                size=TaskSize(cpu=256, memory_mib=512),
                logging=logging,
            )
            for name, command in (("Report", "report"), ("FileImport", "import"))
        )
        self.nightly = Workflow(
            self,
            "Nightly",
            definition=RunTask(
                self,
                "Report on a day",
                job=self.report,
                overrides=[ContainerOverride(environment={"DAY": AtPath("$.day")})],
                timeout=cdk.Duration.hours(1),
            ),
            encryption_key=key,
        )
        self.nightly.on_schedule(
            "EveryNight",
            scheduler.ScheduleExpression.cron(hour="2", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
            input={"day": scheduler.ContextAttribute.scheduled_time},
            flexible_window=cdk.Duration.minutes(15),
        )
        steps = Steps(self, "Steps")
        self.imports = Workflow(
            self,
            "Imports",
            definition=steps.map(
                "Import files",
                steps.run_with_token(
                    "Import a file",
                    self.file_import,
                    overrides=[ContainerOverride(command=["import", AtPath("$.key")])],
                    heartbeat_timeout=cdk.Duration.minutes(5),
                    timeout=cdk.Duration.hours(1),
                ),
                items=AtPath("$.files"),
                max_concurrency=5,
            ),
            encryption_key=key,
        )
        alarms = sns.Topic(self, "Alarms", master_key=key, enforce_ssl=True)
        for workflow in (self.nightly, self.imports):
            workflow.alarm_on_failures(alarms)
        self.nightly.alarm_on_failed_triggers(alarms)
        self.nightly.alarm_on_missed_runs(alarms, within=cdk.Duration.hours(25))
