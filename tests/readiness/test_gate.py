"""`mlmgmt gate`: the contract's JSON, its exit status, and a line for everything that is wrong."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import HealthCheck, given, settings
from tests.conftest import Run
from tests.readiness import shapes

from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.readiness import Checklist, Review, evaluate, export, load_checklist, load_review, report, summary
from mlmgmt_widgets.readiness.export_junit import write
from mlmgmt_widgets.readiness.export_yaml import to_yaml
from mlmgmt_widgets.readiness.gate import decide

CHECKLIST = """
id: toy
version: 1.0.0
title: A toy checklist
stages: [shadow, production]
tiers: [low, high]
items:
  - {id: auc-floor, stage: shadow, question: "?", rule: {metric: auc, at_least: 0.8}}
  - {id: rollback-plan, stage: production, question: "?", expires_after_days: 30, carries_over: true}
  - {id: bias-audit, stage: production, question: "?", tiers: [high], owner: data-scientist}
  - {id: drift, stage: production, question: "?", severity: advisory}
"""
REVIEW = """
checklist: toy@1.0.0
subject: churn-model
version: "3"
tier: low
items:
  auc-floor: {evidence: [{metric: auc, file: metrics.json}]}
  rollback-plan: {status: waived, reason: "The pager moves", by: Di, until: 2026-12-01}
"""
GATE = ("gate", "toy.yaml", "review.yaml", "--stage", "production", "--today", "2026-11-24")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a checklist, a review of it, and the metric that it reads, of a day before the review's."""
    (tmp_path / "toy.yaml").write_text(CHECKLIST, encoding="utf-8")
    (tmp_path / "review.yaml").write_text(REVIEW, encoding="utf-8")
    metric(tmp_path, 0.83)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def metric(folder: Path, value: float) -> None:
    (folder / "metrics.json").write_text(json.dumps({"auc": value}), encoding="utf-8")
    written = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
    os.utime(folder / "metrics.json", (written, written))


def edit(folder: Path, before: str, after: str, name: str = "review.yaml") -> None:
    text = (folder / name).read_text("utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), encoding="utf-8")


# -- the verdict ----------------------------------------------------------------------------------------------------


def test_json_is_the_contract(mlmgmt: Run) -> None:
    status, out, err = mlmgmt(*GATE, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "ready": True,
        "stage": "production",
        "tier": "low",
        "subject": "churn-model",
        "version": "3",
        "applicable": 3,
        "passed": 1,
        "blockers": [],
        "advisories": [{"item": "drift", "reason": "missing"}],
        "waived": [{"item": "rollback-plan", "reason": "The pager moves", "by": "Di", "until": "2026-12-01"}],
    }
    assert list(json.loads(out)) == [
        "ready", "stage", "tier", "subject", "version", "applicable", "passed", "blockers", "advisories", "waived",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "ready", "blockers"),
    [
        ((), True, []),
        (("--today", "2026-12-01"), True, []),  # the last day of the waiver counts
        (("--today", "2026-12-02"), False, [{"item": "rollback-plan", "reason": "waiver-expired"}]),
        (("--today", "2026-12-02", "--stage", "shadow"), True, []),
        (("--tier", "high"), False, [{"item": "bias-audit", "reason": "missing"}]),
        (("--model-version", "4"), False, [{"item": "auc-floor", "reason": "stale-version"}]),
        (("--model-version", "3"), True, []),
    ],
)
def test_day_stage_tier_and_version_may_be_asked_for(
    mlmgmt: Run, more: tuple[str, ...], ready: bool, blockers: Any
) -> None:
    status, out, _ = mlmgmt(*GATE, *more, "--json")
    found = json.loads(out)
    assert (status, found["ready"], found["blockers"]) == (0 if ready else 1, ready, blockers)


def test_the_value_in_the_file_decides_when_the_gate_is_asked(mlmgmt: Run, folder: Path) -> None:
    metric(folder, 0.79)
    status, out, err = mlmgmt(*GATE)
    assert (status, err) == (1, "")
    assert "NOT READY for production: churn-model 3 (tier low, toy@1.0.0, on 24 November 2026)" in out
    assert "    found:  auc 0.79, needs at least 0.8\n    needed: the metric auc of at least 0.8\n" in out


