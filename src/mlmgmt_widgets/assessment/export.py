"""A workshop's results as files to take home.

Nothing in a file of an anonymous workshop leads back to a person: below the smallest group there is no file; answers
are dealt to new labels for every question; comments and roles stand apart from them. Text that people typed is never
taken for a formula or for markup.
"""

from __future__ import annotations

import io
import json as json_module
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mlmgmt_widgets.assessment.outcome import Outcome
from mlmgmt_widgets.assessment.responses import write_rows
from mlmgmt_widgets.assessment.scale import answer_names, number
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui.markdown import escaped, table
from mlmgmt_widgets.ui.report import slug

_TALKED_ABOUT = 7


def file(outcome: Outcome, kind: str) -> tuple[str, bytes]:
    """Return a file's name and contents.

    Args:
        outcome: to export.
        kind: csv, xlsx, json, markdown or html.

    Raises:
        Refusal: where nothing may be shown, or there is no such kind.

    Example:
        >>> from datetime import date
        >>> from mlmgmt_widgets.assessment import Response, load_rubric
        >>> people = [Response(respondent=str(i), answers={"pulse-data": i}) for i in range(5)]
        >>> file(Outcome.of(load_rubric("pulse"), people, team="Ranking", day=date(2026, 3, 4)), "csv")[0]
        'pulse-ranking-2026-03-04.csv'
    """
    if kind not in _KINDS:
        raise Refusal(f"There is no export as {kind!r}; choose one of {', '.join(_KINDS)}.")
    extension, write = _KINDS[kind]
    contents = write(outcome)
    # The mark at the start has spreadsheets read a CSV as UTF-8.
    data = contents if isinstance(contents, bytes) else contents.encode("utf-8-sig" if kind == "csv" else "utf-8")
    parts = (outcome.rubric.id, slug(outcome.team), outcome.day.isoformat())
    return "-".join(part for part in parts if part) + extension, data


def csv(outcome: Outcome) -> str:
    """Return the answers as `mlmgmt score` reads them; it finds the same scores in them."""
    _refuse_hidden(outcome)
    text = io.StringIO(newline="")
    write_rows(text, outcome.shared_rows)
    return text.getvalue()


def json(outcome: Outcome) -> str:
    """Return scores, level, agenda, comments and decisions as JSON; `result` is what `mlmgmt score --json` prints."""
    _refuse_hidden(outcome)
    rubric = outcome.rubric
    contents = {
        "team": outcome.team,
        "date": outcome.day.isoformat(),
        "anonymous": outcome.anonymous,
        "rubric": {"id": rubric.id, "version": rubric.version, "title": rubric.title},
        "left_out": list(outcome.notes),
        "level": asdict(outcome.explanation),
        "result": outcome.result.to_dict(),
        "distributions": {
            "answers": [choice.value for choice in rubric.answers],
            "questions": outcome.result.distributions,
        },
        "roles": [asdict(group) for group in outcome.groups],
        "agenda": [asdict(item) for item in outcome.agenda],
        "comments": outcome.comments,
        "decisions": decisions(outcome),
    }
    return json_module.dumps(contents, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def decisions(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what was decided, in the rubric's order, as plain values; questions without a word are left out."""
    made = {each.question: each for each in outcome.decisions}
    return [
        {
            "question": question.id,
            "title": question.question,
            "agreed": made[question.id].agreed,
            "note": made[question.id].note,
            "owner": made[question.id].owner,
        }
        for question in outcome.rubric.questions
        if question.id in made
        and (made[question.id].agreed is not None or made[question.id].note or made[question.id].owner)
    ]


def markdown(outcome: Outcome) -> str:
    """Return a page for a wiki: the level, the sections, what was decided, and what to talk about."""
    _refuse_hidden(outcome)
    return "\n".join([*_markdown_top(outcome), *_markdown_decisions(outcome), *_markdown_agenda(outcome)])


def _markdown_top(outcome: Outcome) -> list[str]:
    explanation, result = outcome.explanation, outcome.result
    gaps = [
        f"- {escaped(gap.title)}: {number(gap.score, 2)} now, {'more than ' * gap.above}{gap.needed:g} needed"
        for gap in explanation.gaps
    ]
    numbers = ["Score", "Low to high", "Don't know"]
    sections = [
        (node.title, number(node.score), f"{number(node.low)} to {number(node.high)}", node.dont_know)
        for id_, node in result.nodes.items()
        if id_ not in result.distributions
    ]
    return [
        f"# {escaped(title_of(outcome))}",
        "",
        f"{about(outcome)}",
        "",
        *(line for note in outcome.notes for line in (f"*{escaped(note)}*", "")),
        f"**{escaped(explanation.level or 'Score ' + number(result.score))}**: {escaped(explanation.sentence)}",
        "",
        *(
            [f"What would earn {escaped(explanation.next_level)}:", "", *gaps, ""]
            if gaps and explanation.next_level
            else []
        ),
        "## Sections",
        "",
        *table(["Section", *numbers], sections, right=numbers),
        "",
    ]


def _markdown_decisions(outcome: Outcome) -> list[str]:
    made = decisions(outcome)
    if not made:
        return []
    rows = [(each["title"], agreed(outcome, each["agreed"]), each["note"], each["owner"]) for each in made]
    return ["## Decisions", "", *table(["Question", "Agreed", "What we will do", "Owner"], rows), ""]


def _markdown_agenda(outcome: Outcome) -> list[str]:
    lines = ["## Where talking pays most", ""]
    for place, item in enumerate(outcome.agenda[:_TALKED_ABOUT], 1):
        lines.append(
            f"{place}. {escaped(item.title)} (score {number(item.score)}, consensus {number(item.consensus, 2)})"
        )
        lines += [f"   - “{escaped(comment)}”" for comment in outcome.comments.get(item.question, ())]
    return [*lines, ""]


def title_of(outcome: Outcome) -> str:
    """Return the headline of a report."""
    return f"{outcome.rubric.title}: {outcome.team}" if outcome.team else outcome.rubric.title


def about(outcome: Outcome) -> str:
    """Return when, how many, with what, in one line."""
    people = outcome.result.respondents
    named = "anonymous" if outcome.anonymous else "named"
    day = f"{outcome.day.day} {outcome.day:%B %Y}"
    return f"{day} · {people} {'person' if people == 1 else 'people'} · {named} · rubric {outcome.rubric.key}"


def agreed(outcome: Outcome, value: float | None) -> str:
    """Return an agreed answer with its name, where it is one of the scale."""
    names = dict(zip(outcome.rubric.values, answer_names(outcome.rubric), strict=True))
    return "" if value is None else names.get(value, f"{value:g}")


def xlsx(outcome: Outcome) -> bytes:
    """Return a workbook: Summary, Sections, Questions, Agenda, Answers, Comments."""
    _refuse_hidden(outcome)
    from mlmgmt_widgets.assessment.export_xlsx import workbook

    return workbook(outcome)


def html(outcome: Outcome) -> str:
    """Return one self-contained page with the charts in it, to send or to print."""
    _refuse_hidden(outcome)
    from mlmgmt_widgets.assessment.report import page

    return page(outcome)


def _refuse_hidden(outcome: Outcome) -> None:
    if outcome.hidden:
        raise Refusal(outcome.hidden)


_KINDS: dict[str, tuple[str, Callable[[Outcome], str | bytes]]] = {
    "csv": (".csv", csv),
    "xlsx": (".xlsx", xlsx),
    "json": (".json", json),
    "markdown": (".md", markdown),
    "html": (".html", html),
}
