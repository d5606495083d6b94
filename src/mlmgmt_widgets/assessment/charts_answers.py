"""Charts of answers and scores: every question's distribution, and where the sections stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from mlmgmt_widgets.assessment import levels
from mlmgmt_widgets.assessment.scale import (
    answer_names,
    number,
    on_answers,
    questions_in,
    reach,
    sections_of,
    short,
    ticks,
)
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, WIDE, Frame, Marks, Place, Stack
from mlmgmt_widgets.ui.figure import Cell, Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.rubric import Question, Rubric, Section
    from mlmgmt_widgets.assessment.scoring import NodeScore, Result

Record = dict[str, Any]

DISTRIBUTIONS = (
    "The number of people who gave each answer. Consensus is 1 when all agree, and 0 when half stand at each end."
)

_STRIP = 44  # pixels: the bars of a distribution and the counts above them
_COUNT = 15  # of these, for a count
_MOST_COUNTS = 20  # with more answers than this there is no room to write how many gave each


def distributions(
    result: Result, rubric: Rubric, section: str | None = None, *, only: Collection[str] | None = None
) -> Figure:
    """Return every question as the distribution of its answers, with its score and consensus.

    Args:
        result: the scores.
        rubric: that was answered.
        section: the id of a section that holds questions, to show these alone.
        only: ids of questions, to show these alone.

    Example:
        >>> from mlmgmt_widgets.assessment import Response, load_rubric, score
        >>> pulse = load_rubric("pulse")
        >>> result = score(pulse, [Response(respondent="a", answers={"pulse-research": 3})])
        >>> distributions(result, pulse).columns[:2]
        ['Section', 'Question']
    """
    chosen = [_Part(each, only) for each in rubric.leaf_sections if section in (None, each.id)]
    left_out = ["Don't know", "Not applicable", "Unanswered"]
    return Figure(
        id="questions" if section is None else f"questions-{section}",
        title=chosen[0].title if section else "How people answered each question",
        description=DISTRIBUTIONS,
        chart=_distributions(result, rubric, chosen, WIDE, headed=section is None),
        narrow=_distributions(result, rubric, chosen, NARROW, headed=section is None),
        columns=["Section", "Question", *answer_names(rubric), *left_out, "Score", "Consensus"],
        rows=[_question_row(result, each.title, question) for each in chosen for question in each.questions],
    )


class _Part:
    """A section, or some of its questions."""

    def __init__(self, section: Section, only: Collection[str] | None) -> None:
        self.title = section.title
        self.questions = [each for each in section.questions if only is None or each.id in only]


def _question_row(result: Result, section: str, question: Question) -> list[Cell]:
    node = result.nodes[question.id]
    left_out = [node.dont_know, node.not_applicable, node.unanswered]
    counts = result.distributions[question.id]
    return [section, question.question, *counts, *left_out, short(node.score), short(node.consensus)]


def _distributions(
    result: Result, rubric: Rubric, chosen: Sequence[_Part], frame: Frame, *, headed: bool
) -> alt.LayerChart:
    stack = Stack(frame)
    columns = [i + 0.5 for i in range(len(rubric.answers))]
    heads: list[Record] = []
    labels: list[Record] = []
    places: dict[str, Place] = {}
    for section in chosen:
        if not section.questions:
            continue
        if headed:
            heads.append(stack.heading(section.title))
        labels.extend(stack.labels(columns, answer_names(rubric), beside=19 * headed))
        for question in section.questions:
            places[question.id] = stack.row(question.question, _STRIP, gap=20, below=18)
        stack.space(16)
    marks = Marks(frame, [0, len(columns)])
    _bars(marks, result, places, len(columns))
    marks.text(heads, "section")
    marks.labels(labels)
    marks.text((place.label() for place in places.values()), "question")
    _verdicts(marks, [(result.nodes[id_], place) for id_, place in places.items()], frame)
    return marks.chart(stack.height - 36)


def _bars(marks: Marks, result: Result, places: dict[str, Place], size: int) -> None:
    tallest = max((max(result.distributions[id_]) for id_ in places), default=0) or 1
    bars: list[Record] = []
    for id_, place in places.items():
        for level, count in enumerate(result.distributions[id_]):
            if count:
                top = place.base - (_STRIP - _COUNT) * count / tallest
                ends = {"x": level + 0.1, "mid": level + 0.5, "x2": level + 0.9}
                bars.append({**ends, "y": top, "y2": place.base, "level": level, "text": str(count)})
    floors = [{"y": place.base, "x": 0, "x2": size} for place in places.values()]
    marks.add(bars, {"type": "rect", "style": "level"}, x=marks.x(), x2="x2:Q", y2="y2:Q", color=_level(size))
    marks.add(floors, RULE, x=marks.x(), x2="x2:Q")
    if size <= _MOST_COUNTS:
        marks.text(({**bar, "x": bar["mid"]} for bar in bars), "number", at="x", baseline="bottom", dy=-2)


def _level(size: int) -> alt.Color:
    # A continuous scale gives the lowest and the highest answer the ends of the ramp; an ordinal one cuts them off.
    return alt.Color("level:Q", scale=alt.Scale(domain=[0, size - 1]), legend=None)


def _verdicts(marks: Marks, nodes: Sequence[tuple[NodeScore, Place]], frame: Frame) -> None:
    """Write score, consensus and don't-knows: under the question on a phone, else at the end of its line."""
    if frame.above:
        marks.text(({"y": place.below, "text": " · ".join(_said(node))} for node, place in nodes), "quiet")
    else:
        marks.text(({"y": place.top, "text": "\n".join(_said(node))} for node, place in nodes), "quiet", at="right")


