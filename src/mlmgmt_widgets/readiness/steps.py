"""What an open item asks of people: what is needed, who sees to it, and what to do next."""

from __future__ import annotations

from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.counting import Reason, needs
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.words import day, in_words

_STEPS: dict[Reason, str] = {
    "missing": "Show it",
    "failed": "Put it right, then show it",
    "expired": "Do it again, and show it",
    "waiver-expired": "Show it, or agree on a new waiver",
    "stale-version": "Show it for version {version}",
    "not-waivable": "Show it; it cannot be waived",
}


def needed(item: Item) -> str:
    """What the item asks for: what its rule needs, else what counts as evidence, else its question.

    Example:
        >>> needed(Item(id="floor", stage="a", question="Does it reach it?", rule={"metric": "auc", "at_least": 0.8}))
        'the metric auc of at least 0.8'
        >>> needed(Item(id="plan", stage="a", question="Is there a plan?"))
        'a yes to: Is there a plan?'
    """
    return needs(item) or item.evidence or f"a yes to: {item.question}"


def who(finding: Finding) -> str:
    """Who sees to it: the person, the role, and by when; "nobody yet" where none of them is known.

    Example:
        >>> from mlmgmt_widgets.readiness.entries import Entry
        >>> item = Item(id="plan", stage="a", question="?", owner="ml-engineer")
        >>> who(Finding(item, Entry(owner="Ana", due="2026-12-02"), "open", "missing"))
        'Ana (ML engineer), due 2 December 2026'
    """
    role = in_words(finding.item.owner) if finding.item.owner else ""
    if role[:2].istitle():
        role = role[:1].lower() + role[1:]  # within a sentence; "ML engineer" stays
    person = finding.entry.owner
    named = f"{person} ({role})" if person and role else person or role or "nobody yet"
    return f"{named}, due {day(finding.entry.due)}" if finding.entry.due else named


def step(finding: Finding, version: str) -> str:
    """How an open item is closed, in a few words; what to show is what is `needed`.

    Args:
        finding: of an item that is open.
        version: of the model under review.

    Raises:
        ValueError: if it is not open.

    Example:
        >>> from mlmgmt_widgets.readiness.entries import Entry
        >>> step(Finding(Item(id="plan", stage="a", question="?"), Entry(), "open", "stale-version"), "4")
        'Show it for version 4'
    """
    if finding.reason is None:
        raise ValueError(f"{finding.item.id} is not open")
    return _STEPS[finding.reason].replace("{version}", version)
