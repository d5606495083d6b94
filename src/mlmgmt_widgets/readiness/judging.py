"""Judging one item: what is said of it, what the evidence shows, and which of the two decides.

What is said of an item counts for the version that it was said of, and for another only where the item carries over.
Bad news is the exception: a fail stands until somebody says otherwise, whatever version it was said of, and whatever
the evidence shows. Beyond that evidence decides where it can: where the item has a rule, a status that somebody typed
is not enough, and where evidence brings its own measure (a bound, tests), it outweighs a typed pass. Of several
measures of the same thing the latest counts, and of several of one day the worst.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.counting import (
    Reason,
    Weighed,
    answers,
    clause,
    last_day,
    needs,
    still_to_come,
    too_old,
    weigh,
)
from mlmgmt_widgets.readiness.entries import Entry, Evidence
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.signatures import is_about
from mlmgmt_widgets.words import day

Outcome = Literal["passed", "na", "waived", "open"]


@dataclass(frozen=True)
class Open:
    """An item that is asked and not there, and why."""

    item: str
    reason: Reason


@dataclass(frozen=True)
class Finding:
    """What was found of one item that is asked.

    Attributes:
        item: of the checklist.
        entry: what the review says of it.
        outcome: passed, na, waived, or open.
        reason: why it is open; None otherwise.
        said: what was found, in a sentence without its full stop; empty where there is nothing to say.
        until: the last day on which this outcome holds by itself; None where time does not change it.
        evidence: each piece, as it was weighed.
    """

    item: Item
    entry: Entry
    outcome: Outcome
    reason: Reason | None = None
    said: str = ""
    until: date | None = None
    evidence: tuple[Weighed, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether it keeps the gate shut."""
        return self.outcome == "open" and self.item.severity == "blocking"

    @property
    def open(self) -> Open:
        """The item and the reason, as the contract has them."""
        if self.reason is None:
            raise ValueError(f"{self.item.id} is not open")
        return Open(self.item.id, self.reason)


def judge(item: Item, review: Review, today: date) -> Finding:
    """Judge one item, by itself."""
    entry = review.entry(item.id)
    case = _Case(item, entry, review, today)
    if entry.status == "fail":
        return case.open("failed", _with_reason(entry, "marked as failed"))
    if entry.status == "waived":
        return case.waiver()
    if entry.status == "na":
        if said := case.stale:
            return case.open("stale-version", said)
        return case.ahead or case.settled("na", clause(entry.reason or ""))
    return case.with_all_that_is_named(case.by_rule() if item.rule is not None else case.by_status())


