"""What each checker says of a mutation that it does not say of the templates as they are."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from constructs_ecs.errors import ConstructsEcsError
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.report import BLOCKING
from stacks.settings import Variant
from tests.audit.assemblies import Assembly, TemplateFile, synthesize
from tests.audit.assemblies import Subject as Audited
from tests.audit.checkers.cdk_report import cdk_nag, cdk_validator
from tests.audit.checkers.cfn_lint import cfn_lint
from tests.audit.findings import Outcome
from tests.audit.tools import ToolError, environment, run_own
from tests.mutation.given import SUFFIX
from tests.mutation.mutation import Mutation, Templates
from tests.preflight.mutating import Data, report
from tests.preflight.support import templates as read
from tests.support import ENVIRONMENT

PYTHON: Final = "Python"
VALIDATOR: Final = "CDK validator"
NAG: Final = "cdk-nag"
PREFLIGHT: Final = "preflight"
LINT: Final = "cfn-lint"
EMULATOR: Final = "emulator"
IN_SYNTH: Final = (PYTHON, VALIDATOR, NAG, PREFLIGHT)
"""What runs in `make synth`."""
CHECKERS: Final = (*IN_SYNTH, LINT, EMULATOR)
_CDK: Final = "CDK"
_BETWEEN: Final = "--"
_PROCESSES: Final = 2

_Said = TypeVar("_Said")


@dataclass(frozen=True)
class Answer:
    """What a checker says of a mutation, and not of the templates as they are.

    Args:
        errors: the rules that are broken; of the emulator, what is refused.
        warnings: the rules that warn.
        unknown: whether it says that it cannot tell.
        message: the first thing that it says.
    """

    errors: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    unknown: bool = False
    message: str = ""

    @property
    def caught(self) -> bool:
        """Whether it objects."""
        return bool(self.errors or self.warnings)


Answers = Mapping[str, Answer]
"""By the key of a mutation."""


@dataclass(frozen=True)
class Work:
    """The mutations by their keys, and a folder with their templates.

    Args:
        mutations: by key.
        bodies: the templates that differ from what they were, and those that all is compared with, by key.
        folder: where checkers may write.
    """

    mutations: Mapping[str, Mutation]
    bodies: Mapping[str, Mapping[str, Data]]
    folder: Path

    @classmethod
    def of(cls, mutations: Sequence[Mutation], folder: Path) -> "Work":
        """Write each template that is broken, and each as it is."""
        numbered = {f"M{number:03}": mutation for number, mutation in enumerate(mutations, 1)}
        broken = {key: mutation.changed for key, mutation in numbered.items()}
        work = cls(numbered, {**{whole(variant): Templates(variant).bodies for variant in Variant}, **broken}, folder)
        work.templates.mkdir()
        for key, bodies in work.bodies.items():
            for name, body in bodies.items():
                work.path(key, name).write_text(json.dumps(body))
        return work

    @property
    def templates(self) -> Path:
        """The folder of the templates."""
        return self.folder / "templates"

    def path(self, key: str, name: str) -> Path:
        """Where a template is."""
        return self.templates / f"{key}{_BETWEEN}{name}{SUFFIX}"


def whole(variant: Variant) -> str:
    """The key of the templates as they are."""
    return f"Whole{variant.value.title()}"


def in_python(work: Work) -> Answers:
    """Make the mistakes in Python."""
    return {key: _raised(mutation) for key, mutation in work.mutations.items()}


def preflight(work: Work) -> Answers:
    """Prove the launches."""
    return {key: _proven(mutation) for key, mutation in work.mutations.items()}


def lint(work: Work) -> Answers:
    """Lint the templates, for the one Region that they are for."""
    assert ENVIRONMENT.region is not None
    files = tuple(
        TemplateFile(work.path(key, name), ((key, template),))
        for key, bodies in work.bodies.items()
        for template in read(*bodies.values(), names=tuple(bodies))
        for name in (template.name,)
    )
    region = (ENVIRONMENT.region,)
    with ThreadPoolExecutor(_PROCESSES) as pool:
        parts = [Audited((), files[start::_PROCESSES], work.folder) for start in range(_PROCESSES)]
        outcomes = list(pool.map(lambda part: cfn_lint(part, region), parts))
    found = {
        (key, finding.key.rule, finding.key.resource): finding.message
        for outcome in outcomes
        for key, findings in outcome.findings.items()
        for finding in findings.values()
        if not finding.key.rule.startswith("I")
    }
    return _compared(work, found, {rule for _, rule, _ in found if rule.startswith("W")})


def cdk(work: Work) -> tuple[Answers, Answers]:
    """Let the CDK's validator and cdk-nag look, in one run of the CDK."""
    assembly = synthesize("given", work.folder / "given", {}, app=("-m", "tests.mutation.given", work.templates))
    subject = Audited((assembly,), (), work.folder)
    warnings = _warnings(assembly)
    validator, nag = (_placed(checker(subject)) for checker in (cdk_validator, cdk_nag))
    return _compared(work, validator, warnings), _compared(work, _of_the_app(work, nag), warnings)


