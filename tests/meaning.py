"""Compare templates by meaning: what feature flags may change (spelling, order, merging) does not count."""

import json
import re
from collections.abc import Iterator
from typing import Any

Atom = tuple[str, str, str, str, str]
"""Effect, principal, action, resource, condition: one thing that a policy says."""

_POLICY_KEYS = {"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "RepositoryPolicyText", "ResourcePolicy"}
_EXPORT = re.compile(r"(?:Exports|Publish)Output(.*?)[0-9A-F]{8}$")


def meaning(template: dict[str, Any]) -> dict[str, Any]:
    """The template's resources, by logical id, with policies taken apart into what they say."""
    return {
        logical_id: {
            "Type": resource["Type"],
            "Properties": _value(resource.get("Properties", {})),
            "DependsOn": sorted(_listed(resource.get("DependsOn", []))),
            "DeletionPolicy": resource.get("DeletionPolicy"),
        }
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] != "AWS::CDK::Metadata"
    }


def permissions(template: dict[str, Any]) -> dict[str, set[Atom]]:
    """What each policy of the template says, by the logical id of the resource that holds it."""
    found: dict[str, set[Atom]] = {}
    for logical_id, resource in template["Resources"].items():
        for document in _documents(resource.get("Properties", {})):
            found.setdefault(logical_id, set()).update(_atoms(document))
    return found


def _documents(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for key, child in value.items():
            if key in _POLICY_KEYS and isinstance(child, dict) and "Statement" in child:
                yield child
            else:
                yield from _documents(child)
    elif isinstance(value, list):
        for child in value:
            yield from _documents(child)


def _value(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    text = _text(value)
    if text is not None:
        return text
    normal = {}
    for key, child in value.items():
        if key in _POLICY_KEYS and isinstance(child, dict) and "Statement" in child:
            normal[key] = sorted(_atoms(child))
        elif key == "Alarms" and child == {"AlarmNames": [], "Enable": False, "Rollback": False}:
            continue  # what ECS assumes when it is left out
        elif child not in ([], {}):
            normal[key] = _value(child)
    return normal


def _text(value: dict[str, Any]) -> str | None:
    """An intrinsic as text, in which a partition is the one that the sample's Regions have."""
    text = None
    match value:
        case {"Ref": "AWS::Partition"}:
            text = "aws"
        case {"Ref": name}:
            text = f"<{name}>"
        case {"Fn::GetAtt": path}:
            text = f"<{'.'.join(path)}>"
        case {"Fn::Join": [delimiter, items]}:
            text = str(delimiter).join(map(_spell, items))
        case {"Fn::ImportValue": export}:
            stack, _, name = _spell(export).partition(":")
            text = f"<{stack}/{_output(name)}>"
        case {"Fn::GetStackOutput": output}:
            text = f"<{output['StackName']}/{_output(output['OutputName'])}>"
    return text


def _output(name: str) -> str:
    found = _EXPORT.match(name)
    assert found is not None, f"not the name of a cross-stack output: {name}"
    return found[1]


def _spell(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return value
    text = _text(value) if isinstance(value, dict) else None
    return json.dumps(_value(value), sort_keys=True) if text is None else text


def _atoms(document: dict[str, Any]) -> set[Atom]:
    return {
        (statement["Effect"], principal, action, resource, _condition(statement))
        for statement in _listed(document["Statement"])
        for principal in _principals(statement.get("Principal", ""))
        for action in map(_spell, _listed(statement["Action"]))
        for resource in map(_spell, _listed(statement.get("Resource", "")))
    }


def _condition(statement: dict[str, Any]) -> str:
    return json.dumps(_value(statement.get("Condition", {})), sort_keys=True)


def _principals(principal: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(principal, dict):
        return [_spell(principal)]
    return [f"{kind}:{_spell(who)}" for kind, whos in principal.items() for who in _listed(whos)]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value]
