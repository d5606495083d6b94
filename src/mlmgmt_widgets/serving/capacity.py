"""How many pages may be open, and what is said to whoever comes when there is no room."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from mlmgmt_widgets.serving.notebooks import Page

_MB = 1024 * 1024
# Private memory of a page's kernel once it is in use, rounded up: measured by `make bench-room`.
PAGE_BYTES = 60 * _MB
_KEPT_BYTES = 256 * _MB  # never given to pages: the server, the system, a database on the same machine
_FACILITATORS_BYTES = 512 * _MB  # beyond that, kept for those who run the workbook
_SAY_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Full(Exception):  # noqa: N818 - what it is
    """There is no room for another page; `reason` is a sentence for whoever came.

    Attributes:
        status: of the answer to the request for the page. A proxy before several servers asks another one.
        heading: of the page that says so.
    """

    status = 503
    heading = "The room is full at the moment"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class Seat:
    """A place that is taken, from the moment in which someone is let in until their kernel ends.

    Attributes:
        participant: whether it counts as one of the room's places.
        kernel_id: the page's kernel, once it has one.
    """

    participant: bool
    kernel_id: str | None = None


class Kernels(Protocol):
    """What is asked about the kernels of pages."""

    def list_kernel_ids(self) -> Collection[str]:
        """Return the ids of all kernels."""

    def inside(self) -> Collection[str]:
        """Return the ids of those whose page is open somewhere, or was a moment ago."""

    def end_abandoned(self, sparing: Collection[str | None]) -> None:
        """End those that are not inside, soon."""


class Capacity:
    """Counts who is inside, and lets in as many as there are places and memory.

    Args:
        kernels: the kernels of all pages.
        places: how many participants may be inside; `None` where memory alone decides.
        memory: tells how many bytes are free for pages.
    """

    def __init__(self, kernels: Kernels, places: int | None = None, memory: Callable[[], int] | None = None) -> None:
        self._kernels = kernels
        self.places = places
        self._memory = memory or free_memory
        self._seats: set[Seat] = set()
        self._said = -_SAY_SECONDS

    @property
    def participants(self) -> int:
        """How many participants are inside, or on their way in."""
        living, inside = self._kernels.list_kernel_ids(), {None, *self._kernels.inside()}
        self._seats = {seat for seat in self._seats if seat.kernel_id is None or seat.kernel_id in living}
        return sum(seat.participant for seat in self._seats if seat.kernel_id in inside)

    def admit(self, page: Page) -> Seat:
        """Let someone in who opens `page`.

        Raises:
            Full: if there is no room for them.
        """
        try:
            self.check(page)
        except Full as full:
            if not self.has_memory(page):
                # A phone in a pocket: its page opens anew when it is looked at, with every answer in place.
                self._kernels.end_abandoned({seat.kernel_id for seat in self._seats if not seat.participant})
            self._say(full.reason)
            raise
        seat = Seat(not page.facilitator)
        self._seats.add(seat)
        return seat

    def check(self, page: Page) -> None:
        """Look whether there is room for one more on `page`.

        Raises:
            Full: if there is none.
        """
        inside = self.participants
        if not page.facilitator and self.places is not None and inside >= self.places:
            word = "place is" if self.places == 1 else "places are"
            raise Full(f"{'The only' if self.places == 1 else f'All {self.places}'} {word} taken.")
        if not self.has_memory(page):
            raise Full("The server has no memory left for another page.")

    def has_memory(self, page: Page, pages: int = 1) -> bool:
        """Whether memory allows `pages` more, beside those that are just opening."""
        opening = sum(seat.kernel_id is None for seat in self._seats)
        kept = _KEPT_BYTES if page.facilitator else _KEPT_BYTES + _FACILITATORS_BYTES
        return self._memory() >= kept + (opening + pages) * PAGE_BYTES

    def leave(self, seat: Seat) -> None:
        """Give a place back whose page was not opened after all."""
        self._seats.discard(seat)

    def _say(self, reason: str) -> None:
        """Tell whoever runs the server, now and then."""
        if time.monotonic() - self._said >= _SAY_SECONDS:
            self._said = time.monotonic()
            _log.warning("The room is full, newcomers wait: %s %d participants are inside.", reason, self.participants)


def free_memory() -> int:
    """Return how many bytes can be used without swapping: the machine's, or what a container may still take."""
    available = int(psutil.virtual_memory().available)
    ours = _container_memory()
    return available if ours is None else min(available, ours)


def room_for(memory: int) -> int:
    """Return about how many participants fit into `memory` bytes that are free before any of them is in.

    Example:
        >>> room_for(8 * 1024**3)
        123
    """
    return max(0, (memory - _KEPT_BYTES - _FACILITATORS_BYTES) // PAGE_BYTES)


def _container_memory(root: Path = Path("/sys/fs/cgroup"), ours: Path = Path("/proc/self/cgroup")) -> int | None:
    """Return what our control group (version 2) may still take; `None` where it has no limit of its own.

    The limits of the groups around it are not looked at: services and containers have theirs on their own group.
    """
    try:
        own = next(line for line in ours.read_text().splitlines() if line.startswith("0::"))
        # In a container the path may be the host's, and what is mounted is the container's own.
        folder = next(each for each in (root / own.removeprefix("0::/"), root) if (each / "memory.max").exists())
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        inactive = _stat((folder / "memory.stat").read_text(), "inactive_file")
    except (OSError, ValueError, StopIteration):
        return None  # no Linux, no such version, no such group; "max" where it has no limit
    return max(0, limit - used + inactive)


def _stat(text: str, name: str) -> int:
    # Cached files count as used, and are given back when memory is asked for.
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")), 0)
