"""G02: a template that CloudFormation does not take for its size."""

import json
from collections.abc import Iterator

from constructs_ecs.facts.stacks import MAX_RESOURCES, MAX_TEMPLATE_BYTES
from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.templates.reader import Template


class TemplateLimits(Rule):
    """A template declares more resources than a stack takes, or its file is too large."""

    id = "G02"
    severity = Severity.DEPLOY
    statement = (
        f"A template declares more than {MAX_RESOURCES} resources, or its file has more than {MAX_TEMPLATE_BYTES:,} "
        "bytes."
    )
    symptom = f"Template may not exceed {MAX_TEMPLATE_BYTES} bytes in size."
    decided_by = (
        "The resources that each template declares, whatever their conditions, and the size of its file. A nested "
        "stack has a template of its own, and is one resource of the template around it. What a transform makes of too "
        "many resources is left open."
    )
    fix = "Make some of its resources in another stack, or in a nested one."
    source = "AWS CloudFormation, Understand CloudFormation quotas"

    def check(self, context: Context) -> Iterator[Finding]:
        """Count the resources of each template, and its bytes."""
        for template in context.graph.templates:
            sites = [proof.site.where for proof in context.proofs if proof.site.where.template == template.name]
            yield from self._resources(template, sites)
            yield from self._bytes(template, sites)

    def _resources(self, template: Template, sites: list[Where]) -> Iterator[Finding]:
        count = len(template.section("Resources")) - len(template.generators)
        if count > MAX_RESOURCES:
            yield self.finding(
                Where(template.name, ""),
                f"{template.name} has {count} resources, and CloudFormation takes {MAX_RESOURCES}.",
                launch_sites=sites,
                verdict=Verdict.UNKNOWN if template.body.get("Transform") else Verdict.FAIL,
                symptom=f"Template format error: Number of resources, {count}, is greater than maximum allowed, "
                f"{MAX_RESOURCES}",
            )

    def _bytes(self, template: Template, sites: list[Where]) -> Iterator[Finding]:
        size = template.size_bytes
        if size is not None and size > MAX_TEMPLATE_BYTES:
            yield self.finding(
                Where(template.name, ""),
                f"{template.name} has {size:,} bytes, and CloudFormation takes {MAX_TEMPLATE_BYTES:,}. As JSON without "
                f"indentation it has {_compact_bytes(template):,}.",
                launch_sites=sites,
                fix="Write the template without indentation, which the CDK does for a stack with "
                f"suppress_template_indentation=True, if that is enough. {self.fix}",
            )


def _compact_bytes(template: Template) -> int:
    return len(json.dumps(template.body, ensure_ascii=False, separators=(",", ":")).encode())
