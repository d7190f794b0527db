"""Serve the extended emulator: ``python -m tests.emulator.extension FOLDER`` puts its certificate and port there."""

import asyncio
import os
import socket
import sys
import threading
from pathlib import Path

from tests.emulator.extension import certificate


def _end_with_the_parent() -> None:
    """Leave when whoever started this process closes its end of the pipe, or dies."""
    sys.stdin.buffer.read()
    os._exit(0)


def _listen() -> socket.socket:
    """A free port of the loopback address, held from now on."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    return listener


def _configure(port: int) -> None:
    """MiniStack reads these when it is imported; without BIND_HOST it would listen on every interface."""
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_ACCOUNT_ID="123456789012",
        MINISTACK_REGION="us-east-1",
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        SFN_WAIT_SCALE="0.001",  # of what state machines wait for, and between two tries
        DOCKER_HOST="unix:///nonexistent.sock",
        AUTH="true",
        USE_SSL="1",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - the emulator's root user
    )


async def _serve(listener: socket.socket, folder: Path) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - after the environment is set
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415

    from tests.emulator.extension.catalog import install  # noqa: PLC0415

    install(folder)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile, config.keyfile = os.environ["MINISTACK_SSL_CERT"], os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    (folder / "port").write_text(str(listener.getsockname()[1]))
    await serve(app, config)


def main() -> None:
    """Make a certificate, hold a port, and serve until the parent ends."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    folder = Path(sys.argv[1])
    certificate_file, key_file = certificate.write(folder)
    os.environ.update(MINISTACK_SSL_CERT=str(certificate_file), MINISTACK_SSL_KEY=str(key_file))
    listener = _listen()
    _configure(listener.getsockname()[1])
    asyncio.run(_serve(listener, folder))


if __name__ == "__main__":
    main()
