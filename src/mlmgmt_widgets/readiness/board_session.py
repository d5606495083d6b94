"""The review that a board has open: changing it, keeping it in the workspace, and taking in what others changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.words import counted, listed

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace import SavedReview
    from mlmgmt_widgets.workspace.reviews import Reviews

Make = Callable[[Review, Author], Review]


@dataclass(frozen=True)
class Clash:
    """A change that somebody else's came before.

    Attributes:
        what: was changed by both: ids of items, or words such as "tier".
        by: who came first.
    """

    what: tuple[str, ...]
    by: str


@dataclass(frozen=True)
class Session:
    """A review with its checklist, and where it is kept.

    Attributes:
        checklist: that the review fills in.
        review: as it stands on the page.
        saved: the revision in the workspace that it goes on from; None for one that is kept nowhere.
        noticed: what somebody else changed, in a sentence, once; empty otherwise.
    """

    checklist: Checklist
    review: Review
    saved: SavedReview | None = None
    noticed: str = ""

    def is_of(self, review: Review) -> bool:
        """Whether it is of the same version of the same model."""
        return (review.subject, review.version) == (self.review.subject, self.review.version)

    def changed(self, make: Make, author: Author, what: str, reviews: Reviews | None) -> tuple[Session, Clash | None]:
        """The session after a change.

        Args:
            make: makes the new review from the old one.
            author: who changes it.
            what: in a few words, for the list of revisions.
            reviews: where it is kept; None where it is kept nowhere.

        Returns:
            The new session, and the clash if somebody else changed the same thing first: then it is their review,
            and the change is not in it.

        Raises:
            Refusal: if the change is not acceptable.
        """
        try:
            review = make(self.review, author)
        except ValidationError as error:
            raise Refusal(_sentence(error)) from None
        if review == self.review:
            return Session(self.checklist, self.review, self.saved), None
        if self.saved is None or reviews is None:
            return Session(self.checklist, review), None
        return self._stored(review, author, what, reviews)

    def _stored(self, review: Review, author: Author, what: str, reviews: Reviews) -> tuple[Session, Clash | None]:
        from mlmgmt_widgets.workspace.errors import ReviewConflict

        saved = self.saved
        if saved is None:
            raise ValueError("a review that is kept nowhere cannot be stored")
        key = saved.review.subject, saved.review.version
        _same(saved, reviews)
        try:
            stored = reviews.save(*key, review, base=saved.revision, by=author.name, what=what)
        except ReviewConflict as conflict:
            if conflict.newest is None:
                raise
            theirs = conflict.newest
            return Session(theirs.checklist, theirs.review, theirs), Clash(tuple(conflict.items), theirs.by)
        noticed = _noticed(review, stored) if stored.merged else ""
        return Session(stored.checklist, stored.review, stored, noticed), None

    def followed(self, reviews: Reviews | None) -> Session:
        """The session with what others have stored since."""
        if self.saved is None or reviews is None:
            return self
        from mlmgmt_widgets.workspace.errors import UnknownReview

        try:
            newest = reviews.get(self.saved.review.subject, self.saved.review.version)
            _same(self.saved, reviews)
        except (UnknownReview, BegunAnew):
            return Session(self.checklist, self.review, None, _GONE)
        if newest.revision == self.saved.revision:
            return self
        return Session(newest.checklist, newest.review, newest, _noticed(self.review, newest))


_GONE = (
    "This review was deleted elsewhere. What you see is on this page only: download it under Files, or keep it anew."
)


class BegunAnew(Refusal):
    """What is kept under this name is another review: the one that the page goes on from was deleted."""


def _same(saved: SavedReview, reviews: Reviews) -> None:
    """Refuse to go on from a revision that is another one now: revisions of a review begun anew count from 1 again."""
    from mlmgmt_widgets.workspace.errors import UnknownReview

    try:
        there = reviews.get(saved.review.subject, saved.review.version, saved.revision)
    except UnknownReview:
        raise BegunAnew(_GONE) from None
    if there.saved_at != saved.saved_at:
        raise BegunAnew(_GONE)


def _noticed(mine: Review, theirs: SavedReview) -> str:
    """What others have changed, and who: of merged reviews the one who saved last is not the one who changed it."""
    changed = [name for name in {**mine.items, **theirs.review.items} if mine.entry(name) != theirs.review.entry(name)]
    if not changed:
        return "Somebody else has changed this review meanwhile; here it is as it stands now."
    authors = [history[-1].by for name in changed if (history := theirs.review.entry(name).history)]
    who = listed(list(dict.fromkeys(authors))) or theirs.by or "Somebody"
    titles = [theirs.checklist.items_by_id[name].name for name in changed if name in theirs.checklist.items_by_id]
    named = f"“{titles[0]}”" if len(titles) == 1 else counted(len(changed), "item")
    return f"{who} changed {named} meanwhile."


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    field = str(first["loc"][-1]) if first["loc"] else "This"
    if "expected" in context:
        return f"{field}: expected {context['expected']}, found {context['found']}."
    return f"{field}: {first['msg']}."
