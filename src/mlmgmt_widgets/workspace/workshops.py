"""The workshops that a workspace holds."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace import checks
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.records import Workshop
from mlmgmt_widgets.workspace.results import Results
from mlmgmt_widgets.workspace.rows import find, now
from mlmgmt_widgets.workspace.tables import WorkshopRow
from mlmgmt_widgets.workspace.taking_part import TakingPart


class Workshops(TakingPart, Results):
    """Workshops, who takes part, what they answer, and what is revealed of it.

    Every method is one short transaction; what it wrote is on disk when it returns. A workshop is named by
    its join code, in any case, with or without spaces and hyphens; every method that takes one raises
    `UnknownWorkshop` where there is none, and `WorkspaceError` where something is refused or the database
    fails.
    """

    def create(
        self,
        rubric: Rubric,
        team: str,
        *,
        anonymous: bool = True,
        smallest_group: int = 5,
        roles: Iterable[str] = (),
    ) -> Workshop:
        """Create a workshop, which keeps the rubric as it is now.

        Args:
            rubric: what will be asked.
            team: whose workshop it is, 80 characters at most.
            anonymous: whether participants have no names.
            smallest_group: in an anonymous workshop, the fewest people whose answers are shown together
                (3 or more).
            roles: what participants choose their role from; none, and they are not asked.

        Raises:
            WorkspaceError: if one of these is not acceptable; the sentence says which and why.

        Example:
            >>> from mlmgmt_widgets.assessment.rubric import load_rubric
            >>> from mlmgmt_widgets.workspace import Workspace
            >>> workshops = Workspace.open("sqlite://").workshops  # in memory
            >>> workshops.create(load_rubric("pulse"), "Search team", roles=["Product"]).state
            'collecting'
        """
        checks.storable(rubric)
        team = checks.one_line(team, "The team's name")
        if not team:
            raise WorkspaceError("Please say which team this workshop is for.")
        with self._database.writing() as session:
            row = WorkshopRow(
                code=_unused_code(session),
                team=team,
                team_key=team.casefold(),
                rubric_id=rubric.id,
                rubric=rubric.model_dump(mode="json", by_alias=True),
                anonymous=bool(anonymous),
                smallest_group=checks.smallest_group(smallest_group, anonymous=anonymous),
                roles=list(checks.roles(roles)),
                created_at=now(),
            )
            session.add(row)
            session.flush()
            return self._workshop(row)

    def all(self, team: str | None = None) -> list[Workshop]:
        """Return all workshops, or a team's (in any case), newest first."""
        query = select(WorkshopRow).order_by(WorkshopRow.created_at.desc(), WorkshopRow.id.desc())
        if team is not None:
            query = query.where(WorkshopRow.team_key == _team_key(team))
        with self._database.reading() as session:
            return [self._workshop(row) for row in session.scalars(query)]

    def teams(self) -> tuple[str, ...]:
        """Return the teams that have workshops, by name, each spelt as in its latest workshop."""
        query = select(WorkshopRow.team_key, WorkshopRow.team).order_by(WorkshopRow.created_at, WorkshopRow.id)
        with self._database.reading() as session:
            latest = {row.team_key: row.team for row in session.execute(query)}
        return tuple(latest[key] for key in sorted(latest))

    def history(self, team: str, rubric_id: str) -> list[Workshop]:
        """Return a team's revealed workshops with a rubric, in any version of it, oldest first."""
        query = (
            select(WorkshopRow)
            .where(WorkshopRow.team_key == _team_key(team), WorkshopRow.rubric_id == rubric_id)
            .where(WorkshopRow.revealed_at.is_not(None))
            .order_by(WorkshopRow.revealed_at, WorkshopRow.id)
        )
        with self._database.reading() as session:
            return [self._workshop(row) for row in session.scalars(query)]

    def delete(self, code: str) -> None:
        """Delete a workshop with everything that anybody said in it; this cannot be undone.

        On SQLite the deleted text is overwritten in the file too. Copies and backups are not reached.
        """
        with self._database.writing() as session:
            row = find(session, code, lock=True)
            session.execute(delete(WorkshopRow).where(WorkshopRow.id == row.id))
            session.expunge(row)
            self._rubrics.pop(row.code, None)
        self._database.forget_deleted()


def _unused_code(session: Session) -> str:
    while True:
        code = checks.new_code()
        if session.scalar(select(WorkshopRow.id).where(WorkshopRow.code == code)) is None:
            return code


def _team_key(team: str) -> str:
    return checks.one_line(team, "The team's name").casefold()
