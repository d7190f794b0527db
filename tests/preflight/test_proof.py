"""Two templates in which all calls pass; each thing that is broken breaks the calls that hang on it, and no others."""

import json
import time
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Fault, Verdict
from constructs_ecs.preflight.proof import CallProof, prove
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.templates.reader import read
from constructs_ecs.preflight.values import Ternary
from tests.preflight.launches import FIXTURES, failing, fargate, proofs, resource, role, service, task_definition
from tests.preflight.support import graph

SNAPSHOTS = Path(__file__).parent.parent.parent / "snapshots"
STACKS = {name: f"ConstructsEcs-{name.title()}" for name in ("network", "cluster", "images", "services")}

Resources = dict[str, Any]
Break = Callable[[Resources], object]


@cache
def _body(name: str) -> dict[str, Any]:
    body: dict[str, Any] = parse((FIXTURES / f"{name}.yaml").read_text(), name).body
    return body


def broken(name: str, change: Break) -> set[tuple[str, str]]:
    """What fails in a template, in which all else is well, once it is changed."""
    body = deepcopy(_body(name))
    change(body["Resources"])
    return failing(body)


def without(logical_id: str) -> Break:
    def change(resources: Resources) -> None:
        del resources[logical_id]
        for each in resources.values():
            if logical_id in each.get("DependsOn", ()):
                each["DependsOn"].remove(logical_id)

    return change


def setting(logical_id: str, *path: str | int, to: object) -> Break:
    def change(resources: Resources) -> None:
        place = resources[logical_id]["Properties"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return change


def without_statement(logical_id: str, *path: str | int, sid: str) -> Break:
    def change(resources: Resources) -> None:
        place = resources[logical_id]["Properties"]
        for key in path:
            place = place[key]
        (found,) = (statement for statement in place["Statement"] if statement.get("Sid") == sid)
        place["Statement"].remove(found)

    return change


@pytest.mark.parametrize("name", ["fargate", "ec2"])
def test_all_calls_of_the_templates_that_others_break_pass(name: str) -> None:
    assert failing(_body(name)) == set()


@pytest.mark.parametrize("variant", ["isolated-agnostic", "isolated-fixed", "registry-agnostic", "registry-fixed"])
def test_all_calls_of_the_sample_app_pass(variant: str) -> None:
    bodies = [json.loads((SNAPSHOTS / f"{variant}-{name}.json").read_text()) for name in STACKS]
    fixed = {"account": "123456789012", "region": "us-east-1"} if "fixed" in variant else {}
    made = graph(*bodies, names=tuple(STACKS.values()), **fixed)
    found = proofs(made)
    assert len(found) > 30
    assert {proof.verdict for proof in found} == {Verdict.PASS}


START, POLICIES = ("Policies", 0, "PolicyDocument"), ("Policies", 0, "PolicyDocument")
ENDPOINTS = {
    "EcrApiEndpoint": {"ECR_TOKEN"},
    "EcrDockerEndpoint": {"PULL_IMAGE"},
    "LogsEndpoint": {"WRITE_LOGS", "WRITE_EXEC_LOG"},
    "SecretsManagerEndpoint": {"READ_SECRET"},
    "SsmEndpoint": {"READ_PARAMETER"},
    "SsmMessagesEndpoint": {"OPEN_EXEC_CHANNEL"},
    "KmsEndpoint": {"DECRYPT_EXEC_SESSION"},
}


@pytest.mark.parametrize(("endpoint", "purposes"), ENDPOINTS.items())
def test_without_an_endpoint_its_calls_have_no_way(endpoint: str, purposes: set[str]) -> None:
    assert broken("fargate", without(endpoint)) == {(purpose, "NO_ENDPOINT") for purpose in purposes}


@pytest.mark.parametrize(("endpoint", "purposes"), ENDPOINTS.items())
def test_without_private_dns_an_endpoint_is_none(endpoint: str, purposes: set[str]) -> None:
    change = setting(endpoint, "PrivateDnsEnabled", to=False)
    assert broken("fargate", change) == {(purpose, "NO_PRIVATE_DNS") for purpose in purposes}


S3 = {"PULL_LAYERS", "READ_FILE", "WRITE_EXEC_OBJECT"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (setting("S3Endpoint", "RouteTableIds", to=[]), {(purpose, "NO_GATEWAY_ROUTE") for purpose in S3}),
        (without_statement("S3Endpoint", "PolicyDocument", sid="Layers"), {("PULL_LAYERS", "ENDPOINT_POLICY")}),
        (
            without_statement("S3Endpoint", "PolicyDocument", sid="OwnBuckets"),
            {("READ_FILE", "ENDPOINT_POLICY"), ("WRITE_EXEC_OBJECT", "ENDPOINT_POLICY")},
        ),
        (
            setting("SecretsManagerEndpoint", "PolicyDocument", "Statement", 0, "Resource", to="arn:aws:other"),
            {("READ_SECRET", "ENDPOINT_POLICY")},
        ),
        (
            setting("FileSystemSecurityGroup", "SecurityGroupIngress", to=[]),
            {("MOUNT_EFS", "INGRESS_CLOSED")},
        ),
        (
            lambda resources: (without("MountTargetA")(resources), without("MountTargetB")(resources)),
            {("MOUNT_EFS", "NO_MOUNT_TARGET")},
        ),
        (
            setting("TaskRole", "Policies", 1, "PolicyDocument", "Statement", to=[]),
            {("AUTHORIZE_EFS", "NOT_ALLOWED")},
        ),
        (
            setting(
                "ExecutionRole",
                "AssumeRolePolicyDocument",
                "Statement",
                0,
                "Principal",
                to={"Service": "ec2.amazonaws.com"},
            ),
            {("ASSUME_ROLE", "TRUST")},
        ),
    ],
)
def test_each_broken_thing_breaks_what_hangs_on_it(change: Break, expected: set[tuple[str, str]]) -> None:
    assert broken("fargate", change) == expected


