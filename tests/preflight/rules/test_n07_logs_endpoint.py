import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n07_logs_endpoint import LogsEndpoint
from tests.preflight.rules.support_network import container, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

WITHOUT = removed("LogsEndpoint")


def test_an_isolated_task_does_not_write_its_log() -> None:
    (found,) = findings(LogsEndpoint, fixture("fargate", WITHOUT))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom.startswith(
        "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log "
        "group defined in the task definition."
    )
    assert found.fix == "Add an interface endpoint for logs with private DNS to the VPC Vpc."


def test_on_ec2_it_is_the_instances_subnets_that_count() -> None:
    (found,) = findings(LogsEndpoint, fixture("ec2", WITHOUT))
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


def test_an_endpoint_passes() -> None:
    assert findings(LogsEndpoint, fixture("fargate")) == findings(LogsEndpoint, fixture("ec2")) == []


@pytest.mark.parametrize(("kind", "faults"), [("AWS::EC2::VPCEndpoint", 0), ("AWS::SNS::Topic", 1)])
def test_an_endpoint_that_a_loop_may_make_leaves_it_open(kind: str, faults: int) -> None:
    loop = {"Fn::ForEach::Made": ["Service", ["logs"], {"Made${Service}": {"Type": kind, "Properties": {}}}]}

    assert (
        len(findings(LogsEndpoint, fixture("fargate", also(WITHOUT, lambda resources: resources.update(loop)))))
        == faults
    )


def test_another_log_driver_does_not_need_it() -> None:
    splunk = {"LogDriver": "splunk", "Options": {"splunk-url": "https://splunk.example.com"}}
    assert findings(LogsEndpoint, fixture("fargate", also(WITHOUT, container(LogConfiguration=splunk)))) == []


def test_the_log_of_exec_sessions_is_another_rule_s() -> None:
    change = also(WITHOUT, container(LogConfiguration=None))
    assert findings(LogsEndpoint, fixture("fargate", change)) == []
