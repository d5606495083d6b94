"""The chart of the items by theme and status; and what all charts of readiness share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt

from mlmgmt_widgets.ui.chart_rows import NARROW, Frame, Marks, Place, Stack, text_width
from mlmgmt_widgets.ui.figure import Cell, Figure
from mlmgmt_widgets.words import counted, in_words, listed

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.checklist import Checklist
    from mlmgmt_widgets.readiness.judging import Finding
    from mlmgmt_widgets.readiness.verdict import Verdict

Record = dict[str, Any]
Data = dict[str, list[Record]]

# -- what the charts share -----------------------------------------------------------------------------------------

UNIT = [0.0, 1.0]  # places across are shares of the strip
SMALL = 12  # the size of most labels, in pixels
APART = 8  # pixels between two words of different colours


def named(frame: Frame, data: Data) -> Data:
    """The same datasets under the names that a layout has for them."""
    return {frame.named(name): records for name, records in data.items()}


@lru_cache(maxsize=64)
def layouts(
    draw: Callable[[Frame, float], alt.LayerChart], frames: tuple[Frame, Frame], heights: tuple[float, float]
) -> tuple[alt.LayerChart, alt.LayerChart]:
    """Both layouts of a chart that takes its numbers from named datasets; those of equal heights are the same charts.

    Args:
        draw: draws a layout of a height.
        frames: the layouts, wide and for a phone.
        heights: of the two, in pixels.
    """
    wide, narrow = (draw(frame, height) for frame, height in zip(frames, heights, strict=True))
    return wide, narrow


def draw_blocking(marks: Marks, records: str, **mark: Any) -> None:
    """Write how many items block, at the right edge and in the one colour kept for it, and in words."""
    style = {"type": "text", "style": ["number", "blocking"], "fontSize": SMALL, "align": "right", "baseline": "top"}
    marks.add(records, {**style, "dx": -2, **mark}, x=px("width"), text=alt.Text("text:N"))


def px(place: float | str | alt.ExprRef) -> alt.XValue:
    """A place across in pixels of the whole chart."""
    return alt.XValue(place)  # type: ignore[no-untyped-call]  # Altair has no types for it


# -- items by theme and status -------------------------------------------------------------------------------------

_STATUSES = {
    "passed": "passed",
    "waived": "waived",
    "na": "not applicable",
    "missing": "missing or too old",
    "failed": "failed",
}
# By shape of outline and by lightness, so that they can be told apart without colours.
_STYLES: dict[str, list[str]] = {
    "passed": ["bar"],
    "waived": ["attention-tile"],
    "na": ["hidden"],
    "missing": ["earlier"],
    "failed": ["score"],
}
_ON_DARK = {"style": ["number", "halo"], "strokeWidth": 0, "fontSize": SMALL}  # in the colour of the ground
_WRITTEN: dict[str, dict[str, Any]] = {
    "passed": _ON_DARK,
    "waived": {"style": ["number"], "fontSize": SMALL},
    "na": {"style": ["quiet"]},
    "missing": {"style": ["number"], "fontSize": SMALL},
    "failed": _ON_DARK,
}
_BAR = 24  # pixels
_SWATCH = 12
_KEY_LINE = 20
_GAP = 14  # between the words of the key
_PADDING = 4  # left and right of a count in its bar
_WIDE = Frame(text=180, left=196, right=150, plot=700 - 196 - 150, above=False)
_NARROW = Frame(text=NARROW.text, left=1, right=1, plot=336, above=True)
_FRAMES = (_WIDE, _NARROW)


@dataclass(frozen=True)
class _Theme:
    """What became of a theme's items."""

    name: str
    counts: Counter[str]
    blocking: int

    @property
    def asked(self) -> int:
        return self.counts.total()

    @property
    def applicable(self) -> int:
        return self.asked - self.counts["na"]

    @property
    def passed(self) -> int:
        return self.counts["passed"]

    def cells(self) -> list[Cell]:
        return [self.name, *(self.counts[status] for status in _STATUSES), self.asked, self.blocking]


def items(checklist: Checklist, verdict: Verdict) -> Figure:
    """Return how the items of each theme stand: passed, waived, not applicable, missing or too old, failed.

    Args:
        checklist: whose themes they are.
        verdict: on one of its stages.
    """
    themes = _themes(checklist, verdict.findings)
    data: Data = {}
    heights = []
    for frame in _FRAMES:
        stack = Stack(frame)
        stack.space(_key_height(frame) + 12)
        rows = [(each, stack.row(each.name, _BAR, gap=14, room=140)) for each in themes]
        data |= named(frame, _records(rows, frame))
        heights.append(stack.height - 12)
    chart, narrow = layouts(_draw if themes else _draw_nothing, _FRAMES, (heights[0], heights[1]))
    return Figure(
        id="items",
        title=_title(themes, verdict),
        description=_reading(themes, verdict),
        chart=chart,
        narrow=narrow,
        columns=["Theme", *(words.capitalize() for words in _STATUSES.values()), "Items", "Blocking"],
        rows=[each.cells() for each in themes],
        data=data if themes else {},
    )


def _themes(checklist: Checklist, findings: Sequence[Finding]) -> list[_Theme]:
    found = []
    for theme in checklist.themes:
        own = [finding for finding in findings if finding.item.group == theme]
        if own:
            counts = Counter(_status(finding) for finding in own)
            found.append(_Theme(in_words(theme), counts, sum(finding.blocks for finding in own)))
    return found


