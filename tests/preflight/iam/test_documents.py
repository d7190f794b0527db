import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.conditions import Condition
from constructs_ecs.preflight.iam.documents import Statement, statements
from constructs_ecs.preflight.values import Symbol, Unknown, text

HERE = Where("Template", "Policy", ("PolicyDocument",))
KEY = Symbol("Template", "Key", "Ref")
STATEMENT = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def one(statement: object, **document: object) -> Statement:
    found = statements({"Version": "2012-10-17", **document, "Statement": statement}, HERE, "Name")
    assert len(found) == 1
    return found[0]


def test_a_statement_is_read_with_its_place() -> None:
    found = statements({"Version": "2012-10-17", "Statement": [STATEMENT, STATEMENT]}, HERE, "Name")

    assert [str(each.where) for each in found] == [
        "Template#Policy.PolicyDocument.Statement[0]",
        "Template#Policy.PolicyDocument.Statement[1]",
    ]
    assert (found[0].effect, found[0].actions, found[0].resources) == ("Allow", ("s3:GetObject",), ("*",))
    assert str(found[0]) == "statement Read of policy Name"


def test_a_single_statement_needs_no_list() -> None:
    assert one(STATEMENT).actions == ("s3:GetObject",)


def test_negated_elements_are_told_apart() -> None:
    found = one({"Effect": "Deny", "NotAction": "s3:*", "NotResource": ["a", "b"], "NotPrincipal": {"AWS": "*"}})

    assert (found.not_actions, found.not_resources, found.not_principals) == (True, True, True)
    assert (found.actions, found.resources) == (("s3:*",), ("a", "b"))


def test_principals_are_read_in_every_form() -> None:
    assert one({**STATEMENT, "Principal": "*"}).principals == {"AWS": ("*",)}
    assert one({**STATEMENT, "Principal": {"Service": ["a", "b"]}}).principals == {"Service": ("a", "b")}
    assert one(STATEMENT).principals is None
    assert isinstance(one({**STATEMENT, "Principal": {"AWS": Unknown("x")}}).principals, Unknown)
    assert isinstance(one({**STATEMENT, "Principal": "everyone"}).principals, Unknown)


def test_conditions_are_read_one_by_one() -> None:
    block = {"StringEquals": {"a": "1", "b": ["2", "3"]}, "Bool": {"c": True}}

    assert one({**STATEMENT, "Condition": block}).conditions == (
        Condition(operator="StringEquals", key="a", values=("1",)),
        Condition(operator="StringEquals", key="b", values=("2", "3")),
        Condition(operator="Bool", key="c", values=("true",)),
    )


def test_variables_count_from_the_version_that_has_them() -> None:
    assert one(STATEMENT).variables
    assert not one(STATEMENT, Version="2008-10-17").variables
    assert not statements({"Statement": STATEMENT}, HERE)[0].variables


def test_a_policy_may_be_json_text() -> None:
    body = {"Version": "2012-10-17", "Statement": [STATEMENT]}

    assert statements(json.dumps(body), HERE) == statements(body, HERE)


def test_symbols_in_json_text_stay_symbols() -> None:
    body = json.dumps({"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": "arn:@"}]})
    before, after = body.split("@")

    assert statements(text(before, KEY, after), HERE)[0].resources == (text("arn:", KEY),)


@pytest.mark.parametrize(
    "document",
    [
        Unknown("a parameter"),
        "no JSON",
        "[" * 100_000,
        "[]",
        7,
        None,
        {},
        {"Statement": Unknown("a parameter")},
        {"Statement": ["x"]},
        {"Statement": [{"Action": "*", "Resource": "*"}]},
        {"Statement": [{"Effect": "Permit", "Action": "*", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Resource": "*"}]},
    ],
)
def test_what_cannot_be_read_is_unknown_and_may_allow_or_deny(document: object) -> None:
    found = statements(document, HERE)

    assert len(found) == 1
    assert found[0].unknown
    assert found[0].effect == ""


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just(KEY), st.just(Unknown("x")))
NAMES = st.sampled_from(["Statement", "Effect", "Action", "Resource", "Principal", "Condition", "Version", "Allow"])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@given(TREES)
def test_any_value_gives_statements(document: object) -> None:
    assert all(isinstance(each, Statement) for each in statements(document, HERE))
