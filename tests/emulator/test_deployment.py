"""The stacks are deployed as they are written."""

import pytest

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.comparing import differences
from tests.emulator.deployed import Stack
from tests.emulator.readers.catalog import READERS, UNSEEN
from tests.emulator.rules import with_rules_from_elsewhere
from tests.emulator.sample import Sample


@pytest.fixture(scope="session")
def stacks(deployed: Sample, aws: Aws) -> dict[str, Stack]:
    return deployed.stacks(aws)


def test_every_stack_is_complete(stacks: dict[str, Stack], aws: Aws) -> None:
    for stack in stacks.values():
        (described,) = aws("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
        assert described["StackStatus"] == "CREATE_COMPLETE"
        assert stack.resources.keys() == stack.physical_ids.keys()


def test_a_diff_after_the_deployment_shows_nothing(deployed: Sample, cli: Cli) -> None:
    assert "Number of stacks with differences: 0" in cli.must("diff", "--fail", "--app", deployed.assembly)


def test_every_resource_is_what_its_template_says(stacks: dict[str, Stack], aws: Aws) -> None:
    different = []
    for stack in stacks.values():
        for logical_id, resource in stack.resources.items():
            if resource["Type"] in UNSEEN:
                continue
            reader = READERS[resource["Type"]]
            physical_id = stack.physical_ids[logical_id]
            expected = stack.properties(logical_id)
            if resource["Type"] == "AWS::EC2::SecurityGroup":
                expected = with_rules_from_elsewhere(physical_id, expected, stacks.values())
            found = reader.read(aws, physical_id)
            different += [f"{stack.name} {logical_id} {line}" for line in differences(expected, found, reader.defaults)]
    assert not different, "\n".join(different)


def test_the_network_holds_nothing_that_no_template_names(stacks: dict[str, Stack], aws: Aws) -> None:
    physical_ids = {each for stack in stacks.values() for each in stack.physical_ids.values()}
    network = stacks["Network"]
    (vpc,) = (key for key, each in network.resources.items() if each["Type"] == "AWS::EC2::VPC")
    within = [{"Name": "vpc-id", "Values": [network.physical_ids[vpc]]}]
    ec2 = aws("ec2")
    found = [
        *(each["SubnetId"] for each in ec2.describe_subnets(Filters=within)["Subnets"]),
        *(
            each["RouteTableId"]
            for each in ec2.describe_route_tables(Filters=within)["RouteTables"]
            if not any(association.get("Main") for association in each["Associations"])
        ),
        *(
            each["GroupId"]
            for each in ec2.describe_security_groups(Filters=within)["SecurityGroups"]
            if each["GroupName"] != "default"
        ),
        *(
            each["VpcEndpointId"]
            for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if each["VpcId"] == network.physical_ids[vpc]
        ),
    ]
    assert set(found) <= physical_ids
    assert len(found) > 10


def test_no_route_leaves_the_network_but_those_that_a_template_has(stacks: dict[str, Stack], aws: Aws) -> None:
    network = stacks["Network"]
    written = {
        (properties["RouteTableId"], properties["DestinationCidrBlock"])
        for key, each in network.resources.items()
        if each["Type"] == "AWS::EC2::Route"
        for properties in [network.properties(key)]
    }
    tables = [
        network.physical_ids[key] for key, each in network.resources.items() if each["Type"].endswith("RouteTable")
    ]
    found = {
        (table["RouteTableId"], route["DestinationCidrBlock"])
        for table in aws("ec2").describe_route_tables(RouteTableIds=tables)["RouteTables"]
        for route in table["Routes"]
        if route.get("GatewayId") != "local"
    }
    assert found == written
