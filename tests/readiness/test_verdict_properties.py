"""What holds for every checklist and every review, and what nobody can do to open a gate."""

import itertools
import json
import math
import re
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.readiness.shapes import (
    AGES,
    READ,
    RULES,
    STAGES,
    TIERS,
    TODAY,
    VERSION,
    checklist,
    days,
    entries,
    found,
    item,
    items,
    review,
    reviewed,
    ruled,
    rulings,
    sign_offs,
    verdict_on,
)

from mlmgmt_widgets.readiness import Checklist, Review, evaluate
from mlmgmt_widgets.readiness.counting import needs, number
from mlmgmt_widgets.readiness.edits import Author, add_evidence
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.review import plain

MANY = settings(max_examples=100)
FEW = settings(max_examples=60)


def at_the_end(made, today=TODAY, **changes):
    asked, said = made
    return evaluate(asked, said, stage=STAGES[-1], today=today, **changes)


def names(opens):
    return {each.item for each in opens}


def with_entry(said, name, **values):
    """A review with other values in one entry, without its author's leave."""
    entry = plain(said).get("items", {}).get(name, {})
    return Review.model_validate({**plain(said), "items": {**plain(said).get("items", {}), name: {**entry, **values}}})


# The rules


@given(items(), entries(), sign_offs())
@settings(max_examples=150)
def test_the_rules_written_a_second_time_say_the_same(asked, said, signed):
    assert ruled(verdict_on(asked, said, sign_offs=signed).of("floor")) in rulings(asked, said, sign_offs=tuple(signed))


@given(reviewed())
@FEW
def test_the_counts_add_up(made):
    verdict = at_the_end(made)
    away = sum(finding.outcome == "na" for finding in verdict.findings)
    assert len(verdict.findings) == verdict.applicable + away
    counted = verdict.passed + len(verdict.waived) + len(verdict.blockers) + len(verdict.advisories)
    assert counted == verdict.applicable
    severities = {each.id: each.severity for each in made[0].items}
    assert {severities[each.item] for each in verdict.blockers} <= {"blocking"}
    assert {severities[each.item] for each in verdict.advisories} <= {"advisory"}
    assert verdict.ready == (not verdict.blockers)


# Nothing opens a gate by being worse


@given(reviewed(), st.data())
@FEW
def test_turning_an_item_to_fail_never_makes_a_gate_ready(made, data):
    asked, said = made
    before = at_the_end(made)
    name = data.draw(st.sampled_from([each.id for each in asked.items]))
    after = at_the_end((asked, with_entry(said, name, status="fail", until=None)))
    assert names(before.blockers) <= names(after.blockers)
    assert names(before.advisories) <= names(after.advisories)
    assert after.ready <= before.ready
    judged = {finding.item.id: finding for finding in after.findings}
    if name in judged:
        assert judged[name].reason == "failed"


@given(reviewed())
@FEW
def test_a_higher_tier_never_needs_less(made):
    verdicts = [at_the_end(made, tier=tier) for tier in TIERS]
    for lower, higher in itertools.pairwise(verdicts):
        assert names(lower.blockers) <= names(higher.blockers)
        assert lower.applicable <= higher.applicable
        assert higher.ready <= lower.ready
        assert {each.item.id for each in higher.findings} == {each.item.id for each in lower.findings} | (
            set(higher.added) - set(lower.added)
        )


TIER_LISTS = st.lists(st.sampled_from([*TIERS, "top"]), max_size=4)


@given(st.lists(TIER_LISTS, min_size=1, max_size=3), st.permutations(TIERS))
@settings(max_examples=150)
def test_no_checklist_loads_whose_higher_tier_needs_less(asked, tiers):
    """Of any lists of tiers: either they go upwards, or the checklist is refused."""
    values = [item(f"i{n}", tiers=each) for n, each in enumerate(asked)]
    known = not any("top" in each for each in asked)
    if not known or any(set(each) != set(tiers[min(map(tiers.index, each)) :]) for each in asked if each):
        with pytest.raises(ValidationError):
            checklist(*values, tiers=tiers)
        return
    made = checklist(*values, tiers=tiers)
    needed = [{each.id for each in made.asked(STAGES[0], tier)} for tier in tiers]
    assert needed[0] <= needed[1] <= needed[2]


