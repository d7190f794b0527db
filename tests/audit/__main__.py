"""`make audit`: synthesize every variant, let every checker judge it, hold the findings against the exceptions."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.audit.assemblies import VARIANTS, Subject
from tests.audit.audit import Timed, check_all, synthesize_all
from tests.audit.exceptions import Excepted, ExceptionsError, judge, load
from tests.audit.table import markdown, terminal
from tests.audit.tools import ROOT, ToolError

PAGE = ROOT / "snapshots" / "audit.md"


def main() -> int:
    """Run the audit; 1 for what is not as it was reviewed, 2 for what could not be judged."""
    began = perf_counter()
    try:
        exceptions = load()
        with TemporaryDirectory() as folder:
            assemblies = synthesize_all(Path(folder))
            synthesized = perf_counter() - began
            timed = check_all(Subject.of(assemblies, Path(folder)))
    except (ExceptionsError, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    status = conclude(timed, exceptions, tuple(VARIANTS), PAGE)
    sys.stdout.write(
        f"{len(VARIANTS)} variants synthesized, with the CDK's validator and cdk-nag, in {synthesized:.0f} s; "
        f"all in {perf_counter() - began:.0f} s.\n"
    )
    return status


def conclude(timed: Sequence[Timed], exceptions: Sequence[Excepted], variants: Sequence[str], page: Path) -> int:
    """Show the result, write the page, and say whether both are as they were reviewed."""
    outcomes = [each.outcome for each in timed]
    verdict = judge(outcomes, exceptions)
    sys.stdout.write(f"{terminal(timed, verdict, variants)}\n")
    text = markdown(outcomes, verdict, variants)
    changed = not page.exists() or page.read_text() != text
    if changed:
        page.write_text(text)
        sys.stdout.write(f"{page.name} is not what it was: review the difference with git.\n")
    return 0 if verdict.passed and not changed else 1


if __name__ == "__main__":
    sys.exit(main())
