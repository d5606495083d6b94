"""Charts of what one number would change: one more experiment, more of them side by side, more time for research."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.charts_axes import (
    LINE,
    SMALL,
    UNIT,
    Box,
    Data,
    Record,
    beside,
    box_of,
    halo,
    layouts,
    named,
    numbers,
    per_cent,
    touch,
    write,
)
from mlmgmt_widgets.timeline.whatif import likelier, shifted
from mlmgmt_widgets.ui.chart_rows import RULE, Frame, Marks
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.whatif import Variant

_PLOT = 220  # pixels
_TOP = 24
_BASE = _TOP + _PLOT
_HEIGHT = _BASE + 42
_WIDE = Frame(text=0, left=46, right=70, plot=700 - 46 - 70, above=False)
_NARROW = Frame(text=0, left=40, right=34, plot=356 - 40 - 34, above=True)
_FRAMES = (_WIDE, _NARROW)
_DOT = 4  # and half of a dot's
_OFF = 12  # from a point to the middle of its label
COLUMNS = ["P50 (weeks)", "P80 (weeks)", "Delivered at all (%)", "In time (%)"]


def cells(variant: Variant) -> list[Cell]:
    """What the tables say of a variant."""
    weeks = (None if each is None else round(each, 2) for each in (variant.p50, variant.p80))
    on_time = None if variant.on_time is None else per_cent(variant.on_time)
    return [*weeks, per_cent(variant.success_probability), on_time]


def now_of(variants: Sequence[Variant]) -> int | None:
    """Which of the variants is the plan as it stands."""
    return next((i for i, each in enumerate(variants) if each.current), None)


# -- one more experiment --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Point:
    """A variant with a P80: its place, and what is written beside it."""

    x: float
    y: float
    text: str
    short: str
    current: bool


def trade_off(more: Sequence[Variant], beside_: Sequence[Variant] = ()) -> Figure:
    """Return what more experiments buy and cost: the chance to deliver at all over P80.

    Args:
        more: variants of how many experiments there are at most.
        beside_: variants of how many of them run side by side.
    """
    known = [each.p80 for each in (*more, *beside_) if each.p80 is not None]
    ticks = numbers(min(known, default=0), max(known, default=10), 6)
    experiments = [_point(each, ticks, f"{each.value:.0f}") for each in more if each.p80 is not None]
    parallel = [_point(each, ticks, each.label) for each in beside_ if each.p80 is not None]
    chart, narrow = layouts(_draw_trade_off, _FRAMES, (_HEIGHT, _HEIGHT))
    data: Data = {
        "path": [{"x": each.x, "y": each.y} for each in experiments],
        "other": [{"x": each.x, "y": each.y} for each in parallel],
        "points": [{"x": each.x, "y": each.y} for each in experiments if not each.current],
        "others": [{"x": each.x, "y": each.y} for each in parallel if not each.current],
        "now": [{"x": each.x, "y": each.y} for each in experiments if each.current],
        "ticks": [{"x": round(_across(tick, ticks), 4), "y": _BASE, "text": f"{tick:g}"} for tick in ticks],
    }
    for frame in _FRAMES:
        data |= named(frame, _labelled(experiments, parallel, frame))
    return Figure(
        id="one-more-experiment",
        title=_bought(more),
        description=(
            "Each point is the plan with another number of experiments at most; further up it delivers more surely, "
            "further right later. The dashed line has another number of them side by side."
        ),
        chart=chart,
        narrow=narrow,
        columns=["Plan", *COLUMNS],
        rows=[[f"{each.label}{', now' if each.current else ''}", *cells(each)] for each in (*more, *beside_)],
        data=data,
    )


def _bought(more: Sequence[Variant]) -> str:
    """What one more experiment than now buys, and what it costs."""
    now = now_of(more)
    if now is None:
        return "What more experiments buy and cost"
    was = more[now]
    if now + 1 == len(more):
        said = wording.percent(was.success_probability)
        return f"With {was.label} at most, {said} likely to deliver"
    other = more[now + 1]
    likely = likelier(was.success_probability, other.success_probability)
    later = "" if was.p80 is None or other.p80 is None else f", P80 {shifted(other.p80 - was.p80)}"
    return f"One more experiment: {likely} to deliver{later}"


def _across(weeks: float, ticks: Sequence[float]) -> float:
    return (weeks - ticks[0]) / (ticks[-1] - ticks[0])


def _point(variant: Variant, ticks: Sequence[float], text: str) -> _Point:
    assert variant.p80 is not None  # noqa: S101 - asked only for those that deliver
    y = round(_BASE - _PLOT * variant.success_probability, 2)
    said, short = (f"{variant.label}, now", f"{text}, now") if variant.current else (text, text)
    return _Point(round(_across(variant.p80, ticks), 4), y, said, short, variant.current)


def _labelled(experiments: Sequence[_Point], parallel: Sequence[_Point], frame: Frame) -> Data:
    """Labels for as many points as there is room for, what matters most first."""
    ends = [each for each in (*experiments[:1], *experiments[-1:]) if not each.current]
    now = [each for each in experiments if each.current]
    rest = [each for each in experiments if not each.current and each not in ends]
    others = [each for each in parallel if not each.current]
    dots = [(frame.plot * each.x, each.y) for each in (*experiments, *parallel)]
    taken: list[Box] = [(x - _DOT, x + _DOT, y - _DOT, y + _DOT) for x, y in dots]
    return {
        "now-said": _fitting(now, taken, frame, below=True),
        "said": _fitting([*ends, *rest], taken, frame, below=True),
        "others-said": _fitting([*others[:1], *others[-1:], *others[1:-1]], taken, frame, below=False),
    }


def _fitting(points: Sequence[_Point], taken: list[Box], frame: Frame, *, below: bool) -> list[Record]:
    """Labels right below or left above their points, without those that would touch what is `taken`."""
    found = []
    for point in points:
        places = [
            _placed(point, text, frame, left=left)
            for text in dict.fromkeys((point.text, point.short))
            for left in (not below, below)
        ]
        free = [label for label in places if not any(touch(box_of(label, frame), box) for box in taken)]
        if not free and not point.current:
            continue
        # The plan as it stands is named wherever it stands.
        label = free[0] if free else places[-1]
        taken.append(box_of(label, frame))
        found.append(label)
    return found


def _placed(point: _Point, text: str, frame: Frame, *, left: bool) -> Record:
    side = beside(point.x, text, frame, left_first=left, free=True)
    return {**side, "x": point.x, "y": round(point.y + (_OFF if side["align"] == "left" else -_OFF), 2)}


def _draw_trade_off(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    draw_shares(marks, _TOP, _BASE)
    draw_numbers(marks, "ticks", "P80, in weeks of work if it is delivered", frame)
    marks.text([{"y": 0, "text": "Likely to deliver at all"}], "quiet", fontSize=SMALL)
    marks.add("other", {**LINE, "style": "other-path"}, x=marks.x())
    marks.add("path", {**LINE, "style": "path"}, x=marks.x())
    for name in ("others-said", "said", "now-said"):
        halo(marks, frame.named(name))
    dot = {"type": "point", "filled": True, "opacity": 1}
    marks.add("others", {**dot, "size": 50, "style": "other"}, x=marks.x())
    marks.add("points", {**dot, "size": 60, "style": "reached"}, x=marks.x())
    marks.add("now", {**dot, "shape": "diamond", "size": 170, "style": "score"}, x=marks.x())
    write(marks, frame.named("others-said"), "quiet")
    write(marks, frame.named("said"), "question")
    write(marks, frame.named("now-said"), "question", fontWeight=600)
    return marks.chart(height)


def draw_shares(marks: Marks, top: float, base: float, parts: int = 4) -> None:
    """Lines for shares from 0 to 100 % with their names."""
    shares = [(i / parts, base - (base - top) * i / parts) for i in range(parts + 1)]
    marks.add([{"y": y, "x": 0, "x2": 1} for _, y in shares], RULE, x=marks.x(), x2="x2:Q")
    heights = [{"y": y, "x": 0, "text": f"{100 * share:.0f} %"} for share, y in shares]
    marks.text(heights, "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=SMALL)


def draw_numbers(marks: Marks, ticks: str | list[Record], title: str, frame: Frame, base: float = _BASE) -> None:
    """The numbers of an axis at the bottom, and what they are."""
    marks.text(ticks, "quiet", at="x", dy=7, fontSize=SMALL)
    end = [{"x": 1, "y": base + 24, "text": title}]
    marks.text(end, "quiet", at="x", align="right", fontSize=SMALL, dx=frame.right - 4)
