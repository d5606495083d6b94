"""What the timeline's charts share: their frames, numbers on axes, and labels that stand where there is room."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt

from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.ui.chart_rows import Frame, Marks, text_width

Record = dict[str, Any]
Box = tuple[float, float, float, float]
Data = dict[str, list[Record]]

SMALL = 12  # the size of most labels, in pixels
_HALF = 7  # pixels: of a label's height
_APART = 7  # pixels between a mark and its label
_BOLD = 1.08  # as wide as other letters
_NICE = (1, 2, 5, 10)
UNIT = [0.0, 1.0]  # places across are shares of the strip
LINE = {"type": "line", "order": False}  # through its points in the order of the records


def beside(x: float, text: str, frame: Frame, *, left_first: bool = False, free: bool = False) -> Record:
    """A label's text, and its side of a mark: the one that is asked for, if it has room for the label.

    Args:
        x: where the mark stands, a share of the strip.
        text: of the label.
        frame: the layout; what fits into its narrowest strip fits into all.
        left_first: which side is asked for.
        free: whether there is nothing left and right of the strip that the label could touch.
    """
    width = label_width(text) + _APART
    left_room = x * frame.plot + (frame.left if free else 0)
    right_room = (1 - x) * frame.plot + (frame.right if free else 0)
    left = left_first if min(left_room, right_room) >= width else left_room > right_room
    return {"text": text, "align": "right" if left else "left", "dx": -_APART if left else _APART}


def label_width(text: str) -> float:
    """About how many pixels a label takes, in bold letters too."""
    return _BOLD * text_width(text, SMALL)


def box_of(label: Record, frame: Frame) -> Box:
    """What a label covers on the narrowest strip: left, right, top and bottom, in pixels."""
    start = frame.plot * label["x"] + label["dx"]
    end = start + label_width(label["text"]) * (1 if label["align"] == "left" else -1)
    return min(start, end), max(start, end), label["y"] - _HALF, label["y"] + _HALF


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes have a part in common."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def spread(places: Sequence[float], apart: float, low: float) -> list[float]:
    """Move places down the page up, the lowest first, until they are `apart` and none is below `low`."""
    moved: list[float] = []
    for place in places:
        highest = moved[-1] - apart if moved else low
        moved.append(min(place, highest))
    return moved


def write(marks: Marks, records: Iterable[Record] | str, style: str, **mark: Any) -> None:
    """Write labels that know their side."""
    marks.text(records, style, at="x", **{**_SIDES, "fontSize": SMALL, **mark})


def halo(marks: Marks, records: str, **mark: Any) -> None:
    """Draw the rim of the ground that keeps labels legible over the lines that were drawn before."""
    write(marks, records, "halo", **mark)


_SIDES = {"align": alt.ExprRef("datum.align"), "dx": alt.ExprRef("datum.dx"), "baseline": "middle"}


def step_of(reach: float, most: int) -> float:
    """A round step that divides `reach` into at most `most` parts.

    Example:
        >>> step_of(0.07, 4), step_of(90, 5)
        (0.02, 20.0)
    """
    rough = reach / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(nice * power for nice in _NICE if nice * power >= rough * (1 - 1e-9))


def numbers(low: float, high: float, most: int) -> list[float]:
    """Round numbers, at most `most` + 1, the first at or below `low` and the last at or above `high`.

    Example:
        >>> numbers(11, 23.5, 5)
        [10.0, 15.0, 20.0, 25.0]
    """
    step = step_of(max(high - low, 1e-9), most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * i, 10) for i in range(first, max(last, first + 1) + 1)]


def short_day(day: date, frame: Frame) -> str:
    """A day where there is little room; on a phone, the axis alone says the year."""
    return f"{day.day} {day:%b}" if frame.above else f"{day.day} {day:%b %Y}"


def named(frame: Frame, data: Data) -> Data:
    """The same datasets under the names that a layout has for them."""
    return {frame.named(name): records for name, records in data.items()}


@lru_cache(maxsize=128)
def layouts(
    draw: Callable[[Frame, float], alt.LayerChart], frames: tuple[Frame, Frame], heights: tuple[float, float]
) -> tuple[alt.LayerChart, alt.LayerChart]:
    """Both layouts of a chart that takes its numbers from named datasets.

    Figures whose layouts have the same heights share the charts themselves: so it is known without looking into them
    that one can be moved into the other, and most of the time of making a figure is saved.

    Args:
        draw: draws a layout of a height.
        frames: the layouts, wide and for a phone.
        heights: of the two, in pixels.
    """
    wide, narrow = (draw(frame, height) for frame, height in zip(frames, heights, strict=True))
    return wide, narrow


def per_cent(share: float) -> float:
    """A share for a table, in per cent."""
    return round(100 * share, 1)


def likely(share: float) -> str:
    """A probability where there is little room, never closer to certain than a model of guesses can be.

    Example:
        >>> likely(0.784), likely(0.993), likely(0.02), likely(0.0)
        ('78 %', '> 95 %', '< 5 %', '< 5 %')
    """
    return wording.percent(share).replace("more than", ">").replace("less than", "<")
