"""What a participant can do who does not keep to the page: raw frames, raw sockets, more connections."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import uuid
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.visitor import PROTOCOL, Visitor

TOO_MANY = 429


def frame(kind: object, content: object, channel: str = "shell", *buffers: bytes, **header: Any) -> bytes:
    """A frame of the page's protocol; content in bytes is sent as it is, whatever it is."""
    full = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
    parts = [json.dumps(each).encode() for each in ({**full, **header}, {}, {})]
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    whole: bytes = serialize_msg_to_ws_v1([*parts, body, *buffers], channel)
    return whole


def deep(levels: int, inside: str) -> bytes:
    """JSON in which a list stands in a list, and so on; `inside` says where, with a %s."""
    return (inside % ("[" * levels + "]" * levels)).encode()


def channels(page: Visitor) -> str:
    """The address of the page's kernel."""
    base = urlsplit(page.url)
    return f"ws://{base.netloc}/api/kernels/{page.kernel}/channels?session_id={uuid.uuid4().hex}"


async def connect(page: Visitor, protocol: str | None = PROTOCOL) -> WebSocketClientConnection:
    """One more connection to a page's kernel.

    Raises:
        HTTPClientError: if the server does not want it.
    """
    request = HTTPRequest(channels(page), request_timeout=60)
    return await websocket_connect(request, subprotocols=[protocol] if protocol else None)


async def connection(page: Visitor) -> WebSocketClientConnection:
    """One more connection, once the server has noticed that earlier ones ended."""
    for _ in range(1200):
        try:
            return await connect(page)
        except HTTPClientError as error:
            if error.code != TOO_MANY:
                raise
        await asyncio.sleep(0.05)
    raise TimeoutError("earlier connections are still counted")


async def ended(socket: WebSocketClientConnection) -> None:
    """Wait until the server has closed a connection."""
    while await asyncio.wait_for(socket.read_message(), 60) is not None:
        pass


async def answered(socket: WebSocketClientConnection) -> bool:
    """Whether the kernel answers over this connection; what else it says is passed over."""
    await socket.write_message(frame("kernel_info_request", {}), binary=True)
    while (data := await asyncio.wait_for(socket.read_message(), 60)) is not None:
        if b"kernel_info_reply" in data[:1000]:
            return True
    return False


class Deaf:
    """A connection that is written to and never read from."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, page: Visitor) -> Deaf:
        """Connect, by hand."""
        address = urlsplit(channels(page))
        # The smallest buffer: what is not read stays with the server.
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=64)
        writer.write(
            f"GET {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n".encode()
        )
        assert b" 101 " in await reader.read(20)
        return cls(reader, writer)

    def say(self, data: bytes) -> None:
        """Send a frame, masked as a browser's."""
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self.writer.write(struct.pack("!BBH", 0x82, 0x80 | 126, len(data)) + mask + masked)

    async def rest(self) -> int:
        """Read at last, until the server's end; how many bytes there were."""
        total = 0
        try:
            while some := await self.reader.read(2**16):
                total += len(some)
        except ConnectionError:
            pass
        self.writer.close()
        return total