@pytest.mark.parametrize(
    ("sid", "purposes"),
    [
        ("Token", {"ECR_TOKEN"}),
        ("Pull", {"PULL_IMAGE"}),
        ("Secret", {"READ_SECRET"}),
        ("Parameter", {"READ_PARAMETER"}),
        ("Logs", {"WRITE_LOGS"}),
        ("EnvironmentFile", {"READ_FILE"}),
        ("EnvironmentBucket", {"READ_FILE"}),
    ],
)
def test_without_a_grant_the_execution_role_may_not(sid: str, purposes: set[str]) -> None:
    change = without_statement("ExecutionRole", *POLICIES, sid=sid)
    assert broken("fargate", change) == {(purpose, "NOT_ALLOWED") for purpose in purposes}


@pytest.mark.parametrize(
    ("sid", "purposes"),
    [
        ("Channels", {"OPEN_EXEC_CHANNEL"}),
        ("LogGroups", {"WRITE_EXEC_LOG"}),
        ("Log", {"WRITE_EXEC_LOG"}),
        ("Bucket", {"WRITE_EXEC_OBJECT"}),
        ("Objects", {"WRITE_EXEC_OBJECT"}),
    ],
)
def test_without_a_grant_the_task_role_may_not(sid: str, purposes: set[str]) -> None:
    change = without_statement("TaskRole", *POLICIES, sid=sid)
    assert broken("fargate", change) == {(purpose, "NOT_ALLOWED") for purpose in purposes}


def test_without_the_key_s_policy_for_the_account_nothing_that_it_encrypts_is_read() -> None:
    found = broken("fargate", without_statement("Key", "KeyPolicy", sid="Account"))
    assert {purpose for purpose, _ in found} == {
        "DECRYPT_SECRET",
        "DECRYPT_FILE",
        "ENCRYPT_LOGS",
        "DECRYPT_EXEC_SESSION",
        "ENCRYPT_EXEC_LOG",
        "ENCRYPT_EXEC_OBJECT",
    }
    assert {fault for _, fault in found} == {"KEY_POLICY"}


def _proofs(change: Break, name: str = "fargate") -> list[CallProof]:
    body = deepcopy(_body(name))
    change(body["Resources"])
    return [proof for proof in proofs(body) if proof.verdict is not Verdict.PASS]


