"""Deploy broken templates: ``python -m tests.mutation.deploying FILE``, with the emulator's Python.

The file holds, by key, the stacks of an app in their order, each as a name and a template. What is written is, by key,
what was refused first, the type of a resource or the template, and why; null if all was made.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.aws import Aws
from tests.emulator.server import running

TEMPLATE = "the template"
_PREFIX = "ConstructsEcs"
_SECONDS = 60
_VERSION = "/cdk-bootstrap/hnb659fds/version"
_APPS = 8
"""In one emulator: an account has at most ten resource policies of CloudWatch Logs."""
_EMULATORS = 2
_NOT_EMULATED = {"AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation"}
"""Real types that it would refuse; nothing refers to them."""

Stacks = list[tuple[str, dict[str, Any]]]


def main() -> None:
    """Deploy each app under names of its own."""
    apps = list(json.loads(Path(sys.argv[1]).read_text()).items())
    batches = [apps[start : start + _APPS] for start in range(0, len(apps), _APPS)]
    with ThreadPoolExecutor(_EMULATORS) as pool:
        refused = {key: refusal for batch in pool.map(deploy_all, batches) for key, refusal in batch.items()}
    sys.stdout.write(json.dumps(refused))


def deploy_all(apps: list[tuple[str, Stacks]]) -> dict[str, list[str] | None]:
    """Deploy some apps into an emulator of their own."""
    with running() as emulator:
        aws = Aws(emulator)
        aws("ssm").put_parameter(Name=_VERSION, Value="30", Type="String")
        return {key: deploy(aws, key, stacks) for key, stacks in apps}


def deploy(aws: Aws, key: str, stacks: Stacks) -> list[str] | None:
    """Create the stacks of an app until one fails: what is refused, and why."""
    for name, body in stacks:
        resources = {one: each for one, each in body["Resources"].items() if each["Type"] not in _NOT_EMULATED}
        text = json.dumps({**body, "Resources": resources}).replace(_PREFIX, key)
        stack = name.replace(_PREFIX, key)
        try:
            aws("cloudformation").create_stack(
                StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"], OnFailure="DO_NOTHING"
            )
        except ClientError as error:
            return [TEMPLATE, error.response["Error"]["Message"]]
        refused = _refused(aws, stack)
        if refused is not None:
            return refused
    return None


def _refused(aws: Aws, stack: str) -> list[str] | None:
    """Wait for a stack, and say what failed first in it."""
    cloudformation = aws("cloudformation")
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        if not described["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(0.01)
    if described["StackStatus"] == "CREATE_COMPLETE":
        return None
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"] == "CREATE_FAILED"]
    for event in failed:
        if event["ResourceType"] != "AWS::CloudFormation::Stack":
            return [event["ResourceType"], event.get("ResourceStatusReason", "")]
    return [TEMPLATE, described.get("StackStatusReason", described["StackStatus"])]


if __name__ == "__main__":
    main()
