"""Everything that a workshop leads to, worked out once for the screen and for every export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import SystemRandom
from typing import NamedTuple, Protocol

from mlmgmt_widgets.assessment.agenda import AgendaItem, agenda
from mlmgmt_widgets.assessment.anonymity import withhold
from mlmgmt_widgets.assessment.answers import Answer, Response
from mlmgmt_widgets.assessment.groups import GroupScore, group_scores
from mlmgmt_widgets.assessment.levels import LevelExplanation, explain
from mlmgmt_widgets.assessment.responses import Row, rows
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.assessment.scoring import Result, score
from mlmgmt_widgets.assessment.table import Responses

_dice = SystemRandom()  # an order that nobody can work out again


class Decided(Protocol):
    """What a team agreed on for one question."""

    @property
    def question(self) -> str:
        """The question's id."""

    @property
    def agreed(self) -> float | None:
        """The answer agreed on, if there was one."""

    @property
    def note(self) -> str:
        """Why, and what follows."""

    @property
    def owner(self) -> str:
        """Who sees to it."""


class Earlier(NamedTuple):
    """An earlier result of a team, with the rubric as it was then."""

    day: date
    rubric: Rubric
    result: Result


@dataclass(frozen=True)
class Outcome:
    """A workshop's answers and what follows from them.

    Attributes:
        rubric: that was answered.
        responses: of everyone who took part; in an anonymous workshop without the questions that are `withheld`.
            Even so they must not leave this object whole: use `shared_rows`, `comments` and `groups`.
        anonymous: whether nothing may lead back to a person.
        smallest_group: in an anonymous workshop, how few people may be seen together.
        team: its name.
        code: the workshop's join code.
        day: when the results were revealed.
        decisions: of the team.
        history: earlier results of the team, of whatever version of the rubric.
        roles_left_out: whether roles are not among the responses, because they were shown with other answers before.
        held_back: how many questions have newer answers that are not in the responses.
        withheld: questions that fewer than the smallest group answered, worked out from the responses given.
    """

    rubric: Rubric
    responses: Responses
    anonymous: bool = True
    smallest_group: int = 5
    team: str = ""
    code: str = ""
    day: date = field(default_factory=date.today)
    decisions: Sequence[Decided] = ()
    history: Sequence[Earlier] = ()
    roles_left_out: bool = False
    held_back: int = 0
    withheld: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        """Withhold, before anything is worked out, what too few people answered."""
        if self.anonymous:
            responses, withheld = withhold(self.responses, self.smallest_group)
            object.__setattr__(self, "responses", responses)
            object.__setattr__(self, "withheld", withheld)

    @classmethod
    def of(cls, rubric: Rubric, responses: Responses | Iterable[Response], **about: object) -> Outcome:
        """Make an outcome of responses in either form; `about` are the other attributes."""
        table = responses if isinstance(responses, Responses) else Responses.from_responses(rubric, responses)
        return cls(rubric, table, **about)  # type: ignore[arg-type]  # checked at the caller's keywords

    @property
    def hidden(self) -> str | None:
        """Why nothing may be shown; None when it may."""
        people = len(self.responses)
        if not people:
            return "Nobody has answered yet."
        if self.anonymous and people < self.smallest_group:
            return f"This workshop is anonymous: results need answers from at least {self.smallest_group} people."
        if self.withheld and not self.responses.codes.any():
            return (
                f"This workshop is anonymous, and no question was answered by {self.smallest_group} people or more: "
                "nothing can be shown."
            )
        return None

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that are shown, in the rubric's order."""
        return tuple(each.id for each in self.rubric.questions if each.id not in self.withheld)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is left out so that nobody is given away, a sentence each."""
        return tuple(filter(None, (self._about_withheld(), self._about_held_back(), self._about_roles())))

    def _about_withheld(self) -> str:
        titles = " ".join(f"“{self.rubric.question(each).question}”" for each in self.withheld)
        fewer = f"answered by fewer than {self.smallest_group} people"
        return titles and f"{_questions(len(self.withheld), 'was', 'were')} {fewer} and left out: {titles}"

    def _about_held_back(self) -> str:
        """Say how many, and not which: that would tell who has changed an answer after a discussion."""
        if not self.held_back:
            return ""
        return (
            f"{_questions(self.held_back, 'has', 'have')} newer answers that are not in these results: fewer than "
            f"{self.smallest_group} people set them apart from what was shown before, or the question was shown anew "
            "too often already, and the differences would tell what they said."
        )

    def _about_roles(self) -> str:
        if not self.roles_left_out:
            return ""
        return (
            "Roles are not shown, because answers were taken in after the reveal: beside the roles that were shown "
            "then, they would tell what the few people of a role said who changed something."
        )

    @cached_property
    def result(self) -> Result:
        """The scores."""
        return score(self.rubric, self.responses)

    @cached_property
    def explanation(self) -> LevelExplanation:
        """The level, and what would earn the next."""
        return explain(self.rubric, self.result)

    @cached_property
    def agenda(self) -> tuple[AgendaItem, ...]:
        """What to talk about."""
        return agenda(self.rubric, self.result)

    @cached_property
    def groups(self) -> tuple[GroupScore, ...]:
        """Scores of roles, as far as they may be shown; empty when there is nothing to set side by side."""
        groups = group_scores(self.rubric, self.responses, self.smallest_group if self.anonymous else None)
        several = len({group.role for group in groups}) > 1
        return groups if several and any(group.shown for group in groups) else ()

    @cached_property
    def comments(self) -> dict[str, tuple[str, ...]]:
        """What people wrote, by question; of an anonymous workshop in an order that says nothing."""
        said: dict[str, list[str]] = {}
        for comment in self.responses.comments:
            said.setdefault(comment.question, []).append(comment.text)
        if self.anonymous:
            for texts in said.values():
                _dice.shuffle(texts)
        ordered = (question.id for question in self.rubric.questions if question.id in said)
        return {question: tuple(said[question]) for question in ordered}

    @cached_property
    def shared_rows(self) -> tuple[Row, ...]:
        """The answers as rows that may be handed out: as they are when named, else without links between them."""
        if not self.anonymous:
            return tuple(rows(self.responses))
        labels, dealt = _labels(len(self.responses)), _dealt(self.responses)
        answers = [
            Row(label, "", question.id, answer, "")
            for question in self.rubric.questions
            for label, answer in zip(labels, dealt[question.id], strict=True)
        ]
        loose = [Row("", "", question, None, text) for question, texts in self.comments.items() for text in texts]
        return (*answers, *loose)

    @cached_property
    def earlier(self) -> tuple[tuple[date, Result], ...]:
        """The history that can be compared, with this workshop last."""
        same = [(each.day, each.result) for each in self.history if each.rubric == self.rubric]
        return (*sorted(same, key=lambda each: each[0]), (self.day, self.result))

    @cached_property
    def not_comparable(self) -> tuple[str, ...]:
        """Why the rest of the history is left out, a sentence each."""
        others = (each for each in self.history if each.rubric != self.rubric)
        return tuple(self._why_not(each) for each in sorted(others, key=lambda each: each.day))

    def _why_not(self, earlier: Earlier) -> str:
        day, then, now = f"{earlier.day.day} {earlier.day:%B %Y}", earlier.rubric.key, self.rubric.key
        if then == now:
            why = f"answered with {then}, which was edited since without a new version."
        else:
            why = f"answered with {then}, not with {now}."
        return f"{day}: {why} Questions and answers may mean something else there, so the scores are not compared."


def _questions(number: int, one: str, several: str) -> str:
    return f"1 question {one}" if number == 1 else f"{number} questions {several}"


def unlinked(rubric: Rubric, responses: Responses | Iterable[Response]) -> list[Response]:
    """Return responses with the same scores, in which nothing that one person said can be put together again.

    Every question's answers are dealt anew to labels that mean nothing; roles and comments are left out.

    Example:
        >>> from mlmgmt_widgets.assessment import load_rubric
        >>> given = [Response(respondent="Ada", role="cto", answers={"pulse-data": 3})]
        >>> unlinked(load_rubric("pulse"), given)[0].respondent
        'r1'
    """
    table = responses if isinstance(responses, Responses) else Responses.from_responses(rubric, responses)
    dealt = _dealt(table)
    return [
        Response(respondent=label, answers={id_: each[i] for id_, each in dealt.items() if each[i] is not None})
        for i, label in enumerate(_labels(len(table)))
    ]


def _labels(people: int) -> list[str]:
    return [f"r{i:0{len(str(people))}}" for i in range(1, people + 1)]


def _dealt(responses: Responses) -> dict[str, list[Answer | None]]:
    given = responses.answers()
    dealt: dict[str, list[Answer | None]] = {}
    for question in responses.rubric.questions:
        answers = [each.get(question.id) for each in given]
        _dice.shuffle(answers)
        dealt[question.id] = answers
    return dealt
