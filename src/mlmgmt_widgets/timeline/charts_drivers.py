"""Ranked bars: what the spread of a forecast comes from, and what each change of a plan does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.timeline.charts_axes import SMALL, UNIT, Data, Record, layouts, named, per_cent, write
from mlmgmt_widgets.timeline.plan import RESEARCH
from mlmgmt_widgets.timeline.whatif import POINT, TELLS, points, shifted
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, WIDE, Frame, Marks, Place, Stack
from mlmgmt_widgets.ui.figure import Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast
    from mlmgmt_widgets.timeline.plan import Plan
    from mlmgmt_widgets.timeline.scenarios import Change, Comparison

_BAR = 14  # pixels
_HEAD = 24  # for what the bars stand for
_SIDES = 20  # for the names of two sides
_NUMBER = 54  # room for a number at the end of a bar
_FRAMES = (WIDE, NARROW)
_TELLING = 0.0005  # shares: less is written as 0.0 %


@dataclass(frozen=True)
class _Bar:
    """A row: its text, its value, the value in words, and a quiet word more."""

    text: str
    value: float
    label: str
    note: str


# -- drivers --------------------------------------------------------------------------------------------------------


def drivers(forecast: Forecast, most: int = 10) -> Figure:
    """Return what the spread of the delivery comes from, the largest share first.

    Args:
        forecast: whose spread it is.
        most: how many are drawn on their own; the table has all.
    """
    telling = [driver for driver in forecast.drivers if driver.share >= _TELLING]
    kinds = {driver.id: _kind(driver.id, forecast.plan) for driver in forecast.drivers}
    bars = [_Bar(each.title, each.share, f"{100 * each.share:.0f} %", kinds[each.id]) for each in telling[:most]]
    if rest := telling[most:]:
        share = sum(each.share for each in rest)
        bars.append(_Bar(f"{len(rest)} more together", share, f"{100 * share:.0f} %", ""))
    chart, narrow, data = _ranked(bars, "Share of the spread", two_sided=False)
    reading = (
        "Each bar is the spread that would be left if everything else were known, as a share of all of these; knowing "
        "more about what is on top would make the date surer."
    )
    return Figure(
        id="drivers",
        title=_finding(telling[0].title, telling[0].share) if telling else "Nothing in this plan is uncertain",
        description=reading if telling else "",
        chart=chart,
        narrow=narrow,
        data=data,
        columns=["What", "Kind", "Share of the spread (%)"],
        rows=[[each.title, kinds[each.id], per_cent(each.share)] for each in forecast.drivers],
    )


def _finding(title: str, share: float) -> str:
    return f"{title} makes up {100 * share:.0f} % of the spread"


def _kind(driver: str, plan: Plan) -> str:
    if driver.startswith(f"{RESEARCH}."):
        return "research"
    return "task" if driver in plan.tasks_by_id else "risk"


# -- changes --------------------------------------------------------------------------------------------------------


def changes(comparison: Comparison) -> Figure:
    """Return what each change from plan A to plan B does to P80 alone."""
    found = comparison.changes
    bars = [_Bar(each.title, each.p80 or 0.0, _effect(each), _chance(each)) for each in found]
    chart, narrow, data = _ranked(bars, "Moves P80, in weeks", two_sided=True)
    return Figure(
        id="changes",
        title=_largest(found),
        description=(
            "Weeks that each change moves P80 by when it is the only one. Together they need not add up: one may hide "
            "or open the way for another."
        )
        if len(found) > 1
        else "",
        chart=chart,
        narrow=narrow,
        data=data,
        columns=["Change", "P50 (weeks)", "P80 (weeks)", "Delivery (points)", "Deadline (points)"],
        rows=[
            [each.title, _rounded(each.p50), _rounded(each.p80), _points(each.success), _points(each.on_time)]
            for each in found
        ],
    )


def _largest(found: Sequence[Change]) -> str:
    if not found:
        return "Nothing was changed"
    largest = found[0].p80
    if largest is None or abs(largest) < TELLS:
        return "No change moves P80 alone" if len(found) > 1 else "The change leaves P80 where it is"
    which = "The change" if len(found) == 1 else f"The largest of {len(found)} changes alone"
    return f"{which} makes P80 {shifted(largest)}"


def _effect(change: Change) -> str:
    if not change.alone:
        return "not possible alone"
    return "no P80" if change.p80 is None else _signed(change.p80)


def _signed(weeks: float) -> str:
    return "0" if abs(weeks) < TELLS else f"{weeks:+.1f}".replace("-", "−")


def _chance(change: Change) -> str:
    """What a change does to the chance of delivery, where that is worth a word."""
    if change.success is None or abs(change.success) < POINT / 2:
        return ""
    return f"{points(change.success)} {'more' if change.success > 0 else 'less'} likely"


def _rounded(weeks: float | None) -> float | None:
    return None if weeks is None else round(weeks, 2)


def _points(share: float | None) -> float | None:
    return None if share is None else per_cent(share)


# -- drawing --------------------------------------------------------------------------------------------------------


def _ranked(bars: Sequence[_Bar], head: str, *, two_sided: bool) -> tuple[alt.LayerChart, alt.LayerChart, Data]:
    """The bars in both layouts with their data.

    Args:
        bars: from the first down.
        head: what they stand for.
        two_sided: whether what is negative, and earlier, goes left of 0.
    """
    data: Data = {}
    heights = []
    for frame in _FRAMES:
        stack = Stack(frame)
        stack.space(_HEAD + _SIDES * two_sided)
        places = [stack.row(bar.text, _BAR, gap=14, below=16 if bar.note else 0) for bar in bars]
        data |= named(frame, _records(bars, places, head, frame, two_sided=two_sided))
        heights.append(max(stack.height - 8, _HEAD + 20))
    return *layouts(_draw, _FRAMES, (heights[0], heights[1])), data


def _records(bars: Sequence[_Bar], places: Sequence[Place], head: str, frame: Frame, *, two_sided: bool) -> Data:
    zero, per_unit = _scale(bars, frame, two_sided=two_sided)
    at = [round(zero + per_unit * bar.value, 4) for bar in bars]
    drawn = [
        {"x": min(zero, x), "x2": max(zero, x), "y": place.middle - _BAR / 2, "y2": place.middle + _BAR / 2}
        for x, place in zip(at, places, strict=True)
    ]
    sides: list[Record] = [{"align": "right", "dx": -6}, {"align": "left", "dx": 6}]
    said = [
        {"x": x, "y": place.middle, "text": bar.label, **sides[bar.value >= 0]}
        for bar, x, place in zip(bars, at, places, strict=True)
    ]
    heads = [
        {"x": zero, "y": _HEAD + 7, "text": text, **side}
        for text, side in zip(("earlier", "later"), sides, strict=True)
    ]
    return {
        "zero": _zero(zero, places, frame),
        "bars": drawn,
        "head": [{"y": 0, "x": 0, "text": head}] if bars else [],
        "heads": heads if bars and two_sided else [],
        "titles": [place.label() for place in places],
        "labels": said,
        "notes": [
            {"y": place.below if frame.above else place.middle - 7, "text": bar.note}
            for bar, place in zip(bars, places, strict=True)
            if bar.note
        ],
    }


def _zero(x: float, places: Sequence[Place], frame: Frame) -> list[Record]:
    """The line that bars begin at; where text stands above the bars, not through the text."""
    if not frame.above and places:
        return [{"x": x, "y": places[0].text - 6, "y2": places[-1].base}]
    return [{"x": x, "y": place.top - 2, "y2": place.base + 2} for place in places]


def _scale(bars: Sequence[_Bar], frame: Frame, *, two_sided: bool) -> tuple[float, float]:
    """Where 0 stands on the strip, and what one unit of a value is, so that the numbers at the bars' ends have room."""
    values = [bar.value for bar in bars] or [0.0]
    low, high = min(0.0, *values), max(0.0, *values)
    room = _NUMBER / frame.plot
    per_unit = (1 - (2 if two_sided else 1) * room) / ((high - low) or 1)
    zero = (room if two_sided else 0) - low * per_unit
    return round(zero, 4), per_unit


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    marks.add(frame.named("zero"), RULE, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("bars"), {"type": "rect", "style": "bar"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    write(marks, frame.named("labels"), "number", fontSize=13)
    write(marks, frame.named("heads"), "quiet")
    marks.text(frame.named("head"), "quiet", at="x", align="left", fontSize=SMALL)
    marks.text(frame.named("titles"), "question")
    marks.text(frame.named("notes"), "quiet", at="left" if frame.above else "right", fontSize=SMALL)
    return marks.chart(height)
