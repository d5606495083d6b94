"""Which commands there are, and what becomes of what they raise."""

import io
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from mlmgmt_widgets.cli import care, content, gate, serving
from mlmgmt_widgets.errors import Refusal, in_full

BAD_INPUT = 2
INTERRUPTED = 130

GROUPS = {
    "The workbook": (serving.serve, serving.lab, serving.new, serving.where),
    "Content, without a notebook": (content.check, content.schema, content.score, content.forecast, gate.gate),
    "Looking after it": (care.backup, care.restore, care.doctor),
}


class Grouped(TyperGroup):
    """Lists the commands under the headings of `GROUPS`; typer would do so only in coloured boxes."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each group."""
        widest = max(map(len, self.list_commands(ctx)))
        for heading, functions in GROUPS.items():
            with formatter.section(heading):
                rows = ((each.__name__, self.commands[each.__name__]) for each in functions)
                limit = formatter.width - 6 - widest
                formatter.write_dl([(name.ljust(widest), command.get_short_help_str(limit)) for name, command in rows])


app = typer.Typer(
    cls=Grouped,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A workbook for people who lead machine-learning teams.",
)
for _functions in GROUPS.values():
    for _function in _functions:
        app.command()(_function)

# What typer raises for a mistyped option; the class has lived in different places in different versions.
_UsageError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main() -> None:
    """Run the command, and end the process with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that a terminal cannot show must not end the command
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except Refusal as refusal:
        status = _refuse(in_full(refusal))
    except _UsageError as error:
        status = _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        status = _refuse(f"{place}{error.strerror or error}")
    sys.exit(status if isinstance(status, int) else 0)


def _refuse(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 (as it stands: typer's echo would interpret nothing more)
    return BAD_INPUT


def _usage(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message())
        return 0
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "mlmgmt"
    return _refuse(f"{command}: {' '.join(error.format_message().split())} (try '{command} --help')")
