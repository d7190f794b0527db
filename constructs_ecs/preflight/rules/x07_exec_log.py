"""X07: exec sessions whose record cannot be written."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites.reading import as_text, walk
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.rules.permission_rule import CallNeeds
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

_PATH: Final = ("Configuration", "ExecuteCommandConfiguration")
_LOG_GROUP: Final = "AWS::Logs::LogGroup"


class ExecLog(CallNeeds):
    """The cluster records exec sessions, and the task may not write the record or cannot reach where it goes."""

    id = "X07"
    severity = Severity.EXEC
    purposes = frozenset({Purpose.WRITE_EXEC_LOG, Purpose.WRITE_EXEC_OBJECT, Purpose.ENCRYPT_EXEC_OBJECT})
    endpoint = "endpoints for logs and s3, as the cluster's configuration names a log group or a bucket,"
    statement = (
        "The cluster records exec sessions in a log group or bucket that the task role may not write to or the task "
        "cannot reach; or its configuration contradicts itself."
    )
    symptom = "The exec session ends with an error, or leaves no record."
    decided_by = (
        "ExecuteCommandConfiguration of the cluster with Logging OVERRIDE, the task role's policies, the VPC's ways to "
        "logs and s3, and KmsKeyId of the log group where CloudWatchEncryptionEnabled is on."
    )
    fix = "Allow {the role} to write to the log group and the bucket of the cluster's ExecuteCommandConfiguration."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec"

    def check(self, context: Context) -> Iterator[Finding]:
        """Explain the calls that fail, and look at the clusters themselves."""
        yield from super().check(context)
        for cluster in context.graph.resources("AWS::ECS::Cluster"):
            yield from self._configuration(context, cluster)

    def _configuration(self, context: Context, cluster: Resource) -> Iterator[Finding]:
        configuration = cluster.get(*_PATH)
        where = below(cluster.where, *_PATH)
        if walk(configuration, "Logging") != "OVERRIDE":
            return
        logs = walk(configuration, "LogConfiguration")
        if not logs and not isinstance(logs, Unknown):
            yield self.finding(
                where,
                f"{cluster.logical_id} has Logging OVERRIDE without a LogConfiguration.",
                launch_sites=context.launch_sites_in(cluster),
                severity=Severity.DEPLOY,
                symptom="InvalidParameterException: the cluster is refused.",
                fix="Name a log group or a bucket in the LogConfiguration of {the cluster}.",
            )
        yield from self._encryption(context, cluster, logs, below(where, "LogConfiguration"))

    def _encryption(
        self,
        context: Context,
        cluster: Resource,
        logs: Any,  # noqa: ANN401 - any resolved value
        where: Where,
    ) -> Iterator[Finding]:
        if boolean(walk(logs, "CloudWatchEncryptionEnabled"), default=False) is not Ternary.YES:
            return
        group = context.graph.target(walk(logs, "CloudWatchLogGroupName"), _LOG_GROUP)
        if group is not None and as_text(group.get("KmsKeyId")) is None:
            yield self.finding(
                below(where, "CloudWatchEncryptionEnabled"),
                f"{cluster.logical_id} asks for an encrypted log group, and {group.logical_id} has no own key.",
                launch_sites=_with_exec(context, cluster),
                fix=f"Set KmsKeyId of the log group {group.logical_id}, or let {{the cluster}} not ask for encryption.",
            )


def _with_exec(context: Context, cluster: Resource) -> tuple[Where, ...]:
    return context.launch_sites(lambda site: site.cluster is cluster and site.exec_enabled is Ternary.YES)
