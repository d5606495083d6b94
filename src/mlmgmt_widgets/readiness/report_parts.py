"""What a readiness report is made of, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The name of what follows; `level` 2 begins a section, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Words:
    """A paragraph; a quiet one explains what stands around it."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Rows:
    """A table; `right` names the columns whose text stands on the right, as numbers do."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    right: Sequence[str] = ()


@dataclass(frozen=True)
class Drawings:
    """Where the charts stand; their numbers are in the tables."""


Part = Heading | Words | Rows | Drawings
