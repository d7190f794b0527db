"""Statements that somebody pastes where the app cannot write."""

import json
from typing import Any

import pytest

from constructs_ecs.facts.pasting import filled_in, pasted

ACCOUNT, REGION = "123456789012", "us-east-1"
UNKNOWN = {"account": "${Token[AWS.AccountId.1]}", "region": "${Token[AWS.Region.2]}"}
KNOWN = {"account": ACCOUNT, "region": REGION}
OF_A_PLACE = {
    "Fn::Join": [
        "",
        ["arn:", {"Ref": "AWS::Partition"}, ":logs:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":x"],
    ]
}


def written(*statements: Any, **where: str) -> tuple[Any, str]:  # noqa: ANN401 - any JSON
    """What is pasted, and the sentence behind it."""
    text = pasted(statements, **where)
    value, end = json.JSONDecoder().raw_decode(text)
    return value, text[end:]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("us-east-1", f"arn:aws:logs:us-east-1:{ACCOUNT}:x"),
        ("cn-north-1", f"arn:aws-cn:logs:cn-north-1:{ACCOUNT}:x"),
        ("us-gov-west-1", f"arn:aws-us-gov:logs:us-gov-west-1:{ACCOUNT}:x"),
    ],
)
def test_in_a_known_place_a_statement_is_text_alone(region: str, arn: str) -> None:
    statement = {"Effect": "Allow", "Action": ["a:B"], "Resource": [OF_A_PLACE, "*"]}
    expected = [{"Effect": "Allow", "Action": ["a:B"], "Resource": [arn, "*"]}]
    assert written(statement, account=ACCOUNT, region=region) == (expected, "")


def test_the_suffix_of_a_service_s_name_is_filled_in() -> None:
    name = {"Fn::Join": ["", ["ec2.", {"Ref": "AWS::URLSuffix"}]]}
    assert filled_in(name, account=ACCOUNT, region="cn-north-1") == "ec2.amazonaws.com.cn"


def test_any_delimiter_is_joined() -> None:
    listed = {"Fn::Join": [",", ["a", {"Ref": "AWS::Region"}, {"Fn::Join": ["", ["b", "c"]]}]]}
    assert filled_in(listed, **KNOWN) == "a,us-east-1,bc"


def test_what_only_the_account_knows_stays_and_is_said() -> None:
    value, said = written({"Resource": OF_A_PLACE}, **UNKNOWN)
    assert value == [{"Resource": OF_A_PLACE}]
    assert said == (
        " Before it is pasted, write the stack's own values for AWS::Partition, AWS::Region and AWS::AccountId."
    )


def test_what_a_known_region_tells_is_filled_in_where_the_account_is_not_known() -> None:
    value, said = written({"Resource": OF_A_PLACE}, account=UNKNOWN["account"], region=REGION)
    assert value == [{"Resource": {"Fn::Join": ["", ["arn:aws:logs:us-east-1:", {"Ref": "AWS::AccountId"}, ":x"]]}}]
    assert said == " Before it is pasted, write the stack's own values for AWS::AccountId."


def test_a_resource_of_the_stack_is_filled_in_after_its_deployment() -> None:
    bucket = {"Fn::GetAtt": ["Bucket1234", "Arn"]}
    value, said = written({"Resource": [bucket, {"Fn::Join": ["", [bucket, "/", "*"]]}]}, **KNOWN)
    assert value == [{"Resource": [bucket, {"Fn::Join": ["", [bucket, "/*"]]}]}]
    assert said == " Before it is pasted, after the first deployment, write the deployed values for Bucket1234.Arn."


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"Ref": "Name"}, "Name"),
        ({"Fn::ImportValue": "Export"}, "Export"),
        ({"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Arn"}]}]}, "Arn"),
        ({"Fn::Sub": "arn:aws:s3:::${Bucket}"}, "Bucket"),
        ({"Fn::Join": [",", ["a", {"Ref": "Name"}]]}, "Name"),
    ],
)
def test_whatever_is_left_is_named(value: Any, name: str) -> None:  # noqa: ANN401 - any JSON
    pasted_value, said = written({"Condition": {"StringEquals": {"key": value}}}, **KNOWN)
    assert pasted_value == [{"Condition": {"StringEquals": {"key": value}}}]
    assert said.endswith(f" for {name}.")
    assert filled_in(value, **KNOWN) == json.dumps(value)
