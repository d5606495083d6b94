"""The survey that a participant answers: one widget for a whole rubric, alone or in a workshop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import traitlets
from pydantic import Field

from mlmgmt_widgets.assessment.levels import explain
from mlmgmt_widgets.assessment.responses import Answer, Response, check_answer
from mlmgmt_widgets.assessment.rubric import Rubric, load_rubric
from mlmgmt_widgets.assessment.scale import reach, sections_of
from mlmgmt_widgets.assessment.scoring import Result, score
from mlmgmt_widgets.content import ContentError, names
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui.assets import script, style
from mlmgmt_widgets.ui.lock import Guesses
from mlmgmt_widgets.ui.opener import Opener
from mlmgmt_widgets.ui.screen import Request, Screen, asks

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace import Participant, Workshop, Workspace

_Short = Annotated[str, Field(max_length=200)]
_Text = Annotated[str, Field(max_length=20_000)]  # far above the limit that check_answer names


class Begin(Request):
    """Take a rubric alone; what this browser kept of an earlier visit comes along."""

    rubric: _Short
    answers: Annotated[dict[_Short, float | int | str], Field(max_length=2000)] = Field(default_factory=dict)
    comments: Annotated[dict[_Short, _Text], Field(max_length=2000)] = Field(default_factory=dict)


class Join(Request):
    """Open a workshop by its code; the token is this browser's, if it has been here before."""

    code: _Short
    token: _Short | None = None


class Enter(Request):
    """Take part: the browser made the token and keeps it."""

    token: _Short
    role: _Short = ""
    name: _Short = ""


class GiveAnswer(Request):
    """One answer, or none where it was taken back, with its comment."""

    question: _Short
    answer: float | int | _Short | None
    comment: _Text = ""
    sequence: Annotated[int, Field(ge=0, le=2**53)] = 0


class Finish(Request):
    """Say that one is done, or that one is not after all."""

    finished: bool


class MaturitySurvey(Screen):
    """A rubric as a survey.

    Given a rubric it is a self-assessment: `response` and `result` follow every click. Without one it asks
    for a workshop's join code (or takes it from the address, `#join=CODE`) and stores every answer there.

    Args:
        rubric: a shipped name (`"mlops-maturity"`), a path, or a `Rubric`.
        workspace: opens the workspace that holds the workshops, for instance `Workspace.open`. It is called
            when someone joins, so a survey that one takes alone needs no database.

    Raises:
        ContentError: if the rubric cannot be read.

    Example:
        >>> survey = MaturitySurvey("pulse")
        >>> survey.response = {"answers": {"pulse-data": 3}}
        >>> survey.result["nodes"]["data"]["score"]
        3.0
    """

    _esm = script(__file__, "survey.js")
    _css = style(__file__, "survey.css")

    mode = traitlets.Enum(["alone", "workshop"], default_value="workshop").tag(sync=True)
    offers: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rubric = traitlets.Dict().tag(sync=True)
    response = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    explanation = traitlets.Dict().tag(sync=True)
    workshop = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        rubric: str | Rubric | None = None,
        workspace: Callable[[], Workspace] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._workspace = Opener(workspace, "This survey is not connected to any workshops.")
        self._guesses = Guesses()
        self._rubric: Rubric | None = None
        self._code = self._token = ""
        if rubric is not None:
            self._take(load_rubric(rubric) if isinstance(rubric, str) else rubric)
        else:
            self.offers = list(_offers())

    @property
    def as_response(self) -> Response:
        """The answers so far as a `Response`."""
        return _as_response(self.response)

    @property
    def as_result(self) -> Result:
        """The score of the answers so far.

        Raises:
            Refusal: if no rubric has been chosen yet.
        """
        return score(self._chosen(), [self.as_response])

    # -- alone ---------------------------------------------------------------------------------------------

    @asks("begin", Begin)
    def _begin(self, asked: Begin) -> dict[str, Any]:
        if asked.rubric not in {offer["name"] for offer in self.offers}:
            raise Refusal("There is no such rubric on this page.")
        rubric = load_rubric(asked.rubric)
        kept, left_out = _still_legal(rubric, asked.answers, asked.comments)
        self._take(rubric)
        self.response = kept
        return {"left_out": left_out}

    def _take(self, rubric: Rubric) -> None:
        self._rubric = rubric
        with self.hold_sync():
            self.mode = "alone"
            self.rubric = rubric.model_dump(mode="json")
            self.response = {}
            self._show_result()

    @traitlets.validate("response")
    def _legal(self, proposal: Mapping[str, Any]) -> dict[str, Any]:
        response = _as_response(proposal["value"])
        if self._rubric is None:
            return _as_plain(response)
        checked = {
            question: check_answer(self._rubric, question, answer, response.comments.get(question, ""))
            for question, answer in _entries(response).items()
        }
        return _as_plain(
            response.model_copy(
                update={
                    "answers": {q: answer for q, (answer, _) in checked.items() if answer is not None},
                    "comments": {q: comment for q, (_, comment) in checked.items() if comment},
                },
            ),
        )

    @traitlets.observe("response")
    def _show_result(self, _change: object = None) -> None:
        if self._rubric is None or self.mode != "alone":
            return
        result = self.as_result
        explanation = explain(self._rubric, result)
        self.result = result.to_dict()
        self.explanation = {
            "level": explanation.level,
            "sentence": explanation.sentence,
            "next_level": explanation.next_level,
            "reach": _reach(self._rubric),
        }

    # -- in a workshop -------------------------------------------------------------------------------------

    @asks("join", Join)
    def _join(self, asked: Join) -> dict[str, Any]:
        self._guesses.check()
        workspace = self._workspace.get()
        workshop = self._looked_up(workspace, asked.code)
        participant = workspace.workshops.participant(workshop.code, asked.token) if asked.token else None
        self._code, self._token = workshop.code, asked.token if participant and asked.token else ""
        self._rubric = workshop.rubric
        with self.hold_sync():
            self.mode = "workshop"
            self.rubric = workshop.rubric.model_dump(mode="json")
            self.workshop = _public(workshop)
            self.response = _as_plain(participant.answers) if participant else {}
        return {"participant": _about(participant)}

    def _looked_up(self, workspace: Workspace, code: str) -> Workshop:
        from mlmgmt_widgets.workspace.errors import UnknownWorkshop

        try:
            return workspace.workshops.get(code)
        except UnknownWorkshop:
            self._guesses.wrong()
            raise

    @asks("enter", Enter)
    def _enter(self, asked: Enter) -> dict[str, Any]:
        if not self._code:
            raise Refusal("Join a workshop first.")
        participant = self._workspace.get().workshops.enter(self._code, asked.token, asked.role, asked.name)
        self._token = asked.token
        self.response = _as_plain(participant.answers)
        return {"participant": _about(participant)}

    @asks("answer", GiveAnswer)
    def _answer_question(self, asked: GiveAnswer) -> dict[str, Any]:
        answer, comment = check_answer(self._chosen(), asked.question, asked.answer, asked.comment)
        if self.mode == "alone":
            self.response = _with(self.response, asked.question, answer, comment)
            return {"applied": True, "sequence": asked.sequence}
        workshops = self._workspace.get().workshops
        stored = workshops.record(self._code, self._entered(), asked.question, answer, comment, sequence=asked.sequence)
        self.response = _with(self.response, asked.question, stored.answer, stored.comment)
        return {
            "applied": stored.applied,
            "sequence": stored.sequence,
            "answer": stored.answer,
            "comment": stored.comment,
        }

    @asks("finish", Finish)
    def _finish(self, asked: Finish) -> dict[str, Any]:
        self._workspace.get().workshops.finish(self._code, self._entered(), finished=asked.finished)
        return {"finished": asked.finished}

    @asks("state")
    def _state(self, _asked: Request) -> dict[str, Any]:
        if self._code:
            self.workshop = _public(self._workspace.get().workshops.get(self._code))
        return {}

    def _chosen(self) -> Rubric:
        if self._rubric is None:
            raise Refusal("Choose a rubric or join a workshop first.")
        return self._rubric

    def _entered(self) -> str:
        if not self._token:
            raise Refusal("Join a workshop first.")
        return self._token


