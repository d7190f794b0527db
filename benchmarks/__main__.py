"""``make bench``: the preflight, then many services, side by side; exit status 1 for a promise that is not kept."""

import sys

from benchmarks import preflight, scale


def main() -> int:
    """Measure, print, and say whether each promise is kept."""
    kept = [preflight.judge(), scale.compare()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
