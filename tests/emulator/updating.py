"""The sample app deployed over and over with changes, and what each changes."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.emulator import sample
from tests.emulator.aws import Aws
from tests.emulator.cli import Cli, Outcome

DATA = {
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}
NETWORK = {"AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint", "AWS::ECS::Cluster"}
_APP = "python3 tests/emulator/apps/changing.py"
_SECONDS = 60


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
    """A variant of the sample app in an emulator of its own."""

    def __init__(self, cli: Cli, variant: str, folder: Path, changes: Sequence[str]) -> None:
        self.cli = cli
        self.aws = Aws(cli.emulator)
        self.variant = variant
        self.unchanged = folder / "out"
        cli.synth(self.unchanged, *sample.context(variant), f"changes={','.join(changes)}", app=_APP)

    def changed(self, change: str) -> Path:
        """The app with one of its changes, synthesized."""
        return self.unchanged / change.replace(" ", "-")

    def deploy(self, change: str | None = None) -> Found:
        """Deploy the app, with a change or as it is."""
        self.cli.deploy(self.unchanged if change is None else self.changed(change))
        return self.found()

    def try_to_deploy(self, change: str) -> Outcome:
        return self.cli.run("deploy", "--app", self.changed(change), "--all", "--require-approval", "never")

    def kill_while_deploying(self, assembly: Path, stack: str, resource_type: str) -> str:
        """Kill the CLI while CloudFormation works on a resource of a type; tell the stack's status at that time."""
        with self.cli.emulator.held(resource_type):
            process = self.cli.start("deploy", "--app", assembly, "--all", "--require-approval", "never")
            _wait(lambda: self.status(stack).endswith("IN_PROGRESS") and self._works_on(stack, resource_type))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            status = self.status(stack)
        _wait(lambda: not self.status(stack).endswith("IN_PROGRESS"))
        return status

    def _works_on(self, stack: str, resource_type: str) -> bool:
        """Whether the newest event is of such a resource, and not of its end."""
        events = self.aws("cloudformation").describe_stack_events(StackName=self._name(stack))["StackEvents"]
        return (events[0]["ResourceType"], events[0]["ResourceStatus"][-11:]) == (resource_type, "IN_PROGRESS")

    def found(self) -> Found:
        types, physical_ids = {}, {}
        for name in sample.STACKS:
            for page in self.aws.pages("cloudformation", "list_stack_resources", StackName=self._name(name)):
                for each in page["StackResourceSummaries"]:
                    types[name, each["LogicalResourceId"]] = each["ResourceType"]
                    physical_ids[name, each["LogicalResourceId"]] = each["PhysicalResourceId"]
        return Found(types, physical_ids)

    def status(self, stack: str) -> str:
        """The status of a stack; nothing where there is none."""
        stacks = [each for page in self.aws.pages("cloudformation", "describe_stacks") for each in page["Stacks"]]
        return next((str(each["StackStatus"]) for each in stacks if each["StackName"] == self._name(stack)), "")

    def shows_no_difference(self, assembly: Path) -> bool:
        said = self.cli.must("diff", "--fail", "--app", assembly)
        return "Number of stacks with differences: 0" in said

    def services(self) -> dict[str, tuple[str, list[str]]]:
        """The task definition and the subnets that each service runs with."""
        running = {}
        for arn in self.found().of_types({"AWS::ECS::Service"}).values():
            (each,) = self.aws("ecs").describe_services(cluster=arn.split("/")[-2], services=[arn])["services"]
            definition = self.aws("ecs").describe_task_definition(taskDefinition=each["taskDefinition"])
            assert (each["status"], definition["taskDefinition"]["status"]) == ("ACTIVE", "ACTIVE")
            running[arn] = (each["taskDefinition"], each["networkConfiguration"]["awsvpcConfiguration"]["subnets"])
        return running

    def images(self) -> set[str]:
        """The images that the services run."""
        definitions = [
            self.aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
            for arn, _ in self.services().values()
        ]
        return {container["image"] for each in definitions for container in each["containerDefinitions"]}

    def _name(self, stack: str) -> str:
        return f"{self.variant.title()}-{stack}"


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not until():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
