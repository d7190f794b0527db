import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_ecs.preflight.templates.canonical import KINDS
from constructs_ecs.preflight.templates.graph import graphs
from constructs_ecs.preflight.templates.reader import Template, template
from constructs_ecs.preflight.values import Symbol, Unknown, is_known, is_stable, same, text
from tests.preflight.support import graph, resource, value

PARTITION, REGION, ACCOUNT, SUFFIX = (
    Symbol("AWS", "", name) for name in ("Partition", "Region", "AccountId", "URLSuffix")
)
ZONES = "AvailabilityZones(${AWS::Region})"


def of(logical_id: str, attribute: str = "Ref", within: str = "Template") -> Symbol:
    return Symbol(within, logical_id, attribute)


BUCKET = {
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
}
MAPPED = {
    "Parameters": {"Env": {"Type": "String"}},
    "Mappings": {"M": {"us-east-1": {"A": "x", "B": ["1", "2"]}, "eu-west-1": {"A": "x", "B": "z"}}},
    "Resources": {},
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref Bucket", of("Bucket")),
        ("!GetAtt Bucket.WebsiteURL", of("Bucket", "WebsiteURL")),
        ("!GetAtt [Bucket, WebsiteURL]", of("Bucket", "WebsiteURL")),
        ("{'Fn::GetAtt': Bucket.WebsiteURL}", of("Bucket", "WebsiteURL")),
        ("!Ref AWS::Region", REGION),
        ("!Sub 'a-${Bucket}-${AWS::Region}'", text("a-", of("Bucket"), "-", REGION)),
        ("!Sub '${Bucket.WebsiteURL}/${!Bucket}'", text(of("Bucket", "WebsiteURL"), "/${Bucket}")),
        ("!Sub ['${It}/${Bucket}', {It: !Ref Vpc}]", text(of("Vpc"), "/", of("Bucket"))),
        ("!Join ['', [a, b]]", "ab"),
        ("!Join [',', [a, !Ref Bucket, 80, true]]", text("a,", of("Bucket"), ",80,true")),
        ("!Join ['', [a, !Ref AWS::NoValue, b]]", "ab"),
        ("!Split ['/', 'a/b//c']", ["a", "b", "", "c"]),
        ("!Split ['/', !Sub 'x${Bucket}/y']", [text("x", of("Bucket")), "y"]),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', [a, b]]", "b"),
        ("!Select [5, !Split [':', !GetAtt Bucket.Arn]]", of("Bucket")),
        ("!Select [0, !GetAtt Bucket.List]", of("Bucket", "List[0]")),
        ("!Select [1, !GetAZs '']", Symbol("AWS", "", f"{ZONES}[1]")),
        ("!Select [1, !GetAZs {Ref: AWS::Region}]", Symbol("AWS", "", f"{ZONES}[1]")),
        ("!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ("!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, '2', '5']]", "10.0.0.32/27"),
        ("!Select [1, !Cidr ['fd00::/56', 2, 64]]", "fd00:0:0:1::/64"),
        ("!Base64 'echo'", "echo"),
        ("{'Fn::Base64': !Sub 'ECS_CLUSTER=${Bucket}'}", text("ECS_CLUSTER=", of("Bucket"))),
        ("{'Fn::Length': [a, b]}", 2),
        (
            "{'Fn::ToJsonString': {a: !Ref Bucket, b: [1, 'say \"x\"']}}",
            text('{"a":"', of("Bucket"), '","b":[1,"say \\"x\\""]}'),
        ),
        ("{a: !Ref AWS::NoValue, b: [!Ref AWS::NoValue, 1]}", {"b": [1]}),
        ("[1, 1.5, true, null, text]", [1, 1.5, True, None, "text"]),
    ],
)
def test_an_intrinsic_gives_what_cloudformation_gives(written: str, expected: object) -> None:
    found = value(written, beside=BUCKET)

    assert found == expected
    assert is_known(found)


