"""The reviews that a workspace holds: every revision that was saved, with the checklist of its time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mlmgmt_widgets.workspace import checks, review_rows
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.records import ReviewRevision, ReviewSummary, SavedReview
from mlmgmt_widgets.workspace.review_conflicts import there_already, together
from mlmgmt_widgets.workspace.review_rows import Author, Content
from mlmgmt_widgets.workspace.tables import ReviewRevisionRow, ReviewRow

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.checklist import Checklist
    from mlmgmt_widgets.readiness.review import Review


class Reviews:
    """Reviews, each of one version of one model, in revisions that are never overwritten.

    Every method is one short transaction; what it wrote is on disk when it returns. A model is named in any case, its
    version as it is written; every method that takes both raises `UnknownReview` where there is no such review, and
    `WorkspaceError` where something is refused or the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, checklist: Checklist, review: Review, *, by: str = "", what: str = "") -> SavedReview:
        """Store a new review, with the checklist that it fills in, as revision 1.

        Args:
            checklist: as it is now; the review keeps it, whatever becomes of its file.
            review: as it is now, empty or not; model and version may have 200 characters each.
            by: who begins it, 80 characters at most.
            what: what there is to say of it, 2000 characters at most.

        Raises:
            ReviewConflict: if there is a review of this version already; `existing` says which.
            WorkspaceError: if the review does not fit the checklist, or something cannot be stored exactly as it is.

        Example:
            >>> from mlmgmt_widgets.readiness.checklist import Checklist
            >>> from mlmgmt_widgets.readiness.review import Entry, Review
            >>> from mlmgmt_widgets.workspace import Workspace
            >>> item = {"id": "rollback-plan", "stage": "shadow", "question": "Is there a plan to roll back?"}
            >>> checklist = Checklist(id="toy", version="1.0.0", title="Toy", stages=["shadow"], items=[item])
            >>> review = Review(checklist="toy@1.0.0", subject="churn-model", version="3")
            >>> reviews = Workspace.open("sqlite://").reviews  # in memory
            >>> reviews.begin(checklist, review, by="Ann").revision
            1
            >>> passed = review.model_copy(update={"items": {"rollback-plan": Entry(status="pass")}})
            >>> reviews.save("churn-model", "3", passed, base=1, by="Bo").revision
            2
        """
        subject, version = _exactly(review)
        _fits(review, checklist)
        author = Author(checks.one_line(by, "Your name"), checks.note(what))
        with self._database.writing() as session:
            row = _found_or_made(session, subject, version)
            if row.newest:
                raise there_already(review_rows.summaries(session, ReviewRow.id == row.id)[0])
            return review_rows.add(session, row, Content(review, checklist), None, author)

    def save(  # noqa: PLR0913 - which review, what it says, and who says so
        self, subject: str, version: str, review: Review, *, base: int, by: str, what: str = ""
    ) -> SavedReview:
        """Add a revision to a review, together with what others have changed since.

        What the newest revision holds already is not stored again: a request that was sent twice makes one revision.

        Args:
            subject: the model.
            version: of the model.
            review: as it should be.
            base: the revision that it was made from.
            by: who changed it, 80 characters at most.
            what: what they changed, in a few words; 2000 characters at most.

        Returns:
            The newest revision, which holds what was changed; `merged` tells whether others' changes are in it that
            are not in what was handed in, and `unchanged` whether nothing had to be stored.

        Raises:
            ReviewConflict: if others have changed the same things in other ways since `base`. Nothing is stored;
                `newest` is what stands now, and `items` what is in conflict.
            WorkspaceError: if one of these is not acceptable; the sentence says which and why.
        """
        return self._add((subject, version), review, None, base, Author(checks.author(by), checks.note(what)))

    def replace_checklist(  # noqa: PLR0913 - like `save`
        self, subject: str, version: str, checklist: Checklist, review: Review, *, base: int, by: str, what: str = ""
    ) -> SavedReview:
        """Move a review to another checklist, such as a newer version of its own: like `save`, with the checklist.

        Args:
            subject: the model.
            version: of the model.
            checklist: that the review fills in from now on.
            review: as it should be; it fits the new checklist.
            base: the revision that it was made from.
            by: who moves it.
            what: why, in a few words.

        Raises:
            ReviewConflict: as in `save`; also if somebody else moved it elsewhere, or said something since of an item
                that the new checklist does not have.
            WorkspaceError: if one of these is not acceptable; the sentence says which and why.
        """
        return self._add((subject, version), review, checklist, base, Author(checks.author(by), checks.note(what)))

    def _add(
        self, key: tuple[str, str], review: Review, checklist: Checklist | None, base: int, author: Author
    ) -> SavedReview:
        number = checks.revision(base)
        _exactly(review)
        with self._database.writing() as session:
            row = review_rows.find(session, *key, lock=True)
            _is_of(review, row)
            newest = review_rows.read(session, row, row.newest)
            started = newest if number == row.newest else review_rows.read(session, row, number)
            mine = Content(review, started.checklist if checklist is None else checklist)
            _fits(*mine)
            content = together(started, newest, mine)
            if content == (newest.review, newest.checklist):
                return replace(newest, merged=content != mine, unchanged=True)
            return replace(review_rows.add(session, row, content, newest, author), merged=content != mine)

    def get(self, subject: str, version: str, revision: int | None = None) -> SavedReview:
        """Return a revision of a review, the newest by default, with its checklist.

        Raises:
            UnknownReview: if there is no such review, or it has no such revision.
            WorkspaceError: if another version of this program saved it in a form that this one cannot read.
        """
        number = None if revision is None else checks.revision(revision)
        with self._database.reading() as session:
            row = review_rows.find(session, subject, version)
            return review_rows.read(session, row, number or row.newest)

    def all(self) -> list[ReviewSummary]:
        """Return all reviews, the one that was saved last first."""
        with self._database.reading() as session:
            return review_rows.summaries(session)

    def versions(self, subject: str) -> list[ReviewSummary]:
        """Return the reviews of a model's versions, the one that was saved last first; none where there are none."""
        key = checks.model_name(subject).casefold()
        with self._database.reading() as session:
            return review_rows.summaries(session, ReviewRow.subject_key == key)

    def revisions(self, subject: str, version: str) -> list[ReviewRevision]:
        """Return the revisions of a review, newest first, without the reviews themselves."""
        table = ReviewRevisionRow
        with self._database.reading() as session:
            row = review_rows.find(session, subject, version)
            query = select(table.revision, table.saved_at, table.saved_by, table.what).where(table.review_id == row.id)
            return [ReviewRevision(*each) for each in session.execute(query.order_by(table.revision.desc()))]

    def subjects(self) -> tuple[str, ...]:
        """Return the models that have reviews, by name, each spelt as in the review of it that was saved last."""
        latest = {each.subject.casefold(): each.subject for each in reversed(self.all())}
        return tuple(latest[key] for key in sorted(latest))

    def delete(self, subject: str, version: str) -> None:
        """Delete a review with all its revisions; this cannot be undone.

        On SQLite the deleted text is overwritten in the file too. Copies and backups are not reached.
        """
        with self._database.writing() as session:
            row = review_rows.find(session, subject, version, lock=True)
            session.execute(delete(ReviewRow).where(ReviewRow.id == row.id))
            session.expunge(row)
        self._database.forget_deleted()


