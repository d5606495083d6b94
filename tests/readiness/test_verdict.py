"""The verdict: a truth table of what may be said of an item, and what is found of it.

The rows that people would argue about are written out by hand; the full product is held against `rulings`, the rules
as they are written down a second time.
"""

import itertools
import json
from datetime import date

import pytest
from tests.readiness.shapes import (
    AGES,
    STAGES,
    TIERS,
    TODAY,
    checklist,
    days,
    found,
    item,
    review,
    ruled,
    rulings,
    verdict_on,
)

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Open, evaluate
from mlmgmt_widgets.readiness.counting import needs, number
from mlmgmt_widgets.readiness.item_rule import SUBJECTS

WAIVER = {"status": "waived", "reason": "the board agreed", "by": "Ada", "until": days(0)}
AUC = {"metric": "auc", "at_least": 0.8}


def auc(value, **more):
    return {"metric": "auc", "value": value, **more}


def row(name, expected, said, **asked):
    return pytest.param(asked, said, expected, id=name)


# By hand

ROWS = [
    # A status
    row("nothing is said", "missing", {}),
    row("a pass", "passed", {"status": "pass"}),
    row("a fail", "failed", {"status": "fail"}),
    row("not applicable", "na", {"status": "na", "reason": "a batch model"}),
    row("unknown with a link", "missing", {"evidence": [{"link": "https://example.org"}]}),
    row("a pass with a link", "passed", {"status": "pass", "evidence": [{"link": "https://example.org"}]}),
    # A version
    row("a pass of another version", "stale-version", {"status": "pass", "version": "2"}),
    row("a pass of this version", "passed", {"status": "pass", "version": "3"}),
    row("a pass that carries over", "passed", {"status": "pass", "version": "2"}, carries_over=True),
    row("not applicable to another version", "stale-version", {"status": "na", "reason": "batch", "version": "2"}),
    row("a fail of another version", "failed", {"status": "fail", "version": "2"}),
    # What is still to come
    row("a waiver from next year on", "missing", {**WAIVER, "on": days(200), "until": days(300)}),
    row("not applicable from next year on", "missing", {"status": "na", "reason": "batch", "on": days(200)}),
    row(
        "a pass of next year with a link of today",
        "missing",
        {"status": "pass", "on": days(200), "evidence": [{"link": "https://example.org", "on": days(0)}]},
    ),
    # A note
    row(
        "a note of today makes an old pass no younger",
        "expired",
        {"status": "pass", "on": days(-60), "evidence": [{"note": "still waiting for Di", "on": days(0)}]},
        expires_after_days=AGES,
    ),
    row(
        "a record of today does",
        "passed",
        {"status": "pass", "on": days(-60), "evidence": [{"link": "https://example.org", "on": days(0)}]},
        expires_after_days=AGES,
    ),
    row("a waiver of another version", "stale-version", {**WAIVER, "version": "2"}),
    row("versions are names and no numbers", "stale-version", {"status": "pass", "version": "3.0"}),
    row(
        "a link about another version", "stale-version", {"status": "pass", "evidence": [{"link": "x", "version": "2"}]}
    ),
    row(
        "a stale pass beside evidence for this version",
        "passed",
        {"status": "pass", "version": "2", "evidence": [auc(0.83, at_least=0.8, version="3")]},
    ),
    row("a metric of another version", "stale-version", {"evidence": [auc(0.83, version="2")]}, rule=AUC),
    # A waiver
    row("a waiver", "waived", {**WAIVER, "until": days(1)}),
    row("a waiver on its last day", "waived", WAIVER),
    row("a waiver the day after", "waiver-expired", {**WAIVER, "until": days(-1)}),
    row("a waiver that nobody may give", "not-waivable", WAIVER, waivable=False),
    row("a lapsed one that nobody may give", "not-waivable", {**WAIVER, "until": days(-1)}, waivable=False),
    row(
        "a lapsed waiver and evidence that passes",
        "passed",
        {**WAIVER, "until": days(-1), "evidence": [auc(0.8)]},
        rule=AUC,
    ),
    row(
        "a lapsed waiver and evidence that fails",
        "waiver-expired",
        {**WAIVER, "until": days(-1), "evidence": [auc(0.7)]},
        rule=AUC,
    ),
    row("a lapsed waiver and a link", "waiver-expired", {**WAIVER, "until": days(-1), "evidence": [{"link": "x"}]}),
    row("a waiver beside evidence that fails", "waived", {**WAIVER, "evidence": [auc(0.7)]}, rule=AUC),
    row("a lapsed waiver of another version", "stale-version", {**WAIVER, "until": days(-1), "version": "2"}),
    # An age
    row("a pass on its last day", "passed", {"status": "pass", "on": days(-30)}, expires_after_days=30),
    row("a pass the day after", "expired", {"status": "pass", "on": days(-31)}, expires_after_days=30),
    row("a pass of today that counts a day", "passed", {"status": "pass", "on": days(0)}, expires_after_days=1),
    row("a pass without a date that ages", "expired", {"status": "pass"}, expires_after_days=30),
    row("an old pass that does not age", "passed", {"status": "pass", "on": days(-4000)}),
    row("a pass of tomorrow", "passed", {"status": "pass", "on": days(1)}),
    row("a pass of the day after tomorrow", "missing", {"status": "pass", "on": days(2)}),
    row("a pass still to come that ages", "missing", {"status": "pass", "on": days(2)}, expires_after_days=30),
    row("an old fail", "failed", {"status": "fail", "on": days(-4000)}, expires_after_days=30),
    row(
        "a pass of today on old evidence",
        "expired",
        {"status": "pass", "on": days(0), "evidence": [{"link": "x", "on": days(-31)}]},
        expires_after_days=30,
    ),
    row(
        "an old pass with a young link",
        "passed",
        {"status": "pass", "on": days(-31), "evidence": [{"link": "x", "on": days(0)}]},
        expires_after_days=30,
    ),
    row("an old metric", "expired", {"evidence": [auc(0.83, on=days(-31))]}, rule=AUC, expires_after_days=30),
    row(
        "evidence has the item's day",
        "passed",
        {"on": days(-30), "evidence": [auc(0.8)]},
        rule=AUC,
        expires_after_days=30,
    ),
    # A rule
    row("a typed pass where a rule asks", "missing", {"status": "pass"}, rule=AUC),
    row(
        "a typed pass with a link where a rule asks",
        "missing",
        {"status": "pass", "evidence": [{"link": "x"}]},
        rule=AUC,
    ),
    row("a rule that is met", "passed", {"evidence": [auc(0.83)]}, rule=AUC),
    row("a rule that is just met", "passed", {"evidence": [auc(0.8)]}, rule=AUC),
    row("a rule that is all but met", "failed", {"evidence": [auc(0.79999999)]}, rule=AUC),
    row("a typed pass where the rule is missed", "failed", {"status": "pass", "evidence": [auc(0.7)]}, rule=AUC),
    row("a typed fail where the rule is met", "failed", {"status": "fail", "evidence": [auc(0.9)]}, rule=AUC),
    row("another metric", "missing", {"evidence": [{"metric": "acc", "value": 0.9}]}, rule=AUC),
    row(
        "a bound above",
        "failed",
        {"evidence": [{"metric": "p99", "value": 121}]},
        rule={"metric": "p99", "at_most": 120},
    ),
    row(
        "a bound above, just met",
        "passed",
        {"evidence": [{"metric": "p99", "value": 120}]},
        rule={"metric": "p99", "at_most": 120},
    ),
    row("evidence cannot loosen the rule", "failed", {"evidence": [auc(0.7, at_least=0.5)]}, rule=AUC),
    row("evidence can be stricter than the rule", "failed", {"evidence": [auc(0.85, at_least=0.9)]}, rule=AUC),
    row("a report that was not read", "missing", {"evidence": [{"junit": "r.xml"}]}, rule={"junit": "*"}),
    row(
        "tests that passed", "passed", {"evidence": [{"junit": "r.xml", "checks": {"passed": 2}}]}, rule={"junit": "*"}
    ),
    row(
        "one test failed",
        "failed",
        {"evidence": [{"junit": "r.xml", "checks": {"passed": 2, "failed": 1}}]},
        rule={"junit": "*"},
    ),
    row(
        "all tests were skipped",
        "failed",
        {"evidence": [{"junit": "r.xml", "checks": {"passed": 0, "skipped": 9}}]},
        rule={"junit": "*"},
    ),
    row("a tag of the pattern", "passed", {"evidence": [{"tag": "v3", "found": True}]}, rule={"tag": "v*"}),
    row("a tag of another pattern", "missing", {"evidence": [{"tag": "rc3", "found": True}]}, rule={"tag": "v*"}),
    row("a tag that is not there", "missing", {"evidence": [{"tag": "v3", "found": False}]}, rule={"tag": "v*"}),
    row(
        "a file on the last day of its age",
        "passed",
        {"evidence": [{"file": "a", "found": True, "on": days(-7)}]},
        rule={"file": "a", "younger_than_days": 7},
    ),
    row(
        "a file the day after",
        "failed",
        {"evidence": [{"file": "a", "found": True, "on": days(-8)}]},
        rule={"file": "a", "younger_than_days": 7},
    ),
    # Several measures
    row("the latest counts", "passed", {"evidence": [auc(0.7, on=days(-2)), auc(0.9, on=days(-1))]}, rule=AUC),
    row(
        "the latest counts in any order",
        "failed",
        {"evidence": [auc(0.7, on=days(-1)), auc(0.9, on=days(-2))]},
        rule=AUC,
    ),
    row("of one day the worst", "failed", {"evidence": [auc(0.7, on=days(-1)), auc(0.9, on=days(-1))]}, rule=AUC),
    row(
        "of one day the worst in any order",
        "failed",
        {"evidence": [auc(0.9, on=days(-1)), auc(0.7, on=days(-1))]},
        rule=AUC,
    ),
    row(
        "one still to come does not replace one of today",
        "failed",
        {"evidence": [auc(0.7, on=days(0)), auc(0.9, on=days(2))]},
        rule=AUC,
    ),
    row(
        "one of another version does not replace one of this",
        "failed",
        {"evidence": [auc(0.7, on=days(-2)), auc(0.9, on=days(-1), version="2")]},
        rule=AUC,
    ),
    row(
        "another measure speaks against it",
        "failed",
        {"evidence": [auc(0.9), {"metric": "p99", "value": 130, "at_most": 120}]},
        rule=AUC,
    ),
    row("a pass against its own bound", "failed", {"status": "pass", "evidence": [auc(0.7, at_least=0.8)]}),
    row(
        "a pass against its own tests",
        "failed",
        {"status": "pass", "evidence": [{"junit": "a.xml", "checks": {"passed": 1, "failed": 1}}]},
    ),
    row("unknown, within its own bound", "passed", {"evidence": [auc(0.8, at_least=0.8)]}),
    row(
        "a measure that failed, and grew old",
        "expired",
        {"status": "pass", "on": days(0), "evidence": [auc(0.7, at_least=0.8, on=days(-31)), {"link": "x"}]},
        expires_after_days=30,
    ),
    row(
        "one that passed, and grew old",
        "passed",
        {"status": "pass", "on": days(0), "evidence": [auc(0.9, at_least=0.8, on=days(-31)), {"link": "x"}]},
        expires_after_days=30,
    ),
    row(
        "one that failed for another version",
        "passed",
        {"status": "pass", "on": days(0), "evidence": [auc(0.7, at_least=0.8, version="2"), {"link": "x"}]},
    ),
    row(
        "one that failed and grew old is not replaced by one of another version",
        "expired",
        {
            "status": "pass",
            "on": days(0),
            "evidence": [
                auc(0.7, at_least=0.8, on=days(-31)),
                auc(0.9, at_least=0.8, on=days(-5), version="2"),
                {"link": "x"},
            ],
        },
        expires_after_days=30,
    ),
    row(
        "a bound of the rule is for its metric only",
        "passed",
        {"evidence": [auc(0.9), {"metric": "rmse", "value": 0.1}]},
        rule=AUC,
    ),
]


