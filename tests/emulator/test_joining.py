"""A second app, deployed apart, joins the network and the cluster that another publishes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.deployed import Stack
from tests.emulator.readback import compared
from tests.emulator.readers.catalog import attribute

_CONSUMER = "python3 tests/consumers/published_network/{}.py"
_JOINING = "python3 tests/emulator/apps/joining.py"
_VERSION = "/platform/network/schema-version"


@pytest.fixture(scope="module")
def publisher(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assembly = own_cli.synth(tmp_path_factory.mktemp("publisher") / "out", app=_CONSUMER.format("publisher"))
    own_cli.deploy(assembly)
    return assembly


@pytest.fixture(scope="module")
def joining(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_cli.synth(tmp_path_factory.mktemp("joining") / "out", app=_JOINING)


@pytest.fixture
def aws(own_cli: Cli) -> Aws:
    return Aws(own_cli.emulator)


@pytest.fixture
def other_version(aws: Aws, publisher: Path) -> Iterator[None]:
    """The network as an app of another version of this library would publish it."""
    assert publisher.exists()
    ssm = aws("ssm")
    before = ssm.get_parameter(Name=_VERSION)["Parameter"]["Value"]
    ssm.put_parameter(Name=_VERSION, Value="9", Overwrite=True)
    yield
    ssm.put_parameter(Name=_VERSION, Value=before, Overwrite=True)


def _stack(aws: Aws, name: str, assembly: Path) -> Stack:
    return Stack.read(aws, name, assembly / f"{name}.template.json", attribute(aws))


def _is_refused(cli: Cli, aws: Aws, name: str, assembly: Path) -> str:
    """Deploy what cannot be deployed, see that nothing was made, and tell what was said."""
    roles = aws("iam").list_roles()["Roles"]
    outcome = cli.run("deploy", "--app", assembly, name, "--require-approval", "never")
    assert outcome.code != 0
    with pytest.raises(ClientError, match="does not exist"):
        aws("cloudformation").describe_stacks(StackName=name)
    assert aws("iam").list_roles()["Roles"] == roles
    return " ".join(outcome.output.split())


def test_an_app_that_declares_an_endpoint_that_is_not_published_is_refused(
    own_cli: Cli, aws: Aws, publisher: Path, joining: Path
) -> None:
    assert publisher.exists()
    assert "/platform/network/endpoints/states" in _is_refused(own_cli, aws, "Greedy", joining)


@pytest.mark.usefixtures("other_version")
def test_an_app_of_another_version_of_the_schema_is_refused(own_cli: Cli, aws: Aws, joining: Path) -> None:
    assert f"{_VERSION} must be '1'" in _is_refused(own_cli, aws, "Modest", joining)


def test_an_app_that_joins_outlives_every_attempt_to_destroy_what_it_joined(
    own_cli: Cli, aws: Aws, publisher: Path, tmp_path: Path
) -> None:
    reader = own_cli.synth(tmp_path / "out", app=_CONSUMER.format("app"))
    own_cli.deploy(reader)
    stacks = {"Platform": _stack(aws, "Platform", publisher), "Tickets": _stack(aws, "Tickets", reader)}
    assert [line for each in compared(stacks, aws) for line in each.differences()] == []
    assert "Number of stacks with differences: 0" in own_cli.must("diff", "--fail", "--app", reader)
    (service,) = (value for key, value in stacks["Tickets"].physical_ids.items() if ":service/" in value)

    assert own_cli.run("destroy", "--app", publisher, "--all", "--force").code != 0
    cluster = service.split("/")[-2]
    (found,) = aws("ecs").describe_services(cluster=cluster, services=[service])["services"]
    assert found["status"] == "ACTIVE"
    network = found["networkConfiguration"]["awsvpcConfiguration"]
    assert len(aws("ec2").describe_subnets(SubnetIds=network["subnets"])["Subnets"]) == 2
    groups = aws("ec2").describe_security_groups(GroupIds=network["securityGroups"])["SecurityGroups"]
    assert len(groups) == len(network["securityGroups"])

    own_cli.must("destroy", "--app", reader, "--all", "--force")
    own_cli.must("destroy", "--app", publisher, "--all", "--force")
    assert aws("ssm").get_parameters_by_path(Path="/platform", Recursive=True)["Parameters"] == []
