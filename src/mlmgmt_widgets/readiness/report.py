"""The report of a review, in Markdown and in HTML, and the comment on a pull request.

Text that people typed stays text, whatever is in it; only a plain web address becomes a link, and in Markdown alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.report_content import SOON, Report
from mlmgmt_widgets.readiness.report_parts import Drawings, Heading, Part, Rows, Words
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.readiness.wording import sentence
from mlmgmt_widgets.ui import markdown as md
from mlmgmt_widgets.ui import report

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure

LONGEST_COMMENT = 60_000
"""Characters: code hosts refuse comments that are much longer."""

_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%-]*[\w/=#&%~-]", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_MENTION = re.compile(r"(?<![\w/])@(?=\w)")  # in an address it is none


def markdown(checklist: Checklist, review: Review, verdict: Verdict) -> str:
    """Return the report as a page for a wiki.

    Args:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.
    """
    made = Report(checklist, review, verdict)
    lines = [f"# {text(f'Readiness of {made.title}')}", "", f"*{text(made.about)}*", ""]
    lines += [f"**{text(sentence(verdict))}**", ""]
    for part in made.parts():
        lines += _as_markdown(part)
    return "\n".join(lines)


def _as_markdown(part: Part) -> list[str]:
    if isinstance(part, Heading):
        return [f"{'#' * part.level} {text(part.text)}", ""]
    if isinstance(part, Words):
        return [text(part.text), ""]
    if isinstance(part, Rows):
        return [*table(part), ""]
    return []  # the numbers of the charts stand in the tables


def text(words: str) -> str:
    r"""Return text on one line in which nothing is taken for Markdown but plain web addresses, which become links.

    Example:
        >>> print(text("*as agreed*: https://example.org/a_b."))
        \*as agreed\*: <https://example.org/a_b>.
    """
    line = " ".join(_CONTROL.sub(" ", words).split())
    pieces: list[str] = []
    place = 0
    for found in _ADDRESS.finditer(line):
        pieces += [_between(line[place : found.start()], place), f"<{found[0]}>"]
        place = found.end()
    return "".join([*pieces, _between(line[place:], place)])


def _between(words: str, place: int) -> str:
    """A piece of a line, its outer blanks kept."""
    inner = md.escaped(words) if place == 0 else md.escaped(f"x{words}")[1:]  # only the first one begins the line
    before, after = (" " * (len(words) - len(words.lstrip()))), (" " * (len(words) - len(words.rstrip())))
    return f"{before}{inner.strip()}{after}" if words.strip() else words


def table(rows: Rows) -> list[str]:
    """Return the lines of a table in Markdown."""
    rule = "|".join("---:" if column in rows.right else "---" for column in rows.columns)
    return [_row(rows.columns), f"|{rule}|", *(_row(each) for each in rows.rows)]


def _row(cells: Sequence[str | int]) -> str:
    return f"| {' | '.join(text(str(cell)) for cell in cells)} |"


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
    lines = [f"## {text(sentence(verdict))}", "", text(f"{made.title} · {made.about}"), ""]
    if blocking := made.blocking():
        lines += [*_shortened(blocking, LONGEST_COMMENT // 2), ""]
    for title, rows in _details(made):
        lines += ["<details>", f"<summary>{text(title)} ({len(rows.rows)})</summary>", ""]
        lines += [*_shortened(rows, LONGEST_COMMENT // 10), "", "</details>", ""]
    return _MENTION.sub("@\u200b", "\n".join(lines))


def _details(made: Report) -> Iterator[tuple[str, Rows]]:
    parts = (
        ("Advised, and blocking nothing", made.advised()),
        ("Waived", made.waived()),
        ("Not applicable", made.not_applicable()),
        (f"Asked because the tier is {made.verdict.tier}", made.added()),
        (f"Lapsing within {SOON} days", made.lapsing()),
    )
    yield from ((title, rows) for title, rows in parts if rows)


def _shortened(rows: Rows, longest: int) -> list[str]:
    """A table's lines, up to so many characters, and how many rows are left out."""
    head, rule, *body = table(rows)
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
    body = [*_top(made), *_as_html(made.parts(), figures)]
    return report.page(f"Readiness of {made.title}", body, style)


def _top(made: Report) -> Iterator[str]:
    yield report.element("h1", _plain(f"Readiness of {made.title}"))
    yield report.element("p", _plain(made.about), class_="quiet")
    look = "finding" if made.verdict.ready else "finding shut"
    yield report.wrapped("section", report.element("strong", _plain(sentence(made.verdict))), class_=look)


def _as_html(parts: Iterable[Part], figures: Sequence[Figure]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Heading):
            yield report.element(f"h{part.level}", _plain(part.text))
        elif isinstance(part, Words):
            yield report.element("p", _plain(part.text), **({"class_": "quiet"} if part.quiet else {}))
        elif isinstance(part, Rows):
            cells = [[_plain(cell) if isinstance(cell, str) else cell for cell in row] for row in part.rows]
            yield report.table(part.columns, cells, part.right)
        elif isinstance(part, Drawings):
            yield from (report.figure(each) for each in figures)


def _plain(words: str) -> str:
    """Text without characters that no page may hold."""
    return _CONTROL.sub(" ", words)
