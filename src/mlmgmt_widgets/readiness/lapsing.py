"""What holds today and will stop by itself: passes whose evidence grows too old, and waivers that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.judging import Finding, judge
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate

Kind = Literal["evidence", "waiver"]
_HOLDS: dict[str, Kind] = {"passed": "evidence", "waived": "waiver"}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lapse:
    """An item that will be open unless somebody sees to it.

    Attributes:
        item: of the checklist.
        kind: whether its evidence grows too old, or its waiver ends.
        last_day: on which it still holds.
        days_left: from today to its last day; 0 on that day itself.
        owner: who sees to it by name or, where nobody is named, the role that answers for it.
    """

    item: Item
    kind: Kind
    last_day: date
    days_left: int
    owner: str | None

    @property
    def stage(self) -> str:
        """The first stage that asks for it."""
        return self.item.stage

    @property
    def blocks(self) -> bool:
        """Whether a gate will be shut by it."""
        return self.item.severity == "blocking"


def lapsing(
    checklist: Checklist, review: Review, *, tier: str | None = None, today: date, within: int = 60
) -> tuple[Lapse, ...]:
    """The passes and waivers that hold today and stop by themselves before long, the nearest first.

    A waiver after which evidence passes, or evidence after which other evidence does, is followed to the day after
    which the item is open.

    Args:
        checklist: that the review fills in.
        review: its evidence as it was typed or read.
        tier: left out, the review's.
        today: the day from which days are counted; what holds today for the last time has 0 left.
        within: how many days to look ahead; what has that many left is included.

    Raises:
        ContentError: as `evaluate` does.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review
        >>> item = {"id": "plan", "stage": "live", "question": "?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> waived = {"status": "waived", "reason": "no traffic", "by": "Ann", "until": "2026-12-02"}
        >>> review = Review(checklist="toy@1", subject="churn", version="3", items={"plan": waived})
        >>> [(each.kind, each.days_left) for each in lapsing(checklist, review, today=date(2026, 11, 22))]
        [('waiver', 10)]
    """
    verdict = of_all_stages(checklist, review, tier=tier, today=today)
    found = (_lapse(finding, review, today, within) for finding in verdict.findings)
    # Sorted sorts stably: what is left stays in the checklist's order.
    return tuple(sorted(filter(None, found), key=lambda each: (each.days_left, not each.blocks)))


def _lapse(finding: Finding, review: Review, today: date, within: int) -> Lapse | None:
    """When an item stops holding; None where that is not by itself, or further off."""
    item = finding.item
    while finding.outcome in _HOLDS and finding.until is not None and (finding.until - today).days <= within:
        if finding.until == date.max:
            return None  # no calendar has a day on which it would be open
        after = judge(item, review, finding.until + _DAY)
        if after.outcome == "open":
            left = (finding.until - today).days
            return Lapse(item, _HOLDS[finding.outcome], finding.until, left, finding.entry.owner or item.owner)
        if after.until is not None and after.until <= finding.until:
            return None
        finding = after
    return None


# -- shared with what goes through the days ------------------------------------------------------------------------


def of_all_stages(checklist: Checklist, review: Review, *, tier: str | None, today: date) -> Verdict:
    """The verdict of the last stage, which asks for the items of every stage.

    Raises:
        ContentError: as `evaluate` does.
    """
    return evaluate(checklist, review, stage=checklist.stages[-1], tier=tier, today=today)


def next_turn(finding: Finding, day: date) -> date | None:
    """The next day on which time alone may change a finding: something is too old, or has its day."""
    lasts = [finding.until, *(each.until for each in finding.evidence)]
    turns = [last + _DAY for last in lasts if last is not None and day <= last < date.max]
    begins = [finding.entry.on, *(each.on for each in finding.evidence)]
    turns += [begin - _DAY for begin in begins if begin is not None and begin - day > _DAY]
    return min(turns, default=None)


def days_from(day: date, number: int) -> date:
    """The day so many days later or, below 0, earlier; beyond the calendar, its last or first.

    Example:
        >>> days_from(date(2026, 11, 2), -2), days_from(date.max, 1)
        (datetime.date(2026, 10, 31), datetime.date(9999, 12, 31))
    """
    return date.fromordinal(min(max(day.toordinal() + number, date.min.toordinal()), date.max.toordinal()))
