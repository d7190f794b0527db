import re
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_ecs.preflight import rules
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity, Verdict, Where
from constructs_ecs.preflight.rules import RULES, rule
from constructs_ecs.preflight.rules.base import CallRule, Rule
from constructs_ecs.preflight.rules.g00_unexplained import Unexplained
from tests.preflight.scene import SERVICE, VPC, RuleStub, call, context, link, proof, unknown

FAILS = link(Verdict.FAIL, "No endpoint for logs.", Fault.NO_ENDPOINT)


class LogsRule(CallRule):
    """A rule on calls, for these tests."""

    id = "N99"
    severity = Severity.START
    purposes = frozenset({Purpose.WRITE_LOGS})
    faults = frozenset({Fault.NO_ENDPOINT})
    statement = "No endpoint."
    symptom = "It times out."
    decided_by = "Endpoints."
    fix = "Add an endpoint to {the VPC}."
    source = "A page"


class LogsWarning(LogsRule):
    """The same, as a warning."""

    severity = Severity.WARNING


@pytest.mark.parametrize("known", RULES, ids=lambda known: known.id)
def test_each_rule_states_all_that_explain_shows(known: Rule) -> None:
    for said in (known.statement, known.symptom, known.decided_by, known.fix, known.source):
        assert said.strip() == said != ""
    assert re.fullmatch(r"[GNCRTVXSKB]\d\d", known.id)
    assert isinstance(known.severity, Severity)
    assert "{" not in known.general_fix()


def test_rules_have_ids_of_their_own_and_are_found_by_them() -> None:
    assert len({known.id for known in RULES}) == len(RULES)
    assert [rule(known.id) for known in RULES] == list(RULES)
    with pytest.raises(KeyError):
        rule("N999")


def test_a_rule_has_its_id_in_its_file_s_name() -> None:
    assert [known.id for known in RULES if f".{known.id.lower()}_" not in type(known).__module__] == []


def test_each_rule_s_file_is_registered() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("[a-z][0-9][0-9]_*.py")}
    assert {type(known).__module__.rpartition(".")[2] for known in RULES} == files


def test_a_fix_names_the_resource_in_a_finding_and_the_kind_in_general() -> None:
    made = RuleStub().finding(VPC, "It is wrong.")
    assert (made.fix, RuleStub().general_fix()) == ("Mend the VPC Vpc.", "Mend the VPC.")
    assert RuleStub().finding(replace(VPC, logical_id=r"\1"), "It is wrong.").fix == r"Mend the VPC \1."


def test_a_finding_has_the_rule_s_severity_and_symptom_unless_it_says_otherwise() -> None:
    stub = RuleStub()
    plain = stub.finding(VPC, "It is wrong.", launch_sites=[SERVICE, SERVICE])
    assert (plain.rule, plain.severity, plain.verdict) == ("N99", Severity.WARNING, Verdict.FAIL)
    assert plain.launch_sites == (SERVICE,)
    other = stub.finding(VPC, "It is wrong.", severity=Severity.NOTE, symptom="", verdict=Verdict.UNKNOWN)
    assert (other.severity, other.symptom, other.verdict) == (Severity.NOTE, "", Verdict.UNKNOWN)


def test_calls_that_fail_give_one_finding_per_decisive_resource_with_all_launch_sites() -> None:
    other = Where("Web", "Other")
    (found,) = LogsRule().check(context(proof(call(FAILS), call(FAILS, resource="b")), proof(call(FAILS), where=other)))
    assert (found.where, found.launch_sites, found.severity) == (VPC, (SERVICE, other), Severity.START)
    assert (found.message, found.fix) == ("No endpoint for logs.", "Add an endpoint to the VPC Vpc.")


def test_different_resources_give_different_findings() -> None:
    elsewhere = link(Verdict.FAIL, "No endpoint.", Fault.NO_ENDPOINT, Where("Web", "Vpc2"))
    found = LogsRule().check(context(proof(call(FAILS)), proof(call(elsewhere), where=Where("Web", "Other"))))
    assert [item.where.logical_id for item in found] == ["Vpc", "Vpc2"]


def test_different_texts_on_one_resource_are_all_said_up_to_a_few() -> None:
    links = [link(Verdict.FAIL, f"No {name}.", Fault.NO_ENDPOINT) for name in "abcde"]
    (found,) = LogsRule().check(context(proof(*(call(item) for item in links))))
    assert found.message == "No a; No b; No c; and 2 more."


def test_what_breaks_exec_alone_is_a_finding_of_exec() -> None:
    found = list(LogsRule().check(context(proof(call(FAILS), call(FAILS, stage="exec")))))
    assert [item.severity for item in found] == [Severity.START, Severity.EXEC]
    (warned,) = LogsWarning().check(context(proof(call(FAILS, stage="exec"))))
    assert warned.severity is Severity.WARNING


@pytest.mark.parametrize(
    "made",
    [
        call(link(Verdict.PASS, fault=Fault.NO_ENDPOINT)),
        call(link(Verdict.UNKNOWN, fault=Fault.NO_ENDPOINT)),
        call(link(Verdict.FAIL, fault=Fault.NO_ROUTE)),
        call(FAILS, purpose=Purpose.READ_SECRET),
        replace(call(FAILS), verdict=Verdict.UNKNOWN),
    ],
    ids=["holds", "open", "other fault", "other purpose", "call open"],
)
def test_what_holds_is_open_or_is_of_another_kind_gives_no_finding(made: object) -> None:
    assert list(LogsRule().check(context(proof(made)))) == []  # type: ignore[arg-type]


def test_launch_sites_are_found_by_their_task_definition_and_cluster() -> None:
    names = {"where": Where("Web", "Task"), "template": "Web", "logical_id": "Task"}
    resource = type("Stub", (), names)()
    scene = context(proof(task_definition=resource), proof(where=Where("Web", "Other"), task_definition=unknown("why")))
    assert scene.launch_sites_of(resource) == (SERVICE,)
    assert scene.launch_sites_in(resource) == ()


def test_a_call_that_no_rule_explains_is_a_finding_all_the_same() -> None:
    scene = context(proof(call(link(Verdict.FAIL, "Odd.", Fault.TRUST)), call(FAILS, stage="exec")))
    assert [item.severity for item in Unexplained().check(scene)] == [Severity.START, Severity.EXEC]
    list(LogsRule().check(scene))
    (left,) = Unexplained().check(scene)
    assert (left.where, left.launch_sites) == (VPC, (SERVICE,))
    assert left.message == "write the log, by the execution role: Odd."


def test_a_call_of_a_launch_site_that_a_rule_of_another_kind_names_is_explained() -> None:
    scene = context(proof(call(FAILS)))
    assert list(Unexplained().explain(scene, frozenset({(SERVICE, False)}))) == []
    assert len(list(Unexplained().explain(scene, frozenset({(SERVICE, True)})))) == 1
