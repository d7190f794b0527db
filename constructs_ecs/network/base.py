"""What every network of this package is to the workloads in it, whoever made the VPC."""

from abc import abstractmethod
from collections.abc import Callable

import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code, InvalidValueError, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import shown
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import Part
from constructs_ecs.network.egress import Egress
from constructs_ecs.network.publication import publish_network
from constructs_ecs.publishing import Publication


class Network(Part, metaclass=jsii.JSIIAbstractClass):
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
    """Carried by what calls AWS: lets HTTPS out to the endpoints, to S3 and, where a VPC that exists has egress and
    not all endpoints, to AWS by that; and nothing else."""
    public_subnets: ec2.SubnetSelection | None = None
    """Where public load balancers are, if there is such a place."""
    egress: Egress
    """How tasks reach the internet."""
    ready: DependencyGroup
    """What a workload depends on: endpoints, the rules that lead to them, routes. What is added later counts too."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._s3_actions: dict[str, None] = {}
        self._s3_listeners: list[Callable[[str], None]] = []

    @property
    def has_egress(self) -> bool:
        """Whether tasks reach the internet."""
        return self.egress is not Egress.NONE

    def require(self, needs: Needs, *, needed_by: str | Part) -> None:
        """Make sure that a workload can make its calls.

        Args:
            needs: what the workload needs.
            needed_by: the workload or its name, for the message.

        Raises:
            UnreachableError: ECS060, an image's registry, or ECS062, something else on the internet is needed in a
                network with no egress; ECS061, an endpoint is needed that neither exists nor may be made here.
        """
        if needs.leaves_network and not self.has_egress:
            raise _unreachable(needs, needed_by)
        self._provide(needs, needed_by=needed_by)
        for action in needs.s3_gateway:
            if action not in self._s3_actions:
                self._s3_actions[action] = None
                for tell in self._s3_listeners:
                    tell(action)

    def publish(self, path: str) -> Publication:
        """Publish the network for apps that are deployed apart, as parameters of Systems Manager under a path.

        They read it as a PublishedNetwork, in the same account and Region; parameters shared from another account are
        not read. What is published are identifiers, which are no secret, under names of a versioned schema. It may be
        published under several paths, for as long as readers move from one to another.

        Those apps cannot ask for what is missing here, so name it up front: endpoints with `extra_endpoints`, and what
        they do with the account's own buckets through the S3 gateway with
        ``network.require(Needs(s3_gateway=("s3:PutObject",)), needed_by="...")``, each action in full. A published
        cluster sees to what its own ECS Exec sessions need. What is needed later is published as it is made. Of the
        public subnets those are published that are beside the tasks', zone by zone from the first.

        Args:
            path: where the parameters are, such as ``/platform/network``, known at synth and this network's alone.

        Raises:
            InvalidValueError: ECS037, the path is a token, or not one that Systems Manager takes; ECS030, the subnets
                or their Availability Zones are not known one by one, as may be in a VPC that is imported.
            ConflictError: ECS037, something is published under the path already, or it is read in the same stack.
        """
        return publish_network(self, path)

    def on_s3_action(self, tell: Callable[[str], None]) -> None:
        """Tell of each action on own buckets that the S3 gateway lets through: as :meth:`on_endpoint` of endpoints."""
        self._s3_listeners.append(tell)
        for action in self._s3_actions:
            tell(action)

    def selected_task_subnets(self) -> list[ec2.ISubnet]:
        """Return the subnets that `task_subnets` selects in the VPC."""
        where = self.task_subnets
        if where.subnets is not None:
            return list(where.subnets)
        return self.vpc.select_subnets(
            availability_zones=where.availability_zones,
            one_per_az=where.one_per_az,
            subnet_filters=where.subnet_filters,
            subnet_group_name=where.subnet_group_name,
            subnet_type=where.subnet_type,
        ).subnets

    @abstractmethod
    def on_endpoint(self, tell: Callable[[Endpoint], None]) -> None:
        """Tell of each endpoint that workloads reach: of those there are at once, of later ones when they are made."""

    @abstractmethod
    def _provide(self, needs: Needs, *, needed_by: str | Part) -> None:
        """See to the endpoints of a need."""


def check_network(network: object) -> None:
    """Check that an argument is a network, and not the VPC that it could be made of.

    Raises:
        InvalidValueError: ECS030.
    """
    if not isinstance(network, Network):
        raise InvalidValueError(
            Code.SETTING,
            f"network is a PrivateNetwork, an ExistingNetwork or a PublishedNetwork; got {shown(network)}.",
            "For a VPC that exists, give ExistingNetwork(scope, 'Network', vpc=...).",
        )


def _unreachable(needs: Needs, needed_by: str | Part) -> UnreachableError:
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
