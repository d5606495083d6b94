"""A forked kernel is as good a kernel as one that jupyter_client starts: the same is asked of both.

What is asked follows jupyter_client's own tests of provisioners and kernel managers.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import json
import multiprocessing.forkserver
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from mlmgmt_widgets.serving import forking, provisioner
from mlmgmt_widgets.serving.kernels import WorkbookKernelSpecs, small_environment

pytestmark = [
    pytest.mark.xdist_group("serving"),
    pytest.mark.skipif(not provisioner.available(), reason="kernels are forked on Linux only"),
]
both = pytest.mark.parametrize("forks", [True, False], ids=["forked", "stock"])
WAIT = 60.0


def awaited(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Run a test in a loop of its own."""

    @functools.wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(test(**given))

    return run


# A cell that never lets go of the interpreter: C is called without releasing its lock. What it printed before might
# not be sent any more, so it leaves a file.
BUSY = "import ctypes, os; open(f'busy-{os.getpid()}', 'w').close(); ctypes.PyDLL(None).sleep(1000)"


@dataclass
class Kernel:
    """A running kernel, its manager and somebody who talks to it."""

    manager: AsyncKernelManager
    client: AsyncKernelClient

    @property
    def provisioner(self) -> LocalProvisioner:
        assert isinstance(self.manager.provisioner, LocalProvisioner)
        return self.manager.provisioner

    async def run(self, code: str = "", value: str = "None") -> Any:
        """Run code and return the value of an expression, or the name of the error."""
        # What is asked soon after an error is answered too, if the error is not one that stops.
        return await self.result(self.client.execute(code, user_expressions={"value": value}, stop_on_error=False))

    async def result(self, asked: str) -> Any:
        while (reply := await self.client.get_shell_msg(timeout=WAIT))["parent_header"]["msg_id"] != asked:
            pass
        if reply["content"]["status"] != "ok":
            return reply["content"]["ename"]
        return ast.literal_eval(reply["content"]["user_expressions"]["value"]["data"]["text/plain"])

    async def said(self, word: str) -> None:
        """Wait until the kernel prints something."""
        while word not in (await self.client.get_iopub_msg(timeout=WAIT))["content"].get("text", ""):
            pass

    async def is_busy(self) -> None:
        """Let the kernel do what never ends, and wait until it does."""
        self.client.execute(BUSY)
        sign = Path(str(self.provisioner.cwd)) / f"busy-{self.provisioner.pid}"

        async def there() -> bool:
            return sign.name in {each.name for each in entries(sign.parent)}

        await until(there)

    async def ended(self) -> int | None:
        """Wait until the kernel has ended; how."""
        await until(self.is_over)
        return await self.provisioner.poll()

    async def is_over(self) -> bool:
        return await self.provisioner.poll() is not None


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT):
        while not await condition():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)


async def gone(pid: int) -> None:
    """Wait until a process is no more, not even as an entry in the table."""

    async def away() -> bool:
        return not psutil.pid_exists(pid)

    await until(away)


@contextlib.asynccontextmanager
async def kernel(folder: Path, *, forks: bool) -> AsyncIterator[Kernel]:
    """A kernel of ours, forked or started by jupyter_client's own provisioner."""
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=WorkbookKernelSpecs(forks=forks),
        connection_file=str(folder / f"{uuid.uuid4().hex[:8]}.json"),
        transport="ipc",
        shutdown_wait_time=1.0,  # the stock kernel ends when it is told so a second time
    )
    await manager.start_kernel(env={**small_environment(), "COLOUR": "blue"}, cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=WAIT)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


@both
@awaited
async def test_a_kernel_is_known_and_leads_a_life_of_its_own(tmp_path: Path, *, forks: bool) -> None:
    async with kernel(tmp_path, forks=forks) as one:
        known, manager = one.provisioner, one.manager
        assert isinstance(known.process, forking.Forked if forks else subprocess.Popen)
        assert known.has_process
        assert await known.poll() is None
        assert await manager.is_alive()
        own = "(os.getpid(), os.getpgrp(), os.getsid(0), os.getcwd(), os.environ['COLOUR'], 'HISTFILE' in os.environ)"
        assert await one.run("import os", own) == (known.pid, known.pgid, known.pid, str(tmp_path), "blue", False)
        assert known.resolve_path("kernel-notes.txt") is None
        assert await one.run("", "get_ipython().history_manager.enabled") is False
        # What it does not look at stays shared with all others.
        assert not forks or await one.run("", "get_ipython().kernel._kernel_modules") == []
        assert (
            await one.run("import sys, ipykernel.ipkernel as i, IPython.core.shellapp as s", "i.sys is s.sys is sys")
            is True
        )
        # A child of its own, in the way in which multiprocessing starts one.
        code = "import multiprocessing as m; child = m.get_context('fork').Process(target=int); child.start()"
        assert await one.run(f"{code}; child.join()", "child.exitcode") == 0

        info = await known.get_provisioner_info()
        assert (info["pid"], info["pgid"]) == (known.pid, known.pgid)
        other = type(known)(kernel_spec=known.kernel_spec, kernel_id="", parent=None)
        await other.load_provisioner_info(json.loads(json.dumps(info, default=bytes.decode)))
        assert (other.pid, other.pgid, other.kernel_id) == (known.pid, known.pgid, known.kernel_id)
        assert not other.has_process

        await manager.interrupt_kernel()  # nothing runs: nothing happens
        assert await one.run("", "1 + 1") == 2
        one.client.stop_channels()
        await manager.shutdown_kernel()
        assert not known.has_process
        assert not await manager.is_alive()
        assert (await known.poll(), await known.wait()) == (0, 0)
        assert not any(entries(tmp_path))
    await gone(info["pid"])


