"""The report: one HTML page without script or outside references, made to be printed on A4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.assessment import charts, export
from mlmgmt_widgets.assessment.scale import number

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.outcome import Outcome
    from mlmgmt_widgets.ui.figure import Figure

_WIDTH = 720  # pixels of a chart; a page of A4 shows it a little smaller
_TALKED_ABOUT = 10
_ON_A_PAGE = 10  # questions in one chart, which must not be cut by the end of a page
_NAMESPACE = re.compile(r'\s+xmlns(:\w+)?="[^"]*"')  # HTML knows what an svg is; addresses only raise questions


def page(outcome: Outcome) -> str:
    """Return the whole report as HTML."""
    parts = [
        *_top(outcome),
        _figure(charts.sections(outcome.result, outcome.rubric)),
        *_decisions(outcome),
        *_agenda(outcome),
        *_details(outcome),
        *_method(outcome),
    ]
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(export.title_of(outcome))}</title><style>{style}</style>"
    )
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _tag(name: str, *text: str, **attributes: str) -> str:
    """Return an element around text, which is escaped."""
    return _wrap(name, "".join(escape(each) for each in text), **attributes)


def _wrap(name: str, inner: str, **attributes: str) -> str:
    """Return an element around what is HTML already."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>"


def _top(outcome: Outcome) -> Iterable[str]:
    explanation = outcome.explanation
    yield _tag("h1", export.title_of(outcome))
    yield _tag("p", export.about(outcome), class_="quiet")
    for note in outcome.notes:
        yield _tag("p", note, class_="quiet")
    gaps = "".join(
        _tag("li", f"{gap.title}: {number(gap.score, 2)} now, {'more than ' * gap.above}{gap.needed:g} needed")
        for gap in explanation.gaps
    )
    earn = _tag("p", f"What would earn {explanation.next_level}:") + _wrap("ul", gaps) if gaps else ""
    name = _tag("strong", explanation.level or f"Score {number(outcome.result.score)}")
    yield _wrap("section", name + _tag("p", explanation.sentence) + earn, class_="level")


def _figure(figure: Figure) -> str:
    drawing = _NAMESPACE.sub("", figure.svg(_WIDTH))
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{escape(figure.title)}"', 1)
    words = _tag("h3", figure.title) + (_tag("p", figure.description, class_="quiet") if figure.description else "")
    return _wrap("figure", _wrap("figcaption", words) + drawing)


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    filled = [list(row) for row in rows]
    numeric = [
        bool(filled) and all(isinstance(row[place], int | float | None) for row in filled)
        for place in range(len(columns))
    ]

    def cells(name: str, row: Sequence[Any]) -> str:
        return "".join(
            _tag(name, _said(value), class_="number") if right else _tag(name, _said(value))
            for value, right in zip(row, numeric, strict=True)
        )

    head = _wrap("thead", _wrap("tr", cells("th", columns)))
    body = _wrap("tbody", "".join(_wrap("tr", cells("td", row)) for row in filled))
    return _wrap("div", _wrap("table", head + body), class_="wide")


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "–" if value is None else str(value)


def _decisions(outcome: Outcome) -> Iterable[str]:
    made = export.decisions(outcome)
    if made:
        yield _tag("h2", "What was decided")
        rows = [(each["title"], export.agreed(outcome, each["agreed"]), each["note"], each["owner"]) for each in made]
        yield _table(["Question", "Agreed", "What we will do", "Owner"], rows)


def _agenda(outcome: Outcome) -> Iterable[str]:
    yield _tag("h2", "What to talk about")
    yield _figure(charts.agenda(outcome.agenda))
    items = []
    for item in outcome.agenda[:_TALKED_ABOUT]:
        said = "".join(_tag("blockquote", text) for text in outcome.comments.get(item.question, ()))
        if said:
            items.append(_wrap("li", _tag("strong", item.title) + said))
    if items:
        yield _tag("h2", "What people wrote about these questions")
        yield _wrap("ol", "".join(items))


def _details(outcome: Outcome) -> Iterable[str]:
    result, rubric = outcome.result, outcome.rubric
    yield _tag("h2", "Every question")
    yield _tag("p", charts.DISTRIBUTIONS, class_="quiet")
    for section in rubric.leaf_sections:
        ids = [question.id for question in section.questions if question.id in outcome.questions]
        for start in range(0, len(ids), _ON_A_PAGE):
            some = charts.distributions(result, rubric, section.id, only=ids[start : start + _ON_A_PAGE])
            yield _figure(replace(some, description=""))
    unknown = charts.dont_know(result, rubric)
    yield _figure(unknown) if unknown.rows else ""
    if outcome.groups:
        yield _figure(charts.roles(outcome.groups, rubric))
    if len(outcome.earlier) > 1:
        yield _tag("h2", "Over time")
        yield _figure(charts.trend(outcome.earlier, rubric))
    for sentence in outcome.not_comparable:
        yield _tag("p", sentence, class_="quiet")


def _method(outcome: Outcome) -> Iterable[str]:
    figure = charts.sections(outcome.result, outcome.rubric)
    yield _tag("h2", "The numbers")
    yield _table(figure.columns, figure.rows)
    rule = {"mean": "mean", "median": "median"}[outcome.rubric.respondents]
    kept = (
        f" The workshop was anonymous: questions that fewer than {outcome.smallest_group} people answered and groups "
        "of fewer are not shown, nor groups from which those could be worked out."
        if outcome.anonymous
        else ""
    )
    yield _tag(
        "p",
        f"A question's score is the {rule} of the answers on the scale. “Not applicable” and open questions are left "
        "out; “don't know” is left out too, and widens low to high. Consensus is that of Tastle and Wierman (2007).",
        kept,
        class_="quiet",
    )
