"""What the generators share: apps that give the same small templates on every machine.

A generator runs in an environment of its own, which has the tool's package and the aws-cdk-lib that fits it; this
project's tests read only what it wrote. How the templates were made, from the project's root::

    python -m venv /tmp/tools && /tmp/tools/bin/pip install aws-solutions-constructs.aws-fargate-sqs
    /tmp/tools/bin/python -m tests.preflight.corpus.generators.solutions_constructs
"""

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

TEMPLATES = Path(__file__).parent.parent / "templates"

_CONTEXT = {"aws:cdk:enable-path-metadata": True, "aws:cdk:disable-asset-staging": True}


def write(builders: dict[str, Callable[[cdk.Stack], None]]) -> None:
    """Write a template for each builder, named as told."""
    for name, build in builders.items():
        app = cdk.App(context=_CONTEXT, analytics_reporting=False)
        stack = cdk.Stack(app, "Stack", synthesizer=cdk.BootstraplessSynthesizer())
        build(stack)
        assembly = app.synth()
        template = json.loads((Path(assembly.directory) / stack.template_file).read_text())
        text = json.dumps(template, indent=1, sort_keys=True)
        (TEMPLATES / f"{name}.template.json").write_text(text + "\n", "utf-8")
