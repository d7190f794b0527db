"""The load balancer in front of the web service."""

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from constructs_ecs import InternalLoadBalancer, PrivateNetwork
from stacks.settings import Settings


class LoadBalancerStack(cdk.Stack):
    """An internal load balancer: HTTPS where a certificate is set, else plain HTTP inside the network."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, network: PrivateNetwork) -> None:
        super().__init__(scope, construct_id, env=settings.env, description="Internal load balancer of the services")
        arn = settings.certificate_arn
        self.load_balancer = InternalLoadBalancer(
            self,
            "LoadBalancer",
            network=network,
            certificate=None if arn is None else acm.Certificate.from_certificate_arn(self, "Certificate", arn),
            plain_http=arn is None,
            deletion_protection=settings.deletion_protection,
        )
