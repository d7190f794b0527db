import pytest

from constructs_ecs.preflight.findings import Severity, Verdict, Where
from constructs_ecs.preflight.merging import Case, merge_findings, merge_launch_sites, when
from constructs_ecs.preflight.report import Assignment, OpenQuestion, ProvenLaunchSite
from constructs_ecs.preflight.values import Ternary
from tests.preflight.scene import SERVICE, VPC, call, case, finding, link, proof, unknown

PROD = (("Web#IsProd", True),)
TEST = (("Web#IsProd", False),)
PASSES = link(Verdict.PASS)
FAILS = link(Verdict.FAIL, "No endpoint for logs.")
OPEN = link(Verdict.UNKNOWN, "The route is not known.")


def _assignments(*names: str) -> list[Assignment]:
    return [
        tuple((name, bool(number >> place & 1)) for place, name in enumerate(names))
        for number in range(2 ** len(names))
    ]


def _merged(*cases: Case) -> tuple[ProvenLaunchSite, list[OpenQuestion]]:
    (site,), questions = merge_launch_sites(cases, lambda _: None)
    return site, questions


def test_a_launch_site_passes_if_all_its_calls_do() -> None:
    site, questions = _merged(case((), proof(call(PASSES), call(PASSES))))
    assert (site.start.verdict, site.start.reasons, questions) == (Verdict.PASS, (), [])


def test_the_worst_call_decides() -> None:
    site, _ = _merged(case((), proof(call(PASSES), call(OPEN, resource="a"), call(FAILS, resource="b"))))
    assert site.start.verdict is Verdict.FAIL
    assert [item.verdict for item in site.calls] == [Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]


def test_a_finding_that_names_a_launch_site_gives_it_the_reason() -> None:
    site, _ = _merged(case((), proof(call(FAILS)), findings=[finding()]))
    assert site.start.reasons == ("N07: No endpoint.",)


@pytest.mark.parametrize(
    ("severity", "start", "exec_"),
    [
        (Severity.START, Verdict.FAIL, Verdict.PASS),
        (Severity.DEPLOY, Verdict.FAIL, Verdict.PASS),
        (Severity.EXEC, Verdict.PASS, Verdict.FAIL),
        (Severity.WARNING, Verdict.PASS, Verdict.PASS),
        (Severity.NOTE, Verdict.PASS, Verdict.PASS),
    ],
)
def test_the_severity_says_what_a_finding_decides(severity: Severity, start: Verdict, exec_: Verdict) -> None:
    site, _ = _merged(case((), proof(call(PASSES), exec_enabled=Ternary.YES), findings=[finding(severity=severity)]))
    assert (site.start.verdict, site.exec.verdict) == (start, exec_)


def test_a_finding_of_another_launch_site_changes_nothing() -> None:
    site, _ = _merged(case((), proof(call(PASSES)), findings=[finding(sites=(Where("Web", "Other"),))]))
    assert site.start.verdict is Verdict.PASS


def test_exec_calls_decide_exec_and_start_calls_start() -> None:
    calls = (call(PASSES), call(FAILS, stage="exec"))
    site, _ = _merged(case((), proof(*calls, exec_enabled=Ternary.YES)))
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.FAIL)


def test_exec_is_off_where_it_is_not_enabled_and_open_where_that_is() -> None:
    off, _ = _merged(case((), proof(call(PASSES))))
    assert (off.exec.verdict, off.exec.reasons) == (Verdict.OFF, ())
    open_, questions = _merged(case((), proof(call(FAILS, stage="exec"), exec_enabled=Ternary.UNKNOWN)))
    assert open_.exec.verdict is Verdict.UNKNOWN
    assert "Whether ECS Exec is enabled is not known." in [question.message for question in questions]


def test_what_is_open_is_asked_once_with_all_who_ask() -> None:
    other = Where("Web", "Other")
    sites, questions = merge_launch_sites(
        [case((), proof(call(OPEN)), proof(call(OPEN), call(OPEN, resource="b"), where=other))], lambda _: None
    )
    assert [site.start.verdict for site in sites] == [Verdict.UNKNOWN, Verdict.UNKNOWN]
    assert questions == [OpenQuestion("The route is not known.", VPC, (SERVICE, other))]


def test_an_unknown_task_definition_leaves_the_start_open() -> None:
    site, questions = _merged(case((), proof(task_definition=unknown("imported"))))
    assert site.start.verdict is Verdict.UNKNOWN
    assert site.start.reasons == ("The task definition is not known: imported.",)
    assert [question.launch_sites for question in questions] == [(SERVICE,)]


