from typing import Any

import pytest

from constructs_ecs.preflight.templates.graph import Graph, graphs
from constructs_ecs.preflight.templates.reader import Template, template
from constructs_ecs.preflight.values import Symbol, Unknown
from tests.preflight.support import as_data, resource

NETWORK = """
    Parameters: {Stage: {Type: String, Default: test, AllowedValues: [test, prod]}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    Resources:
      Vpc: {Type: AWS::EC2::VPC}
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs '']}}
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [1, !GetAZs '']}}
      Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc}}
      Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shared}}
      VpcId: {Type: AWS::SSM::Parameter, Properties: {Name: /net/vpc-id, Type: String, Value: !Ref Vpc}}
      Subnets: {Type: AWS::SSM::Parameter, Properties: {Name: /net/subnets, Value: !Join [',', [!Ref A, !Ref B]]}}
      Groups:
        Type: AWS::SSM::Parameter
        Properties: {Name: !Sub '/net/${Stage}/groups', Type: StringList, Value: !GetAtt Group.GroupId}
      Zones:
        Type: AWS::SSM::Parameter
        Properties:
          Name: /net/zones
          Value: !Join [',', [!GetAtt A.AvailabilityZone, !GetAtt B.AvailabilityZone]]
      Name: {Type: AWS::SSM::Parameter, Properties: {Name: /net/cluster, Value: !Ref Cluster}}
      Count: {Type: AWS::SSM::Parameter, Properties: {Name: /net/count, Value: 2}}
      List: {Type: AWS::SSM::Parameter, Properties: {Name: /net/list, Value: [a, b]}}
      Empty: {Type: AWS::SSM::Parameter, Properties: {Name: /net/empty}}
      Loop: {Type: AWS::SSM::Parameter, Properties: {Name: /net/loop, Value: '{{resolve:ssm:/net/loop}}'}}
      Absent: {Type: AWS::SSM::Parameter, Condition: IsProd, Properties: {Name: /net/absent, Value: x}}
      Nameless: {Type: AWS::SSM::Parameter, Properties: {Value: x}}
    """
VPC = Symbol("Net", "Vpc", "Ref")
SECOND_ZONE = Symbol("AWS", "", "AvailabilityZones(${AWS::Region})[1]")
SUBNETS = [Symbol("Net", "A", "Ref"), Symbol("Net", "B", "Ref")]


def made(body: dict[str, Any] | str, name: str, **about: Any) -> Template:  # noqa: ANN401 - Template's
    return template(as_data(body), name, **about)


def reader(written: str, path: str = "/net/vpc-id", kind: str = "String", **about: Any) -> Template:  # noqa: ANN401
    declared = f"{{P: {{Type: AWS::SSM::Parameter::Value<{kind}>, Default: {path}}}}}"
    return made(f"Parameters: {declared}\nResources: {{It: {{Type: T, Properties: {{P: {written}}}}}}}", "App", **about)


def read(within: Graph) -> Any:  # noqa: ANN401 - any resolved value
    return resource(within, "It", "App").get("P")


def found(*templates: Template) -> Any:  # noqa: ANN401 - any resolved value
    return read(graphs(templates)[0])


@pytest.mark.parametrize(
    ("written", "path", "kind", "expected"),
    [
        ("!Ref P", "/net/vpc-id", "String", VPC),
        ("!Ref P", "/net/vpc-id", "AWS::EC2::VPC::Id", VPC),
        ("!Ref P", "/net/test/groups", "List<AWS::EC2::SecurityGroup::Id>", [Symbol("Net", "Group", "Ref")]),
        ("!Ref P", "/net/subnets", "CommaDelimitedList", SUBNETS),
        ("!Ref P", "/net/subnets", "List<AWS::EC2::Subnet::Id>", SUBNETS),
        ("!Split [',', !Ref P]", "/net/subnets", "String", SUBNETS),
        ("[!Select [1, !Split [',', !Ref P]]]", "/net/subnets", "String", SUBNETS[1:]),
        ("!Select [1, !Split [',', !Ref P]]", "/net/zones", "String", SECOND_ZONE),
        ("!Ref P", "/net/count", "String", "2"),
        ("'{{resolve:ssm:/net/vpc-id}}'", "/x", "String", VPC),
        ("!Sub '{{resolve:ssm:/net/${S}/groups}}'", "/x", "String", Symbol("Net", "Group", "Ref")),
        ("!Sub '${P}/{{resolve:ssm:/net/count}}'", "/net/count", "String", "2/2"),
    ],
)
def test_what_one_template_stores_another_reads(written: str, path: str, kind: str, expected: object) -> None:
    app = reader(written.replace("${S}", "test"), path, kind)

    assert found(made(NETWORK, "Net"), app) == expected


