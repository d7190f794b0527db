"""What the tests share: an emulator, and the sample app's variants deployed into it, which no test changes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator import sample
from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.sample import Sample
from tests.emulator.server import Emulator, running


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """A bootstrapped emulator, whose contents no test changes."""
    with running() as started:
        Cli(started).bootstrap()
        yield started


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Aws:
    """Clients of the emulator, as its root user."""
    return Aws(emulator)


@pytest.fixture(scope="session")
def cli(emulator: Emulator) -> Cli:
    """The CDK CLI."""
    return Cli(emulator)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run share: each of them has a folder of its own below it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", params=sorted(sample.VARIANTS))
def deployed(request: pytest.FixtureRequest, cli: Cli, shared: Path) -> Sample:
    """A variant of the sample app, deployed."""
    variant: str = request.param
    return sample.deploy(cli, variant, shared)


@pytest.fixture(scope="module")
def own_cli() -> Iterator[Cli]:
    """The CDK CLI with a bootstrapped emulator of the test file's own, which its tests change."""
    with running() as started:
        cli = Cli(started)
        cli.bootstrap()
        yield cli
