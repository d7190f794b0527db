"""What the overrides of one run have to be beside the job: its containers, its size, and how long they may be."""

from collections.abc import Mapping
from dataclasses import replace

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.containers import check_container_memory, check_task_share
from constructs_ecs.facts.features import EXEC_CREDENTIAL_VARIABLES
from constructs_ecs.facts.limits import check_whole_number, is_token, shown, without_tokens
from constructs_ecs.facts.run_task import check_overrides_length
from constructs_ecs.facts.task_sizes import FARGATE_MEMORY_MIB, TaskSize
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.overrides import FROM_INPUT, ContainerOverride, TaskOverrides, known
from constructs_ecs.jobs.values import Figure, read
from constructs_ecs.tasks import Container


def task_overrides(
    job: Job, containers: object, *, cpu: Figure | None = None, memory_mib: Figure | None = None
) -> TaskOverrides:
    """Check overrides together, and against the job.

    Raises:
        InvalidValueError: ECS010 and ECS011, the task's size; ECS022, a container that the job has not, or one twice;
            ECS026, more than the task has; ECS030, no overrides; ECS070, they are too long.
        ConflictError: ECS046, ECS Exec cannot work.
    """
    if not isinstance(containers, list | tuple) or not all(isinstance(each, ContainerOverride) for each in containers):
        raise InvalidValueError(
            Code.SETTING,
            f"overrides is a list, each of type ContainerOverride; got {shown(containers)}.",
            "Write it like overrides=[ContainerOverride(command=[...])].",
        )
    named = tuple(_of_job(job, each) for each in containers)
    names = [each.container for each in named]
    for name in names:
        if names.count(name) > 1 and not is_token(name):
            raise InvalidValueError(
                Code.CONTAINER_NAME, f"A container has one override; {shown(name)} has more.", "Put them into one."
            )
    given = TaskOverrides(containers=named, cpu=read(cpu), memory_mib=read(memory_mib))  # type: ignore[arg-type]
    _check_size(job, given)
    check_length(given)
    return given


def check_length(overrides: TaskOverrides) -> None:
    """Check that overrides are not too long, as far as they are known.

    Raises:
        InvalidValueError: ECS070.
    """
    shortest = _shortest(overrides.parameters())
    assert isinstance(shortest, dict)  # noqa: S101 - tells mypy what a dict becomes
    check_overrides_length(shortest)


def first_essential(job: Job) -> Container:
    """The container that does the job's work."""
    return next(each for each in job.task.containers if each.essential)


def _of_job(job: Job, override: ContainerOverride) -> ContainerOverride:
    """Name the container that is meant, and check the override against it."""
    containers = {each.name: each for each in job.task.containers}
    name = first_essential(job).name if override.container is None else override.container
    if name not in containers and not is_token(name) and not any(map(is_token, containers)):
        raise InvalidValueError(
            Code.CONTAINER_NAME,
            f"A container of {job.node.path} is one of {', '.join(containers)}; got {shown(name)}.",
            "Name one of them, or leave it out for the first essential one.",
        )
    override = replace(override, container=name)
    keys = sorted(override.variables.keys() & set(EXEC_CREDENTIAL_VARIABLES))
    if job.task.enable_execute_command and keys:
        raise ConflictError(
            Code.EXEC_UNSUPPORTED,
            f"The exec agent takes {', '.join(keys)} of container {name} for its own credentials, and cannot connect.",
            "Use the task role instead of keys, rename the variables, or set enable_execute_command=False on the job.",
        )
    secret = sorted(override.variables.keys() & containers[name].secrets.keys()) if name in containers else []
    if secret:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A variable is either plain or secret; container {name} has {', '.join(secret)} as a secret.",
            "Leave it out, or make it plain in the job.",
        )
    return override


def _check_size(job: Job, given: TaskOverrides) -> None:
    """Check the figures that are known, of the task and of its containers."""
    size = job.task.size
    for name, figure in (("cpu", given.cpu), ("memory_mib", given.memory_mib)):
        if figure is not None and not isinstance(figure, FROM_INPUT):
            check_whole_number(figure, code=Code.TASK_SIZE, name=name, minimum=1)
    if size is None:
        return
    cpu = size.cpu if given.cpu is None else known(given.cpu)
    memory = size.memory_mib if given.memory_mib is None else known(given.memory_mib)
    if cpu is not None and not is_token(cpu):
        fitting = FARGATE_MEMORY_MIB.get(cpu, (0,))[0]  # of what Fargate does not offer, the size says so
        TaskSize(cpu=cpu, memory_mib=fitting if memory is None else memory, operating_system=size.operating_system)
    overrides = {each.container: each for each in given.containers}
    shares = [_shares(each, overrides.get(each.name, ContainerOverride())) for each in job.task.containers]
    if memory is not None:
        for each in shares:
            check_task_share([each[1]], task=memory, name="memory_mib")
        check_task_share([each[1] if each[2] is None else each[2] for each in shares], task=memory, name="memory_mib")
    if cpu is not None:
        check_task_share([each[0] for each in shares], task=cpu, name="cpu")


def _shares(container: Container, override: ContainerOverride) -> tuple[int | None, int | None, int | None]:
    """What a container is given of CPU and memory, as far as it is known; and what it reserves."""
    pairs = (
        (container.cpu, override.cpu),
        (container.memory_mib, override.memory_mib),
        (container.memory_reservation_mib, override.memory_reservation_mib),
    )
    cpu, memory, reservation = (own if other is None else known(other) for own, other in pairs)
    check_container_memory(container.name, memory, reservation)
    return cpu, memory, reservation


def _shortest(value: object) -> object:
    """A value without what is known later."""
    if isinstance(value, FROM_INPUT):
        return ""
    if isinstance(value, Mapping):
        return {name: _shortest(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shortest(each) for each in value]
    if isinstance(value, str):
        return without_tokens(value)
    return 0 if is_token(value) else value
