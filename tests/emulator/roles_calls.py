"""Calls that the deployed roles make to the emulated AWS: those that they need, and the same on what is not theirs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from constructs_ecs.preflight.iam.conditions import ContextValue
from tests.emulator.aws import Aws
from tests.emulator.deployed import Stack
from tests.emulator.roles_resources import path
from tests.emulator.roles_session import Acting
from tests.emulator.server import ACCOUNT, REGION

_HERE = f"{REGION}:{ACCOUNT}"
_TASK = "0123456789abcdef0123456789abcdef"
_KEYS: tuple[str, ...] = ("Cluster/ExecAudit/Key", "Network/Key")


@dataclass(frozen=True)
class Call:
    """One call.

    Args:
        role: who makes it, by the role's path in the app.
        operation: of which boto3 client, and its name: ``ecr.batch_get_image``.
        arguments: what it is given.
        action: what it is to IAM.
        arn: on which resource.
        allowed: whether it has to be let through.
        keys: the condition keys that come with it.
    """

    role: str
    operation: str
    arguments: Mapping[str, Any]
    action: str
    arn: str
    allowed: bool
    keys: Mapping[str, ContextValue] = field(default_factory=dict)

    def is_let_through(self, acting: Acting) -> bool:
        """Make the call; what is wrong with a call that is let through does not matter."""
        client, _, name = self.operation.partition(".")
        try:
            getattr(acting(client), name)(**self.arguments)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500, error
            return error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException")
        return True


@dataclass(frozen=True)
class Things:
    """The physical ids of what the calls are about, by path in the app; ``foreign`` is no stack's."""

    ids: Mapping[str, str]
    ciphertexts: Mapping[str, bytes]

    @classmethod
    def of(cls, aws: Aws, stacks: Mapping[str, Stack]) -> "Things":
        """What became of the stacks."""
        ids = {path(stack, each): stack.physical_ids[each] for stack in stacks.values() for each in stack.resources}
        return cls(ids, {key: aws("kms").encrypt(KeyId=ids[key], Plaintext=b"text")["CiphertextBlob"] for key in _KEYS})


def calls(variant: str, things: Things) -> list[Call]:
    """All calls for a variant of the sample app."""
    images = _secret if variant == "registry" else _repository
    return [
        *images(things),
        *_logs(things),
        *_keys(things),
        *_bucket(things),
        *_instance(things),
        *_operator(things),
        *_jobs(things),
    ]


_EXECUTION, _TASK_ROLE = "Services/Web/Task/ExecutionRole/Role", "Services/Web/Task/TaskRole/Role"
_INSTANCE, _FLOW_LOGS = "Cluster/Cluster/Instances/InstanceRole/Role", "Network/Network/FlowLogRole/Role"
_NIGHTLY, _IMPORTS = "Jobs/Nightly/Role/Role", "Jobs/Imports/Role/Role"
_SCHEDULER, _IMPORT = "Jobs/Nightly/Schedules/Role/Role", "Jobs/FileImport/Task/TaskRole/Role"
OPERATOR = "Cluster/Operators/Policy, in a role of its own"


def _secret(things: Things) -> Iterator[Call]:
    own = things.ids["Images/RegistryCredentials/Secret"]
    foreign = f"arn:aws:secretsmanager:{_HERE}:secret:foreign-0a1b2c"
    action, operation = "secretsmanager:GetSecretValue", "secretsmanager.get_secret_value"
    yield Call(_EXECUTION, operation, {"SecretId": own}, action, own, allowed=True)
    yield Call(_EXECUTION, operation, {"SecretId": foreign}, action, foreign, allowed=False)
    yield Call(_TASK_ROLE, operation, {"SecretId": own}, action, own, allowed=False)
    written = {"SecretId": own, "SecretString": "{}"}
    action, operation = "secretsmanager:PutSecretValue", "secretsmanager.put_secret_value"
    yield Call(_EXECUTION, operation, written, action, own, allowed=False)


