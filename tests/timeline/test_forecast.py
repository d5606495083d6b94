"""What a forecast says: shares, weeks, dates, JSON, rows, sentences."""

import json
import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.timeline.shapes import FEW, SERIAL_WITH_RESEARCH, plan, plans, serial

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan, simulate, wording

ANY = settings(max_examples=40)
RESEARCH = SERIAL_WITH_RESEARCH["research"]
NEVER = {"timebox_weeks": 1, "success": 0, "max_experiments": 3}


def usual(**changes):
    return plan(*SERIAL_WITH_RESEARCH["tasks"], **{"research": RESEARCH, **changes})


# Quantiles, dates and probabilities


def test_quantiles_are_hazen_s_of_the_delivered_trials():
    forecast = simulate(usual(), draws=1000)
    weeks = forecast.trials.weeks[forecast.trials.delivered]
    shares = [0.0004, 0.1, 0.5, 0.8, 0.95, 0.9999]
    assert forecast.quantiles(shares) == pytest.approx(np.quantile(weeks, shares, method="hazen"))
    assert [forecast.quantile(share) for share in shares] == list(forecast.quantiles(shares))
    assert (forecast.mean, forecast.sd) == (pytest.approx(weeks.mean()), pytest.approx(weeks.std()))


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.1, math.nan, 80])
def test_a_quantile_that_is_no_share_is_refused(share):
    with pytest.raises(Refusal, match=r"between 0 and 1, such as 0\.8 for P80"):
        simulate(serial(2), draws=FEW).quantile(share)


@given(plans(), st.lists(st.floats(0.001, 0.999), min_size=2, max_size=8))
@ANY
def test_a_larger_share_is_never_earlier(data, shares):
    forecast = simulate(Plan.model_validate(data), draws=FEW)
    if forecast.delivers:
        found = forecast.quantiles(sorted(shares))
        assert np.all(np.diff(found) >= 0)
        assert np.all(np.diff([forecast.date(share).toordinal() for share in sorted(shares)]) >= 0)


@given(plans(), st.lists(st.integers(-50, 4000), min_size=2, max_size=20))
@ANY
def test_a_later_day_is_never_less_likely_and_no_go_is_never_a_date(data, days):
    forecast = simulate(Plan.model_validate(data), draws=FEW)
    start = date(2027, 1, 4)
    found = [forecast.probability_by(start + timedelta(days=day)) for day in sorted(days)]
    assert found == sorted(found)
    assert all(0 <= chance <= forecast.success_probability for chance in found)
    assert forecast.probability_by(start - timedelta(days=1)) == 0
    assert forecast.probability_by(date(9999, 12, 31)) == forecast.success_probability


@given(plans())
@ANY
def test_every_share_is_one(data):
    forecast = simulate(Plan.model_validate(data), draws=FEW)
    shares = [forecast.success_probability, *forecast.criticality.values(), *forecast.experiments().values()]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(forecast.experiments().values()) == pytest.approx(1 if forecast.plan.research else 0)
    if forecast.delivers:
        assert max(forecast.criticality.values()) > 0
    else:
        assert set(forecast.criticality.values()) <= {0}
    for driver in forecast.drivers:
        assert 0 <= driver.share <= 1


def test_a_no_go_is_never_a_late_date():
    # Half of the trials fail after 40 weeks; those that succeed do so after 20 or 40.
    research = {"timebox_weeks": 20, "success": 0.3, "max_experiments": 2, "parallel": 1}
    forecast = simulate(serial(1, research=research))
    assert forecast.success_probability == pytest.approx(0.51, abs=1e-4)
    assert forecast.mean == pytest.approx((0.3 * 21 + 0.21 * 41) / 0.51, abs=2e-3)  # of the delivered alone
    assert forecast.quantile(0.5) == 21
    assert forecast.quantile(0.95) == 41
    assert forecast.probability_by(forecast.date(0.999)) == forecast.success_probability
    rows = forecast.to_frame()
    assert rows.loc[~rows.delivered, ["weeks", "date"]].isna().all(axis=None)
    assert rows.loc[rows.delivered, ["weeks", "date"]].notna().all(axis=None)


