"""What a memo is made of, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """The name of what follows."""

    text: str


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
    rows: Sequence[Sequence[str]]
    right: Sequence[str] = ()


@dataclass(frozen=True)
class Drawing:
    """One of the charts, whose numbers stand in a table beside it.

    A drawing stays on one page and a table does not have to, so where both are long the drawing comes first.
    """

    name: Literal["delivery", "schedule", "drivers"]


Part = Heading | Words | Bullets | Rows | Drawing