def _found_or_made(session: Session, subject: str, version: str) -> ReviewRow:
    """Return the row of a review, locked; a new one has no revision yet.

    Of two who begin the same review at once, one makes the row; the other waits for it and finds it.
    """
    while (row := review_rows.found(session, subject, version, lock=True)) is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(ReviewRow(subject=subject, subject_key=subject.casefold(), version=version, newest=0))
    return row


# What is acceptable


def _exactly(review: Review) -> tuple[str, str]:
    """Return model and version, by which the review will be found: nothing of them is lost on the way."""
    subject, version = checks.model_name(review.subject), checks.model_version(review.version)
    for line, given, what in ((subject, review.subject, "name"), (version, review.version, "version")):
        if line != given:
            raise WorkspaceError(
                f"A model's {what} can be saved on one line, with single spaces and without control characters only; "
                f"please write “{line}”.",
            )
    return subject, version


def _is_of(review: Review, row: ReviewRow) -> None:
    if (review.subject.casefold(), review.version) != (row.subject_key, row.version):
        raise WorkspaceError(
            f"This is a review of “{review.subject}”, version {review.version}, not {review_rows.title(row)}; "
            "nothing was saved.",
        )


def _fits(review: Review, checklist: Checklist) -> None:
    from mlmgmt_widgets.readiness.review import misfits

    for each in misfits(review, checklist):
        where = ".".join(str(step) for step in each.where)
        raise WorkspaceError(
            f"The review does not fit its checklist: {where}: found {each.found}, expected {each.expected}.",
        )
