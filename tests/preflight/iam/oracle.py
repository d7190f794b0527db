"""Our answers to the cases of the corpus, in the letters of the recorded ones."""

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.combining import bounded, verdicts
from constructs_ecs.preflight.iam.documents import statements
from constructs_ecs.preflight.iam.evaluator import Decision, Request, evaluate
from constructs_ecs.preflight.iam.principals import Naming, Principal
from constructs_ecs.preflight.iam.ternary import ternary
from constructs_ecs.preflight.values import Ternary
from tests.preflight.iam.corpus import ACCOUNT, ALWAYS, ROLE, Case

HERE = Where("Template", "Policy")


def answers(case: Case) -> str:
    """What the role's policies say; with a resource policy also what that says, and what both say together.

    A letter each: Allow, Deny, Implicit deny, or Open.
    """
    asked = _request(case)
    own = evaluate([each for policy in case["identity"] for each in statements(policy, HERE)], asked)
    boundary = evaluate(statements(case["boundary"], HERE), asked) if "boundary" in case else None
    own, limit = bounded(own, boundary), Ternary.YES if boundary is None else boundary.allowed
    if "resource_policy" not in case:
        return _letter(own)
    found = statements(case["resource_policy"], HERE)
    resource, direct = evaluate(found, asked), evaluate(found, asked, Naming.DIRECT).allowed & limit
    return _letter(own) + _letter(resource) + _together(case, own, resource, direct)


def _request(case: Case) -> Request:
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in case["context"].items()}
    return Request(
        action=case["action"],
        resource=case["resource"],
        principal=Principal(arn=ROLE, account=ACCOUNT),
        context={**ALWAYS, **given},
        complete=True,
    )


def _together(case: Case, own: Decision, resource: Decision, direct: Ternary) -> str:
    if Ternary.YES in (own.denied, resource.denied):
        return "D"
    same_account = ternary(case["owner"] == ACCOUNT)
    total = verdicts(own, resource, direct, same_account=same_account, required=case["required"]).total
    return {Ternary.YES: "A", Ternary.NO: "I"}.get(total, "O")


def _letter(decision: Decision) -> str:
    if Ternary.UNKNOWN in (decision.answer, decision.denied):
        return "O"
    if decision.denied is Ternary.YES:
        return "D"
    return "A" if decision.answer is Ternary.YES else "I"
