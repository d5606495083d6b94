"""Two versions of a model side by side: what the later one lacks that the earlier one had, and the reverse."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate
from mlmgmt_widgets.words import counted

Move = Literal["lost", "asked", "gained", "other", "same"]
MOVES: tuple[Move, ...] = ("lost", "asked", "gained", "other", "same")
"""What became of an item from a to b, in the order in which people look at it: a had it and b lacks it; only b is asked
for it, and lacks it; b has it and a lacked it; some other change; none."""


@dataclass(frozen=True)
class Compared:
    """One item in two versions.

    Attributes:
        item: of the checklist.
        a: what was found of it in the one; None where it is not asked there, since the tier is lower.
        b: in the other.
    """

    item: Item
    a: Finding | None
    b: Finding | None

    @property
    def changed(self) -> bool:
        """Whether its outcome, or the reason why it is open, is another."""
        return self.move != "same"

    @property
    def move(self) -> Move:
        """What became of it: one of `MOVES`."""
        a, b = self.a, self.b
        if _lacks(b):
            if a is None:
                return "asked"
            if not _lacks(a):
                return "lost"
        elif _lacks(a) and b is not None:
            return "gained"
        same = (a and (a.outcome, a.reason)) == (b and (b.outcome, b.reason))
        return "same" if same else "other"


def _lacks(finding: Finding | None) -> bool:
    return finding is not None and finding.outcome == "open"


@dataclass(frozen=True)
class Comparison:
    """Two versions of a model at a stage.

    Attributes:
        a: the verdict on the one.
        b: the verdict on the other.
        items: all that are asked of either: what b lost against a first, then as `MOVES` has it, and within each in the
            checklist's order.
    """

    a: Verdict
    b: Verdict
    items: tuple[Compared, ...]

    @property
    def sentence(self) -> str:
        """What b lacks that a had, and the reverse.

        Example:
            >>> from mlmgmt_widgets.readiness import Checklist, Review
            >>> item = {"id": "plan", "stage": "live", "question": "?"}
            >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
            >>> said = {"plan": {"status": "pass"}}
            >>> three = Review(checklist="toy@1", subject="churn", version="3", items=said)
            >>> four = Review(checklist="toy@1", subject="churn", version="4")
            >>> compare(checklist, three, four, stage="live", today=date(2026, 11, 2)).sentence
            'Version 4 lacks 1 thing that version 3 had.'
        """
        one, other = _names(self.a, self.b)
        many = Counter(each.move for each in self.items)
        said = [f"lacks {_things(many['lost'])} that {one} had"] if many["lost"] else []
        if many["gained"]:
            said.append(f"has {_things(many['gained'])} that {one} lacked")
        if many["asked"]:
            said.append(f"lacks {_things(many['asked'])} that {one} was not asked for")
        if not said:
            return f"{_upper(other)} has and lacks the same things as {one}."
        *most, last = said
        return f"{_upper(other)} {', '.join(most)}{' and ' if most else ''}{last}."


def compare(  # noqa: PLR0913 - two reviews, and what `evaluate` takes
    checklist: Checklist, a: Review, b: Review, *, stage: str, tier: str | None = None, today: date
) -> Comparison:
    """Compare two versions of a model at a stage.

    Args:
        checklist: that both reviews fill in.
        a: the review of the one, mostly the earlier.
        b: the review of the other.
        stage: its own items and those of every earlier stage are compared.
        tier: left out, each review's own.
        today: the day on which both are judged.

    Raises:
        ContentError: as `evaluate` does, for either.
    """
    one, other = (evaluate(checklist, each, stage=stage, tier=tier, today=today) for each in (a, b))
    in_a, in_b = ({finding.item.id: finding for finding in each.findings} for each in (one, other))
    pairs = (Compared(item, in_a.get(item.id), in_b.get(item.id)) for item in checklist.items)
    asked = [each for each in pairs if each.a or each.b]
    return Comparison(one, other, tuple(sorted(asked, key=lambda each: MOVES.index(each.move))))


def _names(a: Verdict, b: Verdict) -> tuple[str, str]:
    """What the two are called: by what tells them apart."""
    if a.subject != b.subject:
        return f"{a.subject} {a.version}", f"{b.subject} {b.version}"
    if a.version != b.version:
        return f"version {a.version}", f"version {b.version}"
    return "the first", "the second"


def _things(number: int) -> str:
    return counted(number, "thing")


def _upper(words: str) -> str:
    # A model's name stays as it is written.
    return f"V{words[1:]}" if words.startswith("version ") else f"T{words[1:]}" if words == "the second" else words
