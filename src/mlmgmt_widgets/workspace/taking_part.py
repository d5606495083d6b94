"""Taking part in a workshop: joining, answering, finishing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlmgmt_widgets.assessment.responses import Answer, Response, check_answer
from mlmgmt_widgets.workspace import checks, snapshots
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.records import Participant, Person, Progress, StoredAnswer
from mlmgmt_widgets.workspace.rows import WorkshopRows, find
from mlmgmt_widgets.workspace.tables import AnswerRow, ParticipantRow, WorkshopRow


class TakingPart(WorkshopRows):
    """What a participant does, and how far everybody is."""

    def enter(self, code: str, token: str, role: str = "", name: str = "") -> Participant:
        """Take part, or come back: the same token is the same participant, whose role and name may change.

        Args:
            code: the join code.
            token: a secret of at least 32 hexadecimal digits that the participant's browser made. Only a hash
                of it is stored.
            role: one of the workshop's roles, if it has any.
            name: required in a named workshop (80 characters at most), refused in an anonymous one.

        Raises:
            WorkspaceError: if one of these is not acceptable, or the workshop is closed to newcomers.
        """
        with self._database.writing() as session:
            workshop = find(session, code, lock=True)
            person = _person(session, workshop, token)
            if workshop.closed_at is not None:
                if person is None:
                    raise _closed()
                return self._participant(session, workshop, person)
            role, name = _checked_role(workshop, role), _checked_name(workshop, name)
            if person is None:
                person = ParticipantRow(
                    workshop_id=workshop.id,
                    token_hash=checks.token_hash(workshop.code, token),
                    finished=False,
                    revealed_digest="",
                )
                session.add(person)
            person.role, person.name = role, name
            session.flush()
            return self._participant(session, workshop, person)

    def participant(self, code: str, token: str) -> Participant | None:
        """Return who has this token, with their answers; `None` if nobody has."""
        with self._database.reading() as session:
            workshop = find(session, code)
            try:
                person = _person(session, workshop, token)
            except WorkspaceError:
                return None
            return self._participant(session, workshop, person) if person else None

    def record(  # noqa: PLR0913 - whose, to what, what, and why
        self,
        code: str,
        token: str,
        question: str,
        answer: Answer | None,
        comment: str = "",
        *,
        sequence: int = 0,
    ) -> StoredAnswer:
        """Store an answer in place of an earlier one; when this returns, it is on disk.

        Args:
            code: the join code.
            token: the participant's token.
            question: the question's id.
            answer: a value of the scale, "na", "dk", or `None` to take it back.
            comment: what the participant has to say about it.
            sequence: counts up in the participant's browser. A write with a lower number than the stored
                one is a late resend and changes nothing. One with the same number says the same again, or comes
                from another device that has counted as far: then what is stored, and was confirmed, stays. With
                0, which is no number of a browser, every write takes the place of the one before.

        Returns:
            What is stored now; `applied` tells whether that is this write.

        Raises:
            AnswerError: if the answer or comment is not acceptable.
            WorkspaceError: if the token is unknown or the workshop is closed.
        """
        number = checks.sequence(sequence)
        answer, comment = check_answer(self._rubric(code), question, answer, comment)
        comment = checks.writable(comment)
        with self._database.writing() as session:
            workshop = find(session, code, share=True)
            person = _entered(session, workshop, token, lock=True)
            if workshop.closed_at is not None:
                raise _closed()
            row = session.get(AnswerRow, (person.id, question))
            if row is not None and _comes_late(row, number, answer, comment):
                return StoredAnswer(question, row.answer, row.comment, row.sequence, applied=False)
            if row is None:
                row = AnswerRow(participant_id=person.id, question=question)
                session.add(row)
            row.answer, row.comment, row.sequence = answer, comment, number
        return StoredAnswer(question, answer, comment, number, applied=True)

    def finish(self, code: str, token: str, *, finished: bool = True) -> None:
        """Note that a participant is done, or is not after all.

        Raises:
            WorkspaceError: if the token is unknown or the workshop is closed.
        """
        with self._database.writing() as session:
            workshop = find(session, code, share=True)
            person = _entered(session, workshop, token, lock=True)
            if workshop.closed_at is not None:
                raise _closed()
            person.finished = bool(finished)

    def progress(self, code: str) -> Progress:
        """Return how many take part and how far they are; who they are only in a named workshop."""
        started = (
            select(AnswerRow.question)
            .where(AnswerRow.participant_id == ParticipantRow.id, AnswerRow.answer.is_not(None))
            .exists()
        )
        with self._database.reading() as session:
            workshop = find(session, code)
            rows = session.execute(
                select(
                    ParticipantRow.name,
                    ParticipantRow.role,
                    ParticipantRow.finished,
                    started.label("started"),
                ).where(ParticipantRow.workshop_id == workshop.id),
            ).all()
        people = () if workshop.anonymous else (Person(row.name, row.role, row.finished) for row in rows)
        return Progress(
            joined=len(rows),
            started=sum(bool(row.started) for row in rows),
            finished=sum(row.finished for row in rows),
            people=tuple(sorted(people, key=lambda person: (person.name.casefold(), person.role))),
        )

    def _participant(self, session: Session, workshop: WorkshopRow, person: ParticipantRow) -> Participant:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.participant_id == person.id)).all()
        rubric = self._rubric_of(workshop)
        answers: dict[str, Answer] = {row.question: row.answer for row in rows if row.answer is not None}
        comments = {row.question: row.comment for row in rows if row.comment}
        return Participant(
            workshop_code=workshop.code,
            role=person.role,
            name=person.name,
            finished=person.finished,
            answers=Response(
                respondent=person.name or "me",
                role=person.role,
                answers=snapshots.in_order(answers, rubric),
                comments=snapshots.in_order(comments, rubric),
            ),
            sequence=max((row.sequence for row in rows), default=0),
        )


def _person(session: Session, workshop: WorkshopRow, token: str, *, lock: bool = False) -> ParticipantRow | None:
    query = select(ParticipantRow).where(
        ParticipantRow.workshop_id == workshop.id,
        ParticipantRow.token_hash == checks.token_hash(workshop.code, token),
    )
    return session.scalar(query.with_for_update() if lock else query)


def _entered(session: Session, workshop: WorkshopRow, token: str, *, lock: bool = False) -> ParticipantRow:
    person = _person(session, workshop, token, lock=lock)
    if person is None:
        raise WorkspaceError("You have not joined this workshop in this browser; please join it first.")
    return person


def _comes_late(row: AnswerRow, number: int, answer: Answer | None, comment: str) -> bool:
    if row.sequence == number and number:
        return (row.answer, row.comment) != (answer, comment)
    return row.sequence > number


def _checked_role(workshop: WorkshopRow, role: str) -> str:
    role = checks.one_line(role, "A role")
    if workshop.roles and role not in workshop.roles:
        raise WorkspaceError(f"Please choose one of these roles: {', '.join(workshop.roles)}.")
    return role


def _checked_name(workshop: WorkshopRow, name: str) -> str:
    name = checks.one_line(name, "A name")
    if workshop.anonymous and name:
        raise WorkspaceError("This workshop is anonymous; please leave your name out.")
    if not workshop.anonymous and not name:
        raise WorkspaceError("Please give your name; this workshop is not anonymous.")
    return name


def _closed() -> WorkspaceError:
    return WorkspaceError("This workshop is closed; nothing can be answered or changed any more.")
