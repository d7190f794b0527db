"""The preflight says that a job will start, and which rule is broken when one part of it is taken away."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs import Container
from constructs_ecs.jobs import AtPath, ContainerOverride, Ec2Job, FargateJob, Job, Jsonata, RunTask
from constructs_ecs.preflight.engine import analyse_templates
from constructs_ecs.preflight.findings import Severity, Verdict
from constructs_ecs.preflight.report import Report
from tests.jobs.scene import MINUTE, REQUEST_RESPONSE, RUN_JOB, WAIT_FOR_TASK_TOKEN
from tests.preflight.support import templates
from tests.scene import SIZE, Scene, scene
from tests.state_language import state_machine
from tests.support import ENVIRONMENT, stack, template

Resources = dict[str, Any]
Change = Callable[[Resources], None]

PATTERNS = (REQUEST_RESPONSE, RUN_JOB, WAIT_FOR_TASK_TOKEN)
COMMAND: dict[str, AtPath | Jsonata] = {"path": AtPath("$.commands"), "jsonata": Jsonata("$states.input.commands")}


def on_fargate(place: Scene) -> Job:
    return FargateJob(place.stack, "Job", cluster=place.cluster, containers=[Container(image=place.image)], size=SIZE)


def on_instances(place: Scene) -> Job:
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    containers = [Container(image=place.image, memory_mib=256)]
    return Ec2Job(place.stack, "Job", cluster=place.cluster, containers=containers, capacity=capacity)


KINDS = {"fargate": on_fargate, "ec2": on_instances}


@cache
def _made(kind: str, pattern: sfn.IntegrationPattern, language: str) -> dict[str, Any]:
    place = scene(scope=stack(env=ENVIRONMENT))
    state = RunTask(
        place.stack,
        "Run",
        job=KINDS[kind](place),
        integration_pattern=pattern,
        heartbeat_timeout=MINUTE if pattern is WAIT_FOR_TASK_TOKEN else None,
        overrides=[ContainerOverride(command=COMMAND[language])],
    )
    state_machine(place.stack, state)
    return template(place.stack)


def analysed(kind: str, pattern: sfn.IntegrationPattern, language: str, change: Change | None = None) -> Report:
    made = deepcopy(_made(kind, pattern, language))
    if change is not None:
        before = deepcopy(made)
        change(made["Resources"])
        assert made != before
    return analyse_templates(templates(made, account=ENVIRONMENT.account, region=ENVIRONMENT.region))


@pytest.mark.parametrize("language", COMMAND)
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_job_will_start_and_open_sessions(kind: str, pattern: sfn.IntegrationPattern, language: str) -> None:
    report = analysed(kind, pattern, language)
    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.PASS)
    assert (report.findings, report.unknowns) == ((), ())


# What takes one part away.


def named(resources: Resources, prefix: str, resource_type: str) -> dict[str, Any]:
    """The resource of a type whose logical id begins so."""
    (found,) = [
        resource for key, resource in resources.items() if key.startswith(prefix) and resource["Type"] == resource_type
    ]
    return dict(found)["Properties"]  # type: ignore[no-any-return] # any JSON


def disallow(action: str, *, of: str = "Machine") -> Change:
    """Take an action away from the role of the machine, the task or the agent."""

    def change(resources: Resources) -> None:
        for key, resource in resources.items():
            if key.startswith(of) and resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
                statements = resource["Properties"]["PolicyDocument"]["Statement"]
                for statement in statements:
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    statement["Action"] = [each for each in actions if each != action]
                statements[:] = [statement for statement in statements if statement["Action"]]

    return change


def narrow(action: str, alter: Callable[[dict[str, Any]], None]) -> Change:
    """Alter the statement of the machine's role on an action."""

    def change(resources: Resources) -> None:
        for statement in named(resources, "MachineRole", "AWS::IAM::Policy")["PolicyDocument"]["Statement"]:
            if action in statement["Action"]:
                alter(statement)

    return change


def drop_resource(place: int) -> Callable[[dict[str, Any]], None]:
    def alter(statement: dict[str, Any]) -> None:
        del statement["Resource"][place]

    return alter


def replace_condition(operator: str, key: str, value: str) -> Callable[[dict[str, Any]], None]:
    def alter(statement: dict[str, Any]) -> None:
        statement["Condition"] = {operator: {key: value}}

    return alter


