"""Copies of the workspace: of one moment, complete or not there at all, and equal to what they were made of."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, text
from tests.workspace.conftest import toy_checklist, toy_plan, toy_review, toy_rubric
from tests.workspace.test_schema import TOKEN, everything_in, first_revision

from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.workspace import Decision, Workspace, WorkspaceError, backup, schema
from mlmgmt_widgets.workspace.address import parse
from mlmgmt_widgets.workspace.backup import back_up
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.restore import put_back

WRITERS = 20


def fill(address: str) -> None:
    """A bit of everything, with what is easily lost on the way: text beyond ASCII, nothing, a deleted row."""
    with Workspace.open(address) as workspace:
        workshops = workspace.workshops
        gone = workshops.create(toy_rubric(), "Gone").code
        code = workshops.create(toy_rubric(), "Größe 🚀", smallest_group=3, roles=["Ops", "Data"]).code
        for number, said in enumerate([0, 4.0, "na", "dk", None]):
            token = f"{number:032x}"
            workshops.enter(code, token, "Ops")
            workshops.record(code, token, "q1", 1, "ein “Zitat”\n=1+1", sequence=2**40)
            workshops.record(code, token, "q2", said, sequence=2**40 + 1)
            workshops.finish(code, token, finished=True)
        workshops.reveal(code)
        workshops.delete(gone)
        workspace.plans.save("Ranking", toy_plan(), {"p80": 1 / 3, "none": None})
        workspace.reviews.begin(toy_checklist(), toy_review())


def everything(address: str) -> dict[str, list[Any]]:
    """All rows of all tables as the driver gives them, read by a way that is not the program's."""
    engine = create_engine(parse(address))
    try:
        return {name: sorted(map(in_utc, rows), key=repr) for name, rows in everything_in(engine).items()}
    finally:
        engine.dispose()


def in_utc(row: Any) -> tuple[Any, ...]:
    """A row with its moments as a file keeps them: a server says them in its own time zone."""
    return tuple(
        value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        for value in row
    )


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def leftovers(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name.startswith("."))


def refused(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(WorkspaceError) as error:
        call(*arguments, **options)
    sentence = in_full(error.value)
    assert "\n" not in sentence
    assert "hunter2" not in sentence
    return sentence


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "workspace.sqlite"
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture
def filled(made: Path, tmp_path: Path) -> Path:
    """A workspace in a file."""
    return Path(shutil.copy(made, tmp_path / "workspace.sqlite"))


@pytest.fixture
def full(request: pytest.FixtureRequest, address: str) -> str:
    """A workspace of either kind."""
    if address.startswith("sqlite"):
        request.getfixturevalue("filled")
    else:
        fill(address)
    return address


def test_a_copy_holds_every_row_and_is_for_its_owner_alone(full, tmp_path):
    copy = tmp_path / "copy.sqlite"
    saved = back_up(full, copy)
    assert everything(f"sqlite:///{copy}") == everything(full)
    assert saved.contents.in_words() == "1 workshop, 5 participants, 10 answers, 1 plan and 1 review"
    assert (saved.place, saved.size) == (copy, copy.stat().st_size)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert leftovers(tmp_path) == []


def test_a_copy_of_a_file_is_the_same_to_sqlite_itself(filled, tmp_path):
    copy = tmp_path / "copy.sqlite"
    back_up(f"sqlite:///{filled}", copy)
    assert dump(copy) == dump(filled)
    if shell := shutil.which("sqlite3"):
        said = [
            subprocess.run([shell, each, ".dump"], capture_output=True, check=True).stdout for each in (filled, copy)
        ]
        assert said[0] == said[1]
        assert b"Ranking" in said[0]
    # One file, readable where nothing can be written beside it.
    assert sqlite3.connect(copy).execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_what_is_only_in_the_journal_yet_is_copied(filled, tmp_path):
    with closing(sqlite3.connect(filled, isolation_level=None)) as holder:
        holder.execute("BEGIN")
        holder.execute("SELECT * FROM workshops").fetchall()  # keeps the journal from being emptied
        with Workspace.open(f"sqlite:///{filled}") as workspace:
            code = workspace.workshops.create(toy_rubric(), "Late").code
        assert filled.with_name(filled.name + "-wal").stat().st_size > 0
        back_up(f"sqlite:///{filled}", tmp_path / "copy.sqlite")
    assert f"'{code}'" in "".join(dump(tmp_path / "copy.sqlite"))


@contextmanager
def writing_pairs(address: str, people: list[int]) -> Iterator[list[int]]:
    """Everybody writes into two tables in each transaction, as quickly as they can; yields how often each did."""
    workshop = everything(address)["workshops"][0][0]
    stop = threading.Event()
    written = [0] * len(people)
    failed: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            write_on(writer)
        except BaseException as error:  # noqa: BLE001 - told to whoever started it
            failed.append(error)

    def write_on(writer: int) -> None:
        database = Database(parse(address))
        while not stop.is_set():
            with database.writing() as session:
                row = {"p": people[writer], "q": f"n{written[writer]}", "s": written[writer]}
                session.execute(text("INSERT INTO answers VALUES (:p, :q, '1', '', :s)"), row)
                row = {"w": workshop, "q": f"{people[writer]} n{written[writer]}"}
                session.execute(text("INSERT INTO decisions VALUES (:w, :q, NULL, '', '')"), row)
            written[writer] += 1
        database.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(len(people))]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert failed == []


