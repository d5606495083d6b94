"""What the workspace refuses, in words for the person in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets.errors import Passing, Refusal

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace.records import PlanVersion, ReviewSummary, SavedReview


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


class UnknownPlan(WorkspaceError):  # noqa: N818 - an answer, like its base
    """No plan has this name, or it has no such version."""


class PlanConflict(WorkspaceError):  # noqa: N818 - an answer, like its base
    """A plan was not saved: what is stored is not what its author started from. Nothing was changed.

    Attributes:
        newest: the newest version that is stored, which nobody has to look up again; `None` where the plan is
            not there any more.
    """

    def __init__(self, sentence: str, newest: PlanVersion | None) -> None:
        super().__init__(sentence)
        self.newest = newest


class UnknownReview(WorkspaceError):  # noqa: N818 - an answer, like its base
    """No review is of this model and version, or it has no such revision."""


class ReviewConflict(WorkspaceError):  # noqa: N818 - an answer, like its base
    """A review was not saved: what is stored and what was handed in cannot both stand. Nothing was changed.

    Attributes:
        newest: the newest revision that is stored; `None` where a review was to be begun that is there already.
        items: what was changed in two ways: ids of items, then words such as "tier" and "sign-offs".
        existing: the review that is there already, where one was to be begun.
    """

    def __init__(
        self,
        sentence: str,
        newest: SavedReview | None = None,
        items: tuple[str, ...] = (),
        existing: ReviewSummary | None = None,
    ) -> None:
        super().__init__(sentence)
        self.newest = newest
        self.items = items
        self.existing = existing


class StorageFault(WorkspaceError, Passing):  # noqa: N818
    """The database did not do what was asked. Nothing was saved, and nothing is wrong with what was asked."""
