"""What the deployed roles may do: what was reviewed, and nothing else."""

import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff

import pytest

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.documents import statements
from constructs_ecs.preflight.iam.evaluator import Request, evaluate
from constructs_ecs.preflight.iam.principals import Principal
from constructs_ecs.preflight.values import Ternary
from tests.emulator import roles_second_opinion
from tests.emulator.aws import Aws
from tests.emulator.deployed import Stack
from tests.emulator.roles_actions import all_actions
from tests.emulator.roles_calls import OPERATOR, Things, calls
from tests.emulator.roles_policies import Role, resource_policies
from tests.emulator.roles_report import report, reviewed
from tests.emulator.roles_resources import OTHER_ACCOUNT, path
from tests.emulator.roles_rights import Judge, Right, World
from tests.emulator.roles_session import acting_as
from tests.emulator.sample import Sample
from tests.emulator.server import ACCOUNT, REGION

# What the services act for when they assume a role.
_SOURCES = {
    "scheduler.amazonaws.com": "scheduler:{}:{}:schedule-group/{}",
    "ecs-tasks.amazonaws.com": "ecs:{}:{}:task/any",
    "states.amazonaws.com": "states:{}:{}:stateMachine:any",
    "vpc-flow-logs.amazonaws.com": "ec2:{}:{}:vpc-flow-log/any",
}


@dataclass(frozen=True)
class Deployed:
    """A deployed variant with its roles, by their path in the app."""

    variant: str
    stacks: Mapping[str, Stack]
    names: Mapping[str, str]
    judges: Mapping[str, Judge]


@pytest.fixture(scope="session")
def variant(deployed: Sample, aws: Aws) -> Iterator[Deployed]:
    stacks = deployed.stacks(aws)
    world = World.of(stacks.values(), resource_policies(aws, stacks.values()))
    with operator(aws, stacks["Cluster"]) as own:
        names = {**role_names(stacks), OPERATOR: own}
        judges = {label: Judge(Role.read(aws, name), world) for label, name in names.items()}
        yield Deployed(deployed.variant, stacks, names, judges)


def role_names(stacks: Mapping[str, Stack]) -> dict[str, str]:
    return {
        path(stack, key): stack.physical_ids[key]
        for stack in stacks.values()
        for key, resource in stack.resources.items()
        if resource["Type"] == "AWS::IAM::Role"
    }


@contextmanager
def operator(aws: Aws, cluster: Stack) -> Iterator[str]:
    """A role for operators, which have the sample app's policy and nothing else."""
    ids = {path(cluster, key): physical_id for key, physical_id in cluster.physical_ids.items()}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    name, policy = f"{cluster.name}-Operator", ids["Cluster/Operators/Policy"]
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    aws("iam").attach_role_policy(RoleName=name, PolicyArn=policy)
    yield name
    aws("iam").detach_role_policy(RoleName=name, PolicyArn=policy)
    aws("iam").delete_role(RoleName=name)


def test_each_role_may_do_what_was_reviewed(variant: Deployed) -> None:
    text = report(variant.variant, {label: judge.rights for label, judge in variant.judges.items()})
    before = reviewed(f"rights-{variant.variant}.md", text)
    difference = "\n".join(unified_diff(before.splitlines(), text.splitlines(), "reviewed", "deployed", lineterm=""))
    assert not difference, f"{difference}\n\n`make snapshots` writes it anew."


