import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.templates.conditions import MAX_ASSIGNMENTS
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.templates.reader import template
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown
from tests.preflight.support import as_data, every_graph, graph, resource


def created(within: Graph) -> set[str]:
    return {found.logical_id for found in within.resources() if found.presence is Ternary.YES}


def on(parameters: str, conditions: str, *, properties: str = "{}") -> str:
    """A template in which each condition has a resource, named after it."""
    names = [line.split(":")[0].strip() for line in conditions.splitlines() if line.strip()]
    resources = "\n".join(f"  {name}: {{Type: T, Condition: {name}, Properties: {properties}}}" for name in names)
    resources = f"  All: {{Type: T, Properties: {properties}}}\n{resources}"
    return f"Parameters: {parameters}\nConditions:\n{conditions}\nResources:\n{resources}"


ENV = "{Env: {Type: String, Default: dev, AllowedValues: [dev, stage, prod]}}"
IS_PROD = "  IsProd: !Equals [!Ref Env, prod]"


def test_a_condition_on_a_parameter_takes_both_values_the_default_first() -> None:
    default, other = every_graph(on(ENV, IS_PROD, properties="{Env: !Ref Env}"))

    assert default.assignment == (("Template#IsProd", False),)
    assert created(default) == {"All"}
    assert resource(default, "All").get("Env") == "dev"
    assert other.assignment == (("Template#IsProd", True),)
    assert created(other) == {"All", "IsProd"}
    assert resource(other, "All").get("Env") == "prod"


def test_one_parameter_never_equals_two_texts() -> None:
    conditions = (
        f"{IS_PROD}\n  IsStage: !Equals [stage, !Ref Env]\n  Both: !And [!Condition IsProd, !Condition IsStage]"
    )

    found = [created(within) - {"All"} for within in every_graph(on(ENV, conditions))]

    assert sorted(map(sorted, found)) == [[], ["IsProd"], ["IsStage"]]


def test_allowed_values_that_are_all_compared_leave_no_other() -> None:
    conditions = "\n".join(f"  Is{value}: !Equals [!Ref Env, {value}]" for value in ("dev", "stage", "prod"))

    assert [created(within) - {"All"} for within in every_graph(on(ENV, conditions))] == [
        {"Isdev"},
        {"Isstage"},
        {"Isprod"},
    ]


def test_the_one_value_that_is_left_is_the_parameters_value() -> None:
    parameters = "{On: {Type: String, AllowedValues: ['yes', 'no']}}"

    off = every_graph(on(parameters, "  IsOn: !Equals [!Ref On, 'yes']", properties="{On: !Ref On}"))[0]

    assert resource(off, "All").get("On") == "no"


def test_a_parameter_that_may_have_several_values_is_unknown() -> None:
    conditions = "  IsBig: !Or [!Equals [!Ref Env, prod], !Equals [!Ref Env, stage]]"

    big = every_graph(on(ENV, conditions, properties="{Env: !Ref Env}"))[1]

    found = resource(big, "IsBig").get("Env")
    assert isinstance(found, Unknown)
    assert found.identity == Symbol("Template", "Env", "Ref")


@pytest.mark.parametrize("default", ["", ", Default: ''", ", Default: x"])
def test_a_text_that_may_be_empty_is_tried_as_both(default: str) -> None:
    parameters = f"{{P: {{Type: String{default}}}}}"
    template = on(
        parameters, "  HasP: !Not [!Equals [!Ref P, '']]", properties="{P: !If [HasP, !Ref P, !Ref AWS::NoValue]}"
    )

    found = {"HasP" in created(within): resource(within, "All").get("P") for within in every_graph(template)}

    assert found[False] is None
    assert found[True] == "x" if default.endswith("x") else isinstance(found[True], Unknown)


def test_an_assumed_parameter_has_no_other_value() -> None:
    for name in ("Env", "Template#Env"):
        (only,) = every_graph(on(ENV, IS_PROD, properties="{Env: !Ref Env}"), assume={name: "prod"})

        assert only.assignment == ()
        assert created(only) == {"All", "IsProd"}
        assert resource(only, "All").get("Env") == "prod"


