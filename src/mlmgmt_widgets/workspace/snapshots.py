"""What a reveal freezes, and which answers may follow it later.

Results that follow every answer would give that answer away: the difference between two pictures is what one
person said. So results are shown as a picture that stays. A later picture of an anonymous workshop is put
together question by question: a question is taken as it is now where nobody, or at least the smallest group,
sets it apart from every picture that was shown before, also when several of these are put together (`telling`), and
else it stays exactly as it was last shown. Roles are shown only with the answers of the first picture.

What is shown of a question that fewer than the smallest group answered is nothing: the assessment withholds it.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlmgmt_widgets.assessment.responses import Answer
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace import telling
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.tables import AnswerRow, ParticipantRow, WorkshopRow

Value = TypeVar("Value")
Entry = dict[str, Any]
"""What a picture holds of one participant: person (their number), role, answers and comments by question."""
Picture = list[Entry]

_shuffle = random.SystemRandom().shuffle


@dataclass(frozen=True, slots=True)
class Given:
    """What one participant has given so far, in the rubric's order and never in the order of answering."""

    person: ParticipantRow
    role: str
    answers: dict[str, Answer]
    comments: dict[str, str]

    @property
    def entry(self) -> Entry:
        """The same as a picture holds it."""
        return {"person": self.person.id, "role": self.role, "answers": self.answers, "comments": self.comments}

    @property
    def changed(self) -> bool:
        """Whether the last picture shows something else of this person."""
        return _digest(self.entry, self.person.name) != self.person.revealed_digest


@dataclass(frozen=True, slots=True)
class _Question:
    """What is known of one question: answers and comments by participant."""

    answers: Mapping[int, Answer]
    comments: Mapping[int, str]

    @classmethod
    def of(cls, picture: Picture, question: str) -> _Question:
        said = {
            kind: {each["person"]: each[kind][question] for each in picture if question in each[kind]}
            for kind in ("answers", "comments")
        }
        return cls(**said)

    def apart(self, other: _Question) -> int:
        """How many people set the two apart by their answers; where these are the same, by their comments."""
        return _apart(self.answers, other.answers) or _apart(self.comments, other.comments)


def _apart(one: Mapping[int, object], other: Mapping[int, object]) -> int:
    return sum(one.get(person) != other.get(person) for person in {*one, *other})


def given(session: Session, workshop: WorkshopRow, rubric: Rubric) -> list[Given]:
    """Read everything that a workshop's participants have given; the order of people means nothing.

    In an anonymous workshop the role of somebody who was shown stays as it was shown: two pictures of a role
    would else tell what those said who went from one to the other.
    """
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
    roles = {each["person"]: each["role"] for picture in pictures(workshop) for each in picture}
    kept = roles if workshop.anonymous else {}
    return [
        Given(
            person,
            kept.get(person.id, person.role),
            in_order(answers[person.id], rubric),
            in_order(comments[person.id], rubric),
        )
        for person in people
    ]


def in_order(by_question: dict[str, Value], rubric: Rubric) -> dict[str, Value]:
    """Return the same entries in the order of the rubric's questions."""
    return {q.id: by_question[q.id] for q in rubric.questions if q.id in by_question}


# What may be shown


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


def refuse_giving_away(workshop: WorkshopRow, everything: Sequence[Given], following: Picture) -> None:
    """Refuse another picture of an anonymous workshop when no question may be taken into it.

    Raises:
        WorkspaceError: with the number of people that are needed.
    """
    refuse_too_few(workshop, everything)
    if not workshop.anonymous:
        return
    changed, needed = sum(one.changed for one in everything), workshop.smallest_group
    if changed < needed:
        raise WorkspaceError(
            f"This workshop is anonymous: results can be refreshed once {needed} people "
            f"have answered or changed something since they were last shown, or the difference would tell "
            f"what they said; so far {changed} {'has' if changed == 1 else 'have'}.",
        )
    if len(following) < needed or not _differing(pictures(workshop)[-1], following):
        raise WorkspaceError(
            f"This workshop is anonymous: a question can be refreshed once {needed} people have answered it anew "
            f"or changed their answer to it, and shown in {telling.MOST_PICTURES} different pictures at most, or the "
            f"difference would tell what they said; no question has so many, or may be shown anew.",
        )


