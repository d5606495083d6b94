"""Charts made of rows: a text, a strip of marks, and a number at the end of the line.

A question is a sentence, and an axis label cannot hold one on a phone. So text is wrapped here, rows are as high as
their text needs, and every position down the page is in pixels. On a wide page the text stands left of its marks, on
a narrow one above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt

Record = Mapping[str, Any]

# Widths of letters in ems, after common sans-serif faces, a little generous: clipped text is worse than a short line.
_SLIM = frozenset("iljtfrI.,;:'|!()[]/ -\xa0")
_BROAD = frozenset("mwMW@%&—")
_EM = {True: 0.36, False: 0.57}
_LINE = 17  # pixels; the line heights of the styles "question" and "section" in chart_theme.py
_HEADING = 19
_SMALL = 12
_SLACK = 1.1  # a word this much too long for its line, by our rough measure, is better left whole
_MOST_LABELS = 7  # with more values than this, only the ends are named

RULE = {"type": "rule", "style": "rule"}


@dataclass(frozen=True)
class Frame:
    """Where things stand across the page, in pixels.

    Attributes:
        text: room for a row's text.
        left: where the marks begin.
        right: room kept free after the marks.
        plot: least width of the strip of marks, for which labels under it are wrapped.
        above: whether the text stands above the marks instead of beside them.
    """

    text: int
    left: int
    right: int
    plot: int
    above: bool

    def named(self, dataset: str) -> str:
        """Return the name of a dataset whose places are those of this layout: both layouts share a figure's data."""
        return f"{dataset}-narrow" if self.above else dataset


WIDE = Frame(text=256, left=272, right=108, plot=320, above=False)
NARROW = Frame(text=318, left=2, right=2, plot=318, above=True)


@dataclass(frozen=True)
class Place:
    """Where one row stands down the page, in pixels from the top."""

    lines: tuple[str, ...]
    text: float
    top: float
    base: float

    @property
    def middle(self) -> float:
        """The middle of the strip of marks."""
        return (self.top + self.base) / 2

    @property
    def below(self) -> float:
        """Right under the text."""
        return self.text + _LINE * len(self.lines) + 1

    def label(self) -> dict[str, Any]:
        """The row's text, as a record for `Marks.text`."""
        return {"y": self.text, "text": "\n".join(self.lines)}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = 13) -> float:
    """Return about how many pixels a line of text takes; rather too many than too few."""
    ems = (0.9 if c in _BROAD else 0.7 if c.isupper() else _EM[c in _SLIM] for c in text)
    return size * sum(ems)


