import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from mlmgmt_widgets.assessment import load_rubric, read_responses, score
from mlmgmt_widgets.assessment.summary import TOPICS
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.documents import read_document
from mlmgmt_widgets.readiness import Review, load_checklist
from mlmgmt_widgets.serving import run
from mlmgmt_widgets.workspace import Workspace
from tests.readiness.shapes import reviewed
from tests.rubrics import toy, written

EXAMPLE = shipped() / "examples" / "maturity-2026-03.csv"
V4 = shipped() / "examples" / "churn-review-v4.yaml"
TOY_CSV = "respondent,role,question,answer,comment\na,,data-versioned,1,\na,,data-checked,0.5,\na,,canary,0.5,\n"


@pytest.fixture
def toy_file(tmp_path):
    return written(tmp_path, toy().model_dump_json(exclude_none=True), "toy.yaml")


def test_check_says_what_it_found(mlmgmt):
    assert mlmgmt("check", "mlops-maturity") == (
        0,
        "ok mlops-maturity: rubric mlops-maturity@1.0.0, 35 questions\n",
        "",
    )
    path = shipped() / "rubrics" / "pulse.yaml"
    assert mlmgmt("check", path) == (0, f"ok {path}: rubric pulse@1.0.0, 7 questions\n", "")


def test_check_reports_every_file_and_every_fault(mlmgmt, tmp_path, toy_file):
    bad = written(tmp_path, "id: A\nversion: 1.0\n", "bad.yaml")
    status, out, err = mlmgmt("check", bad, toy_file, tmp_path / "none.yaml")
    assert status == 2
    assert out == f"ok {toy_file}: rubric toy@1.0.0, 3 questions\n"
    lines = err.splitlines()
    assert f"{bad}:1: id: found 'A', expected a kebab-case id such as data-quality" in lines
    assert f"{bad}:2: version: found 1.0, expected text (with quotes, if it is meant as text)" in lines
    assert lines[-1].startswith(f"{tmp_path / 'none.yaml'}: found no such file")
    assert all(": found " in line and ", expected " in line for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: a\nstages: [a]\ntiers: [b]\nitems: []\n", "items: found 0, expected at least 1 of them"),
        ("id: a\nstages: []\n", "stages: found 0, expected at least 1 of them"),
        ("checklist: a\nsubject: b\nitems: {}\n", "checklist: found 'a', expected"),
        ("subject: b\nversion: 3\nsign_offs: []\n", "version: found 3, expected text"),
        ("id: a\ntasks: []\ndeadline: soon\n", "deadline: found 'soon', expected a day"),
        ("a: b\n", "a: found the unknown key 'a', expected one of id, version, title"),
        ("- a\n", "found a list, expected a mapping"),
    ],
)
def test_check_knows_a_file_by_its_keys(mlmgmt, tmp_path, text, said):
    status, out, err = mlmgmt("check", written(tmp_path, text, "x.yaml"))
    assert (status, out) == (2, "")
    assert any(said in line for line in err.splitlines()), err


def test_check_says_what_checklists_and_reviews_are(mlmgmt):
    assert mlmgmt("check", "model-readiness")[1] == (
        f"ok model-readiness: checklist model-readiness@1.0.0, {len(load_checklist('model-readiness').items)} items\n"
    )
    path = shipped() / "examples" / "churn-review-v4.yaml"
    assert mlmgmt("check", path) == (0, f"ok {path}: review churn-model 4, model-readiness@1.0.0\n", "")


REVIEW = "checklist: model-readiness@1.0.0\nsubject: a\nversion: '3'\nitems:\n  rollback-pln: {}\n"


def test_check_holds_a_review_against_a_checklist_that_it_finds(mlmgmt, tmp_path):
    path = written(tmp_path, REVIEW, "review.yaml")
    status, out, err = mlmgmt("check", path)
    assert (status, out) == (2, "")
    assert err.startswith(f"{path}:5: items.rollback-pln: found 'rollback-pln', expected one of the items of")
    assert err.endswith("(nearest: rollback-plan)\n")


@pytest.mark.parametrize("other", ["model-readiness@0.9.0", "one-of-our-own@1.0.0"])
def test_check_takes_a_review_of_another_checklist_as_it_is(mlmgmt, tmp_path, other):
    path = written(tmp_path, REVIEW.replace("model-readiness@1.0.0", other), "review.yaml")
    assert mlmgmt("check", path) == (0, f"ok {path}: review a 3, {other}\n", "")