def test_a_log_group_s_key_without_the_writer_s_grant_proves_nothing_and_keeps_its_fault() -> None:
    def change(resources: Resources) -> None:
        key = resources["ExecutionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][-1]
        key["Action"] = "kms:Decrypt"

    (proof,) = _proofs(change)
    assert (proof.call.purpose.name, proof.verdict) == ("ENCRYPT_LOGS", Verdict.UNKNOWN)
    (link,) = (link for link in proof.evidence if link.verdict is Verdict.UNKNOWN)
    assert link.fault is Fault.NOT_ALLOWED
    assert "does not say since when" in link.text


def test_the_chain_goes_from_the_name_to_the_policies() -> None:
    (proof,) = (proof for proof in proofs(_body("fargate")) if proof.call.purpose.name == "READ_SECRET")
    assert [link.kind.value for link in proof.evidence] == [
        "name",
        "endpoint",
        "route",
        "security group",
        "security group",
        "network ACL",
        "endpoint policy",
        "identity policy",
    ]
    assert all(link.where for link in proof.evidence)


EC2_ENDPOINTS = {
    "EcsEndpoint": {"REGISTER_INSTANCE"},
    "EcsAgentEndpoint": {"REGISTER_INSTANCE"},
    "EcsTelemetryEndpoint": {"REGISTER_INSTANCE"},
    "EcrApiEndpoint": {"ECR_TOKEN"},
    "LogsEndpoint": {"WRITE_LOGS", "WRITE_EXEC_LOG"},
    "SsmMessagesEndpoint": {"OPEN_EXEC_CHANNEL"},
}


@pytest.mark.parametrize(("endpoint", "purposes"), EC2_ENDPOINTS.items())
def test_instances_need_endpoints_of_their_own(endpoint: str, purposes: set[str]) -> None:
    assert {purpose for purpose, _ in broken("ec2", without(endpoint))} == purposes


def test_tasks_and_instances_are_let_into_the_endpoints_apart() -> None:
    calls = {
        (proof.call.purpose.name, proof.call.where.logical_id)
        for proof in _proofs(without("TasksIntoEndpoints"), "ec2")
    }
    assert {purpose for purpose, _ in calls} == {"OPEN_EXEC_CHANNEL", "WRITE_EXEC_LOG"}
    assert ("OPEN_EXEC_CHANNEL", "Proxy") not in calls
    assert "REGISTER_INSTANCE" in {
        proof.call.purpose.name for proof in _proofs(without("InstancesIntoEndpoints"), "ec2")
    }


def test_a_policy_at_an_endpoint_that_may_not_heed_it_proves_nothing() -> None:
    nothing = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    found = _proofs(setting("EcsAgentEndpoint", "PolicyDocument", to=nothing), "ec2")
    assert {(proof.call.purpose.name, proof.verdict) for proof in found} == {("REGISTER_INSTANCE", Verdict.UNKNOWN)}


def test_on_an_instance_one_of_the_two_roles_is_enough_to_pull() -> None:
    assert broken("ec2", setting("ExecutionRole", "ManagedPolicyArns", to=[])) == {("WRITE_LOGS", "NOT_ALLOWED")}


def test_the_better_of_two_roles_is_shown_when_neither_may() -> None:
    def change(resources: Resources) -> None:
        resources["ExecutionRole"]["Properties"]["ManagedPolicyArns"] = []
        resources["InstanceRole"]["Properties"]["ManagedPolicyArns"] = []

    found = {(proof.call.purpose.name, proof.verdict) for proof in _proofs(change, "ec2")}
    assert {("ECR_TOKEN", Verdict.FAIL), ("PULL_IMAGE", Verdict.FAIL)} <= found


def test_what_is_not_in_the_templates_is_unknown_and_the_reason_says_what() -> None:
    task = task_definition({"Image": {"Fn::ImportValue": "image"}}, ExecutionRoleArn={"Fn::ImportValue": "role"})
    imported = service(NetworkConfiguration={"Fn::ImportValue": "network"})
    found = proofs(fargate(Task=task, Service=imported))
    assert {proof.verdict for proof in found} == {Verdict.UNKNOWN}
    assert all("import" in link.text for proof in found for link in proof.evidence if link.verdict is Verdict.UNKNOWN)


def test_a_missing_mount_target_is_open_where_the_network_is_not_in_the_templates() -> None:
    volume = {"Name": "files", "EFSVolumeConfiguration": {"FilesystemId": {"Ref": "Files"}}}
    elsewhere = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"]}}
    body = fargate(
        Task=task_definition(Volumes=[volume]),
        Files=resource("EFS::FileSystem"),
        Service=service(NetworkConfiguration=elsewhere),
    )
    (proof,) = (proof for proof in proofs(body) if proof.call.purpose.name == "MOUNT_EFS")
    assert proof.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("account", "verdict"), [("123456789012", Verdict.PASS), ("210987654321", Verdict.UNKNOWN)])