def _said(node: NodeScore) -> list[str]:
    said = ["nobody answered" if node.score is None else f"score {number(node.score)}"]
    if node.consensus is not None:
        said.append(f"consensus {node.consensus:.2f}")
    return [*said, f"{node.dont_know} don't know"] if node.dont_know else said


@dataclass(frozen=True)
class _Standing:
    """One row of the sections' chart."""

    title: str
    score: float | None
    low: float | None
    high: float | None
    needed: float | None
    above: bool
    counts: tuple[int, ...]
    dont_know: int

    def cells(self) -> list[Cell]:
        scores = [short(self.score), short(self.low), short(self.high)]
        return [self.title, *scores, self.needed, sum(self.counts), self.dont_know]


def sections(result: Result, rubric: Rubric) -> Figure:
    """Return every section's score, what don't-knows leave open, how answers spread, and what the next level needs.

    The overall score and the spread of answers are shown where they lie on the same scale as the sections' scores.
    """
    standings = _standings(result, rubric)
    said = ["The diamond is the score, and the band behind it how far the don't-knows could move it."]
    if on_answers(rubric):
        said.append("Circles are the answers: the larger, the more of them.")
    if any(each.needed is not None for each in standings):
        said.append("An upright line is what the next level needs.")
    return Figure(
        id="sections",
        title="Where each section stands",
        description=" ".join(said),
        chart=_sections(rubric, standings, WIDE),
        narrow=_sections(rubric, standings, NARROW),
        columns=["Section", "Score", "Low", "High", "Next level needs", "Answers", "Don't know"],
        rows=[each.cells() for each in standings],
    )


def _standings(result: Result, rubric: Rubric) -> list[_Standing]:
    gaps = {gap.node: gap for gap in levels.explain(rubric, result).gaps}

    def standing(id_: str, title: str, node: NodeScore | Result, questions: Iterable[Question]) -> _Standing:
        asked, gap = list(questions), gaps.get(id_)
        unknown = sum(result.nodes[question.id].dont_know for question in asked)
        needed, above = (gap.needed, gap.above) if gap else (None, False)
        counts = _pooled(result, asked)
        return _Standing(title, node.score, node.low, node.high, needed, above, counts, unknown)

    standings = []
    for section in sections_of(rubric):
        title = " › ".join(each.title for each in (*rubric.paths[section.id], section))
        standings.append(standing(section.id, title, result.nodes[section.id], questions_in(section)))
    if not {reach(rubric, section) for section in sections_of(rubric)} <= {reach(rubric, rubric)}:
        return standings
    return [standing(rubric.id, "Overall", result, rubric.questions), *standings]


