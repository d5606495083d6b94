"""What the database itself tells of an anonymous workshop: nothing of who came first, and nothing of when."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.workspace.conftest import Room
from tests.workspace.test_schema import first_revision

from mlmgmt_widgets.workspace import Workspace, arrivals, database, tables
from mlmgmt_widgets.workspace.address import parse

MOMENT = datetime(2026, 11, 2, tzinfo=UTC)
PEOPLE = 24  # by chance, so many come in the order of their arrival once in 10**23
HEAD = 100  # bytes at the start of a SQLite file: counters of changes, which say how often it was written


def queried(address: str, query: str) -> list[Any]:
    engine = create_engine(parse(address))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def filled(room: Room, people: int = PEOPLE) -> list[str]:
    """Let people come one after another and say something that names them; their names in that order."""
    names = [f"person {number}" for number in range(people)]
    for name in names:
        token = room.join()
        for question in ("q2", "q1"):
            room.say(token, 1, question, comment=name)
    return names


def said_in_order(address: str, order: str = "") -> list[str]:
    """Who is named by the answers as the database lists them by itself, each once."""
    rows = queried(address, f"SELECT comment FROM answers WHERE question = 'q1' {order}")  # noqa: S608 - ours
    return list(dict.fromkeys(comment for (comment,) in rows))


def test_nobodys_number_tells_when_they_came(room, address):
    names = filled(room)
    by_number = said_in_order(address, "ORDER BY participant_id")
    assert sorted(by_number) == sorted(names)
    assert by_number != names
    numbers = [number for (number,) in queried(address, "SELECT id FROM participants")]
    assert max(numbers) - min(numbers) > 2**58  # drawn from 2**63; closer together once in 10**30


def test_no_column_of_participants_or_answers_holds_a_moment_or_counts_people(room):
    filled(room)
    columns = {table: set(tables.Base.metadata.tables[table].columns.keys()) for table in ("participants", "answers")}
    assert columns == {
        "participants": {"id", "workshop_id", "token_hash", "role", "name", "finished", "revealed_digest"},
        "answers": {"participant_id", "question", "answer", "comment", "sequence"},
    }


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_file_has_no_hidden_number_that_counts_up(room, address):
    names = filled(room)
    assert said_in_order(address) == said_in_order(address, "ORDER BY participant_id") != names
    for table in ("participants", "answers"):
        with pytest.raises(Exception, match="no such column"):
            queried(address, f"SELECT rowid FROM {table}")  # noqa: S608 - ours


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("verb", ["reveal", "refresh", "close"])
def test_after_results_a_file_is_what_its_rows_make_it_and_the_journal_is_empty(room, verb, tmp_path):
    names = filled(room, 5)
    if verb == "refresh":
        room.workshops.reveal(room.code)
        for token in room.tokens:
            room.say(token, 3)
    file = tmp_path / "workspace.sqlite"
    assert not is_function_of_its_rows(file)  # as it was written, it tells more
    getattr(room.workshops, verb)(room.code)
    assert is_function_of_its_rows(file)
    assert Path(f"{file}-wal").stat().st_size == 0
    assert names[0].encode() in file.read_bytes()


def is_function_of_its_rows(file: Path) -> bool:
    """Whether the file, and nothing beside it, is byte for byte what SQLite makes of its rows alone."""
    again = file.with_name(f"again-{secrets.token_hex(4)}.sqlite")
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", [str(again)])
    return file.read_bytes()[HEAD:] == again.read_bytes()[HEAD:]


def test_two_rooms_that_filled_in_another_order_leave_the_same_file(tmp_path, rubric, monkeypatch):
    """The strongest that can be said: only the order of arrival differs, and the files do not."""
    tokens = [secrets.token_hex(16) for _ in range(PEOPLE)]
    number_of = {token: secrets.randbits(63) for token in tokens}
    left = []
    for order in (tokens, tokens[::-1], sorted(tokens)):
        file = tmp_path / f"{len(left)}.sqlite"
        drawn = iter([number_of[token] for token in order])
        with monkeypatch.context() as patched, Workspace.open(f"sqlite:///{file}") as workspace:
            patched.setattr(secrets, "randbits", lambda _bits, drawn=drawn: next(drawn))
            patched.setattr("mlmgmt_widgets.workspace.checks.new_code", lambda: "CDF679")
            patched.setattr("mlmgmt_widgets.workspace.workshops.now", lambda: MOMENT)
            patched.setattr("mlmgmt_widgets.workspace.results.now", lambda: MOMENT)
            code = workspace.workshops.create(rubric, "Search").code
            for token in order:
                workspace.workshops.enter(code, token)
            for question, token in itertools.product(("q3", "q1"), order):
                workspace.workshops.record(code, token, question, 1, f"{token[:4]} says", sequence=order.index(token))
            workspace.workshops.close(code)
        left.append(file.read_bytes()[HEAD:])
    assert left[0] == left[1] == left[2]


def test_closing_forgets_in_which_order_each_person_answered(room, address):
    filled(room, 3)
    assert len(set(queried(address, "SELECT sequence FROM answers"))) == 6
    room.workshops.reveal(room.code)
    assert len(set(queried(address, "SELECT sequence FROM answers"))) == 6  # late resends still must be told apart
    room.workshops.close(room.code)
    assert queried(address, "SELECT DISTINCT sequence FROM answers") == [(0,)]


@pytest.mark.parametrize("verb", ["reveal", "close"])
def test_nothing_is_lost_when_the_order_is_forgotten(room, verb):
    filled(room)
    room.workshops.finish(room.code, room.tokens[3])
    before = [room.seen_by(token) for token in room.tokens]
    getattr(room.workshops, verb)(room.code)
    after = [room.seen_by(token) for token in room.tokens]
    assert [(each.answers, each.finished) for each in after] == [(each.answers, each.finished) for each in before]
    assert room.workshops.progress(room.code).joined == PEOPLE


def test_a_named_workshop_keeps_its_sequences(named_room, address):
    named_room.say(named_room.join(name="Ann"), 1)
    named_room.workshops.reveal(named_room.code)
    named_room.workshops.close(named_room.code)
    assert queried(address, "SELECT sequence FROM answers") == [(1,)]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
@pytest.mark.parametrize("verb", ["reveal", "close"])
def test_a_server_keeps_rows_in_no_order_of_arrival_once_results_are_shown(room, address, verb):
    names = filled(room)
    assert said_in_order(address, "ORDER BY ctid") == names  # why it has to be forgotten
    getattr(room.workshops, verb)(room.code)
    by_place = said_in_order(address, "ORDER BY ctid")
    assert sorted(by_place) == sorted(names)
    assert by_place != names
    for table in ("answers", "participants"):
        assert len(queried(address, f"SELECT DISTINCT xmin::text FROM {table}")) == 1  # noqa: S608 - ours


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_what_cannot_be_forgotten_now_does_not_undo_the_reveal(room, tmp_path, monkeypatch, caplog):
    room.people_who_said(1, 2, 3)
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    forget = arrivals.forget
    held = sqlite3.connect(tmp_path / "workspace.sqlite", isolation_level=None, check_same_thread=False)

    def then_somebody_writes(session: Any, workshop: Any) -> None:
        forget(session, workshop)
        monkeypatch.setattr(room.workspace._database, "write_afresh", locked)

    def locked() -> None:
        held.execute("BEGIN IMMEDIATE")
        connection = room.workspace._database._engine.raw_connection()
        connection.cursor().execute("PRAGMA busy_timeout=50")
        connection.close()
        database.Database.write_afresh(room.workspace._database)

    monkeypatch.setattr(arrivals, "forget", then_somebody_writes)
    assert room.workshops.reveal(room.code).state == "revealed"
    assert "could not be forgotten yet" in caplog.text
    held.close()
    assert room.shown() == ["1.0", "2.0", "3.0"]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_migrated_file_holds_nothing_of_the_order_that_it_had(address, rubric, tmp_path):
    engine = create_engine(parse(address))
    first_revision(engine, rubric.model_dump(mode="json", by_alias=True))
    with engine.begin() as connection:
        for number in range(4, 4 + PEOPLE):
            values = {"id": number, "hash": f"{number:064x}"}
            connection.execute(text("INSERT INTO participants VALUES (:id, 7, :hash, '', 'Ann', 0, '')"), values)
            connection.execute(text("INSERT INTO answers VALUES (:id, 'q1', '1.0', :hash, 1)"), values)
    engine.dispose()
    Workspace.open(address).close()
    assert is_function_of_its_rows(tmp_path / "workspace.sqlite")
    assert said_in_order(address) == said_in_order(address, "ORDER BY participant_id")
    late = [comment for comment in said_in_order(address) if len(comment) == len(f"{0:064x}")]
    assert len(late) == PEOPLE
    assert late != sorted(late)
    pairs = queried(address, "SELECT token_hash, comment FROM participants JOIN answers ON id = participant_id")
    assert sum(hash_ == comment for hash_, comment in pairs) == PEOPLE  # each still has their own
