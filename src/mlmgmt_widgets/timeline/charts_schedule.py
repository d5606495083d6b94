"""The chart of the schedule: when every task runs, how far that may move, and which of them everything waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt
import numpy as np

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import SMALL, UNIT, Data, Record, beside, halo, layouts, named, per_cent, write
from mlmgmt_widgets.timeline.charts_dates import Span, axis, draw_calendar, with_deadline
from mlmgmt_widgets.timeline.plan import RESEARCH
from mlmgmt_widgets.timeline.workdays import as_date
from mlmgmt_widgets.ui.chart_rows import NARROW, Frame, Marks, Place, Stack
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from datetime import date

    from mlmgmt_widgets.timeline.forecast import Bar, Forecast

MOST_DRAWN = 40
_STRIP = 20  # pixels: a bar between the ranges of its start and its end
_BAR = 10
_RANGE = 4
_HEAD = 40  # for the calendar
_ALWAYS = 0.995  # rounds to 100 %
_MOST_NAMED = 3
_WIDE = Frame(text=196, left=212, right=66, plot=700 - 212 - 66, above=False)
_NARROW = Frame(text=NARROW.text, left=2, right=12, plot=330, above=True)


class _Days:
    """The days on which a bar, and its early and late start and end, lie."""

    def __init__(self, bars: Sequence[Bar], forecast: Forecast) -> None:
        calendar = forecast.plan.workdays
        starts = calendar.starts([bar.starts for bar in bars])
        # Work of no length ends where it starts.
        ends = np.maximum(calendar.ends([bar.ends for bar in bars]), starts)
        self.starts = [[as_date(day) for day in each] for each in starts]
        self.ends = [[as_date(day) for day in each] for each in ends]


def schedule(forecast: Forecast) -> Figure:
    """Return when every task begins and ends in the delivered futures, and how often everything waits for it.

    Of more than forty tasks, the forty most critical are drawn; the table has all.
    """
    bars = _in_order(forecast)
    days = _Days(bars, forecast)
    chosen = _chosen(bars)
    span = with_deadline([day for each in days.ends for day in each], forecast.plan.deadline, begin=forecast.plan.start)
    data: Data = {}
    heights = []
    for frame in (_WIDE, _NARROW):
        stack = Stack(frame)
        stack.space(_HEAD + 6)
        places = {i: stack.row(bars[i].title, _STRIP, gap=14, room=92) for i in chosen}
        rows = [_Row(bars[i], days.starts[i], days.ends[i], place) for i, place in places.items()]
        data |= named(frame, _records(forecast, rows, span, frame))
        heights.append(stack.height + 30)
    chart, narrow = layouts(_draw, (_WIDE, _NARROW), (heights[0], heights[1]))
    return Figure(
        id="schedule",
        title=_title(bars) if forecast.delivers else "No future of this plan ends in delivery",
        description=_reading(forecast, len(bars), len(chosen)),
        chart=chart,
        narrow=narrow,
        columns=[
            "Task",
            *(f"{what} {share}" for what in ("Start", "End") for share in ("P10", "P50", "P90")),
            "Critical (%)",
        ],
        rows=[_row(bar, starts, ends) for bar, starts, ends in zip(bars, days.starts, days.ends, strict=True)],
        data=data,
    )


def _in_order(forecast: Forecast) -> list[Bar]:
    """The bars in the order of the plan's links, which stays when a number changes: rows must not change places."""
    place = {name: i for i, name in enumerate((RESEARCH, *forecast.plan.order))}
    return sorted(forecast.schedule(), key=lambda bar: place[bar.id])


def _chosen(bars: Sequence[Bar]) -> list[int]:
    """The numbers of the bars that are drawn, in their order."""
    most = sorted(range(len(bars)), key=lambda i: -bars[i].criticality)[:MOST_DRAWN]
    return sorted(most)


def _title(bars: Sequence[Bar]) -> str:
    always = [bar.title for bar in bars if bar.criticality >= _ALWAYS]
    rest = sorted((bar for bar in bars if bar.criticality < _ALWAYS), key=lambda bar: -bar.criticality)
    if not rest:
        return (
            "Everything is critical: any delay delays the delivery" if len(bars) > 1 else "The whole plan is one task"
        )
    nearly = f"{rest[0].title} in {100 * rest[0].criticality:.0f} %"
    if not always:
        return f"Most often critical: {nearly} of deliveries"
    more = f" and {len(always) - _MOST_NAMED} more" if len(always) > _MOST_NAMED else ""
    return f"Always critical: {', '.join(always[:_MOST_NAMED])}{more}; {nearly} of deliveries"


