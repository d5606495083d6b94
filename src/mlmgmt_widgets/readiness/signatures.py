"""Who has signed a version off, stage by stage, and who has yet to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.counting import still_to_come
from mlmgmt_widgets.readiness.review import Review, SignOff


@dataclass(frozen=True)
class Signature:
    """Where a role stands on a stage.

    Attributes:
        stage: that is signed off.
        role: that signs.
        said: its last sign-off of this version; None where there is none yet.
    """

    stage: str
    role: str
    said: SignOff | None


def is_about(signed: SignOff, stage: str, version: str) -> bool:
    """Whether a sign-off is about a stage, of this version."""
    return signed.stage in {None, stage} and signed.version in {None, version}


def signatures(checklist: Checklist, review: Review, stage: str, today: date) -> tuple[Signature, ...]:
    """Return where everybody stands who signs, or has signed, a stage up to this one.

    Args:
        checklist: that says which roles sign which stage.
        review: with the sign-offs, oldest first; those of another version count for nothing here.
        stage: the last one to look at.
        today: what is dated later does not count yet; one day is forgiven, as everywhere.
    """
    there = [each for each in review.sign_offs if not still_to_come(each.on, today)]
    found: list[Signature] = []
    for name in checklist.stages[: checklist.stages.index(stage) + 1]:
        about = [each for each in there if is_about(each, name, review.version)]
        found += _of(name, checklist.sign_offs.get(name, ()), about)
    return tuple(found)


def _of(stage: str, asked: Sequence[str], about: Sequence[SignOff]) -> list[Signature]:
    last = {each.role: each for each in about}
    # Whoever signs all stages at once is not listed under each of them, unless their role is asked there.
    own = [each.role for each in about if each.stage == stage]
    return [Signature(stage, role, last.get(role)) for role in dict.fromkeys([*asked, *own])]
