"""Everybody's answers as a column of small integers a question, which NumPy counts in a millisecond."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlmgmt_widgets.assessment.answers import Answer, AnswerError, Response, check_answer
from mlmgmt_widgets.assessment.rubric import Rubric

Codes = npt.NDArray[np.int8]

UNANSWERED, DONT_KNOW, NOT_APPLICABLE = 0, 1, 2
FIRST_CHOICE = 3
"""Codes of answers: these three, then `FIRST_CHOICE` + position on the scale. None is negative: they are
counted by `numpy.bincount` as they are."""


class Comment(NamedTuple):
    """A comment; `respondent` is a position in `Responses.respondents`, or None for a loose comment."""

    question: str
    text: str
    respondent: int | None


def codes_of(rubric: Rubric) -> dict[Answer, int]:
    """The code of every answer but an open one."""
    codes: dict[Answer, int] = {"na": NOT_APPLICABLE, "dk": DONT_KNOW}
    codes.update((value, FIRST_CHOICE + i) for i, value in enumerate(rubric.values))
    return codes


@dataclass(frozen=True)
class Responses:
    """Everyone's answers to one rubric, as columns.

    Attributes:
        rubric: What was answered.
        codes: One signed byte an answer, respondents x questions (in `rubric.questions`' order), kept column
            by column in memory: `UNANSWERED`, `DONT_KNOW`, `NOT_APPLICABLE`, or `FIRST_CHOICE` + position on
            the scale.
        respondents: Labels, one a row.
        roles: One a row; empty where none was given.
        comments: All comments, loose ones included.
    """

    rubric: Rubric
    codes: Codes
    respondents: tuple[str, ...]
    roles: tuple[str, ...]
    comments: tuple[Comment, ...] = ()

    def __len__(self) -> int:
        return len(self.respondents)

    @classmethod
    def from_responses(cls, rubric: Rubric, responses: Iterable[Response]) -> "Responses":
        """Check and store responses.

        Raises:
            AnswerError: When an answer is not allowed, or two responses have the same respondent.
        """
        given = list(responses)
        codes = np.zeros((len(given), len(rubric.questions)), dtype=np.int8, order="F")
        code_of = codes_of(rubric)
        comments: list[Comment] = []
        seen: set[str] = set()
        for row, response in enumerate(given):
            if response.respondent in seen:
                raise AnswerError(f"There are two responses of '{response.respondent}'.")
            seen.add(response.respondent)
            for question_id, answer in response.answers.items():
                normal, _ = check_answer(rubric, question_id, answer)
                if normal is not None:
                    codes[row, rubric.columns[question_id]] = code_of[normal]
            for question_id, comment in response.comments.items():
                _, text = check_answer(rubric, question_id, None, comment)
                if text:
                    comments.append(Comment(question_id, text, row))
        names = tuple(response.respondent for response in given)
        return cls(rubric, codes, names, tuple(response.role for response in given), tuple(comments))

    def to_responses(self) -> list[Response]:
        """One `Response` a respondent; loose comments have no place in it."""
        answers = self.answers()
        comments: list[dict[str, str]] = [{} for _ in self.respondents]
        for comment in self.comments:
            if comment.respondent is not None:
                comments[comment.respondent][comment.question] = comment.text
        return [
            Response(respondent=name, role=role, answers=given, comments=said)
            for name, role, given, said in zip(self.respondents, self.roles, answers, comments, strict=True)
        ]

    def answers(self) -> list[dict[str, Answer]]:
        """The answers of every respondent by question id; a question left open is not in it."""
        meaning = {code: answer for answer, code in codes_of(self.rubric).items()}
        ids = [question.id for question in self.rubric.questions]
        return [
            {question: meaning[code] for question, code in zip(ids, row, strict=True) if code != UNANSWERED}
            for row in self.codes.tolist()
        ]

    def select(self, rows: Sequence[int] | npt.NDArray[np.bool_]) -> "Responses":
        """Some of the respondents, with their comments; loose comments stay behind."""
        chosen = np.arange(len(self))[np.asarray(rows, dtype=None if len(rows) else np.intp)]
        position: Mapping[int, int] = {int(row): i for i, row in enumerate(chosen)}
        comments = tuple(
            comment._replace(respondent=position[comment.respondent])
            for comment in self.comments
            if comment.respondent is not None and comment.respondent in position
        )
        codes = np.asfortranarray(self.codes[chosen])
        respondents = tuple(self.respondents[i] for i in chosen)
        return Responses(self.rubric, codes, respondents, tuple(self.roles[i] for i in chosen), comments)

    def counts(self) -> npt.NDArray[np.int64]:
        """How often every code was given: questions x codes."""
        width = FIRST_CHOICE + len(self.rubric.answers)
        if not len(self):
            return np.zeros((self.codes.shape[1], width), dtype=np.int64)
        columns = [np.bincount(column, minlength=width) for column in self.codes.T]
        return np.array(columns, dtype=np.int64).reshape(-1, width)
