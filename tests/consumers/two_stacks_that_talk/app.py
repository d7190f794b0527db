"""Two services in stacks of their own that call each other, in both directions, without a cycle between the stacks."""

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


class Service(cdk.Stack):
    """A service and its images."""

    def __init__(self, scope: Construct, construct_id: str, *, cluster: Cluster, tag: str, port: int) -> None:
        super().__init__(scope, construct_id)
        self.service = FargateService(
            self,
            "Service",
            cluster=cluster,
            containers=[Container(image=Image.from_ecr(EcrRepository(self, "Repository"), tag=tag), port=port)],
            size=TaskSize(cpu=512, memory_mib=1024),
        )


app = cdk.App()
platform = cdk.Stack(app, "Platform")
network = PrivateNetwork(platform, "Network")
cluster = EcsCluster(platform, "Cluster", network=network, exec_audit=ExecAudit(platform, "ExecAudit"))
orders = Service(app, "Orders", cluster=cluster, tag="4.2.0", port=8080).service
payments = Service(app, "Payments", cluster=cluster, tag="1.9.1", port=8443).service
orders.allow_to(payments)
payments.allow_to(orders)
app.synth()
