"""IAM policy documents read from resolved values, in any form that CloudFormation takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.conditions import Condition
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.values import Pattern, Symbol, Text, Unknown, text

_Values = tuple[Text, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Args:
        where: where it stands.
        policy: its policy's name; empty where a resource has one policy.
        sid: its ``Sid``.
        effect: ``Allow`` or ``Deny``; empty if it may be either.
        actions: patterns of the actions it covers, or does not if ``not_actions``.
        resources: patterns of the resources it covers, or does not if ``not_resources``; None where the element is
            missing, as in trust policies.
        principals: kind -> names, ``{"AWS": ("*",)}``; None where the element is missing, as in identity policies.
        conditions: all have to hold.
        variables: whether ``${...}`` in it is a policy variable, as its document's version says.
        unknown: why its content is not known; everything else then means nothing.
        maybe: why it may not be in force at all.
    """

    where: Where
    policy: str = ""
    sid: str = ""
    effect: str = ""
    actions: _Values | Unknown = ()
    not_actions: bool = False
    resources: _Values | Unknown | None = None
    not_resources: bool = False
    principals: Mapping[str, _Values] | Unknown | None = None
    not_principals: bool = False
    conditions: tuple[Condition, ...] | Unknown = ()
    variables: bool = True
    unknown: str | None = None
    maybe: str | None = None

    def __str__(self) -> str:
        policy = f"policy {self.policy}" if self.policy else ""
        statement = f"statement {self.sid}" if self.sid else ""
        return " of ".join(part for part in (statement, policy) if part)


_CURRENT_VERSION: Final = "2012-10-17"


def statements(document: Any, where: Where, policy: str = "") -> tuple[Statement, ...]:  # noqa: ANN401 - a resolved value
    """Return the statements of a policy document: a mapping, its JSON text, or what is unknown of either."""
    if isinstance(document, str | Pattern):
        document = _from_json(document)
    if not isinstance(document, Mapping):
        return (_unknown(document, where, policy),)
    body = document.get("Statement", Unknown("a policy without statements"))
    variables = document.get("Version") == _CURRENT_VERSION
    found = enumerate(body) if isinstance(body, list) else [(None, body)]
    return tuple(
        _statement(each, _at(where, "Statement", *([] if index is None else [index])), policy, variables=variables)
        for index, each in found
    )


def _from_json(document: Text) -> Any:  # noqa: ANN401 - a resolved value
    """Read a policy's JSON text, in which symbols may stand."""
    stand_ins = StandIns()
    try:
        return _spelled_out(json.loads(stand_ins.spell(document)), stand_ins)
    except (ValueError, RecursionError):
        return Unknown("a policy whose text is no JSON")


def _spelled_out(value: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - JSON data
    if isinstance(value, dict):
        return {str(stand_ins.text(key)): _spelled_out(each, stand_ins) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelled_out(each, stand_ins) for each in value]
    return stand_ins.text(value) if isinstance(value, str) else value


def _statement(body: Any, where: Where, policy: str, *, variables: bool) -> Statement:  # noqa: ANN401 - a resolved value
    if not isinstance(body, Mapping):
        return _unknown(body, where, policy)
    effect = body.get("Effect")
    if effect not in ("Allow", "Deny"):
        return _unknown(Unknown("a statement whose effect is not given"), where, policy)
    actions, not_actions = _element(body, "Action")
    if actions is None:
        return _unknown(Unknown("a statement without actions"), where, policy)
    resources, not_resources = _element(body, "Resource")
    principals = body.get("Principal", body.get("NotPrincipal"))
    sid = body.get("Sid")
    return Statement(
        where=where,
        policy=policy,
        sid=sid if isinstance(sid, str) else "",
        effect=effect,
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principals=None if principals is None else _principals(principals),
        not_principals="Principal" not in body and "NotPrincipal" in body,
        conditions=_conditions(body.get("Condition")),
        variables=variables,
    )


def _element(body: Mapping[str, Any], name: str) -> tuple[_Values | Unknown | None, bool]:
    for key, negated in ((name, False), (f"Not{name}", True)):
        if key in body:
            return values(body[key]), negated
    return None, False


def values(value: Any) -> _Values | Unknown:  # noqa: ANN401 - a resolved value
    """Return one value, or a list of them, as texts."""
    if isinstance(value, Unknown):
        return value
    return tuple(_text(item) for item in (value if isinstance(value, list) else [value]))


def _text(value: Any) -> Text:  # noqa: ANN401 - a resolved value
    if isinstance(value, str | Symbol | Pattern | Unknown):
        return value
    return text(value)


def _principals(value: Any) -> Mapping[str, _Values] | Unknown:  # noqa: ANN401 - a resolved value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        found = {kind: values(names) for kind, names in value.items()}
        unknown = next((names for names in found.values() if isinstance(names, Unknown)), None)
        return unknown or {kind: names for kind, names in found.items() if not isinstance(names, Unknown)}
    return {"AWS": ("*",)} if value == "*" else Unknown("a principal that is neither a mapping nor '*'")


def _conditions(value: Any) -> tuple[Condition, ...] | Unknown:  # noqa: ANN401 - a resolved value
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        return value if isinstance(value, Unknown) else Unknown("a condition that is no mapping")
    found: list[Condition] = []
    for operator, block in value.items():
        if not isinstance(block, Mapping):
            return block if isinstance(block, Unknown) else Unknown(f"what {operator} is given")
        found += (Condition(operator=operator, key=key, values=values(wanted)) for key, wanted in block.items())
    return tuple(found)


def _unknown(value: Any, where: Where, policy: str) -> Statement:  # noqa: ANN401 - a resolved value
    reason = value.reason if isinstance(value, Unknown) else f"a {type(value).__name__} in place of a policy"
    return Statement(where=where, policy=policy, unknown=reason)


def _at(where: Where, *path: str | int) -> Where:
    return Where(where.template, where.logical_id, (*where.property_path, *path))
