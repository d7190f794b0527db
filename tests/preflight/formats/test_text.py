from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.formats import Format, render
from tests.preflight.formats import given as reports


def _text(*, verbose: bool = False, colour: bool = False) -> str:
    return render(reports.report(), Format.TEXT, verbose=verbose, colour=colour)


def test_the_report_opens_with_a_sentence_and_a_table_by_launch_site() -> None:
    lines = _text().splitlines()
    assert lines[0] == "2 launch sites in 3 templates: 1 will not start, 1 not decided."
    assert lines[2].split("  ")[0] == "Launch site"
    assert lines[4].split() == ["Web/Service/Resource", "service", "Fargate", "FAIL", "OFF"]
    assert lines[5].split() == ["Jobs#Nightly.Targets[0]", "service", "Fargate", "UNKNOWN", "OFF"]


def test_a_finding_says_rule_resource_place_effect_symptom_fix_and_source() -> None:
    text = _text()
    assert "FAIL N07 Network/Vpc (Vpc1), cdk.out/Network.template.json:3\n  The VPC has no endpoint for logs.\n" in text
    assert "  Stops     Web/Service/Resource\n" in text
    assert "  On AWS    ResourceInitializationError: failed to validate logger args.\n" in text
    assert "  Fix       Add an interface endpoint for logs to the VPC Vpc1.\n" in text
    assert "  Source    ECS developer guide\n" in text
    assert "WARNING N23 " in text


def test_what_is_open_is_said_with_who_asks_and_how_to_settle_it() -> None:
    text = _text()
    assert "\nUNKNOWN\n  What the transform AWS::Serverless-2016-10-31 generates is not known.\n" in text
    assert "  Where the transit gateway leads is not known.\n  Asked by  Jobs#Nightly.Targets[0]\n" in text
    assert "  If Network#IsPrivate is true: N07: The VPC has no endpoint for logs.\n" in text
    assert "--assume egress=nat|none" in text


def test_evidence_is_shown_when_asked_for() -> None:
    assert "NO_ROUTE_TO_DESTINATION" not in _text()
    lines = _text(verbose=True).splitlines()
    at = lines.index("Web/Service/Resource")
    assert lines[at + 1].startswith("  FAIL     write logs for container app, by the execution role: logs:")
    link = "endpoint: No endpoint for logs is in the VPC. (Network#Vpc1) [NO_ROUTE_TO_DESTINATION]"
    assert f"    FAIL     {link}" in lines
    assert f"  Assumed   {reports.ASSUMED}" in lines
    assert "    PASS     identity policy: The execution role may write. (Web#Policy)" in lines


def test_colours_change_nothing_but_the_colour() -> None:
    assert "\033" not in _text(verbose=True)
    coloured = _text(verbose=True, colour=True)
    assert "\033[31mFAIL\033[0m" in coloured
    for code in (31, 32, 33, 2, 36, 0):
        coloured = coloured.replace(f"\033[{code}m", "")
    assert coloured == _text(verbose=True)


def test_a_clean_report_says_so() -> None:
    text = render(reports.clean(), Format.TEXT)
    assert text.startswith("1 launch site in 1 template: every call that a task must make can be made.\n")
    assert text.splitlines()[-1].split() == ["Web/Service/Resource", "service", "Fargate", "PASS", "PASS"]


@given(st.text(max_size=40))
def test_no_text_of_a_template_reaches_the_terminal_as_a_command(text: str) -> None:
    shown = render(reports.hostile(text), Format.TEXT, verbose=True)
    assert all(line.isprintable() for line in shown.split("\n"))