def pairs_in(path: Path) -> list[int]:
    """Whose pairs a copy holds; none of them is half a pair."""
    with closing(sqlite3.connect(path)) as copy:
        said = copy.execute("SELECT participant_id, question FROM answers WHERE question GLOB 'n*'").fetchall()
        agreed = copy.execute("SELECT question FROM decisions WHERE question GLOB '* n*'").fetchall()
    assert {f"{person} {question}" for person, question in said} == {question for (question,) in agreed}
    return [person for person, _ in said]


def test_a_copy_made_while_twenty_write_is_of_one_moment(address, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_PAGES", 1)  # as many steps as there would be with a large database
    with Workspace.open(address) as workspace:
        code = workspace.workshops.create(toy_rubric(), "Search").code
        for number in range(WRITERS):
            workspace.workshops.enter(code, f"{number:032x}")
    people = [row[0] for row in everything(address)["participants"]]
    with writing_pairs(address, people) as written:
        before = [0] * WRITERS
        for number in range(3):
            while not all(now > then for now, then in zip(written, before, strict=True)):
                threading.Event().wait(0.01)
            before = written.copy()
            back_up(address, tmp_path / f"{number}.sqlite")
            after = written.copy()
            assert sum(after) > sum(before)  # nobody was kept waiting for the copy, and it was no quiet moment
            whose = pairs_in(tmp_path / f"{number}.sqlite")
            held = [whose.count(each) for each in people]
            # All that was confirmed before is in it; at most one transaction each may not have been counted yet.
            for least, found, most in zip(before, held, after, strict=True):
                assert least <= found <= most + 1


def test_a_copy_does_not_begin_anew_when_somebody_writes(filled, monkeypatch):
    monkeypatch.setattr(backup, "_PAGES", 1)
    steps = itertools.count()

    def write() -> None:
        assert next(steps) < 3 * filled.stat().st_size // 4096
        other.execute("UPDATE plans SET newest = newest + 1")

    with (
        closing(sqlite3.connect(filled, isolation_level=None)) as source,
        closing(sqlite3.connect(filled, isolation_level=None)) as other,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as copied,
    ):
        before = list(source.iterdump())
        backup.pages(source, copied, write)
        assert list(copied.iterdump()) == before != list(source.iterdump())


@pytest.mark.parametrize("force", [False, True])
def test_the_database_itself_is_never_written_over(filled, tmp_path, force):
    before = filled.read_bytes()
    link = tmp_path / "link.sqlite"
    link.symlink_to(filled)
    for target in (filled, link, tmp_path / "workspace.sqlite-wal"):
        assert "is the database itself" in refused(back_up, f"sqlite:///{filled}", target, force=force)
    assert filled.read_bytes() == before


def test_a_file_that_is_there_is_written_over_only_when_that_is_asked_for(full, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_text("mine")
    assert "is there already; nothing was written. --force" in refused(back_up, full, copy)
    assert copy.read_text() == "mine"
    back_up(full, copy, force=True)
    assert everything(f"sqlite:///{copy}") == everything(full)
    assert leftovers(tmp_path) == []


def test_a_file_that_comes_while_the_copy_is_made_is_kept(filled, tmp_path, monkeypatch):
    copy = tmp_path / "copy.sqlite"
    link = os.link

    def late(part: Path, target: Path) -> None:
        copy.write_text("mine")
        link(part, target)

    monkeypatch.setattr(os, "link", late)
    assert "is there already" in refused(back_up, f"sqlite:///{filled}", copy)
    assert (copy.read_text(), leftovers(tmp_path)) == ("mine", [])


def test_places_where_no_copy_can_be(full, tmp_path):
    assert "is a folder; name a file in it" in refused(back_up, full, tmp_path)
    assert f"There is no folder {tmp_path / 'none'}" in refused(back_up, full, tmp_path / "none" / "copy.sqlite")
    assert "is no ordinary file" in refused(back_up, full, "/dev/null", force=True)
    assert refused(back_up, "sqlite://", tmp_path / "c") == "A database in memory cannot be copied into a file."
    assert "There is no database at" in refused(back_up, f"sqlite:///{tmp_path / 'none'}", tmp_path / "c")
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "none").exists()


def test_nothing_is_copied_of_a_database_that_nobody_has_used_yet(address, tmp_path):
    assert "There is no " in refused(back_up, address, tmp_path / "copy.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a few pages, where this process may make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", folder], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(full, small_disk):
    said = refused(back_up, full, small_disk / "copy.sqlite")
    assert "disk that holds" in said
    assert "full; nothing was" in said
    assert ".part" not in said
    assert list(small_disk.iterdir()) == []


def test_a_damaged_database_is_not_passed_off_as_a_copy(filled, tmp_path):
    overwritten(filled)
    said = refused(back_up, f"sqlite:///{filled}", tmp_path / "copy.sqlite")
    assert "damaged" in said or "doctor" in said
    assert sorted(each.name for each in tmp_path.iterdir() if "copy" in each.name) + leftovers(tmp_path) == []


def overwritten(path: Path) -> None:
    """Write noise over every page but the first, which says what the file is."""
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\x5a" * 512)


def test_whoever_interrupts_a_copy_finds_nothing_of_it(filled, tmp_path):
    script = (
        "import sys, os, signal\n"
        "from mlmgmt_widgets.workspace import transfer, backup, contents\n"
        "real = contents.sound\n"
        "backup.contents.sound = lambda *a: (os.kill(os.getpid(), signal.SIGTERM), real(*a))\n"
        "sys.argv = ['mlmgmt', 'backup', sys.argv[1]]\n"
        "from mlmgmt_widgets.cli import main\n"
        "main()\n"
    )
    environment = {**os.environ, "MLMGMT_HOME": str(tmp_path), "MLMGMT_DATABASE_URL": f"sqlite:///{filled}"}
    ended = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "copies.sqlite"], env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 128 + signal.SIGINT
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part" or each.name == "copies.sqlite"] == []


