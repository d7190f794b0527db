from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.conditions import ContextValue
from constructs_ecs.preflight.iam.documents import Statement, statements
from constructs_ecs.preflight.iam.evaluator import Decision, Request, evaluate
from constructs_ecs.preflight.iam.principals import Principal
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, text
from tests.preflight.iam.corpus import Case, cases

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
PARTITION, REGION, ACCOUNT = (Symbol(PSEUDO, "", name) for name in ("Partition", "Region", "AccountId"))
BUCKET = text("arn:", PARTITION, ":s3:::", Symbol("Template", "Bucket", "Ref"))
OTHER_BUCKET = text("arn:", PARTITION, ":s3:::", Symbol("Template", "Other", "Ref"))
OBJECT = text(BUCKET, "/*")
HERE = Where("Template", "Policy")


def allow(action: object, resource: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object, resource: object = "*", **more: object) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def read(*bodies: object, version: str = "2012-10-17") -> tuple[Statement, ...]:
    return statements({"Version": version, "Statement": list(bodies)}, HERE)


def ask(*bodies: object, action: str = "s3:PutObject", resource: Text = OBJECT, **context: ContextValue) -> Decision:
    known = {key.replace("_", ":"): value for key, value in context.items()}
    return evaluate(read(*bodies), Request(action=action, resource=resource, context=known))


def test_nothing_is_allowed_by_default() -> None:
    decision = ask()

    assert decision.answer is NO
    assert decision.denied is NO
    assert decision.statement is None


def test_an_allow_names_the_statement_that_allows() -> None:
    decision = ask(allow("s3:Get*"), allow("s3:PutObject", text(BUCKET, "/*")))

    assert decision.answer is YES
    assert str(decision.where) == "Template#Policy.Statement[1]"


def test_a_deny_wins_and_is_named() -> None:
    decision = ask(allow("*"), deny("s3:Put*"))

    assert decision.answer is NO
    assert decision.denied is YES
    assert str(decision.where) == "Template#Policy.Statement[1]"


