"""What a participant's browser is sent, on a first and on a second visit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench.traffic import Traffic
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import Served

pytestmark = [pytest.mark.browser]
_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


def test_a_survey_is_light_brings_no_charts_and_does_not_jump(
    served: Served, person: Callable[..., BrowserContext]
) -> None:
    code = Workspace.open(f"sqlite:///{served.database}").workshops.create(load_rubric("mlops-maturity"), "A team").code
    context = person(width=390)
    page = context.new_page()
    page.add_init_script(_SHIFTS)
    arrived, asked = Traffic(context.new_cdp_session(page)), []
    messages: list[bytes] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: keep_messages(socket, messages))

    page.goto(served.join(code))
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert page.evaluate("shifted") == 0
    page.get_by_role("button", name="Start").click()
    first_question(page)
    assert arrived.requests <= 15
    assert 5_000 < arrived.bytes <= 1_000_000  # the survey's own script alone is more than the former
    assert not [url for url in asked if "vega" in url or "voila.js" in url]
    assert [each for each in messages if b"survey" in each]
    assert not [each for each in messages if b"vegaEmbed" in each or b"vega-lite" in each]

    page.goto("about:blank")
    arrived.bytes = 0
    page.goto(served.join(code))
    first_question(page)
    assert 0 < arrived.bytes <= 60_000


def first_question(page: Page) -> None:
    expect(page.locator(".survey fieldset input").first).to_be_enabled()


def keep_messages(socket: WebSocket, messages: list[bytes]) -> None:
    socket.on("framereceived", lambda data: messages.append(data if isinstance(data, bytes) else data.encode()))
