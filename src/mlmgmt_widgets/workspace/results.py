"""The results of a workshop: what is revealed of it, and what the team decided on."""

from __future__ import annotations

from sqlalchemy import delete, select

from mlmgmt_widgets.assessment.responses import Response, check_answer
from mlmgmt_widgets.workspace import arrivals, checks, snapshots
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.records import Decision, Revealed, Workshop
from mlmgmt_widgets.workspace.rows import WorkshopRows, find, now
from mlmgmt_widgets.workspace.tables import DecisionRow, WorkshopRow


class Results(WorkshopRows):
    """What is shown, and what is decided."""

    def reveal(self, code: str) -> Workshop:
        """Show the results: freeze what everybody has answered so far.

        Whoever has answered at least one question is in it. People may go on answering; `refresh` shows what
        they add. A closed workshop may still be revealed, a revealed one stays as it is.

        Raises:
            WorkspaceError: if nobody has answered, or fewer than the smallest group in an anonymous workshop.
        """
        with self._database.writing() as session:
            workshop = find(session, code, lock=True)
            news = workshop.revealed_at is None
            if news:
                rubric = self._rubric_of(workshop)
                everything = snapshots.given(session, workshop, rubric)
                snapshots.refuse_too_few(workshop, everything)
                snapshots.keep(workshop, everything, snapshots.following_picture(workshop, everything, rubric))
                workshop.revealed_at = now()
                arrivals.forget(session, workshop)
            record = self._workshop(workshop)
        return self._settled(record) if news else record

    def refresh(self, code: str) -> Workshop:
        """Show newer answers of a revealed workshop.

        In an anonymous workshop this goes question by question: a question is shown as it is now where nobody,
        or at least the smallest group, sets it apart from every time that it was shown before; else it stays as
        it was last shown.

        Raises:
            WorkspaceError: if it is not revealed or is closed; in an anonymous workshop, if no question can be
                taken in.
        """
        with self._database.writing() as session:
            workshop = find(session, code, lock=True)
            if workshop.revealed_at is None:
                raise _not_revealed()
            if workshop.closed_at is not None:
                raise WorkspaceError("This workshop is closed; its results are final.")
            self._take_in(workshop, snapshots.given(session, workshop, self._rubric_of(workshop)))
            arrivals.forget(session, workshop)
            record = self._workshop(workshop)
        return self._settled(record)

    def _settled(self, record: Workshop) -> Workshop:
        """Forget, outside of any transaction, in which order an anonymous workshop was written down."""
        if record.anonymous:
            self._database.write_afresh()
        return record

    def _take_in(self, workshop: WorkshopRow, everything: list[snapshots.Given]) -> None:
        following = snapshots.following_picture(workshop, everything, self._rubric_of(workshop))
        snapshots.refuse_giving_away(workshop, everything, following)
        snapshots.keep(workshop, everything, following)

    def changed_since_reveal(self, code: str) -> int:
        """Return how many people gave something else than is shown of them, or answered at all before the reveal."""
        with self._database.reading() as session:
            workshop = find(session, code)
            return sum(one.changed for one in snapshots.given(session, workshop, self._rubric_of(workshop)))

    def can_refresh(self, code: str) -> bool:
        """Return whether `refresh` would take something in."""
        with self._database.reading() as session:
            workshop = find(session, code)
            if workshop.revealed_at is None or workshop.closed_at is not None:
                return False
            rubric = self._rubric_of(workshop)
            everything = snapshots.given(session, workshop, rubric)
            following = snapshots.following_picture(workshop, everything, rubric)
            try:
                snapshots.refuse_giving_away(workshop, everything, following)
            except WorkspaceError:
                return False
            return any(one.changed for one in everything)

    def close(self, code: str) -> Workshop:
        """End a workshop: nobody can join or answer any more. A closed workshop stays as it is.

        If it was revealed, the last answers are taken in as by `refresh`; those that would give away what a few
        people said stay out. If it was not, it can still be revealed.
        """
        with self._database.writing() as session:
            workshop = find(session, code, lock=True)
            news = workshop.closed_at is None
            if news:
                workshop.closed_at = now()
                if workshop.revealed_at is not None:
                    self._take_last(workshop, snapshots.given(session, workshop, self._rubric_of(workshop)))
                arrivals.forget(session, workshop)
            record = self._workshop(workshop)
        return self._settled(record) if news else record

    def _take_last(self, workshop: WorkshopRow, everything: list[snapshots.Given]) -> None:
        try:
            self._take_in(workshop, everything)
        except WorkspaceError:
            snapshots.note_held_back(workshop, everything)

    def revealed(self, code: str) -> Revealed:
        """Return what is shown.

        A respondent is named as they named themselves; in an anonymous workshop `r01`, `r02`, ..., dealt
        anew whenever answers are taken in. Once other answers than those of the reveal are shown of an anonymous
        workshop, nobody's role is: of two pictures of a role, few people may make the difference.

        Raises:
            WorkspaceError: if the workshop is not revealed.
        """
        with self._database.reading() as session:
            workshop = find(session, code)
            if workshop.snapshot is None:
                raise _not_revealed()
            return Revealed(
                tuple(Response.model_validate(each) for each in snapshots.shown(workshop)),
                roles_left_out=snapshots.roles_left_out(workshop),
                held_back=workshop.snapshot["held_back"] if workshop.anonymous else 0,
            )

    def revealed_responses(self, code: str) -> list[Response]:
        """Return the responses of `revealed`.

        Raises:
            WorkspaceError: if the workshop is not revealed.
        """
        return list(self.revealed(code).responses)

    # Decisions

    def decide(
        self, code: str, question: str, agreed: float | None = None, note: str = "", owner: str = ""
    ) -> Decision | None:
        """Keep what the team agreed on for a question, in place of an earlier decision; at any time.

        Args:
            code: the join code.
            question: the question's id.
            agreed: the agreed score, anywhere on the rubric's scale.
            note: why, and what follows; 2000 characters at most.
            owner: who sees to it; 80 characters at most.

        Returns:
            The decision; `None` when nothing was given, which takes an earlier one back.

        Raises:
            AnswerError: if there is no such question.
            WorkspaceError: if one of the others is not acceptable.
        """
        rubric = self._rubric(code)
        check_answer(rubric, question, None, "")
        score = checks.agreed(agreed, rubric)
        note, owner = checks.note(note), checks.one_line(owner, "An owner")
        with self._database.writing() as session:
            workshop = find(session, code, lock=True)
            session.execute(
                delete(DecisionRow).where(DecisionRow.workshop_id == workshop.id, DecisionRow.question == question),
            )
            if score is None and not note and not owner:
                return None
            session.add(DecisionRow(workshop_id=workshop.id, question=question, agreed=score, note=note, owner=owner))
        return Decision(question, score, note, owner)

    def decisions(self, code: str) -> tuple[Decision, ...]:
        """Return what the team agreed on, in the order of the rubric."""
        with self._database.reading() as session:
            workshop = find(session, code)
            rows = session.scalars(select(DecisionRow).where(DecisionRow.workshop_id == workshop.id))
            found = {row.question: Decision(row.question, row.agreed, row.note, row.owner) for row in rows}
            return tuple(snapshots.in_order(found, self._rubric_of(workshop)).values())


def _not_revealed() -> WorkspaceError:
    return WorkspaceError("The results of this workshop are not revealed yet.")
