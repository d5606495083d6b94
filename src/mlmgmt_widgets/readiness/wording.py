"""A verdict, its reasons and a review's changes in words, the same on the board, in files and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

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


def changes(entry: Entry) -> Iterator[tuple[str, str]]:
    """What was changed of an item, oldest first: who and when, and what."""
    states = [*(change.was for change in entry.history), entry.state]
    for change, (before, after) in zip(entry.history, pairwise(states), strict=True):
        role = f" ({in_words(change.role)})" if change.role else ""
        yield f"{change.by}{role}, {day(change.on)}", "; ".join(_differences(before, after)) or "said again"


def _differences(before: State, after: State) -> Iterator[str]:
    if before.status != after.status:
        yield f"{STATUSES[before.status]} → {STATUSES[after.status]}" + (f": {after.reason}" if after.reason else "")
    elif before.reason != after.reason:
        yield f"reason: {after.reason or 'none'}"
    if after.until is not None and before.until != after.until:
        yield f"until {day(after.until)}"
    if after.status == before.status and after.version is not None and before.version != after.version:
        yield f"for version {after.version}"
    yield from (f"evidence added: {named(each)}" for each in after.evidence if each not in before.evidence)
    yield from (f"evidence taken away: {named(each)}" for each in before.evidence if each not in after.evidence)
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
