"""Calendars in charts: which days an axis shows, where a day stands on it, and what is written along it.

Places across are shares of the strip of marks, 0 at its left end and 1 at its right. So a chart stays the same drawing
whatever dates it shows, and its numbers can be moved in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mlmgmt_widgets.timeline.workdays import DAYS, Workdays
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks, text_width

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mlmgmt_widgets.timeline.plan import Plan

Record = dict[str, Any]

_SHORT = 70  # days: up to here an axis begins and ends with a week and counts days, above it with a month and weeks
_LONG = 6 * 365  # days: above it an axis begins and ends with a year
_TIER = 15  # pixels from the names of days, months or years to those of what holds them
_PAD = 4  # pixels between a line and what is written beside it
_SMALL = 11
_STEP = 1e-7  # working days: tells the beginning of a free week from its end

# What the lines of an axis may stand for, and the room in pixels that the name of one needs.
_STEPS = (("week", 7, 27), ("month", 30.4, 31), ("quarter", 91.3, 31), ("half", 182.6, 31), ("year", 365.2, 38))
_MOST_YEARS = 7
_YEARS = (2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500)


@dataclass(frozen=True)
class Span:
    """The days that an axis shows.

    Attributes:
        first: the first of them.
        until: the day after the last.
    """

    first: date
    until: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.until - self.first).days

    def begins(self, day: date) -> float:
        """Where a day begins; outside 0..1 if the axis does not show it."""
        return (day - self.first).days / self.days

    def ends(self, day: date) -> float:
        """Where a day ends."""
        return ((day - self.first).days + 1) / self.days

    def shows(self, day: date) -> bool:
        """Whether a day is on the axis."""
        return self.first <= day < self.until


def around(days: Iterable[date]) -> Span:
    """The span of whole weeks, months or years that holds these days, so that an axis seldom moves when they do.

    Example:
        >>> around([date(2027, 3, 9), date(2027, 3, 30)])
        Span(first=datetime.date(2027, 3, 8), until=datetime.date(2027, 4, 5))
        >>> around([date(2027, 3, 9), date(2027, 8, 30)])
        Span(first=datetime.date(2027, 3, 1), until=datetime.date(2027, 9, 1))
    """
    known = sorted(days)
    first, last = known[0], known[-1]
    length = (last - first).days
    if length < _SHORT - 7:
        start = first - timedelta(days=first.weekday())
        weeks = max(2, (last - start).days // 7 + 1)
        return Span(start, start + timedelta(weeks=weeks))
    if length < _LONG:
        return Span(first.replace(day=1), months_on(last, 1))
    return Span(date(first.year, 1, 1), months_on(date(last.year, 12, 1), 1))


def with_deadline(days: list[date], deadline: date | None, *, begin: date | None = None) -> Span:
    """The span around days, and around the deadline where it is not too far off."""
    first, last = begin or min(days), max(days)
    reach = max(last - first, timedelta(days=28))
    near = deadline is not None and first - reach <= deadline <= last + reach
    return around([first, last, deadline] if near and deadline else [first, last])


def months_on(day: date, months: int) -> date:
    """The first day of a month so many months later; the last day that there is, where that is beyond the year 9999."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, 1) if year <= date.max.year else date.max


# -- where weeks of work stand -------------------------------------------------------------------------------------


class Places:
    """Where weeks of work from the start of a plan stand on an axis.

    Time runs evenly within a calendar week, and on a short axis within a day: else every weekend would be a step.

    Args:
        plan: whose calendar it is.
        span: the days of the axis.
    """

    def __init__(self, plan: Plan, span: Span) -> None:
        moments = _moments(span)
        # A little more at each: what ends before a free week and what begins after it stand apart.
        self._done = DAYS * weeks_until(plan, moments) + _STEP * np.arange(len(moments))
        self._places = np.array([span.begins(moment) for moment in moments])

    def of(self, weeks: ArrayLike) -> NDArray[np.float64]:
        """The places; weeks that the axis does not show stand at its ends."""
        places: NDArray[np.float64] = np.interp(DAYS * np.asarray(weeks, dtype=float), self._done, self._places)
        return places


@lru_cache(maxsize=64)
def _moments(span: Span) -> tuple[date, ...]:
    step = 1 if span.days <= _SHORT else 7
    monday = span.first + timedelta(days=-span.first.weekday() % step)
    return tuple(dict.fromkeys([span.first, *_every(monday, span.until, step), span.until]))


def weeks_until(plan: Plan, days: tuple[date, ...]) -> NDArray[np.float64]:
    """The weeks of work that a plan's calendar has before each of some days begins."""
    calendar = plan.workdays
    return _weeks_until(calendar.start, calendar.country, calendar.days_off, days)