def edit(alter: Callable[[dict[str, Any]], None]) -> Change:
    """Alter the state in the machine's definition."""

    def change(resources: Resources) -> None:
        properties = named(resources, "Machine", "AWS::StepFunctions::StateMachine")
        _, parts = properties["DefinitionString"]["Fn::Join"]
        tokens = [part for part in parts if not isinstance(part, str)]
        places = iter(range(len(tokens)))
        text = "".join(part if isinstance(part, str) else f"<<{next(places)}>>" for part in parts)
        body = json.loads(text)
        alter(body["States"]["Run"])
        written: list[Any] = []
        for position, part in enumerate(json.dumps(body).replace(">>", "<<").split("<<")):
            written.append(tokens[int(part)] if position % 2 else part)
        properties["DefinitionString"] = {"Fn::Join": ["", written]}

    return change


def arguments(state: dict[str, Any]) -> dict[str, Any]:
    return state.get("Parameters") or state["Arguments"]  # type: ignore[no-any-return] # any JSON


def without_network(state: dict[str, Any]) -> None:
    del arguments(state)["NetworkConfiguration"]


def without_client_group(state: dict[str, Any]) -> None:
    arguments(state)["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"].pop()


def without_token(state: dict[str, Any]) -> None:
    del arguments(state)["Overrides"]["ContainerOverrides"][0]["Environment"]


def in_the_other_language(state: dict[str, Any]) -> None:
    old, new = ("Parameters", "Arguments") if "Parameters" in state else ("Arguments", "Parameters")
    state[new] = state.pop(old)


def without_language(state: dict[str, Any]) -> None:
    del state["QueryLanguage"]


def with_keys(state: dict[str, Any]) -> None:
    (override,) = arguments(state)["Overrides"]["ContainerOverrides"]
    override.setdefault("Environment", []).append({"Name": "AWS_ACCESS_KEY_ID", "Value": "AKIA"})


def no_endpoint(service: str) -> Change:
    def change(resources: Resources) -> None:
        for key, resource in list(resources.items()):
            if resource["Type"] == "AWS::EC2::VPCEndpoint" and _service(resource).endswith(f".{service}"):
                del resources[key]

    return change


def no_private_dns(service: str) -> Change:
    def change(resources: Resources) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::EC2::VPCEndpoint" and _service(resource).endswith(f".{service}"):
                resource["Properties"]["PrivateDnsEnabled"] = False

    return change


def _service(endpoint: dict[str, Any]) -> str:
    name = endpoint["Properties"]["ServiceName"]
    return str(name if isinstance(name, str) else name["Fn::Join"][1][-1])


def no_dns_in_vpc(resources: Resources) -> None:
    named(resources, "Network", "AWS::EC2::VPC")["EnableDnsSupport"] = False


def no_rule(resource_type: str) -> Change:
    """Close the endpoints to those that carry the shared group, or the shared group to the endpoints."""

    def change(resources: Resources) -> None:
        for key, resource in list(resources.items()):
            if resource["Type"] == resource_type and "EndpointClient" in json.dumps(resource):
                del resources[key]

    return change


def no_dependency(resources: Resources) -> None:
    for resource in resources.values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            resource["DependsOn"] = []


def no_trust(of: str) -> Change:
    def change(resources: Resources) -> None:
        role = named(resources, of, "AWS::IAM::Role")
        role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}

    return change


FAMILY, REVISIONS = 0, 1
EXECUTION, TASK = 0, 1
ROLES = {"execution role": "JobTaskExecutionRole", "task role": "JobTaskTaskRole"}
OTHER_CLUSTER = replace_condition("ArnEquals", "ecs:cluster", "arn:aws:ecs:eu-west-1:123456789012:cluster/other")
OTHER_SERVICE = replace_condition("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")

