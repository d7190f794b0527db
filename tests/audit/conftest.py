"""The broken app, judged by every checker: once, for all tests here."""

import pytest

from tests.audit.assemblies import Assembly, Subject, synthesize
from tests.audit.audit import Timed, check_all

VARIANTS = ("broken", "again")


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """The broken app, as if it were two variants with the same template."""
    folder = tmp_path_factory.mktemp("audit")
    first, second = VARIANTS
    broken = synthesize(first, folder / first, {}, app=("-m", "tests.audit.broken"))
    return Subject.of([broken, Assembly(second, broken.folder)], folder)


@pytest.fixture(scope="session")
def judged(subject: Subject) -> list[Timed]:
    """What every checker says of it."""
    return check_all(subject)
