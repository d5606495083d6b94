"""Pages that were ready before anybody asked: each is one visitor's, and knows nothing of any other."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from mlmgmt_widgets.serving.notebooks import Page
from mlmgmt_widgets.serving.warm import Ready, WarmPages
from tests.browser.serving import Served, serving
from tests.serving.conftest import COUNTER, kernels, write_notebook
from tests.visitor import Participant, Visitor, fetch

pytestmark = pytest.mark.xdist_group("serving")
VISITORS = 20
TELLS = "import os, json, sys; print(f'process={os.getpid()}', json.dumps([dict(os.environ), sys.argv]))"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that keeps two pages of a notebook ready, and as many of the survey as it is shipped with."""
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "mlmgmt.toml").touch()
    (folder / "notebooks").mkdir()
    survey = Path(__file__).parents[2] / "notebooks" / "maturity_survey.ipynb"
    (folder / "notebooks" / survey.name).write_bytes(survey.read_bytes())
    write_notebook(folder / "notebooks" / "tells.ipynb", [TELLS, COUNTER], warm=2)
    with serving(tmp_path_factory.mktemp("home"), folder=folder) as server:
        yield server


async def ready(server: Served, number: int = 4) -> None:
    async with asyncio.timeout(60):
        while len(kernels(server)) != number:  # noqa: ASYNC110 - another process says nothing
            await asyncio.sleep(0.05)


def test_twenty_visitors_share_no_kernel_and_see_nothing_of_each_other(warm: Served) -> None:
    async def visits() -> list[str]:
        await ready(warm)
        seen = []
        for number in range(VISITORS):  # in quick succession: some find a page ready, others do not
            secret = f"the-secret-of-{number}"
            url = f"{warm.url}/voila/render/tells.ipynb?token={secret}#key={secret}"
            headers = {"Referer": f"{warm.url}/?{secret}", "Cookie": f"token={secret}", "User-Agent": secret}
            visitor = await Visitor.open(url, headers=headers)
            seen.append(visitor.html + repr(visitor.models))
            if number % 3:
                await visitor.close()
        return seen

    seen = asyncio.run(visits())
    assert len({found for each in seen for found in re.findall(r"process=(\d+)", each)}) == VISITORS
    assert len({found for each in seen for found in re.findall(r'"kernelId": "([^"]+)"', each)}) == VISITORS
    assert [each for each in seen if "the-secret-of" in each] == []


def test_twenty_participants_keep_their_answers_to_themselves(warm: Served) -> None:
    workspace = Workspace.open(f"sqlite:///{warm.database}")
    code = workspace.workshops.create(load_rubric("pulse"), "Search team").code

    async def take_part(number: int) -> Participant:
        participant = await Participant.open(f"{warm.survey}?token=in-the-query-{number}#join={code}")
        questions = await participant.join(code)
        for question in questions:
            await participant.answer(question, number % 5, f"said by {number}.")
        return participant

    async def all_of_them() -> list[Participant]:
        await ready(warm, len(kernels(warm)))
        return [await take_part(number) for number in range(VISITORS // 2)] + await asyncio.gather(
            *(take_part(number) for number in range(VISITORS // 2, VISITORS))
        )

    for number, participant in enumerate(asyncio.run(all_of_them())):
        said = set(re.findall(r"said by (\d+)\.", repr(participant.models) + repr(participant.messages)))
        assert said == {str(number)}
        assert "in-the-query" not in participant.html + repr(participant.models)
        kept = workspace.workshops.participant(code, participant.token)
        assert kept is not None
        assert set(kept.answers.comments.values()) == {f"said by {number}."}


def test_a_page_whose_kernel_was_killed_while_it_waited_is_shown_to_nobody(warm: Served) -> None:
    async def try_it() -> str:
        before = kernels(warm)
        for process in before:
            os.kill(process, signal.SIGKILL)
        async with asyncio.timeout(30):
            while any(alive(process) for process in before):  # noqa: ASYNC110 - another process says nothing
                await asyncio.sleep(0.001)
        page = await fetch(f"{warm.url}/voila/render/tells.ipynb")
        found = re.search(r"process=(\d+)", page.body.decode())
        assert found
        assert int(found[1]) not in before
        return found[1]

    assert asyncio.run(try_it())


def alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Kernels:
    """A few that live, as far as `WarmPages` asks."""

    def __init__(self, *living: str) -> None:
        self.living = set(living)
        self.handed: list[str] = []

    def __contains__(self, kernel_id: object) -> bool:
        return kernel_id in self.living

    async def is_alive(self, kernel_id: str) -> bool:
        return kernel_id in self.living

    def hand_out(self, kernel_id: str) -> None:
        self.handed.append(kernel_id)

    async def end(self, kernel_id: str) -> None:
        self.living.discard(kernel_id)


def waiting(folder: Path, kernels: Kernels, today: date) -> tuple[WarmPages, Page]:
    write_notebook(folder / "page.ipynb", ["print(1)"], warm=1)
    pages = WarmPages(
        folder,
        opener=kernels,  # type: ignore[arg-type]
        kernels=kernels,  # type: ignore[arg-type]
        capacity=None,  # type: ignore[arg-type]
        turns=None,  # type: ignore[arg-type]
        today=lambda: today,
    )
    page = Page("page.ipynb", "Page", "Page", warm=1)
    return pages, page


def test_a_page_that_is_ready_is_given_once(tmp_path: Path) -> None:
    kernels = Kernels("k")
    pages, page = waiting(tmp_path, kernels, date(2027, 1, 4))
    pages._ready[page.path].append(Ready("k", "<p>", pages._of(page), float("inf")))
    first, second = asyncio.run(pages.take(page)), asyncio.run(pages.take(page))
    assert first is not None
    assert (first.html, second) == ("<p>", None)
    assert kernels.handed == ["k"]


@pytest.mark.parametrize("change", ["the day", "the notebook", "the hour"])
def test_a_page_that_was_made_from_something_else_is_ended_and_not_shown(tmp_path: Path, change: str) -> None:
    kernels = Kernels("k")
    pages, page = waiting(tmp_path, kernels, date(2027, 1, 4))
    since = float("-inf") if change == "the hour" else float("inf")
    pages._ready[page.path].append(Ready("k", "<p>", pages._of(page), since))
    if change == "the day":
        pages._today = lambda: date(2027, 1, 5)
    elif change == "the notebook":
        os.utime(tmp_path / "page.ipynb", ns=(1, 1))
    assert asyncio.run(pages.take(page)) is None
    assert kernels.handed == []
    assert kernels.living == set()


def test_a_notebook_that_goes_away_does_not_end_the_making_ready_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, _ = waiting(tmp_path, Kernels(), date(2027, 1, 4))
    looks = []

    async def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise FileNotFoundError("page.ipynb")
        raise asyncio.CancelledError

    monkeypatch.setattr(pages, "_look", look)
    pages._wanted.set()
    monkeypatch.setattr("mlmgmt_widgets.serving.warm._LOOK_SECONDS", 0.01)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(pages.keep())
    assert len(looks) == 2
