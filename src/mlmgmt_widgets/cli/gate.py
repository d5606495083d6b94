"""`mlmgmt gate`: whether a model may go on."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mlmgmt_widgets.cli import printed
from mlmgmt_widgets.content import ContentError, Fault, shown
from mlmgmt_widgets.errors import Refusal


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
        typer.echo(printed.as_json(verdict.to_dict()) if as_json else summary.text(asked, verdict))
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
