"""The sample app's variants, deployed."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.deployed import Stack
from tests.emulator.readers.catalog import attribute
from tests.emulator.server import ACCOUNT, REGION

STACKS = ("Network", "Cluster", "Images", "LoadBalancer", "Services", "Jobs")
# One variant fits any account and Region, the other is for one.
VARIANTS = {
    "registry": (),
    "isolated": (f"account={ACCOUNT}", f"region={REGION}"),
}
_SECONDS = 120


def context(variant: str) -> tuple[str, ...]:
    """The settings of a variant, under names of its own."""
    return (f"variant={variant}", f"prefix={variant.title()}", "deletion_protection=false", *VARIANTS[variant])


@dataclass(frozen=True)
class Sample:
    """A deployed variant."""

    variant: str
    assembly: Path

    def stacks(self, aws: Aws) -> dict[str, Stack]:
        """What became of each stack, by the last part of its name."""
        prefix = self.variant.title()
        return {
            name: Stack.read(aws, f"{prefix}-{name}", self.assembly / f"{prefix}-{name}.template.json", attribute(aws))
            for name in STACKS
        }


def synth(cli: Cli, variant: str, shared: Path) -> Path:
    """Synthesize a variant into a folder that the run's processes share, by whichever comes first."""
    folder, done = shared / variant, shared / f"{variant}.done"
    try:
        (shared / f"{variant}.begun").touch(exist_ok=False)
    except FileExistsError:
        until = time.monotonic() + _SECONDS
        while not done.exists():
            assert time.monotonic() < until, f"the other process did not synthesize {variant}"
            time.sleep(0.1)
    else:
        cli.synth(folder, *context(variant))
        done.touch()
    return folder


def deploy(cli: Cli, variant: str, shared: Path) -> Sample:
    """Synthesize, unless it is done, and deploy a variant."""
    assembly = synth(cli, variant, shared)
    cli.deploy(assembly)
    return Sample(variant, assembly)
