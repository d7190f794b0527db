import aws_cdk as cdk
import pytest

from constructs_ecs import (
    Code,
    Container,
    EcrRepository,
    EcsCluster,
    ExecAudit,
    Image,
    PrivateNetwork,
    UnreachableError,
)
from constructs_ecs.facts.features import TASK_TOKEN_ACTIONS, registry_image, task_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.jobs import FargateJob
from tests.jobs.scene import fargate_job
from tests.meaning import permissions
from tests.scene import SIZE, scene
from tests.support import app, of_type, template


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