# Putting back.


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A second database that nobody has used yet, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other' / 'workspace.sqlite'}"
        return
    uri = request.getfixturevalue("server")
    engine = create_engine(parse(uri))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA other"))
    yield f"{uri}&options=-csearch_path%3Dother"
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA other CASCADE"))
    engine.dispose()


def test_what_is_copied_from_one_database_and_put_back_into_another_is_equal_row_by_row(full, other, tmp_path):
    copy = tmp_path / "copy.sqlite"
    back_up(full, copy)
    held = copy.read_bytes()
    restored = put_back(copy, other)
    assert everything(other) == everything(full)
    assert restored.contents.in_words() == "1 workshop, 5 participants, 10 answers, 1 plan and 1 review"
    assert restored.kept is None
    assert copy.read_bytes() == held

    # And it works on: new rows get numbers of their own.
    with Workspace.open(other) as workspace:
        code = workspace.workshops.create(toy_rubric(), "New").code
        workspace.workshops.enter(code, "f" * 32)
        workspace.plans.save("New", toy_plan(), {})
        assert workspace.workshops.progress(code).joined == 1
        assert len(workspace.workshops.all()) == 2
    again = tmp_path / "again.sqlite"
    back_up(other, again)
    assert everything(f"sqlite:///{again}") == everything(other)


