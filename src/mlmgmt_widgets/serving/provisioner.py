"""Kernels that are forked from a process which has imported everything they need.

A kernel that starts from nothing spends half a second of processor time on imports, and three where charts
are drawn. Forty people who open a page at once would wait for minutes. Here each kernel is a child of the
standard library's fork server (Linux; elsewhere kernels start as usual).
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from mlmgmt_widgets.serving import forking, kernel

_START_SECONDS = 30.0
_log = logging.getLogger(__name__)
_fork_server = forking.ForkServer("mlmgmt_widgets.serving.preload")

# One thread starts all children; not the server's own, because the first start waits until the fork server has
# imported everything.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kernel-start")


def available() -> bool:
    """Whether kernels can be forked here."""
    return forking.available()


def prepare(environment: Mapping[str, str]) -> None:
    """Start the fork server, with only `environment` in its own environment, and let it import."""
    if available():
        _fork_server.environment = dict(environment)
        _starter.submit(_fork_server.start)


class ForkserverProvisioner(LocalProvisioner):
    """Start, signal and end kernels that are forked."""

    _noted = False  # that a kernel which was started as usual has ended

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel and return once its sockets are bound; where that fails, start one as usual."""
        cwd = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109 - the kernel's folder is a plain string
        process = await _ready(cmd, cwd, kwargs.get("env", {})) if available() else None
        if process is None:
            self._noted = False
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]  # what the base calls of it is there
        # Only now is the kernel the leader of its own group; before, its group was the server's.
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        return self.connection_info

    async def poll(self) -> int | None:
        """Return how the kernel ended, `None` while it runs."""
        status = await super().poll()
        if status is not None and isinstance(self.process, subprocess.Popen) and not self._noted:
            self._noted = True
            if self.pgid:
                forking.take_note(self.pgid)  # a forked one does so itself
        return status

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it has started, never a stranger who was given its number since."""
        if isinstance(self.process, forking.Forked):
            self.process.send_signal(signum)  # type: ignore[unreachable]  # the base says that it has none
        else:
            await super().send_signal(signum)


async def _ready(cmd: list[str], cwd: str, env: Mapping[str, str]) -> forking.Forked | None:
    """Fork a kernel that answers; `None` when there is none."""
    loop = asyncio.get_running_loop()
    try:
        process, ready = await loop.run_in_executor(_starter, _fork, cmd, cwd, env)
    except Exception:  # noqa: BLE001 - whatever it was: a page that opens late is better than none
        _log.exception("a kernel could not be forked and is started as usual")
        return None
    try:
        await _wait(ready)
    except (TimeoutError, EOFError):
        process.kill()
        _log.warning("a forked kernel ended before it was ready; another is started as usual")
        return None
    finally:
        ready.close()
    return process


def _fork(cmd: list[str], cwd: str, env: Mapping[str, str]) -> tuple[forking.Forked, Connection]:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    with theirs:
        return _fork_server.fork(_begin, cmd[cmd.index("-f") :], cwd, dict(env), theirs), ours


def _begin(arguments: list[str], cwd: str, env: dict[str, str], ready: Connection) -> None:
    forking.let_go_of_the_fork_server()
    kernel.run(arguments, cwd, env, ready)


async def _wait(ready: Connection) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(ready.fileno(), readable.set)
    try:
        await asyncio.wait_for(readable.wait(), _START_SECONDS)
    finally:
        loop.remove_reader(ready.fileno())
    ready.recv()  # EOFError: the kernel ended without a word
