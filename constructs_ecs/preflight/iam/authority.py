"""Who may do what: the answers that proofs are made of, as links with evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.iam.combining import bounded, verdicts
from constructs_ecs.preflight.iam.documents import Statement
from constructs_ecs.preflight.iam.evaluator import Decision, Request, evaluate
from constructs_ecs.preflight.iam.matching import equals
from constructs_ecs.preflight.iam.policies import Policies, document
from constructs_ecs.preflight.iam.principals import Naming
from constructs_ecs.preflight.iam.requests import ContextValues, Requests, merged
from constructs_ecs.preflight.iam.wording import Answer, Side, links
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Ternary, Text, Unknown

Role = Resource | Unknown | None
"""A role of the templates, one that they do not show, or none."""

_NO_CONTEXT: Final[ContextValues] = {}
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_ALIAS: Final = "AWS::KMS::Alias"
_POLICY_IS_A_PROPERTY: Final = (*_KEYS, "AWS::ECR::Repository")
"""Types that surely have no policy if the template gives them none; those of others may come from elsewhere."""
_NOTHING_SAID: Final = Decision(allowed=Ternary.NO, denied=Ternary.NO)


class Authority:
    """Answers what the policies of a graph allow. Each policy is read once.

    Where several actions are asked for, those that fare alike share a link. ``context`` holds condition keys that the
    caller knows of the request, beyond those that follow from role and resource; None says that the request lacks
    the key, and a key that nobody names is unknown.

    Args:
        graph: the templates' resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._policies = Policies(graph)
        self._requests = Requests(graph)

    def identity(self, role: Role, action: str, resource: Text, context: ContextValues = _NO_CONTEXT) -> Link:
        """Whether a role's own policies allow an action."""
        return self.access(role, [action], resource, context=context)[0]

    def access(
        self,
        role: Role,
        actions: Iterable[str],
        resource: Text,
        owner: Resource | None = None,
        context: ContextValues = _NO_CONTEXT,
    ) -> tuple[Link, ...]:
        """Whether a role may take actions on a resource: its own policies and the resource's, as they add up.

        Args:
            role: who asks.
            actions: what for.
            resource: the ARN; ``*`` for actions without one. A ``*`` inside it stands for what is chosen at run time.
            owner: the resource whose own policy has a say: a secret, repository, registry policy, bucket or file
                system.
            context: condition keys of the request.
        """
        if not isinstance(role, Resource):
            return (_without_role(role, actions, resource),)
        requests = [self._requests.by_role(role, action, resource, context) for action in actions]
        return links(answer for request in requests for answer in self._access(role, request, owner))

    def key_use(
        self,
        role: Role,
        actions: Iterable[str],
        key: Resource | Unknown | None,
        service: str | None = None,
        context: ContextValues = _NO_CONTEXT,
    ) -> tuple[Link, ...]:
        """Whether a role may use a key: its own policies and the key's, as they add up.

        Args:
            role: who asks.
            actions: what for, ``kms:Decrypt``.
            key: the key, or an alias of it; None for one of AWS's own keys, which needs no permission.
            service: the service that uses the key for the role, ``secretsmanager``; None if the role calls AWS KMS.
            context: condition keys of the request.
        """
        if key is None:
            return ()
        key = self._key(key)
        if not isinstance(role, Resource):
            return (_without_role(role, actions, "the key"),)
        if isinstance(key, Unknown):
            return (_without_role(key, actions, "the key"),)
        known = merged(self._via(service, key), context)
        arn = self._requests.arn(key)
        requests = [self._requests.by_role(role, action, arn, known) for action in actions]
        return links(answer for request in requests for answer in self._key_use(role, request, key))

    def key_serves(
        self, key: Resource | Unknown | None, actions: Iterable[str], service: str, context: ContextValues = _NO_CONTEXT
    ) -> tuple[Link, ...]:
        """Whether a key's policy lets a service use it in its own name, as CloudWatch Logs does.

        Args:
            key: the key, or an alias of it; None for one of AWS's own keys.
            actions: what for.
            service: the service, ``logs``: its regional principal is meant.
            context: condition keys of the request, ``kms:EncryptionContext:aws:logs:arn``.
        """
        if key is None:
            return ()
        key = self._key(key)
        if isinstance(key, Unknown):
            return (_open(LinkKind.KEY_POLICY, f"Whether the key lets {service} use it is open: {key.reason}."),)
        principal, arn = self._requests.service_name(service, key), self._requests.arn(key)
        requests = [self._requests.by_service(principal, action, arn, context, key) for action in actions]
        decisions = [evaluate(self._policies.of_resource(key) or (), request) for request in requests]
        return links(
            Answer(side=_key_side(key), request=request, decision=decision, verdict=decision.answer)
            for request, decision in zip(requests, decisions, strict=True)
        )

    def endpoint_policy(
        self,
        endpoint: Resource,
        actions: Iterable[str],
        resource: Text,
        role: Role,
        context: ContextValues = _NO_CONTEXT,
    ) -> tuple[Link, ...]:
        """Whether a VPC endpoint's policy lets a call through; without a policy it lets all through.

        Args:
            endpoint: the endpoint.
            actions: what is called.
            resource: the ARN, as for :meth:`access`.
            role: who calls; None or unknown for someone who is not known, such as ECR with a URL that it has signed.
            context: condition keys of the request.
        """
        found = document(endpoint, "PolicyDocument")
        side = _side(LinkKind.ENDPOINT_POLICY, "the endpoint", endpoint, Fault.ENDPOINT_POLICY)
        if found is None:
            text_ = f"{endpoint.logical_id} has no policy, so it lets every call through."
            return (Link(LinkKind.ENDPOINT_POLICY, Verdict.PASS, text_, (endpoint.where,)),)
        known = merged({"aws:SourceVpce": self._graph.value(endpoint.template, {"Ref": endpoint.logical_id})}, context)
        gateway = endpoint.get("VpcEndpointType", default="Gateway") == "Gateway"
        requests = [self._requests.by_role(role, action, resource, known) for action in actions]
        decisions = [evaluate(found, each, Naming.GATEWAY if gateway else Naming.ANY) for each in requests]
        return links(
            Answer(side=side, request=request, decision=decision, verdict=decision.answer)
            for request, decision in zip(requests, decisions, strict=True)
        )

    def trust(
        self, role: Role, service: str, source_arn: Text | None = None, context: ContextValues = _NO_CONTEXT
    ) -> Link:
        """Whether a role's trust policy lets a service assume the role.

        Args:
            role: the role.
            service: the service's principal, ``ecs-tasks.amazonaws.com``.
            source_arn: what the service says it acts for; None if that is not known.
            context: condition keys of the request.
        """
        if role is None:
            return Link(LinkKind.TRUST, Verdict.FAIL, f"There is no role for {service} to assume.", (), Fault.NO_ROLE)
        if isinstance(role, Unknown):
            return _open(LinkKind.TRUST, f"Whether {service} may assume the role is open: {role.reason}.")
        known = merged({} if source_arn is None else {"aws:SourceArn": source_arn}, context)
        request = self._requests.by_service(service, "sts:AssumeRole", role.logical_id, known, role)
        decision = evaluate(document(role, "AssumeRolePolicyDocument") or (), request)
        side = _side(LinkKind.TRUST, "the trust policy of", role, Fault.TRUST)
        return links([Answer(side=side, request=request, decision=decision, verdict=decision.answer)])[0]

    def _access(self, role: Resource, request: Request, owner: Resource | None) -> Iterator[Answer]:
        if owner is None:
            yield self._alone(role, request)
            return
        side = _side(LinkKind.RESOURCE_POLICY, "the policy of", owner, Fault.RESOURCE_POLICY)
        yield from self._both(role, request, _Owner(owner, side, self._policies.of_resource(owner)))

    def _key_use(self, role: Resource, request: Request, key: Resource) -> Iterator[Answer]:
        statements = self._policies.of_resource(key)
        if statements is None:
            # The policy that a key gets if the template gives it none leaves everything to the account's policies.
            yield self._alone(role, request)
            return
        yield from self._both(role, request, _Owner(key, _key_side(key), statements, required=True))

    def _alone(self, role: Resource, request: Request) -> Answer:
        """What a role's policies say, when nobody else has a say."""
        own = bounded(*self._own(role, request))
        return Answer(side=_role_side(role), request=request, decision=own, verdict=own.answer)

    def _both(self, role: Resource, request: Request, owner: "_Owner") -> Iterator[Answer]:
        """What a role's policies and a resource's policy say together."""
        own, boundary = self._own(role, request)
        same = equals(self._requests.account(role), self._requests.account(owner.resource))
        if owner.statements is None:
            its = _unsaid(owner.resource, same)
            direct = its.allowed
        else:
            its = evaluate(owner.statements, request)
            direct = evaluate(owner.statements, request, Naming.DIRECT).allowed
        direct &= Ternary.YES if boundary is None else boundary.allowed
        own = bounded(own, boundary)
        found = verdicts(own, its, direct, same_account=same, required=owner.required)
        if found.identity is not None:
            yield Answer(side=_role_side(role), request=request, decision=own, verdict=found.identity)
        if owner.statements is not None or found.resource is not Ternary.YES:
            yield Answer(side=owner.side, request=request, decision=its, verdict=found.resource)

    def _own(self, role: Resource, request: Request) -> tuple[Decision, Decision | None]:
        """What a role's own policies say, and its permissions boundary if it has one."""
        policies = self._policies.of_role(role)
        boundary = None if policies.boundary is None else evaluate(policies.boundary, request)
        return evaluate(policies.statements, request), boundary

    def _key(self, key: Resource | Unknown) -> Resource | Unknown:
        """Return the key that an alias stands for."""
        if isinstance(key, Unknown) or key.type in _KEYS:
            return key
        target = self._graph.target(key.get("TargetKeyId"), *_KEYS) if key.type == _ALIAS else None
        return Unknown(f"which key {key.where} stands for") if target is None else target

    def _via(self, service: str | None, key: Resource) -> ContextValues:
        if service is None:
            return {}
        return {"kms:ViaService": self._requests.service_name(service, key), "aws:ViaAWSService": "true"}


