"""What a reveal freezes, and how many people must have moved before it may be frozen again.

Results that follow every answer would give that answer away: the difference between two pictures is what one
person said. So results are shown as a snapshot, and an anonymous workshop takes the next one only when enough
people have changed something since.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlmgmt_widgets.assessment.responses import Answer
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.tables import AnswerRow, ParticipantRow, WorkshopRow

Value = TypeVar("Value")

_shuffle = random.SystemRandom().shuffle


@dataclass(frozen=True, slots=True)
class Given:
    """What one participant has given so far, in the rubric's order and never in the order of answering."""

    person: ParticipantRow
    answers: dict[str, Answer]
    comments: dict[str, str]

    @property
    def digest(self) -> str:
        """Names the content; empty while nothing is answered, so that nobody counts before they answer."""
        if not self.answers:
            return ""
        content = [self.person.role, self.person.name, self.answers, self.comments]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def changed(self) -> bool:
        """Whether the last snapshot shows something else of this person."""
        return self.digest != self.person.revealed_digest


def given(session: Session, workshop: WorkshopRow, rubric: Rubric) -> list[Given]:
    """Read everything that a workshop's participants have given, in the order in which they joined."""
    people = session.scalars(
        select(ParticipantRow).where(ParticipantRow.workshop_id == workshop.id).order_by(ParticipantRow.id),
    ).all()
    answers: dict[int, dict[str, Answer]] = {person.id: {} for person in people}
    comments: dict[int, dict[str, str]] = {person.id: {} for person in people}
    for row in session.execute(
        select(AnswerRow.participant_id, AnswerRow.question, AnswerRow.answer, AnswerRow.comment)
        .join(ParticipantRow)
        .where(ParticipantRow.workshop_id == workshop.id),
    ):
        if row.answer is not None:
            answers[row.participant_id][row.question] = row.answer
        if row.comment:
            comments[row.participant_id][row.question] = row.comment
    return [
        Given(person, in_order(answers[person.id], rubric), in_order(comments[person.id], rubric)) for person in people
    ]


def in_order(by_question: dict[str, Value], rubric: Rubric) -> dict[str, Value]:
    """Return the same entries in the order of the rubric's questions."""
    return {q.id: by_question[q.id] for q in rubric.questions if q.id in by_question}


def refuse_too_few(workshop: WorkshopRow, everything: Sequence[Given]) -> None:
    """Refuse to show anything of an anonymous workshop that too few have answered.

    Raises:
        WorkspaceError: with the number of people that are needed.
    """
    count = sum(bool(one.answers) for one in everything)
    if count == 0:
        raise WorkspaceError("Nobody has answered yet, so there is nothing to reveal.")
    if workshop.anonymous and count < workshop.smallest_group:
        raise WorkspaceError(
            f"This workshop is anonymous: results can be revealed once {workshop.smallest_group} people have "
            f"answered; so far {count} {'has' if count == 1 else 'have'}.",
        )


def refuse_giving_away(workshop: WorkshopRow, everything: Sequence[Given]) -> None:
    """Refuse another snapshot of an anonymous workshop while the difference would tell on a few people.

    Raises:
        WorkspaceError: with the number of people that are needed.
    """
    refuse_too_few(workshop, everything)
    changed = sum(one.changed for one in everything)
    if workshop.anonymous and changed < workshop.smallest_group:
        raise WorkspaceError(
            f"This workshop is anonymous: results can be refreshed once {workshop.smallest_group} people "
            f"have answered or changed something since they were last shown, or the difference would tell "
            f"what they said; so far {changed} {'has' if changed == 1 else 'have'}.",
        )


def freeze(workshop: WorkshopRow, everything: Sequence[Given]) -> None:
    """Keep what everybody who answered has given.

    Their order means nothing, nor do their labels when the workshop is anonymous.
    """
    shown = [one for one in everything if one.answers]
    _shuffle(shown)
    labels = _numbers(len(shown)) if workshop.anonymous else _distinct(one.person.name for one in shown)
    snapshot: list[dict[str, Any]] = [
        {"respondent": label, "role": one.person.role, "answers": one.answers, "comments": one.comments}
        for label, one in zip(labels, shown, strict=True)
    ]
    workshop.snapshot = snapshot
    for one in everything:
        one.person.revealed_digest = one.digest


def _numbers(count: int) -> list[str]:
    width = max(2, len(str(count)))
    return [f"r{number:0{width}}" for number in range(1, count + 1)]


def _distinct(names: Iterable[str]) -> list[str]:
    """Two people may have the same name; each still is a respondent of their own."""
    taken: set[str] = set()
    labels = []
    for name in names:
        label, number = name, 1
        while label.casefold() in taken:
            number += 1
            label = f"{name} ({number})"
        taken.add(label.casefold())
        labels.append(label)
    return labels
