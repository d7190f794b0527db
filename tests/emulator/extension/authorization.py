"""What a request asks for, where MiniStack's authorization takes it for something else than AWS does."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region

# CloudWatch Logs authorizes these on the group itself, and everything else on what is in it.
_ON_THE_GROUP = frozenset({"TagResource", "UntagResource", "ListTagsForResource"})
_ON_A_TASK = frozenset({"DescribeTasks", "ExecuteCommand", "StopTask"})


def install() -> None:
    """MiniStack looks these functions up with each request."""
    iam_actions.extract_resource_arn = _in_log_groups(_on_definitions(_on_tasks(iam_actions.extract_resource_arn)))
    iam_actions.request_tag_context = _with_the_cluster(iam_actions.request_tag_context)


def _in_log_groups(extract: Callable[..., str]) -> Callable[..., str]:
    """A log group's ARN in a policy ends in ``:*``, which MiniStack's request for a stream of it does not match."""

    def extracted(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *more: Any) -> str:
        arn = extract(service, method, path, headers, body, *more)
        if service != "logs" or arn == "*" or _operation(headers) in _ON_THE_GROUP:
            return arn
        return f"{arn}:log-stream:{json.loads(body).get('logStreamName', '')}"

    return extracted


def _on_definitions(extract: Callable[..., str]) -> Callable[..., str]:
    """MiniStack authorizes on the cluster that a task is run; on AWS it is on what is run."""

    def extracted(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *more: Any) -> str:
        if service != "ecs" or _operation(headers) != "RunTask":
            return extract(service, method, path, headers, body, *more)
        name = str(json.loads(body)["taskDefinition"])
        return (
            name if name.startswith("arn:") else f"arn:aws:ecs:{get_region()}:{get_account_id()}:task-definition/{name}"
        )

    return extracted


def _on_tasks(extract: Callable[..., str]) -> Callable[..., str]:
    """MiniStack authorizes on the cluster what is done to its tasks."""

    def extracted(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *more: Any) -> str:
        arn = extract(service, method, path, headers, body, *more)
        if service != "ecs" or ":cluster/" not in arn or _operation(headers) not in _ON_A_TASK:
            return arn
        given = json.loads(body)
        task = str(given["task"] if "task" in given else given["tasks"][0])
        return task if task.startswith("arn:") else f"{arn.replace(':cluster/', ':task/')}/{task}"

    return extracted


def _operation(headers: Mapping[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def _with_the_cluster(context: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """ECS tells the condition key ``ecs:cluster`` with each request that names a cluster."""

    def with_cluster(service: str, action: str, body: bytes, parameters: Any) -> dict[str, Any]:
        found = context(service, action, body, parameters)
        name = json.loads(body or b"{}").get("cluster") if service == "ecs" else None
        if name is None:
            return found
        arn = name if name.startswith("arn:") else f"arn:aws:ecs:{get_region()}:{get_account_id()}:cluster/{name}"
        return {**found, "ecs:cluster": arn}

    return with_cluster
