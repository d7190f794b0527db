"""N22: a launch that does not wait for what its tasks need."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, LinkKind, Severity, Verdict, Where
from constructs_ecs.preflight.proof import SiteProof
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.launches import Order, starts_with_its_stack
from constructs_ecs.preflight.rules.network_rule import endpoints_used, logical_ids

_AWAITED: Final = frozenset(
    {
        "AWS::EC2::VPCEndpoint",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::Route",
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
    }
)
"""What CloudFormation may create after a launch that works through it."""
_SHOWN: Final = 8


class LateDependency(Rule):
    """A service may start its first tasks before an endpoint, rule, route or policy is there that they need."""

    id = "N22"
    severity = Severity.WARNING
    statement = (
        "A service does not depend on an endpoint, a rule of a security group, a default route or a policy that its "
        "tasks work through, so CloudFormation may create it first."
    )
    symptom = "The first tasks fail as if it were missing; a deployment circuit breaker may roll the stack back."
    decided_by = (
        "DependsOn and references of the service, and of what it depends on, against the resources that its calls are "
        "proven with. Only what is created in the same template counts, and only launches that start at once."
    )
    fix = "Name what it needs in DependsOn of {the launch}."
    source = "AWS CloudFormation, DependsOn attribute"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare what each launch's calls go through with what it waits for."""
        for proof in context.proofs:
            late = list(_late(proof, context)) if starts_with_its_stack(proof.site) else []
            if late:
                more = f" and {len(late) - _SHOWN} more" if len(late) > _SHOWN else ""
                named = f"{logical_ids(late[:_SHOWN])}{more}"
                where = proof.site.where
                yield self.finding(
                    where,
                    f"{where.logical_id} does not wait for {named}.",
                    launch_sites=(where,),
                    fix=f"Name {named} in DependsOn of {{the launch}}.",
                )


def _late(proof: SiteProof, context: Context) -> Iterator[Where]:
    """Yield what calls go through and may be created later than the launch, each once."""
    order = Order(proof.site, context.graph)
    for template, name in dict.fromkeys((where.template, where.logical_id) for where in _relied_on(proof, context)):
        resource = context.graph.resource(template, name)
        if resource is not None and resource.type in _AWAITED and order.is_late(resource.where):
            yield resource.where


def _relied_on(proof: SiteProof, context: Context) -> Iterator[Where]:
    """Yield what the calls for a task go through; a task is placed only when its instance has registered."""
    for call in proof.calls:
        if call.verdict is Verdict.PASS and call.call.purpose is not Purpose.REGISTER_INSTANCE:
            yield from (endpoint.where for endpoint in endpoints_used(call, context))
            yield from (link.where[0] for link in call.evidence if link.where and link.kind is not LinkKind.ENDPOINT)
