"""What the start script of an instance tells the ECS agent.

Sources: ECS developer guide, "Bootstrapping Amazon ECS Linux container instances", "Amazon ECS container agent
configuration", "Bootstrapping Windows container instances"; Bottlerocket, "Settings", ``settings.ecs``.
"""

import re
from typing import Final

from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.values import Text, Unknown, parts_of

DEFAULT_CLUSTER: Final = "default"
"""The cluster that an agent joins when it is told of none."""

_VALUE: Final = r"""["']?(?P<value>[^\s"';&|>]+)"""
_CLUSTER: Final = (
    re.compile(rf"\bECS_CLUSTER[ \t]*=[ \t]*{_VALUE}"),
    re.compile(rf"-Cluster[ \t]+{_VALUE}", re.IGNORECASE),
    re.compile(rf"^[ \t]*cluster[ \t]*=[ \t]*{_VALUE}", re.MULTILINE),
)


def cluster_names(user_data: Text) -> tuple[Text, ...]:
    """Return the cluster names that a start script writes down, for Linux, Windows and Bottlerocket."""
    stand_ins = StandIns()
    spelled = stand_ins.spell(user_data)
    found = (match["value"] for pattern in _CLUSTER for match in pattern.finditer(spelled))
    return tuple(dict.fromkeys(map(stand_ins.text, found)))


def agent_setting(user_data: Text, name: str) -> Text | None:
    """Return the last value that a start script gives to a setting of the ECS agent; None for none."""
    stand_ins = StandIns()
    found = re.findall(rf"\b{re.escape(name)}[ \t]*=[ \t]*[\"']?([^\s\"';&|>]+)", stand_ins.spell(user_data))
    return stand_ins.text(found[-1]) if found else None


def is_readable(user_data: Text) -> bool:
    """Whether all of a start script is known."""
    return not any(isinstance(part, Unknown) for part in parts_of(user_data))
