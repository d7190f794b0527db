"""What ends in a cycle between stacks with the CDK alone, and does not here: the same wish, both ways."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_ecs import Container, Ec2Service
from constructs_ecs.load_balancer import InternalLoadBalancer
from constructs_ecs.tasks import ContainerSecret
from tests.scene import Scene, scene
from tests.support import app, of_type, template


def _ends_in_a_cycle(root: cdk.App) -> None:
    with pytest.raises(RuntimeError, match="would create a cyclic reference"):
        root.synth()


def _stacks(*names: str) -> tuple[cdk.App, list[cdk.Stack]]:
    root = app()
    return root, [cdk.Stack(root, name) for name in names]


def _cdk_service(scope: Construct, cluster: ecs.ICluster) -> ecs.FargateService:
    task = ecs.FargateTaskDefinition(scope, "Task")
    image = ecs.ContainerImage.from_registry("public.ecr.aws/nginx/nginx:1.27")
    task.add_container("web", image=image, port_mappings=[ecs.PortMapping(container_port=80)])
    return ecs.FargateService(scope, "Service", cluster=cluster, task_definition=task)


def _cdk_cluster(scope: Construct) -> ecs.Cluster:
    return ecs.Cluster(scope, "Cluster", vpc=ec2.Vpc(scope, "Vpc"))


def _in(stack: cdk.Stack, platform: Scene) -> Scene:
    return Scene(stack, platform.network, platform.cluster, platform.image)


def _depends(stack: cdk.Stack) -> list[str]:
    """The stacks that a stack depends on, when the app is synthesized."""
    template(stack)
    return sorted(other.node.path for other in stack.dependencies)


# aws-cdk 3689: one load balancer in a stack, and services in others that add their rule to its listener.


def test_a_shared_load_balancer_is_a_cycle_with_the_cdk() -> None:
    root, (platform, shop) = _stacks("Platform", "Shop")
    cluster = _cdk_cluster(platform)
    balancer = elbv2.ApplicationLoadBalancer(platform, "Balancer", vpc=cluster.vpc)
    listener = balancer.add_listener("Http", port=80, default_action=elbv2.ListenerAction.fixed_response(404))
    service = _cdk_service(shop, cluster)
    group = elbv2.ApplicationTargetGroup(shop, "Group", vpc=cluster.vpc, port=80, targets=[service])
    listener.add_target_groups(
        "Shop",
        target_groups=[group],
        priority=1,
        conditions=[elbv2.ListenerCondition.path_patterns(["/shop/*"])],
    )
    _ends_in_a_cycle(root)


def test_a_shared_load_balancer_is_none_here() -> None:
    _, (stack, shop, ledger) = _stacks("Platform", "Shop", "Ledger")
    platform = scene(scope=stack, audited=False)
    balancer = InternalLoadBalancer(stack, "Balancer", network=platform.network, plain_http=True)
    for priority, each in enumerate((shop, ledger), start=1):
        service = _in(each, platform).fargate()
        balancer.add_target(service, path=f"/{each.node.id}/*", priority=priority)
        balancer.allow_from(service)
    assert _depends(stack) == []
    assert _depends(shop) == _depends(ledger) == ["Platform"]


# aws-cdk 5047: a stack adds an interface endpoint to the VPC of another, and allows its own workload to use it.


def test_an_interface_endpoint_for_a_workload_of_another_stack_is_a_cycle_with_the_cdk() -> None:
    root, (network, importer) = _stacks("Network", "Importer")
    cluster = _cdk_cluster(network)
    service = _cdk_service(importer, cluster)
    endpoint = cluster.vpc.add_interface_endpoint(
        "SecretsManager", service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER
    )
    endpoint.connections.allow_default_port_from(service)
    _ends_in_a_cycle(root)


def test_an_interface_endpoint_for_a_workload_of_another_stack_is_none_here() -> None:
    _, (network, importer) = _stacks("Network", "Importer")
    platform = scene(scope=network, audited=False)
    before = len(platform.network.interface_endpoints)
    place = _in(importer, platform)
    secret = ContainerSecret.from_secrets_manager(secretsmanager.Secret(importer, "Token"))
    place.fargate(container=place.container(secrets={"TOKEN": secret}))
    assert len(platform.network.interface_endpoints) > before
    assert _depends(network) == []
    assert _depends(importer) == ["Network"]


# aws-cdk 35210: a cluster in one stack, and a capacity provider of an Auto Scaling group in another.


def test_capacity_in_another_stack_than_its_cluster_is_a_cycle_with_the_cdk() -> None:
    root, (compute, capacity) = _stacks("Compute", "Capacity")
    cluster = _cdk_cluster(compute)
    group = autoscaling.AutoScalingGroup(
        capacity,
        "Group",
        vpc=cluster.vpc,
        instance_type=ec2.InstanceType("m7i.large"),
        machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
    )
    cluster.add_asg_capacity_provider(ecs.AsgCapacityProvider(capacity, "Provider", auto_scaling_group=group))
    _ends_in_a_cycle(root)


def test_capacity_for_the_services_of_another_stack_is_none_here() -> None:
    _, (compute, worker) = _stacks("Compute", "Worker")
    platform = scene(scope=compute, audited=False)
    capacity = platform.cluster.add_ec2_capacity("Instances", instance_type="m7i.large")
    containers = [Container(image=platform.image, memory_mib=256)]
    Ec2Service(worker, "Worker", cluster=platform.cluster, containers=containers, capacity=capacity)
    assert _depends(compute) == []
    assert _depends(worker) == ["Compute"]


# Two services of two stacks that call each other.


def test_services_that_call_each_other_are_a_cycle_with_the_cdk() -> None:
    root, (platform, shop, ledger) = _stacks("Platform", "Shop", "Ledger")
    cluster = _cdk_cluster(platform)
    services = [_cdk_service(stack, cluster) for stack in (shop, ledger)]
    services[0].connections.allow_to(services[1], ec2.Port.tcp(80))
    services[1].connections.allow_to(services[0], ec2.Port.tcp(80))
    _ends_in_a_cycle(root)


def test_the_services_here_are_a_cycle_too_if_the_cdk_is_asked() -> None:
    root, (stack, shop, ledger) = _stacks("Platform", "Shop", "Ledger")
    platform = scene(scope=stack, audited=False)
    services = [_in(each, platform).fargate() for each in (shop, ledger)]
    services[0].connections.allow_to(services[1], ec2.Port.tcp(8080))
    services[1].connections.allow_to(services[0], ec2.Port.tcp(8080))
    _ends_in_a_cycle(root)


def _apart() -> list[cdk.Stack]:
    return _stacks("Platform", "Shop", "Ledger")[1]


def _platform_with_a_service() -> list[cdk.Stack]:
    _, (platform, ledger) = _stacks("Platform", "Ledger")
    return [platform, platform, ledger]


def _platform_last() -> list[cdk.Stack]:
    _, (shop, ledger, platform) = _stacks("Shop", "Ledger", "Platform")
    return [platform, shop, ledger]


@pytest.mark.parametrize("arrange", [_apart, _platform_with_a_service, _platform_last])
def test_services_that_call_each_other_are_none_here(arrange: Callable[[], list[cdk.Stack]]) -> None:
    stack, shop, ledger = arrange()
    platform = scene(scope=stack)
    services = [_in(each, platform).fargate(f"{each.node.id}Service") for each in (shop, ledger)]
    services[0].allow_to(services[1])
    services[1].allow_to(services[0])
    for each in (shop, ledger):
        # The service waits for the network and the cluster in their own stack, and that for nobody.
        assert of_type(template(each), "AWS::ECS::Service")
    assert _depends(stack) == []
    assert "Ledger" not in _depends(shop)
    assert _depends(ledger) == sorted({stack.node.path, shop.node.path})
