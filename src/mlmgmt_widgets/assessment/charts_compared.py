"""Charts that set scores side by side: roles, earlier workshops, before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import altair as alt

from mlmgmt_widgets.assessment.charts_answers import axis
from mlmgmt_widgets.assessment.scale import number, on_answers, reach, sections_of, short
from mlmgmt_widgets.ui.chart_rows import NARROW, RULE, WIDE, Frame, Marks, Place, Stack
from mlmgmt_widgets.ui.figure import Figure

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.groups import GroupScore
    from mlmgmt_widgets.assessment.rubric import Rubric
    from mlmgmt_widgets.assessment.scoring import Result

_NO_ROLE = "no role given"
_CELL = 34  # pixels
_LEAST_GAP = 0.12  # of the whole time, between two workshops: closer than that their numbers would overlap
_MOST_POINTS = 5  # with more workshops than this, only the first and the last are named
# Black or white, whichever reads better on the colour that the theme gives to the score.
_GROUND = "scale('color', datum.score)"
_LEGIBLE = f"contrast({_GROUND}, 'black') > contrast({_GROUND}, 'white') ? 'black' : 'white'"
_SAME = 0.05  # a change that rounds to nothing


def roles(groups: Sequence[GroupScore], rubric: Rubric) -> Figure:
    """Return how each role scores each section; a hidden group is drawn as hidden.

    Args:
        groups: of `group_scores`.
        rubric: that was answered.
    """
    names = list(dict.fromkeys(group.role for group in groups))
    return Figure(
        id="roles",
        title="How roles see each section",
        description=(
            "Mean score of each role. A dash stands where too few people of that role answered to show them, or "
            "where showing them could tell what others said."
        ),
        chart=_matrix(groups, rubric, names),
        narrow=_role_bars(groups, rubric, names),
        columns=["Section", "Role", "People", "Score"],
        rows=[
            [_titles(rubric)[group.section], group.role or _NO_ROLE, group.people, short(group.score)]
            for group in groups
        ],
    )


def _titles(rubric: Rubric) -> dict[str, str]:
    return {section.id: section.title for section in rubric.leaf_sections}


def _matrix(groups: Sequence[GroupScore], rubric: Rubric, names: list[str]) -> alt.LayerChart:
    stack, marks = Stack(WIDE), Marks(WIDE, [0, len(names) or 1])
    columns = [i + 0.5 for i in range(len(names))]
    labels = stack.labels(columns, [_spaced(name) for name in names], every=True) if names else []
    places = {id_: stack.row(title, _CELL, gap=4) for id_, title in _titles(rubric).items()}
    cells = [
        {
            "x": names.index(group.role) + 0.02,
            "mid": names.index(group.role) + 0.5,
            "x2": names.index(group.role) + 0.98,
            "y": places[group.section].top,
            "y2": places[group.section].base,
            "middle": places[group.section].middle - 7,
            "score": group.score,
            "text": number(group.score),
        }
        for group in groups
    ]
    known = [cell for cell in cells if cell["score"] is not None]
    hidden = [cell for cell in cells if cell["score"] is None]
    spans = {"x": marks.x(), "x2": "x2:Q", "y2": "y2:Q"}
    colour = alt.Color("score:Q", scale=alt.Scale(domain=_span(rubric)), legend=None)
    marks.add(known, {"type": "rect", "style": "level"}, color=colour, **spans)
    marks.add(hidden, {"type": "rect", "style": "hidden"}, **spans)
    written = [{**cell, "x": cell["mid"], "y": cell["middle"]} for cell in cells]
    marks.text([cell for cell in written if cell["score"] is not None], "on-level", at="x", fill=alt.ExprRef(_LEGIBLE))
    marks.text([cell for cell in written if cell["score"] is None], "quiet", at="x")
    marks.labels(labels)
    marks.text((place.label() for place in places.values()), "question")
    return marks.chart(stack.height)


def _spaced(role: str) -> str:
    return re.sub(r"\bml\b", "ML", (role or _NO_ROLE).replace("-", " "))


def _span(rubric: Rubric) -> list[float]:
    scales = [reach(rubric, section) for section in sections_of(rubric)] or [reach(rubric, rubric)]
    return [min(low for low, _ in scales), max(high for _, high in scales)]


def _role_bars(groups: Sequence[GroupScore], rubric: Rubric, names: list[str]) -> alt.LayerChart:
    """Draw a bar for each role under its section: on a phone, columns are too narrow for the names of roles."""
    frame = Frame(text=NARROW.text, left=150, right=40, plot=130, above=True)
    stack = Stack(frame)
    marks = Marks(frame, _span(rubric))
    heads: list[dict[str, Any]] = []
    places: dict[tuple[str, str], float] = {}
    for id_, title in _titles(rubric).items():
        heads.append(stack.heading(title))
        stack.space(2)
        places.update({(id_, role): stack.space(22) for role in names})
        stack.space(14)
    lowest = _span(rubric)[0]
    rows = [(group, places[group.section, group.role]) for group in groups]
    known = [
        {"y": y + 4, "y2": y + 16, "x": lowest, "x2": group.score, "score": group.score}
        for group, y in rows
        if group.score is not None
    ]
    colour = alt.Color("score:Q", scale=alt.Scale(domain=_span(rubric)), legend=None)
    marks.add(known, {"type": "rect", "style": "level"}, x=marks.x(), x2="x2:Q", y2="y2:Q", color=colour)
    floors = ({"y": y + 2, "y2": y + 18, "x": lowest} for _, y in rows)
    marks.add(floors, RULE, x=marks.x(), y2="y2:Q")
    marks.text(heads, "question", fontWeight=600)
    marks.text(({"y": y + 4, "text": _spaced(group.role)} for group, y in rows), "quiet", limit=146)
    marks.text(({"y": y + 4, "text": number(group.score)} for group, y in rows), "number", at="right")
    return marks.chart(stack.height - 14)


def trend(results: Sequence[tuple[date, Result]], rubric: Rubric) -> Figure:
    """Return the overall score and every section's over a team's workshops, oldest first.

    Raises:
        ValueError: when a result belongs to another rubric or another version of it.
    """
    ordered = sorted(results, key=lambda each: each[0])
    for _, result in ordered:
        _same_rubric(result, rubric)
    dates = [_day(day) for day, _ in ordered]
    return Figure(
        id="trend",
        title="From workshop to workshop",
        description=f"Scores since {dates[0]}; at the right the latest, and its change since the one before."
        if len(dates) > 1
        else "One workshop so far; the next one will show what has moved.",
        chart=_trend(ordered, rubric, WIDE),
        narrow=_trend(ordered, rubric, NARROW),
        columns=["Section", *dates],
        rows=[[title, *map(short, scores)] for title, scores in _series(ordered, rubric)],
    )


def _same_rubric(result: Result, rubric: Rubric) -> None:
    if result.rubric != rubric.key:
        raise ValueError(f"Scores of {result.rubric} cannot be compared with those of {rubric.key}.")
    if [(id_, node.title) for id_, node in result.nodes.items()] != [(node.id, node.title) for node in rubric.nodes()]:
        raise ValueError(f"These scores cannot be compared: {rubric.key} was edited without a new version.")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _series(ordered: Sequence[tuple[date, Result]], rubric: Rubric) -> list[tuple[str, list[float | None]]]:
    overall = ("Overall", [result.score for _, result in ordered])
    sections = [
        (section.title, [result.nodes[section.id].score for _, result in ordered]) for section in sections_of(rubric)
    ]
    return [overall, *sections]


def _scales(rubric: Rubric) -> list[tuple[float, float]]:
    return [reach(rubric, rubric), *(reach(rubric, section) for section in sections_of(rubric))]


def _trend(ordered: Sequence[tuple[date, Result]], rubric: Rubric, frame: Frame) -> alt.LayerChart:
    days = _apart([(day - ordered[0][0]).days for day, _ in ordered])
    margin = max(days[-1] * 0.14, 0.3)
    marks, stack = Marks(frame, [-margin, days[-1] + margin]), Stack(frame)
    names = [_day(day) for day, _ in ordered]
    ends = range(len(days)) if len(days) <= _MOST_POINTS else (0, len(days) - 1)
    labels = stack.labels([days[i] for i in ends], [names[i] for i in ends])
    rows: list[tuple[Place, list[float | None]]] = []
    points, floors = [], []
    for (title, scores), (low, high) in zip(_series(ordered, rubric), _scales(rubric), strict=True):
        place = stack.row(title, 46, gap=16, room=90)
        rows.append((place, scores))
        floors.append({"y": place.base, "x": -margin, "x2": days[-1] + margin})
        for day, score in zip(days, scores, strict=True):
            if score is not None:
                y = place.base - 4 - 26 * (score - low) / ((high - low) or 1)
                points.append({"y": y, "x": day, "row": title, "text": number(score)})
    marks.labels(labels)
    marks.add(floors, RULE, x=marks.x(), x2="x2:Q")
    marks.add(points, {"type": "line", "style": "path"}, x=marks.x(), detail="row:N")
    marks.add(points, {"type": "point", "filled": True, "size": 60, "opacity": 1, "style": "score"}, x=marks.x())
    named = [point for point in points if point["x"] in {days[i] for i in ends}]
    marks.text(named, "quiet", at="x", baseline="bottom", dy=-7)
    marks.text((place.label() for place, _ in rows), "question")
    _changes(marks, rows, frame)
    return marks.chart(stack.height - 12)


def _apart(days: Sequence[int]) -> list[float]:
    """Move days that are too close to tell apart a little to the right; the others stay where they are."""
    least = (days[-1] or 1) * _LEAST_GAP
    places: list[float] = []
    for day in days:
        places.append(max(day, places[-1] + least) if places else day)
    return places


def compare(before: Result, after: Result, rubric: Rubric) -> Figure:
    """Return two results of one rubric, section by section: a hollow mark before, a filled one after.

    Raises:
        ValueError: when a result belongs to another rubric or another version of it.
    """
    _same_rubric(before, rubric)
    _same_rubric(after, rubric)
    titles = [("Overall", before.score, after.score)] if _whole(rubric) else []
    titles += [(each.title, before.nodes[each.id].score, after.nodes[each.id].score) for each in sections_of(rubric)]
    return Figure(
        id="compare",
        title="What has moved",
        description="The hollow mark is the earlier score, the filled one the later.",
        chart=_compare(titles, rubric, WIDE),
        narrow=_compare(titles, rubric, NARROW),
        columns=["Section", "Before", "After", "Change"],
        rows=[[title, short(old), short(new), short(_difference(old, new))] for title, old, new in titles],
    )


def _whole(rubric: Rubric) -> bool:
    return all(reach(rubric, section) == reach(rubric, rubric) for section in sections_of(rubric))


def _compare(titles: Sequence[tuple[str, float | None, float | None]], rubric: Rubric, frame: Frame) -> alt.LayerChart:
    values, names, margin = axis(rubric)
    marks, stack = Marks(frame, [values[0] - margin, values[-1] + margin]), Stack(frame)
    labels = stack.labels(values, names, every=not on_answers(rubric))
    rows = [(stack.row(title, 22, room=90), old, new) for title, old, new in titles]
    grid = ({"y": place.top, "y2": place.base, "x": value} for place, _, _ in rows for value in values)
    marks.add(grid, RULE, x=marks.x(), y2="y2:Q")
    moved = [
        {"y": place.middle, "x": old, "x2": new} for place, old, new in rows if old is not None and new is not None
    ]
    diamond = {"type": "point", "shape": "diamond", "filled": True, "size": 150, "opacity": 1}
    marks.add(moved, {"type": "rule", "style": "path"}, x=marks.x(), x2="x2:Q")
    for style, which in (("earlier", 1), ("score", 2)):
        known = [{"y": row[0].middle, "x": row[which]} for row in rows if row[which] is not None]
        marks.add(known, {**diamond, "style": style}, x=marks.x())
    marks.labels(labels)
    marks.text((place.label() for place, _, _ in rows), "question")
    _changes(marks, [(place, [old, new]) for place, old, new in rows], frame)
    return marks.chart(stack.height - 8)


def _changes(marks: Marks, rows: Sequence[tuple[Place, list[float | None]]], frame: Frame) -> None:
    """Write the latest score and its change at the end of the line."""
    lines = [(place.text if frame.above else place.middle - 7, scores) for place, scores in rows]
    changes = [
        {"y": y + 1, "text": _signed(_difference(scores[-2], scores[-1]))} for y, scores in lines if len(scores) > 1
    ]
    marks.text(({"y": y, "text": number(scores[-1])} for y, scores in lines), "number", at="right")
    marks.text(changes, "quiet", at="right", dx=-34)


def _difference(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else new - old


def _signed(change: float | None) -> str:
    if change is None:
        return ""
    return "unchanged" if abs(change) < _SAME else f"{change:+.1f}".replace("-", "−")
