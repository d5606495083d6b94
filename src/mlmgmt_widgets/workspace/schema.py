"""Brings a database to the schema that this program knows, or refuses it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, func, inspect, select

from mlmgmt_widgets.workspace.address import in_words
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import WorkspaceError

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "mlmgmt_version"

# Every revision in migrations/versions, oldest first. They are named here too so that a kernel that finds a
# current database need not import Alembic.
REVISIONS = ("0001", "0002", "0003", "0004")

_TABLES = {
    "workshops",
    "participants",
    "answers",
    "decisions",
    "plans",
    "plan_versions",
    "reviews",
    "review_revisions",
}
_LOCK = 0x6D6C6D676D74  # PostgreSQL's advisory locks have numbers; this one spells mlmgmt

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))


def bring_up_to_date(database: Database) -> None:
    """Create or migrate the schema, under a lock: of several processes that start at once, one does it.

    Raises:
        WorkspaceError: if the database is newer than this program or belongs to something else (it is then
            left untouched), or fails.
    """
    with database.reading() as session:
        current = _revision(session.connection(), database) == REVISIONS[-1]
    if not current:
        _migrate(database)
    database.use_wal()


def _migrate(database: Database) -> None:
    # Imported before the lock is taken: nobody should wait for an import.
    from alembic import command
    from alembic.config import Config

    database.use_wal()
    with database.writing() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if _revision(connection, database) == REVISIONS[-1]:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    database.write_afresh()  # what a migration wrote anew is not to be found in the file as it was


def _revision(connection: Connection, database: Database) -> str | None:
    """Return the stored revision, `None` for a database without our tables.

    Raises:
        WorkspaceError: if the revision is not one of ours, or other tables are in the way.
    """
    found = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in found:
        # A file is ours alone; on a server, others may have tables beside ours.
        if found if database.is_sqlite else found & _TABLES:
            raise WorkspaceError(
                "The server's storage belongs to another program. Please tell whoever runs the server.",
                f"{in_words(database.url)} holds the tables of another program; please choose another database.",
            )
        return None
    revision = connection.scalar(select(_version.c.version_num))
    if revision is not None and revision not in REVISIONS:
        raise WorkspaceError(
            "The server's storage is newer than its program. Please tell whoever runs the server.",
            f"{in_words(database.url)} was written by a newer version of mlmgmt (schema {revision}; this one "
            f"knows {REVISIONS[-1]}); please update mlmgmt. Nothing was changed.",
        )
    return revision
