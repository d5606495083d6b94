"""`make bench`: a table of what was measured, in one run on this machine."""

from __future__ import annotations

import subprocess
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
    print(f"{'measured':<52} {'figure':>8}   conditions")
    for name, figure, conditions in _rows():
        print(f"{name:<52} {figure:>8.2f}   {conditions}", flush=True)


main()
