from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n23_endpoint_in_one_zone import EndpointInOneZone
from tests.preflight.rules.support_network import NAT_GATEWAY, network, ref, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

ONE = set_to("LogsEndpoint", SubnetIds=[ref("SubnetA")])


def test_an_endpoint_in_one_subnet_is_a_note_and_no_more() -> None:
    (found,) = findings(EndpointInOneZone, fixture("fargate", ONE))
    assert (found.severity, found.where.logical_id) == (Severity.NOTE, "LogsEndpoint")
    assert found.fix.endswith("in SubnetIds of the endpoint LogsEndpoint.")


def test_an_endpoint_in_each_zone_passes() -> None:
    assert findings(EndpointInOneZone, fixture("fargate")) == []


def test_a_task_in_one_subnet_loses_nothing() -> None:
    assert findings(EndpointInOneZone, fixture("fargate", also(ONE, network(Subnets=[ref("SubnetA")])))) == []
    assert findings(EndpointInOneZone, fixture("ec2")) == []


def test_subnets_that_are_not_known_are_not_counted() -> None:
    template = fixture("fargate", set_to("LogsEndpoint", SubnetIds={"Ref": "Given"}))
    template["Parameters"] = {"Given": {"Type": "List<AWS::EC2::Subnet::Id>"}}
    assert findings(EndpointInOneZone, template) == []


def test_an_endpoint_that_calls_pass_by_is_not_looked_at() -> None:
    change = also(ONE, set_to("LogsEndpoint", PrivateDnsEnabled=False), NAT_GATEWAY)
    assert findings(EndpointInOneZone, fixture("fargate", change)) == []