@pytest.mark.parametrize(("method", "argument"), [("quantile", 0.5), ("date", 0.5), ("quantiles", [0.1])])
def test_where_nothing_is_delivered_there_is_no_date(method, argument):
    forecast = simulate(plan(research=NEVER), draws=FEW)
    assert not forecast.delivers
    assert math.isnan(forecast.mean)
    assert math.isnan(forecast.sd)
    with pytest.raises(Refusal, match="No trial of this plan ends in delivery"):
        getattr(forecast, method)(argument)


def test_the_chance_of_the_deadline_counts_no_go_as_late():
    research = {"timebox_weeks": 4, "success": 0.5, "max_experiments": 2, "parallel": 1}
    by_then = simulate(serial(1, research=research, deadline="2027-02-05"))  # five weeks: the first one succeeded
    assert by_then.on_time == pytest.approx(0.5, abs=1e-4)
    assert simulate(serial(1, research=research, deadline="2027-02-04")).on_time == 0
    assert simulate(serial(1, research=research, deadline="2030-01-04")).on_time == pytest.approx(0.75, abs=1e-4)
    assert simulate(serial(1)).on_time is None


@pytest.mark.parametrize(
    ("weeks", "day"), [(0, "2027-01-04"), (0.2, "2027-01-04"), (1, "2027-01-08"), (6.1, "2027-02-15")]
)
def test_a_fixed_plan_is_delivered_on_its_day_and_not_before(weeks, day):
    forecast = simulate(serial(weeks), draws=FEW)
    due = date.fromisoformat(day)
    assert {forecast.date(share) for share in (0.01, 0.5, 0.99)} == {due}
    assert forecast.probability_by(due) == 1
    assert forecast.probability_by(due - timedelta(days=1)) == 0


# Criticality and the schedule


def test_criticality_is_how_often_a_task_is_the_longest():
    # Two alike side by side: each in half of the trials; what both wait for or lead to, always.
    weeks = {"low": 1, "likely": 3, "high": 8}
    made = plan(
        {"id": "first", "weeks": weeks},
        {"id": "a", "weeks": weeks, "after": ["first"]},
        {"id": "b", "weeks": weeks, "after": ["first"]},
        {"id": "last", "weeks": weeks, "after": ["a", "b"]},
        {"id": "never", "weeks": 0.5},
    )
    found = simulate(made).criticality
    assert (found["first"], found["last"], found["never"]) == (1, 1, 0)
    assert found["a"] == pytest.approx(0.5, abs=0.01)
    assert found["a"] + found["b"] == pytest.approx(1, abs=1e-3)


