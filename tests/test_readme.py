"""What the README says can be done, and its examples are what the program takes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric, read_responses, score
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.serving.folder import new
from mlmgmt_widgets.timeline import load_plan, simulate

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = dict.fromkeys(re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL))
COMMANDS = [line.split("#")[0].strip() for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if line]
END = r"mlmgmt (score|forecast|gate|check|schema|where|new|backup|doctor)\b"
RUN_AND_END = [line for line in COMMANDS if re.match(END, line)]


def run(line: str, folder: Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as a shell would, with this environment's `mlmgmt`."""
    command = f"{shlex.quote(sys.executable)} -m mlmgmt_widgets {line.removeprefix('mlmgmt ')}"
    environment = {**os.environ, "MLMGMT_HOME": str(home)} if home else None
    asked = ["sh", "-c", command]
    return subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_readme_has_commands_to_run() -> None:
    assert len(RUN_AND_END) >= 4
    assert {"make serve", "make lab"} <= set(COMMANDS)


@pytest.mark.parametrize("line", RUN_AND_END)
def test_a_command_of_the_readme_works_as_written(line: str, tmp_path: Path) -> None:
    if re.match(r"mlmgmt (backup|doctor)\b", line):
        Workspace.open(f"sqlite:///{tmp_path / 'home' / 'workspace' / 'workspace.sqlite'}").close()
        (tmp_path / "home").chmod(0o700)
        assert run(line, tmp_path, tmp_path / "home").returncode == 0
        return
    folder = tmp_path if " new " in f" {line} " else new(tmp_path / "team") if "data/rubrics" in line else ROOT
    done = run(line, folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake (\w+)", README))))
def test_a_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_rubric_and_the_plan_in_the_readme_are_ones(tmp_path: Path) -> None:
    rubric, plan, *_ = (text for kind, text in BLOCKS if kind == "yaml")
    (tmp_path / "toy.yaml").write_text(rubric, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    assert load_rubric(tmp_path / "toy.yaml").key == "toy@1.0.0"
    assert 0.8 < simulate(load_plan(tmp_path / "plan.yaml")).success_probability < 0.9  # 1 - 0.65^5


def test_the_checklist_and_the_review_in_the_readme_are_ones(tmp_path: Path) -> None:
    _, _, checklist, review, _ = (text for kind, text in BLOCKS if kind == "yaml")
    (tmp_path / "toy.yaml").write_text(checklist, encoding="utf-8")
    (tmp_path / "review.yaml").write_text(review, encoding="utf-8")
    (tmp_path / "metrics.json").write_text('{"test": {"auc": 0.83}}', encoding="utf-8")
    done = run("mlmgmt gate toy.yaml review.yaml --stage production --today 2026-11-24 --json", tmp_path)
    assert json.loads(done.stdout)["blockers"] == [], done.stdout + done.stderr


def test_the_workflow_in_the_readme_calls_what_there_is(tmp_path: Path) -> None:
    *_, workflow = (text for kind, text in BLOCKS if kind == "yaml")
    steps = yaml.safe_load(workflow)["jobs"]["gate"]["steps"]
    commands = [each["run"] for each in steps if each.get("run", "").startswith("mlmgmt")]
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reports").mkdir()
    release = min((shipped() / "examples" / "releases").iterdir())
    shutil.copy(release, tmp_path / "reviews" / "churn-model.yaml")
    assert len(commands) == 2
    for command in commands:
        done = run(command.replace('"$GITHUB_STEP_SUMMARY"', "summary.md"), tmp_path)
        assert done.returncode == 1, done.stderr  # that release was never asked for all that production takes
    assert (tmp_path / "reports" / "readiness.xml").stat().st_size > 0
    assert "Not ready" in (tmp_path / "summary.md").read_text("utf-8")


def test_the_files_that_the_readme_links_to_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize(("column", "wave"), [(1, "2026-03"), (2, "2026-09")])
def test_the_numbers_of_the_example_team_are_what_it_scores(column: int, wave: str) -> None:
    rubric = load_rubric("mlops-maturity")
    examples = shipped() / "examples"
    result = score(rubric, read_responses(rubric, examples / f"maturity-{wave}.csv"))
    lines = re.findall(
        r"^\| (?:\*\*)?(.+?)(?:\*\*)? *\|(.+?)\|(.+?)\|$", (examples / "README.md").read_text(), re.MULTILINE
    )
    said = {title.strip(): cells[column - 1].strip() for title, *cells in lines}
    for section in rubric.sections:
        assert said[section.title] == f"{result.nodes[section.id].score:.2f}"
    assert said["Score"] == f"{result.score:.2f}"
    assert said["Level"] == result.level
