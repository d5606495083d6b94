"""What the repository of reviews is made of: rows found, revisions read and added, models kept to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from mlmgmt_widgets.workspace import checks
from mlmgmt_widgets.workspace.errors import UnknownReview, WorkspaceError
from mlmgmt_widgets.workspace.records import ReviewSummary, SavedReview
from mlmgmt_widgets.workspace.rows import now
from mlmgmt_widgets.workspace.tables import ReviewRevisionRow, ReviewRow

if TYPE_CHECKING:
    from mlmgmt_widgets.content import FrozenModel
    from mlmgmt_widgets.readiness.checklist import Checklist
    from mlmgmt_widgets.readiness.review import Review

Model = TypeVar("Model", bound="FrozenModel")
_INEXACT = "{what} holds something that cannot be saved exactly as it is; nothing was saved."


class Content(NamedTuple):
    """A review, and the checklist that it fills in."""

    review: Review
    checklist: Checklist


class Author(NamedTuple):
    """Who saves a review, and what they changed."""

    name: str
    what: str


# Reviews


def title(row: ReviewRow) -> str:
    """Name a review in a sentence."""
    return f"the review of “{row.subject}”, version {row.version}"


def found(session: Session, subject: str, version: str, *, lock: bool = False) -> ReviewRow | None:
    """Return a review's row, by a subject and a version that were checked; None where there is none."""
    query = select(ReviewRow).where(ReviewRow.subject_key == subject.casefold(), ReviewRow.version == version)
    return session.scalar(query.with_for_update() if lock else query)


def find(session: Session, subject: object, version: object, *, lock: bool = False) -> ReviewRow:
    """Return a review's row.

    Raises:
        UnknownReview: if there is none.
    """
    subject, version = checks.model_name(subject), checks.model_version(version)
    row = found(session, subject, version, lock=lock)
    if row is None:
        raise UnknownReview(f"There is no review of “{subject}”, version {version}; it may have been deleted.")
    return row


def summaries(session: Session, *where: ColumnElement[bool]) -> list[ReviewSummary]:
    """Return what a list says of reviews, of whatever was saved last first."""
    query = (
        select(
            ReviewRow.subject,
            ReviewRow.version,
            ReviewRevisionRow.checklist_key,
            ReviewRevisionRow.tier,
            ReviewRow.newest,
            ReviewRevisionRow.saved_at,
            ReviewRevisionRow.saved_by,
        )
        .join(
            ReviewRevisionRow,
            and_(ReviewRevisionRow.review_id == ReviewRow.id, ReviewRevisionRow.revision == ReviewRow.newest),
        )
        .where(*where)
        .order_by(ReviewRevisionRow.saved_at.desc(), ReviewRow.id.desc())
    )
    return [ReviewSummary(*row) for row in session.execute(query)]


# Revisions


def read(session: Session, row: ReviewRow, number: int) -> SavedReview:
    """Return a revision with its checklist, which an earlier one may hold.

    Raises:
        UnknownReview: if there is no such revision.
        WorkspaceError: if another version of the program saved it in a form that this one cannot read.
    """
    from mlmgmt_widgets.readiness.checklist import Checklist
    from mlmgmt_widgets.readiness.review import Review

    holder = aliased(ReviewRevisionRow)
    its_checklist = and_(
        holder.review_id == ReviewRevisionRow.review_id, holder.revision == ReviewRevisionRow.checklist_since
    )
    query = (
        select(
            ReviewRevisionRow.saved_at,
            ReviewRevisionRow.saved_by,
            ReviewRevisionRow.what,
            ReviewRevisionRow.review,
            holder.checklist.label("held"),
        )
        .join(holder, its_checklist)
        .where(ReviewRevisionRow.review_id == row.id, ReviewRevisionRow.revision == number)
    )
    stored = session.execute(query).one_or_none()
    if stored is None:
        raise UnknownReview(f"T{title(row)[1:]}, has no revision {number}; its newest is {row.newest}.")
    place = f"Revision {number} of {title(row)},"
    return SavedReview(
        review=_readable(Review, stored.review, place),
        checklist=_readable(Checklist, stored.held, f"The checklist of revision {number} of {title(row)},"),
        revision=number,
        saved_at=stored.saved_at,
        by=stored.saved_by,
        what=stored.what,
    )


def add(session: Session, row: ReviewRow, content: Content, before: SavedReview | None, author: Author) -> SavedReview:
    """Add a revision to a review whose row is locked.

    Args:
        session: that holds the lock.
        row: of the review.
        content: to store; the checklist, unless the revision before has the same.
        before: the newest revision so far.
        author: who saves it.

    Raises:
        WorkspaceError: if the review or the checklist cannot be stored exactly as it is.
    """
    review, checklist = content
    another = before is None or before.checklist != checklist
    row.newest += 1
    row.subject = review.subject
    added = ReviewRevisionRow(
        review_id=row.id,
        revision=row.newest,
        saved_at=now(),
        saved_by=author.name,
        what=author.what,
        checklist_key=checklist.key,
        checklist_since=row.newest if another else _checklist_since(session, row, row.newest - 1),
        tier=review.tier,
        review=values(review, "The review"),
        checklist=values(checklist, "The checklist") if another else None,
    )
    session.add(added)
    session.flush()
    return SavedReview(review, checklist, row.newest, added.saved_at, author.name, author.what)


def _checklist_since(session: Session, row: ReviewRow, number: int) -> int:
    where = (ReviewRevisionRow.review_id == row.id, ReviewRevisionRow.revision == number)
    return session.execute(select(ReviewRevisionRow.checklist_since).where(*where)).scalar_one()


# Values


def values(model: FrozenModel, what: str) -> dict[str, Any]:
    """Return a model's plain values, from which exactly this model can be read again.

    Raises:
        WorkspaceError: if there are none, or they are too large.
    """
    try:
        dumped = model.model_dump(mode="json", exclude_none=True, warnings="error")
        plain = checks.plain_values(dumped, what)
        again = type(model).model_validate(plain)
    except (ValidationError, PydanticSerializationError) as error:
        why = _fault(error, what) if isinstance(error, ValidationError) else str(error)
        raise WorkspaceError(
            _INEXACT.format(what=what), f"{what} cannot be read again once it is saved: {why}"
        ) from error
    if again != model:
        raise WorkspaceError(_INEXACT.format(what=what), f"{what} would not be the same once it is read again.")
    return plain


def _readable(kind: type[Model], stored: Mapping[str, Any], place: str) -> Model:
    try:
        return kind.model_validate(stored)
    except ValidationError as error:
        raise WorkspaceError(
            f"{place} was saved by another version of this program, and this one cannot read it.",
            f"{place} is none that this version of mlmgmt knows: {_fault(error, place)}.",
        ) from error


def _fault(error: ValidationError, whole: str) -> str:
    fault = error.errors(include_url=False)[0]
    return f"{'.'.join(str(step) for step in fault['loc']) or whole}: {fault['msg']}"
