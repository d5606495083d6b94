"""The report of a review, in Markdown and in HTML, and the comment on a pull request.

Text that people typed stays text, whatever is in it; only a plain web address becomes a link, and in Markdown alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.report_content import SOON, Report
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.readiness.wording import sentence
from mlmgmt_widgets.ui import document, report
from mlmgmt_widgets.ui import markdown as md
from mlmgmt_widgets.ui.document import Rows

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure

LONGEST_COMMENT = 60_000
"""Characters: code hosts refuse comments that are much longer."""

_MENTION = re.compile(r"(?<![\w/])@(?=\w)")  # in an address it is none


def markdown(checklist: Checklist, review: Review, verdict: Verdict) -> str:
    """Return the report as a page for a wiki.

    Args:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.
    """
    made = Report(checklist, review, verdict)
    lines = [f"# {md.linked(f'Readiness of {made.title}')}", "", f"*{md.linked(made.about)}*", ""]
    lines += [f"**{md.linked(sentence(verdict))}**", ""]
    return "\n".join([*lines, *document.as_markdown(made.parts(), md.linked)])


# -- for a pull request --------------------------------------------------------------------------------------------


def comment(checklist: Checklist, review: Review, verdict: Verdict) -> str:
    """Return a comment for a pull request: the verdict first, what blocks in a table, and the rest to open.

    Nobody is notified by a name that somebody typed: an invisible character stands behind its `@`. What is too long for
    a comment is left out at the end of its table, and counted.

    Args:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.

    Example:
        >>> from datetime import date
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "question": "Is there a plan?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> print(comment(checklist, review, evaluate(checklist, review, stage="live", today=date(2026, 11, 24))))
        ## Not ready for live: 1 item blocks it.
        <BLANKLINE>
        churn 3 · toy@1 · 24 November 2026 · 0 of 1 item passed
        <BLANKLINE>
        | Item | Why it is open | Found | Needed | Owner | What to do |
        |---|---|---|---|---|---|
        | Plan | missing | nothing is said of it | a yes to: Is there a plan? | nobody yet | Show it |
        <BLANKLINE>
    """
    made = Report(checklist, review, verdict)
    lines = [f"## {md.linked(sentence(verdict))}", "", md.linked(f"{made.title} · {made.about}"), ""]
    if blocking := made.blocking():
        lines += [*_shortened(blocking, LONGEST_COMMENT // 2), ""]
    for title, rows in _details(made):
        lines += ["<details>", f"<summary>{md.linked(title)} ({len(rows.rows)})</summary>", ""]
        lines += [*_shortened(rows, LONGEST_COMMENT // 10), "", "</details>", ""]
    return _MENTION.sub("@\u200b", "\n".join(lines))


def _details(made: Report) -> Iterator[tuple[str, Rows]]:
    parts = (
        ("Advised, and blocking nothing", made.advised()),
        ("Waived", made.waived()),
        ("Not applicable", made.not_applicable()),
        (f"Asked because the tier is {made.verdict.tier}", made.added()),
        (f"Lapsing within {SOON} days", made.lapsing()),
        ("Sign-offs", made.signed()),
    )
    yield from ((title, rows) for title, rows in parts if rows)


def _shortened(rows: Rows, longest: int) -> list[str]:
    """A table's lines, up to so many characters, and how many rows are left out."""
    head, rule, *body = md.table(rows.columns, rows.rows, rows.right, md.linked)
    length, kept = 0, 0
    for line in body:
        length += len(line) + 1
        if length > longest:
            break
        kept += 1
    left = len(body) - kept
    return [head, rule, *body[:kept], *(["", f"And {left} more, which `mlmgmt gate` lists."] if left else [])]


# -- to send or to print -------------------------------------------------------------------------------------------


def html(checklist: Checklist, review: Review, verdict: Verdict, figures: Sequence[Figure] = ()) -> str:
    """Return the report as one self-contained page, to send or to print.

    Args:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.
        figures: charts that stand in it.
    """
    made = Report(checklist, review, verdict)
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    body = [*_top(made), *document.as_html(made.parts(), lambda _: figures)]
    return report.page(f"Readiness of {made.title}", body, style)


def _top(made: Report) -> Iterator[str]:
    yield report.element("h1", (f"Readiness of {made.title}"))
    yield report.element("p", (made.about), class_="quiet")
    look = "finding" if made.verdict.ready else "finding shut"
    yield report.wrapped("section", report.element("strong", (sentence(made.verdict))), class_=look)
