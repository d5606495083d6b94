"""What lapses: passes and waivers that hold today and will stop by themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.readiness import Checklist, Review, evaluate
from mlmgmt_widgets.readiness.lapsing import lapsing

TODAY = date(2026, 11, 2)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def checklist(*items: dict[str, Any]) -> Checklist:
    given = [{"stage": "live", "question": "?"} | item for item in items]
    return Checklist(id="toy", version="1", title="Toy", stages=["shadow", "live"], items=given)


def review(**items: dict[str, Any]) -> Review:
    return Review(checklist="toy@1", subject="churn", version="3", items=items)


def waived(until: date) -> dict[str, Any]:
    return {"status": "waived", "reason": "r", "by": "Ann", "until": until}


def measured(auc: float, on: date) -> dict[str, Any]:
    return {"metric": "auc", "value": auc, "at_least": 0.8, "on": on}


@pytest.mark.parametrize(("until", "left"), [(-1, None), (0, 0), (1, 1), (60, 60), (61, None)])
def test_the_last_day_and_the_sixtieth_are_included(until: int, left: int | None) -> None:
    toy = checklist({"id": "a"}, {"id": "b", "expires_after_days": 90})
    said = review(a=waived(days(until)), b={"status": "pass", "on": days(until - 90)})
    found = lapsing(toy, said, today=TODAY)
    expected = [] if left is None else [("a", "waiver", left), ("b", "evidence", left)]
    assert [(each.item.id, each.kind, each.days_left) for each in found] == expected
    assert {each.last_day for each in found} <= {days(until)}


@given(st.lists(st.integers(0, 120), min_size=1, max_size=8), st.integers(0, 100))
def test_each_holds_on_its_last_day_and_is_open_on_the_next(ages: list[int], within: int) -> None:
    toy = checklist(*({"id": f"i{n}", "expires_after_days": 60} for n in range(len(ages))))
    said = review(**{f"i{n}": {"status": "pass", "on": days(-age)} for n, age in enumerate(ages)})
    found = lapsing(toy, said, today=TODAY, within=within)
    assert [each.days_left for each in found] == sorted(60 - age for age in ages if 0 <= 60 - age <= within)
    for each in found:
        outcomes = [
            evaluate(toy, said, stage="live", today=each.last_day + timedelta(days=n)).of(each.item.id).outcome
            for n in (0, 1)
        ]
        assert outcomes == ["passed", "open"]


def test_the_nearest_comes_first_and_of_one_day_what_blocks() -> None:
    toy = checklist({"id": "a"}, {"id": "b", "severity": "advisory"}, {"id": "c", "stage": "shadow"})
    said = review(a=waived(days(20)), b=waived(days(9)), c=waived(days(9)))
    found = lapsing(toy, said, today=TODAY)
    assert [(each.item.id, each.stage, each.blocks) for each in found] == [
        ("c", "shadow", True),
        ("b", "live", False),
        ("a", "live", True),
    ]


def test_what_does_not_hold_or_does_not_end_does_not_lapse() -> None:
    toy = checklist(*({"id": name} for name in "abcd"), {"id": "e", "waivable": False})
    said = review(
        a={"status": "pass", "on": TODAY},
        b={"status": "fail"},
        c={"status": "na", "reason": "r"},
        e=waived(days(5)),
    )
    assert lapsing(toy, said, today=TODAY) == ()


def test_a_waiver_after_which_the_evidence_passes_lapses_with_the_evidence() -> None:
    toy = checklist({"id": "a", "expires_after_days": 30})
    said = waived(days(5)) | {"evidence": [measured(0.9, TODAY)]}
    (found,) = lapsing(toy, review(a=said), today=TODAY)
    assert (found.kind, found.days_left) == ("evidence", 30)
    (found,) = lapsing(toy, review(a=said | {"evidence": [measured(0.7, TODAY)]}), today=TODAY)
    assert (found.kind, found.days_left) == ("waiver", 5)


def test_evidence_beside_which_there_is_younger_evidence_lapses_with_the_younger() -> None:
    toy = checklist({"id": "a", "expires_after_days": 30})
    links = [{"link": f"https://example.org/{day}", "on": days(day)} for day in (-20, -5)]
    (found,) = lapsing(toy, review(a={"status": "pass", "on": days(-20), "evidence": links}), today=TODAY)
    assert found.days_left == 25


def test_the_owner_is_who_sees_to_it_and_else_the_role() -> None:
    toy = checklist({"id": "a", "owner": "ml-engineer"}, {"id": "b", "owner": "ml-engineer"}, {"id": "c"})
    said = review(a=waived(days(1)) | {"owner": "Ben"}, b=waived(days(2)), c=waived(days(3)))
    assert [each.owner for each in lapsing(toy, said, today=TODAY)] == ["Ben", "ml-engineer", None]


@pytest.mark.parametrize("until", [date.max, date.max - timedelta(days=1)])
def test_at_the_end_of_the_calendar_only_what_has_a_day_after_it_lapses(until: date) -> None:
    found = lapsing(checklist({"id": "a"}), review(a=waived(until)), today=date.max - timedelta(days=1))
    assert [each.last_day for each in found] == [until] * (until < date.max)


def test_on_the_first_and_the_last_day_of_the_calendar_something_is_said() -> None:
    toy = checklist({"id": "a", "expires_after_days": 30})
    assert [each.days_left for each in lapsing(toy, review(a=waived(date(1, 1, 9))), today=date.min)] == [8]
    assert lapsing(toy, review(a={"status": "pass", "on": date.max}), today=date.max) == ()
