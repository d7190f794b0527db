"""parliament on every policy: unknown actions, conditions and resources that do not fit, and what is granted on all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from constructs_ecs.preflight.templates.graph import Graph, Resource, graphs
from constructs_ecs.preflight.values import PSEUDO, Pattern, Symbol, Unknown, parts_of
from tests.audit.assemblies import Assembly, Subject, resource
from tests.audit.findings import Finding, Key, Outcome, by_variant, one_line
from tests.audit.tools import ToolError, environment, run_tool

NAME: Final = "parliament"
_RUNNER: Final = Path(__file__).parents[1] / "run_parliament.py"
_NAMES: Final = ("PolicyDocument", "KeyPolicy", "ResourcePolicy")
"""Where policies stand. Not the trust policies, nor a repository's: parliament wants a resource in each statement."""
_PSEUDO: Final = {
    "Partition": "aws",
    "Region": "us-east-1",
    "AccountId": "123456789012",
    "URLSuffix": "amazonaws.com",
}

_Policy = tuple[str, str, str]
"""The variant, the resource, and the policy as JSON."""


def parliament(subject: Subject) -> Outcome:
    """Analyse each policy as AWS would see it: with ARNs in the place of references."""
    policies = [policy for assembly in subject.assemblies for policy in _policies(assembly)]
    if not policies:
        raise ToolError("there is no policy to analyse")
    written = run_tool(
        [environment(NAME) / "bin" / "python", _RUNNER],
        folder=subject.folder,
        text=json.dumps([text for *_, text in policies]),
    )
    answers: list[list[list[str]]] = json.loads(written)
    found = by_variant(
        (variant, Finding(Key(NAME, issue, name), one_line(f"{title} {detail}")))
        for (variant, name, _), answer in zip(policies, answers, strict=True)
        for issue, title, detail in answer
    )
    return Outcome(NAME, f"{len(policies)} policies", found)


def _policies(assembly: Assembly) -> Iterator[_Policy]:
    templates = {template.name: template for template in assembly.templates}
    for graph in graphs(assembly.templates):
        for holder in graph.resources():
            for document in _documents(holder):
                written = _plain(document, graph)
                text = written if isinstance(written, str) else json.dumps(written)
                yield assembly.variant, resource(templates[holder.template], holder.logical_id), text


def _documents(holder: Resource) -> Iterator[Any]:
    inline = holder.get("Policies", default=[])
    for place in (holder.properties, *(inline if isinstance(inline, list) else ())):
        if isinstance(place, dict):
            yield from (place[name] for name in _NAMES if name in place)


def _plain(value: Any, graph: Graph) -> Any:  # noqa: ANN401 - any resolved value
    """The value as it may look once it is deployed."""
    if isinstance(value, dict):
        return {key: _plain(child, graph) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child, graph) for child in value]
    if isinstance(value, Symbol | Pattern | Unknown):
        return "".join(_word(part, graph) for part in parts_of(value))
    return value


def _word(part: str | Symbol | Unknown, graph: Graph) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Unknown):
        raise ToolError(f"a policy cannot be resolved: {part.reason}")
    if part.template == PSEUDO:
        return _PSEUDO[part.attribute]
    target = graph.resource(part.template, part.logical_id)
    if part.attribute != "Arn" or target is None:
        return part.logical_id
    _, service, kind = target.type.lower().split("::")
    return f"arn:aws:{service}:{_PSEUDO['Region']}:{_PSEUDO['AccountId']}:{kind}/{part.logical_id}"
