"""Whatever stands in a property, there is a proof of it: a verdict, never an error."""

from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.templates.documents import parse
from tests.preflight.launches import FIXTURES, proofs

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 5)
    | st.sampled_from(["", "x", "*", "a:b:c", "arn:aws:ecs:::x", "{}", "[", "${Vpc}", "\U00100000"])
    | st.sampled_from([{"Ref": "Vpc"}, {"Ref": "Key"}, {"Ref": "Nothing"}, {"Fn::ImportValue": "x"}]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["Arn", "Name", "Ref", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@cache
def _body(name: str) -> dict[str, Any]:
    body: dict[str, Any] = parse((FIXTURES / f"{name}.yaml").read_text(), name).body
    return body


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON
    found = [path]
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += _paths(child, (*path, key))
    return found


@cache
def _places(name: str) -> list[tuple[str | int, ...]]:
    return [path for path in _paths(_body(name)["Resources"]) if len(path) > 1]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_in_any_property_gives_a_verdict(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["fargate", "ec2"]))
    body = deepcopy(_body(name))
    path = data.draw(st.sampled_from(_places(name)))
    place: Any = body["Resources"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = data.draw(ODD)
    assert all(isinstance(proof.verdict, Verdict) for proof in proofs(body))
