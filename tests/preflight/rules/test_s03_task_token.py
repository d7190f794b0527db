import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.s03_task_token import TaskToken
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy
from tests.preflight.rules.support_states import arguments, runs_task
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven
from tests.preflight.rules.support_ways import with_nat

WAIT = ".waitForTaskToken"
REPORT = ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"]


def passing(**variable: str) -> dict[str, object]:
    environment = [{"Name": "TOKEN", **{key.replace("_", ".$"): value for key, value in variable.items()}}]
    return arguments(Overrides={"ContainerOverrides": [{"Name": "app", "Environment": environment}]})


def with_endpoint(resources: Resources) -> None:
    logs = resources["LogsEndpoint"]["Properties"]
    name = {"Fn::Sub": "com.amazonaws.${AWS::Region}.states"}
    resources["StatesEndpoint"] = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {**logs, "ServiceName": name}}


REPORTS = also(allowed("TaskRole", REPORT), with_endpoint)
GIVEN = passing(Value_="$$.Task.Token")


def test_a_state_that_does_not_pass_the_token_waits_for_nothing() -> None:
    (found,) = findings(TaskToken, fixture("fargate", also(REPORTS, runs_task(WAIT))))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Machine")
    assert "States.Timeout" in found.symptom
    assert found.launch_sites[0].logical_id == "Machine"


def test_a_task_role_that_may_not_report_lets_the_state_wait() -> None:
    (found,) = findings(TaskToken, fixture("fargate", also(with_endpoint, runs_task(WAIT, GIVEN))))
    assert found.where.logical_id == "TaskRole"
    assert "states:SendTaskSuccess" in found.fix


@pytest.mark.parametrize("missing", REPORT[1:])
def test_a_report_that_a_task_may_do_without_is_warned_of(missing: str) -> None:
    grants = [action for action in REPORT if action != missing]
    change = also(allowed("TaskRole", grants), with_endpoint, runs_task(WAIT, GIVEN, HeartbeatSeconds=60))
    (found,) = findings(TaskToken, fixture("fargate", change))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "TaskRole")
    assert missing in found.message
    assert missing in found.fix
    assert found.launch_sites[0].logical_id == "Machine"


def test_isolated_subnets_without_the_endpoint_let_the_state_wait() -> None:
    (found,) = findings(TaskToken, fixture("fargate", also(allowed("TaskRole", REPORT), runs_task(WAIT, GIVEN))))
    assert found.where.logical_id == "Vpc"
    assert found.fix == "Add an interface endpoint for states with private DNS to the VPC Vpc."


def test_a_task_that_has_the_token_the_grant_and_a_way_passes() -> None:
    assert proven(TaskToken, fixture("fargate", also(REPORTS, runs_task(WAIT, GIVEN))))
    change = also(allowed("TaskRole", REPORT), with_nat, runs_task(WAIT, GIVEN))
    assert proven(TaskToken, fixture("fargate", change))


@pytest.mark.parametrize("pattern", ["", ".sync"])
def test_a_state_that_does_not_wait_for_a_report_needs_none(pattern: str) -> None:
    assert findings(TaskToken, fixture("fargate", runs_task(pattern))) == []
    assert findings(TaskToken, fixture("fargate")) == []


@pytest.mark.parametrize(
    "value", ["$$.Task.Token", "States.Format('{}', $$.Task.Token)", "$$.Task", "States.JsonToString($$)"]
)
def test_the_token_may_be_passed_inside_of_something_else(value: str) -> None:
    assert findings(TaskToken, fixture("fargate", also(REPORTS, runs_task(WAIT, passing(Value_=value))))) == []


@pytest.mark.parametrize(
    "value", ["{% $states.context.Task.Token %}", "{% $string($states.context.Task) %}", "{% $states %}"]
)
def test_jsonata_passes_it_too(value: str) -> None:
    change = runs_task(WAIT, passing(Value=value), key="Arguments", QueryLanguage="JSONata")
    assert findings(TaskToken, fixture("fargate", also(REPORTS, change))) == []


def test_another_part_of_the_context_is_no_token() -> None:
    change = runs_task(WAIT, passing(Value_="$$.Execution.Id"))
    assert len(findings(TaskToken, fixture("fargate", also(REPORTS, change)))) == 1


def test_a_part_that_is_not_known_may_be_the_token() -> None:
    def change(resources: Resources) -> None:
        runs_task(WAIT, passing(Value_="${Path}"))(resources)
        resources["Machine"]["Properties"]["DefinitionSubstitutions"]["Path"] = {"Ref": "Path"}

    template = fixture("fargate", also(REPORTS, change)) | {"Parameters": {"Path": {"Type": "String"}}}
    assert findings(TaskToken, template) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    change = also(with_endpoint, runs_task(WAIT, GIVEN), with_unknown_policy("TaskRole"))
    assert findings(TaskToken, fixture("fargate", change)) == []


def test_a_task_that_never_reports_a_failure_starts_without_permission_for_it() -> None:
    change = also(allowed("TaskRole", REPORT[:1]), with_endpoint, runs_task(WAIT, GIVEN))
    (found,) = findings(TaskToken, fixture("fargate", change))
    assert found.severity is Severity.WARNING
    assert "SendTaskHeartbeat" not in found.message  # no heartbeat is asked for
