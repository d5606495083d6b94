"""The wheel stands on its own: installed elsewhere, with nothing of this repository, it serves the workbook."""

# ruff: noqa: S310 - the addresses are our own server's

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def mlmgmt(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment that has the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    constraints = ROOT / "constraints.txt"
    # Our pip installs there, and compiles nothing: of what it installs, most is never imported.
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--no-compile", "--constraint", constraints, wheel], check=True, capture_output=True
    )
    return folder / "bin" / "mlmgmt"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(tmp_path / "person")}


def running(mlmgmt: Path, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    process = subprocess.Popen(
        [mlmgmt, "serve", "--port", "0"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if match := re.search(r"Home\s+(http://\S+?)/?\s", line):
                yield match[1]
                return
        pytest.fail(f"the server did not start:\n{said}")
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=90) as response:
        return response.read().decode()


def test_content_notebooks_and_templates_travel_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "data/rubrics/mlops-maturity.yaml",
        "notebooks/index.ipynb",
        "notebooks/maturity_survey.ipynb",
        "serving/template/voila/templates/mlmgmt/index.html.j2",
        "serving/static/page.js",
        "ui/theme.css",
        "workspace/migrations/env.py",
        "py.typed",
    ):
        assert f"mlmgmt_widgets/{needed}" in names
    assert not [name for name in names if "checkpoint" in name or name.endswith((".pyc", ".sqlite"))]


@pytest.mark.timeout(420)
def test_installed_elsewhere_it_serves_the_workbook(mlmgmt: Path, environment: dict[str, str], tmp_path: Path) -> None:
    for url in running(mlmgmt, tmp_path, environment):
        assert "maturity_survey.ipynb" in read(f"{url}/")
        survey = read(f"{url}/voila/render/maturity_survey.ipynb")
        assert "application/vnd.jupyter.widget-view+json" in survey
        assert "could not be" not in survey


@pytest.mark.timeout(420)
def test_installed_elsewhere_it_lays_out_a_folder_and_serves_that(
    mlmgmt: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run([mlmgmt, "new", "ours"], cwd=tmp_path, env=environment, check=True)
    own = tmp_path / "ours"
    page = own / "notebooks" / "index.ipynb"
    page.write_text(page.read_text().replace("# The workbook", "# Our own workbook"))
    for url in running(mlmgmt, own, environment):
        assert "Our own workbook" in read(f"{url}/")
    assert (own / "workspace" / "workspace.sqlite").is_file()


@pytest.mark.timeout(420)
def test_installed_elsewhere_the_notebooks_of_the_package_are_not_changed_by_lab(
    mlmgmt: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [mlmgmt, "lab", "--no-open"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "mlmgmt new" in done.stderr
    assert "Traceback" not in done.stderr
