import pytest

from constructs_ecs.preflight.iam.conditions import Condition, Context, ContextValue, holds
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, text

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
REGION = Symbol(PSEUDO, "", "Region")
ABSENT = None


def answer(operator: str, value: ContextValue, *wanted: Text) -> Ternary:
    condition = Condition(operator=operator, key="aws:Key", values=wanted)
    return holds(condition, Context({"AWS:KEY": value}))


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "expected"),
    [
        ("StringEquals", "web", "web", YES),
        ("StringEquals", "web", "Web", NO),
        ("StringEquals", "web", "w*", NO),
        ("stringequals", "web", "web", YES),
        ("StringNotEquals", "web", "web", NO),
        ("StringEqualsIgnoreCase", "web", "WEB", YES),
        ("StringNotEqualsIgnoreCase", "web", "WEB", NO),
        ("StringLike", "web", "w?b", YES),
        ("StringNotLike", "web", "w*", NO),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES),
        ("Bool", "true", "True", YES),
        ("Bool", "false", "true", NO),
        ("NumericEquals", "10", "10.0", YES),
        ("NumericNotEquals", "10", "10", NO),
        ("NumericLessThan", "9", "10", YES),
        ("NumericLessThanEquals", "10", "10", YES),
        ("NumericGreaterThan", "10", "10", NO),
        ("NumericGreaterThanEquals", "10", "10", YES),
        ("NumericEquals", "ten", "10", NO),
        ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", YES),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-01", NO),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", YES),
        ("DateLessThanEquals", "2026-01-01", "2026-01-01", YES),
        ("DateGreaterThan", "2026-01-01", "2027-01-01", NO),
        ("DateGreaterThanEquals", "2026-01-01", "2026-01-01", YES),
        ("DateLessThan", "soon", "2027-01-01", NO),
        ("DateLessThan", "1e999", "2027-01-01", NO),
        ("IpAddress", "10.0.1.7", "10.0.0.0/16", YES),
        ("NotIpAddress", "10.0.1.7", "10.0.0.0/16", NO),
        ("IpAddress", "2001:db8::1", "10.0.0.0/16", NO),
        ("IpAddress", "here", "10.0.0.0/16", NO),
        ("ArnLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:ecs:*:1:*", YES),
        ("ArnEquals", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:ecs:*:1:*", YES),
        ("ArnNotLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:ecs:*:1:*", NO),
        ("ArnNotEquals", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:ecs:*:2:*", YES),
    ],
)
def test_an_operator_compares_as_aws_documents_it(operator: str, value: str, wanted: str, expected: Ternary) -> None:
    assert answer(operator, value, wanted) is expected


def test_an_arn_operator_compares_component_by_component() -> None:
    assert answer("StringLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:*:task/a") is YES
    assert answer("ArnLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:*:1:task/a:*") is NO
    assert answer("ArnLike", "arn:aws:ecs:eu-west-1:1:task:a", "arn:aws:ecs:*:1:*") is YES


def test_what_an_arn_pattern_of_few_components_matches_is_open() -> None:
    assert answer("ArnLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:ecs:*") is UNKNOWN
    assert answer("ArnLike", "arn:aws:ecs:eu-west-1:1:task/a", "arn:aws:s3:*") is NO


def test_one_of_several_wanted_values_is_enough_and_a_negation_wants_none() -> None:
    assert answer("StringEquals", "b", "a", "b") is YES
    assert answer("StringNotEquals", "b", "a", "b") is NO
    assert answer("StringNotEquals", "c", "a", "b") is YES


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", NO),
        ("StringNotEquals", YES),
        ("StringEqualsIfExists", YES),
        ("BoolIfExists", YES),
        ("ForAllValues:StringEquals", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAnyValue:StringEqualsIfExists", YES),
    ],
)
def test_a_key_that_the_request_lacks_means_something_to_each_operator(operator: str, expected: Ternary) -> None:
    assert answer(operator, ABSENT, "true") is expected


def test_null_asks_whether_the_request_lacks_the_key() -> None:
    assert answer("Null", ABSENT, "true") is YES
    assert answer("Null", "web", "true") is NO
    assert answer("Null", "web", "false") is YES
    assert answer("Null", Unknown("x"), "false") is UNKNOWN


def test_quantifiers_ask_all_or_any_of_the_values() -> None:
    assert answer("ForAllValues:StringEquals", ("a", "b"), "a", "b", "c") is YES
    assert answer("ForAllValues:StringEquals", ("a", "d"), "a", "b") is NO
    assert answer("ForAnyValue:StringEquals", ("a", "d"), "a") is YES
    assert answer("ForAnyValue:StringNotEquals", ("a", "d"), "a", "d") is NO


def test_several_values_without_a_quantifier_are_open() -> None:
    assert answer("StringEquals", ("a", "b"), "a") is UNKNOWN


def test_symbols_are_compared_as_far_as_they_go() -> None:
    service = text("logs.", REGION, ".amazonaws.com")

    assert answer("StringEquals", service, service) is YES
    assert answer("StringEquals", service, text("secretsmanager.", REGION, ".amazonaws.com")) is NO
    assert answer("StringEquals", service, "logs.eu-west-1.amazonaws.com") is UNKNOWN
    assert answer("StringEqualsIgnoreCase", service, text("LOGS.", REGION, ".amazonaws.com")) is YES
    assert answer("Bool", REGION, "true") is UNKNOWN
    assert answer("NumericLessThan", "1", REGION) is UNKNOWN


def test_what_nobody_says_of_the_request_is_open() -> None:
    condition = Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1",))

    assert holds(condition, Context({})) is UNKNOWN
    assert holds(condition, Context({}, complete=True)) is NO


def test_unknown_values_and_operators_are_open() -> None:
    context = Context({"aws:Key": "web"})

    assert holds(Condition(operator="StringEquals", key="aws:Key", values=Unknown("x")), context) is UNKNOWN
    assert holds(Condition(operator="StringResembles", key="aws:Key", values=("web",)), context) is UNKNOWN
    assert holds(Condition(operator="Null", key="aws:Key", values=("perhaps",)), context) is UNKNOWN
