"""The chart of two plans: in how many futures one is earlier than the other, and by how much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt
import numpy as np

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import (
    SMALL,
    UNIT,
    Data,
    Record,
    halo,
    layouts,
    likely,
    named,
    numbers,
    per_cent,
    step_of,
    write,
)
from mlmgmt_widgets.timeline.scenarios import on_one_axis  # the bars are what the sentence counts
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlmgmt_widgets.timeline.forecast import Forecast
    from mlmgmt_widgets.timeline.scenarios import Comparison

_PLOT = 150  # pixels
_TOP = 62
_BASE = _TOP + _PLOT
_HEIGHT = _BASE + 44
_WIDE = Frame(text=0, left=46, right=18, plot=700 - 46 - 18, above=False)
_NARROW = Frame(text=0, left=40, right=14, plot=356 - 40 - 14, above=True)
_FRAMES = (_WIDE, _NARROW)
_BINS = 32
_ROUNDING = 1e-9  # weeks: what sums in another order may differ by is no difference
_SIDE = 0.4  # what the shorter side of the axis has of the longer one, at least
_TAIL = 0.005  # of the futures, at each end: too far out to be drawn


def comparison(comparison: Comparison, a: Forecast, b: Forecast) -> Figure:
    """Return in how many futures B is delivered earlier or later than A, and by how many weeks.

    Args:
        comparison: of the two.
        a: the forecast of plan A.
        b: that of plan B, with the same draws and seed.
    """
    both = a.trials.delivered & b.trials.delivered
    weeks_a, weeks_b = on_one_axis(a, b)
    moved = (weeks_b - weeks_a)[both]
    differing = moved[np.abs(moved) > _ROUNDING]
    edges = _bins(differing)
    shares = np.histogram(differing, edges)[0] / max(len(moved), 1)
    chart, narrow = layouts(_draw, _FRAMES, (_HEIGHT, _HEIGHT))
    data = _bars(comparison, edges, shares)
    for frame in _FRAMES:
        data |= named(frame, _words(comparison, edges, frame))
    return Figure(
        id="comparison",
        title=_title(comparison),
        description=_reading(comparison),
        chart=chart,
        narrow=narrow,
        columns=["B against A, in weeks", "Share of futures in which both deliver (%)"],
        rows=_rows(comparison, edges, shares),
        data=data,
    )


def _title(found: Comparison) -> str:
    if not found.both:
        return "There is no future in which both A and B deliver"
    if not found.earlier and not found.later:
        return "B is as early as A in every future"
    share, side = max((found.earlier, "earlier"), (found.later, "later"))
    by = abs(found.middle or 0.0)
    middle = f", by {wording.weeks(by)} in the middle" if share > 1 / 2 else ""
    return f"B is {side} in {wording.percent(share)} of futures{middle}"


def _reading(found: Comparison) -> str:
    said = "The same futures, once with plan A and once with plan B: bars are the weeks between the two deliveries."
    if found.same and (found.earlier or found.later):
        said += " Futures without a difference are in the number at 0, not in a bar."
    if found.both < 1:
        said += f" Only futures in which both deliver are counted ({wording.percent(found.both)} of all)."
    return said


def _rows(found: Comparison, edges: NDArray[np.float64], shares: NDArray[np.float64]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        ["B earlier", per_cent(found.earlier)],
        ["The same", per_cent(found.same)],
        ["B later", per_cent(found.later)],
    ]
    for low, high, share in zip(edges.tolist(), edges[1:].tolist(), shares.tolist(), strict=False):
        if share:
            rows.append([f"{_plain(low)} to {_plain(high)}", per_cent(share)])
    return rows


def _plain(weeks: float) -> str:
    return f"{weeks:g}".replace("-", "−")


def _bins(moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ends of the bars, in weeks; 0 is one of them, with room for words on both sides."""
    low, high = (float(end) for end in np.quantile(moved, (_TAIL, 1 - _TAIL))) if len(moved) else (-1.0, 1.0)
    low, high = min(low, -_SIDE * high, 0.0), max(high, -_SIDE * low, 0.0)
    width = step_of(high - low, _BINS)
    first, last = math.floor(low / width), math.floor(high / width) + 1
    return np.round(width * np.arange(first, last + 1), 10)


# -- drawing --------------------------------------------------------------------------------------------------------


def _bars(found: Comparison, edges: NDArray[np.float64], shares: NDArray[np.float64]) -> Data:
    ticks = numbers(0, max(float(shares.max(initial=0)), 0.01), 4)
    scale = _PLOT / ticks[-1]
    places = _across(edges, edges)
    data: Data = {
        "heights": [{"x": 0, "x2": 1, "y": _BASE - scale * tick, "text": f"{100 * tick:g} %"} for tick in ticks],
        "zero": [{"x": _across(edges, np.zeros(1))[0], "y": _TOP - 26, "y2": _BASE}],
        "earlier": [],
        "later": [],
    }
    for low, high, share, begin in zip(places, places[1:], shares.tolist(), edges.tolist(), strict=False):
        if share:
            bar = {"x": low, "x2": high, "y": round(_BASE - scale * share, 2), "y2": _BASE}
            data["earlier" if begin < 0 else "later"].append(bar)
    return data if found.both else {**data, "zero": []}


def _across(edges: NDArray[np.float64], weeks: NDArray[np.float64]) -> list[float]:
    places: list[float] = ((weeks - edges[0]) / (edges[-1] - edges[0])).round(4).tolist()
    return places


def _words(found: Comparison, edges: NDArray[np.float64], frame: Frame) -> Data:
    """What is written over and under the bars."""
    step = step_of(float(edges[-1] - edges[0]), 7 if frame.above else 12)
    ticks = step * np.arange(math.ceil(edges[0] / step), math.floor(edges[-1] / step) + 1)
    weeks: list[Record] = [
        {"x": x, "y": _BASE, "text": _plain(round(tick, 10))}
        for x, tick in zip(_across(edges, ticks), ticks.tolist(), strict=True)
    ]
    zero = _across(edges, np.zeros(1))[0]
    sides = [
        ("B earlier", found.earlier, "right", -8, _TOP - 16),
        ("B later", found.later, "left", 8, _TOP - 16),
        ("no difference", found.same, "center", 0, _TOP - 36),
    ]
    said: list[Record] = [
        {"x": zero, "y": y, "text": f"{what}: {likely(share)}", "align": align, "dx": dx}
        for what, share, align, dx, y in sides
        if share
    ]
    return {"weeks": weeks, "said": said}


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    marks.text([{"y": 0, "text": "Share of futures"}], "quiet", fontSize=SMALL)
    marks.add("heights", RULE, x=marks.x(), x2="x2:Q")
    marks.text("heights", "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)
    spans = {"x": marks.x(), "x2": "x2:Q", "y2": "y2:Q"}
    marks.add("earlier", {"type": "rect", "style": "bin"}, **spans)
    marks.add("later", {"type": "rect", "style": "other-bin"}, **spans)
    marks.add("zero", {"type": "rule", "style": "needed"}, x=marks.x(), y2="y2:Q")
    halo(marks, frame.named("said"), fontWeight=600)
    write(marks, frame.named("said"), "question", fontWeight=600)
    marks.text(frame.named("weeks"), "quiet", at="x", dy=7, fontSize=SMALL)
    title = [{"x": 1, "y": _BASE + 26, "text": "Weeks from A's delivery to B's"}]
    marks.text(title, "quiet", at="x", align="right", fontSize=SMALL)
    return marks.chart(height)