def test_the_region_is_tried_where_the_stack_does_not_fix_it() -> None:
    template = on("{}", "  Us: !Equals [!Ref AWS::Region, us-east-1]", properties="{R: !Ref AWS::Region}")

    elsewhere, here = every_graph(template)

    assert created(elsewhere) == {"All"}
    assert resource(elsewhere, "All").get("R") == Symbol("AWS", "", "Region")
    assert resource(here, "Us").get("R") == "us-east-1"
    assert here.environment("Template").region == "us-east-1"
    fixed = graph(template, region="eu-west-1")
    assert (created(fixed), fixed.assignment) == ({"All"}, ())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Equals [a, a]", {True}),
        ("!Equals [a, b]", {False}),
        ("!Equals [true, 'true']", {True}),
        ("!Equals [1, '1']", {True}),
        ("!Equals [!Ref P, !Ref P]", {True}),
        ("!Equals [!Ref P, !Ref Q]", {True, False}),
        ("!Equals [!Sub '${P}-x', a-x]", {True, False}),
        ("!Equals [!Join ['', !Ref L], '']", {True, False}),
        ("!Equals [!FindInMap [M, a, b], c]", {True}),
        ("!And [!Equals [!Ref P, a], !Not [!Equals [!Ref P, a]]]", {False}),
        ("!Or [!Equals [!Ref P, a], !Not [!Equals [!Ref P, a]]]", {True}),
    ],
)  # fmt: skip
def test_a_condition_is_what_cloudformation_makes_of_it(condition: str, expected: set[bool]) -> None:
    body = f"""
        Parameters: {{P: {{Type: String}}, Q: {{Type: String}}, L: {{Type: CommaDelimitedList}}}}
        Mappings: {{M: {{a: {{b: c}}}}}}
        Conditions: {{C: {condition}}}
        Resources: {{C: {{Type: T, Condition: C}}}}
        """

    assert {created(within) == {"C"} for within in every_graph(body)} == expected


@pytest.mark.parametrize(
    "condition",
    [
        "text",
        "[]",
        "{}",
        "!Equals [a]",
        "!Equals [[a], [b]]",
        "!Equals [!Select [9, [a]], b]",
        "!Not [a, b]",
        "!Not [!Condition C]",
        "!And [!Condition D]",
        "!Condition C",
        "!Condition Nothing",
        "!Nothing [a]",
    ],
)
def test_a_condition_that_is_none_stays_open_and_so_does_what_depends_on_it(condition: str) -> None:
    within = graph(f"""
        Conditions: {{C: {condition}, D: !Condition C}}
        Resources:
          It: {{Type: T, Condition: C, Properties: {{P: 1}}}}
          Other: {{Type: T, Properties: {{Same: !If [C, 1, 1], Differs: !If [C, 1, 2], Of: !Ref It}}}}
        """)

    assert resource(within, "It").presence is Ternary.UNKNOWN
    assert isinstance(resource(within, "It").get("P"), Unknown)
    assert isinstance(resource(within, "It").get("Absent", default=1), Unknown)
    assert resource(within, "Other").get("Same") == 1
    assert isinstance(resource(within, "Other").get("Differs"), Unknown)
    assert [note for note in within.unknowns if "Template#C " in note]


def test_conditions_that_no_task_depends_on_are_not_gone_through() -> None:
    body = """
        Parameters: {P: {Type: String}}
        Conditions:
          Metadata: !Equals [!Ref AWS::Region, us-east-1]
          Unused: !Equals [!Ref P, a]
          Printed: !Equals [!Ref P, b]
        Resources: {M: {Type: AWS::CDK::Metadata, Condition: Metadata}}
        Outputs: {O: {Value: !If [Printed, a, b], Condition: Printed}}
        """

    assert len(every_graph(body)) == 1


def test_conditions_of_exports_are_gone_through() -> None:
    exporting = """
        Parameters: {P: {Type: String, Default: a}}
        Conditions: {Is: !Equals [!Ref P, a]}
        Resources: {}
        Outputs: {O: {Condition: Is, Value: x, Export: {Name: e}}}
        """
    importing = {"A": {"Type": "T", "Properties": {"P": {"Fn::ImportValue": "e"}}}}

    there, gone = every_graph(exporting, importing)

    assert resource(there, "A", "Template2").get("P") == "x"
    assert isinstance(resource(gone, "A", "Template2").get("P"), Unknown)


