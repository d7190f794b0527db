"""Images that come through a pull-through cache whose rule is in the templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from constructs_ecs.preflight.calls import Call, Purpose
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Unknown

RULE: Final = "AWS::ECR::PullThroughCacheRule"
_WHOLE_REGISTRY: Final = "ROOT"
_REPOSITORY: Final = ":repository/"


@dataclass(frozen=True, kw_only=True)
class CachedImage:
    """An image that comes through a cache.

    Args:
        launch_site: where it is launched.
        pull: the call that pulls it.
        rule: the cache's rule.
        upstream: the repository's name behind the prefix.
    """

    launch_site: Where
    pull: Call
    rule: Resource
    upstream: str


def cached_images(context: Context) -> Iterator[CachedImage]:
    """Go through the images that launches pull through a cache.

    A repository that the templates make may be filled in another way, and so may any under a rule for the whole
    registry: these do not count.
    """
    rules = [(rule, as_text(rule.get("EcrRepositoryPrefix"))) for rule in context.graph.resources(RULE)]
    for proof in context.proofs if rules else ():
        for pull in (found.call for found in proof.calls if found.call.purpose is Purpose.PULL_IMAGE):
            if context.graph.target(pull.resource, "AWS::ECR::Repository") is not None:
                continue
            for rule, prefix in rules:
                stand_ins = StandIns()
                name = stand_ins.spell(pull.resource).partition(_REPOSITORY)[2]
                if prefix is None or isinstance(prefix, Unknown) or prefix == _WHOLE_REGISTRY:
                    continue
                beginning = f"{stand_ins.spell(prefix)}/"
                if name.startswith(beginning):
                    upstream = str(stand_ins.text(name.removeprefix(beginning)))
                    yield CachedImage(launch_site=proof.site.where, pull=pull, rule=rule, upstream=upstream)
