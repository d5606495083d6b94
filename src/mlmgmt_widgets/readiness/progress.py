"""How a review came to stand where it stands: what it said at the end of a day, and how ready each stage was then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.entries import Entry, State
from mlmgmt_widgets.readiness.judging import Finding, judge
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate

_DAY = timedelta(days=1)

# -- how far a stage is --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many items are asked, and what became of them.

    Attributes:
        asked: passed, waived, not applicable and open ones together.
        passed: how many have passed.
        waived: how many were waived.
        na: how many do not apply.
        open: how many are neither.
        blocking: how many of the open ones block.
    """

    asked: int = 0
    passed: int = 0
    waived: int = 0
    na: int = 0
    open: int = 0
    blocking: int = 0

    @property
    def applicable(self) -> int:
        """How many apply."""
        return self.asked - self.na

    @property
    def share(self) -> float | None:
        """The share of those that apply that has passed, from 0 to 1; None where none applies."""
        return self.passed / self.applicable if self.applicable else None


@dataclass(frozen=True)
class StageProgress:
    """How far a stage is.

    Attributes:
        stage: its id.
        own: its own items alone.
        whole: with those of every earlier stage, which it needs as well.
    """

    stage: str
    own: Tally
    whole: Tally

    @property
    def ready(self) -> bool:
        """Whether nothing blocks it."""
        return not self.whole.blocking


def by_stage(verdict: Verdict, checklist: Checklist) -> tuple[StageProgress, ...]:
    """How far each stage is, up to the one that a verdict is of: of the last stage's verdict, all of them.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "question": "?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["shadow", "live"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> [each.ready for each in by_stage(evaluate(checklist, review, stage="live"), checklist)]
        [True, False]
    """
    reached = checklist.stages[: checklist.stages.index(verdict.stage) + 1]
    return tuple(_stages(verdict.findings, reached))


def _stages(findings: Sequence[Finding], stages: Sequence[str]) -> Iterator[StageProgress]:
    so_far: list[Finding] = []
    for stage in stages:
        own = [finding for finding in findings if finding.item.stage == stage]
        so_far += own
        yield StageProgress(stage, _tally(own), _tally(so_far))


def _tally(findings: Sequence[Finding]) -> Tally:
    outcomes = [finding.outcome for finding in findings]
    counts = (outcomes.count("passed"), outcomes.count("waived"), outcomes.count("na"), outcomes.count("open"))
    return Tally(len(findings), *counts, sum(finding.blocks for finding in findings))


# -- the review as it was ------------------------------------------------------------------------------------------


def review_at(review: Review, day: date) -> Review:
    """The review as it stood at the end of a day.

    What was recorded later is taken back: changes of items, sign-offs, changes of the tier. What nobody recorded the
    making of, as in a review that was written by hand, was there from its own day on or, where it has none, from that
    of its earliest evidence on; without any day it was always there.

    Args:
        review: as it stands now.
        day: the last day that counts.

    Example:
        >>> from mlmgmt_widgets.readiness import Review
        >>> said = {"plan": {"status": "pass", "on": "2026-11-02"}}
        >>> review = Review(checklist="toy@1", subject="churn", version="3", items=said)
        >>> [review_at(review, date(2026, 11, day)).entry("plan").status for day in (1, 2)]
        ['unknown', 'pass']
    """
    items = {name: then for name, entry in review.items.items() if (then := _entry_at(entry, day)) is not None}
    signed = tuple(each for each in review.sign_offs if each.on <= day)
    update: dict[str, Any] = {"items": items, "sign_offs": signed}
    later = next((n for n, change in enumerate(review.tier_history) if change.on > day), None)
    if later is not None:
        change = review.tier_history[later]
        update |= {"tier": change.was, "tier_reason": change.reason, "tier_history": review.tier_history[:later]}
    return review.model_copy(update=update)


def _entry_at(entry: Entry, day: date) -> Entry | None:
    """An entry as it stood; None where nothing had been said of the item yet.

    Changes stand in the order in which they were made, so that with the first later one all after it are taken back,
    whatever day somebody wrote beside them.
    """
    later = next((n for n, change in enumerate(entry.history) if change.on > day), None)
    then = entry
    if later is not None:
        was = entry.history[later].was
        values = {name: getattr(was, name) for name in State.model_fields}
        then = entry.model_copy(update={**values, "history": entry.history[:later]})
        if then == Entry():
            return None
    since = None if then.history else _since(then)
    return None if since is not None and since > day else then


def _since(state: State) -> date | None:
    """The day from which a state stood that no change tells of; None where it tells of none either."""
    return state.on or min((each.on for each in state.evidence if each.on is not None), default=None)


