"""Evidence that is read: what is left alone, what is missing, what is a fault, and how old a file is."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.readiness.evidence_shapes import TODAY, a_checklist, a_review, git, judged, read, refused

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.documents import parse_document
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Evidence, entries, evaluate, evidence_files, evidence_git
from mlmgmt_widgets.readiness.evidence import READERS, FolderFiles, UploadedFile, read_evidence, read_upload
from mlmgmt_widgets.readiness.review import parse_review


def test_every_source_has_a_reader():
    assert set(READERS) == set(entries.SOURCES)


# -- which evidence is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "evidence",
    [
        {"link": "https://wiki.example/rollback"},
        {"metric": "auc", "value": 0.83},
        {"junit": "junit.xml", "source": "junit.xml", "checks": {"passed": 4}},  # it was uploaded
        {"metric": "auc", "file": "metrics.json", "value": 0.9, "version": "2"},  # it is about another version
    ],
)
def test_what_was_typed_uploaded_or_said_of_another_version_stays(tmp_path, evidence):
    (tmp_path / "metrics.json").write_text('{"auc": 0.5}')
    assert read(tmp_path, evidence) == Evidence.model_validate(evidence)


def test_evidence_of_an_item_that_carries_over_is_read_whatever_its_version(tmp_path):
    (tmp_path / "metrics.json").write_text('{"auc": 0.5}')
    evidence = {"metric": "auc", "file": "metrics.json", "version": "2"}
    assert read(tmp_path, evidence, carries_over=True).value == 0.5


def test_evidence_without_a_version_is_of_its_items(tmp_path):
    (tmp_path / "plan.md").touch()
    review = a_review({"file": "plan.md"}, status="pass", version="2")
    assert read_evidence(a_checklist(), review, FolderFiles(tmp_path)) == review


def test_an_earlier_reading_does_not_survive_a_later_one(tmp_path):
    earlier = {"metric": "auc", "file": "metrics.json", "value": 0.9, "found": True}
    again = read(tmp_path, earlier)
    assert (again.value, again.found, again.missing) == (None, None, "metrics.json is not there")
    tests = read(tmp_path, {"junit": "junit.xml", "checks": {"passed": 1}})
    assert (tests.checks, tests.missing) == (None, "junit.xml is not there")


def test_the_earlier_of_the_day_that_was_written_and_that_of_the_file_counts(tmp_path):
    for name in ("metrics.json", "plan.md"):
        (tmp_path / name).write_text('{"auc": 0.83}')
        os.utime(tmp_path / name, times=(datetime(2026, 11, 10, 12, tzinfo=UTC).timestamp(),) * 2)
    for written, counts in (("2026-11-01", date(2026, 11, 1)), ("2026-11-20", date(2026, 11, 10))):
        assert read(tmp_path, {"metric": "auc", "file": "metrics.json", "on": written}).on == counts
        assert read(tmp_path, {"file": "plan.md", "on": written}).on == date(2026, 11, 10)  # its age is what counts


def test_in_a_shallow_clone_nothing_gets_younger(tmp_path):
    """Such a clone does not know when a file was changed; what somebody said lately says nothing about that."""
    source, clone = tmp_path / "source", tmp_path / "clone"
    source.mkdir()
    git(source, "init", "--quiet")
    (source / "metrics.json").write_text('{"auc": 0.83}')
    git(source, "add", ".")
    git(source, "commit", "--quiet", "-m", "then", on="2026-01-05T12:00:00")
    git(tmp_path, "clone", "--quiet", "--depth", "1", source.as_uri(), str(clone))
    checklist = a_checklist({"metric": "auc", "at_least": 0.8}, expires_after_days=30)
    for written in ({"on": "2026-01-05"}, {}):
        review = a_review({"metric": "auc", "file": "metrics.json", **written}, status="pass", on="2026-11-20")
        for folder in (source, clone):
            found = read_evidence(checklist, review, FolderFiles(folder))
            verdict = evaluate(checklist, found, stage="shadow", today=TODAY)
            assert [each.reason for each in verdict.blockers] == ["expired"]


def test_reading_returns_a_new_review(tmp_path):
    (tmp_path / "plan.md").touch()
    review = a_review({"file": "plan.md"})
    before = review.model_copy(deep=True)
    assert read_evidence(a_checklist(), review, FolderFiles(tmp_path)) != review
    assert review == before


# -- faults --------------------------------------------------------------------------------------------------------

REVIEW = """\
checklist: toy@1
subject: churn
version: "3"
items:
  rollback-plan:
    evidence:
      - {link: "https://wiki.example"}
      - {metric: auc, file: metrics.json}
      - junit: junit.xml
