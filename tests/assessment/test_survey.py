"""The participant's widget, asked as its browser asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import traitlets
from tests.asking import ask
from tests.databases import ON_BOTH
from tests.rubrics import SMALL

from mlmgmt_widgets import MaturitySurvey, Workspace
from mlmgmt_widgets.assessment import Rubric
from mlmgmt_widgets.content import ContentError

TOKEN = "a" * 32


@pytest.fixture
def toy() -> Rubric:
    return Rubric.model_validate(SMALL)


@pytest.fixture
def workspace(address: str) -> Iterator[Workspace]:
    with Workspace.open(address) as opened:
        yield opened


def joined(workspace: Workspace, rubric: Rubric, token: str = TOKEN, **options: Any) -> MaturitySurvey:
    workshop = workspace.workshops.create(rubric, "Ranking", **options)
    return again(workspace, workshop.code, token)


def again(workspace: Workspace, code: str, token: str = TOKEN) -> MaturitySurvey:
    survey = MaturitySurvey(workspace=lambda: workspace)
    assert "error" not in ask(survey, "join", code=code, token=token)
    assert "error" not in ask(survey, "enter", token=token)
    return survey


# -- alone ----------------------------------------------------------------------------------------------------


def test_alone_the_result_follows_every_answer(toy: Rubric) -> None:
    survey = MaturitySurvey(toy)
    assert survey.result["score"] is None
    ask(survey, "answer", question="versioned", answer=1, comment="since May")
    assert (survey.result["score"], survey.as_result.nodes["data"].score) == (1.0, 1.0)
    assert survey.as_response.comments == {"versioned": "since May"}
    ask(survey, "answer", question="canary", answer=0)
    assert survey.result["score"] == 0.5
    ask(survey, "answer", question="canary", answer=None)
    assert survey.result["score"] == 1.0


def test_setting_the_response_in_code_moves_the_result(toy: Rubric) -> None:
    survey = MaturitySurvey(toy)
    survey.response = {"answers": {"versioned": 0.5, "canary": "dk"}}
    assert survey.result["score"] == 0.5
    assert survey.result["nodes"]["canary"]["dont_know"] == 1


@pytest.mark.parametrize("answers", [{"versionned": 1}, {"versioned": 0.7}, {"versioned": True}, {"versioned": "1"}])
def test_an_illegal_response_is_refused_and_the_last_one_stays(toy: Rubric, answers: dict[str, Any]) -> None:
    survey = MaturitySurvey(toy)
    survey.response = {"answers": {"versioned": 1}}
    with pytest.raises((ValueError, traitlets.TraitError)):
        survey.response = {"answers": answers}
    assert survey.response["answers"] == {"versioned": 1.0}
    assert survey.result["score"] == 1.0


def test_an_offered_rubric_can_be_begun_with_what_the_browser_kept() -> None:
    survey = MaturitySurvey()
    assert {"mlops-maturity", "ml-test-score", "pulse"} <= {offer["name"] for offer in survey.offers}
    answer = ask(survey, "begin", rubric="pulse", answers={"pulse-data": 3, "gone": 1}, comments={})
    assert answer["left_out"] == 1
    assert survey.response["answers"] == {"pulse-data": 3.0}


@pytest.mark.parametrize("rubric", ["../secret", "/etc/passwd", "no-such"])
def test_only_offered_rubrics_can_be_begun(rubric: str) -> None:
    assert "error" in ask(MaturitySurvey(), "begin", rubric=rubric)


def test_a_misspelt_rubric_names_the_nearest() -> None:
    with pytest.raises(ContentError, match="mlops-maturity"):
        MaturitySurvey("mlops-maturitty")


def test_a_survey_alone_needs_no_workspace(toy: Rubric) -> None:
    assert "not connected" in ask(MaturitySurvey(toy), "join", code="ABC234")["error"]


# -- in a workshop --------------------------------------------------------------------------------------------


@ON_BOTH
def test_an_answer_is_stored_before_it_is_confirmed(workspace: Workspace, toy: Rubric) -> None:
    survey = joined(workspace, toy)
    reply = ask(survey, "answer", question="versioned", answer=0.5, comment=" half ", sequence=1)
    assert reply["applied"]
    stored = workspace.workshops.participant(survey.workshop["code"], TOKEN)
    assert stored is not None
    assert stored.answers.answers == {"versioned": 0.5}
    assert stored.answers.comments == {"versioned": "half"}


@ON_BOTH
def test_another_kernel_with_the_same_token_finds_every_answer(workspace: Workspace, toy: Rubric) -> None:
    survey = joined(workspace, toy)
    ask(survey, "answer", question="canary", answer="dk", sequence=1)
    assert again(workspace, survey.workshop["code"]).response["answers"] == {"canary": "dk"}


@ON_BOTH
def test_a_late_resend_never_replaces_a_newer_answer(workspace: Workspace, toy: Rubric) -> None:
    survey = joined(workspace, toy)
    ask(survey, "answer", question="canary", answer=1, sequence=9)
    reply = ask(survey, "answer", question="canary", answer=0, sequence=3)
    assert (reply["applied"], reply["answer"], reply["sequence"]) == (False, 1.0, 9)
    assert survey.response["answers"]["canary"] == 1.0


def test_the_code_is_read_as_people_type_it(workspace: Workspace, toy: Rubric) -> None:
    code = workspace.workshops.create(toy, "Ranking").code
    survey = MaturitySurvey(workspace=lambda: workspace)
    assert "error" not in ask(survey, "join", code=f" {code[:3].lower()}-{code[3:]} ")


@pytest.mark.parametrize(
    "payload",
    [
        {"question": "no-such", "answer": 1},
        {"question": "canary", "answer": 0.25},
        {"question": "canary", "answer": True},
        {"question": "canary", "answer": [1]},
        {"question": "canary", "answer": 1, "comment": "x" * 2001},
        {"question": "canary", "answer": 1, "comment": "x" * 10_000_000},
        {"question": "canary", "answer": 1, "sequence": -1},
        {"question": "canary", "answer": float("nan")},
        {"question": "c" * 10_000_000, "answer": 1},
    ],
)
def test_a_forged_answer_is_refused_with_a_word_and_nothing_changes(
    workspace: Workspace, toy: Rubric, payload: dict[str, Any]
) -> None:
    survey = joined(workspace, toy)
    ask(survey, "answer", question="canary", answer=0.5, sequence=1)
    error = ask(survey, "answer", **payload)["error"]
    assert 10 < len(error) < 400
    assert survey.response["answers"] == {"canary": 0.5}
    stored = workspace.workshops.participant(survey.workshop["code"], TOKEN)
    assert stored is not None
    assert stored.answers.answers == {"canary": 0.5}


def test_the_limit_of_a_comment_is_said(workspace: Workspace, toy: Rubric) -> None:
    assert "2000" in ask(joined(workspace, toy), "answer", question="canary", answer=1, comment="x" * 2001)["error"]


def test_without_entering_nothing_can_be_answered(workspace: Workspace, toy: Rubric) -> None:
    survey = MaturitySurvey(workspace=lambda: workspace)
    assert "error" in ask(survey, "answer", question="canary", answer=1)
    code = workspace.workshops.create(toy, "Ranking").code
    ask(survey, "join", code=code)
    assert "error" in ask(survey, "answer", question="canary", answer=1)
    assert "error" in ask(survey, "finish", finished=True)


def test_somebody_elses_answers_need_their_token(workspace: Workspace, toy: Rubric) -> None:
    survey = joined(workspace, toy)
    ask(survey, "answer", question="canary", answer=1, sequence=1)
    other = MaturitySurvey(workspace=lambda: workspace)
    assert ask(other, "join", code=survey.workshop["code"], token="b" * 32)["participant"] is None
    assert other.response.get("answers", {}) == {}


@pytest.mark.parametrize("token", ["", "short", "z" * 32, "a" * 10_000])
def test_a_token_that_could_be_guessed_is_refused(workspace: Workspace, toy: Rubric, token: str) -> None:
    survey = MaturitySurvey(workspace=lambda: workspace)
    ask(survey, "join", code=workspace.workshops.create(toy, "Ranking").code)
    assert "error" in ask(survey, "enter", token=token)


@ON_BOTH
def test_answers_can_be_changed_until_the_workshop_is_closed(workspace: Workspace, toy: Rubric) -> None:
    survey = joined(workspace, toy)
    ask(survey, "answer", question="canary", answer=1, sequence=1)
    ask(survey, "finish", finished=True)
    assert ask(survey, "answer", question="canary", answer=0, sequence=2)["applied"]
    workspace.workshops.close(survey.workshop["code"])
    assert "closed" in ask(survey, "answer", question="canary", answer=1, sequence=3)["error"]
    assert survey.response["answers"] == {"canary": 0.0}
    ask(survey, "state")
    assert survey.workshop["state"] == "closed"


def test_a_named_workshop_asks_for_a_name_and_an_anonymous_one_refuses_it(workspace: Workspace, toy: Rubric) -> None:
    named = MaturitySurvey(workspace=lambda: workspace)
    ask(named, "join", code=workspace.workshops.create(toy, "Ranking", anonymous=False).code)
    assert "name" in ask(named, "enter", token=TOKEN)["error"]
    assert ask(named, "enter", token=TOKEN, name="Ada")["participant"]["name"] == "Ada"
    hidden = MaturitySurvey(workspace=lambda: workspace)
    ask(hidden, "join", code=workspace.workshops.create(toy, "Ranking").code)
    assert "error" in ask(hidden, "enter", token=TOKEN, name="Ada")


@ON_BOTH
def test_a_participant_never_learns_what_others_said(workspace: Workspace, toy: Rubric) -> None:
    first = joined(workspace, toy)
    ask(first, "answer", question="canary", answer=1, comment="unmistakable words", sequence=1)
    second = again(workspace, first.workshop["code"], "b" * 32)
    assert "unmistakable" not in repr(second.get_state())
