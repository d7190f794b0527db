"""What a value stands for: a resource of the templates, or something outside of them.

Two mentions of one thing outside (a parameter, an import, a literal id) are the same thing; two different mentions may
be the same thing or not.
"""

from typing import Any, Final

from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown, is_stable

OUTSIDE: Final = "outside"
"""In place of a template: the symbol of what a literal id names."""

VPC: Final = "AWS::EC2::VPC"
SUBNET: Final = "AWS::EC2::Subnet"
ROUTE_TABLE: Final = "AWS::EC2::RouteTable"
SECURITY_GROUP: Final = "AWS::EC2::SecurityGroup"
NETWORK_ACL: Final = "AWS::EC2::NetworkAcl"

Thing = Resource | Unknown
Key = tuple[str, ...]


def thing(graph: Graph, value: Any, *types: str) -> Resource | Unknown:  # noqa: ANN401 - any resolved value
    """Return the resource that a value names; what is outside of the templates is unknown, with an identity."""
    if isinstance(value, Unknown):
        return value
    if value is None:
        return Unknown("nothing is stated")
    found = graph.target(value, *types)
    if found is not None:
        return found
    identity = Symbol(OUTSIDE, "", str(value)) if is_stable(value) else None
    return Unknown(f"{value} is not in the templates", identity)


def security_group(graph: Graph, value: Any) -> Resource | Unknown:  # noqa: ANN401 - any resolved value
    """Return the security group that a value names; a VPC stands for its default group."""
    return _of_vpc(graph, value, "DefaultSecurityGroup") or thing(graph, value, SECURITY_GROUP)


def network_acl(graph: Graph, value: Any) -> Resource | Unknown:  # noqa: ANN401 - any resolved value
    """Return the network ACL that a value names; a VPC stands for its default one."""
    return _of_vpc(graph, value, "DefaultNetworkAcl") or thing(graph, value, NETWORK_ACL)


def key(one: Resource | Unknown) -> Key | None:
    """What a thing can be found by again; None where two mentions may be different things."""
    if isinstance(one, Unknown):
        same = one.identity
        return None if same is None else (OUTSIDE, same.template, same.logical_id, same.attribute)
    return one.template, one.logical_id


def is_outside(one: Key | None) -> bool:
    """Whether a key is of a thing that is not in the templates; such a thing may be any."""
    return one is None or one[0] == OUTSIDE


def same_thing(first: Resource | Unknown, second: Resource | Unknown) -> Ternary:
    """Whether two things are one."""
    one, other = key(first), key(second)
    if one is not None and one == other:
        return Ternary.YES
    inside = not isinstance(first, Unknown) and not isinstance(second, Unknown)
    return Ternary.NO if inside else Ternary.UNKNOWN


def called(one: Resource | Unknown | None, fallback: str = "") -> str:
    """What to call a thing in a sentence."""
    if one is None:
        return fallback
    if not isinstance(one, Unknown):
        return one.logical_id
    named = one.identity is not None and one.identity.template == OUTSIDE
    return one.identity.attribute if one.identity is not None and named else fallback or one.reason


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - any resolved value
    """Return the elements of a list property, which may be one element, absent, or unknown as a whole."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _of_vpc(graph: Graph, value: Any, attribute: str) -> Resource | None:  # noqa: ANN401 - any resolved value
    if not isinstance(value, Symbol) or value.attribute != attribute:
        return None
    found = graph.resource(value.template, value.logical_id)
    return found if found is not None and found.type == VPC else None
