"""Whether each mutation is caught in `make synth`, or has a reason why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.mutation.judging import CHECKERS, IN_SYNTH, PYTHON, Answer, Answers
from tests.mutation.mutation import Mutation


@dataclass(frozen=True)
class Result:
    """A mutation, and what each checker says of it.

    Args:
        mutation: what is broken.
        answers: by checker.
    """

    mutation: Mutation
    answers: Mapping[str, Answer]

    @property
    def caught_by(self) -> tuple[str, ...]:
        """The checkers that object."""
        return tuple(checker for checker in CHECKERS if self.answers[checker].caught)

    @property
    def caught_in_synth(self) -> bool:
        """Whether one that runs in `make synth` does."""
        return any(checker in IN_SYNTH for checker in self.caught_by)

    @property
    def problems(self) -> Iterator[str]:
        """What is wrong with the mutation, or with the checkers."""
        if not self.mutation.changed:
            yield "it changes no template"
        if self.mutation.in_python is not None and not self.answers[PYTHON].caught:
            yield "in Python, nothing is raised"
        if self.mutation.reason is None and not self.caught_in_synth:
            yield "nothing in make synth catches it, and no reason is given"
        if self.mutation.reason is not None and self.caught_in_synth:
            yield f"it has a reason why it is not caught, and is: {', '.join(self.caught_by)}"


def results(mutations: Mapping[str, Mutation], answers: Mapping[str, Answers]) -> tuple[Result, ...]:
    """The answers by mutation."""
    return tuple(
        Result(mutation, {checker: found[key] for checker, found in answers.items()})
        for key, mutation in mutations.items()
    )
