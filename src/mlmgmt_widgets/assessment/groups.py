"""Scores of role groups, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlmgmt_widgets.assessment.anonymity import groups_to_show
from mlmgmt_widgets.assessment.rubric import Rubric, Section
from mlmgmt_widgets.assessment.scoring import Result, score
from mlmgmt_widgets.assessment.table import FIRST_CHOICE, Responses

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
    where a group may be hidden.

    Args:
        rubric: that was answered.
        responses: of all roles.
        smallest_group: people who may be seen together in an anonymous workshop; None shows every group.
    """
    members = {role: np.array([each == role for each in responses.roles]) for role in dict.fromkeys(responses.roles)}
    scores = {role: score(rubric, responses.select(rows)) for role, rows in sorted(members.items())}
    return tuple(_groups(rubric, responses, members, scores, smallest_group))


def _groups(
    rubric: Rubric,
    responses: Responses,
    members: dict[str, _Mask],
    scores: dict[str, Result],
    smallest_group: int | None,
) -> Iterator[GroupScore]:
    for section, answered in _answered(rubric, responses):
        sizes = {role: int((answered & members[role]).sum()) for role in scores}
        everyone = {role for role, size in sizes.items() if size}
        shown = everyone if smallest_group is None else groups_to_show(sizes, smallest_group)
        for role, result in scores.items():
            if role in shown:
                value = result.nodes[section.id].score if section.id in result.nodes else result.score
                yield GroupScore(section.id, role, True, sizes[role], value)
            else:
                yield GroupScore(section.id, role, False, None, None)


def _answered(rubric: Rubric, responses: Responses) -> Iterator[tuple[Section, _Mask]]:
    """Return who gave an answer on the scale in each section."""
    column = {question.id: i for i, question in enumerate(rubric.questions)}
    for section in rubric.leaf_sections:
        codes = responses.codes[:, [column[question.id] for question in section.questions]]
        yield section, np.any(codes >= FIRST_CHOICE, axis=1)
