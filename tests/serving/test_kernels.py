"""Kernels: each its own process, none left behind."""

# ruff: noqa: S310 - the addresses are our own server's

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing.forkserver
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import psutil
import pytest
import zmq
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from mlmgmt_widgets.serving import provisioner
from mlmgmt_widgets.serving.kernels import (
    WorkbookKernelManager,
    WorkbookKernels,
    WorkbookKernelSpecs,
    small_environment,
)
from tests.browser.serving import Served
from tests.serving.conftest import kernels
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.xdist_group("serving"),
    pytest.mark.skipif(not provisioner.available(), reason="kernels are forked on Linux only"),
]
PLAIN = "mlmgmt_widgets.serving.kernel"  # the module that a kernel runs which is not forked
Start = Callable[[], AbstractContextManager[Served]]


def opened(server: Served, name: str) -> str:
    with urllib.request.urlopen(f"{server.url}/voila/render/{name}.ipynb", timeout=120) as response:
        return response.read().decode()


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_twenty_visitors_at_once_each_get_a_kernel(server: Served) -> None:
    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(lambda _: opened(server, "process"), range(20)))
    processes = {found[1] for page in pages if (found := re.search(r"process=(\d+)", page))}
    assert len(processes) == 20


def test_forked_kernels_compute_with_threads_and_draw_different_numbers(server: Served) -> None:
    first, second = opened(server, "numbers"), opened(server, "numbers")
    assert "2400" in first
    draws = [re.findall(r"draw ([\d.]+) ([\d.]+)", page)[0] for page in (first, second)]
    assert draws[0][0] != draws[1][0]
    assert draws[0][1] != draws[1][1]


def test_a_killed_kernel_is_forgotten_and_not_replaced(server: Served) -> None:
    before = kernels(server)
    page = opened(server, "process")
    kernel = re.search(r'"kernelId": "([^"]+)"', page)
    (process,) = kernels(server) - before
    assert kernel
    os.kill(process, signal.SIGKILL)
    address = f"{server.url}/api/kernels/{kernel[1]}"

    def gone() -> bool:
        try:
            urllib.request.urlopen(address)
        except urllib.error.HTTPError as error:
            return error.code == 404
        return False

    assert until(gone)
    assert kernels(server) <= before


def test_closing_a_page_ends_its_kernel(server: Served) -> None:
    before = kernels(server)
    kernel = re.search(r'"kernelId": "([^"]+)"', opened(server, "process"))
    assert kernel
    address = f"{server.url}/voila/api/shutdown/{kernel[1]}"
    with urllib.request.urlopen(urllib.request.Request(address, method="POST")) as response:
        assert response.status == 204
    assert until(lambda: kernels(server) <= before)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_kernel_outlives_the_server(start: Start, end: signal.Signals) -> None:
    with start() as server:
        opened(server, "process")
        opened(server, "counter")
        below = psutil.Process(server.process.pid).children(recursive=True)
        assert len(kernels(server)) == 2
        server.process.send_signal(end)
        server.process.wait(20)
        _, alive = psutil.wait_procs(below, timeout=10)
        assert alive == []


def test_what_a_kernel_logs_is_read_by_whoever_serves_and_by_no_visitor(server: Served) -> None:
    assert "the-secret-place" not in opened(server, "faulty")
    assert until(lambda: any("the-secret-place" in line for line in server.output), seconds=5)


def test_a_visitor_who_leaves_while_waiting_leaves_no_kernel(server: Served) -> None:
    before = kernels(server)
    for _ in range(5):
        with urllib.request.urlopen(f"{server.url}/voila/render/process.ipynb", timeout=60) as response:
            response.read1(10)
    assert until(lambda: kernels(server) == before, seconds=30)


def test_a_killed_fork_server_takes_no_page_with_it_and_is_replaced(server: Served) -> None:
    page_of = f"{server.url}/voila/render/process.ipynb"
    killed = fork_server(server)
    environment = killed.environ()
    assert "MLMGMT_HOME" not in environment  # which the server has

    async def visit() -> None:
        page = await Visitor.open(page_of)
        killed.kill()
        assert await page.alive()
        another = await Visitor.open(page_of)
        assert await page.alive()
        for each in (page, another):
            await each.close()

    before = kernels(server)
    asyncio.run(visit())
    assert fork_server(server) != killed
    assert fork_server(server).environ() == environment
    below = psutil.Process(server.process.pid)
    assert until(lambda: kernels(server) <= before)
    assert until(lambda: psutil.STATUS_ZOMBIE not in {each.status() for each in below.children(recursive=True)})


