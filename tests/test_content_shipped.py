"""Everything in `data/`, as it is shipped."""

import os
import re
import shutil
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from mlmgmt_widgets.assessment import explain, load_rubric, read_responses, score
from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.content import names, shipped
from mlmgmt_widgets.kinds import check
from mlmgmt_widgets.readiness.checklist import load_checklist
from mlmgmt_widgets.readiness.evidence import FolderFiles, read_evidence
from mlmgmt_widgets.readiness.review import Review, load_review
from mlmgmt_widgets.readiness.tiers import propose_tier
from mlmgmt_widgets.readiness.verdict import evaluate
from mlmgmt_widgets.timeline import simulate
from mlmgmt_widgets.timeline.durations import is_uncertain

PLANS = sorted((shipped() / "plans").glob("*.yaml"))
RUBRICS = sorted((shipped() / "rubrics").glob("*.yaml"))
EXAMPLES = sorted((shipped() / "examples").glob("maturity-*.csv"))
CHECKLISTS = sorted((shipped() / "checklists").glob("*.yaml"))
REVIEWS = sorted((shipped() / "examples").glob("churn-review-*.yaml"))
RELEASES = sorted((shipped() / "examples" / "releases").glob("*.yaml"))


def test_there_is_content():
    assert names("rubrics") == ("ml-test-score", "mlops-maturity", "pulse")
    assert len(EXAMPLES) >= 2
    assert names("checklists") == ("llm-feature", "model-readiness")
    assert len(REVIEWS) == 2
    suffixes = {path.suffix for path in shipped().rglob("*") if path.is_file()}
    assert suffixes <= {".yaml", ".csv", ".md", ".json", ".xml", ""}


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


# -- checklists ----------------------------------------------------------------------------------------------------


def every_combination(checklist):
    return [(stage, tier) for stage in checklist.stages for tier in checklist.tiers]


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_checklist_is_sound(path):
    checklist = load_checklist(path)
    assert checklist.id == path.stem
    assert checklist.description
    for item in checklist.items:
        said = (item.title, item.theme, item.why, item.evidence, item.owner, item.if_open and item.if_open.title)
        assert all(said), item.id
        assert item.rule is None, item.id  # thresholds are the team's
        assert item.question.endswith("?"), item.id
        assert 1 <= len(item.title.split()) <= 5, item.id
        assert bool(item.tiers) == bool(item.tier_reason), item.id
        assert checklist.tiers[0] not in item.tiers, item.id  # asked from the lowest on is asked always
    for texts in zip(*((item.title, item.question, item.why) for item in checklist.items), strict=True):
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_word_that_a_checklist_uses_has_a_meaning(path):
    checklist = load_checklist(path)
    used = {*checklist.stages, *checklist.tiers, *checklist.themes, *checklist.roles}
    assert set(checklist.meanings) == used
    assert set(checklist.sign_offs) == set(checklist.stages[1:])


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_roles_and_questions_are_those_of_the_maturity_rubric(path):
    checklist, rubric = load_checklist(path), load_rubric("mlops-maturity")
    roles = {role for question in rubric.questions for role in question.roles}
    assert {item.owner for item in checklist.items} <= roles | {"privacy-officer"}
    questions = {question.id for question in rubric.questions}
    assert {each for item in checklist.items for each in item.maturity} <= questions


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_every_stage_and_every_tier_asks_for_more_than_the_one_before(path):
    checklist = load_checklist(path)
    for stage in checklist.stages:
        asked = [{item.id for item in checklist.asked(stage, tier)} for tier in checklist.tiers]
        assert all(lower <= higher for lower, higher in pairwise(asked))
    last = [len(checklist.asked(checklist.stages[-1], tier)) for tier in checklist.tiers]
    assert last == sorted(set(last))
    for tier in checklist.tiers:
        sizes = [len(checklist.asked(stage, tier)) for stage in checklist.stages]
        assert sizes == sorted(set(sizes))
        assert sizes[0] > 0


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_all_that_a_checklist_asks_can_be_met_and_nothing_said_is_never_enough(path):
    checklist = load_checklist(path)
    on = date(2026, 11, 2)
    about = {"checklist": checklist.key, "subject": "toy", "version": "1"}
    silent = Review(**about)
    full = Review(**about, items={each.id: {"status": "pass", "by": "Kim", "on": on} for each in checklist.items})
    for stage, tier in every_combination(checklist):
        assert evaluate(checklist, full, stage=stage, tier=tier, today=on).ready
        verdict = evaluate(checklist, silent, stage=stage, tier=tier, today=on)
        asked = {item.id for item in checklist.asked(stage, tier) if item.severity == "blocking"}
        assert {blocker.item for blocker in verdict.blockers} == asked


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_most_things_block_and_few_cannot_be_waived(path):
    checklist = load_checklist(path)
    firm = [item for item in checklist.items if not item.waivable]
    assert 2 <= len(firm) <= 4
    assert all(item.severity == "blocking" for item in firm)
    blocking = sum(item.severity == "blocking" for item in checklist.items)
    assert 0.7 < blocking / len(checklist.items) < 1


@pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
def test_the_risk_questions_lead_to_every_tier_and_say_why(path):
    checklist = load_checklist(path)
    no = {question.id: "no" for question in checklist.risk}
    assert propose_tier(checklist, no).tier == checklist.tiers[0]
    assert {question.tier for question in checklist.risk} == set(checklist.tiers[1:])
    for question in checklist.risk:
        proposal = propose_tier(checklist, {**no, question.id: "yes"})
        assert (proposal.tier, proposal.reasons) == (question.tier, (question.because,))
        assert not re.search(r"^[A-Z]|[.?]$", question.because), question.id  # the end of a sentence


def test_the_model_checklist_is_what_the_issue_asks_for():
    checklist = load_checklist("model-readiness")
    assert checklist.stages == ("prototype-exit", "shadow", "production", "steady-state")
    assert checklist.tiers == ("low", "medium", "high")
    assert 38 <= len(checklist.items) <= 46
    assert 6 <= len(checklist.risk) <= 8
    sizes = {theme: sum(item.theme == theme for item in checklist.items) for theme in checklist.themes}
    assert min(sizes["performance"], sizes["data-pipeline"], sizes["monitoring"]) >= 5
    assert sizes["rollback"] >= 4
    assert {"reproducibility", "documentation", "security", "responsible-use", "operations"} < set(sizes)
    firm = {item.id for item in checklist.items if not item.waivable}
    assert {"rollback-plan", "data-approval", "stop-authority"} <= firm


def test_the_checklist_for_language_models_is_short():
    checklist = load_checklist("llm-feature")
    assert checklist.stages == ("prototype-exit", "limited-release", "production")
    assert 14 <= len(checklist.items) <= 18
    assert 4 <= len(checklist.risk) <= 5


# -- reviews -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*REVIEWS, *RELEASES], ids=lambda path: path.stem)
def test_every_review_fits_its_checklist_and_names_who_and_when(path):
    review = load_review(path, load_checklist("model-readiness"))
    for name, entry in review.items.items():
        assert entry.status == "unknown" or (entry.by and entry.on), name
        for link in (each.link for each in entry.evidence if each.link):
            assert link.startswith("https://example.org/"), name
        days = [change.on for change in entry.history]
        assert days == sorted(days), name


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.stem)
def test_the_tier_of_an_example_is_the_one_that_its_answers_propose(path):
    checklist = load_checklist("model-readiness")
    review = load_review(path, checklist)
    proposal = propose_tier(checklist, review.risk)
    assert (proposal.tier, proposal.open) == (review.tier, ())


def test_the_live_version_is_ready_to_the_last_stage():
    checklist = load_checklist("model-readiness")
    review = load_review(REVIEWS[0], checklist)
    verdict = evaluate(checklist, review, stage="steady-state", today=date(2026, 10, 15))
    assert verdict.ready
    assert [open_.item for open_ in verdict.advisories] == ["retirement"]


@pytest.fixture
def examples(tmp_path):
    """A copy of the examples whose files are of the day on which the team wrote them."""
    folder = tmp_path / "examples"
    shutil.copytree(shipped() / "examples", folder)
    written = datetime(2026, 10, 21, 12).astimezone().timestamp()
    for file in folder.rglob("*"):
        os.utime(file, (written, written))
    return folder


def next_version(examples):
    checklist = load_checklist("model-readiness")
    return read_evidence(checklist, load_review(examples / "churn-review-v4.yaml", checklist), FolderFiles(examples))


def test_the_next_version_has_passed_shadow_and_is_stopped_before_production(examples):
    checklist = load_checklist("model-readiness")
    review = next_version(examples)
    today = date(2026, 11, 30)
    assert evaluate(checklist, review, stage="shadow", today=today).ready
    verdict = evaluate(checklist, review, stage="production", today=today)
    assert {blocker.item: blocker.reason for blocker in verdict.blockers} == {
        "decision-calibration": "failed",
        "rollback-rehearsed": "failed",
        "time-to-restore": "stale-version",
        "staged-release": "missing",
        "vulnerability-scan": "expired",
    }
    assert verdict.of("decision-calibration").said == "calibration_error 0.034, needs at most 0.03"
    assert [each.item for each in verdict.waived] == ["alert-test"]
    assert verdict.of("consumers-told").outcome == "na"


def test_all_that_the_next_version_reads_is_there_and_of_several_kinds(examples):
    review = next_version(examples)
    pieces = [each for entry in review.items.values() for each in entry.evidence if each.read_from]
    assert [each.missing for each in pieces if not each.is_read] == []
    assert {each.read_from for each in pieces} == {"file", "junit", "great_expectations"}
    read = {each.file for each in pieces} | {each.junit for each in pieces}
    read |= {each.great_expectations for each in pieces}
    there = {f"churn/{file.name}" for file in (examples / "churn").iterdir()}
    assert read - {None} == there


def test_four_of_six_releases_had_a_rehearsed_rollback():
    checklist = load_checklist("model-readiness")
    statuses = [load_review(path, checklist).entry("rollback-rehearsed").status for path in RELEASES]
    assert sorted(statuses) == ["fail", "pass", "pass", "pass", "pass", "waived"]
    assert all(len(path.read_text(encoding="utf-8").splitlines()) < 40 for path in RELEASES)
