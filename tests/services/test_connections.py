"""Services of two stacks that talk to each other."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ecs import Code, ConflictError, EcsCluster, FargateService, HealthCheck, PrivateNetwork
from tests.load_balancer.scene import http
from tests.meaning import meaning
from tests.nag import findings
from tests.scene import Scene, scene
from tests.support import ENVIRONMENT, app, of_type, template

REFERENCES = "@aws-cdk/core:defaultCrossStackReferences"
Group = tuple[str, str]
"""The path of a stack, and a logical id in it."""
Rule = tuple[str, Group, Group, int]
"""Ingress or Egress, from, to, port."""


@dataclass(frozen=True)
class World:
    """A platform, and stacks for services that use it."""

    app: cdk.App
    platform: Scene
    stacks: tuple[cdk.Stack, ...]

    def service(self, stack: cdk.Stack, construct_id: str = "Service", **environment: str) -> FargateService:
        return self.service_of(stack, construct_id, environment=environment)

    def service_of(self, stack: cdk.Stack, construct_id: str = "Service", **container: Any) -> FargateService:  # noqa: ANN401 - passes through
        place = Scene(stack, self.platform.network, self.platform.cluster, self.platform.image)
        return place.fargate(construct_id, container=place.container(**container))


def _world(*names: str, root: cdk.App | None = None, scope: IConstruct | None = None) -> World:
    root = app() if root is None else root
    inside: Any = root if scope is None else scope
    platform = scene(scope=cdk.Stack(inside, "Platform"), audited=False)
    return World(root, platform, tuple(cdk.Stack(inside, name) for name in names))


Party = FargateService | ec2.SecurityGroup


def _group(service: Party) -> Group:
    group = service if isinstance(service, ec2.SecurityGroup) else service.security_group
    stack = cdk.Stack.of(group)
    return stack.node.path, stack.resolve(group.security_group_id)["Fn::GetAtt"][0]


class Deployed:
    """The templates of stacks, in which references are followed from one to the other."""

    def __init__(self, *stacks: cdk.Stack) -> None:
        self._stacks = {stack.node.path: stack for stack in stacks}
        self._templates = {stack.node.path: template(stack) for stack in stacks}

    def rules(self) -> list[tuple[str, Rule]]:
        """Each rule between two groups, with the stack that holds it."""
        found = []
        for path, made in self._templates.items():
            for kind, peer in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId")):
                for resource in of_type(made, f"AWS::EC2::SecurityGroup{kind}").values():
                    rule = resource["Properties"]
                    if peer in rule and rule["ToPort"] != 443:
                        own, other = self._follow(path, rule["GroupId"]), self._follow(path, rule[peer])
                        ends = (other, own) if kind == "Ingress" else (own, other)
                        found.append((path, (kind, *ends, rule["ToPort"])))
        return found

    def holders(self) -> set[str]:
        return {path for path, _ in self.rules()}

    def _follow(self, path: str, value: dict[str, Any]) -> Group:
        match value:
            case {"Fn::GetAtt": [logical_id, "GroupId"]}:
                return path, logical_id
            case {"Fn::ImportValue": export}:
                return self._output(lambda _, output: output.get("Export", {}).get("Name") == export)
            case {"Fn::GetStackOutput": {"StackName": stack, "OutputName": name}}:
                return self._output(lambda key, _: key == name, stack)
            case {"Ref": parameter}:
                outer, resource = self._outer(path)
                return self._follow(outer, resource["Properties"]["Parameters"][parameter])
            case {"Fn::GetAtt": [logical_id, output]}:
                inner = self._inner(path, logical_id)
                return self._follow(inner, self._templates[inner]["Outputs"][output.removeprefix("Outputs.")]["Value"])
        raise AssertionError(value)

    def _output(self, fits: Callable[[str, dict[str, Any]], bool], name: str | None = None) -> Group:
        (group,) = (
            self._follow(path, output["Value"])
            for path, made in self._templates.items()
            for key, output in made.get("Outputs", {}).items()
            if fits(key, output) and name in (None, self._stacks[path].stack_name)
        )
        return group

    def _outer(self, path: str) -> tuple[str, dict[str, Any]]:
        outer = self._stacks[path].nested_stack_parent
        assert outer is not None
        return outer.node.path, self._templates[outer.node.path]["Resources"][_resource_id(self._stacks[path])]

    def _inner(self, path: str, logical_id: str) -> str:
        (inner,) = (
            each.node.path
            for each in self._stacks.values()
            if each.nested_stack_parent is not None
            and each.nested_stack_parent.node.path == path
            and _resource_id(each) == logical_id
        )
        return inner


def _resource_id(nested: cdk.Stack) -> str:
    """The logical id that a nested stack has in the one around it."""
    outer, resource = nested.nested_stack_parent, nested.nested_stack_resource
    assert outer is not None
    assert isinstance(resource, cdk.CfnElement)
    return outer.get_logical_id(resource)


def _both_sides(*talks: tuple[Party, Party, int]) -> set[Rule]:
    return {
        (kind, _group(source), _group(destination), port)
        for source, destination, port in talks
        for kind in ("Ingress", "Egress")
    }


def _check(deployed: Deployed, *talks: tuple[Party, Party, int]) -> None:
    """Each rule is there once, on both sides, and no other."""
    rules = [rule for _, rule in deployed.rules()]
    assert sorted(rules) == sorted(_both_sides(*talks))


def _names(stacks: Iterable[cdk.Stack]) -> set[str]:
    return {stack.node.path for stack in stacks}


def test_two_stacks_talk_in_both_directions_and_each_rule_is_there_once() -> None:
    world = _world("Shop", "Ledger")
    shop, ledger = map(world.service, world.stacks)
    shop.allow_to(ledger)
    ledger.allow_to(shop, port=9090)
    ledger.allow_from(shop)
    shop.allow_from(ledger, port=9090)
    shop.allow_to(ledger)
    deployed = Deployed(*world.stacks)
    _check(deployed, (shop, ledger, 8080), (ledger, shop, 9090))
    assert deployed.holders() == {"Ledger"}
    assert _names(world.stacks[0].dependencies) == {"Platform"}


@pytest.mark.parametrize("strength", ["strong", "weak", "both"])
def test_references_may_be_strong_or_weak(strength: str) -> None:
    world = _world("Shop", "Ledger", root=app(context={REFERENCES: strength}))
    shop, ledger = map(world.service, world.stacks)
    shop.allow_to(ledger)
    ledger.allow_to(shop)
    text = json.dumps(template(world.stacks[1]))
    assert ("Fn::GetStackOutput" in text) is (strength != "strong")
    if strength != "both":  # where the value is an intrinsic of two
        _check(Deployed(*world.stacks), (shop, ledger, 8080), (ledger, shop, 8080))


def test_three_stacks_talk_in_a_ring() -> None:
    world = _world("A", "B", "C")
    services = [world.service(stack) for stack in world.stacks]
    ring = list(pairwise([*services, services[0]]))
    for source, destination in ring:
        source.allow_to(destination)
    _check(Deployed(*world.stacks), *((source, destination, 8080) for source, destination in ring))


def test_the_tasks_of_a_service_may_talk_to_each_other() -> None:
    world = _world("Shop")
    shop = world.service(world.stacks[0])
    shop.allow_to(shop)
    _check(Deployed(*world.stacks), (shop, shop, 8080))


def test_the_order_of_calls_moves_no_rule() -> None:
    def made(*, backwards: bool) -> list[dict[str, Any]]:
        world = _world("A", "B", "C")
        services = [world.service(stack) for stack in world.stacks]
        talks = [(source, other) for source in services for other in services if source is not other]
        for source, destination in reversed(talks) if backwards else talks:
            source.allow_to(destination)
        return [template(stack) for stack in world.stacks]

    assert made(backwards=False) == made(backwards=True)


@pytest.mark.parametrize("after", [False, True])
def test_a_stack_that_depends_on_the_other_holds_the_rules(*, after: bool) -> None:
    world = _world("First", "Middle", "Last")
    first, middle, last = world.stacks
    services = world.service(first), world.service(last)

    def depend() -> None:
        first.add_dependency(middle)
        middle.add_dependency(last)

    if not after:
        depend()
    services[0].allow_to(services[1])
    services[1].allow_to(services[0])
    if after:
        depend()
    deployed = Deployed(first, last)
    _check(deployed, (services[0], services[1], 8080), (services[1], services[0], 8080))
    assert deployed.holders() == {"First"}


def test_what_a_service_is_given_makes_its_stack_depend_on_another() -> None:
    world = _world("Shop", "Ledger")
    shop_stack, ledger_stack = world.stacks
    orders = sqs.Queue(ledger_stack, "Orders")
    shop = world.service(shop_stack, ORDERS=f"queue {orders.queue_url}")
    ledger = world.service(ledger_stack)
    shop.allow_to(ledger)
    ledger.allow_to(shop)
    deployed = Deployed(*world.stacks)
    _check(deployed, (shop, ledger, 8080), (ledger, shop, 8080))
    assert deployed.holders() == {"Shop"}


Uses = Callable[[World, sqs.Queue], FargateService]
"""Makes a service of the first stack that uses a queue of the second in some way."""


def _granted(world: World, queue: sqs.Queue) -> FargateService:
    shop = world.service(world.stacks[0])
    queue.grant_send_messages(shop.task_role)
    return shop


def _named_in_a_command(world: World, queue: sqs.Queue) -> FargateService:
    return world.service_of(world.stacks[0], command=["serve", queue.queue_url])


def _named_in_an_entry_point(world: World, queue: sqs.Queue) -> FargateService:
    return world.service_of(world.stacks[0], entry_point=["serve", queue.queue_url])


def _named_in_a_health_check(world: World, queue: sqs.Queue) -> FargateService:
    return world.service_of(world.stacks[0], health_check=HealthCheck(command=f"check {queue.queue_name}"))


def _named_afterwards(world: World, queue: sqs.Queue) -> FargateService:
    shop = world.service(world.stacks[0])
    container = shop.task.task_definition.default_container
    assert container is not None
    container.add_environment("QUEUE", queue.queue_url)
    return shop


def _watched_beside_it(world: World, queue: sqs.Queue) -> FargateService:
    metric = queue.metric_approximate_number_of_messages_visible()
    cloudwatch.Alarm(world.stacks[0], "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    return world.service(world.stacks[0])


def _printed_beside_it(world: World, queue: sqs.Queue) -> FargateService:
    cdk.CfnOutput(world.stacks[0], "Queue", value=queue.queue_url)
    return world.service(world.stacks[0])


def _waiting_for_it(world: World, queue: sqs.Queue) -> FargateService:
    shop = world.service(world.stacks[0])
    shop.service.node.add_dependency(queue)
    return shop


def _through_a_third(world: World, queue: sqs.Queue) -> FargateService:
    topic = sns.Topic(cdk.Stack(world.app, "Between"), "Topic", display_name=queue.queue_name)
    return world.service(world.stacks[0], TOPIC=topic.topic_arn)


USES: list[Uses] = [
    _granted,
    _named_in_a_command,
    _named_in_an_entry_point,
    _named_in_a_health_check,
    _named_afterwards,
    _watched_beside_it,
    _printed_beside_it,
    _waiting_for_it,
    _through_a_third,
]


@pytest.mark.parametrize("uses", USES)
def test_whatever_a_stack_uses_of_another_makes_it_depend_on_that(uses: Uses) -> None:
    world = _world("Shop", "Data")
    shop_stack, data = world.stacks
    shop = uses(world, sqs.Queue(data, "Queue"))
    ledger = world.service(data)
    ledger.allow_to(shop)
    deployed = Deployed(shop_stack, data)
    _check(deployed, (ledger, shop, 8080))
    assert deployed.holders() == {"Shop"}
    assert _names(data.dependencies) == {"Platform"}


@pytest.mark.parametrize("strength", ["strong", "weak"])
def test_what_is_used_counts_as_well_under_old_aspects_and_in_a_second_synthesis(strength: str) -> None:
    root = app(flags=False, context={REFERENCES: strength})
    world = _world("Shop", "Data", root=root)
    shop_stack, data = world.stacks
    shop = _granted(world, sqs.Queue(data, "Queue"))
    ledger = world.service(data)
    ledger.allow_to(shop)
    root.synth()
    ledger.allow_from(shop)
    root.synth(force=True)
    deployed = Deployed(shop_stack, data)
    _check(deployed, (ledger, shop, 8080), (shop, ledger, 8080))
    assert deployed.holders() == {"Shop"}


def test_a_stack_made_before_the_platform_that_it_runs_on_depends_on_it() -> None:
    root = app()
    shop_stack, ledger_stack, platform = (cdk.Stack(root, name) for name in ("Shop", "Ledger", "Platform"))
    world = World(root, scene(scope=platform, audited=False), (shop_stack, ledger_stack))
    shop, ledger = map(world.service, world.stacks)
    gateway = world.platform.fargate("Gateway")
    talks = list(pairwise([gateway, shop, ledger, gateway]))
    for source, destination in talks:
        source.allow_to(destination)
        destination.allow_to(source)
    deployed = Deployed(platform, *world.stacks)
    _check(deployed, *((*ends, 8080) for talk in talks for ends in (talk, talk[::-1])))
    assert not platform.dependencies


def test_a_service_depends_on_the_stack_of_its_load_balancer() -> None:
    world = _world("Shop", "Edge")
    shop_stack, edge = world.stacks
    shop = world.service(shop_stack)
    balancer = http(edge, world.platform.network)
    proxy = world.service(edge, "Proxy")
    balancer.add_target(shop)
    shop.allow_to(proxy)
    proxy.allow_to(shop)
    assert Deployed(*world.stacks).holders() == {"Shop"}
    assert _names(edge.dependencies) == {"Platform"}


def test_a_cluster_of_one_stack_and_a_network_of_another_are_depended_on() -> None:
    root = app()
    app_stack, network_stack, cluster_stack = (cdk.Stack(root, name) for name in ("App", "Network", "Cluster"))
    network = PrivateNetwork(network_stack, "Network")
    cluster = EcsCluster(cluster_stack, "Cluster", network=network)
    image = scene(scope=cdk.Stack(root, "Images"), audited=False).image
    stacks = (app_stack, network_stack, cluster_stack)
    services = [Scene(stack, network, cluster, image).fargate() for stack in (app_stack, cluster_stack)]
    services[0].allow_to(services[1])
    services[1].allow_to(services[0])
    deployed = Deployed(*stacks)
    assert deployed.holders() == {"App"}
    assert _names(cluster_stack.dependencies) == {"Network", "Images"}


# Nested stacks


def _waits(made: dict[str, Any]) -> None:
    """Let graphlib raise where resources of a template wait for each other."""
    resources = made["Resources"]

    def names(value: Any) -> set[str]:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return set().union(*map(names, value))
        if not isinstance(value, dict):
            return set()
        found = set().union(*map(names, value.values()))
        if isinstance(value.get("Ref"), str):
            found.add(value["Ref"])
        if isinstance(value.get("Fn::GetAtt"), list):
            found.add(value["Fn::GetAtt"][0])
        return found

    graph = {
        key: {
            *names(value),
            *([value["DependsOn"]] if isinstance(value.get("DependsOn"), str) else value.get("DependsOn", [])),
        }
        & resources.keys()
        for key, value in resources.items()
    }
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("explicit", [None, "ab", "ba"])
def test_nested_stacks_beside_each_other_talk_in_both_directions(explicit: str | None) -> None:
    world = _world("Outer")
    (outer,) = world.stacks
    a, b = cdk.NestedStack(outer, "A"), cdk.NestedStack(outer, "B")
    services = world.service(a), world.service(b)
    services[0].allow_to(services[1])
    services[1].allow_to(services[0])
    if explicit is not None:
        source, target = (a, b) if explicit == "ab" else (b, a)
        source.add_dependency(target)
    deployed = Deployed(outer, a, b)
    _check(deployed, (services[0], services[1], 8080), (services[1], services[0], 8080))
    assert deployed.holders() == {"Outer/A" if explicit == "ab" else "Outer/B"}
    _waits(template(outer))


@pytest.mark.parametrize("network_inside", [False, True])
def test_a_nested_stack_and_its_parent_talk_in_both_directions(*, network_inside: bool) -> None:
    outer = cdk.Stack(app(), "Outer")
    nested = cdk.NestedStack(outer, "Nested")
    place = scene(scope=nested if network_inside else outer, audited=False)
    inner = Scene(nested, place.network, place.cluster, place.image).fargate("Inner")
    around = Scene(outer, place.network, place.cluster, place.image).fargate("Around")
    inner.allow_to(around)
    around.allow_to(inner)
    _check(Deployed(outer, nested), (inner, around, 8080), (around, inner, 8080))
    _waits(template(outer))


def test_what_lies_between_two_nested_stacks_counts_too() -> None:
    world = _world("Outer")
    (outer,) = world.stacks
    a, b = cdk.NestedStack(outer, "A"), cdk.NestedStack(outer, "B")
    topic = sns.Topic(outer, "Topic", display_name=sqs.Queue(b, "Queue").queue_name)
    shop, ledger = world.service(a, TOPIC=topic.topic_arn), world.service(b)
    ledger.allow_to(shop)
    deployed = Deployed(outer, a, b)
    _check(deployed, (ledger, shop, 8080))
    assert deployed.holders() == {"Outer/A"}
    _waits(template(outer))


def test_a_nested_network_and_a_database_around_it_talk_to_a_nested_service() -> None:
    outer = cdk.Stack(app(), "Outer")
    nested = cdk.NestedStack(outer, "Nested")
    place = scene(scope=nested, audited=False)
    shop = place.fargate()
    database = ec2.SecurityGroup(outer, "Database", vpc=place.network.vpc, allow_all_outbound=False)
    shop.allow_to(database, port=5432)
    deployed = Deployed(outer, nested)
    assert {rule for _, rule in deployed.rules()} == {
        (kind, _group(shop), _group(database), 5432) for kind in ("Ingress", "Egress")
    }
    assert deployed.holders() == {"Outer"}
    _waits(template(outer))


def test_nested_stacks_of_two_stacks_talk_in_both_directions() -> None:
    world = _world("Shop", "Ledger")
    nested = [cdk.NestedStack(stack, "Nested") for stack in world.stacks]
    services = [world.service(each) for each in (*world.stacks, *nested)]
    for source in services:
        for destination in services:
            if source is not destination:
                source.allow_to(destination)
    talks = [(source, other, 8080) for source in services for other in services if source is not other]
    _check(Deployed(*world.stacks, *nested), *talks)
    for stack in world.stacks:
        _waits(template(stack))


# Stages and apps


def test_stacks_of_a_stage_talk_in_both_directions() -> None:
    root = app()
    worlds = [_world("Shop", "Ledger", root=root, scope=cdk.Stage(root, name)) for name in ("Test", "Production")]
    for world in worlds:
        shop, ledger = map(world.service, world.stacks)
        shop.allow_to(ledger)
        ledger.allow_to(shop)
        _check(Deployed(*world.stacks), (shop, ledger, 8080), (ledger, shop, 8080))


def test_services_of_two_stages_or_apps_are_refused() -> None:
    root = app()
    worlds = [_world("Shop", root=root, scope=cdk.Stage(root, name)) for name in ("Test", "Production")]
    ours, *others = [world.service(world.stacks[0]) for world in (*worlds, _world("Shop"))]
    peers: list[ec2.IConnectable] = [*others, others[0].security_group]
    for theirs in peers:
        for allow in (ours.allow_to, ours.allow_from):
            with pytest.raises(ConflictError) as caught:
                allow(theirs, port=8080)
            assert caught.value.code is Code.STAGES


def test_a_group_that_is_imported_may_be_of_another_stage() -> None:
    root = app()
    ours, theirs = (_world("Shop", root=root, scope=cdk.Stage(root, name)) for name in ("Test", "Production"))
    group = ec2.SecurityGroup.from_security_group_id(
        theirs.stacks[0], "Imported", "sg-12345678", allow_all_outbound=False
    )
    shop = ours.service(ours.stacks[0])
    shop.allow_to(group, port=5432)
    shop.allow_from(group)
    made = template(ours.stacks[0])
    assert (
        len(of_type(made, "AWS::EC2::SecurityGroupIngress")) == len(of_type(made, "AWS::EC2::SecurityGroupEgress")) == 2
    )
    assert not of_type(template(theirs.stacks[0]), "AWS::EC2::SecurityGroupIngress")


# Peers that are no services


def _database(world: World, stack: cdk.Stack) -> ec2.SecurityGroup:
    return ec2.SecurityGroup(stack, "Database", vpc=world.platform.network.vpc, allow_all_outbound=False)


def test_the_rules_of_another_peer_are_in_the_services_stack() -> None:
    world = _world("Shop", "Data")
    shop_stack, data = world.stacks
    shop = world.service(shop_stack)
    database = _database(world, data)
    shop.allow_to(database, port=5432)
    shop.allow_from(database)
    deployed = Deployed(shop_stack, data)
    assert deployed.holders() == {"Shop"}
    assert {rule for _, rule in deployed.rules()} == {
        (kind, *ends)
        for kind in ("Ingress", "Egress")
        for ends in ((_group(shop), _group(database), 5432), (_group(database), _group(shop), 8080))
    }


def test_a_peer_whose_stack_depends_on_the_services_holds_the_rules() -> None:
    world = _world("Shop", "Edge")
    shop_stack, edge = world.stacks
    shop = world.service(shop_stack)
    shop.allow_from(_database(world, edge))
    edge.add_dependency(shop_stack)
    assert Deployed(shop_stack, edge).holders() == {"Edge"}


def test_a_database_in_the_networks_vpc_holds_the_rules_of_a_service_beside_the_network() -> None:
    world = _world("Data")
    (data,) = world.stacks
    platform = world.platform
    database = rds.DatabaseInstance(
        data,
        "Database",
        vpc=platform.network.vpc,
        vpc_subnets=platform.network.task_subnets,
        engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17),
    )
    shop = platform.fargate()
    shop.allow_to(database)
    deployed = Deployed(platform.stack, data)
    assert deployed.holders() == {"Data"}
    assert len(deployed.rules()) == 2
    assert not platform.stack.dependencies


def test_the_rules_of_a_peer_in_the_same_stack_are_made_at_once() -> None:
    world = _world("Shop")
    (stack,) = world.stacks
    shop = world.service(stack)
    shop.allow_to(_database(world, stack), port=5432)
    assert [each for each in shop.node.find_all() if isinstance(each, ec2.CfnSecurityGroupEgress)]  # at once
    assert Deployed(stack).holders() == {"Shop"}


# When


@jsii.implements(cdk.IAspect)
class _Late:
    """Connects two services while the app is synthesized."""

    def __init__(self, connect: Callable[[], None]) -> None:
        self._connect = connect

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002 - the CDK's signature
        self._connect()


def test_a_call_from_an_aspect_counts_and_knows_what_was_made_before() -> None:
    world = _world("Shop", "Data")
    shop, clerk = map(world.service, world.stacks)
    database = _database(world, world.stacks[1])
    shop.allow_to(database, port=5432)
    cdk.Aspects.of(clerk.security_group).add(_Late(lambda: clerk.allow_to(shop)))
    deployed = Deployed(*world.stacks)
    assert deployed.holders() == {"Shop"}
    assert {rule[1:] for _, rule in deployed.rules()} == {
        (_group(shop), _group(database), 5432),
        (_group(clerk), _group(shop), 8080),
    }


@jsii.implements(cdk.IAspect)
class _AddEnvironment:
    """Changes the task definitions of a stack, as an agent that is put everywhere would."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, FargateService):
            container = node.task.task_definition.default_container
            assert container is not None
            container.add_environment("AGENT", "on")


