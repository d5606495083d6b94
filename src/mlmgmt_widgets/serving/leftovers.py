"""What a killed server leaves behind: the folder of its kernels' connections, which the next one clears away."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows, where a file in use cannot be deleted, and nothing here is needed for that
    fcntl = None

_CLAIM = "server.lock"  # locked for as long as the server lives; the system lets go of it, however the server ends


def claim(folder: Path) -> int | None:
    """Say that a folder is in use until this process ends.

    Args:
        folder: where the connections are kept; only this process may have it.

    Returns:
        What holds the claim, a file descriptor; `None` where there are no such locks.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as root:
        ...     mine = Path(root) / "voila_mine"
        ...     mine.mkdir()
        ...     held = claim(mine)
        ...     sweep(Path(root)), mine.is_dir()
        ([], True)
    """
    if fcntl is None:
        return None
    begun = folder / f"{_CLAIM}.new"
    descriptor = os.open(begun, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    begun.rename(folder / _CLAIM)  # only now can another server see it: never without its lock
    return descriptor


def sweep(root: Path) -> list[Path]:
    """Delete the folders below `root` that were claimed by servers which are gone; return them.

    Other people's folders, and those that nobody ever claimed, are left alone.
    """
    return [folder for folder in root.glob("voila_*") if _abandoned(folder) and _deleted(folder)]


def _abandoned(folder: Path) -> bool:
    if fcntl is None or not _ours(folder):
        return False
    try:
        descriptor = os.open(folder / _CLAIM, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # its server lives
    else:
        return True
    finally:
        os.close(descriptor)


def _ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return False


def _deleted(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