@lru_cache(maxsize=2048)
def wrap(text: str, width: float, size: float = 13, most: int = 6) -> tuple[str, ...]:
    """Break a text into lines of at most `width` pixels; what does not fit into `most` lines ends in an ellipsis.

    Example:
        >>> wrap("Who is paged when a model fails at night?", 150)
        ('Who is paged when a', 'model fails at night?')
    """
    lines = [""]
    for word in _words(text, width, size):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    lines = [line for line in lines if line]
    if len(lines) > most:
        last = lines[most - 1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return tuple(lines)


def _first_word_apart(text: str, width: float) -> tuple[str, ...]:
    first, _, rest = text.partition(" ")
    return (*wrap(first, width, 11, most=1), *(wrap(rest, width, 11, most=3) if rest else ()))


def _words(text: str, width: float, size: float) -> Iterable[str]:
    # A number stays with its per-cent sign.
    for word in re.split(r"[^\S\xa0]+", text.strip().replace(" %", "\xa0%")):
        rest = word
        while text_width(rest, size) > _SLACK * width and len(rest) > 1:
            cut = max(1, int(len(rest) * width / text_width(rest, size)) - 1)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


class Stack:
    """Puts rows under each other.

    Args:
        frame: the layout across the page.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.height = 0.0

    def row(self, text: str, strip: float, *, gap: float = 14, below: float = 0, room: float = 0) -> Place:
        """Add a row.

        Args:
            text: wrapped to the room that the frame has for it.
            strip: height of the marks, in pixels.
            gap: free space after the row.
            below: where the text stands above its marks, room under it for a quieter line.
            room: where the text stands above its marks, room kept free at its right.
        """
        lines = wrap(text, self.frame.text - (room if self.frame.above else 0))
        words = len(lines) * _LINE + (below if self.frame.above else 0)
        top = self.height
        if self.frame.above:
            place = Place(lines, top, top + words + 4, top + words + 4 + strip)
            self.height = place.base + gap
            return place
        tall = max(words, strip)
        start = top + (tall - strip) / 2
        self.height = top + tall + gap
        return Place(lines, top + (tall - words) / 2 + 2, start, start + strip)

    def heading(self, title: str) -> dict[str, Any]:
        """Add a heading, and return it as a record for `Marks.text`."""
        lines = wrap(title, self.frame.text, 14)
        return {"y": self.space(_HEADING * len(lines)), "text": "\n".join(lines)}

    def labels(
        self, places: Sequence[float], names: Sequence[str], *, beside: float = 0, every: bool = False
    ) -> list[dict[str, Any]]:
        """Add the names of values over the strips; of many values only the ends are named.

        Args:
            places: the values.
            names: their names.
            beside: height of a heading that the names may stand beside, where there is room beside it.
            every: whether all are named, however many there are.
        """
        every = every or len(places) <= _MOST_LABELS
        shown = range(len(places)) if every else (0, len(places) - 1)
        room = self.frame.plot / (len(places) if every else _MOST_LABELS) - 2
        lines = {i: wrap(names[i], room, 11, most=4) for i in shown}
        if any(len(each) > 1 for each in lines.values()):
            # What stands first, the value of an answer, stays on one line with its neighbours.
            lines = {i: _first_word_apart(names[i], room) for i in shown}
        height = _SMALL * max(map(len, lines.values()))
        self.space((height if self.frame.above else max(0, height - beside)) + 10)
        y = self.height - 10 - height
        return [{"y": y, "x": places[i], "text": "\n".join(each)} for i, each in lines.items()]

    def space(self, height: float) -> float:
        """Leave room, and return where it begins."""
        top = self.height
        self.height += height
        return top


class Marks:
    """Layers of marks that share one scale across and pixels down.

    Args:
        frame: the layout across the page.
        domain: the values at the left and the right end of the strip.
        kind: `quantitative` or `temporal`.
    """

    def __init__(self, frame: Frame, domain: Sequence[Any], kind: str = "quantitative") -> None:
        self.frame = frame
        self._kind = kind
        end = alt.ExprRef(f"width - {frame.right}")
        self._scale = alt.Scale(domain=list(domain), range=[frame.left, end], nice=False, zero=False)
        self._layers: list[alt.Chart] = []

    def x(self, field: str = "x") -> alt.X:
        """Return the place across of a field."""
        return alt.X(f"{field}:{self._kind[0].upper()}", scale=self._scale, axis=None)

    def add(self, records: Iterable[Record] | str, mark: Mapping[str, Any], **channels: Any) -> None:
        """Add a layer; records have their place down in `y`.

        Args:
            records: what is drawn, or the name of the dataset of a `Figure` that holds it. A layer without records is
                left out; one that has them by name is there whatever the dataset holds.
            mark: how it is drawn.
            channels: where, from the records' fields.
        """
        data = alt.NamedData(name=records) if isinstance(records, str) else _inline(records)
        if data is not None:
            chart = alt.Chart(data, mark=alt.MarkDef(**mark))
            self._layers.append(chart.encode(**{"y": alt.Y("y:Q", axis=None), **channels}))

    def text(self, records: Iterable[Record] | str, style: str, *, at: str = "left", **mark: Any) -> None:
        """Write `text` at the left edge, the right edge, or (`at="x"`) at the value `x`."""
        place: Any = {"left": _at(0), "right": _at("width"), "x": self.x()}[at]
        align = {"left": "left", "right": "right", "x": "center"}[at]
        full = {
            "type": "text",
            "style": style,
            "align": align,
            "baseline": "top",
            "lineBreak": "\n",
            "dx": -2 * (at == "right"),
            **mark,
        }
        self.add(records, full, x=place, text=alt.Text("text:N"))

    def labels(self, records: Iterable[Record]) -> None:
        """Write what `Stack.labels` placed."""
        self.text(records, "quiet", at="x", fontSize=11, lineHeight=_SMALL)

    def chart(self, height: float) -> alt.LayerChart:
        """Return all layers as one chart."""
        y = alt.Scale(domain=[height, 0], nice=False, zero=False)
        for layer in self._layers:
            if isinstance(layer.encoding.y, alt.Y):
                layer.encoding.y["scale"] = y
        return alt.LayerChart(layer=self._layers, height=round(height), width="container")


def _inline(records: Iterable[Record]) -> alt.InlineData | None:
    values = [dict(record) for record in records]
    return alt.InlineData(values=values) if values else None


def _at(place: int | str) -> alt.XValue:
    # `alt.value` says the same, and takes ten times as long to check it.
    return alt.XValue(place)  # type: ignore[no-untyped-call]
