"""What the board's browser may ask, and the shape that it must have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlmgmt_widgets.ui.screen import Request

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
    as_of: _Optional = None
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
    """A review as this page had it before it was loaded anew."""

    checklist: _Short
    text: _File


class Next(Look):
    """The review of another version, begun from this one."""

    version: _Short
    who: _Short


class Edit(Look):
    """What all changes have: who makes them, and in which role."""

    who: _Short
    role: _Optional = None


class Say(Edit):
    """What is said of an item."""

    item: _Short
    status: Literal["pass", "fail", "na", "waived", "unknown"]
    reason: _Long | None = None
    until: _Optional = None


class Again(Edit):
    """What is said of an item holds still, as of today."""

    item: _Short


class Assign(Edit):
    """Who sees to an item, by when, and a note beside it."""

    item: _Short
    owner: _Optional = None
    due: _Optional = None
    note: _Long | None = None


class AddEvidence(Edit):
    """Evidence that is typed: a link, a note, or a metric with its value."""

    item: _Short
    link: _Optional = None
    note: _Long | None = None
    metric: _Optional = None
    value: float | None = Field(None, strict=False)
    at_least: float | None = Field(None, strict=False)
    at_most: float | None = Field(None, strict=False)
    on: _Optional = None


class Upload(Edit):
    """Evidence that is read from a file which the browser sends."""

    item: _Short
    source: Literal["metric", "junit", "evidently", "great_expectations", "pandera"]
    name: _Short
    text: _File
    metric: _Optional = None
    at: _Optional = None
    at_least: float | None = Field(None, strict=False)
    at_most: float | None = Field(None, strict=False)


class Remove(Edit):
    """A piece of an item's evidence, by its place."""

    item: _Short
    place: int


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


class Unlock(Request):
    """The facilitator's key, from the link or typed."""

    key: _Short


class Delete(Look):
    """A review with everything that it ever said."""

    subject: _Short
    version: _Short


class Export(Request):
    """A file to take home."""

    format: Literal["markdown", "html", "csv", "yaml", "json", "card", "plan"]
    as_of: _Optional = None
