"""What the parts of the workshop repository share: finding a workshop, and turning its row into a record."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace import checks
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.records import State, Workshop
from mlmgmt_widgets.workspace.tables import WorkshopRow


class WorkshopRows:
    """Reads workshops; each remembers its rubric, which never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rubrics: dict[str, Rubric] = {}  # by code

    def get(self, code: str) -> Workshop:
        """Return a workshop."""
        with self._database.reading() as session:
            return self._workshop(find(session, code))

    def _rubric(self, code: str) -> Rubric:
        """Return a workshop's rubric without touching the database where it is known already."""
        known = self._rubrics.get(checks.plain_code(code))
        return known if known is not None else self.get(code).rubric

    def _rubric_of(self, row: WorkshopRow) -> Rubric:
        if row.code not in self._rubrics:
            self._rubrics[row.code] = Rubric.model_validate(row.rubric)
        return self._rubrics[row.code]

    def _workshop(self, row: WorkshopRow) -> Workshop:
        return Workshop(
            id=row.id,
            code=row.code,
            team=row.team,
            rubric=self._rubric_of(row),
            anonymous=row.anonymous,
            smallest_group=row.smallest_group,
            roles=tuple(row.roles),
            state=_state(row),
            created_at=row.created_at,
            revealed_at=row.revealed_at,
            closed_at=row.closed_at,
        )


def find(session: Session, code: str, *, share: bool = False, lock: bool = False) -> WorkshopRow:
    """Return a workshop's row; on a server, `lock` keeps everybody else out and `share` keeps lockers out."""
    plain = checks.plain_code(code)
    query = select(WorkshopRow).where(WorkshopRow.code == plain)
    if share or lock:
        query = query.with_for_update(read=share)
    row = session.scalar(query)
    if row is None:
        raise checks.no_such_workshop(plain)
    return row


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def _state(row: WorkshopRow) -> State:
    if row.closed_at is not None:
        return "closed"
    return "collecting" if row.revealed_at is None else "revealed"
