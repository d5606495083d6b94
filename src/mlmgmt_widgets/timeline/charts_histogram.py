"""The histogram of deliveries: how many futures are delivered in each day, week or month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import (
    SMALL,
    UNIT,
    Data,
    Record,
    beside,
    halo,
    layouts,
    likely,
    named,
    numbers,
    per_cent,
    write,
)
from mlmgmt_widgets.timeline.charts_dates import Span, axis, draw_calendar, months_on, weeks_until
from mlmgmt_widgets.timeline.charts_due import Deliveries, frames, span_of
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

_MOST_BINS = 45
_CUT = 3  # edges: with more of them, there are bars between the first and the last
_PLOT = 150  # pixels
_TOP = 62
_BASE = _TOP + _PLOT
_HEIGHT = _BASE + 40
_TILE = 0.6  # of the room right of the axis, for the tile of no-goes
_WIDEST, _WIDEST_NARROW = 1000, 600  # pixels: up to this width of the axis the tile fits into the plot
_EPSILON = 1e-9  # weeks: less than any rounding of theirs


def histogram(forecast: Forecast) -> Figure:
    """Return the share of all futures that is delivered in each day, week, fortnight, month, quarter or year.

    No-go is a tile of its own, apart from the axis: areas are shares, so it compares with the bars.
    """
    shown = Deliveries(forecast, span_of(forecast))
    bars = _Bars(shown)
    layout = frames(research=shown.no_go is not None)
    chart, narrow = layouts(_draw, layout, (_HEIGHT, _HEIGHT))
    data: Data = {}
    for frame in layout:
        data |= named(frame, _records(shown, bars, frame))
    return Figure(
        id="delivery-histogram",
        title=_title(shown),
        description=_reading(shown, bars.unit),
        chart=chart,
        narrow=narrow,
        columns=["From", "To", "Share of all futures (%)"],
        rows=_rows(shown, bars),
        data=data,
    )


class _Bars:
    """The bars of a forecast.

    Attributes:
        unit: what each stands for.
        width: of one that is not cut off by an end of the axis, as a share of the axis.
        edges: the days on which they begin, with the day after the last.
        shares: of all trials, one a bar.
    """

    def __init__(self, shown: Deliveries) -> None:
        forecast = shown.forecast
        self.unit, self.edges = bins(shown.span)
        inner = self.edges[1:-1] if len(self.edges) > _CUT else self.edges
        self.width = (inner[-1] - inner[0]).days / (len(inner) - 1) / shown.span.days
        bounds = weeks_until(forecast.plan, self.edges) + _EPSILON
        counts = np.diff(np.searchsorted(np.sort(forecast.trials.deliveries), bounds))
        self.shares: list[float] = (counts / forecast.draws).tolist()

    def __iter__(self) -> Iterator[tuple[date, date, float]]:
        """Where each begins, where it ends, and its share; those with none are left out."""
        return (bar for bar in zip(self.edges, self.edges[1:], self.shares, strict=False) if bar[2])


def _rows(shown: Deliveries, bars: _Bars) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        [begin.isoformat(), (end - timedelta(days=1)).isoformat(), per_cent(share)] for begin, end, share in bars
    ]
    beyond = shown.success - sum(bars.shares)
    if beyond > _EPSILON:
        rows.append(["Outside these days", None, per_cent(beyond)])
    if shown.no_go is not None:
        rows.append(["No-go", None, per_cent(shown.no_go)])
    return rows


def _title(shown: Deliveries) -> str:
    if not shown.days:
        return "No future of this plan ends in delivery"
    first, last = (wording.day(shown.days[share]) for share in (0.25, 0.75))
    if first == last:
        return f"Most deliveries come on {first}"
    return f"Half of all deliveries come between {first} and {last}"


def _reading(shown: Deliveries, unit: str) -> str:
    said = f"Bars are the share of all futures that is delivered in each {unit}."
    if shown.no_go is not None:
        said += " The tile at the right is no-go, no date at all; its area compares with theirs."
    return said


# -- bins -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def bins(span: Span) -> tuple[str, tuple[date, ...]]:
    """What the bars of a span stand for, and the days on which they begin, with the day after the last."""
    for unit, begins in _UNITS:
        edges = [max(span.first, day) for day in begins(span)]
        if len(edges) <= _MOST_BINS:
            return unit, (*dict.fromkeys(edges), span.until)
    raise AssertionError  # the last unit has no limit


def _days(every: int) -> Callable[[Span], Iterator[date]]:
    def begins(span: Span) -> Iterator[date]:
        # Mondays have ordinals 1, 8, 15, ...: so fortnights are the same whatever the span is.
        first = span.first.toordinal()
        start = first - (first - 1) % every
        return (date.fromordinal(day) for day in range(start, span.until.toordinal(), every))

    return begins


def _months(every: int) -> Callable[[Span], Iterator[date]]:
    def begins(span: Span) -> Iterator[date]:
        day = span.first.replace(month=1, day=1) if every > 1 else span.first.replace(day=1)
        while day < span.until:
            after = months_on(day, every)
            if after > span.first:
                yield day
            day = after

    return begins


_UNITS: tuple[tuple[str, Callable[[Span], Iterator[date]]], ...] = (
    ("day", _days(1)),
    ("week", _days(7)),
    ("fortnight", _days(14)),
    ("month", _months(1)),
    ("quarter", _months(3)),
    ("year", _months(12)),
    ("decade", _months(120)),
    ("century", _months(1200)),
)


# -- drawing --------------------------------------------------------------------------------------------------------


def _records(shown: Deliveries, bars: _Bars, frame: Frame) -> Data:
    span = shown.span
    widest = _WIDEST_NARROW if frame.above else _WIDEST
    high = (shown.no_go or 0.0) * widest * bars.width / (_TILE * frame.right)
    ticks = numbers(0, max(*bars.shares, high, 0.01), 5)
    scale = _PLOT / ticks[-1]
    dates = axis(span, frame.plot, _TOP, _BASE)
    return {
        "lines": list(dates.lines),
        "names": list(dates.names),
        "groups": list(dates.groups),
        "heights": [{"x": 0, "x2": 1, "y": _BASE - scale * tick, "text": f"{100 * tick:g} %"} for tick in ticks],
        "unit": [{"y": 0, "text": f"Delivered per {bars.unit}, of all futures"}],
        "bars": [
            {
                "x": round(span.begins(begin), 4),
                "x2": round(span.begins(end), 4),
                "y": round(_BASE - scale * share, 2),
                "y2": _BASE,
            }
            for begin, end, share in bars
        ],
        **_marked(shown, frame),
        **shown.deadline(frame, _TOP - 34, _BASE),
        "tile": _tile(shown, scale * bars.width),
    }


def _marked(shown: Deliveries, frame: Frame) -> Data:
    """P50 and P80 as lines, their labels at the sides that lie away from each other."""
    if not shown.days:
        return {"marked": [], "said": []}
    half, most = shown.places[0.5], shown.places[0.8]
    lines = [{"x": x, "y": _TOP - 21, "y2": _BASE} for x in dict.fromkeys((half, most))]
    if shown.days[0.5] == shown.days[0.8]:
        labels = [{**beside(most, f"P50, {shown.mark(0.8, frame)}", frame, free=True), "x": most}]
    else:
        texts = shown.mark(0.5, frame), shown.mark(0.8, frame)
        labels = [_apart(half, texts[0], frame, left=True), _apart(most, texts[1], frame, left=False)]
    return {"marked": lines, "said": [{**label, "y": _TOP - 14} for label in labels]}


def _apart(x: float, text: str, frame: Frame, *, left: bool) -> Record:
    """A label on one side of its line; where that has no room, at the edge of the chart and over the line."""
    label = {**beside(x, text, frame, left_first=left, free=True), "x": x}
    if (label["align"] == "right") == left:
        return label
    return (
        {"text": text, "align": "left", "x": 0, "dx": -frame.left}
        if left
        else {"text": text, "align": "right", "x": 1, "dx": frame.right - 2}
    )


def _tile(shown: Deliveries, scale: float) -> list[Record]:
    """No-go as a tile: it is as high as its width makes it for its area to compare with that of the bars."""
    return [{"text": f"no-go\n{likely(shown.no_go)}", "area": shown.no_go * scale}] if shown.no_go else []


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    draw_calendar(marks, frame)
    marks.add(frame.named("heights"), RULE, x=marks.x(), x2="x2:Q")
    marks.text(frame.named("heights"), "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)
    marks.text(frame.named("unit"), "quiet", fontSize=SMALL)
    marks.add(frame.named("bars"), {"type": "rect", "style": "bin"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    marks.add(frame.named("marked"), {"type": "rule", "style": "needed"}, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("due"), {"type": "rule", "style": "due"}, x=marks.x(), y2="y2:Q")
    for name in ("said", "due-said"):
        halo(marks, frame.named(name), fontWeight=600)
        write(marks, frame.named(name), "question", fontWeight=600)
    _draw_tile(marks, frame)
    return marks.chart(height)


def _draw_tile(marks: Marks, frame: Frame) -> None:
    margin = (1 - _TILE) / 2 * frame.right
    strip = f"(width - {frame.left + frame.right})"
    top = f"{_BASE} - datum.area * {strip} / {_TILE * frame.right}"
    ends = {"x": f"width - {frame.right - margin}", "x2": f"width - {margin}", "y": top, "y2": f"{_BASE}"}
    at = {name: _value(name, expression) for name, expression in ends.items()}
    marks.add(frame.named("tile"), {"type": "rect", "style": "attention-tile"}, **at)
    middle = {
        "x": _value("x", f"width - {frame.right / 2}"),
        "y": _value("y", f"{top} - 36"),
        "text": alt.Text("text:N"),
    }
    said = {"type": "text", "style": "attention", "align": "center", "baseline": "top", "lineBreak": "\n"}
    marks.add(frame.named("tile"), {**said, "fontSize": SMALL, "fontWeight": 600, "lineHeight": 15}, **middle)


def _value(channel: str, expression: str) -> object:
    kind: Any = {"x": alt.XValue, "x2": alt.X2Value, "y": alt.YValue, "y2": alt.Y2Value}[channel]
    return kind(alt.ExprRef(expression))
