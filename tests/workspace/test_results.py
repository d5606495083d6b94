"""Reveal, refresh, close: what is shown, and that nothing more can be told from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlmgmt_widgets.assessment.responses import AnswerError
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
    with pytest.raises(WorkspaceError, match=r"once 3 people have answered or changed something.*so far 2 have"):
        room.workshops.refresh(room.code)
    assert room.shown() == ["1.0", "2.0", "3.0", "4.0"]

    room.say(people[1], 2, comment="and now a comment")
    room.workshops.refresh(room.code)
    assert room.shown() == ["0.0", "2.0", "3.0", "4.0", "4.0"]
    assert room.workshops.changed_since_reveal(room.code) == 0


def test_changing_ones_mind_and_back_counts_as_no_change(room):
    people = room.people_who_said(1, 2, 3)
    room.workshops.reveal(room.code)
    for token, answer in zip(people, (1, 2, 3), strict=True):
        room.say(token, 0)
        room.say(token, answer)
    assert room.workshops.changed_since_reveal(room.code) == 0
    with pytest.raises(WorkspaceError, match="so far 0 have"):
        room.workshops.refresh(room.code)


def test_a_changed_role_counts_since_role_groups_would_show_it(open_room):
    room = open_room(roles=["Product", "ML engineer"])
    token = room.join("Product")
    room.say(token, 1)
    for other in [room.join("Product") for _ in range(3)]:
        room.say(other, 1)
    room.workshops.reveal(room.code)
    room.workshops.enter(room.code, token, "ML engineer")
    assert room.workshops.changed_since_reveal(room.code) == 1


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


_people = st.integers(0, 6)
_step = st.one_of(
    st.tuples(st.just("say"), _people, st.sampled_from([0, 1, 2, "na", None])),
    st.tuples(st.sampled_from(["reveal", "refresh", "close"]), st.just(0), st.none()),
)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(_step, max_size=40))
def test_two_pictures_of_an_anonymous_workshop_never_differ_by_fewer_than_its_smallest_group(steps, toy):
    with Workspace.open("sqlite://") as workspace:
        workshops = workspace.workshops
        code = workshops.create(toy, "Search", smallest_group=3).code
        tokens = [f"{n:032x}" for n in range(7)]
        for token in tokens:
            workshops.enter(code, token)
        said: dict[str, object] = {}
        before: dict[str, object] | None = None
        for number, (verb, person, answer) in enumerate(steps):
            picture = _shown(workshops, code)
            try:
                if verb == "say":
                    workshops.record(code, tokens[person], "q1", answer, sequence=number)
                    said[tokens[person]] = answer
                else:
                    getattr(workshops, verb)(code)
            except WorkspaceError:
                assert _shown(workshops, code) == picture
                continue
            after = _shown(workshops, code)
            if after == picture:
                continue
            now = {token: answer for token, answer in said.items() if answer is not None}
            assert after == sorted(map(str, now.values()))
            assert len(now) >= 3
            if before is not None:
                everybody = {*now, *before}
                assert sum(now.get(token) != before.get(token) for token in everybody) >= 3
            before = now


def _shown(workshops, code) -> list[str] | None:
    try:
        responses = workshops.revealed_responses(code)
    except WorkspaceError:
        return None
    plain = [each.answers["q1"] for each in responses]
    return sorted(str(int(answer)) if isinstance(answer, float) else answer for answer in plain)


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
