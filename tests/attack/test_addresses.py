"""What the server's addresses give to whoever tries them, and what they cost the others."""

from __future__ import annotations

import asyncio
import socket
import uuid
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import HTTPClientError

from tests.browser.serving import Served
from tests.visitor import Participant, fetch

pytestmark = pytest.mark.xdist_group("attack")


async def status(url: str, method: str = "GET", body: str | None = None, **headers: str) -> int:
    """The status of an answer."""
    try:
        answer = await fetch(url, method=method, body=body, headers=headers, allow_nonstandard_methods=True)
    except HTTPClientError as error:
        return error.code
    return answer.code


def test_whoever_knows_another_page_can_still_not_command_its_kernel(
    server: Served, page: Participant, runner: asyncio.Runner
) -> None:
    kernel = f"{server.url}/api/kernels/{page.kernel}"

    async def attack() -> tuple[set[int], int, bool]:
        tried = {
            await status(address, method, body="{}" if method in {"POST", "PUT", "PATCH"} else None)
            for address in (kernel, f"{kernel}/interrupt", f"{kernel}/restart", f"{kernel}/channels", kernel[:-37])
            for method in ("POST", "PUT", "PATCH", "DELETE")
        }
        return tried, await status(kernel), await page.alive()

    tried, known, alive = runner.run(attack())
    assert tried <= {403, 404, 405}
    assert known == 200  # its own page asks that before it connects again
    assert alive


def test_a_kernel_that_is_guessed_is_none(server: Served, runner: asyncio.Runner) -> None:
    async def attack() -> set[int]:
        guesses = [str(uuid.uuid4()) for _ in range(20)] + ["0" * 36, "x", "..", "%2e%2e", "%00"]
        answers = {
            await status(f"{server.url}/api/kernels/{guess}{end}") for guess in guesses for end in ("", "/channels")
        }
        goodbyes = {await status(f"{server.url}/voila/api/shutdown/{guess}", "POST", "") for guess in guesses[:20]}
        return answers | goodbyes

    assert runner.run(attack()) <= {400, 404, 204}


async def raw(server: Served, request: bytes) -> bytes:
    """What comes back for bytes that are sent as they are, until the server ends the connection."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /mlmgmt/alive?" + b"q=1&" * 50_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /mlmgmt/alive HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /mlmgmt/alive HTTP/1.1\r\nHost: x\r\n"
        + b"".join(b"X-%d: x\r\n" % each for each in range(9_000))
        + b"\r\n",
        b"POST /voila/api/shutdown/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 100_000,
        b"POST /voila/api/shutdown/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n"
        + b"x" * 100_000,
        b"\x16\x03\x01\x02\x00\x01\x00 GET\r\n\r\n",
    ],
    ids=["query", "header", "headers", "body", "chunk", "no request"],
)
def test_what_is_too_long_ends_its_own_connection_alone(
    server: Served, runner: asyncio.Runner, request_: bytes
) -> None:
    answer = runner.run(raw(server, request_))
    assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 431"}
    assert runner.run(status(f"{server.url}/mlmgmt/alive")) == 204


def test_requests_that_never_end_keep_nobody_out(server: Served, runner: asyncio.Runner, code: str) -> None:
    address = urlsplit(server.url)
    slow = [socket.create_connection((address.hostname, address.port)) for _ in range(300)]
    try:
        for each in slow:
            each.sendall(b"GET /voila/render/maturity_survey.ipynb HTTP/1.1\r\nHost: x\r\nX-Slow: ")

        async def take_part() -> int:
            someone = await Participant.open(server.survey)
            questions = await someone.join(code, "Engineer")
            await someone.answer(questions[0], 1)
            await someone.close()
            return len(someone.confirmed)

        assert runner.run(take_part()) == 1
    finally:
        for each in slow:
            each.close()
