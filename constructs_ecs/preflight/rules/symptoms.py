"""What the user would see on AWS when a call fails, by the call's purpose: the same words in every rule.

Sources: ECS developer guide, "ResourceInitializationError", "CannotPullContainer" and "ECS Exec troubleshooting"; the
ECS agent's error strings. AWS may add an id or a detail at the end.
"""

from typing import Final

from constructs_ecs.preflight.calls import Purpose

_RESOURCE = "ResourceInitializationError: "
_NO_TARGET = "TargetNotConnectedException: The execute command failed due to an internal error."

_BY_PURPOSE: Final = {
    Purpose.ASSUME_ROLE: "ECS was unable to assume the role.",
    Purpose.REGISTER_INSTANCE: ("unable to place a task because no container instance met all of its requirements."),
    Purpose.ECR_TOKEN: (
        f"{_RESOURCE}unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: "
        "There is a connection issue between the task and Amazon ECR."
    ),
    Purpose.PULL_IMAGE: (
        "CannotPullContainerError: failed to resolve ref: request canceled while waiting for connection."
    ),
    Purpose.PULL_LAYERS: "CannotPullContainerError: context canceled, or an i/o timeout, while a layer is pulled.",
    Purpose.PULL_FROM_REGISTRY: "CannotPullContainerError: a timeout while the registry is asked for the image.",
    Purpose.READ_REGISTRY_CREDENTIALS: (
        f"{_RESOURCE}unable to pull secrets or registry auth: "
        "There is a connection issue between the task and AWS Secrets Manager."
    ),
    Purpose.READ_SECRET: (
        f"{_RESOURCE}unable to pull secrets or registry auth: "
        "There is a connection issue between the task and AWS Secrets Manager."
    ),
    Purpose.READ_PARAMETER: (
        f"{_RESOURCE}unable to pull secrets or registry auth: "
        "The task cannot pull secrets from AWS Systems Manager Parameter Store."
    ),
    Purpose.WRITE_LOGS: (
        f"{_RESOURCE}failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in "
        "the task definition. There is a connection issue between the task and Amazon CloudWatch."
    ),
    Purpose.MOUNT_EFS: (
        f"{_RESOURCE}failed to invoke EFS utils commands to set up EFS volumes: the mount times out, or is refused."
    ),
    Purpose.OPEN_EXEC_CHANNEL: _NO_TARGET,
    Purpose.DECRYPT_EXEC_SESSION: "The exec session closes at its start: the handshake times out.",
    Purpose.WRITE_EXEC_LOG: "The exec session closes, or leaves no log in CloudWatch Logs.",
    Purpose.WRITE_EXEC_OBJECT: "The exec session closes, or leaves no log in the bucket.",
    Purpose.REPORT_TO_STEP_FUNCTIONS: "The state waits until it times out: the task cannot report its result.",
}


def symptom(purpose: Purpose) -> str:
    """What the user would see when a call of this purpose does not go through."""
    return _BY_PURPOSE.get(purpose, "The call fails, and the task with it.")
