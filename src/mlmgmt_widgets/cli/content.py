"""Commands that read content: whether it is valid, and what follows from it."""

from typing import Annotated

import typer

from mlmgmt_widgets.cli import printed
from mlmgmt_widgets.content import ContentError, Fault


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


def schema(kind: Annotated[str, typer.Argument(help="rubric, plan, checklist or review")]) -> None:
    """Print the JSON Schema of a kind of content, for editors."""
    from mlmgmt_widgets import kinds

    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **kinds.kind_named(kind).model().model_json_schema(),
    }
    typer.echo(printed.as_json(described))


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
    typer.echo(printed.as_json(result.to_dict()) if as_json else summary.text(asked, result))


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
    typer.echo(printed.as_json(found.to_dict()) if as_json else summary.text(found))