@dataclass(frozen=True)
class _Owner:
    """A resource whose policy has a say, with its statements if it has one, and whether that has to allow."""

    resource: Resource
    side: Side
    statements: tuple[Statement, ...] | None
    required: bool = False


def _unsaid(owner: Resource, same_account: Ternary) -> Decision:
    """What it means that the templates give a resource no policy."""
    if owner.type == "AWS::EFS::FileSystem":
        # Without a policy a file system lets everyone in who reaches it; whether that holds for a client that asks
        # for IAM authorization, no page says.
        why = f"{owner.where} has no policy, and then may let in whoever reaches it"
        return Decision(allowed=Ternary.UNKNOWN, denied=Ternary.NO, reasons=(why,))
    if same_account is Ternary.YES or owner.type in _POLICY_IS_A_PROPERTY:
        return _NOTHING_SAID
    why = f"{owner.where} may have a policy that the templates do not show"
    return Decision(allowed=Ternary.UNKNOWN, denied=Ternary.NO, reasons=(why,))


def _side(kind: LinkKind, subject: str, resource: Resource, fault: Fault, denied: Fault | None = None) -> Side:
    name = f"{subject} {resource.logical_id}"
    return Side(kind=kind, subject=name, where=resource.where, fault=fault, denied=fault if denied is None else denied)


def _role_side(role: Resource) -> Side:
    return _side(LinkKind.IDENTITY_POLICY, "the role", role, Fault.NOT_ALLOWED, Fault.DENIED)


def _key_side(key: Resource) -> Side:
    return _side(LinkKind.KEY_POLICY, "the policy of the key", key, Fault.KEY_POLICY)


def _without_role(role: Unknown | None, actions: Iterable[str], resource: Text) -> Link:
    asked = f"{', '.join(actions)} on {resource}"
    if role is None:
        text_ = f"There is no role that could allow {asked}."
        return Link(LinkKind.IDENTITY_POLICY, Verdict.FAIL, text_, (), Fault.NO_ROLE)
    return _open(LinkKind.IDENTITY_POLICY, f"Whether {asked} is allowed is open: {role.reason}.")


def _open(kind: LinkKind, sentence: str) -> Link:
    return Link(kind, Verdict.UNKNOWN, sentence)
