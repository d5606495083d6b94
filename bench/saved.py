"""From a click on an answer to the word "saved", in Chromium under a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, Page
from tests.browser.serving import serving

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric

CLICKS = 100

_CLICK = """
(row) => new Promise((resolve) => {
  const status = document.querySelector(".survey-status");
  const inputs = document.querySelectorAll("fieldset:first-of-type .question-answers input");
  const start = performance.now();
  const observer = new MutationObserver(() => {
    if (status.textContent !== "saved") return;
    observer.disconnect();
    resolve(performance.now() - start);
  });
  observer.observe(status, { childList: true, characterData: true, subtree: true });
  inputs[row].click();
})
"""


def measure(browser: Browser) -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, milliseconds, and the conditions."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as server:
        workspace = Workspace.open(f"sqlite:///{server.database}")
        code = workspace.workshops.create(load_rubric("mlops-maturity"), "Bench").code
        page = browser.new_page()
        page.goto(server.join(code))
        page.get_by_role("button", name="Start").click()
        page.locator("fieldset").first.wait_for()
        times = _clicks(page)
        page.close()
    yield (
        "answer clicked to “saved”, p95 (ms)",
        float(np.quantile(times, 0.95)),
        f"{CLICKS} clicks, one participant, SQLite with synchronous=FULL; median {np.median(times):.0f} ms",
    )


def _clicks(page: Page) -> list[float]:
    return [float(page.evaluate(_CLICK, i % 5)) for i in range(CLICKS)]