def test_evidence_may_lie_elsewhere_and_relative_paths_start_from_the_review(mlmgmt: Run, folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    metric(other, 0.5)
    assert mlmgmt(*GATE, "--evidence", "other")[0] == 1
    assert mlmgmt(*GATE, "--evidence", ".")[0] == 0
    (folder / "review.yaml").rename(other / "review.yaml")
    assert mlmgmt(GATE[0], GATE[1], "other/review.yaml", *GATE[3:])[0] == 1


def test_evidence_of_the_version_that_is_asked_for_is_read(mlmgmt: Run, folder: Path) -> None:
    """It is about version 4, in a review that is still of version 3."""
    edit(folder, "file: metrics.json}", 'file: metrics.json, version: "4"}')
    assert [each["item"] for each in json.loads(mlmgmt(*GATE, "--json")[1])["blockers"]] == ["auc-floor"]
    assert mlmgmt(*GATE, "--model-version", "4")[0] == 0


def test_the_forms_say_what_their_functions_say(mlmgmt: Run, folder: Path) -> None:
    asked = load_checklist(folder / "toy.yaml")
    made, verdict = decide(asked, folder / "review.yaml", stage="production", today=date(2026, 11, 24))
    assert mlmgmt(*GATE)[1] == summary.text(asked, verdict) + "\n"
    assert mlmgmt(*GATE, "--markdown")[1] == report.comment(asked, made, verdict) + "\n"
    assert mlmgmt(*GATE, "--junit", "out.xml")[1] == summary.text(asked, verdict) + "\n"
    assert (folder / "out.xml").read_text("utf-8") == export.to_junit(asked, verdict)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40)
@given(pair=shapes.reviewed())
def test_the_gate_on_an_exported_file_agrees(folder: Path, pair: tuple[Checklist, Review]) -> None:
    """Of what is not read again: a file, a report or a tag is looked for where the gate is asked."""
    asked, made = pair
    typed = {
        name: entry.model_copy(update={"evidence": tuple(each for each in entry.evidence if not each.read_from)})
        for name, entry in made.items.items()
    }
    made = made.model_copy(update={"items": typed})
    (folder / "exported.yaml").write_text(to_yaml(made), encoding="utf-8")
    found, verdict = decide(asked, folder / "exported.yaml", stage=asked.stages[-1], today=shapes.TODAY)
    assert found == made
    assert verdict == evaluate(asked, made, stage=asked.stages[-1], today=shapes.TODAY)


def test_the_example_team_is_stopped_before_production(mlmgmt: Run) -> None:
    path = shipped() / "examples" / "churn-review-v4.yaml"
    status, out, err = mlmgmt(
        "gate", "model-readiness", path, "--stage", "production", "--today", "2026-11-30", "--json"
    )
    found = json.loads(out)
    assert (status, err) == (1, "")
    assert {"item": "rollback-rehearsed", "reason": "failed"} in found["blockers"]
    assert [each["item"] for each in found["waived"]] == ["alert-test"]


# -- JUnit ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [(), ("--json",), ("--markdown",)])
def test_junit_is_written_beside_what_is_printed(mlmgmt: Run, folder: Path, form: tuple[str, ...]) -> None:
    plain = mlmgmt(*GATE, "--tier", "high", *form)
    assert mlmgmt(*GATE, "--tier", "high", *form, "--junit", "reports.xml") == plain
    found = ElementTree.parse(folder / "reports.xml").getroot()
    assert [(case.get("name"), [child.tag for child in case]) for case in found.iter("testcase")] == [
        ("auc-floor", []),
        ("rollback-plan", ["skipped"]),
        ("bias-audit", ["failure"]),
        ("drift", ["skipped"]),
    ]
    assert sorted(each.name for each in folder.iterdir()) == ["metrics.json", "reports.xml", "review.yaml", "toy.yaml"]


def test_a_reader_never_finds_half_a_file(tmp_path: Path) -> None:
    """While it is written again and again, every reading is one of the two texts, whole."""
    path = tmp_path / "out.xml"
    texts = ("a" * 3_000_000, "b" * 3_000_000)
    write(path, texts[0])
    writer = threading.Thread(target=lambda: [write(path, text) for text in texts * 10])
    writer.start()
    seen = []
    while writer.is_alive():
        text = path.read_text("utf-8")
        seen.append(len(text) == 3_000_000 and len(set(text)) == 1)
    writer.join()
    assert seen
    assert all(seen)


