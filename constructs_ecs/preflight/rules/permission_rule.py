"""The common case of the rules on roles: a call that the policies do not let through."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.launch_sites import Capacity
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint

if TYPE_CHECKING:
    from constructs_ecs.preflight.calls import Call

ROLE_FAULTS: Final = frozenset({Fault.NO_ROLE, Fault.NOT_ALLOWED, Fault.DENIED})
"""What a role lacks."""
SESSION_CALLS: Final = frozenset(
    {
        Purpose.DECRYPT_EXEC_SESSION,
        Purpose.WRITE_EXEC_LOG,
        Purpose.WRITE_EXEC_OBJECT,
        Purpose.ENCRYPT_EXEC_OBJECT,
    }
)
"""What an exec session calls once its channels are open."""
_NO_WAY: Final = frozenset({Fault.NO_ENDPOINT, Fault.NO_GATEWAY_ROUTE})
"""No way to the service at all; the other faults of a network have rules of their own."""
_SHOWN: Final = 6
"""So many actions are spelled out."""


class PermissionRule(CallRule):
    """A rule on calls that no policy allows, or that one denies. The fix names the actions and the resource.

    A task on Fargate that lacks its execution role altogether is left to R01, one without a role for exec to X01.
    """

    faults: ClassVar[frozenset[Fault]] = ROLE_FAULTS | {Fault.RESOURCE_POLICY}

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """All of its purposes and faults, but for what ECS refuses to register."""
        return not lacks_execution_role(failure) and not _lacks_exec_role(failure)

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Say what to grant and where, by what is broken first."""
        fix = _FIXES.get(failures[0].link.fault or Fault.NOT_ALLOWED)
        return self.fix if fix is None else fix(failures)


class CallNeeds(PermissionRule, MissingEndpoint):
    """A rule on all that a call needs: the permission, the key, and a way to the service."""

    endpoint: ClassVar[str]
    """What to add where there is no way, with what it is added to."""
    faults: ClassVar[frozenset[Fault]] = PermissionRule.faults | {Fault.KEY_POLICY} | _NO_WAY

    def explains(self, failure: Failure, context: Context) -> bool:
        """Of the ways, those that an endpoint is what is missing of."""
        kind = MissingEndpoint if failure.link.fault in _NO_WAY else PermissionRule
        return kind.explains(self, failure, context)

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the grant, or the endpoint."""
        if failures[0].link.fault not in _NO_WAY:
            return PermissionRule.fix_of(self, failures)
        place = "{the VPC}" if failures[0].link.where else "the VPC that {the resource} is run in"
        return f"Add {self.endpoint} to {place}."

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - the signature of the base class
        """The same for all faults."""
        return self.symptom


def lacks_execution_role(failure: Failure) -> bool:
    """Whether a task on Fargate has no execution role for a call that is made with it."""
    on_fargate = failure.site.site.capacity is Capacity.FARGATE
    return on_fargate and failure.link.fault is Fault.NO_ROLE and "execution" in failure.call.caller


def _lacks_exec_role(failure: Failure) -> bool:
    return failure.link.fault is Fault.NO_ROLE and failure.call.purpose in SESSION_CALLS


def grants(failures: Sequence[Failure]) -> str:
    """Name what has to be allowed: actions and resources, each once."""
    return "; ".join(dict.fromkeys(_spelled(failure.call) for failure in failures))


def _spelled(call: "Call") -> str:
    actions = list(call.actions)
    more = f" and {len(actions) - _SHOWN} more" if len(actions) > _SHOWN else ""
    return f"{', '.join(actions[:_SHOWN])}{more} on {call.resource}"


def _grant(failures: Sequence[Failure]) -> str:
    return f"Allow {grants(failures)} in a policy of {{the role}}."


def _add_role(failures: Sequence[Failure]) -> str:
    caller = failures[0].call.caller
    return f"Give {{the resource}} {'an' if caller[0] in 'aeiou' else 'a'} {caller} that allows {grants(failures)}."


def _end_denial(failures: Sequence[Failure]) -> str:
    return f"Except {grants(failures)} from what is denied in {{the resource}}."


def _open_resource(failures: Sequence[Failure]) -> str:
    return f"Allow the {failures[0].call.caller} {grants(failures)} in the policy of {{the resource}}."


def _open_key(failures: Sequence[Failure]) -> str:
    return f"Let the key's policy in {{the resource}} allow the {failures[0].call.caller}, or the account to decide."


_FIXES: Final[dict[Fault, Callable[[Sequence[Failure]], str]]] = {
    Fault.NO_ROLE: _add_role,
    Fault.NOT_ALLOWED: _grant,
    Fault.DENIED: _end_denial,
    Fault.RESOURCE_POLICY: _open_resource,
    Fault.KEY_POLICY: _open_key,
}
