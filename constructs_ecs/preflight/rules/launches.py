"""Which launches start tasks while their stack is being deployed, and what is there by then."""

from typing import Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites import LaunchKind, LaunchSite
from constructs_ecs.preflight.templates.graph import Graph

_AT_ONCE: Final = frozenset({LaunchKind.SERVICE, LaunchKind.TASK_SET, LaunchKind.EXPRESS_SERVICE, LaunchKind.DAEMON})


def starts_with_its_stack(site: LaunchSite) -> bool:
    """Whether CloudFormation starts tasks as soon as it creates the launch site; an event or a person does later."""
    return site.kind in _AT_ONCE and site.properties.get("DesiredCount") not in (0, "0")


class Order:
    """What CloudFormation creates before a launch site. Stacks follow the order of their references.

    Args:
        site: the launch site.
        graph: the resources.
    """

    def __init__(self, site: LaunchSite, graph: Graph) -> None:
        self._template = site.where.template
        self._before = {(site.where.template, site.where.logical_id)}
        pending = [site.resource]
        while pending:
            for place in pending.pop().depends_on - self._before:
                self._before.add(place)
                found = graph.resource(*place)
                if found is not None:
                    pending.append(found)

    def is_late(self, where: Where) -> bool:
        """Whether a resource may be created after the launch site."""
        return where.template == self._template and (where.template, where.logical_id) not in self._before
