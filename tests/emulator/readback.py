"""All resources of stacks, as their templates have them and as they were found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.emulator.aws import Aws
from tests.emulator.comparing import differences
from tests.emulator.deployed import Stack
from tests.emulator.readers.catalog import READERS, UNSEEN
from tests.emulator.rules import with_policies_from_elsewhere, with_rules_from_elsewhere


@dataclass(frozen=True)
class Compared:
    """A resource: what its template says, with all references settled, and what was found."""

    name: str
    expected: dict[str, Any]
    found: dict[str, Any]
    defaults: Mapping[str, Any]

    def differences(self, expected: dict[str, Any] | None = None) -> list[str]:
        """Each difference in one line; of what is expected, or of something else."""
        lines = differences(self.expected if expected is None else expected, self.found, self.defaults)
        return [f"{self.name} {line}" for line in lines]

    def says_the_default(self, where: str) -> bool:
        """Whether something that was taken out of the template is what AWS sets without it."""
        return where.endswith(" gone") and where.removesuffix(" gone").lstrip(".") in self.defaults


def compared(stacks: Mapping[str, Stack], aws: Aws) -> Iterator[Compared]:
    """Read back every resource of stacks that are all there is in their network."""
    for stack in stacks.values():
        for logical_id, resource in stack.resources.items():
            if resource["Type"] in UNSEEN:
                continue
            reader = READERS[resource["Type"]]
            physical_id = stack.physical_ids[logical_id]
            expected = stack.properties(logical_id)
            if resource["Type"] == "AWS::EC2::SecurityGroup":
                expected = with_rules_from_elsewhere(physical_id, expected, stacks.values())
            if resource["Type"] == "AWS::IAM::Role":
                expected = with_policies_from_elsewhere(physical_id, expected, stacks.values())
            found = reader.read(aws, physical_id)
            if reader.name in expected:
                found[reader.name] = physical_id
            yield Compared(f"{stack.name} {logical_id}", expected, found, reader.defaults)
