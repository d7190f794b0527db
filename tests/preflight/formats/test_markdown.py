import re

from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.formats import Format, render
from tests.preflight.formats import given as reports


def _rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_tables_hold_verdicts_findings_and_what_is_open() -> None:
    text = render(reports.report(), Format.MARKDOWN)
    assert text.startswith("### ECS preflight: FAIL\n")
    rows = _rows(text)
    assert rows[0] == "| Launch site | Kind | Capacity | Start | Exec |"
    assert rows[2] == "| Web/Service/Resource | service | Fargate | FAIL | OFF |"
    assert "| FAIL | N07 | Network/Vpc (Vpc1), cdk.out/Network.template.json:3 | The VPC has no endpoint " in text
    assert "Where the transit gateway leads is not known." in text


def test_evidence_is_folded_in_when_asked_for() -> None:
    assert "<details>" not in render(reports.report(), Format.MARKDOWN)
    text = render(reports.report(), Format.MARKDOWN, verbose=True)
    assert text.count("<details><summary>") == 2
    assert "| endpoint | FAIL | No endpoint for logs is in the VPC. |" in text


@given(st.text(st.sampled_from("|`*_[]<>!(\\)#@a\n\r\u2028 &~"), max_size=20))
def test_no_text_of_a_template_breaks_a_table_or_becomes_markup(text: str) -> None:
    plain, odd = (_rows(render(reports.hostile(given_), Format.MARKDOWN, verbose=True)) for given_ in ("a", text))
    unescaped = re.compile(r"(?<!\\)(?:\\\\)*\|")
    assert [len(unescaped.findall(row)) for row in odd] == [len(unescaped.findall(row)) for row in plain]
    assert not any(re.search(r"(?<!\\)(?:\\\\)*[<`*@\[]", row) for row in odd)
