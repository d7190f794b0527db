"""What all calls share: names of resources as the caller knows them, keys, and the action lists of the facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from constructs_ecs.facts import features
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.needs import Needs
from constructs_ecs.preflight.calls.call import START, Call, KeyUse, Purpose
from constructs_ecs.preflight.calls.scene import Party, Scene
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import AwsService, Destination
from constructs_ecs.preflight.topology.things import OUTSIDE, thing
from constructs_ecs.preflight.values import Symbol, Text, Unknown, text

KEY_TYPES: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
_MANAGED_BY_AWS: Final = "alias/aws/"
_REGION: Final = 3
_ANY: Final = "any"
"""In place of an ARN where the facts are asked for actions only."""


def actions(needs: Needs, index: int = 0) -> tuple[str, ...]:
    """Return the actions of the permission at an index, of whichever role has it."""
    return (*needs.execution_role, *needs.task_role, *needs.instance_role)[index].actions


READ_SECRET: Final = actions(features.secret(_ANY, region=_ANY))
READ_PARAMETER: Final = actions(features.ssm_parameter(_ANY, region=_ANY))
WRITE_LOGS: Final = actions(features.awslogs(_ANY, region=_ANY))
DECRYPT: Final = actions(features.exec_key(_ANY))


def aws_service(scene: Scene, endpoint: Endpoint, region: Text | None = None) -> AwsService:
    """Return a service as a destination, in the launch site's Region unless another is named."""
    return AwsService(endpoint, None if region is None else scene.region(region))


def region_of(arn: Text) -> Text | None:
    """Return the Region in an ARN; None if it shows none."""
    stand_ins = StandIns()
    fields = stand_ins.spell(arn).split(":")
    return stand_ins.text(fields[_REGION]) if fields[0] == "arn" and len(fields) > _REGION and fields[_REGION] else None


def arn_of(graph: Graph, resource: Resource) -> Text:
    """Return a resource's ARN."""
    return as_text(graph.value(resource.template, {"Fn::GetAtt": [resource.logical_id, "Arn"]})) or Unknown(
        f"the ARN of {resource.where}"
    )


def key_of(graph: Graph, value: object) -> Resource | Unknown | None:
    """Find the own key that a property names; None for a key that AWS manages."""
    named = as_text(value)
    if named is None or (isinstance(named, str) and _MANAGED_BY_AWS in named):
        return None
    found = thing(graph, named, *KEY_TYPES)
    if not isinstance(found, Unknown) and found.type == "AWS::KMS::Alias":
        return thing(graph, found.get("TargetKeyId"), *KEY_TYPES)
    return found


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes the calls of one party for one container.

    Args:
        party: who makes them.
        container: the container that they are made for.
        stage: what fails without them.
        advisory: why a failure of theirs would prove nothing.
    """

    party: Party
    container: str | None = None
    stage: str = START
    advisory: str | None = None

    def call(
        self,
        purpose: Purpose,
        actions_: tuple[str, ...],
        resource: Text,
        where: Where,
        *,
        destination: Destination | Unknown | None = None,
        owner: Resource | None = None,
        advisory: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Call:
        """Make a call that is signed with the party's role."""
        return Call(
            purpose=purpose,
            stage=self.stage,
            caller=self.party.caller,
            role=self.party.role,
            or_role=self.party.or_role,
            actions=actions_,
            resource=resource,
            context={} if context is None else context,
            owner=owner,
            destination=destination,
            interface=self.party.interface,
            advisory=advisory or self.advisory or self.party.advisory,
            where=where,
            container=self.container,
        )

    def unsigned(
        self,
        purpose: Purpose,
        resource: Text,
        where: Where,
        *,
        destination: Destination | Unknown | None,
        caller: str = "agent",
    ) -> Call:
        """Make a call that no role has a say in."""
        call = self.call(purpose, (), resource, where, destination=destination)
        return replace(call, caller=caller, role=None, or_role=None, needs_role=False)

    def key_use(
        self,
        graph: Graph,
        key: Resource | Unknown | None,
        purpose: Purpose,
        where: Where,
        *,
        service: str,
        actions_: tuple[str, ...] = DECRYPT,
        advisory: str | None = None,
    ) -> Iterator[Call]:
        """Yield the use of an own key by a service for the party; it leaves no trace on the network."""
        if key is not None:
            resource = key if isinstance(key, Unknown) else arn_of(graph, key)
            call = self.call(purpose, actions_, resource, where, advisory=advisory)
            yield replace(call, interface=None, key=KeyUse(key=key, service=service))


def log_group_arn(scene: Scene, group: Text, region: Text | None) -> Text:
    """Return a log group's ARN, without what may follow."""
    environment = scene.environment
    place = environment.region if region is None else region
    return text("arn:", environment.partition, ":logs:", place, ":", environment.account, ":log-group:", group)


def cluster_arn(scene: Scene) -> Text:
    """Return the ARN of the launch site's cluster."""
    cluster = scene.site.cluster
    if isinstance(cluster, Unknown):
        return cluster
    if cluster is not None:
        return arn_of(scene.graph, cluster)
    place = scene.environment
    return text("arn:", place.partition, ":ecs:", place.region, ":", place.account, ":cluster/default")


def in_cluster(arn: Text, kind: str) -> Text:
    """Return how the ARNs of a cluster's tasks or instances begin."""
    stand_ins = StandIns()
    return stand_ins.text(stand_ins.spell(arn).replace(":cluster/", f":{kind}/"))


def secret_suffix(secret: str) -> Symbol:
    """Return what Secrets Manager has added to the name of a secret that the templates do not have."""
    return Symbol(OUTSIDE, secret, "Suffix")
