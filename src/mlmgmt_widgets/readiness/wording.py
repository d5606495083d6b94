"""A verdict, its reasons and a review's changes in words, the same on the board, in files and on the command line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import pairwise
from operator import attrgetter

from mlmgmt_widgets.readiness.counting import Reason
from mlmgmt_widgets.readiness.entries import Entry, Evidence, State, Status
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.words import counted, day, in_words

REASONS: dict[Reason, str] = {
    "missing": "missing",
    "failed": "failed",
    "expired": "too old",
    "waiver-expired": "waiver ended",
    "stale-version": "other version",
    "not-waivable": "cannot be waived",
}
STATUSES: dict[Status, str] = {
    "pass": "pass",
    "fail": "fail",
    "na": "not applicable",
    "waived": "waived",
    "unknown": "open",
}
OUTCOMES = {"passed": "passed", "na": "not applicable", "waived": "waived", "open": "open"}


def sentence(verdict: Verdict) -> str:
    """The verdict in a sentence.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "question": "?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> sentence(evaluate(checklist, Review(checklist="toy@1", subject="churn", version="3"), stage="live"))
        'Not ready for live: 1 item blocks it.'
    """
    stage = stage_name(verdict.stage).lower()
    blocking = len(verdict.blockers)
    if blocking:
        return f"Not ready for {stage}: {counted(blocking, 'item')} {'blocks' if blocking == 1 else 'block'} it."
    waived = len(verdict.waived)
    but = f", with {counted(waived, 'item')} waived" if waived else ""
    return f"Ready for {stage}{but}."


def stage_name(stage: str) -> str:
    """A stage in words."""
    return in_words(stage)


def outcome(finding: Finding) -> str:
    """What became of an item, in a word or two."""
    if finding.reason is not None:
        return REASONS[finding.reason]
    return OUTCOMES[finding.outcome]


# -- what changed --------------------------------------------------------------------------------------------------


def changes(entry: Entry, most: int | None = None) -> Iterator[tuple[str, str]]:
    """What was changed of an item, oldest first: who and when, and what.

    Args:
        entry: with its history.
        most: how many changes to tell, the newest ones; left out, all of them.

    Example:
        >>> from mlmgmt_widgets.readiness import Review
        >>> from mlmgmt_widgets.readiness.edits import Author, change
        >>> from datetime import date
        >>> review, ann = Review(checklist="toy@1", subject="churn", version="3"), Author("Ann", date(2026, 11, 2))
        >>> review = change(change(review, "plan", ann, status="pass"), "plan", ann, owner="Ben")
        >>> list(changes(review.entry("plan"), most=1))
        [('Ann, 2 November 2026', 'seen to by Ben')]
    """
    told = entry.history if most is None else entry.history[max(len(entry.history) - most, 0) :]
    states = ((state, _pieces(state)) for state in (*(change.was for change in told), entry))
    for change, (before, after) in zip(told, pairwise(states), strict=True):
        role = f" ({in_words(change.role)})" if change.role else ""
        yield f"{change.by}{role}, {day(change.on)}", "; ".join(_differences(*before, *after)) or "said again"


Pieces = Mapping[Hashable, Evidence]
_PLAIN = attrgetter(*(name for name in Evidence.model_fields if name != "where"))


def _pieces(state: State) -> Pieces:
    """A state's evidence by what it says: whether a piece is there is looked up, not sought among hundreds."""
    return {_key(each): each for each in state.evidence}


def _key(evidence: Evidence) -> Hashable:
    """The same for equal pieces alone; a piece itself is not hashable, since it may hold a mapping."""
    return _PLAIN(evidence), None if evidence.where is None else frozenset(evidence.where.items())


def _differences(before: State, had: Pieces, after: State, has: Pieces) -> Iterator[str]:
    if before.status != after.status:
        yield f"{STATUSES[before.status]} → {STATUSES[after.status]}" + (f": {after.reason}" if after.reason else "")
    elif before.reason != after.reason:
        yield f"reason: {after.reason or 'none'}"
    if after.until is not None and before.until != after.until:
        yield f"until {day(after.until)}"
    if after.status == before.status and after.version is not None and before.version != after.version:
        yield f"for version {after.version}"
    yield from (f"evidence added: {named(each)}" for key, each in has.items() if key not in had)
    yield from (f"evidence taken away: {named(each)}" for key, each in had.items() if key not in has)
    if before.owner != after.owner:
        yield f"seen to by {after.owner}" if after.owner else "seen to by nobody"
    if before.due != after.due:
        yield f"due {day(after.due)}" if after.due else "without a due day"
    if before.note != after.note:
        yield f"note: {after.note}" if after.note else "note taken away"


def named(evidence: Evidence) -> str:
    """A piece of evidence, by what it is."""
    source = evidence.read_from
    place = str(getattr(evidence, source)) if source else ""
    if evidence.metric is not None:
        return f"{evidence.metric} from {evidence.source or place}" if evidence.source or place else evidence.metric
    return evidence.link or place or evidence.source or evidence.note or "evidence"