def _status(finding: Finding) -> str:
    if finding.outcome != "open":
        return finding.outcome
    return "failed" if finding.reason == "failed" else "missing"


def _title(themes: Sequence[_Theme], verdict: Verdict) -> str:
    stage = in_words(verdict.stage).lower()
    blocking = sum(each.blocking for each in themes)
    if not themes:
        return f"Nothing is asked for {stage}"
    if not blocking:
        passed, applicable = sum(each.passed for each in themes), sum(each.applicable for each in themes)
        return f"Nothing blocks {stage}: {passed} of {counted(applicable, 'item')} passed"
    most = max(each.blocking for each in themes)
    where = [each.name for each in themes if each.blocking == most]
    if sum(each.blocking > 0 for each in themes) == 1:
        return f"{where[0]} alone blocks {stage}: {counted(blocking, 'item')}"
    if len(where) == 1:
        return f"{where[0]} blocks {stage} the most: {most} of {counted(blocking, 'item')}"
    also = listed([name if not n else name[:1].lower() + name[1:] for n, name in enumerate(where)])
    return f"{also} block {stage} the most" if len(where) < 4 else f"{counted(blocking, 'item')} block {stage}"  # noqa: PLR2004


def _reading(themes: Sequence[_Theme], verdict: Verdict) -> str:
    if not themes:
        return ""
    tier = f", tier {in_words(verdict.tier).lower()}" if verdict.tier else ""
    return (
        f"The items that {in_words(verdict.stage).lower()}{tier} asks for, counted by theme. At the end of each line: "
        "how many have passed of those that apply, and how many block."
    )


# -- records -------------------------------------------------------------------------------------------------------


def _records(rows: Sequence[tuple[_Theme, Place]], frame: Frame) -> Data:
    most = max((theme.asked for theme, _ in rows), default=1)
    data: Data = {name: [] for status in _STATUSES for name in (status, f"{status}-counts")}
    data |= {"titles": [place.label() for _, place in rows], "passed-of": [], "blocks": []}
    for theme, place in rows:
        done = 0
        for status in _STATUSES:
            count = theme.counts[status]
            begin, end = done / most, (done + count) / most
            done += count
            if count:
                data[status].append({"x": round(begin, 4), "x2": round(end, 4), "y": place.top, "y2": place.base})
            if count and frame.plot * count / most >= text_width(str(count), SMALL) + 2 * _PADDING:
                middle = {"x": round((begin + end) / 2, 4), "y": place.middle, "text": str(count)}
                data[f"{status}-counts"].append(middle)
        y = place.text + 1 if frame.above else place.middle - SMALL / 2
        data["passed-of"].append({"y": y, "text": f"{theme.passed} of {theme.applicable}"})
        if theme.blocking:
            data["blocks"].append({"y": y, "text": f"{theme.blocking} blocking"})
    return data


def _key(frame: Frame) -> list[Record]:
    """Where the words of the key stand."""
    room = frame.left + frame.plot + frame.right
    x, y, found = 0.0, 0.0, []
    for status, words in _STATUSES.items():
        width = _SWATCH + 6 + text_width(words, SMALL)
        if x and x + width > room:
            x, y = 0.0, y + _KEY_LINE
        found.append({"status": status, "x": round(x), "y": y + _SWATCH / 2 + 1, "text": words})
        x += width + _GAP
    return found


def _key_height(frame: Frame) -> float:
    return float(_key(frame)[-1]["y"]) + _KEY_LINE


# -- drawing -------------------------------------------------------------------------------------------------------


def _draw(frame: Frame, height: float) -> alt.LayerChart:
    marks = Marks(frame, UNIT)
    swatch = {"type": "point", "shape": "square", "filled": True, "opacity": 1, "size": _SWATCH**2}
    for each in _key(frame):
        marks.add([each], {**swatch, "style": _STYLES[each["status"]]}, x=px(each["x"] + _SWATCH / 2 + 1))
        words = {"type": "text", "style": "quiet", "align": "left", "baseline": "middle", "fontSize": SMALL}
        marks.add([each], words, x=px(each["x"] + _SWATCH + 7), text=alt.Text("text:N"))
    spans = {"x": marks.x(), "x2": "x2:Q", "y2": "y2:Q"}
    for status in _STATUSES:
        bar = {"type": "rect", "style": _STYLES[status], "xOffset": 1, "x2Offset": -1}
        marks.add(frame.named(status), bar, **spans)
    for status in _STATUSES:
        count = {"type": "text", "baseline": "middle", "align": "center", **_WRITTEN[status]}
        marks.add(frame.named(f"{status}-counts"), count, x=marks.x(), text=alt.Text("text:N"))
    marks.text(frame.named("titles"), "question")
    marks.text(frame.named("passed-of"), "number", at="right", fontSize=SMALL)
    draw_blocking(marks, frame.named("blocks"), dx=-64)
    return marks.chart(height)


def _draw_nothing(frame: Frame, height: float) -> alt.LayerChart:
    del height
    marks = Marks(frame, UNIT)
    marks.text([{"y": 0, "text": "Nothing to show."}], "quiet")
    return marks.chart(20)
