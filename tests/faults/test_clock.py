"""Clocks that are set: nobody may set this machine's, so the parts that read one are given another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from jupyter_server._tz import utcnow

from mlmgmt_widgets.serving import kernels
from mlmgmt_widgets.serving.kernels import WorkbookKernels

HOUR = 3600.0


class Clock:
    """Two clocks: one that only counts on, and one that people set."""

    def __init__(self) -> None:
        self.passed, self.set_by = 1000.0, 0.0
        self._begun = utcnow()

    def monotonic(self) -> float:
        return self.passed

    def time(self) -> float:
        return self._begun.timestamp() + self.passed + self.set_by

    def now(self) -> datetime:
        return self._begun + timedelta(seconds=self.passed + self.set_by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(kernels, "time", SimpleNamespace(time=clock.time, monotonic=clock.monotonic))
    monkeypatch.setattr(kernels, "utcnow", clock.now)
    return clock


class Room:
    """Kernels by how long ago somebody used them, and which were ended."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.manager = WorkbookKernels(alone_seconds=600, cull_idle_timeout=7200)
        self.ended: list[str] = []
        self.manager.shutdown_kernel = self._end

    async def _end(self, kernel_id: str, **_: object) -> None:
        self.ended.append(kernel_id)
        self.manager._kernels.pop(kernel_id)

    def used(self, name: str, *, connected: bool) -> None:
        kernel = SimpleNamespace(last_activity=self.clock.now(), execution_state="idle")
        self.manager._kernels[name] = kernel
        self.manager._kernel_connections[name] = int(connected)
        self.manager._visited.add(name)

    def look(self) -> list[str]:
        asyncio.run(self.manager.cull_kernels())
        return self.ended


@pytest.fixture
def room(clock: Clock) -> Iterator[Room]:
    made = Room(clock)
    yield made
    made.manager._kernels.clear()


@pytest.mark.parametrize("jump", [-HOUR, HOUR, 8 * HOUR])
def test_a_clock_that_is_set_ends_no_kernel_early_and_keeps_none_for_longer(
    room: Room, clock: Clock, jump: float
) -> None:
    room.used("phone in a pocket", connected=False)
    room.used("open page", connected=True)
    clock.passed += 500
    room.used("second phone", connected=False)
    clock.set_by += jump
    clock.passed += 30
    assert room.look() == []
    clock.passed += 100
    assert room.look() == ["phone in a pocket"]
    clock.passed += 500
    assert room.look() == ["phone in a pocket", "second phone"]
    clock.passed += 6600
    assert room.look() == ["phone in a pocket", "second phone", "open page"]


def test_who_speaks_after_the_clock_was_set_back_is_not_taken_for_idle(room: Room, clock: Clock) -> None:
    room.used("open page", connected=True)
    clock.passed += 60
    clock.set_by -= HOUR
    clock.passed += 20
    room.used("phone in a pocket", connected=False)
    clock.passed += 20
    assert room.look() == []
    clock.passed += 500
    assert room.look() == []
