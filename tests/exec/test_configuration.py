from typing import Any

import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.exec import ExecConfiguration, ExecLogging
from constructs_ecs.exec.configuration import check_stated
from tests.support import of_type, only, stack, template

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"


def _key(scope: Construct) -> kms.IKey:
    return kms.Key.from_key_arn(scope, "Key", KEY)


def _log_group(scope: Construct) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(scope, "Sessions", "/exec/sessions")


def _bucket(scope: Construct) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(scope, "Records", "exec-records")


def test_a_cluster_that_was_told_nothing_needs_nothing_of_its_own() -> None:
    configuration = ExecConfiguration()
    needs = configuration.needs(region="us-east-1")
    assert configuration.logging is ExecLogging.DEFAULT
    assert (needs.endpoints, needs.task_role) == (frozenset(), ())


def test_what_is_stated_is_all_that_a_task_role_needs() -> None:
    scope = stack()
    group, bucket = _log_group(scope), _bucket(scope)
    needs = ExecConfiguration(
        logging=ExecLogging.OVERRIDE, log_group=group, bucket=bucket, session_key=_key(scope)
    ).needs(region="us-east-1")
    resources = {resource for permission in needs.task_role for resource in permission.resources}
    assert resources == {"*", KEY, group.log_group_arn, bucket.bucket_arn, f"{bucket.bucket_arn}/*"}
    assert {p.actions for p in needs.task_role if "*" in p.resources} == {("logs:DescribeLogGroups",)}


@pytest.mark.parametrize("prefix", [None, "a/b"])
def test_the_cdks_cluster_takes_what_is_stated(prefix: str | None) -> None:
    scope = stack()
    key = kms.Key(scope, "Key")
    configuration = ExecConfiguration(
        logging=ExecLogging.OVERRIDE,
        log_group=_log_group(scope),
        log_group_key=key,
        bucket=_bucket(scope),
        key_prefix=prefix,
        session_key=key,
    )
    ecs.Cluster(scope, "Cluster", execute_command_configuration=configuration.render(scope))
    made = template(scope)
    (key_id,) = of_type(made, "AWS::KMS::Key")
    destinations = {
        "CloudWatchEncryptionEnabled": True,
        "CloudWatchLogGroupName": "/exec/sessions",
        "S3BucketName": "exec-records",
        **({} if prefix is None else {"S3KeyPrefix": prefix}),
    }
    assert only(made, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"] == {
        "KmsKeyId": {"Fn::GetAtt": [key_id, "Arn"]},
        "Logging": "OVERRIDE",
        "LogConfiguration": destinations,
    }


@pytest.mark.parametrize("logging", [ExecLogging.NONE, ExecLogging.DEFAULT])
def test_without_a_destination_the_cdks_cluster_takes_the_logging_alone(logging: ExecLogging) -> None:
    scope = stack()
    ecs.Cluster(scope, "Cluster", execute_command_configuration=ExecConfiguration(logging=logging).render(scope))
    configuration = only(template(scope), "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"]
    assert configuration == {"Logging": logging.value}


def test_a_configuration_is_stated_or_said_to_be_unknown() -> None:
    check_stated(ExecConfiguration())
    check_stated("unknown")
    for other in (None, "", "UNKNOWN", 0, ExecLogging.DEFAULT, ExecConfiguration):
        with pytest.raises(InvalidValueError, match="'unknown'") as caught:
            check_stated(other)  # type: ignore[arg-type]
        assert caught.value.code is Code.SETTING


@pytest.mark.parametrize("name", ["log_group_key", "bucket_key"])
def test_a_key_without_what_it_encrypts_is_refused(name: str) -> None:
    settings: dict[str, Any] = {name: _key(stack())}
    with pytest.raises(ConflictError, match=name) as caught:
        ExecConfiguration(**settings)
    assert caught.value.code is Code.EXEC_AUDIT


_anything = st.none() | st.text(max_size=8) | st.integers() | st.booleans()


@given(logging=_anything | st.sampled_from(ExecLogging), key_prefix=_anything)
def test_any_values_give_a_configuration_or_our_error(logging: Any, key_prefix: Any) -> None:  # noqa: ANN401 - anything at all
    try:
        made = ExecConfiguration(logging=logging, key_prefix=key_prefix)
    except ConstructsEcsError as error:
        assert error.code in {Code.SETTING, Code.EXEC_AUDIT}
    else:
        assert made.logging in {ExecLogging.NONE, ExecLogging.DEFAULT}
        assert made.key_prefix is None