@pytest.mark.parametrize(
    "written",
    [
        "!Ref Nothing",
        "!Ref [Bucket]",
        "!Ref AWS::Nothing",
        "!GetAtt Nothing.Arn",
        "!GetAtt Bucket",
        "!GetAtt [Bucket, !Ref Bucket]",
        "!GetAtt []",
        "!Sub {a: b}",
        "!Sub [a, b]",
        "!Sub [a, {}, {}]",
        "!Sub '${Nothing}'",
        "!Sub '${AWS::NoValue}'",
        "!Join [a]",
        "!Join [[], []]",
        "!Join ['', {a: b}]",
        "!Join [!Ref AWS::NoValue, [a]]",
        "!Join ['', [{a: b}]]",
        "!Split ['', a]",
        "!Split [',', [a]]",
        "!Select [5, [a]]",
        "!Select [-1, [a]]",
        "!Select [a, [a]]",
        "!Select [true, [a]]",
        "!Select [0, text]",
        "!Cidr [10.0.0.0/16, 300, 8]",
        "!Cidr [10.0.0.0/24, 4, 8]",
        "!Cidr [10.0.0.0/24, 1, 99]",
        "!Cidr [nothing, 4, 8]",
        "!Cidr [[], {}, []]",
        "!Cidr [10.0.0.0/16, 99999999999999999999999, 8]",
        "!FindInMap [M, A]",
        "!FindInMap [Nothing, A, B]",
        "!FindInMap [[], {}, []]",
        "!If [Nothing, a, b]",
        "!If [a]",
        "!If {a: b}",
        "!ImportValue nothing",
        "!ImportValue [a]",
        "!GetStackOutput text",
        "!GetStackOutput {StackName: a, OutputName: b}",
        "!Transform {Name: AWS::Include}",
        "!Nothing x",
        "{'Fn::Join': ['', [a]], b: c}",
        "'{{resolve:ssm:/a}}'",
        "!Length text",
    ],
)
def test_what_cannot_be_resolved_is_unknown_and_says_why(written: str) -> None:
    found = value(written, beside=BUCKET)

    assert not is_known(found)
    reasons = (
        [found.reason]
        if isinstance(found, Unknown)
        else [part.reason for part in found.parts if isinstance(part, Unknown)]
    )
    assert all(reasons)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!FindInMap [M, us-east-1, A]", "x"),
        ("!FindInMap [M, us-east-1, B]", ["1", "2"]),
        ("!FindInMap [M, !Ref AWS::Region, A]", "x"),
        ("!FindInMap [M, nowhere, A, {DefaultValue: y}]", "y"),
    ],
)
def test_a_mapping_is_looked_up_and_a_key_that_makes_no_difference_need_not_be_known(
    written: str, expected: object
) -> None:
    assert value(written, beside=MAPPED) == expected


@pytest.mark.parametrize(
    "written", ["!FindInMap [M, !Ref AWS::Region, B]", "!FindInMap [M, !Ref Env, B]", "!FindInMap [M, x, A]"]
)
def test_a_mapping_by_a_key_that_makes_a_difference_is_unknown(written: str) -> None:
    assert isinstance(value(written, beside=MAPPED), Unknown)


def test_the_region_of_the_stack_decides_a_mapping_and_the_names_of_its_partition() -> None:
    assert value("!FindInMap [M, !Ref AWS::Region, B]", beside=MAPPED, region="eu-west-1") == "z"
    assert value("!Sub '${AWS::Partition} ${AWS::URLSuffix}'", region="cn-north-1") == "aws-cn amazonaws.com.cn"
    assert value("!Ref AWS::AccountId", account="111122223333") == "111122223333"


def test_splitting_stops_where_a_symbol_may_contain_the_delimiter() -> None:
    found = value("!Split ['/', !Sub 'a/b${Service.Name}/c']", beside={"Service": {"Type": "Custom::It"}})

    assert found[0] == "a"
    assert len(found) == 2
    assert isinstance(found[1], Unknown)


@pytest.mark.parametrize(
    "written",
    [
        "!Ref P",
        "!Select [1, !Ref P]",
        "!Select [1, !Split [',', !Ref P]]",
        "!Join [',', !Ref P]",
        "'{{resolve:ssm:/a:1}}'",
        "!ImportValue x",
        "!ImportValue {Fn::Sub: '${P}-x'}",
        "!GetStackOutput {StackName: a, OutputName: b}",
        "!GetAtt Own.Thing",
        "!Sub 'a${P}b{{resolve:secretsmanager:${P}}}'",
    ],
)
def test_two_mentions_of_the_same_unknown_are_one_value(written: str) -> None:
    beside = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"Own": {"Type": "Custom::Own"}}}

    one, other = value(f"[{written}, {written}]", beside=beside)

    assert not is_known(one)
    assert one == other or not is_stable(one)
    assert (same(one, other).value == "yes") is is_stable(one)


def test_two_unknowns_without_identity_are_not_taken_for_one_value() -> None:
    one, other = value("[!If [C, a, b], !If [C, a, b]]")

    assert same(one, other).value == "unknown"


def test_a_dynamic_reference_is_unknown_text_within_text() -> None:
    found = value("!Sub 'postgres://{{resolve:secretsmanager:${Bucket}:SecretString}}@host'", beside=BUCKET)

    assert found.parts[0] == "postgres://"
    assert found.parts[1].identity == Symbol("AWS", "", "{{resolve:secretsmanager:${Bucket}:SecretString}}")
    assert found.parts[2] == "@host"


