"""Starting a real `mlmgmt serve` and watching what browsers ask for."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

KEY = "a-facilitators-key-only-for-tests"
START_SECONDS = 60
MLMGMT = ("-m", "mlmgmt_widgets")


@dataclass
class Served:
    """A running server."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.home / "workspace" / "workspace.sqlite"

    @property
    def facilitator(self) -> str:
        return f"{self.url}/voila/render/maturity_workshop.ipynb#key={KEY}"

    @property
    def survey(self) -> str:
        return f"{self.url}/voila/render/maturity_survey.ipynb"

    def join(self, code: str) -> str:
        return f"{self.survey}#join={code}"

    def kernels(self) -> set[psutil.Process]:
        """The processes below the server that run a notebook: each leads a session of its own."""
        return {each for each in psutil.Process(self.process.pid).children(recursive=True) if _leads(each.pid)}


def _leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


@contextmanager
def serving(
    home: Path, port: int = 0, folder: Path | None = None, program: Sequence[str] = MLMGMT, options: Sequence[str] = ()
) -> Iterator[Served]:
    """Run `mlmgmt serve` with a home of its own until the block ends."""
    arguments = ["serve", "--port", str(port), *options]
    with running(home, arguments, r"Home\s+(http://\S+?)/?\s", folder, program) as server:
        yield server


@contextmanager
def lab(home: Path, folder: Path) -> Iterator[Served]:
    """Run `mlmgmt lab` in a folder made by `mlmgmt new` until the block ends; `url` holds its token."""
    with running(home, ["lab", "--port", "0", "--no-open"], r"(http://127\.0\.0\.1\S+token=\w+)", folder) as server:
        yield server


@contextmanager
def running(
    home: Path, arguments: list[str], says: str, folder: Path | None = None, program: Sequence[str] = MLMGMT
) -> Iterator[Served]:
    """Run `mlmgmt` until the block ends; its address is what it prints first that matches `says`."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "MLMGMT_HOME": str(home), "MLMGMT_FACILITATOR_KEY": KEY}
    environment.pop("MLMGMT_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=folder or home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output: list[str] = []
    found = threading.Event()
    address: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            if match := re.search(says, line):
                address.append(match[1])
                found.set()
        found.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        found.wait(START_SECONDS)
        assert address, "the server did not start:\n" + "".join(output)
        yield Served(address[0], home, process, output)
    finally:
        below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        # As a service manager does; whoever starts tests in the background may have them ignore an interrupt.
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)
        reader.join(5)
        _, left = psutil.wait_procs(below, 15)
        assert left == [], "these outlived their server"