@pytest.mark.parametrize(("asked", "said", "expected"), ROWS)
def test_a_row_by_hand(asked, said, expected):
    assert ruled(found(item(**asked), said)) == expected


@pytest.mark.parametrize(("asked", "said", "expected"), ROWS)
def test_the_rules_written_a_second_time_say_the_same(asked, said, expected):
    assert rulings(item(**asked), said) == {expected}


# The full product

WAIVERS = {"in date": days(1), "last day": days(0), "lapsed": days(-1)}
DATES = {
    "fresh": days(0),
    "last day": days(-AGES),
    "day after": days(-AGES - 1),
    "undated": None,
    "tomorrow": days(1),
    "future": days(2),
}
VERSIONS = {"same": ("3", {}), "other": ("2", {}), "carried over": ("2", {"carries_over": True})}
GROUNDS = {  # what an item asks, and what there is to show
    "nothing": ({}, []),
    "link": ({}, [{"link": "https://example.org"}]),
    "own bound met": ({}, [auc(0.8, at_least=0.8)]),
    "own bound missed": ({}, [auc(0.79, at_least=0.8)]),
    "rule without evidence": ({"rule": AUC}, []),
    "rule with a link": ({"rule": AUC}, [{"link": "https://example.org"}]),
    "rule met": ({"rule": AUC}, [auc(0.8)]),
    "rule missed": ({"rule": AUC}, [auc(0.79)]),
}
STATUSES = ["pass", "fail", "na", "unknown", *(f"waived {name}" for name in WAIVERS)]


