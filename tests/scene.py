"""A network, a cluster and an image to put a service into."""
# ruff: noqa: ANN401 - options pass through to the construct under test

from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs import (
    Container,
    EcrRepository,
    EcsCluster,
    Egress,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)
from tests.support import stack, template

SIZE = TaskSize(cpu=512, memory_mib=1024)


@dataclass(frozen=True)
class Scene:
    """Where a service can be put."""

    stack: cdk.Stack
    network: PrivateNetwork
    cluster: EcsCluster
    image: Image

    def container(self, **changes: Any) -> Container:
        """A container that listens on 8080, but for what is changed."""
        return Container(**{"image": self.image, "port": 8080, **changes})

    def fargate(
        self, construct_id: str = "Web", *, container: Container | None = None, **options: Any
    ) -> FargateService:
        """A Fargate service of one container, but for what is changed."""
        containers = [self.container() if container is None else container]
        return FargateService(
            self.stack, construct_id, **{"cluster": self.cluster, "containers": containers, "size": SIZE, **options}
        )

    @property
    def template(self) -> dict[str, Any]:
        """The stack's template."""
        return template(self.stack)


def scene(
    *,
    scope: cdk.Stack | None = None,
    egress: Egress = Egress.NONE,
    audited: bool = True,
    **cluster_options: Any,
) -> Scene:
    """Make one, environment-agnostic and under the recommended feature flags unless a stack is given."""
    root = stack() if scope is None else scope
    network = PrivateNetwork(root, "Network", egress=egress)
    audit = ExecAudit(root, "ExecAudit") if audited else None
    cluster = EcsCluster(root, "Cluster", network=network, exec_audit=audit, **cluster_options)
    image = Image.from_ecr(EcrRepository(root, "Repository"), tag="1.4.2")
    return Scene(stack=root, network=network, cluster=cluster, image=image)


def vpc_peer(scope: Construct) -> ec2.SecurityGroup:
    """A group of somebody else's in a VPC of its own."""
    return ec2.SecurityGroup(scope, "Peer", vpc=ec2.Vpc(scope, "PeerVpc"))
