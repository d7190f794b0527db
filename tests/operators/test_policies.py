import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sso as sso

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.operators import (
    AllowExec,
    AllowLaunchWithoutExec,
    DenyExec,
    DenyLaunchWithExec,
    DenyStartSession,
    ExecPolicy,
    ExecRule,
    NamedCluster,
    exec_policy_document,
)
from tests.meaning import permissions
from tests.nag import findings, suppressed
from tests.scene import scene
from tests.support import app, of_type, only, stack, template

ACCOUNT, REGION = "111122223333", "eu-west-1"
HERE = cdk.Environment(account=ACCOUNT, region=REGION)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TASK = "0123456789abcdef0123456789abcdef"
NAMED = NamedCluster(name="cluster-name", session_key_arn=KEY)
OURS = ("Security/Policy", "Security/Anywhere")
Atom = tuple[str, str, str, str]

# The examples of AWS's page, with a Region, an account and a key for the words that stand for them.
EXAMPLES: dict[str, dict[str, Any]] = {
    "exec-by-task-tag": {
        "Effect": "Allow",
        "Action": "ecs:ExecuteCommand",
        "Resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/cluster-name/*",
        "Condition": {"StringEquals": {"ecs:ResourceTag/environment": "development"}},
    },
    "session-key": {"Effect": "Allow", "Action": ["kms:GenerateDataKey"], "Resource": KEY},
    "deny-container": {
        "Effect": "Deny",
        "Action": ["ecs:ExecuteCommand"],
        "Resource": "*",
        "Condition": {"StringEquals": {"ecs:container-name": "production-app"}},
    },
    "launch-without-exec": {
        "Effect": "Allow",
        "Action": ["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"],
        "Resource": "*",
        "Condition": {"StringEquals": {"ecs:enable-execute-command": "false"}},
    },
    "start-session-by-cluster": {
        "Effect": "Deny",
        "Action": "ssm:StartSession",
        "Resource": "arn:aws:ecs:*:111122223333:task/cluster-name/*",
    },
    "start-session-by-tag": {
        "Effect": "Deny",
        "Action": "ssm:StartSession",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/Task-Tag-Key": "Exec-Task"}},
    },
}
RULES: dict[str, ExecRule] = {
    "exec-by-task-tag": AllowExec(cluster=NAMED, task_tags={"environment": "development"}),
    "session-key": AllowExec(cluster=NAMED),
    "deny-container": DenyExec(containers=["production-app"], require_container_name=False),
    "launch-without-exec": AllowLaunchWithoutExec(),
    "start-session-by-cluster": DenyStartSession(cluster=NAMED),
    "start-session-by-tag": DenyStartSession(task_tags={"Task-Tag-Key": "Exec-Task"}),
}
EXTRAS = {
    # What a session takes beside the example: the cluster itself, and to find the task.
    "exec-by-task-tag": {"ecs:ExecuteCommand", "ecs:DescribeTasks", "ecs:ListTasks", "kms:GenerateDataKey"},
    "session-key": {"ecs:ExecuteCommand", "ecs:DescribeTasks", "ecs:ListTasks"},
}
EVERY_RULE = [
    AllowExec(cluster=NAMED, containers=["app"]),
    DenyExec(containers=["production-app"]),
    DenyStartSession(cluster=NamedCluster(name="prod-*"), task_tags={"Task-Tag-Key": "Exec-Task"}),
    AllowLaunchWithoutExec(cluster=NAMED),
    DenyLaunchWithExec(),
]


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A value of a template, as it is once deployed in the test's account and Region."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}[value["Ref"]]
    if set(value) == {"Fn::Join"}:
        return value["Fn::Join"][0].join(plain(each) for each in value["Fn::Join"][1])
    return {key: plain(each) for key, each in value.items()}


def atoms(document: dict[str, Any]) -> set[Atom]:
    """What a policy says, however it is spelled: one or many in a list, and in any order."""
    return set(_atoms(plain(document)))


