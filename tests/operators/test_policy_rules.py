from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.cluster import ExistingCluster
from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.exec import ExecConfiguration, UnknownExec
from constructs_ecs.operators import (
    AllowExec,
    AllowLaunchWithoutExec,
    DenyExec,
    DenyLaunchWithExec,
    DenyStartSession,
    NamedCluster,
)
from tests.scene import scene
from tests.support import stack

TASK = "0123456789abcdef0123456789abcdef"
WEB = NamedCluster(name="web")
PATTERN = NamedCluster(name="prod-*")

anything = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=5)))
lists = st.one_of(st.none(), anything, st.just([TASK]), st.lists(anything, max_size=2))
tags = st.one_of(st.none(), anything, st.dictionaries(st.text(max_size=5), anything, max_size=2))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"containers": []}, Code.EXEC_ACCESS),
        ({"containers": "app"}, Code.EXEC_ACCESS),
        ({"containers": ["app-*"]}, Code.CONTAINER_NAME),
        ({"containers": [None]}, Code.CONTAINER_NAME),
        ({"task_ids": ()}, Code.EXEC_ACCESS),
        ({"task_ids": ["*"]}, Code.EXEC_ACCESS),
        ({"task_tags": {}}, Code.EXEC_ACCESS),
        ({"cluster_tags": {"environment": "*"}}, Code.EXEC_ACCESS),
        ({"cluster": PATTERN}, Code.CLUSTER_NAME),
        ({"cluster": "web"}, Code.SETTING),
        ({"cluster": None}, Code.SETTING),
    ],
)
def test_what_would_not_narrow_or_never_match_is_refused(changes: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as caught:
        AllowExec(**{"cluster": WEB, **changes})
    assert caught.value.code is code


@given(containers=lists, task_ids=lists, task_tags=tags, cluster_tags=tags)
def test_any_input_is_a_rule_or_our_error(containers: Any, task_ids: Any, task_tags: Any, cluster_tags: Any) -> None:  # noqa: ANN401 - bad input
    try:
        AllowExec(cluster=WEB, containers=containers, task_ids=task_ids, task_tags=task_tags, cluster_tags=cluster_tags)
    except ConstructsEcsError:
        return


def test_a_rule_is_not_changed_by_what_it_was_made_from() -> None:
    containers, values = ["app"], ["development"]
    tags_ = {"environment": values}
    rule = AllowExec(cluster=WEB, containers=containers, task_tags=tags_)
    containers.append("proxy")
    values.append("production")
    tags_["team"] = ["a"]

    assert rule.containers == ("app",)
    assert rule.task_tags == {"environment": ("development",)}
    with pytest.raises(FrozenInstanceError):
        rule.containers = None  # type: ignore[misc]


def test_tokens_pass() -> None:
    token = stack().account

    AllowExec(
        cluster=NamedCluster(name=token, account=token, region=token, session_key_arn=token),
        containers=[token],
        task_ids=[token],
        task_tags={token: token},
        cluster_tags={"environment": [token]},
    )


def test_a_cluster_with_an_unknown_exec_configuration_can_be_closed_but_not_opened() -> None:
    here = scene(audited=False)
    stated: dict[str, ExecConfiguration | UnknownExec] = {"Unknown": "unknown", "Known": ExecConfiguration()}
    unknown, known = (
        ExistingCluster(here.stack, name, cluster_name="web", network=here.network, exec_configuration=configuration)
        for name, configuration in stated.items()
    )

    with pytest.raises(ConflictError, match="NamedCluster") as caught:
        AllowExec(cluster=unknown)
    assert caught.value.code is Code.EXEC_UNKNOWN
    DenyStartSession(cluster=unknown)
    DenyLaunchWithExec(cluster=unknown)
    AllowExec(cluster=known)


@pytest.mark.parametrize(
    ("containers", "code"),
    [([], Code.EXEC_ACCESS), (None, Code.EXEC_ACCESS), (["*"], Code.CONTAINER_NAME), ([1], Code.CONTAINER_NAME)],
)
def test_containers_are_denied_by_their_names(containers: Any, code: Code) -> None:  # noqa: ANN401 - bad input
    with pytest.raises(InvalidValueError) as caught:
        DenyExec(containers=containers)
    assert caught.value.code is code


def test_a_session_that_names_no_container_is_denied_unless_said_otherwise() -> None:
    scope = stack()

    assert len(DenyExec(containers=["app"]).statements(scope)) == 2
    assert len(DenyExec(containers=["app"], require_container_name=False).statements(scope)) == 1


def test_sessions_past_exec_are_denied_by_cluster_or_by_tag() -> None:
    scope = stack()

    assert len(DenyStartSession(cluster=PATTERN).statements(scope)) == 1
    assert len(DenyStartSession(task_tags={"a": "1", "b": ["2", "3"]}).statements(scope)) == 2
    assert len(DenyStartSession(cluster=WEB, task_tags={"a": "1"}).statements(scope)) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, Code.EXEC_ACCESS),
        ({"task_tags": {}}, Code.EXEC_ACCESS),
        ({"cluster": WEB, "task_tags": {"a": "*"}}, Code.EXEC_ACCESS),
        ({"cluster": "web"}, Code.SETTING),
    ],
)
def test_a_denial_that_would_deny_nothing_is_refused(arguments: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as caught:
        DenyStartSession(**arguments)
    assert caught.value.code is code


@pytest.mark.parametrize("rule", [AllowLaunchWithoutExec, DenyLaunchWithExec])
@pytest.mark.parametrize(("cluster", "code"), [(PATTERN, Code.CLUSTER_NAME), ("web", Code.SETTING)])
def test_launches_are_those_of_one_cluster_or_of_all(
    rule: type[AllowLaunchWithoutExec | DenyLaunchWithExec],
    cluster: Any,  # noqa: ANN401 - bad input
    code: Code,
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        rule(cluster=cluster)
    assert caught.value.code is code
    assert rule().cluster is None
