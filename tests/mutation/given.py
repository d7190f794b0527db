"""An app of ready templates, each a stack: the CDK's validator reads the template, cdk-nag the L1s that are made of it.

Run as a process of its own, as app.py is, with the folder of the templates.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import cloudformation_include as include

from constructs_ecs import enforce_best_practices

SUFFIX = ".template.json"
_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")


class GivenTemplate(cdk.StackSynthesizer):
    """Writes a template as it is given, whatever is in it."""

    def __init__(self, template: Path) -> None:
        super().__init__()
        self._template = template

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        """Write the template."""
        Path(session.outdir, self._bound_stack.template_file).write_text(self._template.read_text())
        self._emit_artifact(session)

    def add_docker_image_asset(self, **asset: Any) -> cdk.DockerImageAssetLocation:  # noqa: ANN401
        """There are none."""
        raise NotImplementedError(asset)

    def add_file_asset(self, **asset: Any) -> cdk.FileAssetLocation:  # noqa: ANN401
        """There are none."""
        raise NotImplementedError(asset)


def add(app: cdk.App, template: Path) -> None:
    """Add a stack for a template, with what cdk-nag can look at."""
    env = cdk.Environment(account="123456789012", region="us-east-1")
    name = template.name.removesuffix(SUFFIX)
    stack = cdk.Stack(app, name, env=env, synthesizer=GivenTemplate(template))
    body = json.loads(template.read_text())
    readable = template.with_name(f"{name}.readable")
    readable.write_text(json.dumps(with_stand_ins(body)))
    try:
        include.CfnInclude(stack, "Given", template_file=str(readable), allow_cyclical_references=True)
    except RuntimeError:  # what the CDK cannot make L1s of has its names alone
        stack.node.try_remove_child("Given")
        for logical_id, resource in body["Resources"].items():
            cdk.CfnResource(stack, logical_id, type=resource["Type"]).override_logical_id(logical_id)


def with_stand_ins(body: dict[str, Any]) -> dict[str, Any]:
    """The template with a resource, or a condition, for each name that has none: CfnInclude reads no other."""
    known = {*body["Resources"], *body.get("Parameters", {})}
    missing = {name for name in _names(body) if name not in known and "::" not in name}
    handles = {name: {"Type": "AWS::CloudFormation::WaitConditionHandle"} for name in sorted(missing)}
    wanted = {resource["Condition"] for resource in body["Resources"].values() if "Condition" in resource}
    conditions = {name: {"Fn::Equals": ["", ""]} for name in sorted(wanted)}
    made = {**body, "Resources": {**body["Resources"], **handles}}
    return {**made, "Conditions": conditions | body.get("Conditions", {})} if wanted else made


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """The names that a template refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _IN_TEXT.findall(text)
        case dict():
            for key, child in value.items():
                yield from ([child] if isinstance(child, str) else child) if key == "DependsOn" else _names(child)
        case list():
            for child in value:
                yield from _names(child)


def main() -> None:
    """Synthesize, with the packs that `make synth` has; the validator is there by itself."""
    app = cdk.App()
    for template in sorted(Path(sys.argv[1]).glob(f"*{SUFFIX}")):
        add(app, template)
    enforce_best_practices(app)
    app.synth()


if __name__ == "__main__":
    main()
