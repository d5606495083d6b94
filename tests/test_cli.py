import json
import os
import subprocess
import sys

import pytest

from mlmgmt_widgets import cli
from mlmgmt_widgets.assessment import load_rubric, read_responses, score
from mlmgmt_widgets.content import shipped
from tests.rubrics import toy, written

EXAMPLE = shipped() / "examples" / "maturity-2026-03.csv"
TOY_CSV = "respondent,role,question,answer,comment\na,,data-versioned,1,\na,,data-checked,0.5,\na,,canary,0.5,\n"


@pytest.fixture
def mlmgmt(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["mlmgmt", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return ended.value.code, printed.out, printed.err

    return run


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
    ("text", "kind"),
    [
        ("title: a\nstart: 2027-01-04\ntasks: []\n", "plan"),
        ("id: a\nstages: [a]\ntiers: [b]\nitems: []\n", "checklist"),
        ("checklist: a@1\nsubject: b\nitems: {}\n", "review"),
    ],
)
def test_check_names_a_kind_that_is_not_there_yet(mlmgmt, tmp_path, text, kind):
    path = written(tmp_path, text, "x.yaml")
    assert mlmgmt("check", path) == (
        2,
        "",
        f"{path}:1: found a {kind}, which comes in a later version, expected a rubric\n",
    )


def test_schema_is_json_schema(mlmgmt):
    status, out, err = mlmgmt("schema", "rubric")
    schema = json.loads(out)
    assert (status, err) == (0, "")
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["required"]) == {"id", "version", "title", "answers"}


@pytest.mark.parametrize("kind", ["plan", "checklist", "review", "rubrc"])
def test_schema_of_what_is_not_there(mlmgmt, kind):
    status, out, err = mlmgmt("schema", kind)
    assert (status, out) == (2, "")
    assert err.startswith(f"kind: found '{kind}'")
    assert err.count("\n") == 1


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
    assert out.count("consensus") == cli.TOPICS


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
    ],
)
def test_bad_input_is_one_line_and_status_two(mlmgmt, arguments):
    status, out, err = mlmgmt(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert len(err) > 10


def test_alone_it_helps(mlmgmt):
    status, out, _ = mlmgmt()
    assert status == 0
    assert all(command in out for command in ("check", "schema", "score", "serve", "lab", "new"))


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
