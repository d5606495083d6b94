"""Charts of ranked questions: what to talk about, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt

from mlmgmt_widgets.assessment.scale import number, short
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, WIDE, Frame, Marks, Stack
from mlmgmt_widgets.ui.figure import Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.agenda import AgendaItem
    from mlmgmt_widgets.assessment.rubric import Rubric
    from mlmgmt_widgets.assessment.scoring import Result

_AGENDA_SHOWN = 10
_UNKNOWN_SHOWN = 12
_BAR = 14  # pixels


@dataclass(frozen=True)
class _Bar:
    text: str
    value: float
    label: str
    note: str = ""


def agenda(items: Sequence[AgendaItem]) -> Figure:
    """Return the questions where talking pays most, the first ten of them drawn and all in the table."""
    shown = [item for item in items if item.priority > 0][:_AGENDA_SHOWN]
    most = shown[0].priority if shown else 1.0
    bars = [
        _Bar(item.title, 100 * item.priority / most, f"{100 * item.priority / most:.0f}", _why(item)) for item in shown
    ]
    reading = (
        "Priority is disagreement, times the question's weight, times its distance to the next level; the first "
        "question counts as 100."
    )
    return Figure(
        id="agenda",
        title="Where talking pays most" if shown else "No question stands out",
        description=reading if shown else "Everybody agrees, nothing is left to gain, or nobody has answered yet.",
        chart=_ranked(bars, 100, WIDE, "Priority"),
        narrow=_ranked(bars, 100, NARROW, "Priority"),
        columns=["Question", "Priority", "Score", "Consensus", "Don't know"],
        rows=[
            [item.title, short(100 * item.priority / most, 1), short(item.score), short(item.consensus), item.dont_know]
            for item in items
        ],
    )


def _why(item: AgendaItem) -> str:
    said = [f"score {number(item.score)}"]
    if item.consensus is not None:
        said.append(f"consensus {item.consensus:.2f}")
    return "\n".join([*said, f"{item.dont_know} don't know"] if item.dont_know else said)


def dont_know(result: Result, rubric: Rubric) -> Figure:
    """Return the questions that people could not answer, the most often unknown first."""
    counted = [(result.nodes[question.id].dont_know, question) for question in rubric.questions]
    unknown = sorted((each for each in counted if each[0]), key=lambda each: -each[0])
    people = result.respondents
    bars = [_Bar(question.question, count, f"{count} of {people}") for count, question in unknown[:_UNKNOWN_SHOWN]]
    drawn = f" Drawn are the first {_UNKNOWN_SHOWN} of {len(unknown)}." if len(unknown) > _UNKNOWN_SHOWN else ""
    return Figure(
        id="dont-know",
        title="What people don't know" if unknown else "Nobody answered “don't know”",
        description=f"People who answered “don't know”, of all who took part.{drawn}" if unknown else "",
        chart=_ranked(bars, max(people, 1), WIDE, "People"),
        narrow=_ranked(bars, max(people, 1), NARROW, "People"),
        columns=["Section", "Question", "Don't know", "People"],
        rows=[[rubric.section_of(question.id).title, question.question, count, people] for count, question in unknown],
    )


def _ranked(bars: Sequence[_Bar], most: float, frame: Frame, unit: str) -> alt.LayerChart:
    """Draw bars from the first down; their values stand right behind them."""
    stack = Stack(frame)
    # The longest label has room behind the longest bar.
    marks = Marks(frame, [0, most * (1.25 if frame.above else 1.2)])
    if not bars:
        marks.text([{"y": 0, "text": "Nothing to show."}], "quiet")
        return marks.chart(20)
    stack.space(24)
    noted = any(bar.note for bar in bars)
    rows = [
        (bar, stack.row(bar.text, _BAR if frame.above or not noted else 3 * _BAR, gap=18, below=16 * noted))
        for bar in bars
    ]
    marks.add([{"y": 16, "y2": rows[-1][1].base, "x": 0}], RULE, x=marks.x(), y2="y2:Q")
    lengths = [
        {"y": place.middle - _BAR / 2, "y2": place.middle + _BAR / 2, "x": 0, "x2": bar.value} for bar, place in rows
    ]
    marks.add(lengths, {"type": "rect", "style": "bar"}, x=marks.x(), x2="x2:Q", y2="y2:Q")
    ends = ({"y": place.middle - 6, "x": bar.value, "text": bar.label} for bar, place in rows)
    marks.text(ends, "number", at="x", align="left", dx=6)
    marks.text((place.label() for _, place in rows), "question")
    if frame.above:
        marks.text(({"y": place.below, "text": bar.note.replace("\n", " · ")} for bar, place in rows if noted), "quiet")
    else:
        marks.text(({"y": place.top, "text": bar.note} for bar, place in rows if noted), "quiet", at="right")
    marks.text([{"y": 0, "x": 0, "text": unit}], "quiet", at="x", align="left")
    return marks.chart(stack.height - 10)
