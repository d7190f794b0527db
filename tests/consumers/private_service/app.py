"""Somebody else's app: a private service with exec audit, from the installed package."""

import aws_cdk as cdk

from constructs_ecs import (
    Container,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)

app = cdk.App()
stack = cdk.Stack(app, "Shop")
network = PrivateNetwork(stack, "Network")
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
FargateService(
    stack,
    "Web",
    cluster=cluster,
    containers=[Container(image=Image.from_ecr(EcrRepository(stack, "Repository"), tag="1.4.2"), port=8080)],
    size=TaskSize(cpu=512, memory_mib=1024),
)
app.synth()
