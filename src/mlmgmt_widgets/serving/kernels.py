"""Which kernels there are, what they may see, and how long they live."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.session import DELIM
from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Bool, Dict, Integer, Type, default

from mlmgmt_widgets.serving import provisioner

NAME = "python3"
_JUMP = timedelta(seconds=2)  # by which a clock is corrected all the time, slowly
_MOST_SOCKETS = 30_000
_SOCKET_FOLDER_LENGTH = 50  # a socket's whole path must stay below 108 characters

# What a kernel needs to find its libraries, its language and its folders. The server's environment may
# hold passwords and tokens; none of it belongs into a process that visitors talk to.
ALLOWED = frozenset({
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "PYTHONPATH", "SHELL", "SYSTEMROOT", "TEMP", "TMP",
    "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    "JPY_SESSION_NAME",
})  # fmt: skip


def small_environment(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the part of an environment (default: our own) that kernels may see."""
    source = os.environ if source is None else source
    return {k: v for k, v in source.items() if k in ALLOWED or k.startswith("LC_")}


class WorkbookKernelSpecs(KernelSpecManager):
    """One kernel: this Python, forked where that is possible. No kernelspec needs to be installed."""

    forks = Bool(True, help="whether kernels are forked where that is possible").tag(config=True)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one kernel, whatever name a notebook was saved with."""
        del kernel_name
        metadata = {"kernel_provisioner": {"provisioner_name": "mlmgmt-forkserver"}}
        return KernelSpec(
            argv=[
                sys.executable, "-P", "-m", "mlmgmt_widgets.serving.kernel", "-f", "{connection_file}",
                "--HistoryManager.enabled=False",
                # A message that is none is a traceback in the log of whoever serves: anybody could fill their disk.
                "--IPKernelApp.log_level=50",
            ],
            display_name="Python 3",
            language="python",
            metadata=metadata if self.forks and provisioner.available() else {},
        )  # fmt: skip

    def get_all_specs(self) -> dict[str, Any]:
        """Return the one kernel in the form in which Voila looks for it."""
        return {NAME: {"resource_dir": "", "spec": self.get_kernel_spec(NAME).to_dict()}}

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the one kernel's name."""
        return {NAME: ""}


