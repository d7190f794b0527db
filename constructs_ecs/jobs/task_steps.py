"""Running and starting jobs as steps of a workflow.

Sources: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions", "Discover service
integration patterns" and "Handling errors in Step Functions workflows".
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, FargateProvider
from constructs_ecs.errors import Code
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.run_task_errors import (
    LONGEST_STEP,
    PASSING_ERRORS,
    TASK_FAILED,
    TIMEOUTS,
    check_step_name,
)
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.boxes import Boxes
from constructs_ecs.jobs.overrides import ContainerOverride
from constructs_ecs.jobs.retries import Retry, add_retry, checked_retry
from constructs_ecs.jobs.run_task import RunTask
from constructs_ecs.jobs.stopping import STARTED_BY, name_attempt, stop_attempt
from constructs_ecs.jobs.values import AtPath, Figure, FromInput, Jsonata
from constructs_ecs.known import Part

_SPOT: Final = (CapacityShare(provider=FargateProvider.FARGATE_SPOT),)
_ON_DEMAND: Final = (CapacityShare(provider=FargateProvider.FARGATE),)
_NEVER: Final = Retry(max_attempts=0)


class TaskSteps(Part):
    """Makes the steps that run a job. Make Steps.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        retry: how often a step is tried again.
        timeout: how long an attempt may take.
        query_language: the language of the values in the steps.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retry: Retry | None,
        timeout: cdk.Duration | FromInput | None,
        query_language: sfn.QueryLanguage | None,
    ) -> None:
        self.retry = checked_retry(retry, Retry())
        self.timeout = timeout
        self.query_language = sfn.QueryLanguage.JSON_PATH if query_language is None else query_language
        check_kind(self.query_language, sfn.QueryLanguage, code=Code.STEP, name="query_language")
        super().__init__(scope, construct_id)
        self._boxes = Boxes(scope=self, query_language=self.query_language)

    def run(
        self,
        construct_id: str,
        job: Job,
        *,
        overrides: Sequence[ContainerOverride] = (),
        cpu: Figure | None = None,
        memory_mib: Figure | None = None,
        capacity: Sequence[CapacityShare] | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        retry: Retry | None = None,
        keep_input: bool = True,
    ) -> sfn.Parallel:
        """Run a job and wait for its end; a container that exits with an error fails the step.

        When an attempt takes too long, Step Functions itself stops its task: it does so for what ``.sync`` has started.

        Args:
            construct_id: the step's id, and the name of its state.
            job: what is run.
            overrides: what the containers get in place of what the job says.
            cpu: the task's CPU units in place of the job's.
            memory_mib: the task's memory in MiB in place of the job's.
            capacity: where it runs in place of the job's capacity.
            timeout: how long an attempt may take; by default as the builder says.
            retry: how often it is tried again; by default as the builder says.
            keep_input: whether the step's input goes on, or the description of the ended task.

        Raises:
            InvalidValueError: ECS078, the id is none for a state; and what :class:`RunTask` raises.
        """
        check_step_name(construct_id, longest=LONGEST_STEP)
        return self._run(
            construct_id,
            job,
            overrides=overrides,
            cpu=cpu,
            memory_mib=memory_mib,
            capacity=capacity,
            timeout=timeout,
            retry=retry,
            keep_input=keep_input,
        )

    def run_on_spot(
        self,
        construct_id: str,
        job: Job,
        *,
        overrides: Sequence[ContainerOverride] = (),
        cpu: Figure | None = None,
        memory_mib: Figure | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        retry: Retry | None = None,
        keep_input: bool = True,
    ) -> sfn.Chain:
        """Run a job on Fargate Spot, and on demand when Spot has no capacity or takes it back.

        Spot is tried once. When the container itself fails, or takes too long, the step fails as it would have, and
        nothing is run on demand. What is run on demand begins anew, with the step's input.

        Args:
            construct_id: the step's id; the names of its states begin with it.
            job: a job on Fargate, of a cluster that has Spot.
            overrides: as for :meth:`run`.
            cpu: as for :meth:`run`.
            memory_mib: as for :meth:`run`.
            timeout: how long the attempt on Spot, and each on demand, may take; by default as the builder says.
            retry: how often it is tried again on demand; by default as the builder says.
            keep_input: as for :meth:`run`.

        Returns:
            A chain from Spot to what comes after either.

        Raises:
            InvalidValueError: as for :meth:`run`.
            ConflictError: ECS040, the cluster has no Spot.
        """
        check_step_name(construct_id, longest=LONGEST_STEP)
        spot, on_demand = (
            self._run(
                f"{construct_id}: {name}",
                job,
                overrides=overrides,
                cpu=cpu,
                memory_mib=memory_mib,
                capacity=capacity,
                timeout=timeout,
                retry=again,
                keep_input=keep_input,
            )
            for name, capacity, again in (("Spot", _SPOT, _NEVER), ("on demand", _ON_DEMAND, retry))
        )
        self._boxes.catch_with_input(spot, on_demand, PASSING_ERRORS)
        return sfn.Chain.custom(spot, [spot, on_demand], on_demand)

    def run_with_token(
        self,
        construct_id: str,
        job: Job,
        *,
        heartbeat_timeout: cdk.Duration | FromInput,
        task_token_variable: str | None = None,
        overrides: Sequence[ContainerOverride] = (),
        cpu: Figure | None = None,
        memory_mib: Figure | None = None,
        capacity: Sequence[CapacityShare] | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        retry: Retry | None = None,
        keep_input: bool = False,
    ) -> sfn.Parallel:
        """Run a job and wait until its container reports back with the task token.

        Step Functions does not stop the task of an attempt that takes too long, or that gives no sign of life: the
        step does, before it is tried again or fails. Nothing stops it when the execution itself is stopped, or another
        branch fails: then the container's next ``SendTaskHeartbeat`` is answered with ``TaskTimedOut``, and it should
        end.

        Args:
            construct_id: as for :meth:`run`.
            job: as for :meth:`run`.
            heartbeat_timeout: how long the container may be silent, also when it never starts.
            task_token_variable: as for :class:`RunTask`.
            overrides: as for :meth:`run`.
            cpu: as for :meth:`run`.
            memory_mib: as for :meth:`run`.
            capacity: as for :meth:`run`.
            timeout: as for :meth:`run`.
            retry: as for :meth:`run`.
            keep_input: whether the step's input goes on, or what the container reported.

        Raises:
            InvalidValueError: as for :meth:`run`.
        """
        check_step_name(construct_id, longest=LONGEST_STEP)
        task = RunTask(
            self,
            f"{construct_id}: task",
            job=job,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            task_token_variable=task_token_variable,
            heartbeat_timeout=heartbeat_timeout,
            overrides=overrides,
            cpu=cpu,
            memory_mib=memory_mib,
            capacity=capacity,
            timeout=self.timeout if timeout is None else timeout,
            started_by=self._started_by,
            query_language=self.query_language,
        )
        stopped = self._stopped_on_timeout(construct_id, task)
        return self._step(construct_id, stopped, retry=retry, keep_input=keep_input)

    def start(
        self,
        construct_id: str,
        job: Job,
        *,
        overrides: Sequence[ContainerOverride] = (),
        cpu: Figure | None = None,
        memory_mib: Figure | None = None,
        capacity: Sequence[CapacityShare] | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        retry: Retry | None = None,
        keep_input: bool = True,
    ) -> sfn.Parallel:
        """Start a job and go on as soon as ECS has accepted it, whatever becomes of it.

        Of itself, this pattern succeeds when ECS answers with failures instead of a task; the step fails with
        ``AmazonECS.Unknown`` then, as the other two patterns do.

        Args:
            construct_id: as for :meth:`run`.
            job: as for :meth:`run`.
            overrides: as for :meth:`run`.
            cpu: as for :meth:`run`.
            memory_mib: as for :meth:`run`.
            capacity: as for :meth:`run`.
            timeout: how long ECS may take to answer; what it has started nevertheless is stopped. By default there is
                no limit. The task itself runs as long as it does: :meth:`run` ends one that takes too long.
            retry: as for :meth:`run`.
            keep_input: whether the step's input goes on, or the answer of ECS.

        Raises:
            InvalidValueError: as for :meth:`run`.
        """
        check_step_name(construct_id, longest=LONGEST_STEP)
        task = RunTask(
            self,
            f"{construct_id}: task",
            job=job,
            integration_pattern=sfn.IntegrationPattern.REQUEST_RESPONSE,
            overrides=overrides,
            cpu=cpu,
            memory_mib=memory_mib,
            capacity=capacity,
            timeout=timeout,
            started_by=None if timeout is None else self._started_by,
            query_language=self.query_language,
        )
        task.next(self._boxes.accepted(construct_id))
        if timeout is None:
            return self._step(construct_id, task, retry=retry, keep_input=keep_input)
        stopped = self._stopped_on_timeout(construct_id, task)
        return self._step(construct_id, stopped, retry=retry, keep_input=keep_input)

    @property
    def _started_by(self) -> FromInput:
        reference = f"${STARTED_BY}"
        return Jsonata(reference) if self._boxes.is_jsonata else AtPath(reference)

    def _run(
        self,
        name: str,
        job: Job,
        *,
        overrides: Sequence[ContainerOverride],
        cpu: Figure | None,
        memory_mib: Figure | None,
        capacity: Sequence[CapacityShare] | None,
        timeout: cdk.Duration | FromInput | None,
        retry: Retry | None,
        keep_input: bool,
    ) -> sfn.Parallel:
        task = RunTask(
            self,
            f"{name}: task",
            job=job,
            overrides=overrides,
            cpu=cpu,
            memory_mib=memory_mib,
            capacity=capacity,
            timeout=self.timeout if timeout is None else timeout,
            query_language=self.query_language,
        )
        task.add_catch(self._boxes.fail(f"{name}: failed"), errors=[TASK_FAILED])
        return self._step(name, task, retry=retry, keep_input=keep_input)

    def _step(self, name: str, branch: sfn.IChainable, *, retry: Retry | None, keep_input: bool) -> sfn.Parallel:
        box = self._boxes.box(name, branch, keep_input=keep_input)
        add_retry(box, checked_retry(retry, self.retry))
        return box

    def _stopped_on_timeout(self, name: str, task: RunTask) -> sfn.Chain:
        failed = self._boxes.fail(f"{name}: failed")
        task.add_catch(stop_attempt(self._boxes, name, job=task.job, then=failed), errors=list(TIMEOUTS))
        return name_attempt(self, f"{name}: name").next(task)
