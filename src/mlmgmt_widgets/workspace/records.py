"""What the workspace hands out: plain frozen values, never rows of a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from mlmgmt_widgets.assessment.responses import Answer, Response
from mlmgmt_widgets.assessment.rubric import Rubric

if TYPE_CHECKING:  # a participant's kernel needs no plans and no reviews
    from mlmgmt_widgets.readiness.checklist import Checklist
    from mlmgmt_widgets.readiness.review import Review
    from mlmgmt_widgets.timeline.plan import Plan

State = Literal["collecting", "revealed", "closed"]


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop as it stands.

    Attributes:
        id: its number in the database.
        code: the join code, six characters.
        team: whose workshop it is.
        rubric: the rubric as it was when the workshop was created.
        anonymous: whether participants have no names.
        smallest_group: in an anonymous workshop, the fewest people whose answers are shown together.
        roles: what participants choose their role from; empty when they are not asked.
        state: "collecting" until the first reveal, "closed" once nobody can answer any more.
        created_at: when it was created (all moments are UTC).
        revealed_at: when the results were first shown, if they were.
        closed_at: when it was closed, if it was.
    """

    id: int
    code: str
    team: str
    rubric: Rubric
    anonymous: bool
    smallest_group: int
    roles: tuple[str, ...]
    state: State
    created_at: datetime
    revealed_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who takes part, as only their own token shows them.

    Attributes:
        workshop_code: the workshop's join code.
        role: the role they chose.
        name: their name; empty in an anonymous workshop.
        finished: whether they said that they are done.
        answers: their answers and comments as they are stored now.
        sequence: the highest number under which an answer of theirs is stored; 0 when there is none.
    """

    workshop_code: str
    role: str
    name: str
    finished: bool
    answers: Response
    sequence: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What is stored for a question after a participant wrote an answer.

    Attributes:
        question: the question's id.
        answer: the stored answer; `None` where it was taken back.
        comment: the stored comment.
        sequence: the number under which it is stored.
        applied: whether this is what was just written; `False` when something newer was there already.
    """

    question: str
    answer: Answer | None
    comment: str
    sequence: int
    applied: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A participant of a named workshop, as the facilitator sees them while answers are collected."""

    name: str
    role: str
    finished: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a workshop is; never what anybody said.

    Attributes:
        joined: how many people take part.
        started: how many of them have answered something.
        finished: how many said that they are done.
        people: who they are, by name; empty in an anonymous workshop.
    """

    joined: int
    started: int
    finished: int
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the team agreed on for one question.

    Attributes:
        question: the question's id.
        agreed: the score they agreed on, if they did.
        note: why, and what follows.
        owner: who sees to it.
    """

    question: str
    agreed: float | None
    note: str
    owner: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is shown of a workshop.

    Attributes:
        responses: as they were when they were frozen, in an order that means nothing. Questions that fewer than
            the smallest group answered are still in them; `Outcome` withholds those.
        roles_left_out: whether nobody's role is in them, because roles were shown with other answers before.
        held_back: how many questions had newer answers when the responses were frozen that are not in them,
            because they would have told what a few people said.
    """

    responses: tuple[Response, ...]
    roles_left_out: bool = False
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A saved plan in a list: what its newest version says of it.

    Attributes:
        name: the name it was saved under.
        title: the title of the newest version.
        versions: how many versions there are; the newest has this number.
        saved_at: when the newest version was saved.
        note: what was noted with it.
    """

    name: str
    title: str
    versions: int
    saved_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version of a plan in a list, without the plan and the forecast themselves.

    Attributes:
        name: the name of the plan.
        version: its number; they count 1, 2, 3 and so on.
        title: the title that the plan had.
        saved_at: when it was saved.
        note: what was noted with it.
    """

    name: str
    version: int
    title: str
    saved_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A version of a plan, with the forecast that was made of it at the time.

    Attributes:
        name: the name of the plan.
        version: its number; they count 1, 2, 3 and so on.
        saved_at: when it was saved.
        note: what was noted with it.
        plan: the plan.
        forecast: the forecast as plain values, as they were handed in.
        unchanged: whether saving stored nothing because this is what the newest version held already.
    """

    name: str
    version: int
    saved_at: datetime
    note: str
    plan: Plan
    forecast: dict[str, Any]
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """A saved review in a list: what its newest revision says of it.

    Attributes:
        subject: the model.
        version: of the model.
        checklist: the id and version of the checklist, such as model-readiness@1.0.0.
        tier: the tier, once it was chosen.
        revision: the number of the newest revision; they count 1, 2, 3 and so on.
        saved_at: when that was saved.
        by: who saved it; empty where nobody was named.
    """

    subject: str
    version: str
    checklist: str
    tier: str | None
    revision: int
    saved_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReviewRevision:
    """A revision of a review in a list, without the review itself.

    Attributes:
        number: they count 1, 2, 3 and so on.
        saved_at: when it was saved.
        by: who saved it; empty where nobody was named.
        what: what they changed, in a few words.
    """

    number: int
    saved_at: datetime
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class SavedReview:
    """A revision of a review, with the checklist that it fills in.

    Attributes:
        review: the review.
        checklist: as it was when the review was begun, or moved to it.
        revision: its number; they count 1, 2, 3 and so on.
        saved_at: when it was saved.
        by: who saved it; empty where nobody was named.
        what: what they changed, in a few words.
        merged: whether saving took in what others had changed meanwhile, so that this is more than was handed in.
        unchanged: whether saving stored nothing because this is what the newest revision held already.
    """

    review: Review
    checklist: Checklist
    revision: int
    saved_at: datetime
    by: str
    what: str
    merged: bool = False
    unchanged: bool = False
