"""The disk that a SQLite file lies on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from mlmgmt_widgets.doctor.finding import Finding, look, ok, wrong
from mlmgmt_widgets.workspace.whole_file import size_in_words

_MOUNTS = Path("/proc/mounts")
_SHARED = re.compile(
    r"nfs|cifs|smb|ncpfs|afs|coda|ceph|gluster|lustre|gpfs|beegfs|fuse\.(sshfs|s3fs|rclone|davfs)|davfs"
)
_UNSURE = re.compile(r"9p|virtiofs|vboxsf|drvfs|fuse\.(osxfs|grpcfuse|vmhgfs)|fakeowner")  # a host's, in a guest
_LITTLE, _TOO_LITTLE = 1_000_000_000, 50_000_000  # bytes


def network(path: Path, mounts: Path = _MOUNTS) -> Iterator[Finding]:
    """Look whether a SQLite file lies on a disk of another machine.

    Args:
        path: the file, or where it will be.
        mounts: the list of file systems; on systems without it, nothing is found.
    """
    kind, folder = _file_system(path, mounts)
    shared = "a database that several machines or processes write there is damaged sooner or later"
    do = "Keep it on a disk of this machine, or in PostgreSQL."
    if _SHARED.search(kind):
        yield wrong("disk", f"{path} lies on a network file system ({kind} at {folder}): {shared}.", do)
    elif _UNSURE.search(kind):
        yield look("disk", f"{path} lies on a disk that is shared with a host ({kind} at {folder}).", do)
    elif kind:
        yield ok("disk", f"{folder} is a disk of this machine ({kind}).")


def _file_system(path: Path, mounts: Path) -> tuple[str, str]:
    """Return the kind and the place of the file system of a path; nothing where that cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", ""
    found = ("", "")
    real = path.resolve()
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        folder = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place)
        # Of several at one place, the last one is seen.
        if real.is_relative_to(folder) and len(folder) >= len(found[1]):
            found = (kind, folder)
    return found


def space(path: Path) -> Iterator[Finding]:
    """Look how much room is left where a file lies, or will lie."""
    there = next(each for each in (path, *path.parents) if each.exists())
    free = shutil.disk_usage(there).free
    says = f"{size_in_words(free)} are free where {path} lies"
    do = "Make room: when the disk is full, no answer can be saved."
    if free < _TOO_LITTLE:
        yield wrong("space", f"Only {says}.", do)
    elif free < _LITTLE:
        yield look("space", f"{says}.", do)
    else:
        yield ok("space", f"{says}.")
