"""What all Markdown pages share: text that people typed stays text, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

# `&` only where it would begin a character reference, so that "R&D" reads as it was typed.
_ANYWHERE = re.compile(r"([\\`*_{}\[\]<>|#~]|&(?=#?\w+;))")
# What begins a list, a rule or an underlined heading, but only at the beginning of a line.
_AT_THE_START = re.compile(r"^(?:(?=[-+](?:\s|$)|[-=]+$|-[\s-]*$)|(\d{1,9})(?=[.)](?:\s|$)))")


def escaped(text: str) -> str:
    r"""Return text on one line, in which nothing is taken for Markdown or HTML.

    Example:
        >>> print(escaped("<b> | *bold*"), escaped("1. R&D"))
        \<b\> \| \*bold\* 1\. R&D
    """
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _AT_THE_START.sub(lambda found: f"{found[1] or ''}\\", line, count=1)


def row(*cells: object) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(escaped(str(cell)) for cell in cells)} |"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str] = ()) -> list[str]:
    """Return the lines of a table; the columns in `right` stand on the right."""
    rule = "|".join("---:" if column in right else "---" for column in columns)
    return [row(*columns), f"|{rule}|", *(row(*each) for each in rows)]
