"""`make bench-room`: a room of a hundred people on this machine, ours and stock Voila side by side.

Participants are clients without a browser that speak the same protocol as our page; three real Chromiums come with
them, one as slow as a phone; a facilitator watches. Exit status 1 when somebody failed in a room of ours, or when an
answer that was confirmed is not in the database.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import psutil

from bench.rooms import quiet, report, servers
from bench.rooms.figures import Room
from bench.rooms.helpers import ROOT
from bench.rooms.holding import Held, Plan, hold, with_stored

STOCK_MOST = 100  # participants, unless more are asked for: a hundred of its kernels take 6 GB and minutes
INTERRUPTED = 130  # the exit status that shells give to Ctrl+C
Serving = Callable[[Path, int], AbstractContextManager[servers.Server]]


@dataclass
class Found:
    """What was measured so far.

    Attributes:
        rooms: ours.
        stock: stock Voila's.
        alone: seconds of a first visit when nobody else is there: server -> browser -> seconds.
        stopped: whether somebody stopped it.
    """

    rooms: list[Room] = field(default_factory=list)
    stock: Room | None = None
    alone: dict[str, Mapping[str, float]] = field(default_factory=dict)
    stopped: bool = False


def main(arguments: list[str] | None = None) -> int:
    """Hold the rooms, print the table and the aims; return the exit status."""
    asked = parser().parse_args(arguments)
    plan = Plan(
        participants=asked.participants,
        arrive=asked.arrive,
        think=asked.think,
        seed=asked.seed,
        until=time.monotonic() + asked.limit,
        chromium=None if asked.no_browsers else chromium(),
    )
    beside = 0 if asked.no_stock else (asked.stock_participants or min(plan.participants, STOCK_MOST))
    load = os.getloadavg()[0]
    found = Found()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            measure(Path(folder), plan, beside, found)
        except KeyboardInterrupt:
            print("\nStopped; everything that was started has been ended.", file=sys.stderr)
            found.stopped = True
    if found.rooms:
        show(asked, found, load)
    if found.stopped:
        return INTERRUPTED
    lost = found.stock is not None and found.stock.kept.lost
    return 0 if all(room.whole for room in found.rooms) and not lost else 1


def parser() -> argparse.ArgumentParser:
    """Return what the command understands."""
    made = argparse.ArgumentParser(prog="python -m bench.room", description=(__doc__ or "").partition("\n\n")[2])
    made.add_argument("--participants", type=_people, default=100, help="how many take part (100)")
    made.add_argument("--arrive", type=float, default=10.0, help="seconds in which they arrive (10)")
    made.add_argument("--think", type=float, default=2.0, help="mean seconds of thought before an answer (2)")
    made.add_argument("--seed", type=int, default=0, help="of arrivals, thoughts and answers (0)")
    made.add_argument("--limit", type=float, default=1200.0, help="seconds after which everything ends (1200)")
    made.add_argument("--stock-participants", type=_people, help=f"with stock Voila (as many, up to {STOCK_MOST})")
    made.add_argument("--no-stock", action="store_true", help="without stock Voila beside")
    made.add_argument("--no-browsers", action="store_true", help="without Chromiums")
    made.add_argument("--json", metavar="FILE", help="write all figures there; - is standard output")
    return made


def measure(folder: Path, plan: Plan, beside: int, found: Found) -> None:
    """Hold our room, the same as small as stock Voila's where that one is smaller, stock Voila's; then visit alone."""
    found.rooms.append(held(servers.ours, folder / "ours", plan, "ours"))
    if beside:
        smaller = replace(plan, participants=beside)
        if beside != plan.participants:
            found.rooms.append(held(servers.ours, folder / "ours-beside", smaller, f"ours, {beside}"))
        found.stock = held(servers.stock, folder / "stock", smaller, f"stock Voila, {beside}")
    if plan.chromium:
        for name, seconds in quiet.visits(folder / "quiet", plan, stock=bool(beside)):
            found.alone[name] = seconds


def held(serving: Serving, folder: Path, plan: Plan, name: str) -> Room:
    """Hold one room on a server of its own; its database is read when that server has ended."""
    with serving(folder, plan.participants + 10) as server:
        one: Held = hold(server, plan, name)
    return with_stored(server, one)


def show(asked: argparse.Namespace, found: Found, load: float) -> None:
    """Print the table and the aims, and write the JSON."""
    out = sys.stderr if asked.json == "-" else sys.stdout
    rooms = [*found.rooms, *([found.stock] if found.stock else [])]
    aims = report.aims(found.rooms, found.stock)
    memory = psutil.virtual_memory().total / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB, load {load:.1f} before it began"
    way = f"arriving within {asked.arrive:g} s, {asked.think:g} s of thought on average, seed {asked.seed}"
    print(f"\n{machine}; {way}\n", file=out)
    print(report.table(rooms, found.alone), file=out)
    print(f"\n{report.aims_in_words(aims)}", file=out)
    if asked.json:
        about = {"machine": machine, "arrive": asked.arrive, "think": asked.think, "seed": asked.seed}
        text = json.dumps(report.plain(rooms, aims, found.alone, **about), indent=2)
        if asked.json == "-":
            print(text)
        else:
            Path(asked.json).write_text(text + "\n", encoding="utf-8")


def chromium() -> str:
    """Return where Chromium is.

    Raises:
        SystemExit: if there is none, with what to install.
    """
    found = subprocess.run([ROOT / "scripts" / "find-chromium.sh"], capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(f"{found.stderr.strip()} Or leave them out: --no-browsers.")
    return found.stdout.strip()


def _people(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:  # noqa: PLR2004 - bounded: this is one machine
        raise argparse.ArgumentTypeError("between 1 and 1000")
    return number


def _interrupted(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupted)
    sys.exit(main())