def test_criticality_counts_delivered_trials_alone():
    # Success at once is faster than the task beside it, success later is slower, and what fails is not counted.
    research = {"timebox_weeks": 4, "success": 0.5, "max_experiments": 2, "parallel": 1}
    found = simulate(plan({"id": "beside", "weeks": 6}, research=research)).criticality
    assert found["research"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["beside"] == pytest.approx(2 / 3, abs=1e-3)


def test_the_schedule_shows_when_everything_begins_and_ends():
    made = plan(
        {"id": "rollout", "title": "The rollout", "weeks": 2, "after": ["build"]},
        {"id": "build", "weeks": {"low": 2, "likely": 4, "high": 10}, "after": ["research"]},
        research={"timebox_weeks": 3, "success": 1, "max_experiments": 2},
    )
    bars = simulate(made).schedule()
    assert [(bar.id, bar.title, bar.after) for bar in bars] == [
        ("research", "Research", ()),
        ("build", "Build", ("research",)),
        ("rollout", "The rollout", ("build",)),
    ]
    research, build, rollout = bars
    assert (research.starts, research.ends) == ((0, 0, 0), (3, 3, 3))
    assert build.starts == (3, 3, 3)
    assert build.ends == pytest.approx((3 + 2.89788, 3 + 4.51048, 3 + 6.67112), abs=1e-3)
    assert rollout.starts == build.ends
    assert rollout.ends == pytest.approx([end + 2 for end in build.ends])


# JSON and rows


def test_the_contract_s_json():
    made = usual(title="New ranking model", deadline="2027-06-30")
    found = simulate(made, draws=1024, seed=3).to_dict()
    assert list(found) == [
        "plan",
        "draws",
        "seed",
        "success_probability",
        "weeks",
        "dates",
        "on_time",
        "criticality",
        "drivers",
        "error_p80",
    ]
    assert (found["plan"], found["draws"], found["seed"]) == ("New ranking model", 1024, 3)
    assert list(found["weeks"]) == ["mean", "sd", "p10", "p50", "p80", "p90", "p95"]
    assert list(found["dates"]) == ["p50", "p80", "p95"]
    assert list(found["criticality"]) == ["pipeline", "serving", "monitoring", "rollout"]
    assert all(list(driver) == ["id", "share"] for driver in found["drivers"])
    assert found["dates"]["p80"] == simulate(made, draws=1024, seed=3).date(0.8).isoformat()
    json.dumps(found, allow_nan=False)


def test_where_nothing_is_delivered_the_json_has_no_numbers():
    found = simulate(plan(research=NEVER, deadline="2027-06-30"), draws=FEW).to_dict()
    assert set(found["weeks"].values()) == set(found["dates"].values()) == {found["error_p80"]} == {None}
    assert (found["success_probability"], found["on_time"]) == (0, 0)
    json.dumps(found, allow_nan=False)


def test_the_json_has_no_nan_where_hardly_anything_is_delivered():
    # One trial in 16,384 delivers: of 1,024 trials one or none, whatever the seed, and in its replicates too.
    made = plan(research={"timebox_weeks": 2, "success": 0.00006, "max_experiments": 1})
    forecasts = [simulate(made, draws=1024, seed=seed) for seed in range(60)]
    assert {forecast.delivers for forecast in forecasts} == {True, False}
    for forecast in forecasts:
        json.dumps(forecast.to_dict(), allow_nan=False)


@given(plans())
@ANY
def test_the_json_of_any_plan_is_json(data):
    json.dumps(simulate(Plan.model_validate(data), draws=FEW).to_dict(), allow_nan=False)


def test_rows_say_what_happened_in_every_trial():
    forecast = simulate(usual(), draws=FEW)
    rows = forecast.to_frame()
    assert list(rows.columns) == [
        "trial",
        "delivered",
        "weeks",
        "date",
        "experiments",
        *(f"{name} ended" for name in ("research", "pipeline", "serving", "monitoring", "rollout")),
    ]
    assert len(rows) == FEW
    assert rows.delivered.mean() == forecast.success_probability
    delivered = rows[rows.delivered]
    assert np.array_equal(delivered.weeks, delivered["rollout ended"])
    first = delivered.iloc[0]
    assert first.date == pd.Timestamp(forecast.plan.workdays.day(first.weeks))
    assert "experiments" not in simulate(serial(2), draws=FEW).to_frame()


# Words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.784, "78 %"),
        (0.95, "95 %"),
        (0.9501, "more than 95 %"),
        (1.0, "more than 95 %"),
        (0.05, "5 %"),
        (0.0499, "less than 5 %"),
        (0.0, "less than 5 %"),
    ],
)
def test_a_chance_is_never_said_to_be_closer_to_certain_than_a_model_can_know(share, words):
    assert wording.percent(share) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "1 week"), (0.96, "1 week"), (2, "2 weeks"), (2.13, "2.1 weeks"), (0, "0 weeks"), (10, "10 weeks")],
)
def test_a_length_in_words(value, words):
    assert wording.weeks(value) == words


def test_the_answer_in_a_sentence():
    research = {"timebox_weeks": 2, "success": 0.5, "max_experiments": 1, "parallel": 1}
    assert wording.answer(simulate(serial(2, research=research))) == (
        "50 % likely to deliver at all; if so, half the time by 29 January 2027, eight in ten by 29 January 2027."
    )
    certain = simulate(serial(2, research={**research, "success": 1}))
    assert wording.answer(certain).startswith("More than 95 % likely to deliver at all; if so, half the time by ")
    assert wording.answer(simulate(serial(2))) == (
        "Delivered half the time by 15 January 2027, eight in ten by 15 January 2027."
    )
    assert wording.answer(simulate(plan(research=NEVER))).startswith("No simulated future delivers at all")


def test_the_chance_of_the_deadline_in_a_sentence():
    assert wording.deadline(simulate(serial(2))) == ""
    assert wording.deadline(simulate(serial(2, deadline="2027-01-15"))) == (
        "The chance to make the deadline of 15 January 2027 is more than 95 %."
    )
    research = {"timebox_weeks": 2, "success": 0.5, "max_experiments": 1, "parallel": 1}
    assert wording.deadline(simulate(serial(2, research=research, deadline="2027-01-29"))) == (
        "The chance to make the deadline of 29 January 2027 is 50 %, not delivering at all included."
    )