def test_a_file_that_cannot_be_written_leaves_the_old_one(mlmgmt: Run, folder: Path) -> None:
    assert mlmgmt(*GATE, "--junit", "no/such/out.xml") == (2, "", "no/such/out.xml: No such file or directory\n")
    status, out, err = mlmgmt(*GATE, "--junit", folder)
    assert (status, out) == (2, "")
    assert err.startswith(f"{folder}: ")
    assert err.count("\n") == 1
    assert sorted(each.name for each in folder.iterdir()) == ["metrics.json", "review.yaml", "toy.yaml"]


def test_junit_may_go_to_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text("utf-8")))
    reader.start()
    write(tmp_path / "pipe", "<a/>")
    reader.join(timeout=10)
    assert read == ["<a/>"]
    assert (tmp_path / "pipe").is_fifo()


# -- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ("--stage", "productoin"),
            "stage: found 'productoin', expected one of shadow, production (nearest: production)",
        ),
        (("--tier", "hihg"), "tier: found 'hihg', expected one of low, high (nearest: high)"),
        (("--today", "2026-02-30"), "--today: found '2026-02-30', expected a day such as 2027-01-31"),
        (("--today", "24.11.2026"), "--today: found '24.11.2026', expected a day such as 2027-01-31"),
        (("--today", "20261124"), "--today: found '20261124', expected a day such as 2027-01-31"),
        (("--today", "2026-W48-2"), "--today: found '2026-W48-2', expected a day such as 2027-01-31"),
        (("--today", "２０２６-11-24"), "--today: found '２０２６-11-24', expected a day such as 2027-01-31"),
        (("--today", ""), "--today: found '', expected a day such as 2027-01-31"),
        (("--model-version", "  "), "--model-version: found '', expected text that is not blank"),
        (("--evidence", "nowhere"), "folder: found 'nowhere', expected the folder of the evidence"),
        (("--json", "--markdown"), "Choose one of --json and --markdown."),
    ],
)
def test_a_wrong_option_is_one_line(mlmgmt: Run, more: tuple[str, ...], said: str) -> None:
    assert mlmgmt(*GATE, *more) == (2, "", f"{said}\n")


def test_a_tier_that_nobody_chose_is_asked_for(mlmgmt: Run, folder: Path) -> None:
    edit(folder, "tier: low\n", "")
    said = "tier: found nothing, expected one of low, high, in the review or as the tier asked for\n"
    assert mlmgmt(*GATE) == (2, "", said)
    assert mlmgmt(*GATE, "--tier", "low")[0] == 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("rollback-plan", "rolback-plan", "8: items.rolback-plan: found 'rolback-plan', expected one of the items of"),
        ("toy@1.0.0", "toy@2.0.0", "2: checklist: found 'toy@2.0.0', expected 'toy@1.0.0', the checklist at hand"),
        ("2026-12-01", "2026-12-32", "8: items.rollback-plan.until: found '2026-12-32', expected a day such as"),
        ("2026-12-01", "20261201", "8: items.rollback-plan.until: found 20261201, expected a day such as"),
        ("tier: low", "tier: lo", "5: tier: found 'lo', expected one of low, high"),
        ("status: waived", "status: wavied", "8: items.rollback-plan.status: found 'wavied', expected one of"),
        ("by: Di, ", "", "8: items.rollback-plan.by: found nothing, expected 'by', since the status is waived"),
        ('"3"', "3", "4: version: found 3, expected text (with quotes, if it is meant as text)"),
        ("metric: auc", "metirc: auc", "7: items.auc-floor.evidence[0].metirc: found the unknown key"),
        ("items:", "items: [", "8: found broken YAML"),
    ],
)
def test_a_faulty_review_has_a_line_with_file_field_and_what_was_expected(
    mlmgmt: Run, folder: Path, before: str, after: str, said: str
) -> None:
    edit(folder, before, after)
    status, out, err = mlmgmt(*GATE, "--junit", "out.xml")
    assert (status, out) == (2, "")
    assert any(line.startswith(f"review.yaml:{said}") for line in err.splitlines())
    assert all(line.startswith("review.yaml:") for line in err.splitlines())
    assert not (folder / "out.xml").exists()


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><testsuites>&d;</testsuites>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.xml", b"<testsuites><testsuite>"),
        ("report.xml", BOMB.encode()),
        ("report.xml", b" " * 10_000_001),
        ("metrics.json", b'{"auc": '),
        ("metrics.json", b'{"auc": 0.83, "x": "' + b"x" * 10_000_000 + b'"}'),
        ("metrics.json", b"\xff\xfe{}"),
    ],
)
def test_evidence_that_is_broken_is_a_fault_with_the_review_s_line(
    mlmgmt: Run, folder: Path, name: str, content: bytes
) -> None:
    edit(folder, "  rollback-plan:", "  drift: {evidence: [{junit: report.xml}]}\n  rollback-plan:")
    (folder / "report.xml").write_bytes(b'<testsuites><testsuite><testcase name="drift"/></testsuite></testsuites>')
    (folder / name).write_bytes(content)
    line, field = (8, "drift.evidence[0].junit") if name == "report.xml" else (7, "auc-floor.evidence[0].file")
    status, out, err = mlmgmt(*GATE)
    assert (status, out) == (2, "")
    assert err.startswith(f"review.yaml:{line}: items.{field}: found ")
    assert err.count("\n") == 1


