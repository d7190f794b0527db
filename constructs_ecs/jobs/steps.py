"""Workflows of jobs: what batch users write again and again, built from the CDK's own states.

Sources: Step Functions developer guide, "Handling errors in Step Functions workflows", "Using Map state in Inline mode
in Step Functions workflows" and "Parallel workflow state".
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.facts.run_task_errors import LONGEST_STEP, check_error_names, check_step_name
from constructs_ecs.jobs.chaining import check_chainable, check_chainables
from constructs_ecs.jobs.maps import map_items
from constructs_ecs.jobs.retries import Retry
from constructs_ecs.jobs.task_steps import TaskSteps
from constructs_ecs.jobs.values import FromInput


class Steps(TaskSteps):
    """Builds a workflow of jobs from the CDK's own states, so that any state of ``aws_stepfunctions`` fits in.

    Each step is one state, a Parallel state with a single branch, in which the task is run and its failure is given a
    name: a retrier of Step Functions sees names alone, and whether a task's container failed or its capacity was
    missing is not in the name but in the cause. So what may pass is tried again, and what the container says is not.

    What comes after a step gets the step's own input, so that each has the data that the workflow began with: the
    description of a task that has ended is of little use to the next. ``keep_input=False`` gives on what the step gave;
    what a container reports with its token is given on without. A step's id is the name of its state; the names of the
    states in it begin with it.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        retry: how often a step is tried again; by default what may pass, five times. ``Retry(max_attempts=0)`` for
            never.
        timeout: how long an attempt of ``run``, ``run_on_spot`` or ``run_with_token`` may take; then its task is
            stopped and the step fails with ``States.Timeout``. By default a day, as for :class:`RunTask`.
        on_failure: what ``catch`` goes on with when it is given nothing else.
        query_language: the language of the values in the steps; JSONPath by default, as the CDK's.

    Raises:
        InvalidValueError: ECS077 and ECS078, an argument is of another type.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retry: Retry | None = None,
        timeout: cdk.Duration | FromInput | None = None,
        on_failure: sfn.IChainable | None = None,
        query_language: sfn.QueryLanguage | None = None,
    ) -> None:
        if on_failure is not None:
            check_chainable(on_failure, name="on_failure")
        super().__init__(scope, construct_id, retry=retry, timeout=timeout, query_language=query_language)
        self.on_failure = on_failure

    def sequence(self, *steps: sfn.IChainable) -> sfn.Chain:
        """One step after the other; any state or chain of the CDK is a step.

        Args:
            steps: at least one.

        Raises:
            InvalidValueError: ECS078, there is none, or one is no state or chain.
        """
        check_chainables(steps, name="A sequence")
        chain = sfn.Chain.start(steps[0])
        for step in steps[1:]:
            chain = chain.next(step)
        return chain

    def parallel(self, construct_id: str, *branches: sfn.IChainable, keep_input: bool = True) -> sfn.Parallel:
        """Steps side by side, each with the input of all; when one fails, the others are stopped.

        Args:
            construct_id: the id, and the name of the state.
            branches: at least one.
            keep_input: whether the input goes on, or the list of what the branches gave.

        Raises:
            InvalidValueError: ECS078, there is no branch, one is no state or chain, or the id is none for a state.
        """
        check_step_name(construct_id)
        check_chainables(branches, name="A parallel step")
        return self._boxes.side_by_side(construct_id, branches, keep_input=keep_input)

    def map(
        self,
        construct_id: str,
        step: sfn.IChainable,
        *,
        items: FromInput,
        max_concurrency: int | None = None,
        tolerated_failures: int = 0,
        keep_input: bool = True,
    ) -> "sfn.Map | sfn.Parallel":
        """Do a step for each item of a list, with the item as its input.

        It is an inline Map state: the executions are the workflow's own, about 40 items at a time, and its history
        has at most 25,000 events. For more, put the step into the CDK's ``sfn.DistributedMap``.

        Args:
            construct_id: the id, and the name of the state.
            step: what is done for each item.
            items: where the list is.
            max_concurrency: how many at a time; None for as many as Step Functions does, about 40.
            tolerated_failures: how many items may fail. Of one that did, ``{"ItemFailure": {"Error", "Cause"}}`` is in
                the list; when more do, the step fails with ``Job.TooManyItemsFailed`` after all are done. With none,
                the first that fails ends the others.
            keep_input: whether the input goes on, or the list of what was given for each item.

        Raises:
            InvalidValueError: ECS078, a figure is out of range, the items are not in the language of the steps, the
                step is none, or the id is none for a state.
        """
        check_step_name(construct_id, longest=LONGEST_STEP)
        check_chainable(step, name="step")
        return map_items(
            self._boxes,
            construct_id,
            step,
            items=items,
            max_concurrency=max_concurrency,
            tolerated_failures=tolerated_failures,
            keep_input=keep_input,
        )

    def catch(
        self,
        construct_id: str,
        step: sfn.IChainable,
        *,
        on_failure: sfn.IChainable | None = None,
        errors: Sequence[str] = ("States.ALL",),
        keep_input: bool = False,
    ) -> sfn.Parallel:
        """Put a step, a branch or a whole workflow into one state, and go on elsewhere when anything in it fails.

        The handler's input is ``{"Error", "Cause"}``. End it with ``sfn.Fail`` for the execution to fail in the end.

        Args:
            construct_id: the id, and the name of the state.
            step: what is put into it.
            on_failure: the handler; by default the builder's.
            errors: the names of the errors; by default every one.
            keep_input: whether the input goes on after success, or what the step gave.

        Raises:
            InvalidValueError: ECS077 and ECS078, there is no handler, or a name, the step or the id is none.
        """
        check_step_name(construct_id)
        check_chainable(step, name="step")
        check_error_names(errors)
        handler = check_chainable(self.on_failure if on_failure is None else on_failure, name="on_failure")
        box = self._boxes.box(construct_id, step, keep_input=keep_input)
        return box.add_catch(handler, errors=list(errors))