def said_as(status):
    if status.startswith("waived"):
        until = WAIVERS[status.removeprefix("waived ")]
        return {"status": "waived", "reason": "the board agreed", "by": "Ada", "until": until}
    return {"status": status, **({"reason": "a batch model"} if status == "na" else {})}


def dated(on, version):
    return {"version": version, **({"on": on} if on else {})}


def is_worth_a_row(severity, waivable, ground, where):
    """Every pair is there; an advisory item that cannot be waived, say, adds nothing to both by themselves."""
    if where == "shown":  # the day and the version are those of the evidence, if there is any
        return severity == "blocking" and waivable and bool(GROUNDS[ground][1])
    return severity == "blocking" or waivable


PRODUCT = [
    each
    for each in itertools.product(
        STATUSES, ("blocking", "advisory"), (True, False), DATES, VERSIONS, GROUNDS, ("said", "shown")
    )
    if is_worth_a_row(each[1], each[2], *each[5:])
]


def differences(case):
    """What the verdict on a row says that the rules do not, by name."""
    status, severity, waivable, on, about, ground, where = case
    version, more = VERSIONS[about]
    rule, evidence = GROUNDS[ground]
    asked = item(severity=severity, waivable=waivable, expires_after_days=AGES, **more, **rule)
    marks = dated(DATES[on], version)
    if where == "said":
        said = {**said_as(status), **marks, "evidence": evidence}
    else:
        said = {**said_as(status), "on": TODAY, "version": "3", "evidence": [{**each, **marks} for each in evidence]}
    (expected,) = rulings(asked, said)
    is_open = expected not in {"passed", "na", "waived"}
    blocking = severity == "blocking"
    verdict = verdict_on(asked, said)
    held = {
        "finding": (ruled(verdict.of("floor")), expected),
        "blockers": ([each.reason for each in verdict.blockers], [expected] if is_open and blocking else []),
        "advisories": ([each.reason for each in verdict.advisories], [expected] if is_open and not blocking else []),
        "ready": (verdict.ready, not (is_open and blocking)),
        "applicable": (verdict.applicable, int(expected != "na")),
        "passed": (verdict.passed, int(expected == "passed")),
        "waived": ([each.item for each in verdict.waived], ["floor"] if expected == "waived" else []),
    }
    return {name: each for name, each in held.items() if each[0] != each[1]}


