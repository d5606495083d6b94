"""The `mlmgmt` command.

Exit status: 0 done, 1 a negative verdict, 2 bad input, with one line a fault on standard error and never a
traceback. Every command imports what it needs when it runs, so that `mlmgmt check` does not wait for a web
server.
"""

import io
import json
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from mlmgmt_widgets.content import ContentError, Fault, shown
from mlmgmt_widgets.errors import Refusal, in_full

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A workbook for people who lead machine-learning teams.",
)

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


@app.command()
def check(files: Annotated[list[str], typer.Argument(help="Files, or names of shipped content.")]) -> None:
    """Validate rubrics, plans, checklists and reviews, and say everything that is wrong with them."""
    from mlmgmt_widgets import kinds

    faults: list[Fault] = []
    for name in files:
        try:
            _, kind, found = kinds.check(name)
        except ContentError as error:
            faults += error.faults
        else:
            typer.echo(f"ok {name}: {kind.name} {found.summary}")
    if faults:
        raise ContentError(faults)


@app.command()
def schema(kind: Annotated[str, typer.Argument(help="rubric, plan, checklist or review")]) -> None:
    """Print the JSON Schema of a kind of content, for editors."""
    from mlmgmt_widgets import kinds

    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **kinds.kind_named(kind).model().model_json_schema(),
    }
    typer.echo(_json(described))


@app.command()
def score(
    rubric: Annotated[str, typer.Argument(help="A shipped name, such as mlops-maturity, or a path.")],
    responses: Annotated[str, typer.Argument(help="A CSV: respondent,role,question,answer,comment.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything, for programs.")] = False,
) -> None:
    """Score a survey without any notebook."""
    from mlmgmt_widgets.assessment import load_rubric, read_responses, summary
    from mlmgmt_widgets.assessment import score as score_responses

    asked = load_rubric(rubric)
    result = score_responses(asked, read_responses(asked, responses))
    typer.echo(_json(result.to_dict()) if as_json else summary.text(asked, result))


@app.command()
def forecast(
    plan: Annotated[str, typer.Argument(help="A shipped name, such as new-model, or a path.")],
    draws: Annotated[int, typer.Option(help="How many trials; a power of two is best.")] = 16384,
    seed: Annotated[int, typer.Option(help="Another seed takes other draws.")] = 0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything, for programs.")] = False,
) -> None:
    """Simulate a plan: whether it will be delivered, when, and what that hangs on."""
    from mlmgmt_widgets.timeline import load_plan, simulate, summary

    found = simulate(load_plan(plan), draws, seed)
    typer.echo(_json(found.to_dict()) if as_json else summary.text(found))


@app.command()
def gate(  # noqa: PLR0913 - the options of a command
    checklist: Annotated[str, typer.Argument(help="A shipped name, such as model-readiness, or a path.")],
    review: Annotated[str, typer.Argument(help="The YAML of a review.")],
    *,
    stage: Annotated[str, typer.Option(help="That the model is to pass.")],
    tier: Annotated[str | None, typer.Option(help="Of risk; left out, the review's.")] = None,
    today: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day to judge by; left out, this one.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML as well.")] = None,
    evidence: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where evidence lies; left out, the review's folder.")
    ] = None,
    model_version: Annotated[
        str | None, typer.Option(help="Judge this version: what was said of another one is stale.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict, for programs.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a comment for a pull request.")] = False,
) -> int:
    """Say whether a model may pass a stage: exit status 0 if it may, 1 if not."""
    from mlmgmt_widgets.readiness import load_checklist, summary
    from mlmgmt_widgets.readiness.gate import decide

    if as_json and as_markdown:
        raise Refusal("Choose one of --json and --markdown.")
    asked = load_checklist(checklist)
    when, version = _today(today), _version(model_version)
    reviewed, verdict = decide(asked, review, stage=stage, tier=tier, today=when, folder=evidence, version=version)
    if junit is not None:
        from mlmgmt_widgets.readiness import export_junit

        export_junit.write(junit, export_junit.to_junit(asked, verdict))
    if as_markdown:
        from mlmgmt_widgets.readiness import report

        typer.echo(report.comment(asked, reviewed, verdict))
    else:
        typer.echo(_json(verdict.to_dict()) if as_json else summary.text(asked, verdict))
    return 0 if verdict.ready else 1


def _today(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - a day is one where the command runs
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ContentError([Fault("--today", None, "", shown(text), "a day such as 2027-01-31")])


def _version(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise ContentError([Fault("--model-version", None, "", shown(text), "text that is not blank")])
    return text and text.strip()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="0.0.0.0 lets phones on the same network in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8866,
    database: Annotated[str | None, typer.Option(help="A SQLAlchemy URL; by default a file of its own.")] = None,
    *,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the workbook in a browser.")] = False,
) -> None:
    """Serve the workbook with Voila, and print the facilitator's and the participants' links."""
    from mlmgmt_widgets.serving.run import serve as run

    run(host, port, database, open_browser=open_browser)


@app.command()
def lab(
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8888,
    *,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Open the same notebooks in JupyterLab, to read and to change."""
    from mlmgmt_widgets.serving.run import lab as run

    run(port, open_browser=open_browser)


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet.")]) -> None:
    """Lay out notebooks and content of one's own.

    `mlmgmt serve`, started in that folder, uses them.
    """
    from mlmgmt_widgets.serving.folder import new as lay_out

    lay_out(folder)


@app.command()
def where() -> None:
    """Print the folders that `mlmgmt serve`, started here, would use."""
    from mlmgmt_widgets.serving.home import find
    from mlmgmt_widgets.serving.run import database_of
    from mlmgmt_widgets.workspace.address import in_words, parse

    there = find()
    rows = (
        ("home", there.folder),
        ("database", in_words(parse(database_of(there)))),
        ("notebooks", there.notebooks),
        ("content", there.content or "as shipped"),
    )
    for name, place in rows:
        typer.echo(f"{name:<10} {place}")