@pytest.mark.parametrize("flags", [False, True])
def test_what_aspects_change_later_is_not_read_too_early(*, flags: bool) -> None:
    world = _world("Shop", "Ledger", root=app(flags=flags))
    # What is read is the later stack in the tree, for a connection that is noted in the earlier one.
    ledger, shop = map(world.service, reversed(world.stacks))
    ledger.allow_to(shop)
    for stack in world.stacks:
        cdk.Aspects.of(stack).add(_AddEnvironment(), priority=cdk.AspectPriority.READONLY)
    for stack in world.stacks:
        (task,) = of_type(template(stack), "AWS::ECS::TaskDefinition").values()
        (container,) = task["Properties"]["ContainerDefinitions"]
        assert container["Environment"] == [{"Name": "AGENT", "Value": "on"}]
    _check(Deployed(*world.stacks), (ledger, shop, 8080))


def test_a_group_that_was_read_before_it_got_a_rule_has_it_in_place_of_its_stand_in() -> None:
    world = _world("Shop", "Data")
    shop_stack, data = world.stacks
    database = _database(world, data)
    shop = world.service(shop_stack)
    shop.allow_from(database)
    own, others = Deployed(shop_stack, data), template(data)
    assert own.holders() == {"Shop"}
    (group,) = of_type(others, "AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupEgress" not in group["Properties"]


def test_a_call_after_a_synthesis_counts_in_the_next() -> None:
    world = _world("Shop", "Ledger")
    shop, ledger = map(world.service, world.stacks)
    shop.allow_to(ledger)
    world.app.synth()
    ledger.allow_to(shop)
    world.app.synth(force=True)
    _check(Deployed(*world.stacks), (shop, ledger, 8080), (ledger, shop, 8080))


# Every wish


def _use(kind: str, service: FargateService, data: cdk.Stack, construct_id: str) -> None:
    """Let a service, or what is beside it, refer to a queue of another stack."""
    stack = cdk.Stack.of(service)
    queue = sqs.Queue(data, construct_id)
    match kind:
        case "grant":
            queue.grant_send_messages(service.task_role)
        case "environment":
            container = service.task.task_definition.default_container
            assert container is not None
            container.add_environment(construct_id, queue.queue_url)
        case "alarm":
            metric = queue.metric_number_of_messages_sent()
            cloudwatch.Alarm(stack, construct_id, metric=metric, threshold=1, evaluation_periods=1)
        case "output":
            cdk.CfnOutput(stack, construct_id, value=queue.queue_url)
        case "node":
            service.service.node.add_dependency(queue)


KINDS = ["grant", "environment", "alarm", "output", "node"]


@st.composite
def _wishes(draw: st.DrawFn) -> dict[str, Any]:
    stacks = draw(st.integers(2, 4))
    index = st.integers(0, stacks - 1)
    order = draw(st.permutations(range(stacks)))  # what a stack may depend on: those before it here
    services = draw(st.permutations([*range(stacks), *draw(st.lists(index, max_size=2))]))
    dependencies = {
        tuple(sorted(pair, key=order.index)) for pair in draw(st.lists(st.tuples(index, index), max_size=3))
    }
    service = st.integers(0, len(services) - 1)
    return {
        "platform": draw(st.sampled_from([None, order[0]])),
        "platform_first": draw(st.booleans()),
        "services": services,
        "calls": draw(
            st.lists(st.tuples(service, service, st.sampled_from([8080, 9090]), st.booleans()), min_size=2, max_size=8)
        ),
        "dependencies": sorted((later, earlier) for earlier, later in dependencies if earlier != later),
        "before": draw(st.booleans()),
        "stacks": stacks,
        "uses": draw(st.lists(st.tuples(service, index, st.sampled_from(KINDS)), max_size=3)),
        "order": order,
        "databases": draw(st.lists(st.tuples(service, index, st.booleans()), max_size=2)),
    }


def _use_what_is_wished(wishes: dict[str, Any], services: list[FargateService], stacks: list[cdk.Stack]) -> None:
    order = wishes["order"]
    for number, (user, place, kind) in enumerate(wishes["uses"]):
        if order.index(place) < order.index(wishes["services"][user]):
            _use(kind, services[user], stacks[place], f"Used{number}")


def _call_databases(
    wishes: dict[str, Any], services: list[FargateService], stacks: list[cdk.Stack], vpc: ec2.IVpc
) -> set[tuple[Any, Any, int]]:
    talks: set[tuple[Any, Any, int]] = set()
    for number, (user, place, inward) in enumerate(wishes["databases"]):
        peer = ec2.SecurityGroup(stacks[place], f"Peer{number}", vpc=vpc, allow_all_outbound=False)
        if inward:
            services[user].allow_from(peer, port=7070)
        else:
            services[user].allow_to(peer, port=7070)
        talks.add((peer, services[user], 7070) if inward else (services[user], peer, 7070))
    return talks


@settings(max_examples=40)
@given(wishes=_wishes())
def test_whatever_is_wished_can_be_deployed_and_is_all_there_is(wishes: dict[str, Any]) -> None:
    root = app()
    own = cdk.Stack(root, "Platform") if wishes["platform_first"] else None
    stacks = [cdk.Stack(root, f"S{number}") for number in range(wishes["stacks"])]
    own = cdk.Stack(root, "Platform") if own is None else own
    platform = own if wishes["platform"] is None else stacks[wishes["platform"]]
    world = World(root, scene(scope=platform, audited=False), tuple(stacks))

    def depend() -> None:
        for later, earlier in wishes["dependencies"]:
            stacks[later].add_dependency(stacks[earlier])

    if wishes["before"]:
        depend()
    services = [world.service(stacks[place], f"Service{number}") for number, place in enumerate(wishes["services"])]
    for source, destination, port, asks_source in wishes["calls"]:
        if asks_source:
            services[source].allow_to(services[destination], port=port)
        else:
            services[destination].allow_from(services[source], port=port)
    if not wishes["before"]:
        depend()
    talks: set[tuple[Any, Any, int]] = {
        (services[source], services[destination], port) for source, destination, port, _ in wishes["calls"]
    }
    _use_what_is_wished(wishes, services, stacks)
    talks |= _call_databases(wishes, services, stacks, world.platform.network.vpc)
    _check(Deployed(*stacks, own), *talks)


# As everything else


def _pair(*, flags: bool, env: cdk.Environment | None = None) -> World:
    world = World(root := app(flags=flags), scene(scope=cdk.Stack(root, "Platform", env=env)), ())
    stacks = tuple(cdk.Stack(root, name, env=env) for name in ("Shop", "Ledger"))
    shop, ledger = map(world.service, stacks)
    shop.allow_to(ledger)
    ledger.allow_to(shop)
    return World(root, world.platform, stacks)


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_flags_change_nothing(env: cdk.Environment | None) -> None:
    without, recommended = (
        [meaning(template(stack)) for stack in _pair(flags=flags, env=env).stacks] for flags in (False, True)
    )
    assert without == recommended


def test_no_pack_finds_anything_on_the_groups_or_their_rules() -> None:
    assert [each for each in findings(_pair(flags=True).app) if "SecurityGroup" in each.path] == []
