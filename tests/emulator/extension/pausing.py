"""A deployment takes minutes on AWS and milliseconds here: a test can hold it before resources of one type.

It writes the type into the file ``hold`` of the emulator's folder; the deployment goes on when the file is gone.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

_SECONDS = 60


def install(folder: Path) -> None:
    """Hold what the file names, on a thread of its own, so that the emulator answers meanwhile."""
    hold = folder / "hold"
    blocks = stacks._runs_on_worker_thread

    def held() -> str:
        return hold.read_text() if hold.exists() else ""

    def holding(resource_type: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def after(*arguments: Any) -> Any:
            until = time.monotonic() + _SECONDS
            while held() == resource_type and time.monotonic() < until:
                time.sleep(0.02)
            return change(*arguments)

        return after

    stacks._runs_on_worker_thread = lambda resource_type: resource_type == held() or blocks(resource_type)
    for resource_type, handler in provisioners._RESOURCE_HANDLERS.items():
        for name in ("create", "update"):
            if name in handler:
                handler[name] = holding(resource_type, handler[name])
