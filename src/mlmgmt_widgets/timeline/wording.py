"""A forecast in words that promise no more than it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets.words import day

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

__all__ = ["answer", "day", "deadline", "percent", "weeks"]

_SURE = 0.95
_HARDLY = 0.05


def percent(share: float) -> str:
    """A probability, never closer to certain than a model of guesses can be.

    Example:
        >>> percent(0.784), percent(0.993), percent(0.02), percent(0.0)
        ('78 %', 'more than 95 %', 'less than 5 %', 'less than 5 %')
    """
    if share > _SURE:
        return "more than 95 %"
    if share < _HARDLY:
        return "less than 5 %"
    return f"{100 * share:.0f} %"


def weeks(value: float) -> str:
    """A length as people say it.

    Example:
        >>> weeks(1.04), weeks(2.13)
        ('1 week', '2.1 weeks')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} week{'' if text == '1' else 's'}"


def answer(forecast: Forecast) -> str:
    """The forecast in a sentence: whether, and if so, when."""
    if not forecast.delivers:
        return "No simulated future delivers at all: in none of them did an approach pass its gate."
    when = f"half the time by {day(forecast.date(0.5))}, eight in ten by {day(forecast.date(0.8))}"
    if forecast.plan.research is None:
        return f"Delivered {when}."
    likely = percent(forecast.success_probability)
    return f"{likely[:1].upper()}{likely[1:]} likely to deliver at all; if so, {when}."


def deadline(forecast: Forecast) -> str:
    """The chance of the deadline in a sentence; empty without one."""
    due, on_time = forecast.plan.deadline, forecast.on_time
    if due is None or on_time is None:
        return ""
    counted = "" if forecast.plan.research is None else ", not delivering at all included"
    return f"The chance to make the deadline of {day(due)} is {percent(on_time)}{counted}."
