"""T08: an official image of Docker Hub, through a cache, without its full name."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.caches import cached_images

_DOCKER_HUB = "registry-1.docker.io"


class OfficialImage(Rule):
    """An image comes through a cache of Docker Hub by a name without ``library/``, which only Docker fills in."""

    id = "T08"
    severity = Severity.START
    statement = "An official image of Docker Hub is pulled through a cache without library/ before its name."
    symptom = "CannotPullContainerError: 403 Forbidden."
    decided_by = (
        "Image, and EcrRepositoryPrefix, UpstreamRegistryUrl and UpstreamRepositoryPrefix of the rule; not under a "
        "rule for the whole registry, and not where the templates make the repository themselves."
    )
    fix = "Write library/ before the image's name, behind the prefix, in {the task definition}."
    source = "Amazon ECR user guide, Using pull through cache rules"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the names behind the prefixes."""
        for cached in cached_images(context):
            if cached.rule.get("UpstreamRegistryUrl") != _DOCKER_HUB or "/" in cached.upstream:
                continue
            # With an upstream prefix, ECR puts that before the name.
            if cached.rule.get("UpstreamRepositoryPrefix") is None and "${" not in cached.upstream:
                yield self.finding(
                    cached.pull.where,
                    f"{cached.upstream} is an official image of Docker Hub: its name is library/{cached.upstream}.",
                    launch_sites=(cached.launch_site,),
                )
