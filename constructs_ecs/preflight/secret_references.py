"""What a container's ``ValueFrom`` names: a secret with what follows its ARN, or a parameter.

Source: ECS developer guide, "Pass Secrets Manager secrets", "Pass Systems Manager parameters".
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import Symbol, Text, parts_of

SECRET_FIELDS: Final = 3
"""What may follow a secret's ARN in ``ValueFrom``: JSON key, version stage and version id, all three or none."""
_ARN_FIELDS: Final = 7
"""How many fields a secret's own ARN has."""
_SERVICE: Final = 2
"""Which of an ARN's fields is the service."""


class SecretSource(Enum):
    """Where a value comes from."""

    SECRETS_MANAGER = "AWS Secrets Manager"
    PARAMETER_STORE = "AWS Systems Manager Parameter Store"
    UNKNOWN = "unknown"


_SOURCES: Final = {"secretsmanager": SecretSource.SECRETS_MANAGER, "ssm": SecretSource.PARAMETER_STORE}


@dataclass(frozen=True, kw_only=True)
class SecretReference:
    """A value that the agent fetches before the container starts.

    Args:
        name: the environment variable or log option.
        value_from: what ``ValueFrom`` says.
        source: where the value comes from.
        secret: the secret's ARN without what follows it; the parameter's name or ARN.
        fields: what follows a secret's ARN: JSON key, version stage and version id, if it is well formed.
        where: the property.
    """

    name: Text
    value_from: Text
    source: SecretSource
    secret: Text
    fields: tuple[Text, ...]
    where: Where


def secret_reference(graph: Graph, name: Any, value_from: Text, where: Where) -> SecretReference:  # noqa: ANN401
    """Read a ``ValueFrom``: a secret's ARN with or without JSON key and version, or a parameter's name or ARN."""
    stand_ins = StandIns()
    fields = stand_ins.spell(value_from).split(":")
    source = _source(graph, value_from, fields)
    secret, rest = value_from, tuple[Text, ...]()
    if source is SecretSource.SECRETS_MANAGER:
        own = _ARN_FIELDS if fields[0] == "arn" else 1
        secret = stand_ins.text(":".join(fields[:own]))
        rest = tuple(map(stand_ins.text, fields[own:]))
    return SecretReference(
        name=as_text(name) or "", value_from=value_from, source=source, secret=secret, fields=rest, where=where
    )


def _source(graph: Graph, value: Text, fields: list[str]) -> SecretSource:
    if fields[0] == "arn" and len(fields) > _SERVICE:
        return _SOURCES.get(fields[_SERVICE], SecretSource.UNKNOWN)
    first = parts_of(value)[0]
    if isinstance(first, str):
        return SecretSource.PARAMETER_STORE
    if len(fields) == 1 + SECRET_FIELDS or (isinstance(first, Symbol) and first.attribute.endswith("SecretArn")):
        return SecretSource.SECRETS_MANAGER
    found = graph.resource(first.template, first.logical_id) if isinstance(first, Symbol) else None
    is_parameter = found is not None and found.type == "AWS::SSM::Parameter"
    return SecretSource.PARAMETER_STORE if is_parameter else SecretSource.UNKNOWN
