"""``python -m constructs_ecs.preflight``: as the command ``ecs-preflight``."""

import sys

from constructs_ecs.preflight.cli import main

if __name__ == "__main__":
    sys.exit(main())