@given(reviewed())
@FEW
def test_a_later_stage_never_needs_less(made):
    asked, said = made
    verdicts = [evaluate(asked, said, stage=stage, today=TODAY) for stage in STAGES]
    for earlier, later in itertools.pairwise(verdicts):
        assert names(earlier.blockers) <= names(later.blockers)
        assert later.ready <= earlier.ready
        later_ones = {finding.item.id: finding for finding in later.findings}
        assert all(later_ones[finding.item.id] == finding for finding in earlier.findings)


# Time


def up_to(today, values):
    """What is written down, as far as it has happened by a day."""
    evidence = [each for each in values["evidence"] if each.get("on", today) <= today]
    return {**values, "evidence": evidence, **({"on": min(values["on"], today)} if "on" in values else {})}


@given(items(), entries(), sign_offs(), st.integers(1, 500))
@example(
    item(expires_after_days=AGES),
    {
        "status": "pass",
        "evidence": [
            {"metric": "auc", "value": 0.6, "at_least": 0.8, "on": days(-AGES)},
            {"link": "https://example.org", "on": days(-10)},
        ],
    },
    [],
    1,
)
@settings(max_examples=150)
def test_time_alone_never_settles_what_is_open(asked, said, signed, later):
    """Unless something was dated ahead, which counts when its day is there, and one day before."""
    said = up_to(TODAY, said)
    signed = [each for each in signed if each["on"] <= TODAY]
    now = verdict_on(asked, said, sign_offs=signed).of("floor")
    then = verdict_on(asked, said, days(later), sign_offs=signed).of("floor")
    if now.outcome == "open":
        assert then.outcome == "open"


@given(reviewed(), st.integers(1, 500))
@FEW
def test_time_alone_takes_no_item_in_or_out(made, later):
    now, then = at_the_end(made), at_the_end(made, days(later))
    assert [each.item for each in now.findings] == [each.item for each in then.findings]


def test_what_is_dated_ahead_counts_when_its_day_is_there_and_one_day_before():
    said = {"status": "pass", "on": days(3)}
    assert [ruled(found(item(), said, days(n))) for n in range(5)] == ["missing"] * 2 + ["passed"] * 3


@given(items(), entries(), sign_offs())
@settings(max_examples=120)
def test_what_is_found_holds_until_the_day_that_it_names(asked, said, signed):
    finding = verdict_on(asked, said, sign_offs=signed).of("floor")
    if finding.until is None or finding.reason is not None:
        return
    assert finding.until >= TODAY
    last = verdict_on(asked, said, finding.until, sign_offs=signed).of("floor")
    if finding.outcome == "waived" or not is_dated_ahead(said, finding.until):
        assert last.outcome == finding.outcome


@given(items(), entries(), sign_offs())
@settings(max_examples=120)
def test_what_is_found_without_a_last_day_holds_for_good(asked, said, signed):
    finding = verdict_on(asked, said, sign_offs=signed).of("floor")
    if finding.until is None and finding.outcome != "open" and not is_dated_ahead(said, days(900)):
        assert verdict_on(asked, said, days(900), sign_offs=signed).of("floor").outcome == finding.outcome


@given(items(), entries().filter(lambda said: len(said["evidence"]) < 2), sign_offs())
@settings(max_examples=120)
def test_the_day_after_the_last_is_another_matter(asked, said, signed):
    """With one piece of evidence at most, the last day is the very last."""
    finding = verdict_on(asked, said, sign_offs=signed).of("floor")
    if finding.until is None or finding.outcome == "open":
        return
    after = verdict_on(asked, said, finding.until + timedelta(days=1), sign_offs=signed).of("floor")
    assert after.outcome != finding.outcome


def is_dated_ahead(said, until):
    """Whether some evidence begins to count only between today and a day; without a day, it has the item's."""
    dates = [each.get("on", said.get("on", TODAY)) for each in said["evidence"]]
    return any(TODAY < each <= until + timedelta(days=1) for each in dates)


# Determined


