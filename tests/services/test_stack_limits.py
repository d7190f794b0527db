"""What a stack of too many services says at synth."""

import re
from itertools import combinations

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.messages import counting
from constructs_ecs.services.stack_limits import count_in, most_services
from tests.scene import Scene, scene
from tests.support import app

SIZE = 8
"""The resources of a service here."""
LIMIT = "@aws-cdk/core:stackResourceLimit"


class Place:
    """An app with a platform, and any number of stacks for services."""

    def __init__(self) -> None:
        self.app = app()
        self._platform = scene(scope=cdk.Stack(self.app, "Platform"))

    def stack(self, name: str, limit: object) -> cdk.Stack:
        """A stack that takes so many resources."""
        stack = cdk.Stack(self.app, name)
        stack.node.set_context(LIMIT, limit)
        return stack

    def services(self, scope: Construct, count: int, first: int = 0) -> list[Construct]:
        """Services in a stack, or in whatever is in one."""
        image, cluster, network = self._platform.image, self._platform.cluster, self._platform.network
        within = Scene(stack=scope, network=network, cluster=cluster, image=image)  # type: ignore[arg-type]
        return [within.fargate(f"Service{first + number}") for number in range(count)]

    def said(self) -> dict[str, str]:
        """Synthesize, and return what is wrong with each stack."""
        with pytest.raises(RuntimeError) as caught:
            self.app.synth(force=True)
        return dict(re.findall(r"^ +\[(.*?)\] (.*)$", str(caught.value), re.MULTILINE))


def _topics(scope: Construct, count: int) -> None:
    for number in range(count):
        sns.CfnTopic(scope, f"Topic{number}")


def _silent_policy(scope: Construct) -> None:
    """A resource that the CDK leaves out of the template."""
    role = iam.Role.from_role_name(scope, "Role", "someone")
    iam.Policy(scope, "Policy", roles=[role])


@jsii.implements(cdk.IAspect)
class _LateTopic:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.Stack) and node.node.try_find_child("Late") is None:
            sns.CfnTopic(node, "Late")


@pytest.fixture(scope="module")
def too_large() -> dict[str, str]:
    """What is said of stacks that are too large, each in its own way."""
    place = Place()
    place.services(place.stack("ByOne", 3 * SIZE - 1), 3)
    place.services(text := place.stack("ByText", "12 or so"), 2)
    _silent_policy(text)
    _topics(beside := place.stack("Beside", 7 + 2 * SIZE), 7)
    place.services(beside, 3)
    _topics(no_room := place.stack("NoRoom", 20), 19)
    place.services(no_room, 1)
    _topics(no_nested := place.stack("NoNested", 20), 20)
    place.services(no_nested, 1)
    (service,) = place.services(place.stack("OfOne", 20), 1)
    _topics(service, 20)
    cdk.Aspects.of(late := place.stack("Late", SIZE)).add(_LateTopic())
    place.services(late, 1)
    place.services(cdk.NestedStack(place.stack("Outer", SIZE), "Inner"), 2)
    inner = cdk.Stack(outer := place.stack("Around", SIZE), "Apart")
    place.services(outer, 2)
    place.services(inner, 1)
    return place.said()


@pytest.fixture(scope="module")
def fitting() -> dict[str, int]:
    """How many resources stacks have that are not too large."""
    place = Place()
    place.services(place.stack("Full", 2 * SIZE), 2)
    place.services(place.stack("Unlimited", 0), 1)
    place.services(place.stack("Negative", -1), 1)
    place.services(place.stack("NoNumber", "many"), 1)
    _silent_policy(silent := place.stack("Silent", SIZE))
    place.services(silent, 1)
    # As the first of the stacks that are too large is told, in both ways.
    place.services(divided := place.stack("Divided", 3 * SIZE - 1), 2)
    place.services(cdk.NestedStack(divided, "Others"), 1)
    place.services(cdk.Stack(place.app, "Apart"), 1)
    return {stack.id: len(stack.template["Resources"]) for stack in place.app.synth().stacks}


def test_a_stack_with_one_resource_too_many_says_how_to_divide_its_services(too_large: dict[str, str]) -> None:
    assert too_large["ByOne"] == (
        "ECS052: A stack holds at most 23 resources; ByOne has 24, of which 24 are of 3 services. Make at most 2 of "
        "these services in one stack, and the others in other stacks (cdk.Stack or cdk.NestedStack), with the same "
        "cluster. A service that moves is replaced."
    )


def test_a_stack_that_is_full_passes(fitting: dict[str, int]) -> None:
    assert fitting["Full"] == 2 * SIZE


def test_services_that_are_divided_as_was_said_pass_nested_or_not(fitting: dict[str, int]) -> None:
    assert (fitting["Divided"], fitting["Apart"]) == (2 * SIZE + 1, SIZE)


