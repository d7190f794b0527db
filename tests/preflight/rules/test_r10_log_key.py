from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r10_log_key import LogKey
from tests.preflight.rules.support_roles import also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Change, Resources, findings, fixture

GROUPS = {"LogGroup", "ExecLogGroup"}


def key_policy(*sids: str, actions: list[str] | None = None) -> Change:
    def change(resources: Resources) -> None:
        policy = resources["Key"]["Properties"]["KeyPolicy"]
        policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] in sids]
        for statement in policy["Statement"]:
            if actions is not None and statement["Sid"] == "Logs":
                statement["Action"] = actions

    return change


def test_a_key_that_does_not_serve_cloudwatch_logs_has_the_log_group_refused() -> None:
    found = findings(LogKey, fixture("fargate", key_policy("Account")))
    assert {each.severity for each in found} == {Severity.DEPLOY}
    assert {each.where.logical_id for each in found} == {"Key"}
    assert {each.message.split()[0] for each in found} == GROUPS
    assert all(each.launch_sites[0].logical_id == "Service" for each in found)
    assert found[0].symptom.startswith("InvalidParameterException")


def test_a_key_without_a_policy_of_its_own_does_not_serve_it() -> None:
    def change(resources: Resources) -> None:
        del resources["Key"]["Properties"]["KeyPolicy"]

    assert {each.severity for each in findings(LogKey, fixture("fargate", change))} == {Severity.DEPLOY}


def test_another_region_s_service_is_not_the_one() -> None:
    def change(resources: Resources) -> None:
        for statement in resources["Key"]["Properties"]["KeyPolicy"]["Statement"]:
            if statement["Sid"] == "Logs":
                statement["Principal"] = {"Service": "logs.us-east-1.amazonaws.com"}

    assert len(findings(LogKey, fixture("fargate", change), region="eu-west-1")) == len(GROUPS)


def test_a_key_that_lacks_a_lesser_action_gives_a_warning() -> None:
    enough = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]
    found = findings(LogKey, fixture("fargate", key_policy("Account", "Logs", actions=enough)))
    assert {each.severity for each in found} == {Severity.WARNING}


def test_a_role_that_may_not_use_the_key_gives_a_warning_as_nobody_knows_since_when_aws_asks() -> None:
    (found,) = findings(LogKey, fixture("fargate", without("ExecutionRole", "Key")))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "ExecutionRole")


def test_a_key_that_serves_all_passes() -> None:
    assert findings(LogKey, fixture("fargate")) == []


def test_a_log_group_under_no_own_key_is_none_of_this_rule_s() -> None:
    assert findings(LogKey, fixture("ec2")) == []


def test_a_key_from_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        for group in GROUPS:
            resources[group]["Properties"]["KmsKeyId"] = {"Fn::ImportValue": "Key"}

    assert findings(LogKey, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_the_role_s_part_open() -> None:
    change = also(without("ExecutionRole", "Key"), with_unknown_policy("ExecutionRole"))
    assert findings(LogKey, fixture("fargate", change)) == []