def test_kernels_share_no_connection_with_the_server_or_with_each_other(server: Served) -> None:
    before = kernels(server)
    opened(server, "counter")
    opened(server, "counter")
    one, other = kernels(server) - before
    parent, below = fork_server(server), psutil.Process(server.process.pid).children()
    (tracker,) = [each.pid for each in below if "resource_tracker" in "".join(each.cmdline())]
    # What the standard library and whoever reads the server's output share with everybody.
    common = open_in(tracker) | open_in(server.process.pid, "1", "2")
    assert (open_in(one) & open_in(other)) - common == set()
    for each in (one, other, parent.pid):
        assert {name for name in open_in(each) & open_in(server.process.pid) if name.startswith("socket")} == set()
        assert not any("sqlite" in name for name in open_in(each))
    # A thread that is not forked keeps its locks for ever; the one socket is where it is asked to fork.
    assert parent.num_threads() == 1
    assert len([name for name in open_in(parent.pid) if name.startswith("socket")]) == 1


def fork_server(server: Served) -> psutil.Process:
    """The process from which kernels are forked, which leads no session as they do."""
    below = psutil.Process(server.process.pid).children()
    (found,) = [each for each in below if "forkserver" in "".join(each.cmdline()) and os.getsid(each.pid) != each.pid]
    return found


def open_in(pid: int, *numbers: str) -> set[str]:
    """What a process has open (as these numbers) that is one thing wherever it is open: pipes, sockets and files."""
    names = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        if not numbers or each.name in numbers:
            with contextlib.suppress(FileNotFoundError):  # closed since
                names.add(str(each.readlink()))
    return {name for name in names if not name.startswith(("anon_inode", "/dev/"))}


class Tried(NamedTuple):
    command: list[str]
    said: str


def run_in_a_kernel(folder: Path, code: str) -> Tried:
    """Run code in a kernel of a served page; return how the kernel was started and what a page would be told."""
    said: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] != "execute_input":  # the code itself
            said.append(str(message["content"]))

    async def try_it() -> list[str]:
        manager = WorkbookKernels(kernel_spec_manager=WorkbookKernelSpecs(), connection_dir=str(folder))
        kernel_id = await manager.start_kernel(kernel_name="python3")
        client = manager.get_kernel(kernel_id).client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        command = psutil.Process(manager.get_kernel(kernel_id).provisioner.pid).cmdline()
        await client.execute_interactive(code, timeout=60, output_hook=hear)
        client.stop_channels()
        await manager.shutdown_all(now=True)
        return command

    return Tried(asyncio.run(try_it()), "".join(said))


@pytest.mark.parametrize("forks", [True, False])
def test_a_kernel_logs_nothing_to_its_page_whether_it_is_forked_or_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, forks: bool
) -> None:
    monkeypatch.setattr(provisioner, "available", lambda: forks)
    code = "import logging; logging.getLogger('mlmgmt_widgets.some').error('/srv/the-secret-place'); print('done')"
    command, said = run_in_a_kernel(tmp_path, code)
    assert (PLAIN in command) is not forks
    assert "done" in said
    assert "the-secret-place" not in said


def test_a_python_whose_fork_server_is_built_differently_starts_kernels_as_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing.forkserver, "_forkserver", SimpleNamespace())
    assert not provisioner.available()
    provisioner.prepare({})  # does nothing
    assert PLAIN in run_in_a_kernel(tmp_path, "").command


def refuse_to_fork(*_: object) -> None:
    raise OSError("no more processes")


def end_at_once(*_: object) -> None:
    os._exit(1)


@pytest.mark.parametrize(("part", "failure"), [("_fork", refuse_to_fork), ("_begin", end_at_once)])
def test_where_forking_fails_a_kernel_starts_as_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, failure: Callable[..., None]
) -> None:
    monkeypatch.setattr(provisioner, part, failure)
    assert PLAIN in run_in_a_kernel(tmp_path, "").command


def is_culled(manager: WorkbookKernels, kernel_id: str) -> bool:
    """Whether a kernel is ended when the culler looks at it; the manager has forgotten its kernels afterwards."""
    seen: list[str] = []

    async def shutdown_kernel(kernel_id: str, **_: object) -> None:
        seen.append(kernel_id)

    manager.shutdown_kernel = shutdown_kernel
    asyncio.run(manager.cull_kernel_if_idle(kernel_id))
    manager._kernels.clear()
    return bool(seen)


@pytest.mark.parametrize(
    ("connections", "idle_seconds", "ended"),
    [(0, 300, False), (0, 700, True), (1, 700, False), (1, 3600, False), (1, 8000, True)],
)
def test_an_idle_kernel_lives_longer_while_its_page_is_open(
    connections: int, idle_seconds: int, *, ended: bool
) -> None:
    from jupyter_server._tz import utcnow

    manager = WorkbookKernels(alone_seconds=600, cull_idle_timeout=7200)
    kernel = SimpleNamespace(last_activity=utcnow() - timedelta(seconds=idle_seconds), execution_state="idle")
    manager._kernels["k"] = kernel
    manager.notify_connect("k")
    manager._kernel_connections["k"] = connections
    assert is_culled(manager, "k") is ended


