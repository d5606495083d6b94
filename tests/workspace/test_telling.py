"""An attacker who keeps every picture that was shown, and adds and subtracts them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlmgmt_widgets.assessment.outcome import Outcome
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace import Workspace, WorkspaceError, telling

K, PEOPLE, VERSIONS = 3, 9, 2
Said = dict[int, Any]
Pictures = list[Said]


def few_can_be_set_apart(pictures: Pictures, k: int) -> bool:
    """By another way than the program's: is there a sum of pictures in which only these fewer than k people remain?

    Someone cancels out where, for each answer, the pictures in which they gave it add up to nothing: these are linear
    equations. A few people can be set apart from all others where the equations of the others do not imply theirs.
    """
    people = {person for picture in pictures for person in picture}
    equations = {person: equations_of(person, pictures) for person in people}
    for size in range(1, k):
        for few in itertools.combinations(people, size):
            others = [row for person in people - {*few} for row in equations[person]]
            if all(rank([*others, *equations[person]]) > rank(others) for person in few):
                return True
    return False


def equations_of(person: int, pictures: Pictures) -> list[list[int]]:
    answers = {picture[person] for picture in pictures if person in picture}
    return [[int(picture.get(person) == answer) for picture in pictures] for answer in answers]


def rank(rows: list[list[int]]) -> int:
    return int(np.linalg.matrix_rank(np.array(rows, dtype=float))) if rows else 0


answers = st.none() | st.integers(0, 2)
histories = st.integers(1, 5).flatmap(
    lambda pictures: st.lists(st.lists(answers, min_size=pictures, max_size=pictures), min_size=1, max_size=PEOPLE)
)
FEW_WAYS = st.integers(2, 5).flatmap(  # many people who answer alike: only then is anything hidden
    lambda pictures: st.lists(st.lists(answers, min_size=pictures, max_size=pictures), min_size=1, max_size=4).flatmap(
        lambda ways: st.lists(st.sampled_from(ways), min_size=4, max_size=12)
    )
)


def as_pictures(people: list[list[Any]]) -> Pictures:
    """Everybody's answers by picture: pictures that show nothing new left out, as nobody can tell them apart."""
    pictures: Pictures = []
    for place in range(len(people[0])):
        picture = {person: said[place] for person, said in enumerate(people) if said[place] is not None}
        if picture and picture not in pictures:
            pictures.append(picture)
    return pictures


@settings(max_examples=100)
@given(histories | FEW_WAYS, st.integers(2, 4))
@example([[0, 0, 0, 0]] + [[0, 1, 1, 0]] * 3 + [[0, 1, 1, 1]] + [[0, 0, 1, 1]] * 3, 3)
def test_few_people_are_found_exactly_when_linear_algebra_finds_them(people: list[list[Any]], k: int) -> None:
    pictures = as_pictures(people)
    assert telling.of_few(pictures, k) == few_can_be_set_apart(pictures, k)


def test_of_more_pictures_than_are_looked_at_none_is_shown() -> None:
    pictures = [dict.fromkeys(range(20), number) for number in range(telling.MOST_PICTURES + 1)]
    assert not telling.of_few(pictures[:-1], K)
    assert telling.of_few(pictures, K)


def traceable(toy: Rubric) -> Rubric:
    """A rubric whose answers say who gave them."""
    scale = [{"value": value, "label": f"{value}"} for value in range(PEOPLE * VERSIONS)]
    question = {"id": "q", "question": "?"}
    return Rubric.model_validate(
        {**toy.model_dump(mode="json"), "answers": scale, "sections": [], "questions": [question]}
    )


class Play:
    """A workshop of one question, and what an attacker has seen of it."""

    def __init__(self, workspace: Workspace, toy: Rubric) -> None:
        self.workshops, self.rubric = workspace.workshops, traceable(toy)
        self.code = self.workshops.create(self.rubric, "Search", smallest_group=K).code
        self.number = 0
        self.seen: Pictures = []
        for person in range(PEOPLE):
            self.workshops.enter(self.code, f"{person:032x}")

    def say(self, people: Any, version: int | None) -> None:
        self.number += 1
        for person in people:
            answer = None if version is None else person * VERSIONS + version
            self.workshops.record(self.code, f"{person:032x}", "q", answer, sequence=self.number)

    def show(self, verb: str) -> bool:
        """Whether something new can be seen now."""
        with contextlib.suppress(WorkspaceError):
            getattr(self.workshops, verb)(self.code)
        shown = Outcome.of(self.rubric, self.workshops.revealed_responses(self.code), smallest_group=K).shared_rows
        picture = {int(row.answer) // VERSIONS: row.answer for row in shown if isinstance(row.answer, float)}
        if not picture or picture in self.seen:
            return False
        self.seen.append(picture)
        return True


def test_four_people_of_whom_three_change_back_do_not_tell_the_fourth(toy: Rubric) -> None:
    with Workspace.open("sqlite://") as workspace:
        play = Play(workspace, toy)
        play.say(range(8), 0)
        assert play.show("reveal")
        play.say([0, 1, 2, 3], 1)
        assert play.show("refresh")
        play.say([4, 5, 6], 1)
        assert play.show("refresh")
        play.say([0, 1, 2], 0)  # enough people since each picture, and yet the fourth of the first four stands alone
        assert not play.show("refresh")
        play.say([3], 0)  # now all four are back
        assert play.show("refresh")
        assert not few_can_be_set_apart(play.seen, K)


_people = st.sets(st.integers(0, PEOPLE - 1), min_size=1)
_change = st.tuples(
    _people | st.sampled_from([{0, 1, 2}, {3, 4, 5}, {0, 1, 2, 3}]), st.sampled_from([0, 1, 0, 1, None])
)


@pytest.fixture(scope="module")
def opened() -> Iterator[Workspace]:
    with Workspace.open("sqlite://") as workspace:
        yield workspace


@settings(max_examples=settings.default.max_examples // 5)
@given(rounds=st.lists(st.lists(_change, min_size=1, max_size=2), min_size=1, max_size=6))
def test_whatever_people_do_nobody_is_told_by_any_sum_of_pictures(opened: Workspace, toy: Rubric, rounds: Any) -> None:
    play = Play(opened, toy)
    play.say(range(PEOPLE), 0)
    play.show("reveal")
    for number, changes in enumerate(rounds, 1):
        for people, version in changes:
            play.say(people, version)
        play.show("close" if number == len(rounds) else "refresh")
    assert len(play.seen) <= telling.MOST_PICTURES
    assert not few_can_be_set_apart(play.seen, K)
