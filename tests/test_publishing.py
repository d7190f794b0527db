"""What is published, and how it is read, whatever it is of."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.publishing import Publication, PublishedValues
from tests.sharing import folder, published, read, refused
from tests.support import app, of_type, stack, template


def publication(scope: Construct, path: str = "/platform/thing", *, construct_id: str = "Thing") -> Publication:
    thing = Construct(scope, construct_id)
    wait = cdk.CfnResource(thing, "Wait", type="AWS::CloudFormation::WaitConditionHandle")
    made = Publication(thing, path=path, after=DependencyGroup(wait))
    made.add("thing-id", wait.ref)
    made.add("size", "3")
    return made


@pytest.fixture(scope="module")
def writer() -> dict[str, Any]:
    scope = stack()
    publication(scope)
    return template(scope)


def test_a_value_is_a_plain_parameter_of_the_standard_tier(writer: dict[str, Any]) -> None:
    parameters = [each["Properties"] for each in of_type(writer, "AWS::SSM::Parameter").values()]
    assert {(each["Type"], each["Tier"]) for each in parameters} == {("String", "Standard")}
    assert {"schema-version", "thing-id", "size"} == {each["Name"].rpartition("/")[2] for each in parameters}


def test_nothing_can_be_read_before_it_is_there(writer: dict[str, Any]) -> None:
    parameters = of_type(writer, "AWS::SSM::Parameter")
    (thing,) = of_type(writer, "AWS::CloudFormation::WaitConditionHandle")
    (first,) = (name for name, each in parameters.items() if each["Properties"]["Name"].endswith("/schema-version"))
    assert parameters[first]["DependsOn"] == [thing]
    assert all(each["DependsOn"] == [first] for name, each in parameters.items() if name != first)


def test_what_is_published_can_be_looked_at() -> None:
    made = publication(stack())
    assert list(made.parameters) == ["schema-version", "thing-id", "size"]
    assert made.path == "/platform/thing"


def test_a_path_is_published_to_once_in_a_stack() -> None:
    scope = stack()
    publication(scope)
    with pytest.raises(ConflictError, match="taken already in the stack of Test/Other") as raised:
        publication(scope, construct_id="Other")
    assert raised.value.code is Code.PUBLISH_PATH


def test_a_path_is_taken_in_the_nested_stacks_too() -> None:
    scope = stack()
    publication(scope)
    with pytest.raises(ConflictError):
        publication(cdk.NestedStack(scope, "Nested"))


def test_paths_that_the_cdk_would_spell_alike_are_published_and_read_apart() -> None:
    paths = ("/a/b", "/a--b", "/a-/b", "/a/-b", "/a---b")
    writer = stack()
    thing = Construct(writer, "Thing")
    for path in paths:
        Publication(thing, path=path, after=DependencyGroup()).add("name", f"of {path}")
    stored = published(template(writer))
    assert [stored[f"{path}/name"] for path in paths] == [f"of {path}" for path in paths]

    scope = stack()
    for number, path in enumerate(paths):
        values = PublishedValues(Construct(scope, f"Reader{number}"), path)
        cdk.CfnOutput(scope, f"Name{number}", value=values.value("name"))
    found = template(scope)
    names = [found["Parameters"][found["Outputs"][f"Name{number}"]["Value"]["Ref"]] for number in range(len(paths))]
    assert [each["Default"] for each in names] == [f"{path}/name" for path in paths]
    assert refused(found, stored) == []


def test_readers_that_the_cdk_would_spell_alike_have_rules_of_their_own() -> None:
    scope = stack()
    for reader in (Construct(Construct(scope, "A"), "B"), Construct(scope, "A/B")):
        PublishedValues(reader, "/platform/thing")
    rules = [name for name in template(scope)["Rules"] if name != "CheckBootstrapVersion"]
    assert len(rules) == 2


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("first", ["writer", "reader"])
def test_a_path_is_not_read_in_the_stack_that_publishes_it(first: str, *, nested: bool) -> None:
    scope = stack()
    inner = cdk.NestedStack(scope, "Nested") if nested else scope

    def attempt(who: str) -> None:
        if who == "writer":
            publication(scope)
        else:
            PublishedValues(Construct(inner, "Reader"), "/platform/thing")

    PublishedValues(Construct(scope, "OfAnother"), "/platform/thing2")
    attempt(first)
    with pytest.raises(ConflictError, match="/platform/thing is published and read in the stack of Test/") as raised:
        attempt("reader" if first == "writer" else "writer")
    assert raised.value.code is Code.PUBLISH_PATH


def test_one_thing_may_be_published_under_two_paths_and_two_stages_use_the_same() -> None:
    root = app()
    for stage in (cdk.Stage(root, "Test"), cdk.Stage(root, "Production")):
        scope = cdk.Stack(stage, "Platform")
        thing = Construct(scope, "Thing")
        for path in ("/old", "/new"):
            Publication(thing, path=path, after=DependencyGroup())
        assert set(published(template(scope))) == {"/old/schema-version", "/new/schema-version"}


def test_a_path_that_is_none_is_refused_on_both_sides() -> None:
    scope = stack()
    for attempt in (lambda: publication(scope, "thing"), lambda: PublishedValues(scope, cdk.Aws.STACK_NAME)):
        with pytest.raises(InvalidValueError) as raised:
            attempt()
        assert raised.value.code is Code.PUBLISH_PATH


@pytest.fixture(scope="module")
def reader() -> dict[str, Any]:
    scope = stack()
    for construct_id in ("One", "Two"):
        values = PublishedValues(Construct(scope, construct_id), "/platform/thing")
        cdk.CfnOutput(scope, f"{construct_id}Size", value=values.value("size"))
        values.refuse("size", ["1", "2"], "three or more are used")
        values.refuse("size", [], "nothing is refused")
    return template(scope)


def test_a_value_is_read_by_its_literal_name_once_for_all_readers(reader: dict[str, Any]) -> None:
    assert read(reader) == {"/platform/thing/schema-version", "/platform/thing/size"}


def test_each_reader_has_its_own_rules(reader: dict[str, Any]) -> None:
    rules = [rule for name, rule in reader["Rules"].items() if name != "CheckBootstrapVersion"]
    assert [len(rule["Assertions"]) for rule in rules] == [2, 2]


def test_what_is_published_can_be_deployed_with(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    assert refused(reader, published(writer)) == []


def test_a_missing_parameter_is_refused_by_name(reader: dict[str, Any]) -> None:
    assert refused(reader, {"/platform/thing/schema-version": "1"}) == ["/platform/thing/size"]


def test_another_version_of_the_schema_is_refused(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    of_tomorrow = {**published(writer), "/platform/thing/schema-version": "2"}
    why = refused(reader, of_tomorrow)
    assert len(why) == 2
    assert why[0].startswith("/platform/thing/schema-version must be '1': ")


def test_a_value_that_will_not_do_is_refused_with_what_to_do(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    small = {**published(writer), "/platform/thing/size": "2"}
    assert set(refused(reader, small)) == {
        "/platform/thing/size must not be '1' or '2': three or more are used.",
    }


def test_a_nested_stack_is_given_what_the_outermost_one_reads_and_checks() -> None:
    scope = stack()
    inner = cdk.NestedStack(cdk.NestedStack(scope, "Outer"), "Inner")
    values = PublishedValues(Construct(inner, "Thing"), "/platform/thing")
    cdk.CfnResource(inner, "User", type="AWS::Test::User", properties={"Size": values.value("size")})
    outermost = template(scope)
    nested = json.loads((folder(scope) / inner.template_file).read_text())
    assert read(outermost) == {"/platform/thing/schema-version", "/platform/thing/size"}
    assert "Rules" not in nested
    assert {each["Type"] for each in nested["Parameters"].values()} == {"String"}
