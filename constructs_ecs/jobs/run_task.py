"""A state that runs a job, in whatever state machine it is put."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.capacity import CapacityShare
from constructs_ecs.errors import Code
from constructs_ecs.facts import features
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.override_checks import task_overrides
from constructs_ecs.jobs.overrides import ContainerOverride
from constructs_ecs.jobs.rendering import note_rendered
from constructs_ecs.jobs.state import Run, check_path, check_started_by, check_texts
from constructs_ecs.jobs.times import state_times
from constructs_ecs.jobs.tokens import check_token
from constructs_ecs.jobs.values import Figure, FromInput, Text
from constructs_ecs.roles import policy_statement

_PATTERNS: Final = {
    sfn.IntegrationPattern.REQUEST_RESPONSE: Pattern.REQUEST_RESPONSE,
    sfn.IntegrationPattern.RUN_JOB: Pattern.RUN_JOB,
    sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN: Pattern.WAIT_FOR_TASK_TOKEN,
}
"""The CDK's name of each pattern -> ours."""


class RunTask(sfn.TaskStateBase):
    """A task state that runs a job, by one of the three patterns; one of the CDK's states like any other.

    The role of the state machine that it is put into gets what running this job needs, and nothing else; to a role that
    the CDK cannot change, grant what `permissions` says. The state machine is a standard one, unless the state only
    waits for the answer of ECS: express ones, also as a distributed map's executions, wait for no task. What runs is
    the latest revision of the job's family, so an execution that is under way goes on while the job is updated.

    By default the state waits for the task's end, and fails with ``States.TaskFailed`` where a container exits with
    another status than 0, or with ``AmazonECS.Unknown`` where ECS could not place the task. With
    ``WAIT_FOR_TASK_TOKEN`` it waits until the container reports with the token from its variable, by
    ``SendTaskSuccess`` or ``SendTaskFailure`` of Step Functions, and with ``SendTaskHeartbeat`` until then: the task
    role may call these, and the network has the endpoint. With ``REQUEST_RESPONSE`` it waits until ECS accepts the
    task, and does not fail where ``Failures`` in the answer says that there was no place for it.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope, and the state's name unless `state_name` is given.
        job: what runs.
        integration_pattern: what the state waits for; by default the task's end.
        overrides: what containers have otherwise in this run.
        cpu: CPU units of the task in this run; by default the job's.
        memory_mib: memory of the task in this run; by default the job's.
        capacity: another capacity than the job's, such as Fargate where the job is for Fargate Spot.
        task_token_variable: the variable with the token, of the first essential container. By default TASK_TOKEN; none
            if the token is in an override: ``sfn.JsonPath.task_token``, ``AtPath("$$.Task.Token")`` or
            ``Jsonata("$states.context.Task.Token")``.
        started_by: what ECS notes as the one who started the task; at most 128 characters. With `RUN_JOB` it is Step
            Functions itself.
        timeout: how long the state may take, also as a number of seconds in the input. By default a day, where it
            waits for more than the answer of ECS; Step Functions' own default is three years.
        heartbeat_timeout: how long the container may stay silent; with `WAIT_FOR_TASK_TOKEN`, and required there.
        query_language: by default that of the values given here; where they tell none, that of the state machine.
            The CDK does not tell the latter to states in a Map or a Parallel: in one of JSONata that is no Workflow,
            say JSONATA.
        input_path: the part of the input that the state sees; JSONPath.
        output_path: the part of the result that goes on; JSONPath.
        result_path: where in the input the result is put; JSONPath.
        result_selector: what is kept of the result; JSONPath.
        outputs: what goes on; JSONata.
        assign: variables that are set from the result.
        comment: what the state is for.
        state_name: the state's name.

    Raises:
        InvalidValueError: ECS010 and ECS011, a size that Fargate does not offer; ECS022, no such container; ECS026, a
            value that ECS does not take; ECS030, an argument of another type; ECS070, overrides of more than 8,192
            characters; ECS071, a path or an expression; ECS073, a time.
        ConflictError: ECS040, ECS042 and ECS044, the capacity; ECS046, a variable with which ECS Exec does not work;
            ECS051, the job is in another Stage, account or Region; ECS071, both query languages; ECS072, the token has
            no variable, or the pattern has no token; ECS073, a heartbeat that is lacking, or that nobody waits for.
        UnreachableError: ECS061, the container could not report: the network has no endpoint for Step Functions.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        job: Job,
        integration_pattern: sfn.IntegrationPattern = sfn.IntegrationPattern.RUN_JOB,
        overrides: Sequence[ContainerOverride] = (),
        cpu: Figure | None = None,
        memory_mib: Figure | None = None,
        capacity: Sequence[CapacityShare] | None = None,
        task_token_variable: str | None = None,
        started_by: Text | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        heartbeat_timeout: cdk.Duration | FromInput | None = None,
        query_language: sfn.QueryLanguage | None = None,
        input_path: str | None = None,
        output_path: str | None = None,
        result_path: str | None = None,
        result_selector: Mapping[str, Any] | None = None,
        outputs: Any = None,  # noqa: ANN401 - any JSON value, as in the CDK
        assign: Mapping[str, Any] | None = None,
        comment: str | None = None,
        state_name: str | None = None,
    ) -> None:
        check_kind(job, Job, code=Code.SETTING, name="job")
        check_kind(integration_pattern, sfn.IntegrationPattern, code=Code.SETTING, name="integration_pattern")
        job.check_place(scope)
        check_texts(comment=comment, state_name=state_name, name=construct_id)
        for name, value in (("result_selector", result_selector), ("assign", assign)):
            check_kind(value, Mapping, type(None), code=Code.SETTING, name=name)
        pattern = _PATTERNS[integration_pattern]
        changed = task_overrides(job, overrides, cpu=cpu, memory_mib=memory_mib)
        timeout_seconds, heartbeat_seconds = state_times(pattern, timeout, heartbeat_timeout)
        self._run = Run(
            job=job,
            pattern=pattern,
            overrides=changed,
            token_variable=check_token(pattern, changed, task_token_variable, job),
            started_by=check_started_by(pattern, started_by),
            timeout_seconds=timeout_seconds,
            heartbeat_seconds=heartbeat_seconds,
            input_path=check_path(input_path, name="input_path"),
            output_path=check_path(output_path, name="output_path"),
            result_path=check_path(result_path, name="result_path"),
            result_selector=result_selector,
            outputs=outputs,
            assign=assign,
            comment=comment,
            capacity=job.capacity_parameters(capacity),
        )
        self._language = self._run.query_language(query_language)
        if pattern is Pattern.WAIT_FOR_TASK_TOKEN:
            job.require(features.task_token())
        super().__init__(
            scope,
            construct_id,
            query_language=self._language,
            result_selector=result_selector,
            assign=assign,
            comment=comment,
            state_name=state_name,
        )

    @property
    def job(self) -> Job:
        """What runs."""
        return self._run.job

    @cached_property
    def permissions(self) -> tuple[Permission, ...]:
        """What the role of the state machine gets, with a reason for each wildcard."""
        return self._run.job.permissions_to_run(self._run.pattern)

    @property
    def _task_policies(self) -> list[iam.PolicyStatement]:
        """What the CDK adds to the role of the state machine that the state is put into."""
        return [policy_statement(permission) for permission in self.permissions]

    @property
    def _task_metrics(self) -> sfn.TaskMetricsConfig:
        """What ``metric_failed()`` and so on count: all runs by this pattern, as Step Functions does."""
        return sfn.TaskMetricsConfig(
            metric_prefix_singular="ServiceIntegration",
            metric_prefix_plural="ServiceIntegrations",
            metric_dimensions={"ServiceIntegrationResourceArn": self._run.resource},
        )

    def to_state_json(self, top_level_query_language: sfn.QueryLanguage | None = None) -> Mapping[Any, Any]:
        """Write the state in the Amazon States Language; called by the CDK.

        The CDK's own way, ``_render_task``, cannot be overridden outside of its package.

        Args:
            top_level_query_language: of the state machine; none in a Map or a Parallel.
        """
        run = self._run
        of_workflow = note_rendered(self)
        top = of_workflow if top_level_query_language is None else top_level_query_language
        return {
            **self._render_query_language(top),
            **self._render_next_end(),
            **self._render_retry_catch(top),
            **({} if run.result_selector is None else self._render_result_selector()),
            **({} if run.assign is None else self._render_assign(top)),
            **run.state(self._language or top or sfn.QueryLanguage.JSON_PATH),
        }
