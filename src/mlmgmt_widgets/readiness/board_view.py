"""What the board shows, as plain JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.readiness import wording
from mlmgmt_widgets.readiness.board_figures import figures
from mlmgmt_widgets.readiness.board_uploads import unread
from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.comparing import compare
from mlmgmt_widgets.readiness.counting import Weighed
from mlmgmt_widgets.readiness.entries import Entry, Evidence
from mlmgmt_widgets.readiness.judging import Finding, judge
from mlmgmt_widgets.readiness.progress import by_stage
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.tiers import propose_tier
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate
from mlmgmt_widgets.ui.drawings import Drawings

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure
    from mlmgmt_widgets.workspace import SavedReview
    from mlmgmt_widgets.workspace.reviews import Reviews


HISTORY = 50
"""Changes of an item that the page lists; the YAML has them all."""


@dataclass(frozen=True)
class Shown:
    """Everything that a tab may show.

    Attributes:
        checklist: that the review fills in.
        review: that is open.
        saved: the revision in the workspace that it goes on from.
        stage: that the verdict is about.
        today: the day that it is.
        as_of: the day to judge on.
        beside: the review to compare with.
        keeping: whether reviews can be kept here, and whether that is locked.
        revision: of what the page shows.
        noticed: what somebody else changed, in a sentence.
        versions: of the same model that the workspace holds.
    """

    checklist: Checklist
    review: Review
    saved: SavedReview | None
    stage: str
    today: date
    as_of: date
    beside: Review | None
    keeping: dict[str, bool]
    revision: int
    noticed: str
    versions: tuple[str, ...] = ()

    @property
    def tier(self) -> str | None:
        """The tier to judge at: the strictest while nobody has chosen one, so that nothing stays hidden."""
        return self.review.tier or (self.checklist.tiers[-1] if self.checklist.tiers else None)

    @property
    def decided(self) -> bool:
        """Whether there can be a verdict."""
        return self.review.tier is not None or not self.checklist.tiers

    def verdict(self, stage: str | None = None) -> Verdict:
        """The verdict at a stage; left out, the one that is shown."""
        return evaluate(self.checklist, self.review, stage=stage or self.stage, tier=self.tier, today=self.as_of)


def view(shown: Shown, tab: str, drawings: Drawings, known: frozenset[str]) -> dict[str, Any]:
    """What the page shows on a tab, and above all tabs."""
    parts: dict[str, Any] = {
        "items": lambda _: ({}, ()),
        "risk": _risk,
        "sign-offs": _sign_offs,
        "time": _time,
        "compare": _compare,
        "files": _files,
    }
    said, drawn = parts[tab](shown)
    everything = shown.verdict(shown.checklist.stages[-1])
    return {
        "revision": shown.revision,
        "head": _head(shown),
        "stages": _stages(shown, everything),
        "items": {item.id: _item(shown, item, everything) for item in shown.checklist.items},
        "unread": list(unread(shown.review)),
        "kept": _kept(shown.saved),
        "keeping": shown.keeping,
        "noticed": shown.noticed,
        "tab": {"name": tab, **said, "figures": [drawings.payload(figure, known) for figure in drawn]},
    }


def start(keeping: dict[str, bool], checklists: Mapping[str, Checklist], reviews: Reviews | None) -> dict[str, Any]:
    """What the page shows before a review is open."""
    kept = reviews.all() if reviews else []
    longest_first = sorted(checklists.items(), key=lambda each: -len(each[1].items))
    return {
        "keeping": keeping,
        "checklists": [
            {"name": name, "title": each.title, "items": len(each.items), "roles": list(each.roles)}
            for name, each in longest_first
        ],
        "reviews": [
            {
                "subject": each.subject,
                "version": each.version,
                "checklist": each.checklist,
                "tier": each.tier,
                "saved": each.saved_at.isoformat(),
                "by": each.by,
            }
            for each in kept
        ],
    }


def evidence_key(evidence: Evidence) -> str:
    """By what the page names a piece of evidence: its place may have become that of another."""
    return hashlib.sha256(evidence.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


# -- above all tabs ------------------------------------------------------------------------------------------------


def _head(shown: Shown) -> dict[str, Any]:
    verdict = shown.verdict()
    review = shown.review
    return {
        "subject": review.subject,
        "version": review.version,
        "checklist": shown.checklist.title,
        "key": shown.checklist.key,
        "tier": review.tier,
        "stage": shown.stage,
        "today": shown.today.isoformat(),
        "as_of": shown.as_of.isoformat(),
        "decided": shown.decided,
        "ready": shown.decided and verdict.ready,
        "sentence": wording.sentence(verdict) if shown.decided else _UNDECIDED,
        "missing": [_missing(finding) for finding in verdict.findings if finding.blocks] if shown.decided else [],
        "passed": verdict.passed,
        "applicable": verdict.applicable,
        "advisories": len(verdict.advisories),
        "waived": len(verdict.waived),
    }


_UNDECIDED = "How risky is this model? Its tier decides what is asked."


def _missing(finding: Finding) -> dict[str, Any]:
    return {"id": finding.item.id, "title": finding.item.name, "why": wording.outcome(finding), "said": finding.said}


def _stages(shown: Shown, everything: Verdict) -> list[dict[str, Any]]:
    """Every stage: its own items, and whether it is ready with all that come before it."""
    return [
        {
            "id": each.stage,
            "name": wording.stage_name(each.stage),
            "meaning": shown.checklist.meanings.get(each.stage, ""),
            "applicable": each.own.applicable,
            "passed": each.own.passed,
            "waived": each.own.waived,
            "blocking": each.own.blocking,
            "ready": shown.decided and each.ready,
        }
        for each in by_stage(everything, shown.checklist)
    ]


def _item(shown: Shown, item: Item, everything: Verdict) -> dict[str, Any]:
    entry = shown.review.entry(item.id)
    finding = next((each for each in everything.findings if each.item.id == item.id), None)
    stages = shown.checklist.stages
    return {
        "asked": finding is not None,
        "reached": stages.index(item.stage) <= stages.index(shown.stage),
        **(_found(finding) if finding else _not_asked(shown, item)),
        "added": everything.added.get(item.id, ""),
        "status": entry.status,
        "statement": _statement(entry),
        "note": entry.note or "",
        "owner": entry.owner or "",
        "due": entry.due.isoformat() if entry.due else "",
        "overdue": bool(entry.due and entry.due < shown.as_of and finding and finding.outcome == "open"),
        "seen": len(entry.history),
        "history": [{"who": who, "what": what} for who, what in wording.changes(entry, HISTORY)][::-1],
    }


def _not_asked(shown: Shown, item: Item) -> dict[str, Any]:
    evidence = judge(item, shown.review, shown.as_of).evidence
    said = {"outcome": "not-asked", "reason": None, "words": "not asked at this tier", "said": "", "until": ""}
    return {**said, "blocks": False, "evidence": [_evidence(each) for each in evidence]}


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "outcome": finding.outcome,
        "reason": finding.reason,
        "words": wording.outcome(finding),
        "said": "" if _says_nothing(finding) else finding.said,
        "until": finding.until.isoformat() if finding.until else "",
        "blocks": finding.blocks,
        "evidence": [_evidence(each) for each in finding.evidence],
    }


def _says_nothing(finding: Finding) -> bool:
    """Whether an item is missing and nothing else can be said of it."""
    return finding.reason == "missing" and not finding.evidence and finding.item.rule is None


def _evidence(weighed: Weighed) -> dict[str, Any]:
    evidence = weighed.evidence
    return {
        "key": evidence_key(evidence),
        "link": evidence.link or "",
        "note": evidence.note or "",
        "name": wording.named(evidence),
        "said": weighed.said,
        "counts": weighed.reason is None,
        "passes": weighed.passes,
        "by": evidence.by or "",
        "on": weighed.on.isoformat() if weighed.on else "",
        "version": evidence.version or "",
        "until": weighed.until.isoformat() if weighed.until else "",
    }


def _statement(entry: Entry) -> dict[str, str]:
    return {
        "by": entry.by or "",
        "role": entry.role or "",
        "on": entry.on.isoformat() if entry.on else "",
        "version": entry.version or "",
        "reason": entry.reason or "",
        "until": entry.until.isoformat() if entry.until else "",
    }


def _kept(saved: SavedReview | None) -> dict[str, Any] | None:
    if saved is None:
        return None
    return {"revision": saved.revision, "by": saved.by, "saved": saved.saved_at.isoformat()}


# -- the tabs ------------------------------------------------------------------------------------------------------

_Said = tuple[dict[str, Any], Sequence["Figure"]]


def _risk(shown: Shown) -> _Said:
    checklist, review = shown.checklist, shown.review
    proposal = propose_tier(checklist, review.risk)
    lowest = checklist.tiers[0] if checklist.tiers else None
    counts = {tier: len(checklist.asked(checklist.stages[-1], tier)) for tier in checklist.tiers}
    return {
        "answers": dict(review.risk),
        "proposed": proposal.tier,
        "sentence": proposal.sentence,
        "reason": review.tier_reason or "",
        "asks": counts,
        "added": [
            {"title": item.name, "tiers": list(item.tiers), "reason": item.tier_reason or item.why or ""}
            for item in checklist.items
            if not item.is_asked_at(lowest)
        ],
    }, ()


def _sign_offs(shown: Shown) -> _Said:
    review = shown.review
    stages = []
    for stage in shown.checklist.stages:
        given = [each for each in review.sign_offs if each.stage in {None, stage}]
        roles = list(dict.fromkeys([*shown.checklist.sign_offs.get(stage, ()), *(each.role for each in given)]))
        stages.append(
            {
                "id": stage,
                "name": wording.stage_name(stage),
                "asked": list(shown.checklist.sign_offs.get(stage, ())),
                "roles": [
                    {
                        "role": role,
                        "signed": [
                            {
                                "by": each.by,
                                "on": each.on.isoformat(),
                                "version": each.version or "",
                                "decision": each.decision,
                                "note": each.note or "",
                                "current": each.version in {None, review.version},
                            }
                            for each in reversed(given)
                            if each.role == role
                        ],
                    }
                    for role in roles
                ],
            }
        )
    return {"stages": stages}, ()


def _time(shown: Shown) -> _Said:
    return {}, figures(shown.checklist, shown.review, tier=shown.tier, today=shown.as_of)


def _compare(shown: Shown) -> _Said:
    said: dict[str, Any] = {"versions": [each for each in shown.versions if each != shown.review.version], "rows": []}
    if shown.beside is None:
        return {**said, "beside": None}, ()
    other, note = _fitted(shown.checklist, shown.beside)
    tier = None if other.tier and shown.decided else shown.tier  # each its own, once both have one
    found = compare(shown.checklist, other, shown.review, stage=shown.stage, tier=tier, today=shown.as_of)
    rows = [
        {
            "id": each.item.id,
            "title": each.item.name,
            "changed": each.changed,
            "a": _side(each.a),
            "b": _side(each.b),
        }
        for each in found.items
    ]
    return {**said, "beside": other.version, "sentence": f"{found.sentence}{note}", "rows": rows}, ()


def _fitted(checklist: Checklist, review: Review) -> tuple[Review, str]:
    """A review as far as a checklist knows its items, and what is to be said of that."""
    if review.checklist == checklist.key:
        return review, ""
    items = {name: entry for name, entry in review.items.items() if name in checklist.items_by_id}
    risk = {each.id: review.risk[each.id] for each in checklist.risk if each.id in review.risk}
    tier = review.tier if review.tier in checklist.tiers else None
    update = {"checklist": checklist.key, "items": items, "risk": risk, "tier": tier}
    note = f" It filled in {review.checklist}; what {checklist.key} does not ask is left out."
    return review.model_copy(update=update), note


def _side(finding: Finding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    found = _found(finding)
    return {name: found[name] for name in ("outcome", "words", "said", "blocks")}


def _files(shown: Shown) -> _Said:
    del shown
    return {}, ()
