"""CloudWatch: alarms on a metric, whose ``Ref`` is their name."""

from typing import Any

from ministack.services import cloudwatch

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call

_KNOWN = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
    "Unit",
)


def _put(name: str, properties: Properties) -> None:
    only(properties, "AlarmName", "Tags", *_KNOWN)
    call("cloudwatch", "PutMetricAlarm", without(properties, "AlarmName", "Tags"), AlarmName=name)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("AlarmName") or made_up(stack, logical_id, limit=255)
    _put(name, properties)
    cloudwatch.cloudformation_set_metric_alarm_tags(name, properties.get("Tags", []))
    return name, {"Arn": cloudwatch._alarms[name]["AlarmArn"]}


def _update(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _put(physical_id, new)
    cloudwatch.cloudformation_set_metric_alarm_tags(physical_id, new.get("Tags", []))
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    client("cloudwatch").delete_alarms(AlarmNames=[physical_id])


TYPES = {
    "AWS::CloudWatch::Alarm": ResourceType(create=_create, update=_update, delete=_delete, replacing=("AlarmName",))
}
