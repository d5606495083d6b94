"""How a review came to stand where it stands: what it said at the end of a day, and how ready each stage was then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heapify, heappop, heappush
from typing import Any

from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.entries import Entry, SignOff, State
from mlmgmt_widgets.readiness.judging import Finding, judge
from mlmgmt_widgets.readiness.lapsing import days_from, next_turn, of_all_stages
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict

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

    def __add__(self, other: Tally) -> Tally:
        """Of the items of both."""
        return Tally(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    def __sub__(self, other: Tally) -> Tally:
        """Of the items that are left without the other's."""
        return Tally(*(a - b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


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
    return tuple(_stages(_own(verdict.findings), reached))


def _own(findings: Iterable[Finding]) -> dict[str, Tally]:
    """Stage -> the tally of its own items."""
    own: dict[str, Tally] = defaultdict(Tally)
    for finding in findings:
        own[finding.item.stage] += _tally(finding)
    return own


def _tally(finding: Finding) -> Tally:
    return Tally(asked=1, blocking=int(finding.blocks), **{finding.outcome: 1})


def _stages(own: Mapping[str, Tally], stages: Sequence[str]) -> Iterator[StageProgress]:
    whole = Tally()
    for stage in stages:
        its = own.get(stage, Tally())
        whole += its
        yield StageProgress(stage, its, whole)


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
    made = next((n for n, change in enumerate(entry.history) if change.on > day), len(entry.history))
    return _after(entry, made, day)


def _after(entry: Entry, made: int, day: date) -> Entry | None:
    """An entry after so many of its changes, on a day."""
    then = entry
    if made < len(entry.history):
        was = entry.history[made].was
        values = {name: getattr(was, name) for name in State.model_fields}
        then = entry.model_copy(update={**values, "history": entry.history[:made]})
        if then == Entry():
            return None
    since = None if made else _since(then)
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
    of_all_stages(checklist, review, tier=tier, today=today)  # refuses what does not fit
    everything = frozenset(checklist.items_by_id)
    due: dict[date, set[str]] = defaultdict(set)
    for day in _recorded(checklist, review) if days is None else days:
        due[day].update(everything if days is not None else ())
    if days is None:
        due[today] = set(everything)
        for item in checklist.items:
            for day in _days_of(review, item):
                due[day].add(item.id)
    walk = _Walk(checklist, review, tier, today)
    standings = tuple(walk.through({day: ids for day, ids in due.items() if day <= today}, lapses=days is None))
    return Progress(review.subject, review.version, today, checklist.stages, standings)


def _recorded(checklist: Checklist, review: Review) -> Iterator[date]:
    """The days that concern the review as a whole."""
    yield from (change.on for change in review.tier_history)
    if any(item.rule is not None and item.rule.sign_off is not None for item in checklist.items):
        yield from (each.on for each in review.sign_offs)


def _days_of(review: Review, item: Item) -> Iterator[date]:
    """The days on which something may have been said of an item."""
    entry = review.entry(item.id)
    yield from (change.on for change in entry.history)
    first = entry.history[0].was if entry.history else entry
    if since := _since(first):
        yield since
    yield from (each.on for _, each in _signed(review, item))


def _signed(review: Review, item: Item) -> Iterator[tuple[int, SignOff]]:
    """The sign-offs that an item's rule asks for, with their places in the review."""
    if item.rule is not None and item.rule.sign_off is not None:
        for place, each in enumerate(review.sign_offs):
            if each.role == item.rule.sign_off and each.stage in {None, item.stage}:
                yield place, each


class _Past:
    """What was said of an item, day after day: the days only go forward, so that nothing is looked at twice."""

    def __init__(self, review: Review, item: Item) -> None:
        self.review, self.name = review, item.id
        self.entry, self.made = review.entry(item.id), 0
        self.to_come = sorted(((each.on, place) for place, each in _signed(review, item)), reverse=True)
        self.last: dict[bool, int] = {}  # whether for this version -> place of the last one, the only one that counts

    def at(self, day: date) -> Review:
        """The review at the end of a day, as far as it is about this item (`review_at` has all of it)."""
        history, signed = self.entry.history, self.review.sign_offs
        while self.made < len(history) and history[self.made].on <= day:
            self.made += 1
        while self.to_come and self.to_come[-1][0] <= day:
            _, place = self.to_come.pop()
            mine = signed[place].version in {None, self.review.version}
            self.last[mine] = max(place, self.last.get(mine, place))
        then = _after(self.entry, self.made, day)
        items = {} if then is None else {self.name: then}
        last = tuple(signed[place] for place in sorted(self.last.values()))
        return self.review.model_copy(update={"items": items, "sign_offs": last})


class _Walk:
    """Goes through the days; an item is judged anew only on days that may change what was found of it."""

    def __init__(self, checklist: Checklist, review: Review, tier: str | None, today: date) -> None:
        self.checklist, self.today = checklist, today
        self.past = {item.id: _Past(review, item) for item in checklist.items}
        self.found: dict[str, Finding] = {}
        self.own: dict[str | None, dict[str, Tally]] = {}  # tier -> stage -> tally of its own items
        self.tier_days = [change.on for change in review.tier_history]
        self.tiers = _tiers(review) if tier is None else [tier]
        self.tier_changes = 0

    def through(self, due: dict[date, set[str]], *, lapses: bool) -> Iterator[Standing]:
        """The standing of each day on which an outcome or the tier changed, of the first, and of the last.

        Args:
            due: day -> items to judge; with `lapses`, days on which something stops by itself are added.
            lapses: whether to look for these; else all the days are yielded.
        """
        before: str | None = None
        days = list(due)
        heapify(days)
        while days:
            day = heappop(days)
            end = day if day < self.today else days_from(day, 1)
            tier = self._tier(end)
            changed = not self.found or tier != before
            for name in due[day] if self.found else self.checklist.items_by_id:
                finding = judge(self.checklist.items_by_id[name], self.past[name].at(end), day)
                changed |= self._is_new(finding) and finding.item.is_asked_at(tier)
                turn = next_turn(finding, day) if lapses else None
                if turn is not None and turn <= self.today:
                    if turn not in due:
                        heappush(days, turn)
                    due.setdefault(turn, set()).add(name)
            if changed or day == self.today or not lapses:
                yield Standing(day, tier, tuple(_stages(self._own(tier), self.checklist.stages)))
            before = tier

    def _is_new(self, finding: Finding) -> bool:
        """Whether a finding is another than that of the day before; the tallies follow it."""
        before, self.found[finding.item.id] = self.found.get(finding.item.id), finding
        if before is None or (before.outcome, before.reason) == (finding.outcome, finding.reason):
            return before is None
        for tier, own in self.own.items():
            if finding.item.is_asked_at(tier):
                own[finding.item.stage] += _tally(finding) - _tally(before)
        return True

    def _own(self, tier: str | None) -> dict[str, Tally]:
        if tier not in self.own:
            self.own[tier] = _own(finding for finding in self.found.values() if finding.item.is_asked_at(tier))
        return self.own[tier]

    def _tier(self, day: date) -> str | None:
        while self.tier_changes < len(self.tiers) - 1 and self.tier_days[self.tier_changes] <= day:
            self.tier_changes += 1
        return self.tiers[self.tier_changes]


def _tiers(review: Review) -> list[str | None]:
    """The tier before each of its changes and after the last; before one was chosen, the first that was."""
    tiers = [review.tier]
    for change in reversed(review.tier_history):
        tiers.append(change.was if change.was is not None else tiers[-1])
    return tiers[::-1]
