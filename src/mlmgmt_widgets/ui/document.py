"""What a report is made of, before it is Markdown or HTML: headings, words, tables, and where the charts stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlmgmt_widgets.ui import markdown as md
from mlmgmt_widgets.ui import report

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure


@dataclass(frozen=True)
class Heading:
    """The name of what follows; `level` 2 begins a section, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Words:
    """A paragraph; a quiet one explains how to read what stands around it."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    """Sentences that stand side by side."""

    items: Sequence[str]


@dataclass(frozen=True)
class Rows:
    """A table; `right` names the columns whose text stands on the right, as numbers do."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    right: Sequence[str] = ()


@dataclass(frozen=True)
class Drawing:
    """Where charts stand, whose numbers are in tables; `name` says which, where a report has several such places.

    A drawing stays on one page and a table does not have to, so where both are long the drawing comes first.
    """

    name: str = ""


Part = Heading | Words | Bullets | Rows | Drawing


def as_markdown(parts: Iterable[Part], text: Callable[[str], str] = md.escaped) -> list[str]:
    """Return the lines of a page in Markdown; drawings are left out.

    Args:
        parts: in their order.
        text: how text that people typed is written.

    Example:
        >>> as_markdown([Heading("When"), Words("In May."), Bullets(["or in June"])])
        ['## When', '', 'In May.', '', '- or in June', '']
    """
    return [line for part in parts for line in _markdown(part, text)]


def _markdown(part: Part, text: Callable[[str], str]) -> list[str]:
    if isinstance(part, Heading):
        return [f"{'#' * part.level} {text(part.text)}", ""]
    if isinstance(part, Words):
        return [text(part.text), ""]
    if isinstance(part, Bullets):
        return [*(f"- {text(each)}" for each in part.items), ""]
    if isinstance(part, Rows):
        return [*md.table(part.columns, part.rows, part.right, text), ""]
    return []


def as_html(parts: Iterable[Part], draw: Callable[[str], Iterable[Figure]]) -> Iterator[str]:
    """Yield the parts as HTML.

    Args:
        parts: in their order.
        draw: the charts of a drawing, by its name.
    """
    for part in parts:
        if isinstance(part, Drawing):
            yield from (report.figure(each) for each in draw(part.name))
        else:
            yield _html(part)


def _html(part: Heading | Words | Bullets | Rows) -> str:
    if isinstance(part, Heading):
        return report.element(f"h{part.level}", part.text)
    if isinstance(part, Words):
        return report.element("p", part.text, class_="quiet") if part.quiet else report.element("p", part.text)
    if isinstance(part, Bullets):
        return report.wrapped("ul", "".join(report.element("li", each) for each in part.items))
    return report.table(part.columns, part.rows, part.right)
