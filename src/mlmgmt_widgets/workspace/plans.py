"""The plans that a workspace holds: every version that was saved, with the forecast of its time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mlmgmt_widgets.workspace import checks
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import PlanConflict, UnknownPlan, WorkspaceError
from mlmgmt_widgets.workspace.records import PlanSummary, PlanVersion, SavedPlan
from mlmgmt_widgets.workspace.rows import now
from mlmgmt_widgets.workspace.tables import PlanRow, PlanVersionRow

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.plan import Plan


class Plans:
    """Plans with their forecasts; each is saved under a name, in versions that are never overwritten.

    Every method is one short transaction; what it wrote is on disk when it returns. A plan is named in any
    case; every method that takes a name raises `UnknownPlan` where there is no such plan, and `WorkspaceError`
    where something is refused or the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, name: str, plan: Plan, forecast: Mapping[str, Any], *, note: str = "", base: int | None = None
    ) -> SavedPlan:
        """Store a new version of a plan, beside those that are there.

        What the newest version holds already is not stored again, whatever it was started from: a request that
        was sent twice makes one version. A note that says something new is reason enough for a new version.

        Args:
            name: what people call the plan, 80 characters at most; a plan that is there keeps its spelling.
            plan: the plan.
            forecast: what was computed from it, as plain values that JSON can hold.
            note: why it is saved, or what has changed; 2000 characters at most.
            base: the version that this one was made from; `None` for a plan that is new.

        Returns:
            The newest version, which holds what was given; `unchanged` tells whether it did so before.

        Raises:
            PlanConflict: if `base` is not the newest version. Nothing is stored; whoever knows what the newest
                version holds may save on top of it, or under another name.
            WorkspaceError: if one of the others is not acceptable; the sentence says which and why.

        Example:
            >>> from mlmgmt_widgets.timeline.plan import Plan
            >>> from mlmgmt_widgets.workspace import Workspace
            >>> plan = Plan(title="Ranking", start="2027-01-04", tasks=[{"id": "pipeline", "weeks": 2}])
            >>> plans = Workspace.open("sqlite://").plans  # in memory
            >>> plans.save("Ranking", plan, {"weeks": {"p50": 2.0}}).version
            1
            >>> plans.save("Ranking", plan, {"weeks": {"p50": 2.2}}, base=1).version
            2
        """
        name, note = checks.plan_name(name), checks.note(note)
        started_from = None if base is None else checks.plan_version(base)
        plan_values = checks.plain_values(_values(plan), "The plan")
        forecast_values = checks.plain_values(forecast, "The forecast")
        with self._database.writing() as session:
            row = _found_or_made(session, name)
            newest = session.get(PlanVersionRow, (row.id, row.newest))
            held = newest is not None and (newest.plan, newest.forecast) == (plan_values, forecast_values)
            if newest is not None and held and note in {"", newest.note}:
                return _saved(row, newest, plan, unchanged=True)
            if started_from != (newest and newest.version):
                raise _conflict(row, newest, started_from)
            row.newest += 1
            added = PlanVersionRow(
                plan_id=row.id,
                version=row.newest,
                title=checks.writable(plan.title),
                note=note,
                saved_at=now(),
                plan=plan_values,
                forecast=forecast_values,
            )
            session.add(added)
            session.flush()
            return _saved(row, added, plan)

    def all(self) -> list[PlanSummary]:
        """Return all plans, the one that was saved last first."""
        query = (
            select(
                PlanRow.name,
                PlanVersionRow.title,
                PlanRow.newest,
                PlanVersionRow.saved_at,
                PlanVersionRow.note,
            )
            .join(PlanVersionRow, and_(PlanVersionRow.plan_id == PlanRow.id, PlanVersionRow.version == PlanRow.newest))
            .order_by(PlanVersionRow.saved_at.desc(), PlanRow.id.desc())
        )
        with self._database.reading() as session:
            return [PlanSummary(*row) for row in session.execute(query)]

    def versions(self, name: str) -> list[PlanVersion]:
        """Return the versions of a plan, newest first, without the plans and forecasts themselves."""
        with self._database.reading() as session:
            row = _find(session, name)
            query = (
                select(PlanVersionRow.version, PlanVersionRow.title, PlanVersionRow.saved_at, PlanVersionRow.note)
                .where(PlanVersionRow.plan_id == row.id)
                .order_by(PlanVersionRow.version.desc())
            )
            return [PlanVersion(row.name, *version) for version in session.execute(query)]

    def get(self, name: str, version: int | None = None) -> SavedPlan:
        """Return a version of a plan, the newest by default.

        Raises:
            UnknownPlan: if there is no such plan, or it has no such version.
            WorkspaceError: if another version of this program saved it in a form that this one cannot read.
        """
        number = None if version is None else checks.plan_version(version)
        with self._database.reading() as session:
            row = _find(session, name)
            found = session.get(PlanVersionRow, (row.id, number or row.newest))
            if found is None:
                raise UnknownPlan(f"The plan “{row.name}” has no version {number}; its newest is {row.newest}.")
            return _saved(row, found, _readable(row, found))

    def rename(self, name: str, new: str) -> str:
        """Give a plan another name, or another spelling of its own; its versions stay.

        Returns:
            The new name as it is stored.

        Raises:
            WorkspaceError: if another plan has the new name, or it is no name.
        """
        new = checks.plan_name(new)
        with self._database.writing() as session:
            row = _find(session, name, lock=True)
            try:
                with session.begin_nested():
                    row.name, row.name_key = new, new.casefold()
            except IntegrityError:
                raise WorkspaceError(f"Another plan is called “{new}” already; please choose another name.") from None
        return new

    def delete(self, name: str) -> None:
        """Delete a plan with all its versions; this cannot be undone.

        On SQLite the deleted text is overwritten in the file too. Copies and backups are not reached.
        """
        with self._database.writing() as session:
            row = _find(session, name, lock=True)
            session.execute(delete(PlanRow).where(PlanRow.id == row.id))
            session.expunge(row)
        self._database.forget_deleted()


