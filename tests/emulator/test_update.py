"""An update changes what it has to and nothing else; one that fails leaves what was there."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator import sample
from tests.emulator.aws import Aws
from tests.emulator.cli import Cli

_APP = "python3 tests/emulator/apps/changing.py"
_DATA = {
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}
_NETWORK = {"AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint", "AWS::ECS::Cluster"}


@dataclass(frozen=True)
class Found:
    """What is deployed at one time: each resource's type and physical id, by stack and logical id."""

    types: dict[tuple[str, str], str]
    physical_ids: dict[tuple[str, str], str]

    def of_types(self, types: set[str]) -> dict[tuple[str, str], str]:
        return {key: each for key, each in self.physical_ids.items() if self.types[key] in types}

    def replaced_since(self, before: "Found") -> set[str]:
        """The types of what is there under another physical id than before."""
        both = before.physical_ids.keys() & self.physical_ids.keys()
        return {self.types[key] for key in both if before.physical_ids[key] != self.physical_ids[key]}

    def added_since(self, before: "Found") -> set[tuple[str, str]]:
        return self.physical_ids.keys() - before.physical_ids.keys()


class App:
    """The isolated sample app, deployed over and over with changes."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli = cli
        self.aws = Aws(cli.emulator)
        self._folder = folder

    def synth(self, change: str = "none", *settings: str) -> Path:
        folder = self._folder / "-".join([change.replace(" ", "-"), *settings])
        if not folder.exists():
            self.cli.synth(folder, *sample.context("isolated"), f"change={change}", *settings, app=_APP)
        return folder

    def deploy(self, change: str = "none", *settings: str) -> Found:
        self.cli.deploy(self.synth(change, *settings))
        return self.found()

    def found(self) -> Found:
        types, physical_ids = {}, {}
        for name in sample.STACKS:
            for page in self.aws.pages("cloudformation", "list_stack_resources", StackName=f"Isolated-{name}"):
                for each in page["StackResourceSummaries"]:
                    types[name, each["LogicalResourceId"]] = each["ResourceType"]
                    physical_ids[name, each["LogicalResourceId"]] = each["PhysicalResourceId"]
        return Found(types, physical_ids)

    def status(self, stack: str) -> str:
        (found,) = self.aws("cloudformation").describe_stacks(StackName=f"Isolated-{stack}")["Stacks"]
        return str(found["StackStatus"])

    def services(self) -> dict[str, tuple[str, list[str]]]:
        """The task definition and the subnets that each service runs with."""
        running = {}
        for arn in self.found().of_types({"AWS::ECS::Service"}).values():
            (each,) = self.aws("ecs").describe_services(cluster=arn.split("/")[-2], services=[arn])["services"]
            definition = self.aws("ecs").describe_task_definition(taskDefinition=each["taskDefinition"])
            assert (each["status"], definition["taskDefinition"]["status"]) == ("ACTIVE", "ACTIVE")
            running[arn] = (each["taskDefinition"], each["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
        return running


@pytest.fixture(scope="module")
def app(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> App:
    return App(own_cli, tmp_path_factory.mktemp("changes"))


def test_a_new_image_tag_replaces_the_task_definitions_alone(app: App) -> None:
    before = app.deploy()
    after = app.deploy("none", "image_tag=1.4.3")
    assert after.replaced_since(before) == {"AWS::ECS::TaskDefinition"}
    assert after.added_since(before) == set()
    assert app.services() != {}


def test_one_more_service_replaces_nothing(app: App) -> None:
    before = app.deploy()
    after = app.deploy("one more service")
    assert after.replaced_since(before) == set()
    added = after.added_since(before)
    assert {stack for stack, _ in added} == {"Services"}
    assert all(key.startswith("Extra") for _, key in added)
    assert {after.types[key] for key in added} >= {"AWS::ECS::Service", "AWS::IAM::Role", "AWS::Logs::LogGroup"}


def test_a_feature_that_is_turned_off_replaces_no_data_and_no_network(app: App) -> None:
    before = app.deploy("one more service")
    after = app.deploy("one feature off")
    kept = _DATA | _NETWORK
    assert after.of_types(kept) == before.of_types(kept)
    assert after.replaced_since(before) <= {"AWS::ECS::TaskDefinition", "AWS::IAM::ManagedPolicy"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("image role that is gone", "role with name gone cannot be found"),
        ("image role for another service", "unable to assume the role"),
        ("dead subnet", "'subnet-0123456789abcdef0' does not exist"),
    ],
)
def test_an_update_that_fails_leaves_the_earlier_version_running(change: str, reason: str, app: App) -> None:
    before = app.deploy()
    running = app.services()
    outcome = app.cli.run("deploy", "--app", app.synth(change), "--all", "--require-approval", "never")
    assert outcome.code != 0
    said = " ".join(outcome.output.split())
    assert reason in said, said[-3000:]
    assert app.status("Services") == "UPDATE_ROLLBACK_COMPLETE"
    assert app.found() == before
    assert app.services() == running
    assert "Number of stacks with differences: 0" in app.cli.must("diff", "--fail", "--app", app.synth())
