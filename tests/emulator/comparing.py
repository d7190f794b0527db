"""What a template says of a resource against what was found of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

# The order of these says nothing.
_SETS = frozenset(
    {
        "CapacityProviders",
        "Conditions",
        "Dimensions",
        "LoadBalancerAttributes",
        "ManagedPolicyArns",
        "Policies",
        "RouteTableIds",
        "SecurityGroupEgress",
        "SecurityGroupIds",
        "SecurityGroupIngress",
        "SecurityGroups",
        "SubnetIds",
        "Subnets",
        "Tags",
        "TargetGroupAttributes",
        "VPCZoneIdentifier",
    }
)
# Documents that a template gives as text, and AWS as well.
_DOCUMENTS = frozenset(
    {
        "DefinitionString",
        "EventPattern",
        "Input",
        "KeyPolicy",
        "LifecyclePolicyText",
        "PolicyDocument",
        "SecretStringTemplate",
    }
)


def differences(
    expected: Any, found: Any, defaults: Mapping[str, Any], path: str = "", name: str = ""
) -> Iterator[str]:
    """Each difference in one line; what was found and not asked for has to be AWS's default for it."""
    expected, found = _plain(expected, name), _plain(found, name)
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            below = f"{path}.{key}".lstrip(".")
            if key not in expected:
                if not _is_default(found[key], defaults, below):
                    yield f"{below}: {found[key]!r} was not asked for"
            elif key not in found:
                yield f"{below}: {expected[key]!r} is not there"
            else:
                yield from differences(expected[key], found[key], defaults, below, key)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for each, other in zip(expected, found, strict=True):
            yield from differences(each, other, defaults, f"{path}[]")
    elif _scalar(expected) != _scalar(found):
        yield f"{path}: expected {expected!r}, found {found!r}"


def _plain(value: Any, name: str) -> Any:
    if name in _DOCUMENTS and isinstance(value, str):
        return json.loads(value)
    if name in _SETS and isinstance(value, list):
        return sorted(value, key=lambda each: json.dumps(each, sort_keys=True))
    return value


def _is_default(value: Any, defaults: Mapping[str, Any], path: str) -> bool:
    if value in (None, "", [], {}):
        return True
    if path in defaults:
        return bool(defaults[path] == value)
    if isinstance(value, dict):
        return all(_is_default(each, defaults, f"{path}.{key}") for key, each in value.items())
    return False


def _scalar(value: Any) -> Any:
    """CloudFormation takes "512" for 512 and "true" for true."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float, str)) else value