def test_what_was_there_is_replaced_only_when_that_is_asked_for_and_is_kept(full, tmp_path):
    copy = tmp_path / "copy.sqlite"
    back_up(full, copy)
    with Workspace.open(full) as workspace:
        workspace.workshops.create(toy_rubric(), "Since then")
    since = everything(full)
    said = refused(put_back, copy, full)
    assert "holds 2 workshops, 5 participants" in said
    assert "--force replaces them" in said
    assert everything(full) == since

    restored = put_back(copy, full, force=True)
    assert everything(full) == everything(f"sqlite:///{copy}")
    assert restored.kept is not None
    assert everything(f"sqlite:///{restored.kept}") == since
    assert restored.kept.stat().st_mode & 0o777 == 0o600
    assert leftovers(tmp_path) == []
    put_back(restored.kept, full, force=True)
    assert everything(full) == since


def test_a_file_that_somebody_has_open_is_refused_and_left_alone(filled, tmp_path):
    address = f"sqlite:///{filled}"
    copy = tmp_path / "copy.sqlite"
    back_up(address, copy)
    with Workspace.open(address) as workspace:
        workspace.workshops.create(toy_rubric(), "Since then")
        before = everything(address)
        # The workspace does nothing now, like a page that is open.
        assert "is in use: close `mlmgmt serve`" in refused(put_back, copy, address, force=True)
        assert workspace.workshops.teams() == ("Größe 🚀", "Since then")
        assert everything(address) == before
    put_back(copy, address, force=True)
    assert everything(address) == everything(f"sqlite:///{copy}")


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_whoever_uses_a_server_meanwhile_waits_and_sees_what_was_put_back(address, tmp_path):
    fill(address)
    copy = tmp_path / "copy.sqlite"
    back_up(address, copy)
    people = [row[0] for row in everything(address)["participants"]]
    with writing_pairs(address, people) as written:
        while not all(written):
            threading.Event().wait(0.01)
        kept = put_back(copy, address, force=True).kept
        with Workspace.open(address) as workspace:
            assert len(workspace.workshops.all()) == 1
    assert kept
    assert pairs_in(kept)
    assert not pairs_in(copy)


def test_a_copy_of_an_older_version_is_brought_up_to_date_and_stays_as_it_is(address, tmp_path):
    old = tmp_path / "old.sqlite"
    engine = create_engine(f"sqlite:///{old}")
    first_revision(engine, toy_rubric().model_dump(mode="json", by_alias=True))
    engine.dispose()
    held = old.read_bytes()
    put_back(old, address)
    assert everything(address)[schema.VERSION_TABLE] == [(schema.REVISIONS[-1],)]
    with Workspace.open(address) as workspace:
        assert workspace.workshops.get("CDF679").rubric == toy_rubric()
        ann = workspace.workshops.participant("CDF679", TOKEN)
        assert (ann.name, ann.finished, ann.answers.answers) == ("Ann", True, {"q1": 2.0, "q2": "dk"})
        assert workspace.workshops.decisions("CDF679") == (Decision("q1", 2.5, "Next quarter", "Bo"),)
    assert old.read_bytes() == held


