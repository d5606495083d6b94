"""What the workspace refuses, in words for the person in front of it."""

from __future__ import annotations

from mlmgmt_widgets.errors import Passing, Refusal


class WorkspaceError(Refusal):
    """The workspace cannot or will not do something; the message is one sentence and holds no password.

    Args:
        sentence: what anybody may read, visitors of a served page included.
        in_full: the same for whoever runs the program, with the file or the server in question; kept as a note.
    """

    def __init__(self, sentence: str, in_full: str = "") -> None:
        super().__init__(sentence)
        if in_full:
            self.add_note(in_full)


class UnknownWorkshop(WorkspaceError):  # noqa: N818 - an answer, like its base
    """No workshop has this code."""


class StorageFault(WorkspaceError, Passing):  # noqa: N818
    """The database did not do what was asked. Nothing was saved, and nothing is wrong with what was asked."""