def test_what_is_never_closed_is_no_dynamic_reference() -> None:
    assert value("'a{{resolve:ssm:/b'") == "a{{resolve:ssm:/b"


def test_a_transform_is_said_once() -> None:
    within = graph({"A": {"Type": "T", "Properties": {"X": {"Fn::Transform": {"Name": "Macro"}}}},
                    "B": {"Type": "T", "Properties": {"Fn::Transform": {"Name": "Macro"}, "Y": 1}}})  # fmt: skip
    found = [resource(within, name).get("X") for name in ("A", "B")]

    assert all(isinstance(one, Unknown) for one in found)
    assert ["Macro" in note for note in within.unknowns] == [True]


def test_values_that_lead_back_to_themselves_are_unknown() -> None:
    within = graph(
        """
        Parameters: {P: {Type: String, Default: x}}
        Resources:
          A: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref B}}
          B: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub "${A}-x"}}
          Own: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Own}}
        Outputs:
          O: {Value: !ImportValue e, Export: {Name: e}}
          N: {Value: x, Export: {Name: !ImportValue e}}
        """
    )

    assert isinstance(within.value("Template", {"Fn::ImportValue": "e"}), Unknown)
    for logical_id in ("A", "B", "Own"):
        assert within.target(within.value("Template", {"Ref": logical_id})) is resource(within, logical_id)


def many(count: int, properties: Callable[[int], dict[str, Any]], type_: str = "T") -> dict[str, Any]:
    """That many resources."""
    return {f"R{place}": {"Type": type_, "Properties": properties(place)} for place in range(count)}


LONG = {"Long": {"Type": "String", "Default": "a," * 500_000}}
HOSTILE: dict[str, dict[str, Any]] = {
    "texts that double": {
        "Resources": many(200, lambda place: {"BucketName": {"Fn::Sub": f"${{R{place + 1}}}" * 2}}, "AWS::S3::Bucket")
    },
    "names of names": {
        "Resources": many(20_000, lambda place: {"RoleName": {"Ref": f"R{place + 1}"}}, "AWS::IAM::Role")
    },
    "long joins": {
        "Parameters": LONG,
        "Resources": many(200, lambda _: {"P": {"Fn::Join": ["", [{"Ref": "Long"}] * 4_000]}}),
    },
    "long texts": {"Parameters": LONG, "Resources": many(5_000, lambda _: {"P": {"Fn::Sub": "${Long}a"}})},
    "long splits": {
        "Parameters": LONG,
        "Resources": many(5_000, lambda _: {"P": {"Fn::Split": [",", {"Ref": "Long"}]}}),
    },
    "long JSON": {
        "Parameters": {"Long": {**LONG["Long"], "Type": "CommaDelimitedList"}},
        "Resources": many(2_000, lambda _: {"P": {"Fn::ToJsonString": {"Ref": "Long"}}}),
    },
    "imports of what nobody exports": {
        "Outputs": {
            f"O{place}": {"Value": "x", "Export": {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{place}"}}}
            for place in range(10_000)
        },
        "Resources": many(10_000, lambda place: {"P": {"Fn::ImportValue": f"x{place}-y"}}),
    },
    "large mappings": {
        "Mappings": {"M": {str(place): {"a": str(place)} for place in range(20_000)}},
        "Resources": many(10_000, lambda _: {"P": {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "a"]}}),
    },
    "dynamic references in each other": {"Resources": many(1, lambda _: {"P": "{{resolve:" * 200_000})},
    "many dynamic references": {"Resources": many(1, lambda _: {"P": "{{resolve:}}" * 200_000})},
    "parameters of Systems Manager that double": {
        "Resources": many(
            200,
            lambda place: {"Name": f"/p{place}", "Value": f"{{{{resolve:ssm:/p{place + 1}}}}}" * 2},
            "AWS::SSM::Parameter",
        )
    },
    "parameters of Systems Manager with one name": {
        "Resources": {
            **many(10_000, lambda _: {"Name": "/p", "Value": "x"}, "AWS::SSM::Parameter"),
            "All": {"Type": "T", "Properties": {"P": "{{resolve:ssm:/p}}" * 100_000}},
        }
    },
    "many blocks": {"Resources": many(20_000, lambda _: {"P": {"Fn::Cidr": ["10.0.0.0/8", 256, 8]}})},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_templates_made_to_take_long_end_soon(body: dict[str, Any]) -> None:
    started = time.process_time()

    within = graph(body)
    for found in within.resources():
        assert found.properties is not None
        assert found.depends_on is not None
    within.target("x")

    assert time.process_time() - started < 10


def test_a_value_nested_deeper_than_any_template_is_unknown() -> None:
    nested: Any = "x"
    for _ in range(500):
        nested = {"Fn::Join": ["", [nested]]}

    assert not is_known(value(nested))


IDS = ("A", "B", "C")
FUNCTIONS = (
    "Ref", "Condition", "Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Equals", "Fn::FindInMap", "Fn::GetAZs", "Fn::GetAtt",
    "Fn::GetStackOutput", "Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Length", "Fn::Not", "Fn::Or", "Fn::Select",
    "Fn::Split", "Fn::Sub", "Fn::ToJsonString", "Fn::Transform", "Fn::ForEach::X",
)  # fmt: skip
WORDS = st.sampled_from(
    [
        *IDS,
        *("", "/", ",", "A.Arn", "A.Outputs.B", "AWS::Region", "AWS::NoValue", "AWS::StackName"),
        *("${A}", "${A.Arn}-${B}", "${!A}", "{{resolve:ssm:", "{{resolve:ssm:/a}}", "}}"),
        *("10.0.0.0/16", "0", "StackName", "OutputName", "\ud800", "\u00e9"),
    ]
)
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4))
KEYS = st.one_of(st.sampled_from(FUNCTIONS), WORDS, st.sampled_from(["Name", "Path", "Arn", "RoleName", "Parameters"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=2),
        st.builds(
            lambda function, arguments: {function: arguments}, st.sampled_from(FUNCTIONS), st.lists(inner, max_size=4)
        ),
        st.builds(lambda name, one, other: {"Fn::If": [name, one, other]}, st.sampled_from(IDS), inner, inner),
    ),
    max_leaves=8,
)
TYPES = st.one_of(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["AWS::CloudFormation::Stack", "Custom::A", "AWS::Serverless::Function"]),
    SCALARS,
)
NAMES = sorted({kind.name for kind in KINDS.values() if kind.name} | {"Path", "SecretId", "VpcId", "Parameters"})


