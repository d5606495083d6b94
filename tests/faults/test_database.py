"""A database that others hold locked, and a disk that is full."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from mlmgmt_widgets import MaturitySurvey, Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.asking import ask
from tests.browser.serving import Served
from tests.faults.people import Steadfast, everyone, nothing_left, running, stored, until

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(400)]
BUSY = "The server's storage is busy; nothing was saved. Please try again."
FULL = "The server's disk is full; nothing was saved. Please tell whoever runs the server, then try again."
LOCK = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.readline()
"""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Let another process hold the database for as long as the block runs."""
    command = [sys.executable, "-c", LOCK, str(database)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield
    finally:
        process.communicate("", timeout=30)


def test_a_database_that_another_process_locks_for_ten_seconds_loses_nothing(server: Served, code: str) -> None:
    async def workshop() -> None:
        room = await everyone(Steadfast.join(server, code) for _ in range(3))
        await everyone(each.give(each.questions[0], 1) for each in room)
        with locked(server.database):
            for each in room:
                each.choose(each.questions[0], 3)
                each.choose(each.questions[1], "na", "in the middle of it")
            sending = asyncio.create_task(everyone(each.send() for each in room))
            # A kernel says so after five seconds in which it tried: ten have passed when it has said so twice.
            await until(lambda: all(each.told.count(BUSY) >= 2 for each in room))
            assert all(stored(server.database, each) == {each.questions[0]: (1, "")} for each in room)
        await sending
        for each in room:
            assert each.confirmed == {each.questions[0]: (3, ""), each.questions[1]: ("na", "in the middle of it")}
            assert stored(server.database, each) == each.confirmed
            assert len(each.kernels) == 1
            assert not any("sqlite" in sentence for sentence in each.told)
        await nothing_left(room)

    running(workshop)


def test_a_full_disk_is_said_and_what_waited_is_sent_when_there_is_space_again(
    server: Served, disk: tuple[Path, bool], code: str
) -> None:
    if not disk[1]:
        pytest.skip("no small disk can be mounted here")
    filler = server.database.with_name("filler")

    async def workshop() -> None:
        room = await everyone(Steadfast.join(server, code) for _ in range(3))
        await everyone(each.give(each.questions[0], 1) for each in room)
        fill(filler)
        for each in room:  # some of it may fit into pages that the file has already
            for question in each.questions:
                each.choose(question, 2, question[-1] * 2000)
        sending = asyncio.create_task(everyone(each.send() for each in room))
        await until(lambda: all(FULL in each.told for each in room))
        for each in room:
            assert each.waiting
            assert each.told == [FULL] * len(each.told)
        filler.unlink()
        await sending
        for each in room:
            assert set(each.confirmed) == set(each.questions)
            assert stored(server.database, each) == each.confirmed
        await nothing_left(room)

    running(workshop)


def fill(path: Path) -> None:
    """Take all the space that there is on a disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(os.urandom(4096))
        except OSError:
            return


@pytest.fixture
def connections() -> Iterator[list[sqlite3.Connection]]:
    """Every connection that is made to a database in this process."""
    made: list[sqlite3.Connection] = []

    def note(connection: sqlite3.Connection, _record: object) -> None:
        made.append(connection)

    event.listen(Engine, "connect", note)
    yield made
    event.remove(Engine, "connect", note)


def test_a_database_that_cannot_grow_says_so_and_takes_the_answer_when_it_can(
    tmp_path: Path, connections: list[sqlite3.Connection]
) -> None:
    """The same on any machine, without a server: SQLite may not take one page more."""
    token = "a" * 32
    with Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite") as workspace:
        code = workspace.workshops.create(load_rubric("pulse"), "Ranking").code
        survey = MaturitySurvey(workspace=lambda: workspace)
        ask(survey, "join", code=code)
        ask(survey, "enter", token=token)
        ((pages,),) = connections[-1].execute("PRAGMA page_count")
        connections[-1].execute(f"PRAGMA max_page_count={pages}")
        refused = ask(survey, "answer", question="pulse-data", answer=2, comment="é" * 2000, sequence=1)
        assert (refused["error"], refused["passing"]) == (FULL, True)
        assert "error" not in ask(survey, "state")  # the rest of the page goes on
        connections[-1].execute(f"PRAGMA max_page_count={2 * pages}")
        again = ask(survey, "answer", question="pulse-data", answer=2, comment="é" * 2000, sequence=1)
        assert again["applied"]
        kept = workspace.workshops.participant(code, token)
        assert kept is not None
        assert kept.answers.comments == {"pulse-data": "é" * 2000}
