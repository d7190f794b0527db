import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.topology import Assumptions


@pytest.mark.parametrize(
    ("settings", "assumptions"),
    [
        ([], Assumptions()),
        (["egress=nat"], Assumptions(egress="nat")),
        (["egress=none"], Assumptions(egress="none")),
        (["vpc=private-dns"], Assumptions(regular_vpcs=True)),
        (
            ["vpc=endpoints:logs, ecr.api", "egress=none"],
            Assumptions("none", regular_vpcs=True, endpoints=frozenset({Endpoint.LOGS, Endpoint.ECR_API})),
        ),
        (["vpc=endpoints:none"], Assumptions(regular_vpcs=True, endpoints=frozenset())),
        (["vpc=endpoints:all"], Assumptions(regular_vpcs=True, endpoints=frozenset(Endpoint))),
        (["vpc=endpoints:s3", "vpc=private-dns"], Assumptions(regular_vpcs=True, endpoints=frozenset({Endpoint.S3}))),
    ],
)
def test_assumptions_are_read_from_the_command_line(settings: list[str], assumptions: Assumptions) -> None:
    assert Assumptions.parse(settings) == assumptions


@pytest.mark.parametrize(
    "setting", ["", "egress", "egress=", "egress=yes", "vpc=", "vpc=yes", "vpc=endpoints:", "vpc=endpoints:s4", "x=y"]
)
def test_what_is_no_assumption_is_refused_with_what_there_is(setting: str) -> None:
    with pytest.raises(InvalidValueError) as error:
        Assumptions.parse([setting])
    assert error.value.code is Code.SETTING


@given(st.lists(st.text() | st.builds("vpc=endpoints:{}".format, st.text())))
def test_any_text_gives_assumptions_or_our_error(settings: list[str]) -> None:
    try:
        assert isinstance(Assumptions.parse(settings), Assumptions)
    except InvalidValueError as error:
        assert error.code is Code.SETTING