class QuickClient(AsyncKernelClient):
    """A client that is ready when the kernel says so, not a fifth of a second of silence later."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the base class's
        """Wait until the kernel's output reaches us.

        A kernel greets whoever listens to its output; whatever it is asked after that greeting is heard.

        Raises:
            RuntimeError: when the kernel has ended, or does not answer within `timeout` seconds.
        """
        until = time.monotonic() + (timeout or 60)
        while time.monotonic() < until:
            # A kernel that knows no greeting answers this on the same channel.
            self.kernel_info()
            try:
                await self.get_iopub_msg(timeout=0.5)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("The kernel ended before it was ready.") from None
            else:
                return
        raise RuntimeError("The kernel did not answer in time.")


class WorkbookKernelManager(AsyncIOLoopKernelManager):
    """One kernel. It is not restarted when it dies: an empty kernel behind a page helps nobody."""

    client_factory = Type(klass="jupyter_client.client.KernelClient", default_value=QuickClient)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Noted by the server only once the kernel has started; others may ask about it before.
        self.last_activity = utcnow()
        self.execution_state = "starting"

    @default("transport")
    def _transport(self) -> str:
        # Sockets in a folder of our own, closed to other users of the machine; TCP ports are open to all.
        folder = getattr(self.parent, "connection_dir", "")
        return "ipc" if provisioner.available() and len(folder) < _SOCKET_FOLDER_LENGTH else "tcp"

    def start_restarter(self) -> None:
        """Watch the kernel, often, and report its death instead of starting another."""
        super().start_restarter()
        if self._restarter is not None:
            self._restarter.restart_limit = 0


class WorkbookKernels(AsyncMappingKernelManager):
    """All kernels: a small environment for each, and an end for those that nobody looks at."""

    extra_environment = Dict(help="what kernels see beside the small environment").tag(config=True)
    alone_seconds = Integer(600, help="how long an idle kernel outlives its page's connection").tag(config=True)
    away_seconds = Integer(60, help="how long a page without a connection takes a place in a full room").tag(
        config=True
    )
    unvisited_seconds = Integer(120, help="how long a kernel waits for its page to connect at all").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._held: set[str] = set()  # kernels of pages that are ready and that nobody has seen
        self._visited: set[str] = set()
        self._ending: set[asyncio.Task[Any]] = set()
        self._clock_ahead = _clock_ahead()

    @default("kernel_manager_class")
    def _manager_class(self) -> str:
        return "mlmgmt_widgets.serving.kernels.WorkbookKernelManager"

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        # A page takes six sockets, and ZeroMQ's own limit is a thousand in all.
        context.set(zmq.MAX_SOCKETS, _MOST_SOCKETS)
        return context

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]  # as in jupyter_server
        """Start a kernel with the small environment instead of the server's."""
        kwargs["env"] = {**small_environment(), **self.extra_environment}
        kernel_id: str = await super().start_kernel(**kwargs)
        return kernel_id

    def start_watching_activity(self, kernel_id: str) -> None:
        """Note when a kernel last said something, and whether it is busy."""
        super().start_watching_activity(kernel_id)  # type: ignore[no-untyped-call]
        kernel = self._kernels[kernel_id]
        # The base would read each message a second time, dates and all: a quarter of what a full room costs the server.
        kernel._activity_stream.on_recv(partial(self._note, kernel))  # noqa: SLF001

    def _note(self, kernel: Any, parts: list[bytes]) -> None:
        header, parent, _, content = parts[parts.index(DELIM) + 2 :][:4]
        kind, asked = json.loads(header)["msg_type"], json.loads(parent).get("msg_type")
        by_visitor = self.track_message_type(asked)  # type: ignore[no-untyped-call]
        if by_visitor or self.track_message_type(kind) or kernel.execution_state == "busy":  # type: ignore[no-untyped-call]
            self.last_kernel_activity = kernel.last_activity = utcnow()
        if kind == "status":
            state = json.loads(content)["execution_state"]
            if by_visitor:
                kernel.execution_state = state
            elif kernel.execution_state == "starting" and state != "starting":
                kernel.execution_state = "idle"

    def hold(self, kernel_id: str) -> None:
        """Let a kernel live that waits for a visitor to come."""
        self._held.add(kernel_id)

    def hand_out(self, kernel_id: str) -> None:
        """Count a kernel like any other from now on: it has a visitor."""
        self._held.discard(kernel_id)
        self._kernels[kernel_id].last_activity = utcnow()

    def inside(self) -> set[str]:
        """Return the ids of the kernels whose page is open somewhere, or was within the last `away_seconds`."""
        return {each for each in self._kernels if each not in self._held and not self._abandoned(each)}

    def end_abandoned(self, sparing: Collection[str | None] = ()) -> None:
        """End the idle kernels whose pages have been away for longer than `away_seconds`, soon."""
        away = [each for each in self._kernels if each not in {*self._held, *sparing} and self._abandoned(each)]
        for kernel_id in [each for each in away if self._kernels[each].execution_state != "busy"]:
            ending = asyncio.ensure_future(self.shutdown_kernel(kernel_id, now=True))  # type: ignore[no-untyped-call]
            self._ending.add(ending)  # a task that nobody holds may be forgotten before it has run
            ending.add_done_callback(self._ending.discard)

    def _abandoned(self, kernel_id: str) -> bool:
        alone = not self._kernel_connections.get(kernel_id, 0)
        return alone and utcnow() - self._kernels[kernel_id].last_activity > timedelta(seconds=self.away_seconds)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended."""
        self._held.discard(kernel_id)
        self._visited.discard(kernel_id)
        kernel = super().remove_kernel(kernel_id)
        if kernel is not None:  # one that was killed leaves its files; one that was shut down has none any more
            kernel.cleanup_ipc_files()
            kernel.cleanup_connection_file()
        return kernel

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page has come to its kernel."""
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]
        self._visited.add(kernel_id)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Count the time alone from the moment in which the page went away."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        if kernel_id in self._kernels:
            self._kernels[kernel_id].last_activity = utcnow()

    async def cull_kernels(self) -> None:
        """End the kernels that are idle, by how long they really were."""
        self._follow_the_clock()
        await super().cull_kernels()  # type: ignore[no-untyped-call]

    def _follow_the_clock(self) -> None:
        """Move all moments along with a clock that was set, and over the night of a laptop that slept.

        Otherwise a roomful of pages would be closed at once, or none for as long as the clock went back.
        """
        ahead = _clock_ahead()
        jump = timedelta(seconds=ahead - self._clock_ahead)
        if abs(jump) < _JUMP:
            return
        self._clock_ahead = ahead
        now = utcnow()
        for kernel in self._kernels.values():
            # What lies before a clock that was set back may have happened since, and stands as it is.
            if jump > timedelta() or kernel.last_activity > now:
                kernel.last_activity = min(now, kernel.last_activity + jump)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is idle: soon when its page is gone, late when the page is still there.

        A locked phone loses its connection after a while. Its kernel lives on for `alone_seconds`, so a
        short look away costs nothing; after that the page opens anew, with every answer in place. A page that
        never connected was a link's preview, a health check, or somebody who left at once.
        """
        kernel = self._kernels.get(kernel_id)
        if kernel is None or kernel_id in self._held:
            return
        idle = utcnow() - kernel.last_activity
        limit = self._may_be_idle(kernel_id)
        if idle > timedelta(seconds=limit) and kernel.execution_state != "busy":
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    def _may_be_idle(self, kernel_id: str) -> int:
        if self._kernel_connections.get(kernel_id, 0):
            return int(self.cull_idle_timeout)
        return int(self.alone_seconds if kernel_id in self._visited else self.unvisited_seconds)


def _clock_ahead() -> float:
    """Return by how much the time of day is ahead of the clock that only counts on."""
    return time.time() - time.monotonic()
