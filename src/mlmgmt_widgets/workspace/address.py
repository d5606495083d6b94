"""Where the workspace lies: the database's address as people give it, and in words for messages."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mlmgmt_widgets.workspace.errors import WorkspaceError

_EXAMPLES = "sqlite:////home/me/workspace.sqlite or postgresql://user:password@host/name"


def home_folder() -> Path:
    """Return the folder that remembers things when nobody names another: `$MLMGMT_HOME`, else this person's own."""
    home = os.environ.get("MLMGMT_HOME")
    return Path(home).expanduser().absolute() if home else user_data_path("mlmgmt", appauthor=False)


def default_url(home: Path | None = None) -> str:
    """Return the address of the SQLite file that is used when nobody names another.

    Args:
        home: the folder that remembers things; `home_folder()` by default. None of its files is ever served.

    Example:
        >>> default_url().startswith("sqlite:///")
        True
    """
    path = (home or home_folder()) / "workspace" / "workspace.sqlite"
    return _sqlite(path).render_as_string(hide_password=False)


def database_url(address: str | None = None) -> str:
    """Return a database address that means the same in every process and folder, password included.

    Args:
        address: a SQLAlchemy URL; `None` takes `$MLMGMT_DATABASE_URL`, else `default_url()`. A relative
            SQLite path is taken from the current folder, `~` is the home folder, and `postgresql://` or
            `postgres://` uses psycopg.

    Raises:
        WorkspaceError: if it is no database address.

    Example:
        >>> database_url("postgres://ann@db.example/mlmgmt")
        'postgresql+psycopg://ann@db.example/mlmgmt'
    """
    given = address or os.environ.get("MLMGMT_DATABASE_URL") or default_url()
    return parse(given).render_as_string(hide_password=False)


def parse(address: str) -> URL:
    """Read an address as `database_url` describes.

    Raises:
        WorkspaceError: if it is no database address.
    """
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):
        # The text is not repeated: it may hold a password.
        raise WorkspaceError(
            f"That is not the address of a database; write it like {_EXAMPLES}.",
        ) from None
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    path = sqlite_path(url)
    return url.set(database=str(path)) if path else url


def sqlite_path(url: URL) -> Path | None:
    """Return the absolute path of a SQLite file; `None` for a server or a database in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    if url.database.startswith("file:"):
        return None
    return Path(url.database).expanduser().absolute()


def in_words(url: URL) -> str:
    """Name the database in a message, without user and password."""
    path = sqlite_path(url)
    if path:
        return str(path)
    if url.get_backend_name() == "sqlite":
        return "in memory" if not url.database else url.database
    port = f":{url.port}" if url.port else ""
    return f"{url.database or '(no name)'} on {url.host or 'this machine'}{port}"


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))
