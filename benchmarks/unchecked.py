"""The sample app without this library's checks: what ``make synth`` is compared with."""

import aws_cdk as cdk

from stacks.sample import compose
from stacks.settings import Settings


def main() -> None:
    """Compose and synthesize, as ``app.py`` does."""
    app = cdk.App()
    compose(app, Settings.from_context(app.node))
    app.synth()


if __name__ == "__main__":
    main()
