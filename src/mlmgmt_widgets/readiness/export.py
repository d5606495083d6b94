"""A review and its verdict as files: the YAML to go on with, a table, a report, and a model card's section.

Text that people typed is never taken for markup or for a formula, and a file of the same review has the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.export_card import card
from mlmgmt_widgets.readiness.export_junit import to_junit
from mlmgmt_widgets.readiness.export_yaml import to_yaml
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.review import Review, plain
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.ui.report import slug

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure

COLUMNS = (
    "stage", "theme", "item", "title", "severity", "outcome", "reason", "said", "owner", "person", "due", "by", "on",
    "version", "until", "evidence",
)  # fmt: skip
"""Of the CSV: `owner` is the role that answers for the item, `person` who sees to it, `until` the last day on which the
outcome holds by itself."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class _Made:
    """What a file is made of.

    Attributes:
        name: of the file.
        figures: charts for a report.
        existing: a model card to add to.
    """

    checklist: Checklist
    review: Review
    verdict: Verdict
    name: str
    figures: Sequence[Figure]
    existing: str | None


def file(  # noqa: PLR0913 - what a file is made of, and how
    checklist: Checklist,
    review: Review,
    verdict: Verdict,
    kind: str,
    *,
    made_at: datetime,
    figures: Sequence[Figure] = (),
    existing: str | None = None,
) -> tuple[str, bytes]:
    """Return a file's name and contents.

    Args:
        checklist: that the review fills in.
        review: to export.
        verdict: on it.
        kind: yaml, json, csv, markdown, html, junit or card.
        made_at: the moment whose day stands in the file's name.
        figures: charts for the HTML report.
        existing: the model card that the section is added to; left out, a new one.

    Raises:
        Refusal: if there is no such kind, or it cannot be written as one.

    Example:
        >>> from datetime import UTC, date
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "question": "Is there a plan?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> verdict = evaluate(checklist, review, stage="live", today=date(2026, 11, 24))
        >>> name, data = file(checklist, review, verdict, "yaml", made_at=datetime(2026, 11, 24, tzinfo=UTC))
        >>> print(name, data.decode(), sep=chr(10), end="")
        churn-3-2026-11-24.yaml
        # The verdict: mlmgmt gate toy churn-3-2026-11-24.yaml --stage live --today 2026-11-24
        checklist: toy@1
        subject: churn
        version: '3'
    """
    if kind not in _KINDS:
        raise Refusal(f"There is no export as {kind!r}; choose one of {', '.join(_KINDS)}.")
    extension, write = _KINDS[kind]
    # A report or a table is about a stage; two stages' files must not take each other's name.
    stage = "" if kind in {"yaml", "card"} else verdict.stage
    parts = (slug(review.subject), slug(review.version), stage)
    name = "-".join(filter(None, parts)) or "review"
    name = f"{name}{'-card' if kind == 'card' else ''}-{made_at:%Y-%m-%d}{extension}"
    text = write(_Made(checklist, review, verdict, name, figures, existing))
    # The mark at the start has spreadsheets read a CSV as UTF-8.
    return name, text.encode("utf-8-sig" if kind == "csv" else "utf-8")


def to_csv(verdict: Verdict) -> str:
    """Return the items that are asked as CSV, one row each, with `COLUMNS`.

    Dates are written 2027-01-31. Text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(list(_cells(finding, verdict)) for finding in verdict.findings)
    return text.getvalue()


def _cells(finding: Finding, verdict: Verdict) -> Iterator[str]:
    item, entry = finding.item, finding.entry
    said_of = entry.version or (verdict.version if entry.status != "unknown" else None)
    values: tuple[str | date | None, ...] = (
        item.stage, item.group, item.id, item.name, item.severity, finding.outcome, finding.reason, finding.said,
        item.owner, entry.owner, entry.due, entry.by, entry.on, said_of, finding.until,
        "; ".join(each.said for each in finding.evidence),
    )  # fmt: skip
    yield from (_cell(value) for value in values)


def _cell(value: str | date | None) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, date):
        return value.isoformat() if value else ""
    text = _CONTROL.sub("", value)
    return f"'{text}" if _FORMULA.match(text) else text


def to_json(review: Review, verdict: Verdict) -> str:
    """Return the review's plain values, and beside them the day and what `mlmgmt gate --json` prints."""
    contents = {"today": verdict.today.isoformat(), "verdict": verdict.to_dict(), "review": plain(review)}
    return json.dumps(contents, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _yaml(made: _Made) -> str:
    verdict = made.verdict
    tier = f" --tier {verdict.tier}" if verdict.tier != made.review.tier else ""
    asked = f"--stage {verdict.stage}{tier} --today {verdict.today}"
    return f"# The verdict: mlmgmt gate {made.checklist.id} {made.name} {asked}\n{to_yaml(made.review)}"


def _markdown(made: _Made) -> str:
    from mlmgmt_widgets.readiness import report

    return report.markdown(made.checklist, made.review, made.verdict)


def _html(made: _Made) -> str:
    from mlmgmt_widgets.readiness import report

    return report.html(made.checklist, made.review, made.verdict, made.figures)


_KINDS: dict[str, tuple[str, Callable[[_Made], str]]] = {
    "yaml": (".yaml", _yaml),
    "json": (".json", lambda made: to_json(made.review, made.verdict)),
    "csv": (".csv", lambda made: to_csv(made.verdict)),
    "markdown": (".md", _markdown),
    "html": (".html", _html),
    "junit": (".xml", lambda made: to_junit(made.checklist, made.verdict)),
    "card": (".md", lambda made: card(made.checklist, made.review, made.verdict, made.existing)),
}

__all__ = ["COLUMNS", "card", "file", "to_csv", "to_json", "to_junit", "to_yaml"]
