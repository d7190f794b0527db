"""ECS Exec: the channels that the agent inside of the containers opens, and the record of what is typed.

Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec" (seed document 004); CloudFormation,
``AWS::ECS::Cluster ExecuteCommandConfiguration``.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from constructs_ecs.facts import features
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls.call import EXEC, RUN, Call, KeyUse, Purpose
from constructs_ecs.preflight.calls.logs import KEY_ADVISORY, group_key, log_group_of
from constructs_ecs.preflight.calls.making import (
    DECRYPT,
    Maker,
    actions,
    arn_of,
    aws_service,
    key_of,
    log_group_arn,
)
from constructs_ecs.preflight.calls.scene import Party, Scene
from constructs_ecs.preflight.calls.secrets import bucket_key
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import as_text, walk
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean, text

CONFIGURATION: Final = ("Configuration", "ExecuteCommandConfiguration")
_LIST_GROUPS: Final = actions(features.exec_log_group("any", region="any"))
_WRITE: Final = actions(features.exec_log_group("any", region="any"), 1)
_INSPECT_BUCKET: Final = actions(features.exec_log_bucket("any"))
_PUT: Final = actions(features.exec_log_bucket("any"), 1)
_ENCRYPT_OBJECT: Final = actions(features.exec_log_bucket("any", key_arn="any"), 2)
_BUCKET: Final = "AWS::S3::Bucket"
_DEFAULT_LOGGING: Final = "a session that nobody asked to record opens all the same"


def sessions(scene: Scene) -> Iterator[Call]:
    """Yield what it takes to open exec sessions, and to encrypt and record them as the cluster says."""
    if scene.site.exec_enabled is not Ternary.NO:
        for party in scene.containers():
            session = _Session(scene, party)
            yield from session.channels()
            yield from session.audit(scene.site.cluster)


class _Session:
    """The calls of one party for one session."""

    def __init__(self, scene: Scene, party: Party) -> None:
        self._scene = scene
        self._maker = Maker(party=party, stage=EXEC)
        self._recorder = Maker(party=party, stage=RUN, advisory=_DEFAULT_LOGGING)

    def channels(self) -> Iterator[Call]:
        """Yield the agent's channels to Session Manager."""
        service = aws_service(self._scene, Endpoint.SSM_MESSAGES)
        where = self._scene.site.where
        yield self._maker.call(
            Purpose.OPEN_EXEC_CHANNEL, features.EXEC_SESSION_ACTIONS, "*", where, destination=service
        )

    def audit(self, cluster: Resource | Unknown | None) -> Iterator[Call]:
        """Yield the calls that a cluster's configuration asks for."""
        if isinstance(cluster, Unknown):
            reason = Unknown(f"how the cluster records exec sessions is not known: {cluster.reason}")
            yield self._maker.call(Purpose.WRITE_EXEC_LOG, (), reason, self._scene.site.where, destination=reason)
            return
        configuration = None if cluster is None else cluster.get(*CONFIGURATION)
        where = self._scene.site.where if cluster is None else below(cluster.where, *CONFIGURATION)
        yield from self._decryption(key_of(self._scene.graph, walk(configuration, "KmsKeyId")), where)
        logging = as_text(walk(configuration, "Logging")) or "DEFAULT"
        if logging == "DEFAULT":
            yield from self._default_logs()
        elif logging == "OVERRIDE":
            destinations = walk(configuration, "LogConfiguration")
            yield from self._log(destinations, below(where, "LogConfiguration"))
            yield from self._object(destinations, below(where, "LogConfiguration"))
        elif isinstance(logging, Unknown):
            yield self._maker.call(Purpose.WRITE_EXEC_LOG, (), logging, where, destination=logging)

    def _decryption(self, key: Resource | Unknown | None, where: Where) -> Iterator[Call]:
        if key is not None:
            resource = key if isinstance(key, Unknown) else arn_of(self._scene.graph, key)
            service = aws_service(self._scene, Endpoint.KMS)
            call = self._maker.call(Purpose.DECRYPT_EXEC_SESSION, DECRYPT, resource, where, destination=service)
            yield replace(call, key=KeyUse(key=key))

    def _default_logs(self) -> Iterator[Call]:
        """Yield the record in the containers' own log groups, each once."""
        logs = (container.log for container in self._scene.task.containers)
        written = [log for log in logs if log is not None and log.driver == "awslogs"]
        groups = {(log_group_of(log), as_text(log.options.get("awslogs-region"))): log.where for log in written}
        for (group, region), where in groups.items():
            yield from self._group(group, region, where, self._recorder)

    def _log(self, destinations: object, where: Where) -> Iterator[Call]:
        group = as_text(walk(destinations, "CloudWatchLogGroupName"))
        if group is not None:
            yield from self._group(group, None, where, self._maker)

    def _group(self, group: Text, region: Text | None, where: Where, maker: Maker) -> Iterator[Call]:
        scene = self._scene
        service = aws_service(scene, Endpoint.LOGS, region)
        # A list of log groups is authorized on a group without a name.
        listed = text(log_group_arn(scene, "", region), ":log-stream:")
        written = text(log_group_arn(scene, group, region), ":log-stream:*")
        for actions_, arn in ((_LIST_GROUPS, listed), (_WRITE, written)):
            yield maker.call(Purpose.WRITE_EXEC_LOG, actions_, arn, where, destination=service)
        yield from maker.key_use(
            scene.graph,
            group_key(scene, group),
            Purpose.ENCRYPT_EXEC_LOG,
            where,
            service="logs",
            actions_=features.LOG_KEY_ACTIONS,
            advisory=KEY_ADVISORY,
        )

    def _object(self, destinations: object, where: Where) -> Iterator[Call]:
        name = as_text(walk(destinations, "S3BucketName"))
        if name is None:
            return
        scene = self._scene
        bucket, service = scene.graph.target(name, _BUCKET), aws_service(scene, Endpoint.S3)
        arn, prefix = text("arn:", scene.environment.partition, ":s3:::", name), walk(destinations, "S3KeyPrefix")
        objects = text(arn, "/*") if not prefix else text(arn, "/", prefix, "/*")
        for actions_, resource in ((_inspection(destinations), arn), (_PUT, objects)):
            yield self._maker.call(
                Purpose.WRITE_EXEC_OBJECT, actions_, resource, where, destination=service, owner=bucket
            )
        yield from self._maker.key_use(
            scene.graph,
            bucket_key(scene, bucket),
            Purpose.ENCRYPT_EXEC_OBJECT,
            where,
            service="s3",
            actions_=_ENCRYPT_OBJECT,
        )


def _inspection(destinations: object) -> tuple[str, ...]:
    """Return how the agent looks at the bucket; at its encryption only where the cluster demands that."""
    demanded = boolean(walk(destinations, "S3EncryptionEnabled"), default=False)
    return tuple(
        action for action in _INSPECT_BUCKET if action != "s3:GetEncryptionConfiguration" or demanded is not Ternary.NO
    )
