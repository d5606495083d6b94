"""The same in a real Chromium: what the page does by itself, and what it says."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.serving import provisioner
from tests.browser.serving import Served, serving
from tests.browser.survey_page import answer, next_part, saved, token
from tests.faults.conftest import workshop
from tests.faults.people import Steadfast, everyone, files_of, process_of, stored, until
from tests.faults.wire import wire

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),  # seconds; two servers, twenty kernels and a browser on a busy machine
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(not provisioner.available(), reason="kernels are found by their sockets on Linux only"),
]
Visit = Callable[..., Page]
REOPENS = 60_000  # milliseconds; a page that opens itself anew waits for its kernel like any other
MANY = 20


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").click(timeout=REOPENS)
    expect(page.locator("fieldset")).to_be_visible()


def seen(database: Path, code: str, page: Page) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers and comments that the database holds of whoever sits at this page."""
    with Workspace.open(f"sqlite:///{database}") as workspace:
        participant = workspace.workshops.participant(code, token(page))
    assert participant is not None
    return participant.answers.answers, participant.answers.comments


def kernel_of(page: Page) -> psutil.Process:
    config = page.locator("#jupyter-config-data").text_content()
    process = process_of(json.loads(str(config))["kernelId"])
    assert process is not None
    return process


def test_a_kernel_killed_between_click_and_confirmation(server: Served, visit: Visit, code: str) -> None:
    page = visit(server.join(code))
    start(page)
    answer(page, 1)
    saved(page)
    kernel = kernel_of(page)
    kernel.suspend()
    answer(page, 3)
    page.get_by_role("button", name="Comment").click()
    page.get_by_role("textbox").fill("in the middle of a sentence")
    expect(page.locator(".survey-banner")).to_contain_text("your answers are kept on this device")
    assert seen(server.database, code, page) == ({"pulse-research": 1}, {})
    kernel.kill()
    # It does not take the page away from somebody who is writing; it says so, and opens when they have finished.
    expect(page.locator("#closed")).to_contain_text("The server has closed this page", timeout=REOPENS)
    expect(page.get_by_role("textbox")).to_have_value("in the middle of a sentence")
    with page.expect_event("load", timeout=REOPENS):
        page.get_by_role("textbox").blur()
    saved(page)
    expect(page.locator("fieldset input[value='3']")).to_be_checked()
    expect(page.get_by_role("textbox")).to_have_value("in the middle of a sentence")
    assert seen(server.database, code, page) == (
        {"pulse-research": 3},
        {"pulse-research": "in the middle of a sentence"},
    )


def test_a_network_that_goes_silent_goes_away_and_comes_back_after_the_workshop_was_closed(
    server: Served, visit: Visit, code: str
) -> None:
    with wire(server.url) as network:
        page = visit(f"{network.url}/voila/render/maturity_survey.ipynb#join={code}")
        start(page)
        answer(page, 1)
        saved(page)
        network.silence()  # the connection is dead, and neither side has been told
        answer(page, 2)
        expect(page.locator(".survey-banner")).to_contain_text("There is no answer from the server.")
        saved(page)  # by itself, over a new connection to the same kernel
        assert seen(server.database, code, page) == ({"pulse-research": 2}, {})

        network.cut()
        page.get_by_role("button", name="Comment").click()
        page.get_by_role("textbox").fill("written in a tunnel")
        expect(page.locator(".survey-status")).to_have_text("not sent yet, kept on this device")
        expect(page.locator("#connection")).to_contain_text("No connection at the moment.")
        with pytest.raises(Exception, match="ERR_"):
            page.reload()
        page.wait_for_url("chrome-error://**")
        network.mend()
        page.goto(f"{network.url}/voila/render/maturity_survey.ipynb#join={code}")
        saved(page)
        expect(page.get_by_role("textbox")).to_have_value("written in a tunnel")
        assert seen(server.database, code, page) == ({"pulse-research": 2}, {"pulse-research": "written in a tunnel"})

        network.cut()
        answer(page, 4)
        expect(page.locator(".survey-status")).to_have_text("not sent yet, kept on this device")
        with Workspace.open(f"sqlite:///{server.database}") as workspace:
            workspace.workshops.close(code)
        network.mend()
        late = page.get_by_role("region", name="Answers that were not stored")
        expect(late).to_contain_text("The workshop was closed before 1 answer arrived", timeout=REOPENS)
        expect(late.locator("li")).to_contain_text("Fully (written in a tunnel)")
        saved(page)
        page.reload()
        expect(late.locator("li")).to_have_count(1, timeout=REOPENS)  # until it has been read
        late.get_by_role("button", name="I have read this").click()
        expect(late).to_be_hidden()
        expect(page.locator("fieldset input[value='2']")).to_be_checked()


def test_a_tab_that_slept_longer_than_its_kernel_lives(server: Served, visit: Visit, code: str) -> None:
    with wire(server.url) as network:
        page = visit(f"{network.url}/voila/render/maturity_survey.ipynb#join={code}", width=390)
        start(page)
        answer(page, 1)
        saved(page)
        next_part(page)
        kernel = kernel_of(page)
        network.cut()
        answer(page, "dk")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
        psutil.wait_procs([kernel], timeout=60)
        assert not kernel.is_running()
        network.mend()
        devtools.send("Page.setWebLifecycleState", {"state": "active"})
        page.wait_for_event("load", timeout=REOPENS)
        expect(page.locator("fieldset input[value='dk']")).to_be_checked()
        saved(page)
        assert seen(server.database, code, page) == ({"pulse-research": 1, "pulse-production": "dk"}, {})


@contextmanager
def crowd() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Future[Any]]]:
    """An event loop beside Playwright's, in which others take part."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield lambda doing: asyncio.run_coroutine_threadsafe(doing, loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def joined(server: Served, code: str) -> list[Steadfast]:
    room: list[Steadfast] = await everyone(Steadfast.join(server, code) for _ in range(MANY))
    await everyone(each.give(each.questions[0], number % 5) for number, each in enumerate(room))
    return room


def test_a_server_killed_and_started_again_in_the_middle_of_a_workshop(visit: Visit, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with crowd() as doing:
        with serving(home) as server:
            code = workshop(server)
            room = doing(joined(server, code)).result(180)
            page = visit(server.join(code))
            start(page)
            answer(page, 1)
            saved(page)
            below = psutil.Process(server.process.pid).children(recursive=True)
            for number, each in enumerate(room):
                each.choose(each.questions[1], "dk", f"comment {number}")
            sending = doing(everyone(each.send() for each in room))
            doing(until(lambda: any(each.questions[1] in each.confirmed for each in room))).result(60)
            server.process.kill()
            _, alive = psutil.wait_procs(below, timeout=20)
            assert alive == []
            answer(page, 4)
            expect(page.locator(".survey-banner")).to_contain_text("your answers are kept on this device")
        before = [each.kernels[0] for each in room]
        assert stored(server.database, room[0])[room[0].questions[0]] == (0, "")
        with serving(home, port=int(server.url.rsplit(":", 1)[1])) as server:
            assert not any(files_of(kernel) for kernel in before)  # the new server has cleared away after the old one
            saved(page)
            expect(page.locator("fieldset input[value='4']")).to_be_checked()
            assert seen(server.database, code, page) == ({"pulse-research": 4}, {})
            sending.result(180)
            for number, each in enumerate(room):
                expected = {each.questions[0]: (number % 5, ""), each.questions[1]: ("dk", f"comment {number}")}
                assert stored(server.database, each) == each.confirmed == expected
            doing(everyone(each.leave() for each in room)).result(60)
