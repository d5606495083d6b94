"""What the facilitator's screen shows after the reveal, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from mlmgmt_widgets.assessment import charts
from mlmgmt_widgets.assessment.agenda import AgendaItem
from mlmgmt_widgets.assessment.answers import Response
from mlmgmt_widgets.assessment.outcome import Decided, Earlier, Outcome, unlinked
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.assessment.table import Responses

__all__ = ["payload", "present", "unlinked"]


def present(  # noqa: PLR0913 - what a workshop is, named
    rubric: Rubric,
    responses: Responses | Iterable[Response],
    *,
    smallest_group: int,
    anonymous: bool,
    decisions: Sequence[Decided] = (),
    history: Sequence[Earlier] = (),
    day: date | None = None,
    roles_left_out: bool = False,
    held_back: int = 0,
) -> dict[str, Any]:
    """Return a workshop's results for the screen.

    Args:
        rubric: that was answered.
        responses: the revealed ones.
        smallest_group: in an anonymous workshop, how few people may be seen together.
        anonymous: whether nothing may lead back to a person.
        decisions: of the team so far.
        history: the team's earlier results.
        day: of this workshop, today when left out.
        roles_left_out: whether roles are not among the responses, because they were shown with other answers before.
        held_back: how many questions have newer answers that are not among the responses.

    Returns:
        `{"hidden": sentence}` where nothing may be shown; else `respondents`, `score`, `notes` (sentences on what is
        left out), `level` (a `LevelExplanation`), `agenda`, `figures` (payloads by page: overview, agenda, questions,
        dont_know) and `history` (`trend`: figures, `not_comparable`: sentences).

    Example:
        >>> from mlmgmt_widgets.assessment import load_rubric
        >>> few = [Response(respondent="a", answers={"pulse-data": 3})]
        >>> present(load_rubric("pulse"), few, smallest_group=5, anonymous=True)
        {'hidden': 'This workshop is anonymous: results need answers from at least 5 people.'}
    """
    outcome = Outcome.of(
        rubric,
        responses,
        smallest_group=smallest_group,
        anonymous=anonymous,
        decisions=decisions,
        history=history,
        day=day or datetime.now(UTC).date(),
        roles_left_out=roles_left_out,
        held_back=held_back,
    )
    return payload(outcome)


def payload(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as `present` does."""
    if outcome.hidden:
        return {"hidden": outcome.hidden}
    return {
        "respondents": outcome.result.respondents,
        "score": outcome.result.score,
        "notes": list(outcome.notes),
        "level": asdict(outcome.explanation),
        "agenda": _agenda(outcome),
        "figures": _figures(outcome),
        "history": {
            "trend": [figure.payload() for figure in _history(outcome)],
            "not_comparable": [{"sentence": sentence} for sentence in outcome.not_comparable],
        },
    }


def _agenda(outcome: Outcome) -> list[dict[str, Any]]:
    decided = {each.question: each for each in outcome.decisions}
    return [_item(outcome, item, decided.get(item.question)) for item in outcome.agenda]


def _item(outcome: Outcome, item: AgendaItem, decision: Decided | None) -> dict[str, Any]:
    question = outcome.rubric.question(item.question)
    agreed = None
    if decision is not None:
        agreed = {"agreed": decision.agreed, "note": decision.note, "owner": decision.owner}
    return {
        **asdict(item),
        "section_title": outcome.rubric.section_of(item.question).title,
        "counts": list(outcome.result.distributions[item.question]),
        "not_applicable": outcome.result.nodes[item.question].not_applicable,
        "unanswered": outcome.result.nodes[item.question].unanswered,
        "descriptors": list(question.descriptors or ()),
        "comments": list(outcome.comments.get(item.question, ())),
        "decision": agreed,
    }


def _figures(outcome: Outcome) -> dict[str, list[dict[str, Any]]]:
    result, rubric = outcome.result, outcome.rubric
    overview = [charts.sections(result, rubric)]
    if outcome.groups:
        overview.append(charts.roles(outcome.groups, rubric))
    questions = [
        charts.distributions(result, rubric, section.id, only=outcome.questions)
        for section in rubric.leaf_sections
        if any(question.id in outcome.questions for question in section.questions)
    ]
    return {
        "overview": [figure.payload() for figure in overview],
        "agenda": [charts.agenda(outcome.agenda).payload()],
        "questions": [figure.payload() for figure in questions],
        "dont_know": [charts.dont_know(result, rubric).payload()],
    }


def _history(outcome: Outcome) -> list[charts.Figure]:
    if len(outcome.earlier) < 2:  # noqa: PLR2004 - one point is no trend
        return []
    before, after = (result for _, result in outcome.earlier[-2:])
    return [charts.trend(outcome.earlier, outcome.rubric), charts.compare(before, after, outcome.rubric)]