def test_a_repository_of_another_account_has_a_policy_that_nobody_sees(account: str, verdict: Verdict) -> None:
    image = {"Image": f"{account}.dkr.ecr.eu-west-1.amazonaws.com/app:1"}
    found = proofs(graph(fargate(image), account="123456789012", region="eu-west-1"))
    (pull,) = (proof for proof in found if proof.call.purpose.name == "PULL_IMAGE")
    policies = [link for link in pull.evidence if link.kind.value in ("identity policy", "resource policy")]
    assert {link.verdict for link in policies} == {Verdict.PASS, verdict}


def test_a_launcher_needs_its_permissions_and_to_be_assumed() -> None:
    def body(*allowed: str, trusted: str = "events") -> Resources:
        target = {
            "Id": "Run",
            "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
            "RoleArn": {"Fn::GetAtt": ["Events", "Arn"]},
            "EcsParameters": {"TaskDefinitionArn": {"Ref": "Task"}, "LaunchType": "FARGATE"},
        }
        made = fargate(Rule=resource("Events::Rule", Targets=[target]), Events=role(trusted, *allowed))
        del made["Service"]
        return made

    def launch_faults(resources: Resources) -> set[tuple[str, str]]:
        launching = {"LAUNCH", "PASS_ROLE", "ASSUME_ROLE"}
        return {(purpose, fault) for purpose, fault in failing(resources) if purpose in launching}

    assert launch_faults(body("ecs:RunTask", "iam:PassRole")) == set()
    assert launch_faults(body("ecs:RunTask")) == {("PASS_ROLE", "NOT_ALLOWED")}
    assert launch_faults(body("iam:PassRole")) == {("LAUNCH", "NOT_ALLOWED")}
    assert launch_faults(body("ecs:RunTask", "iam:PassRole", trusted="scheduler")) == {("ASSUME_ROLE", "TRUST")}


def test_a_launch_site_keeps_its_calls_even_if_exec_is_open() -> None:
    body = {
        "Parameters": {"Exec": {"Type": "String"}},
        "Resources": fargate(Service=service(EnableExecuteCommand={"Ref": "Exec"})),
    }
    (proof,) = prove(graph(body))
    assert proof.site.exec_enabled is Ternary.UNKNOWN
    assert "OPEN_EXEC_CHANNEL" in {call.call.purpose.name for call in proof.calls}


def test_the_cost_grows_with_the_services_and_no_faster() -> None:
    def seconds(count: int) -> float:
        body = deepcopy(_body("fargate"))
        own = ("TaskDefinition", "ExecutionRole", "TaskRole")
        for number in range(count):
            for name in ("Service", *own):
                written = json.dumps(body["Resources"][name])
                for other in own:
                    written = written.replace(f'"Ref": "{other}"', f'"Ref": "{other}{number}"')
                    written = written.replace(f'["{other}", "Arn"]', f'["{other}{number}", "Arn"]')
                body["Resources"][f"{name}{number}"] = json.loads(written)
        made = graph(body)
        started = time.process_time()
        calls = [call for proof in prove(made) for call in proof.calls]
        assert len({call.call.role for call in calls}) == 2 * (count + 1) + 1
        assert {call.verdict for call in calls} == {Verdict.PASS}
        return time.process_time() - started

    seconds(5)
    few, many = seconds(20), seconds(160)
    assert many < 8 * few * 2.5, f"{few:.3f} s for 20, {many:.3f} s for 160"


def test_the_fixtures_are_files_that_the_reader_takes() -> None:
    assert {found.name for found in read([FIXTURES / "fargate.yaml", FIXTURES / "ec2.yaml"])} == {"fargate", "ec2"}
