"""The app of another team: a service in the network and on the cluster that publisher.py publishes, deployed apart."""

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

app = cdk.App()
stack = cdk.Stack(app, "Tickets")
network = PublishedNetwork(
    stack,
    "Network",
    path="/platform/network",
    endpoints=[
        Endpoint.ECR_API,
        Endpoint.ECR_DOCKER,
        Endpoint.S3,
        Endpoint.LOGS,
        Endpoint.SSM_MESSAGES,
        Endpoint.KMS,
    ],
)
cluster = PublishedCluster(
    stack, "Cluster", path="/platform/cluster", network=network, exec_configuration=PublishedExec()
)
FargateService(
    stack,
    "Web",
    cluster=cluster,
    containers=[Container(image=Image.from_ecr(EcrRepository(stack, "Repository"), tag="1.0.3"), port=8080)],
    size=TaskSize(cpu=512, memory_mib=1024),
)
app.synth()