def test_the_truth_table_has_thousands_of_rows():
    assert len(PRODUCT) > 3000


@pytest.mark.parametrize("on", DATES)
@pytest.mark.parametrize("about", VERSIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_the_truth_table(status, about, on):
    """One test for a status, a version and a day; a row that differs is shown with what it says."""
    rows = [case for case in PRODUCT if (case[0], case[4], case[3]) == (status, about, on)]
    assert rows
    assert {case: wrong for case in rows if (wrong := differences(case))} == {}


# Sign-offs

GO = {"role": "product-owner", "by": "Bo", "on": days(-1)}
NO_GO = {**GO, "decision": "no-go"}


@pytest.mark.parametrize(
    ("given", "expected", "asked"),
    [
        ([], "missing", {}),
        ([GO], "passed", {}),
        ([NO_GO], "failed", {}),
        ([GO, NO_GO], "failed", {}),
        ([NO_GO, GO], "passed", {}),
        ([{**GO, "role": "ml-engineer"}], "missing", {}),
        ([{**GO, "stage": STAGES[0]}], "passed", {}),
        ([{**GO, "stage": STAGES[1]}], "missing", {}),
        ([GO, {**NO_GO, "stage": STAGES[1]}], "passed", {}),
        ([{**GO, "version": "2"}], "stale-version", {}),
        ([{**GO, "version": "2"}], "passed", {"carries_over": True}),
        ([{**NO_GO, "version": "2"}], "failed", {}),
        ([{**GO, "on": days(-30)}], "passed", {"expires_after_days": 30}),
        ([{**GO, "on": days(-31)}], "expired", {"expires_after_days": 30}),
        ([{**GO, "on": days(2)}], "missing", {}),
        ([GO, {**GO, "on": days(2)}], "passed", {}),
        ([GO, {**NO_GO, "on": days(2)}], "passed", {}),  # it counts once that day has come
        ([GO, {**NO_GO, "on": days(1)}], "failed", {}),
    ],
)
def test_a_sign_off_decides_where_the_rule_asks_for_one(given, expected, asked):
    asked = item(rule={"sign_off": "product-owner"}, **asked)
    assert ruled(found(asked, {"status": "pass"}, sign_offs=given)) == expected
    assert rulings(asked, {"status": "pass"}, sign_offs=tuple(given)) == {expected}


def test_a_sign_off_does_not_outweigh_tests_that_failed():
    said = {"evidence": [{"junit": "a.xml", "checks": {"passed": 3, "failed": 1}}]}
    assert ruled(found(item(rule={"sign_off": "product-owner"}), said, sign_offs=[GO])) == "failed"


# What is asked


def test_a_stage_needs_its_own_items_and_those_of_every_earlier_one():
    asked = checklist(item("c", stage=STAGES[2]), item("a", stage=STAGES[0]), item("b", stage=STAGES[1]))
    for stage, expected in zip(STAGES, (["a"], ["a", "b"], ["c", "a", "b"]), strict=True):
        assert [each.item for each in evaluate(asked, review(), stage=stage).blockers] == expected


def test_a_tier_asks_for_its_items_and_says_why_it_does():
    asked = checklist(
        item("always"),
        item("from-medium", tiers=["medium", "high"], tier_reason="customers see it", why="It matters."),
        item("high-only", tiers=["high"], why="It matters."),
        item("plain", tiers=["high"]),
        tiers=TIERS,
    )
    verdicts = {tier: evaluate(asked, review(tier=tier), stage=STAGES[0]) for tier in TIERS}
    assert [list(verdict.added) for verdict in verdicts.values()] == [
        [],
        ["from-medium"],
        ["from-medium", "high-only", "plain"],
    ]
    assert verdicts["high"].added == {
        "from-medium": "customers see it",
        "high-only": "It matters.",
        "plain": "asked from high on",
    }
    assert [verdict.applicable for verdict in verdicts.values()] == [1, 2, 4]


def test_the_tier_that_is_asked_for_stands_before_the_review_s():
    asked = checklist(item("always"), item("strict", tiers=["high"]), tiers=TIERS)
    assert evaluate(asked, review(tier="low"), stage=STAGES[0], tier="high").applicable == 2
    assert evaluate(asked, review(tier="high"), stage=STAGES[0], tier="low").applicable == 1


@pytest.mark.parametrize(
    ("values", "arguments", "words"),
    [
        ({}, {"stage": "shadwo"}, ("'shadwo'", "nearest: shadow")),
        ({}, {"stage": ""}, ("prototype-exit, shadow, production",)),
        ({}, {"stage": "shadow", "tier": "hihg"}, ("'hihg'", "nearest: high")),
        ({"tier": None}, {"stage": "shadow"}, ("tier", "nothing", "low, medium, high")),
        ({"tier": "top"}, {"stage": "shadow"}, ("'top'", "low, medium, high")),
        ({"checklist": "toy@2.0.0"}, {"stage": "shadow"}, ("'toy@2.0.0'", "'toy@1.0.0'")),
        ({"items": {"flor": {}}}, {"stage": "shadow"}, ("'flor'", "nearest: floor")),
        ({"risk": {"peple": "yes"}}, {"stage": "shadow"}, ("'peple'", "nearest: people")),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(values, arguments, words):
    asked = {"id": "people", "question": "Does it decide about people?", "tier": "high", "because": "it does"}
    made = review(**{"tier": "low", **values})
    with pytest.raises(ContentError) as caught:
        evaluate(checklist(tiers=TIERS, risk=[asked]), made, **arguments)
    assert len(caught.value.faults) == 1
    assert all(word in str(caught.value) for word in words)


def test_a_tier_where_there_are_none_is_refused():
    with pytest.raises(ContentError, match="no tiers"):
        evaluate(checklist(), review(), stage=STAGES[0], tier="high")
    with pytest.raises(ContentError, match="no tiers"):
        evaluate(checklist(), review(tier="high"), stage=STAGES[0])
    assert evaluate(checklist(), review(), stage=STAGES[0]).tier is None


def test_without_a_day_it_is_today():
    before, after = date.today(), evaluate(checklist(), review(), stage=STAGES[0]).today  # noqa: DTZ011 - as a person
    assert before <= after <= date.today()  # noqa: DTZ011


def test_the_verdict_as_json_is_the_contract_s():
    asked = checklist(
        item("blocked"), item("advised", severity="advisory"), item("waived"), item("there"), item("apart"), tiers=TIERS
    )
    said = {
        "waived": {"status": "waived", "reason": "the board agreed", "until": "2026-12-01", "by": "Ada"},
        "there": {"status": "pass"},
        "apart": {"status": "na", "reason": "a batch model"},
    }
    verdict = evaluate(asked, review(said, tier="high"), stage="shadow", today=TODAY)
    assert json.loads(json.dumps(verdict.to_dict())) == {
        "ready": False,
        "stage": "shadow",
        "tier": "high",
        "subject": "churn-model",
        "version": "3",
        "applicable": 4,
        "passed": 1,
        "blockers": [{"item": "blocked", "reason": "missing"}],
        "advisories": [{"item": "advised", "reason": "missing"}],
        "waived": [{"item": "waived", "reason": "the board agreed", "by": "Ada", "until": "2026-12-01"}],
    }
    assert verdict.blockers == (Open("blocked", "missing"),)


def test_a_finding_is_had_by_its_item():
    verdict = evaluate(checklist(item(), item("later", stage=STAGES[2])), review(), stage=STAGES[0])
    assert verdict.of("floor").open == Open("floor", "missing")
    with pytest.raises(KeyError):
        verdict.of("later")
    with pytest.raises(ValueError, match="floor is not open"):
        _ = found(item(), {"status": "pass"}).open


# What a manager would not expect


def test_a_metric_of_one_slice_does_not_replace_that_of_another():
    """Each slice is measured on its own day; the bad one stands until it is measured again itself."""

    def slice_of(name, value, on):
        return {"metric": "auc", "file": "slices.csv", "where": {"slice": name}, "value": value, "on": on}

    said = {"evidence": [slice_of("EU", 0.6, days(-2)), slice_of("US", 0.85, days(-1))]}
    assert ruled(found(item(rule=AUC), said)) == "failed"
    again = {"evidence": [*said["evidence"], slice_of("EU", 0.82, days(0))]}
    assert ruled(found(item(rule=AUC), again)) == "passed"


def test_a_date_at_the_end_of_time_is_one_that_is_still_to_come():
    asked = item(rule={"file": "a", "younger_than_days": 7}, expires_after_days=30)
    said = {"evidence": [{"file": "a", "found": True, "on": "9999-12-31"}]}
    assert ruled(found(asked, said)) == "missing"
    assert ruled(found(item(expires_after_days=30), {"status": "pass", "on": "9999-12-31"})) == "missing"
    assert ruled(found(item(expires_after_days=30), {"status": "pass", "on": "0001-01-01"})) == "expired"


def test_a_failing_measurement_does_not_make_room_for_a_pass_by_growing_old():
    """Nobody did anything between the two days; what failed has only not been measured again."""
    asked = item(expires_after_days=30)
    said = {
        "status": "pass",
        "on": days(-10),
        "evidence": [auc(0.6, at_least=0.8, on=days(-30)), {"link": "https://example.org", "on": days(-10)}],
    }
    assert ruled(found(asked, said, TODAY)) == "failed"
    assert ruled(found(asked, said, days(1))) != "passed"


# What is said


@pytest.mark.parametrize(
    ("asked", "said", "expected"),
    [
        ({"rule": AUC}, {"evidence": [auc(0.83)]}, "auc 0.83, needs at least 0.8"),
        ({"rule": AUC}, {"evidence": [auc(0.79999999)]}, "auc 0.79999999, needs at least 0.8"),
        ({"rule": AUC}, {"status": "pass"}, "it takes the metric auc of at least 0.8"),
        (
            {"rule": {"metric": "auc", "at_least": 0.8, "at_most": 0.99}},
            {"evidence": [auc(0.995)]},
            "auc 0.995, needs at least 0.8 and at most 0.99",
        ),
        (
            {"expires_after_days": 30},
            {"status": "pass", "on": days(-31)},
            "it is of 24 October 2026 and counted until 23 November 2026",
        ),
        ({"expires_after_days": 30}, {"status": "pass"}, "it has no date, and counts for 30 days only"),
        ({"expires_after_days": 1}, {"status": "pass"}, "it has no date, and counts for 1 day only"),
        ({}, {"status": "pass", "on": days(2)}, "it is dated 26 November 2026, which is still to come"),
        ({}, {"status": "pass", "version": "2"}, "said of version 2, not of 3"),
        ({}, {"status": "pass", "by": "Ada", "on": days(0)}, "said by Ada, 24 November 2026"),
        ({}, WAIVER, "waived by Ada until 24 November 2026: the board agreed"),
        ({}, {**WAIVER, "until": days(-1)}, "waived by Ada, but only until 23 November 2026"),
        ({"waivable": False}, WAIVER, "waived by Ada, though it cannot be waived"),
        ({}, {}, "nothing is said of it"),
        ({}, {"evidence": [{"link": "x"}]}, "there is evidence, but nobody has said whether it passes"),
        (
            {"rule": {"junit": "*"}},
            {
                "evidence": [
                    {"junit": "r.xml", "checks": {"passed": 11, "failed": 1, "failing": ["test_a"], "skipped": 2}}
                ]
            },
            "11 of 12 checks passed (test_a), 2 skipped",
        ),
        ({"rule": {"junit": "*"}}, {"evidence": [{"junit": "r.xml", "checks": {"passed": 1}}]}, "1 of 1 check passed"),
    ],
)
def test_a_finding_says_what_was_found_beside_what_is_needed(asked, said, expected):
    assert found(item(**asked), said).said == expected


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, {"status": "na", "reason": "It is a batch model."}),
        ({}, {**WAIVER, "reason": "The board agreed."}),
        ({}, {"status": "fail", "reason": "It broke in March."}),
        ({}, {"status": "pass", "evidence": [{"note": "Seen in March."}]}),
    ],
    ids=["not applicable", "waived", "failed", "a note"],
)
def test_a_reason_that_ends_in_a_full_stop_does_not_bring_it_along(asked, said):
    """People end their sentences; whoever shows a finding ends it, too."""
    assert not found(item(**asked), said).said.endswith(".")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_a_rule_asks_for_can_be_said(subject):
    more = {"at_most": 2} if subject == "metric" else {}
    words = needs_of({subject: "role-or-name", **more})
    assert "role-or-name" in words
    assert not words.endswith(".")
    assert "None" not in words


