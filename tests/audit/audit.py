"""Let every checker judge the same variants."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.audit.assemblies import VARIANTS, Assembly, Subject, synthesize
from tests.audit.checkers.cdk_report import cdk_nag, cdk_validator
from tests.audit.checkers.cfn_guard import cfn_guard
from tests.audit.checkers.cfn_lint import cfn_lint
from tests.audit.checkers.checkov import checkov
from tests.audit.checkers.parliament import parliament
from tests.audit.checkers.preflight import preflight
from tests.audit.findings import Outcome

Checker = Callable[[Subject], Outcome]

CHECKERS: Final[Sequence[Checker]] = (checkov, cfn_guard, cfn_lint, parliament, preflight, cdk_validator, cdk_nag)
"""The slowest first, so that they run beside the others."""
_WORKERS: Final = os.cpu_count() or 1


@dataclass(frozen=True)
class Timed:
    """An outcome, and how long it took."""

    outcome: Outcome
    seconds: float


def synthesize_all(folder: Path, variants: Mapping[str, Mapping[str, str]] = VARIANTS) -> list[Assembly]:
    """Synthesize each variant into a folder of its own."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        made = [pool.submit(synthesize, name, folder / name, settings) for name, settings in variants.items()]
        return [assembly.result() for assembly in made]


def check_all(subject: Subject, checkers: Sequence[Checker] = CHECKERS) -> list[Timed]:
    """Let each checker judge, as many at a time as there are processors."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(lambda checker: _timed(checker, subject), checkers))


def _timed(checker: Checker, subject: Subject) -> Timed:
    began = perf_counter()
    outcome = checker(subject)
    return Timed(outcome, perf_counter() - began)
