"""What the workspace refuses, in words for the person in front of it."""

from __future__ import annotations

from mlmgmt_widgets.errors import Refusal


class WorkspaceError(Refusal):
    """The workspace cannot or will not do something; the message is one sentence and holds no password."""


class UnknownWorkshop(WorkspaceError):  # noqa: N818 - an answer, like its base
    """No workshop has this code."""
