"""Two versions side by side: what the one lacks that the other had comes first."""

from datetime import date
from typing import Any, get_args

import pytest

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Checklist, Review, evaluate
from mlmgmt_widgets.readiness.comparing import MOVES, Comparison, Move, compare

TODAY = date(2026, 11, 2)
PASS: dict[str, Any] = {"status": "pass"}
FAIL: dict[str, Any] = {"status": "fail"}
NA: dict[str, Any] = {"status": "na", "reason": "r"}
WAIVED: dict[str, Any] = {"status": "waived", "reason": "r", "by": "Ann", "until": "2026-12-01"}
NOTHING: dict[str, Any] = {}


def compared(*pairs: tuple[dict[str, Any], dict[str, Any]], **about: dict[str, Any]) -> Comparison:
    """A comparison of items that say something in a and something in b."""
    items = [{"id": f"i{n}", "stage": "live", "question": "?"} for n in range(len(pairs))]
    toy = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=items)
    sides = (
        Review.model_validate(
            {"checklist": "toy@1", "subject": "churn", "version": "34"[side]}
            | {"items": {f"i{n}": pair[side] for n, pair in enumerate(pairs)}}
            | about.get("ab"[side], {})
        )
        for side in (0, 1)
    )
    return compare(toy, *sides, stage="live", today=TODAY)


@pytest.mark.parametrize(
    ("a", "b", "move"),
    [
        (PASS, NOTHING, "lost"),
        (PASS, FAIL, "lost"),
        (WAIVED, FAIL, "lost"),
        (NA, NOTHING, "lost"),
        (NOTHING, PASS, "gained"),
        (FAIL, WAIVED, "gained"),
        (FAIL, NA, "gained"),
        (NOTHING, FAIL, "other"),
        (PASS, WAIVED, "other"),
        (PASS, PASS, "same"),
        (NOTHING, NOTHING, "same"),
        (FAIL, FAIL, "same"),
    ],
)
def test_what_became_of_an_item(a: dict[str, Any], b: dict[str, Any], move: str) -> None:
    (item,) = compared((a, b)).items
    assert (item.move, item.changed) == (move, move != "same")


def test_what_was_lost_comes_first_and_the_rest_in_the_order_of_the_checklist() -> None:
    found = compared((PASS, PASS), (NOTHING, PASS), (PASS, FAIL), (PASS, WAIVED), (WAIVED, NOTHING))
    assert [each.item.id for each in found.items] == ["i2", "i4", "i1", "i3", "i0"]
    assert set(MOVES) == set(get_args(Move))


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (
            [(PASS, FAIL)] * 3 + [(FAIL, PASS)] * 2,
            "lacks 3 things that version 3 had and has 2 things that version 3 lacked",
        ),
        ([(PASS, FAIL), (PASS, PASS)], "lacks 1 thing that version 3 had"),
        ([(FAIL, PASS)], "has 1 thing that version 3 lacked"),
        ([(FAIL, FAIL), (PASS, WAIVED)], "has and lacks the same things as version 3"),
    ],
)
def test_the_sentence_says_what_is_lacking_and_what_is_new(pairs: Any, sentence: str) -> None:
    assert compared(*pairs).sentence == f"Version 4 {sentence}."


def test_two_reviews_are_called_by_what_tells_them_apart() -> None:
    lost = (PASS, FAIL)
    assert compared(lost, b={"version": "3"}).sentence == "The second lacks 1 thing that the first had."
    assert compared(lost, b={"subject": "offers"}).sentence == "offers 4 lacks 1 thing that churn 3 had."


def test_each_side_is_the_verdict_on_its_own() -> None:
    items = [{"id": "a", "stage": "shadow", "question": "?"}, {"id": "b", "stage": "live", "question": "?"}]
    toy = Checklist(id="toy", version="1", title="Toy", stages=["shadow", "live"], items=items)
    three = Review(checklist="toy@1", subject="churn", version="3", items={"a": PASS})
    four = Review(checklist="toy@1", subject="churn", version="4", items={"a": PASS | {"version": "3"}})
    found = compare(toy, three, four, stage="shadow", today=TODAY)
    assert found.a == evaluate(toy, three, stage="shadow", today=TODAY)
    assert found.b == evaluate(toy, four, stage="shadow", today=TODAY)
    assert [(each.item.id, each.b and each.b.reason) for each in found.items] == [("a", "stale-version")]


def test_an_item_that_only_the_higher_tier_asks_for_is_not_lost() -> None:
    items = [{"id": "a", "stage": "live", "question": "?", "tiers": ["high"]}]
    values: dict[str, Any] = {"id": "toy", "version": "1", "title": "Toy", "stages": ["live"], "tiers": ["low", "high"]}
    toy = Checklist(**values, items=items)
    low, high = (Review(checklist="toy@1", subject="churn", version=each, tier=each) for each in ("low", "high"))
    (item,) = compare(toy, low, high, stage="live", today=TODAY).items
    assert (item.a, item.move) == (None, "asked")
    found = compare(toy, low, high, stage="live", today=TODAY)
    assert found.sentence == "Version high lacks 1 thing that version low was not asked for."
    (item,) = compare(toy, high, low, stage="live", today=TODAY).items
    assert (item.b, item.move) == (None, "other")
    assert compare(toy, low, high, stage="live", tier="low", today=TODAY).items == ()


def test_reviews_of_another_checklist_are_refused() -> None:
    with pytest.raises(ContentError, match="checklist"):
        compared((PASS, PASS), b={"checklist": "toy@2"})
