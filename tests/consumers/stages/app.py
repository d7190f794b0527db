"""One service in three environments: a CDK Stage for each, with settings of its own and the same construct ids."""

import aws_cdk as cdk
from constructs import Construct

from constructs_ecs import (
    Container,
    EcrRepository,
    EcsCluster,
    EndpointSet,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)


class Bookshop(cdk.Stage):
    """The shop in one environment."""

    def __init__(
        self, scope: Construct, construct_id: str, *, env: cdk.Environment, size: TaskSize, tasks: int, max_azs: int
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        stack = cdk.Stack(self, "Shop")
        network = PrivateNetwork(stack, "Network", max_azs=max_azs, endpoints=EndpointSet.NEEDED)
        cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
        repository = EcrRepository(stack, "Repository")
        FargateService(
            stack,
            "Web",
            cluster=cluster,
            containers=[Container(image=Image.from_ecr(repository, tag="2.0.1"), port=8080)],
            size=size,
            desired_count=tasks,
        )


app = cdk.App()
test = cdk.Environment(account="111111111111", region="eu-central-1")
production = cdk.Environment(account="222222222222", region="eu-central-1")
recovery = cdk.Environment(account="222222222222", region="eu-west-1")
small, large = TaskSize(cpu=256, memory_mib=512), TaskSize(cpu=1024, memory_mib=4096)
Bookshop(app, "Test", env=test, size=small, tasks=1, max_azs=2)
Bookshop(app, "Production", env=production, size=large, tasks=6, max_azs=3)
Bookshop(app, "Recovery", env=recovery, size=large, tasks=0, max_azs=3)
app.synth()