def _atoms(document: dict[str, Any]) -> Iterator[Atom]:
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        condition = {
            operator: {key: sorted(_listed(value)) for key, value in keys.items()}
            for operator, keys in statement.get("Condition", {}).items()
        }
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield statement["Effect"], action, resource, json.dumps(condition, sort_keys=True)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value]


def documents(scope: cdk.Stack) -> dict[str, dict[str, Any]]:
    """Construct id -> the document of each policy of a stack."""
    found = of_type(template(scope), "AWS::IAM::ManagedPolicy")
    return {
        child.node.id: found[scope.get_logical_id(_cfn(child))]["Properties"]["PolicyDocument"]
        for child in scope.node.children
        if isinstance(child, ExecPolicy)
    }


def _cfn(policy: ExecPolicy) -> cdk.CfnElement:
    element = policy.managed_policy.node.default_child
    assert isinstance(element, cdk.CfnElement)
    return element


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, Any]]:
    """Example -> the document of the policy that is made for it."""
    scope = stack(env=HERE)
    for name, rule in RULES.items():
        ExecPolicy(scope, name, rules=[rule])
    return documents(scope)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_of_the_page_comes_out(name: str, examples: dict[str, dict[str, Any]]) -> None:
    wanted = atoms({"Version": "2012-10-17", "Statement": [EXAMPLES[name]]})
    found = atoms(examples[name])

    assert wanted <= found
    assert {action for _, action, _, _ in found - wanted} == EXTRAS.get(name, set())


