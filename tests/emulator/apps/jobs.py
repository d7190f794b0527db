"""One job in an isolated network, run by every pattern and in steps, and started by the clock and by an object."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
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
    FargateJob,
    Image,
    Jsonata,
    ObjectCreated,
    PrivateNetwork,
    RunTask,
    Steps,
    TaskSize,
    Workflow,
)

HOUR = cdk.Duration.hours(1)
SILENCE = cdk.Duration.minutes(5)
COMMANDS = [ContainerOverride(command=AtPath("$.commands"), environment={"DAY": AtPath("$.day")})]


class Jobs(cdk.Stack):
    """Everything in one stack."""

    def __init__(self, scope: cdk.App, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(self, "Key", enable_key_rotation=True)
        network = PrivateNetwork(self, "Network", encryption_key=self.key)
        cluster = EcsCluster(self, "Cluster", network=network, fargate_spot=True)
        repository = EcrRepository(self, "Repository", encryption_key=self.key)
        self.first, self.second = (
            FargateJob(
                self,
                name,
                cluster=cluster,
                containers=[Container(image=Image.from_ecr(repository, tag="1.0.3"), environment={"MODE": "full"})],
                size=TaskSize(cpu=256, memory_mib=512),
            )
            for name in ("First", "Second")
        )
        self._patterns()
        self._steps()
        self._languages()

    def _workflow(self, name: str, definition: sfn.IChainable, **options: object) -> Workflow:
        return Workflow(self, name, definition=definition, encryption_key=self.key, **options)  # type: ignore[arg-type]

    def _patterns(self) -> None:
        """One state for each of the three patterns."""
        waiting = self._workflow("Waiting", RunTask(self, "Wait", job=self.first, overrides=COMMANDS, timeout=HOUR))
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        waiting.alarm_on_failures(topic)
        waiting.on_schedule(
            "Nightly",
            scheduler.ScheduleExpression.cron(hour="2", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
            input={"commands": ["exit", "0"], "day": "monday"},
        )
        files = s3.Bucket(self, "Files", enforce_ssl=True, block_public_access=s3.BlockPublicAccess.BLOCK_ALL)
        self._workflow("Limited", RunTask(self, "Limit", job=self.first, overrides=COMMANDS), timeout=HOUR).on_event(
            "Arrived",
            ObjectCreated(bucket=files, prefix="in/"),
            input=_arrived(),
        )
        token = RunTask(
            self,
            "Report back",
            job=self.first,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            overrides=COMMANDS,
            timeout=HOUR,
            heartbeat_timeout=SILENCE,
        )
        self._workflow("Reporting", token)
        accept = RunTask(
            self,
            "Accept",
            job=self.first,
            integration_pattern=sfn.IntegrationPattern.REQUEST_RESPONSE,
            overrides=COMMANDS,
        )
        self._workflow("Accepting", accept)

    def _steps(self) -> None:
        """The builder's steps, each failure caught."""
        steps = Steps(self, "Steps", timeout=HOUR)
        extract = steps.run("Extract", self.first)
        load = steps.parallel(
            "Load",
            steps.run("Users", self.first, keep_input=True),
            steps.run("Orders", self.second, keep_input=True),
            keep_input=True,
        )
        each = steps.run_with_token(
            "One file",
            self.second,
            heartbeat_timeout=SILENCE,
            overrides=[ContainerOverride(environment={"FILE": AtPath("$.name")})],
        )
        files = steps.map("Files", each, items=AtPath("$.files"), max_concurrency=2, keep_input=False)
        failed = sfn.Fail(self, "Failed", error_path="$.Error", cause_path="$.Cause")
        self._workflow("Importing", steps.catch("All", steps.sequence(extract, load, files), on_failure=failed))
        self._workflow("Cheap", steps.run_on_spot("Spot", self.first))

    def _languages(self) -> None:
        """Steps and a state in JSONata, and variables."""
        steps = Steps(self, "JSONata steps", query_language=sfn.QueryLanguage.JSONATA)
        one = steps.run_with_token(
            "One of some",
            self.second,
            heartbeat_timeout=SILENCE,
            overrides=[ContainerOverride(environment={"FILE": Jsonata("$states.input.name")})],
        )
        some = steps.map(
            "Some", one, items=Jsonata("$states.input.files"), tolerated_failures=1, max_concurrency=1, keep_input=False
        )
        self._workflow("Tolerating", some)
        state = RunTask(
            self,
            "Ask",
            job=self.first,
            overrides=[
                ContainerOverride(command=Jsonata("$states.input.words ~> $map(function($word) { $string($word) })"))
            ],
            outputs={"code": "{% $states.result.Containers[0].ExitCode %}"},
            assign={"cluster": "{% $states.result.ClusterArn %}"},
            timeout=HOUR,
        )
        again = sfn.Pass(self, "Tell", query_language=sfn.QueryLanguage.JSONATA, outputs={"cluster": "{% $cluster %}"})
        self._workflow("Asking", state.next(again))


def _arrived() -> events.RuleTargetInput:
    commands = ["exit", "0"]
    return events.RuleTargetInput.from_object(
        {"commands": commands, "day": events.EventField.from_path("$.detail.object.key")}
    )


app = cdk.App()
Jobs(app, "Test-Batch")
app.synth()
