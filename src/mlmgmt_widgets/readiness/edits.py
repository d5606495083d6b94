"""Changes of a review: each returns a new review, and nothing that was said before is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.entries import Change, Entry, Evidence, SignOff, State
from mlmgmt_widgets.readiness.review import Review, TierChange

_SAID = ("status", "reason", "until")
"""What somebody says of an item, and what date, name and version belong to."""


@dataclass(frozen=True)
class Author:
    """Who changes a review, in which role, and when.

    Attributes:
        name: as it is recorded.
        on: the day.
        role: one of the checklist's owners or another; None where nobody says.
    """

    name: str
    on: date
    role: str | None = None


def change(review: Review, item: str, author: Author, **values: Any) -> Review:
    """Change what is said of an item.

    A new status, reason or last day is recorded with its author, the day, and the review's version. Who sees to the
    item and by when (`owner`, `due`) and a `note` are recorded as changes too, but leave the age of the status alone.

    Args:
        review: to change.
        item: the id of the item.
        author: who changes it.
        values: fields of `State`; None takes one away.

    Returns:
        The new review; the same one if nothing changes.

    Raises:
        ValidationError: if the values do not fit: a waiver without a reason, for instance.
    """
    entry = review.entry(item)
    given = {name: getattr(entry, name) for name in State.model_fields} | values
    if given["status"] != "waived":
        given["until"] = None
    if "reason" not in values and given["status"] != entry.status:
        given["reason"] = None  # it was the reason of another status
    if any(given[name] != getattr(entry, name) for name in _SAID):
        given |= {"evidence": _dated(entry, review.version), **_said(review, author)}
    return put(review, item, State.model_validate(given), author)


def confirm(review: Review, item: str, author: Author) -> Review:
    """Say again what is said of an item, as of today and for this version: so a pass that has aged counts anew."""
    entry = review.entry(item)
    given = {"evidence": _dated(entry, review.version), **_said(review, author)}
    return put(review, item, entry.state.model_copy(update=given), author)


def _said(review: Review, author: Author) -> dict[str, Any]:
    return {"by": author.name, "role": author.role, "on": author.on, "version": review.version}


def _dated(entry: Entry, version: str) -> tuple[Evidence, ...]:
    """Evidence with the day and the version that it took from its item: a new word there makes it no younger.

    Where neither had a day, the new word gives it one.
    """
    about = entry.version or version
    return tuple(
        each.model_copy(update={"on": each.on or entry.on, "version": each.version or about}) for each in entry.evidence
    )


def add_evidence(review: Review, item: str, evidence: Evidence, author: Author) -> Review:
    """Add a piece of evidence, with who added it, its day (today, unless it has one) and the review's version."""
    about = {"by": author.name, "on": evidence.on or author.on, "version": evidence.version or review.version}
    state = review.entry(item).state
    added = evidence.model_copy(update=about)
    return put(review, item, state.model_copy(update={"evidence": (*state.evidence, added)}), author)


def remove_evidence(review: Review, item: str, evidence: Evidence, author: Author) -> Review:
    """Take a piece of evidence away; the history keeps it.

    Raises:
        Refusal: if it is not there.
    """
    state = review.entry(item).state
    if evidence not in state.evidence:
        raise Refusal("That piece of evidence is not there any more.")
    place = state.evidence.index(evidence)
    left = state.evidence[:place] + state.evidence[place + 1 :]
    return put(review, item, state.model_copy(update={"evidence": left}), author)


def take_over(review: Review, read: Review, author: Author) -> Review:
    """Take over what was read of the evidence; what stood there before goes into the history."""
    for name, entry in read.items.items():
        review = put(review, name, entry.state, author)
    return review


def put(review: Review, item: str, state: State, author: Author) -> Review:
    """Let an item say something else; what it said before goes into its history."""
    entry = review.entry(item)
    if state == entry.state:
        return review
    past = Change(by=author.name, on=author.on, role=author.role, was=entry.state)
    values = {name: getattr(state, name) for name in State.model_fields}
    # Validated as a whole: the state as a model, the history by its limits.
    changed = Entry.model_validate({**values, "history": (*entry.history, past)})
    return _with(review, items={**review.items, item: changed})


def _with(review: Review, **update: Any) -> Review:
    """The review with other values, checked as if they came from a file."""
    return Review.model_validate({name: getattr(review, name) for name in Review.model_fields} | update)


def sign_off(review: Review, signature: SignOff) -> Review:
    """Add a sign-off, for the review's version unless it names another; earlier ones stay."""
    about = {"version": signature.version or review.version}
    return _with(review, sign_offs=(*review.sign_offs, signature.model_copy(update=about)))


def set_tier(review: Review, tier: str | None, author: Author, reason: str | None = None) -> Review:
    """Choose the tier; what it was before, and why, is kept."""
    if (tier, reason) == (review.tier, review.tier_reason):
        return review
    past = TierChange(by=author.name, on=author.on, was=review.tier, reason=review.tier_reason)
    return _with(review, tier=tier, tier_reason=reason, tier_history=(*review.tier_history, past))


def for_version(review: Review, version: str) -> Review:
    """The review as it stands for another version of the model: everything said keeps the version it was said of.

    So what was said of version 3 is stale for version 4, unless its item carries over.
    """
    if version == review.version:
        return review
    old = review.version
    items = {name: _pinned(entry, old) for name, entry in review.items.items()}
    signed = tuple(each if each.version else each.model_copy(update={"version": old}) for each in review.sign_offs)
    return _with(review, version=version, items=items, sign_offs=signed)


def _pinned(entry: Entry, version: str) -> Entry:
    about = entry.version or version
    said = entry.version if entry.status == "unknown" else about
    evidence = tuple(each.model_copy(update={"version": each.version or about}) for each in entry.evidence)
    return entry.model_copy(update={"version": said, "evidence": evidence})


def next_review(review: Review, checklist: Checklist, version: str) -> Review:
    """A review of a later version, begun from an earlier one: what carries over is kept, and the rest is open anew.

    Owners stay, and answers about risk that the checklist still asks for; days by which something was due do not.
    Histories stay with the review of the earlier version.
    """
    pinned = for_version(review, version)
    items = {item.id: begun for item in checklist.items if (begun := _begun(item, pinned.entry(item.id))) != Entry()}
    risk = {question.id: pinned.risk[question.id] for question in checklist.risk if question.id in pinned.risk}
    tier = pinned.tier if pinned.tier in checklist.tiers else None
    kept = {"tier": tier, "tier_reason": pinned.tier_reason if tier else None, "risk": risk, "items": items}
    return _with(pinned, checklist=checklist.key, sign_offs=(), tier_history=(), **kept)


def _begun(item: Item, entry: Entry) -> Entry:
    if item.carries_over:
        return entry.model_copy(update={"history": (), "due": None})
    return Entry(owner=entry.owner)
