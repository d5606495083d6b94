"""Which kernels there are, what they may see, and how long they live."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Dict, Integer, Type, default

from mlmgmt_widgets.serving import provisioner

NAME = "python3"
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

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one kernel, whatever name a notebook was saved with."""
        del kernel_name
        metadata = {"kernel_provisioner": {"provisioner_name": "mlmgmt-forkserver"}}
        return KernelSpec(
            argv=[
                sys.executable, "-P", "-m", "mlmgmt_widgets.serving.kernel", "-f", "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="Python 3",
            language="python",
            metadata=metadata if provisioner.available() else {},
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

    @default("kernel_manager_class")
    def _manager_class(self) -> str:
        return "mlmgmt_widgets.serving.kernels.WorkbookKernelManager"

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]  # as in jupyter_server
        """Start a kernel with the small environment instead of the server's."""
        kwargs["env"] = {**small_environment(), **self.extra_environment}
        kernel_id: str = await super().start_kernel(**kwargs)
        return kernel_id

    def notify_disconnect(self, kernel_id: str) -> None:
        """Count the time alone from the moment in which the page went away."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        if kernel_id in self._kernels:
            self._kernels[kernel_id].last_activity = utcnow()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is idle: soon when its page is gone, late when the page is still there.

        A locked phone loses its connection after a while. Its kernel lives on for `alone_seconds`, so a
        short look away costs nothing; after that the page opens anew, with every answer in place.
        """
        kernel = self._kernels.get(kernel_id)
        if kernel is None:
            return
        alone = not self._kernel_connections.get(kernel_id, 0)
        idle = utcnow() - kernel.last_activity
        limit = self.alone_seconds if alone else self.cull_idle_timeout
        if idle > timedelta(seconds=limit) and kernel.execution_state != "busy":
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]