def emulator(work: Work) -> Answers:
    """Deploy all stacks of each app; those of the templates as they are have to be made."""
    file = work.folder / "apps.json"
    apps = {whole(variant): Templates(variant) for variant in Variant}
    apps |= {key: mutation.templates for key, mutation in work.mutations.items()}
    file.write_text(json.dumps({key: list(templates.bodies.items()) for key, templates in apps.items()}))
    python = environment(EMULATOR) / "bin" / "python"
    refused: dict[str, list[str] | None] = json.loads(run_own([python, "-m", "tests.mutation.deploying", file]))
    for variant in Variant:
        if refused[whole(variant)] is not None:
            raise ToolError(f"the emulator refuses {variant.value} as it is: {refused[whole(variant)]}")
    return {
        key: Answer() if refusal is None else Answer(frozenset({refusal[0]}), message=refusal[1])
        for key, refusal in refused.items()
        if key in work.mutations
    }


@dataclass(frozen=True)
class Judged:
    """What all checkers say.

    Args:
        answers: by checker, then by the mutation's key.
        seconds: how long each took.
    """

    answers: Mapping[str, Answers]
    seconds: Mapping[str, float]


def judge(work: Work) -> Judged:
    """Let all checkers judge: what is a process of its own beside what is not."""
    with ThreadPoolExecutor(2) as pool:
        away = {LINT: pool.submit(_timed, lint, work), EMULATOR: pool.submit(_timed, emulator, work)}
        both, cdk_seconds = pool.submit(_timed, cdk, work).result()
        near = {name: _timed(partial(check), work) for name, check in ((PYTHON, in_python), (PREFLIGHT, preflight))}
        done = near | {name: future.result() for name, future in away.items()}
    answers = {name: found for name, (found, _) in done.items()} | dict(zip((VALIDATOR, NAG), both, strict=True))
    seconds = {name: taken for name, (_, taken) in done.items()} | dict.fromkeys((VALIDATOR, NAG), cdk_seconds)
    return Judged({name: answers[name] for name in CHECKERS}, seconds)


def _timed(check: Callable[[Work], _Said], work: Work) -> tuple[_Said, float]:
    began = perf_counter()
    return check(work), perf_counter() - began


def _raised(mutation: Mutation) -> Answer:
    if mutation.in_python is None:
        return Answer()
    try:
        mutation.in_python()
    except ConstructsEcsError as error:
        return Answer(frozenset({error.code.value}), message=str(error))
    except RuntimeError as error:  # as jsii passes on what the CDK raises
        return Answer(frozenset({_CDK}), message=str(error))
    return Answer()


def _proven(mutation: Mutation) -> Answer:
    said = report(mutation.templates)
    open_ = [question.finding for question in said.unknowns if question.finding is not None]
    failures = [finding for finding in said.findings if finding.severity in BLOCKING]
    warnings = [finding for finding in (*said.findings, *open_) if finding.severity is Severity.WARNING]
    messages = [finding.message for finding in (*failures, *warnings)]
    return Answer(
        frozenset(finding.rule for finding in failures),
        frozenset(finding.rule for finding in warnings),
        unknown=bool(said.unknowns),
        message=next(iter(messages), ""),
    )


Found = Mapping[tuple[str, str, str], str]
"""Messages by the mutation's key, the rule and the resource."""


def _compared(work: Work, found: Found, warnings: Iterable[str]) -> Answers:
    """What is found in a mutation's templates and not in the same templates as they are."""
    warning = frozenset(warnings)
    answers = {}
    for key, mutation in work.mutations.items():
        before = whole(mutation.variant)
        new = {
            rule: message
            for (owner, rule, resource), message in found.items()
            if owner == key and (before, rule, resource) not in found
        }
        message = next(iter(new.values()), "")
        answers[key] = Answer(frozenset(new) - warning, warning & new.keys(), message=message)
    return answers


def _placed(outcome: Outcome) -> Found:
    """What the CDK's report says, by the key in the stack's name."""
    found = {}
    for findings in outcome.findings.values():
        for finding in findings.values():
            stack, _, construct = finding.key.resource.partition("/")
            key, _, name = stack.partition(_BETWEEN)
            found[key, finding.key.rule, f"{name}/{construct.removeprefix('Given/')}"] = finding.message
    return found


def _of_the_app(work: Work, found: Found) -> Found:
    """What is found on what the app has: a pack judges each resource alone, and those of a change are not its point."""
    own = {key: Templates(mutation.variant).names for key, mutation in work.mutations.items()}
    return {
        (key, rule, resource): message
        for (key, rule, resource), message in found.items()
        if key not in own or resource.rpartition("/")[2] in own[key]
    }


def _warnings(assembly: Assembly) -> frozenset[str]:
    return frozenset(
        violation["ruleName"]
        for plugin in assembly.report
        for violation in plugin["violations"]
        if violation["severity"] == "warning"
    )
