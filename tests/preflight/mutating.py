"""Break one thing in the sample app's templates, and look at what the preflight says of it."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from constructs_ecs.preflight.engine import analyse_templates
from constructs_ecs.preflight.findings import Finding, Verdict
from constructs_ecs.preflight.report import BLOCKING, Report
from stacks.settings import Variant
from tests.preflight.support import templates
from tests.sample import FIXED, synthesize
from tests.support import ENVIRONMENT

Data = dict[str, Any]
_HASH = re.compile(r"[0-9A-F]{8}$")


class Sample:
    """A copy of one variant's templates, in the fixed environment.

    A resource is called by its logical id without the hash; by its type too, where two share the name.
    """

    def __init__(self, variant: Variant) -> None:
        self.bodies: dict[str, Data] = {name: json.loads(body) for name, body in _written(variant).items()}

    def properties(self, name: str, resource_type: str | None = None) -> Data:
        """The properties of a resource, to change."""
        properties: Data = self.resource(name, resource_type)["Properties"]
        return properties

    def resource(self, name: str, resource_type: str | None = None) -> Data:
        """A resource, to change what is beside its properties."""
        resources, logical_id = self._find(name, resource_type)
        found: Data = resources[logical_id]
        return found

    def ref(self, name: str, resource_type: str | None = None) -> str:
        """The logical id of a resource."""
        return self._find(name, resource_type)[1]

    def remove(self, *names: str) -> None:
        """Take resources out; nothing may refer to them."""
        for name in names:
            resources, logical_id = self._find(name, None)
            del resources[logical_id]

    def remove_type(self, stack: str, resource_type: str) -> None:
        """Take all resources of a type out of a stack."""
        resources = self.body(stack)["Resources"]
        found = [key for key, resource in resources.items() if resource["Type"] == resource_type]
        assert found, resource_type
        for logical_id in found:
            del resources[logical_id]

    def add(self, stack: str, **resources: Data) -> None:
        """Put resources into a stack."""
        self.body(stack)["Resources"] |= resources

    def body(self, stack: str) -> Data:
        """The template of a stack, ``Network`` for instance."""
        (found,) = (body for name, body in self.bodies.items() if name.endswith(stack))
        return found

    def container(self, service: str) -> Data:
        """The container of a service, to change."""
        definition: Data = self.properties(f"{service}TaskTaskDefinition")["ContainerDefinitions"][0]
        return definition

    def statements(self, name: str, document: str = "PolicyDocument", resource_type: str | None = None) -> list[Data]:
        """The statements of a policy, to change."""
        found: list[Data] = self.properties(name, resource_type)[document]["Statement"]
        return found

    def forbid(self, name: str, action: str) -> None:
        """Take one action out of a role's policy, but for what a service does with a key for the role."""
        for statement in self.statements(name):
            if "logs." not in json.dumps(statement.get("Condition")):
                statement["Action"] = [one for one in _listed(statement["Action"]) if one != action]
        self.properties(name)["PolicyDocument"]["Statement"] = [one for one in self.statements(name) if one["Action"]]

    def _find(self, name: str, resource_type: str | None) -> tuple[Data, str]:
        found = [
            (body["Resources"], logical_id)
            for body in self.bodies.values()
            for logical_id, resource in body["Resources"].items()
            if _HASH.sub("", logical_id) == name and resource_type in (None, resource["Type"])
        ]
        assert len(found) == 1, f"{name}: {[logical_id for _, logical_id in found]}"
        return found[0]


Change = Callable[[Sample], object]


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One thing that is broken, or changed without harm.

    Args:
        name: what is done, in words.
        variant: in which of the sample app's variants.
        change: does it.
        rules: the rules that have to find it, all of them and no other; none for what does no harm.
        warnings: the rules that have to warn, of what may fail.
        undecidable: why no template can tell; then it must not be called a failure.
    """

    name: str
    variant: Variant
    change: Change
    rules: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    undecidable: str | None = None

    def __str__(self) -> str:
        return f"{self.variant.value}: {self.name}"


@dataclass(frozen=True)
class Outcome:
    """What the preflight says of a mutation.

    Args:
        mutation: what was done.
        verdict: of the whole report.
        rules: the rules that found a failure.
        warnings: the rules that warn, or note something.
        sites: whether each launch site starts, and whether ECS Exec works.
    """

    mutation: Mutation
    verdict: Verdict
    rules: frozenset[str]
    warnings: frozenset[str]
    sites: tuple[tuple[Verdict, Verdict], ...]

    @property
    def caught(self) -> bool:
        """Whether what is broken is called a failure, by the right rules."""
        return self.verdict is Verdict.FAIL and self.rules == self.mutation.rules

    def __str__(self) -> str:
        said = ", ".join(sorted(self.rules)) or "no rule"
        return f"{self.mutation}: {self.verdict.value} by {said}, not {', '.join(sorted(self.mutation.rules))}"


def outcome(mutation: Mutation) -> Outcome:
    """Do it, and look."""
    sample = Sample(mutation.variant)
    mutation.change(sample)
    found = report(sample)
    return Outcome(
        mutation=mutation,
        verdict=found.verdict,
        rules=frozenset(finding.rule for finding in found.findings if finding.severity in BLOCKING),
        warnings=frozenset(one.rule for one in (*found.findings, *_open(found)) if one.severity not in BLOCKING),
        sites=tuple((site.start.verdict, site.exec.verdict) for site in found.launch_sites),
    )


def _open(found: Report) -> list[Finding]:
    return [question.finding for question in found.unknowns if question.finding is not None]


def outcomes(mutations: Iterable[Mutation]) -> list[Outcome]:
    """Do each of them on its own."""
    return [outcome(mutation) for mutation in mutations]


def report(sample: Sample) -> Report:
    """What the preflight says of templates."""
    account, region = ENVIRONMENT.account, ENVIRONMENT.region
    names = tuple(sample.bodies)
    return analyse_templates(templates(*sample.bodies.values(), names=names, account=account, region=region))


@cache
def _written(variant: Variant) -> dict[str, str]:
    return {name: json.dumps(body) for name, body in synthesize(variant, FIXED).templates.items()}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
