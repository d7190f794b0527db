"""How many services a stack takes: what is too much for CloudFormation is said at synth, with the way to divide it."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from math import inf
from typing import Final

import aws_cdk as cdk
import jsii
from constructs import Construct, IConstruct, IValidation, Node

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.stacks import MAX_RESOURCES
from constructs_ecs.known import once, place_of

_CONTEXT: Final = "@aws-cdk/core:stackResourceLimit"
"""Where the CDK takes another limit from; 0 is none. Source: aws-cdk-lib, ``core/lib/stack.ts``."""
_WHOLE_NUMBER: Final = re.compile(r"\s*[+-]?\d+", re.ASCII)
_NESTED: Final = 1
"""What a nested stack takes of the one that it is in."""


def count_in(service: Construct) -> None:
    """Count a service among those of its stack, whose size is checked when the app is synthesized."""
    _services_in(place_of(service).stack).services.append(service)


def most_services(sizes: Iterable[int], *, room: float) -> int:
    """Say how many services always fit, whichever of them they are.

    Args:
        sizes: how many resources each has.
        room: how many resources there is room for.
    """
    return bisect_right(list(accumulate(sorted(sizes, reverse=True))), room)


@jsii.implements(IValidation)
class _Services:
    """The services of one stack; what the CDK calls a validation is called when it synthesizes, after all aspects."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.services: list[Construct] = []

    def validate(self) -> list[str]:
        """Return what is too much, in a sentence; the CDK fails for it before it counts itself."""
        limit = _limit(self._node.try_get_context(_CONTEXT))
        constructs = self._node.find_all()
        if len(_resources(constructs)) <= limit:
            return []  # Most stacks end here, so that the check is one look at each.
        own = _declared(constructs)
        counts = ((each, len(own & _resources(each.node.find_all()).keys())) for each in self.services)
        sizes = {service: count for service, count in counts if count}  # those that were removed have none
        if len(own) <= limit or len(own) - sum(sizes.values()) > limit:
            return []  # Of what is too much without services, the CDK says which types it is.
        return [str(_too_many(self._node.path, len(own), sizes, limit))]


@once
def _services_in(stack: cdk.Stack) -> _Services:
    node = stack.node
    services = _Services(node)
    node.add_validation(services)
    return services


def _limit(given: object) -> float:
    """Read the CDK's limit as it does: the whole number that a text begins with; without one, all is within it."""
    number = _WHOLE_NUMBER.match(str(MAX_RESOURCES if given is None else given))
    limit = int(number[0]) if number else 0
    return limit if limit > 0 else inf


def _resources(constructs: Iterable[IConstruct]) -> dict[str, cdk.CfnResource]:
    """The resources among constructs, by what jsii calls them."""
    return {_key(each): each for each in constructs if isinstance(each, cdk.CfnResource)}


def _declared(constructs: list[IConstruct]) -> set[str]:
    """Of a stack and all that is below it, the resources that its template declares."""
    resources = _resources(constructs)
    for inner in constructs[1:]:
        if isinstance(inner, cdk.Stack | cdk.Stage):
            for key in _resources(inner.node.find_all()):
                resources.pop(key, None)
    # The CDK leaves out policies that say nothing, and shows that to subclasses alone.
    return {key for key, each in resources.items() if each._should_synthesize()}  # noqa: SLF001 - as above


def _too_many(stack: str, resources: int, sizes: dict[Construct, int], limit: float) -> ConflictError:
    of_services = sum(sizes.values())
    count = f"{len(sizes)} service{'' if len(sizes) == 1 else 's'}"
    return ConflictError(
        Code.STACK_RESOURCES,
        f"A stack holds at most {limit} resources; {stack} has {resources}, of which {of_services} are of {count}.",
        _remedy(sizes, limit=limit, others=resources - of_services),
    )


def _remedy(sizes: dict[Construct, int], *, limit: float, others: int) -> str:
    beside = most_services(sizes.values(), room=limit - others - _NESTED)
    alone = most_services(sizes.values(), room=limit)
    if alone == 0:
        largest = max(sizes, key=lambda service: sizes[service])
        return f"Make less in {largest.node.path}, which has {sizes[largest]} alone."
    what = f"at most {beside} of these services in one stack, and the others" if beside else "these services"
    each = "" if beside else f", at most {alone} in one"
    kinds = "cdk.Stack or cdk.NestedStack" if others + _NESTED <= limit else "cdk.Stack"
    return f"Make {what} in other stacks ({kinds}), with the same cluster{each}. A service that moves is replaced."


def _key(construct: IConstruct) -> str:
    return str(construct.__jsii_ref__.ref)  # type: ignore[attr-defined]  # what jsii gives each
