"""The chart of saved versions: how the forecast of a plan has moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import altair as alt

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import SMALL, UNIT, Data, beside, halo, layouts, likely, named, per_cent, write
from mlmgmt_widgets.timeline.charts_dates import Axis, Span, around, axis, draw_calendar
from mlmgmt_widgets.ui.chart_rows import NARROW, WIDE, Frame, Marks, Place, Stack
from mlmgmt_widgets.ui.figure import Cell, Figure

_VERSIONS = (
    Frame(text=WIDE.text, left=WIDE.left, right=90, plot=700 - WIDE.left - 90, above=False),
    Frame(text=NARROW.text, left=2, right=12, plot=330, above=True),
)
_HEAD = 40  # pixels, for the calendar
_STRIP = 16


@dataclass(frozen=True)
class Saved:
    """What a forecast said when it was saved.

    Attributes:
        label: its name.
        saved_on: when that was.
        p50: the day by which half of its deliveries came; None where nothing was delivered.
        p80: the same for eight in ten.
        success: the probability that it is delivered at all.
    """

    label: str
    saved_on: date
    p50: date | None
    p80: date | None
    success: float


def versions(saved: Sequence[Saved]) -> Figure:
    """Return how P50 and P80 of a plan's saved forecasts have moved, the oldest first."""
    ordered = sorted(saved, key=lambda each: each.saved_on)
    days = [day for each in ordered for day in (each.p50, each.p80) if day is not None]
    span = _with_room(days or [each.saved_on for each in ordered] or [date(2000, 1, 3)])
    data: Data = {}
    heights = []
    for frame in _VERSIONS:
        stack = Stack(frame)
        stack.space(_HEAD + 6)
        rows = [
            (each, stack.row(each.label, _STRIP, gap=16 if frame.above else 30, below=16, room=96)) for each in ordered
        ]
        base = rows[-1][1].base + 6 if rows else _HEAD
        dates = axis(span, frame.plot, _HEAD, base, above=True)
        data |= named(frame, _drawn(rows, dates, span, frame))
        heights.append(max(stack.height, _HEAD + 10))
    chart, narrow = layouts(_draw_versions, _VERSIONS, (heights[0], heights[1]))
    return Figure(
        id="versions",
        title=_moved(ordered),
        description=(
            "Each line runs from P50 to P80 as they were when that version was saved; at the right, the chance to "
            "deliver at all."
        ),
        chart=chart,
        narrow=narrow,
        columns=["Version", "Saved on", "P50", "P80", "Delivered at all (%)"],
        rows=[_version_row(each) for each in ordered],
        data=data,
    )


def _with_room(days: Sequence[date]) -> Span:
    """The span around days, with room for the labels of the first and the last."""
    first, last = min(days), max(days)
    room = max((last - first) // 2, timedelta(days=28))
    return around([first - min(room, first - date.min), last + min(room, date.max - last)])


def _version_row(each: Saved) -> list[Cell]:
    dates = (None if day is None else day.isoformat() for day in (each.p50, each.p80))
    return [each.label, each.saved_on.isoformat(), *dates, per_cent(each.success)]


def _moved(ordered: Sequence[Saved]) -> str:
    known = [(each.saved_on, each.p80) for each in ordered if each.p80 is not None]
    if len(known) < 2:  # noqa: PLR2004 - it takes two to move
        return "How the forecast has moved"
    (since, before), (_, after) = known[0], known[-1]
    days = (after - before).days
    if not days:
        return f"P80 stands where it stood on {wording.day(since)}"
    return (
        f"P80 has moved {wording.weeks(abs(days) / 7)} {'later' if days > 0 else 'earlier'} since {wording.day(since)}"
    )


def _drawn(rows: Sequence[tuple[Saved, Place]], dates: Axis, span: Span, frame: Frame) -> Data:
    data: Data = {
        "lines": list(dates.lines),
        "names": list(dates.names),
        "groups": list(dates.groups),
        "titles": [place.label() for _, place in rows],
        "saved": [],
        "success": [],
        "spans": [],
        "p50": [],
        "p80": [],
        "said": [],
    }
    for each, place in rows:
        data["saved"].append({"y": place.below, "text": f"saved {wording.day(each.saved_on)}"})
        y = place.text + 1 if frame.above else place.middle - 7
        data["success"].append({"y": y, "text": f"delivers {likely(each.success)}"})
        if each.p50 is not None and each.p80 is not None:
            half, most = round(span.ends(each.p50), 4), round(span.ends(each.p80), 4)
            data["spans"].append({"x": half, "x2": most, "y": place.middle})
            data["p50"].append({"x": half, "y": place.middle})
            data["p80"].append({"x": most, "y": place.middle})
            for x, name, day in ((half, "P50", each.p50), (most, "P80", each.p80)):
                label = beside(x, f"{name} {day.day} {day:%b}", frame, left_first=name == "P50")
                if (label["align"] == "right") == (name == "P50"):
                    data["said"].append({**label, "x": x, "y": place.middle})
    return data


def _draw_versions(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    draw_calendar(marks, frame)
    for name in ("titles", "saved"):
        marks.text(frame.named(name), "halo", fontSize=13)
    halo(marks, frame.named("said"))
    dot = {"type": "point", "filled": True, "opacity": 1, "size": 80}
    marks.add(frame.named("spans"), {"type": "rule", "style": "path", "strokeWidth": 4}, x=marks.x(), x2="x2:Q")
    marks.add(frame.named("p50"), {**dot, "style": "earlier"}, x=marks.x())
    marks.add(frame.named("p80"), {**dot, "style": "reached"}, x=marks.x())
    marks.text(frame.named("titles"), "question")
    marks.text(frame.named("saved"), "quiet", fontSize=SMALL)
    marks.text(frame.named("success"), "quiet", at="right", fontSize=SMALL)
    write(marks, frame.named("said"), "quiet")
    return marks.chart(height)
