"""A wire between a browser and a server that can be cut, or go silent."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Wire:
    """Relays connections to a server.

    Attributes:
        url: where it is reached; what the server serves, it serves.
    """

    host: str
    port: int
    url: str = ""
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _lines: set[_Line] = field(default_factory=set)
    _cut: bool = False

    def silence(self) -> None:
        """Swallow whatever is said on the lines that are open now; new ones work. Nobody is told.

        So it is when a phone changes from one network to another.
        """
        for line in list(self._lines):
            line.silent = True

    def cut(self) -> None:
        """End all lines, and let nobody in."""
        self._cut = True
        self._loop.call_soon_threadsafe(lambda: [line.end() for line in list(self._lines)])

    def mend(self) -> None:
        """Let everybody in again."""
        self._cut = False

    async def end(self) -> None:
        """End all lines, and wait until nothing of them is left."""
        self.cut()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        upstream, downstream = await asyncio.open_connection(self.host, self.port)
        line = _Line((writer, downstream))
        self._lines.add(line)
        with contextlib.suppress(OSError):
            await asyncio.gather(line.pump(reader, downstream), line.pump(upstream, writer))
        line.end()
        self._lines.discard(line)


@dataclass(eq=False)
class _Line:
    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    silent: bool = False

    async def pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if not self.silent:
                sink.write(data)
                await sink.drain()
        if not self.silent:
            sink.close()

    def end(self) -> None:
        for writer in self.ends:
            writer.transport.abort()


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """Lay a wire to a server until the block ends."""
    to = urlsplit(url)
    assert to.hostname is not None
    assert to.port is not None
    made = Wire(to.hostname, to.port)
    loop = made._loop
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(made._relay, "127.0.0.1", 0), loop).result(10)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(made.end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
