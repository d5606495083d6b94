"""What the tests of evidence share: a checklist of one item, a review of it, and reading it from a folder."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Checklist, Evidence, Finding, Review, evaluate
from mlmgmt_widgets.readiness.evidence import FolderFiles, read_evidence

TODAY = date(2026, 11, 24)
ITEM = "rollback-plan"


def a_checklist(rule: dict[str, Any] | None = None, **values: Any) -> Checklist:
    """A checklist with one item."""
    item = {"id": ITEM, "stage": "shadow", "question": "?", "rule": rule, **values}
    return Checklist.model_validate(
        {"id": "toy", "version": "1", "title": "Toy", "stages": ["shadow"], "items": [item]}
    )


def a_review(*evidence: dict[str, Any], item: str = ITEM, **entry: Any) -> Review:
    """A review of version 3 that says something of the item."""
    items = {item: {**entry, "evidence": list(evidence)}}
    return Review.model_validate({"checklist": "toy@1", "subject": "churn", "version": "3", "items": items})


def reading(folder: Path, evidence: dict[str, Any], checklist: Checklist) -> Review:
    """A review of the checklist's item, read."""
    return read_evidence(checklist, a_review(evidence, item=checklist.items[0].id), FolderFiles(folder))


def read(folder: Path, evidence: dict[str, Any], rule: dict[str, Any] | None = None, **values: Any) -> Evidence:
    """One piece of evidence, read."""
    (entry,) = reading(folder, evidence, a_checklist(rule, **values)).items.values()
    return entry.evidence[0]


def refused(folder: Path, evidence: dict[str, Any], rule: dict[str, Any] | None = None) -> tuple[str, str, str]:
    """Field, found and expected of the one fault that reading meets."""
    with pytest.raises(ContentError) as caught:
        read(folder, evidence, rule)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("review", None)
    return fault.field, fault.found, fault.expected


def judged(
    folder: Path, evidence: dict[str, Any], rule: dict[str, Any] | None = None, today: date | None = None, **values: Any
) -> Finding:
    """What becomes of the item, today unless another day is given, once the evidence is read."""
    checklist = a_checklist(rule, **values)
    verdict = evaluate(checklist, reading(folder, evidence, checklist), stage="shadow", today=today)
    return verdict.findings[0]


def modified(path: Path) -> date:
    """The day of a file, as the file system says, where we are."""
    return date.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ012 - the day here


def git(folder: Path, *arguments: str, on: str = "2026-01-15T12:00:00") -> None:
    """Run git in a folder, at a moment, as nobody in particular."""
    settings = {
        "GIT_AUTHOR_DATE": on,
        "GIT_COMMITTER_DATE": on,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    for who in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{who}_NAME": "Ann", f"GIT_{who}_EMAIL": "ann@example.org"}
    subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **settings}, check=True, capture_output=True)
