"""What every network of this package is to the workloads in it, whoever made the VPC."""

from abc import abstractmethod
from collections.abc import Callable

import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs
from constructs_ecs.network.egress import Egress


class Network(Construct, metaclass=jsii.JSIIAbstractClass):
    """Where tasks and instances run: a PrivateNetwork, or what stands for a VPC that exists.

    Whatever calls AWS in it carries `endpoint_client_security_group` beside its own security groups, is placed in
    `task_subnets`, depends on `ready`, and says what it calls with :meth:`require`. The services and capacity of this
    package do all four.
    """

    vpc: ec2.IVpc
    """The VPC as other constructs take it."""
    task_subnets: ec2.SubnetSelection
    """Where tasks, instances and interface endpoints are."""
    endpoint_client_security_group: ec2.ISecurityGroup
    """Carried by what calls AWS: lets HTTPS out to the endpoints and to S3, and nothing else."""
    egress: Egress
    """How tasks reach the internet."""
    ready: DependencyGroup
    """What a workload depends on: endpoints, the rules that lead to them, routes. What is added later counts too."""

    @property
    def has_egress(self) -> bool:
        """Whether tasks reach the internet."""
        return self.egress is not Egress.NONE

    def require(self, needs: Needs, *, needed_by: str) -> None:
        """Make sure that a workload can make its calls.

        Args:
            needs: what the workload needs.
            needed_by: the workload's path or name, for the message.

        Raises:
            UnreachableError: ECS060, an image's registry, or ECS062, something else on the internet is needed in a
                network with no egress; ECS061, an endpoint is needed that neither exists nor may be made here.
        """
        if needs.leaves_network and not self.has_egress:
            raise _unreachable(needs, needed_by)
        self._provide(needs, needed_by=needed_by)

    @abstractmethod
    def on_endpoint(self, tell: Callable[[Endpoint], None]) -> None:
        """Tell of each endpoint that workloads reach: of those there are at once, of later ones when they are made."""

    @abstractmethod
    def _provide(self, needs: Needs, *, needed_by: str) -> None:
        """See to the endpoints of a need."""


def _unreachable(needs: Needs, needed_by: str) -> UnreachableError:
    if needs.registries:
        return UnreachableError(
            Code.UNREACHABLE_IMAGE,
            f"{needed_by} pulls from {', '.join(needs.registries)}, which no endpoint serves, and its network has no "
            "egress.",
            "There are three ways out: a pull-through cache of ECR, a mirror in ECR, or egress for the network "
            "(Egress.NAT_GATEWAY).",
        )
    return UnreachableError(
        Code.INTERNET,
        f"{needed_by} needs the internet for {', '.join(needs.internet)}, and its network has no egress.",
        "Give the network egress (Egress.NAT_GATEWAY), or remove the need.",
    )
