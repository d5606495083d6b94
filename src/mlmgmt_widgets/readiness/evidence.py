"""Evidence that is read, not typed: metrics, test reports, results of data checks, runs, files and tags.

A review names at most one source for each piece of evidence; reading fills in what was found there. What is sought and
not there leaves the piece without a result and with the reason; what is there and cannot be used is a fault of the
review, with its line.

Example:
    >>> from mlmgmt_widgets.readiness import Checklist, Review
    >>> item = {"id": "auc-floor", "stage": "shadow", "question": "?", "rule": {"metric": "auc", "at_least": 0.8}}
    >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["shadow"], items=[item])
    >>> evidence = {"metric": "auc", "file": "metrics.json"}
    >>> review = Review(checklist="toy@1", subject="churn", version="3", items={"auc-floor": {"evidence": [evidence]}})
    >>> read_evidence(checklist, review, FolderFiles("no/such/folder")).entry("auc-floor").evidence[0].missing
    'metrics.json is not there'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.documents import Document, Fault, Location, dotted
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import (
    evidence_git,
    evidence_junit,
    evidence_metric,
    evidence_mlflow,
    evidence_results,
)
from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.entries import Entry, Evidence
from mlmgmt_widgets.readiness.evidence_files import Absent, Files, FolderFiles, Unreadable, UploadedFile
from mlmgmt_widgets.readiness.evidence_parts import short
from mlmgmt_widgets.readiness.review import Review, fitting

_CLEARED = dict.fromkeys(("value", "checks", "found", "missing"))


def read_evidence(checklist: Checklist, review: Review, files: Files, *, document: Document | None = None) -> Review:
    """Read the evidence of a review from where it says that it lies.

    Evidence that was typed or uploaded, and evidence about another version of the model, stays as it is.

    Args:
        checklist: that the review fills in; its rules say which tests and checks belong to an item.
        review: with evidence to read.
        files: where paths lead.
        document: that the review came from, whose file and lines the faults then have.

    Returns:
        The review with `value`, `checks` or `found`, the day and the version of each piece; or with what is `missing`.
        A day that somebody wrote down stays where it is the earlier one; that of a file whose being there is the
        evidence is always the file's.

    Raises:
        ContentError: if the review does not fit the checklist; or with every piece that is there and cannot be used,
            such as a broken report.
    """
    fitting(review, checklist, document)
    faults: list[Fault] = []
    entries = {}
    for name, entry in review.items.items():
        item = checklist.items_by_id[name]
        pieces = []
        for place, piece in enumerate(entry.evidence):
            try:
                pieces.append(_read(item, piece, files) if _is_due(item, entry, piece, review) else piece)
            except Unreadable as error:
                where = ("items", name, "evidence", place, piece.read_from or "")
                faults.append(_fault(document, where, error))
        entries[name] = entry.model_copy(update={"evidence": tuple(pieces)})
    if faults:
        raise ContentError(faults)
    return review.model_copy(update={"items": entries})


def read_upload(item: Item, evidence: Evidence, upload: UploadedFile) -> Evidence:
    """Read one piece of evidence from a file that came through the browser; it is not read again.

    Args:
        item: that it is for.
        evidence: what to read and how, such as {junit: NAME}.
        upload: the file.

    Raises:
        Refusal: if the file is broken, or nothing in it fits.

    Example:
        >>> from datetime import date
        >>> item = Item(id="auc-floor", stage="shadow", question="?")
        >>> upload = UploadedFile("metrics.json", b'{"auc": 0.83}', date(2026, 11, 1))
        >>> read_upload(item, Evidence(metric="auc", file="metrics.json"), upload).value
        0.83
    """
    if evidence.read_from in {None, "mlflow", "tag"}:
        raise Refusal("Only a file can be uploaded: a metric, a report or a result.")
    try:
        read = READERS[evidence.read_from or ""](item, evidence.model_copy(update=_CLEARED), upload)
    except Absent as absent:
        raise Refusal(f"Nothing in this file fits: {absent}.") from None
    except Unreadable as error:
        raise Refusal(f"This file cannot be used: expected {error.expected}, found {error.found}.") from None
    return _dated(evidence, read).model_copy(update={"source": short(upload.name)})


def _is_due(item: Item, entry: Entry, evidence: Evidence, review: Review) -> bool:
    """Whether a piece is read, and now: it has a source, and is about this version or holds for later ones."""
    about = evidence.version or entry.version or review.version
    return evidence.read_from is not None and evidence.source is None and (about == review.version or item.carries_over)


def _read(item: Item, evidence: Evidence, files: Files) -> Evidence:
    cleared = evidence.model_copy(update=_CLEARED)
    try:
        read = READERS[evidence.read_from or ""](item, cleared, files)
    except Absent as absent:
        return cleared.model_copy(update={"missing": str(absent)})
    return _dated(evidence, read)


def _dated(evidence: Evidence, read: Evidence) -> Evidence:
    """What was read, no younger than somebody wrote down that it is."""
    if evidence.on is None or read.found:
        return read
    if read.on is None:
        return read.model_copy(update={"on": evidence.on})  # nobody knows the file's day: the one written down stays
    # A file may be younger than what it says: copied, or committed late. It cannot be older.
    return read.model_copy(update={"on": min(evidence.on, read.on)})


def _fault(document: Document | None, where: Location, error: Unreadable) -> Fault:
    if document is not None:
        return document.fault(where, error.found, error.expected)
    return Fault("review", None, dotted(where), error.found, error.expected)


def _read_tag(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """That a git tag is there; of several that a pattern matches, the newest."""
    del item
    pattern = evidence.tag or ""
    tags = None if files.folder is None else evidence_git.tags(Path(files.folder))
    if tags is None:
        raise Absent("there is no git repository to look for tags in")
    found = next(((name, on) for name, on in tags if name == pattern or fnmatchcase(name, pattern)), None)
    if found is None:
        raise Absent(f"no git tag matches {short(pattern)}")
    name, on = found
    return evidence.model_copy(update={"found": True, "on": on, "note": evidence.note or f"tag {name}"})


READERS: Mapping[str, Callable[[Item, Evidence, Files], Evidence]] = {
    "junit": evidence_junit.read,
    "evidently": evidence_results.evidently,
    "great_expectations": evidence_results.great_expectations,
    "pandera": evidence_results.pandera,
    "mlflow": evidence_mlflow.read,
    "file": evidence_metric.read,
    "tag": _read_tag,
}
"""How each of `entries.SOURCES` is read."""

__all__ = ["READERS", "Files", "FolderFiles", "UploadedFile", "read_evidence", "read_upload"]
