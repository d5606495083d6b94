"""What the board's browser may ask, and the shape that it must have."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui.screen import Request

FIRST, LAST = date(1970, 1, 1), date(9000, 1, 1)
"""Days that a page may name: beyond them calendars and charts end."""


def day(text: object) -> date:
    """A day from its text.

    Raises:
        Refusal: if it is none, or not one that people plan for.
    """
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        raise Refusal(f"“{text}” is no day; write it like 2027-01-31.") from None
    if not FIRST <= found <= LAST:
        raise Refusal(f"“{text}” is too far away; days from {FIRST.year} to {LAST.year} are known here.")
    return found


def _some_day(value: object) -> object:
    if not isinstance(value, str) or not value:
        return value or None
    try:
        return day(value[:40])
    except Refusal as refusal:
        raise PydanticCustomError("day", "{why}", {"why": str(refusal)}) from None


_Day = Annotated[date | None, BeforeValidator(_some_day)]

Tab = Literal["items", "risk", "sign-offs", "time", "compare", "files"]
_Short = Annotated[str, Field(max_length=1000)]
_Long = Annotated[str, Field(max_length=20_000)]
_File = Annotated[str, Field(max_length=6_000_000)]
_Optional = _Short | None


class Look(Request):
    """What a tab shows.

    Attributes:
        tab: which.
        stage: that the verdict is about; left out, the one that it was about.
        as_of: the day to judge on, if it is not today.
        known: the drawings that the page has already, so that only their numbers are sent.
    """

    tab: Tab = "items"
    stage: _Optional = None
    as_of: _Day = None
    known: Annotated[tuple[_Short, ...], Field(max_length=200, strict=False)] = ()


class Begin(Look):
    """A new review."""

    checklist: _Short
    subject: _Short
    version: _Short
    who: _Short


class Open(Look):
    """A review that the workspace holds."""

    subject: _Short
    version: _Short


class ReadReview(Look):
    """A review's YAML."""

    name: _Short
    text: _File


class Restore(Look):
    """A review as this page had it before it was loaded anew, as plain values."""

    review: dict[str, Any]


class Next(Look):
    """The review of another version, begun from this one."""

    version: _Short
    who: _Short


class Edit(Look):
    """What all changes have: who makes them, and in which role."""

    who: _Short
    role: _Optional = None


class ItemEdit(Edit):
    """A change of an item.

    Attributes:
        item: its id.
        seen: how many changes of it the page knew when the person began; with others since, nothing is changed.
    """

    item: _Short
    seen: int | None = None


class Say(ItemEdit):
    """What is said of an item."""

    status: Literal["pass", "fail", "na", "waived", "unknown"]
    reason: _Long | None = None
    until: _Day = None


class Again(ItemEdit):
    """What is said of an item holds still, as of today."""


class Assign(ItemEdit):
    """Who sees to an item, by when, and a note beside it; what is left out stays as it is."""

    owner: _Optional = None
    due: _Day = None
    note: _Long | None = None


class AddEvidence(ItemEdit):
    """Evidence that is typed: a link, a note, or a metric with its value."""

    link: _Optional = None
    note: _Long | None = None
    metric: _Optional = None
    value: float | None = Field(None, strict=False)
    at_least: float | None = Field(None, strict=False)
    at_most: float | None = Field(None, strict=False)
    on: _Day = None


class Upload(ItemEdit):
    """Evidence that is read from a file which the browser sends."""

    source: Literal["metric", "junit", "evidently", "great_expectations", "pandera"]
    name: _Short
    text: _File
    metric: _Optional = None
    at: _Optional = None
    at_least: float | None = Field(None, strict=False)
    at_most: float | None = Field(None, strict=False)
    day: _Day = None


class SentFile(Request):
    """A file that the browser sends, with the day on which it was last changed there."""

    name: _Short
    text: _File
    day: _Day = None


class AddFiles(Edit):
    """Files that the review's evidence names."""

    files: Annotated[tuple[SentFile, ...], Field(max_length=50, strict=False)]


class Remove(ItemEdit):
    """A piece of an item's evidence, by its key."""

    key: _Short


class Risk(Edit):
    """The answer to a question about risk; None takes it back."""

    question: _Short
    answer: Literal["yes", "no", "unsure"] | None


class ChooseTier(Edit):
    """The tier, and why it is not the one that was proposed."""

    tier: _Short
    reason: _Long | None = None


class Sign(Edit):
    """A sign-off."""

    stage: _Short
    decision: Literal["go", "no-go"]
    note: _Long | None = None


class Beside(Look):
    """The version to compare with: one in the workspace, or a file."""

    version: _Optional = None
    name: _Optional = None
    text: _File | None = None


class Delete(Look):
    """A review with everything that it ever said."""

    subject: _Short
    version: _Short


class Export(Request):
    """A file to take home."""

    format: Literal["markdown", "html", "csv", "yaml", "json", "card", "plan"]
    as_of: _Day = None
