"""C03: container instances that join another cluster."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.launch_sites import Capacity, Instances
from constructs_ecs.preflight.launch_sites.capacity import CLUSTER
from constructs_ecs.preflight.launch_sites.user_data import DEFAULT_CLUSTER, cluster_names, is_readable
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.machine_images import is_made_by_ecs
from constructs_ecs.preflight.rules.symptoms import symptom
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Ternary, Text, Unknown, is_known, parts_of, same

_ELSEWHERE: Final = ("ecs.config", "cfn-init", "curl", "wget", "aws s3", "#include", "ECS_CLUSTER", "ECSAgent")
"""What a start script may take the cluster's name from when it does not write it down."""


class ClusterName(Rule):
    """The start script of instances does not name the cluster that a service runs in."""

    id = "C03"
    severity = Severity.START
    statement = (
        "The start script of container instances does not name the cluster of the service, so they register with the "
        "cluster named default, or with another one."
    )
    symptom = symptom(Purpose.REGISTER_INSTANCE)
    decided_by = (
        "ECS_CLUSTER, Bottlerocket's cluster or Initialize-ECSAgent in UserData, against the launch's cluster. An "
        "image of one's own may have the name inside, and leaves it open; so does a script that is not known in full. "
        "It does not apply to a cluster that is literally named default, or to ECS Managed Instances."
    )
    fix = "Write ECS_CLUSTER with the cluster's name into /etc/ecs/ecs.config in the UserData of {the resource}."
    source = "ECS developer guide, Bootstrapping Amazon ECS Linux container instances to pass data"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the instances of each launch."""
        wrong: dict[tuple[Where, str, str, Verdict, Severity], list[Where]] = {}
        for proof in context.proofs:
            site = proof.site
            if site.capacity is not Capacity.EC2 or not isinstance(site.cluster, Resource):
                continue
            found = [(instances, _answer(instances, site.cluster, context.graph)) for instances in site.instances]
            failing = [instances for instances, (verdict, _) in found if verdict is Verdict.FAIL]
            severity = Severity.START if len(failing) == len(found) else Severity.WARNING
            for instances, (verdict, name) in found:
                if verdict is not Verdict.PASS:
                    key = (_place(instances), name, site.cluster.logical_id, verdict, severity)
                    wrong.setdefault(key, []).append(site.where)
        for (where, name, cluster, verdict, severity), sites in wrong.items():
            message = f"The start script of {where.logical_id} {name}, and the launch is in the cluster {cluster}."
            yield self.finding(where, message, launch_sites=sites, verdict=verdict, severity=severity)


def _place(instances: Instances) -> Where:
    template = instances.launch_template
    return template.where if isinstance(template, Resource) else instances.where


def _answer(instances: Instances, cluster: Resource, graph: Graph) -> tuple[Verdict, str]:
    """Whether instances join a cluster, and what their script says instead."""
    if isinstance(instances.launch_template, Unknown):
        return Verdict.PASS, ""  # the calls of these instances say that they are not known
    names = cluster_names(instances.user_data)
    answers = [_is_cluster(name, cluster, graph) for name in names]
    if Ternary.YES in answers:
        return Verdict.PASS, ""
    if Ternary.UNKNOWN in answers or not is_readable(instances.user_data):
        return Verdict.UNKNOWN, "is not known in full"
    if names:
        return Verdict.FAIL, f"names {', '.join(map(str, names))}"
    return _without_name(instances, cluster, graph)


def _without_name(instances: Instances, cluster: Resource, graph: Graph) -> tuple[Verdict, str]:
    """Whether instances whose script names no cluster join one."""
    if cluster.get("ClusterName") == DEFAULT_CLUSTER:
        return Verdict.PASS, ""
    script = "".join(part for part in parts_of(instances.user_data) if isinstance(part, str))
    if any(word in script for word in _ELSEWHERE) or not is_made_by_ecs(instances, graph):
        return Verdict.UNKNOWN, "names no cluster, which something else may do"
    return Verdict.FAIL, "names no cluster"


def _is_cluster(name: Text, cluster: Resource, graph: Graph) -> Ternary:
    """Whether a name is a cluster's."""
    found = graph.target(name, CLUSTER)
    if found is not None:
        return Ternary.YES if found is cluster else Ternary.NO
    given = cluster.get("ClusterName")
    # A name that CloudFormation makes up is none that a script can spell.
    return same(name, given) if given is not None else Ternary.NO if is_known(name) else Ternary.UNKNOWN
