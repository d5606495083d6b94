"""The tables. A change here needs a new file in `migrations/versions` and its name in `schema.REVISIONS`.

Whoever reads the database learns from no column, and from no order of rows, who came first or answered when: people
have random numbers, no moment is kept of them, and on SQLite their rows lie in the order of those numbers
(`WITHOUT ROWID`; there is no hidden number that counts up). `arrivals` says what remains below the rows.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

CODE_LENGTH = 6
ID_LENGTH = 200
NAME_LENGTH = 80
PERSON_BITS = 63  # what a signed whole number of eight bytes holds


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always in UTC and always saying so, also on databases that keep no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a moment without a zone is refused, since nobody could tell which one was meant."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    # Constraints have names, so that a later migration can find them on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime()}


class WorkshopRow(Base):
    """A workshop, with the rubric as it was when the workshop was created."""

    __tablename__ = "workshops"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    team: Mapped[str] = mapped_column(String(NAME_LENGTH))
    team_key: Mapped[str] = mapped_column(String(3 * NAME_LENGTH), index=True)  # the team, whatever the case
    rubric_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    rubric: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    anonymous: Mapped[bool]
    smallest_group: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)


def new_person() -> int:
    """Return a number for somebody who takes part; it tells nothing of when they came."""
    return secrets.randbits(PERSON_BITS)


class ParticipantRow(Base):
    """Someone who takes part. No moment is kept: who answered when could tell who it was."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("workshop_id", "token_hash"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, default=new_person)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    finished: Mapped[bool]
    revealed_digest: Mapped[str] = mapped_column(String(64))  # of what the last snapshot holds of them


class AnswerRow(Base):
    """A participant's answer to one question; a number, "na", "dk", or nothing where it was taken back.

    `sequence` counts one browser's own writes, so that a late resend changes nothing: it tells in which order one
    person answered, never which of two people came first. An anonymous workshop forgets it when it is closed.
    """

    __tablename__ = "answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    answer: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    comment: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int] = mapped_column(BigInteger)


class DecisionRow(Base):
    """What the team agreed on for one question."""

    __tablename__ = "decisions"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    agreed: Mapped[float | None] = mapped_column(Double)
    note: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(NAME_LENGTH))


class PlanRow(Base):
    """A plan's name. Whoever adds a version locks this row, so that versions follow one another."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(3 * NAME_LENGTH), unique=True)  # the name, whatever the case
    newest: Mapped[int]  # the number of the newest version


class PlanVersionRow(Base):
    """A version of a plan, which is never changed. The large columns are last: lists need not read past them."""

    __tablename__ = "plan_versions"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    forecast: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReviewRow(Base):
    """A model's version under review. Whoever adds a revision locks this row, so that revisions follow one another."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("subject_key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(ID_LENGTH))  # as the newest revision spells it
    subject_key: Mapped[str] = mapped_column(String(3 * ID_LENGTH))  # the subject, whatever the case
    version: Mapped[str] = mapped_column(String(ID_LENGTH))
    newest: Mapped[int]  # the number of the newest revision


class ReviewRevisionRow(Base):
    """A revision of a review, which is never changed. The large columns are last: lists need not read past them.

    A checklist is kept where it came: with the first revision, and with each that moved the review to another one.
    """

    __tablename__ = "review_revisions"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(NAME_LENGTH))
    what: Mapped[str] = mapped_column(Text)
    checklist_key: Mapped[str] = mapped_column(String(ID_LENGTH))
    checklist_since: Mapped[int]  # the revision that holds the checklist of this one
    tier: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    review: Mapped[dict[str, Any]] = mapped_column(JSON)
    checklist: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
