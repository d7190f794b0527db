from constructs_ecs.preflight.iam.conditions import Context
from constructs_ecs.preflight.iam.matching import matches
from constructs_ecs.preflight.iam.variables import substituted
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown, is_known, text

BUCKET = Symbol("Template", "Bucket", "Ref")
CONTEXT = Context(
    {"aws:PrincipalAccount": "111122223333", "aws:PrincipalTag/team": "w*", "aws:TagKeys": ("a", "b")}, complete=True
)


def test_a_variable_is_replaced_whatever_its_case() -> None:
    assert substituted("arn:aws:iam::${AWS:principalaccount}:role/x", CONTEXT) == "arn:aws:iam::111122223333:role/x"


def test_symbols_around_a_variable_stay() -> None:
    pattern = substituted(text(BUCKET, "/${aws:PrincipalAccount}/*"), CONTEXT)

    assert pattern == text(BUCKET, "/111122223333/*")


def test_wildcards_in_a_variables_value_are_plain_characters() -> None:
    pattern = substituted("${aws:PrincipalTag/team}", CONTEXT)

    assert pattern is not None
    assert matches("w*", pattern) is Ternary.YES
    assert matches("web", pattern) is Ternary.NO


def test_escapes_are_plain_characters() -> None:
    pattern = substituted("a${*}${?}${$}", CONTEXT)

    assert pattern is not None
    assert matches("a*?$", pattern) is Ternary.YES
    assert matches("abc$", pattern) is Ternary.NO


def test_a_variable_that_the_request_lacks_matches_nothing_unless_it_has_a_default() -> None:
    assert substituted("${aws:username}", CONTEXT) is None
    assert substituted("${aws:username, 'nobody'}", CONTEXT) == "nobody"


def test_a_variable_that_is_not_known_is_an_unknown_part() -> None:
    assert isinstance(substituted("${aws:userid}", Context({})), Unknown)
    assert isinstance(substituted("${aws:TagKeys}", CONTEXT), Unknown)


def test_a_variable_put_together_from_parts_is_unknown() -> None:
    found = substituted(text("x/${aws:PrincipalTag/", BUCKET, "}"), CONTEXT)

    assert found is not None
    assert not is_known(found)
