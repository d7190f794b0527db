"""How a report is shown: text for people, JSON and SARIF for programs, Markdown for pull requests."""

from enum import Enum

from constructs_ecs.preflight.report import Report

# A format is imported when it is asked for, so that the command starts fast.


class Format(Enum):
    """A format; the value is its name on the command line."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    MARKDOWN = "markdown"


def render(report: Report, format_: Format, *, verbose: bool = False, colour: bool = False) -> str:
    """Show a report.

    Args:
        report: the report.
        format_: in which format.
        verbose: with the evidence of every call, in text and Markdown; JSON always has it.
        colour: with a terminal's colours; in text.
    """
    match format_:
        case Format.TEXT:
            from constructs_ecs.preflight.formats.text import as_text  # noqa: PLC0415 - see above

            return as_text(report, verbose=verbose, colour=colour)
        case Format.JSON:
            from constructs_ecs.preflight.formats.json import as_json  # noqa: PLC0415 - see above

            return as_json(report)
        case Format.SARIF:
            from constructs_ecs.preflight.formats.sarif import as_sarif  # noqa: PLC0415 - see above

            return as_sarif(report)
        case Format.MARKDOWN:
            from constructs_ecs.preflight.formats.markdown import as_markdown  # noqa: PLC0415 - see above

            return as_markdown(report, verbose=verbose)
