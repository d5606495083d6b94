"""Participants get random numbers, and no table keeps the order in which rows were written.

Until now a participant's number counted up, and answers lay in the order of writing: whoever had seen who scanned the
code first could tell who said what. Both tables are written anew, in an order that means nothing.
"""

from __future__ import annotations

import random
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_shuffle = random.SystemRandom().shuffle

workshops = sa.table("workshops", sa.column("id", sa.Integer()), sa.column("snapshot", sa.JSON(none_as_null=True)))


class _Numbers(dict[int, int]):
    """A new number for each old one; a picture may name somebody who is in no table."""

    def __missing__(self, old: int) -> int:
        self[old] = secrets.randbits(63)
        return self[old]


def _rows(name: str) -> list[dict[str, Any]]:
    connection = op.get_bind()
    table = sa.Table(
        name,
        sa.MetaData(),
        # Of a column that may be empty, a stored JSON null and nothing are read alike, and written as nothing.
        *([sa.Column("answer", sa.JSON(none_as_null=True))] if name == "answers" else []),
        autoload_with=connection,
    )
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def _renumber_snapshots(numbers: _Numbers) -> None:
    connection = op.get_bind()
    query = sa.select(workshops).where(workshops.c.snapshot.is_not(None))
    for workshop, snapshot in connection.execute(query).all():
        pictures = [
            [{**each, "person": numbers[each["person"]]} for each in picture] for picture in snapshot["pictures"]
        ]
        connection.execute(
            sa.update(workshops).where(workshops.c.id == workshop).values(snapshot={**snapshot, "pictures": pictures})
        )


def _participants() -> sa.Table:
    return op.create_table(
        "participants",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("revealed_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops.id"],
            name="fk_participants_workshop_id_workshops",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("workshop_id", "token_hash", name="uq_participants_workshop_id_token_hash"),
        sqlite_with_rowid=False,
    )


def _answers() -> sa.Table:
    return op.create_table(
        "answers",
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "question", name="pk_answers"),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name="fk_answers_participant_id_participants",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    people, answers = _rows("participants"), _rows("answers")
    numbers = _Numbers()
    people = [{**person, "id": numbers[person["id"]]} for person in people]
    answers = [{**answer, "participant_id": numbers[answer["participant_id"]]} for answer in answers]
    _renumber_snapshots(numbers)
    op.drop_table("answers")
    op.drop_table("participants")
    for table, rows in ((_participants(), people), (_answers(), answers)):
        _shuffle(rows)
        if rows:
            op.bulk_insert(table, rows)
    _forget_in_closed()


def _forget_in_closed() -> None:
    """Forget in which order people answered where a workshop is closed and anonymous: closing does so from now on."""
    closed = sa.table("workshops", sa.column("id"), sa.column("anonymous", sa.Boolean()), sa.column("closed_at"))
    people = sa.table("participants", sa.column("id"), sa.column("workshop_id"))
    answers = sa.table("answers", sa.column("participant_id"), sa.column("sequence"))
    theirs = (
        sa.select(people.c.id)
        .join(closed, closed.c.id == people.c.workshop_id)
        .where(closed.c.anonymous.is_(sa.true()), closed.c.closed_at.is_not(None))
    )
    op.execute(sa.update(answers).where(answers.c.participant_id.in_(theirs)).values(sequence=0))