@both
@awaited
async def test_an_interrupt_stops_the_cell_and_what_it_started_and_the_kernel_lives_on(
    tmp_path: Path, *, forks: bool
) -> None:
    async with kernel(tmp_path, forks=forks) as one:
        code = (
            "import subprocess; child = subprocess.Popen(['sleep', '1000']); print('there', flush=True); child.wait()"
        )
        asked = one.client.execute(code, stop_on_error=False)
        await one.said("there")
        await one.manager.interrupt_kernel()
        assert await one.result(asked) == "KeyboardInterrupt"
        assert await one.run("child.wait()", "child.returncode is not None") is True
        assert await one.manager.is_alive()


@pytest.mark.parametrize("now", [True, False])
@both
@awaited
async def test_a_restart_keeps_the_address_and_nothing_else(tmp_path: Path, *, forks: bool, now: bool) -> None:
    async with kernel(tmp_path, forks=forks) as one:
        before, address = one.provisioner.pid, one.manager.get_connection_info()
        assert await one.run("state = 'old'", "state") == "old"
        await one.manager.restart_kernel(now=now)
        await one.client.wait_for_ready(timeout=WAIT)
        assert one.manager.get_connection_info() == address
        assert await one.run("import os", "(os.getpid(), 'state' in globals())") == (one.provisioner.pid, False)
        await gone(before)


ENDS: dict[str, tuple[str, int]] = {
    "its own word": ("import os; os._exit(3)", 3),
    "a crash": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
    "kill": ("", -signal.SIGKILL),
    "terminate": ("", -signal.SIGTERM),
}


@pytest.mark.parametrize("end", list(ENDS))
@both
@awaited
async def test_how_a_kernel_ended_is_told_as_subprocess_tells_it(tmp_path: Path, end: str, *, forks: bool) -> None:
    code, status = ENDS[end]
    async with kernel(tmp_path, forks=forks) as one:
        known = one.provisioner
        child = await one.run("import subprocess; child = subprocess.Popen(['sleep', '1000'])", "child.pid")
        if code:
            one.client.execute(code)
        else:
            await getattr(known, end)()
        assert await one.ended() == status
        assert not await one.manager.is_alive()
        await known.send_signal(signal.SIGINT)  # to nobody
        assert await known.wait() == status
        if not forks:  # the stock one leaves behind what was started by a kernel that ends of itself
            with contextlib.suppress(ProcessLookupError):
                os.killpg(known.pgid or 0, signal.SIGKILL)
            forking.take_note(known.pgid or 0)
        await gone(child)


@both
@awaited
async def test_a_kernel_that_will_not_end_is_ended(tmp_path: Path, *, forks: bool) -> None:
    async with kernel(tmp_path, forks=forks) as one:
        pid = one.provisioner.pid
        assert pid is not None
        one.manager.shutdown_wait_time = 0.4
        assert await one.run("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)") is None
        await one.is_busy()
        one.client.stop_channels()
        await one.manager.shutdown_kernel()
        assert not one.provisioner.has_process
        await gone(pid)


@awaited
async def test_two_forked_kernels_share_no_chance(tmp_path: Path) -> None:
    draw = """
import random, tempfile, uuid
import numpy as np
from jupyter_client.session import Session
drawn = [
    random.random(), random.randbytes(8), float(np.random.random()), float(np.random.default_rng().random()),
    tempfile.mktemp(), str(uuid.uuid4()), str(uuid.uuid1()), Session().session, get_ipython().kernel.session.session,
]
"""
    async with kernel(tmp_path, forks=True) as one, kernel(tmp_path, forks=True) as other:
        first, second = await one.run(draw, "drawn"), await other.run(draw, "drawn")
    assert len(first) == len(second) == 9
    assert set(first).isdisjoint(second)


@both
@awaited
async def test_a_kernel_that_wants_the_whole_memory_gets_an_error(tmp_path: Path, *, forks: bool) -> None:
    async with kernel(tmp_path, forks=forks) as one:
        assert await one.run("large = bytearray(3 * 1024**3)") == "MemoryError"
        limits = "[resource.getrlimit(each) for each in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)]"
        assert await one.run("import resource", limits) == [(0, 0), (1024, 1024)]


