"""An app without cdk.json, so without feature flags: it makes and permits what it would with all of them."""

import aws_cdk as cdk

from constructs_ecs import (
    Container,
    Ec2Service,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)

app = cdk.App()
stack = cdk.Stack(app, "Reports")
network = PrivateNetwork(stack, "Network")
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
image = Image.from_ecr(EcrRepository(stack, "Repository"), tag="3.1.0")
FargateService(
    stack,
    "Web",
    cluster=cluster,
    containers=[Container(image=image, port=8080)],
    size=TaskSize(cpu=512, memory_mib=1024),
)
Ec2Service(
    stack,
    "Renderer",
    cluster=cluster,
    containers=[Container(image=image, memory_mib=2048)],
    capacity=cluster.add_ec2_capacity("Instances", instance_type="m7i.large"),
)
app.synth()
