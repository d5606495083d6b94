from __future__ import annotations

from pathlib import Path

import pytest

from mlmgmt_widgets.workspace import Workspace, WorkspaceError, database_url, default_url
from mlmgmt_widgets.workspace.address import in_words, parse


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    monkeypatch.delenv("MLMGMT_DATABASE_URL", raising=False)
    monkeypatch.delenv("MLMGMT_HOME", raising=False)


def test_the_workspace_lies_in_the_home_folder_that_was_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MLMGMT_HOME", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path}/workspace/workspace.sqlite"
    assert database_url() == default_url()


def test_without_a_home_folder_it_lies_with_the_persons_own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Path(default_url().removeprefix("sqlite:///")).name == "workspace.sqlite"
    assert "mlmgmt" in default_url()


def test_opening_creates_the_folder_for_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.setenv("MLMGMT_HOME", str(tmp_path / "home"))
    with Workspace.open() as workspace:
        assert workspace.place == str(tmp_path / "home" / "workspace" / "workspace.sqlite")
    folder = tmp_path / "home" / "workspace"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "workspace.sqlite").exists()


def test_the_environment_names_the_database_and_an_argument_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("MLMGMT_DATABASE_URL", f"sqlite:///{tmp_path}/a.sqlite")
    assert database_url().endswith("/a.sqlite")
    assert database_url(f"sqlite:///{tmp_path}/b.sqlite").endswith("/b.sqlite")


def test_a_relative_path_means_the_same_in_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert database_url("sqlite:///mine.sqlite") == f"sqlite:///{tmp_path}/mine.sqlite"


def test_a_tilde_is_the_home_folder():
    assert database_url("sqlite:///~/mine.sqlite") == f"sqlite:///{Path.home()}/mine.sqlite"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_uses_the_driver_of_our_extra_and_keeps_the_password(scheme):
    assert database_url(f"{scheme}://ann:p%40ss@db:5433/m") == "postgresql+psycopg://ann:p%40ss@db:5433/m"


@pytest.mark.parametrize(
    "address", ["mine.sqlite", "/home/me/mine.sqlite", "sqlite", "postgresql://u:hunter2@h:port/x"]
)
def test_what_is_no_address_is_refused_with_an_example(address):
    with pytest.raises(WorkspaceError, match=r"not the address of a database; write it like sqlite:///") as refused:
        Workspace.open(address)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_database_is_named_without_its_user_and_password():
    url = parse("postgresql://ann:hunter2@db.example:5433/mlmgmt?password=hunter2")
    assert in_words(url) == "mlmgmt on db.example:5433"
