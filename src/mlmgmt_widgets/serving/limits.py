"""How much one visitor may ask of the server, so that nobody can stop it for the others.

SECURITY.md says what these numbers are for.
"""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from mlmgmt_widgets.serving.capacity import Full

_MB = 1024 * 1024
MESSAGE_BYTES = 16 * _MB  # one message; a page refuses files long before that
UNREAD_BYTES = 16 * _MB  # what waits for a browser that does not read
HEADER_BYTES = 16 * 1024  # a request's first line and headers
BODY_BYTES = 64 * 1024  # a request's body; files travel over the kernel's connection
SILENT_SECONDS = 60.0  # until a connection that does not get on with its request is closed
PING_MILLISECONDS = 30_000
# The first look comes with the first ping, when nothing can have been answered yet: less than twice the interval, or
# as much, would close the connection of everybody who is there.
PONG_MILLISECONDS = 3 * PING_MILLISECONDS

CONNECTIONS = 4  # of one page's kernel: a phone's old one may not have been missed yet when the next one comes
# A page that has been without a network sends all its answers at once; a slider that is dragged sends 15 a second.
MESSAGES, MESSAGES_PER_SECOND = 200, 40
BYTES, BYTES_PER_SECOND = MESSAGE_BYTES, 1 * _MB
COMMS, COMMS_PER_SECOND = 20, 0.1  # a page opens one, and another after a reconnection at most

# A room of 300 has one address and opens the link within minutes, some of its people twice.
PAGES, PAGES_PER_SECOND = 600, 0.5
_ADDRESSES = 10_000  # that are remembered; whoever was quiet longest is forgotten

HTTP_OPTIONS: dict[str, Any] = {
    "max_buffer_size": MESSAGE_BYTES + _MB,  # a message in its frame
    "max_header_size": HEADER_BYTES,
    "max_body_size": BODY_BYTES,
    "idle_connection_timeout": SILENT_SECONDS,
    "body_timeout": SILENT_SECONDS,
}


class Bucket:
    """A budget that is spent in bursts and comes back steadily.

    Args:
        burst: how much can be spent at once.
        per_second: how much comes back in a second.
        clock: tells the time, in seconds.

    Example:
        >>> bucket = Bucket(2, 0.001)
        >>> bucket.take(), bucket.take(), bucket.take()
        (True, True, False)
    """

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = self._left = float(burst)
        self._per_second = per_second
        self._clock = clock
        self._then = clock()

    def take(self, amount: float = 1.0) -> bool:
        """Spend `amount` if there is that much; whether there was."""
        if self._refilled() < amount:
            return False
        self._left -= amount
        return True

    def has(self, amount: float = 1.0) -> bool:
        """Whether `take` would succeed."""
        return self._refilled() >= amount

    def owe(self, amount: float = 1.0) -> float:
        """Spend `amount` in any case; the seconds until the budget is no longer overdrawn."""
        self._left = self._refilled() - amount
        return max(0.0, -self._left / self._per_second)

    def _refilled(self) -> float:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._then) * self._per_second)
        self._then = now
        return self._left


class Meter:
    """What one page's kernel is sent: the budget of all its connections together."""

    def __init__(self) -> None:
        self.comms = Bucket(COMMS, COMMS_PER_SECOND)
        self._messages = Bucket(MESSAGES, MESSAGES_PER_SECOND)
        self._bytes = Bucket(BYTES, BYTES_PER_SECOND)
        self._connections = 0

    @contextlib.contextmanager
    def connection(self) -> Iterator[None]:
        """Count a connection while it lasts.

        Raises:
            HTTPError: if there are too many already.
        """
        if self._connections >= CONNECTIONS:
            raise HTTPError(429)
        self._connections += 1
        try:
            yield
        finally:
            self._connections -= 1

    def message(self, size: int) -> float:
        """Count a message of `size` bytes; the seconds to wait before it is handed on and the next one is read."""
        return max(self._messages.owe(), self._bytes.owe(size))


class Meters:
    """The meter of every kernel, for as long as that kernel lives: a new connection brings no new budget."""

    def __init__(self) -> None:
        self._meters: WeakKeyDictionary[object, Meter] = WeakKeyDictionary()

    def of(self, kernel: object) -> Meter:
        """Return a kernel's meter."""
        return self._meters.setdefault(kernel, Meter())


class TooMany(Full):
    """Too many pages were opened from one address; another server before the same proxy is not to be asked."""

    status = 429
    heading = "Please wait a moment"

    def __init__(self) -> None:
        super().__init__("Very many pages were opened from your network in a short time.")


class Openings:
    """How many pages, each with a kernel, are opened from one address."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def spend(self, request: HTTPServerRequest) -> None:
        """Count a page that is opened.

        Raises:
            TooMany: if there were too many.
        """
        address = client(request)
        bucket = self._buckets.pop(address, None) or Bucket(PAGES, PAGES_PER_SECOND)
        self._buckets[address] = bucket
        if len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        if not bucket.take():
            raise TooMany

    def check(self, request: HTTPServerRequest) -> None:
        """Look whether a page may be opened, without counting one.

        Raises:
            TooMany: if there were too many.
        """
        bucket = self._buckets.get(client(request))
        if bucket is not None and not bucket.has():
            raise TooMany


def client(request: HTTPServerRequest) -> str:
    """Return the address that a request came from; of IPv6 the network, since every machine there has many.

    A proxy on this machine is believed when it says for whom it asks; nobody else is, who could say anything.
    """
    peer = request.remote_ip or ""
    if _is_this_machine(peer):
        peer = request.headers.get("X-Forwarded-For", peer).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/64", strict=False) if address.version == 6 else address)  # noqa: PLR2004


def allow_many_connections() -> None:
    """Use all the open files that this process may have: idle connections must not take the last one."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):  # macOS says "unlimited" and means less
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _is_this_machine(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
