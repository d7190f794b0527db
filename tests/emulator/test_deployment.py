"""The stacks are deployed as they are written."""

import pytest

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.deployed import Stack
from tests.emulator.executing import Machines
from tests.emulator.planting import altered, lacking
from tests.emulator.readback import Compared, compared
from tests.emulator.sample import Sample


@pytest.fixture(scope="session")
def stacks(deployed: Sample, aws: Aws) -> dict[str, Stack]:
    return deployed.stacks(aws)


@pytest.fixture(scope="session")
def resources(stacks: dict[str, Stack], aws: Aws) -> list[Compared]:
    return list(compared(stacks, aws))


def test_every_stack_is_complete(stacks: dict[str, Stack], aws: Aws) -> None:
    for stack in stacks.values():
        (described,) = aws("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
        assert described["StackStatus"] == "CREATE_COMPLETE"
        assert stack.resources.keys() == stack.physical_ids.keys()


def test_a_diff_after_the_deployment_shows_nothing(deployed: Sample, cli: Cli) -> None:
    assert "Number of stacks with differences: 0" in cli.must("diff", "--fail", "--app", deployed.assembly)


def test_every_resource_is_what_its_template_says(resources: list[Compared]) -> None:
    assert "\n".join(line for each in resources for line in each.differences()) == ""


def test_wherever_a_template_said_something_else_it_would_show(resources: list[Compared]) -> None:
    unseen = [
        f"{each.name} {where}"
        for each in resources
        for where, changed in (*altered(each.expected), *lacking(each.expected))
        if not each.differences(changed) and not each.says_the_default(where)
    ]
    assert "\n".join(unseen) == ""


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


@pytest.fixture(scope="session")
def machines(stacks: dict[str, Stack], aws: Aws) -> Machines:
    return Machines(aws, [stacks["Cluster"], stacks["Jobs"]], "Cluster/Cluster/Cluster")


def test_the_nightly_job_runs_to_its_end_and_fails_as_its_container_does(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = [machines.run("Nightly", {"day": "monday"}, Report=script) for script in ("exit 0", "exit 1", "hang")]
    assert [(each.status, each.error) for each in ended] == [
        ("SUCCEEDED", ""),
        ("FAILED", "States.TaskFailed"),
        ("FAILED", "States.Timeout"),
    ]
    assert [task["stopCode"] for task in tasks] == [*["EssentialContainerExited"] * 2, "UserInitiated"]
    for task in tasks:
        assert task["taskDefinitionArn"] == machines.id_of("Report/Task/TaskDefinition")
        (override,) = task["overrides"]["containerOverrides"]
        assert {"name": "DAY", "value": "monday"} in override["environment"]


def test_each_file_is_imported_by_a_task_that_reports_back(machines: Machines) -> None:
    keys = ["in/a", "in/b", "in/c"]
    with machines.new_tasks() as tasks:
        given = {"files": [{"key": key} for key in keys]}
        ended = machines.run("Imports", given, FileImport='report-success {"rows": 3}')
    assert (ended.status, ended.error) == ("SUCCEEDED", "")
    commands = [task["overrides"]["containerOverrides"][0]["command"] for task in tasks]
    assert sorted(commands) == [["import", key] for key in keys]
    failed = machines.run("Imports", given, FileImport="report-failure Import.Failed")
    assert (failed.status, failed.error) == ("FAILED", "Import.Failed")
