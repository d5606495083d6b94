"""Creating, finding and deleting workshops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from mlmgmt_widgets.workspace import UnknownWorkshop, Workspace, WorkspaceError, checks, results, workshops
from mlmgmt_widgets.workspace.tables import Base


@pytest.fixture
def clock(monkeypatch):
    """Moments a day apart."""
    moments = (datetime(2027, 1, day, 9, tzinfo=UTC) for day in range(1, 29))
    for module in (workshops, results):
        monkeypatch.setattr(module, "now", lambda: next(moments))


def test_a_new_workshop_collects_and_says_all_that_was_chosen(workspace, rubric):
    before = datetime.now(UTC)
    made = workspace.workshops.create(
        rubric, "  Search \n team ", anonymous=False, smallest_group=4, roles=["ML engineer", "Product"]
    )
    assert (made.team, made.anonymous, made.smallest_group) == ("Search team", False, 4)
    assert made.roles == ("ML engineer", "Product")
    assert (made.state, made.revealed_at, made.closed_at) == ("collecting", None, None)
    assert made.created_at.utcoffset() == timedelta(0)
    assert before <= made.created_at <= datetime.now(UTC)
    assert workspace.workshops.get(made.code) == made


def test_a_workshop_keeps_the_rubric_as_it_was(address, make_rubric):
    before = make_rubric(levels={"base": "Ad hoc", "stages": [{"label": "Sound", "requires": {"data": 1.5}}]})
    with Workspace.open(address) as workspace:
        code = workspace.workshops.create(before, "Search").code
    with Workspace.open(address) as workspace:
        assert workspace.workshops.get(code).rubric == before
        assert workspace.workshops.get(code).rubric.key == "toy@1.0.0"


def test_a_rubric_without_sections_comes_back_the_same(address, make_rubric):
    flat = make_rubric(sections=(), questions=[{"id": "q1", "question": "Question 1?"}])
    with Workspace.open(address) as workspace:
        code = workspace.workshops.create(flat, "Search").code
    with Workspace.open(address) as workspace:
        assert workspace.workshops.get(code).rubric == flat


def test_codes_are_six_characters_that_nobody_confuses(workspace, rubric):
    codes = [workspace.workshops.create(rubric, "Search").code for _ in range(20)]
    assert len(set(codes)) == 20
    assert all(len(code) == 6 for code in codes)
    assert not set("".join(codes)) & set("01OILZ2S5B8UAEIO")


def test_a_code_that_is_taken_is_not_given_again(workspace, rubric, monkeypatch):
    codes = iter(["CCCCCC", "CCCCCC", "DDDDDD"])
    monkeypatch.setattr(checks, "new_code", lambda: next(codes))
    assert workspace.workshops.create(rubric, "Search").code == "CCCCCC"
    assert workspace.workshops.create(rubric, "Search").code == "DDDDDD"


@pytest.mark.parametrize("typed", ["cdf679", " CDF-679 ", "cdf 679", "Cdf\u00a0679", "c-d-f-6-7-9", "CDF\u2013679\n"])
def test_a_code_is_found_however_it_is_typed(workspace, rubric, monkeypatch, typed):
    monkeypatch.setattr(checks, "new_code", lambda: "CDF679")
    made = workspace.workshops.create(rubric, "Search")
    assert workspace.workshops.get(typed) == made


@pytest.mark.parametrize(
    "typed", ["", "  -- ", None, 7, "CCC", "CCCCCCC", "CDF678", "ÄÖÜÄÖÜ", "%", "' OR 1=1", "C" * 9999]
)
def test_a_code_that_leads_nowhere_is_a_short_sentence(workspace, typed):
    with pytest.raises(UnknownWorkshop, match="code") as refused:
        workspace.workshops.get(typed)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    "method", ["progress", "reveal", "refresh", "close", "delete", "decisions", "revealed_responses"]
)
def test_every_method_says_when_there_is_no_such_workshop(workspace, method):
    with pytest.raises(UnknownWorkshop, match="no workshop with the code CCCCCC"):
        getattr(workspace.workshops, method)("CCCCCC")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"team": "  "}, "which team"),
        ({"team": "x" * 81}, "80 characters at most"),
        ({"team": None}, "must be text"),
        ({"smallest_group": 2}, "must be 3 people or more in an anonymous workshop"),
        ({"smallest_group": True}, "must be 3"),
        ({"smallest_group": 5.0}, "must be 3"),
        ({"smallest_group": 0, "anonymous": False}, "must be 1 people or more"),
        ({"roles": ["Product", "product"]}, "only once"),
        ({"roles": ["Product", " "]}, "needs a name"),
        ({"roles": "Product"}, "list of names"),
        ({"roles": [f"role {n}" for n in range(31)]}, "30 roles at most"),
    ],
)
def test_what_cannot_be_a_workshop_is_refused_and_not_created(workspace, rubric, settings, sentence):
    chosen = {"team": "Search", **settings}
    with pytest.raises(WorkspaceError, match=sentence):
        workspace.workshops.create(rubric, **chosen)
    assert workspace.workshops.all() == []


@pytest.mark.usefixtures("clock")
def test_workshops_come_newest_first_and_by_team_whatever_the_case(workspace, rubric):
    created = [workspace.workshops.create(rubric, team) for team in ("Search", "Ads", "SEARCH ")]
    assert workspace.workshops.all() == created[::-1]
    assert workspace.workshops.all(team=" search") == [created[2], created[0]]
    assert workspace.workshops.all(team="Nobody") == []
    assert workspace.workshops.teams() == ("Ads", "SEARCH")


@pytest.mark.usefixtures("clock")
def test_history_has_a_teams_revealed_workshops_oldest_first(workspace, open_room, make_rubric):
    rooms = [open_room() for _ in range(3)]
    others = [open_room(team="Ads"), open_room()]
    for one in [*rooms[::-1], others[0]]:
        one.people_who_said(1, 2, 3)
        one.workshops.reveal(one.code)
    newer = workspace.workshops.create(make_rubric(version="2.0.0"), "search", anonymous=False)
    workspace.workshops.enter(newer.code, "ab" * 16, name="Ann")
    workspace.workshops.record(newer.code, "ab" * 16, "q1", 2)
    workspace.workshops.close(newer.code)
    workspace.workshops.reveal(newer.code)

    found = workspace.workshops.history("Search", "toy")

    assert [each.code for each in found] == [*(one.code for one in rooms[::-1]), newer.code]
    assert found[-1].rubric.key == "toy@2.0.0"
    assert workspace.workshops.history("Search", "another") == []


def test_deleting_takes_everything_and_leaves_other_workshops(workspace, open_room):
    gone, stays = open_room(), open_room()
    for one in (gone, stays):
        one.people_who_said(1, 2, 3)
        one.workshops.reveal(one.code)
        one.workshops.decide(one.code, "q1", 2, "note", "Ann")
    workspace.workshops.delete(gone.code)

    with pytest.raises(UnknownWorkshop):
        workspace.workshops.get(gone.code)
    with pytest.raises(UnknownWorkshop):
        workspace.workshops.record(gone.code, gone.tokens[0], "q1", 1)
    assert len(stays.workshops.revealed_responses(stays.code)) == 3
    assert len(stays.workshops.decisions(stays.code)) == 1
    with workspace._database.reading() as session:
        for table, count in {"workshops": 1, "participants": 3, "answers": 3, "decisions": 1}.items():
            left = session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
            assert (table, left) == (table, count)


def test_on_sqlite_deleted_words_and_names_are_nowhere_in_the_files(tmp_path, rubric):
    with Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite") as workspace:
        made = workspace.workshops.create(rubric, "Search", anonymous=False)
        workspace.workshops.enter(made.code, "ab" * 16, name="Wilhelmina")
        workspace.workshops.record(made.code, "ab" * 16, "q1", 3, "the elephant in the room")

        def bytes_kept() -> bytes:
            return b"".join(path.read_bytes() for path in tmp_path.iterdir())

        assert b"elephant" in bytes_kept()
        assert b"Wilhelmina" in bytes_kept()
        assert b"abababababab" not in bytes_kept()  # a token is never stored
        workspace.workshops.delete(made.code)
        assert b"elephant" not in bytes_kept()
        assert b"Wilhelmina" not in bytes_kept()