def test_what_is_no_service_s_leaves_the_services_less_room_and_so_does_a_nested_stack_for_the_others(
    too_large: dict[str, str],
) -> None:
    assert "Beside has 31, of which 24 are of 3 services. Make at most 1 of these" in too_large["Beside"]


def test_where_no_service_has_room_all_of_them_go_elsewhere(too_large: dict[str, str]) -> None:
    assert (
        "NoRoom has 27, of which 8 are of 1 service. Make these services in other stacks (cdk.Stack or "
        "cdk.NestedStack), with the same cluster, at most 1 in one."
    ) in too_large["NoRoom"]


def test_where_a_nested_stack_has_no_room_either_it_is_not_recommended(too_large: dict[str, str]) -> None:
    assert "Make these services in other stacks (cdk.Stack), with the same cluster" in too_large["NoNested"]


def test_of_what_is_too_much_without_services_the_cdk_says_what_it_is() -> None:
    place = Place()
    _topics(stack := place.stack("Stack", 20), 21)
    place.services(stack, 1)
    with pytest.raises(RuntimeError, match=r"greater than allowed maximum of 20: .*AWS::SNS::Topic \(21\)"):
        place.app.synth()


def test_a_service_that_was_removed_counts_no_more() -> None:
    place = Place()
    place.services(stack := place.stack("Stack", 2 * SIZE - 1), 1)
    stack.node.try_remove_child("Service0")
    place.services(stack, 2)
    assert "Stack has 16, of which 16 are of 2 services. Make at most 1 of" in place.said()["Stack"]


def test_without_services_that_are_left_the_cdk_says_what_is_too_much() -> None:
    place = Place()
    place.services(stack := place.stack("Stack", SIZE), 1)
    stack.node.try_remove_child("Service0")
    _topics(stack, SIZE + 1)
    with pytest.raises(RuntimeError, match="greater than allowed maximum of 8"):
        place.app.synth()


def test_a_service_that_is_too_large_alone_is_not_to_be_moved(too_large: dict[str, str]) -> None:
    assert too_large["OfOne"].endswith("Make less in OfOne/Service0, which has 28 alone.")


def test_what_an_aspect_adds_at_synth_counts(too_large: dict[str, str]) -> None:
    assert "Late has 9, of which 8 are of 1 service." in too_large["Late"]


def test_a_nested_stack_is_counted_by_itself(too_large: dict[str, str]) -> None:
    assert "Outer/Inner has 16" in too_large["Outer/Inner"]
    assert "Outer" not in too_large


def test_a_stack_in_a_stack_is_counted_by_itself(too_large: dict[str, str]) -> None:
    assert "Around has 16" in too_large["Around"]
    assert "Around/Apart" not in too_large


def test_a_policy_that_says_nothing_does_not_count(fitting: dict[str, int], too_large: dict[str, str]) -> None:
    assert fitting["Silent"] == SIZE
    assert "ByText has 16" in too_large["ByText"]


def test_the_limit_is_what_the_cdk_takes_it_for(fitting: dict[str, int], too_large: dict[str, str]) -> None:
    assert [fitting[name] for name in ("Unlimited", "Negative", "NoNumber")] == [SIZE] * 3
    assert "A stack holds at most 12 resources" in too_large["ByText"]


def test_stacks_of_one_name_in_two_apps_are_counted_apart() -> None:
    one, other = Place(), Place()
    one.services(one.stack("Same", 2 * SIZE - 1), 1)
    other.services(other.stack("Same", 2 * SIZE - 1), 2)
    one.app.synth()
    assert "Same has 16" in other.said()["Same"]


def test_a_stack_takes_62_services_and_no_63rd() -> None:
    place = Place()
    stack = cdk.Stack(place.app, "Services")
    place.services(stack, 62)
    assembly = place.app.synth()
    assert len(assembly.get_stack_by_name("Services").template["Resources"]) == 62 * SIZE
    place.services(stack, 1, first=62)
    assert "has 504, of which 504 are of 63 services. Make at most 62 of these" in place.said()["Services"]


def test_a_further_service_of_a_stack_costs_no_message() -> None:
    place = Place()
    stack = cdk.Stack(place.app, "Services")
    (service,) = place.services(stack, 1)
    with counting() as sent:
        count_in(service)
    assert sent.messages == 0


@given(st.lists(st.integers(min_value=1, max_value=20), max_size=6), st.integers(min_value=-5, max_value=80))
def test_any_so_many_services_fit_and_of_one_more_some_do_not(sizes: list[int], room: int) -> None:
    most = most_services(sizes, room=room)
    assert all(sum(chosen) <= room for chosen in combinations(sizes, most) if chosen)
    assert any(sum(chosen) > room for chosen in combinations(sizes, most + 1)) or most == len(sizes)
