"""How a notebook is opened: a kernel of its own, and what its cells show as HTML, piece by piece."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from mlmgmt_widgets.serving.kernels import NAME, WorkbookKernels

_TURN_SECONDS = 20.0  # a page that takes longer than this to open no longer holds up the others


class Turns:
    """How many pages open at the same time; the others wait, in order, and see that they do."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._asked = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a turn, for `_TURN_SECONDS` at most."""
        self._asked += 1
        self._quiet.clear()
        try:
            async with self._held():
                yield
        finally:
            self._asked -= 1
            if not self._asked:
                self._quiet.set()

    async def quiet(self) -> None:
        """Wait until nobody opens a page."""
        await self._quiet.wait()

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        await self._free.acquire()
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                self._free.release()

        timer = asyncio.get_running_loop().call_later(_TURN_SECONDS, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()


@dataclass(frozen=True)
class Opening:
    """A notebook that is being opened.

    Attributes:
        kernel_id: its kernel; whoever opens the notebook ends it when the page does not reach its reader.
        html: what follows the page's frame, piece by piece, as the cells are run.
    """

    kernel_id: str
    html: AsyncIterator[str]


class Opener:
    """Opens the notebooks of one server. Nothing of a visitor's request reaches a kernel or a page.

    Args:
        kernels: where kernels are started.
        settings: the web application's settings.
        known: what `NotebookRenderer` wants to be told and what is the same for all pages.
    """

    def __init__(self, kernels: WorkbookKernels, settings: dict[str, Any], known: dict[str, Any]) -> None:
        self._kernels = kernels
        self._settings = settings
        self._known = known
        self._exporter: Any = None

    async def open(self, path: str) -> Opening:
        """Start a kernel for the notebook at `path`, which is relative to the served folder."""
        renderer = await self._renderer(path)
        kernel_id = await self._kernels.start_kernel(kernel_name=NAME, path="")
        kernel = self._kernels.get_kernel(kernel_id)
        pieces = renderer.generate_content_generator(kernel_id, kernel)
        return Opening(kernel_id, (html async for html, _ in pieces))

    async def end(self, kernel_id: str | None) -> None:
        """End a kernel whose page did not reach its reader."""
        if kernel_id is not None and kernel_id in self._kernels:
            await self._kernels.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    async def _renderer(self, path: str) -> NotebookRenderer:
        renderer = NotebookRenderer(
            request_handler=None, notebook_path=path, page_config=copy.deepcopy(self._page_config), **self._known
        )
        await renderer.initialize()
        # It holds nothing of a page, only the template, which takes long to compile.
        self._exporter = renderer.exporter = self._exporter or renderer.exporter
        return renderer

    @cached_property
    def _page_config(self) -> dict[str, Any]:
        """What the page's script is told; read from disk once, since nobody installs extensions while we serve."""
        known = {name: self._known[name] for name in ("base_url", "voila_configuration")}
        config: dict[str, Any] = get_page_config(settings=self._settings, log=self._kernels.log, **known)
        return config
