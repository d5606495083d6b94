"""The chart of the delivery: how likely it is by each day, and how likely at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import (
    LINE,
    SMALL,
    UNIT,
    Data,
    Record,
    beside,
    box_of,
    halo,
    layouts,
    likely,
    named,
    per_cent,
    spread,
    touch,
    write,
)
from mlmgmt_widgets.timeline.charts_dates import Places, axis, draw_calendar
from mlmgmt_widgets.timeline.charts_due import Deliveries, frames, span_of
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

_MARKED = (0.5, 0.8, 0.95)
_TABLED = (0.1, 0.5, 0.8, 0.9, 0.95)
_PLOT = 240  # pixels
_TOP = 44
_BASE = _TOP + _PLOT
_HEIGHT = _BASE + 40
_LINE = 17  # a label's height
_MOVED = 3  # a label that stands further from its place than this is led to it

# Quantiles closer together at the ends, where the curve bends.
_SHARES = np.union1d((1 - np.cos(np.pi * np.linspace(0.02, 0.98, 129))) / 2, _MARKED)


def delivery(forecast: Forecast, earlier: Forecast | None = None, name: str = "earlier") -> Figure:
    """Return how likely the plan is delivered by each day, of all futures.

    Args:
        forecast: what is shown.
        earlier: another forecast to lay under it: a saved one, or scenario A.
        name: what the other one is called.
    """
    span = span_of(*([earlier] if earlier else []), forecast)
    shown = Deliveries(forecast, span)
    other = _Other(name, Deliveries(earlier, span)) if earlier else None
    layout = frames(research=shown.no_go is not None)
    chart, narrow = layouts(_draw, layout, (_HEIGHT, _HEIGHT))
    data = {"curve": _curve(shown), "other": _curve(other.shown) if other else []}
    for frame in layout:
        data |= named(frame, _labels(shown, other, frame))
    return Figure(
        id="delivery",
        title=_title(shown),
        description=_reading(shown, other),
        chart=chart,
        narrow=narrow,
        columns=["", "Date", "Weeks of work", "Of deliveries (%)", "Of all futures (%)"],
        rows=_rows(shown, other),
        data=data,
    )


@dataclass(frozen=True)
class _Other:
    """The forecast that is laid under the other."""

    name: str
    shown: Deliveries


def _title(shown: Deliveries) -> str:
    if not shown.days:
        return "No future of this plan ends in delivery"
    if shown.due is not None and shown.on_time is not None:
        said = wording.percent(shown.on_time)
        return f"{said[:1].upper()}{said[1:]} likely to be delivered by {wording.day(shown.due)}, the deadline"
    half, most = (wording.day(shown.days[share]) for share in (0.5, 0.8))
    return f"Half of all deliveries come by {half}, eight in ten by {most}"


def _reading(shown: Deliveries, other: _Other | None) -> str:
    said = "The curve is the chance to be delivered by each day, out of all futures"
    said += ". " if shown.no_go is None else "; what it lacks to 100 % is no-go. "
    said += "P80: eight in ten deliveries have come by then."
    return f"{said} Dashed: {other.name}." if other else said


def _rows(shown: Deliveries, other: _Other | None) -> list[list[Cell]]:
    rows = _quantile_rows(shown, "")
    if shown.due is not None and shown.on_time is not None:
        of_deliveries = per_cent(shown.on_time / shown.success) if shown.success else None
        rows.append(["Deadline", shown.due.isoformat(), None, of_deliveries, per_cent(shown.on_time)])
    rows += _outcome_rows(shown, "")
    if other:
        rows += _quantile_rows(other.shown, f", {other.name}") + _outcome_rows(other.shown, f", {other.name}")
    return rows


def _quantile_rows(shown: Deliveries, name: str) -> list[list[Cell]]:
    return [
        [
            f"P{100 * share:.0f}{name}",
            shown.days[share].isoformat(),
            round(shown.weeks[share], 2),
            per_cent(share),
            per_cent(share * shown.success),
        ]
        for share in _TABLED
        if shown.days
    ]


def _outcome_rows(shown: Deliveries, name: str) -> list[list[Cell]]:
    if shown.no_go is None:
        return []
    return [
        [f"Delivered at all{name}", None, None, 100.0, per_cent(shown.success)],
        [f"No-go{name}", None, None, None, per_cent(shown.no_go)],
    ]


# -- the curve ------------------------------------------------------------------------------------------------------


def _curve(shown: Deliveries) -> list[Record]:
    """The share of all trials that is delivered, along the axis."""
    if not shown.days:
        return [{"x": 0, "y": _BASE}, {"x": 1, "y": _BASE}]
    forecast, span = shown.forecast, shown.span
    x = Places(forecast.plan, span).of(forecast.quantiles(_SHARES)).round(4).tolist()
    end = _up(forecast.probability_by(span.until - timedelta(days=1)))
    y = np.maximum(_up(shown.success * _SHARES), end).round(2).tolist()
    points = [{"x": px, "y": py} for px, py in zip(x, y, strict=True)]
    return [{"x": 0, "y": _BASE}, {"x": x[0], "y": _BASE}, *points, {"x": 1, "y": round(float(end), 2)}]


def _up(share: Any) -> Any:
    """How far down the page a share of all trials stands."""
    return _BASE - _PLOT * share


def _labels(shown: Deliveries, other: _Other | None, frame: Frame) -> Data:
    slipped = _slipped(shown, other)
    dates = axis(shown.span, frame.plot, _TOP, _BASE)
    marked = _marked(shown, frame, left=not slipped)
    return {
        "lines": list(dates.lines),
        "names": list(dates.names),
        "groups": list(dates.groups),
        **marked,
        "called": [_called(other, marked["said"], frame, left=slipped)] if other else [],
        **shown.deadline(frame, _TOP - 13, _BASE),
        "met": _met(shown),
        **_outcomes(shown),
    }


def _slipped(shown: Deliveries, other: _Other | None) -> bool:
    """Whether the other curve lies left of this one."""
    return bool(other and other.shown.days and shown.days and other.shown.places[0.5] < shown.places[0.5])


def _marked(shown: Deliveries, frame: Frame, *, left: bool) -> Data:
    """P50, P80 and P95 on the curve."""
    marks = [
        {"x": shown.places[share], "y": round(_up(shown.success * share), 2), "text": shown.mark(share, frame)}
        for share in _MARKED
        if shown.days
    ]
    return {"marked": [{"x": mark["x"], "y": mark["y"]} for mark in marks], **_said(marks, frame, left=left)}


def _said(marks: Sequence[Record], frame: Frame, *, left: bool) -> Data:
    """The labels of the marked days: left of a rising curve is room, and right below it."""
    sides = [beside(mark["x"], mark["text"], frame, left_first=left) for mark in marks]
    down = [mark["y"] + (-8 if side["align"] == "right" else 12) for mark, side in zip(marks, sides, strict=True)]
    places = spread(down, _LINE, _BASE - 9)
    labels = [{**side, "x": mark["x"], "y": round(y, 2)} for mark, side, y in zip(marks, sides, places, strict=True)]
    leaders = [
        {"x": mark["x"], "y": mark["y"], "y2": label["y"]}
        for mark, label, wanted in zip(marks, labels, down, strict=True)
        if wanted - label["y"] > _MOVED
    ]
    return {"said": labels, "leaders": leaders}


def _called(other: _Other, said: Sequence[Record], frame: Frame, *, left: bool) -> Record:
    """The name of the other curve: beside it, where the labels leave room, or else in a corner."""
    shown, taken = other.shown, [box_of(label, frame) for label in said]
    for share in (0.75, 0.8, 0.9) if left else (0.25, 0.1):
        if share in shown.places:
            y = _up(shown.success * share) + (0 if left else 6)
            place = {"x": shown.places[share], "y": round(y, 2)}
            label = {**beside(place["x"], other.name, frame, left_first=left), **place}
            if (label["align"] == "right") == left and not any(touch(box_of(label, frame), box) for box in taken):
                return label
    corner = ("left", 4, 0, _TOP + 12) if left else ("right", -4, 1, _BASE - 10)
    return {"text": other.name, **dict(zip(("align", "dx", "x", "y"), corner, strict=True))}


def _met(shown: Deliveries) -> list[Record]:
    """Where the curve meets the deadline."""
    if shown.due is None or shown.on_time is None or not shown.span.shows(shown.due):
        return []
    return [{"x": round(shown.span.ends(shown.due), 4), "y": round(_up(shown.on_time), 2)}]


def _outcomes(shown: Deliveries) -> Data:
    """The two ways that futures end, as brackets right of the axis."""
    split = round(_up(shown.success), 2)
    found: Data = {}
    for end, share, y, y2 in (("no-go", 1 - shown.success, _TOP, split), ("delivered", shown.success, split, _BASE)):
        there = shown.no_go is not None and share > 0
        found[end] = [{"left": 0, "x": 1, "y": y, "y2": y2}] if there else []
        found[f"{end}-said"] = [{"x": 1, "y": (y + y2) / 2, "text": f"{end}\n{likely(share)}"}] if there else []
    return found


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    due, no_go = frame.named("due"), frame.named("no-go")
    marks.add(no_go, {"type": "rect", "style": "attention-ground"}, x=marks.x("left"), x2="x:Q", y2="y2:Q")
    draw_calendar(marks, frame)
    shares = [(0.25 * i, _BASE - _PLOT * 0.25 * i) for i in range(5)]
    marks.add([{"y": y, "x": 0, "x2": 1} for _, y in shares], RULE, x=marks.x(), x2="x2:Q")
    heights = [{"y": y, "x": 0, "text": f"{100 * share:.0f} %"} for share, y in shares]
    marks.text(heights, "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)
    marks.text([{"y": 0, "text": "Delivered by then, of all futures"}], "quiet", fontSize=SMALL)
    marks.add(due, {"type": "rule", "style": "due"}, x=marks.x(), y2="y2:Q")
    marks.add("other", {**LINE, "style": "other-path"}, x=marks.x())
    for name in ("called", "said"):
        halo(marks, frame.named(name), fontWeight=600)
    marks.add("curve", {**LINE, "style": "path", "strokeWidth": 2.5}, x=marks.x())
    marks.add(frame.named("leaders"), RULE, x=marks.x(), y2="y2:Q")
    dot = {"type": "point", "filled": True, "opacity": 1}
    marks.add(frame.named("met"), {**dot, "shape": "diamond", "size": 110, "style": "score"}, x=marks.x())
    marks.add(frame.named("marked"), {**dot, "size": 90, "style": "reached"}, x=marks.x())
    write(marks, frame.named("called"), "quiet")
    write(marks, frame.named("due-said"), "question", fontWeight=600)
    write(marks, frame.named("said"), "question", fontWeight=600)
    for end, line, text in (("no-go", "attention-edge", "attention"), ("delivered", "path", "question")):
        marks.add(frame.named(end), {"type": "rule", "style": line, "xOffset": 7}, x=marks.x(), y2="y2:Q")
        said = {"align": "left", "baseline": "middle", "dx": 14, "fontWeight": 600, "fontSize": 12, "lineHeight": 15}
        marks.text(frame.named(f"{end}-said"), text, at="x", **said)
    return marks.chart(height)
