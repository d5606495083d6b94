"""Weeks of work as days, counted a second time one day after the other, and against published holidays."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.timeline.shapes import numbers, plan, serial

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import simulate
from mlmgmt_widgets.timeline.workdays import Workdays, holiday_names, mondays, number_of_days

MONDAY = date(2027, 1, 4)
ONE = timedelta(days=1)


# One day after the other


def is_free(day, free):
    return day.weekday() >= 5 or day in free


def on_working_day(number, start, free):
    """The date of the first, second ... working day from a start on, by walking there."""
    day = start
    while True:
        if not is_free(day, free):
            number -= 1
            if number < 1:
                return day
        day += ONE


def count_until(start, last, free):
    return sum(not is_free(start + i * ONE, free) for i in range((last - start).days + 1))


STARTS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
OFF = st.lists(st.integers(0, 120), max_size=25)
HUNDREDTHS = st.integers(0, 2500)  # of a week: exact as integers


@given(STARTS, OFF, HUNDREDTHS)
def test_work_ends_on_the_day_that_counting_finds(start, off, hundredths):
    free = {start + i * ONE for i in off}
    days = -(-5 * hundredths // 100)
    found = Workdays(start, days_off=sorted(free)).day(hundredths / 100)
    assert found == on_working_day(days, start, free)


@given(STARTS, OFF, HUNDREDTHS)
def test_work_after_other_work_begins_on_the_day_that_counting_finds(start, off, hundredths):
    free = {start + i * ONE for i in off}
    found = Workdays(start, days_off=sorted(free)).starts(hundredths / 100)
    assert found.astype(object) == on_working_day(5 * hundredths // 100 + 1, start, free)


@given(STARTS, OFF, st.integers(-30, 300))
def test_working_days_until_a_day_are_those_that_counting_finds(start, off, later):
    free = {start + i * ONE for i in off}
    day = start + later * ONE
    assert Workdays(start, days_off=sorted(free)).working_days_until(day) == count_until(start, day, free)


@given(STARTS, OFF, st.integers(0, 150))
def test_the_next_and_the_last_working_day(start, off, later):
    free = {start + i * ONE for i in off}
    calendar, day = Workdays(start, days_off=sorted(free)), start + later * ONE
    after = next(day + i * ONE for i in range(60) if not is_free(day + i * ONE, free))
    before = next(day - i * ONE for i in range(200) if not is_free(day - i * ONE, free))
    assert calendar.next_working_day(day) == after
    assert calendar.last_working_day(day) == before
    assert calendar.is_working_day(day) == (after == day) == (calendar.why_free(day) is None)


@given(STARTS, OFF)
def test_free_days_are_those_that_fall_on_no_weekend(start, off):
    free = {start + i * ONE for i in off}
    first, last = start + 10 * ONE, start + 90 * ONE
    found = Workdays(start, days_off=sorted(free)).free_days(first, last)
    assert list(found) == sorted(day for day in free if first <= day <= last and day.weekday() < 5)


@given(STARTS, st.integers(0, 100))
def test_mondays_between_two_days(first, later):
    last = first + later * ONE
    assert mondays(first, last) == [day for i in range(later + 1) if (day := first + i * ONE).weekday() == 0]


# Known days


@pytest.mark.parametrize(
    ("weeks", "end"),
    [
        (0, "2027-01-04"),
        (0.01, "2027-01-04"),
        (0.2, "2027-01-04"),
        (0.21, "2027-01-05"),
        (0.8, "2027-01-07"),
        (1, "2027-01-08"),  # one week from Monday ends on Friday
        (1.0000001, "2027-01-11"),
        (2, "2027-01-15"),
        (52, "2027-12-31"),
    ],
)
def test_days_of_a_calendar_without_holidays(weeks, end):
    assert Workdays(MONDAY).day(weeks).isoformat() == end


@pytest.mark.parametrize(
    ("weeks", "days"),
    [
        (0.1 + 0.2, 2),
        (0.3, 2),
        (1.1 + 2.2, 17),
        (0.7 + 0.1, 4),
        (3 * 0.2, 3),
        (0.6, 3),
        (4.35 * 4, 87),
        (1e-12, 0),
        (0.2 + 1e-6, 2),
    ],
)
def test_the_last_bit_of_a_number_costs_no_day(weeks, days):
    assert number_of_days(weeks) == days


def test_the_last_bit_of_a_number_begins_no_day_earlier():
    assert 5 * (0.1 + 0.7) < 4
    assert str(Workdays(MONDAY).starts(0.1 + 0.7)) == str(Workdays(MONDAY).starts(0.8)) == "2027-01-08"


@given(st.integers(0, 400))
def test_a_sum_of_tenths_is_as_long_as_the_number(tenths):
    weeks = 0.0
    for _ in range(tenths):
        weeks += 0.1
    assert number_of_days(weeks) == math.ceil(tenths / 2) == number_of_days(tenths / 10)


def test_many_weeks_at_once_keep_their_shape_and_what_is_missing():
    found = Workdays(MONDAY).ends([[1, math.nan], [2, 0.2]])
    assert found.dtype == np.dtype("datetime64[D]")
    assert [str(day) for day in found.ravel()] == ["2027-01-08", "NaT", "2027-01-15", "2027-01-04"]


@pytest.mark.parametrize("start", ["2027-01-02", "2027-01-03", "2027-01-04"])
def test_work_that_would_start_on_a_weekend_starts_on_monday(start):
    calendar = Workdays(date.fromisoformat(start))
    assert calendar.day(1) == date(2027, 1, 8)
    assert calendar.working_days_until(date(2027, 1, 8)) == 5


# Published holidays of 2027: gov.uk/bank-holidays; Bundesland laws; US Office of Personnel Management.
UNITED_KINGDOM = ["01-01", "03-26", "05-03", "05-31", "12-27", "12-28"]


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("GB", UNITED_KINGDOM),
        ("GB-ENG", [*UNITED_KINGDOM, "03-29", "08-30"]),
        ("GB-WLS", [*UNITED_KINGDOM, "03-29", "08-30"]),
        ("GB-SCT", [*UNITED_KINGDOM, "01-04", "08-02", "11-30"]),
        ("GB-NIR", [*UNITED_KINGDOM, "03-17", "03-29", "07-12", "08-30"]),
        ("DE", ["01-01", "03-26", "03-29", "05-06", "05-17"]),
        ("DE-BY", ["01-01", "01-06", "03-26", "03-29", "05-06", "05-17", "05-27", "11-01"]),
        ("DE-BE", ["01-01", "03-08", "03-26", "03-29", "05-06", "05-17"]),
        (
            "US",
            [
                "01-01",
                "01-18",
                "02-15",
                "05-31",
                "06-18",
                "07-05",
                "09-06",
                "10-11",
                "11-11",
                "11-25",
                "12-24",
                "12-31",
            ],
        ),
    ],
)
def test_the_weekdays_of_2027_on_which_nobody_works(country, days):
    calendar = Workdays(date(2027, 1, 1), country)
    found = [day.strftime("%m-%d") for day in calendar.free_days(date(2027, 1, 1), date(2027, 12, 31))]
    assert found == sorted(days)


def test_easter_differs_within_the_united_kingdom():
    # Good Friday is 26 March 2027 everywhere; the Monday after it is a working day in Scotland.
    friday_before = date(2027, 3, 22)
    assert [str(Workdays(friday_before, country).day(1.2)) for country in ("GB-ENG", "GB-SCT", "DE", "US")] == [
        "2027-03-31",
        "2027-03-30",
        "2027-03-31",
        "2027-03-29",
    ]


def test_a_holiday_says_its_name_and_a_weekend_its_day():
    calendar = Workdays(MONDAY, "GB-ENG", [date(2027, 2, 12)])
    assert calendar.why_free(date(2027, 3, 26)) == "Good Friday"
    assert calendar.why_free(date(2027, 2, 12)) == "day off"
    assert calendar.why_free(date(2027, 2, 13)) == "Saturday"
    assert calendar.why_free(date(2027, 2, 15)) is None
    assert calendar.free_days(date(2027, 2, 1), date(2027, 3, 27)) == {
        date(2027, 2, 12): "day off",
        date(2027, 3, 26): "Good Friday",
    }


def test_holidays_and_days_off_move_dates_and_not_durations():
    weeks = {"low": 10, "likely": 11, "high": 14}
    plain = simulate(serial(weeks))
    british = simulate(serial(weeks, team={"holidays": "GB-ENG", "days_off": ["2027-02-12"]}))
    assert british.quantile(0.5) == plain.quantile(0.5)
    calendar = british.plan.workdays
    free = calendar.free_days(MONDAY, british.date(0.5))
    assert list(free) == [date(2027, 2, 12), date(2027, 3, 26)][: len(free)]
    assert len(free) >= 1
    assert calendar.working_days_until(british.date(0.5)) == number_of_days(plain.quantile(0.5))


def test_a_plan_that_starts_on_a_holiday_starts_on_the_next_working_day():
    made = serial(1, start="2027-01-01", team={"holidays": "GB-ENG"})
    forecast = simulate(made, draws=256)
    assert forecast.date(0.5) == date(2027, 1, 8)
    assert forecast.probability_by(date(2027, 1, 7)) == 0
    assert forecast.probability_by(date(2027, 1, 8)) == 1


@pytest.mark.parametrize(
    ("deadline", "on_time"), [("2027-03-25", 0), ("2027-03-26", 0), ("2027-03-28", 0), ("2027-03-30", 1)]
)
def test_a_deadline_on_a_free_day_is_worth_the_last_working_day_before_it(deadline, on_time):
    # Twelve weeks from 4 January 2027 are 60 working days; Good Friday and Easter Monday are none.
    made = serial(12, team={"holidays": "GB-ENG"}, deadline=deadline)
    assert simulate(made, draws=256).on_time == on_time
    assert simulate(made, draws=256).date(0.5) == date(2027, 3, 30)


@given(
    st.dates(MONDAY, date(2028, 12, 31)).filter(lambda day: day.weekday() < 5),
    st.sampled_from([None, "GB-SCT", "DE-BY", "US"]),
    st.lists(numbers(0.25, 6), min_size=2, max_size=2, unique=True),
    st.lists(numbers(1 / 256, 255 / 256), min_size=1, max_size=5),
)
@settings(max_examples=40)
def test_dates_and_probabilities_by_them_agree(start, country, bounds, shares):
    """By the day of a quantile that share is delivered, and not a day earlier, up to one trial."""
    low, high = sorted(bounds)
    research = {"timebox_weeks": {"low": 1, "likely": 2, "high": 3}, "success": 0.3, "max_experiments": 3}
    weeks = {"low": low, "likely": low, "high": high}
    forecast = simulate(
        plan(
            {"id": "a", "weeks": weeks, "after": ["research"]},
            start=start.isoformat(),
            research=research,
            team={"holidays": country} if country else None,
        ),
        draws=512,
    )
    for share in shares:
        day = forecast.date(share)
        delivered = share * forecast.success_probability
        assert forecast.probability_by(day) >= delivered - 1 / 512
        assert forecast.probability_by(day - ONE) <= delivered + 1 / 512
        assert forecast.plan.workdays.is_working_day(day)


# Countries


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("gb", r"\(nearest: GB\)"),
        ("GBB", r"\(nearest: GB\)"),
        ("XX", "a country's code such as GB or DE-BY"),
        ("GB-XXX", r"GB alone or with one of its subdivisions \(ENG, NIR, SCT, WLS\)"),
        ("", "a country's code"),
    ],
)
def test_an_unknown_country_is_refused_with_the_nearest_one(code, sentence):
    with pytest.raises(Refusal, match=sentence):
        holiday_names(code, 2027)


def test_what_lies_beyond_the_calendar_is_refused():
    with pytest.raises(Refusal, match="beyond the year 9999"):
        Workdays(date(9999, 12, 27)).day(2)
    assert Workdays(date(9999, 12, 27)).day(1) == date(9999, 12, 31)
