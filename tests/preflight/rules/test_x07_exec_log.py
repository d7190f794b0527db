from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x07_exec_log import ExecLog
from tests.preflight.rules.support_roles import also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven
from tests.preflight.rules.support_ways import with_nat

ROLE = "TaskRole"


def configuration(resources: Resources) -> dict[str, Any]:
    found: dict[str, Any] = resources["Cluster"]["Properties"]["Configuration"]["ExecuteCommandConfiguration"]
    return found


@pytest.mark.parametrize("sid", ["LogGroups", "Log", "Bucket", "Objects"])
def test_a_task_role_that_may_not_write_the_record_ends_sessions(sid: str) -> None:
    (found,) = findings(ExecLog, fixture("fargate", without(ROLE, sid)))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, ROLE)
    assert found.launch_sites[0].logical_id == "Service"


def test_a_bucket_s_own_key_that_the_task_role_may_not_use_ends_sessions() -> None:
    (found,) = findings(ExecLog, fixture("fargate", without(ROLE, "Key")))
    assert "kms:GenerateDataKey" in found.message


@pytest.mark.parametrize("endpoint", ["LogsEndpoint", "S3Endpoint"])
def test_isolated_subnets_without_an_endpoint_end_sessions(endpoint: str) -> None:
    def change(resources: Resources) -> None:
        del resources[endpoint]

    (found,) = findings(ExecLog, fixture("fargate", change))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Vpc")
    assert found.fix.startswith("Add endpoints for logs and s3")


def test_a_gateway_that_lacks_the_route_table_is_the_one_to_change() -> None:
    def change(resources: Resources) -> None:
        resources["S3Endpoint"]["Properties"]["RouteTableIds"] = []

    (found,) = findings(ExecLog, fixture("fargate", change))
    assert found.severity is Severity.EXEC


def test_an_override_without_a_place_to_write_to_is_refused() -> None:
    def change(resources: Resources) -> None:
        del configuration(resources)["LogConfiguration"]

    (found,) = findings(ExecLog, fixture("fargate", change))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Cluster")


def test_encryption_that_is_asked_for_needs_a_log_group_with_a_key() -> None:
    def change(resources: Resources) -> None:
        del resources["ExecLogGroup"]["Properties"]["KmsKeyId"]

    (found,) = findings(ExecLog, fixture("fargate", change))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Cluster")
    assert "KmsKeyId of the log group ExecLogGroup" in found.fix


def test_a_record_that_can_be_written_passes() -> None:
    assert proven(ExecLog, fixture("fargate"))

    def change(resources: Resources) -> None:
        del resources["LogsEndpoint"]
        del resources["S3Endpoint"]

    assert proven(ExecLog, fixture("fargate", also(change, with_nat)))


def test_a_log_group_without_a_key_passes_where_encryption_is_not_asked_for() -> None:
    def change(resources: Resources) -> None:
        del resources["ExecLogGroup"]["Properties"]["KmsKeyId"]
        configuration(resources)["LogConfiguration"]["CloudWatchEncryptionEnabled"] = False

    assert findings(ExecLog, fixture("fargate", change)) == []


@pytest.mark.parametrize("logging", ["NONE", "DEFAULT"])
def test_without_an_override_nothing_is_to_be_written_for_a_session_to_open(logging: str) -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Log", "LogGroups", "Bucket", "Objects")(resources)
        configuration(resources)["Logging"] = logging
        del configuration(resources)["LogConfiguration"]

    assert findings(ExecLog, fixture("fargate", change)) == []


def test_without_exec_nothing_is_recorded() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Log")(resources)
        resources["Service"]["Properties"]["EnableExecuteCommand"] = False

    assert findings(ExecLog, fixture("fargate", change)) == []


def test_a_log_group_of_another_stack_may_have_a_key() -> None:
    def change(resources: Resources) -> None:
        logs = configuration(resources)["LogConfiguration"]
        logs["CloudWatchLogGroupName"] = {"Fn::ImportValue": "Group"}

    assert findings(ExecLog, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(ExecLog, fixture("fargate", also(without(ROLE, "Log"), with_unknown_policy(ROLE)))) == []
