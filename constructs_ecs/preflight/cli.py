"""The command ``ecs-preflight``."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from constructs_ecs.preflight.report import Report

# The command answers --help before anything that is slow to load is needed; so the engine is imported where it is used.

CLEAN: Final = 0
FINDINGS: Final = 1
UNREADABLE: Final = 2
"""Exit statuses; a wrong argument is 2 as well."""

_FORMATS: Final = ("text", "json", "sarif", "markdown")
_FAIL_ON: Final = {"fail": ("FAIL",), "unknown": ("FAIL", "UNKNOWN"), "never": ()}
_DESCRIPTION: Final = (
    "Prove from synthesized CloudFormation that each ECS task will start and can be opened with ECS Exec. "
    "Reads files only: no AWS call, no Node."
)
_EPILOG: Final = """\
also:
  ecs-preflight explain RULE   what a rule finds, why, what AWS would say, and the fix
  ecs-preflight rules          list the rules

exit status: 0 nothing found, 1 something found (see --fail-on), 2 an input or argument that cannot be read
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: the command line without the command; this process's by default.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    command = _COMMANDS.get(given[0]) if given else None
    try:
        return command(given[1:]) if command else _analyse(given)
    except BrokenPipeError:
        # Who read our output has seen enough. The interpreter's last flush must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except KeyboardInterrupt:
        return 130


def _analyse(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    from constructs_ecs.errors import ConstructsEcsError  # noqa: PLC0415 - see above
    from constructs_ecs.preflight.engine import analyse  # noqa: PLC0415 - see above
    from constructs_ecs.preflight.templates.reader import InputError  # noqa: PLC0415 - see above
    from constructs_ecs.preflight.topology import Assumptions  # noqa: PLC0415 - see above

    try:
        report = analyse(options.paths, Assumptions.parse(options.assume))
    except (InputError, ConstructsEcsError) as error:
        return _refuse(str(error))
    refused = _show(report, options)
    if refused is not None:
        return refused
    return FINDINGS if report.verdict.value in _FAIL_ON[options.fail_on] else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ecs-preflight",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a cloud assembly (cdk.out) or a template file")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the evidence of every call")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report to a file")
    parser.add_argument(
        "--fail-on",
        choices=tuple(_FAIL_ON),
        default="fail",
        help="what makes the exit status 1: a launch, ECS Exec or a deployment that will fail (the default), "
        "also what is not decided, or nothing; warnings and notes never do",
    )
    parser.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the templates leave open: egress=nat, egress=none, vpc=private-dns, vpc=endpoints:logs,ecr.api",
    )
    return parser


def _show(report: "Report", options: argparse.Namespace) -> int | None:
    """Write the report; return an exit status if that is not possible."""
    from constructs_ecs.preflight.formats import Format, render  # noqa: PLC0415 - see above

    format_ = Format(options.format)
    if options.output is None:
        _print(render(report, format_, verbose=options.verbose, colour=_colour()))
        return None
    try:
        options.output.write_text(render(report, format_, verbose=options.verbose), "utf-8", "backslashreplace")
    except OSError as error:
        return _refuse(f"{options.output}: {error.strerror or error}")
    return None


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _refuse(why: str) -> int:
    """Say in one line why there is no report."""
    line = " ".join(why.split())
    sys.stderr.write(f"ecs-preflight: {line.encode('ascii', 'backslashreplace').decode()}\n")
    return UNREADABLE


def _explain(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ecs-preflight explain", description="Explain a rule.")
    parser.add_argument("rule", metavar="RULE", help="its id, N07 for instance")
    wanted: str = parser.parse_args(arguments).rule.upper()
    from constructs_ecs.preflight.formats.explanation import explain  # noqa: PLC0415 - see above
    from constructs_ecs.preflight.rules import RULES  # noqa: PLC0415 - see above

    known = next((rule for rule in RULES if rule.id == wanted), None)
    if known is None:
        return _refuse(f"there is no rule {wanted}; ecs-preflight rules lists them")
    _print(explain(known))
    return CLEAN


def _rules(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="ecs-preflight rules", description="List the rules.").parse_args(arguments)
    from constructs_ecs.preflight.formats.explanation import listing  # noqa: PLC0415 - see above
    from constructs_ecs.preflight.rules import RULES  # noqa: PLC0415 - see above

    _print(listing(RULES))
    return CLEAN


_COMMANDS: Final[dict[str, Callable[[list[str]], int]]] = {"explain": _explain, "rules": _rules}
