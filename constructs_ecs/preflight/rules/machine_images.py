"""Where the machine images of container instances come from."""

from typing import Any, Final

from constructs_ecs.preflight.launch_sites import Instances
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, Unknown, parts_of

_OF_ECS: Final = ("/aws/service/ecs/optimized-ami/", "/aws/service/bottlerocket/aws-ecs", "ECS_Optimized")
"""What is in the names of the public parameters for the images that AWS makes for Amazon ECS."""


def is_made_by_ecs(instances: Instances, graph: Graph) -> bool:
    """Whether instances are sure to start from an image that AWS makes, which has no cluster's name inside."""
    template = instances.launch_template
    sources = [graph.resource(instances.where.template, instances.where.logical_id)]
    if isinstance(template, Resource):
        sources.append(template)
    images = [source.get(*path) for source in sources if source is not None for path in _PATHS.get(source.type, ())]
    return any(name in written for image in images for written in _writings(image) for name in _OF_ECS)


_PATHS: Final = {
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "ImageId"),),
    "AWS::AutoScaling::LaunchConfiguration": (("ImageId",),),
    "AWS::EC2::Instance": (("ImageId",),),
}


def _writings(image: Any) -> list[str]:  # noqa: ANN401 - any resolved value
    """Return how a value is written: CloudFormation reads public parameters when it deploys."""
    if not isinstance(image, Text):
        return []
    parts = parts_of(image)
    identities = (part.identity for part in parts if isinstance(part, Unknown) and part.identity is not None)
    return [*(part for part in parts if isinstance(part, str)), *(identity.attribute for identity in identities)]
