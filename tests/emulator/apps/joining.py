"""Two apps that join the network of tests/consumers/published_network: one asks for an endpoint that it has not."""

import aws_cdk as cdk

from constructs_ecs import (
    Container,
    EcrRepository,
    Endpoint,
    FargateService,
    Image,
    PublishedCluster,
    PublishedExec,
    PublishedNetwork,
    TaskSize,
)

_PUBLISHED = (
    Endpoint.ECR_API,
    Endpoint.ECR_DOCKER,
    Endpoint.S3,
    Endpoint.LOGS,
    Endpoint.SSM_MESSAGES,
    Endpoint.KMS,
)


def _join(stack: cdk.Stack, *more: Endpoint) -> None:
    network = PublishedNetwork(stack, "Network", path="/platform/network", endpoints=[*_PUBLISHED, *more])
    cluster = PublishedCluster(
        stack, "Cluster", path="/platform/cluster", network=network, exec_configuration=PublishedExec()
    )
    image = Image.from_ecr(EcrRepository(stack, "Repository"), tag="1.0.3")
    FargateService(
        stack,
        "Web",
        cluster=cluster,
        containers=[Container(image=image, port=8080)],
        size=TaskSize(cpu=256, memory_mib=512),
    )


app = cdk.App()
_join(cdk.Stack(app, "Modest"))
_join(cdk.Stack(app, "Greedy"), Endpoint.STEP_FUNCTIONS)
app.synth()
