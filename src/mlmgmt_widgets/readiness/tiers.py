"""How risky a model is: a short questionnaire proposes the tier, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlmgmt_widgets.readiness.checklist import Checklist, RiskQuestion
from mlmgmt_widgets.words import counted


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
        """The proposal and its reasons; what may still raise it is said, too."""
        if self.tier is None:
            return (
                "Answer the questions to see which tier they propose." if self.open else "Nothing is asked about risk."
            )
        why = f"because {'; '.join(self.reasons)}" if self.reasons else "since no answer asks for more"
        left = f" {counted(len(self.open), 'question')} still open." if self.open else ""
        return f"Proposed{' so far' if self.open else ''}: {self.tier}, {why}.{left}"


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
    if not checklist.tiers:
        return Proposal(None)
    unanswered = tuple(question.id for question in checklist.risk if question.id not in answers)
    if len(unanswered) == len(checklist.risk):
        return Proposal(None, (), unanswered)
    raised = [question for question in checklist.risk if answers.get(question.id) in {"yes", "unsure"}]
    highest = max((checklist.tiers.index(question.tier) for question in raised), default=0)
    tier = checklist.tiers[highest]
    reasons = tuple(_reason(question, answers) for question in raised if question.tier == tier)
    return Proposal(tier, reasons, unanswered)


def _reason(question: RiskQuestion, answers: Mapping[str, str]) -> str:
    return f"{question.because} (unsure)" if answers[question.id] == "unsure" else question.because
