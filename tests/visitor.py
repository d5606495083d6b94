"""People without a browser: they open a page, speak to its kernel as the page's script does, and take part.

Tests that need twenty people at once, or one who does not keep to the rules, and the load generator use them.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

PROTOCOL = "v1.kernel.websocket.jupyter.org"
CONTROL = "jupyter.widget.control"
WAIT = 60.0  # seconds for anything that a server is asked
_MANY = 2000  # connections of one client; tornado's own default lets ten people in at a time


class Refused(Exception):  # noqa: N818 - an answer: the page shows its sentence
    """The kernel answered with a sentence instead of doing what was asked."""

    def __init__(self, sentence: str, *, passing: bool) -> None:
        super().__init__(sentence)
        self.passing = passing


class Gone(Exception):  # noqa: N818 - what the page calls it, too
    """The connection or the kernel went away before it answered."""


@dataclass
class Visitor:
    """One page, opened by one person.

    Attributes:
        url: the page's address; what stands behind `#` is not sent, as in a browser.
        html: the page, once it has arrived.
        kernel: its kernel's id.
        models: the state of every widget in that kernel, by model id, once `states` was asked for.
    """

    url: str
    html: str
    kernel: str
    cookies: dict[str, str]
    socket: WebSocketClientConnection
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)  # everything that arrived and was no answer
    session: str = field(default_factory=lambda: uuid.uuid4().hex)
    _control: str = field(default_factory=lambda: uuid.uuid4().hex)
    _tickets: int = 0
    _waiting: dict[object, asyncio.Future[Any]] = field(default_factory=dict)
    _reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, url: str, headers: Mapping[str, str] | None = None, cookies: Mapping[str, str] | None = None
    ) -> Self:
        """Open a page, connect to its kernel and fetch the state of its widgets.

        Args:
            url: the page's address.
            headers: sent with every request.
            cookies: that the browser has already; the page may change them.

        Raises:
            LookupError: if the page holds no kernel: it says why in `args`.
            HTTPClientError: if the server does not answer with a page.
        """
        page = await fetch(url, headers={**(headers or {}), **_cookie_header(cookies or {})})
        html = page.body.decode()
        found = re.search(r'"kernelId": "([^"]+)"', html)
        if found is None:
            raise LookupError(html)
        new = dict(each.split(";")[0].split("=", 1) for each in page.headers.get_list("Set-Cookie"))
        cookies = {**(cookies or {}), **new}
        base = urlsplit(url)._replace(fragment="", query="")
        session = uuid.uuid4().hex
        address = base._replace(
            scheme=base.scheme.replace("http", "ws"),
            path=f"{base.path.partition('/voila/')[0]}/api/kernels/{found[1]}/channels",
            query=f"session_id={session}",
        )
        request = HTTPRequest(
            address.geturl(),
            headers={**(headers or {}), **_cookie_header(cookies)},
            connect_timeout=WAIT,
            request_timeout=WAIT,
        )
        socket = await websocket_connect(request, subprotocols=[PROTOCOL], max_message_size=64 * 1024 * 1024)
        visitor = cls(url, html, found[1], cookies, socket, session=session)
        visitor._reader = asyncio.create_task(visitor._read())
        await visitor.states()
        return visitor

    async def states(self) -> dict[str, dict[str, Any]]:
        """Ask for the state of all widgets, as a page does when it has arrived."""
        if not self.models:
            await self.send("comm_open", {"comm_id": self._control, "target_name": CONTROL, "data": {}})
        answer = self._expect("states")
        await self.send("comm_msg", {"comm_id": self._control, "data": {"method": "request_states"}})
        self.models = await self._within(answer)
        return self.models

    def model(self, **having: object) -> str:
        """Return the id of the one model whose state has a key `_esm` and these values."""
        fits = [
            name
            for name, state in self.models.items()
            if "_esm" in state and all(state.get(key) == value for key, value in having.items())
        ]
        if len(fits) != 1:
            raise LookupError(f"{len(fits)} widgets fit {having}")
        return fits[0]

    async def ask(self, kind: str, **content: Any) -> dict[str, Any]:
        """Ask this page's screen, as its script does; its answer.

        Raises:
            Refused: if it answered with a sentence for the person at the screen.
            Gone: if no answer can come any more.
        """
        self._tickets += 1
        answer = self._expect(self._tickets)
        data = {"method": "custom", "content": {"kind": kind, "ticket": self._tickets, **content}}
        await self.send("comm_msg", {"comm_id": self.model(), "data": data})
        reply: dict[str, Any] = await self._within(answer)
        if "error" in reply:
            raise Refused(reply["error"], passing=reply.get("passing", False))
        return reply

    async def send(
        self,
        kind: str,
        content: Mapping[str, Any],
        channel: str = "shell",
        buffers: Sequence[bytes] = (),
        **header: Any,
    ) -> str:
        """Send any message; its id.

        Raises:
            Gone: if there is no connection.
        """
        identifier = uuid.uuid4().hex
        full = {"msg_id": identifier, "msg_type": kind, "session": self.session, "username": "", "version": "5.3"}
        parts = ({**full, "date": "", **header}, {}, {"version": "1.0.0"}, content)
        packed = [json.dumps(each).encode() for each in parts]
        await self.send_raw(serialize_msg_to_ws_v1([*packed, *buffers], channel))
        return identifier

    async def send_raw(self, data: bytes | str) -> None:
        """Send a frame as it is.

        Raises:
            Gone: if there is no connection.
        """
        try:
            await self.socket.write_message(data, binary=isinstance(data, bytes))
        except Exception as error:
            raise Gone("There is no connection.") from error

    async def reply_to(self, identifier: str) -> dict[str, Any]:
        """Wait for the message that answers another, on any channel; it may have arrived already.

        Raises:
            Gone: if it cannot come any more.
        """
        for message in self.messages:
            if message["parent_header"].get("msg_id") == identifier and message["header"]["msg_type"].endswith(
                "_reply"
            ):
                return message
        answer: dict[str, Any] = await self._within(self._expect(identifier))
        return answer

    async def alive(self) -> bool:
        """Whether the kernel still answers."""
        try:
            await self.reply_to(await self.send("kernel_info_request", {}))
        except Gone:
            return False
        return True

    async def close(self, *, goodbye: bool = True) -> None:
        """Close the page; with its goodbye, the kernel ends at once."""
        if goodbye:
            address = self.url.partition("/voila/")[0] + f"/voila/api/shutdown/{self.kernel}"
            try:
                await fetch(address, method="POST", body="", headers=_cookie_header(self.cookies))
            except OSError:  # the server is gone, and the kernel with it
                pass
            except HTTPClientError as error:
                if error.code != HTTPStatus.NOT_FOUND:  # the kernel has gone before
                    raise
        self.socket.close()
        if self._reader is not None:
            await self._reader

    def _expect(self, key: object) -> asyncio.Future[Any]:
        if self._reader is not None and self._reader.done():
            raise Gone("The connection is closed.")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        return future

    async def _within(self, answer: asyncio.Future[Any]) -> Any:
        return await asyncio.wait_for(answer, WAIT)

    async def _read(self) -> None:
        while (data := await self.socket.read_message()) is not None:
            channel, (header, parent, metadata, content, *buffers) = deserialize_msg_from_ws_v1(data)
            names = ("header", "parent_header", "metadata", "content")
            parts = (json.loads(each) for each in (header, parent, metadata, content))
            message = {**dict(zip(names, parts, strict=True)), "buffers": buffers, "channel": channel}
            if _dead(message):
                break
            if not self._take(message):
                self.messages.append(message)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Gone("The connection was closed."))
                future.exception()  # whoever waits gets it; nobody has to

    def _take(self, message: dict[str, Any]) -> bool:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_msg" and content["comm_id"] == self._control:
            states = content["data"]["states"]
            return self._settle("states", {name: each["state"] for name, each in states.items()})
        if kind == "comm_msg" and content["data"].get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(content["data"]["state"])
            return False
        if kind == "comm_msg" and content["data"].get("method") == "custom":
            reply = content["data"]["content"]
            return self._settle(reply.get("ticket"), {**reply, "buffers": message["buffers"]})
        if kind.endswith("_reply"):
            return self._settle(message["parent_header"].get("msg_id"), message)
        return False

    def _settle(self, key: object, value: Any) -> bool:
        future = self._waiting.pop(key, None)
        if future is None or future.done():
            return False
        future.set_result(value)
        return True


@dataclass
class Participant(Visitor):
    """Someone who takes part in a workshop, with a token as their browser keeps it.

    Attributes:
        token: theirs; a page that is opened anew takes it along.
        confirmed: what the page would call saved: the answer and comment of each question.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    code: str = ""
    confirmed: dict[str, tuple[Any, str]] = field(default_factory=dict)
    _sequence: int = 0

    async def join(self, code: str, role: str = "", name: str = "") -> list[str]:
        """Join a workshop and take part; the ids of its questions, in order."""
        self.code = code
        await self.ask("join", code=code, token=self.token)
        entered = await self.ask("enter", token=self.token, role=role, name=name)
        self._sequence = max(self._sequence, entered["participant"]["sequence"])
        return [question["id"] for question in _questions(self.models[self.model()]["rubric"])]

    async def answer(self, question: str, answer: Any, comment: str = "") -> dict[str, Any]:
        """Answer a question; when this returns, the answer is confirmed."""
        self._sequence += 1
        reply = await self.ask("answer", question=question, answer=answer, comment=comment, sequence=self._sequence)
        self.confirmed[question] = (reply["answer"], reply["comment"])
        return reply

    async def finish(self, *, finished: bool = True) -> None:
        """Say that one is done."""
        await self.ask("finish", finished=finished)


async def fetch(url: str, **options: Any) -> HTTPResponse:
    """Ask a server for something, with as many others at once as there are.

    Raises:
        HTTPClientError: if it answers with an error.
        OSError: if it does not answer.
    """
    client = AsyncHTTPClient(max_clients=_MANY)
    options = {"connect_timeout": WAIT, "request_timeout": WAIT, "decompress_response": True, **options}
    return await client.fetch(url.partition("#")[0], **options)


def _questions(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inner = [question for section in node.get("sections", ()) for question in _questions(section)]
    return [*node.get("questions", ()), *inner]


def _cookie_header(cookies: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _dead(message: Mapping[str, Any]) -> bool:
    return message["header"]["msg_type"] == "status" and message["content"].get("execution_state") == "dead"
