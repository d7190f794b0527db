# ruff: noqa: ANN401 - values that a user could give
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs import (
    CapacityShare,
    Code,
    ConstructsEcsError,
    Container,
    EcrRepository,
    EcsCluster,
    ExistingNetwork,
    FargateProvider,
    Image,
    UnreachableError,
)
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.jobs import AtPath, ContainerOverride, FargateJob, Jsonata, RunTask
from constructs_ecs.network import ExistingEndpoint
from tests.jobs.scene import (
    HOUR,
    JSON_PATH,
    JSONATA,
    MINUTE,
    REQUEST_RESPONSE,
    RUN_JOB,
    WAIT_FOR_TASK_TOKEN,
    fargate_job,
    run,
    state_of,
)
from tests.meaning import permissions as sayings
from tests.scene import SIZE, scene
from tests.state_language import definition, permissions, state_machine, states
from tests.support import ENVIRONMENT, app, of_type, recommended_flags, stack, template

PATTERNS = (REQUEST_RESPONSE, RUN_JOB, WAIT_FOR_TASK_TOKEN)
FLAGS = ("none", "all")
TASKS = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@cache
def made(flags: str) -> tuple[dict[str, Any], dict[str, sfn.StateMachine], FargateJob]:
    """A machine for each pattern, of a job in a stack of its own app."""
    context = recommended_flags() if flags == "all" else {}
    root = cdk.Stack(app(flags=False, context=context), "Test", env=ENVIRONMENT)
    job = fargate_job(scene(scope=root, audited=False), family="report")
    machines = {}
    for pattern in PATTERNS:
        where = iam.Role(root, f"{pattern.name}Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        beat = MINUTE if pattern is WAIT_FOR_TASK_TOKEN else None
        state = RunTask(root, pattern.name, job=job, integration_pattern=pattern, timeout=HOUR, heartbeat_timeout=beat)
        body = sfn.DefinitionBody.from_chainable(state)
        machines[pattern.name] = sfn.StateMachine(root, f"{pattern.name}Machine", definition_body=body, role=where)
    return template(root), machines, job


def resolved(construct: cdk.Stack | FargateJob, value: Any) -> Any:
    return cdk.Stack.of(construct).resolve(value)


def spelt(value: Any) -> str:
    """An intrinsic as the definitions have it here."""
    (argument,) = value.values()
    return f"<{'.'.join(argument) if isinstance(argument, list) else argument}>"


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize(
    ("pattern", "ending", "of_pattern", "overrides"),
    [
        (REQUEST_RESPONSE, "", {}, {}),
        (RUN_JOB, ".sync", {}, {}),
        (
            WAIT_FOR_TASK_TOKEN,
            ".waitForTaskToken",
            {"HeartbeatSeconds": 60},
            {
                "Overrides": {
                    "ContainerOverrides": [
                        {"Name": "app", "Environment": [{"Name": "TASK_TOKEN", "Value.$": "$$.Task.Token"}]}
                    ]
                }
            },
        ),
    ],
)
def test_each_pattern_is_written_exactly(
    flags: str, pattern: Any, ending: str, of_pattern: dict[str, Any], overrides: dict[str, Any]
) -> None:
    resources, machines, job = made(flags)
    network = job.cluster.network
    groups = (job.security_group, network.endpoint_client_security_group)
    subnets = network.selected_task_subnets()
    assert definition(machines[pattern.name], resources) == {
        "StartAt": pattern.name,
        "States": {
            pattern.name: {
                "Type": "Task",
                "Resource": f"arn:<AWS::Partition>:states:::ecs:runTask{ending}",
                "TimeoutSeconds": 3600,
                **of_pattern,
                "Parameters": {
                    "Cluster": spelt(resolved(job, job.cluster.cluster.cluster_arn)),
                    "TaskDefinition": "report",
                    "LaunchType": "FARGATE",
                    "NetworkConfiguration": {
                        "AwsvpcConfiguration": {
                            "AssignPublicIp": "DISABLED",
                            "SecurityGroups": [spelt(resolved(job, each.security_group_id)) for each in groups],
                            "Subnets": [spelt(resolved(job, each.subnet_id)) for each in subnets],
                        }
                    },
                    "EnableExecuteCommand": True,
                    **overrides,
                },
                "End": True,
            }
        },
    }


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_machine_s_role_may_do_exactly_what_its_pattern_needs(flags: str, pattern: Any) -> None:
    resources, machines, job = made(flags)
    in_cluster = {"ArnEquals": {"ecs:cluster": resolved(job, job.cluster.cluster.cluster_arn)}}
    here = "us-east-1:123456789012"
    family = f"arn:aws:ecs:{here}:task-definition/report"
    roles = [resolved(job, role.role_arn) for role in (job.execution_role, job.task_role)]
    follow = [
        (["ecs:DescribeTasks", "ecs:StopTask"], ["*"], in_cluster),
        (
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            [f"arn:aws:events:{here}:rule/StepFunctionsGetEventsForECSTaskRule"],
            {},
        ),
    ]
    expected = [
        (["ecs:RunTask"], [family, f"{family}:*"], in_cluster),
        *(follow if pattern is RUN_JOB else []),
        (["iam:PassRole"], roles, TASKS),
    ]
    assert sorted(map(row, permissions(machines[pattern.name], resources)), key=repr) == sorted(expected, key=repr)


def row(statement: Mapping[str, Any]) -> tuple[list[str], list[Any], Mapping[str, Any]]:
    """A statement's actions, resources and conditions, with the partition of the one account there is."""
    assert statement["Effect"] == "Allow"
    actions, resources = (
        value if isinstance(value, list) else [value] for value in (statement["Action"], statement["Resource"])
    )
    return actions, list(map(in_aws, resources)), statement.get("Condition", {})


def in_aws(arn: Any) -> Any:
    if isinstance(arn, dict) and "Fn::Join" in arn:
        return "".join(part if isinstance(part, str) else "aws" for part in arn["Fn::Join"][1])
    return arn


@pytest.mark.parametrize("flags", FLAGS)
def test_a_task_may_report_only_where_a_state_waits_for_it(flags: str) -> None:
    resources, *_ = made(flags)
    reports = {
        (action, resource)
        for policy in sayings(resources).values()
        for _, _, action, resource, _ in policy
        if action.startswith("states:")
    }
    assert reports == {(f"states:SendTask{what}", "*") for what in ("Success", "Failure", "Heartbeat")}
    endpoints = json.dumps(
        [each["Properties"]["ServiceName"] for each in of_type(resources, "AWS::EC2::VPCEndpoint").values()]
    )
    assert ".states" in endpoints
    without = fargate_job()
    assert state_of(run(without))["Resource"].endswith(".sync")
    assert "states:" not in json.dumps(template(cdk.Stack.of(without)))


# The two examples of the developer guide's page on ECS, in both query languages.


def test_the_commands_of_the_input_are_passed_to_the_container() -> None:
    job = fargate_job()
    by_path = state_of(run(job, "A", overrides=[ContainerOverride(command=AtPath("$.commands"))]))
    assert by_path["Resource"].endswith(":states:::ecs:runTask.sync")
    assert by_path["Parameters"]["Overrides"] == {"ContainerOverrides": [{"Name": "app", "Command.$": "$.commands"}]}
    by_expression = state_of(run(job, "B", overrides=[ContainerOverride(command=Jsonata("$states.input.commands"))]))
    assert by_expression["QueryLanguage"] == "JSONata"
    assert by_expression["Arguments"]["Overrides"] == {
        "ContainerOverrides": [{"Name": "app", "Command": "{% $states.input.commands %}"}]
    }
    by_token = state_of(run(job, "C", overrides=[ContainerOverride(command=sfn.JsonPath.list_at("$.commands"))]))
    assert by_token == by_path
    by_text = state_of(run(job, "D", overrides=[ContainerOverride(command="{% $states.input.commands %}")]))
    assert by_text == by_expression


@pytest.mark.parametrize(
    ("token", "language"),
    [
        (AtPath("$$.Task.Token"), JSON_PATH),
        (sfn.JsonPath.task_token, JSON_PATH),
        (Jsonata("$states.context.Task.Token"), JSONATA),
    ],
    ids=["path", "cdk", "jsonata"],
)
def test_the_task_token_is_passed_in_a_variable(token: Any, language: sfn.QueryLanguage) -> None:
    job = fargate_job()
    by_override = ContainerOverride(environment={"TASK_TOKEN_ENV_VARIABLE": token})
    written = state_of(run(job, "A", integration_pattern=WAIT_FOR_TASK_TOKEN, overrides=[by_override]))
    assert written["Resource"].endswith(":states:::ecs:runTask.waitForTaskToken")
    is_path = language is JSON_PATH
    (container,) = written["Parameters" if is_path else "Arguments"]["Overrides"]["ContainerOverrides"]
    value = {"Value.$": "$$.Task.Token"} if is_path else {"Value": "{% $states.context.Task.Token %}"}
    assert container == {"Name": "app", "Environment": [{"Name": "TASK_TOKEN_ENV_VARIABLE", **value}]}
    by_name = run(
        job,
        "B",
        integration_pattern=WAIT_FOR_TASK_TOKEN,
        task_token_variable="TASK_TOKEN_ENV_VARIABLE",  # noqa: S106 - the name of a variable
        query_language=language,
    )
    assert state_of(by_name) == written


def test_everything_may_come_from_the_input_and_stands_in_pascal_case() -> None:
    override = ContainerOverride(
        command=["report", AtPath("$.day")],
        environment={"MODE": "full", "DAY": AtPath("$.day")},
        cpu=sfn.JsonPath.number_at("$.cpu"),
        memory_mib=AtPath("$.memory"),
        memory_reservation_mib=64,
    )
    written = state_of(run(fargate_job(), overrides=[override], cpu=AtPath("$.cpu"), memory_mib=2048))
    assert written["Parameters"]["Overrides"] == {
        "ContainerOverrides": [
            {
                "Name": "app",
                "Command.$": "States.Array('report', $.day)",
                "Environment": [{"Name": "MODE", "Value": "full"}, {"Name": "DAY", "Value.$": "$.day"}],
                "Cpu.$": "$.cpu",
                "Memory.$": "$.memory",
                "MemoryReservation": 64,
            }
        ],
        "Cpu.$": "$.cpu",
        "Memory": "2048",
    }


def test_what_a_task_state_has_besides_is_passed_on() -> None:
    state = run(
        fargate_job(),
        timeout=AtPath("$.seconds"),
        comment="why",
        state_name="Named",
        input_path="$.in",
        output_path="$.out",
        result_path=sfn.JsonPath.DISCARD,
        result_selector={"arn.$": "$.TaskArn", "also": sfn.JsonPath.string_at("$.Group")},
        assign={"group": sfn.JsonPath.string_at("$.Group")},
    )
    written = state_of(state)
    expected = {
        "Comment": "why",
        "TimeoutSecondsPath": "$.seconds",
        "InputPath": "$.in",
        "OutputPath": "$.out",
        "ResultPath": None,
        "ResultSelector": {"arn.$": "$.TaskArn", "also.$": "$.Group"},
        "Assign": {"group.$": "$.Group"},
    }
    assert {name: written[name] for name in expected} == expected
    assert state.state_id == "Named"


def test_a_jsonata_state_has_an_output_and_variables() -> None:
    state = run(
        fargate_job(),
        integration_pattern=WAIT_FOR_TASK_TOKEN,
        timeout=Jsonata("$states.input.seconds"),
        outputs={"a": "{% $states.result.a %}"},
        assign={"b": "{% $states.result.b %}"},
        started_by=Jsonata("$uuid()"),
    )
    written = state_of(state)
    expected = {
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": "{% $states.input.seconds %}",
        "HeartbeatSeconds": 60,
        "Output": {"a": "{% $states.result.a %}"},
        "Assign": {"b": "{% $states.result.b %}"},
    }
    assert {name: written[name] for name in expected} == expected
    assert written["Arguments"]["StartedBy"] == "{% $uuid() %}"


@pytest.mark.parametrize(
    "options",
    [
        {"query_language": JSONATA, "overrides": [ContainerOverride(command=AtPath("$.a"))]},
        {"query_language": JSONATA, "overrides": [ContainerOverride(environment={"A": sfn.JsonPath.string_at("$.a")})]},
        {"query_language": JSONATA, "result_path": "$.a"},
        {"query_language": JSONATA, "result_selector": {"a.$": "$.a"}},
        {"query_language": JSONATA, "timeout": AtPath("$.a")},
        {"query_language": JSON_PATH, "overrides": [ContainerOverride(command=Jsonata("$a"))]},
        {"query_language": JSON_PATH, "overrides": [ContainerOverride(command=["{% $a %}"])]},
        {"query_language": JSON_PATH, "outputs": {"a": 1}},
        {"query_language": JSON_PATH, "assign": {"a": "{% $states.result %}"}},
        {"query_language": JSON_PATH, "cpu": Jsonata("$a")},
        {"query_language": JSONATA, "assign": {"a": {"b.$": "$.b"}}},
        {"overrides": [ContainerOverride(command=AtPath("$.a"), cpu=Jsonata("$a"))]},
        {"overrides": [ContainerOverride(command=[AtPath("$.a"), Jsonata("$a")])]},
        {"timeout": Jsonata("$a"), "result_path": "$.a"},
    ],
)
def test_two_query_languages_in_one_state_are_refused(shared: FargateJob, options: dict[str, Any]) -> None:
    assert refused(shared, **options).code is Code.QUERY_LANGUAGE


@pytest.fixture(scope="module")
def shared() -> FargateJob:
    """A job that is refused to run."""
    return fargate_job()


def refused(job: FargateJob, **options: Any) -> ConstructsEcsError:
    before = len(cdk.Stack.of(job).node.children)
    with pytest.raises(ConstructsEcsError) as error:
        run(job, **options)
    assert len(cdk.Stack.of(job).node.children) == before
    return error.value


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"integration_pattern": "RUN_JOB"}, Code.SETTING),
        ({"query_language": "JSONata"}, Code.SETTING),
        ({"overrides": [{"Command": ["a"]}]}, Code.SETTING),
        ({"started_by": "me"}, Code.SETTING),
        ({"comment": 7}, Code.SETTING),
        ({"state_name": ""}, Code.SETTING),
        ({"state_name": "x" * 81}, Code.SETTING),
        ({"result_selector": "$.a"}, Code.SETTING),
        ({"assign": [1]}, Code.SETTING),
        ({"overrides": [ContainerOverride(container="other")]}, Code.CONTAINER_NAME),
        ({"overrides": [ContainerOverride(command=["x" * 8192])]}, Code.TASK_OVERRIDES),
        ({"cpu": 300}, Code.TASK_SIZE),
        ({"result_path": "result"}, Code.QUERY_LANGUAGE),
        ({"task_token_variable": "TOKEN"}, Code.TASK_TOKEN),
        ({"heartbeat_timeout": MINUTE}, Code.STATE_TIMEOUT),
        ({"integration_pattern": WAIT_FOR_TASK_TOKEN, "heartbeat_timeout": None}, Code.STATE_TIMEOUT),
        ({"timeout": 60}, Code.STATE_TIMEOUT),
        ({"capacity": [CapacityShare(provider=FargateProvider.FARGATE_SPOT)]}, Code.FARGATE_SPOT),
        ({"capacity": []}, Code.CAPACITY_STRATEGY),
    ],
)
def test_what_could_not_run_is_refused_and_nothing_is_made(
    shared: FargateJob, options: dict[str, Any], code: Code
) -> None:
    assert refused(shared, **options).code is code