def _repository(things: Things) -> Iterator[Call]:
    action = "ecr:GetAuthorizationToken"
    yield Call(_EXECUTION, "ecr.get_authorization_token", {}, action, "*", allowed=True)
    yield Call(_TASK_ROLE, "ecr.get_authorization_token", {}, action, "*", allowed=False)
    names = {things.ids["Images/Web/Repository"]: True, things.ids["Images/Worker/Repository"]: False, "foreign": False}
    for name, allowed in names.items():
        arn, arguments = f"arn:aws:ecr:{_HERE}:repository/{name}", {"repositoryName": name}
        image = {**arguments, "imageIds": [{"imageTag": "1.4.2"}]}
        yield Call(_EXECUTION, "ecr.batch_get_image", image, "ecr:BatchGetImage", arn, allowed)
        yield Call(_TASK_ROLE, "ecr.batch_get_image", image, "ecr:BatchGetImage", arn, allowed=False)
        yield Call(_EXECUTION, "ecr.batch_delete_image", image, "ecr:BatchDeleteImage", arn, allowed=False)


def _logs(things: Things) -> Iterator[Call]:
    groups = {
        _EXECUTION: "Services/Web/Task/LogGroup",
        _TASK_ROLE: "Cluster/ExecAudit/LogGroup",
        _FLOW_LOGS: "Network/Network/FlowLogGroup",
    }
    for role, own in groups.items():
        for group in (*groups.values(), "foreign"):
            name = things.ids.get(group, group)
            for operation, action, stream in (
                ("logs.create_log_stream", "logs:CreateLogStream", {"logStreamName": role.replace("/", "-")}),
                ("logs.put_log_events", "logs:PutLogEvents", {"logStreamName": role.replace("/", "-")}),
                ("logs.delete_log_stream", "logs:DeleteLogStream", {"logStreamName": "any"}),
            ):
                events = {"logEvents": [{"timestamp": 1, "message": "text"}]} if "put" in operation else {}
                arn = f"arn:aws:logs:{_HERE}:log-group:{name}:log-stream:{stream['logStreamName']}"
                allowed = own == group and "delete" not in operation
                yield Call(role, operation, {"logGroupName": name, **stream, **events}, action, arn, allowed)


def _keys(things: Things) -> Iterator[Call]:
    for role, key, allowed in (
        (_EXECUTION, "Network/Key", False),  # through the services only
        (_EXECUTION, "Cluster/ExecAudit/Key", False),
        (_TASK_ROLE, "Cluster/ExecAudit/Key", True),
        (_TASK_ROLE, "Network/Key", False),
    ):
        arn = f"arn:aws:kms:{_HERE}:key/{things.ids[key]}"
        arguments = {"CiphertextBlob": things.ciphertexts[key]}
        yield Call(role, "kms.decrypt", arguments, "kms:Decrypt", arn, allowed)


def _bucket(things: Things) -> Iterator[Call]:
    for bucket, own in (("Cluster/ExecAudit/Bucket", True), ("LoadBalancer/LoadBalancer/AccessLogBucket", False)):
        name = things.ids[bucket]
        arn, an_object = f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/record"
        of_object = {"Bucket": name, "Key": "record"}
        for operation, arguments, action, on in (
            ("s3.get_bucket_location", {"Bucket": name}, "s3:GetBucketLocation", arn),
            ("s3.get_bucket_encryption", {"Bucket": name}, "s3:GetEncryptionConfiguration", arn),
            ("s3.put_object", {**of_object, "Body": b"text"}, "s3:PutObject", an_object),
        ):
            yield Call(_TASK_ROLE, operation, arguments, action, on, allowed=own)
            yield Call(_EXECUTION, operation, arguments, action, on, allowed=False)
        yield Call(_TASK_ROLE, "s3.get_object", of_object, "s3:GetObject", an_object, allowed=False)
        yield Call(_TASK_ROLE, "s3.delete_object", of_object, "s3:DeleteObject", an_object, allowed=False)


