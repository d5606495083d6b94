"""Scores as text: what `mlmgmt score` prints."""

from __future__ import annotations

from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.assessment.levels import explain
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.assessment.scoring import Result
from mlmgmt_widgets.terminal import table

TOPICS = 5
"""How many questions of the agenda are listed."""


def text(rubric: Rubric, result: Result) -> str:
    """Return the level, the sections and what to talk about, for a terminal."""
    people = "1 respondent" if result.respondents == 1 else f"{result.respondents} respondents"
    lines = [f"{rubric.title} ({rubric.key}), {people}", "", explain(rubric, result).sentence, ""]
    lines += table(
        [("", "score", "low", "high", "answered", "don't know")]
        + [("All", *map(_number, (result.score, result.low, result.high)), *_tallies(rubric, result))]
        + [_row(rubric, result, node.id) for node in rubric.nodes() if node.id not in result.distributions]
    )
    topics = [item for item in agenda(rubric, result) if item.priority > 0][:TOPICS]
    if topics:
        lines += ["", "Where talking pays most:"]
        lines += [f"  {item.title} ({_number(item.score)}, consensus {_number(item.consensus)})" for item in topics]
    return "\n".join(lines)


def _row(rubric: Rubric, result: Result, node_id: str) -> tuple[str, ...]:
    node = result.nodes[node_id]
    title = "  " * (1 + len(rubric.paths[node_id])) + node.title
    numbers = map(_number, (node.score, node.low, node.high))
    return (title, *numbers, str(node.answered), str(node.dont_know))


def _tallies(rubric: Rubric, result: Result) -> tuple[str, str]:
    asked = [result.nodes[question.id] for question in rubric.questions]
    return str(sum(node.answered for node in asked)), str(sum(node.dont_know for node in asked))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