def test_what_is_no_job_is_refused() -> None:
    with pytest.raises(ConstructsEcsError, match="job is of type Job") as error:
        RunTask(stack(), "Run", job="report")  # type: ignore[arg-type]
    assert error.value.code is Code.SETTING


def test_a_task_that_could_not_report_is_refused() -> None:
    root = stack()
    there = ExistingEndpoint(cidrs=("10.9.0.0/24",))
    endpoints = dict.fromkeys((Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.LOGS), there)
    vpc = ec2.Vpc(root, "Vpc", nat_gateways=0)
    existing = {**endpoints, Endpoint.S3: ExistingEndpoint()}
    network = ExistingNetwork(root, "Network", vpc=vpc, create_endpoints=False, existing_endpoints=existing)
    cluster = EcsCluster(root, "Cluster", network=network)
    image = Image.from_ecr(EcrRepository(root, "Repository"), tag="1.4.2")
    containers = [Container(image=image)]
    job = FargateJob(root, "Job", cluster=cluster, containers=containers, size=SIZE, enable_execute_command=False)
    error = refused(job, integration_pattern=WAIT_FOR_TASK_TOKEN)
    assert (type(error), error.code) == (UnreachableError, Code.MISSING_ENDPOINT)
    assert "report with a task token" in str(error)
    assert state_of(run(job))["Type"] == "Task"


