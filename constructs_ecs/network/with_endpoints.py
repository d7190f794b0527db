"""What networks share that make endpoints."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.network.base import Network
from constructs_ecs.network.endpoints import Endpoints


class NetworkWithEndpoints(Network, metaclass=jsii.JSIIAbstractClass):
    """A network that makes endpoints as needs arise: a PrivateNetwork or an ExistingNetwork."""

    _endpoints: Endpoints

    @property
    def interface_endpoints(self) -> Mapping[Endpoint, ec2.InterfaceVpcEndpoint]:
        """The interface endpoints that were made; a live view, so later ones appear in it."""
        return MappingProxyType(self._endpoints.interfaces)

    @property
    def s3_gateway(self) -> ec2.GatewayVpcEndpoint | None:
        """The S3 gateway endpoint, once something needs it to be made."""
        return self._endpoints.s3_gateway

    def on_endpoint(self, tell: Callable[[Endpoint], None]) -> None:
        """Tell of each endpoint whose service workloads reach: of those there are at once, of later ones as they come.

        In a VPC that exists, some are reached by its egress.
        """
        self._endpoints.on_endpoint(tell)

    def _name(self) -> None:
        """Name what the console lists by its Name tag; subnets and their route tables name themselves."""
        cdk.Tags.of(self).add(
            "Name",
            self.node.path,
            include_resource_types=[
                "AWS::EC2::InternetGateway",
                "AWS::EC2::SecurityGroup",
                "AWS::EC2::VPC",
                "AWS::EC2::VPCEndpoint",
            ],
        )
