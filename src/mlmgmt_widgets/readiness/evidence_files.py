"""Where evidence lies: in files beside a review, or in one that came through the browser."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from mlmgmt_widgets.content import shown
from mlmgmt_widgets.readiness import evidence_git

SIZE_LIMIT = 10_000_000
"""Bytes: twenty times the report of a large test suite, and still read and parsed in a few hundred megabytes."""


class Absent(Exception):  # noqa: N818 - an answer: what is sought is not there
    """What is sought is not there; the text is a clause without its full stop."""


class Unreadable(Exception):  # noqa: N818 - becomes a fault of the review
    """Something is there and cannot be used.

    Attributes:
        found: what is there.
        expected: what should be.
    """

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found, self.expected = found, expected


class Files(Protocol):
    """Where evidence is read from."""

    @property
    def folder(self) -> Path | None:
        """What relative paths start from; None where there are no others beside the file at hand."""

    def bytes(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            Absent: if it is not there.
            Unreadable: if it is too large, no file, or nobody may read it.
        """

    def day(self, path: str) -> date | None:
        """The day that a file is of; None where nobody can tell.

        Raises:
            Absent: if it is not there.
            Unreadable: if it is no file.
        """


@dataclass(frozen=True)
class FolderFiles:
    """Files in or beside a folder, for whoever runs the command or the notebook; never for a visitor of a page.

    Attributes:
        root: what relative paths start from.

    Example:
        >>> FolderFiles(Path("reviews")).folder
        PosixPath('reviews')
    """

    root: str | os.PathLike[str]

    @property
    def folder(self) -> Path:
        """What relative paths start from."""
        return Path(self.root)

    def bytes(self, path: str) -> bytes:
        """The content of a file of at most `SIZE_LIMIT` bytes.

        Raises:
            Absent: if it is not there.
            Unreadable: if it is too large, no file, or nobody may read it.
        """
        place, status = self._file(path)
        _check_size(status.st_size, path)
        try:
            with open(place, "rb", opener=_without_waiting) as file:
                content = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise _unreadable(path, error) from None
        _check_size(len(content), path)  # it may have grown, and some files say that they have no size
        return content

    def day(self, path: str) -> date | None:
        """The day of a file's last change; None where git should know and cannot say.

        Raises:
            Absent: if it is not there.
            Unreadable: if it is no file.
        """
        place, status = self._file(path)
        return evidence_git.last_change(place, status.st_mtime)

    def _file(self, path: str) -> tuple[Path, os.stat_result]:
        place = self.folder / path
        try:
            status = place.stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):  # a ValueError: no file has such a name
            raise Absent(f"{_named(path)} is not there") from None
        except OSError as error:
            raise _unreadable(path, error) from None
        # Only regular files: to open a pipe or a device is to wait for whoever is at its other end.
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise Unreadable(f"{kind} at {_named(path)}", "a file")
        return place, status


@dataclass(frozen=True)
class UploadedFile:
    """One file that came through the browser; whatever path is asked for, it is the one.

    Attributes:
        name: as the browser gave it.
        content: of it.
        day_of_upload: what counts as its day where it does not say one itself.

    Example:
        >>> UploadedFile("metrics.json", b"{}", date(2026, 11, 1)).bytes("whatever")
        b'{}'
    """

    name: str
    content: bytes
    day_of_upload: date

    @property
    def folder(self) -> None:
        """There are no other files beside it."""

    def bytes(self, path: str) -> bytes:
        """The content.

        Raises:
            Unreadable: if it is larger than `SIZE_LIMIT` bytes.
        """
        _check_size(len(self.content), path)
        return self.content

    def day(self, path: str) -> date:
        """The day on which it was uploaded."""
        del path
        return self.day_of_upload


def _without_waiting(path: str, flags: int) -> int:
    # Between the look at the file and its opening, a pipe may have taken its place. Windows has no such flag.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_size(size: int, path: str) -> None:
    if size > SIZE_LIMIT:
        raise Unreadable(f"{size / 1e6:,.1f} MB in {_named(path)}", f"at most {SIZE_LIMIT // 1_000_000} MB")


def _unreadable(path: str, error: OSError) -> Unreadable:
    why = (error.strerror or "an unknown error").lower()
    return Unreadable(f"{_named(path)}, which cannot be opened ({why})", "a file that can be read")


def _named(path: str) -> str:
    """A path as it stands, or shortened where it is no name that people gave."""
    return path if len(path) <= 120 and path.isprintable() else shown(path)  # noqa: PLR2004 - a line of text
