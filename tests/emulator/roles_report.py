"""What roles may do, as a reviewer reads it in `snapshots/`."""

import os
from collections.abc import Iterable, Mapping

from tests.emulator.roles_rights import Right
from tests.emulator.server import ROOT

_HEAD = """# What each role of the variant "{variant}" may do

As deployed: worked out by `make test-deploy`, written by `make snapshots`. Every action of AWS that is not listed for
a role is denied to it on every resource, and a listed one on every resource but those beside it. `*` stands for all
resources, those of other accounts and Regions too; what is **never** allowed is denied even where another policy allows
it.
"""


def report(variant: str, rights: Mapping[str, Iterable[Right]]) -> str:
    """A table for each role."""
    return _HEAD.format(variant=variant) + "".join(f"\n## {role}\n\n{_table(each)}" for role, each in rights.items())


def _table(rights: Iterable[Right]) -> str:
    rows = ["| action | on | if |", "| --- | --- | --- |", *map(_row, rights)]
    return "".join(f"{row}\n" for row in rows)


def _row(right: Right) -> str:
    return f"| {'**never** ' if right.never else ''}{right.action} | {right.on} | {right.condition} |".replace(
        "  |", " |"
    )


def reviewed(name: str, text: str) -> str:
    """What was reviewed; with `SNAPSHOT_UPDATE` set, that is now the text."""
    path = ROOT / "snapshots" / name
    if os.environ.get("SNAPSHOT_UPDATE"):
        path.write_text(text)
    return path.read_text() if path.exists() else ""