def needs_of(rule):
    return needs(checklist(item(rule=rule)).items[0])


def test_what_a_rule_asks_for_says_the_age_of_a_file():
    assert needs_of({"file": "a.json", "younger_than_days": 1}) == "the file a.json at most 1 day old"
    assert needs_of({"file": "a.json", "younger_than_days": 30}) == "the file a.json at most 30 days old"
    assert needs(checklist().items[0]) == ""


# Numbers


@pytest.mark.parametrize(
    ("value", "beside", "expected"),
    [
        (0.83, None, "0.83"),
        (0.8, None, "0.8"),
        (0.8312345, None, "0.8312"),
        (0.79999999, 0.8, "0.79999999"),
        (0.8000001, 0.8, "0.8000001"),
        (0.8, 0.79999999, "0.8"),
        (0.1 + 0.2, 0.3, "0.30000000000000004"),
        (0.79999999, None, "0.8"),
        (0.79999, 0.5, "0.8"),
        (12_000, None, "12,000"),
        (-12_000, None, "-12,000"),
        (0, None, "0"),
        (-0.0, None, "0"),
        (1e-9, None, "1e-09"),
        (120.00001, 120, "120.00001"),
    ],
)
def test_a_number_is_as_short_as_it_can_be_told_from_the_one_beside_it(value, beside, expected):
    assert number(value, beside) == expected


@pytest.mark.parametrize("value", [1234.5, 12_345.6, 99_999.5, 1_234_567.25])
def test_a_number_in_the_thousands_is_written_out(value):
    """A latency of 12,345.6 ms is nothing that a manager reads as 1.235e+04."""
    shown = number(value)
    assert "e" not in shown
    assert abs(float(shown.replace(",", "")) - value) <= 0.5


def test_a_signature_for_another_version_does_not_undo_one_for_this():
    asked = item(rule={"sign_off": "product-owner"})
    go, old = ({"role": "product-owner", "by": "Eve", "on": days(-n), "version": v} for n, v in ((3, "3"), (1, "2")))
    assert ruled(found(asked, {}, sign_offs=[go, old])) == "passed"
    assert ruled(found(asked, {}, sign_offs=[old])) == "stale-version"
    assert ruled(found(asked, {}, sign_offs=[go, {**go, "decision": "no-go"}])) == "failed"
