import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs, Permission

PERMISSIONS = st.builds(
    Permission,
    actions=st.sampled_from([("s3:GetObject",), ("s3:PutObject", "s3:GetObject")]),
    resources=st.sampled_from([("arn:aws:s3:::a/*",), ("*",)]),
    reason=st.sampled_from(["Because.", "For another cause."]),
    conditions=st.sampled_from([{}, {"StringEquals": {"aws:SourceAccount": "123456789012"}}]),
)
WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple)
NEEDS = st.builds(
    Needs,
    endpoints=st.frozensets(st.sampled_from(Endpoint), max_size=3),
    execution_role=st.lists(PERMISSIONS, max_size=2).map(dict.fromkeys).map(tuple),
    task_role=st.lists(PERMISSIONS, max_size=2).map(dict.fromkeys).map(tuple),
    instance_role=st.lists(PERMISSIONS, max_size=2).map(dict.fromkeys).map(tuple),
    s3_gateway=WORDS,
    internet=WORDS,
)


def permission(action: str = "s3:GetObject", **arguments: object) -> Permission:
    return Permission(**{"actions": (action,), "resources": ("arn:aws:s3:::bucket/key",), **arguments})  # type: ignore[arg-type]


@given(first=NEEDS, second=NEEDS, third=NEEDS)
def test_adding_up_needs_does_not_depend_on_grouping(first: Needs, second: Needs, third: Needs) -> None:
    assert (first | second) | third == first | (second | third)


@given(needs=NEEDS, other=NEEDS)
def test_what_is_needed_twice_is_needed_once(needs: Needs, other: Needs) -> None:
    assert needs | needs == needs
    assert (needs | other) | other == (needs | other) | needs == needs | other


@given(needs=NEEDS)
def test_adding_nothing_changes_nothing(needs: Needs) -> None:
    assert needs | Needs() == Needs() | needs == needs


@given(first=NEEDS, second=NEEDS)
def test_the_sum_has_all_of_both_and_nothing_else(first: Needs, second: Needs) -> None:
    total = first | second

    for field in dataclasses.fields(Needs):
        both = [*getattr(first, field.name), *getattr(second, field.name)]
        # Not as sets: permissions with other conditions are other permissions.
        assert all(item in getattr(total, field.name) for item in both)
        assert all(item in both for item in getattr(total, field.name))


def test_the_sum_keeps_the_order_of_first_mention() -> None:
    read, write, delete = (permission(f"s3:{verb}Object") for verb in ("Get", "Put", "Delete"))

    total = Needs(task_role=(write, read)) | Needs(task_role=(delete, write))

    assert total.task_role == (write, read, delete)


def test_permissions_that_differ_in_their_conditions_alone_are_two() -> None:
    free = permission()
    bound = permission(conditions={"StringEquals": {"aws:SourceAccount": "123456789012"}})

    assert (Needs(task_role=(free,)) | Needs(task_role=(bound,))).task_role == (free, bound)


def test_each_role_s_permissions_stay_with_that_role() -> None:
    total = Needs(execution_role=(permission("a:A"),)) | Needs(task_role=(permission("b:B"),))

    assert (total.execution_role, total.task_role, total.instance_role) == (
        (permission("a:A"),),
        (permission("b:B"),),
        (),
    )


def test_a_permission_on_every_resource_states_its_reason() -> None:
    with pytest.raises(InvalidValueError) as caught:
        permission(resources=("*",))

    assert caught.value.code is Code.WILDCARD
    assert permission(resources=("*",), reason="There is no resource level.").resources == ("*",)


def test_a_reason_allows_no_wildcard_in_an_action() -> None:
    for action in ("*", "s3:*", "s3:Get*"):
        with pytest.raises(InvalidValueError) as caught:
            permission(action, reason="It is shorter.")
        assert caught.value.code is Code.WILDCARD


@pytest.mark.parametrize("missing", ["actions", "resources"])
def test_a_permission_names_actions_and_resources(missing: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        permission(**{missing: ()})  # type: ignore[arg-type]

    assert caught.value.code is Code.WILDCARD


def test_a_resource_that_is_a_token_passes() -> None:
    assert permission(resources=("${Token[TOKEN.1]}/*",)).resources == ("${Token[TOKEN.1]}/*",)


def test_needs_and_permissions_cannot_be_changed() -> None:
    for value, name in ((Needs(), "internet"), (permission(), "reason")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, "other")


def test_an_endpoint_that_is_none_is_refused() -> None:
    names: Any = frozenset({"kms"})
    with pytest.raises(InvalidValueError) as caught:
        Needs(endpoints=names)
    assert caught.value.code is Code.SETTING
