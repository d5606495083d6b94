"""What holds for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mlmgmt_widgets import cli
from tests import databases

# No test fails, and none is refused, for how long something took: machines that run tests are busy.
settings.register_profile("workbook", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For an evening: HYPOTHESIS_PROFILE=thorough tries forty times as much, and other things with each --hypothesis-seed.
settings.register_profile("thorough", settings.get_profile("workbook"), max_examples=4_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "workbook"))

Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def mlmgmt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: returns its exit status and what it printed to both streams."""

    def run(*arguments: object) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["mlmgmt", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return ended.value.code, printed.out, printed.err

    return run


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    with databases.postgresql() as address:
        yield address


@pytest.fixture
def postgresql_database(postgresql: str) -> str:
    """The address of a PostgreSQL database that nobody has used yet."""
    return databases.nobodys(postgresql)


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has used yet: SQLite's, or of each kind in a test marked `ON_BOTH`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    database: str = request.getfixturevalue("postgresql_database")
    return database
