"""The first half of the memo: the answer, what it hangs on, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from mlmgmt_widgets.timeline import linter, memo_inputs, scenarios, whatif, wording
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.scenarios import Comparison
from mlmgmt_widgets.ui.document import Bullets, Drawing, Heading, Part, Rows, Words

_DRIVERS = 5
_CHANGES = 10
_CHANCES = ((0.5, "Half of the time (P50)"), (0.8, "Eight times in ten (P80)"), (0.95, "19 times in 20 (P95)"))
_NOTHING = 0.05  # weeks: a quarter of a day, which no date shows


@dataclass(frozen=True)
class Top:
    """What stands above everything else.

    Attributes:
        title: of the plan.
        about: what this is and when it was made.
        answer: the forecast in a sentence.
        deadline: its chance in a sentence; empty without one.
        note: what somebody wants to say first, line by line.
    """

    title: str
    about: str
    answer: str
    deadline: str
    note: tuple[str, ...]

    @classmethod
    def of(cls, forecast: Forecast, *, note: str, made_on: date) -> Self:
        """The top of a forecast's memo."""
        lines = tuple(line.strip() for line in note.splitlines() if line.strip())
        about = f"Decision memo · {wording.day(made_on)} · a forecast, not a promise"
        return cls(forecast.plan.title, about, wording.answer(forecast), wording.deadline(forecast), lines)


def parts(forecast: Forecast, comparison: Comparison | None) -> Iterator[Part]:
    """Everything below the top, in the order of a decision: when, what it hangs on, what else could be done."""
    yield from _when(forecast)
    if comparison is not None:
        yield from _compared(comparison)
    if forecast.delivers:
        yield from _driven(forecast)
    yield from _options(forecast)
    yield from _to_look_at(forecast)
    if forecast.delivers:
        yield from _schedule(forecast)
    yield from memo_inputs.parts(forecast)


def _when(forecast: Forecast) -> Iterator[Part]:
    plan = forecast.plan
    if not forecast.delivers:
        return
    yield Heading("When")
    rows = [(words, wording.day(forecast.date(share)), f"{forecast.quantile(share):.1f}") for share, words in _CHANCES]
    first = "Delivered" if plan.research is None else "If it is delivered"
    yield Rows([first, "By", "Weeks"], rows, right=["Weeks"])
    yield Words(f"Weeks are working weeks from {wording.day(plan.start)}; dates leave free days out.", quiet=True)
    if plan.research is not None:
        likely = wording.percent(1 - forecast.success_probability)
        yield Words(
            f"No-go: {likely}. That is the share of futures in which all experiments are spent and none has passed its "
            "gate. They have no date, and count in none of the dates above."
        )
    yield Drawing("delivery")


# -- compared with the plan that was kept ---------------------------------------------------------------------------


def _compared(comparison: Comparison) -> Iterator[Part]:
    yield Heading("Compared with the plan that was kept")
    yield Words(
        "The kept plan is A, this one is B. Both share their draws, so what differs is the changes alone.", quiet=True
    )
    yield Words(scenarios.sentence(comparison))
    if comparison.changes:
        rows = [
            (
                change.title,
                _signed(change.p50),
                _signed(change.p80),
                "–" if change.success is None else _points(change.success),
            )
            for change in comparison.changes[:_CHANGES]
        ]
        right = ["P50, weeks", "P80, weeks", "Delivery, points"]
        yield Rows(["What was changed, and what it does alone", *right], rows, right)
        more = len(comparison.changes) - _CHANGES
        if more > 0:
            yield Words(f"And {more} more changes, each of which does less.", quiet=True)


def _signed(weeks: float | None) -> str:
    if weeks is None:
        return "–"
    return "0" if abs(weeks) < _NOTHING else f"{weeks:+.1f}".replace("-", "−")


def _points(share: float) -> str:
    points = round(100 * share)
    return f"{points:+d}".replace("-", "−") if points else "0"


# -- what it hangs on -----------------------------------------------------------------------------------------------


def _driven(forecast: Forecast) -> Iterator[Part]:
    drivers = [driver for driver in forecast.drivers if driver.share > 0]
    yield Heading("What drives the date")
    if not drivers:
        yield Words("Nothing in this plan is uncertain, so nothing moves its date.")
        return
    yield Words(
        "Shares of the spread of the delivery. To know more about what stands on top narrows the dates; to know more "
        "about what is not here does not.",
        quiet=True,
    )
    rows = [(driver.title, f"{100 * driver.share:.0f} %") for driver in drivers[:_DRIVERS]]
    if rest := drivers[_DRIVERS:]:
        rows.append((f"Everything else ({len(rest)})", f"{100 * sum(driver.share for driver in rest):.0f} %"))
    yield Drawing("drivers")
    yield Rows(["What", "Share"], rows, right=["Share"])


def _options(forecast: Forecast) -> Iterator[Part]:
    steps = whatif.one_more(forecast.plan, forecast)
    if steps:
        yield Heading("What one step would change")
        yield Bullets(steps)


def _to_look_at(forecast: Forecast) -> Iterator[Part]:
    hints = linter.lint(forecast.plan, forecast)
    yield Heading("What to look at")
    if hints:
        yield Bullets([hint.sentence for hint in hints])
    else:
        yield Words("Nothing that usually goes wrong in plans was found in this one.")


def _schedule(forecast: Forecast) -> Iterator[Part]:
    workdays = forecast.plan.workdays
    bars = forecast.schedule()
    begins = workdays.starts([bar.starts[1] for bar in bars]).tolist()
    ends = workdays.ends([bar.ends[1:] for bar in bars]).tolist()
    yield Heading("The schedule")
    rows = [
        (bar.title, _short(begun), _short(usual), _short(late), f"{100 * bar.criticality:.0f} %")
        for bar, begun, (usual, late) in zip(bars, begins, ends, strict=True)
    ]
    right = ["Begins (P50)", "Ends (P50)", "Ends (P90)", "On the longest path"]
    yield Drawing("schedule")
    yield Rows(["Task", *right], rows, right)
    yield Words("On the longest path: how often a delay of the task would have moved the delivery.", quiet=True)


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