def test_schema_is_json_schema(mlmgmt):
    status, out, err = mlmgmt("schema", "rubric")
    schema = json.loads(out)
    assert (status, err) == (0, "")
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["required"]) == {"id", "version", "title", "answers"}


CONTENT = {
    "rubric": sorted((shipped() / "rubrics").glob("*.yaml")),
    "plan": sorted((shipped() / "plans").glob("*.yaml")),
    "checklist": sorted((shipped() / "checklists").glob("*.yaml")),
    "review": sorted((shipped() / "examples").rglob("*review*.yaml")),
}


@pytest.mark.parametrize("kind", CONTENT)
def test_an_editor_takes_what_is_shipped_by_the_schema(mlmgmt, kind):
    schema = json.loads(mlmgmt("schema", kind)[1])
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for path in CONTENT[kind]:
        data = read_document(path).data
        assert [error.message for error in judge.iter_errors(data)] == []
        assert list(judge.iter_errors({**data, "unknwon": 1}))


@settings(max_examples=40)
@given(reviewed())
def test_the_schemas_accept_what_is_accepted(pair):
    for found in pair:
        data = found.model_dump(mode="json", exclude_defaults=True)
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **type(found).model_json_schema()}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"tier": 3}, "tier"),
        ({"subject": ""}, "subject"),
        ({"version": 4}, "version"),
        ({"items": {"a": {"status": "passed"}}}, "items"),
        ({"items": {"a": {"on": "yesterday"}}}, "items"),
        ({"sign_offs": [{"role": "ml-engineer"}]}, "sign_offs"),
        ({"risk": {"a": True}}, "risk"),
    ],
)
def test_an_editor_sees_by_the_schema_what_is_refused(mlmgmt, change, where):
    schema = json.loads(mlmgmt("schema", "review")[1])
    judge = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    data = {"checklist": "toy@1.0.0", "subject": "churn", "version": "3", **change}
    assert {error.path[0] for error in judge.iter_errors(data)} == {where}
    with pytest.raises(ValueError, match=where):
        Review.model_validate(data)


def test_schema_of_what_is_not_there(mlmgmt):
    assert mlmgmt("schema", "rubrc") == (
        2,
        "",
        "kind: found 'rubrc', expected a rubric, plan, checklist or review (nearest: rubric)\n",
    )


def test_score_as_json_is_the_result(mlmgmt):
    status, out, err = mlmgmt("score", "mlops-maturity", EXAMPLE, "--json")
    rubric = load_rubric("mlops-maturity")
    assert (status, err) == (0, "")
    assert json.loads(out) == score(rubric, read_responses(rubric, EXAMPLE)).to_dict()


def test_score_for_people(mlmgmt, toy_file, tmp_path):
    answers = written(tmp_path, TOY_CSV, "answers.csv")
    status, out, err = mlmgmt("score", toy_file, answers)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "A toy rubric (toy@1.0.0), 1 respondent",
        "",
        "The overall score is 1, and scores above 0 and up to 1 earn the level Started.",
        "",
        "           score   low  high  answered  don't know",
        "All         1.00  1.00  1.00         3           0",
        "  Data      1.50  1.50  1.50         2           0",
        "  Serving   0.50  0.50  0.50         1           0",
    ]


def test_score_says_where_talking_pays(mlmgmt):
    _, out, _ = mlmgmt("score", "mlops-maturity", EXAMPLE)
    assert "Where talking pays most:" in out
    assert out.count("consensus") == TOPICS


