"""The pages of the workbook: which notebooks there are, and how one is opened."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from voila.handler import BaseVoilaHandler
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from mlmgmt_widgets.serving import statics
from mlmgmt_widgets.serving.chapters import LAB_ONLY
from mlmgmt_widgets.serving.kernels import NAME

HOME = "index.ipynb"
_TURN_SECONDS = 20.0  # a page that takes longer than this to open no longer holds up the others
_OPENING = '<div id="opening" role="status"><span>Opening…</span><i></i><i></i><i></i></div>'
_END = "</main></body></html>"
_TEXT = '<div class="jp-Cell"><div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">{}</div></div>'
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A notebook as the header shows it.

    Attributes:
        path: its file name.
        title: of the page.
        label: a shorter title, for the header.
        text_only: whether it has no code, so that it needs no kernel.
    """

    path: str
    title: str
    label: str
    text_only: bool = False

    @property
    def is_home(self) -> bool:
        """Whether this is the page at the server's root."""
        return self.path == HOME


def pages(folder: Path) -> tuple[Page, ...]:
    """Return the notebooks of a folder, the home page first, the others in the order of their names.

    A notebook's `metadata.title` is its title, else its first heading, else its file name.
    `metadata.mlmgmt.label` is a shorter name for the header, `metadata.mlmgmt.order` its place there.
    """
    found = [_page(path, path.stat().st_mtime_ns) for path in folder.glob("*.ipynb")]
    ordered = sorted(found, key=lambda each: (not each[1].is_home, each[0], each[1].path))
    return tuple(page for _, page in ordered)


@lru_cache(maxsize=256)
def _page(path: Path, _modified: int) -> tuple[float, Page]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        metadata, cells = notebook.get("metadata", {}), notebook.get("cells", [])
        title = metadata.get("title") or _heading(cells)
        ours = metadata.get("mlmgmt", {})
        order = float(ours.get("order", 0))
        text_only = not any(cell.get("cell_type") == "code" for cell in _served(cells))
    except (ValueError, TypeError, AttributeError, OSError):
        # Opening it will say what is wrong; the header of the other pages must not break over it.
        title, ours, order, text_only = None, {}, 0.0, False
    title = str(title or path.stem.replace("_", " ").replace("-", " ").capitalize())
    return order, Page(path.name, title, str(ours.get("label") or _label(title)), text_only)


@lru_cache(maxsize=64)
def _text(path: Path, _modified: int) -> str:
    """Return the text before a notebook's first code as HTML; it needs no kernel to be shown."""
    from nbconvert.filters import markdown2html

    try:
        cells = _served(json.loads(path.read_text(encoding="utf-8")).get("cells", []))
    except (ValueError, AttributeError):
        return ""  # opening it says what is wrong
    first = itertools.takewhile(lambda cell: cell.get("cell_type") != "code", cells)
    sources = ("".join(cell.get("source", "")) for cell in first if cell.get("cell_type") == "markdown")
    return "".join(_TEXT.format(markdown2html(source)) for source in sources)


def _label(title: str) -> str:
    short = title.removeprefix("The ")
    return short[:1].upper() + short[1:]


def _served(cells: list[Any]) -> list[Any]:
    return [cell for cell in cells if LAB_ONLY not in cell.get("metadata", {}).get("tags", ())]


def _heading(cells: list[dict[str, Any]]) -> str | None:
    texts = ("".join(cell.get("source", "")) for cell in cells if cell.get("cell_type") == "markdown")
    headings = (re.search(r"^#\s+(.+)$", text, re.MULTILINE) for text in texts)
    return next((match[1].strip() for match in headings if match), None)


class Turns:
    """How many pages open at the same time; the others wait, in order, and see that they do."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a turn, for `_TURN_SECONDS` at most."""
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


class PageHandler(BaseVoilaHandler):  # type: ignore[misc]
    """Opens a notebook: sends the page's frame at once, then what the notebook's kernel has to show."""

    def initialize(self, folder: Path, turns: Turns, **kwargs: Any) -> None:
        """Take the folder of notebooks, the queue, and Voila's own settings."""
        super().initialize(**kwargs)
        self._folder = folder
        self._turns = turns
        self.template_paths = kwargs["template_paths"]
        self.traitlet_config = kwargs["config"]

    async def get(self, path: str = HOME) -> None:
        """Send the page."""
        path = path or HOME
        there = pages(self._folder)
        page = next((each for each in there if each.path == path), None)
        if page is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        await self._send(self._frame(page, there))
        if page.text_only:
            await self._send(_END)
            return
        await self._send(_OPENING)
        async with self._turns.one():
            if self.request.connection.stream.closed():  # whoever waited has gone: no kernel for nobody
                return
            await self._open(path)

    async def _open(self, path: str) -> None:
        """Start a kernel and send what the notebook shows; end the kernel again when that fails."""
        kernel_id = None
        try:
            renderer = await self._renderer(path)
            kernel_id = await self.kernel_manager.start_kernel(kernel_name=NAME, path="")
            kernel = self.kernel_manager.get_kernel(kernel_id)
            async for html, _ in renderer.generate_content_generator(kernel_id, kernel):
                await self._send(html)
        except StreamClosedError:
            await self._end(kernel_id)  # the reader went away
        except Exception:  # noqa: BLE001 - whatever it was, the page says so and the log says why
            _log.exception("could not open %s", path)
            await self._end(kernel_id)
            await self._send(_render(self, "broken.html.j2"))

    async def _renderer(self, path: str) -> NotebookRenderer:
        known = {"base_url": self.base_url, "voila_configuration": self.voila_configuration}
        config = get_page_config(settings=self.settings, log=self.log, **known)
        renderer = NotebookRenderer(
            request_handler=self,
            traitlet_config=self.traitlet_config,
            notebook_path=path,
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=config,
            **known,
        )
        await renderer.initialize()
        return renderer

    async def _end(self, kernel_id: str | None) -> None:
        if kernel_id in self.kernel_manager:
            await self.kernel_manager.shutdown_kernel(kernel_id, now=True)

    async def _send(self, html: str) -> None:
        self.write(html)
        await self.flush()

    def _frame(self, page: Page, there: tuple[Page, ...]) -> str:
        file = self._folder / page.path
        text = _text(file, file.stat().st_mtime_ns)
        filled = frame(self.base_url, there, page)
        return _render(self, "frame.html.j2", text=Markup(text), **filled)  # noqa: S704 - a notebook's own text

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Show an error as a page in words."""
        del kwargs
        _show_error(self, self._folder, status_code)


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
