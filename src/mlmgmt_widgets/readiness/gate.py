"""The gate: a review's file, with its evidence read, judged at a stage. It is what `mlmgmt gate` asks."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from mlmgmt_widgets.content import ContentError, find, validate
from mlmgmt_widgets.documents import Fault, read_document
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.edits import for_version
from mlmgmt_widgets.readiness.evidence import FolderFiles, read_evidence
from mlmgmt_widgets.readiness.review import Review, fitting
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate


def decide(  # noqa: PLR0913 - the options of the command, each by its name
    checklist: Checklist,
    path: str | os.PathLike[str],
    *,
    stage: str,
    tier: str | None = None,
    today: date | None = None,
    folder: str | os.PathLike[str] | None = None,
    version: str | None = None,
) -> tuple[Review, Verdict]:
    """Load a review, read its evidence, and judge it.

    Args:
        checklist: that the review fills in.
        path: of the review's YAML.
        stage: that the model is to pass.
        tier: left out, the review's.
        today: the day that dates are held against; left out, this day.
        folder: where evidence lies; left out, the review's own folder.
        version: of the model, where it is not the review's: what was said of another version is stale then.

    Returns:
        The review with what was read, and the verdict on it.

    Raises:
        ContentError: with every fault: of the file, of the options, or of the evidence, with the review's lines.

    Example:
        >>> from mlmgmt_widgets.content import shipped
        >>> from mlmgmt_widgets.readiness import load_checklist
        >>> path = shipped() / "examples" / "churn-review-v3.yaml"
        >>> _, verdict = decide(load_checklist("model-readiness"), path, stage="shadow", today=date(2026, 10, 15))
        >>> verdict.ready
        True
    """
    found = find("reviews", path)
    document = read_document(found)
    review = fitting(validate(document, Review), checklist, document)
    # Before any evidence is read, which may take a while: there may be no such stage.
    evaluate(checklist, review, stage=stage, tier=tier, today=today)
    if folder is not None and not Path(folder).is_dir():
        raise ContentError([Fault("folder", None, "", f"'{os.fspath(folder)}'", "the folder of the evidence")])
    files = FolderFiles(found.parent if folder is None else folder)
    review = read_evidence(checklist, review, files, document=document)
    if version is not None and version != review.version:
        # Once more: some evidence may be about that very version, which is read only now.
        review = read_evidence(checklist, for_version(review, version), files, document=document)
    return review, evaluate(checklist, review, stage=stage, tier=tier, today=today)
