"""The verdict: whether a model version may pass a stage, and what is missing if not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.content import ContentError, nearest, shown
from mlmgmt_widgets.documents import Fault
from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.counting import clause
from mlmgmt_widgets.readiness.judging import Finding, Open, judge
from mlmgmt_widgets.readiness.review import Review, fitting
from mlmgmt_widgets.readiness.signatures import Signature, signatures
from mlmgmt_widgets.readiness.tiers import propose_tier

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Waived:
    """An item that was waived: why, by whom, and the last day of it."""

    item: str
    reason: str
    by: str
    until: date


@dataclass(frozen=True)
class Verdict:
    """Whether a version may pass a stage.

    Attributes:
        ready: whether nothing blocks it.
        stage: that was asked for.
        tier: at which.
        subject: the model.
        version: of it.
        today: the day that the verdict is of.
        findings: of every item that is asked, in the checklist's order.
        added: the items that are asked because the tier is not the lowest, with the reason.
        tier_note: that the answers about risk propose another tier, and why it was not taken; empty where they agree.
        signatures: where the roles stand that sign off this stage or an earlier one. They decide nothing here; an item
            whose rule is a sign-off does.
    """

    ready: bool
    stage: str
    tier: str | None
    subject: str
    version: str
    today: date
    findings: tuple[Finding, ...]
    added: dict[str, str] = field(default_factory=dict)
    tier_note: str = ""
    signatures: tuple[Signature, ...] = ()

    @property
    def applicable(self) -> int:
        """How many items are asked and apply."""
        return sum(finding.outcome != "na" for finding in self.findings)

    @property
    def passed(self) -> int:
        """How many of them have passed."""
        return sum(finding.outcome == "passed" for finding in self.findings)

    @property
    def blockers(self) -> tuple[Open, ...]:
        """What keeps the gate shut."""
        return tuple(finding.open for finding in self.findings if finding.blocks)

    @property
    def advisories(self) -> tuple[Open, ...]:
        """What is not there and blocks nothing."""
        return tuple(each.open for each in self.findings if each.outcome == "open" and not each.blocks)

    @property
    def waived(self) -> tuple[Waived, ...]:
        """What was waived, and until when."""
        return tuple(_waived(finding) for finding in self.findings if finding.outcome == "waived")

    def of(self, item: str) -> Finding:
        """What was found of one item.

        Raises:
            KeyError: if it is not asked here.
        """
        found = next((finding for finding in self.findings if finding.item.id == item), None)
        if found is None:
            raise KeyError(item)
        return found

    def to_dict(self) -> dict[str, Any]:
        """What `mlmgmt gate --json` prints."""
        return {
            "ready": self.ready,
            "stage": self.stage,
            "tier": self.tier,
            "subject": self.subject,
            "version": self.version,
            "applicable": self.applicable,
            "passed": self.passed,
            "blockers": [{"item": each.item, "reason": each.reason} for each in self.blockers],
            "advisories": [{"item": each.item, "reason": each.reason} for each in self.advisories],
            "waived": [
                {"item": each.item, "reason": each.reason, "by": each.by, "until": each.until.isoformat()}
                for each in self.waived
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """Every item that is asked as a table, one row each.

        Returns:
            Columns `stage`, `theme`, `item`, `title`, `severity`, `outcome`, `reason` (missing where it is not open),
            `said`, `until` (missing where time does not change it), `owner`.
        """
        import pandas as pd

        rows = [
            (
                each.item.stage,
                each.item.group,
                each.item.id,
                each.item.name,
                each.item.severity,
                each.outcome,
                each.reason,
                each.said,
                each.until,
                each.entry.owner or each.item.owner,
            )
            for each in self.findings
        ]
        names = ["stage", "theme", "item", "title", "severity", "outcome", "reason", "said", "until", "owner"]
        return pd.DataFrame(rows, columns=names)


def evaluate(
    checklist: Checklist, review: Review, *, stage: str, tier: str | None = None, today: date | None = None
) -> Verdict:
    """Judge a review at a stage.

    Args:
        checklist: that the review fills in.
        review: its evidence as it was typed or read (`read_evidence`); this function opens no file.
        stage: its own items and those of every earlier stage are asked.
        tier: left out, the review's.
        today: the day that dates are held against; left out, this day. The last day of a waiver or of a piece of
            evidence counts.

    Raises:
        ContentError: if the review does not fit the checklist, there is no such stage or tier, or the checklist has
            tiers and nobody says which one this is.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review
        >>> item = {"id": "rollback-plan", "stage": "shadow", "question": "Is there a plan to roll back?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["shadow"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> evaluate(checklist, review, stage="shadow").blockers
        (Open(item='rollback-plan', reason='missing'),)
    """
    fitting(review, checklist)
    chosen = _tier(checklist, review, tier)
    if stage not in checklist.stages:
        raise _unknown("stage", stage, checklist.stages)
    on = today or date.today()  # noqa: DTZ011 - a day is one where whoever asks is
    findings = tuple(judge(item, review, on) for item in checklist.asked(stage, chosen))
    return Verdict(
        ready=not any(finding.blocks for finding in findings),
        stage=stage,
        tier=chosen,
        subject=review.subject,
        version=review.version,
        today=on,
        findings=findings,
        added=dict(_added(checklist, [finding.item for finding in findings])),
        tier_note=_tier_note(checklist, review, chosen),
        signatures=signatures(checklist, review, stage, on),
    )


def _tier(checklist: Checklist, review: Review, tier: str | None) -> str | None:
    chosen = review.tier if tier is None else tier
    if chosen is None and checklist.tiers:
        listing = f"one of {', '.join(checklist.tiers)}, in the review or as the tier asked for"
        raise ContentError([Fault("tier", None, "", "nothing", listing)])
    if chosen is not None and chosen not in checklist.tiers:
        raise _unknown("tier", chosen, checklist.tiers)
    return chosen


def _tier_note(checklist: Checklist, review: Review, chosen: str | None) -> str:
    proposed = propose_tier(checklist, review.risk).tier
    if proposed is None or proposed == chosen:
        return ""
    reason = review.tier_reason
    why = f"chosen all the same: {clause(reason)}" if reason else "nobody says why it is another"
    return f"the answers about risk propose {proposed}; {why}"


def _unknown(what: str, given: str, known: Sequence[str]) -> ContentError:
    near = nearest(given, known)
    listing = f"one of {', '.join(known)}" if known else "none: this checklist has no tiers"
    return ContentError([Fault(what, None, "", shown(given), listing + (f" (nearest: {near})" if near else ""))])


def _added(checklist: Checklist, asked: Sequence[Item]) -> Iterator[tuple[str, str]]:
    lowest = checklist.tiers[0] if checklist.tiers else None
    for item in asked:
        if not item.is_asked_at(lowest):
            yield item.id, item.tier_reason or item.why or f"asked from {item.tiers[0]} on"


def _waived(finding: Finding) -> Waived:
    entry = finding.entry
    if entry.until is None or entry.by is None or entry.reason is None:
        raise ValueError(f"{finding.item.id} is not waived")  # the model of a review refuses such a waiver
    return Waived(finding.item.id, entry.reason, entry.by, entry.until)
