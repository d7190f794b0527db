"""Proves or refutes each call of each launch site, with the evidence as a chain.

The chain has the order in which a call meets what may stop it: the name and the endpoint or gateway that it leads to,
the route, the security groups, the endpoint's policy, the caller's policies, the resource's, the key's. A role has to
be assumable before anything is done with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from constructs_ecs.facts.endpoints import supports_policy
from constructs_ecs.preflight.calls import Call, Purpose, derive
from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.iam.arns import account_of
from constructs_ecs.preflight.iam.authority import Authority
from constructs_ecs.preflight.launch_sites import LaunchSite, find
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import Assumptions, AwsService, NetworkInterface, Topology
from constructs_ecs.preflight.values import Ternary, Unknown, same

_Question = tuple[object, ...]


@dataclass(frozen=True)
class CallProof:
    """Whether a call goes through, and why.

    Args:
        call: the call.
        verdict: FAIL if a link is broken, UNKNOWN if one is open.
        evidence: the chain.
    """

    call: Call
    verdict: Verdict
    evidence: tuple[Link, ...]


@dataclass(frozen=True)
class SiteProof:
    """A launch site, and the proof of each of its calls."""

    site: LaunchSite
    calls: tuple[CallProof, ...]


def prove(
    graph: Graph,
    assumptions: Assumptions | None = None,
    *,
    topology: Topology | None = None,
    authority: Authority | None = None,
) -> tuple[SiteProof, ...]:
    """Prove the calls of all launch sites.

    Args:
        graph: the resources, under one assignment of conditions.
        assumptions: what the user says about networks that the templates do not show.
        topology: that of the graph and the assumptions, if there is one already.
        authority: that of the graph, if there is one already.
    """
    prover = _Prover(
        Topology(graph, assumptions) if topology is None else topology,
        Authority(graph) if authority is None else authority,
    )
    return tuple(SiteProof(site, tuple(prover.proof(call) for call in derive(site, graph))) for site in find(graph))


def assumed_accounts(graph: Graph, proofs: Iterable[SiteProof]) -> Iterator[str]:
    """Yield the accounts that are taken for the deployment's own, where a template names one and not its own."""
    for proof in proofs:
        for call in proof.calls:
            account, role = account_of(call.call.resource), call.call.role
            if not isinstance(account, str) or not isinstance(role, Resource):
                continue
            if not isinstance(graph.environment(role.template).account, str):
                yield f"account {account} is the one that {role.template} is deployed to"


def verdict_on(links: Iterable[Link]) -> Verdict:
    """Return the verdict on a chain: FAIL if a link is broken, UNKNOWN if one is open."""
    found = {link.verdict for link in links}
    return next((verdict for verdict in (Verdict.FAIL, Verdict.UNKNOWN) if verdict in found), Verdict.PASS)


