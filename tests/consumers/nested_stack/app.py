"""A service in a nested stack, in the network and on the cluster of the stack that nests it."""

import aws_cdk as cdk
from constructs import Construct

from constructs_ecs import (
    Cluster,
    Container,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)


class Catalogue(cdk.NestedStack):
    """One of several services that a stack is divided into."""

    def __init__(self, scope: Construct, construct_id: str, *, cluster: Cluster) -> None:
        super().__init__(scope, construct_id)
        image = Image.from_ecr(EcrRepository(self, "Repository"), tag="7.3.0")
        self.service = FargateService(
            self,
            "Service",
            cluster=cluster,
            containers=[Container(image=image, port=8443)],
            size=TaskSize(cpu=512, memory_mib=1024),
        )


app = cdk.App()
stack = cdk.Stack(app, "Library")
network = PrivateNetwork(stack, "Network")
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
Catalogue(stack, "Catalogue", cluster=cluster)
app.synth()