def test_an_open_deny_leaves_an_allow_open() -> None:
    decision = ask(allow("*"), deny("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))

    assert decision.answer is UNKNOWN
    assert decision.reasons == ("whether StringEquals aws:SourceVpc vpc-1 holds",)


def test_an_open_deny_does_not_matter_where_nothing_allows() -> None:
    assert ask(deny("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})).answer is NO


def test_negated_elements_cover_the_rest() -> None:
    assert ask({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}).answer is YES
    assert ask({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}).answer is NO
    assert ask({"Effect": "Allow", "Action": "*", "NotResource": text(OTHER_BUCKET, "/*")}).answer is YES
    assert ask({"Effect": "Allow", "Action": "*", "NotResource": text(BUCKET, "/*")}).answer is NO
    assert ask({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::assets/*"}).answer is UNKNOWN


def test_another_resource_is_said_to_be_near() -> None:
    decision = ask(allow("s3:PutObject", text(OTHER_BUCKET, "/*")))

    assert decision.answer is NO
    assert [miss for _, miss in decision.near] == [f"on {text(OTHER_BUCKET, '/*')}"]


def test_a_condition_that_fails_is_said_to_be_near() -> None:
    decision = ask(allow("s3:PutObject", Condition={"Bool": {"aws:X": "true"}}), aws_X="false")

    assert decision.answer is NO
    assert [miss for _, miss in decision.near] == ["if Bool aws:X true"]


def test_a_resource_that_is_chosen_at_run_time_is_covered_only_as_a_whole() -> None:
    assert ask(allow("*", text(BUCKET, "/*"))).answer is YES
    assert ask(allow("*", text(BUCKET, "/exec/*"))).answer is UNKNOWN


def test_an_action_without_resources_is_allowed_on_every_resource_only() -> None:
    assert ask(allow("ecr:*"), action="ecr:GetAuthorizationToken", resource="*").answer is YES
    repository = "arn:aws:ecr:eu-west-1:111122223333:repository/web"
    assert ask(allow("ecr:*", repository), action="ecr:GetAuthorizationToken", resource="*").answer is NO


def test_an_arn_of_few_components_may_be_completed_by_aws() -> None:
    decision = ask(allow("*", "arn:aws:s3"))

    assert decision.answer is UNKNOWN


def test_an_unknown_statement_may_allow_and_may_deny() -> None:
    unknown = read(Unknown("a parameter"))[0]
    request = Request(action="s3:PutObject", resource="*")

    assert evaluate([unknown], request).answer is UNKNOWN
    assert evaluate([unknown, *read(allow("*"))], request).answer is UNKNOWN
    assert evaluate([replace(unknown, effect="Allow"), *read(allow("*"))], request).answer is YES
    assert evaluate([unknown], request).reasons == ("a parameter",)


def test_a_statement_that_may_not_be_in_force_settles_nothing() -> None:
    request = Request(action="s3:PutObject", resource="*")
    maybe = replace(read(allow("*"))[0], maybe="it may be attached to another role")

    assert evaluate([maybe], request).answer is UNKNOWN
    assert evaluate([maybe], request).reasons == ("it may be attached to another role",)


def test_unknown_elements_leave_the_statement_open() -> None:
    for body in (
        allow(Unknown("x")),
        allow([Unknown("x")]),
        allow("*", Unknown("x")),
        allow("*", Condition=Unknown("x")),
        allow("*", Principal={"AWS": Unknown("x")}),
    ):
        decision = evaluate(
            read(body), Request(action="s3:PutObject", resource="a", principal=Principal(account=ACCOUNT, arn="b"))
        )
        assert decision.answer is UNKNOWN
        assert decision.reasons == ("x",)


def test_variables_are_replaced_from_the_version_that_has_them() -> None:
    request = Request(action="s3:PutObject", resource="111122223333", context={"aws:PrincipalAccount": "111122223333"})
    body = allow("*", "${aws:PrincipalAccount}")

    assert evaluate(read(body), request).answer is YES
    assert evaluate(read(body, version="2008-10-17"), request).answer is NO


def test_a_variable_in_a_condition_is_replaced() -> None:
    body = allow("*", Condition={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})

    assert ask(body, aws_ResourceAccount=ACCOUNT, aws_PrincipalAccount=ACCOUNT).answer is YES
    assert ask(body, aws_ResourceAccount="1", aws_PrincipalAccount="2").answer is NO
    assert ask(body, aws_ResourceAccount="1").answer is UNKNOWN


CASES = st.integers(0, 2**40).map(lambda seed: next(cases(seed, 1)))


def decide(case: Case, found: tuple[Statement, ...]) -> Decision:
    context = {key: tuple(value) if isinstance(value, list) else value for key, value in case["context"].items()}
    return evaluate(found, Request(action=case["action"], resource=case["resource"], context=context))


def policy(case: Case) -> tuple[Statement, ...]:
    return tuple(each for document in case["identity"] for each in statements(document, HERE))


@given(CASES, CASES)
def test_one_more_deny_never_allows(case: Case, other: Case) -> None:
    found = policy(case)
    denies = tuple(replace(each, effect="Deny") for each in policy(other))

    assert _rank(decide(case, (*found, *denies)).answer) <= _rank(decide(case, found).answer)


@given(CASES)
def test_a_deny_of_everything_leaves_nothing_and_an_allow_of_everything_all(case: Case) -> None:
    found = policy(case)

    assert decide(case, (*found, *read(deny("*")))).answer is NO
    allows = tuple(each for each in found if each.effect == "Allow")
    assert decide(case, (*allows, *read(allow("*")))).answer is YES


@given(CASES, st.randoms())
def test_the_order_of_statements_does_not_matter(case: Case, random: Random) -> None:
    found = list(policy(case))
    answer = decide(case, tuple(found))
    random.shuffle(found)
    shuffled = decide(case, tuple(found))

    assert (shuffled.allowed, shuffled.denied) == (answer.allowed, answer.denied)


@given(CASES, st.data())
def test_a_wider_resource_never_takes_away(case: Case, data: st.DataObject) -> None:
    allows = tuple(each for each in policy(case) if each.effect == "Allow" and not each.not_resources)
    wider = tuple(replace(each, resources=_widened(each.resources, data)) for each in allows)

    assert _rank(decide(case, wider).answer) >= _rank(decide(case, allows).answer)


def _widened(patterns: object, data: st.DataObject) -> tuple[Text, ...]:
    assert isinstance(patterns, tuple)
    return tuple(_wider(pattern, data) for pattern in patterns)


def _wider(pattern: str, data: st.DataObject) -> str:
    if "${" in pattern:
        return "*"
    cut = data.draw(st.integers(0, len(pattern)))
    return pattern[:cut] + "*" + pattern[data.draw(st.integers(cut, len(pattern))) :]


def _rank(answer: Ternary) -> int:
    return [NO, UNKNOWN, YES].index(answer)


@pytest.mark.parametrize("concrete", ["eu-west-1", "us-east-1"])
@given(CASES)
def test_a_firm_answer_about_any_region_holds_in_each(concrete: str, case: Case) -> None:
    """The corpus's Region becomes a symbol in policy and request; a firm answer must be the one of each Region."""
    symbolic = _in_region(case, REGION)
    firm = decide(symbolic, policy(symbolic)).answer
    made = _in_region(case, concrete)

    assert firm in (UNKNOWN, decide(made, policy(made)).answer)


def _in_region(value: Any, region: Text) -> Any:  # noqa: ANN401 - any part of a case
    if isinstance(value, dict):
        return {key: _in_region(each, region) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_region(each, region) for each in value]
    if not isinstance(value, str):
        return value
    first, *others = value.split("eu-west-1")
    return text(first, *(part for other in others for part in (region, other)))
