"""The chart of what will lapse, and the axis of days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.readiness.charts_items import SMALL, UNIT, Data, layouts, named
from mlmgmt_widgets.readiness.lapsing import days_from
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, Frame, Marks, Place, Stack, text_width, wrap
from mlmgmt_widgets.ui.figure import Cell, Figure
from mlmgmt_widgets.words import counted, day, in_words

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.lapsing import Lapse

# -- an axis of days -----------------------------------------------------------------------------------------------

HEAD = 40  # pixels for an axis above its marks
_NAMES, _GROUPS = HEAD - 17, HEAD - 33  # where its two lines of words begin
_SMALLEST = 11
_PAD = 4  # between a line and the word beside it
# The months from one line to the next (0 stands for a week), and the pixels that the name of one needs.
_STEPS = ((0, 28), (1, 32), (3, 32), (6, 32), (12, 40), (24, 40), (60, 40), (120, 40), (600, 40), (6000, 40))
_YEAR = 12


@dataclass(frozen=True)
class Days:
    """The days that an axis shows.

    Attributes:
        first: the first of them.
        last: the last of them.
    """

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def begins(self, day: date) -> float:
        """Where a day begins, as a share of the axis."""
        return round((day - self.first).days / self.count, 5)

    def ends(self, day: date) -> float:
        """Where a day ends."""
        return round(((day - self.first).days + 1) / self.count, 5)


def calendar(days: Days, room: int, base: float) -> Data:
    """The lines of an axis, their names, and those of the months or years that hold them.

    Args:
        days: that it shows.
        room: its least width, in pixels.
        base: how far down its lines reach, in pixels.
    """
    step = next((months for months, needs in _STEPS if room * (30.4 * months or 7) / days.count >= needs), 6000)
    lines, groups = list(_begun(days, step)), list(_held(days, step))
    places = [days.begins(each) for each, _ in groups] + [1.0]
    data: Data = {"lines": [], "names": [], "groups": []}
    for each in dict.fromkeys(lines + [first for first, _ in groups] * (step > 0)):
        data["lines"].append({"x": days.begins(each), "y": HEAD, "y2": base})
    for each in lines:
        text = str(each.day) if not step else f"{each:%b}" if step < _YEAR else str(each.year)
        if room * (1 - days.begins(each)) >= text_width(text, _SMALLEST) + _PAD:
            data["names"].append({"x": days.begins(each), "y": _NAMES, "text": text})
    for (each, forms), end in zip(groups, places[1:], strict=True):
        space = room * (end - days.begins(each)) - 3 * _PAD
        text = next((text for form in forms if text_width(text := f"{each:{form}}", _SMALLEST) <= space), "")
        data["groups"] += [{"x": days.begins(each), "y": _GROUPS, "text": text}] if text else []
    return data


def _begun(days: Days, step: int) -> Iterator[date]:
    """The days at which the lines stand: Mondays, or the first of months or years."""
    if not step:
        monday = -days.first.weekday() % 7
        yield from (days.first + timedelta(days=n) for n in range(monday, days.count, 7))
        return
    first = _YEAR * days.first.year + days.first.month - 1
    last = _YEAR * days.last.year + days.last.month - 1
    for month in range(first + -first % step, last + 1, step):
        begun = date(month // _YEAR, month % _YEAR + 1, 1)
        if begun >= days.first:
            yield begun


def _held(days: Days, step: int) -> Iterator[tuple[date, tuple[str, ...]]]:
    """The months or years that hold what the lines stand for, and how their names may be written."""
    if step >= _YEAR:
        return
    forms = ("%Y",) if step else ("%B %Y", "%b %Y", "%b")
    yield days.first, forms
    yield from ((each, forms) for each in _begun(days, _YEAR if step else 1) if each > days.first)


def draw_calendar(marks: Marks, frame: Frame) -> None:
    """Draw what `calendar` returns, from the datasets of a layout."""
    marks.add(frame.named("lines"), RULE, x=marks.x(), y2="y2:Q")
    for name in ("names", "groups"):
        marks.text(frame.named(name), "quiet", at="x", align="left", fontSize=_SMALLEST)


# -- what will lapse -----------------------------------------------------------------------------------------------

_STRIP = 16  # pixels
_LINE = 17  # of a title
_QUIET_LINE = 16  # what stands under it
_DATE = 62  # from the right edge to the end of the last day, left of the days that are left
_WIDE = Frame(text=232, left=248, right=136, plot=700 - 248 - 136, above=False)
_NARROW = Frame(text=NARROW.text, left=2, right=8, plot=328, above=True)
_FRAMES = (_WIDE, _NARROW)


def lapsing(lapses: Sequence[Lapse], today: date, within: int = 60) -> Figure:
    """Return which passes and waivers stop by themselves, when, and who sees to them.

    Args:
        lapses: of `lapsing.lapsing`, the nearest first.
        today: the day on which the axis begins.
        within: how many days the axis looks ahead.
    """
    days = Days(today, days_from(today, within))
    data: Data = {}
    heights = []
    for frame in _FRAMES:
        stack = Stack(frame)
        stack.space(HEAD + 8)
        rows = [(each, _row(stack, each)) for each in lapses]
        base = stack.height - 8
        data |= named(frame, _records(rows, days, base, frame) | calendar(days, frame.plot, base))
        heights.append(stack.height)
    chart, narrow = layouts(_draw if lapses else _draw_nothing, _FRAMES, (heights[0], heights[1]))
    return Figure(
        id="lapsing",
        title=_title(lapses, within),
        description=_reading(lapses, today, within),
        chart=chart,
        narrow=narrow,
        columns=["Item", "What ends", "Last day", "Days left", "Severity", "Stage", "Owner"],
        rows=[_cells(each) for each in lapses],
        data=data if lapses else {},
    )


def _cells(lapse: Lapse) -> list[Cell]:
    when: list[Cell] = [lapse.item.name, lapse.kind, lapse.last_day.isoformat(), lapse.days_left]
    return [*when, lapse.item.severity, in_words(lapse.stage), _owner(lapse) or None]


def _title(lapses: Sequence[Lapse], within: int) -> str:
    ahead = f"in the next {counted(within, 'day')}"
    if not lapses:
        return f"Nothing lapses {ahead}"
    blocking = sum(each.blocks for each in lapses)
    verb = "lapses" if len(lapses) == 1 else "lapse"
    which = {0: "none of them blocking", len(lapses): "all of them blocking"}.get(
        blocking, f"{blocking} of them blocking"
    )
    if len(lapses) == 1:
        which = "and it blocks" if blocking else "and it blocks nothing"
    return f"{counted(len(lapses), 'item')} {verb} {ahead}, {which}"


def _reading(lapses: Sequence[Lapse], today: date, within: int) -> str:
    if not lapses:
        return f"What holds on {day(today)} still holds on {day(days_from(today, within))}, if nobody changes it."
    shapes = {each.blocks for each in lapses}
    filled = "A filled diamond will block a stage" if True in shapes else ""
    hollow = "a hollow circle is advisory" if False in shapes else ""
    key = "; ".join(filter(None, (filled, hollow)))
    return (
        f"Each line runs from today, {day(today)}, to the last day on which the item holds. {key[:1].upper()}{key[1:]}."
    )


# -- records -------------------------------------------------------------------------------------------------------


def _row(stack: Stack, lapse: Lapse) -> Place:
    """A row with its title and, in both layouts, a quieter line under it."""
    name, frame = lapse.item.name, stack.frame
    if frame.above:
        return stack.row(name, _STRIP, gap=16, below=_QUIET_LINE, room=124)
    place = stack.row(name, _LINE * len(wrap(name, frame.text)) + _QUIET_LINE, gap=14)
    return replace(place, text=place.text - _QUIET_LINE / 2)


def _records(rows: Sequence[tuple[Lapse, Place]], days: Days, base: float, frame: Frame) -> Data:
    data: Data = {name: [] for name in ("said", "dates", "left", "spans", "blocking", "advisory")}
    data["titles"] = [place.label() for _, place in rows]
    # On a phone the text stands over the strips, and a line down the page would run through it.
    strips = [(place.top, place.base) for _, place in rows] if frame.above else [(float(HEAD), base)]
    data["today"] = [{"x": 0, "y": top, "y2": end} for top, end in strips]
    for each, place in rows:
        x = days.ends(each.last_day)
        data["spans"].append({"x": 0, "x2": x, "y": place.middle})
        data["blocking" if each.blocks else "advisory"].append({"x": x, "y": place.middle})
        y = place.text + 1 if frame.above else place.middle - SMALL / 2
        data["dates"].append({"y": y, "text": f"{each.last_day.day} {each.last_day:%b}"})
        data["left"].append({"y": y, "text": counted(each.days_left, "day") if each.days_left else "last day"})
        data["said"].append({"y": place.below, "text": _said(each, frame)})
    return data


def _said(lapse: Lapse, frame: Frame) -> str:
    """What ends, and whose it is, on one line."""
    text = " · ".join(filter(None, (lapse.kind, _owner(lapse))))
    return wrap(text, frame.text, SMALL, most=1)[0]


def _owner(lapse: Lapse) -> str:
    if lapse.owner is None or lapse.owner != lapse.item.owner:
        return lapse.owner or ""  # a person's name stays as it is written
    return re.sub(r"\bml\b", "ML", lapse.owner.replace("-", " "))


# -- drawing -------------------------------------------------------------------------------------------------------


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    draw_calendar(marks, frame)
    if frame.above:  # where lines run through the text
        marks.text(frame.named("titles"), "halo", fontSize=13)
        marks.text(frame.named("said"), "halo", fontSize=SMALL)
        marks.text(frame.named("left"), "halo", at="right", fontSize=SMALL)
        marks.text(frame.named("dates"), "halo", at="right", dx=-_DATE, fontSize=SMALL)
    marks.add(frame.named("today"), {"type": "rule", "style": "needed"}, x=marks.x(), y2="y2:Q")
    marks.add(frame.named("spans"), {"type": "rule", "style": "path", "strokeWidth": 3}, x=marks.x(), x2="x2:Q")
    dot = {"type": "point", "filled": True, "opacity": 1}
    marks.add(frame.named("advisory"), {**dot, "shape": "circle", "size": 80, "style": "broken"}, x=marks.x())
    marks.add(frame.named("blocking"), {**dot, "shape": "diamond", "size": 150, "style": "score"}, x=marks.x())
    marks.text(frame.named("titles"), "question")
    marks.text(frame.named("said"), "quiet", fontSize=SMALL)
    marks.text(frame.named("left"), "number", at="right", fontSize=SMALL)
    marks.text(frame.named("dates"), "quiet", at="right", dx=-_DATE, fontSize=SMALL)
    return marks.chart(height)


def _draw_nothing(frame: Frame, height: float) -> alt.LayerChart:
    del height
    marks = Marks(frame, UNIT)
    marks.text([{"y": 0, "text": "Nothing to show."}], "quiet")
    return marks.chart(20)
