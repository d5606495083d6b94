"""For scale: the first visits of the same three browsers when nobody else is there; Panel and Streamlit as well."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import peers
from bench.rooms import browsers, servers
from bench.rooms.helpers import helpers
from bench.rooms.holding import LEAVE_SECONDS, Plan, browser_job
from bench.rooms.tally import Tally

APART = 2.0  # seconds between two browsers


def visits(folder: Path, plan: Plan, *, stock: bool) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield for each server how many seconds each browser waited for the first question."""
    with servers.ours(folder / "ours", 20) as server:
        yield "ours", visit(server.survey, servers.QUESTION, servers.BUTTON, plan)
    if stock:
        with servers.stock(folder / "stock", 20) as server:
            yield "stock Voila", visit(server.survey, servers.QUESTION, servers.BUTTON, plan)
    for name, serving in (("Panel", peers.panel_survey), ("Streamlit", peers.streamlit_survey)):
        with ExitStack() as stack:
            try:
                peer = stack.enter_context(serving(folder / name))
            except FileNotFoundError as missing:
                print(f"{name} is left out: {missing}", file=sys.stderr)
                continue
            yield name, visit(peer.url, peer.ready, peer.start, plan)


def visit(url: str, ready: str, button: str, plan: Plan) -> dict[str, float]:
    """Return each browser's seconds; an earlier visit has paid for what a server imports at its first."""
    job = browser_job(url, replace(plan, arrive=APART), ready=ready, button=button, apart=1.0)
    print(f"Three browsers alone at {url.partition('#')[0]}", file=sys.stderr)
    _visit(job, plan.until)
    return _visit(job, plan.until)


def _visit(job: Mapping[str, Any], until: float) -> dict[str, float]:
    tally = Tally()
    with helpers("bench.rooms.browsers", [job]) as there:

        def listen(heard: Callable[[], int]) -> None:
            while heard() < len(browsers.NAMES) and not tally.ended and time.monotonic() < until:
                with contextlib.suppress(queue.Empty):
                    tally.take(there.events.get(timeout=1))

        listen(lambda: tally.ready)
        there.tell({"start": time.monotonic()})
        listen(lambda: len(tally.browsers))
        there.tell({"leave": True})
        with contextlib.suppress(subprocess.TimeoutExpired):  # then it is ended below
            there.running[0].wait(LEAVE_SECONDS)
    return {name: seconds for name, seconds in tally.browsers.items() if seconds is not None}
