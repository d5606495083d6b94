"""Scores of role groups, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlmgmt_widgets.assessment.anonymity import groups_to_show_in_all
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.assessment.scoring import Result, score
from mlmgmt_widgets.assessment.table import FIRST_CHOICE, UNANSWERED, Responses

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class GroupScore:
    """The score of one role in one section.

    Attributes:
        section: the section's id.
        role: the role; empty for people without one.
        shown: whether it may be shown.
        people: how many of the role answered there; None where hidden.
        score: None where hidden, or where nobody of the role answered.
    """

    section: str
    role: str
    shown: bool
    people: int | None
    score: float | None


def group_scores(rubric: Rubric, responses: Responses, smallest_group: int | None) -> tuple[GroupScore, ...]:
    """Return every role's score in every section that holds questions.

    Sections that hold sections are left out: the score of the whole and of one part would give away the other part,
    where a group may be hidden. For the same reason a role is shown only where `groups_to_show` allows it by those
    who answered on the scale in the section and, a section's score being made of its questions', by those who
    answered each of them.

    Args:
        rubric: that was answered.
        responses: of all roles.
        smallest_group: people who may be seen together in an anonymous workshop; None shows every group.
    """
    members = {role: np.array([each == role for each in responses.roles]) for role in sorted(set(responses.roles))}
    scores = {role: score(rubric, responses.select(rows)) for role, rows in members.items()}
    return tuple(_groups(responses, members, scores, smallest_group))


def _groups(
    responses: Responses, members: dict[str, _Mask], scores: dict[str, Result], smallest_group: int | None
) -> Iterator[GroupScore]:
    rubric = responses.rubric
    for section in rubric.leaf_sections:
        codes = responses.codes[:, [rubric.columns[question.id] for question in section.questions]]
        sizes = _people(np.any(codes >= FIRST_CHOICE, axis=1), members)
        shown = {role for role, size in sizes.items() if size}
        if smallest_group is not None:
            by_question = [_people(column != UNANSWERED, members) for column in codes.T]
            shown &= groups_to_show_in_all([sizes, *by_question], smallest_group)
        for role, result in scores.items():
            if role in shown:
                value = result.nodes[section.id].score if section.id in result.nodes else result.score
                yield GroupScore(section.id, role, True, sizes[role], value)
            else:
                yield GroupScore(section.id, role, False, None, None)


def _people(who: _Mask, members: dict[str, _Mask]) -> dict[str, int]:
    return {role: int((who & mask).sum()) for role, mask in members.items()}