def test_a_session_takes_the_cluster_and_its_tasks_which_are_described_and_listed(
    examples: dict[str, dict[str, Any]],
) -> None:
    cluster = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/cluster-name"
    tasks = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/cluster-name/*"

    assert atoms(examples["session-key"]) == {
        ("Allow", "ecs:ExecuteCommand", cluster, "{}"),
        ("Allow", "ecs:ExecuteCommand", tasks, "{}"),
        ("Allow", "ecs:DescribeTasks", tasks, "{}"),
        ("Allow", "ecs:ListTasks", "*", json.dumps({"ArnEquals": {"ecs:cluster": [cluster]}})),
        ("Allow", "kms:GenerateDataKey", KEY, "{}"),
    }


def test_a_cluster_of_the_app_brings_its_own_session_key() -> None:
    here = scene()
    audit = here.cluster.exec_audit
    assert audit is not None
    ExecPolicy(here.stack, "Operators", rules=[AllowExec(cluster=here.cluster)])

    found = documents(here.stack)["Operators"]["Statement"]
    assert [each["Resource"] for each in found if each["Action"] == "kms:GenerateDataKey"] == [
        here.stack.resolve(audit.key.key_arn)
    ]


def test_a_cluster_without_a_key_of_its_own_brings_none() -> None:
    here = scene(audited=False)
    ExecPolicy(here.stack, "Operators", rules=[AllowExec(cluster=here.cluster)])

    actions = {each["Action"] for each in documents(here.stack)["Operators"]["Statement"]}
    assert actions == {"ecs:ExecuteCommand", "ecs:DescribeTasks", "ecs:ListTasks"}


def test_a_policy_in_a_later_stack_refers_to_the_cluster_and_nothing_refers_back() -> None:
    root = app()
    workload, security = cdk.Stack(root, "Workload", env=HERE), cdk.Stack(root, "Security", env=HERE)
    here = scene(scope=workload)
    ExecPolicy(security, "Operators", rules=[AllowExec(cluster=here.cluster), DenyStartSession(cluster=here.cluster)])

    root.synth()
    assert security.dependencies == [workload]
    assert workload.dependencies == []


def test_a_policy_far_from_a_cluster_with_a_fixed_name_means_the_cluster_s_region() -> None:
    root = app()
    workload = cdk.Stack(root, "Workload", env=HERE)
    security = cdk.Stack(root, "Security", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    here = scene(scope=workload, audited=False, cluster_name="web")
    ExecPolicy(security, "Operators", rules=[AllowExec(cluster=here.cluster, task_ids=[TASK])])

    assert {resource for _, _, resource, _ in atoms(documents(security)["Operators"])} == {
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/web",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/web/{TASK}",
    }


def test_a_policy_stands_alone_or_is_attached_to_roles_and_groups_from_either_side() -> None:
    scope = stack(env=HERE)
    policy = ExecPolicy(scope, "Operators", rules=[AllowExec(cluster=NAMED)]).managed_policy
    alone = ExecPolicy(scope, "Alone", rules=[DenyLaunchWithExec()], managed_policy_name="NoExec").managed_policy
    trusting = iam.AccountRootPrincipal()
    policy.attach_to_role(iam.Role(scope, "Role", assumed_by=trusting))
    policy.attach_to_group(iam.Group(scope, "Group"))
    iam.Role(scope, "Other", assumed_by=trusting).add_managed_policy(policy)

    result = template(scope)
    policies = of_type(result, "AWS::IAM::ManagedPolicy")
    attached = policies[scope.resolve(policy.managed_policy_arn)["Ref"]]["Properties"]
    assert [len(attached[kind]) for kind in ("Roles", "Groups")] == [1, 1]
    roles = of_type(result, "AWS::IAM::Role").values()
    assert [role["Properties"].get("ManagedPolicyArns") for role in roles] == [
        None,
        [scope.resolve(policy.managed_policy_arn)],
    ]
    standing = policies[scope.resolve(alone.managed_policy_arn)["Ref"]]["Properties"]
    assert standing["ManagedPolicyName"] == "NoExec"
    assert not {"Roles", "Groups", "Users"} & set(standing)


@pytest.mark.parametrize("flags", [False, True], ids=["no flags", "all flags"])
@pytest.mark.parametrize("env", [HERE, None], ids=["fixed", "agnostic"])
def test_a_permission_set_and_a_printed_policy_mean_the_same(env: cdk.Environment | None, flags: bool) -> None:
    scope = stack(env=env, flags=flags)
    policy = ExecPolicy(scope, "Policy", rules=EVERY_RULE)
    sso.CfnPermissionSet(
        scope,
        "PermissionSet",
        instance_arn="arn:aws:sso:::instance/ssoins-1234567890abcdef",
        name="Operators",
        inline_policy=exec_policy_document(scope, EVERY_RULE),
    )
    cdk.CfnOutput(scope, "Printed", value=policy.json)

    result = template(scope)
    assert "Token[" not in json.dumps(result)
    managed = atoms(documents(scope)["Policy"])
    assert atoms(only(result, "AWS::SSO::PermissionSet")["InlinePolicy"]) == managed
    assert atoms(json.loads(plain(result["Outputs"]["Printed"]["Value"]))) == managed


def test_a_permission_set_for_many_accounts_names_none() -> None:
    scope = stack(env=HERE)
    cluster = NamedCluster(name="web", account="*", region="eu-central-1")
    rules = [AllowExec(cluster=cluster), DenyStartSession(cluster=NamedCluster(name="*", account="*"))]

    found = atoms(scope.resolve(exec_policy_document(scope, rules)))
    assert {resource for _, _, resource, _ in found} == {
        "arn:aws:ecs:eu-central-1:*:cluster/web",
        "arn:aws:ecs:eu-central-1:*:task/web/*",
        "arn:aws:ecs:*:*:task/*/*",
        "*",
    }
    assert not any(ACCOUNT in condition for _, _, _, condition in found)


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_arns_are_in_the_partition_of_the_stack(region: str) -> None:
    scope = stack(env=cdk.Environment(account=ACCOUNT, region=region))
    ExecPolicy(scope, "Policy", rules=EVERY_RULE)

    body = json.dumps(documents(scope)["Policy"])
    assert "arn:aws:ecs" not in body
    assert f":ecs:{region}:{ACCOUNT}:cluster/cluster-name" in body


@pytest.mark.parametrize("env", [HERE, None], ids=["fixed", "agnostic"])
def test_a_policy_says_the_same_under_no_flags_and_all(env: cdk.Environment | None) -> None:
    said = []
    for flags in (False, True):
        scope = stack(flags=flags, env=env)
        ExecPolicy(scope, "Policy", rules=EVERY_RULE)
        said.append(permissions(template(scope)))

    assert said[0] == said[1]
    assert sum(map(len, said[0].values())) > 15


