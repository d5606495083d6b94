"""What all reports share: HTML without script or outside references, made to be printed on A4."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.words import plain

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure

_WIDTH = 720  # pixels of a chart; a page of A4 shows it a little smaller
_NAMESPACE = re.compile(r'\s+xmlns(:\w+)?="[^"]*"')  # HTML knows what an svg is; addresses only raise questions
_PARTS = re.compile(
    r' (role="graphics-\w+"|aria-roledescription="[^"]*")'
)  # the image as a whole has a name, they have none
_SCROLLS = {"tabindex": "0"}  # on a narrow screen it is wider than the page, and the keyboard has to get there
_LONGEST_SLUG = 80  # with a date and an ending, a name that every file system holds


def page(title: str, parts: Iterable[str], style: str = "") -> str:
    """Return a whole page, its stylesheet in it.

    Args:
        title: of the window, as text.
        parts: of the body, as HTML.
        style: further rules for this kind of report alone.
    """
    shared = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{shared}{style}</style>"
    )
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def element(name: str, *text: str, **attributes: str) -> str:
    """Return an element around text, which is escaped, without the characters that no page may hold.

    Example:
        >>> element("p", "a < b", class_="quiet")
        '<p class="quiet">a &lt; b</p>'
    """
    return wrapped(name, "".join(escape(plain(each)) for each in text), **attributes)


def wrapped(name: str, inner: str, **attributes: str) -> str:
    """Return an element around what is HTML already."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>"


def figure(shown: Figure) -> str:
    """Return a figure with its words over its drawing."""
    drawing = _PARTS.sub("", _NAMESPACE.sub("", shown.svg(_WIDTH)))
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{escape(shown.title)}"', 1)
    words = element("h3", shown.title) + (element("p", shown.description, class_="quiet") if shown.description else "")
    return wrapped("figure", wrapped("figcaption", words) + drawing, **_SCROLLS)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Collection[str] = ()) -> str:
    """Return a table; columns of numbers stand on the right.

    Args:
        columns: the headings.
        rows: as many cells each: text, numbers, or None for a dash.
        right: headings of columns of text that stand on the right as well.
    """
    filled = [list(row) for row in rows]
    on_the_right = [
        column in right or (bool(filled) and all(isinstance(row[place], int | float | None) for row in filled))
        for place, column in enumerate(columns)
    ]

    def cells(name: str, row: Sequence[Any]) -> str:
        return "".join(
            element(name, _said(value), class_="number") if number else element(name, _said(value))
            for value, number in zip(row, on_the_right, strict=True)
        )

    head = wrapped("thead", wrapped("tr", cells("th", columns)))
    body = wrapped("tbody", "".join(wrapped("tr", cells("td", row)) for row in filled))
    return wrapped("div", wrapped("table", head + body), class_="wide", **_SCROLLS)


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "–" if value is None else str(value)


def slug(text: str) -> str:
    """Return text as a part of a file's name; empty where nothing in it can stand there.

    Example:
        >>> slug("New model: from idea to production")
        'new-model-from-idea-to-production'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_SLUG].rstrip("-")