def test_a_nested_stacks_parameter_is_decided_with_its_parents() -> None:
    parent = f"""
        Parameters: {ENV}
        Conditions: {{Big: !Equals [!Ref Env, prod]}}
        Resources:
          Child: {{Type: AWS::CloudFormation::Stack, Properties: {{Parameters: {{Stage: !Ref Env}}}}}}
          Here: {{Type: T, Condition: Big}}
        """
    child = """
        Parameters: {Stage: {Type: String}}
        Conditions: {Big: !Equals [!Ref Stage, prod]}
        Resources: {There: {Type: T, Condition: Big}}
        """
    nested = template(as_data(child), "Nested", parent=("Template", "Child"))

    assert [created(within) for within in every_graph(parent, nested)] == [{"Child"}, {"Child", "Here", "There"}]


def flags(count: int) -> str:
    numbers = range(count)
    parameters = "".join(
        f"P{place}: {{Type: String, Default: 'no', AllowedValues: ['yes', 'no']}}, " for place in numbers
    )
    conditions = "\n".join(f"  C{place}: !Equals [!Ref P{place}, 'yes']" for place in numbers)
    return on(f"{{{parameters}}}", conditions)


def test_assignments_are_gone_through_up_to_the_bound() -> None:
    found = every_graph(flags(6))

    assert len(found) == MAX_ASSIGNMENTS == len({within.assignment for within in found})
    assert all(within.unknowns == () for within in found)


def test_conditions_beyond_the_bound_stay_open() -> None:
    found = every_graph(flags(9))

    assert len(found) <= MAX_ASSIGNMENTS
    for within in found:
        presences = {one.logical_id: one.presence for one in within.resources()}
        assert presences["C8"] is Ternary.UNKNOWN
        assert any("Template#C8" in note for note in within.unknowns)


def test_a_thousand_conditions_are_gone_through_soon() -> None:
    chain = "\n".join(f"  X{place}: !Not [!Condition X{place + 1}]" for place in range(1_000))
    started = time.process_time()

    for body in (flags(1_000), on("{P: {Type: String}}", f"{chain}\n  X1000: !Equals [!Ref P, a]")):
        assert 0 < len(every_graph(body)) <= MAX_ASSIGNMENTS
    assert time.process_time() - started < 10


LITERALS = st.sampled_from(["a", "b", "c"])
ATOMS = st.builds(lambda name, value: {"Fn::Equals": [{"Ref": name}, value]}, st.sampled_from(["P", "Q"]), LITERALS)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda part: {"Fn::Not": [part]}, inner),
        st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["Fn::And", "Fn::Or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=6,
)


def holds(formula: dict[str, Any], values: dict[str, str]) -> bool:
    ((function, parts),) = formula.items()
    if function == "Fn::Equals":
        return bool(values[parts[0]["Ref"]] == parts[1])
    answers = [holds(part, values) for part in parts]
    if function == "Fn::Not":
        return not answers[0]
    return all(answers) if function == "Fn::And" else any(answers)


@given(formulas=st.lists(FORMULAS, min_size=1, max_size=3), allowed=st.lists(LITERALS, max_size=3))
def test_the_assignments_are_exactly_those_that_some_parameters_give(formulas: list[Any], allowed: list[str]) -> None:
    declared: dict[str, Any] = {"Type": "String", **({"AllowedValues": allowed} if allowed else {})}
    body = {
        "Parameters": {"P": declared, "Q": {"Type": "String"}},
        "Conditions": {f"C{place}": formula for place, formula in enumerate(formulas)},
        "Resources": {f"C{place}": {"Type": "T", "Condition": f"C{place}"} for place in range(len(formulas))},
    }
    cases = [{"P": one, "Q": other} for one in (allowed or ["a", "b", "c", "d"]) for other in ("a", "b", "c", "d")]

    expected = {tuple(holds(formula, case) for formula in formulas) for case in cases}
    found = [tuple(f"C{place}" in created(within) for place in range(len(formulas))) for within in every_graph(body)]

    assert len(found) == len(set(found))
    assert set(found) == expected