def _pooled(result: Result, questions: Iterable[Question]) -> tuple[int, ...]:
    counts = (result.distributions[question.id] for question in questions)
    return tuple(map(sum, zip(*counts, strict=True)))


def _sections(rubric: Rubric, standings: Sequence[_Standing], frame: Frame) -> alt.LayerChart:
    values, names, margin = axis(rubric)
    marks, stack = Marks(frame, [values[0] - margin, values[-1] + margin]), Stack(frame)
    labels = stack.labels(values, names, every=not on_answers(rubric))
    rows = [(each, stack.row(each.title, 28, room=100)) for each in standings]
    grid = ({"y": place.top, "y2": place.base, "x": value} for _, place in rows for value in values)
    marks.add(grid, RULE, x=marks.x(), y2="y2:Q")
    marks.labels(labels)
    if on_answers(rubric):
        _spread(marks, rubric, rows)
    _scores(marks, rows)
    marks.text((place.label() for _, place in rows), "question")
    _numbers(marks, rows, frame)
    return marks.chart(stack.height - 8)


def axis(rubric: Rubric) -> tuple[list[float], list[str], float]:
    """Return the values to name on the scale of the sections' scores, their names, and half the step between them."""
    if on_answers(rubric):
        values, names = list(rubric.values), answer_names(rubric)
    else:
        scales = [reach(rubric, section) for section in sections_of(rubric)] or [reach(rubric, rubric)]
        values = ticks(min(low for low, _ in scales), max(high for _, high in scales))
        names = [f"{value:g}" for value in values]
    return values, names, (values[-1] - values[0]) / (len(values) - 1) / 2


def _spread(marks: Marks, rubric: Rubric, rows: Sequence[tuple[_Standing, Place]]) -> None:
    circles = [
        {"y": place.middle, "x": rubric.values[i], "share": count / sum(each.counts), "level": i}
        for each, place in rows
        for i, count in enumerate(each.counts)
        if count
    ]
    size = alt.Size("share:Q", scale=alt.Scale(domain=[0, 1], range=[0, 900]), legend=None)
    dot = {"type": "point", "filled": True, "shape": "circle", "opacity": 1, "style": "level"}
    marks.add(circles, dot, x=marks.x(), size=size, color=_level(len(rubric.answers)))


def _scores(marks: Marks, rows: Sequence[tuple[_Standing, Place]]) -> None:
    unsure = [
        {"y": place.middle, "x": each.low, "x2": each.high}
        for each, place in rows
        if each.low is not None and each.high is not None and each.high > each.low
    ]
    needed = [{"y": place.top, "y2": place.base, "x": each.needed} for each, place in rows if each.needed is not None]
    known = [{"y": place.middle, "x": each.score} for each, place in rows if each.score is not None]
    diamond = {"type": "point", "shape": "diamond", "filled": True, "size": 150, "opacity": 1, "style": "score"}
    marks.add(unsure, {"type": "rule", "style": "range", "strokeWidth": 7}, x=marks.x(), x2="x2:Q")
    marks.add(needed, {"type": "rule", "style": "needed"}, x=marks.x(), y2="y2:Q")
    marks.add(known, diamond, x=marks.x())


def _numbers(marks: Marks, rows: Sequence[tuple[_Standing, Place]], frame: Frame) -> None:
    """Write the score, and before or after it what is needed, at the end of the line."""
    lines = [(place.text if frame.above else place.middle - 7, each) for each, place in rows]
    needs = [
        {"y": y + 1, "text": f"needs {'over ' * each.above}{each.needed:g}"}
        for y, each in lines
        if each.needed is not None
    ]
    marks.text(({"y": y, "text": number(each.score)} for y, each in lines), "number", at="right")
    marks.text(needs, "quiet", at="right", dx=-34)
