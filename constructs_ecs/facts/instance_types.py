"""What the name of an EC2 instance type says of its processor.

Source: EC2 user guide, "Amazon EC2 instance type naming conventions".
"""

import re
from typing import Final

from constructs_ecs.facts.task_sizes import CpuArchitecture

_INSTANCE_TYPE: Final = re.compile(r"(?P<family>[a-z][a-z0-9-]*)\.[a-z0-9][a-z0-9-]*", re.ASCII)
_REGULAR_FAMILY: Final = re.compile(r"(?P<series>[a-z]+)\d{1,2}(?P<options>[a-z-]*)", re.ASCII)


def is_instance_type(name: str) -> bool:
    """Whether a text is written like an instance type: a family, a dot and a size, in lower case."""
    return _INSTANCE_TYPE.fullmatch(name) is not None


def architecture_of_type(name: str) -> CpuArchitecture | None:
    """Return the architecture that an instance type's name says; None where it says none, or is none.

    A ``g`` among the options behind the generation says Arm, and so does the first Arm family, ``a1``.
    """
    written = _INSTANCE_TYPE.fullmatch(name)
    family = None if written is None else _REGULAR_FAMILY.fullmatch(written["family"])
    if family is None:
        return None
    arm = family["series"] == "a" or "g" in family["options"]
    return CpuArchitecture.ARM64 if arm else CpuArchitecture.X86_64