"""


def test_all_faults_are_raised_at_once_with_the_lines_of_the_review(tmp_path):
    (tmp_path / "metrics.json").write_text('{\n"auc": }')
    (tmp_path / "junit.xml").write_text("<testsuites>\n\n<oops")
    document = parse_document("review.yaml", REVIEW.encode())
    with pytest.raises(ContentError) as caught:
        read_evidence(a_checklist(), parse_review(REVIEW, "review.yaml"), FolderFiles(tmp_path), document=document)
    assert str(caught.value).splitlines() == [
        "review.yaml:8: items.rollback-plan.evidence[1].file: found broken JSON in metrics.json, line 2, expected JSON",
        "review.yaml:9: items.rollback-plan.evidence[2].junit: found broken XML in junit.xml, line 3, expected a JUnit report",  # noqa: E501
    ]


def test_a_review_of_another_checklist_is_refused_before_anything_is_read(tmp_path):
    document = parse_document("review.yaml", REVIEW.replace("toy@1", "other@1").encode())
    review = parse_review(REVIEW.replace("toy@1", "other@1"), "review.yaml")
    with pytest.raises(ContentError, match=r"review.yaml:1: checklist: found 'other@1'"):
        read_evidence(a_checklist(), review, FolderFiles(tmp_path), document=document)


@pytest.mark.parametrize("source", ["junit", "evidently", "great_expectations", "pandera", "file"])
def test_a_file_that_is_not_there_is_missing_evidence_and_no_fault(tmp_path, source):
    assert read(tmp_path, {source: "reports/none"}).missing == "reports/none is not there"
    assert judged(tmp_path, {source: "reports/none"}, {source: "*"}).reason == "missing"


@pytest.mark.parametrize("name", ["nul\0l", "file.txt/below"])
def test_a_name_that_no_file_can_have(tmp_path, name):
    (tmp_path / "file.txt").touch()
    assert read(tmp_path, {"file": name}).missing.endswith("is not there")


def test_a_name_that_is_too_long_for_the_file_system(tmp_path):
    _, found, _ = refused(tmp_path, {"file": "a" * 5000})
    assert "cannot be opened (file name too long)" in found
    assert len(found) < 200


@pytest.mark.parametrize("source", ["junit", "evidently", "great_expectations", "pandera", "file"])
def test_a_folder_is_no_file(tmp_path, source):
    (tmp_path / "reports").mkdir()
    field, found, expected = refused(tmp_path, {source: "reports"})
    assert (field, found, expected) == (
        f"items.rollback-plan.evidence[0].{source}",
        "a folder at reports",
        "a file",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
@pytest.mark.parametrize("evidence", [{"file": "pipe"}, {"file": "pipe", "metric": "auc"}, {"junit": "pipe"}])
def test_a_pipe_is_refused_and_never_waited_for(tmp_path, evidence):
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path, evidence)[1] == "a pipe or a device at pipe"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "metrics.json").write_text("{}")
    looked = FolderFiles._file

    def swap(self, path):
        place, status = looked(self, path)
        place.unlink()
        os.mkfifo(place)
        return place, status

    monkeypatch.setattr(FolderFiles, "_file", swap)
    assert FolderFiles(tmp_path).bytes("metrics.json") == b""


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices")
def test_a_device_is_refused():
    assert refused(Path("/"), {"metric": "auc", "file": "dev/zero"})[1] == "a pipe or a device at dev/zero"


def test_a_file_that_nobody_may_read(tmp_path, monkeypatch):
    (tmp_path / "metrics.json").write_text("{}")

    def locked(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(evidence_files.os, "open", locked)
    _, found, expected = refused(tmp_path, {"metric": "auc", "file": "metrics.json"})
    assert found == "metrics.json, which cannot be opened (permission denied)"
    assert expected == "a file that can be read"


@pytest.mark.parametrize("source", ["junit", "evidently", "great_expectations", "pandera"])
def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path, monkeypatch, source):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(evidence_files.os, "open", None)  # to open it would be an error of its own
    assert refused(tmp_path, {source: "large"})[1:] == ("100.0 MB in large", "at most 10 MB")


def test_a_large_file_may_be_there(tmp_path):
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(100_000_000)
    assert read(tmp_path, {"file": "model.bin"}).found


# -- files and their age -------------------------------------------------------------------------------------------


def aged(path, day):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))


def test_a_relative_path_starts_from_the_folder_and_an_absolute_one_does_not(tmp_path):
    aged(tmp_path / "inside" / "a.md", "2026-11-01")
    aged(tmp_path / "outside.md", "2026-11-02")
    folder = tmp_path / "inside"
    assert read(folder, {"file": "a.md"}).on == date(2026, 11, 1)
    assert read(folder, {"file": "../outside.md"}).on == date(2026, 11, 2)
    assert read(folder, {"file": str(tmp_path / "outside.md")}).on == date(2026, 11, 2)


@pytest.mark.parametrize(("day", "passes"), [("2026-10-25", True), ("2026-10-24", False)])
def test_a_file_is_young_enough_on_its_last_day(tmp_path, day, passes):
    aged(tmp_path / "plan.md", day)
    finding = judged(tmp_path, {"file": "plan.md"}, {"file": "*.md", "younger_than_days": 30}, today=TODAY)
    assert finding.outcome == ("passed" if passes else "open")
    assert finding.said == f"plan.md is {30 if passes else 31} days old, needs at most 30"


@pytest.fixture
def repository(tmp_path):
    """A repository whose one file was committed in January, and checked out a moment ago."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "-plan *.md").write_text("a plan")  # a name that would be an option and a pattern
    (tmp_path / "-plan x.md").write_text("another one")
    git(tmp_path, "add", "--", "-plan *.md")
    git(tmp_path, "commit", "-q", "-m", "Plan", on="2026-01-15T12:00:00")
    (tmp_path / "other.md").write_text("something else")
    (tmp_path / "-plan b.md").write_text("one that the pattern would be about")
    git(tmp_path, "add", "--", "other.md", "-plan b.md")
    git(tmp_path, "commit", "-q", "-m", "Other", on="2026-03-01T12:00:00")
    return tmp_path


