"""A service on a cluster that exists, which says what it runs on and where its ECS Exec sessions are recorded."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from constructs_ecs import (
    CapacityShare,
    ClusterDefault,
    Container,
    EcrRepository,
    ExecConfiguration,
    ExecLogging,
    ExistingCluster,
    FargateProvider,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)

app = cdk.App()
stack = cdk.Stack(app, "Search")
key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:123456789012:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
# What `aws ecs describe-clusters --clusters shared --include CONFIGURATIONS` shows.
cluster = ExistingCluster(
    stack,
    "Cluster",
    cluster_name="shared",
    network=PrivateNetwork(stack, "Network"),
    exec_configuration=ExecConfiguration(
        logging=ExecLogging.OVERRIDE,
        log_group=logs.LogGroup.from_log_group_name(stack, "ExecLogGroup", "/ecs/exec/shared"),
        session_key=key,
        log_group_key=key,
    ),
    default_strategy=[
        CapacityShare(provider=FargateProvider.FARGATE, base=2, weight=1),
        CapacityShare(provider=FargateProvider.FARGATE_SPOT, weight=3),
    ],
)
FargateService(
    stack,
    "Index",
    cluster=cluster,
    containers=[Container(image=Image.from_ecr(EcrRepository(stack, "Repository"), tag="5.0.2"), port=9200)],
    size=TaskSize(cpu=1024, memory_mib=4096),
    capacity=ClusterDefault.STRATEGY,
)
app.synth()
