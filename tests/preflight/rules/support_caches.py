"""Images that come through a pull-through cache."""

from tests.preflight.rules.support_tasks import Change, Resources

HOST = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
DOCKER_HUB = "registry-1.docker.io"


def cached(
    image: str = "hub/library/nginx:1.27", prefix: object = "hub", url: str = DOCKER_HUB, **rule: object
) -> Change:
    """Let the service's image come through a cache."""

    def change(resources: Resources) -> None:
        (container,) = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
        container["Image"] = {"Fn::Sub": f"{HOST}/{image}"}
        resources["Cache"] = {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": prefix, "UpstreamRegistryUrl": url, **rule},
        }

    return change