def test_no_role_may_do_anything_to_what_is_not_of_its_stacks(variant: Deployed) -> None:
    own = {target.label for judge in variant.judges.values() for target in judge.world.own}
    on_all = {}
    for label, judge in variant.judges.items():
        rights = [right for right in judge.rights if not right.never]
        assert {right.on for right in rights} - own <= {"*"}, label
        on_all[label] = {right.action for right in rights if right.on == "*" and not right.condition}
    # AWS has no resource for these, or none that a policy could name in advance.
    agent = {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"}
    agent |= {"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"}
    delivery = {"CreateLogDelivery", "DeleteLogDelivery", "GetLogDelivery", "ListLogDeliveries", "UpdateLogDelivery"}
    policies = {"logs:DescribeResourcePolicies", "logs:PutResourcePolicy"}
    sampling = {"xray:GetSamplingRules", "xray:GetSamplingTargets"}
    traces = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    tokens = {"states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"}
    machines = {f"logs:{each}" for each in delivery} | policies | sampling | traces
    assert set().union(*on_all.values()) - agent - machines - tokens <= {
        "ecr:GetAuthorizationToken",
        "ecs:DiscoverPollEndpoint",
        "logs:DescribeLogGroups",
        "ssm:UpdateInstanceInformation",
    }
    assert [label for label, actions in on_all.items() if actions & tokens] == ["Jobs/FileImport/Task/TaskRole/Role"]
    assert {label for label, actions in on_all.items() if actions & machines} == {
        "Jobs/Imports/Role/Role",
        "Jobs/Nightly/Role/Role",
    }


def test_the_sweep_asks_for_every_action_that_aws_has_and_policies_name_no_other(variant: Deployed) -> None:
    listed = {each.lower() for each in all_actions()}
    assert len(listed) > 20_000
    for judge in variant.judges.values():
        written = {action for each in judge.role.statements for action in each.actions}  # type: ignore[union-attr] # known
        assert {str(action).lower() for action in written} <= listed


def test_what_the_sweep_rules_out_is_denied_when_it_is_asked_for(variant: Deployed) -> None:
    chosen = random.Random(5)  # noqa: S311 - the same sample each time
    for judge in variant.judges.values():
        others = sorted(set(all_actions()) - set(judge.candidates()))
        for action in chosen.sample(others, 400):
            target = chosen.choice(judge.world.targets(action))
            assert not judge.allows(action, target, {}), (judge.role.arn, action, target)


def test_a_planted_permission_is_reported(variant: Deployed, aws: Aws) -> None:
    name, judge = variant.names[OPERATOR], variant.judges[OPERATOR]
    bucket = next(each for each in judge.world.own if each.label == "LoadBalancer/LoadBalancer/AccessLogBucket")
    planted = [
        {"Effect": "Allow", "Action": "s3:ListBuck*", "Resource": f"{bucket.arn[:-3]}*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "ec2:DeleteVpc",
            "Resource": f"arn:aws:ec2:*:{ACCOUNT}:vpc/*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "platform"}},
        },
        {"Effect": "Deny", "Action": "ecs:Describe*", "Resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": planted})
    aws("iam").put_role_policy(RoleName=name, PolicyName="planted", PolicyDocument=document)
    try:
        found = set(Judge(Role.read(aws, name), judge.world).rights)
    finally:
        aws("iam").delete_role_policy(RoleName=name, PolicyName="planted")
    before = set(judge.rights)
    tagged = "aws:PrincipalTag/team is platform"
    vpc = "Network/Network/Vpc"
    assert {
        Right("s3:ListBucket", bucket.label),
        Right("s3:ListBucket", f"{bucket.label}, of a name like it"),
        Right("iam:PassRole", "*"),
        Right("ec2:DeleteVpc", vpc, tagged),
        Right("ec2:DeleteVpc", f"{vpc}, in another Region", tagged),
        Right("ec2:DeleteVpc", "someone else's ec2 vpc", tagged),
    } <= found - before
    assert {(right.action, right.on, right.never) for right in before - found} == {
        ("ecs:DescribeTasks", "Cluster/Cluster/Cluster: a task", False)
    }


def test_each_call_fares_as_it_has_to_and_as_the_evaluator_says(variant: Deployed, aws: Aws) -> None:
    acting = {
        label: acting_as(aws, judge.role.arn, _service(judge.role), _group(judge.role))
        for label, judge in variant.judges.items()
    }
    made = calls(variant.variant, Things.of(aws, variant.stacks))
    wrong = []
    for call in made:
        judge = variant.judges[call.role]
        let_through = call.is_let_through(acting[call.role])
        said = judge.allows(call.action, judge.world.target(call.arn), call.keys)
        if not let_through == said == call.allowed:
            wrong.append(f"{call}: let through {let_through}, evaluator {said}")
    assert not wrong, "\n".join(wrong)
    assert min(sum(call.allowed for call in made), sum(not call.allowed for call in made)) >= 15


def test_another_evaluator_answers_all_requests_that_come_near_alike(variant: Deployed) -> None:
    chosen, answers = random.Random(5), []  # noqa: S311 - the same sample each time
    for judge in variant.judges.values():
        second = roles_second_opinion.of(judge.role)
        statements_ = judge.role.statements
        for action in judge.candidates():
            near, others = judge.near(action), chosen.sample(judge.world.targets(action), 10)
            for target in [*chosen.sample(near, min(10, len(near))), *others]:
                for keys in judge.contexts(action):
                    request = judge.request(action, target, keys)
                    answers.append(evaluate(statements_, request).answer is Ternary.YES)
                    assert second(request) == answers[-1], (action, target, keys)
    assert min(sum(answers), len(answers) - sum(answers)) > 200


def test_only_its_service_assumes_a_role_and_only_for_the_account(variant: Deployed) -> None:
    for label, judge in variant.judges.items():
        if label == OPERATOR:
            continue
        service = _service(judge.role)
        assert _trusts(judge.role, service, ACCOUNT)
        assert not _trusts(judge.role, "lambda.amazonaws.com", ACCOUNT)
        if service != "ec2.amazonaws.com":  # which gives a role to instances of its own account only
            assert not _trusts(judge.role, service, OTHER_ACCOUNT)


def _service(role: Role) -> str | None:
    (statement,) = role.trust["Statement"]
    found: str | None = statement["Principal"].get("Service")
    return found


def _group(role: Role) -> str | None:
    """The schedule group that a role is for, if it is for one."""
    found = re.search(r"schedule-group/([\w.-]+)", json.dumps(role.trust))
    return None if found is None else found[1]


def _trusts(role: Role, service: str | None, account: str) -> bool:
    source = _SOURCES.get(str(service), "other:{}:{}:any").format(REGION, account, _group(role))
    request = Request(
        action="sts:AssumeRole",
        resource=role.arn,
        principal=Principal(account="", service=service),
        context={
            "aws:SourceAccount": account,
            "aws:SourceArn": f"arn:aws:{source}",
        },
        complete=True,
    )
    return evaluate(statements(role.trust, Where("", role.arn)), request).answer is Ternary.YES
