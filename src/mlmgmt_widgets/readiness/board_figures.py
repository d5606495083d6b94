"""The charts of a review, the same on the board and in its report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.lapsing import lapsing
from mlmgmt_widgets.readiness.progress import progress
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import evaluate

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure

AHEAD = 60
"""Days for which it is said what will lapse."""


def figures(checklist: Checklist, review: Review, *, tier: str | None, today: date) -> tuple[Figure, ...]:
    """Readiness over time, the items by theme and status, and what will lapse."""
    from mlmgmt_widgets.readiness import charts

    everything = evaluate(checklist, review, stage=checklist.stages[-1], tier=tier, today=today)
    return (
        charts.progress(progress(checklist, review, tier=tier, today=today)),
        charts.items(checklist, everything),
        charts.lapsing(lapsing(checklist, review, tier=tier, today=today, within=AHEAD), today, AHEAD),
    )
