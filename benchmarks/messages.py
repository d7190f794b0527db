"""Count the messages between Python and Node: what jsii costs, exactly, on any machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from jsii._kernel.providers.process import _NodeProcess  # every message passes here; jsii counts none itself


@dataclass
class Count:
    """How many messages were sent."""

    messages: int = 0


@contextmanager
def counting() -> Iterator[Count]:
    """Count every message that is sent inside, and the answers to Node's questions too."""
    count = Count()
    send = _NodeProcess.send

    def counted(process: _NodeProcess, request: Any, response_type: Any) -> Any:  # noqa: ANN401 - passed on as they are
        count.messages += 1
        return send(process, request, response_type)

    with mock.patch.object(_NodeProcess, "send", counted):
        yield count