@pytest.mark.parametrize("env", [HERE, None], ids=["fixed", "agnostic"])
def test_each_wildcard_is_acknowledged_with_its_reason_and_nothing_else_is_found(env: cdk.Environment | None) -> None:
    root = app()
    here = scene(scope=cdk.Stack(root, "Workload", env=env))
    security = cdk.Stack(root, "Security", env=env)
    anywhere = NamedCluster(name="web", account="*")
    policy = ExecPolicy(security, "Policy", rules=[AllowExec(cluster=here.cluster), *EVERY_RULE])
    ExecPolicy(security, "Anywhere", rules=[AllowExec(cluster=anywhere)]).managed_policy.attach_to_group(
        iam.Group(security, "Group")
    )
    policy.managed_policy.attach_to_role(iam.Role(security, "Role", assumed_by=iam.AccountRootPrincipal()))

    assert [finding for finding in findings(root) if finding.path.startswith(OURS)] == []
    reasons = {finding.text for finding in suppressed(root) if finding.path.startswith(OURS)}
    assert reasons
    assert all(reason.endswith(".") for reason in reasons)
    assert not any("denial" in reason for reason in reasons)


@pytest.mark.parametrize("rules", [[], None, "AllowExec", {}])
def test_a_policy_without_rules_is_refused(rules: Any) -> None:  # noqa: ANN401 - bad input
    with pytest.raises(InvalidValueError) as caught:
        ExecPolicy(stack(), "Policy", rules=rules)
    assert caught.value.code is Code.EXEC_ACCESS


@pytest.mark.parametrize("rule", [None, "ssm:StartSession", NAMED, AllowExec])
def test_what_is_no_rule_is_refused(rule: Any) -> None:  # noqa: ANN401 - bad input
    with pytest.raises(InvalidValueError) as caught:
        exec_policy_document(stack(), [rule])
    assert caught.value.code is Code.SETTING


@pytest.mark.parametrize("name", ["", "no spaces", "n" * 129, "Größe", 1])
def test_a_name_that_iam_would_not_take_is_refused(name: Any) -> None:  # noqa: ANN401 - bad input
    with pytest.raises(InvalidValueError) as caught:
        ExecPolicy(stack(), "Policy", rules=EVERY_RULE, managed_policy_name=name)
    assert caught.value.code is Code.EXEC_ACCESS


def test_a_name_may_be_a_token() -> None:
    scope = stack()
    parameter = cdk.CfnParameter(scope, "Name")
    ExecPolicy(scope, "Policy", rules=EVERY_RULE, managed_policy_name=parameter.value_as_string)

    assert only(template(scope), "AWS::IAM::ManagedPolicy")["ManagedPolicyName"] == {"Ref": "Name"}


def test_a_policy_that_is_too_long_is_refused_before_it_is_deployed() -> None:
    scope = stack(env=HERE)
    long = [f"{number:04}{'x' * 60}" for number in range(100)]

    exec_policy_document(scope, [DenyExec(containers=long)])
    with pytest.raises(InvalidValueError, match="6,144") as caught:
        ExecPolicy(scope, "Policy", rules=[DenyExec(containers=long)])
    assert caught.value.code is Code.EXEC_ACCESS
    assert scope.node.children == []
    with pytest.raises(InvalidValueError, match="32,768"):
        exec_policy_document(scope, [DenyExec(containers=[f"{name}{index}" for index in range(6) for name in long])])


def test_tokens_and_white_space_count_nothing() -> None:
    scope = stack()
    key = kms.Key(scope, "Key").key_arn
    cluster = NamedCluster(name="web", session_key_arn=key)
    roomy = {"team": [f"{number:03}{' ' * 200}" for number in range(50)]}

    ExecPolicy(scope, "Policy", rules=[AllowExec(cluster=cluster, task_tags=roomy)])


