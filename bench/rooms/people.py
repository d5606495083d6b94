"""The participants, as a process: many people without a browser, who think, answer, comment and finish.

Run by `bench.rooms.room` as `python -m bench.rooms.people`. All moments are those of `time.monotonic`, which all
processes of a machine share.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urljoin

from tests import visitor
from tests.visitor import Gone, Participant, Refused, Visitor, fetch
from tornado.httpclient import HTTPClientError

from bench.rooms.helpers import say, told

T = TypeVar("T")
SIGMA = 0.6  # of the lognormal think time: some click at once, some read
COMMENTS = 0.15  # share of questions that get a comment
OPINIONS = 0.9  # share of answers that are neither "not applicable" nor "don't know"
FULL = 503  # what a server answers when nobody more can be let in
NO_ANSWER = 599  # what tornado says when none came
AGAIN_SECONDS = 5.0  # what a page that is full waits before it tries again
RESEND_SECONDS = 1.0
RESENDS = 30
WATCH_SECONDS = 2.0  # as the facilitator's page asks
# What a browser fetches beside the page: scripts and styles that it names.
_FILES = re.compile(r"<(?:script|link)\b[^>]*?\b(?:src|href)=\"?([^\" >]+\.(?:js|css)\b[^\" >]*)")


class Person:
    """One participant, from arrival to the last answer.

    Args:
        number: which of all participants this is.
        job: what the process was given.
    """

    def __init__(self, number: int, job: Mapping[str, Any]) -> None:
        self.number = number
        self._job = job
        self._random = random.Random(f"{job['seed']}:{number}")  # noqa: S311 - the same room every time
        self._page: Participant | None = None
        self.sent: dict[str, tuple[Any, str]] = {}
        self.stage = "page"

    async def attend(self, leave: asyncio.Event) -> None:
        """Arrive, take part, and stay until all leave."""
        try:
            async with asyncio.timeout_at(self._job["until"]):
                await self._take_part()
            say("finished", person=self.number, at=time.monotonic())
        except Exception as error:  # noqa: BLE001 - whatever it was is a figure of the table
            say("failed", person=self.number, kind=f"{self.stage}: {reason(error)}")
        await leave.wait()
        await self._go()

    async def _take_part(self) -> None:
        arrival = self._job["start"] + self._job["arrivals"][self.number - self._job["first"]]
        await asyncio.sleep(arrival - time.monotonic())
        say("arrived", at=time.monotonic())
        page = self._page = await self._let_in()
        opened = time.monotonic()
        self.stage = "files"
        files = await asyncio.gather(*(fetch(each) for each in named_files(page)))
        self.stage = "join"
        questions = await self._again(lambda: page.join(self._job["code"]))
        now = time.monotonic()
        size = len(page.html) + sum(len(each.body) for each in files)
        say("joined", person=self.number, arrived=arrival, opened=opened, at=now, bytes=size)
        self.stage = "answer"
        scale = [each["value"] for each in page.models[page.model()]["rubric"]["answers"]]
        for question in questions:
            await self._consider(page, question, scale)
        self.stage = "finish"
        await page.finish()

    async def _let_in(self) -> Participant:
        """Open the page; whoever is told that the room is full comes again, as the page does by itself."""
        while True:
            try:
                return await Participant.open(self._job["url"])
            except HTTPClientError as refused:
                if refused.code != FULL:
                    raise
            say("full", person=self.number)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _consider(self, page: Participant, question: str, scale: list[Any]) -> None:
        dice = self._random
        mean = self._job["think"]
        await asyncio.sleep(dice.lognormvariate(0, SIGMA) * mean / LOGNORMAL_MEAN)
        answer = dice.choice(scale) if dice.random() < OPINIONS else dice.choice(["na", "dk"])
        await self._give(page, question, answer)
        if dice.random() < COMMENTS:
            await asyncio.sleep(dice.lognormvariate(0, SIGMA) * mean / LOGNORMAL_MEAN)
            await self._give(
                page, question, answer, f"Person {self.number} on {question}: “it depends”, ½ of the time."
            )

    async def _give(self, page: Participant, question: str, answer: Any, comment: str = "") -> None:
        started = time.monotonic()
        self.sent[question] = (answer, comment)
        await self._again(lambda: page.answer(question, answer, comment))
        say("saved", at=started, seconds=time.monotonic() - started)
        page.messages.clear()  # nobody looks at them, and a room's messages are many

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, and ask again where the kernel says that it may be answered later: as the page does, or a person."""
        for _ in range(RESENDS):
            try:
                return await ask()
            except Refused as refused:
                if not refused.passing:
                    raise
                say("again", person=self.number, why=str(refused))
            await asyncio.sleep(RESEND_SECONDS)
        raise Gone("Refused for the moment, again and again.")

    async def _go(self) -> None:
        token, confirmed = (self._page.token, self._page.confirmed) if self._page else ("", {})
        say("said", person=self.number, token=token, confirmed=confirmed, sent=self.sent)
        if self._page:
            with contextlib.suppress(Exception):  # what was to be measured has been
                await self._page.close()


LOGNORMAL_MEAN = math.exp(SIGMA**2 / 2)  # the think time’s mean is what was asked for


def named_files(page: Visitor) -> list[str]:
    """Return the addresses of the scripts and styles that a page names."""
    here = page.url.partition("#")[0]
    return list(dict.fromkeys(urljoin(here, each) for each in _FILES.findall(page.html) if "//" not in each))


def reason(error: Exception) -> str:
    """Return in a few words why somebody failed; the same for everybody with the same trouble."""
    if isinstance(error, TimeoutError) or (isinstance(error, HTTPClientError) and error.code == NO_ANSWER):
        return "no answer in time"
    if isinstance(error, HTTPClientError):
        return f"HTTP {error.code}"
    if isinstance(error, LookupError):
        return "a page without a kernel"
    return f"{type(error).__name__}: {error}"[:200]


async def facilitate(job: Mapping[str, Any], leave: asyncio.Event) -> None:
    """Watch the workshop as the facilitator's page does, until all leave."""
    stage, page = "page", None
    try:
        page = await Visitor.open(job["facilitator"])
        stage = "unlock"
        await page.ask("unlock", key=job["key"])
        await page.ask("home")
        await page.ask("open", code=job["code"])
        say("watching")
        stage = "progress"
        while not leave.is_set():
            asked = time.monotonic()
            told_ = await page.ask("progress")
            counts = {name: told_[name] for name in ("joined", "started", "finished")}
            say("progress", seconds=time.monotonic() - asked, **counts)
            page.messages.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(leave.wait(), WATCH_SECONDS)
    except Exception as error:  # noqa: BLE001 - as above
        say("failed", person=None, kind=f"facilitator, {stage}: {reason(error)}")
        await leave.wait()
    if page:
        with contextlib.suppress(Exception):
            await page.close()


async def run() -> None:
    """Be the people of one job."""
    job = told()
    visitor.WAIT = job["patience"]
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    watcher = asyncio.create_task(facilitate(job, leave)) if job.get("facilitator") else None
    say("ready")
    begin = await loop.run_in_executor(None, told)
    if not begin:
        return
    job = {**job, **begin}
    people = [Person(job["first"] + i, job) for i in range(len(job["arrivals"]))]
    there = [asyncio.create_task(each.attend(leave)) for each in people]
    await loop.run_in_executor(None, told)  # that all leave, or that nobody is there any more
    leave.set()
    await asyncio.gather(*there, *([watcher] if watcher else []))


if __name__ == "__main__":
    asyncio.run(run())
