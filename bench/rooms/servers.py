"""The servers that a room is held on: ours, and Voila as it comes with the same two widgets."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.serving import KEY, running

from bench import peers
from bench.rooms import processes
from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric

RUBRIC = "mlops-maturity"
BUTTON = ".survey form button.mlm-primary"  # "Start", on the screen that says what this is
LOG_LINES = 120
QUESTION = ".survey fieldset input:enabled"


@dataclass(frozen=True)
class Server:
    """A running server with a workshop that collects answers.

    Attributes:
        name: for the table.
        pid: its process.
        survey: the participants' link.
        facilitator: the page of whoever watches.
        key: what opens that page.
        code: the workshop's.
        database: a SQLAlchemy URL.
    """

    name: str
    pid: int
    survey: str
    facilitator: str
    key: str
    code: str
    database: str


@contextmanager
def ours(folder: Path, people: int) -> Iterator[Server]:
    """Run `mlmgmt serve` for that many people until the block ends."""
    arguments = ["serve", "--port", "0", "--max-participants", str(people)]
    with running(folder, arguments, r"Home\s+(http://\S+?)/?\s") as served:
        database = f"sqlite:///{served.database}"
        code = workshop(database)
        links = len(served.output)
        try:
            yield Server("ours", served.process.pid, served.join(code), served.facilitator, KEY, code, database)
        finally:
            _tell(served.output[links:])


def _tell(log: list[str]) -> None:
    """Show what a server had to say, the beginning of it: in a room in which all went well that is nothing."""
    said = list(dict.fromkeys(line for line in log if line.strip()))  # a hundred people meet the same trouble
    if said:
        print("\nThe server said:", *(f"  {line.rstrip()}" for line in said[:LOG_LINES]), sep="\n", file=sys.stderr)


@contextmanager
def stock(folder: Path, people: int) -> Iterator[Server]:
    """Run Voila as it comes, on a folder with the two notebooks, until the block ends."""
    del people  # it lets everybody in
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True)
    first = "from mlmgmt_widgets import {0}, Workspace\n{0}(workspace=Workspace.open)"
    for name in ("MaturitySurvey", "MaturityWorkshop"):
        peers.write_notebook(notebooks / f"{name}.ipynb", first.format(name))
    database = f"sqlite:///{folder / 'stock.sqlite'}"
    code = workshop(database)
    environment = {
        "MLMGMT_DATABASE_URL": database,
        "MLMGMT_FACILITATOR_KEY_HASH": hashlib.sha256(KEY.encode()).hexdigest(),
    }
    below = []
    try:
        with peers.stock_voila(notebooks, environment) as (url, process):
            pages = f"{url}voila/render/"
            survey, leader = f"{pages}MaturitySurvey.ipynb#join={code}", f"{pages}MaturityWorkshop.ipynb"
            try:
                yield Server("stock Voila", process.pid, survey, leader, KEY, code, database)
            finally:
                below = processes.below(process.pid)
    finally:
        processes.end(below, 20)


def workshop(database: str) -> str:
    """Begin an anonymous workshop; return its code."""
    with Workspace.open(database) as workspace:
        return workspace.workshops.create(load_rubric(RUBRIC), "A full room").code
