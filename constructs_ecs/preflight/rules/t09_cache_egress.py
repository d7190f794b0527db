"""T09: a first pull through a cache, from subnets without a way out."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.caches import cached_images
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary


class CacheEgress(Rule):
    """An image comes through a pull-through cache into subnets without a way to the internet."""

    id = "T09"
    severity = Severity.WARNING
    statement = (
        "An image is pulled through a cache from subnets without a way to the internet. ECR's page on endpoints says "
        "that the first pull needs a NAT gateway, its page on caches that it may."
    )
    symptom = "CannotPullContainerError: the first pull of the image times out; later ones go through."
    decided_by = "EcrRepositoryPrefix of the rules in the templates, Image, and the routes of the launch's subnets."
    fix = "Pull the image once from a network with a way out, before {the task definition} is launched."
    source = "Amazon ECR user guide, Interface VPC endpoints"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for a way out of the networks that cached images are pulled into."""
        for cached in cached_images(context):
            interface = cached.pull.interface
            if isinstance(interface, NetworkInterface) and context.topology.isolated(interface) is Ternary.YES:
                yield self.finding(
                    cached.pull.where,
                    f"The first pull of {cached.upstream} through the cache may need a way to the internet.",
                    launch_sites=(cached.launch_site,),
                )