PLAN = "-plan *.md"


def test_a_tracked_file_is_as_old_as_its_last_commit(repository):
    """A fresh checkout gives every file the time of the checkout."""
    assert read(repository, {"file": PLAN}).on == date(2026, 1, 15)
    assert read(repository, {"file": "other.md"}).on == date(2026, 3, 1)


def test_a_file_that_was_touched_but_not_changed_is_as_old_as_its_commit(repository):
    aged(repository / PLAN, "2026-11-20")
    assert read(repository, {"file": PLAN}).on == date(2026, 1, 15)


def test_a_file_that_was_changed_or_is_not_tracked_is_as_old_as_it_says(repository):
    (repository / PLAN).write_text("a better plan")
    aged(repository / PLAN, "2026-11-20")
    aged(repository / "-plan x.md", "2026-11-21")
    assert read(repository, {"file": PLAN}).on == date(2026, 11, 20)
    assert read(repository, {"file": "-plan x.md"}).on == date(2026, 11, 21)


def test_asking_git_changes_nothing(repository):
    before = {path: path.read_bytes() for path in sorted(repository.rglob("*")) if path.is_file()}
    aged(repository / PLAN, "2026-11-20")
    read(repository, {"file": PLAN})
    read(repository, {"tag": "*"})
    assert {path: path.read_bytes() for path in sorted(repository.rglob("*")) if path.is_file()} == before


def test_git_is_asked_about_the_files_own_repository_even_from_a_hook(repository, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert read(repository, {"file": PLAN}).on == date(2026, 1, 15)


def test_a_shallow_clone_does_not_know_how_old_its_files_are(repository, tmp_path_factory):
    """Its oldest commit seems to have changed everything; an old file must not pass for a new one."""
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "-q", "--depth", "1", repository.as_uri(), ".")
    assert read(clone, {"file": PLAN}).found
    assert read(clone, {"file": PLAN}).on is None
    finding = judged(clone, {"file": PLAN}, {"file": "*", "younger_than_days": 365})
    assert (finding.reason, finding.said) == ("failed", f"{PLAN} has no date, needs to be at most 365 days old")


@pytest.mark.parametrize("trouble", ["not installed", "hangs", "refuses"])
def test_where_git_should_know_and_does_not_say_nobody_does(repository, monkeypatch, trouble):
    def run(command, **_):
        if trouble == "hangs":
            raise subprocess.TimeoutExpired(command, 20)
        return subprocess.CompletedProcess(command, 128, b"", b"fatal: detected dubious ownership")

    if trouble == "not installed":
        monkeypatch.setattr(evidence_git.shutil, "which", lambda _: None)
    else:
        monkeypatch.setattr(evidence_git.subprocess, "run", run)
    assert read(repository, {"file": PLAN}).found
    assert read(repository, {"file": PLAN}).on is None
    assert read(repository, {"tag": "v*"}).missing == "there is no git repository to look for tags in"


