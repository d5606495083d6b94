"""How quickly pages open, beside an empty notebook under Voila as it comes.

Rounds are interleaved, so that a busy moment falls on all pages alike, and each figure is the ratio of medians:
on a shared machine the seconds mean little.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, CDPSession, Page
from tests.browser.serving import Served, serving

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric, read_responses
from mlmgmt_widgets.content import shipped

ROUNDS = 5
START_SECONDS = 60
STOCK_READY = "#rendered_cells:visible"


@dataclass(frozen=True)
class Case:
    """A page, and what is on it once it can be used."""

    name: str
    url: str
    ready: str


@dataclass
class Measured:
    """What one page took: seconds of a first and of a second visit, bytes, requests."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


def measure(browser: Browser) -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, the ratio to stock Voila's empty page, and the conditions."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stock = Case("stock", stack.enter_context(stock_voila(folder)), STOCK_READY)
        cases = [stock, *ours(stack.enter_context(serving(folder / "home")))]
        results = {case.name: Measured() for case in cases}
        for case in cases:
            visit(browser, case, Measured())  # the first visit to a server also pays for its imports
        for number in range(ROUNDS):
            for case in cases if number % 2 else reversed(cases):
                visit(browser, case, results[case.name])
    base = results.pop(stock.name)
    for name, one in results.items():
        yield from rows(name, one, base)


def rows(name: str, one: Measured, base: Measured) -> Iterator[tuple[str, float, str]]:
    """Yield the three ratios of a page."""
    for what, mine, theirs, unit in (
        ("ready", one.first, base.first, "s"),
        ("ready again", one.again, base.again, "s"),
        ("bytes of a first visit", one.bytes, base.bytes, "B"),
    ):
        ours_, stocks = statistics.median(mine), statistics.median(theirs)
        amounts = (
            f"{ours_:,.2f} {unit} against {stocks:,.2f} {unit}"
            if unit == "s"
            else f"{ours_:,.0f} against {stocks:,.0f}"
        )
        requests = f", {statistics.median(one.requests):.0f} requests against {statistics.median(base.requests):.0f}"
        yield (
            f"{name} {what} / empty page of stock Voila",
            ours_ / stocks,
            f"median of {ROUNDS}; {amounts}{requests if unit == 'B' else ''}",
        )


def ours(server: Served) -> list[Case]:
    """Return the pages that people open: a survey to begin, and the results of twelve people."""
    workspace = Workspace.open(f"sqlite:///{server.database}")
    rubric = load_rubric("mlops-maturity")
    asked = workspace.workshops.create(rubric, "To begin").code
    shown = workspace.workshops.create(rubric, "Revealed").code
    twelve = read_responses(rubric, shipped() / "examples" / "maturity-2026-09.csv").to_responses()
    for i, response in enumerate(twelve):
        token = f"{i:032x}"
        workspace.workshops.enter(shown, token)
        for question, answer in response.answers.items():
            workspace.workshops.record(shown, token, question, answer, response.comments.get(question, ""))
    workspace.workshops.reveal(shown)
    return [
        Case("survey", server.join(asked), ".survey form"),
        Case("timeline", f"{server.url}/voila/render/timeline_estimator.ipynb", ".estimator .mlm-figure svg.marks"),
        Case("results", f"{server.facilitator}&workshop={shown}", ".mlm-figure svg.marks"),
    ]


@contextmanager
def stock_voila(folder: Path) -> Iterator[str]:
    """Run Voila as it comes, on a notebook with one empty cell."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")], metadata={"kernelspec": kernel})
    nbformat.write(empty, folder / "empty.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "stock.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", str(folder / "empty.ipynb"), "--no-browser", f"--port={port}"],
            cwd=folder,
            env=dict(os.environ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(log, rf":{port}", process)
        yield f"http://localhost:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server says that it listens."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if re.search(pattern, log.read_text()):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def visit(browser: Browser, case: Case, into: Measured) -> None:
    """Open a page in a fresh browser profile, then once more."""
    context = browser.new_context()
    page = context.new_page()
    traffic = Traffic(context.new_cdp_session(page))
    into.first.append(opened(page, case))
    page.wait_for_timeout(500)  # what still arrives after the page is ready counts as well
    into.bytes.append(traffic.bytes)
    into.requests.append(traffic.requests)
    page.goto("about:blank")
    into.again.append(opened(page, case))
    context.close()


def opened(page: Page, case: Case) -> float:
    """Return the seconds until the page can be used."""
    started = time.perf_counter()
    page.goto(case.url, wait_until="commit")
    page.wait_for_selector(case.ready, timeout=60_000)
    return time.perf_counter() - started


class Traffic:
    """Counts requests and bytes on the wire; messages over the websocket count uncompressed."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = self.requests = 0
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.send("Network.enable")

    def _request(self, event: dict[str, dict[str, str]]) -> None:
        self.requests += event["request"]["url"].startswith("http")

    def _finished(self, event: dict[str, int]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _frame(self, event: dict[str, dict[str, str]]) -> None:
        text = event["response"]["payloadData"]
        self.bytes += len(text) if event["response"].get("opcode") == 1 else len(text) * 3 // 4
