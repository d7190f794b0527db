import json
import time

import pytest

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.templates.graph import Graph, graphs
from constructs_ecs.preflight.templates.reader import template
from constructs_ecs.preflight.values import Symbol, Unknown, is_known
from tests.preflight.support import graph, resource, services

BODY = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Service:
        Type: AWS::ECS::Service
        DependsOn: Policy
        Metadata: {aws:cdk:path: Stack/Service/Resource}
        Properties:
          Cluster: !Ref Cluster
          Open: !Ref Nothing
          List: [!Ref Cluster, {A: 1}]
          Role: !If [C, !Ref One, !Ref Other]
          Text: !Sub ['${Role.Arn}${X}${AWS::Region}', {X: !GetAtt [Bucket, Arn]}]
      Cluster: {Type: AWS::ECS::Cluster}
      Policy: {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref Role]}}
      Role: {Type: AWS::IAM::Role, DependsOn: [Service]}
      Bucket: {Type: AWS::S3::Bucket, Properties: text}
      One: {Type: T}
      Other: {Type: T}
    """


@pytest.fixture(scope="module")
def within() -> Graph:
    return graph(BODY)


def test_resources_are_found_by_type_and_by_name(within: Graph) -> None:
    (service,) = within.resources("AWS::ECS::Service")

    assert service is within.resource("Template", "Service")
    assert service.where == Where("Template", "Service")
    assert (service.template, service.logical_id, service.type) == ("Template", "Service", "AWS::ECS::Service")
    assert service.construct_path == "Stack/Service/Resource"
    assert within.resource("Template", "Nothing") is None
    assert within.resource("Nothing", "Service") is None
    assert len(within.resources()) == 7
    assert len(within.resources("AWS::IAM::Role", "AWS::IAM::Policy")) == 2


def test_a_property_is_walked_to(within: Graph) -> None:
    service = resource(within, "Service")

    assert service.get("Cluster") == Symbol("Template", "Cluster", "Ref")
    assert service.get("List", 1, "A") == 1
    assert service.get("Absent") is None
    assert service.get("Absent", "More", default=2) == 2
    assert service.get("List", 9, "A", default=3) == 3
    assert service.get()["Cluster"] == service.properties["Cluster"]


def test_what_stands_below_an_unknown_or_has_another_shape_is_unknown(within: Graph) -> None:
    assert resource(within, "Service").get("Open", "More", 1) == resource(within, "Service").get("Open")
    for found in (
        resource(within, "Service").get("Cluster", "More"),
        resource(within, "Service").get("List", "Key"),
        resource(within, "Bucket").get("BucketName"),
    ):
        assert isinstance(found, Unknown)
    assert resource(within, "Bucket").properties == {}
    assert resource(within, "Cluster").properties == {}


def test_a_resource_depends_on_what_it_names(within: Graph) -> None:
    names = {logical_id for _, logical_id in resource(within, "Service").depends_on}

    assert names == {"Policy", "Cluster", "Role", "Bucket", "One", "Other"}


def test_a_resource_waits_for_what_its_dependencies_wait_for(within: Graph) -> None:
    assert within.waits_for(resource(within, "Policy"), resource(within, "Service"))
    assert within.waits_for(resource(within, "Role"), resource(within, "Cluster"))
    assert not within.waits_for(resource(within, "Cluster"), resource(within, "Service"))


def test_what_a_transform_generates_is_said_to_be_unknown_once(within: Graph) -> None:
    assert [note for note in within.unknowns if "AWS::Serverless-2016-10-31" in note] == list(within.unknowns)[:1]
    assert "unless its transform makes it" in resource(within, "Service").get("Open").reason


def test_a_branch_that_is_not_taken_is_no_dependency() -> None:
    within = graph(
        {
            "Parameters": {"P": {"Type": "String", "Default": "a", "AllowedValues": ["a"]}},
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
            "Resources": {
                "It": {"Type": "T", "Properties": {"P": {"Fn::If": ["C", {"Ref": "Yes"}, {"Ref": "No"}]}}},
                "Yes": {"Type": "T"},
                "No": {"Type": "T"},
            },
        }
    )

    assert resource(within, "It").depends_on == {("Template", "Yes")}


def test_a_template_with_a_hundred_services_is_resolved_in_no_time() -> None:
    written = json.dumps(services(100))

    # The best of some runs: others share the machine and the garbage collector.
    assert min(_seconds_to_resolve(written) for _ in range(3)) < 0.3


def _seconds_to_resolve(written: str) -> float:
    started = time.process_time()
    (within,) = graphs([template(parse(written, "it.json").body, "Template")])
    for found in within.resources():
        assert is_known(found.properties)
        assert found.depends_on is not None
    for service in within.resources("AWS::ECS::Service"):
        assert within.target(service.get("TaskDefinition")) is not None
    return time.process_time() - started
