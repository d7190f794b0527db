from typing import Any

from tests.mutation.given import with_stand_ins

BODY: dict[str, Any] = {
    "Parameters": {"Size": {"Type": "String"}},
    "Resources": {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Condition": "Wanted",
            "DependsOn": ["Key", "Gone"],
            "Properties": {
                "TopicName": {"Fn::Sub": "${Missing}-${AWS::Region}-${Other.Arn}-${Size}"},
                "KmsMasterKeyId": {"Fn::GetAtt": ["Dead", "Arn"]},
                "DisplayName": {"Ref": "Size"},
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "DependsOn": "Alone"},
    },
}


def test_what_has_no_resource_is_given_one_and_what_has_one_stays() -> None:
    made = with_stand_ins(BODY)["Resources"]
    added = {name for name in made if name not in BODY["Resources"]}
    assert added == {"Missing", "Other", "Dead", "Gone", "Alone"}
    assert {made[name]["Type"] for name in added} == {"AWS::CloudFormation::WaitConditionHandle"}
    assert {name: made[name] for name in BODY["Resources"]} == BODY["Resources"]


def test_a_condition_that_is_not_there_is_given() -> None:
    assert set(with_stand_ins(BODY)["Conditions"]) == {"Wanted"}


def test_a_template_in_which_all_is_there_stays_as_it_is() -> None:
    whole = {"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}
    assert with_stand_ins(whole) == whole
