"""What the CDK's own validator and cdk-nag's packs said of each variant, when it was synthesized."""

from collections.abc import Iterator
from typing import Any, Final

from tests.audit.assemblies import Assembly, Subject
from tests.audit.findings import Finding, Key, Outcome, by_variant, one_line
from tests.audit.tools import ToolError

NAG: Final = "cdk-nag"
VALIDATOR: Final = "cdk-validator"
PREFLIGHT: Final = "preflight"
_PACKS: Final = ("AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")
_PLUGINS: Final = {**dict.fromkeys(_PACKS, NAG), "ecs-preflight": PREFLIGHT}
"""What is not in here is the CDK's own: its validator, and the annotations of constructs."""


def cdk_nag(subject: Subject) -> Outcome:
    """What the packs found, and what of that the constructs acknowledge themselves."""
    return _outcome(NAG, subject, f"{len(_PACKS)} packs on {subject.stacks}")


def cdk_validator(subject: Subject) -> Outcome:
    """What the CDK's template validator found, with its default rules enforced."""
    return _outcome(VALIDATOR, subject, subject.stacks)


def acknowledged(checker: str, assembly: Assembly) -> dict[Key, str]:
    """What is acknowledged in code, with the reason."""
    return {
        Key(checker, violation["ruleName"], construct["constructPath"]): violation["reason"]
        for plugin in _plugins(checker, assembly)
        for violation in plugin.get("suppressedViolations", [])
        for construct in violation["violatingConstructs"]
    }


def _outcome(checker: str, subject: Subject, judged: str) -> Outcome:
    found = by_variant(
        (assembly.variant, finding) for assembly in subject.assemblies for finding in _findings(checker, assembly)
    )
    known = {assembly.variant: acknowledged(checker, assembly) for assembly in subject.assemblies}
    return Outcome(checker, judged, found, known)


def _findings(checker: str, assembly: Assembly) -> Iterator[Finding]:
    for plugin in _plugins(checker, assembly):
        error = plugin.get("metadata", {}).get("error")
        if error is not None:
            raise ToolError(f"{plugin['pluginName']} failed on {assembly.variant}: {error}")
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                key = Key(checker, violation["ruleName"], construct.get("constructPath") or "")
                yield Finding(key, one_line(violation["description"]))


def _plugins(checker: str, assembly: Assembly) -> Iterator[dict[str, Any]]:
    for plugin in assembly.report:
        if _PLUGINS.get(plugin["pluginName"], VALIDATOR) == checker:
            yield plugin