def test_score_refuses_with_file_line_field_found_and_expected(mlmgmt, toy_file, tmp_path):
    answers = written(tmp_path, TOY_CSV.replace("canary,0.5", "canary,7"), "answers.csv")
    assert mlmgmt("score", toy_file, answers, "--json") == (
        2,
        "",
        f"{answers}:4: answer: found '7', expected one of 0, 0.5, 1, na or dk\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("check",),
        ("forecast",),
        ("forecast", "none.yaml"),
        ("forecast", "new-modle"),
        ("forecast", "new-model", "--draws", "3"),
        ("forecast", "new-model", "--draws", "many"),
        ("forecast", "new-model", "--seed", "-1"),
        ("gate",),
        ("gate", "model-readiness"),
        ("gate", "model-readiness", "none.yaml", "--stage", "shadow"),
        ("gate", "model-readines", "none.yaml", "--stage", "shadow"),
        ("gate", "model-readiness", "a\0b", "--stage", "shadow"),
        ("gate", "model-readiness", "/", "--stage", "shadow"),
        ("gate", "model-readiness", V4),
        ("gate", "model-readiness", V4, "--stage", "shadw"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--tier", "hihg"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--today", "2026-02-30"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--json", "--markdown"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--evidence", "/no/such/folder"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--junit", "/no/such/folder/out.xml"),
        ("gate", "model-readiness", V4, "--stage", "shadow", "--junit", "a\0b"),
        ("score", "pulse"),
        ("score", "pulse", "none.csv"),
        ("score", "puls", "none.csv"),
        ("score", "pulse", ".", "--jsn"),
        ("score", "pulse", "/"),
        ("check", "/"),
        ("check", "a\0b"),
        ("schema",),
        ("serve", "--port", "many"),
        ("serve", "--port", "70000"),
        ("serve", "--kernels", "borrowed"),
        ("serve", "--max-participants", "0"),
        ("backup",),
        ("backup", "/no/such/folder/copy.sqlite", "--database", "sqlite:////no/such/workspace.sqlite"),
        ("backup", "copy.sqlite", "--database", "sqlite:////no/such/workspace.sqlite"),
        ("restore", "/no/such/copy.sqlite"),
        ("restore", V4),
        ("doctor", "--port", "many"),
    ],
)
def test_bad_input_is_one_line_and_status_two(mlmgmt, arguments):
    status, out, err = mlmgmt(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert len(err) > 10


PLAN = """
title: Two in a row
start: 2027-01-04
tasks:
  - {id: build, weeks: 1.5}
  - {id: test, weeks: 0.5, after: [build]}
deadline: 2027-01-15
"""


def test_forecast_as_json_is_the_contract(mlmgmt, tmp_path):
    status, out, err = mlmgmt(
        "forecast", written(tmp_path, PLAN, "plan.yaml"), "--json", "--draws", "1024", "--seed", 7
    )
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "plan": "Two in a row",
        "draws": 1024,
        "seed": 7,
        "success_probability": 1.0,
        "weeks": {"mean": 2.0, "sd": 0.0, "p10": 2.0, "p50": 2.0, "p80": 2.0, "p90": 2.0, "p95": 2.0},
        "dates": {"p50": "2027-01-15", "p80": "2027-01-15", "p95": "2027-01-15"},
        "on_time": 1.0,
        "criticality": {"build": 1.0, "test": 1.0},
        "drivers": [],
        "error_p80": 0.0,
    }


def test_forecast_for_people(mlmgmt, tmp_path):
    status, out, err = mlmgmt("forecast", written(tmp_path, PLAN, "plan.yaml"))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "Two in a row",
        "",
        "Delivered half the time by 15 January 2027, eight in ten by 15 January 2027.",
        "The chance to make the deadline of 15 January 2027 is more than 95 %.",
        "",
        "If delivered               by  weeks",
        "P50           15 January 2027    2.0",
        "P80           15 January 2027    2.0",
        "P95           15 January 2027    2.0",
        "",
        "Ends          P10         P50         P90  critical",
        "Build  2027-01-13  2027-01-13  2027-01-13     100 %",
        "Test   2027-01-15  2027-01-15  2027-01-15     100 %",
        "",
        "16,384 trials, seed 0; P80 is exact to ±0.00 weeks (two standard errors). Distributions: fixed.",
    ]


def test_forecast_is_the_same_bytes_every_time_and_says_nulls_where_nothing_is_delivered(mlmgmt, tmp_path):
    never = PLAN.replace("tasks:", "research: {timebox_weeks: 2, success: 0, max_experiments: 3}\ntasks:")
    path = written(tmp_path, never, "never.yaml")
    first, again = (mlmgmt("forecast", path, "--json") for _ in range(2))
    assert first == again
    found = json.loads(first[1])
    assert (first[0], found["success_probability"], found["on_time"], found["error_p80"]) == (0, 0.0, 0.0, None)
    assert set(found["weeks"].values()) | set(found["dates"].values()) == {None}
    assert "at all" in mlmgmt("forecast", path)[1]