class _Case:
    """One item with everything that is known of it."""

    def __init__(self, item: Item, entry: Entry, review: Review, today: date) -> None:
        self.item, self.entry, self.review, self.today = item, entry, review, today
        self.weighed = tuple(weigh(item, entry, each, review.version, today) for each in entry.evidence)

    @property
    def stale(self) -> str:
        """Why what is said is about another version; empty where it is about this one, or carries over."""
        about = self.entry.version
        if about is None or about == self.review.version or self.item.carries_over:
            return ""
        return f"said of version {about}, not of {self.review.version}"

    @property
    def ahead(self) -> Finding | None:
        """What is said does not count yet, where its day is still to come; None where it counts."""
        why = still_to_come(self.entry.on, self.today)
        return self.open("missing", why) if why else None

    def open(self, reason: Reason, said: str) -> Finding:
        return Finding(self.item, self.entry, "open", reason, said, None, self.weighed)

    def settled(self, outcome: Outcome, said: str, until: date | None = None) -> Finding:
        return Finding(self.item, self.entry, outcome, None, said, until, self.weighed)

    def with_all_that_is_named(self, found: Finding) -> Finding:
        """A pass only if all evidence that the review names is there: deleting a report must not open a gate."""
        unread = [each for each in self.weighed if each.unread]
        if found.outcome != "passed" or not unread:
            return found
        return self.open("missing", "; ".join(each.said for each in unread))

    # -- a waiver ----------------------------------------------------------------------------------------------

    def waiver(self) -> Finding:
        """A waiver holds on its last day; after it, the item is judged as if there had been none."""
        entry = self.entry
        if entry.until is None:
            raise ValueError(f"{self.item.id} is waived without a last day")  # the model of a review refuses that
        if not self.item.waivable:
            return self.open("not-waivable", f"waived by {entry.by}, though it cannot be waived")
        if not self.stale and not self.ahead and self.today <= entry.until:
            said = _with_reason(entry, f"waived by {entry.by} until {day(entry.until)}")
            return self.settled("waived", said, entry.until)
        without = self.by_evidence()
        if without is not None and self.with_all_that_is_named(without).outcome == "passed":
            return without
        if self.stale:
            return self.open("stale-version", f"the waiver was {self.stale}")
        return self.ahead or self.open("waiver-expired", f"waived by {entry.by}, but only until {day(entry.until)}")

    def by_evidence(self) -> Finding | None:
        """What the evidence says by itself; None where it says nothing."""
        if self.item.rule is not None:
            return self.by_rule()
        measured = [each for each in self.weighed if each.passes is not None]
        return self.measured(measured) if measured else None

    # -- a rule ------------------------------------------------------------------------------------------------

    def by_rule(self) -> Finding:
        """What the rule asks for decides; other measures must not speak against it."""
        rule = self.item.rule
        if rule is not None and rule.sign_off is not None:
            asked: list[Weighed] = []
            decided = self.by_sign_off(rule.sign_off)
        else:
            asked = [each for each in self.weighed if answers(self.item, each.evidence) and each.passes is not None]
            decided = self.measured(asked) if asked else self.open("missing", self.unmet())
        others = [each for each in self.weighed if each.passes is not None and each not in asked]
        against = self.measured(others) if decided.outcome == "passed" and others else None
        return against if against is not None and against.outcome == "open" and _bad_news(others) else decided

    def unmet(self) -> str:
        """Why there is nothing that the rule asks for."""
        unread = (each.said for each in self.weighed if answers(self.item, each.evidence))
        return next(unread, f"it takes {needs(self.item)}")

    def measured(self, measured: Sequence[Weighed]) -> Finding:
        """What measures say: for each thing that is measured, the latest that counts, or else the latest."""
        latest = _latest(measured)
        if failing := [each for each in latest if each.reason is None and not each.passes]:
            return self.open("failed", "; ".join(each.said for each in failing))
        counting = [each for each in latest if each.reason is None]
        old = [each for each in latest if each.reason is not None]
        if not counting or _bad_news(old):
            # What failed and was not measured again has not passed by growing old.
            worst = max((each for each in old if not each.passes), key=_day_of, default=None) or max(old, key=_day_of)
            return self.open(worst.reason or "missing", worst.said)
        said = "; ".join(each.said for each in counting)
        return self.settled("passed", said, _first(each.until for each in counting))

    def by_sign_off(self, role: str) -> Finding:
        """The last sign-off of a role for this stage and this version decides."""
        item, review = self.item, self.review
        given = [each for each in review.sign_offs if each.role == role and each.stage in {None, item.stage}]
        if not given:
            return self.open("missing", f"it takes {needs(item)}")
        # What is dated ahead counts only once its day has come, and what was signed for this version is not undone by a
        # signature for another, whichever came later.
        there = [each for each in given if not still_to_come(each.on, self.today)] or given
        last = next((each for each in reversed(there) if is_about(each, item.stage, review.version)), there[-1])
        words = f"{last.decision} by {last.by}, {day(last.on)}"
        if last.decision == "no-go":
            return self.open("failed", words)
        if last.version not in {None, review.version} and not item.carries_over:
            return self.open("stale-version", f"{words}, for version {last.version}")
        reason, why = too_old(item, last.on, self.today)
        if reason:
            return self.open(reason, f"{words}; {why}")
        return self.settled("passed", words, last_day(item, last.on))

    # -- a status ----------------------------------------------------------------------------------------------

    def by_status(self) -> Finding:
        """Somebody says whether it passes, unless the evidence brings a measure of its own."""
        measured = [each for each in self.weighed if each.passes is not None]
        if measured:
            decided = self.measured(measured)
            if self.entry.status == "unknown" or decided.outcome == "passed" or _bad_news(measured):
                return decided
        if self.entry.status == "unknown":
            said = (
                "there is evidence, but nobody has said whether it passes" if self.weighed else "nothing is said of it"
            )
            return self.open("missing", said)
        if said := self.stale:
            return self.open("stale-version", said)
        return self.by_word()

    def by_word(self) -> Finding:
        """A pass that somebody typed: as old as the youngest of its evidence, or as itself where there is none."""
        if self.ahead:
            return self.ahead
        if self.weighed:
            counting = [each for each in self.weighed if each.reason is None]
            if not counting:
                latest = max(self.weighed, key=_day_of)
                return self.open(latest.reason or "missing", latest.said)
            untils = [each.until for each in counting]
            until = None if None in untils else max(each for each in untils if each is not None)
            return self.settled("passed", "; ".join(each.said for each in counting), until)
        reason, why = too_old(self.item, self.entry.on, self.today)
        if reason:
            return self.open(reason, why)
        return self.settled("passed", _by(self.entry), last_day(self.item, self.entry.on))


def _latest(measured: Sequence[Weighed]) -> list[Weighed]:
    """Of each thing that is measured, those of its latest day that count; where none does, those of this version."""
    things: dict[tuple[object, ...], list[Weighed]] = {}
    for each in measured:
        things.setdefault(_thing(each.evidence), []).append(each)
    latest = []
    for several in things.values():
        counting = [each for each in several if each.reason is None]
        best = counting or [each for each in several if each.reason != "stale-version"] or several
        last = max(map(_day_of, best))
        latest += [each for each in best if _day_of(each) == last]
    return latest


def _bad_news(measured: Sequence[Weighed]) -> bool:
    """Whether the latest measure of something fails, of this version, however old it is."""
    return any(not each.passes and each.reason != "stale-version" for each in _latest(measured))


def _thing(evidence: Evidence) -> tuple[object, ...]:
    """What a measure is of: two of the same thing are an older and a newer one."""
    source = evidence.read_from
    if evidence.metric is not None:
        return "metric", evidence.metric, evidence.at, *sorted((evidence.where or {}).items())
    return source or "checks", str(getattr(evidence, source)) if source else evidence.source or ""


def _day_of(weighed: Weighed) -> date:
    return weighed.on or date.min


def _first(days: Iterable[date | None]) -> date | None:
    return min((each for each in days if each is not None), default=None)


def _with_reason(entry: Entry, said: str) -> str:
    return f"{said}: {clause(entry.reason)}" if entry.reason else said


def _by(entry: Entry) -> str:
    who = f"said by {entry.by}" if entry.by else "nobody is named"
    return f"{who}, {day(entry.on)}" if entry.on else who


__all__ = ["Finding", "Open", "Outcome", "Reason", "judge"]
