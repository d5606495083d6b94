"""How quickly pages open: ours, the same survey in what one would write it in otherwise, and an empty page.

Rounds are interleaved, so that a busy moment falls on all pages alike, and each figure is the ratio of medians:
on a shared machine the seconds mean little.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.browser.serving import Served, serving

from bench import peers
from bench.traffic import Traffic
from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric, read_responses
from mlmgmt_widgets.content import shipped

ROUNDS = 5
WAIT = 60_000  # milliseconds
EMPTY, STOCK, PANEL, STREAMLIT = "stock Voila, empty page", "stock Voila, same survey", "Panel", "Streamlit"
SURVEY = "survey to its first question"
# Presses what stands before the first question as soon as it is there, as quickly for one page as for another.
_PRESS = """
(selector) => new Promise((done) => {
  const look = () => {
    const found = document.querySelector(selector);
    if (!found) return false;
    found.click();
    done();
    return true;
  };
  if (look()) return;
  const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
  observer.observe(document, { childList: true, subtree: true });
})
"""


@dataclass(frozen=True)
class Case:
    """A page, what is on it once it can be used, and what is pressed before, if anything."""

    name: str
    url: str
    ready: str
    start: str = ""


@dataclass
class Measured:
    """What one page took: seconds, bytes and requests of a first and of a second visit."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    bytes_again: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


def measure(browser: Browser) -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, the ratio to another page of the same run, and the conditions."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cases = [*ours(stack.enter_context(serving(folder / "home"))), *others(stack, folder)]
        results = {case.name: Measured() for case in cases}
        for case in cases:
            visit(browser, case, Measured())  # the first visit to a server also pays for its imports
        for number in range(ROUNDS):
            print(f"pages: round {number + 1} of {ROUNDS}", file=sys.stderr)
            for case in cases if number % 2 else reversed(cases):
                visit(browser, case, results[case.name])
    for other in (PANEL, STREAMLIT, STOCK):
        yield from rows(SURVEY, results[SURVEY], other, results[other])
    for name in ("timeline", "results"):
        yield from rows(name, results[name], EMPTY, results[EMPTY])


def rows(name: str, one: Measured, other: str, base: Measured) -> Iterator[tuple[str, float, str]]:
    """Yield the ratios of a page to another one."""
    requests = f"; {statistics.median(one.requests):.0f} requests against {statistics.median(base.requests):.0f}"
    for what, mine, theirs, places, beside in (
        ("ready", one.first, base.first, ".2f", " s"),
        ("ready again", one.again, base.again, ".2f", " s"),
        ("bytes", one.bytes, base.bytes, ",.0f", requests),
        ("bytes again", one.bytes_again, base.bytes_again, ",.0f", ""),
    ):
        figures = statistics.median(mine), statistics.median(theirs)
        amounts = f"{figures[0]:{places}} against {figures[1]:{places}}{beside}"
        # What a page asks for again may be nothing at all.
        yield f"{name}, {what} / {other}", figures[0] / max(figures[1], 1e-9), f"median of {ROUNDS}; {amounts}"


def ours(server: Served) -> list[Case]:
    """Return the pages that people open: a survey to begin, and the results of twelve people."""
    workspace = Workspace.open(f"sqlite:///{server.database}")
    rubric = load_rubric(peers.RUBRIC)
    asked = workspace.workshops.create(rubric, "To begin").code
    shown = workspace.workshops.create(rubric, "Revealed").code
    twelve = read_responses(rubric, shipped() / "examples" / "maturity-2026-09.csv").to_responses()
    for i, response in enumerate(twelve):
        token = f"{i:032x}"
        workspace.workshops.enter(shown, token)
        for question, answer in response.answers.items():
            workspace.workshops.record(shown, token, question, answer, response.comments.get(question, ""))
    workspace.workshops.reveal(shown)
    workspace.close()
    return [
        Case(SURVEY, server.join(asked), peers.FIRST_QUESTION, peers.START),
        Case("timeline", f"{server.url}/voila/render/timeline_estimator.ipynb", ".estimator .mlm-figure svg.marks"),
        Case("results", f"{server.facilitator}&workshop={shown}", ".mlm-figure svg.marks"),
    ]


def others(stack: ExitStack, folder: Path) -> list[Case]:
    """Start what ours is measured against; it ends with the stack."""
    empty = peers.write_notebook(folder / "empty.ipynb", "")
    url, _ = stack.enter_context(peers.stock_voila(empty))
    surveys = {STOCK: peers.stock_voila_survey, PANEL: peers.panel_survey, STREAMLIT: peers.streamlit_survey}
    started = {name: stack.enter_context(survey(folder)) for name, survey in surveys.items()}
    return [
        Case(EMPTY, url, "#rendered_cells:visible"),
        *(Case(name, peer.url, peer.ready, peer.start) for name, peer in started.items()),
    ]


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
    traffic.bytes = 0
    into.again.append(opened(page, case))
    page.wait_for_timeout(500)
    into.bytes_again.append(traffic.bytes)
    context.close()


def opened(page: Page, case: Case) -> float:
    """Return the seconds until the page can be used."""
    started = time.perf_counter()
    page.goto(case.url, wait_until="commit")
    if case.start:
        # Whoever comes again may be known already, and is shown the question at once.
        page.evaluate(_PRESS, f"{case.start}, {case.ready}")
    page.wait_for_selector(case.ready, timeout=WAIT)
    return time.perf_counter() - started
