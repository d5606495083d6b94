"""Putting two changes of one review together: nothing that was said is lost, and nothing is decided by chance."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.workspace.conftest import toy_review

from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.entries import Entry, SignOff
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.workspace.review_merge import merge, one

DAY = date(2026, 11, 2)
ANN, BO = Author("Ann", DAY), Author("Bo", DAY)
ITEMS = ("i1", "i2", "i3", "i4", "i5", "i6")
TIERS = ("low", "high")

item_edits = st.tuples(st.sampled_from(ITEMS), st.sampled_from(["pass", "fail"]), st.sampled_from(["", "a", "b"]))
changes = st.lists(
    st.one_of(
        item_edits.map(lambda edit: ("item", *edit)),
        st.tuples(st.just("sign"), st.sampled_from(["lead", "owner"]), st.sampled_from(["go", "no-go"])),
        st.tuples(st.just("tier"), st.sampled_from(TIERS), st.sampled_from([None, "because"])),
        st.tuples(st.just("risk"), st.sampled_from(["people", "money"]), st.sampled_from(["yes", "no"])),
    ),
    max_size=6,
)


def changed(review: Review, several: list[tuple[Any, ...]], author: Author) -> Review:
    """A review after changes as the board makes them."""
    for kind, *values in several:
        if kind == "item":
            item, status, note = values
            review = edits.change(review, item, author, status=status, note=note or None)
        elif kind == "sign":
            role, decision = values
            review = edits.sign_off(review, SignOff(role=role, by=author.name, on=author.on, decision=decision))
        elif kind == "tier":
            review = edits.set_tier(review, values[0], author, values[1])
        else:
            review = review.model_copy(update={"risk": {**review.risk, values[0]: values[1]}})
    return review


three = st.tuples(changes, changes, changes).map(
    lambda several: (
        base := changed(toy_review(), several[0], Author("Cy", DAY)),
        changed(base, several[1], ANN),
        changed(base, several[2], BO),
    )
)


# Properties


@given(three)
def test_with_a_side_that_changed_nothing_the_other_side_stands(reviews):
    base, theirs, mine = reviews
    assert merge(base, theirs, base).review == theirs
    assert merge(base, base, mine).review == mine
    assert merge(base, mine, mine).review == mine
    for conflicts in (merge(base, theirs, base).conflicts, merge(base, base, mine).conflicts):
        assert conflicts == ()


@given(three)
def test_both_find_the_same_conflicts(reviews):
    base, theirs, mine = reviews
    assert merge(base, theirs, mine).conflicts == merge(base, mine, theirs).conflicts


@given(three)
def test_sending_a_change_again_after_it_was_taken_in_changes_nothing(reviews):
    base, theirs, mine = reviews
    first = merge(base, theirs, mine)
    assume(not first.conflicts)
    assert merge(base, first.review, mine).review == first.review


@given(three)
def test_nothing_that_anybody_recorded_is_lost(reviews):
    base, theirs, mine = reviews
    merged = merge(base, theirs, mine)
    assume(not merged.conflicts)
    for side in (theirs, mine):
        for name in ITEMS:
            if side.entry(name) != base.entry(name):
                assert merged.review.entry(name) == side.entry(name)
        for question in side.risk:
            if side.risk[question] != base.risk.get(question):
                assert merged.review.risk[question] == side.risk[question]
        if (side.tier, side.tier_history) != (base.tier, base.tier_history):
            assert (merged.review.tier, merged.review.tier_reason) == (side.tier, side.tier_reason)
        for kept, given_by_side in (
            (merged.review.sign_offs, side.sign_offs),
            (merged.review.tier_history, side.tier_history),
        ):
            in_order = iter(kept)
            assert all(each in in_order for each in given_by_side)  # one after the other, perhaps others between


@given(three)
def test_changes_of_different_things_may_come_in_any_order(reviews):
    base, theirs, mine = reviews
    one_way, other_way = merge(base, theirs, mine), merge(base, mine, theirs)
    assume(not one_way.conflicts)
    without_order = {"sign_offs": (), "tier_history": ()}
    assert one_way.review.model_copy(update=without_order) == other_way.review.model_copy(update=without_order)
    for name in without_order:
        several = [sorted(map(repr, getattr(each.review, name))) for each in (one_way, other_way)]
        assert several[0] == several[1]
    for role in ("lead", "owner"):  # what counts of sign-offs is the last one of a role: order must not choose it
        last = [
            [each.decision for each in way.review.sign_offs if each.role == role][-1:] for way in (one_way, other_way)
        ]
        assert last[0] == last[1]


@given(three)
def test_what_comes_of_it_is_a_review(reviews):
    merged = merge(*reviews).review
    assert Review.model_validate(merged.model_dump(mode="json")) == merged


said = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(["pass", "fail", "unknown"]))


@settings(max_examples=60)
@given(base=said, theirs=said, mine=said)
def test_items_are_put_together_as_git_merges_lines(tmp_path_factory, base, theirs, mine):
    """A line for each item, far enough from the next that git takes each for itself."""
    folder: Path = tmp_path_factory.mktemp("merge")
    for name, values in (("base", base), ("theirs", theirs), ("mine", mine)):
        blocks = [
            f"{item}: {values.get(item, 'nothing')}\n" + "".join(f"{item} {n}\n" for n in range(5)) for item in ITEMS
        ]
        (folder / name).write_text("".join(blocks))
    git = subprocess.run(
        ["git", "merge-file", "-p", "mine", "base", "theirs"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert 0 <= git.returncode <= len(ITEMS), git.stderr

    merged = merge(
        *(
            toy_review(items={name: {"status": each} for name, each in values.items()})
            for values in (base, theirs, mine)
        )
    )
    assert len(merged.conflicts) == git.returncode
    lines = [line for line in git.stdout.split("\n") if ": " in line]
    for item in set(ITEMS) - set(merged.conflicts):
        entry = merged.review.items.get(item)
        assert lines.count(f"{item}: {entry.status if entry else 'nothing'}") == 1


# Cases


def test_two_items_and_two_questions_that_two_people_changed_are_all_there():
    base = toy_review()
    theirs = changed(base, [("item", "i1", "pass", ""), ("risk", "people", "yes")], ANN)
    mine = changed(base, [("item", "i2", "fail", "a"), ("risk", "money", "no"), ("tier", "high", None)], BO)
    merged = merge(base, theirs, mine)
    assert merged.conflicts == ()
    assert merged.review.items == {"i1": theirs.entry("i1"), "i2": mine.entry("i2")}
    assert merged.review.risk == {"people": "yes", "money": "no"}
    assert merged.review.tier == "high"


def test_what_both_changed_in_two_ways_is_named_and_stays_theirs():
    base = toy_review()
    theirs = changed(base, [("item", "i2", "pass", ""), ("tier", "low", None), ("risk", "people", "yes")], ANN)
    mine = changed(base, [("item", "i2", "fail", ""), ("tier", "high", None), ("risk", "people", "no")], BO)
    merged = merge(base, theirs, mine)
    assert merged.conflicts == ("i2", "tier", "risk question people")
    assert merged.review == theirs


def test_the_same_status_from_two_people_is_a_conflict_since_each_put_their_name_to_it():
    base = toy_review()
    merged = merge(base, *(changed(base, [("item", "i1", "pass", "")], author) for author in (ANN, BO)))
    assert merged.conflicts == ("i1",)


def test_the_same_tier_from_two_people_is_none_and_both_decisions_are_kept():
    base = toy_review()
    merged = merge(base, *(changed(base, [("tier", "high", None)], author) for author in (ANN, BO)))
    assert merged.conflicts == ()
    assert [each.by for each in merged.review.tier_history] == ["Ann", "Bo"]


def test_a_tier_that_was_changed_and_changed_back_has_been_decided():
    base = toy_review(tier="low")
    theirs = changed(base, [("tier", "high", None), ("tier", "low", None)], ANN)
    assert theirs.tier == base.tier
    assert merge(base, theirs, changed(base, [("tier", "high", None)], BO)).conflicts == ("tier",)


@pytest.mark.parametrize(
    ("theirs", "mine", "conflicts"),
    [
        ({"role": "lead"}, {"role": "owner", "decision": "no-go"}, ()),
        ({"role": "lead"}, {"role": "lead"}, ()),
        ({"role": "lead"}, {"role": "lead", "decision": "no-go"}, ("sign-offs",)),
        ({"role": "lead", "version": "3"}, {"role": "lead", "version": "2"}, ("sign-offs",)),
        ({"role": "lead", "stage": "shadow"}, {"role": "lead", "stage": "production", "decision": "no-go"}, ()),
        ({"role": "lead"}, {"role": "lead", "stage": "production", "decision": "no-go"}, ("sign-offs",)),
    ],
)
def test_sign_offs_of_both_are_kept_unless_one_role_says_two_things_at_once(theirs, mine, conflicts):
    first = SignOff(role="lead", by="Cy", on=DAY, decision="no-go")
    base = toy_review(sign_offs=[first])
    hers, his = SignOff(by="Ann", on=DAY, **theirs), SignOff(by="Bo", on=DAY, **mine)
    merged = merge(base, edits.sign_off(base, hers), edits.sign_off(base, his))
    assert merged.conflicts == conflicts
    by = ["Cy", "Ann"] if conflicts else ["Cy", "Ann", "Bo"]
    assert [each.by for each in merged.review.sign_offs] == by


def test_a_list_that_only_grows_and_was_rewritten_goes_with_nothing_else():
    first = SignOff(role="lead", by="Cy", on=DAY)
    base = toy_review(sign_offs=[first])
    rewritten = base.model_copy(update={"sign_offs": ()})
    added = edits.sign_off(base, SignOff(role="owner", by="Bo", on=DAY))
    assert merge(base, rewritten, added).conflicts == ("sign-offs",)
    assert merge(base, rewritten, changed(base, [("item", "i1", "pass", "")], BO)).review.sign_offs == ()


def test_an_item_that_one_took_away_is_gone_unless_the_other_changed_it():
    base = toy_review(items={"i1": {"status": "pass"}, "i2": {"status": "pass"}})
    theirs = base.model_copy(update={"items": {"i2": base.items["i2"]}})
    mine = changed(base, [("item", "i2", "fail", "")], BO)
    assert merge(base, theirs, mine).review.items == {"i2": mine.entry("i2")}
    assert merge(base, theirs, changed(base, [("item", "i1", "fail", "")], BO)).conflicts == ("i1",)


def test_subject_version_and_checklist_are_single_values():
    base = toy_review()
    theirs = base.model_copy(update={"subject": "Churn-Model", "checklist": "toy@2.0.0"})
    mine = base.model_copy(update={"subject": "CHURN-MODEL", "items": {"i1": Entry(status="pass")}})
    merged = merge(base, theirs, mine)
    assert merged.conflicts == ("subject",)
    assert merged.review.checklist == "toy@2.0.0"
    both = merge(base, theirs, base.model_copy(update={"checklist": "toy@3.0.0"}))
    assert both.conflicts == ("checklist",)


def test_of_two_values_the_changed_one_is_chosen():
    assert (one(1, 1, 2), one(1, 2, 1), one(1, 2, 2), one(1, 1, 1), one(1, 2, 3)) == (2, 2, 2, 1, None)
