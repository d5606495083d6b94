"""Joining, answering and finishing, as a browser asks for it."""

from __future__ import annotations

import secrets
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlmgmt_widgets.assessment.responses import AnswerError
from mlmgmt_widgets.workspace import UnknownWorkshop, Workspace, WorkspaceError
from mlmgmt_widgets.workspace.records import Person, Progress

TOKEN = "0123456789abcdef" * 2


def test_joining_twice_with_one_token_is_one_participant(room):
    first = room.workshops.enter(room.code, TOKEN)
    assert room.workshops.enter(room.code.lower(), TOKEN.upper()) == first
    assert room.workshops.progress(room.code).joined == 1


def test_a_token_opens_only_its_own_participant(room):
    mine, other = room.join(), room.join()
    room.say(mine, 3)
    assert room.seen_by(other).answers.answers == {}
    assert room.workshops.participant(room.code, secrets.token_hex(16)) is None
    assert room.workshops.participant(room.code, "") is None
    assert room.workshops.participant(room.code, None) is None


def test_a_token_is_kept_as_another_hash_in_every_workshop(workspace, open_room):
    for one in (open_room(), open_room()):
        one.workshops.enter(one.code, TOKEN)
    with workspace._database.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT token_hash FROM participants").scalars().all()
    assert len(set(kept)) == 2
    assert all(len(each) == 64 and TOKEN not in each for each in kept)


@pytest.mark.parametrize("token", ["", "ab", "x" * 32, "ab" * 15, "ab" * 65, None, 7, "ab" * 16 + "\n"])
def test_what_is_no_token_is_refused(room, token):
    for attempt in (
        lambda: room.workshops.enter(room.code, token),
        lambda: room.workshops.record(room.code, token, "q1", 1),
        lambda: room.workshops.finish(room.code, token),
    ):
        with pytest.raises(WorkspaceError, match="personal link is not complete"):
            attempt()


def test_an_anonymous_workshop_takes_no_name_and_a_named_one_needs_it(room, named_room):
    with pytest.raises(WorkspaceError, match="anonymous; please leave your name out"):
        room.workshops.enter(room.code, TOKEN, name="Ann")
    with pytest.raises(WorkspaceError, match="Please give your name"):
        named_room.workshops.enter(named_room.code, TOKEN, name=" \t ")
    with pytest.raises(WorkspaceError, match="80 characters at most"):
        named_room.workshops.enter(named_room.code, TOKEN, name="x" * 81)
    assert named_room.workshops.enter(named_room.code, TOKEN, name=" Ann \n Lee ").name == "Ann Lee"
    assert room.workshops.progress(room.code).joined == 0


def test_a_role_is_one_of_the_workshops(open_room):
    room = open_room(roles=["ML engineer", "Product"])
    for role in ("", "Boss", None):
        with pytest.raises(WorkspaceError):
            room.workshops.enter(room.code, TOKEN, role)
    with pytest.raises(WorkspaceError, match="one of these roles: ML engineer, Product"):
        room.workshops.enter(room.code, TOKEN, "Boss")
    assert room.workshops.enter(room.code, TOKEN, "Product").role == "Product"


def test_name_and_role_can_change_while_the_workshop_is_open(open_room):
    room = open_room(anonymous=False, roles=["ML engineer", "Product"])
    room.workshops.enter(room.code, TOKEN, "Product", "Ann")
    room.workshops.record(room.code, TOKEN, "q1", 2)
    changed = room.workshops.enter(room.code, TOKEN, "ML engineer", "Anna")
    assert (changed.role, changed.name, changed.answers.answers) == ("ML engineer", "Anna", {"q1": 2.0})
    room.workshops.close(room.code)
    assert room.workshops.enter(room.code, TOKEN, "Product", "Zoe") == changed


def test_every_kind_of_answer_comes_back_as_it_was_given(room):
    token = room.join()
    for question, answer in {"q3": "dk", "q2": "na", "q1": 0, "q4": 4}.items():
        room.say(token, answer, question, comment=f" about {question}: ünï 🚇 ")
    seen = room.seen_by(token).answers
    assert seen.answers == {"q1": 0.0, "q2": "na", "q3": "dk", "q4": 4.0}
    assert list(seen.answers) == ["q1", "q2", "q3", "q4"]
    assert seen.comments["q3"] == "about q3: ünï 🚇"


def test_an_answer_can_be_changed_and_taken_back_and_its_comment_stays(room):
    token = room.join()
    room.say(token, 3, comment="why")
    room.say(token, 1, comment="why")
    assert room.seen_by(token).answers.answers == {"q1": 1.0}
    room.say(token, None, comment="why")
    assert room.seen_by(token).answers.answers == {}
    assert room.seen_by(token).answers.comments == {"q1": "why"}
    assert room.workshops.progress(room.code) == Progress(joined=1, started=0, finished=0, people=())


def test_a_late_resend_never_replaces_a_newer_answer_and_the_caller_can_tell(room):
    token = room.join()
    newer = room.workshops.record(room.code, token, "q1", 3, "newer", sequence=8)
    assert (newer.applied, newer.sequence) == (True, 8)
    late = room.workshops.record(room.code, token, "q1", 1, "late", sequence=7)
    assert (late.applied, late.answer, late.comment, late.sequence) == (False, 3.0, "newer", 8)
    again = room.workshops.record(room.code, token, "q1", 3, "newer", sequence=8)
    assert again == newer
    other = room.workshops.record(room.code, token, "q2", 1, sequence=2)
    assert other.applied  # each question has its own order
    assert room.seen_by(token).sequence == 8


