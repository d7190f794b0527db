"""An Application Load Balancer that only the network can reach, in front of any number of services."""

from collections.abc import Iterable, Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_ecs.errors import Code
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.limits import check_kind, check_removal_policy
from constructs_ecs.facts.load_balancing import (
    HTTP_PORT,
    check_conditions,
    check_deregistration_delay_seconds,
    check_grace_period_seconds,
    check_idle_timeout_seconds,
    check_load_balancer_name,
    host_patterns,
    path_patterns,
)
from constructs_ecs.load_balancer import access_logs
from constructs_ecs.load_balancer.checks import (
    check_ingress_peer,
    check_peers,
    check_protocol,
    check_room,
    check_same_vpc,
    served_container,
    zonal_subnets,
)
from constructs_ecs.load_balancer.health_check import TargetHealthCheck
from constructs_ecs.load_balancer.listeners import acknowledge_load_balancer, new_http_listener, new_https_listener
from constructs_ecs.load_balancer.routes import Routes
from constructs_ecs.load_balancer.target import LoadBalancerTarget
from constructs_ecs.network import Network
from constructs_ecs.network.security_groups import allow_ingress_from_cidr, closed_security_group
from constructs_ecs.services import Service
from constructs_ecs.services.connections import Connection, check_same_stage, rules_between_stacks


