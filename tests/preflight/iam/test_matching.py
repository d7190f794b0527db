from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.iam.globs import glob_matches
from constructs_ecs.preflight.iam.matching import equals, matches, matches_name, quoted
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, parts_of, text

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
PARTITION, REGION, ACCOUNT = (Symbol(PSEUDO, "", name) for name in ("Partition", "Region", "AccountId"))
OBJECT = Unknown("the object's key")


def symbol(logical_id: str, attribute: str = "Ref") -> Symbol:
    return Symbol("Template", logical_id, attribute)


def bucket(logical_id: str, *rest: Text) -> Text:
    return text("arn:", PARTITION, ":s3:::", symbol(logical_id), *rest)


def secret(logical_id: str) -> Text:
    name, suffix = symbol(logical_id, "Name"), symbol(logical_id, "Suffix")
    return text("arn:", PARTITION, ":secretsmanager:", REGION, ":", ACCOUNT, ":secret:", name, "-", suffix)


def group(logical_id: str, *rest: Text) -> Text:
    return text("arn:", PARTITION, ":logs:", REGION, ":", ACCOUNT, ":log-group:", symbol(logical_id), *rest)


def test_what_is_written_alike_matches() -> None:
    assert matches(secret("One"), secret("One")) is YES
    assert matches(bucket("One", "/", OBJECT), bucket("One", "/*")) is YES
    assert matches(group("One", ":log-stream:", OBJECT), group("One", ":*")) is YES


def test_two_resources_never_match() -> None:
    assert matches(secret("One"), secret("Two")) is NO
    assert matches(bucket("One", "/", OBJECT), bucket("Two", "/*")) is NO
    assert matches(group("One", ":log-stream:", OBJECT), group("Two", ":*")) is NO


def test_a_log_group_without_its_star_does_not_cover_its_streams() -> None:
    assert matches(group("One", ":log-stream:", OBJECT), group("One")) is NO


def test_a_bucket_is_not_its_objects() -> None:
    assert matches(bucket("One", "/", OBJECT), bucket("One")) is NO
    assert matches(bucket("One"), bucket("One", "/*")) is NO


def test_a_name_that_cloudformation_makes_up_may_be_any_literal() -> None:
    assert matches(bucket("One", "/", OBJECT), "arn:aws:s3:::assets/*") is UNKNOWN


def test_wildcards_cover_what_is_not_known() -> None:
    assert matches(secret("One"), "arn:aws:secretsmanager:*:*:secret:*") is YES
    assert matches(text(secret("One"), OBJECT), "*") is YES
    assert matches(OBJECT, "*") is YES


def test_an_arn_of_another_service_does_not_match() -> None:
    assert matches(secret("One"), "arn:aws:s3:::*") is NO


def test_the_suffix_of_a_secret_is_six_characters() -> None:
    name = text("arn:", PARTITION, ":secretsmanager:", REGION, ":", ACCOUNT, ":secret:", symbol("One", "Name"))

    assert matches(secret("One"), text(name, "-??????")) is YES
    assert matches(secret("One"), text(name, "-*")) is YES
    assert matches(secret("One"), text(name, "-?????")) is NO
    assert matches(secret("One"), name) is NO


def test_an_account_id_is_twelve_digits() -> None:
    mine = text("arn:", PARTITION, ":ecs:", REGION, ":", ACCOUNT, ":cluster/main")

    assert matches(mine, "arn:aws:ecs:*:????????????:cluster/main") is YES
    assert matches(mine, "arn:aws:ecs:*:123456789012:cluster/main") is UNKNOWN
    assert matches(mine, "arn:aws:ecs:*:1234:cluster/main") is NO


def test_a_partition_that_is_written_out_is_taken_for_the_deployments() -> None:
    layers = text("arn:", PARTITION, ":s3:::prod-", REGION, "-starport-layer-bucket/", OBJECT)

    assert matches(layers, text("arn:aws:s3:::prod-", REGION, "-starport-layer-bucket/*")) is YES
    assert matches(layers, text("arn:aws-cn:s3:::prod-", REGION, "-starport-layer-bucket/*")) is UNKNOWN
    assert matches(layers, "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*") is UNKNOWN


def test_an_unknown_part_that_is_the_same_in_both_matches() -> None:
    parameter = Unknown("no default", symbol("Parameter"))

    assert matches(text(parameter, "/x"), text(parameter, "/*")) is YES
    assert matches(text(parameter, "/x"), text(Unknown("no default"), "/*")) is UNKNOWN


def test_a_parameter_may_be_the_name_of_any_resource() -> None:
    parameter = Unknown("no default", symbol("Parameter"))

    assert matches(bucket("One"), text("arn:", PARTITION, ":s3:::", parameter)) is UNKNOWN


def test_wildcards_are_plain_characters_where_texts_are_compared() -> None:
    assert equals("a*c", "a*c") is YES
    assert equals("abc", "a*c") is NO
    assert equals(symbol("One"), "*") is UNKNOWN
    assert equals(symbol("One"), symbol("One")) is YES
    assert equals(OBJECT, OBJECT) is UNKNOWN
    assert matches("a*c", quoted("a*c")) is YES
    assert matches("abc", quoted("a*c")) is NO


def test_a_text_that_no_policy_can_hold_stays_open() -> None:
    assert matches(text(symbol("One"), "a" * 100_000), text(symbol("Two"), "a*" * 50_000)) is UNKNOWN


@pytest.mark.parametrize(
    "pattern", ["ecr:GetAuthorizationToken", "ECR:getauthorizationtoken", "ecr:*", "*", "ecr:Get*T?ken"]
)
def test_actions_ignore_case(pattern: str) -> None:
    assert matches_name("ecr:GetAuthorizationToken", pattern)


SYMBOLS = (symbol("One"), symbol("Two"), ACCOUNT, REGION, symbol("One", "Suffix"))
NAMES = st.text(alphabet="ab-", min_size=1, max_size=3)
VALUES: Mapping[Symbol, st.SearchStrategy[str]] = {
    ACCOUNT: st.text(alphabet="01", min_size=12, max_size=12),
    REGION: st.sampled_from(["eu-west-1", "us-gov-east-1"]),
    symbol("One", "Suffix"): st.text(alphabet="ab", min_size=6, max_size=6),
}
PARTS = st.one_of(st.sampled_from(SYMBOLS), st.text(alphabet="ab-:/", max_size=3), st.just(OBJECT))
WILD_PARTS = st.one_of(PARTS, st.sampled_from(["*", "?", "a*"]))


@given(st.data(), st.lists(PARTS, max_size=5), st.lists(WILD_PARTS, max_size=5))
def test_a_firm_answer_holds_for_whatever_the_symbols_turn_out_to_be(
    data: st.DataObject, value_parts: list[Text], pattern_parts: list[Text]
) -> None:
    value, pattern = text("arn:aws:sns:", *value_parts), text("arn:aws:sns:", *pattern_parts)
    one = data.draw(NAMES)
    known = {symbol("One"): one, symbol("Two"): data.draw(NAMES.filter(lambda name: name != one))}
    known |= {each: data.draw(strategy) for each, strategy in VALUES.items()}

    def spelled(written: Text) -> str:
        parts = parts_of(written)
        drawn = st.text(alphabet="ab:", max_size=3)
        return "".join(
            part if isinstance(part, str) else known[part] if isinstance(part, Symbol) else data.draw(drawn)
            for part in parts
        )

    answer = matches(value, pattern)
    assert answer in (UNKNOWN, YES if glob_matches(spelled(value), spelled(pattern)) else NO)
