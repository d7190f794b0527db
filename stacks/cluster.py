"""The cluster with its exec audit and EC2 capacity, and what operators may do."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs import (
    AllowExec,
    DenyStartSession,
    EcsCluster,
    ExecAudit,
    ExecEvents,
    ExecPolicy,
    PrivateNetwork,
)
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
        self.capacity = self.cluster.add_ec2_capacity(
            "Instances",
            instance_type="m6g.large",
            encryption_key=key,
            managed_termination_protection=settings.deletion_protection,
        )
        self.operators = ExecPolicy(
            self, "Operators", rules=[AllowExec(cluster=self.cluster), DenyStartSession(cluster=self.cluster)]
        )
        self.exec_events = ExecEvents(self, "ExecEvents", cluster=self.cluster, encryption_key=key)
