import pytest

from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs.permissions import PATTERNS, permissions_to_run
from tests.jobs.scene import fargate_job
from tests.scene import scene
from tests.support import ENVIRONMENT, stack


@pytest.mark.parametrize("pattern", Pattern)
def test_what_is_granted_names_the_job_s_own_place_family_cluster_and_roles(pattern: Pattern) -> None:
    root = stack(env=ENVIRONMENT)
    job = fargate_job(scene(scope=root, audited=False), family="report")
    run, *_, pass_roles = permissions_to_run(job, pattern)
    assert root.resolve(run.resources[0]) == "arn:aws:ecs:us-east-1:123456789012:task-definition/report"
    assert root.resolve(dict(run.conditions["ArnEquals"])) == {"ecs:cluster": root.resolve(job.cluster_arn)}
    roles = root.resolve([job.execution_role.role_arn, job.task_role.role_arn])
    assert root.resolve(list(pass_roles.resources)) == roles


def test_each_pattern_of_the_cdk_has_one_of_ours() -> None:
    assert {theirs.name: ours.name for theirs, ours in PATTERNS.items()} == {each.name: each.name for each in Pattern}