def test_a_database_of_an_older_version_is_copied_as_it_is(address, tmp_path):
    engine = create_engine(parse(address))
    first_revision(engine, toy_rubric().model_dump(mode="json", by_alias=True))
    engine.dispose()
    before = everything(address)
    copy = tmp_path / "copy.sqlite"
    saved = back_up(address, copy)
    assert saved.contents.revision == "0001"
    assert everything(f"sqlite:///{copy}") == everything(address) == before


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_copies_that_are_none_are_refused_and_change_nothing(address, filled, tmp_path):
    def copied(name: str) -> Path:
        back_up(f"sqlite:///{filled}", tmp_path / name)
        return tmp_path / name

    newer, foreign, damaged, orphans = map(copied, ("newer", "foreign", "damaged", "orphans"))
    sql(newer, "UPDATE mlmgmt_version SET version_num = '9999'")
    sql(foreign, "DROP TABLE mlmgmt_version")
    overwritten(damaged)
    sql(orphans, "DELETE FROM participants")
    (tmp_path / "text").write_text("not a database, but long enough to be taken for one" * 50)
    (tmp_path / "nothing").touch()
    for name, sentence in {
        "newer": "was written by a newer version of mlmgmt (schema 9999",
        "foreign": "holds the tables of another program",
        "damaged": "is damaged: SQLite says",
        "orphans": "is damaged: rows of answers point to nothing",
        "text": "is no workspace: it is another kind of file",
        "nothing": "is no workspace: there are no tables in it",
        "none": "There is no file",
    }.items():
        target = address.replace("workspace.sqlite", "elsewhere.sqlite")
        assert sentence in refused(put_back, tmp_path / name, target)
    assert not (tmp_path / "elsewhere.sqlite").exists()
    assert leftovers(tmp_path) == []


def test_a_damaged_database_gives_way_to_its_copy_and_is_kept(filled, tmp_path):
    address = f"sqlite:///{filled}"
    copy = tmp_path / "copy.sqlite"
    back_up(address, copy)
    overwritten(filled)
    bytes_before = filled.read_bytes()
    assert "is damaged; --force puts the copy in its place" in refused(put_back, copy, address)
    assert filled.read_bytes() == bytes_before
    kept = put_back(copy, address, force=True).kept
    assert kept
    assert kept.read_bytes() == bytes_before
    assert everything(address) == everything(f"sqlite:///{copy}")


def test_another_programs_database_is_never_replaced(address, filled):
    target = address.replace("workspace.sqlite", "elsewhere.sqlite")
    engine = create_engine(parse(target))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE answers (id INTEGER)"))
    assert "holds the tables of another program" in refused(put_back, filled, target, force=True)
    found = MetaData()
    found.reflect(engine)
    assert list(found.tables) == ["answers"]
    engine.dispose()


def test_a_copy_is_put_back_into_a_file_with_pages_of_another_size(filled, tmp_path):
    sql(filled, "PRAGMA journal_mode=DELETE", "PRAGMA page_size=8192", "VACUUM")
    copy, target = tmp_path / "copy.sqlite", tmp_path / "target.sqlite"
    back_up(f"sqlite:///{filled}", copy)
    Workspace.open(f"sqlite:///{target}").close()
    put_back(copy, f"sqlite:///{target}")
    assert dump(target) == dump(filled)
    with Workspace.open(f"sqlite:///{target}") as workspace, workspace._database.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_a_journal_that_was_left_behind_is_not_taken_for_the_copys(filled, tmp_path):
    copy = tmp_path / "copy.sqlite"
    back_up(f"sqlite:///{filled}", copy)
    expected = everything(f"sqlite:///{copy}")
    # Somebody wrote, their process was killed, and the file was moved away by hand: its journal stayed.
    with closing(sqlite3.connect(filled)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE workshops SET team = 'Somebody else'")
        writer.commit()
        journal = filled.with_name(filled.name + "-wal")
        left = journal.read_bytes()
    for each in filled.parent.glob(filled.name + "*"):
        each.unlink()
    journal.write_bytes(left)
    restored = put_back(copy, f"sqlite:///{filled}")
    assert restored.kept is None  # a journal alone is nobody's database, and lies beside all the same
    assert [each.read_bytes() for each in filled.parent.glob("*-before-*-wal")] == [left]
    assert everything(f"sqlite:///{filled}") == expected
