"""What the preflight costs, in CPU time, which other work changes least. ``make bench`` prints it all."""

from functools import partial

from benchmarks.costs import HELP_SECONDS, SERVICES_SECONDS, least, of_cfn_lint, of_help, of_services

_TRIES = 3


def test_help_comes_at_once() -> None:
    assert least(of_help, tries=5) < HELP_SECONDS


def test_a_hundred_services_take_less_than_a_second_and_cost_what_twice_fifty_do() -> None:
    fifty, hundred = (least(partial(of_services, count), tries=_TRIES) for count in (50, 100))
    assert hundred < SERVICES_SECONDS
    # Twice as much, and a quarter for what a busy machine adds; a quadratic cost would be four times as much.
    assert hundred < 2.5 * fifty


def test_the_preflight_costs_less_than_cfn_lint_on_the_same_template() -> None:
    assert least(partial(of_services, 20), tries=_TRIES) < of_cfn_lint(20)
