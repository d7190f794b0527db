import pytest

from constructs_ecs.preflight.iam.combining import bounded, combined, verdicts
from constructs_ecs.preflight.iam.evaluator import Decision
from constructs_ecs.preflight.values import Ternary

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN


def says(allowed: Ternary, denied: Ternary = NO, *reasons: str) -> Decision:
    return Decision(allowed=allowed, denied=denied, reasons=reasons)


@pytest.mark.parametrize(
    ("identity", "resource", "direct", "same_account", "required", "expected"),
    [
        (YES, NO, NO, YES, False, YES),  # in one account the role's policies are enough
        (NO, YES, YES, YES, False, YES),  # and so is a resource's policy that names the role
        (NO, YES, NO, YES, False, NO),  # but not one that names the account only
        (YES, NO, NO, NO, False, NO),  # across accounts both have to allow
        (NO, YES, YES, NO, False, NO),
        (YES, YES, NO, NO, False, YES),
        (YES, NO, NO, YES, True, NO),  # a key's policy always has a say
        (YES, YES, NO, YES, True, YES),  # and may leave the rest to the role's policies
        (NO, YES, NO, YES, True, NO),
        (NO, YES, YES, YES, True, YES),
        (YES, UNKNOWN, NO, YES, True, UNKNOWN),
        (YES, NO, NO, UNKNOWN, False, UNKNOWN),
        (YES, YES, NO, UNKNOWN, False, YES),
    ],
)
def test_two_sides_add_up(
    identity: Ternary, resource: Ternary, direct: Ternary, same_account: Ternary, *, required: bool, expected: Ternary
) -> None:
    assert (
        combined(identity=identity, resource=resource, direct=direct, same_account=same_account, required=required)
        is expected
    )


def test_a_side_fails_only_where_the_whole_does() -> None:
    for own in Ternary:
        for own_denied in Ternary:
            for its in Ternary:
                for its_denied in Ternary:
                    for same in Ternary:
                        for direct in {NO, its}:
                            for required in (False, True):
                                found = verdicts(
                                    says(own, own_denied),
                                    says(its, its_denied),
                                    direct,
                                    same_account=same,
                                    required=required,
                                )
                                parts = {found.identity, found.resource} - {None}
                                worst = NO if NO in parts else UNKNOWN if UNKNOWN in parts else YES
                                assert worst is found.total


def test_a_boundary_limits_and_does_not_give() -> None:
    assert bounded(says(YES), None).answer is YES
    assert bounded(says(YES), says(YES)).answer is YES
    assert bounded(says(YES), says(NO)).answer is NO
    assert bounded(says(NO), says(YES)).answer is NO
    assert bounded(says(YES), says(YES, YES)).denied is YES
    assert bounded(says(YES), says(UNKNOWN, NO, "x")).reasons == ("x",)
