"""What git knows of a file's age and of tags; it is asked as a program, and never trusted to be there."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

TIMEOUT = 20
"""Seconds that one question may take: git answers in milliseconds, except about a large file that it has to read."""

# Set while a hook runs, these would make git speak of another repository than the one that the file lies in.
_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"}
_UNTRACKED = 1  # the exit status of git's that means no


class _NoAnswer(Exception):  # noqa: N818 - git is not there, or does not say
    """Git could not be asked."""


def last_change(place: Path, modified: float) -> date | None:
    """The day on which a file was last changed.

    Where git tracks a file and nobody has touched it since, that is the day of the last commit that changed it: a
    fresh checkout gives every file the time of the checkout, so that old evidence would look new in CI.

    Args:
        place: the file.
        modified: when it was modified as the file system says, in seconds since 1970.

    Returns:
        The day; None where git would know and does not say: it is not installed, does not trust the folder's owner,
        or has a shallow clone, whose oldest commit seems to have changed everything.
    """
    place = place.resolve()
    if not any((folder / ".git").exists() for folder in place.parents):
        return local_day(modified)
    try:
        return local_day(modified) if _is_new(place) else _last_commit(place)
    except _NoAnswer:
        return None


def _is_new(place: Path) -> bool:
    """Whether a file is not tracked, or has changed since the last commit."""
    tracked, _ = _git(place.parent, "ls-files", "--error-unmatch", "--", place.name)
    if tracked not in {0, _UNTRACKED}:
        raise _NoAnswer
    _, committed = _git(place.parent, "rev-parse", "--verify", "--quiet", f"HEAD:./{place.name}")
    if tracked == _UNTRACKED or not committed:
        return True
    # The content's own id, since `git diff` would refresh the index, and so write into the repository.
    status, present = _git(place.parent, "hash-object", "--", place.name)
    if status != 0:
        raise _NoAnswer
    return present != committed


def _last_commit(place: Path) -> date | None:
    """The day of the last commit that changed a file; None where the history ends before it."""
    status, said = _git(place.parent, "rev-list", "--max-count=1", "--format=%cs", "HEAD", "--", place.name)
    words = said.split()  # commit, its id, its day
    if status != 0 or len(words) != 3:  # noqa: PLR2004 - see above
        raise _NoAnswer
    return None if _is_cut_off(place.parent, words[1]) else date.fromisoformat(words[2])


def tags(folder: Path) -> list[tuple[str, date]] | None:
    """The tags of the repository that a folder lies in, each with its day, the newest first; None without a repository.

    The day of an annotated tag is its own; that of a plain one is its commit's.
    """
    try:
        status, said = _git(
            folder,
            "for-each-ref",
            "--sort=-creatordate",
            "--format=%(creatordate:short) %(refname:strip=2)",
            "refs/tags",
        )
    except _NoAnswer:
        return None
    if status != 0:
        return None
    dated = (line.partition(" ") for line in said.splitlines())
    return [(name, date.fromisoformat(day)) for day, _, name in dated if day]


def local_day(moment: float) -> date:
    """The day of a moment, in seconds since 1970, where we are."""
    return datetime.fromtimestamp(moment, tz=UTC).astimezone().date()


def _is_cut_off(folder: Path, commit: str) -> bool:
    """Whether the history ends at a commit because what came before was not fetched."""
    status, said = _git(folder, "rev-parse", "--git-path", "shallow")
    if status != 0:
        raise _NoAnswer
    try:
        return commit in (folder / said.rstrip("\n")).read_text("ascii").split()
    except FileNotFoundError:
        return False


def _git(folder: Path, *arguments: str) -> tuple[int, str]:
    """Ask git; its exit status and what it printed.

    Raises:
        _NoAnswer: if it is not installed, or takes too long.
    """
    program = shutil.which("git")
    if program is None:
        raise _NoAnswer
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    # A path is a path: neither a pattern nor, after `--`, an option.
    environment |= {"LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1"}
    try:
        run = subprocess.run(  # noqa: S603 - no shell, and no argument from outside but paths behind `--`
            [program, "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _NoAnswer from None
    return run.returncode, run.stdout.decode("utf-8", "replace")
