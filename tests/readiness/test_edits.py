"""Changes of a review: new values, nothing overwritten, and a history that can be read backwards."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.readiness.shapes import (
    NAMES,
    ROLES,
    STAGES,
    TIERS,
    TODAY,
    WORDS,
    checklist,
    days,
    entries,
    evidences,
    item,
    review,
    reviewed,
    ruled,
    without_none,
)

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Change, Entry, Evidence, Review, SignOff, State, evaluate
from mlmgmt_widgets.readiness.edits import (
    Author,
    add_evidence,
    change,
    confirm,
    for_version,
    next_review,
    put,
    remove_evidence,
    set_tier,
    sign_off,
)
from mlmgmt_widgets.readiness.review import fitting, plain

ADA = Author("Ada", TODAY, "ml-engineer")
BO = Author("Bo", days(3))


def said(made, name="floor"):
    return made.entry(name)


def passed(**changes):
    return review({"floor": {"status": "pass", "by": "Zoë", "on": days(-20), "version": "3", **changes}})


def finds(made, today=TODAY, **asked):
    return ruled(evaluate(checklist(item(**asked)), made, stage=STAGES[0], today=today).of("floor"))


# Saying something of an item


def test_a_new_status_is_recorded_with_who_when_in_which_role_and_of_which_version():
    entry = said(change(review(), "floor", ADA, status="pass"))
    assert (entry.status, entry.by, entry.on, entry.role, entry.version) == ("pass", "Ada", TODAY, "ml-engineer", "3")
    assert entry.history == (Change(by="Ada", on=TODAY, role="ml-engineer", was=State()),)


def test_what_was_said_before_stands_in_the_history_exactly():
    first = passed(evidence=[{"link": "https://example.org"}], note="ask Di", owner="Di", due=days(9))
    second = change(first, "floor", BO, status="fail", reason="it broke in March")
    third = change(second, "floor", ADA, status="unknown")
    assert [each.was for each in said(third).history] == [said(first).state, said(second).state]
    assert [(each.by, each.on) for each in said(third).history] == [("Bo", days(3)), ("Ada", TODAY)]


@pytest.mark.parametrize(
    "values", [{"owner": "Di"}, {"due": days(9)}, {"note": "ask Di"}, {"owner": "Di", "due": days(9)}]
)
def test_who_sees_to_it_and_by_when_leave_the_age_of_the_status_alone(values):
    before = passed()
    after = change(before, "floor", ADA, **values)
    same = {"status", "reason", "until", "by", "role", "on", "version", "evidence"}
    assert {name: getattr(said(after), name) for name in same} == {name: getattr(said(before), name) for name in same}
    assert {name: getattr(said(after), name) for name in values} == values
    assert said(after).history[-1] == Change(by="Ada", on=TODAY, role="ml-engineer", was=said(before).state)
    assert finds(after, days(11), expires_after_days=30) == "expired"


@pytest.mark.parametrize("values", [{}, {"status": "pass"}, {"owner": None}, {"note": None, "due": None}])
def test_a_change_that_changes_nothing_is_none(values):
    before = passed()
    assert change(before, "floor", ADA, **values) is before


def test_a_waiver_needs_its_reason_and_its_last_day_and_names_who_gave_it():
    waived = change(review(), "floor", ADA, status="waived", reason="the board agreed", until=days(7))
    assert (said(waived).by, said(waived).until) == ("Ada", days(7))
    assert finds(waived, days(7)) == "waived"
    with pytest.raises(ValidationError, match="'reason', since the status is waived"):
        change(review(), "floor", ADA, status="waived", until=days(7))
    with pytest.raises(ValidationError, match="'until', since the status is waived"):
        change(review(), "floor", ADA, status="waived", reason="the board agreed")


def test_a_waiver_that_is_prolonged_names_who_prolonged_it():
    waived = change(review(), "floor", ADA, status="waived", reason="the board agreed", until=days(7))
    longer = change(waived, "floor", BO, until=days(14))
    assert (said(longer).by, said(longer).on, said(longer).until) == ("Bo", days(3), days(14))
    assert said(longer).history[-1].was.until == days(7)


def test_a_waiver_that_ends_takes_its_last_day_and_its_reason_along():
    waived = change(review(), "floor", ADA, status="waived", reason="the board agreed", until=days(7))
    for status in ("pass", "unknown"):
        after = said(change(waived, "floor", BO, status=status))
        assert (after.status, after.until, after.reason) == (status, None, None)
        assert after.history[-1].was == said(waived).state


@pytest.mark.parametrize(
    "before",
    [
        {"status": "fail", "reason": "the floor is missed in the EU"},
        {"status": "waived", "reason": "the board agreed", "by": "Ada", "until": days(7)},
    ],
    ids=["failed", "waived"],
)
def test_not_applicable_needs_a_reason_of_its_own(before):
    """Else the reason why it failed would be the reason why nobody asks any more."""
    with pytest.raises(ValidationError, match="'reason', since the status is na"):
        change(review({"floor": before}), "floor", ADA, status="na")


def test_a_confirmed_pass_counts_from_that_day_and_for_that_version():
    aged = for_version(passed(), "4")
    again = confirm(aged, "floor", BO)
    assert finds(aged) == "stale-version"
    assert (said(again).by, said(again).on, said(again).version) == ("Bo", days(3), "4")
    assert said(again).status == "pass"
    assert said(again).history[-1] == Change(by="Bo", on=days(3), was=said(aged).state)
    assert finds(again, days(33), expires_after_days=30) == "passed"
    assert finds(again, days(34), expires_after_days=30) == "expired"


AGEING = {"expires_after_days": 30}
BOUND = {"metric": "auc", "value": 0.83, "at_least": 0.8}  # without a day and a version: those of the item


@pytest.mark.parametrize(
    "edit",
    [
        lambda made: confirm(made, "floor", ADA),
        lambda made: change(made, "floor", ADA, reason="seen again"),
        lambda made: change(made, "floor", ADA, status="unknown"),
    ],
    ids=["confirm", "a reason", "a status"],
)
def test_saying_something_makes_the_evidence_neither_younger_nor_of_another_version(edit):
    """A measurement is of the day and the version that it was made of, whatever people say afterwards."""
    old = passed(on=days(-40), evidence=[BOUND])
    assert finds(old, **AGEING) == "expired"
    assert finds(edit(old), **AGEING) != "passed"
    other = passed(version="2", evidence=[BOUND])
    assert finds(other) == "stale-version"
    assert finds(edit(other)) != "passed"


# Evidence


def test_evidence_is_added_with_who_added_it_its_day_and_the_version():
    made = add_evidence(passed(), "floor", Evidence(link="https://example.org"), ADA)
    (piece,) = said(made).evidence
    assert (piece.by, piece.on, piece.version) == ("Ada", TODAY, "3")
    assert said(made).on == days(-20)  # nobody has said anew that it passes
    dated = add_evidence(made, "floor", Evidence(note="seen", on=days(-9), version="2"), BO)
    assert [(each.by, each.on, each.version) for each in said(dated).evidence] == [
        ("Ada", TODAY, "3"),
        ("Bo", days(-9), "2"),
    ]


def test_evidence_that_is_taken_away_is_kept_in_the_history():
    pieces = [{"link": f"https://example.org/{n}", "on": days(-n)} for n in range(3)]
    before = passed(evidence=pieces)
    after = remove_evidence(before, "floor", said(before).evidence[1], ADA)
    assert [each.link for each in said(after).evidence] == ["https://example.org/0", "https://example.org/2"]
    assert said(after).history[-1].was == said(before).state


def test_evidence_that_is_not_there_any_more_cannot_be_taken_away():
    with pytest.raises(Refusal, match="not there any more"):
        remove_evidence(passed(evidence=[{"link": "x"}]), "floor", Evidence(link="y"), ADA)


def test_more_evidence_than_a_file_may_hold_is_refused():
    full = passed(evidence=[{"link": f"{n}"} for n in range(200)])
    with pytest.raises(ValueError, match="at most 200"):
        add_evidence(full, "floor", Evidence(link="one more"), ADA)


# Sign-offs and the tier


def test_sign_offs_are_only_ever_added():
    go = SignOff(role="ml-engineer", by="Ada", on=TODAY)
    made = sign_off(sign_off(review(), go), SignOff(role="ml-engineer", by="Bo", on=days(1), decision="no-go"))
    assert [(each.by, each.decision, each.version) for each in made.sign_offs] == [
        ("Ada", "go", "3"),
        ("Bo", "no-go", "3"),
    ]
    assert sign_off(review(), SignOff(role="a", by="Ada", on=TODAY, version="2")).sign_offs[0].version == "2"


def test_the_tier_keeps_what_it_was_and_why():
    made = set_tier(set_tier(review(tier="low"), "high", ADA), "medium", BO, "nobody sees it yet")
    last = set_tier(made, "high", ADA)
    assert (made.tier, made.tier_reason) == ("medium", "nobody sees it yet")
    assert [(each.by, each.on, each.was, each.reason) for each in last.tier_history] == [
        ("Ada", TODAY, "low", None),
        ("Bo", days(3), "high", None),
        ("Ada", TODAY, "medium", "nobody sees it yet"),
    ]
    assert set_tier(made, "medium", ADA, "nobody sees it yet") is made


@pytest.mark.parametrize(
    "edit",
    [
        lambda made: set_tier(made, "Very High!", ADA),
        lambda made: set_tier(made, "high", ADA, "  "),
        lambda made: change(made, "Not an id", ADA, status="pass"),
        lambda made: for_version(made, ""),
        lambda made: sign_off(
            made.model_copy(update={"sign_offs": (SignOff(role="a", by="Ada", on=TODAY),) * 2000}),
            SignOff(role="a", by="Ada", on=TODAY),
        ),
    ],
    ids=["a tier that is no id", "a blank reason", "an item that is no id", "no version", "too many sign-offs"],
)
def test_an_edit_is_refused_or_gives_a_review_that_its_file_can_hold(edit):
    """What a file may not say is better refused while somebody is there than when it is opened again."""
    try:
        made = edit(review(tier="low"))
    except ValueError:
        return
    assert Review.model_validate(plain(made)) == made


# Another version


@given(reviewed())
@settings(max_examples=60)
def test_for_another_version_only_what_carries_over_still_counts(made):
    asked, before = made
    after = for_version(before, "4")
    one, two = (evaluate(asked, each, stage=STAGES[-1], today=TODAY) for each in (before, after))
    for then, now in zip(one.findings, two.findings, strict=True):
        if then.item.carries_over:
            assert ruled(now) == ruled(then)
        else:
            assert now.outcome == "open"
            assert now.reason == "failed" or then.entry.status != "fail"


@given(reviewed())
@settings(max_examples=60)
def test_there_and_back_again_everything_counts_as_before(made):
    asked, before = made
    back = for_version(for_version(before, "4"), before.version)
    one, two = (evaluate(asked, each, stage=STAGES[-1], today=TODAY) for each in (before, back))
    assert [ruled(each) for each in one.findings] == [ruled(each) for each in two.findings]
    assert one.to_dict() == two.to_dict()


def test_for_another_version_nothing_is_lost():
    before = sign_off(
        change(passed(), "floor", ADA, status="fail", reason="it broke"), SignOff(role="a", by="B", on=TODAY)
    )
    after = for_version(before, "4")
    assert after.version == "4"
    assert said(after).history == said(before).history
    assert (said(after).version, after.sign_offs[0].version) == ("3", "3")
    assert for_version(before, "3") is before


def test_what_a_file_said_without_a_version_was_said_of_the_earlier_one():
    before = review(
        {"floor": {"status": "pass", "evidence": [BOUND]}, "ceiling": {"evidence": [BOUND]}},
        sign_offs=[{"role": "ml-engineer", "by": "Ada", "on": TODAY}],
    )
    after = for_version(before, "4")
    assert [said(after).version, said(after).evidence[0].version, after.sign_offs[0].version] == ["3", "3", "3"]
    assert said(after, "ceiling").evidence[0].version == "3"


OLD = {
    "plan": {"status": "pass", "by": "Ada", "on": days(-9), "evidence": [{"link": "x"}], "owner": "Di", "due": days(5)},
    "floor": {"status": "pass", "by": "Ada", "on": days(-9), "evidence": [BOUND], "owner": "Di", "due": days(5)},
    "gone": {"status": "pass"},
}


def begun(asked=None, **changes):
    asked = asked or checklist(item("plan", carries_over=True), item("floor"), version="1.1.0", tiers=TIERS)
    before = review(OLD, tier="high", sign_offs=[{"role": "a", "by": "Ada", "on": TODAY}], **changes)
    return (
        asked,
        change(before, "floor", ADA, note="ask Di"),
        next_review(change(change(before, "floor", ADA, note="ask Di"), "plan", ADA, note="ask Di"), asked, "4"),
    )


def test_the_next_review_keeps_what_carries_over_and_opens_the_rest():
    asked, _, made = begun()
    assert (made.checklist, made.version, made.subject, made.tier) == ("toy@1.1.0", "4", "churn-model", "high")
    assert made.sign_offs == ()
    assert set(made.items) == {"plan", "floor"}
    assert (said(made, "plan").status, said(made, "plan").version) == ("pass", "3")
    assert said(made, "plan").history == ()
    assert (said(made).status, said(made).evidence, said(made).history) == ("unknown", (), ())
    verdict = evaluate(asked, made, stage=STAGES[0], today=TODAY)
    assert [ruled(each) for each in verdict.findings] == ["passed", "missing"]


def test_in_the_next_review_owners_stay():
    _, before, made = begun()
    assert [said(made, name).owner for name in ("plan", "floor")] == ["Di", "Di"]
    assert said(before).due == days(5)
    assert said(made).due is None  # it was due for the version that was shipped


def test_the_next_review_leaves_the_earlier_one_as_it_was():
    _, before, _ = begun()
    written = before.model_dump_json()
    next_review(before, checklist(item("plan"), version="2.0.0"), "4")
    assert before.model_dump_json() == written


@pytest.mark.parametrize(
    "changes", [{"risk": {"people": "yes"}}, {}], ids=["a question that is gone", "a tier that is"]
)
def test_the_next_review_fits_the_checklist_that_it_is_begun_with(changes):
    """A later version of a checklist may ask other questions, or know other tiers."""
    tiers = TIERS if changes else ("minor", "major")
    asked, _, made = begun(checklist(item("plan", carries_over=True), version="2.0.0", tiers=tiers), **changes)
    assert fitting(made, asked) is made


# Any sequence of edits

AUTHORS = st.builds(Author, st.sampled_from(NAMES), st.integers(-5, 5).map(days), st.sampled_from((None, *ROLES)))
NAMED = st.sampled_from(("floor", "plan"))
DUE = st.none() | st.integers(-3, 30).map(days)


@st.composite
def changes(draw):
    """Values for `change`: any that fit each other."""
    values = {}
    if draw(st.booleans()):
        values["status"] = draw(st.sampled_from(("pass", "fail", "na", "waived", "unknown")))
        if values["status"] in {"na", "waived", "fail"}:
            values["reason"] = draw(st.sampled_from(WORDS))
        if values["status"] == "waived":
            values["until"] = draw(st.integers(-3, 30).map(days))
    more = {"owner": st.none() | st.sampled_from(NAMES), "due": DUE, "note": st.none() | st.sampled_from(WORDS)}
    for name in draw(st.lists(st.sampled_from(sorted(more)), unique=True)):
        values[name] = draw(more[name])
    return values


STEPS = st.one_of(
    st.tuples(st.just(change), NAMED, AUTHORS, changes()),
    st.tuples(st.just(confirm), NAMED, AUTHORS, st.just({})),
    st.tuples(st.just(add_evidence), NAMED, AUTHORS, evidences().map(Evidence.model_validate)),
    st.tuples(st.just(remove_evidence), NAMED, AUTHORS, st.integers(0, 3)),
    st.tuples(st.just(put), NAMED, AUTHORS, entries().map(State.model_validate)),
)


def done(made, step):
    edit, name, author, value = step
    if edit is change:
        return change(made, name, author, **value)
    if edit is confirm:
        return confirm(made, name, author)
    if edit is add_evidence:
        return add_evidence(made, name, value, author)
    if edit is remove_evidence:
        pieces = made.entry(name).evidence
        return remove_evidence(made, name, pieces[value], author) if value < len(pieces) else made
    return put(made, name, value, author)


def undone(entry):
    """An entry as it was before its last change, by its history alone."""
    *earlier, last = entry.history
    return Entry.model_validate({**plain_state(last.was), "history": earlier})


def plain_state(state):
    return {name: getattr(state, name) for name in State.model_fields}


@given(st.lists(STEPS, max_size=8))
@settings(max_examples=150)
def test_the_history_read_backwards_gives_every_earlier_state(steps):
    made = review({"floor": {"status": "pass", "by": "Zoë", "on": days(-20)}})
    states = {"floor": [made.entry("floor")], "plan": [made.entry("plan")]}
    for step in steps:
        before, written = made, made.model_dump_json()
        made = done(made, step)
        assert before.model_dump_json() == written, "the input has changed"
        name = step[1]
        if made.entry(name) != states[name][-1]:
            states[name].append(made.entry(name))
            assert (made.entry(name).history[-1].by, made.entry(name).history[-1].on) == (step[2].name, step[2].on)
        assert all(made.entry(other) == states[other][-1] for other in states)
    for name, earlier in states.items():
        entry = made.entry(name)
        for expected in reversed(earlier[:-1]):
            entry = undone(entry)
            assert entry == expected
        assert entry.history == ()
    assert Review.model_validate(plain(made)) == made


@given(st.lists(STEPS, max_size=6), st.lists(st.sampled_from(TIERS), max_size=3))
@settings(max_examples=60)
def test_edits_of_one_part_leave_the_others_alone(steps, tiers):
    signed = sign_off(review(tier="low"), SignOff(role="a", by="Ada", on=TODAY))
    made = signed
    for step in steps:
        made = done(made, step)
    assert (made.sign_offs, made.tier, made.tier_history) == (signed.sign_offs, "low", ())
    retiered = made
    for n, tier in enumerate(tiers):
        retiered = set_tier(retiered, tier, ADA, WORDS[n])
    assert retiered.items == made.items
    assert [each.was for each in retiered.tier_history] == ["low", *tiers][: len(retiered.tier_history)]


@given(st.lists(STEPS, min_size=1, max_size=6))
@settings(max_examples=100)
def test_nobody_s_name_comes_off_what_they_said(steps):
    """A status stands with the name of whoever said it: `put` aside, only saying something anew changes that name."""
    made = passed()
    for step in steps:
        if step[0] is put:
            continue
        before = made.entry(step[1])
        made = done(made, step)
        after = made.entry(step[1])
        said_anew = step[0] is confirm or any(
            getattr(after, name) != getattr(before, name) for name in ("status", "reason", "until")
        )
        expected = (step[2].name, step[2].on, "3") if said_anew else (before.by, before.on, before.version)
        assert (after.by, after.on, after.version) == expected


def test_a_day_is_a_day_in_the_history():
    made = change(passed(), "floor", Author("Ada", TODAY + timedelta(days=1)), status="fail")
    assert without_none(plain(made)["items"]["floor"]["history"][0])["on"] == "2026-11-25"
