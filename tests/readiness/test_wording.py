"""What was changed of an item, in words: each difference once, the newest changes alone where that is asked for."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.readiness import Evidence, Review
from mlmgmt_widgets.readiness.edits import Author, add_evidence, change, remove_evidence
from mlmgmt_widgets.readiness.entries import Change, Entry, State
from mlmgmt_widgets.readiness.wording import changes, named

FIRST = date(2026, 11, 2)
NOTHING = Review(checklist="toy@1", subject="churn", version="3")


def ann(day: int) -> Author:
    return Author("Ann", FIRST + timedelta(days=day), "ml-engineer")


def handed_on_daily(days: int) -> Entry:
    """An item that another person sees to every day."""
    now = NOTHING
    for day in range(days):
        now = change(now, "a", ann(day), owner=f"P{day}")
    return now.entry("a")


def turned(*states: dict[str, Any]) -> Entry:
    """An entry that stood as the states say, one after the other."""
    *before, last = [State.model_validate(each) for each in states]
    history = tuple(Change(by="Ann", on=FIRST, was=each) for each in before)
    return Entry(**{name: getattr(last, name) for name in State.model_fields}, history=history)


# -- what is told --------------------------------------------------------------------------------------------------


def test_each_change_says_who_and_when_and_what() -> None:
    now = change(NOTHING, "a", ann(0), status="pass")
    now = change(now, "a", ann(1), status="fail", reason="it broke")
    now = change(now, "a", ann(2), owner="Ben", due=date(2026, 12, 1))
    assert list(changes(now.entry("a"))) == [
        ("Ann (ML engineer), 2 November 2026", "open → pass"),
        ("Ann (ML engineer), 3 November 2026", "pass → fail: it broke"),
        ("Ann (ML engineer), 4 November 2026", "seen to by Ben; due 1 December 2026"),
    ]


def test_evidence_that_comes_and_goes_is_told() -> None:
    report = Evidence(metric="auc", value=0.9, file="report.csv", where={"split": "test", "model": "b"})
    now = add_evidence(NOTHING, "a", report, ann(0))
    now = add_evidence(now, "a", Evidence(note="seen"), ann(1))
    now = remove_evidence(now, "a", now.entry("a").evidence[0], ann(2))
    assert [what for _, what in changes(now.entry("a"))] == [
        "evidence added: auc from report.csv",
        "evidence added: seen",
        "evidence taken away: auc from report.csv",
    ]


_EVIDENCE = st.builds(
    Evidence,
    metric=st.just("auc"),
    value=st.sampled_from([0.0, -0.0, 1.0]),
    file=st.just("a.csv"),
    where=st.sampled_from([None, {}, {"x": "1", "y": "2"}, {"y": "2", "x": "1"}, {"x": "2", "y": "1"}]),
    version=st.sampled_from([None, "1", "1.0"]),
)
_SEVERAL = st.lists(_EVIDENCE, max_size=5)


@given(_SEVERAL, _SEVERAL)
def test_evidence_is_told_where_no_equal_piece_stands_on_the_other_side(
    had: list[Evidence], has: list[Evidence]
) -> None:
    """Held against each other pair by pair: the plain way, which takes too long for hundreds."""
    ((_, what),) = changes(turned({"evidence": had}, {"evidence": has}))
    assert ("evidence added" in what) == any(each not in had for each in has)
    assert ("evidence taken away" in what) == any(each not in has for each in had)


def test_a_change_of_nothing_is_said_again() -> None:
    said = {"evidence": [{"note": "seen"}, {"note": "heard"}]}
    assert [what for _, what in changes(turned(said, said))] == ["said again"]


# -- the newest alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [0, 1, 3, 7, 8])
def test_of_many_changes_the_newest_are_told_oldest_first(most: int) -> None:
    entry = handed_on_daily(7)
    everything = list(changes(entry))
    assert len(everything) == 7
    assert list(changes(entry, most)) == everything[7 - min(most, 7) :]


def test_where_nothing_was_changed_nothing_is_told() -> None:
    assert list(changes(Entry(), 50)) == []


# -- hundreds of pieces --------------------------------------------------------------------------------------------


class Counted(str):
    """A note that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def kept(pieces: int, times: int) -> Entry:
    """An item with as many notes all the time, while it was changed so many times."""
    evidence = [
        tuple(Evidence(note="-").model_copy(update={"note": Counted(f"note {n}")}) for n in range(pieces))
        for _ in range(times + 1)
    ]
    states = [State(owner=f"P{n}").model_copy(update={"evidence": each}) for n, each in enumerate(evidence)]
    history = tuple(Change(by="Ann", on=FIRST, was=State()).model_copy(update={"was": each}) for each in states[:-1])
    return Entry(owner=states[-1].owner).model_copy(update={"evidence": evidence[-1], "history": history})


def compared(entry: Entry, most: int | None = None) -> int:
    Counted.compared = 0
    assert all(what.startswith("seen to by") for _, what in changes(entry, most))
    return Counted.compared


def test_each_piece_is_compared_once_or_twice_a_change_however_many_there_are() -> None:
    """Looked for among all others, each of 200 would be compared a hundred times."""
    assert 0 < compared(kept(200, 5)) <= 2 * 200 * 5 + 10


def test_only_the_changes_that_are_told_are_looked_at() -> None:
    assert compared(kept(50, 40), most=2) == compared(kept(50, 2))


def test_a_piece_is_called_by_what_it_is() -> None:
    assert named(Evidence(metric="auc", value=0.9)) == "auc"
    assert named(Evidence(link="https://example.org", note="seen")) == "https://example.org"