@given(reviewed(), st.randoms(use_true_random=False))
@FEW
def test_the_verdict_is_determined_and_knows_no_order_of_the_review_s_items(made, random):
    asked, said = made
    pairs = list(said.items.items())
    random.shuffle(pairs)
    shuffled = said.model_copy(update={"items": dict(pairs)})
    copied = Checklist.model_validate_json(asked.model_dump_json())
    assert at_the_end(made) == at_the_end((asked, shuffled)) == at_the_end((copied, said))
    assert [finding.item.id for finding in at_the_end(made).findings] == [
        each.id for each in asked.asked(STAGES[-1], said.tier)
    ]


@given(items(), entries(), sign_offs(), st.randoms(use_true_random=False))
@MANY
def test_the_order_of_the_evidence_does_not_open_or_shut_anything(asked, said, signed, random):
    evidence = list(said["evidence"])
    random.shuffle(evidence)
    one = verdict_on(asked, said, sign_offs=signed).of("floor")
    other = verdict_on(asked, {**said, "evidence": evidence}, sign_offs=signed).of("floor")
    assert (one.outcome, one.until, one.reason == "failed") == (other.outcome, other.until, other.reason == "failed")


@given(reviewed())
@FEW
def test_a_judgement_changes_neither_the_checklist_nor_the_review(made):
    asked, said = made
    written = asked.model_dump_json(), said.model_dump_json()
    at_the_end(made)
    assert (asked.model_dump_json(), said.model_dump_json()) == written


@given(reviewed(), st.data())
@FEW
def test_an_item_is_judged_by_itself(made, data):
    """What is said of one item changes nothing of another."""
    asked, said = made
    name = data.draw(st.sampled_from([each.id for each in asked.items]))
    others = {**plain(said).get("items", {}), name: data.draw(entries())}
    other = Review.model_validate({**plain(said), "items": others})
    one, two = at_the_end(made), at_the_end((asked, other))
    assert [each for each in one.findings if each.item.id != name] == [
        each for each in two.findings if each.item.id != name
    ]


# Evidence that is added


@given(items(), entries(), sign_offs())
@MANY
def test_adding_a_link_of_today_never_makes_worse(asked, said, signed):
    made = review({"floor": said}, sign_offs=signed)
    linked = add_evidence(made, "floor", Evidence(link="https://example.org/2"), Author("Ada", TODAY))
    asked = checklist(asked)
    one, two = at_the_end((asked, made)), at_the_end((asked, linked))
    assert two.ready >= one.ready
    assert len(two.blockers) <= len(one.blockers)


@given(items(), entries(), sign_offs())
@MANY
def test_a_link_alone_never_lifts_a_fail_a_waiver_an_unknown_or_a_rule(asked, said, signed):
    made = review({"floor": said}, sign_offs=signed)
    linked = add_evidence(made, "floor", Evidence(link="https://example.org/2"), Author("Ada", TODAY))
    asked = checklist(asked)
    if said["status"] != "pass" or asked.items[0].rule is not None:
        assert ruled(at_the_end((asked, made)).of("floor")) == ruled(at_the_end((asked, linked)).of("floor"))


@given(items(), entries(), sign_offs())
@MANY
def test_what_is_said_of_another_version_alone_opens_nothing(asked, said, signed):
    """Unless the item carries over: everything that is there is of version 2, so nothing of it counts for version 3."""
    asked = {**asked, "carries_over": False}
    old = {**said, "version": "2", "evidence": [{**each, "version": "2"} for each in said["evidence"]]}
    finding = verdict_on(asked, old, sign_offs=[{**each, "version": "2"} for each in signed]).of("floor")
    assert finding.outcome == "open"