def section(entry: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.dictionaries(st.sampled_from(IDS), st.one_of(entry, entry, entry, VALUES), max_size=3), VALUES)


RESOURCES = st.fixed_dictionaries(
    {"Type": TYPES},
    optional={
        "Properties": st.one_of(st.dictionaries(st.one_of(st.sampled_from(NAMES), WORDS), VALUES, max_size=3), VALUES),
        "Condition": st.one_of(st.sampled_from(IDS), VALUES),
        "DependsOn": VALUES,
        "Metadata": VALUES,
    },
)
PARAMETERS = st.fixed_dictionaries(
    {
        "Type": st.one_of(
            st.sampled_from(
                ["String", "Number", "CommaDelimitedList", "List<String>", "AWS::SSM::Parameter::Value<String>"]
            ),
            VALUES,
        )
    },
    optional={"Default": VALUES, "AllowedValues": st.one_of(st.lists(SCALARS, max_size=3), VALUES)},
)
EQUALS = st.builds(lambda name, literal: {"Fn::Equals": [{"Ref": name}, literal]}, st.sampled_from(IDS), SCALARS)
CONDITIONS = st.recursive(
    st.one_of(EQUALS, st.builds(lambda name: {"Condition": name}, st.sampled_from(IDS))),
    lambda inner: st.builds(
        lambda function, parts: {function: parts},
        st.sampled_from(["Fn::And", "Fn::Or", "Fn::Not"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=4,
)
OUTPUTS = st.fixed_dictionaries(
    {"Value": VALUES}, optional={"Export": st.fixed_dictionaries({"Name": VALUES}), "Condition": WORDS}
)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": section(RESOURCES)},
    optional={"Parameters": section(PARAMETERS), "Conditions": section(CONDITIONS), "Outputs": section(OUTPUTS),
              "Mappings": VALUES, "Transform": VALUES},
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=TEMPLATES, other=TEMPLATES, stack_name=st.one_of(st.none(), st.just("A")))
def test_any_template_resolves_without_an_exception(
    body: dict[str, Any], other: dict[str, Any], stack_name: str | None
) -> None:
    made = [template(body, "One"), Template(name="Two", body=other, parent=("One", "A"), stack_name=stack_name)]

    for within in graphs(made):
        for found in within.resources():
            values = [found.get(), *found.properties.values(), found.get("A", 0, "B", default=1)]
            for one in values:
                within.target(one)
                within.target(one, "AWS::IAM::Role")
                str(one)
            assert found.where is not None
            assert isinstance(found.depends_on, frozenset)
        for name in ("One", "Two"):
            within.environment(name)
            within.value(name, {"Fn::GetAtt": ["A", "Outputs.A"]})
        assert all(isinstance(note, str) for note in (*within.unknowns, *within.assumed))
