import re
from typing import Any

import pytest

from constructs_ecs.preflight.templates.naming import Name
from constructs_ecs.preflight.values import Symbol, Unknown, is_known, text
from tests.preflight.support import data, graph, resource, value

HERE = "arn:${AWS::Partition}"
WHERE = "${AWS::Region}:${AWS::AccountId}"
NAMED = {
    "AWS::DynamoDB::Table": ("TableName", "Arn", f":dynamodb:{WHERE}:table/"),
    "AWS::ECR::Repository": ("RepositoryName", "Arn", f":ecr:{WHERE}:repository/"),
    "AWS::ECS::Cluster": ("ClusterName", "Arn", f":ecs:{WHERE}:cluster/"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "Arn", ":iam::${AWS::AccountId}:instance-profile/"),
    "AWS::IAM::Role": ("RoleName", "Arn", ":iam::${AWS::AccountId}:role/"),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName", "Arn", f":firehose:{WHERE}:deliverystream/"),
    "AWS::Lambda::Function": ("FunctionName", "Arn", ":lambda:${AWS::Region}:${AWS::AccountId}:function:"),
    "AWS::S3::Bucket": ("BucketName", "Arn", ":s3:::"),
}  # fmt: skip
"""Types whose ``Ref`` is the name, and whose ARN ends with it."""


@pytest.mark.parametrize(("type_", "name", "attribute", "arn"), [(type_, *rest) for type_, rest in NAMED.items()])
@pytest.mark.parametrize("given", [None, "app"])
def test_an_arn_that_is_joined_by_hand_is_the_one_of_the_attribute(
    type_: str, name: str, attribute: str, arn: str, given: str | None
) -> None:
    within = graph({"It": {"Type": type_, "Properties": {} if given is None else {name: given}}})
    it = resource(within, "It")
    ways = [{"Ref": "It"}, {"Fn::GetAtt": ["It", attribute]}, {"Fn::Sub": HERE + arn + "${It}"}]
    ways += [] if given is None else ["app", {"Fn::Sub": HERE + arn + "app"}]
    found = within.value("Template", ways)

    assert found[1] == found[2] == found[-1] if given else found[1] == found[2]
    assert all(within.target(one, type_) is it for one in found)
    assert found[0] == (given or Symbol("Template", "It", "Ref"))


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        ("Logs::LogGroup", {"LogGroupName": "/a"}, {"Ref": "/a", "Arn": "$logs:log-group:/a:*"}),
        ("Logs::LogGroup", {}, {"Ref": "${It}", "Arn": "$logs:log-group:${It}:*"}),
        ("SecretsManager::Secret", {"Name": "a/b"}, {"Ref": "$secretsmanager:secret:a/b-${It.Suffix}"}),
        ("SecretsManager::Secret", {}, {"Id": "$secretsmanager:secret:${It.Name}-${It.Suffix}"}),
        ("SSM::Parameter", {"Name": "/a/b"}, {"Ref": "/a/b"}),
        ("KMS::Key", {}, {"Ref": "${It}", "KeyId": "${It}", "Arn": "$kms:key/${It}"}),
        ("EFS::FileSystem", {}, {"FileSystemId": "${It}", "Arn": "$elasticfilesystem:file-system/${It}"}),
        ("ECS::TaskDefinition", {"Family": "app"}, {"Ref": "$ecs:task-definition/app:${It.Revision}"}),
        ("ECS::TaskDefinition", {}, {"TaskDefinitionArn": "$ecs:task-definition/${It.Family}:${It.Revision}"}),
        ("ECS::Service", {}, {"Ref": "${It}", "ServiceArn": "${It}", "Name": "${It.Name}"}),
        ("ECR::Repository", {}, {"RepositoryUri": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${It}"}),
        ("StepFunctions::StateMachine", {"StateMachineName": "m"}, {"Ref": "$states:stateMachine:m", "Name": "m"}),
        ("StepFunctions::StateMachine", {}, {"Arn": "$states:stateMachine:${It.Name}", "Name": "${It.Name}"}),
        ("IAM::Role", {"RoleName": "r", "Path": "/team/"}, {"Ref": "r", "Arn": "$iam:role/team/r"}),
        ("IAM::ManagedPolicy", {"ManagedPolicyName": "p"}, {"Ref": "$iam:policy/p", "PolicyArn": "$iam:policy/p"}),
        ("SNS::Topic", {}, {"Ref": "$sns:${It.TopicName}", "TopicArn": "$sns:${It.TopicName}"}),
        ("EC2::SecurityGroup", {"VpcId": "vpc-1"}, {"Ref": "${It}", "GroupId": "${It}", "VpcId": "vpc-1"}),
        ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"VpcId": "${It}", "CidrBlock": "10.0.0.0/16"}),
        ("EC2::VPC", {}, {"CidrBlock": "${It.CidrBlock}", "DefaultSecurityGroup": "${It.DefaultSecurityGroup}"}),
        ("ElasticLoadBalancingV2::TargetGroup", {}, {"Ref": "${It}", "TargetGroupArn": "${It}"}),
        ("Some::Type", {}, {"Ref": "${It}", "Arn": "${It.Arn}"}),
    ],
)
def test_a_resource_is_written_in_one_way(type_: str, properties: dict[str, Any], expected: dict[str, str]) -> None:
    within = graph({"It": {"Type": f"AWS::{type_}", "Properties": properties}})

    for attribute, written in expected.items():
        found = within.value("Template", {"Ref": "It"} if attribute == "Ref" else {"Fn::GetAtt": ["It", attribute]})

        # "$kms:" is an ARN as far as the resource, "$iam:" one without a Region.
        full = re.sub(r"^\$(\w+):", lambda match: f"{HERE}:{match[1]}:{'' if match[1] == 'iam' else WHERE}:", written)
        assert str(found) == full.replace(":iam::", ":iam::${AWS::AccountId}:")
        assert is_known(found)