def _instance(things: Things) -> Iterator[Call]:
    yield Call(_INSTANCE, "ecs.discover_poll_endpoint", {}, "ecs:DiscoverPollEndpoint", "*", allowed=True)
    for name, own in ((things.ids["Cluster/Cluster/Cluster"], True), ("foreign", False)):
        arn, cluster = f"arn:aws:ecs:{_HERE}:cluster/{name}", {"cluster": name}
        keys = {"ecs:cluster": arn}
        of_task = {**cluster, "task": _TASK, "status": "RUNNING"}
        draining = {**cluster, "containerInstances": [_TASK], "status": "DRAINING"}
        leaving = {**cluster, "containerInstance": _TASK}
        for role, allowed in ((_INSTANCE, own), (_TASK_ROLE, False), (OPERATOR, False)):
            yield Call(
                role, "ecs.deregister_container_instance", leaving, "ecs:DeregisterContainerInstance", arn, allowed
            )
            yield Call(
                role,
                "ecs.update_container_instances_state",
                draining,
                "ecs:UpdateContainerInstancesState",
                arn,
                allowed,
                keys,
            )
        yield Call(_INSTANCE, "ecs.register_container_instance", cluster, "ecs:RegisterContainerInstance", arn, own)
        yield Call(_INSTANCE, "ecs.submit_task_state_change", of_task, "ecs:SubmitTaskStateChange", arn, own)
        yield Call(_INSTANCE, "ecs.list_tasks", cluster, "ecs:ListTasks", arn, allowed=False, keys=keys)
        yield Call(_INSTANCE, "ecs.delete_cluster", cluster, "ecs:DeleteCluster", arn, allowed=False)


def _operator(things: Things) -> Iterator[Call]:
    for name, own in ((things.ids["Cluster/Cluster/Cluster"], True), ("foreign", False)):
        task, cluster = f"arn:aws:ecs:{_HERE}:task/{name}/{_TASK}", {"cluster": name}
        keys = {"ecs:cluster": f"arn:aws:ecs:{_HERE}:cluster/{name}"}
        opening = {**cluster, "task": _TASK, "command": "sh", "interactive": True}
        yield Call(OPERATOR, "ecs.execute_command", opening, "ecs:ExecuteCommand", task, own)
        yield Call(OPERATOR, "ecs.describe_tasks", {**cluster, "tasks": [_TASK]}, "ecs:DescribeTasks", task, own)
        yield Call(OPERATOR, "ecs.stop_task", {**cluster, "task": _TASK}, "ecs:StopTask", task, allowed=False)
        yield Call(OPERATOR, "ecs.list_tasks", cluster, "ecs:ListTasks", "*", own, keys)
        yield Call(_TASK_ROLE, "ecs.execute_command", opening, "ecs:ExecuteCommand", task, allowed=False)


def _jobs(things: Things) -> Iterator[Call]:
    report = things.ids["Jobs/Report/Task/TaskDefinition"]
    family = report.rpartition(":")[0]
    foreign = f"arn:aws:ecs:{_HERE}:task-definition/foreign"
    for name, own in ((things.ids["Cluster/Cluster/Cluster"], True), ("foreign", False)):
        cluster, task = {"cluster": name}, f"arn:aws:ecs:{_HERE}:task/{name}/{_TASK}"
        keys = {"ecs:cluster": f"arn:aws:ecs:{_HERE}:cluster/{name}"}
        for role, definition, allowed in (
            (_NIGHTLY, family, own),
            (_NIGHTLY, report, own),
            (_NIGHTLY, foreign, False),
            (_IMPORTS, report, False),
            (_SCHEDULER, report, False),
            (_TASK_ROLE, report, False),
        ):
            running = {**cluster, "taskDefinition": definition}
            yield Call(role, "ecs.run_task", running, "ecs:RunTask", definition, allowed, keys)
        for role, describes in ((_NIGHTLY, own), (_IMPORTS, False)):
            described = {**cluster, "tasks": [_TASK]}
            yield Call(role, "ecs.describe_tasks", described, "ecs:DescribeTasks", task, describes, keys)
            yield Call(role, "ecs.stop_task", {**cluster, "task": _TASK}, "ecs:StopTask", task, own, keys)
    for machine, starts in (("Jobs/Nightly/StateMachine", True), ("Jobs/Imports/StateMachine", False)):
        arn = things.ids[machine]
        starting = {"stateMachineArn": arn, "input": "{}"}
        yield Call(_SCHEDULER, "stepfunctions.start_execution", starting, "states:StartExecution", arn, starts)
        yield Call(_NIGHTLY, "stepfunctions.start_execution", starting, "states:StartExecution", arn, allowed=False)
    for role, reports in ((_IMPORT, True), (_NIGHTLY, False), ("Jobs/Report/Task/TaskRole/Role", False)):
        beat = {"taskToken": _TASK}
        action, operation = "states:SendTaskHeartbeat", "stepfunctions.send_task_heartbeat"
        yield Call(role, operation, beat, action, "*", reports)
