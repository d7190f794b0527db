"""One measurement, in a process of its own: prints what it took as JSON. ``python -m benchmarks.child library 50``."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from benchmarks.processes import peak_mib
from benchmarks.workload import WAYS, measure


def main() -> None:
    """Measure what the arguments say; the output's folder and the validator's switch are in the CDK's environment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("count", type=int)
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--ready", type=Path)
    asked = parser.parse_args()
    costs = measure(asked.way, asked.count, checks=asked.checks, ready=asked.ready)
    json.dump({**dataclasses.asdict(costs), "peak_mib": peak_mib()}, sys.stdout)


if __name__ == "__main__":
    main()
