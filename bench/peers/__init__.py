"""The same survey in what one would write it in otherwise: Panel, Streamlit, and our notebook under plain Voila.

Each is written as its own documentation recommends and runs in a process of its own on this machine alone. Panel
and Streamlit live in `.venv-peers` (`make .venv-peers/.made`), away from what the workbook runs on.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers import answers

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
RUBRIC = "mlops-maturity"
FIRST_QUESTION = ".survey fieldset"  # of our own survey, and the button before it
START = ".survey form button.mlm-primary"
START_SECONDS = 120
STOP_SECONDS = 20


@dataclass(frozen=True)
class Peer:
    """A running server that shows the survey to whoever opens its address.

    Attributes:
        url: the address; for Voila's with `#join=CODE`, the code of a workshop.
        process: the server.
        ready: a CSS selector of what is there, and visible, once the first question can be answered.
        start: a CSS selector of the button that is pressed before, where the first screen asks who one is.
    """

    url: str
    process: subprocess.Popen[bytes]
    ready: str
    start: str = ""


@contextmanager
def panel_survey(folder: Path, database: str | None = None) -> Iterator[Peer]:
    """Run the survey in Panel until the block ends.

    Args:
        folder: where its log and, without `database`, its answers go.
        database: `sqlite:///` and a path; the file gets a table `answers`, a row for each session and question.

    Raises:
        FileNotFoundError: if Panel is not installed.
        RuntimeError: if the server does not start.
    """
    port = free_port()
    command = [
        *(peers_python(), "-m", "panel", "serve", str(Path(__file__).with_name("in_panel.py"))),
        *(f"--port={port}", "--address=127.0.0.1", f"--allow-websocket-origin=127.0.0.1:{port}", "--warm"),
    ]
    url = f"http://127.0.0.1:{port}/in_panel"
    with started("panel", command, folder, url, peers_environment(folder, database, "panel")) as process:
        yield Peer(url, process, "input[type=radio]")


@contextmanager
def streamlit_survey(folder: Path, database: str | None = None) -> Iterator[Peer]:
    """Run the survey in Streamlit until the block ends; the arguments are those of `panel_survey`."""
    port = free_port()
    command = [
        *(peers_python(), "-m", "streamlit", "run", str(Path(__file__).with_name("in_streamlit.py"))),
        *(f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"),
        *("--server.fileWatcherType=none", "--browser.gatherUsageStats=false"),
    ]
    url = f"http://127.0.0.1:{port}/"
    with started("streamlit", command, folder, url, peers_environment(folder, database, "streamlit")) as process:
        yield Peer(url, process, '[data-testid="stRadio"] label')


@contextmanager
def stock_voila_survey(folder: Path, database: str | None = None) -> Iterator[Peer]:
    """Run our own survey's notebook under Voila as it comes until the block ends.

    Args:
        folder: where the notebook, the log and, without `database`, the answers go.
        database: a SQLAlchemy URL; a workshop is begun in it, and its code stands in the address.

    Raises:
        RuntimeError: if the server does not start.
    """
    from mlmgmt_widgets import Workspace
    from mlmgmt_widgets.assessment import load_rubric

    folder.mkdir(parents=True, exist_ok=True)
    notebook = write_notebook(
        folder / "survey.ipynb",
        "from mlmgmt_widgets import MaturitySurvey, Workspace\nMaturitySurvey(workspace=Workspace.open)",
    )
    database = database or f"sqlite:///{folder / 'stock.sqlite'}"
    workspace = Workspace.open(database)
    code = workspace.workshops.create(load_rubric(RUBRIC), "Stock").code
    workspace.close()
    with stock_voila(notebook, {"MLMGMT_DATABASE_URL": database}) as (url, process):
        yield Peer(f"{url}#join={code}", process, FIRST_QUESTION, START)


@contextmanager
def stock_voila(
    notebook: Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run Voila as it comes on a notebook until the block ends; yield its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    # Its static files, not a page: asking for a page would start a kernel.
    alive = f"http://127.0.0.1:{port}/voila/static/voila.js"
    with started(f"voila-{notebook.stem}", command, notebook.parent, alive, environment or {}) as process:
        yield f"http://127.0.0.1:{port}/", process


def write_notebook(path: Path, code: str) -> Path:
    """Write a notebook with one cell of code."""
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@contextmanager
def started(
    name: str, command: Sequence[str | Path], folder: Path, url: str, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in `folder` until the block ends; it is there once `url` answers.

    Raises:
        RuntimeError: if it ends or does not answer within `START_SECONDS`; the message holds its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + START_SECONDS
        while not answers_at(url):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def answers_at(url: str) -> bool:
    """Whether a server answers there with what was asked for."""
    try:
        with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - a server of ours
            return True
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody on this machine listens on at the moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def peers_python() -> Path:
    """Return the Python that has Panel and Streamlit.

    Raises:
        FileNotFoundError: if there is none, with what makes it.
    """
    if not PEERS.exists():
        raise FileNotFoundError("Panel and Streamlit are not installed: make .venv-peers/.made")
    return PEERS


def peers_environment(folder: Path, database: str | None, name: str) -> dict[str, str]:
    """Write the survey to a file and make the database; return what tells a peer where both are."""
    from mlmgmt_widgets.assessment import load_rubric

    folder.mkdir(parents=True, exist_ok=True)
    survey = folder / "survey.json"
    survey.write_text(json.dumps(load_rubric(RUBRIC).model_dump(mode="json")), encoding="utf-8")
    kept = database.removeprefix("sqlite:///") if database else str(folder / f"{name}.sqlite")
    answers.prepare(kept)
    return {answers.SURVEY: str(survey), answers.ANSWERS: kept, "PYTHONPATH": str(ROOT)}