@awaited
async def test_a_process_that_has_ended_is_never_looked_for_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(number: int, *_: int) -> None:
        raise AssertionError(f"{number} may be another process by now")

    async with kernel(tmp_path, forks=True) as one:
        known = one.provisioner
        assert isinstance(known.process, forking.Forked)
        os.kill(known.pid or 0, signal.SIGKILL)
        await gone(known.pid or 0)  # the fork server has taken note: the number is free
        for way in ("kill", "killpg", "waitpid"):
            monkeypatch.setattr(os, way, never)
        await known.send_signal(signal.SIGINT)
        await known.kill()
        await known.terminate()
        monkeypatch.undo()
        assert await one.ended() == -signal.SIGKILL


def refuse_to_fork(*_: object) -> None:
    raise OSError("no more processes")


@awaited
async def test_a_kernel_that_was_started_because_none_could_be_forked_leaves_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner._fork_server, "fork", refuse_to_fork)
    async with kernel(tmp_path, forks=True) as one:
        known = one.provisioner
        assert isinstance(known.process, subprocess.Popen)
        child = await one.run("import subprocess; child = subprocess.Popen(['sleep', '1000'])", "child.pid")
        forking.adopt_orphans()  # a server that has forked before has done so
        await known.kill()
        assert await one.ended() == -signal.SIGKILL
        await gone(child)
        await gone(known.pid or 0)


def test_what_a_dying_fork_server_says_of_a_process_is_not_believed() -> None:
    """Its descriptors are closed before its children become ours: for a moment nobody can say how they ended."""
    forking.adopt_orphans()
    # A parent that never takes note of its child's end.
    code = "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        process = forking.Forked(SimpleNamespace(pid=int(parent.stdout.readline()), poll=lambda: 255))
        process.kill()
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert process.poll() is None
        parent.kill()
    assert process.wait() == -signal.SIGKILL


@awaited
async def test_kernels_outlive_their_fork_server_and_end_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        first, second, third = [await stack.enter_async_context(kernel(tmp_path, forks=True)) for _ in range(3)]
        monkeypatch.setattr(provisioner._fork_server, "environment", {"PATH": "/bin", "ONLY": "this"})
        killed = fork_server()
        os.kill(killed, signal.SIGKILL)
        assert await second.run("", "1 + 1") == 2
        assert await first.manager.is_alive()

        # What a kernel starts has somebody, too, who takes note of its end.
        child = await first.run("import subprocess; child = subprocess.Popen(['sleep', '1000'])", "child.pid")
        first.client.execute("import os; os._exit(3)")
        assert await first.ended() == 3
        await gone(child)
        await gone(first.provisioner.pid or 0)
        await second.provisioner.kill()
        assert await second.ended() == -signal.SIGKILL
        await gone(second.provisioner.pid or 0)

        # Another is there when it is needed, with the environment that was meant for it.
        monkeypatch.setattr(provisioner._fork_server, "_preload", "ipykernel.kernelapp")
        fourth = await stack.enter_async_context(kernel(tmp_path, forks=True))
        assert isinstance(fourth.provisioner.process, forking.Forked)
        assert fork_server() != killed
        environment = environment_of(fork_server())
        assert environment == b"PATH=/bin\0ONLY=this\0"
        assert os.environ["PATH"] != "/bin"
        assert await third.run("", "2 + 2") == await fourth.run("", "2 + 2") == 4
    os.kill(fork_server(), signal.SIGKILL)  # its environment is nobody else's


def entries(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def fork_server() -> int:
    """The process id of this process's fork server."""
    server: Any = vars(multiprocessing.forkserver)["_forkserver"]
    return int(server._forkserver_pid)


SERVER = """
import asyncio, multiprocessing.forkserver, os, signal, sys
from pathlib import Path
from mlmgmt_widgets.serving import forking, provisioner
from tests.serving.test_provisioner import fork_server, kernel

async def serve():
    provisioner._fork_server = forking.ForkServer("ipykernel.kernelapp")
    folder = Path(sys.argv[1])
    async with kernel(folder, forks=True) as one:
        await one.is_busy()
        os.kill(fork_server(), signal.SIGKILL)
        async with kernel(folder, forks=True) as other:
            await other.is_busy()
            print(one.provisioner.pid, other.provisioner.pid, flush=True)
            await asyncio.sleep(1000)

asyncio.run(serve())
"""


def test_kernels_that_are_busy_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        kernels = {int(pid) for pid in server.stdout.readline().split()}
        below = psutil.Process(server.pid).children(recursive=True)
        server.kill()
    _, alive = psutil.wait_procs(below, timeout=WAIT)
    assert alive == []
    assert len(kernels) == 2
    assert kernels < {each.pid for each in below}
