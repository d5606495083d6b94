"""What to talk about first: disagreement about what stands between a team and its next level."""

import math
from dataclasses import dataclass
from fractions import Fraction

from mlmgmt_widgets.assessment.levels import stages_met
from mlmgmt_widgets.assessment.rubric import Combine, Question, Rubric, Section
from mlmgmt_widgets.assessment.scoring import Result, combine, exact


@dataclass(frozen=True)
class AgendaItem:
    """A question worth talking about.

    Attributes:
        question: The question's id.
        section: The id of the section that holds it.
        title: The question's text.
        score: Its score; None when there are only don't-knows.
        consensus: How far those who gave an answer on the scale agree; None when nobody did.
        dont_know: How many do not know.
        weight: Its share of the root, 0 to 1; the shares of all questions add up to 1.
        distance: How far the answers fall short of what the next level asks, as a share of the scale.
        priority: (1 - consensus) x weight x distance, don't-knows counted as disagreement; 0 to 1.
    """

    question: str
    section: str
    title: str
    score: float | None
    consensus: float | None
    dont_know: int
    weight: float
    distance: float
    priority: float


def agenda(rubric: Rubric, result: Result) -> tuple[AgendaItem, ...]:
    """The questions in the order in which talking about them pays most.

    The priority is (1 - consensus) x weight x distance:

    - *consensus* is multiplied by the share of those who know: of four people of whom two answer alike and
      two do not know, half are of one mind.
    - *weight* is the question's share of the root: at every node on the way its share among its siblings,
      by weight where the rule uses weights and equal where it does not (median, minimum, maximum).
    - *distance* is how far the answers fall short, on average, of the answer that the next level asks for,
      as a share of the scale. It is taken from every answer below it, not from their mean: where half the
      room says 0 and half says 3, the mean may be all that is asked, and the half that says 0 has still to
      be heard. A question with nothing but don't-knows falls short all the way.

    The answer that the next level asks for: with stages, the lowest one that meets what the next stage
    requires of the question or of the nearest section above it (given to everything in that section, it
    earns the score); where the stage requires nothing of them, the most that it asks for anywhere. Without
    stages, and when the last one is reached, the highest answer.

    Questions at one priority (all of them, when a single person answered) follow by weight x distance, then
    in the order of the rubric. Questions that were only `na` or left open are not on the agenda.

    Example:
        >>> from mlmgmt_widgets.assessment import Response, load_rubric, score
        >>> rubric = load_rubric("pulse")
        >>> given = [{"pulse-data": i, "pulse-serving": 2} for i in range(5)]
        >>> people = [Response(respondent=str(i), answers=answers) for i, answers in enumerate(given)]
        >>> agenda(rubric, score(rubric, people))[0].question
        'pulse-data'
    """
    shares = _shares(rubric)
    asked = _asked(rubric, result)
    items = [
        _item(rubric, result, question, shares[question.id], asked[question.id])
        for question in rubric.questions
        if result.nodes[question.id].answered or result.nodes[question.id].dont_know
    ]
    return tuple(sorted(items, key=lambda item: (-item.priority, -item.weight * item.distance)))


def _item(rubric: Rubric, result: Result, question: Question, weight: float, asked: float) -> AgendaItem:
    node = result.nodes[question.id]
    distance = _shortfall(rubric, result.distributions[question.id], asked)
    of_one_mind = (node.consensus or 0) * node.answered / (node.answered + node.dont_know)
    return AgendaItem(
        question=question.id,
        section=rubric.section_of(question.id).id,
        title=question.question,
        score=node.score,
        consensus=node.consensus,
        dont_know=node.dont_know,
        weight=weight,
        distance=distance,
        priority=(1 - of_one_mind) * weight * distance,
    )


def _shortfall(rubric: Rubric, counts: tuple[int, ...], asked: float) -> float:
    lowest, highest = rubric.values[0], rubric.values[-1]
    given = list(zip(rubric.values, counts, strict=True)) if any(counts) else [(lowest, 1)]
    short = math.fsum(count * (asked - value) for value, count in given if value < asked)
    return short / sum(count for _, count in given) / (highest - lowest)


def _shares(rubric: Rubric) -> dict[str, float]:
    """Every node's share of the root."""
    shares: dict[str, Fraction] = {}

    def share_out(rule: Combine, children: tuple[Section | Question, ...], share: Fraction) -> None:
        weights = [exact(child.weight) if rule in ("mean", "sum") else Fraction(1) for child in children]
        for child, weight in zip(children, weights, strict=True):
            shares[child.id] = share * weight / sum(weights)
            if isinstance(child, Section):
                share_out(child.combine, child.children, shares[child.id])

    share_out(rubric.combine, rubric.children, Fraction(1))
    return {node_id: float(share) for node_id, share in shares.items()}


def _asked(rubric: Rubric, result: Result) -> dict[str, float]:
    """The answer that the next level asks for, by question."""
    requires = _next_requirements(rubric, result)
    answers = {node_id: _as_answer(rubric, rubric.node(node_id), need) for node_id, need in requires.items()}
    elsewhere = max(answers.values(), default=rubric.values[-1])
    asked = {}
    for question in rubric.questions:
        way_up = [question.id, *(section.id for section in reversed(rubric.paths[question.id]))]
        asked[question.id] = next((answers[node_id] for node_id in way_up if node_id in answers), elsewhere)
    return asked


def _next_requirements(rubric: Rubric, result: Result) -> dict[str, float]:
    if rubric.levels is None or not rubric.levels.stages:
        return {}
    reached = stages_met(rubric.levels, {node_id: node.score for node_id, node in result.nodes.items()})
    return rubric.levels.stages[reached].requires if reached < len(rubric.levels.stages) else {}


def _as_answer(rubric: Rubric, node: Section | Question, needed: float) -> float:
    """The lowest answer that earns a node the score when it is given throughout; the highest if none does."""
    enough = (value for value in rubric.values if _with_all_at(node, exact(value)) >= exact(needed))
    return next(enough, rubric.values[-1])


def _with_all_at(node: Section | Question, value: Fraction) -> Fraction:
    """A node's score when everybody gives one answer to everything."""
    if isinstance(node, Question):
        return value
    return combine(node.combine, [(_with_all_at(child, value), exact(child.weight)) for child in node.children])