def test_a_machine_of_jsonata_has_states_without_a_language_of_their_own() -> None:
    written = state_of(run(fargate_job(), integration_pattern=WAIT_FOR_TASK_TOKEN), JSONATA)
    assert "QueryLanguage" not in written
    (container,) = written["Arguments"]["Overrides"]["ContainerOverrides"]
    assert container["Environment"] == [{"Name": "TASK_TOKEN", "Value": "{% $states.context.Task.Token %}"}]


def test_a_path_in_a_machine_of_jsonata_is_refused_by_the_cdk() -> None:
    state = run(fargate_job(), overrides=[ContainerOverride(command=AtPath("$.a"))])
    with pytest.raises(RuntimeError, match="can not be 'JSONPath' if set to 'JSONata'"):
        state_of(state, JSONATA)


@pytest.mark.parametrize("machine_language", [None, JSONATA])
def test_a_state_runs_in_a_map_and_a_parallel(machine_language: sfn.QueryLanguage | None) -> None:
    job = fargate_job()
    root = cdk.Stack.of(job)
    value = AtPath("$.file") if machine_language is None else Jsonata("$states.input.file")
    first, second = (run(job, name, overrides=[ContainerOverride(command=[value])]) for name in ("First", "Second"))
    each = sfn.Map(root, "Each", max_concurrency=2).item_processor(first)
    machine = state_machine(root, sfn.Parallel(root, "Both").branch(each, second), machine_language)
    resources = template(root)
    written = states(definition(machine, resources))
    assert written["First"] == written["Second"]
    assert ("Parameters" if machine_language is None else "Arguments") in written["First"]
    actions = [each["Action"] for each in permissions(machine, resources)]
    assert sorted(map(str, actions)) == sorted({str(action) for action in actions})


