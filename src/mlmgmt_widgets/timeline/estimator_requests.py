"""What the estimator's browser may ask, and the shape that it must have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mlmgmt_widgets.ui.screen import Request

Tab = Literal["when", "drivers", "compare", "past", "keep"]
_Short = Annotated[str, Field(max_length=1000)]
_File = Annotated[str, Field(max_length=4_000_000)]


class Look(Request):
    """What a tab shows.

    Attributes:
        tab: which.
        known: the drawings that the page has already, so that only their numbers are sent.
    """

    tab: Tab
    known: Annotated[tuple[_Short, ...], Field(max_length=200, strict=False)] = ()


class Origin(Request):
    """The saved version that a plan goes on from."""

    name: _Short
    version: int


class Edit(Look):
    """Another plan, as plain values, and the saved version that it goes on from."""

    plan: dict[str, Any]
    saved: Origin | None = None


class Template(Look):
    """A plan of the workbook, or of one's own folder, by its name."""

    name: _Short


class ReadPlan(Look):
    """A plan's YAML."""

    name: _Short
    text: _File


class ReadWork(ReadPlan):
    """The YAML of work to add to the plan: tasks and risks, or a whole plan whose tasks and risks they are.

    Attributes:
        before: the id of the plan's task that waits for it; None where nothing does.
    """

    before: _Short | None


class Scenario(Look):
    """What to do with the plan that is kept as A."""

    action: Literal["keep", "swap", "return", "forget"]


class ReadPast(Look):
    """Past estimates: a file's CSV, or the example team's where there is no text."""

    name: _Short
    text: _File | None


class Overrun(Look):
    """Whether past overruns count."""

    on: bool


class Save(Look):
    """A name to save the plan under.

    Attributes:
        base: the version that this one goes on from; None for a name that nobody has used.
    """

    name: _Short
    note: Annotated[str, Field(max_length=4000)] = ""
    base: int | None = None


class Saved(Look):
    """A saved plan by its name and version."""

    name: _Short
    version: int
    use: Literal["open", "compare"]


class Delete(Look):
    """A saved plan with all its versions."""

    name: _Short


class Export(Request):
    """A file to take home."""

    format: Literal["markdown", "html", "csv", "ics", "yaml", "json"]
