"""The machine that serves: its port, its kernels, how many participants it bears."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlmgmt_widgets.doctor.finding import Finding, look, ok, wrong
from mlmgmt_widgets.workspace.whole_file import size_in_words

_SECONDS = 30.0  # until a kernel counts as one that does not start
_ANSWER_SECONDS = 3.0
_FILES_PER_PAGE = 24  # of the server's: a websocket, and the sockets to the kernel on both sides
_FILES_BESIDE = 200
_ROOM = 300
_BUSY = 3  # processes that wait for each processor


def port(number: int) -> Iterator[Finding]:
    """Look whether a port of this machine is free, or who has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            taken = error
        else:
            yield ok("port", f"{number} is free.")
            return
    if _is_ours(number):
        yield ok("port", f"A workbook is open on {number} already.")
    elif isinstance(taken, PermissionError):
        yield wrong("port", f"{number} may not be used by you.", "Take one above 1023: mlmgmt serve --port 8866.")
    else:
        yield wrong("port", f"{number} is taken by {_owner(number)}.", "Take another: mlmgmt serve --port N.")


def _is_ours(number: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/mlmgmt/alive")
        return connection.getresponse().status == http.client.NO_CONTENT
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _owner(number: int) -> str:
    import psutil

    try:
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.pid and each.laddr and each.laddr.port == number:
                return f"{psutil.Process(each.pid).name()} (process {each.pid})"
    except psutil.Error:
        pass
    return "another program"


def forking() -> Iterator[Finding]:
    """Look whether kernels can be forked."""
    from mlmgmt_widgets.serving import provisioner

    if provisioner.available():
        yield ok("forking", "Kernels are forked, which makes pages open quickly.")
    else:
        says = "Kernels cannot be forked on this system or with this Python: pages open slowly, and take more memory."
        yield look("forking", says, "Serve a large room from Linux.")


def kernel(folder: str) -> Iterator[Finding]:
    """Start a kernel as the server does, ask it to compute something, and end it.

    Args:
        folder: in which it starts.
    """
    try:
        as_served = asyncio.run(asyncio.wait_for(_kernel(folder), _SECONDS))
    except TimeoutError:
        says = f"No kernel answered within {_SECONDS:.0f} seconds"
        if _is_busy():
            yield look("kernel", f"{says}, but this machine is very busy.", "Try again when it is not.")
        else:
            yield wrong("kernel", f"{says}.", "`mlmgmt serve --kernels local` starts them another way.")
    except RuntimeError as error:
        yield wrong("kernel", f"A kernel does not start: {error}", "Install mlmgmt-widgets again.")
    else:
        if as_served:
            yield ok("kernel", "One was started, computed, and ended.")
        else:
            says = "One was started and computed, but it could not be forked: pages open slowly."
            yield look("kernel", says, "The lines above say why.")


def _is_busy() -> bool:
    waiting = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return waiting > _BUSY * _processors()


async def _kernel(folder: str) -> bool:
    """Return whether the kernel came about in the way that it should."""
    from mlmgmt_widgets.serving import forking as forks
    from mlmgmt_widgets.serving import provisioner
    from mlmgmt_widgets.serving.kernels import WorkbookKernelManager, WorkbookKernelSpecs, small_environment

    environment = {**small_environment(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    provisioner.prepare(environment)
    with tempfile.TemporaryDirectory(prefix="mlmgmt-") as sockets:
        manager = WorkbookKernelManager(
            kernel_spec_manager=WorkbookKernelSpecs(), connection_file=str(Path(sockets) / "kernel.json")
        )
        client: Any = None
        try:
            await manager.start_kernel(env=environment, cwd=folder)
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=_SECONDS)
            reply = await client.execute("import mlmgmt_widgets", reply=True, timeout=_SECONDS)
            if reply["content"]["status"] != "ok":
                raise RuntimeError(f"it cannot import the workbook ({reply['content']['ename']}).")
            forked = isinstance(vars(manager.provisioner).get("process"), forks.Forked)
        finally:
            if client is not None:
                client.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)
    return forked or not provisioner.available()


def memory() -> Iterator[Finding]:
    """Look for how many participants there is memory."""
    from mlmgmt_widgets.serving.capacity import free_memory, room_for

    free = free_memory()
    room = room_for(free)
    says = f"{size_in_words(free)} are free, room for about {room} participants."
    few = 30
    if room == 0:
        yield wrong("memory", f"{size_in_words(free)} are free, too little for anybody.", "End what else is running.")
    elif room < few:
        yield look("memory", says, "End what else is running, or serve from a larger machine.")
    else:
        yield ok("memory", says)


def open_files() -> Iterator[Finding]:
    """Look how many files and connections a process may have open."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # the server takes all that it may have
    if most == resource.RLIM_INFINITY:
        yield ok("open files", "As many as one likes.")
        return
    room = max(0, (most - _FILES_BESIDE) // _FILES_PER_PAGE)
    if room < _ROOM:
        says = f"The server may have {most} files open, enough for about {room} pages."
        yield look("open files", says, "Raise it before you start: ulimit -Hn 8192 (LimitNOFILE= in systemd).")
    else:
        yield ok("open files", f"{most}, enough for {_ROOM} participants.")


def processors() -> Iterator[Finding]:
    """Look how many processors may be used."""
    number = _processors()
    if number < 2:  # noqa: PLR2004 - the server and the kernels
        yield look("processors", "There is one.", "With two or more, a room opens its pages in half the time.")
    else:
        yield ok("processors", f"{number}.")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
