"""What this process and the Node processes that jsii started use, as Linux counts it."""

import time
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_MIB: Final = 1024
"""KiB in one."""
_NANOSECONDS: Final = 1e9
"""In a second."""


def family() -> list[Path]:
    """This process and all that descend from it; none where there is no /proc."""
    parents = {path: _status(path).get("PPid") for path in _PROC.glob("[0-9]*")}
    found = [_PROC / str(_status(_PROC / "self").get("Pid"))]
    for one in found:  # grows meanwhile
        found += [path for path, parent in parents.items() if str(parent) == one.name]
    return [path for path in found if path.exists()]


def peak_mib() -> float:
    """The peak of resident memory, of each process by itself, together; 0 where there is no /proc."""
    return sum(_status(process).get("VmHWM", 0) for process in family()) / _MIB


def seconds_of(processes: list[Path]) -> float:
    """CPU time of their main threads: Python and Node take turns, so on an idle machine it is what the user waits.

    Other work on the machine does not change it. The clock on the wall where there is no such count.
    """
    counts = [process / "schedstat" for process in processes]
    if not counts or not all(count.exists() for count in counts):
        return time.perf_counter()
    return sum(int(count.read_text().split()[0]) for count in counts) / _NANOSECONDS


def _status(process: Path) -> dict[str, int]:
    """What is a number in a process's status; nothing of one that has ended meanwhile."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return {}
    words = (line.split() for line in lines)
    return {word[0].rstrip(":"): int(word[1]) for word in words if len(word) > 1 and word[1].isdecimal()}
