#!/usr/bin/env python3
"""The sample app: settings from the context, stacks, checks, synth."""

import sys

import aws_cdk as cdk

from constructs_ecs import ConstructsEcsError, enforce_best_practices, enforce_preflight
from stacks.sample import compose
from stacks.settings import Settings


def main() -> None:
    """Synthesize the sample app; a refused setting or value is said in one line."""
    app = cdk.App()
    try:
        compose(app, Settings.from_context(app.node))
        enforce_best_practices(app)
        enforce_preflight(app)
    except ConstructsEcsError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
