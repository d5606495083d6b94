"""Evidence that lies in files, read from those that the browser sends: the server's own files are nobody's here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.evidence import UploadedFile, read_upload
from mlmgmt_widgets.readiness.review import Review

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.board_requests import SentFile

_NO_FILES = {None, "mlflow", "tag"}


def unread(review: Review) -> tuple[str, ...]:
    """The files that a review's evidence names and nobody has read, each once."""
    pieces = (each for entry in review.items.values() for each in entry.evidence if is_in_a_file(each))
    return tuple(dict.fromkeys(_path(each) for each in pieces if not each.is_read))


def is_in_a_file(evidence: Evidence) -> bool:
    """Whether a piece of evidence is read from a file, and not from a run or a repository."""
    return evidence.read_from not in _NO_FILES and evidence.source is None


def read_into(checklist: Checklist, review: Review, files: Sequence[SentFile], author: Author, today: date) -> Review:
    """The review with what its evidence finds in these files; the history has what stood there before.

    A browser says a file's name and not where it lies; so a file belongs to the evidence whose path ends in its name.

    Raises:
        Refusal: if no evidence names any of them, it cannot be told which one is meant, or one of them is broken.
    """
    sent = _told_apart(review, files)
    found = False
    for name, entry in review.items.items():
        pieces = list(entry.evidence)
        for place, each in _in(pieces, sent):
            file = sent[_name(_path(each))]
            upload = UploadedFile(_path(each), file.text.encode(), file.day or today)
            pieces[place] = read_upload(checklist.items_by_id[name], each, upload)
            found = True
        review = edits.put(review, name, entry.state.model_copy(update={"evidence": tuple(pieces)}), author)
    if not found:
        raise Refusal(f"The evidence names other files: {', '.join(unread(review)) or 'none'}.")
    return review


def _told_apart(review: Review, files: Sequence[SentFile]) -> dict[str, SentFile]:
    """The files by name, once each name means one file here and one path in the review."""
    sent: dict[str, SentFile] = {}
    for each in files:
        name = _name(each.name)
        if name in sent:
            raise Refusal(f"Two of these files are called {name}; add each of them at its own item.")
        sent[name] = each
    paths = {_path(each) for entry in review.items.values() for each in entry.evidence if is_in_a_file(each)}
    for name in sent:
        if len(meant := sorted(path for path in paths if _name(path) == name)) > 1:
            raise Refusal(f"{name} may be {' or '.join(meant)}; add it at the item that it belongs to.")
    return sent


def _in(pieces: Sequence[Evidence], sent: dict[str, SentFile]) -> Iterator[tuple[int, Evidence]]:
    for place, each in enumerate(pieces):
        if is_in_a_file(each) and _name(_path(each)) in sent:
            yield place, each


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _path(evidence: Evidence) -> str:
    return str(getattr(evidence, evidence.read_from or "file"))
