"""Commands for whoever looks after an installation: copies of the database, and what is wrong."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from mlmgmt_widgets.cli import printed

_DATABASE = typer.Option(metavar="URL", help="A SQLAlchemy URL; by default what `mlmgmt where` prints.")


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes: a new file.")],
    *,
    database: Annotated[str | None, _DATABASE] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Copy the database into one file, also while it is in use."""
    from mlmgmt_widgets.workspace.backup import back_up
    from mlmgmt_widgets.workspace.whole_file import size_in_words

    saved = back_up(_address(database), file, force=force)
    typer.echo(f"Saved {saved.contents.in_words()} in {saved.place} ({size_in_words(saved.size)}).")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `mlmgmt backup` wrote.")],
    *,
    database: Annotated[str | None, _DATABASE] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; it is kept in a file of its own.")
    ] = False,
) -> None:
    """Put a copy back as the database."""
    from mlmgmt_widgets.workspace.restore import put_back

    restored = put_back(file, _address(database), force=force)
    typer.echo(f"Restored {restored.contents.in_words()} into {restored.place}.")
    if restored.kept:
        typer.echo(f"What was there before is kept in {restored.kept}.")


def _address(database: str | None) -> str:
    from mlmgmt_widgets.serving.home import find
    from mlmgmt_widgets.serving.run import database_of

    # Told to stop, a copy is given up as by Ctrl+C: nothing of it is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return database_of(find(), database)


def doctor(
    *,
    database: Annotated[str | None, _DATABASE] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="That `mlmgmt serve` is to use.")] = 8866,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same for programs.")] = False,
) -> int:
    """Say what is wrong with this installation and its database: exit status 0 if nothing is, else 1."""
    from mlmgmt_widgets.doctor import as_data, examine, text

    findings = examine(database, port)
    typer.echo(printed.as_json(as_data(findings)) if as_json else text(findings))
    return 1 if any(each.level == "wrong" for each in findings) else 0
