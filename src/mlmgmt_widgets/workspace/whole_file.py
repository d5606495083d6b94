"""Files that appear only when they are complete."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlmgmt_widgets.errors import Refusal, in_full
from mlmgmt_widgets.workspace.errors import WorkspaceError


@contextmanager
def whole(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a file beside `target` to write into, readable by its owner alone; it takes the name at the end.

    Where the block raises, nothing is left of it, and `target` is as it was.

    Args:
        target: the name that the file is to have.
        replace: whether it may take the place of a file of that name.

    Raises:
        WorkspaceError: if there is such a file, or the folder cannot be written to.
    """
    part = target.with_name(f".mlmgmt-{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        _on_disk(part)
        _named(part, target, replace=replace)
        _on_disk(target.parent)
    except Refusal as refusal:
        said = in_full(refusal)
        if str(part) not in said:
            raise
        raise WorkspaceError(said.replace(str(part), str(target))) from refusal
    except OSError as error:
        raise WorkspaceError(_sentence(error, target)) from None
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def size_in_words(number: float) -> str:
    """Return a number of bytes as people say it.

    Example:
        >>> size_in_words(98_304), size_in_words(2_500_000_000)
        ('98 kB', '2.5 GB')
    """
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:  # noqa: PLR2004 - of one unit are one of the next
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def exists(target: Path) -> WorkspaceError:
    """Return what is said of a file that is there already."""
    return WorkspaceError(f"{target} is there already; nothing was written. --force writes over it.")


def full(target: Path) -> WorkspaceError:
    """Return what is said of a disk that has no room for a file."""
    return WorkspaceError(f"The disk that holds {target.parent} is full; nothing was written.")


def _sentence(error: OSError, target: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return str(full(target))
    return f"{target} cannot be written: {error.strerror or error}."


def _named(part: Path, target: Path, *, replace: bool) -> None:
    if replace:
        part.replace(target)
        return
    try:
        os.link(part, target)  # unlike a renaming, this never takes the place of a file that came meanwhile
    except FileExistsError:
        raise exists(target) from None
    except OSError:  # a file system without links
        if target.exists():
            raise exists(target) from None
        part.rename(target)


def _on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems cannot do it for a folder
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
