"""Twenty people on two replicas, one of which is killed: nothing that was confirmed is lost, and nobody is left out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from tornado.httpclient import HTTPClientError

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import Served, serving
from tests.databases import nobodys, postgresql
from tests.deploy.proxy import Proxy, free_ports, proxying
from tests.visitor import Gone, Participant, Refused, fetch

PEOPLE = 20
SECONDS = 150.0  # for all of it; most of it is waiting for a busy machine
PAGE = "/voila/render/maturity_survey.ipynb"


@dataclass
class Site:
    """Two replicas on one database behind nginx."""

    database: str
    replicas: tuple[Served, Served]
    proxy: Proxy

    @property
    def survey(self) -> str:
        return self.proxy.url + PAGE


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with ExitStack() as running:
        database = nobodys(running.enter_context(postgresql()))
        ports = free_ports(2)
        proxy = running.enter_context(proxying(tmp_path / "nginx", ports))
        monkeypatch.setenv("MLMGMT_PUBLIC_URL", proxy.url)
        options = ["--database", database]
        replicas = [
            running.enter_context(serving(tmp_path / f"home{port}", port=port, options=options)) for port in ports
        ]
        yield Site(database, (replicas[0], replicas[1]), proxy)


@dataclass(eq=False)
class Someone:
    """A participant with a browser that keeps cookies and what is not confirmed, and opens its page anew."""

    site: Site
    code: str
    page: Participant
    questions: list[str] = field(default_factory=list)
    confirmed: dict[str, tuple[Any, str]] = field(default_factory=dict)
    met: list[Served] = field(default_factory=list)  # which replica each of their pages was on

    @classmethod
    async def arrive(cls, site: Site, code: str) -> Someone:
        someone = cls(site, code, await Participant.open(site.survey))
        await someone._enter()
        return someone

    async def give(self, question: str, answer: Any, comment: str) -> None:
        """Answer, again if need be, until it is confirmed."""
        while question not in self.confirmed:
            try:
                reply = await self.page.answer(question, answer, comment)
            except (Gone, TimeoutError):
                await self._open_anew()
            except Refused as refused:
                if not refused.passing:
                    raise
                await asyncio.sleep(0.2)
            else:
                self.confirmed[question] = (reply["answer"], reply["comment"])

    async def _open_anew(self) -> None:
        """As the page's script does when its kernel is gone, in a browser that takes its cookies along."""
        cookies, token = self.page.cookies, self.page.token
        await self.page.close(goodbye=False)
        while True:
            try:
                self.page = await Participant.open(self.site.survey, cookies=cookies)
                self.page.token = token
                await self._enter()
            except (Gone, OSError, HTTPClientError, LookupError, TimeoutError):
                await asyncio.sleep(0.2)
            else:
                return

    async def _enter(self) -> None:
        self.questions = await self.page.join(self.code)
        self.met.append(await _replica_of(self.site, self.page.kernel))


async def _replica_of(site: Site, kernel: str) -> Served:
    """Which of the replicas that live has a kernel: nginx, asked nothing, cannot err on it."""
    for replica in site.replicas:
        try:
            await fetch(f"{replica.url}/api/kernels/{kernel}")
        except (HTTPClientError, OSError):
            continue
        return replica
    raise Gone("Its replica was killed meanwhile.")


@pytest.mark.timeout(480)  # two servers start, on a machine that may be busy
def test_a_room_on_two_replicas_lives_through_the_death_of_one(site: Site):
    with Workspace.open(site.database) as workspace:
        code = workspace.workshops.create(load_rubric("pulse"), "Ranking").code

    async def room() -> list[Someone]:
        async with asyncio.timeout(SECONDS):
            everybody = await asyncio.gather(*(Someone.arrive(site, code) for _ in range(PEOPLE)))
            half = asyncio.Event()
            killing = asyncio.create_task(_kill_when(half, site.replicas[0]))
            taking_part = (_take_part(each, everybody, half, killing) for each in everybody)
            await asyncio.gather(killing, *taking_part)
            await asyncio.gather(*(each.page.close() for each in everybody))
        return everybody

    everybody = asyncio.run(room())

    killed, left = site.replicas
    # Both served someone, and exactly those who were on the dead one opened anew.
    first = [each.met[0] for each in everybody]
    assert killed in first
    assert left in first
    for each in everybody:
        assert each.met == ([killed, left] if each.met[0] is killed else [left])
    with Workspace.open(site.database) as workspace:
        workshops = workspace.workshops
        for each in everybody:
            person = workshops.participant(code, each.page.token)
            assert person is not None
            stored = {q: (said, person.answers.comments.get(q, "")) for q, said in person.answers.answers.items()}
            assert stored == each.confirmed
            assert list(stored) == each.questions
        progress = workshops.progress(code)
        assert (progress.joined, progress.finished) == (PEOPLE, PEOPLE)
        revealed = workshops.reveal(code)
    assert revealed.state == "revealed"
    logged = site.proxy.log.read_text() + site.proxy.errors.read_text()
    assert not [each for each in everybody if each.page.kernel in logged or each.page.token in logged]


async def _take_part(
    someone: Someone, everybody: list[Someone], half: asyncio.Event, killing: asyncio.Task[None]
) -> None:
    """Answer everything, the last question after the kill; whoever gives the answer that makes half of all says so."""
    number, last = everybody.index(someone), someone.questions[-1]
    for place, question in enumerate(someone.questions):
        if question == last:
            await asyncio.wait([killing])
        await someone.give(question, float((number + place) % 5), f"{number} says {place}" if place % 2 else "")
        if 2 * sum(len(each.confirmed) for each in everybody) >= PEOPLE * len(someone.questions):
            half.set()
    await someone.page.finish()


async def _kill_when(half: asyncio.Event, replica: Served) -> None:
    """Kill a replica without a word, and see that its kernels go with it."""
    await half.wait()
    kernels = replica.kernels()
    assert kernels
    os.kill(replica.process.pid, signal.SIGKILL)
    replica.process.wait(30)
    _, alive = await asyncio.to_thread(psutil.wait_procs, kernels, 30)
    assert alive == []