def test_a_name_that_a_terminal_cannot_show_does_not_change_the_exit_status(folder: Path) -> None:
    """An exception would end in 1, which means that the model is not ready."""
    edit(folder, "The pager moves", "Zoë 🚀 said so")
    command = [sys.executable, "-m", "mlmgmt_widgets", *GATE]
    plain = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, encoding="latin-1", check=False, env=plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Zoë \\U0001f680 said so" in done.stdout


def test_nothing_is_read_where_the_question_is_already_wrong(mlmgmt: Run, folder: Path) -> None:
    (folder / "metrics.json").write_text("{", encoding="utf-8")
    assert mlmgmt(*GATE, "--stage", "nowhere")[2].startswith("stage: found 'nowhere'")


def test_a_review_in_a_folder_of_ones_own_is_found_by_its_name(mlmgmt: Run, folder: Path) -> None:
    (folder / "mlmgmt.toml").touch()
    (folder / "data" / "reviews").mkdir(parents=True)
    (folder / "data" / "checklists").mkdir()
    (folder / "toy.yaml").rename(folder / "data" / "checklists" / "toy.yaml")
    (folder / "review.yaml").rename(folder / "data" / "reviews" / "churn.yaml")
    assert load_review(folder / "data" / "reviews" / "churn.yaml").subject == "churn-model"
    assert mlmgmt("gate", "toy", "churn", *GATE[3:], "--evidence", ".")[0] == 0
    assert mlmgmt("check", "churn")[0] == 0


def test_a_tier_that_the_answers_contradict_and_what_was_left_out_are_said() -> None:
    review = Review.model_validate(
        {
            "checklist": "toy@1.0.0",
            "subject": "churn",
            "version": "3",
            "tier": "low",
            "risk": {"people": "yes"},
            "items": {"plan": {"status": "na", "reason": "It is a batch.", "by": "Ana"}},
        }
    )
    values = {"id": "toy", "version": "1.0.0", "title": "Toy", "stages": ["live"], "tiers": ["low", "high"]}
    question = {"id": "people", "question": "?", "tier": "high", "because": "it decides about people"}
    item = {"id": "plan", "title": "Plan", "stage": "live", "question": "?"}
    checklist = Checklist.model_validate({**values, "risk": [question], "items": [item]})
    said = summary.text(checklist, evaluate(checklist, review, stage="live"))
    assert "Tier low, though the answers about risk propose high; nobody says why it is another" in said
    assert "- Plan (plan): It is a batch (by Ana)" in said
    told = review.model_copy(update={"tier_reason": "It is a trial."})
    assert evaluate(checklist, told, stage="live").tier_note.endswith("chosen all the same: It is a trial")
    agreed = review.model_copy(update={"tier": "high"})
    assert evaluate(checklist, agreed, stage="live").tier_note == ""
