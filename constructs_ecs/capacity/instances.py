"""What an EC2 instance type says about itself, and the figures of EC2 capacity: pure, free of the CDK.

Sources: ECS API reference, ``ManagedScaling``; EBS user guide, "General Purpose SSD volumes".
"""

from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.instance_types import architecture_of_type, is_instance_type
from constructs_ecs.facts.limits import check_kind, check_whole_number, is_token, shown
from constructs_ecs.facts.task_sizes import CpuArchitecture

_MINIMUM_VOLUME_GIB: Final = 30
"""The snapshot of the ECS-optimized image. Source: ``variables.pkr.hcl`` of aws/amazon-ecs-ami."""
_MAXIMUM_VOLUME_GIB: Final = 65_536


def check_architecture(instance_type: str, given: CpuArchitecture | None) -> CpuArchitecture:
    """Tell an instance type's architecture, from its name or from what is given.

    Args:
        instance_type: such as ``m7g.large``; may be a token, and then the architecture must be given.
        given: the architecture; by default the one that the name says.

    Raises:
        InvalidValueError: ECS028, the name is no instance type's, says another architecture, or does not say any.
    """
    if given is not None:
        check_kind(given, CpuArchitecture, code=Code.INSTANCE, name="cpu_architecture")
    named = None if is_token(instance_type) else _named_architecture(instance_type)
    if named is None and given is None:
        raise InvalidValueError(
            Code.INSTANCE,
            f"The instance type {shown(instance_type)} does not say whether it is x86-64 or Arm.",
            "Give cpu_architecture.",
        )
    if named is not None and given is not None and named is not given:
        raise InvalidValueError(
            Code.INSTANCE,
            f"The instance type {instance_type} is {named.value}; got cpu_architecture={given.value}.",
            f"Leave cpu_architecture out, or use an instance type that is {given.value}.",
        )
    architecture = given if named is None else named
    assert architecture is not None  # noqa: S101 - tells mypy what the first check said
    return architecture


def check_figures(*, min_capacity: int, max_capacity: int, root_volume_gib: int, target_capacity_percent: int) -> None:
    """Check the figures of EC2 capacity; tokens pass.

    Raises:
        InvalidValueError: ECS028, a figure is out of range, or the minimum is above the maximum.
    """
    figures = (
        ("min_capacity", min_capacity, 0, None),
        ("max_capacity", max_capacity, 1, None),
        ("root_volume_gib", root_volume_gib, _MINIMUM_VOLUME_GIB, _MAXIMUM_VOLUME_GIB),
        ("target_capacity_percent", target_capacity_percent, 1, 100),
    )
    for name, value, minimum, maximum in figures:
        check_whole_number(value, code=Code.INSTANCE, name=name, minimum=minimum, maximum=maximum)
    if not is_token(min_capacity) and not is_token(max_capacity) and min_capacity > max_capacity:
        raise InvalidValueError(
            Code.INSTANCE,
            f"min_capacity is at most max_capacity; got {shown(min_capacity)} and {shown(max_capacity)}.",
            "Lower min_capacity or raise max_capacity.",
        )


def _named_architecture(instance_type: str) -> CpuArchitecture | None:
    if not is_instance_type(instance_type):
        raise InvalidValueError(
            Code.INSTANCE,
            f"An instance type is a family, a dot and a size, in lower case; got {shown(instance_type)}.",
            "Write it like 'm7i.large' or 'm7g.large'.",
        )
    return architecture_of_type(instance_type)
