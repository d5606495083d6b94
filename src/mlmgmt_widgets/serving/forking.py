"""Processes that are forked from one which has imported everything, each known by a handle of its own.

The standard library's fork server makes them. It may be killed without harm: what it has forked lives on as a
child of this process, and the next fork starts another fork server.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.util
import os
import select
import signal
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36  # from <linux/prctl.h>
_WHOLE_GROUP = 4  # PIDFD_SIGNAL_PROCESS_GROUP from <linux/pidfd.h>, since Linux 6.9
# How long to wait, in seconds, before a fork server that did not answer is asked again: one that was killed takes
# a moment to be gone.
_PAUSES = (0.05, 0.5)
_STANDARD_ERROR = 2
_TELLING = (
    0.5  # seconds within which a fork server tells how a process ended that has just done so; mostly one thousandth
)
# What is touched of the fork server; a Python without it forks nothing.
_PRIVATE = ("_forkserver_alive_fd", "_forkserver_address")


def available() -> bool:
    """Whether processes can be forked here, and be known by a handle that is never another's."""
    if sys.platform != "linux" or "forkserver" not in multiprocessing.get_all_start_methods():
        return False
    known = hasattr(multiprocessing.util, "spawnv_passfds")
    known &= all(hasattr(vars(multiprocessing.forkserver).get("_forkserver"), part) for part in _PRIVATE)
    return known and _has_handles()


def _has_handles() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):  # built without, an old Linux, or a sandbox that forbids it
        return False
    return True


class ForkServer:
    """The standard library's fork server, with an environment of its own.

    Not for several threads at once: multiprocessing keeps its books without locks.

    Args:
        preload: the module that it imports before it forks.

    Attributes:
        environment: all that it sees of ours; `None` is everything.
    """

    def __init__(self, preload: str) -> None:
        self.environment: Mapping[str, str] | None = None
        self._preload = preload

    def start(self) -> None:
        """See to it that it runs, without waiting until it has imported anything."""
        adopt_orphans()
        multiprocessing.get_context("forkserver").set_forkserver_preload([self._preload])
        with self._own_environment():
            multiprocessing.forkserver.ensure_running()

    def fork(self, target: Callable[..., None], *arguments: object) -> Forked:
        """Fork a process that calls `target`; where the fork server is gone, start another one first.

        Raises:
            OSError: if that fails, and fails again.
            EOFError: the same.
        """
        for pause in _PAUSES:
            try:
                return self._fork(target, arguments)
            except (OSError, EOFError):
                time.sleep(pause)
        return self._fork(target, arguments)

    def _fork(self, target: Callable[..., None], arguments: Sequence[object]) -> Forked:
        self.start()
        context = multiprocessing.get_context("forkserver")
        process: Any = context.Process(target=target, args=tuple(arguments), name="kernel")
        with self._own_environment(), _without_main():
            # As `Process.start` does, but entered in no books: those say that all have ended when the fork server
            # has, and make the interpreter wait for its children at the end.
            return Forked(context.Process._Popen(process))  # noqa: SLF001

    @contextlib.contextmanager
    def _own_environment(self) -> Iterator[None]:
        """Give what is started in here another environment, while ours stays as it is for other threads."""
        before = vars(multiprocessing.util)["spawnv_passfds"]

        def spawn(path: bytes | str, arguments: Sequence[bytes | str], descriptors: Sequence[int]) -> int:
            # A copy of a descriptor onto itself is one that the new process keeps.
            keep = [(os.POSIX_SPAWN_DUP2, each, each) for each in descriptors]
            close = [(os.POSIX_SPAWN_CLOSE, each) for each in _inheritable() - set(descriptors)]
            environment = os.environ if self.environment is None else self.environment
            return os.posix_spawn(path, list(arguments), environment, file_actions=[*keep, *close])

        multiprocessing.util.spawnv_passfds = spawn  # type: ignore[assignment]
        try:
            yield
        finally:
            multiprocessing.util.spawnv_passfds = before


