"""Where the machine images of container instances come from."""

import re
from typing import Any, Final

from constructs_ecs.facts.task_sizes import CpuArchitecture
from constructs_ecs.preflight.launch_sites import Instances
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, Unknown, parts_of

_OF_ECS: Final = ("/aws/service/ecs/optimized-ami/", "/aws/service/bottlerocket/aws-ecs", "ECS_Optimized")
"""What is in the names of the public parameters for the images that AWS makes for Amazon ECS."""
_ARCHITECTURES: Final = {
    "arm64": CpuArchitecture.ARM64,
    "x86_64": CpuArchitecture.X86_64,
    "amd64": CpuArchitecture.X86_64,
}
"""How public parameters spell an architecture, between slashes or hyphens."""
_PUBLIC: Final = "/aws/service/"
_PIECE: Final = re.compile(r"[/:-]")
_X86_UNSAID: Final = re.compile(
    r"ecs/optimized-ami/amazon-linux(?:-2|-2023)?(?:/(?:gpu|inf|neuron|kernel-[0-9.]+))*"
    r"/(?:recommended|amzn-ami-|amzn2-ami-|al2023-ami-).*"
    r"|ami-windows-latest/.*ECS_Optimized.*"
)
"""Public parameters of images for Amazon ECS in whose names x86 goes without saying."""


def is_made_by_ecs(instances: Instances, graph: Graph) -> bool:
    """Whether instances are sure to start from an image that AWS makes, which has no cluster's name inside."""
    return any(name in written for written in _images(instances, graph) for name in _OF_ECS)


def image_architecture(instances: Instances, graph: Graph) -> CpuArchitecture | None:
    """Return what the image of instances is made for, as its public parameter's name says; None if that is open.

    Sources: ECS developer guide, "Retrieving Amazon ECS-optimized Linux AMI metadata", in whose names x86 goes without
    saying; Bottlerocket user guide, "Amazon ECS"; EC2 user guide, "Reference AMIs using Systems Manager parameters".
    """
    found = {_said(written) for written in _images(instances, graph)}
    return found.pop() if len(found) == 1 else None


def sources(instances: Instances, graph: Graph) -> list[Resource]:
    """Return what says how instances are made: the instance by itself, its launch template or configuration."""
    own = graph.resource(instances.where.template, instances.where.logical_id)
    found = (own, instances.launch_template)
    return [source for source in found if isinstance(source, Resource) and source.type in _PATHS]


def stated(source: Resource, name: str) -> Any:  # noqa: ANN401 - any resolved value
    """Return a property of instances from what says how they are made."""
    return source.get(*_PATHS[source.type], name)


_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData",),
    "AWS::AutoScaling::LaunchConfiguration": (),
    "AWS::EC2::Instance": (),
}


def _images(instances: Instances, graph: Graph) -> list[str]:
    images = [stated(source, "ImageId") for source in sources(instances, graph)]
    return [written for image in images for written in _writings(image)]


def _writings(image: Any) -> list[str]:  # noqa: ANN401 - any resolved value
    """Return how a value is written: CloudFormation reads public parameters when it deploys."""
    if not isinstance(image, Text):
        return []
    parts = parts_of(image)
    identities = (part.identity for part in parts if isinstance(part, Unknown) and part.identity is not None)
    return [*(part for part in parts if isinstance(part, str)), *(identity.attribute for identity in identities)]


def _said(written: str) -> CpuArchitecture | None:
    _, public, name = written.partition(_PUBLIC)
    if not public:
        return None
    named = {_ARCHITECTURES[piece] for piece in _PIECE.split(name) if piece in _ARCHITECTURES}
    if not named and _X86_UNSAID.fullmatch(name) is not None:
        return CpuArchitecture.X86_64
    return named.pop() if len(named) == 1 else None
