"""What a server and everything below it take, read from the operating system and not from the server."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import psutil

from bench.rooms.figures import Cost, Cpu, Spread

_MEGABYTE = 1e6
T = TypeVar("T")


def cpu(pid: int) -> Cpu:
    """Return the seconds of processor time of a process, and of all below it, those that have ended included."""
    root = psutil.Process(pid)
    own = root.cpu_times()
    # Whoever waits for a child that ended is credited with its time.
    reaped = own.children_user + own.children_system
    below = (_quietly(each.cpu_times) for each in root.children(recursive=True))
    kernels = sum(t.user + t.system + t.children_user + t.children_system for t in below if t is not None)
    return Cpu(own.user + own.system, reaped + kernels)


def machine() -> float:
    """Return the seconds that all cores of this machine have been busy since it was started, whoever used them."""
    spent = psutil.cpu_times()
    return float(sum(spent) - spent.idle - getattr(spent, "iowait", 0.0) - getattr(spent, "guest", 0.0))


def cost(pid: int) -> Cost:
    """Return the memory of a server's kernels, which lead a session each, and of all else that serves."""
    root = psutil.Process(pid)
    kernels: list[float] = []
    shared = proportional = 0.0
    for each in [root, *root.children(recursive=True)]:
        found = _quietly(each.memory_full_info)
        if found is None:
            continue
        proportional += found.pss / _MEGABYTE
        if each.pid != pid and leads(each.pid):
            kernels.append(found.uss / _MEGABYTE)
        else:
            shared += found.uss / _MEGABYTE
    return Cost(len(kernels), Spread.of(kernels), sum(kernels), shared, proportional)


def leads(pid: int) -> bool:
    """Whether a process leads a session, as every kernel does."""
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def below(pid: int) -> list[psutil.Process]:
    """Return everything that a process has started and that is still there."""
    found = _quietly(lambda: psutil.Process(pid).children(recursive=True))
    return found or []


def end(processes: list[psutil.Process], seconds: float = 10.0) -> None:
    """End these processes and wait for them; whoever does not go is killed."""
    for each in processes:
        _quietly(each.terminate)
    _, left = psutil.wait_procs(processes, seconds)
    for each in left:
        _quietly(each.kill)
    psutil.wait_procs(left, seconds)


def _quietly(ask: Callable[[], T]) -> T | None:
    """Ask a process that may be gone."""
    try:
        return ask()
    except psutil.Error:
        return None
