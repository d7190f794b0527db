"""A step for each item of a list, some of which may fail.

Only a distributed Map state tolerates failures itself. Here, what fails in an iteration is put into the list of
results, and counted when all are done.

Source: Step Functions developer guide, "Using Map state in Inline mode in Step Functions workflows".
"""

from typing import Final

from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_whole_number, is_number_token, shown
from constructs_ecs.jobs.boxes import Boxes, ItemMap
from constructs_ecs.jobs.values import AtPath, FromInput, Jsonata, read

TOO_MANY_FAILED: Final = "Job.TooManyItemsFailed"
"""The error of a map in which more items failed than may."""
_FAILURE: Final = "ItemFailure"
_FAILED_ITEMS: Final = f"$count($states.input[$type($) = 'object' and $exists({_FAILURE})])"


def map_items(
    boxes: Boxes,
    name: str,
    step: sfn.IChainable,
    *,
    items: FromInput,
    max_concurrency: int | None,
    tolerated_failures: int,
    keep_input: bool,
) -> "sfn.Map | sfn.Parallel":
    """Do a step for each item of a list.

    Args:
        boxes: what makes the states.
        name: the name of the state, and what the names of the states in it begin with.
        step: what is done for each item.
        items: where the list is.
        max_concurrency: how many at a time; None for no limit.
        tolerated_failures: how many items may fail.
        keep_input: whether the input goes on, or the list of results.

    Raises:
        InvalidValueError: ECS078.
    """
    if max_concurrency is not None:
        check_whole_number(max_concurrency, code=Code.STEP, name="max_concurrency", minimum=1)
    _check_tolerated(tolerated_failures)
    items = _checked_items(items, boxes)
    if tolerated_failures == 0:
        return _map(boxes, name, step, items, max_concurrency, keep_input=keep_input)
    each = _map(boxes, f"{name}: each item", _tolerated(boxes, name, step), items, max_concurrency, keep_input=False)
    return boxes.box(name, each.next(_counted(boxes, name, tolerated_failures)), keep_input=keep_input)


def _map(
    boxes: Boxes, name: str, step: sfn.IChainable, items: FromInput, max_concurrency: int | None, *, keep_input: bool
) -> sfn.Map:
    return ItemMap(
        boxes.scope,
        name,
        step=step,
        query_language=boxes.query_language,
        items_path=items.path if isinstance(items, AtPath) else None,
        items=sfn.ProvideItems.jsonata(items.delimited) if isinstance(items, Jsonata) else None,
        max_concurrency=max_concurrency,
        result_path=boxes.result_path(keep_input=keep_input),
        outputs=boxes.outputs(keep_input=keep_input),
    )


def _tolerated(boxes: Boxes, name: str, step: sfn.IChainable) -> sfn.Parallel:
    failed = sfn.Pass(
        boxes.scope,
        f"{name}: item failed",
        query_language=sfn.QueryLanguage.JSONATA,
        outputs={_FAILURE: "{% $states.input %}"},
    )
    return boxes.box(f"{name}: item", step, keep_input=False).add_catch(failed)


def _counted(boxes: Boxes, name: str, tolerated_failures: int) -> sfn.Choice:
    too_many = sfn.Fail(
        boxes.scope,
        f"{name}: too many failed",
        query_language=sfn.QueryLanguage.JSONATA,
        error=TOO_MANY_FAILED,
        cause=f"{{% $string({_FAILED_ITEMS}) & ' items failed' %}}",
    )
    return (
        sfn.Choice(boxes.scope, f"{name}: how many failed?", query_language=sfn.QueryLanguage.JSONATA)
        .when(sfn.Condition.jsonata(f"{{% {_FAILED_ITEMS} > {tolerated_failures} %}}"), too_many)
        .otherwise(sfn.Succeed(boxes.scope, f"{name}: done"))
    )


def _check_tolerated(count: int) -> None:
    check_whole_number(count, code=Code.STEP, name="tolerated_failures", minimum=0)
    if is_number_token(count):
        raise InvalidValueError(Code.STEP, "tolerated_failures is known at synth; got a token.", "Give an int.")


def _checked_items(given: object, boxes: Boxes) -> FromInput:
    items = read(given)
    wanted = Jsonata if boxes.is_jsonata else AtPath
    if not isinstance(items, wanted):
        raise InvalidValueError(
            Code.STEP,
            f"The items of a map are in the language of its steps, {boxes.query_language.name}; got {shown(items)}.",
            f"Give {wanted.__name__}(...), or make Steps with the other query_language.",
        )
    return items
