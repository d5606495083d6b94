"""How risky a model is: a short questionnaire proposes the tier, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlmgmt_widgets.readiness.checklist import Checklist, RiskQuestion


@dataclass(frozen=True)
class Proposal:
    """What the questionnaire proposes.

    Attributes:
        tier: the highest that an answer asks for; None while nothing is answered, or where there are no questions.
        reasons: of the answers that ask for that tier, each as the end of a sentence.
        open: the ids of questions that nobody has answered; an answer to them may raise the tier.
    """

    tier: str | None
    reasons: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The proposal and its reasons."""
        if self.tier is None:
            return "Answer the questions to see which tier they propose."
        if not self.reasons:
            return f"Proposed: {self.tier}, since no answer asks for more."
        return f"Proposed: {self.tier}, because {'; '.join(self.reasons)}."


def propose_tier(checklist: Checklist, answers: Mapping[str, str]) -> Proposal:
    """Propose a tier.

    A yes asks for the tier of its question, and "unsure" counts as a yes: who does not know cannot rule it out.

    Args:
        checklist: whose questions they are.
        answers: by the id of the question: yes, no or unsure.

    Example:
        >>> question = {"id": "people", "question": "?", "tier": "high", "because": "it decides about people"}
        >>> item = {"id": "a", "stage": "live", "question": "?"}
        >>> values = {"id": "toy", "version": "1", "title": "Toy", "stages": ["live"], "tiers": ["low", "high"]}
        >>> checklist = Checklist(**values, risk=[question], items=[item])
        >>> propose_tier(checklist, {"people": "unsure"}).sentence
        'Proposed: high, because it decides about people (unsure).'
        >>> propose_tier(checklist, {"people": "no"}).tier
        'low'
    """
    unanswered = tuple(question.id for question in checklist.risk if question.id not in answers)
    if not checklist.risk or not checklist.tiers or len(unanswered) == len(checklist.risk):
        return Proposal(None, (), unanswered)
    raised = [question for question in checklist.risk if answers.get(question.id) in {"yes", "unsure"}]
    highest = max((checklist.tiers.index(question.tier) for question in raised), default=0)
    tier = checklist.tiers[highest]
    reasons = tuple(_reason(question, answers) for question in raised if question.tier == tier)
    return Proposal(tier, reasons, unanswered)


def _reason(question: RiskQuestion, answers: Mapping[str, str]) -> str:
    return f"{question.because} (unsure)" if answers[question.id] == "unsure" else question.because