def following_picture(workshop: WorkshopRow, everything: Sequence[Given], rubric: Rubric) -> Picture:
    """Return what may be shown next: every question as it is now, or as it was last shown."""
    now = [one.entry for one in everything if one.answers]
    earlier = pictures(workshop)
    if not workshop.anonymous or not earlier:
        return now
    fresh = {
        question.id for question in rubric.questions if _may_follow(question.id, now, earlier, workshop.smallest_group)
    }
    last = {each["person"]: each for each in earlier[-1]}
    current = {each["person"]: each for each in now}
    blended = (_blend(current.get(person), last.get(person), fresh, rubric) for person in {*last, *current})
    return [each for each in blended if each["answers"] or each["comments"]]


def _may_follow(question: str, now: Picture, earlier: Sequence[Picture], smallest_group: int) -> bool:
    """Whether nobody, or enough people, are set apart by this question as it is and as it was ever shown."""
    as_it_is = _Question.of(now, question)
    shown: list[Mapping[int, Answer]] = []
    for picture in earlier:
        as_it_was = _Question.of(picture, question)
        if len(as_it_was.answers) < smallest_group:
            as_it_was = _Question({}, {})  # it was withheld
        if 0 < as_it_is.apart(as_it_was) < smallest_group:
            return False
        shown.append(as_it_was.answers)
    following = as_it_is.answers if len(as_it_is.answers) >= smallest_group else {}
    return not telling.of_few([*shown, following], smallest_group)


def _blend(now: Entry | None, last: Entry | None, fresh: set[str], rubric: Rubric) -> Entry:
    """Take one person's part of the fresh questions from now, and of the others from the last picture."""
    nothing: Entry = {"answers": {}, "comments": {}}
    new, old = now or nothing, last or nothing
    parts = {
        kind: {
            **{question: value for question, value in old[kind].items() if question not in fresh},
            **{question: value for question, value in new[kind].items() if question in fresh},
        }
        for kind in ("answers", "comments")
    }
    known = last or now or nothing
    return {"person": known["person"], "role": known["role"]} | {
        kind: in_order(part, rubric) for kind, part in parts.items()
    }


def _differing(one: Picture, other: Picture) -> set[str]:
    """The questions in which two pictures differ."""
    questions = {question for each in (*one, *other) for kind in ("answers", "comments") for question in each[kind]}
    return {question for question in questions if _Question.of(one, question).apart(_Question.of(other, question))}


# What is kept


def pictures(workshop: WorkshopRow) -> list[Picture]:
    """Return what was shown of an anonymous workshop so far, oldest first; of a named one, the last."""
    return list(workshop.snapshot["pictures"]) if workshop.snapshot else []


def keep(workshop: WorkshopRow, everything: Sequence[Given], picture: Picture) -> None:
    """Show a picture from now on.

    The order of people in it means nothing, nor do their labels when the workshop is anonymous.
    """
    names = {one.person.id: one.person.name for one in everything}
    people = list(picture)
    _shuffle(people)
    labels = _numbers(len(people)) if workshop.anonymous else _distinct(names[each["person"]] for each in people)
    labelled = [{**each, "respondent": label} for label, each in zip(labels, people, strict=True)]
    before = pictures(workshop) if workshop.anonymous else []
    workshop.snapshot = {"pictures": [*before, labelled], "held_back": 0}
    digests = {each["person"]: _digest(each, names[each["person"]]) for each in picture}
    for one in everything:
        one.person.revealed_digest = digests.get(one.person.id, "")
    note_held_back(workshop, everything)


def note_held_back(workshop: WorkshopRow, everything: Sequence[Given]) -> None:
    """Keep how many questions have answers now that the picture does not show."""
    now = [one.entry for one in everything if one.answers]
    kept = pictures(workshop)
    workshop.snapshot = {"pictures": kept, "held_back": len(_differing(kept[-1], now))}


def shown(workshop: WorkshopRow) -> list[dict[str, Any]]:
    """Return what may be seen of the last picture, a response a person."""
    hidden = {"role": ""} if roles_left_out(workshop) else {}
    parts = ("respondent", "role", "answers", "comments")
    return [{part: each[part] for part in parts} | hidden for each in pictures(workshop)[-1]]


def roles_left_out(workshop: WorkshopRow) -> bool:
    """Return whether roles must not be seen, because they were with other answers."""
    everything = pictures(workshop)
    if not workshop.anonymous or not any(each["role"] for picture in everything for each in picture):
        return False
    first, last = ({each["person"]: each["answers"] for each in everything[end] if each["answers"]} for end in (0, -1))
    return first != last


def _digest(entry: Entry, name: str) -> str:
    """Name what is there of a person; empty while nothing is answered, so that nobody counts before they answer."""
    if not entry["answers"]:
        return ""
    content = [entry["role"], name, entry["answers"], entry["comments"]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


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
