"""Holding a room: people and browsers arrive, take part and leave, while the server's costs are read."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from bench.rooms import browsers, processes
from bench.rooms.figures import Cost, Cpu, Kept, Room, Said, Spread, compare
from bench.rooms.helpers import Event, Helpers, helpers
from bench.rooms.servers import BUTTON, QUESTION, Server
from bench.rooms.tally import Tally
from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import Response

PEOPLE_IN_A_PROCESS = 100
PATIENCE = 240.0  # seconds that anybody waits for anything: stock Voila makes a full room wait for minutes
START_SECONDS = 60.0
LEAVE_SECONDS = 60.0
_LINE_SECONDS = 5.0  # between two lines of progress, where there is no terminal


@dataclass(frozen=True)
class Plan:
    """How a room is to go.

    Attributes:
        participants: how many take part.
        arrive: seconds in which they arrive.
        think: seconds that they think on average before each answer.
        seed: of arrivals, thoughts and answers.
        until: the moment (`time.monotonic`) at which everything ends.
        chromium: the path of a browser; none, and no browsers come.
    """

    participants: int
    arrive: float
    think: float
    seed: int
    until: float
    chromium: str | None = None


@dataclass(frozen=True)
class Held:
    """What was measured in a room, but for what the database holds; and what each person was told, by number."""

    room: Room
    told: Mapping[int, Event]


def hold(server: Server, plan: Plan, name: str | None = None) -> Held:
    """Hold a room on a server.

    Raises:
        RuntimeError: if the people or browsers could not even start.
    """
    with ExitStack() as stack:
        people = stack.enter_context(helpers("bench.rooms.people", list(jobs(server, plan))))
        wanted = browsers.NAMES if plan.chromium else ()
        others = (
            [stack.enter_context(helpers("bench.rooms.browsers", [browser_job(server.survey, plan)]))] if wanted else []
        )
        hall = Hall(name or server.name, server, plan, people, others)
        hall.wait_until_ready(len(people.running) + len(wanted))
        hall.run()
        return Held(hall.room(), hall.told())


def with_stored(server: Server, held: Held) -> Room:
    """Return the room with what became of its answers, read from the database; the server may have ended by now."""
    kept, known = Kept(), 0
    with Workspace.open(server.database) as workspace:
        for each in held.told.values():
            person = workspace.workshops.participant(server.code, each["token"]) if each["token"] else None
            known += person is not None
            stored = _entries(person.answers) if person else {}
            kept += compare(_said(each["confirmed"]), _said(each["sent"]), stored)
        joined = workspace.workshops.progress(server.code).joined
    room = held.room
    strangers = max(0, joined - known - (room.people - room.participants - 1))  # the browsers take part, too
    silent = room.participants - len(held.told)
    failures = dict(room.failures) | ({"said nothing at the end": silent} if silent else {})
    return replace(room, failures=failures, kept=replace(kept, invented=kept.invented + strangers))


def _entries(response: Response) -> Said:
    questions = {**response.answers, **response.comments}
    return {each: (response.answers.get(each), response.comments.get(each, "")) for each in questions}


def _said(plain: Mapping[str, Sequence[Any]]) -> Said:
    return {question: (answer, comment) for question, (answer, comment) in plain.items()}


def jobs(server: Server, plan: Plan) -> Sequence[Mapping[str, Any]]:
    """Return the jobs of the people's processes: who arrives when, and where."""
    dice = random.Random(plan.seed)  # noqa: S311 - the same arrivals every time
    arrivals = sorted(dice.uniform(0, plan.arrive) for _ in range(plan.participants))
    count = -(-plan.participants // PEOPLE_IN_A_PROCESS)
    size = -(-plan.participants // count)
    shared = {
        "url": server.survey, "code": server.code, "key": server.key, "think": plan.think, "seed": plan.seed,
        "until": plan.until, "patience": PATIENCE,
    }  # fmt: skip
    return [
        {**shared, "first": first, "arrivals": arrivals[first : first + size]}
        | ({"facilitator": server.facilitator} if first == 0 else {})
        for first in range(0, plan.participants, size)
    ]


def browser_job(
    url: str, plan: Plan, *, ready: str = QUESTION, button: str = BUTTON, apart: float = 0.25
) -> Mapping[str, Any]:
    """Return the job of the browsers: they come while the others arrive, each `apart` of that time after the last."""
    offsets = [plan.arrive * apart * (1 + number) for number in range(len(browsers.NAMES))]
    return {
        "url": url, "chromium": plan.chromium, "names": browsers.NAMES, "offsets": offsets, "patience": PATIENCE,
        "ready": ready, "button": button,
    }  # fmt: skip


class Hall:
    """A room while it is held."""

    def __init__(self, name: str, server: Server, plan: Plan, people: Helpers, others: Sequence[Helpers]) -> None:
        self._name, self._server, self._plan = name, server, plan
        self._people, self._browsers = people, others
        self._all = [people, *others]
        self._tally = Tally()
        self._start = 0.0
        self._before = self._joined_cpu = self._end_cpu = Cpu()
        self._people_cpu = self._others = 0.0
        self._cost = Cost()
        self._said_at = 0.0

    def wait_until_ready(self, processes_and_browsers: int) -> None:
        """Wait until everybody stands before the door and the facilitator is inside."""
        until = min(self._plan.until, time.monotonic() + START_SECONDS)
        while self._tally.ready < processes_and_browsers or not self._tally.watching:
            self._listen()
            if time.monotonic() > until or self._tally.ended:
                raise RuntimeError(f"The people did not get ready: {dict(self._tally.failures)}")

    def run(self) -> None:
        """Let all in, wait until all have finished or failed, read the costs, let all leave."""
        self._before = processes.cpu(self._server.pid)
        people_before, machine_before, began = self._people.cpu(), processes.machine(), time.monotonic()
        self._start = time.monotonic() + 0.5
        for each in self._all:
            each.tell({"start": self._start})
        self._until(self._all_in)
        self._joined_cpu = processes.cpu(self._server.pid)
        ours = (self._joined_cpu - self._before).total + self._people.cpu() - people_before
        there = (time.monotonic() - began) * (os.cpu_count() or 1)
        self._others = max(0.0, processes.machine() - machine_before - ours) / there
        self._read_cost()
        self._until(self._all_done)
        self._read_cost()
        self._end_cpu = processes.cpu(self._server.pid)
        self._people_cpu = self._people.cpu() - people_before
        for each in self._all:
            each.tell({"leave": True})
        self._leave()
        self._progress(last=True)

    def room(self) -> Room:
        """Return what was measured."""
        tally, plan = self._tally, self._plan
        joined = [at for *_, at in tally.joins]
        last, first_out = max(joined, default=0.0), min(tally.finished, default=float("inf"))
        everybody = len(joined) == plan.participants
        together = [seconds for at, seconds in tally.saves if everybody and last <= at <= first_out]
        missing = plan.participants - len(tally.finished) - len(tally.failed)
        failures = dict(tally.failures) | ({"not done when time was up": missing} if missing else {})
        last_arrival = max(arrival for job in jobs(self._server, plan) for arrival in job["arrivals"])
        return Room(
            name=self._name,
            participants=plan.participants,
            joined=len(joined),
            join=Spread.of([at - arrived for arrived, _, at in tally.joins]),
            opened=Spread.of([opened - arrived for arrived, opened, _ in tally.joins]),
            after_last=last - self._start - last_arrival if everybody else None,
            saved=Spread.of([seconds for _, seconds in tally.saves]),
            saved_together=Spread.of(together),
            watching=Spread.of(tally.watched),
            cost=self._cost,
            before=self._before.total,
            letting_in=self._joined_cpu - self._before,
            cpu=self._end_cpu - self._before,
            people_cpu=self._people_cpu,
            others=self._others,
            failures=failures,
            turned_away=tally.turned_away,
            sent_again=tally.again,
            browsers={name: seconds for name, seconds in tally.browsers.items() if seconds is not None},
            people=plan.participants + len(tally.browsers) + 1,
            kept=Kept(),
        )

    def told(self) -> dict[int, Event]:
        """Return what each participant was told and had sent, by number."""
        return self._tally.said

    def _all_in(self) -> bool:
        tally = self._tally
        there = len(tally.joins) + len(tally.failed)
        return there >= self._plan.participants and self._browsers_in()

    def _all_done(self) -> bool:
        tally = self._tally
        return len(tally.finished) + len(tally.failed) >= self._plan.participants and self._browsers_in()

    def _browsers_in(self) -> bool:
        return not self._browsers or len(self._tally.browsers) >= len(browsers.NAMES)

    def _until(self, done: Any) -> None:
        while not done() and not self._tally.ended and time.monotonic() < self._plan.until:
            self._listen()

    def _leave(self) -> None:
        until = time.monotonic() + LEAVE_SECONDS
        while self._tally.ended < sum(len(each.running) for each in self._all) and time.monotonic() < until:
            self._listen()

    def _listen(self) -> None:
        """Take in what was said, for a moment at most."""
        for each in self._all:
            with contextlib.suppress(queue.Empty):
                self._tally.take(each.events.get(timeout=0.1))
                while not each.events.empty():
                    self._tally.take(each.events.get_nowait())
        self._progress()

    def _read_cost(self) -> None:
        found = processes.cost(self._server.pid)
        if found.total > self._cost.total:
            self._cost = found

    def _progress(self, *, last: bool = False) -> None:
        tty, now = sys.stderr.isatty(), time.monotonic()
        if not last and now - self._said_at < (0.5 if tty else _LINE_SECONDS):
            return
        self._said_at = now
        tally = self._tally
        passed = max(0.0, now - self._start) if self._start else 0.0
        line = (
            f"{self._name}: {passed:4.0f} s, {tally.arrived} arrived, {len(tally.joins)} joined, "
            f"{len(tally.saves)} answers saved, {len(tally.finished)} finished, {tally.failures.total()} failures; "
            f"the facilitator sees {tally.counts.get('joined', 0)} joined, {tally.counts.get('finished', 0)} finished"
        )
        print(f"\r{line:<150}" if tty else line, end="\n" if last or not tty else "", file=sys.stderr, flush=True)