def test_two_jobs_follow_each_other_and_one_runs_twice() -> None:
    place = scene(audited=False)
    extract, load = (fargate_job(place, name, family=name.lower()) for name in ("Extract", "Load"))
    chain = run(extract, "First").next(run(load, "Second")).next(run(extract, "Third"))
    machine = state_machine(place.stack, chain)
    resources = template(place.stack)
    written = definition(machine, resources)["States"]
    assert [written[name]["Parameters"]["TaskDefinition"] for name in ("First", "Second", "Third")] == [
        *("extract", "load", "extract")
    ]
    assert [written[name].get("Next") for name in ("First", "Second", "Third")] == ["Second", "Third", None]
    runs = [each["Resource"] for each in permissions(machine, resources) if each["Action"] == "ecs:RunTask"]
    families = {in_aws(arn).rpartition("task-definition/")[2] for each in runs for arn in each}
    assert families == {"extract", "extract:*", "load", "load:*"}


def test_a_job_is_run_from_another_stack() -> None:
    root = app()
    at_job, at_workflow = cdk.Stack(root, "Jobs"), cdk.Stack(root, "Workflows")
    job = fargate_job(scene(scope=at_job, audited=False), family="report")
    state = RunTask(at_workflow, "Run", job=job, integration_pattern=WAIT_FOR_TASK_TOKEN, heartbeat_timeout=MINUTE)
    machine = state_machine(at_workflow, state)
    resources = template(at_workflow)
    assert definition(machine, resources)["States"]["Run"]["Parameters"]["TaskDefinition"] == "report"
    assert [each.node.id for each in at_workflow.dependencies] == ["Jobs"]
    assert at_job.dependencies == []
    assert "Fn::ImportValue" not in json.dumps(of_type(template(at_job), "AWS::IAM::ManagedPolicy"))
    exported = json.dumps(template(at_job).get("Outputs", {}))
    assert "TaskDefinition" not in exported  # its ARN has the revision, and what is imported cannot change


