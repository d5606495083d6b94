"""How quickly pages open, beside an empty notebook under Voila as it comes.

Prints ratios from one run: on a shared machine the seconds mean little. Rounds are interleaved, so that a busy
moment falls on all pages alike, and each figure is the median of its rounds.

    python benchmarks/pages.py [--rounds N] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
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
from playwright.sync_api import Browser, CDPSession, sync_playwright

EMPTY = "empty.ipynb"
FIGURES = "figures.ipynb"
STOCK_READY = "#rendered_cells:visible"
OUR_READY = "body[data-ready]"


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


def main() -> None:
    """Measure and print."""
    arguments = parse()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = notebooks(folder)
        stock = stack.enter_context(stock_voila(folder / "stock"))
        ours = stack.enter_context(workbook(folder, own))
        pages = cases(stock, ours, own)
        browser = stack.enter_context(chromium(arguments.chromium))
        results = {case.name: Measured() for case in pages}
        for case in pages:
            visit(browser, case, Measured())  # the first visit to a server also pays for its imports
        for number in range(arguments.rounds):
            for case in pages if number % 2 else reversed(pages):
                visit(browser, case, results[case.name])
    show(results)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    return parser.parse_args()


def notebooks(folder: Path) -> Path:
    """Lay out the notebooks: an empty one for Voila, and ours beside a page of charts."""
    (folder / "stock").mkdir()
    nbformat.write(notebook(""), folder / "stock" / EMPTY)
    own = folder / "notebooks"
    shipped = Path(__file__).parents[1] / "notebooks"
    own.mkdir()
    for each in shipped.glob("*.ipynb"):
        shutil.copy(each, own)
    nbformat.write(notebook(""), own / EMPTY)
    nbformat.write(notebook(_FIGURES), own / FIGURES)
    return own


_FIGURES = """
from mlmgmt_widgets.assessment import load_rubric, read_responses, score
from mlmgmt_widgets.assessment import charts
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.ui.figure_view import FigureView
rubric = load_rubric("mlops-maturity")
responses = read_responses(rubric, sorted((shipped() / "examples").glob("*.csv"))[0])
result = score(rubric, responses)
display(FigureView(charts.sections(result, rubric)))
display(FigureView(charts.distributions(result, rubric)))
"""


def notebook(code: str) -> nbformat.NotebookNode:
    """Return a notebook with one cell of code."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(code.strip())]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def cases(stock: str, ours: str, own: Path) -> list[Case]:
    """Return what is measured; the first is what the others are compared with."""
    render = f"{ours}/voila/render"
    found = [
        Case("stock Voila, empty notebook", f"{stock}/", STOCK_READY),
        Case("ours, empty notebook", f"{render}/{EMPTY}", OUR_READY),
    ]
    if (own / "maturity_survey.ipynb").exists():
        ready = f"{OUR_READY} .page-widget :is(button, input):visible"
        found.append(Case("ours, survey", f"{render}/maturity_survey.ipynb", ready))
    if (own / "maturity_workshop.ipynb").exists():
        ready = f"{OUR_READY} .page-widget :is(button, input):visible"
        found.append(Case("ours, workshop", f"{render}/maturity_workshop.ipynb", ready))
    found.append(Case("ours, two charts of results", f"{render}/{FIGURES}", f"{OUR_READY} .page-widget svg.marks"))
    return found


@contextmanager
def stock_voila(folder: Path) -> Iterator[str]:
    """Run Voila as it comes."""
    command = [sys.executable, "-m", "voila", str(folder / EMPTY), "--no-browser", "--port=8971"]
    with running(command, folder, {}, r"(http://[^\s:]+:\d+)") as url:
        yield url.replace(url.split("//")[1].split(":")[0], "localhost")


@contextmanager
def workbook(folder: Path, own: Path) -> Iterator[str]:
    """Run `mlmgmt serve`."""
    code = "from mlmgmt_widgets.serving import serve; serve(port=0)"
    environment = {"MLMGMT_HOME": str(folder / "home"), "MLMGMT_NOTEBOOKS": str(own)}
    with running([sys.executable, "-c", code], folder, environment, r"Home\s+(http://\S+:\d+)") as url:
        yield url


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str], pattern: str) -> Iterator[str]:
    """Run a server until the block ends; yield the address that it prints."""
    log = folder / f"{Path(command[-1]).name[:12]}.log".replace(" ", "-")
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield wait_for(log, pattern, process)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(log: Path, pattern: str, process: subprocess.Popen[bytes], seconds: float = 60) -> str:
    """Return what `pattern` finds in the log once it does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if match := re.search(pattern, log.read_text()):
            return match[1]
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Run a Chromium that talks to our servers only."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def visit(browser: Browser, case: Case, into: Measured) -> None:
    """Open a page in a fresh browser profile, then once more."""
    context = browser.new_context()
    page = context.new_page()
    traffic = Traffic(context.new_cdp_session(page))
    into.first.append(opened(page, case))
    page.wait_for_timeout(500)  # what still arrives after the page is ready counts as well
    into.bytes.append(traffic.bytes)
    into.requests.append(traffic.requests)
    into.again.append(opened(page, case))
    context.close()


def opened(page: object, case: Case) -> float:
    """Return the seconds until the page can be used."""
    started = time.perf_counter()
    page.goto(case.url, wait_until="commit")  # type: ignore[attr-defined]
    page.wait_for_selector(case.ready, timeout=60_000)  # type: ignore[attr-defined]
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


def out(line: str) -> None:
    """Print a line of the table."""
    sys.stdout.write(line + "\n")


def show(results: dict[str, Measured]) -> None:
    """Print the table."""
    base = next(iter(results.values()))
    out(f"{'page':32} {'ready':>7} {'again':>7} {'bytes':>7} {'requests':>9}   (seconds, kB)")
    for name, one in results.items():
        first, again = statistics.median(one.first), statistics.median(one.again)
        size, requests = statistics.median(one.bytes), statistics.median(one.requests)
        ratios = (
            first / statistics.median(base.first),
            again / statistics.median(base.again),
            size / statistics.median(base.bytes),
        )
        cells = " ".join(f"{ratio:7.2f}" for ratio in ratios)
        out(f"{name:32} {cells} {requests:9.0f}   ({first:.2f}, {again:.2f}, {size / 1000:.0f})")


if __name__ == "__main__":
    main()
