"""State machines that a test runs, and what came of it."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.emulator.aws import Aws
from tests.emulator.deployed import Stack
from tests.emulator.roles_resources import path

_SECONDS = 30


@dataclass(frozen=True)
class Ended:
    """How an execution ended."""

    arn: str
    status: str
    output: Any
    error: str
    cause: Any


@dataclass(frozen=True)
class Machines:
    """The state machines of stacks, by the name of their workflow.

    Args:
        aws: where they are.
        stacks: what was deployed.
        cluster: where their tasks run, by the end of its path in the app.
    """

    aws: Aws
    stacks: Sequence[Stack]
    cluster: str

    def id_of(self, name: str) -> str:
        """The physical id of what stands at the end of a path in the app."""
        (found,) = {
            stack.physical_ids[key]
            for stack in self.stacks
            for key in stack.resources
            if f"/{path(stack, key)}".endswith(f"/{name}")
        }
        return found

    def start(self, workflow: str, given: Any) -> str:
        """Start an execution."""
        arn = self.id_of(f"{workflow}/StateMachine")
        return str(
            self.aws("stepfunctions").start_execution(stateMachineArn=arn, input=json.dumps(given))["executionArn"]
        )

    def run(self, workflow: str, given: Any, **scripts: str | list[str]) -> Ended:
        """Run a state machine to its end, with containers that do what is said."""
        with self.aws.emulator.containers(**scripts):
            return self.ended(self.start(workflow, given))

    def ended(self, execution: str) -> Ended:
        """Wait for an execution's end."""
        until = time.monotonic() + _SECONDS
        while (found := self.aws("stepfunctions").describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < until, f"{execution} did not end"
            time.sleep(0.02)
        return Ended(
            arn=execution,
            status=found["status"],
            output=json.loads(found["output"]) if found["status"] == "SUCCEEDED" else None,
            error=found.get("error", ""),
            cause=found.get("cause", ""),
        )

    def executions(self, workflow: str) -> set[str]:
        """All executions of a state machine."""
        arn = self.id_of(f"{workflow}/StateMachine")
        found = self.aws("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
        return {each["executionArn"] for each in found}

    def tasks(self) -> dict[str, dict[str, Any]]:
        """All tasks that were ever run in the cluster, by ARN."""
        cluster, ecs = self.id_of(self.cluster), self.aws("ecs")
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for page in self.aws.pages("ecs", "list_tasks", cluster=cluster, desiredStatus=status)
            for arn in page["taskArns"]
        ]
        found = [
            each
            for first in range(0, len(arns), 100)
            for each in ecs.describe_tasks(cluster=cluster, tasks=arns[first : first + 100])["tasks"]
        ]
        return {each["taskArn"]: each for each in found}

    @contextmanager
    def new_tasks(self) -> Iterator[list[dict[str, Any]]]:
        """The tasks that are run until the block ends, as they are then; in the order in which they were run."""
        before = self.tasks().keys()
        found: list[dict[str, Any]] = []
        yield found
        after = self.tasks()
        found += sorted((after[arn] for arn in after.keys() - before), key=lambda task: task["createdAt"])

    @contextmanager
    def denied(self, role: str, action: str) -> Iterator[None]:
        """Until the block ends, a role may not do something."""
        name, denied = self.id_of(role), {"Effect": "Deny", "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
        self.aws("iam").put_role_policy(RoleName=name, PolicyName="denied", PolicyDocument=document)
        try:
            yield
        finally:
            self.aws("iam").delete_role_policy(RoleName=name, PolicyName="denied")
