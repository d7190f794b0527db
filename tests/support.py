"""What the tests share: stacks to build in, templates to look at."""

import importlib.resources
import io
import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Annotations, Match, Template

ROOT = Path(__file__).parent.parent
ENVIRONMENT = cdk.Environment(account="123456789012", region="us-east-1")

Resources = dict[str, dict[str, Any]]


@cache
def _cdk_json_flags() -> dict[str, Any]:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {key: value for key, value in context.items() if key.startswith("@aws-cdk")}


@cache
def recommended_flags() -> dict[str, Any]:
    """What the installed aws-cdk-lib recommends, from the file that it carries."""
    folder = importlib.resources.files("aws_cdk") / "_jsii"
    (archive,) = [entry for entry in folder.iterdir() if entry.name.startswith("aws-cdk-lib")]
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
        member = tar.extractfile("package/recommended-feature-flags.json")
        assert member is not None
        flags: dict[str, Any] = json.load(member)
        return flags


def app(*, flags: bool = True, context: dict[str, Any] | None = None) -> cdk.App:
    """An app as `cdk synth` would start it, with the recommended feature flags; or with none of them."""
    return cdk.App(context={**(_cdk_json_flags() if flags else {}), **(context or {})}, analytics_reporting=False)


def stack(*, flags: bool = True, env: cdk.Environment | None = None, name: str = "Test") -> cdk.Stack:
    """A stack of its own app; environment-agnostic unless told otherwise."""
    return cdk.Stack(app(flags=flags), name, env=env)


def template(stack_: cdk.Stack) -> dict[str, Any]:
    """Synthesize the stack's app and return the stack's template."""
    return dict(Template.from_stack(stack_).to_json())


def warnings(stack_: cdk.Stack) -> list[str]:
    """What the synthesis of a stack warns of."""
    return [str(each.entry.data) for each in Annotations.from_stack(stack_).find_warning("*", Match.any_value())]


def of_type(template_: dict[str, Any], resource_type: str) -> Resources:
    """The template's resources of one type, by logical id."""
    return {key: value for key, value in template_.get("Resources", {}).items() if value["Type"] == resource_type}


def only(template_: dict[str, Any], resource_type: str) -> dict[str, Any]:
    """The properties of the template's single resource of one type."""
    (resource,) = of_type(template_, resource_type).values()
    return dict(resource.get("Properties", {}))
