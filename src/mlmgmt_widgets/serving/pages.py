"""The addresses of the workbook's pages: a notebook that opens, one that is full, one that is not there."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler
from voila.handler import BaseVoilaHandler

from mlmgmt_widgets.serving import statics
from mlmgmt_widgets.serving.capacity import Capacity, Full, Seat
from mlmgmt_widgets.serving.notebooks import HOME, Page, introduction, pages
from mlmgmt_widgets.serving.opening import Opener, Opening, Turns
from mlmgmt_widgets.serving.warm import WarmPages

_OPENING = '<div id="opening" role="status"><span>Opening…</span><i></i><i></i><i></i></div>'
_END = "</main></body></html>"
_AGAIN_SECONDS = 15  # when to try again where no script does it
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rooms:
    """What it takes to open pages.

    Attributes:
        folder: the notebooks.
        opener: opens them.
        turns: how many open at the same time.
        capacity: how many may be open.
        warm: those that are ready.
    """

    folder: Path
    opener: Opener
    turns: Turns
    capacity: Capacity
    warm: WarmPages


class PageHandler(BaseVoilaHandler):  # type: ignore[misc]
    """Opens a notebook: sends the page's frame at once, then what the notebook's kernel has to show."""

    def initialize(self, rooms: Rooms, **kwargs: Any) -> None:
        """Take what opens pages, and Voila's own settings."""
        super().initialize(**kwargs)
        self._rooms = rooms
        self._folder = rooms.folder

    async def get(self, path: str = HOME) -> None:
        """Send the page."""
        path = path or HOME
        there = pages(self._folder)
        page = next((each for each in there if each.path == path), None)
        if page is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if page.text_only:
            await self._send(self._frame(page, there) + _END)
            return
        try:
            self.settings["openings"].spend(self.request)
            seat = self._rooms.capacity.admit(page)
        except Full as full:
            self._say_full(full, page)
            return
        try:
            await self._send(self._frame(page, there) + _OPENING)
            await self._fill(page, seat)
        finally:
            if seat.kernel_id is None:  # it has not come to a kernel
                self._rooms.capacity.leave(seat)

    async def _fill(self, page: Page, seat: Seat) -> None:
        """Send what the notebook shows, from a page that is ready or in one's turn."""
        try:
            if ready := await self._rooms.warm.take(page):
                await self._show(Opening(ready.kernel_id, _once(ready.html)), seat)
                return
            async with self._rooms.turns.one():
                if self.request.connection.stream.closed():  # whoever waited has gone: no kernel for nobody
                    return
                await self._show(await self._rooms.opener.open(page.path), seat)
        except StreamClosedError:
            pass  # the reader went away
        except Exception:  # noqa: BLE001 - whatever it was, the page says so and the log says why
            _log.exception("could not open %s", page.path)
            with contextlib.suppress(StreamClosedError):
                await self._send(_render(self, "broken.html.j2"))

    async def _show(self, opening: Opening, seat: Seat) -> None:
        """Send a page's content; end its kernel when it does not reach the reader."""
        seat.kernel_id = opening.kernel_id
        try:
            async for html in opening.html:
                await self._send(html)
        except BaseException:
            await self._rooms.opener.end(opening.kernel_id)
            raise

    async def _send(self, html: str) -> None:
        self.write(html)
        await self.flush()

    def _frame(self, page: Page, there: tuple[Page, ...]) -> str:
        text = introduction(self._folder / page.path)
        filled = frame(self.base_url, there, page)
        return _render(self, "frame.html.j2", text=Markup(text), **filled)  # noqa: S704 - a notebook's own text

    def _say_full(self, full: Full, page: Page) -> None:
        """Say that there is no room, in a page that tries again by itself."""
        self.set_status(full.status)
        self.set_header("Retry-After", str(_AGAIN_SECONDS))
        filled = frame(self.base_url, pages(self._folder), None)
        self.finish(_render(self, "full.html.j2", full=full, asks=page, again=_AGAIN_SECONDS, **filled))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Show an error as a page in words."""
        del kwargs
        _show_error(self, self._folder, status_code)


class Room(RequestHandler):
    """Says whether there is room for one more; starts nothing."""

    def initialize(self, rooms: Rooms) -> None:
        """Take what opens pages."""
        self._rooms = rooms

    def get(self, path: str) -> None:
        """Answer 204 if a visit to the notebook at `path` would be let in, 503 or 429 if not."""
        page = next((each for each in pages(self._rooms.folder) if each.path == path), None)
        if page is None:
            raise HTTPError(404)
        self.set_header("Cache-Control", "no-store")
        try:
            self.settings["openings"].check(self.request)
            self._rooms.capacity.check(page)
        except Full as full:
            self.set_status(full.status)
        else:
            self.set_status(204)


async def _once(html: str) -> AsyncIterator[str]:
    yield html


class Missing(BaseVoilaHandler):  # type: ignore[misc]
    """Every address that leads nowhere."""

    def initialize(self, folder: Path, **kwargs: Any) -> None:
        """Take the folder of notebooks."""
        super().initialize(**kwargs)
        self._folder = folder

    async def prepare(self) -> None:
        """Answer whatever was asked."""
        await super().prepare()
        self.set_status(404)
        _show_error(self, self._folder, 404)


def _show_error(handler: BaseVoilaHandler, folder: Path, status: int) -> None:
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Cache-Control", "no-store")
    filled = frame(handler.base_url, pages(folder), None)
    handler.finish(_render(handler, "error.html", status=status, **filled))


def _render(handler: BaseVoilaHandler, name: str, **filled: Any) -> str:
    # Not the handler's own method: that one sets a cookie, and nothing here needs one.
    return str(handler.settings["voila_jinja2_env"].get_template(name).render(**filled))


def frame(base_url: str, there: tuple[Page, ...], page: Page | None) -> Mapping[str, Any]:
    """Return what the page's frame is filled with."""
    return {
        "base_url": base_url,
        "pages": there,
        "page": page,
        "static": lambda name: statics.url(base_url, name),
    }
