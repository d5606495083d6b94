"""Rows, from a server into a SQLite file and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Select,
    Table,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mlmgmt_widgets.workspace.contents import TABLES
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.schema import MIGRATIONS
from mlmgmt_widgets.workspace.tables import Base

_ROWS = 100  # at a time; a row may hold a whole review
_LOCK_MILLISECONDS = 400  # below the second after which PostgreSQL ends one of two who wait for each other
_ATTEMPTS = 50
_NOT_AVAILABLE = "55P03"  # PostgreSQL's number for a lock that was not given in time


def out_of(connection: Connection, revision: str, path: Path) -> None:
    """Copy all tables into a SQLite file that is empty, as they are in the transaction of `connection`.

    Args:
        connection: to the server.
        revision: of its schema, which the file gets too.
        path: the file.

    Raises:
        WorkspaceError: if the file cannot be written.
        SQLAlchemyError: if the server fails.
    """
    file = Database(URL.create("sqlite", database=str(path)))
    try:
        _create(file, revision)
        for each, columns in _kept(connection):
            for rows in _batches(connection, each, columns):
                with file.writing() as into:
                    into.execute(insert(each), rows)
    finally:
        file.close()


def into(session: Session, path: Path) -> None:
    """Replace all rows by those of a SQLite file; both have the newest schema.

    Args:
        session: a transaction on the server, which is the caller's to end.
        path: the file.

    Raises:
        WorkspaceError: if the file cannot be read.
        SQLAlchemyError: if the server fails.
    """
    connection = session.connection()
    tables = Base.metadata.sorted_tables
    for each in reversed(tables):
        connection.execute(delete(each))
    file = Database(URL.create("sqlite", database=str(path)))
    try:
        for each in tables:
            for rows in _rows_of(file, each):
                connection.execute(insert(each), rows)
    finally:
        file.close()
    if connection.dialect.name == "postgresql":
        _count_on(connection)


def lock(connection: Connection) -> None:
    """Keep everybody else out of the tables until the transaction ends; they wait, and nobody gets an error.

    Raises:
        SQLAlchemyError: if somebody is in them all the time.
    """
    if connection.dialect.name != "postgresql":
        return
    for attempt in range(_ATTEMPTS):
        # Whoever is at work may hold one table and want another that we hold: then we are the one to give way,
        # before the server chooses, and try from the other end.
        names = TABLES if attempt % 2 == 0 else reversed(TABLES)
        trial = connection.begin_nested()
        try:
            connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"))
            connection.execute(text(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE or attempt == _ATTEMPTS - 1:
                raise
            trial.rollback()
        else:
            trial.commit()
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            return


def _create(file: Database, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with file.writing() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def _kept(connection: Connection) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """The tables that are there, with those of their columns that are there: an older schema has fewer."""
    found = inspect(connection)
    names = set(found.get_table_names())
    for each in Base.metadata.sorted_tables:
        if each.name in names:
            there = {one["name"] for one in found.get_columns(each.name)}
            yield each, [one for one in each.columns if one.name in there]


def _rows_of(file: Database, each: Table) -> Iterator[list[dict[str, Any]]]:
    with file.reading() as session:
        yield from _batches(session.connection(), each, list(each.columns))


def _batches(connection: Connection, each: Table, columns: list[Column[Any]]) -> Iterator[list[dict[str, Any]]]:
    query = select(*columns).order_by(*each.primary_key)
    for rows in connection.execute(query, execution_options={"yield_per": _ROWS}).partitions():
        yield [dict(row._mapping) for row in rows]  # noqa: SLF001 - its public name, says SQLAlchemy


def _count_on(connection: Connection) -> None:
    """Have the server number new rows after those that were put in with a number of their own."""
    for each in Base.metadata.sorted_tables:
        counter = each.autoincrement_column
        if counter is None or not isinstance(counter.type, Integer):
            continue
        newest: Select[Any] = select(func.coalesce(func.max(column(counter.name)), 0) + 1).select_from(table(each.name))
        sequence = func.pg_get_serial_sequence(each.name, counter.name)
        connection.execute(select(func.setval(sequence, newest.scalar_subquery(), False)))
