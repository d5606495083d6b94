"""Files to take home from the board, with its charts."""

from __future__ import annotations

from datetime import datetime

from mlmgmt_widgets.readiness import export, handover
from mlmgmt_widgets.readiness.board_figures import figures
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.ui.report import slug


def file(checklist: Checklist, review: Review, verdict: Verdict, kind: str, *, made_at: datetime) -> tuple[str, bytes]:
    """Return a file's name and contents.

    Args:
        checklist: that the review fills in.
        review: to export.
        verdict: on it.
        kind: one of `export.file`, or plan: what is missing, as a plan for the timeline.
        made_at: the moment whose day stands in the file's name.

    Raises:
        Refusal: if there is no such kind, or nothing to write.
    """
    if kind == "plan":
        remark = handover.open_work(checklist, verdict).said
        text = handover.to_yaml(handover.as_plan(checklist, verdict, start=verdict.today), remark)
        return f"{slug(review.subject) or 'review'}-plan-{made_at:%Y-%m-%d}.yaml", text.encode()
    drawn = figures(checklist, review, tier=verdict.tier, today=verdict.today) if kind == "html" else ()
    return export.file(checklist, review, verdict, kind, made_at=made_at, figures=drawn)


def unjudged(review: Review, *, made_at: datetime) -> tuple[str, bytes]:
    """The YAML of a review that there is no verdict on yet, since it has no tier."""
    name = slug(f"{review.subject} {review.version}") or "review"
    return f"{name}-{made_at:%Y-%m-%d}.yaml", export.to_yaml(review).encode()