@pytest.mark.parametrize(
    ("of_job", "of_state"),
    [
        ({"region": "eu-west-1"}, {"region": "us-east-1"}),
        ({"account": "111111111111"}, {"account": "222222222222"}),
    ],
)
def test_a_job_elsewhere_is_refused(of_job: dict[str, str], of_state: dict[str, str]) -> None:
    root = app()
    jobs, flows = (
        cdk.Stack(root, name, env=cdk.Environment(**env)) for name, env in (("Jobs", of_job), ("Flows", of_state))
    )
    job = fargate_job(scene(scope=jobs, audited=False))
    with pytest.raises(ConstructsEcsError, match="got stack Jobs and stack Flows") as refused:
        RunTask(flows, "Run", job=job)
    assert refused.value.code is Code.STAGES
    assert RunTask(cdk.Stack(root, "Anywhere"), "Run", job=job).job is job


def test_a_job_of_another_stage_is_refused() -> None:
    root = app()
    jobs, flows = (cdk.Stack(cdk.Stage(root, name), "Stack") for name in ("Beta", "Live"))
    with pytest.raises(ConstructsEcsError, match="one Stage") as refused:
        RunTask(flows, "Run", job=fargate_job(scene(scope=jobs, audited=False)))
    assert refused.value.code is Code.STAGES


