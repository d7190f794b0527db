"""Writing the containers' output: awslogs by the agent, FireLens by the containers themselves.

Sources: ECS developer guide, "Send Amazon ECS logs to CloudWatch", "Send Amazon ECS logs to an AWS service or AWS
Partner"; CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import LOG_KEY_ACTIONS
from constructs_ecs.preflight.calls.call import RUN, Call, Purpose
from constructs_ecs.preflight.calls.making import WRITE_LOGS, Maker, aws_service, key_of, log_group_arn
from constructs_ecs.preflight.calls.scene import Scene
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.task_definition import LogConfiguration
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import InternetHost
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean, text

LOG_GROUP: Final = "AWS::Logs::LogGroup"
KEY_ADVISORY: Final = "AWS asks for this of the calling role, and does not say since when it refuses without"
_ROUTED: Final = "the task starts all the same, without its log"
_CREATE: Final = ("logs:CreateLogGroup",)
_CLOUD_WATCH_PLUGINS: Final = frozenset({"cloudwatch", "cloudwatch_logs"})
_STREAM_PLUGINS: Final = {
    "firehose": ("firehose:PutRecordBatch", "delivery_stream", ":firehose:", ":deliverystream/"),
    "kinesis_firehose": ("firehose:PutRecordBatch", "delivery_stream", ":firehose:", ":deliverystream/"),
    "kinesis": ("kinesis:PutRecords", "stream", ":kinesis:", ":stream/"),
    "kinesis_streams": ("kinesis:PutRecords", "stream", ":kinesis:", ":stream/"),
}
"""Fluent Bit's output plugin -> action, the option that names the stream, and the parts of the stream's ARN."""


def logging(scene: Scene, log: LogConfiguration, container: str) -> Iterator[Call]:
    """Yield what it takes to write a container's output; other drivers leave that to the host, or to plain hosts."""
    if log.driver == "awsfirelens":
        for party in scene.containers():
            yield from _firelens(scene, log, Maker(party=party, container=container, stage=RUN, advisory=_ROUTED))
    elif log.driver == "awslogs" or isinstance(log.driver, Unknown):
        for party in scene.agents(may_use_instance_role=True):
            yield from _awslogs(scene, log, Maker(party=party, container=container))


def _awslogs(scene: Scene, log: LogConfiguration, maker: Maker) -> Iterator[Call]:
    if isinstance(log.driver, Unknown):
        yield maker.call(Purpose.WRITE_LOGS, (), log.driver, log.where, destination=log.driver)
        return
    group, region = log_group_of(log), as_text(log.options.get("awslogs-region"))
    arn, service = log_group_arn(scene, group, region), aws_service(scene, Endpoint.LOGS, region)
    if boolean(log.options.get("awslogs-create-group"), default=False) is not Ternary.NO:
        created = text(arn, ":log-stream:")
        yield maker.call(Purpose.CREATE_LOG_GROUP, _CREATE, created, log.where, destination=service)
    # The stream is named when the task starts: prefix, container, task.
    yield maker.call(Purpose.WRITE_LOGS, WRITE_LOGS, text(arn, ":log-stream:*"), log.where, destination=service)
    yield from maker.key_use(
        scene.graph,
        group_key(scene, group),
        Purpose.ENCRYPT_LOGS,
        log.where,
        service="logs",
        actions_=LOG_KEY_ACTIONS,
        advisory=KEY_ADVISORY,
    )


def log_group_of(log: LogConfiguration) -> Text:
    """Return the log group that an awslogs configuration names."""
    return as_text(log.options.get("awslogs-group")) or Unknown(f"{log.where} names no log group")


def group_key(scene: Scene, group: Text) -> Resource | Unknown | None:
    """Return the own key of a log group of the templates; None if it has none."""
    found = scene.graph.target(group, LOG_GROUP)
    return None if found is None else key_of(scene.graph, found.get("KmsKeyId"))


def _firelens(scene: Scene, log: LogConfiguration, maker: Maker) -> Iterator[Call]:
    """Yield what the router needs for the destinations that AWS's own plugins write to, and for plain hosts."""
    plugin, region = log.options.get("Name"), as_text(log.options.get("region"))
    host = log.options.get("Host", log.options.get("host"))
    if not isinstance(plugin, str):
        return
    call = maker.call(Purpose.ROUTE_LOGS, (), plugin, log.where)
    if plugin in _CLOUD_WATCH_PLUGINS:
        group = as_text(log.options.get("log_group_name")) or Unknown(f"{log.where} names no log group")
        arn, service = log_group_arn(scene, group, region), aws_service(scene, Endpoint.LOGS, region)
        yield replace(call, actions=WRITE_LOGS, resource=text(arn, ":log-stream:*"), destination=service)
    elif plugin in _STREAM_PLUGINS:
        action, option, service_, kind = _STREAM_PLUGINS[plugin]
        name = as_text(log.options.get(option)) or Unknown(f"{log.where} names no stream")
        place = scene.environment
        here = place.region if region is None else region
        yield replace(
            call,
            actions=(action,),
            resource=text("arn:", place.partition, service_, here, ":", place.account, kind, name),
        )
    elif isinstance(host, str) and "." in host:
        destination = InternetHost(host)
        yield maker.unsigned(Purpose.ROUTE_LOGS, host, log.where, destination=destination, caller="log router")
