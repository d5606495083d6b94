"""The checklist: what has to be true of a model before it may go on, at which stage and at which risk.

Example:
    >>> item = {"id": "rollback-plan", "stage": "shadow", "question": "Is there a plan to roll back?"}
    >>> checklist = Checklist(id="toy", version="1.0.0", title="Toy", stages=["shadow"], items=[item])
    >>> checklist.key, checklist.items[0].name
    ('toy@1.0.0', 'Rollback plan')
"""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from mlmgmt_widgets.content import FrozenModel, Identifier, Number, Problem, Text, Version, load
from mlmgmt_widgets.readiness import rules
from mlmgmt_widgets.readiness.item_rule import Rule, Weeks, WeeksField
from mlmgmt_widgets.words import in_words

MOST_ITEMS = 500
Severity = Literal["blocking", "advisory"]
Days = Annotated[int, Field(strict=True, ge=1, le=36_500)]


class IfOpen(FrozenModel):
    """What an item that is still open means for a plan.

    Attributes:
        title: the task or the risk, in a plan's words; left out, the item's title.
        weeks: how long the work takes or, with a probability, by how much delivery slips.
        probability: of the delay: then it is a risk. Left out, it is a task.
    """

    title: Text | None = None
    weeks: WeeksField
    probability: Annotated[Number, Field(gt=0, le=1)] | None = None


class Item(FrozenModel):
    """One thing that has to be true.

    Attributes:
        title: a few words for lists and charts; left out, the id in words.
        stage: before which it has to be true; it is asked at every later stage, too.
        theme: what it belongs to, such as monitoring.
        question: as it is asked; the answer that passes is yes.
        why: what goes wrong without it.
        evidence: what counts as evidence.
        severity: a blocking item keeps the gate shut; an advisory one is only reported.
        tiers: at which it is asked, up to the highest; empty for all.
        tier_reason: why only these tiers are asked.
        owner: the role that answers for it.
        expires_after_days: how long a pass counts, in days after its own; the last day counts.
        waivable: whether anybody may waive it.
        carries_over: whether what was said of another model version counts for this one.
        rule: by which evidence decides.
        if_open: what it means for a plan while it is open.
        maturity: the ids of the maturity rubric's questions that the team's record on this item helps to answer.
    """

    id: Identifier = Field(description="Permanent, kebab-case, never renumbered.")
    title: Text | None = Field(None, description="A few words, for lists and charts.")
    stage: Identifier = Field(description="One of the stages; it is asked at every later one, too.")
    theme: Identifier | None = Field(None, description="What it belongs to, such as monitoring.")
    question: Text = Field(description="As it is asked; the answer that passes is yes.")
    why: Text | None = Field(None, description="What goes wrong without it.")
    evidence: Text | None = Field(None, description="What counts as evidence.")
    severity: Severity = "blocking"
    tiers: tuple[Identifier, ...] = Field((), description="At which it is asked, up to the highest; left out: all.")
    tier_reason: Text | None = Field(None, description="Why it is asked at these tiers only.")
    owner: Identifier | None = Field(None, description="The role that answers for it.")
    expires_after_days: Days | None = Field(None, description="Evidence older than that no longer counts.")
    waivable: bool = Field(True, strict=True, description="Whether anybody may waive it.")
    carries_over: bool = Field(False, strict=True, description="Whether it holds for later model versions, too.")
    rule: Rule | None = Field(None, description="By which evidence decides.")
    if_open: IfOpen | None = Field(None, description="What it means for a plan while it is open.")
    maturity: tuple[Identifier, ...] = Field((), description="Questions of the maturity rubric that it helps answer.")

    @property
    def name(self) -> str:
        """Its title, or its id in words."""
        return self.title or in_words(self.id)

    def is_asked_at(self, tier: str | None) -> bool:
        """Whether a tier asks for it; without tiers everything is asked."""
        return not self.tiers or tier is None or tier in self.tiers

    @property
    def group(self) -> str:
        """Its theme, or "other"."""
        return self.theme or "other"


class RiskQuestion(FrozenModel):
    """A question whose yes asks for a tier.

    Attributes:
        tier: the least tier that a yes leads to.
        because: why, as the end of a sentence: "high, because ...".
    """

    id: Identifier
    question: Text
    tier: Identifier
    because: Text


class Checklist(FrozenModel):
    """A checklist, as its YAML says it.

    Attributes:
        stages: from the earliest to the latest.
        tiers: from the lowest risk to the highest; empty where there are none.
        meanings: what a stage, a tier, a theme or a role means, by its id.
        risk: questions that propose a tier.
        sign_offs: the roles that sign a stage off. A missing one is shown and blocks nothing; for one that blocks, an
            item has the rule {sign_off: ROLE}.
        items: in the order in which they are shown.
    """

    id: Identifier = Field(description="Permanent, kebab-case.")
    version: Version
    title: Text
    description: Text | None = None
    stages: tuple[Identifier, ...] = Field(min_length=1, max_length=20, description="From the earliest to the latest.")
    tiers: tuple[Identifier, ...] = Field((), max_length=20, description="From the lowest risk to the highest.")
    meanings: dict[Identifier, Text] = Field({}, description="Id of a stage, tier, theme or role -> what it means.")
    risk: tuple[RiskQuestion, ...] = Field((), max_length=50, description="Questions that propose a tier.")
    sign_offs: dict[Identifier, tuple[Identifier, ...]] = Field({}, description="Stage -> roles that sign it off.")
    items: tuple[Item, ...] = Field(min_length=1, max_length=MOST_ITEMS)

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """What concerns the checklist as a whole: ids, stages, tiers."""
        yield from rules.unique(data)
        yield from rules.stages(data)
        yield from rules.tiers(data)

    @property
    def key(self) -> str:
        """Id and version, as a review names them."""
        return f"{self.id}@{self.version}"

    @property
    def summary(self) -> str:
        """Its key and its size."""
        count = len(self.items)
        return f"{self.key}, {count} item{'' if count == 1 else 's'}"

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        """The items by their ids, in the order of the file."""
        return {item.id: item for item in self.items}

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """The themes in the order in which they first come."""
        return tuple(dict.fromkeys(item.group for item in self.items))

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles that own items or sign stages off, in alphabetical order."""
        owners = {item.owner for item in self.items if item.owner}
        return tuple(sorted(owners.union(*self.sign_offs.values())))

    def asked(self, stage: str, tier: str | None) -> tuple[Item, ...]:
        """The items that a stage asks for at a tier: its own and those of the stages before it.

        Args:
            stage: one of `stages`.
            tier: one of `tiers`; None where there are none.

        Raises:
            ValueError: if there is no such stage.
        """
        reached = self.stages[: self.stages.index(stage) + 1]
        return tuple(item for item in self.items if item.stage in reached and item.is_asked_at(tier))


def load_checklist(name_or_path: str | os.PathLike[str]) -> Checklist:
    """Load a checklist by a shipped name or a path.

    Raises:
        ContentError: with every fault of the file.
    """
    return load(name_or_path, Checklist, "checklists")


__all__ = ["Checklist", "IfOpen", "Item", "RiskQuestion", "Rule", "Severity", "Weeks", "load_checklist"]