class Forked:
    """A forked process with the face of `subprocess.Popen` that `LocalProvisioner` knows.

    It lives no longer than this object, nor than the process that holds it: see `kernel.run`.
    """

    stdin = stdout = stderr = None

    def __init__(self, popen: Any) -> None:
        self._popen = popen  # holds the pipe by which the process knows that it is wanted
        self.pid: int = popen.pid
        self.returncode: int | None = None
        # It has only just been forked: the number cannot have gone round to another process yet. From here on the
        # number is not used any more, because it may.
        self._handle = os.pidfd_open(self.pid)
        weakref.finalize(self, os.close, self._handle)

    def poll(self) -> int | None:
        """Return the exit status as `subprocess` has it, a negative signal number for a violent end."""
        if self.returncode is None:
            self.returncode = self._status()
            if self.returncode is not None:
                self._end_the_rest()
        return self.returncode

    def wait(self) -> int:
        """Wait until the process has ended."""
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        while (status := self.poll()) is None:
            ended.poll()
            time.sleep(0.001)  # whoever is its parent is about to say how it ended
        return status

    def send_signal(self, signum: int) -> None:
        """Signal the process and its whole group, if it is there."""
        with contextlib.suppress(ProcessLookupError):
            try:
                signal.pidfd_send_signal(self._handle, signum, None, _WHOLE_GROUP)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                if self.poll() is None:  # an older Linux knows groups by number only
                    os.killpg(self.pid, signum)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process, though it may not lead a group yet, and with it the group."""
        self.send_signal(signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _status(self) -> int | None:
        try:
            # Ours since its fork server was killed?
            ended = os.waitid(os.P_PIDFD, self._handle, os.WEXITED | os.WNOHANG)
        except ChildProcessError:
            # The fork server's, which takes note of the end and then tells us.
            status: int | None = self._popen.poll() if self._has_ended() and self._soon_gone() else None
            return status
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def _soon_gone(self) -> bool:
        """Wait the moment that its parent takes to note the end: until then nobody can say how it ended."""
        until = time.monotonic() + _TELLING
        while time.monotonic() < until:
            try:
                signal.pidfd_send_signal(self._handle, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.001)
        return False

    def _has_ended(self) -> bool:
        ended = select.poll()  # unlike `select`, it takes a handle with a large number
        ended.register(self._handle, select.POLLIN)
        return bool(ended.poll(0))

    def _end_the_rest(self) -> None:
        """End what the process had started and left behind."""
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL, None, _WHOLE_GROUP)
        take_note(self.pid)


def take_note(group: int) -> None:
    """Take note of the end of those of our children that are in a process group, now or whenever they end.

    A child that has ended stays in the table of processes until its parent has done so, and whoever adopts orphans
    is their parent.
    """
    if _children_in(group):
        threading.Thread(target=_wait_for, args=(group,), daemon=True, name="kernel-end").start()


def _children_in(group: int) -> bool:
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _wait_for(group: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-group, 0):
            pass


def _inheritable() -> set[int]:
    """Return the descriptors, beside the standard streams, that a new process would keep."""
    found = set()
    for each in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers, not paths
        with contextlib.suppress(OSError):  # closed since, as the one that was listed through is
            if each > _STANDARD_ERROR and os.get_inheritable(each):
                found.add(each)
    return found


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def let_go_of_the_fork_server() -> None:
    """In a forked process: close our end of the pipe by which the fork server knows that somebody needs it.

    It ends when the last end is closed. With ours open it would outlive a killed server.
    """
    server: Any = vars(multiprocessing.forkserver)["_forkserver"]  # there is no public way
    if server._forkserver_alive_fd is not None:  # noqa: SLF001
        os.close(server._forkserver_alive_fd)  # noqa: SLF001
        server._forkserver_alive_fd = server._forkserver_address = None  # noqa: SLF001


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from running our main script again in every process."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before