def _reading(forecast: Forecast, all_: int, drawn: int) -> str:
    said = (
        "Bars run from P50 of the start to P50 of the end; the grey line above is where the start falls in eight of "
        "ten deliveries, the one below where the end does. Critical: a delay here delays the delivery."
    )
    if not forecast.delivers:
        said = f"This is the work as it would be. {said}"
    return f"{said} Drawn are the {drawn} most critical of {all_} tasks." if drawn < all_ else said


def _row(bar: Bar, starts: Sequence[date], ends: Sequence[date]) -> list[Cell]:
    return [bar.title, *(day.isoformat() for day in (*starts, *ends)), per_cent(bar.criticality)]


# -- drawing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A bar that is drawn, its days, and its place."""

    bar: Bar
    starts: Sequence[date]
    ends: Sequence[date]
    place: Place


def _records(forecast: Forecast, rows: Sequence[_Row], span: Span, frame: Frame) -> Data:
    base = max(row.place.base for row in rows) + 6
    dates = axis(span, frame.plot, _HEAD, base, above=True)
    drawn, ranges, numbers = [], [], []
    for row in rows:
        place = row.place
        early, begin, late = (round(span.begins(day), 4) for day in row.starts)
        ranges.append({"x": early, "x2": late, "y": place.top, "y2": place.top + _RANGE})
        early, end, late = (round(span.ends(day), 4) for day in row.ends)
        ranges.append({"x": early, "x2": late, "y": place.base - _RANGE, "y2": place.base})
        bar = {"x": begin, "x2": end, "y": place.middle - _BAR / 2, "y2": place.middle + _BAR / 2}
        drawn.append({**bar, "level": round(row.bar.criticality, 4)})
        share = f"{100 * row.bar.criticality:.0f} %"
        numbers.append(
            {"y": place.text, "text": f"critical {share}"} if frame.above else {"y": place.middle - 7, "text": share}
        )
    return {
        "lines": list(dates.lines),
        "names": list(dates.names),
        "groups": list(dates.groups),
        "free": _free(forecast, span, base),
        "bars": drawn,
        "ranges": ranges,
        "titles": [row.place.label() for row in rows],
        "numbers": numbers,
        **_ends(forecast, span, frame, base),
    }


def _free(forecast: Forecast, span: Span, base: float) -> list[Record]:
    """Holidays and days off."""
    free = forecast.plan.workdays.free_days(span.first, span.until)
    return [
        {"x": round(span.begins(day), 4), "x2": round(span.ends(day), 4), "y": _HEAD, "y2": base}
        for day in free
        if span.shows(day)
    ]


def _ends(forecast: Forecast, span: Span, frame: Frame, base: float) -> Data:
    """The delivery's P80 and the deadline as lines through all rows, each with a label of its own line below."""
    found: Data = {"due": [], "reached": [], "due-said": [], "reached-said": []}
    wanted = []
    if forecast.plan.deadline is not None:
        wanted.append(("due", "deadline", forecast.plan.deadline))
    if forecast.delivers:
        wanted.append(("reached", "P80 delivery", forecast.date(0.8)))
    for line, (kind, name, day) in enumerate(wanted):
        text = f"{name} {wording.day(day)}"
        y = base + 12 + 18 * line
        if not span.shows(day):
            x = 1.0 if day >= span.until else 0.0
            text = f"{text} →" if x else f"← {text}"
        else:
            x = round(span.ends(day), 4)
            found[kind] = [{"x": x, "y": _HEAD, "y2": y + 7}]
        found[f"{kind}-said"] = [{**beside(x, text, frame, left_first=True, free=True), "x": x, "y": y}]
    return found


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    spans = {"x": marks.x(), "x2": "x2:Q", "y2": "y2:Q"}
    marks.add(frame.named("free"), {"type": "rect", "style": "free"}, **spans)
    draw_calendar(marks, frame)
    marks.add(frame.named("due"), {"type": "rule", "style": "due"}, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("reached"), {"type": "rule", "style": "path"}, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("ranges"), {"type": "rect", "style": "spread"}, **spans)
    level = alt.Color("level:Q", scale=alt.Scale(domain=UNIT), legend=None)
    marks.add(frame.named("bars"), {"type": "rect", "style": "level"}, color=level, **spans)
    if frame.above:  # where lines run through the text
        marks.text(frame.named("titles"), "halo")
        marks.text(frame.named("numbers"), "halo", at="right", fontSize=SMALL)
    marks.text(frame.named("titles"), "question")
    if not frame.above:
        marks.text([{"y": _HEAD - 18, "text": "critical"}], "quiet", at="right", fontSize=SMALL)
    marks.text(frame.named("numbers"), "quiet" if frame.above else "number", at="right", fontSize=SMALL)
    for name in ("due-said", "reached-said"):
        halo(marks, frame.named(name), fontWeight=600)
        write(marks, frame.named(name), "question", fontWeight=600)
    return marks.chart(height)
