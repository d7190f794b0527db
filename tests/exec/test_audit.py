import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.exec import ExecAudit, ExecLogging
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Permission
from tests.meaning import meaning
from tests.nag import findings, suppressed
from tests.support import ENVIRONMENT, of_type, only, stack, template

Template = dict[str, Any]


def _audited(*, flags: bool = True, env: cdk.Environment | None = None) -> tuple[ExecAudit, Template]:
    scope = stack(flags=flags, env=env)
    audit = ExecAudit(scope, "ExecAudit", bucket=True, key_prefix="exec/web")
    return audit, template(scope)


@pytest.fixture(scope="module")
def both() -> tuple[ExecAudit, Template]:
    return _audited()


def _actions(audit: ExecAudit) -> set[str]:
    return {action for permission in audit.needs.task_role for action in permission.actions}


def _resolved(audit: ExecAudit, permissions: tuple[Permission, ...]) -> str:
    return json.dumps(cdk.Stack.of(audit).resolve([list(permission.resources) for permission in permissions]))


def test_the_key_rotates(both: tuple[ExecAudit, Template]) -> None:
    assert only(both[1], "AWS::KMS::Key")["EnableKeyRotation"] is True


def test_the_key_policy_delegates_to_the_account(both: tuple[ExecAudit, Template]) -> None:
    account, *_ = only(both[1], "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert account["Action"] == "kms:*"
    assert json.dumps(account["Principal"]).endswith(':root"]]}}')
    assert "Condition" not in account


def test_the_key_policy_lets_the_log_service_work_on_log_groups_of_the_account_alone(
    both: tuple[ExecAudit, Template],
) -> None:
    _, service = only(both[1], "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert set(service["Principal"]) == {"Service"}
    assert "kms:*" not in service["Action"]
    ((key, arn),) = service["Condition"]["ArnLike"].items()
    assert key == "kms:EncryptionContext:aws:logs:arn"
    assert json.dumps(arn).endswith('":log-group:*"]]}')
    assert {"Ref": "AWS::AccountId"} in arn["Fn::Join"][1]


def test_the_log_group_is_encrypted_and_has_a_retention(both: tuple[ExecAudit, Template]) -> None:
    group = only(both[1], "AWS::Logs::LogGroup")
    (key,) = of_type(both[1], "AWS::KMS::Key")
    assert group == {"KmsKeyId": {"Fn::GetAtt": [key, "Arn"]}, "RetentionInDays": 365}


def test_the_bucket_is_encrypted_private_and_versioned(both: tuple[ExecAudit, Template]) -> None:
    bucket = only(both[1], "AWS::S3::Bucket")
    (key,) = of_type(both[1], "AWS::KMS::Key")
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": [key, "Arn"]},
    }
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_the_bucket_ends_each_version_after_its_retention(both: tuple[ExecAudit, Template]) -> None:
    (rule,) = only(both[1], "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 365


def test_the_bucket_refuses_what_is_not_tls(both: tuple[ExecAudit, Template]) -> None:
    (statement,) = only(both[1], "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_records_and_what_guards_them_survive_the_stack(both: tuple[ExecAudit, Template]) -> None:
    assert len(both[1]["Resources"]) == 4
    for resource in both[1]["Resources"].values():
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_records_can_go_with_the_stack() -> None:
    scope = stack()
    ExecAudit(scope, "ExecAudit", bucket=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert {resource["DeletionPolicy"] for resource in template(scope)["Resources"].values()} == {"Delete"}


def test_there_is_no_finding_and_each_acknowledgement_is_on_the_bucket() -> None:
    scope = stack()
    audit = ExecAudit(scope, "ExecAudit", bucket=True)
    app = scope.node.root
    assert isinstance(app, cdk.App)
    assert audit.bucket is not None
    assert findings(app) == []
    assert {finding.path for finding in suppressed(app)} == {f"{audit.bucket.node.path}/Resource"}


def test_a_task_gets_what_both_destinations_need(both: tuple[ExecAudit, Template]) -> None:
    audit, _ = both
    assert audit.needs.endpoints == {Endpoint.KMS, Endpoint.LOGS, Endpoint.S3}
    assert audit.needs.execution_role == audit.needs.instance_role == ()
    assert {"kms:Decrypt", "kms:GenerateDataKey", "logs:PutLogEvents", "s3:PutObject"} <= _actions(audit)
    assert set(audit.needs.s3_gateway) == {"s3:PutObject", "s3:GetBucketLocation", "s3:GetEncryptionConfiguration"}


def test_a_task_may_write_under_the_prefix_alone(both: tuple[ExecAudit, Template]) -> None:
    (put,) = [permission for permission in both[0].needs.task_role if "s3:PutObject" in permission.actions]
    assert "/exec/web/*" in _resolved(both[0], (put,))


def test_a_task_may_use_the_key_for_the_log_group_through_the_log_service_alone(
    both: tuple[ExecAudit, Template],
) -> None:
    audit, made = both
    (use,) = [permission for permission in audit.needs.task_role if "kms:Encrypt" in permission.actions]
    (key,) = of_type(made, "AWS::KMS::Key")
    resolve = cdk.Stack.of(audit).resolve
    assert resolve(list(use.resources)) == [{"Fn::GetAtt": [key, "Arn"]}]
    via = resolve(use.conditions["StringEquals"]["kms:ViaService"])
    assert via == {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}


def test_a_task_gets_nothing_for_a_destination_that_is_not_there() -> None:
    scope = stack()
    groups = ExecAudit(scope, "Groups")
    objects = ExecAudit(scope, "Objects", log_group=False, bucket=True)
    assert groups.bucket is None
    assert groups.needs.endpoints == {Endpoint.KMS, Endpoint.LOGS}
    assert not [action for action in _actions(groups) if action.startswith("s3:")]
    assert objects.log_group is None
    assert objects.needs.endpoints == {Endpoint.KMS, Endpoint.S3}
    assert not [action for action in _actions(objects) if action.startswith("logs:")]


def test_only_the_list_of_log_groups_is_allowed_on_everything(both: tuple[ExecAudit, Template]) -> None:
    wild = [permission for permission in both[0].needs.task_role if "*" in permission.resources]
    assert [permission.actions for permission in wild] == [("logs:DescribeLogGroups",)]
    assert all(permission.reason for permission in wild)


@pytest.mark.parametrize("logging", [ExecLogging.NONE, ExecLogging.DEFAULT])
def test_without_destinations_sessions_are_encrypted_all_the_same(logging: ExecLogging) -> None:
    scope = stack()
    audit = ExecAudit(scope, "ExecAudit", logging=logging)
    assert audit.configuration.kms_key is not None
    assert audit.configuration.log_configuration is None
    assert _actions(audit) == {"kms:Decrypt"}
    assert audit.needs.endpoints == {Endpoint.KMS}
    assert {resource["Type"] for resource in template(scope)["Resources"].values()} == {"AWS::KMS::Key"}


def test_the_configuration_cannot_widen_the_keys_policy() -> None:
    scope = stack()
    audit = ExecAudit(scope, "ExecAudit")
    key = audit.configuration.kms_key
    assert key is not None
    assert scope.resolve(key.key_arn) == scope.resolve(audit.key.key_arn)
    assert not key.add_to_resource_policy(cdk.aws_iam.PolicyStatement(actions=["kms:*"])).statement_added
    assert len(only(template(scope), "AWS::KMS::Key")["KeyPolicy"]["Statement"]) == 2


def test_an_own_key_is_used_for_everything() -> None:
    scope = stack()
    key = kms.Key(scope, "Own", enable_key_rotation=True)
    audit = ExecAudit(scope, "ExecAudit", bucket=True, encryption_key=key)
    made = template(scope)
    (logical_id,) = of_type(made, "AWS::KMS::Key")
    assert audit.key is key
    assert only(made, "AWS::Logs::LogGroup")["KmsKeyId"] == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert json.dumps(only(made, "AWS::S3::Bucket")).count(logical_id) == 1


def test_an_imported_key_says_what_its_policy_lacks() -> None:
    scope = stack()
    arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    ExecAudit(scope, "ExecAudit", encryption_key=kms.Key.from_key_arn(scope, "Imported", arn))
    warnings = cdk.assertions.Annotations.from_stack(scope).find_warning(
        "*", cdk.assertions.Match.string_like_regexp("Unless it has it, add: .*CloudWatchLogs")
    )
    assert len(warnings) == 1
    assert only(template(scope), "AWS::Logs::LogGroup")["KmsKeyId"] == arn


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    assert meaning(_audited(flags=True, env=env)[1]) == meaning(_audited(flags=False, env=env)[1])


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"log_group": False}, "got neither"),
        ({"logging": ExecLogging.NONE, "log_group": True}, "NONE .* got log_group"),
        ({"logging": ExecLogging.DEFAULT, "bucket": True}, "DEFAULT .* got bucket"),
        ({"logging": ExecLogging.DEFAULT, "bucket": True, "log_group": True}, "got log_group and bucket"),
        ({"key_prefix": "exec"}, "no bucket"),
        ({"logging": ExecLogging.NONE, "key_prefix": "exec"}, "no bucket"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConflictError, match=problem) as raised:
        ExecAudit(stack(), "ExecAudit", **settings)
    assert raised.value.code is Code.EXEC_AUDIT


@pytest.mark.parametrize(
    "prefix", ["", "/", "/exec", "exec/", "a//b", "a b", "*", "a/*", "${aws:username}", "é", "x" * 513]
)
def test_a_prefix_that_is_no_plain_path_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        ExecAudit(stack(), "ExecAudit", bucket=True, key_prefix=prefix)
    assert raised.value.code is Code.EXEC_AUDIT


@pytest.mark.parametrize("days", [0, -1, 36_501, 1.5, True])
def test_an_object_retention_that_s3_does_not_take_is_refused(days: float) -> None:
    with pytest.raises(InvalidValueError, match="object_retention_days") as raised:
        ExecAudit(stack(), "ExecAudit", bucket=True, object_retention_days=days)  # type: ignore[arg-type]
    assert raised.value.code is Code.EXEC_AUDIT


def test_a_refused_audit_leaves_nothing_behind() -> None:
    scope = stack()
    with pytest.raises(ConflictError):
        ExecAudit(scope, "ExecAudit", log_group=False)
    assert scope.node.try_find_child("ExecAudit") is None


def test_tokens_pass_the_checks() -> None:
    scope = stack()
    prefix = cdk.CfnParameter(scope, "Prefix").value_as_string
    days = cdk.CfnParameter(scope, "Days", type="Number").value_as_number
    audit = ExecAudit(scope, "ExecAudit", bucket=True, key_prefix=prefix, object_retention_days=int(days))
    (rule,) = only(template(scope), "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "Days"}
    assert '{"Ref": "Prefix"}' in _resolved(audit, audit.needs.task_role)


@pytest.fixture(scope="module")
def shared() -> cdk.Stack:
    return stack()


_settings = st.fixed_dictionaries(
    {
        "logging": st.sampled_from(ExecLogging),
        "log_group": st.sampled_from([None, True, False]),
        "bucket": st.booleans(),
        "key_prefix": st.none() | st.text(max_size=4) | st.from_regex(r"[a-z]{1,3}/[a-z]", fullmatch=True),
        "retention_days": st.sampled_from([0, 2, 30, 365]),
        "object_retention_days": st.sampled_from([-1, 0, 1, 90]),
    }
)


@given(settings=_settings)
def test_any_settings_give_an_audit_or_our_error(shared: cdk.Stack, settings: dict[str, Any]) -> None:
    shared.node.try_remove_child("Any")
    try:
        audit = ExecAudit(shared, "Any", **settings)
    except ConstructsEcsError:
        return
    recorded = audit.log_group is not None or audit.bucket is not None
    assert recorded is (audit.configuration.log_configuration is not None)
    assert recorded is (settings["logging"] is ExecLogging.OVERRIDE)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"logging": "NONE"}, Code.SETTING),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, Code.SETTING),
        ({"bucket": True, "key_prefix": 3}, Code.EXEC_AUDIT),
    ],
)
def test_an_option_of_another_type_is_refused(option: dict[str, Any], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        ExecAudit(stack(), "ExecAudit", **option)
    assert caught.value.code is code
