"""A real Chromium and a real server for the tests in this folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.serving import Served, serving

ROOT = Path(__file__).parents[2]
WAIT = 15_000  # milliseconds: two noisy cores may run two browsers and their servers
expect.set_options(timeout=WAIT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file: Playwright keeps an event loop running, which other files' tests could not bear."""
    found = subprocess.run([ROOT / "scripts" / "find-chromium.sh"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(),
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home")) as server:
        yield server


class Traffic:
    """What pages asked for."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._note(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._note(socket.url)))

    def _note(self, url: str) -> None:
        if host := urlsplit(url).hostname:
            self.hosts.add(host)


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    """Every test that opens pages of a server also shows that they asked no other host."""
    seen = Traffic()
    yield seen
    assert seen.hosts <= {"127.0.0.1"}


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser context of its own, as another person would have; no page of it may break."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def new(*, width: int = 1280, dark: bool = False) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 500 else 900},
            color_scheme="dark" if dark else "light",
            has_touch=width < 500,
            accept_downloads=True,
        )
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def visit(person: Callable[..., BrowserContext], traffic: Traffic) -> Callable[..., Page]:
    """Open a page of a server as another person would."""

    def open_page(url: str, *, width: int = 1280, dark: bool = False) -> Page:
        context = person(width=width, dark=dark)
        traffic.watch(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(url, timeout=4 * WAIT)  # the first visit to a server also pays for its imports
        return page

    return open_page
