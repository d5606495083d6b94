"""The scale that a node's score lies on, and how its numbers are written."""

from __future__ import annotations

from fractions import Fraction

from mlmgmt_widgets.assessment.rubric import Question, Rubric, Section
from mlmgmt_widgets.assessment.scoring import combine, exact


def reach(rubric: Rubric, node: Rubric | Section | Question) -> tuple[float, float]:
    """Return the lowest and the highest score that a node can have, everything being answered.

    Example:
        >>> from mlmgmt_widgets.assessment import load_rubric
        >>> test_score = load_rubric("ml-test-score")
        >>> reach(test_score, test_score.sections[0])
        (0.0, 7.0)
    """
    low, high = (float(_all_at(node, exact(rubric.values[end]))) for end in (0, -1))
    return low, high


def _all_at(node: Rubric | Section | Question, value: Fraction) -> Fraction:
    if isinstance(node, Question):
        return value
    return combine(node.combine, [(_all_at(child, value), exact(child.weight)) for child in node.children])


def sections_of(rubric: Rubric) -> list[Section]:
    """Return every section of every depth, each before what is in it."""
    return [node for node in rubric.nodes() if isinstance(node, Section)]


def questions_in(section: Section) -> list[Question]:
    """Return the questions of a section, of every depth."""
    return [*section.questions, *(question for each in section.sections for question in questions_in(each))]


def on_answers(rubric: Rubric) -> bool:
    """Return whether every section and the root lie on the scale of the answers, as means do and sums do not."""
    whole = (float(rubric.values[0]), float(rubric.values[-1]))
    nodes: list[Rubric | Section] = [rubric, *sections_of(rubric)]
    return all(reach(rubric, node) == whole for node in nodes)


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Return round values from `low` to `high` to name on an axis.

    Example:
        >>> ticks(0, 7)
        [0, 1, 2, 3, 4, 5, 6, 7]
        >>> ticks(0, 28)
        [0, 7.0, 14.0, 21.0, 28]
    """
    if float(low).is_integer() and float(high).is_integer() and high - low < most:
        return [low + step for step in range(int(high - low) + 1)]
    quarter = (high - low) / 4
    return [low, low + quarter, low + 2 * quarter, low + 3 * quarter, high]


def number(value: float | None, digits: int = 1) -> str:
    """Return a score with so many decimals, and a dash for none.

    Example:
        >>> number(2.0), number(1.26), number(None)
        ('2.0', '1.3', '–')
    """
    return "–" if value is None else f"{value:.{digits}f}"


def short(value: float | None, digits: int = 3) -> float | None:
    """Return a score for a table."""
    return None if value is None else round(value, digits)


def answer_names(rubric: Rubric) -> list[str]:
    """Return the answers as they are written over columns: `0.5 Partly`."""
    return [f"{choice.value:g} {choice.label}" for choice in rubric.answers]
