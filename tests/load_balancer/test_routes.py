import pytest

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.load_balancer.routes import Routes

TOKEN = int(-1.8881545897087535e289)


def test_a_rule_for_some_requests_has_the_priority_that_it_was_given() -> None:
    routes = Routes()
    assert routes.claim(1, conditional=True, claimed_by="A") == 1
    assert routes.claim(49_999, conditional=True, claimed_by="B") == 49_999


def test_the_rule_for_all_other_requests_comes_last() -> None:
    assert Routes().claim(None, conditional=False, claimed_by="A") == 50_000


def test_a_priority_is_taken_once() -> None:
    routes = Routes()
    routes.claim(10, conditional=True, claimed_by="Shop/Web")
    with pytest.raises(ConflictError, match=r"10 is Shop/Web's, and was given for Shop/Api") as raised:
        routes.claim(10, conditional=True, claimed_by="Shop/Api")
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_one_rule_takes_what_no_other_does() -> None:
    routes = Routes()
    routes.claim(None, conditional=False, claimed_by="A")
    with pytest.raises(ConflictError) as raised:
        routes.claim(None, conditional=False, claimed_by="B")
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE
    with pytest.raises(ConflictError):
        routes.claim(50_000, conditional=True, claimed_by="B")


@pytest.mark.parametrize(
    ("priority", "conditional"), [(None, True), (5, False), (0, True), (50_001, True), ("1", True), (True, True)]
)
def test_a_priority_is_a_number_of_a_rule_for_some_requests(priority: int | None, conditional: bool) -> None:
    with pytest.raises(InvalidValueError) as raised:
        Routes().claim(priority, conditional=conditional, claimed_by="A")
    assert raised.value.code is Code.LOAD_BALANCER


def test_a_token_is_compared_with_nothing() -> None:
    routes = Routes()
    assert routes.claim(TOKEN, conditional=True, claimed_by="A") == TOKEN
    assert routes.claim(TOKEN, conditional=True, claimed_by="B") == TOKEN
