"""A forecast as a calendar: gates, likely deliveries and the deadline, as whole days."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
from icalendar import Calendar, Event

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.gates import Gate, gates
from mlmgmt_widgets.timeline.plan import RESEARCH

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

_PROGRAM = "-//mlmgmt_widgets//timeline//EN"
_HOST = "mlmgmt-widgets"
_PROMISE = "This is a forecast, not a promise: import a newer one and it takes this one's place."
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # what RFC 5545 has no place for


@dataclass(frozen=True)
class _Entry:
    """One day in the calendar; `kind` stays the same from one forecast of a plan to the next."""

    kind: str
    day: date
    summary: str
    description: str


def to_ics(forecast: Forecast, *, stamp: datetime) -> bytes:
    """Return the start, the gates of the research, P50 and P80 of the delivery, and the deadline as an iCalendar.

    The entries of a plan keep their identifiers, which come from its title: of two files, a calendar program shows the
    one with the later stamp. The same forecast with the same stamp gives the same bytes.

    Args:
        forecast: that is written.
        stamp: when it was made, with a time zone.

    Raises:
        Refusal: if the stamp has no time zone.
    """
    if stamp.tzinfo is None:
        raise Refusal("The stamp of a calendar needs a time zone, such as datetime.now(UTC).")
    made = stamp.astimezone(UTC).replace(microsecond=0)
    title = _line(forecast.plan.title)
    calendar = Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for entry in _entries(forecast):
        calendar.add_component(_event(entry, title, made))
    return bytes(calendar.to_ical())


def _event(entry: _Entry, title: str, made: datetime) -> Event:
    event = Event()
    digest = hashlib.sha256(f"{title}\0{entry.kind}".encode()).hexdigest()[:32]
    event.add("uid", f"{digest}@{_HOST}")
    event.add("dtstamp", made)
    event.add("sequence", int(made.timestamp()) // 60)  # what is later has the larger number, for the next 4000 years
    event.add("dtstart", entry.day)  # RFC 5545: without an end, a date is the whole day
    event.add("summary", f"{entry.summary}: {title}")
    event.add("description", entry.description)
    event.add("transp", "TRANSPARENT")  # nobody is busy because something may be delivered
    return event


def _entries(forecast: Forecast) -> Iterator[_Entry]:
    plan = forecast.plan
    yield _Entry("start", plan.workdays.next_working_day(plan.start), "Start", "The first day of work.")
    for gate in gates(forecast):
        yield _gate(forecast, gate)
    if plan.research is not None:
        yield _decision(forecast)
    if forecast.delivers:
        yield _delivery(forecast, 0.5, "half of the time")
        yield _delivery(forecast, 0.8, "eight times in ten")
    if plan.deadline is not None:
        yield _Entry("deadline", plan.deadline, "Deadline", f"{wording.deadline(forecast)} {_PROMISE}")


def _gate(forecast: Forecast, gate: Gate) -> _Entry:
    first, last = gate.experiments
    ran = f"experiment {first}" if first == last else f"experiments {first} to {last}"
    delayed = any(risk.delays == RESEARCH for risk in forecast.plan.risks)
    words = (
        f"Half of the time, round {gate.round} of the research ({ran}) has ended by this day, and it is decided "
        f"whether it passes. That the round takes place at all is {wording.percent(gate.reached)} likely. "
        f"{'Risks that may delay the research are not counted here. ' * delayed}{_PROMISE}"
    )
    day = forecast.plan.workdays.day(gate.quantile(0.5))
    return _Entry(f"gate-{gate.round}", day, f"Gate: experiment round {gate.round} ends (P50)", words)


def _decision(forecast: Forecast) -> _Entry:
    day = forecast.plan.workdays.day(float(np.quantile(forecast.trials.ends[RESEARCH], 0.8, method="hazen")))
    words = (
        "Eight times in ten the research has ended by this day, with an experiment that passed its gate (go) or with "
        f"all of them spent (no-go). A go is {wording.percent(forecast.success_probability)} likely. {_PROMISE}"
    )
    return _Entry("research", day, "Go/no-go: research ends (P80)", words)


def _delivery(forecast: Forecast, share: float, words: str) -> _Entry:
    likely = wording.percent(forecast.success_probability)
    whether = "" if forecast.plan.research is None else f" if it is delivered at all, which is {likely} likely"
    name = f"P{100 * share:.0f}"
    summary = f"{name} delivery"
    return _Entry(name, forecast.date(share), summary, f"Delivered by this day {words}{whether}. {_PROMISE}")


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


__all__ = ["to_ics"]
