from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import exec_access
from constructs_ecs.facts.exec_access import AccessStatement, ClusterLocation, Effect, Tags
from constructs_ecs.facts.needs import Permission
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.conditions import ContextValue
from constructs_ecs.preflight.iam.documents import statements
from constructs_ecs.preflight.iam.evaluator import Request, evaluate
from constructs_ecs.preflight.values import Ternary

TOKEN = "${Token[TOKEN.84]}"  # noqa: S105 - a CDK token
WEB = ClusterLocation(partition="aws", region="eu-west-1", account="111122223333", name="web")
NAMES = ("web", "web2")
CONTAINERS = ("app", "proxy")
TASK_IDS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
NO_TAGS: Mapping[str, str] = MappingProxyType({})
TAGS: tuple[dict[str, str], ...] = (
    {},
    {"environment": "development"},
    {"environment": "production"},
    {"environment": "development", "team": "a"},
)
ASKED_TAGS: tuple[Tags | None, ...] = (
    None,
    {"environment": "development"},
    {"environment": ["development", "production"]},
    {"environment": "development", "team": "a"},
)

maybe = st.one_of(st.none(), st.just(CONTAINERS), st.sampled_from(CONTAINERS).map(lambda name: (name,)))
maybe_tasks = st.one_of(st.none(), st.sampled_from(TASK_IDS).map(lambda task_id: (task_id,)))
clusters = st.builds(
    lambda region, account, name: ClusterLocation(partition="aws", region=region, account=account, name=name),
    st.sampled_from(["eu-west-1", "us-east-1"]),
    st.sampled_from(["111122223333", "444455556666"]),
    st.sampled_from(NAMES),
)


def ask(
    policy: Iterable[AccessStatement], action: str, resource: str, context: Mapping[str, ContextValue] | None = None
) -> bool:
    """Whether a policy lets a request pass that has these context keys and no others."""
    document = {"Version": "2012-10-17", "Statement": [statement.document() for statement in policy]}
    request = Request(action=action, resource=resource, context={} if context is None else context, complete=True)
    answer = evaluate(statements(document, Where("Template", "Policy")), request).answer
    assert answer is not Ternary.UNKNOWN
    return answer is Ternary.YES


def tagged(prefix: str, tags: Mapping[str, str]) -> dict[str, ContextValue]:
    return {f"{prefix}:ResourceTag/{key}": value for key, value in tags.items()}


def may_open(
    policy: Sequence[AccessStatement],
    *,
    container: str | None,
    cluster: ClusterLocation = WEB,
    task_id: str = TASK_IDS[0],
    task_tags: Mapping[str, str] = NO_TAGS,
    cluster_tags: Mapping[str, str] = NO_TAGS,
) -> bool:
    """Whether a session passes, which ECS authorizes on the cluster and on the task."""
    named: dict[str, ContextValue] = {"ecs:container-name": container, "ecs:cluster": cluster.arn}
    (task,) = cluster.tasks([task_id])
    return ask(policy, "ecs:ExecuteCommand", cluster.arn, named | tagged("ecs", cluster_tags)) and ask(
        policy, "ecs:ExecuteCommand", task, named | tagged("ecs", task_tags)
    )


def has(asked: Tags | None, tags: Mapping[str, str]) -> bool:
    return asked is None or all(
        tags.get(key) in ([value] if isinstance(value, str) else value) for key, value in asked.items()
    )


@given(
    containers=maybe,
    task_ids=maybe_tasks,
    task_tags=st.sampled_from(ASKED_TAGS),
    cluster_tags=st.sampled_from(ASKED_TAGS),
    cluster=st.one_of(st.just(WEB), st.just(WEB), clusters),
    task_id=st.sampled_from(TASK_IDS),
    container=st.sampled_from((*CONTAINERS, "sidecar", None)),
    tags_of_task=st.sampled_from(TAGS),
    tags_of_cluster=st.sampled_from(TAGS),
)
def test_a_session_passes_exactly_if_it_is_in_scope(
    *,
    containers: tuple[str, ...] | None,
    task_ids: tuple[str, ...] | None,
    task_tags: Tags | None,
    cluster_tags: Tags | None,
    cluster: ClusterLocation,
    task_id: str,
    container: str | None,
    tags_of_task: dict[str, str],
    tags_of_cluster: dict[str, str],
) -> None:
    policy = exec_access.allow_exec(
        WEB, containers=containers, task_ids=task_ids, task_tags=task_tags, cluster_tags=cluster_tags
    )

    in_scope = (
        cluster == WEB
        and (containers is None or container in containers)
        and (task_ids is None or task_id in task_ids)
        and has(task_tags, tags_of_task)
        and has(cluster_tags, tags_of_cluster)
    )
    passes = may_open(
        policy,
        cluster=cluster,
        task_id=task_id,
        container=container,
        task_tags=tags_of_task,
        cluster_tags=tags_of_cluster,
    )
    assert passes is in_scope


