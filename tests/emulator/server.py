"""Start the extended emulator, and end it whatever happens."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
REGION = "us-east-1"
_START_SECONDS = 60
_END_SECONDS = 10


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    port: int
    folder: Path
    pid: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        """What a client has to trust."""
        return self.folder / "certificate.pem"

    @contextmanager
    def held(self, resource_type: str) -> Iterator[None]:
        """Deployments wait before resources of one type until the block ends."""
        hold = self.folder / "hold"
        hold.write_text(resource_type)
        try:
            yield
        finally:
            hold.unlink()

    @contextmanager
    def containers(self, **scripts: str | Sequence[str]) -> Iterator[None]:
        """Until the block ends, containers do what is said for a part of their family's name: one run after another."""
        given = {part: [each] if isinstance(each, str) else list(each) for part, each in scripts.items()}
        file = self.folder / "containers.json"
        file.write_text(json.dumps({"id": str(uuid4()), "scripts": given}))
        try:
            yield
        finally:
            file.unlink()

    def environment(self) -> dict[str, str]:
        """What makes the CDK CLI and boto3 talk to this emulator and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


@contextmanager
def running() -> Iterator[Emulator]:
    """An emulator with nothing in it; it ends with the block, or with this process."""
    with tempfile.TemporaryDirectory(prefix="emulator-") as name, (Path(name) / "log").open("wb") as log:
        folder = Path(name)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator.extension", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Emulator(port=_port(process, folder), folder=folder, pid=process.pid)
        finally:
            process.terminate()
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_END_SECONDS)


def _port(process: subprocess.Popen[bytes], folder: Path) -> int:
    """Wait until the emulator listens."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if "Running on" in (folder / "log").read_text():
            return int((folder / "port").read_text())
        time.sleep(0.05)
    raise RuntimeError(f"the emulator did not start:\n{(folder / 'log').read_text()[-4000:]}")
