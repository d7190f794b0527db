"""The network, and the key that encrypts what the sample app writes and keeps."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_ecs import Egress, PrivateNetwork
from stacks.settings import Settings, Variant


class NetworkStack(cdk.Stack):
    """A private network; with NAT only where the images come from the internet."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="Private network for ECS")
        self.key = kms.Key(
            self, "Key", enable_key_rotation=True, description="Logs, secrets and volumes of the workloads"
        )
        self.network = PrivateNetwork(
            self,
            "Network",
            egress=Egress.NAT_GATEWAY if settings.variant is Variant.REGISTRY else Egress.NONE,
            encryption_key=self.key,
        )
