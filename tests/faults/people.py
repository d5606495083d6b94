"""People who lose nothing: what is not confirmed is kept, and sent again, as the survey's page does with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
from tornado.httpclient import HTTPClientError

from mlmgmt_widgets import Workspace
from tests.browser.serving import Served
from tests.visitor import Gone, Participant, Refused, fetch

PATIENCE = 120.0  # seconds for anything that has to happen
RETRY = 0.2  # seconds; the page waits for longer, which would only make tests slow
NOT_NOW = (Gone, OSError, HTTPClientError, LookupError, TimeoutError)  # there is no page, no server or no answer


@dataclass
class Steadfast:
    """A participant in a browser that may be reloaded, and a person who looks at it.

    Attributes:
        survey: the address of the survey.
        code: of the workshop.
        page: the page that is open, if one is.
        confirmed: what the page said is saved.
        waiting: what it keeps and sends: answer, comment and number of each question.
        turned_away: what was refused for good, with the sentence that the page shows.
        told: every sentence that the page has shown, in order.
    """

    survey: str
    code: str
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    page: Participant | None = None
    questions: list[str] = field(default_factory=list)
    confirmed: dict[str, tuple[Any, str]] = field(default_factory=dict)
    waiting: dict[str, tuple[Any, str, int]] = field(default_factory=dict)
    turned_away: dict[str, tuple[Any, str, str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    sent: int = 0  # messages that went out with an answer
    kernels: list[str] = field(default_factory=list)  # of all the pages that were opened
    _number: int = 0

    @classmethod
    async def join(cls, server: Served, code: str, token: str = "") -> Self:
        """Open the page and take part; the same token is the same person on another device."""
        someone = cls(server.survey, code, token or secrets.token_hex(16))
        await someone.open()
        return someone

    async def open(self) -> None:
        """Open the page anew, until there is one, and come back into the workshop."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    page = await Participant.open(self.survey)
                    page.token = self.token
                    self.page = page
                    self.kernels.append(page.kernel)
                    self.questions = await page.join(self.code)
                except NOT_NOW:
                    await asyncio.sleep(RETRY)
                except Refused as refusal:
                    self.told.append(str(refusal))
                    if not refusal.passing:
                        raise
                    await asyncio.sleep(RETRY)
                else:
                    break
        self._number = max(self._number, page._sequence)

    def choose(self, question: str, answer: Any, comment: str = "") -> None:
        """Click: from here on the answer waits."""
        self._number += 1
        self.waiting[question] = (answer, comment, self._number)

    async def give(self, question: str, answer: Any, comment: str = "") -> None:
        """Click, and wait until it is confirmed or refused."""
        self.choose(question, answer, comment)
        await self.send()

    async def send(self) -> None:
        """Send what waits until none of it does; open the page anew where its kernel is gone."""
        patience = 4.0  # for one confirmation: the page's own measure, which grows after a failure
        async with asyncio.timeout(PATIENCE):
            while self.waiting:
                try:
                    await asyncio.wait_for(self.send_once(), patience)
                except TimeoutError:  # which is an OSError, too
                    patience = 10.0
                    self.told.append("There is no answer from the server.")
                    if not await self._known():
                        await self.open()
                except (Gone, OSError):
                    await self.open()

    async def send_once(self) -> None:
        """Send the first answer that waits, once."""
        question, kept = next(iter(self.waiting.items()))
        answer, comment, number = kept
        assert self.page is not None
        asked = {"question": question, "answer": answer, "comment": comment, "sequence": number}
        try:
            self.sent += 1
            reply = await self.page.ask("answer", **asked)
        except Refused as refusal:
            self.told.append(str(refusal))
            if refusal.passing:
                await asyncio.sleep(RETRY)
                return
            self.turned_away[question] = (answer, comment, str(refusal))
        else:
            self.confirmed[question] = (reply["answer"], reply["comment"])
            self._number = max(self._number, reply["sequence"])
        if self.waiting.get(question) == kept:
            del self.waiting[question]

    async def _known(self) -> bool:
        """Whether the server still knows this page's kernel."""
        assert self.page is not None
        try:
            await fetch(f"{self.survey.partition('/voila/')[0]}/api/kernels/{self.page.kernel}")
        except HTTPClientError as error:
            return error.code != 404
        except OSError:
            pass
        return True

    async def leave(self) -> None:
        """Close the page."""
        if self.page is not None:
            with contextlib.suppress(*NOT_NOW):
                await self.page.close()


def stored(database: Path, someone: Steadfast) -> dict[str, tuple[Any, str]]:
    """What the database holds of somebody: the answer and comment of each question."""
    with Workspace.open(f"sqlite:///{database}") as workspace:
        participant = workspace.workshops.participant(someone.code, someone.token)
    assert participant is not None
    kept = participant.answers
    return {q: (kept.answers.get(q), kept.comments.get(q, "")) for q in {**kept.answers, **kept.comments}}


async def everyone(doing: Iterable[Awaitable[Any]]) -> list[Any]:
    """Do all of it at once."""
    return await asyncio.gather(*doing)


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it is about other processes, which set no event of ours
            await asyncio.sleep(0.02)


def running(code: Callable[[], Awaitable[None]]) -> None:
    """Run a test that waits for several people."""
    asyncio.run(_within(code))


async def _within(code: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(3 * PATIENCE):
        await code()


def process_of(kernel: str) -> psutil.Process | None:
    """The process that runs a kernel: the one that listens on sockets with its name."""
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(kernel in str(socket.laddr) for socket in each.net_connections("unix")) and _runs_a_notebook(each):
                return each
    return None


def _runs_a_notebook(process: psutil.Process) -> bool:
    """Whether it leads a session of its own; the server has its ends of the same sockets."""
    return os.getsid(process.pid) == process.pid


def files_of(kernel: str) -> set[Path]:
    """What there is of a kernel's connection: its file and its sockets."""
    return set(Path(tempfile.gettempdir()).glob(f"voila_*/*{kernel}*"))


async def nothing_left(people: Iterable[Steadfast]) -> None:
    """Let everybody close their pages; wait until no process and no file of theirs is there."""
    everybody = list(people)
    await everyone(each.leave() for each in everybody)
    kernels = [kernel for each in everybody for kernel in each.kernels]
    await until(lambda: not any(files_of(kernel) or process_of(kernel) for kernel in kernels))