@given(
    first=st.tuples(maybe, st.sampled_from(ASKED_TAGS)),
    second=st.tuples(maybe, st.sampled_from(ASKED_TAGS)),
    container=st.sampled_from((*CONTAINERS, "sidecar", None)),
    tags=st.sampled_from(TAGS),
)
def test_two_scopes_for_one_cluster_open_what_either_opens_and_no_mixture(
    first: tuple[tuple[str, ...] | None, Tags | None],
    second: tuple[tuple[str, ...] | None, Tags | None],
    container: str | None,
    tags: dict[str, str],
) -> None:
    policies = [exec_access.allow_exec(WEB, containers=names, task_tags=asked) for names, asked in (first, second)]

    both = may_open([*policies[0], *policies[1]], container=container, task_tags=tags)
    assert both is any(may_open(policy, container=container, task_tags=tags) for policy in policies)


def test_a_narrowed_scope_still_finds_the_tasks_of_the_cluster_and_no_others() -> None:
    policy = exec_access.allow_exec(WEB, containers=["app"], task_tags={"environment": "development"})
    other = ClusterLocation(partition="aws", region="eu-west-1", account="111122223333", name="web2")

    assert ask(policy, "ecs:DescribeTasks", WEB.tasks([TASK_IDS[0]])[0])
    assert ask(policy, "ecs:ListTasks", "*", {"ecs:cluster": WEB.arn})
    assert not ask(policy, "ecs:DescribeTasks", other.tasks([TASK_IDS[0]])[0])
    assert not ask(policy, "ecs:ListTasks", "*", {"ecs:cluster": other.arn})
    assert not ask(policy, "ecs:ListTasks", "*")


def test_who_may_open_named_tasks_sees_no_others() -> None:
    policy = exec_access.allow_exec(WEB, task_ids=TASK_IDS[:1])
    mine, other = WEB.tasks(TASK_IDS)

    assert ask(policy, "ecs:DescribeTasks", mine)
    assert not ask(policy, "ecs:DescribeTasks", other)
    assert not ask(policy, "ecs:ListTasks", "*", {"ecs:cluster": WEB.arn})


@given(
    action=st.sampled_from(["ecs:StopTask", "ecs:RunTask", "ecs:UpdateCluster", "ssm:StartSession", "kms:Decrypt"]),
    resource=st.sampled_from([WEB.arn, *WEB.tasks(TASK_IDS), "*", "arn:aws:kms:eu-west-1:111122223333:key/1"]),
)
def test_nothing_but_sessions_is_allowed(action: str, resource: str) -> None:
    key = exec_access.allow_session_key("arn:aws:kms:eu-west-1:111122223333:key/1")

    assert not ask([*exec_access.allow_exec(WEB), key], action, resource, {"ecs:cluster": WEB.arn})


def test_the_session_key_alone_makes_data_keys() -> None:
    policy = [exec_access.allow_session_key("arn:aws:kms:eu-west-1:111122223333:key/1")]

    assert ask(policy, "kms:GenerateDataKey", "arn:aws:kms:eu-west-1:111122223333:key/1")
    assert not ask(policy, "kms:GenerateDataKey", "arn:aws:kms:eu-west-1:111122223333:key/2")


@pytest.mark.parametrize(("container", "passes"), [("app", False), ("proxy", True), (None, True)])
def test_a_denied_container_is_not_opened_whatever_allows_it(container: str | None, passes: bool) -> None:
    policy = [*exec_access.allow_exec(WEB), exec_access.deny_containers(["app"])]

    assert may_open(policy, container=container) is passes


@pytest.mark.parametrize(("container", "passes"), [("app", False), ("proxy", True), (None, False)])
def test_a_container_without_a_name_slips_through_only_where_that_is_not_denied(
    container: str | None, passes: bool
) -> None:
    denied = (exec_access.deny_containers(["app"]), exec_access.deny_unnamed_containers("aws"))

    assert may_open([*exec_access.allow_exec(WEB), *denied], container=container) is passes


@pytest.mark.parametrize(
    ("resource", "passes"),
    [
        ("arn:aws:ecs:eu-west-1:111122223333:task/web/0123456789abcdef0123456789abcdef", False),
        ("arn:aws:ecs:us-east-1:111122223333:task/web/0123456789abcdef0123456789abcdef", False),
        ("arn:aws:ecs:us-east-1:111122223333:task/web2/0123456789abcdef0123456789abcdef", True),
        ("arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0", True),
    ],
)
def test_sessions_past_exec_are_denied_on_the_cluster_s_tasks_in_all_regions(resource: str, passes: bool) -> None:
    policy = [_everything("ssm:StartSession"), exec_access.deny_start_session(WEB.tasks_in_all_regions)]

    assert ask(policy, "ssm:StartSession", resource) is passes


@given(tags=st.sampled_from(TAGS))
def test_one_of_the_tags_is_enough_to_deny_sessions_past_exec(tags: dict[str, str]) -> None:
    denied = {"environment": ["production", "staging"], "team": "a"}
    policy = [_everything("ssm:StartSession"), *exec_access.deny_start_session_by_tag(denied)]

    expected = not (tags.get("environment") in denied["environment"] or tags.get("team") == "a")
    assert ask(policy, "ssm:StartSession", WEB.tasks(TASK_IDS)[0], tagged("aws", tags)) is expected


