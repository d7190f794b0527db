"""Templates for the tests of the rules on tasks, and what a rule finds in them."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from constructs_ecs.preflight.findings import Finding, Verdict
from constructs_ecs.preflight.iam.authority import Authority
from constructs_ecs.preflight.proof import prove
from constructs_ecs.preflight.rules.base import CallRule, Context, Rule
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.topology import Topology
from tests.preflight.support import Body, graph

_FIXTURES = Path(__file__).parent.parent / "fixtures"

Resources = dict[str, Any]
"""A template's resources by logical id."""
Change = Callable[[Resources], object]
"""A change to them."""


@cache
def _body(name: str) -> dict[str, Any]:
    body: dict[str, Any] = parse((_FIXTURES / f"{name}.yaml").read_text(), name).body
    return body


def fixture(name: str = "fargate", change: Change | None = None) -> dict[str, Any]:
    """Return a template in which all is well, with a change made to its resources."""
    body = deepcopy(_body(name))
    if change is not None:
        change(body["Resources"])
    return body


def launched(
    container: dict[str, Any] | None = None,
    *others: dict[str, Any],
    task: dict[str, Any] | None = None,
    service: dict[str, Any] | None = None,
    fargate: bool = True,
    **resources: dict[str, Any],
) -> Resources:
    """Return a task definition with its service; what is given comes on top of what it takes to be one."""
    containers = [{"Name": "app", "Image": "nginx"} | (container or {}), *others]
    definition = {
        "RequiresCompatibilities": ["FARGATE" if fargate else "EC2"],
        "NetworkMode": "awsvpc" if fargate else "bridge",
        "ContainerDefinitions": containers,
        **({"Cpu": "256", "Memory": "512"} if fargate else {}),
        **(task or {}),
    }
    launch: Resources = {"TaskDefinition": {"Ref": "TaskDefinition"}, "LaunchType": "FARGATE" if fargate else "EC2"}
    if fargate:
        launch["NetworkConfiguration"] = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}
    return {
        "TaskDefinition": {"Type": "AWS::ECS::TaskDefinition", "Properties": definition},
        "Service": {"Type": "AWS::ECS::Service", "Properties": launch | (service or {})},
        **resources,
    }


def findings(
    rule: type[Rule], *bodies: Body, names: tuple[str, ...] = (), account: str | None = None, region: str | None = None
) -> list[Finding]:
    """Return what a rule finds in templates."""
    found = graph(*bodies, names=names, account=account, region=region)
    topology, authority = Topology(found), Authority(found)
    proofs = prove(found, topology=topology, authority=authority)
    return list(rule().check(Context(found, topology, authority, proofs)))


def proven(rule: type[CallRule], *bodies: Body, account: str | None = None, region: str | None = None) -> bool:
    """Whether a rule finds nothing, and all calls that it is about are proven to go through."""
    found = graph(*bodies, account=account, region=region)
    calls = [call for proof in prove(found) for call in proof.calls if call.call.purpose in rule.purposes]
    passed = bool(calls) and all(call.verdict is Verdict.PASS for call in calls)
    return passed and findings(rule, *bodies, account=account, region=region) == []


def parameters(*names: str) -> dict[str, Any]:
    """Return parameters without defaults."""
    return {name: {"Type": "String"} for name in names}