def test_the_small_environment_leaves_secrets_out() -> None:
    source = {"PATH": "/bin", "LC_ALL": "C.UTF-8", "DATABASE_PASSWORD": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    assert small_environment(source) == {"PATH": "/bin", "LC_ALL": "C.UTF-8"}


def test_a_long_folder_for_sockets_falls_back_to_ports() -> None:
    short = WorkbookKernels(connection_dir="/tmp/short")  # noqa: S108 - nothing is written there
    long = WorkbookKernels(connection_dir="/tmp/" + "long" * 30)  # noqa: S108
    assert WorkbookKernelManager(parent=short).transport == "ipc"
    assert WorkbookKernelManager(parent=long).transport == "tcp"


def test_what_is_imported_before_the_fork_starts_no_thread_of_python_and_no_chart_engine() -> None:
    code = (
        "import sys, threading, mlmgmt_widgets.serving.preload as preload;"
        "assert threading.active_count() == 1, threading.enumerate();"
        "assert 'vl_convert' not in sys.modules;"
        "print([name for name in preload.MODULES if name not in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_kernel_whose_page_is_away_keeps_its_place_for_a_moment_and_is_ended_where_memory_is_short() -> None:
    from jupyter_server._tz import utcnow

    manager = WorkbookKernels(away_seconds=60)
    for name, connections, idle_seconds in (
        ("here", 1, 3600),
        ("just left", 0, 30),
        ("away", 0, 90),
        ("busy", 0, 90),
        ("ready", 0, 90),
        ("spared", 0, 90),
    ):
        manager._kernels[name] = SimpleNamespace(
            last_activity=utcnow() - timedelta(seconds=idle_seconds),
            execution_state="busy" if name == "busy" else "idle",
        )
        manager._kernel_connections[name] = connections
    manager._kernels["starting"] = WorkbookKernelManager()  # of which the server has noted nothing yet
    manager.hold("ready")
    ended: list[str] = []

    async def shutdown_kernel(kernel_id: str, **_: object) -> None:
        ended.append(kernel_id)

    async def end() -> None:
        manager.end_abandoned({"spared"})
        await asyncio.gather(*manager._ending)

    manager.shutdown_kernel = shutdown_kernel
    assert manager.inside() == {"here", "just left", "starting"}
    asyncio.run(end())
    assert ended == ["away"]
    manager._kernels.clear()


@pytest.mark.parametrize(
    ("visited", "held", "ended"), [(True, False, False), (False, False, True), (False, True, False)]
)
def test_a_kernel_to_which_no_page_ever_came_is_ended_soon_but_not_one_that_waits_for_a_visitor(
    *, visited: bool, held: bool, ended: bool
) -> None:
    from jupyter_server._tz import utcnow

    manager = WorkbookKernels(alone_seconds=600, unvisited_seconds=120)
    manager._kernels["k"] = SimpleNamespace(last_activity=utcnow() - timedelta(seconds=300), execution_state="idle")
    manager._kernel_connections["k"] = 0
    if visited:
        manager.notify_connect("k")
        manager._kernel_connections["k"] = 0
    if held:
        manager.hold("k")
    assert is_culled(manager, "k") is ended


def test_a_thousand_pages_find_a_socket() -> None:
    manager = WorkbookKernels()
    sockets = [manager.context.socket(zmq.DEALER) for _ in range(1500)]
    for each in sockets:
        each.close()
    assert len(sockets) == 1500


def test_a_kernels_activity_is_noted_as_jupyter_server_notes_it(tmp_path: Path) -> None:
    """The messages of a real kernel, read by both."""

    async def both(kinds: type[WorkbookKernels]) -> list[tuple[str, str, bool]]:
        manager = kinds(kernel_spec_manager=WorkbookKernelSpecs(), connection_dir=str(tmp_path))
        kernel_id = await manager.start_kernel(kernel_name="python3")
        kernel = manager.get_kernel(kernel_id)
        seen: list[tuple[str, str, bool]] = []
        noting = kernel._activity_stream._recv_callback

        def note(parts: list[bytes]) -> None:
            before = kernel.last_activity
            noting(parts)
            seen.append((parts[0].decode().rpartition(".")[2], kernel.execution_state, kernel.last_activity > before))

        kernel._activity_stream.on_recv(note)
        client = kernel.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        for code in ("1 + 1", "1 / 0"):
            await client.execute_interactive(code, timeout=60, output_hook=lambda _: None)
        client.comm_info()
        await client.execute_interactive("", timeout=60, output_hook=lambda _: None)
        client.stop_channels()
        await manager.shutdown_all(now=True)
        return [each for each in seen if each[0] != "status" or each[2]]

    class AsJupyterServer(WorkbookKernels):
        start_watching_activity = AsyncMappingKernelManager.start_watching_activity

    ours, theirs = asyncio.run(both(WorkbookKernels)), asyncio.run(both(AsJupyterServer))
    assert len(ours) > 10
    assert ours == theirs
