"""Two changes of one review, put together: what only one of two people changed is taken from them.

What a review says of an item stands or falls as a whole, and so does the tier with its reason. Sign-offs and earlier
tiers are only ever added to, so what both added is kept: theirs first, since it was there first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.entries import SignOff
    from mlmgmt_widgets.readiness.review import Review

T = TypeVar("T")


@dataclass(frozen=True)
class Merged:
    """Two changes put together.

    Attributes:
        review: what comes of it; where the two are in conflict, it says what theirs says.
        conflicts: what both changed in different ways: ids of items in order, then "tier", "sign-offs", "checklist",
            "subject", "version", and "risk question" with an id. Empty where everything fits together.
    """

    review: Review
    conflicts: tuple[str, ...] = ()


def merge(base: Review, theirs: Review, mine: Review) -> Merged:
    """Put together what two people made of one review.

    Args:
        base: what both of them started from.
        theirs: what is stored by now.
        mine: what is to be stored.

    Example:
        >>> from mlmgmt_widgets.readiness.review import Review
        >>> base = Review(checklist="toy@1.0.0", subject="churn", version="3", items={})
        >>> theirs = base.model_copy(update={"tier": "high"})
        >>> mine = base.model_copy(update={"risk": {"personal-data": "yes"}})
        >>> merged = merge(base, theirs, mine)
        >>> merged.review.tier, merged.review.risk, merged.conflicts
        ('high', {'personal-data': 'yes'}, ())
    """
    if mine in (base, theirs):
        return Merged(theirs)
    if theirs == base:
        return Merged(mine)
    items, items_twice = _each(base.items, theirs.items, mine.items)
    risk, risk_twice = _each(base.risk, theirs.risk, mine.risk)
    values: dict[str, Any] = {"items": items, "risk": risk}
    conflicts = sorted(items_twice)
    for word, part in (("tier", _tier(base, theirs, mine)), ("sign-offs", _sign_offs(base, theirs, mine))):
        values |= part or {}
        conflicts += [] if part is not None else [word]
    for name in ("checklist", "subject", "version"):
        chosen = one(getattr(base, name), getattr(theirs, name), getattr(mine, name))
        values |= {name: chosen} if chosen is not None else {}
        conflicts += [] if chosen is not None else [name]
    conflicts += [f"risk question {name}" for name in sorted(risk_twice)]
    return Merged(theirs.model_copy(update=values), tuple(conflicts))


def one(base: T, theirs: T, mine: T) -> T | None:
    """Choose between two values that came of one: whichever was changed.

    Returns:
        The value; `None` if both were changed, in different ways.

    Example:
        >>> one(1, 1, 2), one(1, 3, 1), one(1, 3, 2)
        (2, 3, None)
    """
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _each(base: Mapping[str, T], theirs: Mapping[str, T], mine: Mapping[str, T]) -> tuple[dict[str, T], list[str]]:
    """Choose name by name, where nothing stands for a name that is not there; what was changed twice stays theirs."""
    chosen: dict[str, T] = {}
    twice: list[str] = []
    for name in dict.fromkeys((*theirs, *mine)):
        # In a tuple, so that a name which was taken away differs from one about which nobody can be right.
        found = one((base.get(name),), (theirs.get(name),), (mine.get(name),))
        (value,) = found or (theirs.get(name),)
        if value is not None:
            chosen[name] = value
        if found is None:
            twice.append(name)
    return chosen, twice


def _tier(base: Review, theirs: Review, mine: Review) -> dict[str, Any] | None:
    """Choose the tier; whoever changed it and changed it back has decided, too, and the history says so."""
    decided = [(each.tier, each.tier_reason, each.tier_history) for each in (base, theirs, mine)]
    chosen = one(*decided)
    if chosen is None and decided[1][:2] == decided[2][:2]:
        history = _added(*(each.tier_history for each in (base, theirs, mine)))
        chosen = None if history is None else (theirs.tier, theirs.tier_reason, history)
    return None if chosen is None else dict(zip(("tier", "tier_reason", "tier_history"), chosen, strict=True))


def _sign_offs(base: Review, theirs: Review, mine: Review) -> dict[str, Any] | None:
    """Keep all of them, unless one role says two things at once: the last one of a role counts, and that is chance."""
    chosen = _added(base.sign_offs, theirs.sign_offs, mine.sign_offs)
    if chosen is None:
        return None
    only_theirs = _without(_without(theirs.sign_offs, base.sign_offs), mine.sign_offs)
    only_mine = _without(_without(mine.sign_offs, base.sign_offs), theirs.sign_offs)
    at_odds = any(_contradict(one_of, other) for one_of in only_theirs for other in only_mine)
    return None if at_odds else {"sign_offs": chosen}


def _contradict(one_of: SignOff, other: SignOff) -> bool:
    same_stage = one_of.stage == other.stage or None in (one_of.stage, other.stage)
    differ = (one_of.decision, one_of.version) != (other.decision, other.version)
    return one_of.role == other.role and same_stage and differ


def _added(base: tuple[T, ...], theirs: tuple[T, ...], mine: tuple[T, ...]) -> tuple[T, ...] | None:
    """Keep what both added to a list; None where one of them did something else to it and the other changed it, too.

    What both added alike is there once: somebody's request that was heard and sent again.
    """
    chosen = one(base, theirs, mine)
    if chosen is not None:
        return chosen
    if theirs[: len(base)] != base or mine[: len(base)] != base:
        return None
    return (*theirs, *_without(mine[len(base) :], theirs[len(base) :]))


def _without(several: tuple[T, ...], others: tuple[T, ...]) -> tuple[T, ...]:
    """Leave out the others, each as often as it is there."""
    left = list(several)
    for each in others:
        if each in left:
            left.remove(each)
    return tuple(left)


__all__ = ["Merged", "merge", "one"]
