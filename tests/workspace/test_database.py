"""How the database is set up, and what people read when it fails."""

from __future__ import annotations

import builtins
import os
import re
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.databases import imported

from mlmgmt_widgets.errors import Passing, in_full
from mlmgmt_widgets.workspace import Workspace, WorkspaceError, database
from mlmgmt_widgets.workspace.address import parse
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import StorageFault


def refusal(address: str) -> str:
    """What whoever runs the program reads; a visitor of a page reads nothing of the place."""
    with pytest.raises(WorkspaceError) as refused:
        Workspace.open(address)
    sentence = in_full(refused.value)
    for each in (sentence, str(refused.value)):
        assert "\n" not in each
        assert "hunter2" not in each
    assert not any(sign in str(refused.value) for sign in ("/", "127.0.0.1", ".sqlite"))
    return sentence


@contextmanager
def failing(in_words: str, note: str) -> Iterator[None]:
    """The block fails in a way that passes, with this sentence for a visitor and that note for whoever serves."""
    with pytest.raises(StorageFault, match=in_words) as failed:
        yield
    assert isinstance(failed.value, Passing)
    assert "/" not in str(failed.value)
    assert re.search(note, in_full(failed.value))


@pytest.fixture
def sqlite_file(tmp_path) -> Path:
    return tmp_path / "workspace.sqlite"


@pytest.fixture
def opened(sqlite_file):
    with Workspace.open(f"sqlite:///{sqlite_file}") as workspace:
        yield workspace


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL: on disk before a commit returns
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ],
)
def test_sqlite_is_set_up_to_lose_nothing(opened, pragma, value):
    with opened._database.reading() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


@pytest.mark.usefixtures("opened")
def test_a_restored_backup_gets_its_write_ahead_log_again(sqlite_file, tmp_path):
    copy = tmp_path / "copy.sqlite"
    with sqlite3.connect(sqlite_file) as connection:
        connection.execute(f"VACUUM INTO '{copy}'")
    connection.close()
    with Workspace.open(f"sqlite:///{copy}") as workspace, workspace._database.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_a_write_that_raises_leaves_nothing(opened):
    def fail_after(insert):
        with opened._database.writing() as session:
            session.execute(text(insert))
            raise LookupError

    with pytest.raises(LookupError):
        fail_after("INSERT INTO mlmgmt_version VALUES ('x')")
    with opened._database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM mlmgmt_version")) == 1


def test_a_transaction_that_reads_and_then_writes_waits_for_its_turn(opened, sqlite_file):
    other = Database(parse(f"sqlite:///{sqlite_file}"))
    with opened._database.writing() as session:
        session.execute(text("SELECT * FROM workshops"))
        monkey = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            monkey.execute("BEGIN IMMEDIATE")
        monkey.close()
        with other.reading() as reader:  # and nobody who reads has to wait
            assert reader.scalar(text("SELECT count(*) FROM workshops")) == 0
        session.execute(text("UPDATE mlmgmt_version SET version_num = version_num"))
    other.close()


