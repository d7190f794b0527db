"""What MiniStack's evaluator, written by others, says to the requests that the preflight's evaluator answers."""

from collections.abc import Callable

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from constructs_ecs.preflight.iam.evaluator import Request
from tests.emulator.roles_policies import Role
from tests.emulator.server import ACCOUNT


def of(role: Role) -> Callable[[Request], bool]:
    """What tells whether a role's own policies allow a request."""
    documents = [parse_policy_document(each) for each in role.documents.values()]

    def allows(request: Request) -> bool:
        return bool(evaluate(_context(role, request), documents).decision == "Allow")

    return allows


def _context(role: Role, request: Request) -> EvalContext:
    keys = {key.lower(): value for key, value in request.context.items() if value is not None}
    return EvalContext(
        principal_arn=role.arn,
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=request.action,
        resource_arn=request.resource,
        region=keys["aws:requestedregion"],
        secure_transport=True,
        service_context=keys,
    )
