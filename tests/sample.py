"""The sample app as the tests see it: each variant in each environment, synthesized once in a process."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from stacks.sample import Sample, compose
from stacks.settings import Settings, Variant
from tests.support import ENVIRONMENT, app, recommended_flags

AGNOSTIC = "agnostic"
FIXED = "fixed"
PROJECT = "project"
NONE = "none"
ALL = "all"
CASES = [(variant, environment) for variant in Variant for environment in (AGNOSTIC, FIXED)]


@dataclass(frozen=True)
class Synthesized:
    """A composed sample app and its templates by stack name."""

    sample: Sample
    outdir: Path
    templates: dict[str, dict[str, Any]]


def settings(variant: Variant, environment: str) -> Settings:
    """The settings of one case."""
    if environment == AGNOSTIC:
        return Settings(variant=variant)
    return Settings(variant=variant, account=ENVIRONMENT.account, region=ENVIRONMENT.region)


def compose_case(variant: Variant, environment: str, *, flags: str = PROJECT) -> tuple[cdk.App, Sample]:
    """Compose one case, under the project's feature flags, none, or all that the CDK recommends."""
    root = app(flags=flags != NONE, context=recommended_flags() if flags == ALL else None)
    return root, compose(root, settings(variant, environment))


@cache
def synthesize(variant: Variant, environment: str, *, flags: str = PROJECT) -> Synthesized:
    """Compose and synthesize one case, once in a process."""
    root, sample = compose_case(variant, environment, flags=flags)
    assembly = root.synth()
    templates = {
        stack.stack_name: json.loads((Path(assembly.directory) / stack.template_file).read_text())
        for stack in sample.stacks
    }
    return Synthesized(sample=sample, outdir=Path(assembly.directory), templates=templates)