EVERYWHERE: dict[str, tuple[str, Change]] = {
    "the right to run": ("S02", disallow("ecs:RunTask")),
    "the right to run the latest revision": ("S02", narrow("ecs:RunTask", drop_resource(REVISIONS))),
    "the right to run in this cluster": ("S02", narrow("ecs:RunTask", OTHER_CLUSTER)),
    "the right to pass roles": ("S02", disallow("iam:PassRole")),
    "the right to pass the execution role": ("S02", narrow("iam:PassRole", drop_resource(EXECUTION))),
    "the right to pass the task role": ("S02", narrow("iam:PassRole", drop_resource(TASK))),
    "the right to pass roles to tasks": ("S02", narrow("iam:PassRole", OTHER_SERVICE)),
    "the network": ("S04", edit(without_network)),
    "the endpoints' client group": ("N12", edit(without_client_group)),
    "the trust of the execution role": ("R02", no_trust(ROLES["execution role"])),
    "the trust of the task role": ("R02", no_trust(ROLES["task role"])),
    "the right to pull": ("R03", disallow("ecr:BatchGetImage", of=ROLES["execution role"])),
    "the right to write output": ("R07", disallow("logs:PutLogEvents", of=ROLES["execution role"])),
    "the endpoint of ECR": ("N01", no_endpoint("ecr.api")),
    "the endpoint of the registry": ("N02", no_endpoint("ecr.dkr")),
    "the gateway of S3": ("N03", no_endpoint("s3")),
    "the endpoint of the output": ("N07", no_endpoint("logs")),
    "the private name of ECR": ("N09", no_private_dns("ecr.api")),
    "the VPC's names": ("N10", no_dns_in_vpc),
    "the way into the endpoints": ("N11", no_rule("AWS::EC2::SecurityGroupIngress")),
    "the way out to the endpoints": ("N12", no_rule("AWS::EC2::SecurityGroupEgress")),
}
FOLLOWING: dict[str, tuple[str, Change]] = {
    action: ("S01", disallow(action))
    for action in (
        *("ecs:DescribeTasks", "ecs:StopTask"),
        *("events:DescribeRule", "events:PutRule", "events:PutTargets"),
    )
}
REPORTING: dict[str, tuple[str, Change]] = {
    "the token": ("S03", edit(without_token)),
    "the right to report success": ("S03", disallow("states:SendTaskSuccess", of=ROLES["task role"])),
    "the endpoint of Step Functions": ("S03", no_endpoint("states")),
}
REMOVALS = [
    *((pattern, *each) for pattern in PATTERNS for each in EVERYWHERE.items()),
    *((RUN_JOB, *each) for each in FOLLOWING.items()),
    *((WAIT_FOR_TASK_TOKEN, *each) for each in REPORTING.items()),
]


@pytest.mark.parametrize(
    ("pattern", "rule", "change"),
    [(pattern, *case) for pattern, _, case in REMOVALS],
    ids=[f"{pattern.name}: {name}" for pattern, name, _ in REMOVALS],
)
def test_a_job_that_lacks_one_part_is_told_by_its_rule(
    pattern: sfn.IntegrationPattern, rule: str, change: Change
) -> None:
    report = analysed("fargate", pattern, "path", change)
    (site,) = report.launch_sites
    assert rule in {finding.rule for finding in report.findings}
    assert (site.start.verdict, report.verdict) == (Verdict.FAIL, Verdict.FAIL)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["the token", "the endpoint of Step Functions", "the right to report success"])
def test_a_task_that_cannot_report_is_found_in_either_language_and_on_either_capacity(kind: str, name: str) -> None:
    rule, change = REPORTING[name]
    report = analysed(kind, WAIT_FOR_TASK_TOKEN, "jsonata", change)
    assert rule in {finding.rule for finding in report.findings}
    assert report.launch_sites[0].start.verdict is Verdict.FAIL


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(
    ("language", "alter"),
    [("path", in_the_other_language), ("jsonata", in_the_other_language), ("jsonata", without_language)],
)
def test_a_state_in_the_wrong_language_is_refused_by_step_functions(
    pattern: sfn.IntegrationPattern, language: str, alter: Callable[[dict[str, Any]], None]
) -> None:
    report = analysed("fargate", pattern, language, edit(alter))
    assert {(finding.rule, finding.severity) for finding in report.findings} == {("S04", Severity.DEPLOY)}
    assert report.verdict is Verdict.FAIL


@pytest.mark.parametrize(("language", "rules"), [(None, {"S04"}), (sfn.QueryLanguage.JSONATA, set())])
def test_a_state_in_a_map_of_jsonata_that_was_not_told_so_is_found(
    language: sfn.QueryLanguage | None, rules: set[str]
) -> None:
    place = scene(audited=False)
    state = RunTask(place.stack, "Run", job=on_fargate(place), query_language=language)
    state_machine(place.stack, sfn.Map(place.stack, "Each").item_processor(state), sfn.QueryLanguage.JSONATA)
    report = analyse_templates(templates(template(place.stack)))
    assert {finding.rule for finding in report.findings} == rules


def test_a_machine_that_may_be_there_before_its_policy_is_warned_of() -> None:
    report = analysed("fargate", RUN_JOB, "path", no_dependency)
    assert {(finding.rule, finding.severity) for finding in report.findings} == {("S01", Severity.WARNING)}


def test_keys_in_an_override_are_warned_of() -> None:
    report = analysed("fargate", RUN_JOB, "path", edit(with_keys))
    assert {(finding.rule, finding.severity) for finding in report.findings} == {("X05", Severity.WARNING)}


@pytest.mark.parametrize("action", ["states:SendTaskFailure", "states:SendTaskHeartbeat"])
def test_a_report_that_not_every_task_makes_is_warned_of(action: str) -> None:
    report = analysed("fargate", WAIT_FOR_TASK_TOKEN, "path", disallow(action, of=ROLES["task role"]))
    (finding,) = report.findings
    assert (finding.rule, finding.severity) == ("S03", Severity.WARNING)
    assert action in finding.message
