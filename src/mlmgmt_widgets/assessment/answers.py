"""One answer, and one respondent's answers."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.content import nearest, shown
from mlmgmt_widgets.errors import Refusal

Answer = float | Literal["na", "dk"]
"""A value of the scale, `na` (not applicable) or `dk` (don't know)."""

COMMENT_LIMIT = 2000
"""Characters in a comment."""
NAME_LIMIT = 200
"""Characters in a respondent's label or role."""

# Python's own strip, as for the cells of a CSV: the other one knows fewer kinds of blanks.
_Label = Annotated[str, Strict(), AfterValidator(str.strip), Field(max_length=NAME_LIMIT)]


class AnswerError(Refusal):
    """An answer that the rubric does not allow; the text is a sentence for the person who gave it."""


class Response(BaseModel):
    """One respondent's answers.

    Attributes:
        respondent: A label that no other respondent has.
        role: The respondent's role; may be empty.
        answers: By question id: a value of the scale, `na` or `dk`. A question left open is not in it.
        comments: By question id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    respondent: Annotated[_Label, Field(min_length=1)]
    role: _Label = ""
    answers: dict[str, Annotated[float, Strict(), Field(allow_inf_nan=False)] | Literal["na", "dk"]] = {}
    comments: dict[str, Annotated[str, Strict()]] = {}


def check_answer(rubric: Rubric, question_id: str, answer: object, comment: object = "") -> tuple[Answer | None, str]:
    """An answer as the rubric writes it, or a refusal.

    Args:
        rubric: The rubric that is answered.
        question_id: The question.
        answer: A value of the scale, `na`, `dk`, or None for a question that is left open.
        comment: Text of at most `COMMENT_LIMIT` characters.

    Returns:
        The answer (a float, `na`, `dk` or None) and the comment without blanks around it.

    Raises:
        AnswerError: With a sentence: an unknown question, an answer that is not on the scale, a comment that
            is too long or not text.

    Example:
        >>> from mlmgmt_widgets.assessment import load_rubric
        >>> check_answer(load_rubric("pulse"), "pulse-research", 3, " all of it ")
        (3.0, 'all of it')
    """
    if not isinstance(question_id, str) or question_id not in rubric.columns:
        raise AnswerError(_unknown_question(rubric, question_id))
    if not isinstance(comment, str):
        raise AnswerError(f"The comment on '{question_id}' is not text.")
    text = comment.strip()
    if len(text) > COMMENT_LIMIT:
        raise AnswerError(f"The comment on '{question_id}' has {len(text)} characters; the limit is {COMMENT_LIMIT}.")
    if answer is None or answer in ("na", "dk"):
        return answer, text
    if isinstance(answer, int | float) and not isinstance(answer, bool) and answer in rubric.values:
        return float(answer), text
    raise AnswerError(f"The answer to '{question_id}' is {shown(answer)}; it should be {allowed_answers(rubric)}.")


def answer_text(answer: Answer | None) -> str:
    """An answer as a file writes it: 1 and not 1.0, and nothing for a question left open."""
    if answer is None or isinstance(answer, str):
        return answer or ""
    return str(int(answer)) if float(answer).is_integer() else repr(float(answer))


def allowed_answers(rubric: Rubric) -> str:
    """What may be answered, in words."""
    return "one of " + ", ".join(map(answer_text, rubric.values)) + ", na or dk"


def _unknown_question(rubric: Rubric, question_id: object) -> str:
    near = nearest(str(question_id)[:NAME_LIMIT], (question.id for question in rubric.questions))
    hint = f" Did you mean '{near}'?" if near else ""
    return f"{rubric.key} has no question {shown(question_id)}.{hint}"
