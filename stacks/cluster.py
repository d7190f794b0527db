"""The cluster with its exec audit and EC2 capacity."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs import EcsCluster, ExecAudit, PrivateNetwork
from stacks.settings import Settings


class ClusterStack(cdk.Stack):
    """A cluster whose exec sessions are encrypted and recorded, with instances for the worker."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, network: PrivateNetwork, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="ECS cluster with audited ECS Exec")
        self.cluster = EcsCluster(
            self, "Cluster", network=network, exec_audit=ExecAudit(self, "ExecAudit", bucket=True)
        )
        self.capacity = self.cluster.add_ec2_capacity("Instances", instance_type="m7g.large", encryption_key=key)
