"""B02: a service that does not wait for the listener of its target group."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.launches import Order
from constructs_ecs.preflight.rules.load_balancing import Forwarders, Registration, registrations
from constructs_ecs.preflight.rules.network_rule import logical_ids
from constructs_ecs.preflight.templates.graph import Graph, Resource


class LateListener(Rule):
    """A service may be created before its target group has a load balancer, and ECS refuses it then."""

    id = "B02"
    severity = Severity.WARNING
    statement = (
        "A service does not depend on the listener, or the listener's rule, that forwards to its target group, so "
        "CloudFormation may create the service first; or nothing forwards to it."
    )
    symptom = (
        "InvalidParameterException: The target group with targetGroupArn ... does not have an associated load balancer."
    )
    decided_by = (
        "DependsOn and references of the service, and of what it depends on, against the listeners and rules that "
        "forward to its target group: one of them is enough, and one whose target group is not known leaves it open. "
        "What the stack of the target group creates beside it is there before."
    )
    fix = "Name the listener or the rule that forwards to the target group in DependsOn of {the service}."
    source = (
        "ECS developer guide, Use load balancing to distribute Amazon ECS service traffic; CloudFormation, DependsOn"
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare what each service waits for with what forwards to its target groups."""
        forwarders = Forwarders(context.graph)
        for registration in () if forwarders.doubtful else registrations(context):
            site, group = registration.site, registration.group
            found = forwarders.to(group)
            order = Order(site, context.graph)
            late = [one.where for one in found if _is_late(registration, one, order, context.graph)]
            if not found:
                says = f"No listener or rule of the templates forwards to {group.logical_id}."
                fix = f"Add a listener or a rule that forwards to {group.logical_id}, in DependsOn of {{the service}}."
                yield self.finding(registration.where, says, launch_sites=(site.where,), fix=fix)
            elif len(late) == len(found):
                named = logical_ids(late)
                beside = any(place.template == site.where.template for place in late)
                made = "Name {}" if beside else "Create {} in the stack of the service, and name it"
                yield self.finding(
                    registration.where,
                    f"{site.where.logical_id} does not wait for {named}, which forwards to {group.logical_id}.",
                    launch_sites=(site.where,),
                    fix=f"{made.format(named)} in DependsOn of {{the service}}.",
                )


def _is_late(registration: Registration, forwarder: Resource, order: Order, graph: Graph) -> bool:
    """Whether a listener or rule may be created after the service."""
    here = registration.site.where.template
    place = _within(graph, forwarder.where, here)
    # A stack that takes the target group from the service's is made after that.
    return registration.group.template == here if place is None else order.is_late(place)


def _within(graph: Graph, where: Where, template: str) -> Where | None:
    """Return the resource of a template that creates another: itself, or the nested stack that it is in."""
    while where.template != template:
        parent = graph.template(where.template).parent
        if parent is None:
            return None
        where = Where(*parent)
    return where
