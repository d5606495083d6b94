"""The review: a checklist filled in for one version of one model.

Example:
    >>> review = Review(checklist="model-readiness@1.0.0", subject="churn-model", version="3", items={})
    >>> review.entry("rollback-plan").status
    'unknown'
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mlmgmt_widgets.content import ContentError, Day, FrozenModel, Identifier, Problem, Text, nearest, shown, validate
from mlmgmt_widgets.documents import Document, Fault, dotted, parse_document, read_document
from mlmgmt_widgets.readiness.checklist import MOST_ITEMS, Checklist
from mlmgmt_widgets.readiness.entries import Change, Checks, Entry, Evidence, SignOff, State, Status

Answer = Literal["yes", "no", "unsure"]
_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*@[0-9]+(\.[0-9]+){0,2}([-+][0-9A-Za-z.-]+)?$"
_NOTHING_YET = Entry()
_HELPED = 20  # unknown ids for which the nearest known one is sought: among hundreds that takes its time


def _checklist_key(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(_KEY, value):
        return value
    context = {"found": shown(value), "expected": "a checklist's id and version, such as model-readiness@1.0.0"}
    raise PydanticCustomError("content", "found {found}, expected {expected}", context)


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

    checklist: Annotated[str, BeforeValidator(_checklist_key), StringConstraints(pattern=_KEY, max_length=200)]
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
    yield from _unknown("items", review.items, checklist.items_by_id, f"one of the items of {checklist.key}")
    asked = [question.id for question in checklist.risk]
    for place, signed in enumerate(review.sign_offs):
        if signed.stage is not None and signed.stage not in checklist.stages:
            near = nearest(signed.stage, checklist.stages)
            expected = f"one of {', '.join(checklist.stages)}" + (f" (nearest: {near})" if near else "")
            yield Problem(("sign_offs", place, "stage"), shown(signed.stage), expected)
    yield from _unknown("risk", review.risk, asked, f"one of the questions about risk of {checklist.key}")


def _unknown(field: str, given: Iterable[str], known: Collection[str], expected: str) -> Iterator[Problem]:
    for number, name in enumerate(each for each in given if each not in known):
        near = nearest(name, known) if number < _HELPED else None
        yield Problem((field, name), f"'{name}'", expected + (f" (nearest: {near})" if near else ""))


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
