"""The report of a workshop: one page to send or to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mlmgmt_widgets.assessment import charts, export
from mlmgmt_widgets.assessment.scale import number
from mlmgmt_widgets.ui import report
from mlmgmt_widgets.ui.report import element, figure, table, wrapped

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.outcome import Outcome

_TALKED_ABOUT = 10
_ON_A_PAGE = 10  # questions in one chart, which must not be cut by the end of a page


def page(outcome: Outcome) -> str:
    """Return the whole report as HTML."""
    parts = [
        *_top(outcome),
        figure(charts.sections(outcome.result, outcome.rubric)),
        *_decisions(outcome),
        *_agenda(outcome),
        *_details(outcome),
        *_method(outcome),
    ]
    return report.page(export.title_of(outcome), parts)


def _top(outcome: Outcome) -> Iterable[str]:
    explanation = outcome.explanation
    yield element("h1", export.title_of(outcome))
    yield element("p", export.about(outcome), class_="quiet")
    for note in outcome.notes:
        yield element("p", note, class_="quiet")
    gaps = "".join(
        element("li", f"{gap.title}: {number(gap.score, 2)} now, {'more than ' * gap.above}{gap.needed:g} needed")
        for gap in explanation.gaps
    )
    earn = element("p", f"What would earn {explanation.next_level}:") + wrapped("ul", gaps) if gaps else ""
    name = element("strong", explanation.level or f"Score {number(outcome.result.score)}")
    yield wrapped("section", name + element("p", explanation.sentence) + earn, class_="finding")


def _decisions(outcome: Outcome) -> Iterable[str]:
    made = export.decisions(outcome)
    if made:
        yield element("h2", "What was decided")
        rows = [(each["title"], export.agreed(outcome, each["agreed"]), each["note"], each["owner"]) for each in made]
        yield table(["Question", "Agreed", "What we will do", "Owner"], rows)


def _agenda(outcome: Outcome) -> Iterable[str]:
    yield element("h2", "What to talk about")
    yield figure(charts.agenda(outcome.agenda))
    items = []
    for item in outcome.agenda[:_TALKED_ABOUT]:
        said = "".join(element("blockquote", text) for text in outcome.comments.get(item.question, ()))
        if said:
            items.append(wrapped("li", element("strong", item.title) + said))
    if items:
        yield element("h2", "What people wrote about these questions")
        yield wrapped("ol", "".join(items))


def _details(outcome: Outcome) -> Iterable[str]:
    result, rubric = outcome.result, outcome.rubric
    yield element("h2", "Every question")
    yield element("p", charts.DISTRIBUTIONS, class_="quiet")
    for section in rubric.leaf_sections:
        ids = [question.id for question in section.questions if question.id in outcome.questions]
        for start in range(0, len(ids), _ON_A_PAGE):
            some = charts.distributions(result, rubric, section.id, only=ids[start : start + _ON_A_PAGE])
            yield figure(replace(some, description=""))
    unknown = charts.dont_know(result, rubric)
    yield figure(unknown) if unknown.rows else ""
    if outcome.groups:
        yield figure(charts.roles(outcome.groups, rubric))
    if len(outcome.earlier) > 1:
        yield element("h2", "Over time")
        yield figure(charts.trend(outcome.earlier, rubric))
    for sentence in outcome.not_comparable:
        yield element("p", sentence, class_="quiet")


def _method(outcome: Outcome) -> Iterable[str]:
    sections = charts.sections(outcome.result, outcome.rubric)
    yield element("h2", "The numbers")
    yield table(sections.columns, sections.rows)
    rule = {"mean": "mean", "median": "median"}[outcome.rubric.respondents]
    kept = (
        f" The workshop was anonymous: questions that fewer than {outcome.smallest_group} people answered and groups "
        "of fewer are not shown, nor groups from which those could be worked out."
        if outcome.anonymous
        else ""
    )
    yield element(
        "p",
        f"A question's score is the {rule} of the answers on the scale. “Not applicable” and open questions are left "
        "out; “don't know” is left out too, and widens low to high. Consensus is that of Tastle and Wierman (2007).",
        kept,
        class_="quiet",
    )