def _reach(rubric: Rubric) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest score of every section, and of the rubric itself, by id."""
    return {rubric.id: reach(rubric, rubric), **{each.id: reach(rubric, each) for each in sections_of(rubric)}}


def _offers() -> Iterator[dict[str, Any]]:
    """Yield the rubrics that one can answer alone."""
    for name in names("rubrics"):
        try:
            rubric = load_rubric(name)
        except ContentError:
            # A participant can do nothing about a broken file; `mlmgmt check` and the facilitator's page name it.
            continue
        yield {"name": name, "title": rubric.title, "questions": len(rubric.questions)}


def _public(workshop: Workshop) -> dict[str, Any]:
    """Return what a participant may know of a workshop."""
    return {
        "code": workshop.code,
        "team": workshop.team,
        "anonymous": workshop.anonymous,
        "smallest_group": workshop.smallest_group,
        "roles": list(workshop.roles),
        "state": workshop.state,
    }


def _about(participant: Participant | None) -> dict[str, Any] | None:
    if participant is None:
        return None
    return {
        "role": participant.role,
        "name": participant.name,
        "finished": participant.finished,
        "sequence": participant.sequence,
    }


def _as_response(plain: Mapping[str, Any]) -> Response:
    return Response.model_validate({"respondent": "me", **plain})


def _as_plain(response: Response) -> dict[str, Any]:
    return response.model_dump(mode="json")


def _entries(response: Response) -> dict[str, Answer | None]:
    """Return every question that has an answer or a comment."""
    return {q: response.answers.get(q) for q in {**response.answers, **response.comments}}


def _with(plain: Mapping[str, Any], question: str, answer: Answer | None, comment: str) -> dict[str, Any]:
    """Return a new plain response in which one question has this answer and comment."""
    answers = {q: a for q, a in plain.get("answers", {}).items() if q != question}
    comments = {q: c for q, c in plain.get("comments", {}).items() if q != question}
    if answer is not None:
        answers[question] = answer
    if comment:
        comments[question] = comment
    return {**plain, "answers": answers, "comments": comments}


def _still_legal(rubric: Rubric, answers: Mapping[str, Any], comments: Mapping[str, str]) -> tuple[dict[str, Any], int]:
    """Keep what still fits the rubric; count what the rubric no longer knows."""
    plain: dict[str, Any] = {}
    left_out = 0
    for question in {**answers, **comments}:
        try:
            answer, comment = check_answer(rubric, question, answers.get(question), comments.get(question, ""))
        except Refusal:
            left_out += 1
        else:
            plain = _with(plain, question, answer, comment)
    return plain, left_out
