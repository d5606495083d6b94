"""The database: whether it can be reached and written, is sound, and is what this program knows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from mlmgmt_widgets.doctor.finding import Finding, look, ok, wrong
from mlmgmt_widgets.doctor.folders import is_open
from mlmgmt_widgets.words import listed
from mlmgmt_widgets.workspace import contents
from mlmgmt_widgets.workspace.address import in_words
from mlmgmt_widgets.workspace.contents import TABLES, Contents, State
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.schema import REVISIONS
from mlmgmt_widgets.workspace.whole_file import size_in_words

_PATIENCE = 2.0  # seconds
_LARGE_JOURNAL = 64_000_000  # bytes; SQLite empties it every few, unless somebody keeps reading
_ROOM = 120  # connections: a hundred participants, and some
_BACK = "Put a copy back: mlmgmt restore FILE --force"
_AHEAD = timedelta(minutes=5)


def file(path: Path) -> Iterator[Finding]:
    """Look at a SQLite file."""
    if not path.exists():
        above = next(each for each in path.parents if each.exists())
        if os.access(above, os.W_OK | os.X_OK):
            yield ok("database", f"{path}, which the first start makes.")
        else:
            yield wrong("database", f"{path} cannot be made.", f"Open {above} to you, or name another with --database.")
        return
    if is_open(path):
        says = f"Others on this machine may read every answer in {path}."
        yield wrong("private", says, f"Take that right away: chmod go= {path}*")
    try:
        with closing(_opened(path)) as connection:
            yield from _file(connection, path)
    except sqlite3.Error as error:
        yield _broken(error, path)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, timeout=_PATIENCE)


def _file(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    found = contents.of_file(connection)
    yield ok("database", f"{path} holds {found.in_words()} ({size_in_words(path.stat().st_size)}).")
    yield _schema(found, str(path))
    if found.state in {State.FOREIGN, State.NEWER}:
        return
    if damage := contents.damage(connection):
        yield wrong("integrity", f"{path} is damaged: SQLite says “{damage}”.", f"{_BACK}.")
        return
    if orphans := contents.orphans(connection):
        says = f"{path} is damaged: rows of {listed(orphans)} point to nothing."
        yield wrong("integrity", says, f"{_BACK}.")
    else:
        yield ok("integrity", "No page is damaged, and every row points to one that is there.")
    yield from _writable(connection, path)
    yield from _journal(connection, path, found)
    yield from _clock(_newest_in_file(connection, found))


def _schema(found: Contents, place: str) -> Finding:
    missing = sorted(set(TABLES) - set(found.rows))
    if found.state is State.CURRENT and missing:
        return wrong("schema", f"{place} lacks what it should hold: {listed(missing)}.", f"{_BACK}.")
    if found.state is State.FOREIGN:
        return wrong("schema", f"{place} holds the tables of another program.", "Name another database.")
    if found.state is State.NEWER:
        says = f"{place} was written by a newer version (schema {found.revision}; this one knows {REVISIONS[-1]})."
        return wrong("schema", says, "Update mlmgmt-widgets.")
    if found.state is State.OLDER:
        says = (
            f"{place} is of an older version (schema {found.revision} of {REVISIONS[-1]}); the next start updates it."
        )
        return look("schema", says, "Make a copy before: mlmgmt backup FILE.")
    if found.state is State.EMPTY:
        return ok("schema", f"{place} is empty; the first start makes the tables.")
    return ok("schema", f"The newest ({found.revision}).")


def _writable(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        says = f"Somebody has been writing into {path} for more than {_PATIENCE:.0f} seconds, and others wait."
        yield look("writing", says, "Look for a program that has it open, and end it.")
    else:
        yield ok("writing", "It can be written.")


def _journal(connection: sqlite3.Connection, path: Path, found: Contents) -> Iterator[Finding]:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal" and found.state is not State.EMPTY:
        says = f"Readers and writers of {path} wait for each other (journal mode {mode})."
        yield look("journal", says, "The next start of `mlmgmt serve` sets it right.")
    journal = path.with_name(path.name + "-wal")
    with suppress(OSError):
        size = journal.stat().st_size
        if size > max(_LARGE_JOURNAL, 4 * path.stat().st_size):
            says = f"{journal} has grown to {size_in_words(size)}: somebody has been reading for long."
            yield look("journal", says, "Start the server again; never delete this file, it holds answers.")


def _broken(error: sqlite3.Error, path: Path) -> Finding:
    said = str(error)
    if "not a database" in said:
        return wrong("database", f"{path} is another kind of file.", f"Name another database. {_BACK}.")
    if "unable to open" in said or "readonly" in said:  # which of the two depends on what lies beside the file
        return wrong("writing", f"{path} cannot be written to.", "You must be allowed to write it and its folder.")
    if "locked" in said:
        return look("writing", f"{path} is busy.", "Look for a program that has it open, and end it.")
    return wrong("integrity", f"{path} is damaged: SQLite says “{said}”.", f"{_BACK}.")


def server(url: URL) -> Iterator[Finding]:
    """Look at a database on a server.

    Raises:
        WorkspaceError: if it cannot be reached, in a sentence.
    """
    database = Database(url)
    try:
        with database.reading() as session:
            connection = session.connection()
            found = contents.of_server(connection)
            yield ok("database", f"{in_words(url)} holds {found.in_words()}.")
            yield _schema(found, in_words(url))
            if connection.dialect.name == "postgresql":
                yield from _postgresql(connection, in_words(url))
            if found.state is State.CURRENT:
                yield from _clock(connection.scalar(text("SELECT max(created_at) FROM workshops")))
    finally:
        database.close()


def _postgresql(connection: Connection, place: str) -> Iterator[Finding]:
    if connection.scalar(text("SHOW transaction_read_only")) == "on":
        yield wrong("writing", f"{place} may only be read.", "Name the main server, not a copy of it.")
    if not connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")):
        says = f"This user may not make tables in {place}, as a start after an update must."
        yield look("writing", says, "Grant CREATE on the schema.")
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        yield wrong("encoding", f"{place} keeps {encoding}, in which not everything can be said.", "Make it in UTF8.")
    setting = "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    room = int(connection.scalar(text(setting)) or 0)
    if room < _ROOM:
        says = f"{place} takes {room} connections, and every open page has one: more pages than that cannot be open."
        yield look("connections", says, "Raise max_connections there, or set --max-participants below it.")
    else:
        yield ok("connections", f"{room}, one for every open page.")


def _newest_in_file(connection: sqlite3.Connection, found: Contents) -> datetime | None:
    if "workshops" not in found.rows:
        return None
    (newest,) = connection.execute("SELECT max(created_at) FROM workshops").fetchone()
    return datetime.fromisoformat(newest) if newest else None


def _clock(newest: datetime | None) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if newest is None:
        return
    newest = newest if newest.tzinfo else newest.replace(tzinfo=UTC)
    if newest > now + _AHEAD:
        says = f"This machine says it is {now:%Y-%m-%d %H:%M} UTC, but a workshop was made at {newest:%Y-%m-%d %H:%M}."
        yield wrong("clock", says, "Set the clock right.")