class _Prover:
    """Answers each question once: many calls ask the same of a role, or of an interface."""

    def __init__(self, topology: Topology, authority: Authority) -> None:
        self._topology = topology
        self._authority = authority
        self._answers: dict[_Question, tuple[Link, ...]] = {}

    def proof(self, call: Call) -> CallProof:
        """Prove one call."""
        links = (*self._network(call), *self._permission(call))
        if call.advisory is not None:
            links = tuple(_opened(link, call.advisory) for link in links)
        return CallProof(call, verdict_on(links), links)

    def _network(self, call: Call) -> Iterator[Link]:
        """Yield whether the destination is reached, and whether the endpoints on the way let the call through."""
        if call.missing is not None:
            yield _missing(call, call.missing)
        elif isinstance(call.destination, Unknown):
            yield _open(f"What is called is open: {call.destination.reason}.", call)
        elif isinstance(call.interface, Unknown) and call.destination is not None:
            yield _open(f"Where the call leaves from is open: {call.interface.reason}.", call)
        elif isinstance(call.interface, NetworkInterface) and call.destination is not None:
            reach = self._topology.reach(call.interface, call.destination)
            yield from reach.links
            for endpoint in reach.endpoints:
                yield from self._endpoint_policy(call, endpoint)

    def _endpoint_policy(self, call: Call, endpoint: Resource) -> tuple[Link, ...]:
        if not call.actions:
            return ()
        if isinstance(call.destination, AwsService) and not supports_policy(call.destination.endpoint):
            if endpoint.get("PolicyDocument") is None:
                return ()
            return (_open(f"Whether {endpoint.logical_id} heeds a policy no page says.", call, endpoint),)
        question = ("endpoint", endpoint, call.actions, call.resource, call.role)
        if question not in self._answers:
            self._answers[question] = self._authority.endpoint_policy(
                endpoint, call.actions, call.resource, call.role, call.context
            )
        return self._answers[question]

    def _permission(self, call: Call) -> tuple[Link, ...]:
        """Return whether policies allow the call, with the better of the two roles where either may be used."""
        if call.purpose is Purpose.ASSUME_ROLE and call.service is not None:
            return (self._authority.trust(call.role, call.service, call.source),)
        if not call.needs_role or not call.actions:
            return ()
        links = (*self._access(call, call.role), *self._elsewhere(call))
        if call.or_role is None or verdict_on(links) is Verdict.PASS:
            return links
        other = (*self._access(call, call.or_role), *self._elsewhere(call))
        return other if _ORDER[verdict_on(other)] < _ORDER[verdict_on(links)] else links

    def _elsewhere(self, call: Call) -> Iterator[Link]:
        """Yield that the policy of a resource in another account has a say, which the templates do not have."""
        account = account_of(call.resource) if call.owner is None and call.key is None else None
        if account is None or not isinstance(call.role, Resource):
            return
        own = self._topology.graph.environment(call.role.template).account
        if same(account, own) is Ternary.NO:
            text = (
                f"Whether account {account} lets account {own} in is open: the policy of {call.resource} is elsewhere."
            )
            yield Link(LinkKind.RESOURCE_POLICY, Verdict.UNKNOWN, text, (call.where,))

    def _access(self, call: Call, role: Resource | Unknown | None) -> tuple[Link, ...]:
        context = tuple(sorted(call.context.items(), key=lambda item: item[0]))
        key = None if call.key is None else (call.key.key, call.key.service)
        question = ("access", role, call.actions, call.resource, call.owner, key, context)
        if question not in self._answers:
            self._answers[question] = self._ask(call, role)
        return self._answers[question]

    def _ask(self, call: Call, role: Resource | Unknown | None) -> tuple[Link, ...]:
        if call.key is not None:
            return self._authority.key_use(role, call.actions, call.key.key, call.key.service, call.context)
        return self._authority.access(role, call.actions, call.resource, call.owner, call.context)


_ORDER: Final = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}


def _missing(call: Call, what: str) -> Link:
    """Return that there is nothing to call; open where the network is not in the templates either."""
    interface = call.interface
    shown = isinstance(interface, NetworkInterface) and any(
        not isinstance(subnet, Unknown) for subnet in interface.subnets
    )
    verdict = Verdict.FAIL if shown else Verdict.UNKNOWN
    return Link(LinkKind.NAME, verdict, f"{what}.", (call.where,), Fault.NO_MOUNT_TARGET)


def _open(sentence: str, call: Call, endpoint: Resource | None = None) -> Link:
    kind = LinkKind.NAME if endpoint is None else LinkKind.ENDPOINT_POLICY
    return Link(kind, Verdict.UNKNOWN, sentence, (call.where if endpoint is None else endpoint.where,))


def _opened(link: Link, why: str) -> Link:
    """Return a broken link as one that proves nothing; the fault stays, for the rule that warns of it."""
    if link.verdict is not Verdict.FAIL:
        return link
    return replace(link, verdict=Verdict.UNKNOWN, text=f"{link.text.rstrip('.')}; but {why}.")
