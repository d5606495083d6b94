"""The connection between a page and its kernel: what a browser may say, and how fast.

Voila lets browsers send what its own front end needs. That is more than our pages need: a comm that is opened
makes any registered widget in the kernel, and a kernel can be shut down. So every message is taken apart here,
and what is handed on is put together anew, from the parts that were looked at.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tornado.iostream import StreamBufferFullError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from mlmgmt_widgets.serving import limits

PROTOCOL = "v1.kernel.websocket.jupyter.org"
CONTROL = "jupyter.widget.control"  # the one comm that a page opens: through it, it asks for all widgets
_CHANNEL = b"shell"
_HEADER_FIELDS = ("msg_id", "msg_type", "session", "username", "version", "date")
_SMALL = 10_000  # bytes of anything but a widget's message
_MOST_PARTS = 70  # of a message; a browser sends four and its buffers
_NO_MESSAGE = 1008  # a connection's end: what came broke the rules
_ID_LENGTH = 100
# What a kernel says that no page shows: the code it runs, and errors, with their places in the server's files.
_UNHEARD = ("execute_input", "error")


class NoMessage(ValueError):  # noqa: N818 - what it is
    """What came is not a message."""


@dataclass(frozen=True)
class Message:
    """A browser's message.

    Attributes:
        header: its header's known fields, all of them text.
        content: as it came.
        buffers: as they came.
    """

    header: dict[str, str]
    content: bytes
    buffers: tuple[bytes, ...]

    @property
    def kind(self) -> str:
        """The message's type."""
        return self.header["msg_type"]


def read(frame: bytes | str) -> Message:
    """Take a frame of the websocket protocol apart: offsets, channel, four JSON parts, buffers.

    Args:
        frame: what the browser sent.

    Raises:
        NoMessage: if it is anything else, or meant for a channel on which pages have nothing to say.

    Example:
        >>> read("{}")
        Traceback (most recent call last):
        mlmgmt_widgets.serving.channels.NoMessage: not binary
    """
    if isinstance(frame, str):
        raise NoMessage("not binary")
    channel, header, _parent, _metadata, content, *buffers = _parts(frame, _MOST_PARTS)
    if channel != _CHANNEL:
        raise NoMessage("not the shell's channel")
    fields = _object(header)
    known = {name: fields.get(name, "") for name in _HEADER_FIELDS}
    if not all(isinstance(value, str) for value in known.values()):
        raise NoMessage("a header of other things than text")
    return Message(known, content, tuple(buffers))


def _parts(frame: bytes, most: int) -> list[bytes]:
    count = int.from_bytes(frame[:8], "little")
    if not 6 <= count <= most or len(frame) < 8 * (count + 1):  # noqa: PLR2004 - the channel, four, the end
        raise NoMessage("not a number of parts")
    offsets = [int.from_bytes(frame[at : at + 8], "little") for at in range(8, 8 * (count + 1), 8)]
    if offsets != sorted(offsets) or offsets[0] != 8 * (count + 1) or offsets[-1] > len(frame):
        raise NoMessage("parts that lie elsewhere")
    return [frame[start:end] for start, end in itertools.pairwise(offsets)]


def _object(part: bytes) -> dict[str, Any]:
    if len(part) > _SMALL:
        raise NoMessage("a long part")
    try:
        value = json.loads(part)
    except (ValueError, RecursionError):
        raise NoMessage("not JSON") from None
    if not isinstance(value, dict):
        raise NoMessage("not an object")
    return value


class Comms:
    """Decides what of a connection's messages is handed on.

    Args:
        may_open: whether another comm may be opened, as far as its number goes.
    """

    def __init__(self, may_open: Callable[[], bool]) -> None:
        self._may_open = may_open
        self._opened: set[str] = set()

    def allowed(self, message: Message) -> list[bytes] | None:
        """Return the parts to hand on to the kernel; `None` where the message is refused.

        Raises:
            NoMessage: if it is none.
        """
        if message.kind == "comm_msg":
            return _handed_on(message.header, {}, message.content, message.buffers)
        readers: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "comm_open": self._open,
            "comm_close": self._close,
            "comm_info_request": lambda content: {k: str(v) for k, v in content.items() if k == "target_name"},
            "kernel_info_request": lambda _content: {},
        }
        read_content = readers.get(message.kind)
        content = read_content(_object(message.content)) if read_content else None
        if content is None:
            return None
        return _handed_on(message.header, {"version": "1.0.0"}, json.dumps(content).encode(), ())

    def _open(self, content: dict[str, Any]) -> dict[str, Any] | None:
        comm = content.get("comm_id")
        if content.get("target_name") != CONTROL or not isinstance(comm, str) or not 0 < len(comm) <= _ID_LENGTH:
            return None
        if not self._may_open():
            return None
        self._opened.add(comm)
        return {"comm_id": comm, "target_name": CONTROL, "data": {}}

    def _close(self, content: dict[str, Any]) -> dict[str, Any] | None:
        comm = content.get("comm_id")
        if not isinstance(comm, str) or comm not in self._opened:
            return None  # only the page's own words can end a widget
        self._opened.discard(comm)
        return {"comm_id": comm, "data": {}}


def _handed_on(
    header: dict[str, str], metadata: dict[str, str], content: bytes, buffers: tuple[bytes, ...]
) -> list[bytes]:
    return [json.dumps(header).encode(), b"{}", json.dumps(metadata).encode(), content, *buffers]


class Channels(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """One connection of a page to its kernel."""

    def initialize(self, meters: limits.Meters) -> None:
        """Take the budgets."""
        self._meters = meters

    async def get(self, kernel_id: str) -> None:
        """Connect, unless that kernel has too many connections already; returns when the connection ends."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in (each.strip() for each in offered.split(",")):
            raise HTTPError(400)  # the older protocol's messages are expensive to read
        self._meter = self._meters.of(self.kernel_manager.get_kernel(kernel_id))
        self._comms = Comms(self._meter.comms.take)
        with self._meter.connection():
            await super().get(kernel_id=kernel_id)

    async def open(self, kernel_id: str) -> None:
        """Begin to listen."""
        self.ws_connection.stream.max_write_buffer_size = limits.UNREAD_BYTES
        await super().open(kernel_id)

    async def on_message(self, frame: bytes | str) -> None:
        """Hand a message on, when it is this page's turn; the next one is not read before."""
        wait = self._meter.message(len(frame))
        if wait:
            await asyncio.sleep(wait)
        try:
            parts = self._comms.allowed(read(frame))
        except NoMessage:
            self.close(_NO_MESSAGE)
            return
        if parts and self.connection is not None and "shell" in self.connection.channels:
            self.connection.session.send_raw(self.connection.channels["shell"], parts)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a status alone: a script reads it, and no person."""
        del status_code, kwargs
        self.finish()

    def write_message(self, message: bytes | str | dict[str, Any], binary: bool = False) -> Any:  # noqa: FBT001, FBT002 - tornado's
        """Tell the page what its kernel says, as long as it listens."""
        if isinstance(message, bytes) and _unheard(message):
            return None
        try:
            return super().write_message(message, binary)
        except StreamBufferFullError:
            self.ws_connection.stream.close()  # a goodbye would find no room either
        except WebSocketClosedError:
            pass  # the page is gone, and its kernel has not heard of it yet
        return None


def _unheard(frame: bytes) -> bool:
    """Whether a kernel's message is not for browsers."""
    parts = _parts(frame, len(frame))
    kind = json.loads(parts[1]).get("msg_type")
    return kind in _UNHEARD or (kind == "stream" and json.loads(parts[4]).get("name") == "stderr")
