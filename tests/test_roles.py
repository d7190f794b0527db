import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_ecs.facts.needs import Permission
from constructs_ecs.roles import LeastPrivilegeRole, execution_role, instance_role, task_role
from tests import support
from tests.nag import findings, suppressed
from tests.support import warnings

READ = Permission(actions=("s3:GetObject",), resources=("arn:aws:s3:::bucket/*",), reason="Objects have names.")
WRITE = Permission(
    actions=("s3:PutObject", "s3:DeleteObject"),
    resources=("arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/b"),
    conditions={"StringEquals": {"aws:PrincipalAccount": "123456789012"}, "Bool": {"aws:SecureTransport": ("true",)}},
)
LIST = Permission(actions=("s3:ListAllMyBuckets",), resources=("*",), reason="A list has no resource level.")
ROLE_ARN = f"arn:aws:iam::{support.ENVIRONMENT.account}:role/imported"
BOTH_FLAGS = pytest.mark.parametrize("flags", [False, True], ids=["no flags", "all flags"])
IAM = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def grants(policy: dict[str, Any]) -> set[tuple[str, str]]:
    """Each action on each resource; statements that were merged mean what they meant apart."""
    return {
        (str(action), json.dumps(resource))
        for statement in statements(policy)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def imported(stack: cdk.Stack, *, mutable: bool = True) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Known", ROLE_ARN, mutable=mutable)


def made(stack: cdk.Stack) -> iam.Role:
    """A role that the app itself made without this library."""
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


@BOTH_FLAGS
def test_a_role_names_the_managed_policy_with_its_permissions(flags: bool) -> None:
    stack = support.stack(flags=flags)
    task_role(stack, "TaskRole").allow([READ, WRITE, LIST])
    template = support.template(stack)

    (policy_id,) = support.of_type(template, "AWS::IAM::ManagedPolicy")
    role = support.only(template, "AWS::IAM::Role")
    assert role["ManagedPolicyArns"] == [{"Ref": policy_id}]
    assert "Policies" not in role
    assert not support.of_type(template, "AWS::IAM::Policy")
    assert grants(support.only(template, "AWS::IAM::ManagedPolicy")) == {
        ("s3:GetObject", '"arn:aws:s3:::bucket/*"'),
        *(
            (action, json.dumps(resource))
            for action in ("s3:PutObject", "s3:DeleteObject")
            for resource in ("arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/b")
        ),
        ("s3:ListAllMyBuckets", '"*"'),
    }


def test_a_permission_keeps_its_conditions() -> None:
    stack = support.stack()
    task_role(stack, "TaskRole").allow([WRITE, READ])

    conditions = {
        action: statement.get("Condition")
        for statement in statements(support.only(support.template(stack), "AWS::IAM::ManagedPolicy"))
        for action in as_list(statement["Action"])
    }
    assert conditions["s3:GetObject"] is None
    assert conditions["s3:PutObject"] == {
        "StringEquals": {"aws:PrincipalAccount": "123456789012"},
        "Bool": {"aws:SecureTransport": ["true"]},
    }


@BOTH_FLAGS
def test_a_permission_that_is_given_twice_is_there_once(flags: bool) -> None:
    stack = support.stack(flags=flags)
    role = task_role(stack, "TaskRole")
    role.allow([READ, READ])
    role.allow([READ, LIST])
    role.allow([LIST])

    given = statements(support.only(support.template(stack), "AWS::IAM::ManagedPolicy"))
    assert sorted(statement["Action"] for statement in given) == ["s3:GetObject", "s3:ListAllMyBuckets"]


def test_a_role_without_permissions_has_no_policy() -> None:
    stack = support.stack()
    task_role(stack, "TaskRole").allow([])
    template = support.template(stack)

    assert len(support.of_type(template, "AWS::IAM::Role")) == 1
    assert not support.of_type(template, "AWS::IAM::ManagedPolicy")
    assert not support.of_type(template, "AWS::IAM::Policy")


@BOTH_FLAGS
@pytest.mark.parametrize("existing", [False, True], ids=["own role", "existing role"])
def test_no_grant_of_the_cdk_reaches_the_sealed_role(flags: bool, existing: bool) -> None:
    stack = support.stack(flags=flags)
    given = made(stack) if existing else None
    bucket, key = s3.Bucket(stack, "Bucket"), kms.Key(stack, "Key")
    secret, repository = secretsmanager.Secret(stack, "Secret"), ecr.Repository(stack, "Repository")
    before = support.stack(flags=flags)
    s3.Bucket(before, "Bucket")
    kms.Key(before, "Key")
    secretsmanager.Secret(before, "Secret")
    ecr.Repository(before, "Repository")

    sealed = execution_role(stack, "Role", existing=given).sealed
    bucket.grant_read(sealed)
    key.grant_decrypt(sealed)
    secret.grant_read(sealed)
    repository.grant_pull(sealed)

    resources, expected = (
        {
            logical_id: resource
            for logical_id, resource in support.template(each)["Resources"].items()
            if resource["Type"] != "AWS::IAM::Role"
        }
        for each in (stack, before)
    )
    assert resources == expected


def test_the_sealed_role_is_the_role() -> None:
    stack = support.stack()
    role = task_role(stack, "TaskRole")

    assert stack.resolve(role.sealed.role_arn) == stack.resolve(role.role.role_arn)


@pytest.mark.parametrize("factory", [execution_role, task_role])
@pytest.mark.parametrize("env", [None, support.ENVIRONMENT], ids=["any environment", "one environment"])
def test_ecs_assumes_a_task_s_roles_for_this_account_and_region_alone(
    factory: Callable[[Construct, str], LeastPrivilegeRole], env: cdk.Environment | None
) -> None:
    stack = support.stack(env=env)
    factory(stack, "Role")

    (trust,) = support.only(support.template(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    source_arn = trust["Condition"]["ArnLike"]["aws:SourceArn"]
    assert trust["Action"] == "sts:AssumeRole"
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert trust["Condition"].keys() == {"StringEquals", "ArnLike"}
    if env is None:
        assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert [part["Ref"] for part in source_arn["Fn::Join"][1] if isinstance(part, dict)] == [
            "AWS::Partition",
            "AWS::Region",
            "AWS::AccountId",
        ]
    else:
        assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": env.account}
        assert f":ecs:{env.region}:{env.account}:*" in json.dumps(source_arn)


def test_ec2_assumes_an_instance_s_role_without_a_condition_because_it_sends_no_source() -> None:
    stack = support.stack()
    instance_role(stack, "Role")

    (trust,) = support.only(support.template(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert "ec2.amazonaws.com" in json.dumps(trust["Principal"])
    assert "Condition" not in trust


@BOTH_FLAGS
@pytest.mark.parametrize("env", [None, support.ENVIRONMENT], ids=["any environment", "one environment"])
def test_an_imported_role_of_the_account_receives_the_permissions(flags: bool, env: cdk.Environment | None) -> None:
    stack = support.stack(flags=flags, env=env)
    role = task_role(stack, "TaskRole", existing=imported(stack))
    role.allow([READ])
    role.allow([READ, LIST])
    template = support.template(stack)

    policy = support.only(template, "AWS::IAM::Policy")
    assert policy["Roles"] == ["imported"]
    assert grants(policy) == {("s3:GetObject", '"arn:aws:s3:::bucket/*"'), ("s3:ListAllMyBuckets", '"*"')}
    assert len(support.of_type(template, "AWS::IAM::Role")) == 0
    assert warnings(stack) == []


@BOTH_FLAGS
def test_a_role_of_the_app_receives_the_permissions(flags: bool) -> None:
    stack = support.stack(flags=flags)
    task_role(stack, "TaskRole", existing=made(stack)).allow([READ, LIST])
    template = support.template(stack)

    (role_id,) = support.of_type(template, "AWS::IAM::Role")
    policy = support.only(template, "AWS::IAM::ManagedPolicy")
    assert policy["Roles"] == [{"Ref": role_id}]
    assert not support.of_type(template, "AWS::IAM::Policy")
    assert grants(policy) == {("s3:GetObject", '"arn:aws:s3:::bucket/*"'), ("s3:ListAllMyBuckets", '"*"')}
    assert warnings(stack) == []


def foreign(stack: cdk.Stack) -> iam.IRole:
    """A role that the app makes in another account."""
    other = cdk.Stack(cdk.Stage.of(stack), "Other", env=cdk.Environment(account="210987654321", region="us-east-1"))
    return iam.Role(other, "Given", role_name="given", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


UNCHANGEABLE = pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda stack: imported(stack, mutable=False), id="imported as immutable"),
        pytest.param(lambda stack: iam.Role.from_role_name(stack, "Known", "x", mutable=False), id="the same by name"),
        pytest.param(
            lambda stack: iam.Role.from_role_arn(stack, "Known", ROLE_ARN, mutable=False, add_grants_to_resources=True),
            id="imported as immutable, and its grants go to resources",
        ),
        pytest.param(lambda stack: made(stack).without_policy_updates(), id="of the app, without policy updates"),
        pytest.param(
            lambda stack: iam.Role.from_role_arn(stack, "Known", "arn:aws:iam::210987654321:role/x"),
            id="imported, of another account",
        ),
        pytest.param(foreign, id="of the app, of another account"),
    ],
)


@BOTH_FLAGS
@UNCHANGEABLE
def test_a_role_that_cannot_be_changed_is_left_alone_and_what_it_needs_is_said_statement_by_statement(
    given: Callable[[cdk.Stack], iam.IRole], flags: bool
) -> None:
    stack = support.stack(env=support.ENVIRONMENT, flags=flags)
    role = task_role(stack, "TaskRole", existing=given(stack))
    role.allow([READ, READ, WRITE])
    role.allow([WRITE])
    template = support.template(stack)

    assert not [kind for kind in IAM[1:] if support.of_type(template, kind)]
    (warning,) = warnings(stack)
    assert warning.startswith("Test/TaskRole uses the role ")
    pasted, end = json.JSONDecoder().raw_decode(warning[warning.index("[{") :])
    assert pasted == [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"},
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:DeleteObject"],
            "Resource": ["arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/b"],
            "Condition": {
                "StringEquals": {"aws:PrincipalAccount": "123456789012"},
                "Bool": {"aws:SecureTransport": ["true"]},
            },
        },
    ]
    assert "(1) Objects have names." in warning[end:]
    assert "(2)" not in warning[end:]


def test_a_statement_to_paste_names_what_only_aws_knows_as_cloudformation_does() -> None:
    stack = support.stack()
    arn = s3.Bucket(stack, "Bucket").bucket_arn
    read = Permission(actions=("s3:GetBucketLocation",), resources=(arn,))
    task_role(stack, "TaskRole", existing=imported(stack, mutable=False)).allow([read])

    (warning,) = warnings(stack)
    (statement,), _ = json.JSONDecoder().raw_decode(warning[warning.index("[{") :])
    (bucket,) = support.of_type(support.template(stack), "AWS::S3::Bucket")
    assert statement["Resource"] == {"Fn::GetAtt": [bucket, "Arn"]}


def test_a_statement_to_paste_says_what_is_left_to_fill_in() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    arn = s3.Bucket(stack, "Bucket").bucket_arn
    role = task_role(stack, "TaskRole", existing=imported(stack, mutable=False))
    role.allow([Permission(actions=("s3:GetBucketLocation",), resources=(arn,))])

    (warning,) = warnings(stack)
    (bucket,) = support.of_type(support.template(stack), "AWS::S3::Bucket")
    assert f"after the first deployment, write the deployed values for {bucket}.Arn." in warning


@pytest.mark.parametrize(("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn")])
@BOTH_FLAGS
def test_in_a_fixed_environment_what_is_pasted_is_text_alone(region: str, partition: str, flags: bool) -> None:
    stack = support.stack(flags=flags, env=cdk.Environment(account="123456789012", region=region))
    role = task_role(stack, "TaskRole", existing=iam.Role.from_role_name(stack, "Known", "x", mutable=False))
    arn = stack.format_arn(service="logs", resource="log-group", resource_name="x")
    role.allow([Permission(actions=("logs:PutLogEvents",), resources=(arn,))])

    (warning,) = warnings(stack)
    (statement,), end = json.JSONDecoder().raw_decode(warning[warning.index("[{") :])
    assert statement["Resource"] == f"arn:{partition}:logs:{region}:123456789012:log-group/x"
    assert f"uses the role arn:{partition}:iam::123456789012:role/x, which" in warning
    assert "Before it is pasted" not in warning[end:]


@pytest.mark.parametrize("factory", [execution_role, task_role, instance_role])
def test_every_kind_of_role_says_what_it_needs_and_by_which_name(factory: Callable[..., LeastPrivilegeRole]) -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    factory(stack, "Role", existing=imported(stack, mutable=False)).allow([LIST])

    (warning,) = warnings(stack)
    assert ROLE_ARN in warning
    assert LIST.reason in warning


def test_an_immutable_role_has_no_finding() -> None:
    app = support.app()
    stack = cdk.Stack(app, "Test")
    task_role(stack, "TaskRole", existing=imported(stack, mutable=False)).allow([READ, LIST])

    assert findings(app) == []


def lazy(stack: cdk.Stack) -> iam.IRole:
    return iam.LazyRole(stack, "Given", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


@BOTH_FLAGS
def test_a_lazy_role_receives_the_permissions(flags: bool) -> None:
    stack = support.stack(flags=flags)
    role = task_role(stack, "TaskRole", existing=lazy(stack))
    role.allow([READ])
    role.allow([LIST])
    template = support.template(stack)

    (role_id,) = support.of_type(template, "AWS::IAM::Role")
    policy = support.only(template, "AWS::IAM::Policy")
    assert policy["Roles"] == [{"Ref": role_id}]
    assert grants(policy) == {("s3:GetObject", '"arn:aws:s3:::bucket/*"'), ("s3:ListAllMyBuckets", '"*"')}
    assert warnings(stack) == []


@BOTH_FLAGS
def test_two_stacks_that_give_to_one_imported_role_do_not_write_over_each_others_policy(flags: bool) -> None:
    app = support.app(flags=flags)
    stacks = [cdk.Stack(app, name, env=support.ENVIRONMENT) for name in ("One", "Two")]
    for stack in stacks:
        task_role(stack, "TaskRole", existing=imported(stack)).allow([READ])

    one, two = (support.only(support.template(stack), "AWS::IAM::Policy")["PolicyName"] for stack in stacks)
    assert one != two


@pytest.mark.parametrize("env", [None, support.ENVIRONMENT], ids=["any environment", "one environment"])
def test_one_stack_in_two_regions_gives_to_one_imported_role_under_two_names(env: cdk.Environment | None) -> None:
    stack = support.stack(env=env)
    task_role(stack, "TaskRole", existing=imported(stack)).allow([READ])

    name = support.only(support.template(stack), "AWS::IAM::Policy")["PolicyName"]
    assert ("AWS::Region" if env is None else "us-east-1") in json.dumps(name)


def test_a_path_of_any_length_makes_a_name_that_iam_takes() -> None:
    stack = support.stack(env=cdk.Environment(account="123456789012", region="ap-southeast-1"), name="S" * 128)
    scope = Construct(Construct(stack, "A" * 200), "B" * 200)
    task_role(scope, "TaskRole", existing=imported(stack)).allow([READ])

    name = support.only(support.template(stack), "AWS::IAM::Policy")["PolicyName"]
    assert len(name) <= 128


@BOTH_FLAGS
def test_an_imported_role_of_another_stack_can_be_given_what_this_stack_makes(flags: bool) -> None:
    app = support.app(flags=flags)
    roles, services = cdk.Stack(app, "Roles"), cdk.Stack(app, "Services")
    bucket = s3.Bucket(services, "Bucket")
    role = task_role(services, "TaskRole", existing=imported(roles))
    user = cdk.CfnResource(services, "User", type="AWS::Test::User")
    user.node.add_dependency(role.ready)
    role.allow([Permission(actions=("s3:GetBucketLocation",), resources=(bucket.bucket_arn,))])

    assert support.template(roles).get("Resources") is None
    assert len(support.of_type(support.template(services), "AWS::IAM::Policy")) == 1
    assert roles not in services.dependencies


@pytest.mark.parametrize(
    "existing", [None, made, imported, lazy], ids=["own role", "role of the app", "imported role", "lazy role"]
)
def test_what_uses_the_role_waits_for_its_permissions(existing: Callable[[cdk.Stack], iam.IRole] | None) -> None:
    stack = support.stack()
    role = task_role(stack, "TaskRole", existing=None if existing is None else existing(stack))
    user = cdk.CfnResource(stack, "User", type="AWS::Test::User")
    user.node.add_dependency(role.ready)
    role.allow([READ])
    template = support.template(stack)

    policies = {
        name for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") for name in support.of_type(template, kind)
    }
    assert len(policies) == 1
    assert policies <= set(template["Resources"]["User"]["DependsOn"])


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(
    "existing", [None, made, imported, lazy], ids=["own role", "role of the app", "imported role", "lazy role"]
)
def test_what_uses_the_role_waits_for_what_else_it_is_granted(
    existing: Callable[[cdk.Stack], iam.IRole] | None, early: bool
) -> None:
    stack = support.stack()
    given = None if existing is None else existing(stack)
    granted = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=["*"])
    if early and given is not None:
        given.add_to_principal_policy(granted)
    role = task_role(stack, "TaskRole", existing=given)
    user = cdk.CfnResource(stack, "User", type="AWS::Test::User")
    user.node.add_dependency(role.ready)
    role.role.add_to_principal_policy(granted)
    template = support.template(stack)

    (policy,) = support.of_type(template, "AWS::IAM::Policy")
    assert policy in template["Resources"]["User"]["DependsOn"]


def test_a_role_of_another_stack_can_be_given_what_this_stack_makes() -> None:
    app = support.app()
    roles, services = cdk.Stack(app, "Roles"), cdk.Stack(app, "Services")
    bucket = s3.Bucket(services, "Bucket")
    role = task_role(services, "TaskRole", existing=made(roles))
    cdk.CfnOutput(services, "User", value=role.role.role_arn)
    role.allow([Permission(actions=("s3:GetBucketLocation",), resources=(bucket.bucket_arn,))])

    assert not support.of_type(support.template(roles), "AWS::IAM::Policy")
    assert len(support.of_type(support.template(services), "AWS::IAM::ManagedPolicy")) == 1


def named(number: int) -> Permission:
    return Permission(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::bucket{number}/*",), reason="Names.")


@BOTH_FLAGS
@pytest.mark.parametrize("given", [made, imported, lazy], ids=["role of the app", "imported role", "lazy role"])
def test_all_that_use_a_role_in_a_stack_share_its_policy(given: Callable[[cdk.Stack], iam.IRole], flags: bool) -> None:
    stack = support.stack(flags=flags)
    existing = given(stack)
    users = []
    for number in range(12):
        role = task_role(stack, f"Use{number}", existing=existing)
        users.append(cdk.CfnResource(stack, f"User{number}", type="AWS::Test::User"))
        users[-1].node.add_dependency(role.ready)
        role.allow([LIST, named(number)])
    template = support.template(stack)

    (policy_id,) = (name for kind in IAM[1:] for name in support.of_type(template, kind))
    assert policy_id.startswith("Use0")
    assert grants(template["Resources"][policy_id]["Properties"]) == {
        ("s3:ListAllMyBuckets", '"*"'),
        *(("s3:GetObject", f'"arn:aws:s3:::bucket{number}/*"') for number in range(12)),
    }
    assert all(policy_id in template["Resources"][f"User{number}"]["DependsOn"] for number in range(12))


def test_what_one_use_needs_is_not_given_again_for_another() -> None:
    stack = support.stack(flags=False)
    existing = made(stack)
    for name in ("One", "Two"):
        task_role(stack, name, existing=existing).allow([READ, WRITE])

    assert len(statements(support.only(support.template(stack), "AWS::IAM::ManagedPolicy"))) == 2


def test_a_role_that_is_imported_for_each_use_has_one_policy() -> None:
    stack = support.stack()
    for name in ("One", "Two", "Three"):
        scope = Construct(stack, name)
        given = iam.Role.from_role_name(scope, "Known", "deployer")
        task_role(scope, "TaskRole", existing=given).allow([READ, LIST] if name == "Three" else [READ])

    policy = support.only(support.template(stack), "AWS::IAM::Policy")
    assert policy["Roles"] == ["deployer"]
    assert grants(policy) == {("s3:GetObject", '"arn:aws:s3:::bucket/*"'), ("s3:ListAllMyBuckets", '"*"')}


def test_an_import_that_must_not_be_changed_adds_nothing_to_the_policy_of_one_that_may() -> None:
    stack = support.stack()
    task_role(stack, "One", existing=imported(stack)).allow([READ])
    scope = Construct(stack, "Elsewhere")
    sealed = iam.Role.from_role_arn(scope, "Known", ROLE_ARN, mutable=False)
    task_role(stack, "Two", existing=sealed).allow([LIST])

    assert grants(support.only(support.template(stack), "AWS::IAM::Policy")) == {
        ("s3:GetObject", '"arn:aws:s3:::bucket/*"')
    }
    (warning,) = warnings(stack)
    assert "s3:ListAllMyBuckets" in warning


def test_two_roles_and_two_stacks_have_a_policy_each() -> None:
    app = support.app()
    one, two = (cdk.Stack(app, name) for name in ("One", "Two"))
    existing, other = made(one), iam.Role(one, "Other", assumed_by=iam.AnyPrincipal())
    for stack, role in ((one, existing), (one, other), (two, existing)):
        task_role(stack, f"Uses{role.node.id}", existing=role).allow([READ])

    assert [len(support.of_type(support.template(stack), "AWS::IAM::ManagedPolicy")) for stack in (one, two)] == [2, 1]


def test_roles_of_one_name_in_two_stacks_are_two() -> None:
    app = support.app()
    one, two, here = (cdk.Stack(app, name) for name in ("One", "Two", "Here"))
    for stack in (one, two):
        arn = made(stack).role_arn
        given = iam.Role.from_role_arn(here, f"Known{stack.node.id}", arn)
        task_role(here, f"Uses{stack.node.id}", existing=given).allow([READ])

    assert len(support.of_type(support.template(here), "AWS::IAM::Policy")) == 2


def test_a_managed_policy_that_is_full_is_followed_by_another() -> None:
    stack = support.stack(flags=False)
    existing = made(stack)
    for number in range(40):
        arn = s3.Bucket.from_bucket_name(stack, f"Bucket{number}", f"bucket-{number}").arn_for_objects("a" * 60)
        needed = Permission(actions=("s3:GetObject", "s3:PutObject"), resources=(arn,))
        task_role(stack, f"Use{number}", existing=existing).allow([needed])

    policies = support.of_type(support.template(stack), "AWS::IAM::ManagedPolicy").values()
    documents = [each["Properties"]["PolicyDocument"] for each in policies]
    assert 1 < len(documents) < 5
    assert sum(len(document["Statement"]) for document in documents) == 40
    assert all(len(json.dumps(document, separators=(",", ":"))) < 6144 for document in documents)


@BOTH_FLAGS
def test_no_pack_finds_anything_in_a_role_and_its_wildcards_are_explained(flags: bool) -> None:
    app = support.app(flags=flags)
    stack = cdk.Stack(app, "Test")
    given = made(stack)
    for role in (
        execution_role(stack, "ExecutionRole"),
        task_role(stack, "TaskRole", existing=given),
        instance_role(stack, "InstanceRole", existing=imported(stack)),
        task_role(stack, "LazyRole", existing=lazy(cdk.Stack(app, "Lazy"))),
    ):
        role.allow([READ])
        role.allow([LIST, WRITE])

    assert findings(app) == []
    reasons = [finding.text for finding in suppressed(app) if finding.rule.startswith("AwsSolutions-IAM5")]
    assert sorted(reasons) == sorted([READ.reason, LIST.reason] * 4)


@pytest.mark.parametrize("given", [made, imported], ids=["role of the app", "imported role"])
def test_wildcards_that_a_later_use_adds_are_explained_with_all_reasons(
    given: Callable[[cdk.Stack], iam.IRole],
) -> None:
    app = support.app()
    stack = cdk.Stack(app, "Test")
    existing = given(stack)
    task_role(stack, "One", existing=existing).allow([READ])
    again = Permission(actions=READ.actions, resources=READ.resources, reason="Another reason.")
    task_role(stack, "Two", existing=existing).allow([again, LIST])

    assert findings(app) == []
    reasons = [finding.text for finding in suppressed(app) if finding.rule.startswith("AwsSolutions-IAM5")]
    assert sorted(reasons) == sorted([f"{READ.reason} Another reason.", LIST.reason])


def test_a_role_can_be_made_for_any_principal() -> None:
    stack = support.stack()
    LeastPrivilegeRole(
        stack, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"), description="Runs a workflow."
    )

    role = support.only(support.template(stack), "AWS::IAM::Role")
    assert role["Description"] == "Runs a workflow."
    assert "states.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
