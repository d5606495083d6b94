"""The connection to the database: how it is opened, how it is locked, and what its faults mean in words."""

from __future__ import annotations

import logging
import random
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.workspace.address import in_words
from mlmgmt_widgets.workspace.errors import StorageFault, WorkspaceError

_log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that a writer waits for its turn
_PAUSE = (0.001, 0.008)  # seconds between two attempts
CONNECT_TIMEOUT = 10  # seconds until a silent server counts as unreachable

# What anybody may read. Visitors of a served page learn neither the file nor the host: those are in the note.
_BUSY = "The server's storage is busy; nothing was saved. Please try again."
_FULL = "The server's disk is full; nothing was saved. Please tell whoever runs the server, then try again."
_AWAY = "The server's storage cannot be reached at the moment; nothing was saved. Please try again."
_BROKEN = "The server's storage does not work; nothing was saved. Please tell whoever runs the server."


class _Fault(NamedTuple):
    sign: str  # a regular expression, found in what the database said
    sentence: str
    in_full: str


_BUSY_FILE = _Fault("locked", _BUSY, "{where} is busy; nothing was saved, please try again in a moment.")
_SQLITE_FAULTS = (
    _Fault("not a database", _BROKEN, "{where} is not a workspace: it is another kind of file."),
    _Fault("unable to open", _BROKEN, "{where} cannot be opened: you must be allowed to write it and its folder."),
    _Fault("readonly", _BROKEN, "{where} may only be read: you must be allowed to write the file and its folder."),
    _BUSY_FILE,
    _Fault("disk is full", _FULL, "The disk that holds {where} is full; nothing was saved."),
    _Fault("malformed", _BROKEN, "{where} is damaged; please put back a backup."),
)
_SERVER_FAULTS = (
    _Fault(
        "password|role .* does not exist", _BROKEN, "The database {where} does not accept this user name or password."
    ),
    _Fault("database .* does not exist", _BROKEN, "There is no database {where}; please create it first."),
    _Fault("permission denied", _BROKEN, "The database {where} does not allow this user to do that."),
    _Fault("read-only", _BROKEN, "The database {where} may only be read."),
    _Fault("no space left|disk full", _FULL, "The disk of the database {where} is full; nothing was saved."),
    _Fault("deadlock|lock timeout|serialize", _BUSY, "The database {where} is busy; nothing was saved."),
    _Fault(
        "too many|remaining connection slots", _BUSY, "The database {where} has no free connection; please try again."
    ),
    _Fault(
        "starting up|shutting down|connect|resolve",
        _AWAY,
        "The database {where} cannot be reached; please check server, host and port.",
    ),
)


