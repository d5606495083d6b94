"""Reveal, refresh, close: what is shown, and that nothing more can be told from it."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlmgmt_widgets.assessment.outcome import Outcome
from mlmgmt_widgets.assessment.responses import AnswerError
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace import Workspace, WorkspaceError
from mlmgmt_widgets.workspace.records import Decision


def test_nothing_is_shown_before_the_reveal(room):
    room.people_who_said(1, 2, 3)
    with pytest.raises(WorkspaceError, match="not revealed yet"):
        room.workshops.revealed_responses(room.code)
    with pytest.raises(WorkspaceError, match="not revealed yet"):
        room.workshops.refresh(room.code)


def test_a_reveal_freezes_what_everybody_said(room):
    people = room.people_who_said(1, "dk", 3)
    idle = room.join()
    revealed = room.workshops.reveal(room.code)
    assert revealed.state == "revealed"
    assert revealed.revealed_at >= revealed.created_at
    assert room.shown() == ["1.0", "3.0", "dk"]

    room.say(people[0], 4)
    room.say(idle, 4)
    assert room.shown() == ["1.0", "3.0", "dk"]
    assert room.workshops.reveal(room.code) == revealed  # a second reveal is no refresh
    assert room.shown() == ["1.0", "3.0", "dk"]


def test_who_has_said_nothing_or_took_it_back_is_not_a_respondent(room):
    people = room.people_who_said(1, 2, 3, 4)
    room.join()
    room.say(people[3], None)
    room.workshops.reveal(room.code)
    assert room.shown() == ["1.0", "2.0", "3.0"]


@pytest.mark.parametrize("answers", [(1,), (1, 2), (1, 2, None)])
def test_an_anonymous_workshop_shows_nothing_below_its_smallest_group(room, answers):
    room.people_who_said(*answers)
    with pytest.raises(WorkspaceError, match=r"revealed once 3 people have answered; so far . ha"):
        room.workshops.reveal(room.code)
    with pytest.raises(WorkspaceError, match="not revealed"):
        room.workshops.revealed_responses(room.code)
    assert room.workshops.get(room.code).state == "collecting"


def test_a_named_workshop_shows_one_person_but_not_nobody(named_room):
    token = named_room.join(name="Ann")
    with pytest.raises(WorkspaceError, match="Nobody has answered"):
        named_room.workshops.reveal(named_room.code)
    named_room.say(token, 2)
    named_room.workshops.reveal(named_room.code)
    assert [each.respondent for each in named_room.workshops.revealed_responses(named_room.code)] == ["Ann"]


def test_people_of_the_same_name_are_respondents_of_their_own(named_room):
    for answer, name in enumerate(["Ann", "ann", "Ann (2)", "Ann"]):
        named_room.say(named_room.join(name=name), answer)
    named_room.workshops.reveal(named_room.code)
    shown = [each.respondent for each in named_room.workshops.revealed_responses(named_room.code)]
    assert len({name.casefold() for name in shown}) == 4


def test_anonymous_labels_and_their_order_mean_nothing(open_room):
    labels_of_first = set()
    for _ in range(12):
        room = open_room()
        tokens = [room.join() for _ in range(4)]
        for number, token in enumerate(tokens):
            room.say(token, number)
        room.workshops.reveal(room.code)
        responses = room.workshops.revealed_responses(room.code)
        assert sorted(each.respondent for each in responses) == ["r01", "r02", "r03", "r04"]
        labels_of_first |= {each.respondent for each in responses if each.answers["q1"] == 0}
    assert len(labels_of_first) > 1  # by chance false once in four million


def test_answers_are_shown_in_the_rubrics_order_and_not_in_that_of_answering(room):
    for token in [room.join() for _ in range(3)]:
        for question in ("q9", "q2", "q30", "q1"):
            room.say(token, 1, question, comment="c")
    room.workshops.reveal(room.code)
    for each in room.workshops.revealed_responses(room.code):
        assert list(each.answers) == list(each.comments) == ["q1", "q2", "q9", "q30"]


def test_a_snapshot_has_roles_and_comments(open_room):
    room = open_room(roles=["Product"])
    for token in [room.join("Product") for _ in range(3)]:
        room.say(token, 1, comment="because")
    room.workshops.reveal(room.code)
    for each in room.workshops.revealed_responses(room.code):
        assert (each.role, each.comments) == ("Product", {"q1": "because"})


def test_a_refresh_waits_until_enough_people_have_changed_something(room):
    people = room.people_who_said(1, 2, 3, 4)
    room.workshops.reveal(room.code)
    assert room.workshops.changed_since_reveal(room.code) == 0
    room.say(people[0], 4)
    newcomer = room.join()
    room.say(newcomer, 0)
    assert room.workshops.changed_since_reveal(room.code) == 2
    assert not room.workshops.can_refresh(room.code)
    with pytest.raises(WorkspaceError, match=r"once 3 people have answered or changed something.*so far 2 have"):
        room.workshops.refresh(room.code)
    assert room.shown() == ["1.0", "2.0", "3.0", "4.0"]

    room.say(people[1], 3)
    assert room.workshops.can_refresh(room.code)
    room.workshops.refresh(room.code)
    assert room.shown() == ["0.0", "3.0", "3.0", "4.0", "4.0"]
    assert room.workshops.changed_since_reveal(room.code) == 0
    assert not room.workshops.can_refresh(room.code)


def test_a_question_that_few_people_changed_stays_as_it_was_shown(room):
    people = room.people_who_said(1, 2, 3, 4)
    for token in people:
        room.say(token, 2, "q2", comment="old")
    room.workshops.reveal(room.code)
    for token in people[:3]:
        room.say(token, 0)
    room.say(people[3], 4, "q2", comment="new")
    room.workshops.refresh(room.code)
    assert room.shown() == ["0.0", "0.0", "0.0", "4.0"]
    for each in room.workshops.revealed_responses(room.code):
        assert (each.answers["q2"], each.comments) == (2, {"q2": "old"})
    assert room.workshops.changed_since_reveal(room.code) == 1
    assert room.workshops.revealed(room.code).held_back == 1


def test_enough_people_that_changed_different_questions_are_not_enough(room):
    people = room.people_who_said(1, 2, 3)
    room.workshops.reveal(room.code)
    for token, question in zip(people, ("q2", "q3", "q4"), strict=True):
        room.say(token, 0, question)
    assert room.workshops.changed_since_reveal(room.code) == 3
    assert not room.workshops.can_refresh(room.code)
    with pytest.raises(WorkspaceError, match=r"a question can be refreshed once 3 people.*no question has so many"):
        room.workshops.refresh(room.code)


def test_new_words_do_not_make_a_few_changed_answers_enough(room):
    people = room.people_who_said(1, 2, 3, 4)
    room.workshops.reveal(room.code)
    room.say(people[0], 4)
    for token, answer in zip(people[1:], (2, 3, 4), strict=True):
        room.say(token, answer, comment="only words")
    assert not room.workshops.can_refresh(room.code)  # whose words are new is plain, and so were the one answer
    room.say(people[0], 1)
    room.workshops.refresh(room.code)
    assert [each.comments for each in room.workshops.revealed_responses(room.code)].count({"q1": "only words"}) == 3


def test_a_newcomer_is_shown_where_others_changed_too_and_nowhere_else(room):
    people = room.people_who_said(1, 2, 3)
    for token in people:
        room.say(token, 1, "q2")
    room.workshops.reveal(room.code)
    newcomer = room.join()
    for token in (*people[:2], newcomer):
        room.say(token, 4)
    room.say(newcomer, 4, "q2")
    room.workshops.refresh(room.code)
    assert room.shown() == ["3.0", "4.0", "4.0", "4.0"]
    second = [each.answers.get("q2") for each in room.workshops.revealed_responses(room.code)]
    assert sorted(map(str, second)) == ["1.0", "1.0", "1.0", "None"]


def test_a_picture_is_compared_with_all_that_were_shown_before_it(room):
    people = room.people_who_said(1, 1, 1, 1, 1)
    room.workshops.reveal(room.code)
    for token in people[:3]:
        room.say(token, 2)
    room.workshops.refresh(room.code)
    for token in people[:2]:
        room.say(token, 1)
    room.say(people[3], 2)  # three people since the last picture, and two since the first
    assert not room.workshops.can_refresh(room.code)


def test_a_question_that_was_answered_by_few_is_shown_when_enough_have_answered_it(room):
    people = room.people_who_said(1, 2, 3)
    for token in people[:2]:
        room.say(token, 1, "q2")
    room.workshops.reveal(room.code)
    room.say(people[2], 4, "q2")
    for token in people:
        room.say(token, 0)
    room.workshops.refresh(room.code)
    assert sorted(each.answers["q2"] for each in room.workshops.revealed_responses(room.code)) == [1, 1, 4]


def test_changing_ones_mind_and_back_counts_as_no_change(room):
    people = room.people_who_said(1, 2, 3)
    room.workshops.reveal(room.code)
    for token, answer in zip(people, (1, 2, 3), strict=True):
        room.say(token, 0)
        room.say(token, answer)
    assert room.workshops.changed_since_reveal(room.code) == 0
    with pytest.raises(WorkspaceError, match="so far 0 have"):
        room.workshops.refresh(room.code)


def test_a_role_stays_as_it_was_shown_since_the_difference_would_tell_who_changed_it(open_room):
    room = open_room(roles=["Product", "ML engineer"])
    people = [room.join("Product") for _ in range(4)]
    for token in people:
        room.say(token, 1)
    room.workshops.reveal(room.code)
    room.workshops.enter(room.code, people[0], "ML engineer")
    assert room.workshops.changed_since_reveal(room.code) == 0
    for token in people:
        room.say(token, 1, comment="words")
    room.workshops.refresh(room.code)
    assert [each.role for each in room.workshops.revealed_responses(room.code)] == ["Product"] * 4


def test_roles_are_not_shown_with_other_answers_than_at_the_reveal(open_room):
    room = open_room(roles=["Product", "ML engineer"])
    people = [room.join(role) for role in ["Product"] * 3 + ["ML engineer"] * 3]
    for token in people:
        room.say(token, 1)
    room.workshops.reveal(room.code)
    assert not room.workshops.revealed(room.code).roles_left_out
    late = room.join("Product")
    for token in (late, *people[3:]):
        room.say(token, 2)
    room.workshops.refresh(room.code)  # the difference of the Products' scores would be what the newcomer said
    revealed = room.workshops.revealed(room.code)
    assert revealed.roles_left_out
    assert {each.role for each in revealed.responses} == {""}


def test_a_named_workshop_keeps_its_roles(open_room):
    room = open_room(anonymous=False, roles=["Product"])
    token = room.join("Product", name="Ann")
    for answer in (1, 2):
        room.say(token, answer)
        room.workshops.reveal(room.code)
        room.workshops.refresh(room.code)
    assert [each.role for each in room.workshops.revealed_responses(room.code)] == ["Product"]


def test_a_role_changed_before_the_reveal_is_shown_as_changed(open_room):
    room = open_room(roles=["Product", "ML engineer"])
    people = [room.join("Product") for _ in range(3)]
    for token in people:
        room.say(token, 1)
        room.workshops.enter(room.code, token, "ML engineer")
    room.workshops.reveal(room.code)
    assert {each.role for each in room.workshops.revealed_responses(room.code)} == {"ML engineer"}


def test_a_refresh_never_shows_fewer_than_the_smallest_group(room):
    people = room.people_who_said(1, 2, 3, 4)
    room.workshops.reveal(room.code)
    for token in people[:2]:
        room.say(token, None)
    room.say(people[2], 0)
    assert room.workshops.changed_since_reveal(room.code) == 3
    with pytest.raises(WorkspaceError, match="so far 2 have"):
        room.workshops.refresh(room.code)


def test_a_named_workshop_is_refreshed_at_any_time(named_room):
    token = named_room.join(name="Ann")
    named_room.say(token, 1)
    named_room.workshops.reveal(named_room.code)
    named_room.say(token, 2)
    named_room.workshops.refresh(named_room.code)
    assert named_room.shown() == ["2.0"]


def test_closing_shows_the_last_changes_when_that_gives_nobody_away(room):
    people = room.people_who_said(1, 2, 3)
    room.workshops.reveal(room.code)
    for token in people:
        room.say(token, 4)
    closed = room.workshops.close(room.code)
    assert closed.state == "closed"
    assert closed.closed_at >= closed.revealed_at
    assert room.shown() == ["4.0", "4.0", "4.0"]
    assert room.workshops.close(room.code) == closed


def test_closing_keeps_the_results_when_the_difference_would_give_somebody_away(room):
    people = room.people_who_said(1, 2, 3)
    room.workshops.reveal(room.code)
    room.say(people[0], 4)
    room.workshops.close(room.code)
    assert room.shown() == ["1.0", "2.0", "3.0"]
    assert room.workshops.revealed(room.code).held_back == 1
    with pytest.raises(WorkspaceError, match="closed; its results are final"):
        room.workshops.refresh(room.code)


def test_a_workshop_that_was_closed_unrevealed_can_still_be_revealed(room):
    room.people_who_said(1, 2, 3)
    assert room.workshops.close(room.code).state == "closed"
    with pytest.raises(WorkspaceError, match="not revealed"):
        room.workshops.revealed_responses(room.code)
    revealed = room.workshops.reveal(room.code)
    assert (revealed.state, revealed.revealed_at is not None) == ("closed", True)
    assert room.shown() == ["1.0", "2.0", "3.0"]


def test_closing_does_not_open_a_way_around_the_smallest_group(room):
    room.people_who_said(1, 2)
    room.workshops.close(room.code)
    with pytest.raises(WorkspaceError, match="once 3 people"):
        room.workshops.reveal(room.code)


# Every answer below names who gave it: what is shown says by itself who sets two pictures apart.

PEOPLE, VERSIONS, K = 8, 2, 3
QUESTIONS = ("one", "two", "three")
ROLES = ("a", "b")
_person, _question = st.integers(0, PEOPLE - 1), st.sampled_from(QUESTIONS)
_version = st.sampled_from([0, 1, None])  # None takes the answer back
_many = st.tuples(st.sets(_person, min_size=K), st.sets(_question, min_size=1), _version)
_one = st.tuples(st.sets(_person, max_size=1), st.sets(_question, min_size=1), _version)
_round = st.tuples(_many, _one, st.none() | st.tuples(_person, st.sampled_from(ROLES)))


@settings(max_examples=100)
@given(
    first=_many,
    roles=st.lists(st.sampled_from(ROLES), min_size=PEOPLE, max_size=PEOPLE),
    rounds=st.lists(_round, min_size=1, max_size=5),
)
def test_no_two_pictures_of_an_anonymous_workshop_differ_by_fewer_than_its_smallest_group(first, roles, rounds, toy):
    with Workspace.open("sqlite://") as workspace:
        play = _Play(workspace.workshops, _traceable(toy), roles)
        play.say(*first)
        play.say(range(K), QUESTIONS[:1], 0)
        pictures = [play.picture_after("reveal")]
        for number, (many, one, role) in enumerate(rounds, 1):
            play.say(*many)
            play.say(*one)
            if role:
                play.workshops.enter(play.code, f"{role[0]:032x}", role[1])
            pictures.append(play.picture_after("close" if number == len(rounds) else "refresh"))
        for before, after in itertools.combinations(pictures, 2):
            _differ_by_nobody_or_enough(before, after)


def _traceable(toy):
    ids = [QUESTIONS[:2], QUESTIONS[2:]]
    sections = [
        {"id": f"s{i}", "title": "S", "questions": [{"id": each, "question": f"{each}?"} for each in part]}
        for i, part in enumerate(ids)
    ]
    answers = [{"value": value, "label": f"{value}"} for value in range(PEOPLE * VERSIONS)]
    return Rubric.model_validate({**toy.model_dump(mode="json"), "answers": answers, "sections": sections})


class _Play:
    """A workshop whose answers say whose they are."""

    def __init__(self, workshops, rubric, roles):
        self.workshops, self.rubric = workshops, rubric
        self.code = workshops.create(rubric, "Search", smallest_group=K, roles=ROLES).code
        self.number = 0
        for person, role in enumerate(roles):
            workshops.enter(self.code, f"{person:032x}", role)

    def say(self, people, questions, version):
        for person, question in itertools.product(people, questions):
            answer = None if version is None else person * VERSIONS + version
            self.number += 1
            self.workshops.record(self.code, f"{person:032x}", question, answer, sequence=self.number)

    def picture_after(self, verb):
        with contextlib.suppress(WorkspaceError):  # nothing may be taken in
            getattr(self.workshops, verb)(self.code)
        return self.picture()

    def picture(self):
        """What is shown: each question's answers, and of each section whose were added up to a role's score."""
        revealed = self.workshops.revealed(self.code)
        outcome = Outcome.of(self.rubric, revealed.responses, smallest_group=K)
        shown = {q: set() for q in QUESTIONS}
        cells = {}
        for each in outcome.responses.to_responses():
            for question, answer in each.answers.items():
                shown[question].add(answer)
                cells.setdefault((self.rubric.section_of(question).id, each.role), set()).add((question, answer))
        groups = {(each.section, each.role): each.shown for each in outcome.groups}
        visible = {cell: said for cell, said in cells.items() if groups.get(cell)}
        return shown, visible


def _differ_by_nobody_or_enough(before, after):
    for question in QUESTIONS:
        _nobody_or_enough(before[0][question] ^ after[0][question])
    for cell in before[1].keys() & after[1].keys():
        _nobody_or_enough({answer for _, answer in before[1][cell] ^ after[1][cell]})
    for shown, cells in (before, after):
        for question in QUESTIONS:
            in_roles = {answer for said in cells.values() for which, answer in said if which == question}
            _nobody_or_enough(shown[question])
            if in_roles:
                _nobody_or_enough(shown[question] - in_roles)  # who is in no role that is shown
        for said in cells.values():
            for question in QUESTIONS:
                _nobody_or_enough({answer for which, answer in said if which == question})


def _nobody_or_enough(answers):
    people = {answer // VERSIONS for answer in answers}
    assert not people or len(people) >= K


def test_decisions_are_kept_in_the_rubrics_order(room):
    room.workshops.decide(room.code, "q20", None, "Later.", "")
    room.workshops.decide(room.code, "q3", 1.5, " Why: \r\n this ", " Ann  Lee ")
    room.workshops.decide(room.code, "q3", 2, "Now.", "Bo")
    assert room.workshops.decisions(room.code) == (
        Decision("q3", 2.0, "Now.", "Bo"),
        Decision("q20", None, "Later.", ""),
    )


def test_an_empty_decision_takes_the_earlier_one_back(room):
    room.workshops.decide(room.code, "q3", 2, "Now.", "Bo")
    assert room.workshops.decide(room.code, "q3", None, " ", "") is None
    assert room.workshops.decisions(room.code) == ()


def test_decisions_can_be_made_after_the_workshop_is_closed(room):
    room.workshops.close(room.code)
    room.workshops.decide(room.code, "q1", 1)
    assert room.workshops.decisions(room.code) == (Decision("q1", 1.0, "", ""),)


@pytest.mark.parametrize(
    "decision",
    [
        {"agreed": 5},
        {"agreed": -0.1},
        {"agreed": float("nan")},
        {"agreed": True},
        {"agreed": "2"},
        {"note": "x" * 2001},
        {"note": None},
        {"owner": "x" * 81},
        {"owner": 7},
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_the_old_one_stays(room, decision):
    room.workshops.decide(room.code, "q1", 1, "Old.")
    with pytest.raises(WorkspaceError):
        room.workshops.decide(room.code, "q1", **decision)
    with pytest.raises(AnswerError):
        room.workshops.decide(room.code, "q99", 1)
    assert room.workshops.decisions(room.code) == (Decision("q1", 1.0, "Old.", ""),)
