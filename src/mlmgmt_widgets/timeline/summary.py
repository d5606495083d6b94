"""A forecast as text: what `mlmgmt forecast` prints."""

from __future__ import annotations

import math

from mlmgmt_widgets.terminal import table
from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.durations import kind
from mlmgmt_widgets.timeline.forecast import DATES, Forecast

DRIVERS = 5
"""How many drivers are listed."""


def text(forecast: Forecast) -> str:
    """Return the answer, the dates, the schedule and what drives it, for a terminal."""
    plan = forecast.plan
    lines = [plan.title, "", wording.answer(forecast)]
    if due := wording.deadline(forecast):
        lines.append(due)
    if forecast.delivers:
        lines += ["", *_dates(forecast), "", *_schedule(forecast), *_drivers(forecast)]
    lines += ["", made(forecast)]
    if plan.overrun:
        lines.append(f"Overrun is on: tasks take their own P50 times one of {len(plan.overrun)} past overruns.")
    return "\n".join(lines)


def _dates(forecast: Forecast) -> list[str]:
    rows = [
        (f"P{100 * share:.0f}", wording.day(forecast.date(share)), f"{forecast.quantile(share):.1f}") for share in DATES
    ]
    return table([("If delivered", "by", "weeks"), *rows])


def _schedule(forecast: Forecast) -> list[str]:
    plan = forecast.plan
    days = plan.workdays.ends([bar.ends for bar in forecast.schedule()])
    rows = [
        (bar.title, *(str(day) for day in ends), f"{100 * bar.criticality:.0f} %")
        for bar, ends in zip(forecast.schedule(), days, strict=True)
    ]
    return table([("Ends", "P10", "P50", "P90", "critical"), *rows])


def _drivers(forecast: Forecast) -> list[str]:
    known = [driver for driver in forecast.drivers if driver.share > 0][:DRIVERS]
    if not known:
        return []
    rows = table([(f"  {driver.title}", f"{100 * driver.share:.0f} %") for driver in known])
    return ["", "Where the spread comes from:", *rows]


def made(forecast: Forecast) -> str:
    """Return how the forecast was made: trials, seed, error, distributions."""
    how = f"{forecast.draws:,} trials, seed {forecast.seed}"
    if not forecast.delivers:
        return f"{how}."
    distributions = ", ".join(dict.fromkeys(kind(amount) for amount in forecast.plan.amounts()))
    error = forecast.error_p80
    exact = f"P80 is exact to ±{2 * error:.2f} weeks (two standard errors)"
    if math.isnan(error):
        exact = "so few trials deliver that nobody can say how exact P80 is"
    return f"{how}; {exact}. Distributions: {distributions}."
