"""When two people change a review at once: what is put together, and what is said where that is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets.words import listed
from mlmgmt_widgets.workspace.errors import ReviewConflict
from mlmgmt_widgets.workspace.review_merge import merge, one

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace.records import ReviewSummary, SavedReview
    from mlmgmt_widgets.workspace.review_rows import Content

_NAMED = 5  # conflicts that a sentence names


def together(started: SavedReview, newest: SavedReview, mine: Content) -> Content:
    """Put together what was made of a revision with what is stored by now.

    Args:
        started: the revision that `mine` was made from.
        newest: the newest one.
        mine: the review, and the checklist that it fits.

    Raises:
        ReviewConflict: if both changed the same things in different ways, or if one of them says something of an
            item that the other's checklist does not have.
    """
    if started.revision == newest.revision:
        return mine
    merged = merge(started.review, newest.review, mine.review)
    checklist = one(started.checklist, newest.checklist, mine.checklist)
    if checklist is None:
        raise _conflict(started, newest, tuple(dict.fromkeys((*merged.conflicts, "checklist"))))
    if merged.conflicts:
        raise _conflict(started, newest, merged.conflicts)
    content = mine._replace(review=merged.review, checklist=checklist)
    if unknown := _unknown(content):
        raise _conflict(started, newest, unknown)
    return content


def _unknown(content: Content) -> tuple[str, ...]:
    """What a review says that its checklist does not know, in a conflict's words."""
    from mlmgmt_widgets.readiness.review import misfits

    words = {"risk": "risk question "}
    return tuple(
        f"{words.get(str(kind), '')}{name[0]}" if name else str(kind)
        for kind, *name in (each.where for each in misfits(*content))
    )


def _conflict(started: SavedReview, newest: SavedReview, items: tuple[str, ...]) -> ReviewConflict:
    rest = [f"{len(items) - _NAMED} more"] if len(items) > _NAMED else []
    when = f"{newest.saved_at.day} {newest.saved_at:%B %Y} at {newest.saved_at:%H:%M} UTC"
    saved = f"saved by {newest.by} on {when}" if newest.by else f"saved on {when}"
    return ReviewConflict(
        f"The review of “{newest.review.subject}”, version {newest.review.version}, was changed elsewhere since you "
        f"opened its revision {started.revision}: its newest is revision {newest.revision}, {saved}, and yours does "
        f"not go together with it in {listed([*items[:_NAMED], *rest])}. Nothing was saved; please look at what "
        "it says now, then make your change again.",
        newest,
        items,
    )


def there_already(existing: ReviewSummary) -> ReviewConflict:
    """Return the refusal to begin a review that is there."""
    return ReviewConflict(
        f"There is a review of “{existing.subject}”, version {existing.version}, already. Nothing was saved; please "
        "open that one.",
        existing=existing,
    )
