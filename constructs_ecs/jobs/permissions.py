"""What a state machine's role is given to run a job."""

from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.run_task import MANAGED_RULE, Pattern, run_task_permissions
from constructs_ecs.jobs.base import Job
from constructs_ecs.known import place_of

PATTERNS = {
    sfn.IntegrationPattern.REQUEST_RESPONSE: Pattern.REQUEST_RESPONSE,
    sfn.IntegrationPattern.RUN_JOB: Pattern.RUN_JOB,
    sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN: Pattern.WAIT_FOR_TASK_TOKEN,
}
"""The CDK's name of each pattern -> ours."""


def permissions_to_run(job: Job, pattern: Pattern) -> tuple[Permission, ...]:
    """What the role of a state machine may do to run a job, and nothing else."""
    place = place_of(job)
    return run_task_permissions(
        pattern,
        task_definition_arn=job.family_arn,
        cluster_arn=job.cluster_arn,
        role_arns=tuple(dict.fromkeys((job.execution_role.role_arn, job.task_role.role_arn))),
        managed_rule_arn=f"arn:{place.partition}:events:{place.region}:{place.account}:rule/{MANAGED_RULE}",
    )
