from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x03_exec_endpoint import ExecEndpoint
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven
from tests.preflight.rules.support_ways import with_nat


def without_endpoint(resources: Resources) -> None:
    del resources["SsmMessagesEndpoint"]


def test_isolated_subnets_without_the_endpoint_have_no_exec() -> None:
    (found,) = findings(ExecEndpoint, fixture("fargate", without_endpoint))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Vpc")
    assert found.launch_sites[0].logical_id == "Service"
    assert found.symptom.startswith("TargetNotConnectedException")
    assert found.fix == "Add an interface endpoint for ssmmessages with private DNS to the VPC Vpc."


def test_the_endpoint_is_missed_from_the_containers_side_on_ec2_too() -> None:
    found = findings(ExecEndpoint, fixture("ec2", without_endpoint))
    assert {site.logical_id for each in found for site in each.launch_sites} == {"Worker", "Proxy"}


def test_the_endpoint_or_a_way_out_passes() -> None:
    assert proven(ExecEndpoint, fixture("fargate"))
    assert proven(ExecEndpoint, fixture("ec2"))
    assert proven(ExecEndpoint, fixture("fargate", also(without_endpoint, with_nat)))


def test_without_exec_no_endpoint_is_needed() -> None:
    def change(resources: Resources) -> None:
        without_endpoint(resources)
        resources["Service"]["Properties"]["EnableExecuteCommand"] = False

    assert findings(ExecEndpoint, fixture("fargate", change)) == []


def test_the_endpoints_of_session_manager_for_instances_are_not_needed() -> None:
    def change(resources: Resources) -> None:
        del resources["SsmEndpoint"]

    assert findings(ExecEndpoint, fixture("fargate", change)) == []


def test_a_network_of_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        without_endpoint(resources)
        network = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        network["Subnets"] = [{"Fn::ImportValue": "Subnet"}]

    assert findings(ExecEndpoint, fixture("fargate", change)) == []


def test_a_vpc_of_a_parameter_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        without_endpoint(resources)
        for logical_id in ("SubnetA", "SubnetB"):
            resources[logical_id]["Properties"]["VpcId"] = {"Ref": "VpcId"}
        for each in resources.values():
            if each["Type"].startswith("AWS::EC2::") and "VpcId" in each.get("Properties", {}):
                each["Properties"]["VpcId"] = {"Ref": "VpcId"}
        for logical_id in ("RouteTable", "RouteTableOfA", "RouteTableOfB", "S3Endpoint"):
            del resources[logical_id]
        resources["Service"]["DependsOn"] = []

    template = fixture("fargate", change) | {"Parameters": {"VpcId": {"Type": "AWS::EC2::VPC::Id"}}}
    assert findings(ExecEndpoint, template) == []
