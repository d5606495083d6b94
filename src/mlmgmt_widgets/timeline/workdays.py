"""Weeks of work as days of a calendar.

One week is five working days. Work of w weeks that starts on `start` ends on the ceil(5 w)-th working day, counting
the first: one week from Monday ends on Friday. Weekends, a country's holidays and days off are no working days.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlmgmt_widgets.content import nearest
from mlmgmt_widgets.errors import Refusal

DAYS = 5
"""Working days in a week."""
_HORIZON = 30  # years of holidays: later than that, nobody knows them
_CODE = 3  # letters
_ROUNDING = 1e-9  # so that 0.1 + 0.2 weeks do not take a day more than 0.3

Days = NDArray[np.datetime64]


class Workdays:
    """The working days of a plan.

    Args:
        start: the first day; where it is no working day, the next one counts as the first.
        country: whose holidays are free, such as `GB` or `DE-BY`; None for none.
        days_off: further days without work.

    Raises:
        Refusal: if the country is unknown.

    Example:
        >>> Workdays(date(2027, 1, 4)).day(1)
        datetime.date(2027, 1, 8)
    """

    def __init__(self, start: date, country: str | None = None, days_off: Sequence[date] = ()) -> None:
        self.start = start
        self.country = country
        self.days_off = tuple(days_off)
        names = holiday_names(country, start.year) if country else {}
        self.holidays = {**dict.fromkeys(self.days_off, "day off"), **names}

    @cached_property
    def _calendar(self) -> np.busdaycalendar:
        return np.busdaycalendar(holidays=sorted(self.holidays))

    @cached_property
    def _first(self) -> np.datetime64:
        return np.busday_offset(self.start, 0, roll="forward", busdaycal=self._calendar)

    def ends(self, weeks: ArrayLike) -> Days:
        """The last day of work that takes so many weeks; of none, the first day itself.

        Args:
            weeks: numbers of any shape; NaN gives NaT.

        Returns:
            `datetime64[D]` of the same shape.
        """
        values = np.asarray(weeks, dtype=float)
        known = np.isfinite(values)
        days = number_of_days(np.where(known, values, 0))
        ends = np.busday_offset(self._first, np.maximum(days - 1, 0), busdaycal=self._calendar)
        return np.where(known, ends, np.datetime64("NaT", "D"))

    def starts(self, weeks: ArrayLike) -> Days:
        """The first day of work before which so many weeks have passed.

        Args:
            weeks: numbers of any shape, without NaN.
        """
        begun = np.floor(DAYS * np.asarray(weeks, dtype=float) + _ROUNDING).astype(np.int64)
        return np.busday_offset(self._first, begun, busdaycal=self._calendar)

    def day(self, weeks: float) -> date:
        """The last day of work that takes so many weeks.

        Raises:
            Refusal: if it lies beyond the year 9999.
        """
        return as_date(self.ends(weeks))

    def working_days_until(self, day: date) -> int:
        """How many working days there are from the start to a day, both counted; 0 before the start."""
        end = np.datetime64(day) + 1
        return max(0, int(np.busday_count(self.start, end, busdaycal=self._calendar)))

    def is_working_day(self, day: date) -> bool:
        """Whether people work on a day."""
        return bool(np.is_busday(day, busdaycal=self._calendar))

    def why_free(self, day: date) -> str | None:
        """Why nobody works on a day: its weekday's or the holiday's name; None for a working day."""
        if day.weekday() >= DAYS:
            return f"{day:%A}"
        return self.holidays.get(day)

    def next_working_day(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        return as_date(np.busday_offset(day, 0, roll="forward", busdaycal=self._calendar))

    def last_working_day(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        return as_date(np.busday_offset(day, 0, roll="backward", busdaycal=self._calendar))

    def free_days(self, first: date, last: date) -> dict[date, str]:
        """The holidays and days off between two days, both counted, that fall on no weekend, with their names."""
        return {
            day: name for day, name in sorted(self.holidays.items()) if first <= day <= last and day.weekday() < DAYS
        }


@lru_cache(maxsize=64)
def calendar(start: date, country: str | None, days_off: tuple[date, ...]) -> Workdays:
    """The working days of a plan, the same object for plans that share them: building one takes longer than using it.

    Raises:
        Refusal: if the country is unknown.
    """
    return Workdays(start, country, days_off)


def number_of_days(weeks: ArrayLike) -> NDArray[np.int64]:
    """Working days that so many weeks of work take: ceil(5 w)."""
    return np.ceil(DAYS * np.asarray(weeks, dtype=float) - _ROUNDING).astype(np.int64)


def as_date(day: np.datetime64 | Days) -> date:
    """A day of NumPy's as a day of Python's.

    Raises:
        Refusal: if it lies beyond the year 9999.
    """
    converted = np.asarray(day, "datetime64[D]").item()  # a number where Python has no date for it
    if not isinstance(converted, date):
        raise Refusal("The forecast goes beyond the year 9999; please check the plan's numbers.")
    return converted


@lru_cache(maxsize=64)
def holiday_names(country: str, first_year: int) -> dict[date, str]:
    """A country's holidays over the years of any plan that starts in `first_year`.

    Args:
        country: an ISO 3166 code, with a subdivision after a hyphen where its holidays differ: `GB`, `DE-BY`.
        first_year: of the plan.

    Raises:
        Refusal: if there is no such country; the sentence names the nearest code.
    """
    import holidays

    code, _, part = country.partition("-")
    known = holidays.list_supported_countries()  # with other names, such as UK
    if code not in known:
        near = nearest(code.upper(), known) if len(code) <= _CODE else None
        raise Refusal(f"a country's code such as GB or DE-BY{f' (nearest: {near})' if near else ''}")
    if part and part not in known[code]:
        parts = ", ".join(known[code]) or "none"
        raise Refusal(f"{code} alone or with one of its subdivisions ({parts})")
    years = range(first_year, min(first_year + _HORIZON, date.max.year))
    return dict(holidays.country_holidays(code, subdiv=part or None, years=years, language="en_US"))


def mondays(first: date, last: date) -> list[date]:
    """Every Monday from a day to another, for an axis of calendar weeks."""
    start = first + timedelta(days=-first.weekday() % 7)
    return [start + timedelta(weeks=i) for i in range(math.ceil(((last - start).days + 1) / 7))]
