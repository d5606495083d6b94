"""Everything in `data/`, as it is shipped."""

import re
from pathlib import Path

import pytest

from mlmgmt_widgets.assessment import explain, load_rubric, read_responses, score
from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.content import names, shipped
from mlmgmt_widgets.kinds import check
from mlmgmt_widgets.timeline import simulate
from mlmgmt_widgets.timeline.durations import is_uncertain

PLANS = sorted((shipped() / "plans").glob("*.yaml"))
RUBRICS = sorted((shipped() / "rubrics").glob("*.yaml"))
EXAMPLES = sorted((shipped() / "examples").glob("maturity-*.csv"))


def test_there_is_content():
    assert names("rubrics") == ("ml-test-score", "mlops-maturity", "pulse")
    assert len(EXAMPLES) >= 2
    assert {path.suffix for path in shipped().rglob("*") if path.is_file()} <= {".yaml", ".csv", ".md", ""}


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
def test_every_rubric_is_sound(path):
    _, kind, rubric = check(path)
    assert kind.name == "rubric"
    assert rubric.id == path.stem
    for question in rubric.questions:
        assert question.descriptors, question.id
        assert len(set(question.descriptors)) == len(question.descriptors), question.id
        assert question.evidence, question.id


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
@pytest.mark.parametrize("end", [0, -1], ids=["lowest", "highest"])
def test_every_rubric_goes_from_its_lowest_to_its_highest_level(path, end):
    rubric = load_rubric(path)
    from mlmgmt_widgets.assessment import Response

    answers = {question.id: rubric.values[end] for question in rubric.questions}
    result = score(rubric, [Response(respondent="a", answers=answers)])
    if rubric.levels:
        assert result.level == rubric.levels.labels[end]
    assert result.score is not None


def test_the_maturity_rubric_is_what_the_issue_asks_for():
    rubric = load_rubric("mlops-maturity")
    assert [len(section.questions) for section in rubric.sections] == [5] * 7
    assert rubric.values == (0, 1, 2, 3, 4)
    assert rubric.levels.stages


def test_the_ml_test_score_is_that_of_the_paper():
    rubric = load_rubric("ml-test-score")
    assert [len(section.questions) for section in rubric.sections] == [7] * 4
    assert rubric.values == (0, 0.5, 1)
    assert {section.combine for section in rubric.sections} == {"sum"}
    assert rubric.combine == "minimum"
    assert [band.upto for band in rubric.levels.bands] == [0, 1, 2, 3, 5, None]


def test_the_pulse_has_one_question_for_each_section_of_the_maturity_rubric():
    pulse, maturity = load_rubric("pulse"), load_rubric("mlops-maturity")
    assert [len(section.questions) for section in pulse.sections] == [1] * 7
    assert [section.id for section in pulse.sections] == [section.id for section in maturity.sections]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_scores(path: Path):
    rubric = load_rubric("mlops-maturity")
    responses = read_responses(rubric, path)
    result = score(rubric, responses)
    assert result.respondents == 12
    assert result.level in rubric.levels.labels
    assert explain(rubric, result).sentence
    assert agenda(rubric, result)[0].priority > 0
    known = {role for question in rubric.questions for role in question.roles}
    assert set(responses.roles) <= known


def test_there_are_the_plans_that_teams_ask_for():
    assert names("plans") == ("data-pipeline-first", "llm-feature", "new-model", "replace-model")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_plan_is_sound(path):
    _, kind, plan = check(path)
    assert kind.name == "plan"
    assert all(each.title for each in (*plan.tasks, *plan.risks))
    assert sum(is_uncertain(amount) for amount in plan.amounts()) > len(plan.tasks) / 2
    forecast = simulate(plan, 4096)
    assert forecast.date(0.5) < plan.deadline < forecast.date(0.8)
    assert plan.research is None or 0.7 < forecast.success_probability < 0.95


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_number_of_a_plan_says_where_it_comes_from(path):
    """A comment on its line, or right above it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.search(
            r"^\s*(people|availability|research_share|success|max_experiments|\w*weeks|probability|parallel):", line
        ):
            near = lines[max(0, number - 3) : number + 1]
            assert any("#" in each for each in near), f"{path.name}:{number + 1}"
