"""The review: a checklist filled in for one version of one model.

Example:
    >>> review = Review(checklist="model-readiness@1.0.0", subject="churn-model", version="3", items={})
    >>> review.entry("rollback-plan").status
    'unknown'
"""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from mlmgmt_widgets.content import ContentError, Day, FrozenModel, Identifier, Problem, Text, nearest, shown, validate
from mlmgmt_widgets.documents import Document, Fault, dotted, parse_document, read_document
from mlmgmt_widgets.readiness.checklist import MOST_ITEMS, Checklist
from mlmgmt_widgets.readiness.entries import Change, Checks, Entry, Evidence, SignOff, State, Status

Answer = Literal["yes", "no", "unsure"]
_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*@[0-9]+(\.[0-9]+){0,2}([-+][0-9A-Za-z.-]+)?$"
_NOTHING_YET = Entry()


class TierChange(FrozenModel):
    """A change of the tier: who made it and when, and what it was before."""

    by: Text
    on: Day
    was: Identifier | None = None
    reason: Text | None = None


class Review(FrozenModel):
    """A review, as its YAML says it.

    Attributes:
        checklist: its id and version, such as model-readiness@1.0.0.
        subject: the model.
        version: of the model under review.
        tier: of the checklist's tiers; left out until somebody has decided.
        tier_reason: why it is another than the questionnaire proposes.
        risk: the questionnaire's answers.
        items: what is said of each item; those that nothing is said of may be left out.
        sign_offs: oldest first.
        tier_history: changes of the tier, oldest first.
    """

    checklist: Annotated[str, Strict(), StringConstraints(pattern=_KEY, max_length=200)]
    subject: Text = Field(description="The model.")
    version: Text = Field(description="Of the model under review; in quotes.")
    tier: Identifier | None = None
    tier_reason: Text | None = Field(None, description="Why it is another than the questionnaire proposes.")
    risk: dict[Identifier, Answer] = Field({}, max_length=50, description="Question -> yes, no or unsure.")
    items: dict[Identifier, Entry] = Field({}, max_length=MOST_ITEMS)
    sign_offs: tuple[SignOff, ...] = Field((), max_length=2000, description="Oldest first.")
    tier_history: tuple[TierChange, ...] = Field((), max_length=2000, description="Oldest first.")

    @property
    def summary(self) -> str:
        """Model, version and checklist."""
        return f"{self.subject} {self.version}, {self.checklist}"

    def entry(self, item: str) -> Entry:
        """What is said of an item; nothing yet where it is not mentioned."""
        return self.items.get(item, _NOTHING_YET)


def misfits(review: Review, checklist: Checklist) -> Iterator[Problem]:
    """What a review says that its checklist does not know."""
    if review.checklist != checklist.key:
        yield Problem(("checklist",), shown(review.checklist), f"'{checklist.key}', the checklist at hand")
    if review.checklist.partition("@")[0] != checklist.id:
        return  # of another checklist altogether, nothing else can be expected to fit
    if review.tier is not None and review.tier not in checklist.tiers:
        expected = (
            f"one of {', '.join(checklist.tiers)}" if checklist.tiers else "none, since the checklist has no tiers"
        )
        yield Problem(("tier",), shown(review.tier), expected)
    for kind, given, known in (
        ("items", review.items, list(checklist.items_by_id)),
        ("risk", review.risk, [question.id for question in checklist.risk]),
    ):
        for name in given:
            if name not in known:
                near = nearest(name, known)
                hint = f" (nearest: {near})" if near else ""
                yield Problem((kind, name), f"'{name}'", f"one of the {kind} of {checklist.key}{hint}")


def fitting(review: Review, checklist: Checklist, document: Document | None = None) -> Review:
    """A review, once it fits its checklist.

    Args:
        review: to look at.
        checklist: that it should fill in.
        document: that the review came from, whose file and lines the faults then have.

    Raises:
        ContentError: with everything that the checklist does not know.
    """
    faults = [
        document.fault(each.where, each.found, each.expected)
        if document
        else Fault("review", None, dotted(each.where), each.found, each.expected)
        for each in misfits(review, checklist)
    ]
    if faults:
        raise ContentError(faults)
    return review


def load_review(path: str | os.PathLike[str], checklist: Checklist | None = None) -> Review:
    """Load a review.

    Args:
        path: of its YAML.
        checklist: with it, the review must fit it.

    Raises:
        ContentError: with every fault of the file.
    """
    return _review(read_document(path), checklist)


def parse_review(text: str, name: str, checklist: Checklist | None = None) -> Review:
    """Read a review's YAML; `name` is what the faults call it.

    Raises:
        ContentError: with every fault.
    """
    return _review(parse_document(name, text.encode()), checklist)


def _review(document: Document, checklist: Checklist | None) -> Review:
    review = validate(document, Review)
    return fitting(review, checklist, document) if checklist else review


def plain(review: Review) -> Mapping[str, object]:
    """A review's plain values, in the shape of its YAML and without what is left at its default."""
    values: dict[str, object] = review.model_dump(mode="json", exclude_defaults=True)
    return {"checklist": review.checklist, "subject": review.subject, "version": review.version} | values


__all__ = [
    "Answer",
    "Change",
    "Checks",
    "Entry",
    "Evidence",
    "Review",
    "SignOff",
    "State",
    "Status",
    "TierChange",
    "fitting",
    "load_review",
    "misfits",
    "parse_review",
    "plain",
]
