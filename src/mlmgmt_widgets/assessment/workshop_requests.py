"""What the facilitator's browser may ask, and the shape that it must have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlmgmt_widgets.ui.screen import Request

_Short = Annotated[str, Field(max_length=200)]
_Text = Annotated[str, Field(max_length=20_000)]  # far above the limit that the workspace names
_Link = Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s]+$")]


class Create(Request):
    """A new workshop; the group comes as typed, so that a slip gets a sentence of its own."""

    rubric: _Short
    team: _Short
    anonymous: bool
    smallest_group: int | _Short
    roles: Annotated[list[_Short], Field(max_length=100)]


class Named(Request):
    """A workshop by its code."""

    code: _Short


class Delete(Named):
    """A workshop to delete, and its team's name, typed."""

    team: _Short


class MakeQr(Request):
    """A join link to draw."""

    link: _Link


class Decide(Request):
    """What the team agreed on for a question."""

    question: _Short
    agreed: float | int | None
    note: _Text = ""
    owner: _Short = ""


class Export(Request):
    """A file to take home."""

    format: Literal["csv", "xlsx", "json", "markdown", "html"]