def test_the_size_of_a_policy_is_iam_s_to_the_character() -> None:
    scope = stack(env=HERE)
    values = [f"{number:03}{'y' * 94}" for number in range(58)]
    statement = {
        "Effect": "Deny",
        "Action": "ssm:StartSession",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/key": [*values, ""]}},
    }
    room = 6_144 - len(json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":")))
    full, over = ([*values, "z" * count] for count in (room, room + 1))

    ExecPolicy(scope, "Full", rules=[DenyStartSession(task_tags={"key": full})])
    with pytest.raises(InvalidValueError, match="6,145"):
        ExecPolicy(scope, "Over", rules=[DenyStartSession(task_tags={"key": over})])


def test_a_cluster_s_tags_hold_only_if_every_rule_for_it_asks_for_them() -> None:
    scope = stack()
    with pytest.raises(ConflictError) as caught:
        ExecPolicy(
            scope,
            "Policy",
            rules=[
                AllowExec(cluster=NAMED, containers=["app"], cluster_tags={"environment": "development"}),
                AllowExec(cluster=NAMED, containers=["proxy"]),
            ],
        )
    assert caught.value.code is Code.EXEC_ACCESS
    assert "cluster-name" in str(caught.value)


def test_a_cluster_is_the_same_by_its_name_unless_its_place_is_known_to_differ() -> None:
    scope = stack(env=HERE)
    tagged = AllowExec(cluster=NamedCluster(name="web"), cluster_tags={"environment": "development"})
    own = scene(scope=scope, audited=False, cluster_name="web").cluster
    for other in (NamedCluster(name="web", account="*"), own):
        with pytest.raises(ConflictError) as caught:
            exec_policy_document(scope, [AllowExec(cluster=other), tagged])
        assert caught.value.code is Code.EXEC_ACCESS
    for elsewhere in (NamedCluster(name="web", region="us-east-1"), NamedCluster(name="web", account="444455556666")):
        exec_policy_document(scope, [AllowExec(cluster=elsewhere), tagged])


FAR = cdk.Environment(account=ACCOUNT, region="us-east-1")


@pytest.mark.parametrize(("workload", "security"), [(HERE, FAR), (HERE, None), (None, HERE)])
@pytest.mark.parametrize("name", ["web", None])
def test_what_has_no_name_elsewhere_is_refused_before_the_cdk_makes_resources_for_it(
    workload: cdk.Environment | None, security: cdk.Environment | None, name: str | None
) -> None:
    root = app()
    place = scene(scope=cdk.Stack(root, "Workload", env=workload), cluster_name=name)
    far = cdk.Stack(root, "Security", env=security)
    with pytest.raises(ConflictError, match="session_key_arn" if name else "cluster_name") as caught:
        ExecPolicy(far, "Operators", rules=[AllowExec(cluster=place.cluster)])
    assert caught.value.code is Code.EXEC_ACCESS
    assert far.node.try_find_child("Operators") is None


def test_a_named_cluster_stands_for_one_whose_session_key_is_elsewhere() -> None:
    root = app()
    workload, far = cdk.Stack(root, "Workload", env=HERE), cdk.Stack(root, "Security", env=FAR)
    place = scene(scope=workload, cluster_name="web")
    named = NamedCluster(name="web", region=REGION, session_key_arn=KEY)
    ExecPolicy(far, "Operators", rules=[AllowExec(cluster=named), DenyStartSession(cluster=place.cluster)])
    root.synth()
    assert {each["Type"] for each in template(far)["Resources"].values()} == {"AWS::IAM::ManagedPolicy"}
    assert not of_type(template(workload), "Custom::CrossRegionExportWriter")


def test_two_rules_for_one_cluster_say_once_what_both_need() -> None:
    scope = stack(env=HERE)
    tags = {"environment": "development"}
    ExecPolicy(
        scope,
        "Policy",
        rules=[
            AllowExec(cluster=NAMED, containers=["app"], cluster_tags=tags),
            AllowExec(cluster=NAMED, containers=["proxy"], cluster_tags={"environment": "development"}),
        ],
    )

    found = documents(scope)["Policy"]["Statement"]
    assert len([each for each in found if each["Action"] == "ecs:ListTasks"]) == 1
    assert len([each for each in found if each["Action"] == "ecs:ExecuteCommand"]) == 3
