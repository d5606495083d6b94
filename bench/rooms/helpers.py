"""Processes that stand for people: given a job as a line of JSON, they say what happens, a line of JSON each.

They have a session of their own, so Ctrl+C reaches only whoever started them, who ends them by their id.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.rooms import processes

Event = dict[str, Any]
ENDED = "ended"
ROOT = Path(__file__).parents[2]


class Helpers:
    """Some processes, and what they say.

    Attributes:
        events: what all of them said, in the order in which it arrived.
    """

    def __init__(self, running: Sequence[subprocess.Popen[str]]) -> None:
        self.running = running
        self.events: queue.Queue[Event] = queue.Queue()
        for each in running:
            threading.Thread(target=self._read, args=(each,), daemon=True).start()

    def tell(self, word: Mapping[str, Any]) -> None:
        """Say something to all of them; whoever is gone does not hear it, and `ended` tells that."""
        for each in self.running:
            try:
                print(json.dumps(word), file=each.stdin, flush=True)
            except OSError:
                continue

    def cpu(self) -> float:
        """Return the processor time that they took so far, in seconds."""
        used = [processes.cpu(each.pid) for each in self.running if each.poll() is None]
        return sum(each.total for each in used)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
        for line in process.stdout:
            self.events.put(json.loads(line))
        self.events.put({"event": ENDED, "status": process.wait()})


@contextmanager
def helpers(module: str, jobs: Sequence[Mapping[str, Any]]) -> Iterator[Helpers]:
    """Run a module once for each job until the block ends; whatever is left of them then is ended."""
    running: list[subprocess.Popen[str]] = []
    try:
        for job in jobs:
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            running.append(process)
            print(json.dumps(job), file=process.stdin, flush=True)
        yield Helpers(running)
    finally:
        there = [each for each in running if each.poll() is None]
        children = [child for each in there for child in processes.below(each.pid)]
        processes.end([psutil.Process(each.pid) for each in there])
        processes.end(children, 5)
        for each in running:
            each.wait(5)


def say(event: str, **about: Any) -> None:
    """In a helper: tell whoever started it."""
    print(json.dumps({"event": event, **about}), flush=True)


def told() -> Event:
    """In a helper: wait for what it is told next; nothing when nobody is there any more."""
    line = sys.stdin.readline()
    found: Event = json.loads(line) if line else {}
    return found
