import re

import aws_cdk as cdk
import pytest

from constructs_ecs import (
    Code,
    Container,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    Image,
    InvalidValueError,
    PrivateNetwork,
    UnreachableError,
)
from constructs_ecs.facts.features import TASK_TOKEN_ACTIONS, registry_image, task_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs import FargateJob
from tests.jobs.scene import fargate_job
from tests.meaning import permissions
from tests.scene import SIZE, scene
from tests.support import ENVIRONMENT, app, of_type, stack, template


def test_what_a_run_needs_beyond_its_task_reaches_the_network_and_the_task_role() -> None:
    place = scene(audited=False)
    job = fargate_job(place)
    job.require(task_token())
    job.require(task_token())
    assert "states" in {endpoint.value for endpoint in place.network.interface_endpoints}
    (granted,) = [
        each
        for key, each in permissions(place.template).items()
        if key.startswith("ReportTaskTaskRole") and any("states:" in saying[2] for saying in each)
    ]
    assert {action for _, _, action, _, _ in granted if action.startswith("states:")} == set(TASK_TOKEN_ACTIONS)


@pytest.mark.parametrize(
    ("needs", "code"),
    [(registry_image("ghcr.io"), Code.UNREACHABLE_IMAGE), (Needs(internet=("time",)), Code.INTERNET)],
)
def test_what_leaves_a_closed_network_is_refused(needs: Needs, code: Code) -> None:
    with pytest.raises(UnreachableError) as refused:
        fargate_job().allow_internet(needs)
    assert refused.value.code is code


def test_each_part_may_be_in_a_stack_of_its_own() -> None:
    root = app()
    at_network, at_cluster, at_job = (cdk.Stack(root, name) for name in ("Network", "Cluster", "Job"))
    network = PrivateNetwork(at_network, "Network")
    audit = ExecAudit(at_cluster, "ExecAudit")
    cluster = EcsCluster(at_cluster, "Cluster", network=network, exec_audit=audit)
    image = Image.from_ecr(EcrRepository(at_cluster, "Repository"), tag="1.4.2")
    job = FargateJob(at_job, "Job", cluster=cluster, containers=[Container(image=image)], size=SIZE)
    assert job.cluster_arn == cluster.cluster.cluster_arn
    assert of_type(template(at_job), "AWS::ECS::TaskDefinition")
    assert {each.node.id for each in at_job.dependencies} == {"Network", "Cluster"}


def test_a_job_is_told_by_its_path() -> None:
    assert str(fargate_job()) == "Test/Report"


def test_the_same_job_in_two_stacks_of_one_account_has_two_families() -> None:
    families = set()
    for name in ("shop-dev", "shop-prod"):
        root = cdk.Stack(app(), "Shop", stack_name=name)
        for where in (root, cdk.NestedStack(root, "Nested")):
            families.add(fargate_job(scene(scope=where, audited=False)).family)
    assert len(families) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", family) for family in families)


def test_a_job_with_the_family_of_another_is_refused_before_anything_is_made() -> None:
    place = scene(audited=False)
    fargate_job(place, "Extract", family="report")
    before = len(place.stack.node.children)
    with pytest.raises(InvalidValueError, match="Test/Extract has 'report'") as refused:
        fargate_job(place, "Load", family="report")
    assert refused.value.code is Code.FAMILY
    assert len(place.stack.node.children) == before
    assert fargate_job(place, "Load", family="load").family == "load"


def test_a_family_may_be_in_each_stage_and_region() -> None:
    root = app()
    regions = [cdk.Stack(root, region, env=cdk.Environment(region=region)) for region in ("eu-west-1", "us-east-1")]
    for where in (*regions, cdk.Stack(cdk.Stage(root, "Beta"), "Jobs"), cdk.Stack(cdk.Stage(root, "Live"), "Jobs")):
        assert fargate_job(scene(scope=where, audited=False), family="report").family == "report"


def test_a_job_that_is_made_anew_has_its_family_again() -> None:
    place = scene(audited=False)
    fargate_job(place, family="report")
    place.stack.node.try_remove_child("Report")
    assert fargate_job(place, family="report").family == "report"


@pytest.mark.parametrize("pattern", Pattern)
def test_what_is_granted_names_the_job_s_own_place_family_cluster_and_roles(pattern: Pattern) -> None:
    root = stack(env=ENVIRONMENT)
    job = fargate_job(scene(scope=root, audited=False), family="report")
    run, *_, pass_roles = job.permissions_to_run(pattern)
    assert root.resolve(run.resources[0]) == "arn:aws:ecs:us-east-1:123456789012:task-definition/report"
    assert root.resolve(dict(run.conditions["ArnEquals"])) == {"ecs:cluster": root.resolve(job.cluster_arn)}
    roles = root.resolve([job.execution_role.role_arn, job.task_role.role_arn])
    assert root.resolve(list(pass_roles.resources)) == roles