def test_a_cluster_that_is_read_by_its_name_is_the_cluster_of_the_other_template() -> None:
    within = graphs([made(NETWORK, "Net"), reader("!Ref P", "/net/cluster")])[0]

    assert within.target(read(within), "AWS::ECS::Cluster") is resource(within, "Cluster", "Net")


def test_the_templates_own_parameter_answers_with_its_value() -> None:
    body = NETWORK + "  It: {Type: T, Properties: {P: !GetAtt VpcId.Value}}"
    within = graphs([made(body, "App")])[0]

    assert read(within) == Symbol("App", "Vpc", "Ref")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("!Ref P", "/net/other"),
        ("!Ref P", "/net/absent"),
        ("!Ref P", "/net/list"),
        ("!Ref P", "/net/empty"),
        ("!Ref P", "/net/loop"),
        ("!Ref P", "/aws/service/ecs/ami"),
        ("'{{resolve:ssm:/net/vpc-id:1}}'", "/x"),
        ("'{{resolve:ssm-secure:/net/vpc-id}}'", "/x"),
        ("'{{resolve:ssm:/net/other}}'", "/x"),
        ("'{{resolve:ssm:}}'", "/x"),
        ("'{{resolve:}}'", "/x"),
    ],
)
def test_what_no_template_stores_is_unknown(written: str, path: str) -> None:
    value = found(made(NETWORK, "Net"), reader(written, path))

    assert isinstance(value, Unknown) or value == Symbol("Net", "Empty", "Value")


@pytest.mark.parametrize(("path", "hint"), [("/net/vpc-id", True), ("/aws/service/ecs/ami", False)])
def test_the_reason_says_the_path_and_that_a_template_may_be_missing(path: str, hint: bool) -> None:
    value = found(reader("!Ref P", path))

    assert path in value.reason
    assert ("no template that was given creates it" in value.reason) is hint


PUBLISHED = """
    Version: {Type: AWS::SSM::Parameter, Properties: {Name: /net/schema-version, Value: '1'}}
    Logs: {Type: AWS::SSM::Parameter, Properties: {Name: /net/endpoints/logs, Value: available}}
    """


def test_a_name_that_a_publisher_lacks_is_said_whether_it_is_used_or_not() -> None:
    declared = "{P: {Type: AWS::SSM::Parameter::Value<String>, Default: /net/endpoints/kms}}"
    unused = made(f"Parameters: {declared}\nResources: {{It: {{Type: T}}}}", "App")
    said = (
        "CloudFormation refuses to deploy App unless something else creates the parameter /net/endpoints/kms of "
        "Systems Manager: no template that was given does, while /net/... are created in Net"
    )
    for app in (unused, reader("!Ref P", "/net/endpoints/kms")):
        assert graphs([made(PUBLISHED, "Net"), app])[0].unknowns == (said,)
    value = found(made(PUBLISHED, "Net"), reader("!Ref P", "/net/endpoints/kms"))
    assert value.reason.endswith("no template that was given creates it, while /net/... are created in Net")


@pytest.mark.parametrize("path", ["/net/endpoints/logs", "/network/endpoints/kms", "net", "/" * 3000, "/aws/service/a"])
def test_what_is_published_or_under_no_path_that_is_lacks_nothing(path: str) -> None:
    assert graphs([made(PUBLISHED, "Net"), reader("!Ref P", path)])[0].unknowns == ()


