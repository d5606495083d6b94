"""Keeping reviews: nothing is overwritten, and nobody's change is lost to somebody else's."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update
from tests.plans import texts
from tests.workspace.conftest import toy_checklist, toy_review

from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.entries import Entry, Evidence, SignOff
from mlmgmt_widgets.workspace import (
    ReviewConflict,
    ReviewRevision,
    ReviewSummary,
    UnknownReview,
    Workspace,
    WorkspaceError,
    checks,
    review_rows,
)
from mlmgmt_widgets.workspace.tables import Base, ReviewRevisionRow

DAY = date(2026, 11, 2)
ANN, BO = Author("Ann", DAY, "ml-engineer"), Author("Bo", DAY)
KEY = ("churn-model", "3")


@pytest.fixture
def clock(monkeypatch):
    """Moments a day apart."""
    moments = (datetime(2027, 1, day, 9, 5, tzinfo=UTC) for day in range(1, 29))
    monkeypatch.setattr(review_rows, "now", lambda: next(moments))


@pytest.fixture
def begun(workspace, checklist, review):
    """The reviews of a workspace with one in it, in its first revision."""
    workspace.reviews.begin(checklist, review, by="Cy")
    return workspace.reviews


def rows(workspace: Workspace) -> tuple[int, int]:
    with workspace._database.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
            for table in ("reviews", "review_revisions")
        )


def passed(review, *items, author=ANN):
    for item in items:
        review = edits.change(review, item, author, status="pass")
    return review


def everything():
    """A review with every kind of value."""
    review = toy_review(
        tier="low",
        risk={"people": "unsure"},
        items={
            "i1": {"status": "na", "reason": "two\nlines\r\nand \u2028 one"},
            "i2": {"status": "waived", "reason": "Größe \U0001f680", "until": "2026-12-01", "by": "Cy"},
            "i3": {
                "due": "0999-01-01",
                "evidence": [
                    {"metric": "auc", "value": 0.1 + 0.2, "at_least": 1e-300, "at_most": 1.7976931348623157e308},
                    {"metric": "loss", "file": "m.csv", "where": {"slice": "a\x00b"}, "younger_than_days": 0},
                    {"junit": "r.xml", "checks": {"passed": 3, "failed": 1, "failing": ["t"]}},
                    {"tag": "v3", "found": False},
                ],
            },
        },
    )
    review = edits.add_evidence(review, "i4", Evidence(link="https://example.org/?a=1&b=%00"), ANN)
    review = edits.change(review, "i2", BO, status="fail", note="a\x00\x07b")
    review = edits.set_tier(review, "high", ANN, "because")
    return edits.sign_off(review, SignOff(role="lead", by="Cy", on=DAY, stage="shadow", decision="no-go"))


# Beginning, saving, reading


def test_a_new_review_is_revision_one_and_comes_back_with_its_checklist(workspace, checklist, review):
    before = datetime.now(UTC)
    saved = workspace.reviews.begin(checklist, review, by=" Ann \n Lee ", what=" begun ")
    assert (saved.revision, saved.by, saved.what, saved.merged, saved.unchanged) == (
        1,
        "Ann Lee",
        "begun",
        False,
        False,
    )
    assert (saved.review, saved.checklist) == (review, checklist)
    assert saved.saved_at.utcoffset() == timedelta(0)
    assert before <= saved.saved_at <= datetime.now(UTC)
    assert workspace.reviews.get(" CHURN-Model ", "3") == saved


def test_a_review_with_every_kind_of_value_comes_back_the_same_from_another_process_opening(address, checklist):
    review = everything()
    with Workspace.open(address) as workspace:
        workspace.reviews.begin(checklist, review)
    with Workspace.open(address) as workspace:
        kept = workspace.reviews.get(*KEY).review
    assert kept == review
    assert kept.model_dump(mode="json", exclude_defaults=True) == review.model_dump(mode="json", exclude_defaults=True)
    assert list(kept.items) == list(review.items)


numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["i1", "i2"]), texts(), numbers, st.dates()), max_size=5))
def test_whatever_is_said_comes_back_to_the_last_digit_and_character(several):
    review = toy_review()
    for item, text, number, day in several:
        evidence = Evidence(metric=text, value=number, note=text)
        review = edits.add_evidence(review, item, evidence, Author(text.strip(), day))
        review = edits.change(review, item, ANN, status="na", reason=text.strip(), due=day)
    with Workspace.open("sqlite://") as workspace:
        workspace.reviews.begin(toy_checklist(), review)
        kept = workspace.reviews.get(*KEY).review
    assert kept == review
    assert repr(kept) == repr(review)


def test_a_checklist_is_kept_as_it_was_when_the_review_was_begun(workspace, make_checklist, review):
    item = {
        "id": "i1", "stage": "shadow", "theme": "data", "question": "Größe\x00?", "severity": "advisory",
        "tiers": ["high"], "tier_reason": "why", "owner": "lead", "expires_after_days": 90,
        "waivable": False, "carries_over": True,
        "rule": {"metric": "auc", "at_least": 0.8}, "maturity": ["q1"],
        "if_open": {"weeks": {"low": 1, "likely": 2, "high": 3}, "probability": 0.1 + 0.2},
    }  # fmt: skip
    as_it_was = make_checklist(items=[item], sign_offs={"shadow": ["lead"]}, meanings={"lead": "Who leads"})
    workspace.reviews.begin(as_it_was, review)
    workspace.reviews.save(*KEY, passed(review, "i1"), base=1, by="Ann")
    for revision in (1, 2, None):
        assert workspace.reviews.get(*KEY, revision).checklist == as_it_was


@pytest.mark.usefixtures("clock")
def test_every_revision_stays_as_it_was_saved(begun, review):
    made = list(itertools.accumulate(["i1", "i2"], passed, initial=review))
    for base, each in enumerate(made[1:], 1):
        begun.save(*KEY, each, base=base, by=f"Ann {base}", what=f"i{base} passes")
    for number, each in enumerate(made, 1):
        assert begun.get(*KEY, number).review == each
    assert begun.get(*KEY).revision == 3
    assert begun.revisions("CHURN-MODEL", "3") == [
        ReviewRevision(3, datetime(2027, 1, 3, 9, 5, tzinfo=UTC), "Ann 2", "i2 passes"),
        ReviewRevision(2, datetime(2027, 1, 2, 9, 5, tzinfo=UTC), "Ann 1", "i1 passes"),
        ReviewRevision(1, datetime(2027, 1, 1, 9, 5, tzinfo=UTC), "Cy", ""),
    ]


@pytest.mark.usefixtures("clock")
def test_reviews_are_listed_with_what_their_newest_revision_says_last_saved_first(workspace, checklist, make_review):
    reviews = workspace.reviews
    third = make_review()
    reviews.begin(checklist, third, by="Ann")
    reviews.begin(checklist, make_review(version="4"), by="Ann")
    reviews.begin(checklist, make_review(subject="Ranking", tier="low"))
    reviews.save(*KEY, third.model_copy(update={"tier": "high"}), base=1, by="Bo")

    def moment(day: int) -> datetime:
        return datetime(2027, 1, day, 9, 5, tzinfo=UTC)

    newest = ReviewSummary("churn-model", "3", "toy@1.0.0", "high", 2, moment(4), "Bo")
    fourth = ReviewSummary("churn-model", "4", "toy@1.0.0", None, 1, moment(2), "Ann")
    ranking = ReviewSummary("Ranking", "3", "toy@1.0.0", "low", 1, moment(3), "")
    assert reviews.all() == [newest, ranking, fourth]
    assert reviews.versions("CHURN-MODEL") == [newest, fourth]
    assert reviews.versions("Nothing") == []
    assert reviews.subjects() == ("churn-model", "Ranking")


def test_an_empty_workspace_has_no_reviews(workspace):
    assert (workspace.reviews.all(), workspace.reviews.subjects()) == ([], ())


def test_a_model_is_spelt_as_in_its_newest_revision(begun, checklist, make_review):
    begun.save(*KEY, make_review(subject="Churn-Model"), base=1, by="Ann")
    begun.begin(checklist, make_review(subject="CHURN-MODEL", version="4"))
    assert [each.subject for each in begun.all()] == ["CHURN-MODEL", "Churn-Model"]
    assert begun.subjects() == ("CHURN-MODEL",)
    assert begun.get(*KEY, 1).review.subject == "churn-model"


def test_versions_are_told_apart_by_their_case(begun, checklist, make_review):
    begun.begin(checklist, make_review(version="V4"))
    begun.begin(checklist, make_review(version="v4"))
    assert sorted(each.version for each in begun.versions("churn-model")) == ["3", "V4", "v4"]


def test_a_review_is_begun_once(begun, checklist, make_review):
    before = begun.get(*KEY)
    with pytest.raises(ReviewConflict, match=r"a review of “churn-model”, version 3, already\. Nothing was") as refused:
        begun.begin(checklist, make_review(subject="CHURN-MODEL", tier="high"), by="Bo")
    assert refused.value.existing == begun.all()[0]
    assert (refused.value.newest, refused.value.items) == (None, ())
    assert begun.get(*KEY) == before


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_review_that_somebody_begins_between_our_looking_and_our_writing_is_a_conflict(
    workspace, address, checklist, review
):
    """On a server two may look at once; on SQLite whoever saves has the file for themselves."""
    with Workspace.open(address) as other:
        theirs = []

        def come_first(_connection, _cursor, statement, *_):
            if statement.startswith("INSERT INTO reviews ") and not theirs:
                theirs.append(other.reviews.begin(checklist, review, by="Ann"))

        event.listen(workspace._database._engine, "before_cursor_execute", come_first)
        with pytest.raises(ReviewConflict) as refused:
            workspace.reviews.begin(checklist, passed(review, "i1"), by="Bo")
        assert refused.value.existing.by == "Ann"
        assert [other.reviews.get(*KEY)] == theirs


# The same again


def test_saving_the_same_again_makes_no_revision_and_says_so(begun, review):
    second = begun.save(*KEY, passed(review, "i1"), base=1, by="Ann", what="passes")
    for base in (1, 2):  # a request that was sent twice does not know that it was heard the first time
        again = begun.save(*KEY, passed(review, "i1"), base=base, by="Bo", what="again")
        assert (again.unchanged, again.merged) == (True, False)
        assert (again.revision, again.saved_at, again.by, again.what) == (2, second.saved_at, "Ann", "passes")
    assert len(begun.revisions(*KEY)) == 2


def test_a_request_that_is_sent_again_after_others_changed_something_stores_nothing(begun, review):
    signed = edits.sign_off(review, SignOff(role="lead", by="Ann", on=DAY))
    begun.save(*KEY, edits.sign_off(review, SignOff(role="owner", by="Bo", on=DAY)), base=1, by="Bo")
    third = begun.save(*KEY, signed, base=1, by="Ann")
    again = begun.save(*KEY, signed, base=1, by="Ann")
    assert (again.revision, again.unchanged, again.merged) == (3, True, True)
    assert again.review == third.review


def test_going_back_to_what_was_said_before_is_a_revision(begun, review):
    begun.save(*KEY, passed(review, "i1"), base=1, by="Ann")
    third = begun.save(*KEY, review, base=2, by="Ann")
    assert (third.revision, third.unchanged, third.review) == (3, False, review)


# Two at once


def test_changes_of_different_items_are_put_together(begun, review):
    theirs = begun.save(*KEY, passed(review, "i1"), base=1, by="Ann")
    mine = begun.save(*KEY, passed(review, "i2", author=BO), base=1, by="Bo", what="i2 passes")
    assert (theirs.merged, mine.merged, mine.unchanged) == (False, True, False)
    assert mine.review.items == theirs.review.items | passed(review, "i2", author=BO).items
    assert begun.get(*KEY) == begun.get(*KEY, 3)
    assert begun.get(*KEY).review == mine.review
    assert begun.get(*KEY, 2).review == theirs.review


def test_changing_nothing_takes_in_what_others_changed_and_stores_nothing(begun, review):
    theirs = begun.save(*KEY, passed(review, "i1"), base=1, by="Ann")
    mine = begun.save(*KEY, review, base=1, by="Bo")
    assert (mine.merged, mine.unchanged, mine.revision, mine.by) == (True, True, 2, "Ann")
    assert mine.review == theirs.review


@pytest.mark.usefixtures("clock")
def test_what_two_people_said_of_one_item_is_a_conflict_and_nothing_is_stored(begun, review):
    theirs = begun.save(*KEY, passed(review, "i1", "i3"), base=1, by="Ann")
    mine = edits.set_tier(edits.change(review, "i1", BO, status="fail"), "high", BO)
    sentence = (
        "The review of “churn-model”, version 3, was changed elsewhere since you opened its revision 1: its newest is "
        "revision 2, saved by Ann on 2 January 2027 at 09:05 UTC, and yours does not go together with it in i1. "
        "Nothing was saved; please look at what it says now, then make your change again."
    )
    with pytest.raises(ReviewConflict) as refused:
        begun.save(*KEY, mine, base=1, by="Bo")
    assert str(refused.value) == sentence
    assert isinstance(refused.value, WorkspaceError)
    assert (refused.value.newest, refused.value.items, refused.value.existing) == (theirs, ("i1",), None)
    assert begun.get(*KEY) == theirs

    on_top = edits.change(refused.value.newest.review, "i1", BO, status="fail")
    third = begun.save(*KEY, on_top, base=refused.value.newest.revision, by="Bo")
    assert (third.revision, third.merged) == (3, False)
    assert [each.was.status for each in third.review.entry("i1").history] == ["unknown", "pass"]


def test_a_conflict_in_much_names_the_first_of_it(begun, review):
    items = [f"i{n}" for n in range(1, 7)]
    theirs = edits.set_tier(passed(review, *items), "low", ANN)
    begun.save(*KEY, theirs, base=1, by="Ann")
    mine = edits.set_tier(passed(review, *items, author=BO), "high", BO)
    with pytest.raises(ReviewConflict, match=r"in i1, i2, i3, i4, i5 and 2 more\. Nothing was saved") as refused:
        begun.save(*KEY, mine, base=1, by="Bo")
    assert refused.value.items == (*items, "tier")


ONE_ITEM = st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from(["i1", "i2"]), st.sampled_from("abc"))


@settings(max_examples=60)
@given(st.lists(ONE_ITEM, min_size=1, max_size=14))
def test_whatever_several_authors_do_a_change_is_stored_beside_all_others_or_refused(several):
    """Each of three authors looks at the newest revision, or does not, and changes one item of what they last saw."""
    with Workspace.open("sqlite://") as workspace:
        first = workspace.reviews.begin(toy_checklist(), toy_review())
        seen = [first] * 3
        stored = [dict(first.review.items)]
        for author, looks, item, note in several:
            base = workspace.reviews.get(*KEY) if looks else seen[author]
            mine = edits.change(base.review, item, Author(f"Author {author}", DAY), note=note)
            says, was, stands = (each.get(item) for each in (mine.items, base.review.items, stored[-1]))
            if says != was and stands not in (was, says):
                with pytest.raises(ReviewConflict) as refused:
                    workspace.reviews.save(*KEY, mine, base=base.revision, by=f"Author {author}")
                assert refused.value.items == (item,)
                assert refused.value.newest.revision == len(stored)
                continue
            seen[author] = workspace.reviews.save(*KEY, mine, base=base.revision, by=f"Author {author}")
            expected = stored[-1] if says == was else stored[-1] | {item: says}
            assert seen[author].review.items == expected
            assert seen[author].unchanged == (expected == stored[-1])
            stored += [] if expected == stored[-1] else [expected]
        kept = [workspace.reviews.get(*KEY, number).review.items for number in range(1, len(stored) + 1)]
        assert kept == stored
        assert len(workspace.reviews.revisions(*KEY)) == len(stored)


# Another checklist


def without_i1(version="2.0.0", **changes):
    items = [{"id": f"i{n}", "stage": "shadow", "question": f"Question {n}?"} for n in range(2, 8)]
    return toy_checklist(version=version, items=items, **changes)


def test_a_review_moves_to_another_checklist_and_earlier_revisions_keep_theirs(begun, checklist, make_review):
    newer = without_i1()
    moved = passed(make_review(checklist="toy@2.0.0"), "i7")
    saved = begun.replace_checklist(*KEY, newer, moved, base=1, by="Ann", what="toy 2")
    assert (saved.revision, saved.checklist, saved.review, saved.what) == (2, newer, moved, "toy 2")
    assert begun.all()[0].checklist == "toy@2.0.0"
    third = begun.save(*KEY, passed(moved, "i2"), base=2, by="Ann")
    for number, expected in ((1, checklist), (2, newer), (3, newer), (None, newer)):
        assert begun.get(*KEY, number).checklist == expected
    assert begun.replace_checklist(*KEY, newer, third.review, base=3, by="Bo").unchanged


def test_a_checklist_of_the_same_version_that_says_something_else_is_another(begun, checklist, review):
    reworded = checklist.model_copy(update={"title": "Reworded"})
    assert begun.replace_checklist(*KEY, reworded, review, base=1, by="Ann").revision == 2
    assert [begun.get(*KEY, number).checklist.title for number in (1, 2)] == ["A toy checklist", "Reworded"]
    late = begun.save(*KEY, passed(review, "i1"), base=1, by="Bo")  # by somebody who has the old words before them
    assert (late.merged, late.checklist) == (True, reworded)


def test_what_others_said_meanwhile_moves_with_the_review(begun, review, make_review):
    begun.save(*KEY, passed(review, "i2"), base=1, by="Ann")
    moved = begun.replace_checklist(*KEY, without_i1(), make_review(checklist="toy@2.0.0"), base=1, by="Bo")
    assert (moved.revision, moved.merged, moved.checklist) == (3, True, without_i1())
    assert moved.review == passed(make_review(checklist="toy@2.0.0"), "i2")
    late = begun.save(*KEY, passed(review, "i3", author=BO), base=1, by="Bo")
    assert (late.revision, late.review.checklist, set(late.review.items)) == (4, "toy@2.0.0", {"i2", "i3"})


@pytest.mark.parametrize("first", ["said", "moved"])
def test_what_the_new_checklist_does_not_have_is_a_conflict(begun, review, make_review, first):
    def say():
        return begun.save(*KEY, review.model_copy(update={"risk": {"money": "yes"}, "items": said}), base=1, by="Ann")

    def move():
        return begun.replace_checklist(*KEY, newer, make_review(checklist="toy@2.0.0"), base=1, by="Bo")

    said = {"i1": Entry(status="pass")}
    newer = without_i1(risk=[])
    earlier, later = (say, move) if first == "said" else (move, say)
    stands = earlier()
    with pytest.raises(ReviewConflict, match=r"in i1 and risk question money\. Nothing was saved") as refused:
        later()
    assert refused.value.items == ("i1", "risk question money")
    assert begun.get(*KEY) == stands


def test_two_who_move_a_review_to_different_checklists_are_in_conflict(begun, make_review):
    two, three = ((without_i1(version), make_review(checklist=f"toy@{version}")) for version in ("2.0.0", "3.0.0"))
    begun.replace_checklist(*KEY, *two, base=1, by="Ann")
    assert begun.replace_checklist(*KEY, *two, base=1, by="Bo").unchanged
    with pytest.raises(ReviewConflict) as refused:
        begun.replace_checklist(*KEY, *three, base=1, by="Bo")
    assert refused.value.items == ("checklist",)
    reworded = two[0].model_copy(update={"title": "Reworded"})
    with pytest.raises(ReviewConflict) as refused:
        begun.replace_checklist(*KEY, reworded, two[1], base=1, by="Bo")
    assert refused.value.items == ("checklist",)
    assert begun.get(*KEY).revision == 2


# Deleting


def test_deleting_takes_every_revision_and_leaves_other_reviews(workspace, begun, checklist, review, make_review):
    begun.save(*KEY, passed(review, "i1"), base=1, by="Ann")
    other = begun.begin(checklist, make_review(version="4"))
    begun.delete("CHURN-MODEL", "3")
    with pytest.raises(UnknownReview):
        begun.get(*KEY)
    assert begun.get("churn-model", "4") == other
    assert rows(workspace) == (1, 1)
    assert begun.begin(checklist, review).revision == 1


def test_on_sqlite_a_deleted_review_is_nowhere_in_the_files(tmp_path, checklist, make_review):
    with Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite") as workspace:
        told = {"i1": {"status": "na", "reason": "elephant"}}
        workspace.reviews.begin(checklist, make_review(subject="Wilhelmina", items=told), what="the mole")

        def bytes_kept() -> bytes:
            return b"".join(path.read_bytes() for path in tmp_path.iterdir())

        for word in (b"Wilhelmina", b"elephant", b"the mole", b"A toy checklist"):
            assert word in bytes_kept()
        workspace.reviews.delete("Wilhelmina", "3")
        for word in (b"Wilhelmina", b"elephant", b"the mole", b"A toy checklist"):
            assert word not in bytes_kept()


# What is refused


@pytest.mark.parametrize("key", [("Nothing", "3"), ("churn-model", "4"), ("%", "3"), ("' OR 1=1", "' OR 1=1")])
def test_every_method_says_when_there_is_no_such_review(begun, checklist, review, key):
    for attempt in (
        lambda: begun.get(*key),
        lambda: begun.get(*key, 1),
        lambda: begun.revisions(*key),
        lambda: begun.save(*key, review, base=1, by="Ann"),
        lambda: begun.replace_checklist(*key, checklist, review, base=1, by="Ann"),
        lambda: begun.delete(*key),
    ):
        with pytest.raises(UnknownReview, match=f"There is no review of “{key[0]}”, version {key[1]}; it may have"):
            attempt()


def test_a_revision_that_is_not_there_is_a_sentence(begun, review):
    for number in (2, 2**31 - 1):
        sentence = f"The review of “churn-model”, version 3, has no revision {number}; its newest is 1"
        with pytest.raises(UnknownReview, match=sentence):
            begun.get(*KEY, number)
        with pytest.raises(UnknownReview, match=sentence):
            begun.save(*KEY, passed(review, "i1"), base=number, by="Ann")


@pytest.mark.parametrize("number", [0, -1, True, 1.0, "1", math.nan, 2**31, 10**4000])
def test_what_is_no_number_of_a_revision_is_refused(begun, review, number):
    for attempt in (
        lambda: begun.get(*KEY, number),
        lambda: begun.save(*KEY, passed(review, "i1"), base=number, by="Ann"),
    ):
        with pytest.raises(WorkspaceError, match="not the number of a revision"):
            attempt()
    assert len(begun.revisions(*KEY)) == 1


def noted(text):
    return toy_review(items={"i1": {"note": text}})


FITS_NOT = "The review does not fit its checklist: "
EXACT = "can be saved on one line, with single spaces and without control characters only; please write "
INEXACT = "The review holds something that cannot be saved exactly as it is; nothing was saved."
UNFIT = {
    "another checklist": (toy_review(checklist="toy@2.0.0"), f"{FITS_NOT}checklist: found 'toy@2.0.0', expected"),
    "an unknown item": (toy_review(items={"i9": {}}), f"{FITS_NOT}items.i9: found 'i9', expected one of the items"),
    "an unknown tier": (toy_review(tier="medium"), f"{FITS_NOT}tier: found 'medium', expected one of low, high"),
    "a subject of two lines": (toy_review(subject="churn\nmodel"), f"A model's name {EXACT}“churn model”."),
    "a subject with NUL": (toy_review(subject="churn\x00model"), f"A model's name {EXACT}“churn model”."),
    "a version with a bell": (toy_review(version="3\x07"), f"A model's version {EXACT}“3”."),
    "a long subject": (toy_review(subject="x" * 201), "A model's name may have 200 characters at most."),
    "a long version": (toy_review(version="x" * 201), "A model's version may have 200 characters at most."),
    "too much": (noted("x" * 1_000_000), "The review is too large to be saved; 1 MB are kept at most."),
    "half a character": (
        toy_review().model_copy(update={"items": {"i1": Entry().model_copy(update={"note": "\ud800"})}}),
        INEXACT,
    ),
    "not a number": (
        toy_review().model_copy(update={"items": {"i1": Entry().model_copy(update={"note": math.nan})}}),
        INEXACT,
    ),
    "text with spaces around it": (
        toy_review().model_copy(update={"items": {"i1": Entry().model_copy(update={"note": " a "})}}),
        INEXACT,
    ),
    "a waiver without an end": (
        toy_review().model_copy(update={"items": {"i1": Entry().model_copy(update={"status": "waived"})}}),
        INEXACT,
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_review_that_cannot_be_stored_exactly_is_refused_and_nothing_is_stored(workspace, checklist, review, case):
    unfit, sentence = UNFIT[case]
    with pytest.raises(WorkspaceError) as refused:
        workspace.reviews.begin(checklist, unfit)
    assert str(refused.value).startswith(sentence)
    assert rows(workspace) == (0, 0)
    begun = workspace.reviews.begin(checklist, review)
    with pytest.raises(WorkspaceError):
        workspace.reviews.save(*KEY, unfit, base=1, by="Ann")
    assert workspace.reviews.get(*KEY) == begun


def test_a_review_of_something_else_is_not_saved(begun, make_review):
    for another in (make_review(version="4"), make_review(subject="churn")):
        with pytest.raises(WorkspaceError, match="not the review of “churn-model”, version 3; nothing was saved"):
            begun.save(*KEY, another, base=1, by="Ann")
    assert len(begun.revisions(*KEY)) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"by": " \n"}, "Please say who you are; every change of a review is kept with a name."),
        ({"by": None}, "Your name must be text."),
        ({"by": "x" * 81}, "Your name may have 80 characters at most."),
        ({"what": "x" * 2001}, "A note may have 2000 characters at most."),
        ({"what": None}, "A note must be text."),
    ],
)
def test_who_and_what_are_words(begun, review, said, sentence):
    with pytest.raises(WorkspaceError) as refused:
        begun.save(*KEY, passed(review, "i1"), **{"base": 1, "by": "Ann"} | said)
    assert str(refused.value) == sentence
    assert len(begun.revisions(*KEY)) == 1


@pytest.mark.parametrize("key", [(" ", "3"), ("churn-model", ""), (None, "3"), ("churn-model", 3), ("x" * 201, "3")])
def test_what_names_no_review_is_refused(begun, key):
    with pytest.raises(WorkspaceError):
        begun.get(*key)


# Unusual text


@pytest.mark.parametrize("text", ["x" * 200_000, "\U0001f680" * 50_000, "a\x00\x07\x7f\u2028b", "\ufeffa"])
def test_long_and_unusual_notes_come_back_the_same(begun, text):
    begun.save(*KEY, noted(text), base=1, by="Ann\x00\ud800", what="one\x00\r\ntwo\U0001f680")
    saved = begun.get(*KEY)
    assert saved.review.entry("i1").note == text
    assert (saved.by, saved.what) == ("Ann", "one\ntwo\U0001f680")


@pytest.mark.parametrize("subject", ["Straße", "ΑΣ", "ΐ" * 200, "\U0001f680" * 200])
def test_models_that_differ_in_case_only_are_one_in_every_script(workspace, checklist, make_review, subject):
    version = "\U0001f916" * 200
    review = make_review(subject=subject, version=version)
    workspace.reviews.begin(checklist, review)
    respelt = subject.casefold() if len(subject.casefold()) <= 200 else subject
    assert workspace.reviews.get(respelt, version).review == review


def test_five_hundred_items_with_a_history_are_within_the_limit(workspace, make_checklist):
    items = [{"id": f"i{n}", "stage": "shadow", "question": "?"} for n in range(500)]
    review = toy_review()
    for n, status in itertools.product(range(500), ("pass", "fail", "pass")):
        review = edits.change(review, f"i{n}", ANN, status=status, note="Looked at it again, and it is so.")
    workspace.reviews.begin(make_checklist(items=items), review)
    changed = passed(edits.change(review, "i0", BO, status="fail"), "i1")
    assert workspace.reviews.save(*KEY, changed, base=1, by="Bo").revision == 2
    assert workspace.reviews.get(*KEY).review == changed


def test_a_review_just_within_the_limit_is_saved(begun):
    frame = len(str(review_rows.values(noted("x"), "")).replace("'", '"')) - 1
    largest = noted("x" * (checks.MOST_JSON - frame))
    assert begun.save(*KEY, largest, base=1, by="Ann").review == largest
    with pytest.raises(WorkspaceError, match="too large"):
        begun.save(*KEY, noted("x" * (checks.MOST_JSON - frame + 1)), base=2, by="Ann")


# Other versions of the program


@pytest.mark.parametrize("part", ["review", "checklist"])
def test_what_this_program_cannot_read_is_listed_and_says_so_when_opened(workspace, begun, review, make_review, part):
    begun.replace_checklist(*KEY, without_i1(), make_review(checklist="toy@2.0.0"), base=1, by="Ann")
    newest = begun.get(*KEY)
    strange = getattr(newest, part).model_dump(mode="json", exclude_none=True) | {"mood": "good"}
    with workspace._database.writing() as session:
        session.execute(update(ReviewRevisionRow).where(ReviewRevisionRow.revision == 2).values({part: strange}))

    assert [(each.subject, each.revision) for each in begun.all()] == [("churn-model", 2)]
    assert [each.number for each in begun.revisions(*KEY)] == [2, 1]
    said = "evision 2 of the review of “churn-model”, version 3, was saved by another version of this program"
    for attempt in (
        lambda: begun.get(*KEY),
        lambda: begun.save(*KEY, passed(review, "i1"), base=1, by="Ann"),
        lambda: begun.save(*KEY, passed(make_review(checklist="toy@2.0.0"), "i2"), base=2, by="Ann"),
    ):
        with pytest.raises(WorkspaceError, match=said) as refused:
            attempt()
        assert "mood" in in_full(refused.value)
    assert begun.get(*KEY, 1).review == review
    assert rows(workspace) == (1, 2)
