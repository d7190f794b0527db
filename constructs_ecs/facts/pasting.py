"""Policy statements as text that somebody pastes where this app cannot write: what is known is filled in.

The CDK spells what depends on where a stack is deployed as CloudFormation does. Outside of a template only the values
mean something.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.regions import dns_suffix, partition

_SUBSTITUTED: Final = re.compile(r"\$\{([^!{}]+)\}")
_PLACES: Final = ("AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::URLSuffix")


def pasted(statements: Sequence[Any], *, account: str, region: str) -> str:
    """Write statements as a JSON list, and behind it, in a sentence, what is left to fill in.

    Args:
        statements: as the CDK resolves them.
        account: the account that they are for; a token where it is not known at synth.
        region: the Region, as above.
    """
    known = _known(account, region)
    filled = [_filled(statement, known) for statement in statements]
    listed = ",\n ".join(map(json.dumps, filled))
    return f"[{listed}]{_left(filled)}"


def filled_in(value: Any, *, account: str, region: str) -> str:  # noqa: ANN401 - any resolved CloudFormation value
    """Write a text that the CDK resolved, with what is known filled in; as JSON where something is left."""
    filled = _filled(value, _known(account, region))
    return filled if isinstance(filled, str) else json.dumps(filled)


def _known(account: str, region: str) -> dict[str, str]:
    known = {} if is_token(account) else {"AWS::AccountId": account}
    if not is_token(region):
        known |= {
            "AWS::Region": region,
            "AWS::Partition": partition(region),
            "AWS::URLSuffix": dns_suffix(region),
        }
    return known


def _filled(value: Any, known: Mapping[str, str]) -> Any:  # noqa: ANN401 - as above
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            return known.get(name, value)
        case {"Fn::Join": [str(delimiter), list(items)]} if len(value) == 1:
            return _joined(delimiter, [_filled(item, known) for item in items])
        case dict():
            return {key: _filled(each, known) for key, each in value.items()}
        case list():
            return [_filled(each, known) for each in value]
    return value


def _joined(delimiter: str, items: list[Any]) -> Any:  # noqa: ANN401 - as above
    """Join what is text; where something is left between, CloudFormation's function stays."""
    if all(isinstance(item, str) for item in items):
        return delimiter.join(items)
    if delimiter:
        return {"Fn::Join": [delimiter, items]}
    merged: list[Any] = []
    for item in items:
        if merged and isinstance(item, str) and isinstance(merged[-1], str):
            merged[-1] += item
        else:
            merged.append(item)
    return {"Fn::Join": ["", merged]}


def _left(filled: object) -> str:
    """Say what is left to fill in, if anything is."""
    left = list(dict.fromkeys(_intrinsics(filled)))
    places = [name for name in left if name in _PLACES]
    others = [name for name in left if name not in _PLACES]
    said = [f"write the stack's own values for {_listed(places)}"] if places else []
    if others:
        said.append(f"after the first deployment, write the deployed values for {_listed(others)}")
    return f" Before it is pasted, {', and '.join(said)}." if said else ""


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _intrinsics(value: object) -> list[str]:
    """Name what only CloudFormation knows, as it would."""
    match value:
        case {"Ref": str(name)} | {"Fn::ImportValue": str(name)}:
            return [name]
        case {"Fn::GetAtt": [*parts]}:
            return [".".join(map(str, parts))]
        case {"Fn::Sub": str(text)}:
            return _SUBSTITUTED.findall(text)
        case dict():
            return _intrinsics(list(value.values()))
        case list():
            return [name for each in value for name in _intrinsics(each)]
    return []
