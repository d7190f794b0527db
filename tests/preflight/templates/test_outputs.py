from typing import Any

import pytest

from constructs_ecs.preflight.templates.graph import Graph, graphs
from constructs_ecs.preflight.templates.reader import Template, template
from constructs_ecs.preflight.values import Symbol, Unknown, is_known
from tests.preflight.support import as_data, graph, resource


def made(body: dict[str, Any] | str, name: str = "Template", **about: Any) -> Template:  # noqa: ANN401 - Template's
    return template(as_data(body), name, **about)


NETWORK = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC}
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
    Outputs:
      Vpc: {Value: !Ref Vpc, Export: {Name: !Sub '${AWS::StackName}-VpcId'}}
      Subnets: {Value: !Join [',', [!Ref A, !Ref B]], Export: {Name: !Join ['-', [Shared, Subnets]]}}
      Hidden: {Value: x}
    """
SUBNETS = [Symbol("Net", "A", "Ref"), Symbol("Net", "B", "Ref")]


def imported(
    written: str, *, parameters: str = "{}", stack_name: str | None = None, region: str | None = None
) -> tuple[Any, Graph]:
    app = made(f"Parameters: {parameters}\nResources: {{It: {{Type: T, Properties: {{P: {written}}}}}}}", "App")
    (within,) = graphs([made(NETWORK, "Net", stack_name=stack_name, region=region), app])
    return resource(within, "It", "App").get("P"), within


def test_an_import_is_what_another_template_exports() -> None:
    found, within = imported("!ImportValue net-VpcId", stack_name="net")

    assert found == Symbol("Net", "Vpc", "Ref")
    assert within.target(found, "AWS::EC2::VPC") is resource(within, "Vpc", "Net")
    assert within.assumed == ()


@pytest.mark.parametrize(
    "written",
    [
        "!Split [',', !ImportValue Shared-Subnets]",
        "!Split [',', !ImportValue {'Fn::Sub': '${S}-Subnets'}]",
        "!Split [',', !ImportValue {'Fn::Join': ['-', [!Ref S, Subnets]]}]",
    ],
)
def test_a_list_is_split_again(written: str) -> None:
    assert imported(written, parameters="{S: {Type: String, Default: Shared}}")[0] == SUBNETS


def test_a_stack_whose_name_no_file_says_is_taken_for_the_one_that_is_imported_from() -> None:
    found, within = imported("!ImportValue prod-net-VpcId")

    assert found == Symbol("Net", "Vpc", "Ref")
    assert within.assumed == ("the stack of Net is called prod-net",)


@pytest.mark.parametrize("stack_name", [None, "net"])
def test_a_stack_name_that_a_parameter_says_is_that_of_the_one_stack_with_such_an_export(
    stack_name: str | None,
) -> None:
    found, within = imported(
        "!ImportValue {'Fn::Sub': '${Stack}-VpcId'}", parameters="{Stack: {Type: String}}", stack_name=stack_name
    )

    assert found == Symbol("Net", "Vpc", "Ref")
    assert len(within.assumed) == 1


def test_one_template_is_not_two_stacks() -> None:
    found, _ = imported("[!ImportValue one-VpcId, !ImportValue two-VpcId]")

    assert is_known(found[0])
    assert isinstance(found[1], Unknown)


@pytest.mark.parametrize(
    "written", ["!ImportValue other", "!ImportValue VpcId", "!ImportValue -VpcId", "!ImportValue x-Hidden"]
)
def test_what_no_template_exports_is_unknown_and_names_the_export(written: str) -> None:
    found, _ = imported(written)

    assert isinstance(found, Unknown)
    assert written.split()[1] in found.reason


def test_an_export_of_two_stages_is_that_of_the_importers_environment() -> None:
    stages = [
        made(NETWORK, f"Net{region}", region=region, account=account, stack_name="net")
        for region, account in (("eu-west-1", "1"), ("us-east-1", "1"), ("us-east-1", "2"))
    ]
    app = made(
        {"It": {"Type": "T", "Properties": {"P": {"Fn::ImportValue": "net-VpcId"}}}},
        "App",
        region="us-east-1",
        account="1",
    )
    (within,) = graphs(
        [
            *stages[:2],
            Template(name="Net2", body=stages[2].body, region="us-east-1", account="2", stack_name="net"),
            app,
        ]
    )

    assert resource(within, "It", "App").get("P") == Symbol("Netus-east-1", "Vpc", "Ref")


@pytest.mark.parametrize("region", ["", "Region: us-east-1, ", "Region: !Ref AWS::Region, "])
def test_an_output_of_another_stack_is_read(region: str) -> None:
    found, _ = imported(f"!GetStackOutput {{StackName: net, {region}OutputName: Vpc}}", stack_name="net")

    assert found == Symbol("Net", "Vpc", "Ref")


@pytest.mark.parametrize(
    "written",
    [
        "{StackName: net, OutputName: Nothing}",
        "{StackName: other, OutputName: Vpc}",
        "{StackName: net, Region: eu-west-1, OutputName: Vpc}",
    ],
)
def test_an_output_of_a_stack_that_is_not_there_is_unknown(written: str) -> None:
    found, _ = imported(f"!GetStackOutput {written}", stack_name="net", region="us-east-1")

    assert isinstance(found, Unknown)


PARENT = """
    Parameters: {Vpc: {Type: AWS::EC2::VPC::Id}}
    Resources:
      A: {Type: AWS::EC2::Subnet}
      B: {Type: AWS::EC2::Subnet}
      Child:
        Type: AWS::CloudFormation::Stack
        Properties:
          Parameters: {Vpc: !Ref Vpc, Subnets: !Join [',', [!Ref A, !Ref B]], Count: 2, Gone: !Ref AWS::NoValue}
      It:
        Type: T
        Properties: {Cluster: !GetAtt Child.Outputs.Cluster, Nothing: !GetAtt Child.Outputs.Nothing, Id: !Ref Child}
      Loose: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://x}}
      Of: {Type: T, Properties: {P: !GetAtt Loose.Outputs.X}}
    """
CHILD = """
    Parameters:
      Vpc: {Type: String}
      Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
      Count: {Type: Number}
      Gone: {Type: String, Default: here}
      Own: {Type: String, Default: mine}
    Resources:
      Cluster: {Type: AWS::ECS::Cluster}
      It:
        Type: T
        Properties: {Vpc: !Ref Vpc, Subnets: !Ref Subnets, Count: !Ref Count, Gone: !Ref Gone, Own: !Ref Own}
    Outputs: {Cluster: {Value: !GetAtt Cluster.Arn}}
    """


@pytest.fixture(scope="module")
def nested() -> Graph:
    return graph(made(PARENT), made(CHILD, "Child", parent=("Template", "Child")))


def test_parameters_are_bound_to_the_parents_values(nested: Graph) -> None:
    found = resource(nested, "It", "Child").properties

    assert found["Vpc"].identity == Symbol("Template", "Vpc", "Ref")
    assert found["Subnets"] == [Symbol("Template", "A", "Ref"), Symbol("Template", "B", "Ref")]
    assert (found["Count"], found["Gone"], found["Own"]) == (2, "here", "mine")


def test_outputs_are_the_childs_values(nested: Graph) -> None:
    found = resource(nested, "It").get("Cluster")

    assert nested.target(found) is resource(nested, "Cluster", "Child")
    assert isinstance(resource(nested, "It").get("Nothing"), Unknown)
    assert resource(nested, "It").get("Id") == Symbol("Template", "Child", "Ref")


def test_a_nested_stack_without_a_template_is_said_once_and_its_outputs_are_unknown(nested: Graph) -> None:
    assert [note for note in nested.unknowns if "Loose" in note] == [
        "Template#Loose is a nested stack whose template was not found"
    ]
    assert isinstance(resource(nested, "Of").get("P"), Unknown)


def test_templates_that_nest_each_other_resolve() -> None:
    body = """
        Parameters: {P: {Type: String}}
        Resources:
          N: {Type: AWS::CloudFormation::Stack, Properties: {Parameters: {P: !GetAtt N.Outputs.O}}}
          It: {Type: T, Properties: {P: !Ref P}}
        Outputs: {O: {Value: !Ref P}}
        """
    looping = graph(made(body, "One", parent=("Two", "N")), made(body, "Two", parent=("One", "N")))

    assert isinstance(resource(looping, "It", "One").get("P"), Unknown)
