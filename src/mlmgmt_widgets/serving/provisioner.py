"""Kernels that are forked from a process which has imported everything they need.

A kernel that starts from nothing spends half a second of processor time on imports, and three where charts
are drawn. Forty people who open a page at once would wait for minutes. Here each kernel is a child of the
standard library's fork server (Linux; elsewhere kernels start as usual).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import types
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from mlmgmt_widgets.serving import kernel

_START_SECONDS = 30.0
# What `_let_go_of_the_fork_server` has to touch; a Python without it starts kernels as usual.
_PRIVATE = ("_forkserver_alive_fd", "_forkserver_address")
_log = logging.getLogger(__name__)

# multiprocessing keeps its books without locks, so one thread starts all children; not the server's own,
# because the first start waits until the fork server has imported everything.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kernel-start")


def available() -> bool:
    """Whether kernels can be forked here."""
    forks = sys.platform == "linux" and "forkserver" in multiprocessing.get_all_start_methods()
    return forks and all(hasattr(vars(multiprocessing.forkserver).get("_forkserver"), part) for part in _PRIVATE)


def prepare(environment: Mapping[str, str]) -> None:
    """Start the fork server, with only `environment` in its own environment, and let it import."""
    if available():
        _starter.submit(_prepare, dict(environment))


def _prepare(environment: dict[str, str]) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mlmgmt_widgets.serving.preload"])
    with _environment(environment):
        multiprocessing.forkserver.ensure_running()


class ForkserverProvisioner(LocalProvisioner):
    """Start, signal and end kernels that are forked."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel and return once its sockets are bound; where that fails, start one as usual."""
        cwd = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109 - the kernel's folder is a plain string
        process = await _ready(cmd, cwd, kwargs.get("env", {})) if available() else None
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        # Only now is the kernel the leader of its own group; before, its group was the server's.
        self.process = _Forked(process)  # type: ignore[assignment]  # what the base calls of it is there
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        return self.connection_info


class _Forked:
    """A forked process with the face of `subprocess.Popen` that `LocalProvisioner` knows."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self.pid is not None and self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def _ready(cmd: list[str], cwd: str, env: Mapping[str, str]) -> ForkServerProcess | None:
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


def _fork(cmd: list[str], cwd: str, env: Mapping[str, str]) -> tuple[ForkServerProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    arguments = cmd[cmd.index("-f") :]
    # A daemon, so that the server does not wait for its kernels when it ends.
    process = context.Process(target=_begin, args=(arguments, cwd, dict(env), theirs), name="kernel", daemon=True)
    with _without_main():
        process.start()
    theirs.close()
    return process, ours


def _begin(arguments: list[str], cwd: str, env: dict[str, str], ready: Connection) -> None:
    _let_go_of_the_fork_server()
    kernel.run(arguments, cwd, env, os.getppid(), ready)


def _let_go_of_the_fork_server() -> None:
    """Close our end of the pipe by which the fork server knows that somebody needs it.

    It ends when the last end is closed. With ours open it would outlive a killed server, and we with it.
    """
    server: Any = vars(multiprocessing.forkserver)["_forkserver"]  # there is no public way
    if server._forkserver_alive_fd is not None:  # noqa: SLF001
        os.close(server._forkserver_alive_fd)  # noqa: SLF001
        server._forkserver_alive_fd = server._forkserver_address = None  # noqa: SLF001


async def _wait(ready: Connection) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(ready.fileno(), readable.set)
    try:
        await asyncio.wait_for(readable.wait(), _START_SECONDS)
    finally:
        loop.remove_reader(ready.fileno())
    ready.recv()  # EOFError: the kernel ended without a word


@contextlib.contextmanager
def _environment(environment: dict[str, str]) -> Iterator[None]:
    """Let a process that is started here see `environment` and nothing else."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from running the server's main script again in every kernel."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before
