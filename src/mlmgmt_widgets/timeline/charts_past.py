"""The chart of past estimates: what finished tasks took against them, and how often they held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.timeline.charts_axes import (
    SMALL,
    UNIT,
    Data,
    Record,
    layouts,
    named,
)
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks
from mlmgmt_widgets.ui.figure import Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.calibration import Calibration, Held
    from mlmgmt_widgets.timeline.past_estimates import PastEstimate

_PLOT = 190  # pixels
_TOP = 24
_BASE = _TOP + _PLOT
_HELD = _BASE + 48  # where the rows of promised and held shares begin
_ROW = 46
_ESTIMATES = (
    Frame(text=0, left=46, right=18, plot=700 - 46 - 18, above=False),
    Frame(text=0, left=40, right=10, plot=356 - 40 - 10, above=True),
)
_FOLDS = (1 / 64, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 64, 128)


def calibration(calibration: Calibration) -> Figure:
    """Return what finished tasks took as a multiple of their P50, and how often P50s and P80s held.

    Args:
        calibration: of a team's past estimates.
    """
    rows = [held for held in (calibration.p50, calibration.p80) if held is not None]
    height = _HELD + _ROW * len(rows) + 22
    draw = _draw_both if calibration.p80 is not None else _draw_one
    chart, narrow = layouts(draw, _ESTIMATES, (height, height))
    past = _ordered(calibration)
    data = _dots(past)
    for frame in _ESTIMATES:
        data |= named(frame, _times(past, frame) | _shares(rows))
    return Figure(
        id="past-estimates",
        title=_calibrated(calibration),
        description=_explained(calibration),
        chart=chart,
        narrow=narrow,
        columns=["Task", "Estimated on", "P50 (weeks)", "P80 (weeks)", "Actual (weeks)", "Actual / P50"],
        rows=[
            [
                each.task,
                None if each.estimated_on is None else each.estimated_on.isoformat(),
                each.p50,
                each.p80,
                each.actual,
                round(each.actual / each.p50, 2),
            ]
            for each in past
        ],
        data=data,
    )


def _ordered(found: Calibration) -> list[PastEstimate]:
    """The tasks by the day of their estimate; those without a day come first, in the order of the file."""
    return sorted(found.estimates, key=lambda each: each.estimated_on or date.min)


def _calibrated(found: Calibration) -> str:
    name, held = ("P80", found.p80) if found.p80 is not None else ("P50", found.p50)
    promised = "eight in ten" if found.p80 is not None else "half"
    return f"{held.held} of {held.of} {name} estimates held; {promised} should"


def _explained(found: Calibration) -> str:
    hollow = "" if found.p80 is None else "; hollow: longer than its P80"
    return (
        "Each dot is a finished task, from the first estimated to the last: what it took as a multiple of its "
        f"P50{hollow}. Below, how often estimates held, with the 95 % interval; the upright line is what was promised."
    )


def _bounds(past: Sequence[PastEstimate]) -> tuple[float, float]:
    """The folds that the axis begins and ends with; 1 is in between."""
    ratios = [each.actual / each.p50 for each in past]
    low = max((fold for fold in _FOLDS if fold <= min(ratios) and fold < 1), default=_FOLDS[0])
    high = min((fold for fold in _FOLDS if fold >= max(ratios) and fold > 1), default=_FOLDS[-1])
    return low, high


def _height(ratio: float, bounds: tuple[float, float]) -> float:
    """Where a ratio stands: half as long is as far below 1 as twice as long is above."""
    low, high = (math.log(bound) for bound in bounds)
    share = min(max((math.log(ratio) - low) / (high - low), 0.0), 1.0)
    return round(_BASE - _PLOT * share, 2)


def _dots(past: Sequence[PastEstimate]) -> Data:
    bounds = _bounds(past)
    folds = [fold for fold in _FOLDS if bounds[0] <= fold <= bounds[1]]
    data: Data = {
        "folds": [{"x": 0, "x2": 1, "y": _height(fold, bounds), "text": _fold(fold)} for fold in folds],
        "one": [{"x": 0, "x2": 1, "y": _height(1, bounds)}],
        "kept": [],
        "broken": [],
    }
    for i, each in enumerate(past):
        dot = {"x": round((i + 0.5) / len(past), 4), "y": _height(each.actual / each.p50, bounds)}
        data["broken" if each.p80 is not None and each.actual > each.p80 else "kept"].append(dot)
    return data


def _fold(fold: float) -> str:
    return f"{fold:g}×" if fold >= 1 else f"1/{1 / fold:g}"


def _times(past: Sequence[PastEstimate], frame: Frame) -> Data:
    """The day of the first estimate and of the last, and of the first of each year between them."""
    days = [(i, each.estimated_on) for i, each in enumerate(past) if each.estimated_on is not None]
    if not days:
        return {"days": []}
    (first, begin), (last, end) = days[0], days[-1]
    del frame
    found: list[Record] = [
        {"x": round((first + 0.5) / len(past), 4), "y": _BASE, "text": f"{begin:%b %Y}", "align": "left", "dx": -4}
    ]
    if len(days) > 1:
        found.append(
            {"x": round((last + 0.5) / len(past), 4), "y": _BASE, "text": f"{end:%b %Y}", "align": "right", "dx": 4}
        )
    return {"days": found}


def _shares(rows: Sequence[Held]) -> Data:
    """How often estimates held, against what was promised: the share, its interval, the promise."""
    data: Data = {"intervals": [], "held": [], "promised": [], "said": []}
    for i, each in enumerate(rows):
        y = _HELD + _ROW * i + 28
        data["intervals"].append({"x": round(each.low, 4), "x2": round(each.high, 4), "y": y})
        data["held"].append({"x": round(each.held / each.of, 4), "y": y})
        data["promised"].append({"x": each.share, "y": y - 8, "y2": y + 8})
        interval = f"{100 * each.low:.0f}–{100 * each.high:.0f} %"
        share = f"{100 * each.held / each.of:.0f} %"
        text = f"P{100 * each.share:.0f}: {each.held} of {each.of} held, {share} ({interval})"
        data["said"].append({"y": y - 26, "text": text})
    return data


def _draw_both(frame: Frame, height: float) -> alt.LayerChart:
    return _draw_estimates(frame, height, 2)


def _draw_one(frame: Frame, height: float) -> alt.LayerChart:
    return _draw_estimates(frame, height, 1)


def _draw_estimates(frame: Frame, height: float, rows: int) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    marks.text([{"y": 0, "text": "Actual as a multiple of P50"}], "quiet", fontSize=SMALL)
    marks.add("folds", RULE, x=marks.x(), x2="x2:Q")
    marks.text("folds", "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)
    marks.add("one", {"type": "rule", "style": "needed"}, x=marks.x(), x2="x2:Q")
    dot = {"type": "point", "filled": True, "opacity": 1, "size": 70}
    marks.add("kept", {**dot, "style": "reached"}, x=marks.x())
    marks.add("broken", {**dot, "size": 50, "style": "broken"}, x=marks.x())
    marks.text(
        frame.named("days"),
        "quiet",
        at="x",
        dy=8,
        fontSize=11,
        align=alt.ExprRef("datum.align"),
        dx=alt.ExprRef("datum.dx"),
    )
    floor = _HELD + _ROW * rows
    shares = [{"x": i / 4, "y": _HELD, "y2": floor - 4, "text": f"{25 * i} %"} for i in range(5)]
    marks.add(shares, RULE, x=marks.x(), y2="y2:Q")
    ends = [{**each, "y": floor - 4} for each in shares]
    marks.text(ends, "quiet", at="x", dy=4, fontSize=SMALL)
    marks.text(frame.named("said"), "halo", fontSize=13)
    marks.text(frame.named("said"), "question")
    marks.add(frame.named("intervals"), {"type": "rule", "style": "range", "strokeWidth": 6}, x=marks.x(), x2="x2:Q")
    marks.add(frame.named("promised"), {"type": "rule", "style": "needed"}, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("held"), {**dot, "size": 100, "style": "reached"}, x=marks.x())
    return marks.chart(height)
