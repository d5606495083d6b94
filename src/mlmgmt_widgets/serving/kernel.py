"""What runs in a kernel of a served page: in each forked one, and as a module where kernels cannot be forked."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def run(arguments: Sequence[str], cwd: str, env: Mapping[str, str], parent: int, ready: Connection) -> None:
    """Become a Jupyter kernel of one's own: own session, folder, environment, sockets.

    Args:
        arguments: the kernel's command line, for instance `["-f", "kernel.json"]`.
        cwd: the folder in which the notebook lies.
        env: the whole environment; nothing of the server's is kept.
        parent: process id of the fork server; the kernel ends when that process is gone.
        ready: told `True` when the kernel's sockets are bound, so that a client connects at once.
    """
    os.setsid()
    _end_with(parent)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    _reseed()
    log_to_the_server()

    from ipykernel.kernelapp import IPKernelApp

    # ipykernel's own watch on its parent, beside the one above; it also keeps its hints off the terminal.
    app: Any = IPKernelApp.instance(parent_handle=parent)
    app.initialize(list(arguments))
    _announce_widgets()
    ready.send(True)
    ready.close()
    app.start()


def log_to_the_server() -> None:
    """Let what this package logs reach whoever runs the server.

    ipykernel sends everything that is written to the error stream to the page instead, where any visitor may
    read it. So the stream is copied before.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):  # there may be no error stream
        stream = os.fdopen(os.dup(sys.__stderr__.fileno()), "w", encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
        logger = logging.getLogger("mlmgmt_widgets")
        logger.handlers = [handler]
        logger.propagate = False


def _end_with(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have gone between the fork and the call above.
    if os.getppid() != parent:
        os._exit(1)


def _announce_widgets() -> None:
    """Tell the new kernel about widgets, which register themselves only when imported inside one."""
    if "ipywidgets" in sys.modules:
        import ipywidgets

        ipywidgets.register_comm_target()


def _reseed() -> None:
    """Give this kernel random numbers of its own; forked processes start with equal generators."""
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()  # noqa: NPY002 - the global generator is the one that is copied by a fork


if __name__ == "__main__":
    log_to_the_server()
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
