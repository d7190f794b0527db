"""How a published cluster records ECS Exec sessions, as it is declared."""

import itertools
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import ExecLogging
from constructs_ecs.cluster import PublishedExec
from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.publishing import PublishedValues
from tests.support import stack

ANY = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.integers(0, 1))
FLAGS = ("log_group", "bucket", "key_prefix", "session_key", "log_group_key", "bucket_key")


def test_by_default_it_is_what_an_exec_audit_makes_by_default() -> None:
    declared = PublishedExec()
    assert (declared.logging, declared.has_log_group, declared.bucket) == (ExecLogging.OVERRIDE, True, False)
    assert (declared.session_key, declared.has_log_group_key, declared.has_bucket_key) == (True, True, False)


def test_without_destinations_nothing_is_left_of_them() -> None:
    declared = PublishedExec(logging=ExecLogging.NONE, session_key=False)
    assert not any((declared.has_log_group, declared.has_log_group_key, declared.has_bucket_key))


@pytest.mark.parametrize(
    "options",
    [
        {"log_group": False},
        {"logging": ExecLogging.NONE, "log_group": True},
        {"logging": ExecLogging.DEFAULT, "bucket": True},
        {"key_prefix": True},
        {"bucket_key": True},
        {"bucket": True, "log_group": False, "log_group_key": True},
    ],
)
def test_what_does_not_go_together_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConflictError) as raised:
        PublishedExec(**options)
    assert raised.value.code is Code.EXEC_AUDIT


@pytest.mark.parametrize("options", [{"logging": "OVERRIDE"}, *({name: "yes"} for name in FLAGS)])
def test_another_kind_of_value_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as raised:
        PublishedExec(**options)
    assert raised.value.code is Code.SETTING


SCOPE = stack()
_ids = itertools.count()


@given(logging=st.one_of(ANY, st.sampled_from(ExecLogging)), flags=st.fixed_dictionaries(dict.fromkeys(FLAGS, ANY)))
def test_any_input_gives_a_declaration_that_can_be_read_or_our_error(logging: Any, flags: dict[str, Any]) -> None:  # noqa: ANN401
    try:
        declared = PublishedExec(logging=logging, **flags)
    except ConstructsEcsError:
        return
    scope = cdk.Stack(SCOPE, f"Reader{next(_ids)}")
    read = declared.read(scope, PublishedValues(scope, "/platform/cluster"))
    assert read.logging is declared.logging
    assert (read.session_key is not None) is declared.session_key
    assert (read.log_group is not None, read.log_group_key is not None) == (
        declared.has_log_group,
        declared.has_log_group_key,
    )
    assert (read.bucket is not None, read.bucket_key is not None) == (declared.bucket, declared.has_bucket_key)
    assert (read.key_prefix is not None) is declared.key_prefix