def test_the_environment_of_the_stack_stands_in_its_arns() -> None:
    found = value("!GetAtt Role.Arn", beside={"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}},
                  account="111122223333", region="cn-north-1")  # fmt: skip

    assert found == "arn:aws-cn:iam::111122223333:role/r"


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
    ],
)
def test_what_answers_with_the_secrets_arn_is_the_secret(type_: str) -> None:
    within = graph(
        {
            "Secret": {"Type": "AWS::SecretsManager::Secret"},
            "It": {"Type": type_, "Properties": {"SecretId": {"Ref": "Secret"}}},
        }
    )

    assert within.target(within.value("Template", {"Ref": "It"})) is resource(within, "Secret")


@pytest.mark.parametrize(
    ("written", "type_"),
    [
        ("app", "AWS::ECS::TaskDefinition"),
        (
            f"!Sub '{HERE}:ecs:{WHERE}:task-definition/app'",
            "AWS::ECS::TaskDefinition",
        ),
        ("a/b", "AWS::SecretsManager::Secret"),
        (
            f"!Sub '{HERE}:secretsmanager:{WHERE}:secret:a/b'",
            "AWS::SecretsManager::Secret",
        ),
        (f"!Sub '{HERE}:logs:{WHERE}:log-group:/app'", "AWS::Logs::LogGroup"),
        (f"!Sub '{HERE}:ssm:{WHERE}:parameter/p/q'", "AWS::SSM::Parameter"),
        ("!Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/app'", "AWS::ECR::Repository"),
    ],
)
def test_a_resource_is_found_by_each_way_to_name_it(written: str, type_: str) -> None:
    within = graph("""
        TaskDefinition: {Type: AWS::ECS::TaskDefinition, Properties: {Family: app}}
        Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: a/b}}
        LogGroup: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /app}}
        Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /p/q}}
        Repository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: app}}
        """)
    found = within.value("Template", data(written))

    assert within.target(found, type_) is within.resources(type_)[0]
    assert within.target(found, "AWS::EC2::VPC") is None


@pytest.mark.parametrize(
    "written",
    ["nothing", "arn:aws:iam::1:role/app", "!GetAtt Vpc.DefaultSecurityGroup", "!Ref AWS::Region", "[]", "!Ref P"],
)
def test_what_names_no_resource_has_no_target(written: str) -> None:
    within = graph(
        {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "app"}}, "Vpc": {"Type": "AWS::EC2::VPC"}}
    )

    assert within.target(within.value("Template", data(written))) is None


def test_a_name_that_two_resources_have_is_neither_but_their_references_are() -> None:
    stage = {"It": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "app"}}}
    within = graph(stage, stage)
    one, other = (within.value(name, {"Ref": "It"}) for name in ("Template", "Template2"))

    assert one == other == "app"
    assert within.target("app") is None
    assert within.target(one) is resource(within, "It")
    assert within.target(other) is resource(within, "It", "Template2")


def test_a_name_of_two_types_is_told_apart_by_the_type() -> None:
    within = graph(
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "app"}},
            "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "app"}},
        }
    )

    assert within.target("app") is None
    assert within.target("app", "AWS::ECS::Cluster") is resource(within, "Cluster")


def test_a_name_made_of_symbols_is_the_same_wherever_it_is_made() -> None:
    within = graph("""
        Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub '${AWS::StackName}-role'}}
        """)

    assert within.value("Template", {"Ref": "Role"}) == within.value("Template", {"Fn::Sub": "${AWS::StackName}-role"})
    assert within.target(within.value("Template", {"Ref": "Role"})) is resource(within, "Role")


@pytest.mark.parametrize("name", ["!Ref P", "!Ref Other", "{a: b}", "''"])
def test_a_resource_whose_name_is_not_known_stays_itself(name: str) -> None:
    within = graph(f"""
        Parameters: {{P: {{Type: String}}}}
        Resources:
          It: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}}}
          Other: {{Type: AWS::ECS::Cluster}}
        """)

    assert within.value("Template", {"Ref": "It"}) == Symbol("Template", "It", "Ref")


def test_a_resource_that_is_not_created_is_unknown() -> None:
    within = graph("""
        Conditions: {Never: !Equals [a, b]}
        Resources: {It: {Type: AWS::ECS::Cluster, Condition: Never}}
        """)

    assert within.resource("Template", "It") is None
    found = within.value("Template", [{"Ref": "It"}, {"Fn::GetAtt": "It.Arn"}])
    assert all(isinstance(one, Unknown) and "Never" in one.reason for one in found)


def test_a_name_is_text_that_remembers_its_resource() -> None:
    name = Name("app", Symbol("T", "It", "Ref"))

    assert name == "app"
    assert hash(name) == hash("app")
    assert text(name, "-x") == "app-x"
