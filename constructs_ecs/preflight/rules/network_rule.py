"""The common cases of the rules on networks: which of them explains a broken way, and what to call the resources.

A chain without an endpoint and without a way out has two broken links, and may be mended at either. What looks meant
decides: a public address that is missing, a NAT gateway that leads nowhere, a Region that no endpoint serves, or else
the endpoint. So a call that fails gives one finding, and its fix is the nearest one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Link, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure, sentence
from constructs_ecs.preflight.rules.symptoms import symptom
from constructs_ecs.preflight.topology import AwsService, NetworkInterface
from constructs_ecs.preflight.topology.explanations import BAD_ROUTE
from constructs_ecs.preflight.topology.things import VPC, key
from constructs_ecs.preflight.values import Ternary, Unknown, same

if TYPE_CHECKING:
    from constructs_ecs.preflight.launch_sites import LaunchSite
    from constructs_ecs.preflight.proof import CallProof
    from constructs_ecs.preflight.templates.graph import Graph, Resource

NETWORK_CALLS: Final = frozenset(Purpose) - {Purpose.MOUNT_EFS}
"""All calls but to a file system, which has rules of its own."""
_NO_WAY_OUT: Final = frozenset({Fault.NO_ROUTE, Fault.NO_PUBLIC_IP, Fault.NAT_UNUSABLE})

_UNUSED_ENDPOINT: Final = frozenset({Fault.NO_PRIVATE_DNS, Fault.NO_GATEWAY_ROUTE})


class Cause(Enum):
    """What to mend where neither an endpoint nor a way out leads to what is called."""

    ENDPOINT = "the endpoint"
    REGION = "the Region of what is called"
    PUBLIC_ADDRESS = "the public address"
    ROUTE = "the way through the internet gateway"
    NAT_GATEWAY = "the NAT gateway"


def way_out(proof: "CallProof") -> Link | None:
    """Return the link that says why there is no way to the internet."""
    return next((link for link in proof.evidence if link.fault in _NO_WAY_OUT), None)


def cause(failure: Failure, context: Context) -> Cause:
    """Tell what to mend; of meaning where a way out is missing."""
    way = way_out(failure.proof)
    if way is not None and way.fault is Fault.NAT_UNUSABLE:
        return Cause.NAT_GATEWAY
    if way is not None and way.fault is Fault.NO_PUBLIC_IP:
        return Cause.PUBLIC_ADDRESS
    if way is not None and (way.explanation == BAD_ROUTE or _has_public_address(failure)):
        return Cause.ROUTE
    return Cause.REGION if is_foreign(failure, context.graph) else Cause.ENDPOINT


def mends_way_out(failure: Failure, context: Context, wanted: Cause) -> bool:
    """Whether a way out is what to mend, for that cause: not where an endpoint is there and only cannot be used."""
    shadowed = any(link.fault in _UNUSED_ENDPOINT for link in failure.proof.evidence)
    return not shadowed and cause(failure, context) is wanted


def is_foreign(failure: Failure, graph: "Graph") -> bool:
    """Whether a call goes to another Region than the launch site's."""
    destination = failure.call.destination
    region = destination.region if isinstance(destination, AwsService) else None
    return region is not None and same(region, graph.environment(failure.launch_site.template).region) is Ternary.NO


def from_instance(failure: Failure) -> bool:
    """Whether a call leaves by an instance's network interface."""
    return any(instances.interface == failure.call.interface for instances in failure.site.site.instances)


def is_own_of_task_on_instance(failure: Failure) -> bool:
    """Whether a call leaves by the own network interface of a task that runs on an instance."""
    site = failure.site.site
    return site.capacity.has_instances and failure.call.interface == site.task_interface


def interfaces(site: "LaunchSite") -> Iterator[NetworkInterface]:
    """Yield the network interfaces of a launch site that are known: the task's and those of the instances."""
    for found in (site.task_interface, *(instances.interface for instances in site.instances)):
        if isinstance(found, NetworkInterface):
            yield found


def passing(context: Context) -> "Iterator[tuple[LaunchSite, CallProof]]":
    """Yield the calls that are proven to go through, with their launch sites."""
    for proof in context.proofs:
        for call in proof.calls:
            if call.verdict is Verdict.PASS:
                yield proof.site, call


