"""Several processes at once, and processes that die: what was confirmed is there."""

from __future__ import annotations

import secrets
import signal
import subprocess
from typing import IO

import pytest
from sqlalchemy import create_engine, text

from mlmgmt_widgets.workspace import Workspace
from mlmgmt_widgets.workspace.address import parse

WRITERS = 8
SAVERS = 4


class Processes:
    def __init__(self, script: list[str]) -> None:
        self.script = script
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([*self.script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(process)
        return process

    def begin_together(self) -> None:
        for process in self.running:
            assert line(process.stdout) == "ready"
        for process in self.running:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()

    def finish(self) -> list[str]:
        """Wait for all of them, and return what each said last."""
        said = []
        for process in self.running:
            printed, _ = process.communicate(timeout=120)
            assert process.returncode == 0
            said.append(printed.strip().split("\n")[-1])
        return said


def line(stream: IO[str] | None) -> str:
    assert stream
    return stream.readline().strip()


@pytest.fixture
def processes(script):
    started = Processes(script)
    yield started
    for process in started.running:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream and not stream.closed:
                stream.close()


def test_eight_processes_that_write_at_once_lose_nothing(room, address, processes):
    tokens = [room.join() for _ in range(WRITERS)]
    for writer, token in enumerate(tokens):
        processes.start("answer", address, room.code, token, str(1000 * writer), "35")
    processes.begin_together()
    processes.finish()

    for writer, token in enumerate(tokens):
        answers = room.seen_by(token).answers
        questions = [question.id for question in room.workshops.get(room.code).rubric.questions]
        expected = {questions[n % 35]: n for n in range(1000 * writer, 1000 * writer + 35)}
        assert answers.answers == {question: float(n % 5) for question, n in expected.items()}
        assert answers.comments == {question: f"c{n}" for question, n in expected.items()}


def test_the_newest_answer_wins_when_several_processes_write_for_one_participant(room, address, processes):
    token = room.join()
    for writer in range(4):
        processes.start("answer", address, room.code, token, str(35 * writer), "35")
    processes.begin_together()
    processes.finish()

    newest = range(35 * 3, 35 * 4)
    seen = room.seen_by(token)
    assert sorted(seen.answers.comments.values()) == sorted(f"c{number}" for number in newest)
    assert seen.sequence == newest[-1]


def test_a_killed_process_loses_no_answer_that_it_confirmed(room, address, processes):
    token = room.join()
    process = processes.start("answer", address, room.code, token, "0", "100000")
    processes.begin_together()
    confirmed = [line(process.stdout) for _ in range(60)]
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate(timeout=30)

    last = max(int(said.split()[1]) for said in [*confirmed, *rest.split("\n")] if said.startswith("stored "))
    with Workspace.open(address) as again:
        seen = again.workshops.participant(room.code, token)
        again.workshops.record(room.code, token, "q1", 4, sequence=last + 10)
    assert seen.sequence in {last, last + 1}  # it may have died between storing and saying so
    stored = {int(comment[1:]) for comment in seen.answers.comments.values()}
    assert set(range(last - 33, last + 1)) <= stored | {last + 1}


def test_one_browser_that_joins_from_several_kernels_is_one_participant(room, address, processes):
    token = secrets.token_hex(16)
    for _ in range(3):
        processes.start("enter", address, room.code, token)
    processes.begin_together()
    processes.finish()
    assert room.workshops.progress(room.code).joined == 1


def test_kernels_that_start_at_once_create_the_workspace_once(address, processes):
    for _ in range(4):
        processes.start("open", address)
    processes.begin_together()
    processes.finish()
    engine = create_engine(parse(address))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM mlmgmt_version")) == 1
    engine.dispose()


@pytest.mark.parametrize("base", [None, 1])
def test_of_several_who_save_a_plan_at_once_one_is_stored_and_the_others_learn_of_it(
    base, workspace, plan, address, processes
):
    if base:
        workspace.plans.save("Ranking", plan, {})
    for saver in range(SAVERS):
        processes.start("save", address, "Ranking", f"Plan {saver}", str(base or ""))
    processes.begin_together()
    said = processes.finish()

    newest = (base or 0) + 1
    assert sorted(said) == [f"conflict {newest}"] * (SAVERS - 1) + [f"saved {newest}"]
    winner = f"Plan {said.index(f'saved {newest}')}"
    assert workspace.plans.get("Ranking").version == newest
    assert workspace.plans.get("Ranking").plan.title == winner
    assert workspace.plans.get("Ranking").forecast == {"by": winner}


def test_whoever_saves_again_after_a_conflict_adds_a_version_and_none_is_lost(workspace, address, processes):
    for saver in range(SAVERS):
        processes.start("insist", address, "Ranking", f"Plan {saver}", "6")
    processes.begin_together()
    processes.finish()

    versions = workspace.plans.versions("Ranking")
    stored = [workspace.plans.get("Ranking", each.version).forecast for each in reversed(versions)]
    assert [each.version for each in versions] == list(range(SAVERS * 6, 0, -1))
    for saver in range(SAVERS):
        assert [each["number"] for each in stored if each["by"] == f"Plan {saver}"] == list(range(6))


def test_whoever_fills_in_a_review_at_once_with_others_loses_nothing(workspace, checklist, review, address, processes):
    workspace.reviews.begin(checklist, review)
    items = [f"i{saver}" for saver in range(1, SAVERS + 1)]
    for item in items:
        processes.start("review", address, item, "6")
    processes.begin_together()
    processes.finish()

    newest = workspace.reviews.get("churn-model", "3")
    assert newest.revision == 1 + SAVERS * 6
    for item in items:
        said = newest.review.entry(item)
        assert [*(each.was.note for each in said.history), said.note] == [None, *(f"note {n}" for n in range(6))]
        signed = [each.note for each in newest.review.sign_offs if each.role == item]
        assert signed == [f"{item} {number}" for number in range(6)]
    assert len(newest.review.sign_offs) == SAVERS * 6

    for number, revision in enumerate(reversed(workspace.reviews.revisions("churn-model", "3")), 1):
        assert revision.number == number
        if number > 1:
            before, after = (workspace.reviews.get("churn-model", "3", each).review for each in (number - 1, number))
            changed = {name for name in after.items if after.entry(name) != before.entry(name)}
            assert changed == {revision.by}
            assert after.sign_offs[:-1] == before.sign_offs


def test_of_several_who_judge_one_item_at_once_one_is_stored_and_the_others_learn_of_it(
    workspace, checklist, review, address, processes
):
    workspace.reviews.begin(checklist, review)
    names = [f"Ann{saver}" for saver in range(SAVERS)]
    for name in names:
        processes.start("judge", address, "i1", name)
    processes.begin_together()
    said = processes.finish()

    winner = names[said.index("saved 2")]
    assert sorted(said) == [f"conflict {winner} i1"] * (SAVERS - 1) + ["saved 2"]
    newest = workspace.reviews.get("churn-model", "3")
    assert (newest.revision, newest.by, newest.review.entry("i1").by) == (2, winner, winner)