def test_what_fails_under_every_assignment_fails() -> None:
    site, _ = _merged(case(PROD, proof(call(FAILS))), case(TEST, proof(call(FAILS))))
    assert (site.start.verdict, site.calls[0].verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert site.calls[0].assignment == ()


def test_what_fails_under_some_assignments_is_unknown_and_names_them() -> None:
    site, _ = _merged(
        case(PROD, proof(call(PASSES))), case(TEST, proof(call(FAILS)), findings=[finding("No endpoint for logs.")])
    )
    assert (site.start.verdict, site.calls[0].verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert site.start.reasons == ("If Web#IsProd is false: N07: No endpoint for logs.",)
    assert site.calls[0].assignment == TEST
    assert site.calls[0].evidence == (FAILS,)


def test_a_call_that_is_made_under_some_assignments_only_fails_under_those() -> None:
    site, _ = _merged(case(PROD, proof(call(PASSES), call(FAILS, resource="b"))), case(TEST, proof(call(PASSES))))
    assert [(item.verdict, item.assignment) for item in site.calls] == [(Verdict.PASS, ()), (Verdict.UNKNOWN, PROD)]


def test_a_launch_site_is_judged_where_it_exists() -> None:
    site, _ = _merged(case(PROD, proof(call(FAILS))), case(TEST))
    assert site.start.verdict is Verdict.FAIL


def test_exec_that_is_off_under_some_assignments_does_not_fail_under_all() -> None:
    failing = proof(call(FAILS, stage="exec"), exec_enabled=Ternary.YES)
    site, _ = _merged(case(PROD, failing), case(TEST, proof()))
    assert site.exec.verdict is Verdict.UNKNOWN
    passing = proof(call(PASSES, stage="exec"), exec_enabled=Ternary.YES)
    assert _merged(case(PROD, passing), case(TEST, proof()))[0].exec.verdict is Verdict.PASS


def test_only_the_conditions_that_matter_are_named() -> None:
    assignments = _assignments("A", "B", "C")
    failing = [item for item in assignments if dict(item)["B"]]
    assert when(failing, assignments) == (("B", True),)
    assert when(assignments, assignments) == ()
    both = [item for item in assignments if dict(item)["A"] and not dict(item)["C"]]
    assert when(both, assignments) == (("A", True), ("C", False))


def test_infeasible_assignments_are_no_counterexample() -> None:
    feasible: list[Assignment] = [(("A", True), ("B", False)), (("A", False), ("B", True))]
    assert when(feasible[:1], feasible) in ((("A", True),), (("B", False),))


def test_a_finding_stands_if_no_assignment_is_free_of_it() -> None:
    cases = [case(PROD, proof(), findings=[finding()]), case(TEST, proof(), findings=[finding()])]
    assert merge_findings(cases) == [finding()]


def test_a_finding_of_some_assignments_is_unknown_and_names_them() -> None:
    (merged,) = merge_findings([case(PROD, proof(), findings=[finding()]), case(TEST, proof())])
    assert (merged.verdict, merged.assignment) == (Verdict.UNKNOWN, PROD)


def test_a_finding_is_judged_where_its_resource_and_launch_sites_exist() -> None:
    with_it = case(PROD, proof(), findings=[finding()])
    (merged,) = merge_findings([with_it, case(TEST, proof(), absent=["Vpc"])])
    assert merged.verdict is Verdict.FAIL
    (merged,) = merge_findings([with_it, case(TEST)])
    assert merged.verdict is Verdict.FAIL


def test_a_finding_of_several_launch_sites_names_them_all() -> None:
    other = Where("Web", "Other")
    cases = [
        case(PROD, proof(), findings=[finding()]),
        case(TEST, proof(), proof(where=other), findings=[finding(sites=(SERVICE, other))]),
    ]
    (merged,) = merge_findings(cases)
    assert (merged.verdict, merged.launch_sites) == (Verdict.FAIL, (SERVICE, other))


def test_two_findings_of_a_rule_on_one_resource_stay_two_and_the_same_twice_is_one() -> None:
    cases = [case((), proof(), findings=[finding("a"), finding("b"), finding("a")])]
    assert [item.message for item in merge_findings(cases)] == ["a", "b"]


def test_a_fault_that_every_assignment_words_otherwise_is_one_failure() -> None:
    cases = [case(PROD, proof(), findings=[finding("a")]), case(TEST, proof(), findings=[finding("b")])]
    assert [(item.message, item.verdict, item.assignment) for item in merge_findings(cases)] == [
        ("a", Verdict.FAIL, ())
    ]


def test_what_a_rule_leaves_open_stays_open() -> None:
    (merged,) = merge_findings([case((), proof(), findings=[finding(verdict=Verdict.UNKNOWN)])])
    assert (merged.verdict, merged.assignment) == (Verdict.UNKNOWN, ())


def test_of_what_is_open_in_one_call_the_first_of_each_kind_is_asked() -> None:
    follows = link(Verdict.UNKNOWN, "There is no endpoint, as far as is known.")
    site, questions = _merged(case((), proof(call(OPEN, follows))))
    assert [question.message for question in questions] == ["The route is not known."]
    assert site.start.reasons == ("The route is not known.",)