@settings(max_examples=40)
@given(
    writes=st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([0, 1, 2, 3, 4, "na", "dk", None])),
        min_size=1,
        unique_by=lambda write: write[0],
    ),
    order=st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_arrival_the_last_word_stands(writes, order, toy):
    with Workspace.open("sqlite://") as workspace:
        code = workspace.workshops.create(toy, "Search").code
        workspace.workshops.enter(code, TOKEN)
        arriving = writes * 2
        order.shuffle(arriving)
        for sequence, answer in arriving:
            workspace.workshops.record(code, TOKEN, "q1", answer, sequence=sequence)
        assert workspace.workshops.participant(code, TOKEN).answers.answers.get("q1") == max(writes)[1]


@pytest.mark.parametrize(
    ("question", "answer", "comment"),
    [
        ("q99", 1, ""),
        ("", 1, ""),
        (None, 1, ""),
        ("q1", 5, ""),
        ("q1", 1.5, ""),
        ("q1", -1, ""),
        ("q1", True, ""),
        ("q1", float("nan"), ""),
        ("q1", float("inf"), ""),
        ("q1", "3", ""),
        ("q1", "NA", ""),
        ("q1", [1], ""),
        ("q1", {"value": 1}, ""),
        ("q1", 1, "x" * 2001),
        ("q1", 1, 7),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_the_old_one_stays(room, question, answer, comment):
    token = room.join()
    room.say(token, 3, comment="as it was")
    with pytest.raises(AnswerError):
        room.workshops.record(room.code, token, question, answer, comment, sequence=99)
    seen = room.seen_by(token)
    assert (seen.answers.answers, seen.answers.comments) == ({"q1": 3.0}, {"q1": "as it was"})


@pytest.mark.parametrize("sequence", [-1, 2**53 + 1, True, 1.0, "1", None])
def test_a_number_that_a_browser_cannot_count_to_is_refused(room, sequence):
    token = room.join()
    with pytest.raises(WorkspaceError, match="proper number"):
        room.workshops.record(room.code, token, "q1", 1, sequence=sequence)


def test_characters_that_a_database_cannot_keep_are_left_out(open_room):
    room = open_room(anonymous=False)
    room.workshops.enter(room.code, TOKEN, name="A\x00nn\ud800a")
    room.workshops.record(room.code, TOKEN, "q1", 1, "one\r\ntwo\x00\tthree\udfff", sequence=1)
    seen = room.seen_by(TOKEN)
    assert seen.name == "A nn a"
    assert seen.answers.comments == {"q1": "one\ntwo\tthree"}


def test_who_has_not_joined_cannot_answer_or_finish(room, open_room):
    elsewhere = open_room().join()
    for token in (TOKEN, elsewhere):
        with pytest.raises(WorkspaceError, match="not joined this workshop"):
            room.workshops.record(room.code, token, "q1", 1)
        with pytest.raises(WorkspaceError, match="not joined this workshop"):
            room.workshops.finish(room.code, token)
    assert room.workshops.progress(room.code) == Progress(0, 0, 0, ())


def test_a_closed_workshop_takes_nothing_more(room):
    token = room.join()
    room.say(token, 3)
    room.workshops.close(room.code)
    for attempt in (
        lambda: room.say(token, 4),
        lambda: room.workshops.finish(room.code, token),
        room.join,
    ):
        with pytest.raises(WorkspaceError, match="workshop is closed"):
            attempt()
    assert room.seen_by(token).answers.answers == {"q1": 3.0}
    assert not room.seen_by(token).finished
    assert room.workshops.progress(room.code).joined == 1


def test_progress_counts_and_names_nobody_in_an_anonymous_workshop(open_room):
    room = open_room(roles=["Product"])
    people = [room.join("Product") for _ in range(3)]
    room.say(people[0], 1)
    room.say(people[1], "dk")
    room.workshops.finish(room.code, people[1])
    assert room.workshops.progress(room.code) == Progress(joined=3, started=2, finished=1, people=())


def test_progress_of_a_named_workshop_says_who_has_finished(named_room):
    zoe, ann = named_room.join(name="zoe"), named_room.join(name="Ann")
    named_room.say(zoe, 1)
    named_room.workshops.finish(named_room.code, zoe)
    named_room.workshops.finish(named_room.code, ann)
    named_room.workshops.finish(named_room.code, ann, finished=False)
    progress = named_room.workshops.progress(named_room.code)
    assert progress == Progress(2, 1, 1, (Person("Ann", "", finished=False), Person("zoe", "", finished=True)))


def test_answers_are_there_after_the_workspace_was_opened_anew(room, address):
    token = room.join()
    room.say(token, 3, comment="kept")
    room.workspace.close()
    with Workspace.open(address) as again:
        seen = again.workshops.participant(room.code, token)
    assert (seen.answers.answers, seen.answers.comments, seen.sequence) == ({"q1": 3.0}, {"q1": "kept"}, 1)


def test_records_cannot_be_changed(room):
    with pytest.raises(FrozenInstanceError):
        room.workshops.get(room.code).team = "Ads"


def test_an_unknown_workshop_is_refused_before_anything_else(workspace):
    with pytest.raises(UnknownWorkshop):
        workspace.workshops.record("CCCCCC", TOKEN, "q1", 1)
    with pytest.raises(UnknownWorkshop):
        workspace.workshops.enter("CCCCCC", TOKEN)
    with pytest.raises(UnknownWorkshop):
        workspace.workshops.participant("CCCCCC", TOKEN)