class Database:
    """One connection to the workspace's database, opened when first used.

    Args:
        url: an address from `address.parse`.

    Raises:
        WorkspaceError: if the address names an unknown kind of database or its driver is missing.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        try:
            self._engine = _engine(url)
        except ImportError as error:
            raise WorkspaceError(_missing_driver(error, url)) from error
        except (SQLAlchemyError, TypeError) as error:
            raise _wrong_address(error, url) from error
        self._writer = self._engine.execution_options(mlmgmt_writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file (or memory) and not a server."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads; on SQLite it sees one moment throughout and blocks nobody.

        Raises:
            WorkspaceError: if the database fails.
        """
        with self.plain_words(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that writes; it is on disk when the block is left, and undone if that raises.

        On SQLite it takes the write lock at its beginning: a transaction that reads first and then writes
        would fail at once, without waiting, when another process wrote in between.

        Raises:
            WorkspaceError: if the database fails.
        """
        with self.plain_words(), Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def plain_words(self) -> Iterator[None]:
        """Turn faults of the database into sentences.

        Raises:
            StorageFault: in place of the database's own exceptions.
        """
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise _fault(error, self.url) from error

    def use_wal(self) -> None:
        """Let readers and a writer work side by side (kept in the file, so it is done once).

        SQLite does not wait for a lock here, whatever its timeout; several kernels may start at once.
        """
        if not self.is_sqlite:
            return
        deadline = time.monotonic() + PATIENCE
        with self.plain_words():
            while not self._try_wal():
                if time.monotonic() > deadline:
                    raise StorageFault(_BUSY, _BUSY_FILE.in_full.format(where=in_words(self.url)))
                time.sleep(0.05)

    def _try_wal(self) -> bool:
        try:
            self._pragma("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    def forget_deleted(self) -> None:
        """Write what was deleted out of SQLite's journal too.

        Where another process reads it at this moment, it stays until the next time, or until the last process that
        uses the file closes it and takes the journal away.
        """
        if self.is_sqlite:
            with self.plain_words():
                busy, *_ = self._pragma("PRAGMA wal_checkpoint(TRUNCATE)")
            if busy:
                _log.info("SQLite's journal is in use and could not be shortened yet")

    def write_afresh(self) -> None:
        """Write SQLite's file anew from its rows, so that it holds no trace of how it came about (see `arrivals`).

        What cannot be done now, because another process is writing or the disk is full, is left, and nobody's answer
        hangs on it; the log says so.
        """
        if not self.is_sqlite:
            return
        try:
            with self.plain_words():
                self._pragma("VACUUM")
            self.forget_deleted()
        except StorageFault as fault:
            _log.warning("the order of writing could not be forgotten yet: %s", in_full(fault))

    def _pragma(self, statement: str) -> tuple[Any, ...]:
        connection = self._engine.raw_connection()
        try:
            return tuple(connection.cursor().execute(statement).fetchone() or ())
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connection; it would be opened again when used."""
        self._engine.dispose()


def _engine(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    arguments: dict[str, Any] = {}
    if sqlite:
        arguments = {"timeout": PATIENCE, "check_same_thread": False}
    elif url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        arguments = {"connect_timeout": CONNECT_TIMEOUT}
    engine = create_engine(
        url,
        connect_args=arguments,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=not sqlite,
        hide_parameters=True,
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own idea of when a transaction begins is switched off: _begin_sqlite says so.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("mlmgmt_writes"):
        _begin_writing(cast("sqlite3.Connection", connection.connection.dbapi_connection))
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: sqlite3.Connection) -> None:
    """Wait for the write lock; everybody who waits has the same chance at it.

    SQLite's own waiting asks ever more rarely: under pressure, whoever has waited longest is served last.
    """
    deadline = time.monotonic() + PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while not _begun(connection, deadline):
            time.sleep(random.uniform(*_PAUSE))  # noqa: S311 - keeps waiters out of step, keeps no secret
    finally:
        connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")


def _begun(connection: sqlite3.Connection, deadline: float) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) or time.monotonic() > deadline:
            raise
        return False
    return True


def _missing_driver(error: ImportError, url: URL) -> str:
    if url.get_backend_name() == "postgresql":
        return "PostgreSQL needs a driver: pip install 'mlmgmt-widgets[postgres]'."
    return f"Databases of the kind {url.drivername} need a driver that is not installed ({error.name})."


def _wrong_address(error: Exception, url: URL) -> WorkspaceError:
    if isinstance(error, NoSuchModuleError):
        return WorkspaceError(f"Databases of the kind {url.drivername} are not known here; use sqlite or postgresql.")
    return WorkspaceError(_BROKEN, f"The address of the database {in_words(url)} has a part that is not understood.")


def _fault(error: Exception, url: URL) -> StorageFault:
    # Without the statement and the row that failed: their words would mislead.
    cause = getattr(error, "orig", None) or error
    where, text = in_words(url), str(cause).lower().partition("detail:")[0]
    faults = _SQLITE_FAULTS if url.get_backend_name() == "sqlite" else _SERVER_FAULTS
    for fault in faults:
        if re.search(fault.sign, text):
            return StorageFault(fault.sentence, fault.in_full.format(where=where))
    return StorageFault(_BROKEN, f"The database {where} could not do that ({type(cause).__name__}); nothing was saved.")
