"""One server for all attackers, and a workshop in it that they would like to spoil."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from mlmgmt_widgets.assessment.rubric import load_rubric
from mlmgmt_widgets.serving.home import shipped
from mlmgmt_widgets.workspace import Workspace
from tests.browser.serving import Served, serving
from tests.serving.conftest import NOTEBOOKS, write_notebook
from tests.visitor import Participant

TEAM = "Ranking"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workbook's own pages, and one that is made of ipywidgets."""
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "mlmgmt.toml").touch()
    notebooks = next(path for path in shipped("notebooks") if path.is_dir())
    shutil.copytree(notebooks, folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    write_notebook(folder / "notebooks" / "sliders.ipynb", NOTEBOOKS["sliders"])
    with serving(tmp_path_factory.mktemp("home"), folder=folder) as running:
        yield running


@pytest.fixture(scope="package")
def workspace(server: Served) -> Iterator[Workspace]:
    """The server's database, as its operator could open it."""
    workspace = Workspace.open(f"sqlite:///{server.database}")
    yield workspace
    workspace.close()


@pytest.fixture
def code(workspace: Workspace) -> str:
    """A workshop that collects answers."""
    return workspace.workshops.create(load_rubric("pulse"), TEAM, roles=["Engineer"]).code


@pytest.fixture(scope="package")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop, so that a page may stay open from one test to the next."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="package")
def page(server: Served, runner: asyncio.Runner) -> Iterator[Participant]:
    """The attacker's page, which every attack leaves alive."""
    page = runner.run(Participant.open(server.survey))
    yield page
    runner.run(page.close())
