"""From a slider's move to the repainted answer, in Chromium under a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser
from tests.browser.serving import serving

MOVES = 120
FIRST = 20  # moves that warm up the browser and the kernel, and are not counted

# A move is over when the answer is there, the chart beside it has moved, and the frame with both was drawn.
_MOVE = """
(value) => new Promise((resolve) => {
  const root = document.querySelector(".estimator");
  const slider = root.querySelector('[data-id="serving"] input[data-thumb="likely"]');
  const figure = root.querySelector(".estimator-figures .mlm-figure");
  let left = 2;
  const start = performance.now();
  const over = () => setTimeout(() => resolve(performance.now() - start));
  const done = () => { if (!--left) requestAnimationFrame(over); };
  root.addEventListener("estimator-shown", done, { once: true });
  figure.addEventListener("mlm-painted", done, { once: true });
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})
"""


def measure(browser: Browser) -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, milliseconds, and the conditions."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{server.url}/voila/render/timeline_estimator.ipynb")
        page.locator(".estimator-figures .mlm-figure svg").first.wait_for()
        page.wait_for_timeout(1000)
        times = [float(page.evaluate(_MOVE, 3 + (move % 9) / 4)) for move in range(1, MOVES + FIRST)][FIRST:]
        page.close()
    median, most = np.median(times), max(times)
    yield (
        "slider moved to answer repainted, p95 (ms)",
        float(np.quantile(times, 0.95)),
        f"{len(times)} moves in a plan of 11 tasks, one visitor; median {median:.0f} ms, longest {most:.0f} ms",
    )
