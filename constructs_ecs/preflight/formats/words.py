"""The words that text and Markdown share."""

from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.report import OpenQuestion, Place, ProvenCall, Report, conditions

SETTLE = (
    "An unknown is settled by giving ecs-preflight the template that holds the answer, "
    "or by --assume egress=nat|none and --assume vpc=..."
)

_GRADES = {Severity.WARNING: "WARNING", Severity.NOTE: "NOTE"}
_EFFECTS = {
    Severity.START: "Stops",
    Severity.EXEC: "No exec",
    Severity.DEPLOY: "Stops",
    Severity.WARNING: "Endangers",
    Severity.NOTE: "Concerns",
}


def grade(finding: Finding) -> str:
    """FAIL, WARNING or NOTE."""
    return _GRADES.get(finding.severity, Verdict.FAIL.value)


def effect(finding: Finding) -> str:
    """What a finding does to the launch sites that it names."""
    return _EFFECTS[finding.severity]


def headline(report: Report) -> str:
    """Say the whole report in a sentence."""
    sites = report.launch_sites
    what = f"{_count(len(sites), 'launch site')} in {_count(len(report.templates), 'template')}"
    parts = [
        (sum(site.start.verdict is Verdict.FAIL for site in sites), "will not start"),
        (sum(site.exec.verdict is Verdict.FAIL for site in sites), "without a working ECS Exec"),
        (sum(Verdict.UNKNOWN in (site.start.verdict, site.exec.verdict) for site in sites), "not decided"),
    ]
    said = [f"{number} {text}" for number, text in parts if number]
    if said or not sites:
        return f"{what}: {', '.join(said) or 'nothing to prove'}."
    more = " Something else is wrong." if report.verdict is Verdict.FAIL else ""
    return f"{what}: every call that a task must make can be made.{more}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def position(place: Place) -> str:
    """Say where in the files: ``cdk.out/Web.template.json:120``."""
    return place.file if place.line is None else f"{place.file}:{place.line}"


def resource(where: Where, place: Place) -> str:
    """What a reader calls a resource: the construct's path if there is one, else template and logical id."""
    if not where.logical_id:
        return where.template
    return f"{place.construct_path} ({where.logical_id})" if place.construct_path else str(where)


def request(call: ProvenCall) -> str:
    """Say a call: for what, by whom, what on what, and through what."""
    container = f" for container {call.container}" if call.container else ""
    actions = f": {', '.join(call.actions)}" if call.actions else ""
    through = f", through {call.endpoint}" if call.endpoint else ""
    under = f" (if {conditions(call.assignment)})" if call.assignment else ""
    return f"{call.purpose}{container}, by the {call.caller}{actions} on {call.resource}{through}{under}"


def question(open_: OpenQuestion) -> str:
    """Say what is open: the rule that asks, and under which conditions it would be broken."""
    under = f"If {conditions(open_.assignment)}: " if open_.assignment else ""
    rule = f"{open_.finding.rule}: " if open_.finding else ""
    return f"{under}{rule}{open_.message}"


def launch_sites(where: tuple[Where, ...], report: Report) -> str:
    """The names of launch sites, in a row."""
    names = report.names
    return ", ".join(names.get(site, str(site)) for site in where)
