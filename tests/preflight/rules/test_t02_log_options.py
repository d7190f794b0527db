import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t02_log_options import LogOptions
from tests.preflight.rules.support_tasks import Resources, findings, launched, parameters

OPTIONS = {"awslogs-group": "app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "app"}


def logging(driver: object = "awslogs", options: object = None, fargate: bool = True) -> Resources:
    configuration = {"LogDriver": driver, "Options": OPTIONS if options is None else options}
    return launched({"LogConfiguration": configuration}, fargate=fargate)


@pytest.mark.parametrize("missing", OPTIONS)
def test_awslogs_without_an_option_that_fargate_requires_is_refused(missing: str) -> None:
    options = {name: value for name, value in OPTIONS.items() if name != missing}
    (found,) = findings(LogOptions, logging(options=options))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "TaskDefinition")
    assert found.message.endswith(f"without {missing}.")
    assert found.symptom.startswith("ClientException")


def test_a_driver_that_fargate_lacks_is_refused() -> None:
    (found,) = findings(LogOptions, logging("fluentd", {}))
    assert found.where.property_path[-1] == "LogDriver"


@pytest.mark.parametrize("driver", ["splunk", "awsfirelens"])
def test_the_other_drivers_of_fargate_pass(driver: str) -> None:
    assert findings(LogOptions, logging(driver, {})) == []


def test_awslogs_with_its_options_passes() -> None:
    assert findings(LogOptions, logging()) == []
    assert findings(LogOptions, launched()) == []


def test_on_ec2_there_are_more_drivers_and_no_required_prefix() -> None:
    assert findings(LogOptions, logging("fluentd", {}, fargate=False)) == []
    assert findings(LogOptions, logging(options={"awslogs-group": "app"}, fargate=False)) == []


def test_options_that_are_not_known_leave_it_open() -> None:
    template = {
        "Resources": logging({"Ref": "Driver"}, {"Ref": "Options"}),
        "Parameters": parameters("Driver", "Options"),
    }
    assert findings(LogOptions, template) == []
    group = {**OPTIONS, "awslogs-group": {"Fn::ImportValue": "Group"}}
    assert findings(LogOptions, logging(options=group)) == []