def test_without_git_and_a_repository_a_file_has_the_age_that_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence_git.shutil, "which", lambda _: None)
    aged(tmp_path / "plan.md", "2026-11-20")
    assert read(tmp_path, {"file": "plan.md"}).on == date(2026, 11, 20)


# -- tags ----------------------------------------------------------------------------------------------------------


def test_a_tag_is_there_with_the_day_that_it_has(repository):
    git(repository, "tag", "v3.0", "HEAD~1", on="2026-05-01T12:00:00")  # a plain tag has its commit's day
    git(repository, "tag", "-a", "-m", "Three", "v3.1", "HEAD~1", on="2026-04-01T12:00:00")
    assert read(repository, {"tag": "v3.0"}).on == date(2026, 1, 15)
    newest = read(repository, {"tag": "v3.*"})
    assert (newest.found, newest.on, newest.note) == (True, date(2026, 4, 1), "tag v3.1")
    assert read(repository, {"tag": "v3.*", "note": "ours"}).note == "ours"
    assert judged(repository, {"tag": "v3.*"}, {"tag": "v*"}).outcome == "passed"


@pytest.mark.parametrize("pattern", ["v4*", "--all", "$(touch x)", "; rm"])
def test_a_tag_that_is_not_there(repository, pattern):
    git(repository, "tag", "v3.0")
    assert read(repository, {"tag": pattern}).missing == f"no git tag matches {pattern}"


def test_a_folder_without_a_repository_has_no_tags(tmp_path):
    assert read(tmp_path, {"tag": "v*"}).missing == "there is no git repository to look for tags in"


# -- uploads -------------------------------------------------------------------------------------------------------


def uploaded(evidence, content, rule=None, name="report"):
    item = a_checklist(rule).items[0]
    return read_upload(item, Evidence.model_validate(evidence), UploadedFile(name, content, TODAY))


def test_an_upload_is_read_once_and_keeps_its_name(tmp_path):
    evidence = uploaded({"metric": "auc", "file": "m.json"}, b'{"auc": 0.83}', name="m.json")
    assert (evidence.value, evidence.source, evidence.on) == (0.83, "m.json", TODAY)
    rule = {"metric": "auc", "at_least": 0.8}
    review = a_review(evidence.model_dump(exclude_none=True))
    again = read_evidence(a_checklist(rule), review, FolderFiles(tmp_path))
    assert again == review
    assert evaluate(a_checklist(rule), again, stage="shadow", today=TODAY).ready


@pytest.mark.parametrize(
    ("evidence", "content", "said"),
    [
        ({"junit": "r"}, b"<oops", "This file cannot be used: expected a JUnit report, found broken XML in r, line 1."),
        ({"junit": "r"}, b"<testsuite/>", "Nothing in this file fits: no test in r carries the id rollback-plan."),
        (
            {"metric": "auc", "file": "r"},
            b"\xff",
            "This file cannot be used: expected text in UTF-8, found the byte 0xff",
        ),
        ({"metric": "auc", "file": "r"}, b"{}", "Nothing in this file fits: no metric 'auc' in r."),
        ({"pandera": "r"}, b"x" * 10_000_001, "This file cannot be used: expected at most 10 MB, found 10.0 MB in r."),
        ({"tag": "v1"}, b"", "Only a file can be uploaded"),
        ({"mlflow": "runs:/1", "tracking": "http://internal"}, b"", "Only a file can be uploaded"),
        ({"link": "x"}, b"", "Only a file can be uploaded"),
    ],
)
def test_an_upload_that_does_not_fit_is_refused_in_a_sentence(evidence, content, said):
    with pytest.raises(Refusal) as caught:
        uploaded(evidence, content)
    assert str(caught.value).startswith(said)
    assert not isinstance(caught.value, ContentError)


def test_an_upload_opens_no_other_file(tmp_path, monkeypatch):
    """Whatever path is asked for, a visitor's file is the only one there is."""
    (tmp_path / "secret.json").write_text('{"auc": 1}')
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / "secret.json")
    assert uploaded({"metric": "auc", "file": path}, b'{"auc": 0.5}').value == 0.5


def test_reading_imports_nothing_heavy():
    code = (
        "import sys, mlmgmt_widgets.readiness.evidence;"
        "print(sorted({'pandas', 'mlflow', 'sqlalchemy', 'defusedxml', 'numpy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
