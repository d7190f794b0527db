"""Steps in a box: a Parallel state, which can be tried again, caught and followed as one state.

An error of a branch is the box's error, by the same name: a retrier or catcher of the box sees the names that the
branches give. Variables that a branch assigns are seen in it alone.

Source: Step Functions developer guide, "Parallel workflow state" and "Passing data between states with variables".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.facts.run_task_errors import FAILURE_NAME, NOT_STARTED

_ALL: Final = ("States.ALL",)
_INPUT: Final = "{% $states.input %}"
_CAUSE: Final = "{% $states.input.Cause & '' %}"  # a timeout has none, and what is undefined is an error of its own
_ONLY_RESULT: Final = "{% $states.result[0] %}"


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """Makes boxes in one query language.

    Args:
        scope: the parent of the states.
        query_language: the language of the boxes. What is in them and has no data of the user's is JSONata in either.
    """

    scope: Construct
    query_language: sfn.QueryLanguage

    @property
    def is_jsonata(self) -> bool:
        """Whether the language is JSONata."""
        return self.query_language is sfn.QueryLanguage.JSONATA

    def box(self, name: str, branch: sfn.IChainable, *, keep_input: bool) -> sfn.Parallel:
        """Put steps into a box whose output is that of their last, or the box's own input."""
        made = sfn.Parallel(
            self.scope,
            name,
            query_language=self.query_language,
            result_path=self.result_path(keep_input=keep_input),
            output_path=None if keep_input or self.is_jsonata else "$[0]",
            outputs=self.outputs(keep_input=keep_input, otherwise=_ONLY_RESULT),
        )
        return made.branch(branch)

    def side_by_side(self, name: str, branches: Sequence[sfn.IChainable], *, keep_input: bool) -> sfn.Parallel:
        """Put steps side by side in a box whose output is the list of theirs, or the box's own input."""
        made = sfn.Parallel(
            self.scope,
            name,
            query_language=self.query_language,
            result_path=self.result_path(keep_input=keep_input),
            outputs=self.outputs(keep_input=keep_input),
        )
        return made.branch(*branches)

    def fail(self, name: str) -> sfn.Fail:
        """Fail as the error says that is the input, by a name that tells capacity from a container's failure."""
        return sfn.Fail(
            self.scope,
            name,
            query_language=sfn.QueryLanguage.JSONATA,
            error=FAILURE_NAME,
            cause=_CAUSE,
        )

    def accepted(self, name: str) -> sfn.Choice:
        """Go on with the answer of ECS, or fail as the other patterns do where it has failures in it."""
        refused = sfn.Fail(
            self.scope,
            f"{name}: refused",
            query_language=sfn.QueryLanguage.JSONATA,
            error=NOT_STARTED,
            cause="{% $string($states.input.Failures) %}",
        )
        return (
            sfn.Choice(self.scope, f"{name}: accepted?", query_language=sfn.QueryLanguage.JSONATA)
            .when(sfn.Condition.jsonata("{% $count($states.input.Failures) > 0 %}"), refused)
            .otherwise(sfn.Succeed(self.scope, f"{name}: accepted"))
        )

    def catch_with_input(self, box: sfn.Parallel, handler: sfn.IChainable, errors: Sequence[str] = _ALL) -> None:
        """Go on at a handler with the input of the box instead of the error."""
        box.add_catch(
            handler,
            errors=list(errors),
            result_path=self.result_path(keep_input=True),
            outputs=self.outputs(keep_input=True),
        )

    def result_path(self, *, keep_input: bool) -> str | None:
        """With what the input goes on in JSONPath."""
        return sfn.JsonPath.DISCARD if keep_input and not self.is_jsonata else None

    def outputs(self, *, keep_input: bool, otherwise: str | None = None) -> str | None:
        """With what the input goes on in JSONata."""
        if not self.is_jsonata:
            return None
        return _INPUT if keep_input else otherwise


class ItemMap(sfn.Map):
    """A Map state that takes its step when it is put into a machine, as a Parallel state takes its branches.

    The CDK's takes it at once, by the names that its states have then: a fragment that has one cannot be put into a
    machine twice, since ``prefix_states()`` comes too late.

    Args:
        scope: the parent of the state.
        construct_id: the id, and the name of the state.
        step: what is done for each item.
        options: as ``sfn.Map`` takes them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, step: sfn.IChainable, **options: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(scope, construct_id, **options)
        self._step: sfn.IChainable | None = step

    def bind_to_graph(self, graph: sfn.StateGraph) -> None:
        """Take the step; called by the CDK."""
        if self._step is not None:
            step, self._step = self._step, None
            self.item_processor(step)
        super().bind_to_graph(graph)

    def _validate_state(self) -> list[str]:
        """What the CDK finds wrong; nothing of a state in no machine."""
        return super()._validate_state() if self._step is None else []
