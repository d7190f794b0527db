"""`make mutate`: break the templates, one thing at a time, and show which checker catches what."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

os.environ["CDK_VALIDATION"] = "false"  # the validator has its own process

from tests.audit.tools import ROOT, ToolError
from tests.mutation.judging import Work, judge
from tests.mutation.mutations import mutations
from tests.mutation.table import markdown, terminal
from tests.mutation.verdict import results

PAGE: Final = ROOT / "snapshots" / "mutations.md"


def main() -> int:
    """Break, judge and show; 1 for what is not as it was reviewed, 2 for what could not be judged."""
    began = perf_counter()
    with TemporaryDirectory() as folder:
        try:
            work = Work.of(mutations(), Path(folder))
            judged = judge(work)
        except ToolError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    found = results(work.mutations, judged.answers)
    sys.stdout.write(f"{terminal(found, judged.seconds)}\nAll in {perf_counter() - began:.0f} s.\n")
    page = markdown(found)
    changed = not PAGE.exists() or PAGE.read_text() != page
    if changed:
        PAGE.write_text(page)
        sys.stdout.write(f"{PAGE.name} is not what it was: review the difference with git.\n")
    return 1 if changed or any(problem for each in found for problem in each.problems) else 0


if __name__ == "__main__":
    sys.exit(main())