# Rows


def _found(session: Session, name: str, *, lock: bool = False) -> PlanRow | None:
    query = select(PlanRow).where(PlanRow.name_key == name.casefold())
    return session.scalar(query.with_for_update() if lock else query)


def _find(session: Session, name: str, *, lock: bool = False) -> PlanRow:
    name = checks.plan_name(name)
    row = _found(session, name, lock=lock)
    if row is None:
        raise UnknownPlan(f"There is no plan called “{name}”; it may have been deleted or renamed.")
    return row


def _found_or_made(session: Session, name: str) -> PlanRow:
    """Return the row of a plan, locked; a new one has no version yet.

    Of two who give the same new name at once, one makes the row; the other waits for it and finds it.
    """
    while (row := _found(session, name, lock=True)) is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(PlanRow(name=name, name_key=name.casefold(), newest=0))
    return row


# Values and records


def _values(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", by_alias=True, exclude_none=True)


def _saved(row: PlanRow, version: PlanVersionRow, plan: Plan, *, unchanged: bool = False) -> SavedPlan:
    return SavedPlan(
        name=row.name,
        version=version.version,
        saved_at=version.saved_at,
        note=version.note,
        plan=plan,
        forecast=version.forecast,
        unchanged=unchanged,
    )


def _readable(row: PlanRow, version: PlanVersionRow) -> Plan:
    from mlmgmt_widgets.timeline.plan import Plan

    try:
        return Plan.model_validate(version.plan)
    except ValidationError as error:
        what = f"Version {version.version} of the plan “{row.name}”"
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in fault["loc"]) or "the plan"
        raise WorkspaceError(
            f"{what} was saved by another version of this program, and this one cannot read it.",
            f"{what} is no plan that this version of mlmgmt knows: {where}: {fault['msg']}.",
        ) from error


def _conflict(row: PlanRow, newest: PlanVersionRow | None, base: int | None) -> PlanConflict:
    if newest is None:
        return PlanConflict(
            f"The plan “{row.name}” is not there any more: it was deleted or renamed since you opened its version "
            f"{base}. Nothing was saved; you may save yours as a new plan.",
            None,
        )
    latest = f"version {newest.version}, saved on {_in_words(newest.saved_at)}"
    record = PlanVersion(row.name, newest.version, newest.title, newest.saved_at, newest.note)
    if base is None:
        return PlanConflict(
            f"There is a plan with this name already: “{row.name}”, {latest}. Nothing was saved; please open that "
            "plan, or choose another name.",
            record,
        )
    return PlanConflict(
        f"The plan “{row.name}” was saved elsewhere since you opened its version {base}: its newest is "
        f"{latest}. Nothing was saved; please look at that version first, or save yours under another name.",
        record,
    )


def _in_words(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y} at {moment:%H:%M} UTC"