@pytest.mark.parametrize("action", exec_access.LAUNCH_ACTIONS)
@pytest.mark.parametrize("cluster_arn", [None, WEB.arn])
@pytest.mark.parametrize("said", ["true", "false", None])
@pytest.mark.parametrize("asked", [WEB.arn, WEB.arn + "2"])
def test_a_launch_passes_only_where_it_says_that_exec_is_off(
    action: str, cluster_arn: str | None, said: str | None, asked: str
) -> None:
    request = ("arn:aws:ecs:eu-west-1:111122223333:service/web/api", {"ecs:cluster": asked})
    context: dict[str, ContextValue] = {**request[1], "ecs:enable-execute-command": said}
    here = cluster_arn is None or asked == cluster_arn

    allowed = ask([exec_access.allow_launch_without_exec(cluster_arn)], action, request[0], context)
    not_denied = ask([_everything(action), exec_access.deny_launch_with_exec(cluster_arn)], action, request[0], context)
    assert allowed is (said == "false" and here)
    assert not_denied is (said == "false" or not here)


@pytest.mark.parametrize("action", exec_access.DAEMON_ACTIONS)
def test_daemons_are_launched_only_with_exec_off(action: str) -> None:
    policy = [_everything(action), exec_access.deny_launch_with_exec()]

    assert not ask(policy, action, "*", {"ecs:enable-execute-command": "true"})
    assert ask(policy, action, "*", {"ecs:enable-execute-command": "false"})


def test_a_denial_stands_without_an_allowance() -> None:
    denials = [
        exec_access.deny_containers(["app"]),
        exec_access.deny_unnamed_containers("aws"),
        exec_access.deny_start_session(WEB.tasks_in_all_regions),
        *exec_access.deny_start_session_by_tag({"environment": "production"}),
        exec_access.deny_launch_with_exec(),
    ]

    assert {statement.effect for statement in denials} == {Effect.DENY}


@pytest.mark.parametrize("task_id", [*TASK_IDS, "01234567-89ab-cdef-0123-456789abcdef", TOKEN, f"{TOKEN}", *["0" * 32]])
def test_the_id_of_a_task_is_taken(task_id: str) -> None:
    exec_access.check_task_id(task_id)


@given(
    task_id=st.one_of(st.text(), st.integers(), st.none(), st.sampled_from(["*", "0" * 31, "A" * 32, "0" * 32 + "\n"]))
)
def test_whatever_is_no_task_s_id_is_refused(task_id: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        exec_access.check_task_id(task_id)
    assert caught.value.code is Code.EXEC_ACCESS


@pytest.mark.parametrize(
    "tags",
    [
        {"environment": "development"},
        {"aws:ecs:serviceName": "web"},
        {"Größe und Farbe": "a b_c.d:e/f=g+h-i@j"},
        {"k" * 128: "v" * 256},
        {"empty": ""},
        {"environment": ["development", "staging"]},
        {"environment": ("development",)},
        {TOKEN: TOKEN},
    ],
)
def test_tags_are_taken_as_ecs_takes_them(tags: Tags) -> None:
    exec_access.check_tags(tags, name="task_tags")


@pytest.mark.parametrize(
    "tags",
    [
        None,
        {},
        "environment=development",
        ["environment"],
        {"": "value"},
        {"k" * 129: "value"},
        {"key": "v" * 257},
        {"key": "dev*"},
        {"key": "${aws:PrincipalTag/key}"},
        {"key*": "value"},
        {"key": []},
        {"key": None},
        {"key": [None]},
        {"key": ["development", "*"]},
        {1: "value"},
        {"Key": "value", "key": "value"},
        {"key": "line\n"},
    ],
)
def test_what_is_no_tag_is_refused(tags: object) -> None:
    with pytest.raises(InvalidValueError, match="task_tags") as caught:
        exec_access.check_tags(tags, name="task_tags")
    assert caught.value.code is Code.EXEC_ACCESS


json_like = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(), inner, max_size=2)),
    max_leaves=4,
)


@given(tags=json_like)
def test_anything_is_tags_or_our_error(tags: object) -> None:
    try:
        exec_access.check_tags(tags, name="task_tags")
    except InvalidValueError as error:
        assert error.code is Code.EXEC_ACCESS
    else:
        assert isinstance(tags, dict)
        assert tags


@pytest.mark.parametrize("values", [None, [], (), "app", {"app"}, 1])
def test_a_list_that_would_not_narrow_is_refused(values: object) -> None:
    with pytest.raises(InvalidValueError, match="containers") as caught:
        exec_access.check_list(values, name="containers")
    assert caught.value.code is Code.EXEC_ACCESS


def _everything(action: str) -> AccessStatement:
    permission = Permission(actions=(action,), resources=("*",), reason="To see what is denied.")
    return AccessStatement(effect=Effect.ALLOW, permission=permission)


def test_a_statement_of_one_thing_names_it_alone() -> None:
    found: list[dict[str, Any]] = [statement.document() for statement in exec_access.allow_exec(WEB)]

    assert found[1] == {"Effect": "Allow", "Action": "ecs:ExecuteCommand", "Resource": WEB.arn}
