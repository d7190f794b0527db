"""However an app is cut into stacks, nested stacks and stages, its parts fit together without a cycle."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from constructs import Construct

from constructs_ecs import (
    Container,
    Ec2Service,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    FargateService,
    Image,
    PrivateNetwork,
    TaskSize,
)
from stacks.sample import compose
from stacks.settings import Settings, Variant
from tests.support import app

Scopes = tuple[Construct, Construct, Construct, Construct]
"""Where the network, the cluster with its capacity, the web service and the worker go."""


def _one_stack(root: cdk.App) -> Scopes:
    stack = cdk.Stack(root, "All")
    return stack, stack, stack, stack


def _many_stacks(root: cdk.App) -> Scopes:
    return tuple(cdk.Stack(root, name) for name in ("Network", "Cluster", "Web", "Worker"))  # type: ignore[return-value]


def _nested_stacks(root: cdk.App) -> Scopes:
    parent = cdk.Stack(root, "Parent")
    return tuple(cdk.NestedStack(parent, name) for name in ("Network", "Cluster", "Web", "Worker"))  # type: ignore[return-value]


def _stage_in_a_stage(root: cdk.App) -> Scopes:
    stage = cdk.Stage(cdk.Stage(root, "Europe"), "Production")
    return tuple(cdk.Stack(stage, name) for name in ("Network", "Cluster", "Web", "Worker"))  # type: ignore[return-value]


@pytest.mark.parametrize("flags", [False, True])
@pytest.mark.parametrize("scopes", [_one_stack, _many_stacks, _nested_stacks, _stage_in_a_stage])
def test_the_parts_can_be_cut_into_any_stacks(scopes: Callable[[cdk.App], Scopes], *, flags: bool) -> None:
    root = app(flags=flags)
    at_network, at_cluster, at_web, at_worker = scopes(root)
    network = PrivateNetwork(at_network, "Network")
    cluster = EcsCluster(
        at_cluster, "Cluster", network=network, exec_audit=ExecAudit(at_cluster, "ExecAudit", bucket=True)
    )
    capacity = cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    image = Image.from_ecr(EcrRepository(at_cluster, "Repository"), tag="1.4.2")
    web = FargateService(
        at_web,
        "Web",
        cluster=cluster,
        containers=[Container(image=image, port=8080)],
        size=TaskSize(cpu=256, memory_mib=512),
    )
    worker = Ec2Service(
        at_worker, "Worker", cluster=cluster, containers=[Container(image=image, memory_mib=512)], capacity=capacity
    )
    worker.allow_to(web)
    assert Path(root.synth().directory).is_dir()


def test_the_sample_app_fits_into_a_stage() -> None:
    stage = cdk.Stage(app(), "Production")
    sample = compose(stage, Settings(variant=Variant.ISOLATED))
    assembly = stage.synth()
    assert {artifact.display_name for artifact in assembly.stacks} == {
        f"{sample_stack.node.path} (Production-{sample_stack.node.id})" for sample_stack in sample.stacks
    }
