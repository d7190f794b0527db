"""All stacks of the sample app, composed."""

from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from stacks.cluster import ClusterStack
from stacks.images import ImagesStack
from stacks.jobs import JobsStack
from stacks.load_balancer import LoadBalancerStack
from stacks.network import NetworkStack
from stacks.services import ServicesStack
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The stacks, from the first that is deployed to the last."""

    network: NetworkStack
    cluster: ClusterStack
    images: ImagesStack
    load_balancer: LoadBalancerStack
    services: ServicesStack
    jobs: JobsStack

    @property
    def stacks(self) -> tuple[cdk.Stack, ...]:
        """The stacks in their order of deployment."""
        return (self.network, self.cluster, self.images, self.load_balancer, self.services, self.jobs)


def compose(scope: Construct, settings: Settings) -> Sample:
    """Make the sample app's stacks in an app or a stage."""
    network = NetworkStack(scope, f"{settings.prefix}-Network", settings=settings)
    cluster = ClusterStack(
        scope, f"{settings.prefix}-Cluster", settings=settings, network=network.network, key=network.key
    )
    images = ImagesStack(scope, f"{settings.prefix}-Images", settings=settings, key=network.key)
    load_balancer = LoadBalancerStack(
        scope, f"{settings.prefix}-LoadBalancer", settings=settings, network=network.network
    )
    services = ServicesStack(
        scope,
        f"{settings.prefix}-Services",
        settings=settings,
        cluster=cluster.cluster,
        capacity=cluster.capacity,
        images=images,
        load_balancer=load_balancer.load_balancer,
        key=network.key,
    )
    jobs = JobsStack(
        scope,
        f"{settings.prefix}-Jobs",
        settings=settings,
        cluster=cluster.cluster,
        images=images,
        key=network.key,
    )
    return Sample(
        network=network,
        cluster=cluster,
        images=images,
        load_balancer=load_balancer,
        services=services,
        jobs=jobs,
    )
