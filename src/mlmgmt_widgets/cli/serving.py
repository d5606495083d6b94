"""Commands that open the workbook, and say where it keeps things."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, cast

import typer


class Kernels(StrEnum):
    """How kernels start."""

    FORKED = "forked"
    LOCAL = "local"


def serve(  # noqa: PLR0913 - the options of a command
    host: Annotated[str, typer.Option(help="0.0.0.0 lets phones on the same network in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8866,
    database: Annotated[str | None, typer.Option(help="A SQLAlchemy URL; by default a file of its own.")] = None,
    *,
    kernels: Annotated[
        Kernels | None,
        typer.Option(help="forked or local: how kernels start; by default forked where that is possible."),
    ] = None,
    max_participants: Annotated[
        int | None, typer.Option(min=1, help="How many may be inside at once; by default as many as the memory allows.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the workbook in a browser.")] = False,
) -> None:
    """Serve the workbook with Voila, and print the facilitator's and the participants' links."""
    from mlmgmt_widgets.serving.run import serve as run

    run(
        host,
        port,
        database,
        kernels=cast("Literal['forked', 'local'] | None", kernels and kernels.value),
        max_participants=max_participants,
        open_browser=open_browser,
    )


def lab(
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8888,
    *,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Open the same notebooks in JupyterLab, to read and to change."""
    from mlmgmt_widgets.serving.run import lab as run

    run(port, open_browser=open_browser)


def new(folder: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet.")]) -> None:
    """Lay out notebooks and content of one's own.

    `mlmgmt serve`, started in that folder, uses them.
    """
    from mlmgmt_widgets.serving.folder import new as lay_out

    lay_out(folder)


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