# -- over time -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How far the stages were on a day.

    Attributes:
        day: at whose end.
        tier: at which they were asked.
        stages: in the checklist's order.
    """

    day: date
    tier: str | None
    stages: tuple[StageProgress, ...]


@dataclass(frozen=True)
class Progress:
    """How far the stages were, day by day.

    Attributes:
        subject: the model.
        version: of it.
        today: the last day.
        stages: their ids, in the checklist's order.
        standings: of each day on which something changed; between two of them, the earlier one stands.
    """

    subject: str
    version: str
    today: date
    stages: tuple[str, ...]
    standings: tuple[Standing, ...]

    def of(self, stage: str) -> tuple[tuple[date, StageProgress], ...]:
        """One stage, day by day."""
        place = self.stages.index(stage)
        return tuple((each.day, each.stages[place]) for each in self.standings)

    def turns(self, stage: str) -> tuple[tuple[date, bool], ...]:
        """The days on which a stage became ready (true) or stopped being it (false); it begins as not ready."""
        found: list[tuple[date, bool]] = []
        for day, standing in self.of(stage):
            if standing.ready != (found[-1][1] if found else False):
                found.append((day, standing.ready))
        return tuple(found)


def progress(
    checklist: Checklist, review: Review, *, tier: str | None = None, today: date, days: Iterable[date] | None = None
) -> Progress:
    """How far each stage was on each day on which something changed or lapsed, up to today.

    Every day is judged by the review as it stood at its end (`review_at`), so that evidence that grew too old, or a
    waiver that ended, shows on the day after its last one, though nobody touched it. On the last day what is dated
    tomorrow counts, as it does in the verdict.

    Args:
        checklist: that the review fills in.
        review: with its history.
        tier: left out, the review's of each day; before one was chosen, the first that was.
        today: the last day.
        days: look at these days instead; later ones than today are left out.

    Raises:
        ContentError: as `evaluate` does.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review
        >>> item = {"id": "plan", "stage": "live", "question": "?", "expires_after_days": 30}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> said = {"plan": {"status": "pass", "on": "2026-11-02"}}
        >>> review = Review(checklist="toy@1", subject="churn", version="3", items=said)
        >>> [(str(day), ready) for day, ready in progress(checklist, review, today=date(2026, 12, 24)).turns("live")]
        [('2026-11-02', True), ('2026-12-03', False)]
    """
    evaluate(checklist, review, stage=checklist.stages[-1], tier=tier, today=today)  # refuses what does not fit
    everything = frozenset(checklist.items_by_id)
    due: dict[date, set[str]] = defaultdict(set)
    for day in _recorded(review) if days is None else days:
        due[day].update(everything if days is not None else ())
    if days is None:
        due[today] = set(everything)
        for item in checklist.items:
            for day in _days_of(review, item):
                due[day].add(item.id)
    walk = _Walk(checklist, review, tier, today)
    standings = tuple(walk.through({day: ids for day, ids in due.items() if day <= today}, lapses=days is None))
    return Progress(review.subject, review.version, today, checklist.stages, standings)


def _recorded(review: Review) -> Iterator[date]:
    """The days that concern the review as a whole."""
    yield from (change.on for change in review.tier_history)


def _days_of(review: Review, item: Item) -> Iterator[date]:
    """The days on which something may have been said of an item."""
    entry = review.entry(item.id)
    yield from (change.on for change in entry.history)
    first = entry.history[0].was if entry.history else entry
    if since := _since(first):
        yield since
    if item.rule is not None and item.rule.sign_off is not None:
        yield from (each.on for each in review.sign_offs)


class _Walk:
    """Goes through the days; an item is judged anew only on days that may change what was found of it."""

    def __init__(self, checklist: Checklist, review: Review, tier: str | None, today: date) -> None:
        self.checklist, self.review, self.tier, self.today = checklist, review, tier, today
        self.found: dict[str, Finding] = {}

    def through(self, due: dict[date, set[str]], *, lapses: bool) -> Iterator[Standing]:
        """The standing of each day on which an outcome or the tier changed, of the first, and of the last.

        Args:
            due: day -> items to judge; with `lapses`, days on which something stops by itself are added.
            lapses: whether to look for these; else all the days are yielded.
        """
        before: object = None
        while due:
            day = min(due)
            then = review_at(self.review, day if day < self.today else day + _DAY)
            for name in due.pop(day) if self.found else self.checklist.items_by_id:
                finding = self.found[name] = judge(self.checklist.items_by_id[name], then, day)
                for other in _turns_by_itself(finding, day) if lapses else ():
                    if other <= self.today:
                        due.setdefault(other, set()).add(name)
            due.pop(day, None)
            tier = self._tier(then)
            findings = [self.found[item.id] for item in self.checklist.asked(self.checklist.stages[-1], tier)]
            now = (tier, [(finding.item.id, finding.outcome, finding.reason) for finding in findings])
            if now != before or day == self.today or not lapses:
                yield Standing(day, tier, tuple(_stages(findings, self.checklist.stages)))
            before = now

    def _tier(self, then: Review) -> str | None:
        if self.tier is not None or then.tier is not None:
            return self.tier or then.tier
        chosen = [*(change.was for change in self.review.tier_history), self.review.tier]
        return next((tier for tier in chosen[len(then.tier_history) :] if tier is not None), None)


def _turns_by_itself(finding: Finding, day: date) -> Iterator[date]:
    """Later days on which time alone may change a finding: something is too old, or has its day."""
    lasts = [finding.until, *(each.until for each in finding.evidence)]
    yield from (last + _DAY for last in lasts if last is not None and day <= last < date.max)
    begins = [finding.entry.on, *(each.on for each in finding.evidence)]
    yield from (begin - _DAY for begin in begins if begin is not None and begin - day > _DAY)
