"""What the shipped nginx configuration does, before replicas that do what a test wants."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from tests.deploy.proxy import Proxy, proxying

PAGE = "/voila/render/maturity_survey.ipynb"


class Replica:
    """Stands for one `mlmgmt serve`: pages with kernels, and nobody else's kernels."""

    def __init__(self) -> None:
        self.kernels: set[str] = set()
        self.full = False
        self.seen = [asyncio.Event(), asyncio.Event()]  # a page goes on when its reader has seen this piece and that
        for each in self.seen:
            each.set()
        self.asked: list[Any] = []
        self._server: HTTPServer | None = None
        self.port = 0

    def start(self) -> None:
        sockets = bind_sockets(self.port, address="127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        known = {"replica": self}
        self._server = HTTPServer(
            Application([
                (r"/voila/render/(.*)", Page, known),
                (r"/mlmgmt/room/(.*)", Room, known),
                (r"/api/kernels/([^/]+)", Kernel, known),
                (r"/api/kernels/([^/]+)/channels", Channels, known),
                (r"/voila/api/shutdown/(.*)", Goodbye, known),
                (r"/mlmgmt/static/(.*)", Static, known),
            ])
        )  # fmt: skip
        self._server.add_sockets(sockets)

    async def die(self) -> None:
        """As with a killed process: nobody listens, and no connection stays."""
        assert self._server is not None
        self._server.stop()
        await self._server.close_all_connections()


class Asked(RequestHandler):
    def initialize(self, replica: Replica) -> None:
        self.replica = replica
        replica.asked.append(self.request)


class Page(Asked):
    async def get(self, _name: str) -> None:
        if self.replica.full:
            self.set_status(503)
            self.finish("full")
            return
        for piece, seen in zip(("the frame", " the text"), self.replica.seen, strict=True):
            self.write(piece)
            await self.flush()
            await seen.wait()
        kernel = uuid.uuid4().hex
        self.replica.kernels.add(kernel)
        self.write(f" kernel={kernel}")


class Room(Asked):
    def get(self, _name: str) -> None:
        self.set_status(503 if self.replica.full else 204)


class Kernel(Asked):
    def get(self, kernel: str) -> None:
        if kernel not in self.replica.kernels:
            raise HTTPError(404)
        self.write("known")


class Goodbye(Kernel):
    def post(self, kernel: str) -> None:
        self.get(kernel)
        self.replica.kernels.remove(kernel)


class Static(Asked):
    def get(self, _name: str) -> None:
        self.write("static")


class Channels(WebSocketHandler):
    def initialize(self, replica: Replica) -> None:
        self.replica = replica

    async def get(self, kernel: str) -> None:  # type: ignore[override]
        if kernel not in self.replica.kernels:
            raise HTTPError(404)
        await super().get(kernel)

    def open(self, _kernel: str) -> None:  # type: ignore[override]
        self.write_message(json.dumps({"port": self.replica.port, "host": self.request.host}))


class Site:
    """Two replicas behind nginx."""

    def __init__(self, proxy: Proxy, replicas: tuple[Replica, Replica]) -> None:
        self.proxy = proxy
        self.url = proxy.url
        self.replicas = replicas

    async def ask(self, path: str, cookie: str = "", **options: Any) -> HTTPResponse:
        headers = {"Cookie": cookie} if cookie else {}
        return await AsyncHTTPClient().fetch(self.url + path, headers=headers, raise_error=False, **options)

    async def visit(self, cookie: str = "") -> tuple[str, str, Replica]:
        """Open a page: its kernel's id, the browser's cookie from now on, and who answered."""
        page = await self.ask(PAGE, cookie)
        kernel = page.body.decode().partition("kernel=")[2]
        new = page.headers.get("Set-Cookie", cookie).partition(";")[0]
        return kernel, new, next(each for each in self.replicas if kernel in each.kernels)

    async def connect(self, kernel: str, cookie: str = "") -> dict[str, Any]:
        """Connect to a kernel; what its replica says."""
        address = f"{self.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id=1"
        socket = await websocket_connect(HTTPRequest(address, headers={"Cookie": cookie} if cookie else {}))
        said: dict[str, Any] = json.loads(await socket.read_message() or "{}")
        socket.close()
        return said


Run = Callable[..., None]


@pytest.fixture
def on_site(tmp_path: Path) -> Run:
    """Run a test before two replicas; an nginx of its own, which has not seen any of them fail."""

    async def within(code: Callable[[Site], Awaitable[None]], options: dict[str, Any]) -> None:
        replicas = (Replica(), Replica())
        for each in replicas:
            each.start()
        try:
            with proxying(tmp_path, [each.port for each in replicas], **options) as nginx:
                async with asyncio.timeout(60):
                    await code(Site(nginx, replicas))
        finally:
            for each in replicas:
                await each.die()

    return lambda code, **options: asyncio.run(within(code, options))


def test_a_page_its_connection_and_its_goodbye_reach_one_replica_from_the_first_visit_on(on_site):
    async def room(site: Site) -> None:
        met = set()
        for _ in range(12):
            kernel, cookie, replica = await site.visit()
            met.add(replica.port)
            other = next(each for each in site.replicas if each is not replica)
            other.asked.clear()
            assert (await site.connect(kernel, cookie))["port"] == replica.port
            assert (await site.ask(f"/api/kernels/{kernel}", cookie)).body == b"known"
            _, same, again = await site.visit(cookie)
            assert (same, again) == (cookie, replica)
            assert (await site.ask(f"/voila/api/shutdown/{kernel}", cookie, method="POST", body="")).code == 200
            assert kernel not in replica.kernels
            assert other.asked == []
        assert met == {each.port for each in site.replicas}

    on_site(room)


def test_whoever_takes_no_cookies_is_led_to_their_kernel_too(on_site):
    async def room(site: Site) -> None:
        for _ in range(12):
            kernel, _, replica = await site.visit()
            assert (await site.connect(kernel))["port"] == replica.port
            assert (await site.ask(f"/voila/api/shutdown/{kernel}", method="POST", body="")).code == 200
            assert kernel not in replica.kernels

    on_site(room)


def test_a_kernel_that_nobody_knows_is_gone_and_not_out_of_reach(on_site):
    async def room(site: Site) -> None:
        assert (await site.ask("/api/kernels/unknown")).code == 404
        with pytest.raises(Exception, match="404"):
            await site.connect("unknown")

    on_site(room)


def test_when_a_replica_dies_its_pages_learn_it_and_open_on_the_other(on_site):
    async def room(site: Site) -> None:
        kernel, cookie, replica = await site.visit()
        other = next(each for each in site.replicas if each is not replica)
        await replica.die()
        assert (await site.ask(f"/api/kernels/{kernel}", cookie)).code == 404
        moved, cookie, now = await site.visit(cookie)
        assert now is other
        assert (await site.connect(moved, cookie))["port"] == other.port
        replica.start()  # whoever has moved stays, although their number leads back
        assert (await site.connect(moved, cookie))["port"] == other.port
        assert (await site.visit(cookie))[2].port in {each.port for each in site.replicas}

    on_site(room)


def test_newcomers_find_the_replica_that_has_room_and_are_told_when_there_is_none(on_site):
    async def room(site: Site) -> None:
        first, second = site.replicas
        first.full = True
        for _ in range(8):
            kernel, cookie, replica = await site.visit()
            assert replica is second
            assert (await site.connect(kernel, cookie))["port"] == second.port
        assert (await site.ask("/mlmgmt/room/maturity_survey.ipynb")).code == 204
        second.full = True
        for _ in range(8):  # and is not kept from telling by what it told before
            told = await site.ask(PAGE)
            assert (told.code, told.body) == (503, b"full")
        assert (await site.ask("/mlmgmt/room/maturity_survey.ipynb")).code == 503
        assert (await site.ask(f"/api/kernels/{kernel}", cookie)).body == b"known"

    on_site(room)


def test_a_page_arrives_in_pieces(on_site):
    async def room(site: Site) -> None:
        arrived: asyncio.Queue[bytes] = asyncio.Queue()
        for replica in site.replicas:
            for seen in replica.seen:
                seen.clear()
        page = asyncio.ensure_future(site.ask(PAGE, streaming_callback=arrived.put_nowait))
        for number, piece in enumerate((b"the frame", b" the text")):
            assert await arrived.get() == piece  # which comes never, if nginx keeps it until there is more
            for replica in site.replicas:
                replica.seen[number].set()
        await page
        assert b"kernel=" in await arrived.get()

    on_site(room)


def test_a_replica_is_told_who_asks_and_how_whatever_the_visitor_claims(on_site):
    async def room(site: Site) -> None:
        claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.example"}
        await AsyncHTTPClient().fetch(site.url + "/mlmgmt/static/a.js", headers=claims)
        (asked,) = [request for each in site.replicas for request in each.asked]
        here = site.url.removeprefix("http://")
        told = {name: asked.headers[name] for name in ("Host", *claims)}
        expected = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": here}
        assert told == {"Host": here, **expected}
        kernel, cookie, _ = await site.visit()
        assert (await site.connect(kernel, cookie))["host"] == here  # or the connection's origin would be refused

    on_site(room)


def test_the_cookie_is_a_number_for_this_site_that_no_script_reads_and_others_are_replaced(on_site):
    async def room(site: Site) -> None:
        for cookie in ("", "mlmgmt_visit=../../etc", "mlmgmt_visit=", "other=1"):
            given = (await site.ask(PAGE, cookie)).headers["Set-Cookie"]
            assert re.fullmatch(r"mlmgmt_visit=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax", given)

    on_site(room)


def test_logs_hold_no_kernel_no_query_no_cookie_and_nobodys_address(on_site):
    async def room(site: Site) -> None:
        kernel, cookie, replica = await site.visit()
        await site.connect(kernel, cookie)
        await site.ask("/mlmgmt/static/a.js?token=hunter2", cookie)
        await replica.die()
        await site.ask(f"/api/kernels/{kernel}?token=hunter2", cookie)
        await site.ask(f"/voila/api/shutdown/{kernel}", cookie, method="POST", body="")
        logged = site.proxy.log.read_text() + site.proxy.errors.read_text()
        for secret in (kernel, "hunter2", "session_id", "?", cookie.partition("=")[2]):
            assert secret not in logged
        assert re.search(r"GET /api/kernels/\.\.\. ", logged)
        for line in site.proxy.log.read_text().splitlines():
            assert not {f"127.0.0.1:{each.port}" for each in site.replicas} & set(line.split(" ")[:6])

    on_site(room)


def test_when_nobody_answers_the_page_says_so_and_tries_again(on_site):
    async def room(site: Site) -> None:
        kernel, cookie, _ = await site.visit()
        for each in site.replicas:
            await each.die()
        page = await site.ask(PAGE, cookie)
        assert page.code == 502
        assert "tries again by itself" in page.body.decode()
        assert 'http-equiv="refresh"' in page.body.decode()
        # To the page's script this is no network yet, and not the end of its kernel.
        assert (await site.ask(f"/api/kernels/{kernel}", cookie)).code == 502

    on_site(room)


def test_nothing_large_is_taken_and_nginx_does_not_say_which_it_is(on_site):
    async def room(site: Site) -> None:
        refused = await site.ask("/voila/api/shutdown/x", method="POST", body="x" * 20_000)
        assert refused.code == 413
        assert refused.headers["Server"] == "nginx"

    on_site(room)


def test_with_the_lines_for_tls_everything_is_sent_there(on_site, tmp_path: Path):
    async def room(site: Site) -> None:
        moved = await site.ask(PAGE + "?a=1", follow_redirects=False)
        assert moved.code == 301
        assert moved.headers["Location"] == f"https://127.0.0.1{PAGE}?a=1"
        page = await AsyncHTTPClient().fetch(site.proxy.secure + PAGE, ca_certs=str(tmp_path / "certificate.pem"))
        assert page.headers["Set-Cookie"].endswith("; SameSite=Lax; Secure")
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        (asked,) = [request for each in site.replicas for request in each.asked]
        assert asked.headers["X-Forwarded-Proto"] == "https"

    on_site(room, tls=True)
