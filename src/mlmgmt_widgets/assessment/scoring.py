"""From answers to scores.

Scores are computed with exact fractions of the numbers as they are written (0.1 is a tenth), and become
floats at the very end. So a mean that is 2 is 2.0 and not 2.0000000000000004, which would jump the band that
ends at 2; and neither the order of respondents nor that of sections changes a single bit. Only counting sees
every answer, and that is NumPy's: exactness costs some fractions per question, however many people answered.
"""

import bisect
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mlmgmt_widgets.assessment.agreement import consensus
from mlmgmt_widgets.assessment.levels import earned
from mlmgmt_widgets.assessment.responses import (
    DONT_KNOW,
    FIRST_CHOICE,
    NOT_APPLICABLE,
    UNANSWERED,
    Response,
    Responses,
)
from mlmgmt_widgets.assessment.rubric import Combine, Question, Rubric, Section

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class NodeScore:
    """The score of a section or question.

    Attributes:
        title: The section's title or the question's text.
        parent: The id of the section above; None directly under the root.
        score: None where nothing was answered.
        low: The score with every don't-know at the lowest answer (never above `score`).
        high: The score with every don't-know at the highest answer (never below `score`).
        answered: Answers on the scale; of a section, all below it.
        not_applicable: Answers `na`.
        dont_know: Answers `dk`.
        unanswered: Questions that respondents left open.
        consensus: Of a question, 0 (split) to 1 (agreed); None for sections and where nothing was answered.
    """

    title: str
    parent: str | None
    score: float | None
    low: float | None
    high: float | None
    answered: int
    not_applicable: int
    dont_know: int
    unanswered: int
    consensus: float | None


@dataclass(frozen=True)
class Result:
    """The scores of a whole assessment.

    Attributes:
        rubric: Id and version of the rubric.
        respondents: How many people responded.
        score: The root's score; None where nothing was answered.
        low: The root's score with every don't-know at the lowest answer.
        high: The root's score with every don't-know at the highest answer.
        level: The level that was earned; None without levels, or when bands have no score to go by.
        nodes: The scores of all sections and questions, in the order of the rubric.
        distributions: Of every question, how often each answer of the scale was given, lowest first.
    """

    rubric: str
    respondents: int
    score: float | None
    low: float | None
    high: float | None
    level: str | None
    nodes: dict[str, NodeScore]
    distributions: dict[str, tuple[int, ...]]

    def to_dict(self) -> dict[str, Any]:
        """The result as `mlmgmt score --json` prints it; consensus is on questions only."""
        hidden = {"title", "parent"}
        nodes = {}
        for node_id, node in self.nodes.items():
            left_out = hidden if node_id in self.distributions else hidden | {"consensus"}
            nodes[node_id] = {name: value for name, value in asdict(node).items() if name not in left_out}
        return {
            "rubric": self.rubric,
            "respondents": self.respondents,
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "nodes": nodes,
        }

    def to_frame(self) -> "pd.DataFrame":
        """One row a section or question, in the order of the rubric.

        Columns: `node`, `kind` (section or question), then those of `NodeScore`.
        """
        import pandas as pd

        rows = [
            {
                "node": node_id,
                "kind": "question" if node_id in self.distributions else "section",
                **asdict(node),
            }
            for node_id, node in self.nodes.items()
        ]
        columns = ["node", "kind", *NodeScore.__dataclass_fields__]
        floats = dict.fromkeys(("score", "low", "high", "consensus"), "float64")
        return pd.DataFrame(rows, columns=columns).astype(floats)


class _Value(NamedTuple):
    """A node's score, and the same with every don't-know at the lowest and at the highest answer."""

    score: Fraction | None
    low: Fraction | None
    high: Fraction | None


def score(rubric: Rubric, responses: Responses | Iterable[Response]) -> Result:
    """Score responses to a rubric.

    A question's score is the mean or median of its answers on the scale; a node's is its children's, combined
    by its own rule. `na` and questions left open leave the denominator, and a node with nothing left leaves
    its parent's.

    `low` and `high` are the scores with every don't-know at the lowest and at the highest answer, so they may
    be known where nobody gave an answer on the scale and the score is None. Where a question only has
    don't-knows, leaving it out can score a node higher or lower than any answer to it would (a minimum, or a
    sum on a scale above zero): the bounds are then widened to hold the score itself.

    Args:
        rubric: The rubric.
        responses: What was answered.

    Raises:
        AnswerError: When an answer is not one of the rubric's.
        ValueError: When `responses` were given to another rubric.

    Example:
        >>> from mlmgmt_widgets.assessment import Response, load_rubric
        >>> answers = {"pulse-research": 3, "pulse-data": "dk"}
        >>> result = score(load_rubric("pulse"), [Response(respondent="a", answers=answers)])
        >>> result.score, result.low, result.high
        (3.0, 1.5, 3.5)
    """
    table = responses if isinstance(responses, Responses) else Responses.from_responses(rubric, responses)
    if table.rubric is not rubric and table.rubric != rubric:
        raise ValueError(f"These are responses to {table.rubric.key}, not to {rubric.key}.")
    counts = dict(zip(rubric.columns, table.counts().tolist(), strict=True))
    scorer = _Scorer(rubric, counts)
    root = scorer.combined(rubric.combine, rubric.children, None)
    nodes = {node.id: scorer.nodes[node.id] for node in rubric.nodes()}
    total, low, high = _floats(root)
    scores = {node_id: node.score for node_id, node in nodes.items()}
    return Result(
        rubric=rubric.key,
        respondents=len(table),
        score=total,
        low=low,
        high=high,
        level=earned(rubric.levels, total, scores),
        nodes=nodes,
        distributions={question_id: tuple(row[FIRST_CHOICE:]) for question_id, row in counts.items()},
    )


