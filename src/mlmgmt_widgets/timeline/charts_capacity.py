"""The chart of the research share: what time for research costs and buys in dates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import (
    LINE,
    SMALL,
    UNIT,
    Data,
    Record,
    beside,
    layouts,
    named,
    numbers,
    spread,
    write,
)
from mlmgmt_widgets.timeline.charts_whatif import COLUMNS, cells, draw_numbers, draw_shares, now_of
from mlmgmt_widgets.timeline.whatif import TELLS
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks, text_width
from mlmgmt_widgets.ui.figure import Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.whatif import Variant

_GUIDE = (0.2, 0.3)  # the share that the maturity rubric names
_MOST = 0.6
_DAY = 0.2  # weeks: less than a day is no reason to change anything
_PLOT = 180  # pixels
_TOP = 58
_BASE = _TOP + _PLOT
_PANEL = 84  # the panel of the deadline
_HEIGHT = _BASE + 42
_WIDE = Frame(text=0, left=46, right=60, plot=700 - 46 - 60, above=False)
_NARROW = Frame(text=0, left=40, right=40, plot=356 - 40 - 40, above=True)
_FRAMES = (_WIDE, _NARROW)


def research_share(variants: Sequence[Variant]) -> Figure:
    """Return P50 and P80 over the share of the team's time kept for research, and the chance of the deadline.

    Args:
        variants: of the research share.
    """
    dated = any(each.on_time is not None for each in variants)
    height = _HEIGHT + (_PANEL + 40 if dated else 0)
    draw = _draw_dated if dated else _draw
    chart, narrow = layouts(draw, _FRAMES, (height, height))
    data = _records(variants) | (_in_time(variants) if dated else {})
    for frame in _FRAMES:
        data |= named(frame, _labels(variants, frame))
    return Figure(
        id="research-share",
        title=_title(variants),
        description=_reading(variants),
        chart=chart,
        narrow=narrow,
        columns=["Research share (%)", *COLUMNS, "Experiments at a time"],
        rows=[[f"{each.label}{', now' if each.current else ''}", *cells(each), each.parallel] for each in variants],
        data=data,
    )


def _reading(variants: Sequence[Variant]) -> str:
    said = "Weeks of work to delivery, if it is delivered, for each share of the team's time that is kept for research."
    jumps = len({each.parallel for each in variants}) > 1
    return f"{said} Where a line falls, one more experiment runs side by side." if jumps else said


def _title(variants: Sequence[Variant]) -> str:
    known = [(each.p80, each) for each in variants if each.p80 is not None]
    if not variants:
        return "There is no team whose time could be shared out"
    if not known:
        return "No research share makes this plan deliver"
    low, best = min(known, key=lambda pair: (pair[0], not pair[1].current))
    if max(p80 for p80, _ in known) - low < TELLS:
        return "The research share leaves P80 where it is"
    now = now_of(variants)
    current = variants[now] if now is not None else None
    if current is None or current.p80 is None:
        return f"P80 is earliest with {best.label} of the time for research"
    if current.p80 - low < _DAY:
        return f"With {current.label} for research, P80 is about as early as it can be"
    earlier = wording.weeks(current.p80 - low)
    return f"With {best.label} for research, P80 would be {earlier} earlier than with {current.label}"


# -- records --------------------------------------------------------------------------------------------------------


def _x(variant: Variant) -> float:
    return round(min(variant.value / _MOST, 1.0), 4)


def _scale(variants: Sequence[Variant]) -> list[float]:
    known = [weeks for each in variants for weeks in (each.p50, each.p80) if weeks is not None]
    return numbers(min(known, default=0), max(known, default=10), 5)


def _y(weeks: float, ticks: Sequence[float]) -> float:
    return round(_BASE - _PLOT * (weeks - ticks[0]) / (ticks[-1] - ticks[0]), 2)


def _records(variants: Sequence[Variant]) -> Data:
    ticks = _scale(variants)
    now = now_of(variants)
    current = [variants[now]] if now is not None else []
    return {
        "weeks": [{"x": 0, "x2": 1, "y": _y(tick, ticks), "text": f"{tick:g}"} for tick in ticks],
        "p50": [{"x": _x(each), "y": _y(each.p50, ticks)} for each in variants if each.p50 is not None],
        "p80": [{"x": _x(each), "y": _y(each.p80, ticks)} for each in variants if each.p80 is not None],
        "now": [{"x": _x(each), "y": _TOP - 17, "y2": _BASE} for each in current],
        "now-points": [
            {"x": _x(each), "y": _y(weeks, ticks)}
            for each in current
            for weeks in (each.p50, each.p80)
            if weeks is not None
        ],
    }


def _in_time(variants: Sequence[Variant]) -> Data:
    """The chance of the deadline, and that of the plan as it stands."""
    late = _BASE + 40 + _PANEL
    points = [
        (each.current, {"x": _x(each), "y": round(late - _PANEL * each.on_time, 2)})
        for each in variants
        if each.on_time is not None
    ]
    return {"in-time": [point for _, point in points], "now-in-time": [point for current, point in points if current]}


def _labels(variants: Sequence[Variant], frame: Frame) -> Data:
    ticks = _scale(variants)
    now = now_of(variants)
    ends = [
        (name, _y(weeks, ticks))
        for last in variants[-1:]
        for name, weeks in (("P50", last.p50), ("P80", last.p80))
        if weeks is not None
    ]
    places = spread([y for _, y in ends], 16, _BASE)
    said = [
        {"x": _x(variants[-1]), "y": y, "text": name, "align": "left", "dx": 8}
        for (name, _), y in zip(ends, places, strict=True)
    ]
    current = [
        {**beside(_x(each), f"now {each.label}", frame, free=True), "x": _x(each), "y": _TOP - 10}
        for each in ([variants[now]] if now is not None else [])
    ]
    return {"said": said, "now-said": current, "slots": _slots(variants, frame)}


def _slots(variants: Sequence[Variant], frame: Frame) -> list[Record]:
    """Where the number of experiments side by side changes, as far as there is room to say so."""
    changes = [after for before, after in pairwise(variants) if after.parallel != before.parallel]
    found: list[Record] = []
    free = 0.0
    for each in changes:
        text = f"{each.parallel} at a time"
        if frame.plot * _x(each) >= free and frame.plot * (1 - _x(each)) >= text_width(text, 11):
            found.append({"x": _x(each), "y": _BASE - 15, "text": text})
            free = frame.plot * _x(each) + text_width(text, 11) + 8
    return found


# -- drawing --------------------------------------------------------------------------------------------------------


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    _draw_weeks(marks, frame)
    _draw_axis(marks, frame, _BASE)
    return marks.chart(height)


def _draw_dated(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    _draw_weeks(marks, frame)
    base = _BASE + 40 + _PANEL
    guide = [{"x": _GUIDE[0] / _MOST, "x2": _GUIDE[1] / _MOST, "y": base - _PANEL, "y2": base}]
    marks.add(guide, {"type": "rect", "style": "guide"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    draw_shares(marks, base - _PANEL, base, 2)
    marks.text([{"y": _BASE + 16, "text": "Chance of the deadline"}], "quiet", fontSize=SMALL)
    marks.add("in-time", {**LINE, "style": "path"}, x=marks.x())
    marks.add("now-in-time", _NOW, x=marks.x())
    _draw_axis(marks, frame, base)
    return marks.chart(height)


_NOW = {"type": "point", "filled": True, "opacity": 1, "shape": "diamond", "size": 110, "style": "score"}


def _draw_weeks(marks: Marks, frame: Frame) -> None:
    guide = [{"x": _GUIDE[0] / _MOST, "x2": _GUIDE[1] / _MOST, "y": _TOP - 22, "y2": _BASE}]
    marks.add(guide, {"type": "rect", "style": "guide"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    middle = [{"x": sum(_GUIDE) / 2 / _MOST, "y": _TOP - 37, "text": "the guide's 20–30 %"}]
    marks.text(middle, "quiet", at="x", fontSize=11)
    marks.add("weeks", RULE, x=marks.x(), x2="x2:Q")
    marks.text("weeks", "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)
    marks.text([{"y": 0, "text": "Weeks of work to delivery"}], "quiet", fontSize=SMALL)
    marks.add("now", {"type": "rule", "style": "due"}, x=marks.x(), y2="y2:Q")
    marks.text(frame.named("slots"), "halo", at="x", align="left", fontSize=11, dx=4)
    marks.add("p50", {**LINE, "style": "other-path", "strokeDash": [1, 0]}, x=marks.x())
    marks.add("p80", {**LINE, "style": "path"}, x=marks.x())
    marks.text(frame.named("slots"), "quiet", at="x", align="left", fontSize=11, dx=4)
    marks.add("now-points", _NOW, x=marks.x())
    write(marks, frame.named("said"), "question", fontWeight=600)
    write(marks, frame.named("now-said"), "question", fontWeight=600)


def _draw_axis(marks: Marks, frame: Frame, base: float) -> None:
    ticks = [{"x": i / 6, "y": base, "text": f"{10 * i} %"} for i in range(7)]
    draw_numbers(marks, ticks, "Share of the team's time kept for research", frame, base)
