"""The chart of readiness over time: one strip a stage, from the first thing that was said to today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.readiness.charts_items import (
    APART,
    SMALL,
    UNIT,
    Data,
    Record,
    draw_blocking,
    layouts,
    named,
    px,
)
from mlmgmt_widgets.readiness.charts_lapsing import HEAD, Days, calendar, draw_calendar
from mlmgmt_widgets.readiness.lapsing import days_from
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, Frame, Marks, Place, Stack, text_width
from mlmgmt_widgets.ui.figure import Cell, Figure
from mlmgmt_widgets.words import counted, day, in_words

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.progress import Progress, StageProgress

_LANE = 18  # pixels over a strip, for the days on which it turned
_PLOT = 54
_LEAST_DAYS = 14  # a single day would be as broad as the whole axis
_WIDE = Frame(text=134, left=184, right=96, plot=700 - 184 - 96, above=False)
_NARROW = Frame(text=NARROW.text, left=40, right=6, plot=338 - 40 - 6, above=True)
_FRAMES = (_WIDE, _NARROW)
_LINE = {"type": "line", "order": False}  # through its points in the order of the records


def progress(progress: Progress) -> Figure:
    """Return the share of items that had passed, stage by stage and day by day, and when each was ready.

    Args:
        progress: of `progress.progress`, up to today.
    """
    first = min(progress.standings[0].day, days_from(progress.today, 1 - _LEAST_DAYS))
    days = Days(first, progress.today)
    data: Data = {}
    heights = []
    for frame in _FRAMES:
        stack = Stack(frame)
        stack.space(HEAD + 4)
        rows = [
            (stage, stack.row(in_words(stage), _LANE + _PLOT, gap=16, room=150 * frame.above))
            for stage in progress.stages
        ]
        base = rows[-1][1].base
        data |= named(frame, _records(progress, rows, days, frame) | calendar(days, frame.plot, base))
        heights.append(base + 8)
    chart, narrow = layouts(_draw, _FRAMES, (heights[0], heights[1]))
    return Figure(
        id="progress",
        title=_title(progress),
        description=(
            "The share of the items that apply which have passed; a stage asks for its own items and for those of the "
            "stages before it. Shaded and after a dot: nothing blocks it. After a cross: it is ready no more."
        ),
        chart=chart,
        narrow=narrow,
        columns=["Day", "Stage", "Passed", "Waived", "Apply", "Passed (%)", "Blocking", "Ready"],
        rows=[_row(standing.day, stage) for standing in progress.standings for stage in standing.stages],
        data=data,
    )


def _row(on: date, stage: StageProgress) -> list[Cell]:
    whole = stage.whole
    share = None if whole.share is None else round(100 * whole.share, 1)
    counts = [whole.passed, whole.waived, whole.applicable, share, whole.blocking]
    return [on.isoformat(), in_words(stage.stage), *counts, "yes" if stage.ready else "no"]


def _title(progress: Progress) -> str:
    """Where it stands: how far it is ready, and what has turned since."""
    now = {each.stage: each for each in progress.standings[-1].stages}
    ready = [stage for stage in progress.stages if now[stage].ready]
    if len(ready) == len(progress.stages):
        since = progress.turns(progress.stages[-1])[-1][0]
        return f"Ready for {_name(progress.stages[-1])} since {day(since)}"
    lost = [stage for stage in progress.stages if not now[stage].ready and progress.turns(stage)]
    waits = lost[-1] if lost else next(stage for stage in progress.stages if not now[stage].ready)
    number = now[waits].whole.blocking
    what = f"{counted(number, 'item')} {'blocks' if number == 1 else 'block'}"
    if lost:
        return f"Not ready for {_name(waits)} any more since {day(progress.turns(waits)[-1][0])}: {what} it"
    if ready:
        return f"Ready for {_name(ready[-1])}; {what} {_name(waits)}"
    return f"Not ready for {_name(waits)} yet: {what} it"


def _name(stage: str) -> str:
    return in_words(stage).lower()


# -- records -------------------------------------------------------------------------------------------------------


def _records(progress: Progress, rows: Sequence[tuple[str, Place]], days: Days, frame: Frame) -> Data:
    data: Data = {name: [] for name in ("ready", "path", "ends", "floors", "became", "stopped", "turns", "turned")}
    data |= {"titles": [], "passed-of": [], "blocks": [], "fine": []}
    for stage, place in rows:
        series = progress.of(stage)
        steps = _steps(series, place, days)
        data["ready"] += [{**each, "y2": place.base} for each, (_, at) in zip(steps, series, strict=True) if at.ready]
        for each in steps:
            data["path"] += [{"x": x, "y": each["y"], "row": stage} for x in (each["x"], each["x2"])]
        data["ends"].append({"x": 1, "y": steps[-1]["y"]})
        data["floors"].append({"x": 0, "x2": 1, "y": place.base, "text": "0 %"})
        data["floors"].append({"x": 0, "x2": 1, "y": place.base - _PLOT, "text": "100 %"})
        heights = {on: step["y"] for (on, _), step in zip(series, steps, strict=True)}
        for on, ready in progress.turns(stage):
            turn = {"x": days.begins(on), "y": heights[on]}
            data["became" if ready else "stopped"].append(turn)
            data["turns"].append({**turn, "y": place.top + _LANE - 4, "y2": place.base})
        data["turned"] += _turned(progress.turns(stage), place, days, frame)
        for name, said in _standing(series[-1][1], place, steps[-1]["y"], frame).items():
            data[name].append(said)
        data["titles"].append({**place.label(), "y": place.text + (0 if frame.above else _LANE / 2)})
    return data


def _steps(series: Sequence[tuple[date, StageProgress]], place: Place, days: Days) -> list[Record]:
    """What stood from one day to the next; where nothing applies, nothing is missing."""
    begins = [days.begins(on) for on, _ in series]
    shares = [1.0 if stage.whole.share is None else stage.whole.share for _, stage in series]
    return [
        {"x": x, "x2": x2, "y": round(place.base - _PLOT * share, 2)}
        for x, x2, share in zip(begins, [*begins[1:], 1.0], shares, strict=True)
    ]


def _turned(turns: Sequence[tuple[date, bool]], place: Place, days: Days, frame: Frame) -> list[Record]:
    """The days on which a stage turned, in words; of those that would touch each other, the latest stay."""
    found: list[Record] = []
    free = float(frame.plot + frame.right * frame.above)
    for on, ready in reversed(turns):
        text = f"{'ready' if ready else 'not ready'} {on.day} {on:%b}"
        x, width = days.begins(on), text_width(text, SMALL)
        start = min(max(frame.plot * x - 3, 0), free - width)
        if start >= max(frame.plot * x - width - 3, 0):
            # Right of its day or, at the end of the strip, as far right as there is room.
            found.append({"x": x, "y": place.top + 1, "text": text, "dx": round(start - frame.plot * x, 1)})
            free = start - APART
    return found


def _standing(stage: StageProgress, place: Place, end: float, frame: Frame) -> dict[str, Record]:
    """How it stands today, in words: at the end of its line or, on a phone, at the right of its name."""
    whole = stage.whole
    passed = f"{whole.passed} of {whole.applicable}"
    kind, text = ("fine", "ready") if stage.ready else ("blocks", f"{whole.blocking} blocking")
    if frame.above:
        y = place.text + 1
        # What blocks is written in bold, which is wider than what the width is measured in.
        aside = text_width(text, SMALL) * (1.08 if stage.ready else 1.25) + APART
        return {"passed-of": {"y": y, "text": passed, "dx": -round(aside)}, kind: {"y": y, "text": text}}
    y = min(max(end - 8, place.top + _LANE - 8), place.base - 28)
    return {"passed-of": {"x": 1, "y": y, "text": passed, "dx": 12}, kind: {"y": y + 16, "text": text}}


# -- drawing -------------------------------------------------------------------------------------------------------


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    marks.add(frame.named("ready"), {"type": "rect", "style": "guide"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    draw_calendar(marks, frame)
    marks.add(frame.named("floors"), RULE, x=marks.x(), x2="x2:Q")
    marks.text(frame.named("floors"), "quiet", at="x", align="right", baseline="middle", dx=-8, fontSize=11)
    marks.add(frame.named("turns"), RULE, x=marks.x(), y2="y2:Q")
    if frame.above:
        marks.text(frame.named("titles"), "halo", fontSize=13)
    turned = {"align": "left", "dx": alt.ExprRef("datum.dx"), "fontSize": SMALL}
    marks.text(frame.named("turned"), "halo", at="x", **turned)
    marks.text(frame.named("turned"), "quiet", at="x", **turned)
    marks.add(frame.named("path"), {**_LINE, "style": "path"}, x=marks.x(), detail=alt.Detail("row:N"))
    dot = {"type": "point", "filled": True, "opacity": 1}
    marks.add(frame.named("ends"), {**dot, "size": 50, "style": "bar"}, x=marks.x())
    marks.add(frame.named("became"), {**dot, "size": 110, "style": "reached"}, x=marks.x())
    cross = {**dot, "shape": "cross", "angle": 45, "size": 130, "style": ["score", "blocking"]}
    marks.add(frame.named("stopped"), cross, x=marks.x())
    marks.text(frame.named("titles"), "question")
    side = {"dx": alt.ExprRef("datum.dx"), "fontSize": SMALL}
    if frame.above:
        marks.text(frame.named("passed-of"), "number", at="right", **side)
        marks.text(frame.named("fine"), "quiet", at="right", fontSize=SMALL)
        draw_blocking(marks, frame.named("blocks"))
    else:
        marks.text(frame.named("passed-of"), "number", at="x", align="left", **side)
        place = px(alt.ExprRef(f"width - {frame.right - 12}"))
        for name, style in (("fine", ["quiet"]), ("blocks", ["number", "blocking"])):
            words = {"type": "text", "style": style, "align": "left", "baseline": "top", "fontSize": SMALL}
            marks.add(frame.named(name), words, x=place, text=alt.Text("text:N"))
    return marks.chart(height)