def test_a_busy_database_is_a_sentence_and_works_again_afterwards(sqlite_file, rubric, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with Workspace.open(f"sqlite:///{sqlite_file}") as workspace:
        blocker = sqlite3.connect(sqlite_file, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with failing("storage is busy; nothing was saved. Please try again", f"{sqlite_file} is busy"):
            workspace.workshops.create(rubric, "Search")
        blocker.execute("ROLLBACK")
        blocker.close()
        assert workspace.workshops.create(rubric, "Search").team == "Search"


def test_a_full_disk_is_a_sentence_and_what_was_there_stays(opened, rubric):
    code = opened.workshops.create(rubric, "Search").code
    with opened._database.reading() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count={pages}"))

    def fill() -> None:
        for _ in range(50):
            opened.workshops.create(rubric, "Search")

    with failing("disk is full; nothing was saved", r"disk that holds /.*\.sqlite is full"):
        fill()
    assert opened.workshops.get(code).rubric == rubric


def test_a_file_that_is_no_database_is_refused_and_left_alone(sqlite_file):
    sqlite_file.write_text("Dear diary, " * 200)
    assert "is another kind of file" in refusal(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_text() == "Dear diary, " * 200


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    assert "cannot be opened" in refusal(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert f"The folder {tmp_path}/file for the workspace cannot be" in refusal(f"sqlite:///{tmp_path}/file/x.sqlite")


def test_a_database_that_may_only_be_read_can_be_read_and_says_so_when_written(opened, sqlite_file, rubric):
    code = opened.workshops.create(rubric, "Search").code
    with Workspace.open(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true") as archive:
        assert archive.workshops.get(code).team == "Search"
        with failing("storage does not work; nothing was saved", "may only be read"):
            archive.workshops.create(rubric, "Search")


@pytest.fixture
def read_only_folder():
    """A folder that even the superuser may not write in here: the test goes on as nobody."""
    folder = Path(tempfile.mkdtemp())
    Workspace.open(f"sqlite:///{folder}/there.sqlite").close()
    (folder / "there.sqlite").chmod(0o444)
    folder.chmod(0o555)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    yield folder
    if superuser:
        os.seteuid(0)
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_read_only_folder_is_a_sentence(read_only_folder):
    assert "you must be allowed to write" in refusal(f"sqlite:///{read_only_folder}/new.sqlite")
    assert "The folder" in refusal(f"sqlite:///{read_only_folder}/deeper/new.sqlite")
    assert "you must be allowed to write" in refusal(f"sqlite:///{read_only_folder}/there.sqlite")


def test_a_server_that_is_not_there_is_a_sentence():
    imported("psycopg")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        sentence = refusal(f"postgresql://ann:hunter2@127.0.0.1:{port}/mlmgmt")
    assert sentence.startswith(f"The database mlmgmt on 127.0.0.1:{port} cannot be reached")


def test_a_database_that_the_server_does_not_have_is_a_sentence(server):
    missing = server.replace("/postgres?", "/missing?")
    assert refusal(missing) == "There is no database missing on this machine; please create it first."


def test_a_user_that_the_server_does_not_know_is_a_sentence(server):
    unknown = server.replace("postgres:@", "ann:hunter2@")
    assert "does not accept this user name or password" in refusal(unknown)


def test_a_missing_driver_is_a_sentence_that_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def without_psycopg(name, *arguments, **keywords):
        if name.startswith("psycopg"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    assert "pip install 'mlmgmt-widgets[postgres]'" in refusal("postgresql://ann:hunter2@db/mlmgmt")


def test_an_unknown_kind_of_database_is_a_sentence():
    assert "use sqlite or postgresql" in refusal("mongodb://ann:hunter2@db/mlmgmt")


def test_a_connection_that_is_lost_in_the_middle_is_a_sentence_and_passes(server, rubric):
    def lose_it(workspace: Workspace, other: Database) -> None:
        with workspace._database.writing() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with other.writing() as stranger:
                stranger.execute(text(f"SELECT pg_terminate_backend({pid})"))
            session.execute(text("SELECT 1"))

    other = Database(parse(server))
    with Workspace.open(server) as workspace:
        with failing("cannot be reached at the moment; nothing was saved", "postgres on this machine"):
            lose_it(workspace, other)
        assert workspace.workshops.create(rubric, "Search").team == "Search"
    other.close()


def test_a_connection_that_the_server_dropped_is_made_anew(server, rubric):
    with Workspace.open(server) as workspace:
        with workspace._database.reading() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
        other = Database(parse(server))
        with other.writing() as session:
            session.execute(text(f"SELECT pg_terminate_backend({pid})"))
        other.close()
        assert workspace.workshops.create(rubric, "Search").team == "Search"


def test_a_fault_is_not_mistaken_for_another_by_the_words_of_its_statement(address):
    insert = "INSERT INTO participants (role) VALUES ('password locked readonly')"

    def write_half_a_row(workspace: Workspace) -> None:
        with workspace._database.writing() as session:
            session.execute(text(insert))

    with (
        Workspace.open(address) as workspace,
        failing("storage does not work; nothing was saved", "could not do that .*; nothing was saved"),
    ):
        write_half_a_row(workspace)
