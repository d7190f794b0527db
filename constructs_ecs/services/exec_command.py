"""The AWS CLI command that opens an ECS Exec session in a task of a service.

Sources: AWS CLI command reference, ``ecs execute-command``, ``ecs list-tasks`` and "Pagination" of the user guide; ECS
developer guide, "ECS Exec" (seed document 004).
"""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_container_name, is_token, shown

SHELL: Final = "/bin/sh"
"""What nearly every Linux image has."""
WINDOWS_SHELL: Final = "powershell.exe"
"""What every Windows Server Core and Full image has."""

_NO_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")
"""Characters that no command line has: the end of a text in C, and halves of UTF-16 pairs."""


def check_container_of(names: Sequence[str], name: str) -> None:
    """Check that a task has a container; names that only AWS knows pass.

    Raises:
        InvalidValueError: ECS022, it is no container's name; ECS030, the task has none of that name.
    """
    check_container_name(name)
    if is_token(name) or any(map(is_token, names)) or name in names:
        return
    raise InvalidValueError(
        Code.SETTING,
        f"container is one of the task's, {', '.join(names)}; got {shown(name)}.",
        "Name one of them, or leave it out for the first.",
    )


def check_command(command: object) -> None:
    """Check a command that is run in a container; tokens pass.

    Raises:
        InvalidValueError: ECS030, it is empty, no text, or has a character that no shell takes.
    """
    if not isinstance(command, str) or not command.strip() or _NO_TEXT.search(command):
        raise InvalidValueError(
            Code.SETTING, f"command is text, not empty; got {shown(command)}.", "Give a command, such as /bin/sh."
        )


def exec_command(*, region: str, cluster: str, service: str, container: str, command: str) -> str:
    """Write the command, in one line for a POSIX shell; it finds a running task when it is run.

    Args:
        region: where the cluster is.
        cluster: the cluster's name.
        service: the service's name.
        container: the container's name.
        command: what is run in the container, as one text: ECS splits it. What a token in it stands for has no single
            quote, since the text is between two.
    """
    place = f"--region {_word(region)} --cluster {_word(cluster)}"
    task = (
        # Without the first page alone, --query would be run, and a task printed, once on each page of 100 tasks.
        f"aws ecs list-tasks {place} --service-name {_word(service)} --desired-status RUNNING --no-paginate"
        " --query 'taskArns[0]' --output text"
    )
    return (
        f'aws ecs execute-command {place} --task "$({task})" --container {_word(container)}'
        # Also around a token, which may stand for words.
        f" --interactive --command {shlex.quote(command)}"
    )


def _word(name: str) -> str:
    """Quote a name; one that only AWS knows has letters, digits, hyphens and underscores."""
    return name if is_token(name) else shlex.quote(name)
