"""`make bench`: a table of what was measured, in one run on this machine."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import estimator, forecasts, pages, saved, scoring

Row = tuple[str, float, str]


def _rows() -> Iterator[Row]:
    yield from scoring.measure()
    yield from forecasts.measure()
    chromium = subprocess.run(
        [Path(__file__).parents[1] / "scripts" / "find-chromium.sh"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield from estimator.measure(browser)
        yield from saved.measure(browser)
        yield from pages.measure(browser)
        browser.close()


def main() -> None:
    """Print each row as soon as it is known."""
    # What was started ends with us, also when we are told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(f"{'measured':<72} {'figure':>8}   conditions")
    for name, figure, conditions in _rows():
        print(f"{name:<72} {figure:>8.2f}   {conditions}", flush=True)


main()
