"""A review as it was on a day, and how far its stages were: what was recorded later is not there yet."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Checklist, Evidence, Review, SignOff, evaluate
from mlmgmt_widgets.readiness import progress as progress_module
from mlmgmt_widgets.readiness.edits import Author, add_evidence, change, confirm, set_tier, sign_off
from mlmgmt_widgets.readiness.judging import judge
from mlmgmt_widgets.readiness.progress import Progress, Tally, by_stage, progress, review_at

FIRST = date(2026, 11, 2)
STAGES = ("shadow", "live")


def on(day: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=day)


def ann(day: int) -> Author:
    return Author("Ann", on(day), "owner")


def checklist(*items: dict[str, Any], **values: Any) -> Checklist:
    given = [{"stage": "live", "question": "?"} | item for item in items]
    return Checklist(id="toy", version="1", title="Toy", stages=STAGES, items=given, **values)


def review(**items: dict[str, Any]) -> Review:
    return Review(checklist="toy@1", subject="churn", version="3", items=items)


TOY = checklist(
    {"id": "a", "stage": "shadow", "expires_after_days": 5},
    {"id": "b", "severity": "advisory"},
    {"id": "c", "rule": {"metric": "auc", "at_least": 0.8}, "expires_after_days": 3},
    {"id": "d", "rule": {"sign_off": "owner"}, "expires_after_days": 4},
    {"id": "e", "stage": "shadow", "tiers": ["high"], "expires_after_days": 2},
    tiers=["low", "high"],
)

# -- the review as it was ------------------------------------------------------------------------------------------

_STATUSES = st.sampled_from(["pass", "fail", "na", "waived", "unknown"])
_STEPS = st.tuples(
    st.integers(0, 4),  # days since the step before
    st.sampled_from(["change", "change", "confirm", "evidence", "sign", "tier"]),
    st.sampled_from(["a", "b", "c", "e"]),
    _STATUSES,
    st.integers(0, 9),
)
_REVIEWS = st.lists(_STEPS, min_size=1, max_size=14)


def taken(then: Review, step: Any, day: int) -> Review:
    """The review after a step."""
    _, kind, item, status, number = step
    author = ann(day)
    if kind == "change":
        values = {"reason": "r", "until": on(day + number)} if status == "waived" else {}
        return change(then, item, author, status=status, **({"reason": "r"} if status == "na" else values))
    if kind == "confirm":
        return confirm(then, item, author)
    if kind == "evidence":
        return add_evidence(then, item, Evidence(metric="auc", value=0.6 + number / 20), author)
    if kind == "sign":
        decision = "go" if number % 3 else "no-go"
        return sign_off(then, SignOff(role="owner", by="Ann", on=author.on, decision=decision))
    return set_tier(then, "high" if number % 2 else "low", author, "because")


def grown(steps: list[Any]) -> tuple[Review, dict[date, Review], date]:
    """A review after all steps, the review at the end of each day, and the last of these."""
    now, day, ends = set_tier(review(), "low", ann(0)), 0, {}
    for step in steps:
        for quiet in range(day, day + step[0] + 1):
            ends[on(quiet)] = now
        day += step[0]
        now = taken(now, step, day)
        ends[on(day)] = now
    return now, ends, on(day)


@given(_REVIEWS)
def test_every_day_gives_what_was_there_then(steps: list[Any]) -> None:
    now, ends, _ = grown(steps)
    for day, then in ends.items():
        assert review_at(now, day) == then
    assert review_at(now, on(10_000)) == now


def test_before_the_first_change_nothing_was_said_and_no_tier_was_chosen() -> None:
    now = set_tier(change(review(), "a", ann(3), status="pass"), "high", ann(4))
    assert review_at(now, on(2)) == review()
    assert review_at(now, on(3)).tier is None
    assert review_at(now, on(3)).entry("a").status == "pass"


def test_what_was_written_by_hand_was_there_from_its_own_day_on() -> None:
    link = {"link": "https://example.org", "on": "2026-11-05"}
    by_hand = review(
        a={"status": "pass", "on": "2026-11-04"},
        b={"status": "fail"},
        c={"status": "pass", "evidence": [link]},
    )

    def known(day: int) -> str:
        return "".join(review_at(by_hand, on(day)).items)

    assert [known(day) for day in range(4)] == ["b", "b", "ab", "abc"]


def test_what_was_written_by_hand_and_changed_later_was_not_there_before_its_day_either() -> None:
    now = change(review(a={"status": "pass", "on": "2026-11-04"}), "a", ann(9), status="fail", reason="r")
    assert [review_at(now, on(day)).entry("a").status for day in (1, 2, 8, 9)] == ["unknown", "pass", "pass", "fail"]


def test_a_change_that_was_dated_back_is_taken_back_with_the_one_before_it() -> None:
    now = change(change(review(), "a", ann(5), status="pass"), "a", ann(2), status="fail", reason="r")
    assert review_at(now, on(3)).entry("a").status == "unknown"
    assert review_at(now, on(5)) == now


def test_sign_offs_are_there_from_their_day_on() -> None:
    now = sign_off(review(), SignOff(role="owner", by="Ann", on=on(2)))
    assert [len(review_at(now, on(day)).sign_offs) for day in (1, 2)] == [0, 1]


# -- over time -----------------------------------------------------------------------------------------------------


def agrees(toy: Checklist, now: Review, found: Progress, day: date) -> None:
    """The progress of a day is what the verdict was on it."""
    standing = [each for each in found.standings if each.day <= day][-1]
    for stage, at in zip(STAGES, standing.stages, strict=True):
        verdict = evaluate(toy, review_at(now, day), stage=stage, today=day)
        assert at.ready == verdict.ready
        assert (at.whole.applicable, at.whole.passed) == (verdict.applicable, verdict.passed)
        assert (at.whole.waived, at.whole.blocking) == (len(verdict.waived), len(verdict.blockers))


@given(_REVIEWS, st.integers(0, 12))
def test_on_every_day_the_progress_is_what_the_verdict_was(steps: list[Any], later: int) -> None:
    """Every day is judged as a whole here, also the days on which `progress` looks at nothing."""
    now, _, last = grown(steps)
    today = last + timedelta(days=later)
    found = progress(TOY, now, today=today)
    for number in range((today - FIRST).days + 1):
        agrees(TOY, now, found, on(number))
    assert found.standings[-1].day == today
    assert [each.day for each in found.standings] == sorted({each.day for each in found.standings})


_SIGNED = st.builds(
    SignOff,
    role=st.sampled_from(["owner", "risk"]),
    by=st.just("Ann"),
    on=st.integers(0, 12).map(on),
    version=st.sampled_from([None, "2", "3"]),
    stage=st.sampled_from([None, *STAGES]),
    decision=st.sampled_from(["go", "no-go"]),
)


@given(st.lists(_SIGNED, min_size=1, max_size=9))
def test_sign_offs_for_other_stages_and_versions_and_out_of_order_count_as_in_the_verdict(given: list[SignOff]) -> None:
    rules = [{"sign_off": "owner"}, {"sign_off": "owner"}, {"sign_off": "risk"}]
    toy = checklist(*({"id": f"i{n}", "stage": STAGES[n % 2], "rule": rule} for n, rule in enumerate(rules)))
    now = review().model_copy(update={"sign_offs": tuple(given)})
    found = progress(toy, now, today=on(14))
    for number in range((found.standings[0].day - FIRST).days, 15):
        agrees(toy, now, found, on(number))


class CountedDay(date):
    """A day that counts how often it is compared with another."""

    compared = 0

    def _counted(name: str) -> Any:  # noqa: N805 - it makes the methods below
        def compare(self: date, other: object) -> Any:
            CountedDay.compared += 1
            return getattr(date, name)(self, other)

        return compare

    __lt__, __le__, __gt__, __ge__ = map(_counted, ("__lt__", "__le__", "__gt__", "__ge__"))


def changed_daily(days: int) -> Review:
    """Two items in turn, a change a day, and every day another sign-off and another tier."""
    now = review()
    for day in range(days):
        author = Author("Ann", CountedDay.fromordinal(on(day).toordinal()), "owner")
        now = change(now, "ab"[day % 2], author, status=("pass", "fail")[day // 2 % 2], reason="r")
        now = sign_off(now, SignOff(role="owner", by="Ann", on=author.on, version="3"))
        now = set_tier(now, ("low", "high")[day % 2], author, "because")
    return now


def test_twice_the_changes_take_twice_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = [0]

    def counted(*given: Any) -> Any:
        judged[0] += 1
        return judge(*given)

    monkeypatch.setattr(progress_module, "judge", counted)

    def work(days: int) -> tuple[int, int]:
        now = changed_daily(days)
        CountedDay.compared, judged[0] = 0, 0
        assert len(progress(TOY, now, today=on(days)).standings) == days + 1
        return judged[0], CountedDay.compared

    few, many = work(100), work(400)
    # A queue of days takes some more comparisons the longer it is; looking through all of them would take 16 times.
    assert many[0] < 4.5 * few[0]
    assert few[1] < many[1] < 6 * few[1]


@pytest.mark.parametrize("today", [date.min, date.max])
def test_on_the_first_and_the_last_day_of_the_calendar_it_stands_as_in_the_verdict(today: date) -> None:
    toy = checklist({"id": "a", "expires_after_days": 5}, {"id": "b"})
    waiver = {"status": "waived", "reason": "r", "by": "Ann", "until": date.max}
    now = review(a={"status": "pass", "on": today}, b=waiver)
    assert evaluate(toy, now, stage="live", today=today).ready
    assert progress(toy, now, today=today).turns("live") == ((today, True),)


def test_evidence_that_grows_too_old_is_a_step_down_that_nobody_made() -> None:
    toy = checklist({"id": "a", "expires_after_days": 5})
    found = progress(toy, change(review(), "a", ann(0), status="pass"), today=on(20))
    assert [(day, at.whole.passed) for day, at in found.of("live")] == [(on(0), 1), (on(6), 0), (on(20), 0)]
    assert found.turns("live") == ((on(0), True), (on(6), False))


def test_a_waiver_that_ends_is_a_step_as_well() -> None:
    toy = checklist({"id": "a"})
    now = change(review(), "a", ann(0), status="waived", reason="r", until=on(3))
    assert progress(toy, now, today=on(9)).turns("live") == ((on(0), True), (on(4), False))
    assert progress(toy, now, today=on(3)).turns("live") == ((on(0), True),)


def test_a_day_on_which_nothing_changes_is_left_out() -> None:
    toy = checklist({"id": "a"}, {"id": "b"})
    now = change(change(review(), "a", ann(0), status="pass"), "b", ann(2), owner="Ben")
    assert [each.day for each in progress(toy, now, today=on(5)).standings] == [on(0), on(5)]


def test_a_review_of_which_nothing_is_said_has_today_alone() -> None:
    found = progress(checklist({"id": "a"}), review(), today=on(0))
    assert [(each.day, each.stages[1].ready) for each in found.standings] == [(on(0), False)]
    assert found.turns("shadow") == ((on(0), True),)


def test_what_is_dated_tomorrow_counts_today_as_in_the_verdict() -> None:
    toy = checklist({"id": "a"})
    now = change(review(), "a", ann(1), status="pass")
    assert evaluate(toy, now, stage="live", today=on(0)).ready
    assert progress(toy, now, today=on(0)).standings[-1].stages[1].ready


def test_only_the_days_asked_for_are_looked_at() -> None:
    toy = checklist({"id": "a", "expires_after_days": 5})
    now = change(review(), "a", ann(0), status="pass")
    found = progress(toy, now, today=on(20), days=[on(7), on(2), on(3), on(30)])
    assert [(day, at.whole.passed) for day, at in found.of("live")] == [(on(2), 1), (on(3), 1), (on(7), 0)]


def test_the_tier_is_that_of_the_day_and_before_any_the_first_that_was_chosen() -> None:
    now = change(review(), "e", ann(0), status="pass")
    now = set_tier(set_tier(now, "high", ann(2)), "low", ann(4))
    found = progress(TOY, now, today=on(5))
    assert [(each.day, each.tier) for each in found.standings if each.day != on(3)] == [
        (on(0), "high"),
        (on(4), "low"),
        (on(5), "low"),
    ]
    assert {each.tier for each in progress(TOY, now, tier="high", today=on(5)).standings} == {"high"}


def test_what_the_verdict_refuses_is_refused() -> None:
    with pytest.raises(ContentError, match="tier"):
        progress(TOY, review(), today=on(0))
    with pytest.raises(ContentError, match="items"):
        progress(checklist({"id": "a"}), review(z={"status": "pass"}), today=on(0))


# -- by stage ------------------------------------------------------------------------------------------------------


def test_a_stage_counts_its_own_items_and_with_them_those_before_it() -> None:
    toy = checklist({"id": "a", "stage": "shadow"}, {"id": "b"}, {"id": "c"}, {"id": "d", "severity": "advisory"})
    said = review(
        a={"status": "waived", "reason": "r", "by": "Ann", "until": "2026-12-01"},
        b={"status": "pass"},
        c={"status": "na", "reason": "r"},
    )
    shadow, live = by_stage(evaluate(toy, said, stage="live", today=on(0)), toy)
    assert (shadow.own, shadow.whole) == (Tally(1, waived=1), Tally(1, waived=1))
    assert live.own == Tally(3, passed=1, na=1, open=1)
    assert live.whole == Tally(4, passed=1, waived=1, na=1, open=1)
    assert (live.whole.applicable, live.whole.share) == (3, pytest.approx(1 / 3))
    assert shadow.ready
    assert live.ready


def test_a_blocker_of_an_earlier_stage_keeps_the_later_ones_from_being_ready() -> None:
    toy = checklist({"id": "a", "stage": "shadow"}, {"id": "b"})
    shadow, live = by_stage(evaluate(toy, review(b={"status": "pass"}), stage="live", today=on(0)), toy)
    assert (live.own.blocking, live.whole.blocking, live.ready, shadow.ready) == (0, 1, False, False)


def test_of_an_earlier_verdict_there_are_the_stages_up_to_it() -> None:
    toy = checklist({"id": "a", "stage": "shadow"}, {"id": "b"})
    assert [each.stage for each in by_stage(evaluate(toy, review(), stage="shadow"), toy)] == ["shadow"]


def test_where_nothing_applies_there_is_no_share() -> None:
    toy = checklist({"id": "a"})
    said = review(a={"status": "na", "reason": "r"})
    assert by_stage(evaluate(toy, said, stage="live"), toy)[1].whole.share is None
