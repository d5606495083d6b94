"""Which notebooks there are, and what of them is shown before any kernel has started."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlmgmt_widgets.serving.chapters import LAB_ONLY

HOME = "index.ipynb"
_TEXT = '<div class="jp-Cell"><div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">{}</div></div>'


@dataclass(frozen=True)
class Page:
    """A notebook as the header shows it.

    Attributes:
        path: its file name.
        title: of the page.
        label: a shorter title, for the header.
        text_only: whether it has no code, so that it needs no kernel.
        facilitator: whether it is for those who run the workbook: they get in when a room is full of participants.
        warm: how many visits are prepared before anybody asks.
    """

    path: str
    title: str
    label: str
    text_only: bool = False
    facilitator: bool = False
    warm: int = 0

    @property
    def is_home(self) -> bool:
        """Whether this is the page at the server's root."""
        return self.path == HOME


def pages(folder: Path) -> tuple[Page, ...]:
    """Return the notebooks of a folder, the home page first, the others in the order of their names.

    A notebook's `metadata.title` is its title, else its first heading, else its file name.
    In `metadata.mlmgmt`, `label` is a shorter name for the header, `order` its place there, `facilitator` and
    `warm` as in `Page`.
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
        facilitator, warm = ours.get("facilitator") is True, max(0, int(ours.get("warm", 0)))
        text_only = not any(cell.get("cell_type") == "code" for cell in _served(cells))
    except (ValueError, TypeError, AttributeError, OSError):
        # Opening it will say what is wrong; the header of the other pages must not break over it.
        title, ours, order, text_only, facilitator, warm = None, {}, 0.0, False, False, 0
    title = str(title or path.stem.replace("_", " ").replace("-", " ").capitalize())
    label = str(ours.get("label") or _label(title))
    return order, Page(path.name, title, label, text_only, facilitator, warm)


def introduction(path: Path) -> str:
    """Return the text before a notebook's first code as HTML; it needs no kernel to be shown."""
    return _introduction(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _introduction(path: Path, _modified: int) -> str:
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
