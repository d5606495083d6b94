"""All checks, in the order in which one would make them oneself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mlmgmt_widgets.doctor.finding import Finding, guarded

# What a check needs is imported in the check: a package that is missing is a finding of that check alone.


def examine(database: str | None = None, port: int = 8866) -> list[Finding]:
    """Look at this installation and its database. Nothing is changed.

    Args:
        database: a SQLAlchemy URL; by default `$MLMGMT_DATABASE_URL`, else a file in the home folder.
        port: that `mlmgmt serve` is to use.

    Returns:
        What was found, what is well included.

    Example:
        >>> [each.says for each in examine() if each.level == "wrong"]  # doctest: +SKIP
        []
    """
    return [*_installation(database), *guarded("home", partial(_places, database)), *_machine(port)]


def _installation(database: str | None) -> Iterator[Finding]:
    yield from guarded("Python", _python)
    yield from guarded("packages", partial(_packages, database))


def _python() -> Iterator[Finding]:
    from mlmgmt_widgets.doctor import installation

    return installation.python()


def _packages(database: str | None) -> Iterator[Finding]:
    from mlmgmt_widgets.doctor import installation
    from mlmgmt_widgets.workspace.address import database_url

    server = database_url(database).startswith("postgresql")
    return installation.packages(extras=("postgres",) if server else ())


def _places(database: str | None) -> Iterator[Finding]:
    from mlmgmt_widgets.content import shipped
    from mlmgmt_widgets.doctor import folders
    from mlmgmt_widgets.serving.home import find

    there = find()
    yield from guarded("home", partial(folders.home, there.folder))
    yield from guarded("key", partial(folders.key, there.folder))
    yield from guarded("notebooks", partial(folders.notebooks, there.notebooks))
    yield from guarded("content", partial(folders.content, there.content or shipped()))
    yield from guarded("database", partial(_database, database))
    yield from guarded("kernel", partial(_kernel, str(there.notebooks)))


def _database(asked: str | None) -> Iterator[Finding]:
    from mlmgmt_widgets.doctor import database, disks
    from mlmgmt_widgets.serving.home import find
    from mlmgmt_widgets.serving.run import database_of
    from mlmgmt_widgets.workspace.address import parse, sqlite_path

    url = parse(database_of(find(), asked))
    path = sqlite_path(url)
    if path is None:
        yield from database.server(url)
        return
    yield from database.file(path)
    yield from disks.network(path)
    yield from disks.space(path)


def _kernel(folder: str) -> Iterator[Finding]:
    from mlmgmt_widgets.doctor import machine

    yield from machine.forking()
    yield from machine.kernel(folder)


def _machine(port: int) -> Iterator[Finding]:
    from mlmgmt_widgets.doctor import machine

    yield from guarded("port", partial(machine.port, port))
    yield from guarded("processors", machine.processors)
    yield from guarded("memory", machine.memory)
    yield from guarded("open files", machine.open_files)
