"""What one run of a job has otherwise than its task definition: commands, variables, CPU and memory.

Sources: ECS API reference, ``TaskOverride``, ``ContainerOverride``; Step Functions developer guide, "Run Amazon ECS or
Fargate tasks with Step Functions": parameters are in PascalCase.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import aws_cdk as cdk

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.containers import (
    check_container_cpu,
    check_container_memory,
    check_variables,
    check_words,
)
from constructs_ecs.facts.limits import check_container_name, is_token, shown
from constructs_ecs.jobs.values import AtPath, Figure, FromInput, Jsonata, Text, read

FROM_INPUT = (AtPath, Jsonata)


@dataclass(frozen=True, kw_only=True)
class ContainerOverride:
    """What one container has otherwise in one run; what is not given stays as the task definition says.

    Each value is known now, or comes from the state's input: as AtPath, as Jsonata, as a token of ``sfn.JsonPath``, or
    as a text in ``{% %}``.

    Args:
        container: the container's name; by default the first essential container of the job.
        command: replaces the command: words, of which each may come from the input, or a list in the input.
        environment: variables that are added to, or replace, those of the task definition; or a list of objects with
            ``Name`` and ``Value`` in the input.
        cpu: CPU units.
        memory_mib: hard limit.
        memory_reservation_mib: soft limit.

    Raises:
        InvalidValueError: ECS022, the name; ECS026, a value that ECS does not take; ECS071, a path that is a part of a
            text.
    """

    container: str | None = None
    command: Sequence[Text] | FromInput | None = None
    environment: Mapping[str, Text] | FromInput = field(default_factory=dict)
    cpu: Figure | None = None
    memory_mib: Figure | None = None
    memory_reservation_mib: Figure | None = None

    def __post_init__(self) -> None:
        if self.container is not None:
            check_container_name(self.container)
        self._read()
        if self.command is not None and not isinstance(self.command, FROM_INPUT):
            _check_command(self.command)
        if not isinstance(self.environment, FROM_INPUT):
            _check_environment(self.environment)
        cpu, memory, reservation = map(known, (self.cpu, self.memory_mib, self.memory_reservation_mib))
        if cpu is not None:
            check_container_cpu(cpu)
        check_container_memory(self.container or "(first)", memory, reservation)

    @property
    def variables(self) -> Mapping[str, Text]:
        """The variables whose names are known."""
        return {} if isinstance(self.environment, FROM_INPUT) else self.environment

    def values(self) -> Iterator[object]:
        """Each value, of which some come from the input."""
        yield from (self.command, self.environment, self.cpu, self.memory_mib, self.memory_reservation_mib)
        if isinstance(self.command, list | tuple):
            yield from self.command
        yield from self.variables.values()

    def parameters(self) -> dict[str, object]:
        """The override as RunTask takes it, with what comes from the input."""
        environment: object = self.environment
        if not isinstance(environment, FROM_INPUT):
            environment = [{"Name": name, "Value": value} for name, value in self.variables.items()] or None
        given = {
            "Name": self.container,
            "Command": self.command,
            "Environment": environment,
            "Cpu": self.cpu,
            "Memory": self.memory_mib,
            "MemoryReservation": self.memory_reservation_mib,
        }
        return {name: value for name, value in given.items() if value is not None}

    def _read(self) -> None:
        """Bring what comes from the input into one form; and what is given as it may be changed by the giver later."""
        command, environment = read(self.command), read(self.environment)
        if isinstance(command, list | tuple):
            command = tuple(map(read, command))
        if isinstance(environment, Mapping):
            environment = {name: read(value) for name, value in environment.items()}
        for name, value in (("command", command), ("environment", environment)):
            object.__setattr__(self, name, value)
        for name in ("cpu", "memory_mib", "memory_reservation_mib"):
            object.__setattr__(self, name, read(getattr(self, name)))


@dataclass(frozen=True, kw_only=True)
class TaskOverrides:
    """What one run of a job has otherwise.

    Args:
        containers: of each container, once.
        cpu: CPU units of the task.
        memory_mib: memory of the task.
    """

    containers: tuple[ContainerOverride, ...] = ()
    cpu: Figure | None = None
    memory_mib: Figure | None = None

    def values(self) -> Iterator[object]:
        """Each value, of which some come from the input."""
        for container in self.containers:
            yield from container.values()
        yield from (self.cpu, self.memory_mib)

    def with_variable(self, container: str, name: str, value: FromInput) -> "TaskOverrides":
        """Add a variable to a container.

        Raises:
            ConflictError: ECS072, its variables all come from the input, or it has the variable otherwise.
        """
        of_container = [each for each in self.containers if each.container == container]
        override = next(iter(of_container), ContainerOverride(container=container))
        if isinstance(override.environment, FROM_INPUT) or name in override.variables:
            raise ConflictError(
                Code.TASK_TOKEN,
                f"The task token goes into the variable {name} of container {container}, whose overrides set "
                f"{'all variables from the input' if isinstance(override.environment, FROM_INPUT) else 'it'}.",
                "Give the token another variable with task_token_variable, or put it where you want it with "
                'AtPath("$$.Task.Token") or Jsonata("$states.context.Task.Token").',
            )
        changed = replace(override, environment={**override.variables, name: value})
        if override not in of_container:
            return replace(self, containers=(*self.containers, changed))
        return replace(self, containers=tuple(changed if each is override else each for each in self.containers))

    def parameters(self) -> dict[str, object]:
        """The overrides as RunTask takes them, with what comes from the input; empty if there is none."""
        given = {
            "ContainerOverrides": [each.parameters() for each in self.containers] or None,
            "Cpu": _text(self.cpu),
            "Memory": _text(self.memory_mib),
        }
        return {name: value for name, value in given.items() if value is not None}


def known(figure: Any) -> Any:  # noqa: ANN401 - what it is not, the checks refuse
    """Return a figure that is known now, and none where it comes from the input."""
    return None if isinstance(figure, FROM_INPUT) else figure


def _text(figure: Figure | None) -> object:
    """A task's figures are text in ECS's API."""
    if figure is None or isinstance(figure, FROM_INPUT):
        return figure
    return cdk.Tokenization.stringify_number(figure) if is_token(figure) else str(figure)


def _check_command(command: object) -> None:
    if isinstance(command, tuple) and is_token(list(command)):
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            "How many words a command has is known at synth: to write a list that only CloudFormation knows into a "
            "state, the CDK makes a Lambda function. Got such a list in command.",
            "Give a list of words, which may be tokens, or the list as the command of the job's container.",
        )
    words = [each for each in command if not isinstance(each, FROM_INPUT)] if isinstance(command, tuple) else command
    if words or not command:
        check_words(words, code=Code.CONTAINER_SETTING, name="command")


def _check_environment(environment: object) -> None:
    check_variables(environment, name="environment")
    assert isinstance(environment, Mapping)  # noqa: S101 - tells mypy what the check said
    for variable, value in environment.items():
        if not isinstance(value, str | AtPath | Jsonata):
            raise InvalidValueError(
                Code.CONTAINER_SETTING,
                f"The value of an environment variable is text; {variable} is {shown(value)}.",
                "Give str(...) of it.",
            )
