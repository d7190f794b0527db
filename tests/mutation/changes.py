"""How templates are broken, beside what the preflight's tests break: each function is a change, or makes one."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.mutation.mutation import Change, Templates
from tests.preflight.mutating import Data

MACHINE: Final = "AWS::StepFunctions::StateMachine"
SCHEDULE: Final = "AWS::Scheduler::Schedule"
POLICY_TYPES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
_MARK: Final = re.compile(r"@(\d+)@")


def at(name: str, *path: str | int, to: Any, of: str | None = None) -> Change:  # noqa: ANN401 - any value
    """Set what is at a path below a resource's properties."""

    def change(templates: Templates) -> None:
        place: Any = templates.properties(name, of)
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def beside(name: str, attribute: str, to: Any) -> Change:  # noqa: ANN401 - any value
    """Set what is beside a resource's properties."""
    return lambda templates: templates.resource(name).update({attribute: to})


def without(name: str, *path: str | int) -> Change:
    """Take out what is at a path below a resource's properties."""

    def change(templates: Templates) -> None:
        place: Any = templates.properties(name)
        for step in path[:-1]:
            place = place[step]
        place.pop(path[-1])

    return change


def each_of(resource_type: str, **properties: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of all resources of a type."""

    def change(templates: Templates) -> None:
        for resource in templates.resources():
            if resource["Type"] == resource_type:
                resource["Properties"].update(properties)

    return change


def container(**properties: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of the web container."""
    return lambda templates: templates.container("Web").update(properties)


def network(**properties: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of the web service's network."""
    return lambda templates: templates.properties("WebService")["NetworkConfiguration"]["AwsvpcConfiguration"].update(
        properties
    )


def statement(name: str, document: str = "PolicyDocument", number: int = 0, /, **parts: Any) -> Change:  # noqa: ANN401
    """Set parts of a policy's statement."""
    return lambda templates: templates.statements(name, document)[number].update(parts)


def prefixed(start: str, resource_type: str, **properties: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of the one resource of a type whose logical id starts so."""
    return lambda templates: _starting(templates, start, resource_type)["Properties"].update(properties)


def no_group_rule(start: str, resource_type: str) -> Change:
    """Take out the one security-group rule whose logical id starts so."""

    def change(templates: Templates) -> None:
        resources = templates.body("Services")["Resources"]
        (found,) = (key for key, one in resources.items() if key.startswith(start) and one["Type"] == resource_type)
        del resources[found]

    return change


def circle(templates: Templates) -> None:
    """Let two security groups of the network name each other."""
    names = ("NetworkEndpointSecurityGroup", "NetworkEndpointClientSecurityGroup")
    for name, other in (names, names[::-1]):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": {}}
        rule["SourceSecurityGroupId"] = {"Fn::GetAtt": [templates.ref(other), "GroupId"]}
        templates.properties(name)["SecurityGroupIngress"] = [rule]


def secret_key(templates: Templates) -> None:
    """Give the web container a key of the registry's secret that is not in there, and the right to read it."""
    (output,) = (out for key, out in templates.body("Images")["Outputs"].items() if "RegistryCredentials" in key)
    arn = {"Fn::ImportValue": output["Export"]["Name"]}
    reference = {"Fn::Join": ["", [arn, ":token::"]]}
    templates.container("Web")["Secrets"] = [{"Name": "TOKEN", "ValueFrom": reference}]


def same_priority(templates: Templates) -> None:
    """Add a rule to the listener with the priority of the one that is there."""
    rule = templates.properties("WebLoadBalancerTargetRule")
    templates.add("Services", Again={"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": dict(rule)})


def gone_import(templates: Templates) -> None:
    """Import a cluster that its stack does not export."""
    templates.properties("WebService")["Cluster"] = {"Fn::ImportValue": "ConstructsEcs-Cluster:Nowhere"}


def no_machine_image(templates: Templates) -> None:
    """Look for the machine image under a parameter that there is not."""
    for parameter in templates.body("Cluster")["Parameters"].values():
        parameter["Default"] = parameter["Default"].replace("arm64", "arm")


def access_log_key(templates: Templates) -> None:
    """Encrypt the bucket for access logs with a key of KMS."""
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bucket = templates.properties("LoadBalancerAccessLogBucket")
    bucket["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [encryption]}


def one_subnet(templates: Templates) -> None:
    """Put the load balancer into one Availability Zone."""
    templates.properties("LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"].pop()


def resource_policy(templates: Templates) -> None:
    """Let somebody else write the events of sessions."""
    parts = templates.properties("ExecEventsLogGroupPolicy")["PolicyDocument"]["Fn::Join"][1]
    parts[:] = [
        part.replace("events.amazonaws", "event.amazonaws") if isinstance(part, str) else part for part in parts
    ]


def withdraw(*actions: str) -> Change:
    """Take actions out of every policy of every role."""

    def change(templates: Templates) -> None:
        for body in templates.bodies.values():
            for resource in body["Resources"].values():
                if resource["Type"] in POLICY_TYPES:
                    document = resource["Properties"]["PolicyDocument"]
                    kept = [_lacking(one, actions) for one in document["Statement"]]
                    document["Statement"] = [one for one in kept if one["Action"]]
            _drop_empty_policies(body)

    return change


def machine(**properties: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of the state machine."""
    return lambda templates: templates.of_type(MACHINE)["Properties"].update(properties)


def schedule(**target: Any) -> Change:  # noqa: ANN401 - any property
    """Set properties of the schedule's target."""
    return lambda templates: templates.of_type(SCHEDULE)["Properties"]["Target"].update(target)


def role_of(resource_type: str, *path: str, principal: str) -> Change:
    """Let the role that a resource acts with trust somebody else."""

    def change(templates: Templates) -> None:
        place: Any = templates.of_type(resource_type)["Properties"]
        for step in path:
            place = place[step]
        logical_id = place["Fn::GetAtt"][0]
        (role,) = (
            body["Resources"][logical_id] for body in templates.bodies.values() if logical_id in body["Resources"]
        )
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"Service": principal}

    return change


def definition(change: Callable[[Data], object]) -> Change:
    """Change the first state machine's definition as data; what it refers to stays."""
    return lambda templates: _define(templates.of_type(MACHINE), change)


def state(pattern: str, change: Callable[[Data], object]) -> Change:
    """Change the state that runs a task with a pattern, ``sync`` for instance, wherever it is."""

    def changed(written: Data) -> None:
        for found in _states(written):
            if found.get("Resource", "").endswith(f"ecs:runTask.{pattern}"):
                change(found)

    def change_all(templates: Templates) -> None:
        for each in templates.all_of(MACHINE):
            _define(each, changed)

    return change_all


def arguments(pattern: str, **given: Any) -> Change:  # noqa: ANN401 - any argument
    """Set what the state asks ECS for."""
    return state(pattern, lambda found: found["Parameters"].update(given))


def as_jsonata(found: Data) -> None:
    """Give Arguments, as in JSONata, to a state in JSONPath."""
    found["Arguments"] = found.pop("Parameters")


def next_is_gone(found: Data) -> None:
    """Go on to a state that there is not."""
    found.pop("End", None)
    found["Next"] = "Gone"


def no_token(found: Data) -> None:
    """Give the task no token."""
    found["Parameters"]["Overrides"]["ContainerOverrides"][0]["Environment"] = []


def _define(machine: Data, change: Callable[[Data], object]) -> None:
    parts = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    written = json.loads("".join(part if isinstance(part, str) else f"@{at}@" for at, part in enumerate(parts)))
    change(written)
    pieces = _MARK.split(json.dumps(written))
    joined = [parts[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)]
    machine["Properties"]["DefinitionString"] = {"Fn::Join": ["", joined]}


def _states(written: Any) -> Iterator[Data]:  # noqa: ANN401 - any JSON
    """All states of a definition, those within others too."""
    if isinstance(written, dict):
        yield from written.get("States", {}).values()
    for child in written.values() if isinstance(written, dict) else written if isinstance(written, list) else ():
        yield from _states(child)


def _lacking(statement: Data, actions: tuple[str, ...]) -> Data:
    granted = _listed(statement["Action"])
    if not set(granted) & set(actions):
        return statement
    return {**statement, "Action": [action for action in granted if action not in actions]}


def _starting(templates: Templates, start: str, resource_type: str) -> Data:
    found: list[Data] = [
        one
        for body in templates.bodies.values()
        for key, one in body["Resources"].items()
        if key.startswith(start) and one["Type"] == resource_type
    ]
    (resource,) = found
    return resource


def _drop_empty_policies(body: Data) -> None:
    """A policy without statements is none."""
    resources = body["Resources"]
    empty = {
        key
        for key, one in resources.items()
        if one["Type"] in POLICY_TYPES and not one["Properties"]["PolicyDocument"]["Statement"]
    }
    for key in empty:
        del resources[key]
    for one in resources.values():
        held = one["Properties"].get("ManagedPolicyArns") if "Properties" in one else None
        if held:
            one["Properties"]["ManagedPolicyArns"] = [arn for arn in held if arn.get("Ref") not in empty]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
