"""What all Markdown pages share: text that people typed stays text, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from mlmgmt_widgets.words import plain

# `&` only where it would begin a character reference, so that "R&D" reads as it was typed.
_ANYWHERE = re.compile(r"([\\`*_{}\[\]<>|#~]|&(?=#?\w+;))")
# What begins a list, a rule or an underlined heading, but only at the beginning of a line.
_AT_THE_START = re.compile(r"^(?:(?=[-+](?:\s|$)|[-=]+$|-[\s-]*$)|(\d{1,9})(?=[.)](?:\s|$)))")

_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%-]*[\w/=#&%~-]", re.ASCII)


def escaped(text: str) -> str:
    r"""Return text on one line, in which nothing is taken for Markdown or HTML.

    Example:
        >>> print(escaped("<b> | *bold*"), escaped("1. R&D"))
        \<b\> \| \*bold\* 1\. R&D
    """
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _AT_THE_START.sub(lambda found: f"{found[1] or ''}\\", line, count=1)


def linked(text: str) -> str:
    r"""Return text on one line in which nothing is taken for Markdown but plain web addresses, which become links.

    Example:
        >>> print(linked("*as agreed*: https://example.org/a_b."))
        \*as agreed\*: <https://example.org/a_b>.
    """
    line = " ".join(plain(text).split())
    pieces: list[str] = []
    place = 0
    for found in _ADDRESS.finditer(line):
        pieces += [_between(line[place : found.start()], place), f"<{found[0]}>"]
        place = found.end()
    return "".join([*pieces, _between(line[place:], place)])


def _between(words: str, place: int) -> str:
    """A piece of a line, its outer blanks kept."""
    inner = escaped(words) if place == 0 else escaped(f"x{words}")[1:]  # only the first one begins the line
    before, after = (" " * (len(words) - len(words.lstrip()))), (" " * (len(words) - len(words.rstrip())))
    return f"{before}{inner.strip()}{after}" if words.strip() else words


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    right: Collection[str] = (),
    text: Callable[[str], str] = escaped,
) -> list[str]:
    """Return the lines of a table; the columns in `right` stand on the right, and `text` writes the cells."""
    rule = "|".join("---:" if column in right else "---" for column in columns)
    return [_row(columns, text), f"|{rule}|", *(_row(each, text) for each in rows)]


def _row(cells: Iterable[object], text: Callable[[str], str]) -> str:
    return f"| {' | '.join(text(str(cell)) for cell in cells)} |"