@jsii.implements(ec2.IConnectable)
class InternalLoadBalancer(Construct):
    """An Application Load Balancer in the network's task subnets, which nobody reaches until they are allowed to.

    It answers 404 to what no service is added for. HTTPS takes TLS 1.2 and 1.3, with post-quantum key exchange for
    clients that know it, and plain HTTP is redirected to it. Malformed headers are dropped, and each request is in the
    access logs. Services in other stacks depend on its stack, and it on none of theirs.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        network: where it is; its task subnets span two Availability Zones or more, with eight addresses free in each.
        certificate: what it shows to clients: one, or several of which the first is for clients that name no host.
        plain_http: serve plain HTTP, and no HTTPS. For traffic that may be read by whoever is in the network. A
            certificate can be given later. The way back is refused by CloudFormation while services of other stacks are
            behind the HTTPS listener.
        allow_from: who may connect, as for :meth:`allow_from`.
        access_log_bucket: an existing bucket of the same Region for the access logs, with S3-managed encryption; by
            default an own one.
        access_log_prefix: the objects' prefix in the bucket; by default none.
        access_log_retention_days: how long an own bucket keeps each version of an object; by default a year.
        deletion_protection: whether it cannot be deleted, with its stack or by hand, until this is off.
        idle_timeout_seconds: after how long a connection is closed on which nothing is sent.
        load_balancer_name: by default CloudFormation makes one; a fixed name cannot be replaced without downtime.
        removal_policy: what becomes of an own bucket with the stack; it is kept by default.

    Raises:
        InvalidValueError: ECS038, a figure, a name or a prefix that Elastic Load Balancing does not take; ECS030, an
            argument of another type; ECS016 and ECS017, a peer.
        ConflictError: ECS050, neither a certificate nor plain HTTP, or both; a network in one Availability Zone, or
            with task subnets that are smaller than a /27; a bucket that KMS encrypts or that is in another Region, or
            one that is given and a retention for an own one; ECS051, a peer is in another Stage or app.
        UnsafeError: ECS081, a peer is every address, or too many.

    Source: user guide for Application Load Balancers.
    """

    load_balancer: elbv2.ApplicationLoadBalancer
    """The CDK's load balancer, as alarms and DNS records take it."""
    listener: elbv2.ApplicationListener
    """What services are added to: HTTPS, or plain HTTP where that was chosen."""
    security_group: ec2.SecurityGroup
    """The load balancer's own group: no ingress, and no egress, until a peer is allowed or a service is added."""
    access_log_bucket: s3.IBucket
    """Where the access logs are."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: Network,
        certificate: acm.ICertificate | Sequence[acm.ICertificate] | None = None,
        plain_http: bool = False,
        allow_from: Iterable[ec2.IConnectable | str] = (),
        access_log_bucket: s3.IBucket | None = None,
        access_log_prefix: str | None = None,
        access_log_retention_days: int | None = None,
        deletion_protection: bool = True,
        idle_timeout_seconds: int = 60,
        load_balancer_name: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        certificates = check_protocol(certificate, plain_http=plain_http)
        check_kind(deletion_protection, bool, code=Code.SETTING, name="deletion_protection")
        check_idle_timeout_seconds(idle_timeout_seconds)
        if load_balancer_name is not None:
            check_load_balancer_name(load_balancer_name)
        access_logs.check(scope, access_log_bucket, prefix=access_log_prefix, retention_days=access_log_retention_days)
        check_removal_policy(removal_policy)
        peers = check_peers(allow_from)
        subnets = zonal_subnets(network)
        super().__init__(scope, construct_id)
        self.network = network
        self._routes = Routes()
        self.security_group = closed_security_group(
            self, "SecurityGroup", vpc=network.vpc, description="One internal load balancer: closed until allowed"
        )
        self.load_balancer = self._new_load_balancer(
            subnets,
            deletion_protection=deletion_protection,
            idle_timeout=cdk.Duration.seconds(idle_timeout_seconds),
            load_balancer_name=load_balancer_name,
        )
        self.access_log_bucket = access_logs.bucket_or_new(
            self, access_log_bucket, retention_days=access_log_retention_days, removal_policy=removal_policy
        )
        access_logs.deliver(self.load_balancer, self.access_log_bucket, prefix=access_log_prefix)
        self._http = new_http_listener(self.load_balancer, redirects=bool(certificates))
        self.listener = new_https_listener(self.load_balancer, certificates) if certificates else self._http
        self._ports = (HTTPS_PORT, HTTP_PORT) if certificates else (HTTP_PORT,)
        self._connections = ec2.Connections(
            security_groups=[self.security_group], default_port=ec2.Port.tcp(self._ports[0])
        )
        rules_between_stacks(self).join(self)
        for peer in peers:
            self.allow_from(peer)

    @property
    def connections(self) -> ec2.Connections:
        """For the CDK's own ``connections``, and for ``allow_to`` of a service, which then needs no port."""
        return self._connections

    @property
    def dns_name(self) -> str:
        """The name that AWS gave it; a certificate shows other names, for which a DNS record points here."""
        return self.load_balancer.load_balancer_dns_name

    def allow_from(self, peer: ec2.IConnectable | str) -> None:
        """Let a peer connect.

        Args:
            peer: a service, anything with CDK ``connections``, or a CIDR block. The rules between it and a peer of
                another stack are in the one of the two stacks that depends on the other, as for ``allow_from`` of a
                service.

        Raises:
            InvalidValueError: ECS017, the block is malformed; ECS030, no peer, or one that does not tell whom it means.
            UnsafeError: ECS081, the block is every address, or more than a /8 of IPv4 or a /16 of IPv6 that is not
                private; also as the CDK's ``ec2.Peer``.
            ConflictError: ECS051, the peer is in another Stage or app.
        """
        check_ingress_peer(peer)
        for port in self._ports:
            description = f"to {self.node.id} on {port}"
            if isinstance(peer, str):
                allow_ingress_from_cidr(self.security_group, peer, port, description)
            elif isinstance(peer, Service):
                peer.allow_to(self, port=port)
            else:
                Connection(
                    own=self.security_group,
                    peer=peer,
                    peer_is_service=False,
                    inward=True,
                    port=ec2.Port.tcp(port),
                    description=description,
                ).allow()

    def add_target(
        self,
        service: Service,
        *,
        host: str | Sequence[str] | None = None,
        path: str | Sequence[str] | None = None,
        priority: int | None = None,
        container: str | None = None,
        health_check: TargetHealthCheck | None = None,
        deregistration_delay_seconds: int = 60,
        grace_period_seconds: int = 60,
        target_id: str | None = None,
    ) -> LoadBalancerTarget:
        """Send requests to a service: for a host, for a path, or all that no other service is added for.

        The load balancer and the service are allowed to talk on the container's port, and on nothing else. A service
        may be added several times, also to several load balancers.

        The service's stack depends on the load balancer's. So the latter may not depend on the former in any way, not
        even through the network: put a load balancer that several stacks share into a stack of its own, and add no
        service to it of a stack that it depends on, such as the network's. The CDK says so at synth, as a cycle.

        Args:
            service: the service, of any stack that is in the same VPC.
            host: host names, with wildcards ``*`` and ``?``; one, or a list of which one has to fit.
            path: paths, as above; with both, a host and a path have to fit.
            priority: which rule is asked first, the lowest before all; unique among all stacks that share the load
                balancer. Required with a host or a path, and not given without.
            container: the container's name; by default the first with a port.
            health_check: how the load balancer tells whether a task is healthy; by default ``/`` answers with 200.
            deregistration_delay_seconds: for how long requests to a task that leaves may end before it is stopped.
            grace_period_seconds: for how long ECS does not count the health checks of a new task. A service has one:
                the longest, or the one that was given last where one of them is a token.
            target_id: the id of the target in the service; by default after the load balancer's own, so a second
                target of one service on one load balancer needs another.

        Raises:
            InvalidValueError: ECS038, a figure, a pattern or a priority that Elastic Load Balancing does not take;
                ECS016 and ECS022, no container with a port, or none of that name; ECS030, no service.
            ConflictError: ECS050, the priority or the id is taken, there is a service for everything already, the
                service is in another VPC, or it has as many targets as ECS takes; ECS051, the service is in another
                Stage or app.
        """
        check_kind(service, Service, code=Code.SETTING, name="service")
        check_same_stage(self, service)
        check = TargetHealthCheck() if health_check is None else health_check
        check_kind(check, TargetHealthCheck, code=Code.LOAD_BALANCER, name="health_check")
        check_deregistration_delay_seconds(deregistration_delay_seconds)
        check_grace_period_seconds(grace_period_seconds)
        hosts, paths = host_patterns(host), path_patterns(path)
        check_conditions((*hosts, *paths))
        served = served_container(service, container)
        construct_id = f"{self.node.id}Target" if target_id is None else target_id
        check_room(service, construct_id)
        check_same_vpc(self.network, service)
        self._keep_http_exported(service)
        return LoadBalancerTarget(
            service,
            construct_id,
            listener=self.listener,
            container=served,
            hosts=hosts,
            paths=paths,
            priority=self._routes.claim(priority, conditional=bool(hosts or paths), claimed_by=service.node.path),
            health_check=check,
            deregistration_delay_seconds=deregistration_delay_seconds,
            grace_period_seconds=grace_period_seconds,
        )

    def _keep_http_exported(self, service: Service) -> None:
        """Let a service of another stack be deployed after the certificate that moves it from port 80 to 443.

        Until then its stack imports the listener on port 80, and CloudFormation keeps what is imported exported.
        """
        stack = cdk.Stack.of(self)
        moved = self.listener is not self._http and stack.nested_stack_parent is None
        if moved and stack.node.path != cdk.Stack.of(service).node.path:
            stack.export_value(self._http.listener_arn)

    def _new_load_balancer(
        self,
        subnets: list[ec2.ISubnet],
        *,
        deletion_protection: bool,
        idle_timeout: cdk.Duration,
        load_balancer_name: str | None,
    ) -> elbv2.ApplicationLoadBalancer:
        load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=subnets),
            internet_facing=False,
            security_group=self.security_group,
            load_balancer_name=load_balancer_name,
            deletion_protection=deletion_protection,
            drop_invalid_header_fields=True,
            idle_timeout=idle_timeout,
        )
        acknowledge_load_balancer(load_balancer, deletion_protection=deletion_protection)
        return load_balancer
