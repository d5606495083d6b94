"""A copy of the workspace that is put back, into a SQLite file or a server.

What is in the database is replaced in one transaction, so that it is at every moment either what it was or what it
becomes. A SQLite file is refused while anybody has it open, which SQLite can tell. Of a server that cannot be told
reliably: it is locked for that transaction instead, and who uses it waits and then sees what was put back.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL

from mlmgmt_widgets.workspace import backup, contents, transfer
from mlmgmt_widgets.workspace.address import database_url, in_words, parse, sqlite_path
from mlmgmt_widgets.workspace.contents import Contents, State
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.schema import bring_up_to_date
from mlmgmt_widgets.workspace.whole_file import full, whole

_PATIENCE = 1.0  # seconds; a kernel that has just ended lets go within one


@dataclass(frozen=True)
class Restored:
    """A copy that was put back.

    Attributes:
        place: the database, in words.
        contents: what it holds now.
        kept: where what was there before is; `None` where nothing was.
    """

    place: str
    contents: Contents
    kept: Path | None


def put_back(file: Path | str, address: str | None = None, *, force: bool = False) -> Restored:
    """Put a copy back as the workspace; one of an older version is brought up to date on the way.

    Args:
        file: what `backup.back_up` wrote, or any sound copy of a workspace's SQLite file. It stays as it is.
        address: a SQLAlchemy URL; `None` takes `$MLMGMT_DATABASE_URL`, else the file in the home folder.
        force: whether to replace what is there, which is then kept in a file: beside a SQLite database, or
            beside `file` for a server.

    Raises:
        WorkspaceError: if the copy is damaged, no workspace or a newer version's, or if the database is in use,
            another program's, or holds something and `force` was not given. The database is then as it was.

    Example:
        >>> put_back("monday.sqlite", "postgresql://ann@db.example/mlmgmt").place  # doctest: +SKIP
        'mlmgmt on db.example'
    """
    source = Path(file).expanduser().absolute()
    url = parse(database_url(address))
    path = sqlite_path(url)
    if not source.is_file():
        raise WorkspaceError(f"There is no file {source}.")
    if path is not None and path.exists() and path.samefile(source):
        raise WorkspaceError(f"{source} is the database itself; there is nothing to put back.")
    if path is None and url.get_backend_name() == "sqlite":
        raise WorkspaceError("Nothing is kept in a database in memory; name a file or a server.")
    with _prepared(source) as ready:
        if path is None:
            kept = _into_server(ready, source, url, force=force)
            return Restored(in_words(url), contents.sound(ready), kept)
        kept = _into_file(ready, path, force=force)
        return Restored(in_words(url), contents.sound(path), kept)


@contextmanager
def _prepared(source: Path) -> Iterator[Path]:
    """A copy of the copy, in the newest schema."""
    contents.sound(source)
    with tempfile.TemporaryDirectory(prefix="mlmgmt-") as folder:
        ready = Path(folder) / "workspace.sqlite"
        try:
            with closing(contents.read_only(source)) as old, closing(sqlite3.connect(ready)) as new:
                backup.pages(old, new)
        except sqlite3.Error as error:
            raise full(ready) if "full" in str(error) else WorkspaceError(f"{source}: {error}.") from None
        database = Database(URL.create("sqlite", database=str(ready)))
        try:
            bring_up_to_date(database)
        finally:
            database.close()
        with closing(sqlite3.connect(ready)) as new:
            new.execute("PRAGMA journal_mode=DELETE")
        contents.sound(ready, source)
        yield ready


def _into_file(ready: Path, path: Path, *, force: bool) -> Path | None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"The folder {path.parent} cannot be made: {error.strerror}.") from None
    try:
        if not path.exists():
            return _exchange(ready, path)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)) as connection:
            return _replace(connection, ready, path, force=force)
    except sqlite3.Error as error:
        raise _fault(error, path) from None


def _replace(connection: sqlite3.Connection, ready: Path, path: Path, *, force: bool) -> Path | None:
    there = _alone(connection)
    if there is None:
        if not force:
            raise WorkspaceError(f"{path} is damaged; --force puts the copy in its place and keeps it beside.")
        connection.close()
        return _exchange(ready, path)
    if there.state is State.FOREIGN:
        contents.refuse_if_not_ours(there, str(path))
    kept = None
    if there.anything:
        _refuse_to_lose(there, str(path), force=force)
        kept = _beside(path)
        with whole(kept) as part, closing(sqlite3.connect(part, isolation_level=None)) as copied:
            backup.pages(connection, copied)
            copied.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA journal_mode=DELETE")  # also takes a copy with pages of another size
    with closing(sqlite3.connect(ready)) as new:
        new.backup(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    return kept


def _alone(connection: sqlite3.Connection) -> Contents | None:
    """Keep everybody else out until the connection is closed; return what is there, `None` if it is damaged.

    Raises:
        sqlite3.OperationalError: if anybody else has the file open, busy or not.
    """
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        there = contents.of_file(connection)
        return None if contents.damage(connection) else there
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return None


def _exchange(ready: Path, path: Path) -> Path | None:
    """Put a file where there is none, or one that SQLite cannot read.

    What an earlier one left beside it goes with it: SQLite would take a journal for the new file's.
    """
    kept = _beside(path)
    old = [each for ending in ("", "-wal", "-shm", "-journal") if (each := path.with_name(path.name + ending)).exists()]
    for each in old:
        each.rename(kept.with_name(kept.name + each.name.removeprefix(path.name)))
    _new(ready, path)
    return kept if path in old else None


def _new(ready: Path, path: Path) -> None:
    with whole(path) as part, closing(sqlite3.connect(part)) as new, closing(sqlite3.connect(ready)) as source:
        source.backup(new)


def _into_server(ready: Path, source: Path, url: URL, *, force: bool) -> Path | None:
    server = Database(url)
    kept = None
    try:
        with server.reading() as session:
            there = contents.of_server(session.connection())
        if there.anything:
            _refuse_to_lose(there, in_words(url), force=force)
        bring_up_to_date(server)
        with server.writing() as session:
            connection = session.connection()
            transfer.lock(connection)
            there = contents.of_server(connection)
            if there.anything:
                _refuse_to_lose(there, in_words(url), force=force)
                kept = _beside(source)
                with whole(kept) as part:
                    transfer.out_of(connection, str(there.revision), part)
            transfer.into(session, ready)
    finally:
        server.close()
    return kept


def _refuse_to_lose(there: Contents, place: str, *, force: bool) -> None:
    if not force:
        raise WorkspaceError(
            f"{place} holds {there.in_words()}; nothing was changed. --force replaces them, and keeps them in a file."
        )


def _beside(path: Path) -> Path:
    now = datetime.now().astimezone()
    return path.with_name(f"{path.stem}-before-{now:%Y%m%d-%H%M%S-%f}{path.suffix}")


def _fault(error: sqlite3.Error, path: Path) -> WorkspaceError:
    said = str(error)
    if "locked" in said:
        return WorkspaceError(
            f"{path} is in use: close `mlmgmt serve` and every notebook that has it open, then try again. "
            "Nothing was changed."
        )
    if "full" in said:
        return full(path)
    if "unable to open" in said or "readonly" in said:
        return WorkspaceError(f"{path} cannot be written: you must be allowed to write it and its folder.")
    return WorkspaceError(f"Nothing was put back into {path}: SQLite says “{said}”.")
