import pytest

from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.values import Symbol, Unknown
from tests.preflight.support import graph, value


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("{Type: String, Default: a}", "a"),
        ("{Type: String, Default: 1}", "1"),
        ("{Type: String, Default: true}", "true"),
        ("{Type: Number, Default: '80'}", 80),
        ("{Type: Number, Default: 1.5}", "1.5"),
        ("{Type: CommaDelimitedList, Default: 'a, b'}", ["a", "b"]),
        ("{Type: CommaDelimitedList, Default: ''}", []),
        ("{Type: 'List<Number>', Default: '1,2'}", ["1", "2"]),
        ("{Type: AWS::SSM::Parameter::Name, Default: /a}", "/a"),
    ],
)
def test_a_default_is_the_value_and_that_is_noted(declared: str, expected: object) -> None:
    within = graph(f"Parameters: {{P: {declared}}}\nResources: {{}}")

    assert not within.assumed
    assert within.value("Template", {"Ref": "P"}) == expected
    assert [note.startswith("parameter P of Template has its default") for note in within.assumed] == [True]


def test_a_secret_default_is_not_shown() -> None:
    within = graph("Parameters: {P: {Type: String, NoEcho: true, Default: hunter2}}\nResources: {}")
    within.value("Template", {"Ref": "P"})

    assert "hunter2" not in within.assumed[0]


@pytest.mark.parametrize(
    "declared",
    [
        "{Type: String}",
        "{Type: 'List<String>'}",
        "{}",
        "text",
        "{Type: String, Default: [a]}",
        "{Type: String, Default: {a: b}}",
    ],
)
def test_a_parameter_without_a_value_is_unknown_but_one_value(declared: str) -> None:
    found = value("!Ref P", beside={"Parameters": parse(f"P: {declared}", "p").body, "Resources": {}})

    assert isinstance(found, Unknown)
    assert found.identity == Symbol("Template", "P", "Ref")
    assert "parameter P of Template" in found.reason


def test_parameters_of_systems_manager_are_one_value_by_their_path() -> None:
    declared = "{Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/ecs/ami}"
    within = graph(f"Parameters: {{P: {declared}, Q: {declared}}}\nResources: {{}}")
    found = within.value("Template", [{"Ref": "P"}, {"Ref": "Q"}])

    assert isinstance(found[0], Unknown)
    assert found[0] == found[1]
    assert "/aws/service/ecs/ami" in found[0].reason