class _Scorer:
    """Scores a tree from its leaves up and keeps the score of every node."""

    def __init__(self, rubric: Rubric, counts: dict[str, list[int]]) -> None:
        self.average = _AVERAGES[rubric.respondents]
        self.scale = _scale(rubric)
        self.counts = counts
        self.nodes: dict[str, NodeScore] = {}

    def combined(self, rule: Combine, children: Sequence[Section | Question], parent: str | None) -> _Value:
        """The value of a node from its children's; a child without a value is left out."""
        values = [(self._value(child, parent), exact(child.weight)) for child in children]
        columns = []
        for column in range(3):
            present = [(known, weight) for value, weight in values if (known := value[column]) is not None]
            columns.append(combine(rule, present) if present else None)
        return _Value(*columns)

    def _value(self, node: Section | Question, parent: str | None) -> _Value:
        agreed = None
        if isinstance(node, Question):
            row = self.counts[node.id]
            answers = row[FIRST_CHOICE:]
            value = _question_value(self.average, self.scale, row)
            tallies = dict(zip(_TALLIES, (sum(answers), *(row[code] for code in _ASIDE)), strict=True))
            agreed = consensus(answers) if any(answers) else None
        else:
            value = self.combined(node.combine, node.children, node.id)
            below = [self.nodes[child.id] for child in node.children]
            tallies = {name: sum(map(operator.attrgetter(name), below)) for name in _TALLIES}
        score, low, high = _floats(value)
        self.nodes[node.id] = NodeScore(node.title, parent, score, low, high, consensus=agreed, **tallies)
        return value


_TALLIES = ("answered", "not_applicable", "dont_know", "unanswered")
_ASIDE = (NOT_APPLICABLE, DONT_KNOW, UNANSWERED)


class _Scale(NamedTuple):
    """The values of a scale as whole numbers over one denominator, which add up faster than fractions."""

    numerators: tuple[int, ...]
    denominator: int


def _scale(rubric: Rubric) -> _Scale:
    values = [exact(choice.value) for choice in rubric.answers]
    denominator = math.lcm(*(value.denominator for value in values))
    return _Scale(tuple(int(value * denominator) for value in values), denominator)


def _question_value(average: "_Average", scale: _Scale, row: Sequence[int]) -> _Value:
    answers, dont_know = row[FIRST_CHOICE:], row[DONT_KNOW]
    score = average(scale, answers)
    if not dont_know:
        return _Value(score, score, score)
    lowest = [answers[0] + dont_know, *answers[1:]]
    highest = [*answers[:-1], answers[-1] + dont_know]
    return _Value(score, average(scale, lowest), average(scale, highest))


_Average = Callable[[_Scale, Sequence[int]], Fraction | None]


def _mean_of_counts(scale: _Scale, counts: Sequence[int]) -> Fraction | None:
    total = sum(counts)
    summed = sum(map(operator.mul, scale.numerators, counts))
    return Fraction(summed, total * scale.denominator) if total else None


def _median_of_counts(scale: _Scale, counts: Sequence[int]) -> Fraction | None:
    total = sum(counts)
    if not total:
        return None
    upto = list(itertools.accumulate(counts))
    lower, upper = bisect.bisect(upto, (total - 1) // 2), bisect.bisect(upto, total // 2)
    return Fraction(scale.numerators[lower] + scale.numerators[upper], 2 * scale.denominator)


_AVERAGES: dict[str, _Average] = {"mean": _mean_of_counts, "median": _median_of_counts}


_Pairs = Sequence[tuple[Fraction, Fraction]]


def combine(rule: Combine, children: _Pairs) -> Fraction:
    """The score of a node from the scores and weights of its children, of which there is at least one."""
    return _RULES[rule](children)


def _mean(children: _Pairs) -> Fraction:
    return _sum(children) / sum((weight for _, weight in children), Fraction())


def _sum(children: _Pairs) -> Fraction:
    return sum((value * weight for value, weight in children), Fraction())


def _median(children: _Pairs) -> Fraction:
    values = sorted(value for value, _ in children)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def _minimum(children: _Pairs) -> Fraction:
    return min(value for value, _ in children)


def _maximum(children: _Pairs) -> Fraction:
    return max(value for value, _ in children)


_RULES: dict[Combine, Callable[[_Pairs], Fraction]] = {
    "mean": _mean,
    "median": _median,
    "sum": _sum,
    "minimum": _minimum,
    "maximum": _maximum,
}


@lru_cache(maxsize=4096)
def exact(number: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth, not the binary fraction beside it."""
    return Fraction(repr(float(number)))


def _floats(value: _Value) -> tuple[float | None, float | None, float | None]:
    known = [number for number in value if number is not None]
    if not known:
        return None, None, None
    score = None if value.score is None else float(value.score)
    return score, float(min(known)), float(max(known))
