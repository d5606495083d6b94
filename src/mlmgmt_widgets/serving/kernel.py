"""What runs in a kernel of a served page: in each forked one, and as a module where kernels cannot be forked."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import random
import select
import signal
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# How much a kernel may take. Memory is counted as Linux counts it for RLIMIT_DATA, touched or not.
_MOST_MEMORY = 2 * 1024**3
_MOST_FILES = 1024
_NICE = 5  # below the server, which has to go on answering everybody while one visitor's kernel is busy


def run(arguments: Sequence[str], cwd: str, env: Mapping[str, str], ready: Connection) -> None:
    """Become a Jupyter kernel of one's own: own session, folder, environment, sockets.

    Args:
        arguments: the kernel's command line, for instance `["-f", "kernel.json"]`.
        cwd: the folder in which the notebook lies.
        env: the whole environment; nothing of the server's is kept.
        ready: told `True` when the kernel's sockets are bound, so that a client connects at once.
    """
    os.setsid()
    os.nice(_NICE)
    _end_with_the_server()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    _reseed()
    limit()
    log_to_the_server()

    from ipykernel.kernelapp import IPKernelApp

    # One stands for a parent that never ends: ours, the fork server, may. It also keeps hints off the terminal.
    app: Any = IPKernelApp.instance(parent_handle=1)
    with _without_a_look_at_all_modules():
        app.initialize(list(arguments))
    _announce_widgets()
    ready.send(True)
    ready.close()
    app.start()


def limit() -> None:
    """Bound what one visitor's kernel can take of the machine: an attempt at more fails there, and only there."""
    try:
        import resource
    except ImportError:  # not on every platform
        return
    most = {resource.RLIMIT_DATA: _MOST_MEMORY, resource.RLIMIT_NOFILE: _MOST_FILES, resource.RLIMIT_CORE: 0}
    for what, wanted in most.items():
        allowed = resource.getrlimit(what)[1]
        bound = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
        resource.setrlimit(what, (bound, bound))
    # Where memory runs out all the same, Linux is to end a kernel and not the server.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


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


def _end_with_the_server() -> None:
    """Have Linux end this process and what it starts as soon as the server is gone, or lets go of it.

    The server holds one end of a pipe, and nobody else does. That it is closed is a signal that needs nothing of
    us: neither a thread nor the interpreter, which may be busy.
    """
    import fcntl  # not on every platform

    server = multiprocessing.parent_process()
    if server is None:
        raise RuntimeError("Only a forked kernel can end with its server.")
    pipe = server.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it went before it was watched
        os._exit(1)


@contextlib.contextmanager
def _without_a_look_at_all_modules() -> Iterator[None]:
    """Show ipykernel and IPython no modules while they start.

    One lists the files of all of them for its debugger, the other their names for a command that forgets them; no
    visitor can reach either. To look at an object is to count a reference in it, and a memory page that is written
    to is no longer shared: 18 MB in every kernel.
    """
    from ipykernel import ipkernel
    from IPython.core import shellapp

    few = types.SimpleNamespace(**{**vars(sys), "modules": {}})
    looking = (vars(ipkernel), vars(shellapp))
    for each in looking:
        each["sys"] = few
    try:
        yield
    finally:
        for each in looking:
            each["sys"] = sys


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
    limit()
    log_to_the_server()
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
