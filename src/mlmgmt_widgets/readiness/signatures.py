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


def signatures(checklist: Checklist, review: Review, stage: str, today: date) -> tuple[Signature, ...]:
    """Return where everybody stands who signs, or has signed, a stage up to this one.

    Args:
        checklist: that says which roles sign which stage.
        review: with the sign-offs, oldest first; those of another version count for nothing here.
        stage: the last one to look at.
        today: what is dated later does not count yet; one day is forgiven, as everywhere.
    """
    counting = [
        each
        for each in review.sign_offs
        if each.version in {None, review.version} and not still_to_come(each.on, today)
    ]
    reached = checklist.stages[: checklist.stages.index(stage) + 1]
    return tuple(each for name in reached for each in _of(name, checklist.sign_offs.get(name, ()), counting))


def _of(stage: str, asked: Sequence[str], counting: Sequence[SignOff]) -> list[Signature]:
    about = {each.role: each for each in counting if each.stage in {None, stage}}
    # Whoever signs all stages at once is not listed under each of them, unless their role is asked there.
    own = [each.role for each in counting if each.stage == stage]
    return [Signature(stage, role, about.get(role)) for role in dict.fromkeys([*asked, *own])]
