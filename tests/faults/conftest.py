"""One server for the faults that it lives through; its database lies on a small disk of its own, where it may."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.conftest import chromium, person, traffic, visit
from tests.browser.serving import Served, serving

__all__ = ["chromium", "person", "traffic", "visit"]
IMPATIENT = (str(Path(__file__).with_name("impatient.py")),)
DISK = "8m"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small disk at a folder, which takes the right to; say whether it is there."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    """The home of the server, and whether its database is on a small disk."""
    home = tmp_path_factory.mktemp("home")
    with small_disk(home / "workspace") as mounted:
        yield home, mounted


@pytest.fixture(scope="session")
def server(disk: tuple[Path, bool]) -> Iterator[Served]:
    """A server whose kernels end soon after their page has gone."""
    with serving(disk[0], program=IMPATIENT) as running:
        yield running


@pytest.fixture
def code(server: Served) -> str:
    """A workshop of one's own on that server."""
    return workshop(server)


def workshop(server: Served) -> str:
    """Create a workshop of seven questions; its join code."""
    with Workspace.open(f"sqlite:///{server.database}") as workspace:
        return workspace.workshops.create(load_rubric("pulse"), "Ranking").code