@given(items(), entries(), sign_offs(), st.integers(0, 3))
@example(
    item(),
    {
        "status": "pass",
        "evidence": [
            {"junit": "a.xml", "checks": {"passed": 3}},
            {"junit": "b.xml", "checks": {"passed": 2, "failed": 1}},
        ],
    },
    [],
    1,
)
@example(
    item(rule={"metric": "auc", "at_least": 0.8}),
    {
        "evidence": [
            {"metric": "auc", "value": 0.9, "on": days(-9)},
            {"metric": "auc", "value": 0.6, "on": days(-1), "file": "metrics.json"},
        ],
    },
    [],
    1,
)
@MANY
def test_deleting_a_report_never_opens_a_gate(asked, said, signed, place):
    """What the review names and nobody can read any more may have been the bad news."""
    gone = dict(enumerate(said["evidence"]))
    if place not in gone or not any(source in gone[place] for source in READ):
        return
    gone[place] = {name: value for name, value in gone[place].items() if name not in {"value", "checks", "found"}}
    before = verdict_on(asked, said, sign_offs=signed).of("floor")
    after = verdict_on(asked, {**said, "evidence": list(gone.values())}, sign_offs=signed).of("floor")
    assert before.outcome != "open" or after.outcome == "open"


# As JSON


@given(reviewed())
@FEW
def test_the_verdict_as_json_has_the_contract_s_keys(made):
    values = at_the_end(made).to_dict()
    assert list(values) == [
        "ready",
        "stage",
        "tier",
        "subject",
        "version",
        "applicable",
        "passed",
        "blockers",
        "advisories",
        "waived",
    ]
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    reasons = {"missing", "failed", "expired", "waiver-expired", "stale-version", "not-waivable"}
    for each in (*values["blockers"], *values["advisories"]):
        assert set(each) == {"item", "reason"}
        assert each["reason"] in reasons
    assert all({"item", "reason"} <= set(each) for each in values["waived"])


# Words

NO_WORDS = re.compile(
    r"\bNone\b|\bnan\b|\[\]|\(\)|<|\{|datetime"  # what Python says
    r"|\b1 (days|checks)\b|\b(?!1\b)\d+ (day|check)\b"  # one of several, several of one
)


@given(items(), entries(), sign_offs())
@settings(max_examples=150)
def test_what_is_said_reads_as_a_sentence_without_its_full_stop(asked, said, signed):
    finding = verdict_on(asked, said, sign_offs=signed).of("floor")
    for words in (finding.said, *(each.said for each in finding.evidence)):
        assert words
        assert words == words.strip()
        assert not words.endswith((".", ";", ":", ","))
        assert "  " not in words
        assert not NO_WORDS.search(words)


@given(items())
@MANY
def test_what_a_rule_asks_for_reads_as_the_end_of_a_sentence(values):
    made = checklist(values).items[0]
    words = needs(made)
    assert bool(words) == (made.rule is not None)
    assert not re.search(r"None|  |\.$", words)


@given(
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(-1e6, 1e6, allow_nan=False) | st.sampled_from([0.8, 0.5, 1.0, 120.0]),
)
@settings(max_examples=150)
def test_two_numbers_beside_each_other_are_in_the_order_that_they_are_in(value, beside):
    def read(text):
        return float(text.replace(",", ""))

    shown = read(number(value, beside))
    assert (shown < beside, shown > beside) == (value < beside, value > beside)
    assert shown == pytest.approx(value, rel=5.1e-4)


@given(st.sampled_from([0.8, 0.5, 120.0, 0.1]), st.integers(-3, 3))
def test_a_number_that_is_next_to_a_bound_is_told_from_it(bound, steps):
    value = bound
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
    assert (number(value, bound) == number(bound)) == (steps == 0)


def test_every_outcome_and_every_reason_can_be_reached():
    """From the few values that the shapes are drawn from, so that the properties are claims about all of them."""
    reached = set()
    dates = (days(0), days(-AGES - 1))
    for rule in (None, *RULES):
        for status in ("pass", "fail", "na", "unknown", "waived"):
            for on in dates:
                for waivable in (True, False):
                    asked = item(expires_after_days=AGES, waivable=waivable, **({"rule": rule} if rule else {}))
                    for version in (VERSION, "2"):
                        said = {"status": status, "on": on, "version": version}
                        if status in {"na", "waived"}:
                            said["reason"] = "a batch model"
                        if status == "waived":
                            said |= {"until": on, "by": "Ada"}
                        reached.add(ruled(found(asked, said)))
    assert reached == {
        "passed",
        "na",
        "waived",
        "missing",
        "failed",
        "expired",
        "waiver-expired",
        "stale-version",
        "not-waivable",
    }
