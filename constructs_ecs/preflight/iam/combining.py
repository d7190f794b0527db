"""An action on a resource that has a policy of its own: what the two sides say together.

Source: IAM user guide, "How a resource-based policy affects authorization" and "Cross-account policy evaluation
logic"; KMS developer guide, "Key policies".
"""

from dataclasses import dataclass, replace

from constructs_ecs.preflight.iam.evaluator import Decision
from constructs_ecs.preflight.values import Ternary


def combined(
    *, identity: Ternary, resource: Ternary, direct: Ternary, same_account: Ternary, required: bool
) -> Ternary:
    """Whether an action is allowed that no policy denies.

    Args:
        identity: whether the caller's own policies allow it.
        resource: whether the resource's policy allows it to the caller or to the caller's account.
        direct: whether the resource's policy allows it to the caller by name or to everyone.
        same_account: whether caller and resource are in one account.
        required: whether the resource's policy has to allow even callers of its own account, as a key's has to.
    """
    both = identity & resource
    return both | (same_account & (direct if required else direct | identity))


def bounded(own: Decision, boundary: Decision | None) -> Decision:
    """What a role's policies say within its permissions boundary, if it has one."""
    if boundary is None:
        return own
    decisive = own if boundary.answer is Ternary.YES or own.answer is Ternary.NO else boundary
    return replace(
        decisive,
        allowed=own.allowed & boundary.allowed,
        denied=own.denied | boundary.denied,
        reasons=(*own.reasons, *boundary.reasons),
    )


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What two sides' answers mean together.

    Args:
        total: whether the request passes.
        identity: the part of the caller's own policies; None if nothing depends on them.
        resource: the part of the resource's policy.
    """

    total: Ternary
    identity: Ternary | None
    resource: Ternary


def verdicts(
    identity: Decision, resource: Decision, direct: Ternary, *, same_account: Ternary, required: bool
) -> Verdicts:
    """Combine the decisions of a caller's policies and of a resource's policy.

    Args:
        identity: of the caller's own policies.
        resource: of the resource's policy.
        direct: whether the resource's policy allows it to the caller by name or to everyone, within the caller's
            permissions boundary.
        same_account: whether caller and resource are in one account.
        required: whether the resource's policy has to allow even callers of its own account.
    """
    allowed = combined(
        identity=identity.allowed,
        resource=resource.allowed,
        direct=direct,
        same_account=same_account,
        required=required,
    )
    total = allowed & ~identity.denied & ~resource.denied
    granted = direct & same_account
    own = identity.answer
    if granted is Ternary.YES and identity.allowed is not Ternary.YES:
        own = ~identity.denied
    silent_is_enough = same_account is Ternary.YES and not required
    its = ~resource.denied if silent_is_enough else resource.answer
    if total is not Ternary.NO:
        own, its = _softened(own, total), _softened(its, total)
        if total is Ternary.UNKNOWN and Ternary.UNKNOWN not in (own, its):
            its = Ternary.UNKNOWN
    not_needed = granted is Ternary.YES and own is Ternary.YES and identity.allowed is not Ternary.YES
    return Verdicts(total=total, identity=None if not_needed else own, resource=its)


def _softened(part: Ternary, total: Ternary) -> Ternary:
    """A part does not fail where the whole may pass: the other side may make up for it."""
    return total if part is Ternary.NO else part
