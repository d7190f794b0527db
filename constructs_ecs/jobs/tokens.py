"""Which variable of which container a task token is in.

Source: Step Functions developer guide, "Wait for a Callback with Task Token": the context object has a token only in a
state that waits for it.
"""

from typing import Final

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.containers import check_variables
from constructs_ecs.facts.features import EXEC_CREDENTIAL_VARIABLES
from constructs_ecs.facts.run_task import TASK_TOKEN_PATH, Pattern
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.override_checks import check_length, first_essential
from constructs_ecs.jobs.overrides import TaskOverrides
from constructs_ecs.jobs.values import AtPath, names_task_token

TASK_TOKEN_VARIABLE: Final = "TASK_TOKEN"  # noqa: S105 - the name of a variable, not a token


def check_token(pattern: Pattern, overrides: TaskOverrides, variable: str | None, job: Job) -> str | None:
    """Check that a state gives its token to a container where it waits for it, and nowhere else.

    Args:
        pattern: what the state waits for.
        overrides: what containers have otherwise, where the token may be.
        variable: the variable that was asked for.
        job: what runs.

    Returns:
        The variable of the first essential container that the token goes into; none where it is in an override.

    Raises:
        InvalidValueError: ECS026, no variable has this name; ECS070, the overrides are too long with it.
        ConflictError: ECS046, ECS Exec does not work with the variable; ECS072.
    """
    is_named = any(map(names_task_token, overrides.values()))
    if pattern is not Pattern.WAIT_FOR_TASK_TOKEN:
        if is_named or variable is not None:
            raise ConflictError(
                Code.TASK_TOKEN,
                f"Only a state with WAIT_FOR_TASK_TOKEN has a task token; this one has {pattern.name}, and "
                f"{'the token in its overrides' if is_named else 'task_token_variable'}.",
                "Use sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN, or leave the token out.",
            )
        return None
    if variable is None:
        if is_named:
            return None
        variable = TASK_TOKEN_VARIABLE
    check_variables({variable: ""}, name="task_token_variable")
    if job.task.enable_execute_command and variable in EXEC_CREDENTIAL_VARIABLES:
        raise ConflictError(
            Code.EXEC_UNSUPPORTED,
            f"The exec agent takes {variable} for its own credentials, and cannot connect.",
            "Give the token another variable, or set enable_execute_command=False on the job.",
        )
    check_length(overrides.with_variable(first_essential(job).name, variable, AtPath(TASK_TOKEN_PATH)))
    return variable