@lru_cache(maxsize=128)  # a slider's move makes a plan and its calendar anew, mostly with the same days
def _weeks_until(
    start: date, country: str | None, days_off: tuple[date, ...], days: tuple[date, ...]
) -> NDArray[np.float64]:
    calendar = Workdays(start, country, days_off)
    return np.array([calendar.working_days_until(day - timedelta(days=1)) for day in days]) / DAYS


def _every(first: date, until: date, step: int) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range(0, (until - first).days, step))


# -- what is written along the axis ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """The lines of an axis with their names, as records; names stand right of their lines.

    Attributes:
        lines: where days, months or years begin (`x`, `y`, `y2`).
        names: of these (`x`, `y`, `text`).
        groups: names of the months or years that hold them.
    """

    lines: tuple[Record, ...]
    names: tuple[Record, ...]
    groups: tuple[Record, ...]


@lru_cache(maxsize=128)
def axis(span: Span, room: int, top: float, base: float, *, above: bool = False) -> Axis:
    """The axis of a span.

    Args:
        span: the days that it shows.
        room: its least width, in pixels.
        top: where its lines begin, in pixels down the page.
        base: where they end.
        above: whether names stand above the lines, and not below them.
    """
    step = next((name for name, days, needs in _STEPS if room * days / span.days >= needs), "years")
    begun = [day for day in _begun(span, step) if span.shows(day)]
    first, second = (top - _TIER - 3, top - 2 * _TIER - 3) if above else (base + 5, base + 5 + _TIER)
    groups = _groups(span, step, room)
    lines = {span.begins(day): (top, base) for day in begun}
    for x, _ in groups:
        # A month begins within a week: its line must not cross the names of weeks.
        begin, end = (second, second + _TIER) if step == "week" else (min(top, second), max(base, second + _TIER))
        lines[x] = (min(top, begin), max(base, end)) if x in lines else (begin, end)
    names = [(span.begins(day), _named(day, step)) for day in begun]
    return Axis(
        tuple({"x": round(x, 5), "y": y, "y2": y2} for x, (y, y2) in lines.items()),
        _texts(((x, text) for x, text in names if room * (1 - x) >= text_width(text, _SMALL) + _PAD), first),
        _texts(((x, text) for x, text in groups if text), second),
    )


def _texts(named: Iterable[tuple[float, str]], y: float) -> tuple[Record, ...]:
    return tuple({"x": round(x, 5), "y": y, "text": text} for x, text in named)


def _begun(span: Span, step: str) -> Iterator[date]:
    """The days on which a week, month, quarter or year begins."""
    if step == "week":
        yield from _every(span.first + timedelta(days=-span.first.weekday() % 7), span.until, 7)
        return
    if step == "years":
        every = next((years for years in _YEARS if span.days <= _MOST_YEARS * 365 * years), _YEARS[-1])
        yield from (date(year, 1, 1) for year in range(span.first.year, span.until.year + 1) if year % every == 0)
        return
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[step]
    day = span.first.replace(day=1)
    while day < span.until:
        if (day.month - 1) % months == 0:
            yield day
        day = months_on(day, 1)


def _named(day: date, step: str) -> str:
    return str(day.day) if step == "week" else str(day.year) if step in ("year", "years") else f"{day:%b}"


def _groups(span: Span, step: str, room: int) -> list[tuple[float, str]]:
    """Where the months or years begin that hold weeks or months, and their names where there is room for them."""
    if step in ("year", "years"):
        return []
    months = 1 if step == "week" else 12
    begun = [span.first, *(day for day in _begun(span, "month" if months == 1 else "year") if day > span.first)]
    places = [*(span.begins(day) for day in begun), 1.0]
    forms = ("%B %Y", "%b %Y", "%b") if step == "week" else ("%Y",)
    return [
        (x, _fitting([f"{day:{form}}" for form in forms], room * (end - x) - _PAD))
        for day, x, end in zip(begun, places, places[1:], strict=False)
    ]


def _fitting(texts: list[str], room: float) -> str:
    return next((text for text in texts if text_width(text, _SMALL) <= room), "")


def draw_calendar(marks: Marks, frame: Frame) -> None:
    """Draw an axis whose records are in the datasets `lines`, `names` and `groups` of a layout."""
    marks.add(frame.named("lines"), RULE, x=marks.x(), y2="y2:Q")
    for name in ("names", "groups"):
        marks.text(frame.named(name), "quiet", at="x", align="left", dx=_PAD, fontSize=_SMALL)
