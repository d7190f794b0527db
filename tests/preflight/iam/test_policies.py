from typing import Any

import pytest

from constructs_ecs.preflight.iam.policies import Policies
from constructs_ecs.preflight.templates.graph import Graph, Resource
from tests.preflight.support import graph

ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
TASK_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def body(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def policy(type_: str, action: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::IAM::{type_}", "Properties": {"PolicyDocument": body(action), **properties}}


def role(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def found(graph: Graph, logical_id: str = "Role", template: str = "Template") -> Resource:
    resource = graph.resource(template, logical_id)
    assert resource is not None
    return resource


def actions(graph: Graph, logical_id: str = "Role", template: str = "Template") -> list[str]:
    statements = Policies(graph).of_role(found(graph, logical_id, template)).statements
    return [str(action) for each in statements if isinstance(each.actions, tuple) for action in each.actions]


def unknowns(graph: Graph) -> list[str]:
    return [str(each.unknown or each.maybe) for each in Policies(graph).of_role(found(graph)).statements]


def test_inline_policies_belong_to_their_role() -> None:
    made = graph({"Role": role(Policies=[{"PolicyName": "One", "PolicyDocument": body("s3:GetObject")}])})
    statement = Policies(made).of_role(found(made)).statements[0]

    assert actions(made) == ["s3:GetObject"]
    assert str(statement.where) == "Template#Role.Policies[0].PolicyDocument.Statement[0]"
    assert str(statement) == "policy One"


@pytest.mark.parametrize(
    "resource",
    [
        policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=[{"Ref": "Role"}]),
        policy("RolePolicy", "s3:GetObject", PolicyName="Separate", RoleName={"Ref": "Role"}),
        policy("ManagedPolicy", "s3:GetObject", Roles=[{"Ref": "Role"}]),
    ],
)
def test_policies_name_the_roles_that_they_belong_to(resource: dict[str, Any]) -> None:
    made = graph({"Role": ROLE, "Other": ROLE, "Attached": resource})

    assert actions(made) == ["s3:GetObject"]
    assert actions(made, "Other") == []


def test_roles_name_the_managed_policies_that_they_have() -> None:
    made = graph(
        {"Role": role(ManagedPolicyArns=[{"Ref": "Managed"}]), "Managed": policy("ManagedPolicy", "s3:GetObject")}
    )

    assert actions(made) == ["s3:GetObject"]


def test_policies_of_another_template_belong_to_the_role_that_they_import() -> None:
    exporting = {
        "Resources": {"Role": ROLE},
        "Outputs": {"Name": {"Value": {"Ref": "Role"}, "Export": {"Name": "role"}}},
    }
    attached = policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=[{"Fn::ImportValue": "role"}])
    made = graph(exporting, {"Attached": attached})

    assert actions(made) == ["s3:GetObject"]


@pytest.mark.parametrize("arn", [TASK_POLICY, {"Fn::Sub": TASK_POLICY.replace("arn:aws:", "arn:${AWS::Partition}:")}])
def test_aws_own_policies_come_from_the_table(arn: object) -> None:
    made = graph({"Role": role(ManagedPolicyArns=[arn])})

    assert "ecr:BatchGetImage" in actions(made)
    assert str(Policies(made).of_role(found(made)).statements[0].where) == "Template#Role.ManagedPolicyArns[0]"
    assert unknowns(made) == ["None"]


def test_a_policy_of_aws_that_the_table_does_not_have_may_allow_and_does_not_deny() -> None:
    made = graph({"Role": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonBedrockFullAccess"])})
    statement = Policies(made).of_role(found(made)).statements[0]

    assert statement.unknown == "the preflight does not know all that AWS's policy AmazonBedrockFullAccess allows"
    assert statement.effect == "Allow"


def test_a_policy_of_aws_that_denies_may_deny() -> None:
    made = graph({"Role": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AWSDenyAll"])})

    assert Policies(made).of_role(found(made)).statements[0].effect == ""


def test_a_policy_of_aws_that_is_known_in_part_may_allow_more() -> None:
    made = graph({"Role": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/SecretsManagerReadWrite"])})

    assert "secretsmanager:*" in actions(made)
    assert unknowns(made)[-1] == "the preflight does not know all that AWS's policy SecretsManagerReadWrite allows"


def test_a_managed_policy_that_the_templates_do_not_have_is_unknown() -> None:
    made = graph(
        {
            "Parameters": {"Extra": {"Type": "String"}},
            "Resources": {"Role": role(ManagedPolicyArns=[{"Ref": "Extra"}, "arn:aws:iam::111122223333:policy/Extra"])},
        }
    )

    assert all(reason.startswith("what the managed policy") for reason in unknowns(made))
    assert len(unknowns(made)) == 2


def test_a_policy_of_an_unknown_role_may_be_any_roles() -> None:
    attached = policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=[{"Ref": "Name"}])
    made = graph({"Parameters": {"Name": {"Type": "String"}}, "Resources": {"Role": ROLE, "Attached": attached}})

    assert unknowns(made)[0].startswith("Template#Attached may be attached to the role")


def test_very_many_policies_of_unknown_roles_are_one_unknown() -> None:
    attached = policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=[{"Ref": "Name"}])
    resources = {"Role": ROLE, **{f"Attached{number}": attached for number in range(201)}}
    made = graph({"Parameters": {"Name": {"Type": "String"}}, "Resources": resources})

    assert unknowns(made) == ["201 statements of policies that may be attached to the role"]


def test_a_policy_that_may_not_be_created_may_be_in_force() -> None:
    attached = policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=[{"Ref": "Role"}])
    # More conditions than are told apart, so that they stay open.
    names = [f"Open{number}" for number in range(12)]
    made = graph(
        {
            "Parameters": {name: {"Type": "String"} for name in names},
            "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "yes"]} for name in names},
            "Resources": {
                "Role": ROLE,
                "Other": ROLE,
                **{f"Attached{name}": {**attached, "Condition": name} for name in names},
            },
        }
    )

    assert actions(made, "Other") == []
    assert set(unknowns(made)) <= {"None"} | {
        f"whether Template#Attached{name} is created: its condition is open" for name in names
    }
    assert len(unknowns(made)) > 1


def test_a_policy_of_a_role_that_the_templates_do_not_have_is_no_ones() -> None:
    attached = policy("Policy", "s3:GetObject", PolicyName="Separate", Roles=["somewhere-else"])

    assert actions(graph({"Role": ROLE, "Attached": attached})) == []


@pytest.mark.parametrize(
    "properties",
    [
        {"Policies": {"Ref": "Unknown"}},
        {"Policies": [{"Ref": "Unknown"}]},
        {"Policies": [{"PolicyName": "One", "PolicyDocument": {"Ref": "Unknown"}}]},
        {"Policies": ["text"]},
        {"ManagedPolicyArns": {"Ref": "Unknown"}},
        {"ManagedPolicyArns": "text"},
    ],
)
def test_what_cannot_be_read_is_unknown(properties: dict[str, Any]) -> None:
    made = graph({"Parameters": {"Unknown": {"Type": "String"}}, "Resources": {"Role": role(**properties)}})

    assert len(unknowns(made)) == 1
    assert unknowns(made) != ["None"]


def test_a_boundary_is_read_where_it_is_known() -> None:
    known = graph({"Role": role(PermissionsBoundary={"Ref": "Limit"}), "Limit": policy("ManagedPolicy", "s3:*")})
    unknown = graph({"Role": role(PermissionsBoundary="arn:aws:iam::111122223333:policy/Limit")})

    limit = Policies(known).of_role(found(known)).boundary
    assert limit is not None
    assert limit[0].actions == ("s3:*",)
    limit = Policies(unknown).of_role(found(unknown)).boundary
    assert limit is not None
    assert limit[0].unknown
    assert Policies(graph({"Role": ROLE})).of_role(found(graph({"Role": ROLE}))).boundary is None


@pytest.mark.parametrize(
    ("resources", "action"),
    [
        ({"It": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryPolicyText": body("ecr:*")}}}, "ecr:*"),
        ({"It": {"Type": "AWS::EFS::FileSystem", "Properties": {"FileSystemPolicy": body("efs:*")}}}, "efs:*"),
        ({"It": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": body("kms:*")}}}, "kms:*"),
        (
            {
                "It": {"Type": "AWS::S3::Bucket"},
                "Policy": {
                    "Type": "AWS::S3::BucketPolicy",
                    "Properties": {"Bucket": {"Ref": "It"}, "PolicyDocument": body("s3:*")},
                },
            },
            "s3:*",
        ),
        (
            {
                "It": {"Type": "AWS::SecretsManager::Secret"},
                "Policy": {
                    "Type": "AWS::SecretsManager::ResourcePolicy",
                    "Properties": {"SecretId": {"Ref": "It"}, "ResourcePolicy": body("secretsmanager:*")},
                },
            },
            "secretsmanager:*",
        ),
    ],
)
def test_a_resource_has_its_own_policy(resources: dict[str, Any], action: str) -> None:
    made = graph(resources)
    statements = Policies(made).of_resource(found(made, "It"))

    assert statements is not None
    assert [each.actions for each in statements] == [(action,)]


def test_a_resource_without_a_policy_has_none() -> None:
    made = graph({"It": {"Type": "AWS::S3::Bucket"}, "Queue": {"Type": "AWS::SQS::Queue"}})

    assert Policies(made).of_resource(found(made, "It")) is None
    assert Policies(made).of_resource(found(made, "Queue")) is None
