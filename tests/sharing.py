"""What one app publishes and another one reads, from their templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms

from constructs_ecs import AwsLogs, Container, FargateService, Image, TaskSize
from constructs_ecs.cluster import Cluster
from tests.support import of_type

SSM_TYPE = "AWS::SSM::Parameter::Value<String>"


def folder(scope: cdk.Stack) -> Path:
    """Where the cloud assembly of a stack's app is, once it is synthesized."""
    root = cdk.Stage.of(scope)
    assert root is not None
    return Path(root.outdir)


def published(template: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a template stores, by name."""
    stored = [each["Properties"] for each in of_type(dict(template), "AWS::SSM::Parameter").values()]
    names = {each["Name"]: each["Value"] for each in stored}
    assert len(names) == len(stored)
    return names


def read(template: Mapping[str, Any]) -> set[str]:
    """The names that CloudFormation reads from Systems Manager for a template, but for the CDK's own."""
    declared = template.get("Parameters", {})
    names = [each["Default"] for each in declared.values() if each["Type"] == SSM_TYPE]
    assert len(set(names)) == len(names)
    return {name for name in names if not name.startswith("/cdk-bootstrap/")}


def refused(template: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    """Why CloudFormation would refuse to deploy a template with such parameters: what is missing, else which rules."""
    missing = sorted(name for name in read(template) if name not in stored)
    if missing:
        return missing
    declared = template.get("Parameters", {})
    values = {logical_id: stored.get(each["Default"], "21") for logical_id, each in declared.items()}
    assertions = [each for rule in template["Rules"].values() for each in rule["Assertions"]]
    return [each["AssertDescription"] for each in assertions if not _holds(each["Assert"], values)]


def _holds(condition: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    match condition:
        case {"Fn::Not": [inner]}:
            return not _holds(inner, values)
        case {"Fn::Contains": [[*listed], {"Ref": name}]}:
            return values[name] in listed
    raise AssertionError(condition)


def service(scope: cdk.Stack, cluster: Cluster, construct_id: str = "Web", **options: Any) -> FargateService:  # noqa: ANN401
    """A service of an image in an existing repository, whose logs have a key, as the rule packs want it."""
    repository = ecr.Repository.from_repository_name(scope, f"{construct_id}Repository", "web")
    key = kms.Key(scope, f"{construct_id}LogKey", enable_key_rotation=True)
    return FargateService(
        scope,
        construct_id,
        cluster=cluster,
        containers=[Container(image=Image.from_ecr(repository, tag="1.4.2"), port=8080)],
        size=TaskSize(cpu=512, memory_mib=1024),
        logging=AwsLogs(encryption_key=key),
        **options,
    )