def test_a_publisher_in_another_environment_or_of_no_version_lacks_nothing() -> None:
    elsewhere = [made(PUBLISHED, "Net", region="us-east-1"), reader("!Ref P", "/net/other", region="eu-west-1")]

    assert graphs(elsewhere)[0].unknowns == ()
    assert graphs([made(NETWORK, "Net"), reader("!Ref P", "/net/other")])[0].unknowns == ()


def test_a_name_that_is_chosen_is_looked_at_in_place_of_the_default() -> None:
    within = graphs([made(PUBLISHED, "Net"), reader("!Ref P", "/net/other")], {"P": "/net/endpoints/logs"})[0]

    assert within.unknowns == ()


def test_a_path_that_is_not_known_is_unknown_but_one_value() -> None:
    declared = "{P: {Type: AWS::SSM::Parameter::Value<String>}}"
    app = made(f"Parameters: {declared}\nResources: {{It: {{Type: T, Properties: {{P: !Ref P}}}}}}", "App")

    value = found(made(NETWORK, "Net"), app)

    assert isinstance(value, Unknown)
    assert value.identity == Symbol("App", "P", "Ref")


def test_two_templates_that_store_one_name_leave_it_open_and_are_named() -> None:
    value = found(made(NETWORK, "Net"), made(NETWORK, "Again"), reader("!Ref P"))

    assert isinstance(value, Unknown)
    assert value.reason.endswith("is created more than once: by Net, Again")


def test_of_two_stages_the_one_in_the_readers_environment_is_meant() -> None:
    stages = [made(NETWORK, f"Net-{region}", region=region) for region in ("eu-west-1", "us-east-1")]
    within = graphs([*stages, reader("!Ref P", region="us-east-1")])[0]

    assert read(within) == Symbol("Net-us-east-1", "Vpc", "Ref")
    assert not [note for note in within.assumed if "creates" in note]


@pytest.mark.parametrize(
    ("net", "app"),
    [
        ({"region": "eu-west-1"}, {"region": "us-east-1"}),
        ({"region": "eu-west-1", "account": "111111111111"}, {"region": "eu-west-1", "account": "222222222222"}),
    ],
)
def test_what_is_stored_in_another_environment_is_not_read(net: dict[str, str], app: dict[str, str]) -> None:
    assert isinstance(found(made(NETWORK, "Net", **net), reader("!Ref P", **app)), Unknown)


@pytest.mark.parametrize(("net", "app"), [({"region": "eu-west-1"}, {}), ({}, {"account": "111111111111"})])
def test_a_stack_without_an_environment_is_taken_to_share_the_others_and_that_is_noted(
    net: dict[str, str], app: dict[str, str]
) -> None:
    within = graphs([made(NETWORK, "Net", **net), reader("!Ref P", **app)])[0]

    assert read(within) == VPC
    assert "Net creates the parameter /net/vpc-id of Systems Manager that App reads" in within.assumed


def test_a_parameter_that_may_not_be_created_is_open() -> None:
    body = as_data(NETWORK)
    undecided = {**body, "Conditions": {"IsProd": {"Fn::Equals": [{"Fn::Transform": {"Name": "M"}}, "x"]}}}
    graphs_ = graphs([made(undecided, "Net"), reader("!Ref P", "/net/absent")])

    assert [isinstance(read(within), Unknown) for within in graphs_] == [True]


def test_what_a_condition_creates_is_read_where_it_holds() -> None:
    within = graphs([made(NETWORK, "Net"), reader("!Ref P", "/net/absent")], {"Stage": "prod"})[0]

    assert read(within) == "x"


def test_a_nested_stack_reads_the_path_that_its_parent_gives() -> None:
    parent = made("N: {Type: AWS::CloudFormation::Stack, Properties: {Parameters: {P: /net/vpc-id}}}", "Parent")
    child = reader("!Ref P", "/x", parent=("Parent", "N"))

    assert found(made(NETWORK, "Net"), parent, child) == VPC