def test_a_forecast_that_hardly_ever_delivers_says_so_and_is_json(mlmgmt, tmp_path):
    rarely = PLAN.replace("tasks:", "research: {timebox_weeks: 2, success: 0.0008, max_experiments: 1}\ntasks:")
    path = written(tmp_path, rarely, "rarely.yaml")
    status, out, err = mlmgmt("forecast", path, "--draws", "1024", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["error_p80"] is None
    assert "nobody can say how exact" in mlmgmt("forecast", path, "--draws", "1024")[1]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("weeks: 1.5", "weeks: -1", "5: tasks[0].weeks: found -1, expected a number of weeks from 0 to 520"),
        ("[build]", "[biuld]", "6: tasks[1].after[0]: found the unknown task 'biuld', expected 'build'"),
        ("2027-01-04", "2027-01-03", "3: start: found 2027-01-03, a Sunday, expected a weekday"),
    ],
)
def test_forecast_refuses_with_file_line_field_found_and_expected(mlmgmt, tmp_path, before, after, said):
    path = written(tmp_path, PLAN.replace(before, after), "plan.yaml")
    status, out, err = mlmgmt("forecast", path, "--json")
    assert (status, out) == (2, "")
    assert err.startswith(f"{path}:{said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("word", ["mlops-maturty", "new-modle"])
def test_a_mistyped_name_is_answered_by_the_nearest_of_any_kind(mlmgmt, word):
    assert "(nearest: " in mlmgmt("check", word)[2]


def test_alone_it_helps(mlmgmt):
    status, out, _ = mlmgmt()
    assert status == 0
    groups = dict(re.findall(r"^([^\n]+):\n((?:  .*\n)+)", out, re.MULTILINE))
    assert {name: re.findall(r"^  (\w+)  ", lines, re.MULTILINE) for name, lines in groups.items()} == {
        "Options": [],
        "The workbook": ["serve", "lab", "new", "where"],
        "Content, without a notebook": ["check", "schema", "score", "forecast", "gate"],
        "Looking after it": ["backup", "restore", "doctor"],
    }


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ((), {"kernels": None, "max_participants": None}),
        (("--kernels", "local"), {"kernels": "local", "max_participants": None}),
        (("--kernels", "forked", "--max-participants", "30"), {"kernels": "forked", "max_participants": 30}),
    ],
)
def test_serve_is_told_how_kernels_start_and_how_many_may_come(mlmgmt, monkeypatch, given, passed):
    told = {}
    monkeypatch.setattr(run, "serve", lambda *_, **options: told.update(options))
    assert mlmgmt("serve", *given) == (0, "", "")
    assert {name: told[name] for name in passed} == passed


def test_a_workspace_is_saved_and_put_back(mlmgmt, monkeypatch, tmp_path):
    monkeypatch.setenv("MLMGMT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLMGMT_DATABASE_URL", raising=False)
    file, copy = tmp_path / "home" / "workspace" / "workspace.sqlite", tmp_path / "copy.sqlite"
    with Workspace.open(f"sqlite:///{file}") as workspace:
        workspace.workshops.create(toy(), "Search")
    holds = "1 workshop, no participants, no answers, no plans and no reviews"

    status, out, err = mlmgmt("backup", copy)
    assert (status, err) == (0, "")
    assert re.fullmatch(rf"Saved {holds} in {copy} \(\d+ kB\)\.\n", out)
    status, out, err = mlmgmt("restore", copy)
    assert (status, out) == (2, "")
    assert err == f"{file} holds {holds}; nothing was changed. --force replaces them, and keeps them in a file.\n"
    status, out, err = mlmgmt("restore", copy, "--force")
    assert (status, err) == (0, "")
    said, kept = out.splitlines()
    assert said == f"Restored {holds} into {file}."
    place = kept.removeprefix("What was there before is kept in ").removesuffix(".")
    assert mlmgmt("restore", place, "--database", f"sqlite:///{tmp_path / 'second.sqlite'}")[0] == 0


def test_the_help_of_check_and_schema_names_every_kind(mlmgmt):
    for command in ("check", "schema"):
        said = mlmgmt(command, "--help")[1]
        assert all(kind in said for kind in CONTENT)


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m mlmgmt_widgets schema rubric | head -c 1"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False, env=os.environ)
    assert run.stdout == "{"
    assert run.stderr == ""


def test_where_names_the_places_and_never_a_password(mlmgmt, monkeypatch, tmp_path):
    monkeypatch.setenv("MLMGMT_HOME", str(tmp_path))
    assert f"home       {tmp_path}" in mlmgmt("where")[1]
    monkeypatch.setenv("MLMGMT_DATABASE_URL", "postgresql://ann:secret@db.example/team")
    said = mlmgmt("where")[1]
    assert "team on db.example" in said
    assert "secret" not in said


def test_in_a_folder_of_ones_own_its_rubrics_are_found_by_name(mlmgmt, monkeypatch, tmp_path):
    (tmp_path / "mlmgmt.toml").touch()
    (tmp_path / "data" / "rubrics").mkdir(parents=True)
    written(tmp_path / "data" / "rubrics", toy().model_dump_json(exclude_none=True), "ours.yaml")
    monkeypatch.chdir(tmp_path)
    assert mlmgmt("check", "ours")[0] == 0
