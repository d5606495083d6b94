"""Pages that are opened before anybody asks: the kernel has started, the notebook has run, the HTML is there.

Each is handed to one visitor and never to a second. That is safe because nothing of a visitor's address, key or
token reaches the server with the request for a page: the page's script reads them and tells the kernel.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mlmgmt_widgets.serving.capacity import Capacity
from mlmgmt_widgets.serving.kernels import WorkbookKernels
from mlmgmt_widgets.serving.notebooks import Page, pages
from mlmgmt_widgets.serving.opening import Opener, Turns

_FRESH_SECONDS = 900.0  # what a notebook read when it ran may have changed since
_LOOK_SECONDS = 30.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A page that nobody has seen.

    Attributes:
        kernel_id: its kernel.
        html: what follows the page's frame.
        of: what it was made from; another day or another edition of the notebook makes it worthless.
        since: when, in seconds of the monotonic clock.
    """

    kernel_id: str
    html: str
    of: tuple[object, ...]
    since: float


class WarmPages:
    """Keeps pages ready, as many of each notebook as its `warm` says, while there is memory and nobody waits.

    Args:
        folder: the notebooks.
        opener: opens them.
        kernels: in which these pages' kernels are told not to count as idle.
        capacity: says whether there is memory for them.
        turns: says when nobody waits for a page.
        today: today's date.
    """

    def __init__(  # noqa: PLR0913 - what it stands between
        self,
        folder: Path,
        *,
        opener: Opener,
        kernels: WorkbookKernels,
        capacity: Capacity,
        turns: Turns,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._folder = folder
        self._opener = opener
        self._kernels = kernels
        self._capacity = capacity
        self._turns = turns
        self._today = today
        self._ready: dict[str, list[Ready]] = defaultdict(list)
        self._wanted = asyncio.Event()

    async def take(self, page: Page) -> Ready | None:
        """Return a page that is ready, which from now on is its visitor's alone; `None` if there is none."""
        while self._ready[page.path]:
            ready = self._ready[page.path].pop(0)
            self._wanted.set()
            if self._good(page, ready) and await self._alive(ready.kernel_id):
                self._kernels.hand_out(ready.kernel_id)
                return ready
            await self._opener.end(ready.kernel_id)
        return None

    async def keep(self) -> None:
        """Make pages ready for as long as the server runs."""
        while True:
            self._wanted.clear()
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - a notebook that was taken away, for instance: there is a next time
                _log.exception("could not make pages ready")
            try:
                await asyncio.wait_for(self._wanted.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _look(self) -> None:
        there = {page.path: page for page in pages(self._folder)}
        for path, ready in [(path, each) for path, several in self._ready.items() for each in several]:
            good = path in there and self._good(there[path], ready) and await self._alive(ready.kernel_id)
            if not good and ready in self._ready[path]:  # whoever took it while we looked at it has it
                self._ready[path].remove(ready)
                await self._opener.end(ready.kernel_id)
        # One of each before the second of any.
        numbered = [(number, page) for page in there.values() for number in range(page.warm)]
        for _, page in sorted(numbered, key=lambda each: each[0]):
            await self._turns.quiet()
            if len(self._ready[page.path]) < page.warm and self._capacity.has_memory(page, pages=2):
                await self._make(page)

    async def _make(self, page: Page) -> None:
        kernel_id = None
        try:
            made_of = self._of(page)
            opening = await self._opener.open(page.path)
            kernel_id = opening.kernel_id
            self._kernels.hold(kernel_id)
            html = "".join([piece async for piece in opening.html])
        except Exception:  # noqa: BLE001 - whoever opens the page is told; here it only is not ready
            _log.exception("could not make %s ready", page.path)
            await self._opener.end(kernel_id)
            return
        self._ready[page.path].append(Ready(kernel_id, html, made_of, time.monotonic()))

    async def _alive(self, kernel_id: str) -> bool:
        return kernel_id in self._kernels and bool(await self._kernels.is_alive(kernel_id))

    def _good(self, page: Page, ready: Ready) -> bool:
        return ready.of == self._of(page) and time.monotonic() - ready.since < _FRESH_SECONDS

    def _of(self, page: Page) -> tuple[object, ...]:
        return self._today(), (self._folder / page.path).stat().st_mtime_ns
