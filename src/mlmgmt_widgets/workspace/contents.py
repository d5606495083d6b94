"""What a database holds, and whether it is sound: for copies of it, and for whoever examines it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, func, inspect, select, table, text

from mlmgmt_widgets.words import counted, listed
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.schema import REVISIONS, VERSION_TABLE
from mlmgmt_widgets.workspace.tables import Base

TABLES = tuple(each.name for each in Base.metadata.sorted_tables)  # a row comes after those that it points to

_NAMED = ("workshops", "participants", "answers", "plans", "reviews")  # what people count


class State(Enum):
    """What a database is to this program."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"  # another program's


@dataclass(frozen=True)
class Contents:
    """What a database holds.

    Attributes:
        state: what it is to this program.
        revision: of its schema; `None` where it has none of ours.
        rows: how many there are, by table.
    """

    state: State
    revision: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether anything would be lost with it."""
        return any(self.rows.values())

    def in_words(self) -> str:
        """Say what is there.

        Example:
            >>> Contents(State.CURRENT, "0003", {"workshops": 1, "participants": 9, "plans": 2}).in_words()
            '1 workshop, 9 participants, no answers, 2 plans and no reviews'
        """
        said = [(self.rows.get(name, 0), name) for name in _NAMED]
        return listed([counted(number, name[:-1]) if number else f"no {name}" for number, name in said])


def read_only(path: Path) -> sqlite3.Connection:
    """Open a SQLite file that is to stay as it is, also where nothing may be written beside it."""
    # What is not yet in the file itself lies in its journal; without one, nothing beside the file matters.
    journal = path.with_name(path.name + "-wal")
    how = "mode=ro" if journal.exists() else "immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None)


def of_file(connection: sqlite3.Connection) -> Contents:
    """Return what a SQLite file holds.

    Raises:
        sqlite3.Error: if it is damaged, or no database.
    """
    listing = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    found = {name for (name,) in listing.fetchall()}
    revision = None
    if VERSION_TABLE in found:
        row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 - names of ours
        revision = row and str(row[0])
    rows = {
        name: int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608 - names of ours
        for name in TABLES
        if name in found
    }
    return Contents(_state(found, revision, alone=True), revision, rows)


def of_server(connection: Connection) -> Contents:
    """Return what a database on a server holds, in the transaction that is open.

    Raises:
        SQLAlchemyError: if the server fails.
    """
    found = set(inspect(connection).get_table_names())
    revision = None
    if VERSION_TABLE in found:
        revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a name of ours
    rows = {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in TABLES if name in found
    }
    return Contents(_state(found, revision, alone=False), revision, rows)


def _state(found: set[str], revision: str | None, *, alone: bool) -> State:
    if VERSION_TABLE not in found:
        # A file is ours alone; on a server, others may have tables beside ours.
        return State.FOREIGN if (found if alone else found & set(TABLES)) else State.EMPTY
    if revision is None:
        return State.EMPTY
    if revision not in REVISIONS:
        return State.NEWER
    return State.CURRENT if revision == REVISIONS[-1] else State.OLDER


def damage(connection: sqlite3.Connection) -> str | None:
    """Return what SQLite itself finds wrong with a file, in its words; `None` where nothing is.

    Example:
        >>> damage(sqlite3.connect(":memory:"))
    """
    try:
        (first,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if first == "ok" else " ".join(str(first).split())


def orphans(connection: sqlite3.Connection) -> list[str]:
    """Return the tables with rows that point to rows which are not there.

    Raises:
        sqlite3.Error: if the file is damaged.
    """
    return sorted({str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")})


def refuse_if_not_ours(contents: Contents, place: str) -> None:
    """Refuse another program's database, and a newer version's.

    Raises:
        WorkspaceError: in a sentence with `place` in it.
    """
    if contents.state is State.FOREIGN:
        raise WorkspaceError(f"{place} holds the tables of another program.")
    if contents.state is State.NEWER:
        raise WorkspaceError(
            f"{place} was written by a newer version of mlmgmt (schema {contents.revision}; this one knows "
            f"{REVISIONS[-1]}); please update mlmgmt."
        )


def sound(path: Path, place: Path | None = None) -> Contents:
    """Return what a copy of a workspace holds, having looked at every page of it.

    Args:
        path: the file.
        place: what sentences call it; `path` by default.

    Raises:
        WorkspaceError: if it is damaged, no workspace, or a newer version's.
    """
    name = str(place or path)
    with _in_words(name):
        connection = read_only(path)
        try:
            contents = of_file(connection)
            refuse_if_not_ours(contents, name)
            if contents.state is State.EMPTY:
                raise WorkspaceError(f"{name} is no workspace: there are no tables in it.")
            if found := damage(connection):
                raise WorkspaceError(f"{name} is damaged: SQLite says “{found}”.")
            if tables := orphans(connection):
                raise WorkspaceError(f"{name} is damaged: rows of {listed(tables)} point to nothing.")
        finally:
            connection.close()
    return contents


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "not a database" in said:
            raise WorkspaceError(f"{name} is no workspace: it is another kind of file.") from None
        if "unable to open" in said:
            raise WorkspaceError(f"{name} cannot be opened: is it there, and may you read it?") from None
        raise WorkspaceError(f"{name} is damaged: SQLite says “{said}”.") from None