def endpoints_used(proof: "CallProof", context: Context) -> "tuple[Resource, ...]":
    """Return the VPC endpoints that a call is sure to go through, from whichever of its subnets."""
    interface, destination = proof.call.interface, proof.call.destination
    if not isinstance(interface, NetworkInterface) or not isinstance(destination, AwsService):
        return ()
    return context.topology.reach(interface, destination).endpoints


def launch_sites_in(vpc: "Resource", context: Context) -> list[Where]:
    """Return the launch sites whose tasks or instances are in a VPC."""
    wanted = key(vpc)
    return [
        proof.site.where
        for proof in context.proofs
        if any(wanted in map(key, context.topology.vpcs(interface)) for interface in interfaces(proof.site))
    ]


def symptoms_of(failures: Sequence[Failure]) -> str:
    """Say what the user would see first: what the first call to fail brings."""
    return symptom(failures[0].call.purpose)


def logical_ids(places: Iterable[Where]) -> str:
    """Name resources, each once."""
    return ", ".join(dict.fromkeys(place.logical_id for place in places))


def callers(failures: Iterable[Failure]) -> str:
    """Name the security groups of those who call."""
    found = (failure.call.interface for failure in failures)
    groups = [group for one in found if isinstance(one, NetworkInterface) for group in one.security_groups]
    places = [group.where for group in groups if not isinstance(group, Unknown)]
    return logical_ids(places) or "the caller"


def with_group_named(found: Finding, context: Context) -> Finding:
    """Return a finding on a security group that calls a VPC's default group by its name."""
    resource = context.graph.resource(found.where.template, found.where.logical_id)
    if resource is None or resource.type != VPC:
        return found
    name = found.where.logical_id
    fix = found.fix.replace(f"the security group {name}", f"the default security group of the VPC {name}")
    return replace(found, fix=fix)


class NetworkRule(CallRule):
    """A rule on calls that do not get through; what the user sees depends on which call fails first."""

    severity = Severity.START
    purposes: ClassVar[frozenset[Purpose]] = NETWORK_CALLS

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """As the first call to fail shows itself."""
        return symptoms_of(failures)

    def message(self, failures: Sequence[Failure]) -> str:
        """Say what is broken, and why nothing else leads there."""
        return sentence(text for failure in failures for text in _said(failure))


class MissingEndpoint(NetworkRule):
    """A rule on calls to a service that neither an endpoint nor a way out leads to."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_ENDPOINT})

    def explains(self, failure: Failure, context: Context) -> bool:
        """Not where the way out is what is wrong, or where no endpoint could help."""
        return cause(failure, context) is Cause.ENDPOINT

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the VPC, if the templates have it."""
        if failures[0].link.where:
            return self.fix
        return self.fix.replace("{the VPC}", "the VPC that {the resource} is run in")


class WayOutRule(NetworkRule):
    """A rule on ways out that lack something; what they were to lead to has no endpoint either."""

    cause: ClassVar[Cause]

    def explains(self, failure: Failure, context: Context) -> bool:
        """Only where the way out is what to mend."""
        return mends_way_out(failure, context, self.cause)

    def message(self, failures: Sequence[Failure]) -> str:
        """Say where the way ends, and what has no endpoint."""
        ways = sentence(failure.link.text for failure in failures)
        links = (link for failure in failures for link in failure.proof.evidence)
        missing = [link.text for link in links if link.fault in (Fault.NO_ENDPOINT, Fault.UNSERVED_HOST)]
        return f"{ways} {sentence(missing)}" if missing else ways


class GroupRule(NetworkRule):
    """A rule on security groups, of which a VPC stands for its default one."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Call a VPC's default group by its name."""
        for found in super().check(context):
            yield with_group_named(found, context)


def _said(failure: Failure) -> list[str]:
    way = way_out(failure.proof)
    return [failure.link.text] if way is None or way is failure.link else [failure.link.text, way.text]


def _has_public_address(failure: Failure) -> bool:
    interface = failure.call.interface
    return isinstance(interface, NetworkInterface) and interface.public_ip is Ternary.YES
