"""Budgets: what one visitor may ask for, and how it is counted."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError

from mlmgmt_widgets.serving import limits
from mlmgmt_widgets.serving.capacity import Full
from mlmgmt_widgets.serving.channels import Channels
from mlmgmt_widgets.workspace.checks import ALPHABET
from mlmgmt_widgets.workspace.tables import CODE_LENGTH


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 50)), max_size=60), st.floats(0.1, 20), st.floats(1, 100))
def test_no_pattern_of_taking_gets_more_than_the_burst_and_what_came_back(
    steps: list[tuple[float, float]], rate: float, burst: float
) -> None:
    clock = Clock()
    bucket = limits.Bucket(burst, rate, clock)
    got = 0.0
    for pause, amount in steps:
        clock.now += pause
        got += amount if bucket.take(amount) else 0
    assert got <= burst + rate * (clock.now - 1000) + 1e-6


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 500)), min_size=1, max_size=60))
def test_whoever_waits_as_long_as_they_are_told_sends_no_faster_than_the_budget(
    steps: list[tuple[float, float]],
) -> None:
    clock = Clock()
    bucket = limits.Bucket(100, 10, clock)
    sent = 0.0
    for pause, amount in steps:
        clock.now += pause
        clock.now += bucket.owe(amount)
        sent += amount
        assert sent <= 100 + 10 * (clock.now - 1000) + 1e-6


def test_a_page_that_was_offline_sends_its_answers_without_a_wait_and_keeps_up_with_a_slider() -> None:
    meter = limits.Meter()
    assert not any(meter.message(3_000) for _ in range(2 * 35 + 10))
    bucket = limits.Bucket(limits.MESSAGES, limits.MESSAGES_PER_SECOND, clock := Clock())
    for _ in range(10_000):  # ten minutes of dragging
        clock.now += 1 / 15
        assert bucket.owe() == 0


def test_connections_are_counted_while_they_last() -> None:
    meters, kernel = limits.Meters(), Clock()
    with meters.of(kernel).connection(), meters.of(kernel).connection(), meters.of(kernel).connection():
        with meters.of(kernel).connection(), pytest.raises(HTTPError), meters.of(kernel).connection():
            pass
        with meters.of(kernel).connection():
            pass


def request(peer: str, forwarded: str | None = None) -> HTTPServerRequest:
    headers = HTTPHeaders({"X-Forwarded-For": forwarded} if forwarded is not None else {})
    asked: Any = SimpleNamespace(remote_ip=peer, headers=headers)
    return asked  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # anybody can say anything
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),  # a proxy on this machine
        ("::1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the visitor said, and what the proxy saw
        ("127.0.0.1", "nonsense", ""),
        ("", None, ""),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
    ],
)
def test_a_visitor_is_known_by_an_address_that_they_cannot_choose(peer: str, forwarded: str | None, seen: str) -> None:
    assert limits.client(request(peer, forwarded)) == seen


def test_a_room_behind_one_address_opens_its_pages_and_a_machine_that_opens_more_is_told_to_wait() -> None:
    openings = limits.Openings()
    for _ in range(2 * 300):
        openings.spend(request("203.0.113.7"))
    with pytest.raises(Full, match="your network"):
        openings.spend(request("203.0.113.7"))
    openings.spend(request("203.0.113.8"))


def test_whoever_only_asks_whether_a_page_may_be_opened_spends_nothing_and_is_told_the_same() -> None:
    openings = limits.Openings()
    for _ in range(1000):
        openings.check(request("203.0.113.7"))
    for _ in range(600):
        openings.spend(request("203.0.113.7"))
    with pytest.raises(limits.TooMany) as many:
        openings.check(request("203.0.113.7"))
    assert many.value.status == 429  # and not the status at which a proxy asks the next server


def test_addresses_that_are_made_up_fill_no_memory() -> None:
    openings = limits.Openings()
    for number in range(limits._ADDRESSES + 100):
        openings.spend(request(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"))
    assert len(openings._buckets) == limits._ADDRESSES


def test_the_budget_for_guesses_is_what_security_md_says() -> None:
    guesses_a_page, open_workshops = 5, 20
    codes = len(ALPHABET) ** CODE_LENGTH
    an_hour = guesses_a_page * (limits.PAGES + 3600 * limits.PAGES_PER_SECOND)
    assert (codes, an_hour) == (113_379_904, 12_000)
    assert an_hour * open_workshops / codes < 0.0025  # hits to expect in the first hour


def test_requests_that_do_not_get_on_are_ended() -> None:
    assert limits.HTTP_OPTIONS["idle_connection_timeout"] == limits.HTTP_OPTIONS["body_timeout"] == 60
    options = {**limits.HTTP_OPTIONS, "idle_connection_timeout": 0.2, "body_timeout": 0.2}

    async def dribble(start: bytes) -> bytes:
        server = HTTPServer(Application([]), **options)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        reader, writer = await asyncio.open_connection(*sockets[0].getsockname())
        writer.write(start)
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        server.stop()
        return answer

    assert asyncio.run(dribble(b"")) == b""
    assert asyncio.run(dribble(b"GET / HTTP/1.1\r\nX-Slow: ")) == b""
    assert b"200" not in asyncio.run(dribble(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"))


def test_a_connection_outlives_its_first_ping() -> None:
    closed: list[str] = []
    pinged: list[bytes] = []
    socket = SimpleNamespace(
        client_terminated=False,
        is_closing=lambda: False,
        write_ping=pinged.append,
        close=lambda *_: closed.append("closed"),
    )
    settings = {"ws_ping_interval": limits.PING_MILLISECONDS, "ws_ping_timeout": limits.PONG_MILLISECONDS}

    async def half_a_minute_after_it_was_opened() -> None:
        handler: Any = object.__new__(Channels)
        handler.application = SimpleNamespace(settings=settings)
        handler.ws_connection = socket
        handler.last_ping = handler.last_pong = IOLoop.current().time() - limits.PING_MILLISECONDS / 1000 - 0.01
        handler.send_ping()

    asyncio.run(half_a_minute_after_it_was_opened())
    assert (closed, pinged) == ([], [b""])
