"""What the database knows of the order in which people came, and how it forgets that.

Promised of an anonymous workshop:

- Nothing that a query finds counts up with time: people have random numbers, no moment of theirs is kept, and of two
  browsers' tokens in two workshops nobody can tell that they are one (`checks.token_hash`).
- Whenever results are shown, and when the workshop is closed, what lies below the rows is made anew too. A SQLite
  file is written afresh: it then is a function of the rows alone, without freed pages or a journal in which older
  values stand. On PostgreSQL the workshop's people and answers are written again in an order drawn at random, in one
  transaction, so that neither their place (`ctid`) nor the transaction that wrote them (`xmin`) tells one from another.
- Closing it also forgets in which order each person answered (`sequence`).

Not promised:

- While people answer, whoever may read the server's files sees them being written, and could as well change the
  program. Whoever copies the file or the journal meanwhile can tell the order of writing from them.
- On PostgreSQL, old rows lie in the server's files until it vacuums them, and in its own journal and archives.
- A file system, a disk and backups keep what they keep.
- Rows of one person belong together, and hold their role: who reads the database reads whole questionnaires, though
  nobody's name. Only what leaves it as results or exports is taken apart.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from mlmgmt_widgets.workspace.tables import AnswerRow, ParticipantRow, WorkshopRow

_shuffle = random.SystemRandom().shuffle


def forget(session: Session, workshop: WorkshopRow) -> None:
    """Forget who of an anonymous workshop came first, as far as rows can tell; `Database.write_afresh` does the rest.

    Args:
        session: that holds the workshop's lock, so that nobody answers meanwhile.
        workshop: whose results are shown, or which is closed.
    """
    if not workshop.anonymous:
        return
    session.flush()
    people = select(ParticipantRow.id).where(ParticipantRow.workshop_id == workshop.id)
    if workshop.closed_at is not None:
        session.execute(update(AnswerRow).where(AnswerRow.participant_id.in_(people)).values(sequence=0))
    if session.get_bind().dialect.name != "sqlite":
        _write_shuffled(session, workshop)


def _write_shuffled(session: Session, workshop: WorkshopRow) -> None:
    people, answers = _table(ParticipantRow), _table(AnswerRow)
    mine = people.c.workshop_id == workshop.id
    persons = session.execute(select(people).where(mine)).mappings().all()
    said = session.execute(select(answers).join(people).where(mine)).mappings().all()
    session.execute(delete(people).where(mine))  # and their answers with them
    for table, rows in ((people, persons), (answers, said)):
        if rows:
            session.execute(insert(table), _shuffled(rows))


def _shuffled(rows: Sequence[Any]) -> list[dict[str, Any]]:
    shuffled = [dict(row) for row in rows]
    _shuffle(shuffled)
    return shuffled


def _table(mapped: type[ParticipantRow | AnswerRow]) -> Table:
    table = mapped.__table__
    assert isinstance(table, Table)  # noqa: S101 - both are, which their type does not say
    return table
