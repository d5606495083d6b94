"""A copy of the workspace in one file, whatever database it lives in.

The copy is a SQLite file. That of a SQLite database is equal to it page by page; that of a server holds the same
rows in the same schema. So a copy of either can be put back into either, by `restore.put_back`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from mlmgmt_widgets.workspace import contents, transfer
from mlmgmt_widgets.workspace.address import database_url, in_words, parse, sqlite_path
from mlmgmt_widgets.workspace.contents import Contents, State
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.whole_file import exists, full, whole

_PAGES = 1024  # copied at a time; between two, Ctrl+C is heard
_BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Saved:
    """A copy that was made.

    Attributes:
        place: the file.
        size: of the file, in bytes.
        contents: what it holds.
    """

    place: Path
    size: int
    contents: Contents


def back_up(address: str | None, file: Path | str, *, force: bool = False) -> Saved:
    """Copy the workspace into a file as it is at one moment, while others go on using it.

    Args:
        address: a SQLAlchemy URL; `None` takes `$MLMGMT_DATABASE_URL`, else the file in the home folder.
        file: the copy, which only its owner may read. It appears when it is complete and was checked.
        force: whether the copy may take the place of a file that is there.

    Raises:
        WorkspaceError: if there is nothing to copy, it is damaged or a newer version's, or the copy cannot be
            written, in a sentence; nothing is left behind then.

    Example:
        >>> back_up("sqlite:///workspace.sqlite", "monday.sqlite").contents.rows["answers"]  # doctest: +SKIP
        1085
    """
    url = parse(database_url(address))
    target = Path(file).expanduser().absolute()
    _refuse_place(target, sqlite_path(url), force=force)
    with whole(target, replace=force) as part:
        copy(url, part, target)
        holds = contents.sound(part, target)
    return Saved(target, target.stat().st_size, holds)


def copy(url: URL, part: Path, target: Path) -> None:
    """Copy a database into an empty file.

    Args:
        url: of the database.
        part: the file.
        target: what sentences call it.

    Raises:
        WorkspaceError: if it cannot be done.
    """
    path = sqlite_path(url)
    if path is not None:
        _copy_file(path, part, target)
    elif url.get_backend_name() == "sqlite":
        raise WorkspaceError("A database in memory cannot be copied into a file.")
    else:
        _copy_server(url, part)


def pages(source: sqlite3.Connection, target: sqlite3.Connection, between: Callable[[], object] = bool) -> None:
    """Copy a SQLite database as it is at one moment; who writes to it meanwhile neither waits nor is seen.

    Args:
        source: the database.
        target: what becomes equal to it.
        between: called between two of the steps in which it is copied.

    Raises:
        sqlite3.Error: if it cannot be done.
    """
    # The moment is that of this reading. Without it the copy would begin anew whenever somebody writes, and never
    # end in a full room.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, progress=lambda *_: between())
    finally:
        source.execute("ROLLBACK")


def _copy_file(path: Path, part: Path, target: Path) -> None:
    if not path.is_file():
        raise WorkspaceError(f"There is no database at {path}; the first start of `mlmgmt serve` makes it.")
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as source:
            contents.refuse_if_not_ours(contents.of_file(source), str(path))
            with closing(sqlite3.connect(part, isolation_level=None)) as copied:
                pages(source, copied)
                copied.execute("PRAGMA journal_mode=DELETE")  # one file, that can be read from any disk
    except sqlite3.Error as error:
        raise _fault(error, path, target) from None


def _fault(error: sqlite3.Error, path: Path, target: Path) -> WorkspaceError:
    said = str(error)
    if "full" in said:
        return full(target)
    if "locked" in said:
        return WorkspaceError(f"{path} is busy; no copy was made, please try again in a moment.")
    if "not a database" in said:
        return WorkspaceError(f"{path} is not a workspace: it is another kind of file.")
    if "unable to open" in said:
        return WorkspaceError(f"{path} cannot be opened: you must be allowed to write it and its folder.")
    return WorkspaceError(f"No copy was made of {path}: SQLite says “{said}”; `mlmgmt doctor` examines it.")


def _copy_server(url: URL, part: Path) -> None:
    server = Database(url)
    try:
        with server.reading() as session:
            # All tables as they are at one moment; who writes meanwhile is neither seen nor kept waiting.
            connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            found = contents.of_server(connection)
            contents.refuse_if_not_ours(found, in_words(url))
            if found.state is State.EMPTY or found.revision is None:
                raise WorkspaceError(f"There is no workspace in {in_words(url)} yet.")
            transfer.out_of(connection, found.revision, part)
    finally:
        server.close()


def _refuse_place(target: Path, database: Path | None, *, force: bool) -> None:
    if database is not None and any(_same(target, database.with_name(database.name + each)) for each in _BESIDE):
        raise WorkspaceError(f"{target} is the database itself; choose another file for its copy.")
    if target.is_dir():
        raise WorkspaceError(f"{target} is a folder; name a file in it, such as {target / 'workspace-copy.sqlite'}.")
    if not target.parent.is_dir():
        raise WorkspaceError(f"There is no folder {target.parent}.")
    if os.path.lexists(target):
        if not force:
            raise exists(target)
        if not target.is_file():
            raise WorkspaceError(f"{target} is no ordinary file; choose another name.")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))