def test_a_run_names_another_capacity_than_the_job_s() -> None:
    place = scene(audited=False, fargate_spot=True)
    spot = [CapacityShare(provider=FargateProvider.FARGATE_SPOT)]
    job = fargate_job(place, capacity=spot)
    own = state_of(run(job, "A"))["Parameters"]
    other = state_of(run(job, "B", capacity=[CapacityShare(provider=FargateProvider.FARGATE, weight=2, base=1)]))
    assert own["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert other["Parameters"]["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 2, "Base": 1}]
    assert "LaunchType" not in own


def test_a_state_is_retried_caught_and_measured_like_any_of_the_cdk_s() -> None:
    job = fargate_job()
    root = cdk.Stack.of(job)
    state = run(job, "Run", result_path="$.task")
    state.add_retry(errors=["AmazonECS.Unknown"], max_attempts=3)
    state.add_catch(sfn.Fail(root, "Failed"), result_path="$.error")
    metric = state.metric_failed()
    written = state_of(state)
    assert written["Retry"] == [{"ErrorEquals": ["AmazonECS.Unknown"], "MaxAttempts": 3}]
    assert written["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}]
    assert (metric.namespace, metric.metric_name) == ("AWS/States", "ServiceIntegrationsFailed")
    assert metric.dimensions is not None
    assert list(metric.dimensions) == ["ServiceIntegrationResourceArn"]


def test_each_permission_is_told_with_its_reason() -> None:
    wild = [each for each in run(fargate_job()).permissions if any("*" in resource for resource in each.resources)]
    assert [(each.actions, bool(each.reason)) for each in wild] == [
        (("ecs:RunTask",), True),
        (("ecs:DescribeTasks", "ecs:StopTask"), True),
    ]
