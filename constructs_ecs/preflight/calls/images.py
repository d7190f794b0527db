"""Pulling images: from Amazon ECR, through a pull-through cache, or from a registry on the internet.

Sources: Amazon ECR user guide, "Interface VPC endpoints", "Pull through cache"; ECS developer guide, "Task execution
IAM role", "Fargate task networking".
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from constructs_ecs.facts import features
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.regions import ecr_layer_bucket
from constructs_ecs.preflight.calls.call import Call, Purpose
from constructs_ecs.preflight.calls.making import Maker, actions, aws_service
from constructs_ecs.preflight.calls.scene import Scene
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.image_location import EcrImage, locate
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.task_definition import Container, below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import Destination, InternetHost
from constructs_ecs.preflight.values import Text, Unknown, parts_of, text

_TOKEN: Final = actions(features.ecr_image("any"))
# The managed policies and CDK's grants have BatchCheckLayerAvailability too, but a pull goes without it.
_PULL: Final = tuple(
    action for action in actions(features.ecr_image("any"), 1) if action != "ecr:BatchCheckLayerAvailability"
)
_IMPORT: Final = ("ecr:BatchImportUpstreamImage",)
_CREATE_REPOSITORY: Final = ("ecr:CreateRepository",)
_RULE: Final = "AWS::ECR::PullThroughCacheRule"
_WHOLE_REGISTRY: Final = "ROOT"
_MAY_BE_THERE: Final = "the image may be in the repository already"
_REPOSITORY: Final = "AWS::ECR::Repository"
_REGISTRY_POLICY: Final = "AWS::ECR::RegistryPolicy"


def pulls(scene: Scene, container: Container) -> Iterator[Call]:
    """Yield what it takes to pull a container's image."""
    where = below(container.where, "Image")
    image = Unknown(f"{container.where} names no image") if container.image is None else container.image
    location = locate(image, scene.environment)
    for party in scene.pullers():
        maker = Maker(party=party, container=container.name)
        if isinstance(location, EcrImage):
            yield from _from_ecr(scene, maker, location, where)
        elif isinstance(location, Unknown):
            yield maker.call(Purpose.PULL_IMAGE, (), image, where, destination=location)
        else:
            host = InternetHost(location.host, location.port)
            yield maker.unsigned(Purpose.PULL_FROM_REGISTRY, location.host, where, destination=host)


def unknown_pulls(scene: Scene, containers: Unknown) -> Iterator[Call]:
    """Yield that containers which the templates do not show have images too."""
    where = below(scene.task.where, "ContainerDefinitions")
    for party in scene.pullers():
        yield Maker(party=party).call(Purpose.PULL_IMAGE, (), containers, where, destination=containers)


def _from_ecr(scene: Scene, maker: Maker, image: EcrImage, where: Where) -> Iterator[Call]:
    repository = scene.graph.target(image.repository_arn, _REPOSITORY)

    def served_by(endpoint: Endpoint) -> Destination | Unknown:
        if image.has_endpoint:
            return aws_service(scene, endpoint, image.region)
        return Unknown(f"whether an endpoint answers for {image.host} no page says for certain")

    token = maker.call(Purpose.ECR_TOKEN, _TOKEN, "*", where, destination=served_by(Endpoint.ECR_API))
    yield replace(token, interface=scene.on_platform(maker.party).interface)
    docker = served_by(Endpoint.ECR_DOCKER)
    yield maker.call(Purpose.PULL_IMAGE, _PULL, image.repository_arn, where, destination=docker, owner=repository)
    yield from _imports(scene, maker, image, repository, where)
    layers = aws_service(scene, Endpoint.S3, image.region)
    call = maker.unsigned(Purpose.PULL_LAYERS, _layers(scene, image), where, destination=layers)
    yield replace(call, actions=("s3:GetObject",))


def _layers(scene: Scene, image: EcrImage) -> Text:
    """Return the objects that layers are downloaded from, with URLs that Amazon ECR has signed."""
    before, after = ecr_layer_bucket("|").split("|")
    return text("arn:", scene.environment.partition, ":s3:::", before, image.region, after, "/*")


def _imports(scene: Scene, maker: Maker, image: EcrImage, repository: Resource | None, where: Where) -> Iterator[Call]:
    """Yield the import of an image that a cache of the templates serves; the first pull needs it.

    An image may be in the registry before: in a repository that the templates make, or under a rule for the whole
    registry, which serves what is not there.
    """
    serving = [prefix for prefix in _prefixes(scene) if _serves(prefix, image)]
    whole = bool(serving) and all(prefix == _WHOLE_REGISTRY for prefix in serving)
    if not serving or (whole and repository is not None):
        return
    registry = scene.graph.resources(_REGISTRY_POLICY)
    call = maker.call(
        Purpose.IMPORT_IMAGE,
        _IMPORT if repository is not None else (*_IMPORT, *_CREATE_REPOSITORY),
        image.repository_arn,
        where,
        owner=registry[0] if registry else repository,
    )
    in_doubt = whole or repository is not None
    yield replace(call, advisory=call.advisory or (_MAY_BE_THERE if in_doubt else None))


def _prefixes(scene: Scene) -> Iterator[Text]:
    """Yield the prefixes of the caches, as far as they are known."""
    for rule in scene.graph.resources(_RULE):
        prefix = as_text(rule.get("EcrRepositoryPrefix"))
        if prefix is not None and not isinstance(prefix, Unknown):
            yield prefix


def _serves(prefix: Text, image: EcrImage) -> bool:
    """Whether a cache is for the image's repository."""
    beginning = parts_of(image.repository)
    if prefix == _WHOLE_REGISTRY:
        return True
    # A prefix is part of the name by being written before its slash, as text or as the same reference.
    written = parts_of(text(prefix, "/"))
    last = len(written) - 1
    return len(beginning) > last and beginning[:last] == written[:last] and _begins(beginning[last], written[last])


def _begins(part: object, beginning: object) -> bool:
    return part == beginning or (isinstance(part, str) and isinstance(beginning, str) and part.startswith(beginning))
