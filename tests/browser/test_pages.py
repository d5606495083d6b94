"""The frame around the widgets, in a real browser."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Served
from tests.serving.conftest import kernels, server, workbook  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser]
Visit = Callable[..., Page]


def open_page(visit: Visit, server: Served, name: str, **options: object) -> Page:  # noqa: F811 - a fixture's value
    page = visit(f"{server.url}/voila/render/{name}.ipynb", **options)
    expect(page.locator("body[data-ready]")).to_be_visible()
    return page


def test_a_widget_speaks_with_its_kernel_and_is_spoken_to(server: Served, visit: Visit) -> None:  # noqa: F811
    page = open_page(visit, server, "counter")
    page.get_by_role("button", name="count 0").click()
    expect(page.get_by_role("button", name="count 1")).to_be_visible()
    page.get_by_role("button", name="ask").click()
    expect(page.locator("output")).to_have_text(re.compile(r"^\d+ 8$"))


def test_a_page_of_our_widgets_is_a_handful_of_requests(server: Served, visit: Visit) -> None:  # noqa: F811
    page = visit(server.url)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(f"{server.url}/voila/render/counter.ipynb")
    expect(page.get_by_role("button", name="count 0")).to_be_visible()
    assert len(seen) < 10
    assert not [url for url in seen if "voila.js" in url]


def test_other_widgets_bring_voilas_own_front_end(server: Served, visit: Visit) -> None:  # noqa: F811
    page = open_page(visit, server, "sliders")
    expect(page.get_by_text("weeks")).to_be_visible()
    expect(page.get_by_role("slider")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_follows_the_system_and_the_button(server: Served, visit: Visit, *, dark: bool) -> None:  # noqa: F811
    page = open_page(visit, server, "index", dark=dark)
    body = page.locator("body")
    light = {False: "rgb(255, 255, 255)", True: "rgb(22, 25, 29)"}
    expect(body).to_have_attribute("data-jp-theme-light", str(not dark).lower())
    expect(body).to_have_css("background-color", light[dark])
    button = page.get_by_role("button", name="Dark theme")
    button.click()
    expect(button).to_have_attribute("aria-pressed", str(not dark).lower())
    expect(body).to_have_css("background-color", light[not dark])
    page.reload()
    expect(body).to_have_css("background-color", light[not dark])


def test_whoever_follows_a_join_link_sees_no_other_pages(server: Served, visit: Visit) -> None:  # noqa: F811
    page = visit(f"{server.url}/voila/render/counter.ipynb#join=ABC234")
    expect(page.get_by_role("link", name="Workbook")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(server: Served, visit: Visit, width: int) -> None:  # noqa: F811
    page = open_page(visit, server, "table", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_whose_kernel_was_killed_opens_itself_anew(server: Served, visit: Visit) -> None:  # noqa: F811
    before = kernels(server)
    page = open_page(visit, server, "counter")
    page.get_by_role("button", name="count 0").click()
    expect(page.get_by_role("button", name="count 1")).to_be_visible()
    (mine,) = kernels(server) - before
    os.kill(mine, signal.SIGKILL)
    expect(page.get_by_role("button", name="count 0")).to_be_visible(timeout=20_000)


def test_a_page_does_not_open_itself_anew_under_ones_hands(server: Served, visit: Visit) -> None:  # noqa: F811
    """A click that falls into a reload would be lost: the page waits until nothing has been touched for a moment."""
    before = kernels(server)
    page = open_page(visit, server, "counter")
    (mine,) = kernels(server) - before
    page.evaluate(
        "window.theSame = true; window.hands = setInterval(() => dispatchEvent(new Event('pointerdown')), 200)"
    )
    os.kill(mine, signal.SIGKILL)
    expect(page.locator("#closed")).to_be_visible()
    twenty = (
        "() => new Promise((go) => { let n = 0; addEventListener('pointerdown', () => { if (++n === 20) go(); }); })"
    )
    page.evaluate(twenty)
    assert page.evaluate("window.theSame") is True
    page.evaluate("clearInterval(window.hands)")
    expect(page.locator("#closed")).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("button", name="count 0")).to_be_visible()
    assert page.evaluate("window.theSame") is None


def test_a_page_says_that_its_connection_is_gone_and_when_it_is_back(
    server: Served,  # noqa: F811
    visit: Visit,
) -> None:
    page = visit(server.url)
    page.add_init_script(
        "const Socket = WebSocket; window.sockets = [];"
        "window.WebSocket = class extends Socket { constructor(...a) { super(...a); sockets.push(this); } };"
    )
    page.goto(f"{server.url}/voila/render/counter.ipynb")
    page.get_by_role("button", name="count 0").click()
    page.context.set_offline(True)
    # Without a network the closing handshake may hang for long; the page is told as the browser would tell it.
    page.evaluate(
        "() => sockets.forEach((socket) => {"
        " socket.dispatchEvent(new CloseEvent('close', { code: 1006 })); socket.close(); })"
    )
    expect(page.get_by_text("No connection at the moment")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("No connection at the moment")).to_be_hidden()
    page.get_by_role("button", name="count 1").click()
    page.get_by_role("button", name="ask").click()
    expect(page.locator("output")).to_have_text(re.compile(r"^\d+ 8$"))


def test_closing_the_page_ends_its_kernel(server: Served, visit: Visit) -> None:  # noqa: F811
    before = kernels(server)
    page = open_page(visit, server, "counter")
    assert len(kernels(server) - before) == 1
    page.goto(server.url)
    for _ in range(100):
        if kernels(server) <= before:
            break
        page.wait_for_timeout(50)
    assert kernels(server) <= before
