"""What a visitor must not get or do; tests/attack holds those who try harder."""

# ruff: noqa: S310 - the addresses are our own server's

from __future__ import annotations

import asyncio
import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.browser.serving import KEY, Served
from tests.visitor import PROTOCOL, Visitor

pytestmark = pytest.mark.xdist_group("serving")


def answer(url: str) -> tuple[int, Any, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, response.headers, response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")


@pytest.mark.parametrize(
    "path",
    ["", "voila/render/counter.ipynb", "nowhere", "mlmgmt/alive", "voila/static/voila.js", "api/kernels/" + "0" * 8],
)
def test_every_answer_carries_the_security_headers(server: Served, path: str) -> None:
    _, headers, _ = answer(f"{server.url}/{path}")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' blob:;" in policy
    assert "frame-ancestors 'self'" in policy
    host = server.url.removeprefix("http://")
    assert set(re.findall(r"\w+://[^\s;]+", policy)) == {f"ws://{host}", f"wss://{host}"}
    assert "unsafe-eval" not in policy
    assert not re.findall(r"https?:", policy)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] is None
    assert headers["Set-Cookie"] is None


FILES = ["secret.sqlite", "secret.sqlite-wal", "helper.py", "picture.png", "counter.ipynb", "../mlmgmt.toml"]
PLACES = ["", "voila/files/", "voila/static/", "voila/static/../", "voila/templates/mlmgmt/static/", "mlmgmt/static/x/"]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("place", [*PLACES, "files/", "voila/api/contents/", "mlmgmt/static/x/%2e%2e/%2e%2e/"])
def test_no_file_of_the_folder_is_served(server: Served, place: str, file: str) -> None:
    status, _, body = answer(f"{server.url}/{place}{file}")
    assert status in {403, 404}
    assert "not for visitors" not in body
    assert "nbformat" not in body


STRAY = [
    *("voila/templates/x", "voila/templates/lab/static/../../x", "voila/templates/mlmgmt/static/../conf.json"),
    *("voila/api/themes/x", "voila/execution/x", "voila/query/x", "api/me", "api/kernels", "api/kernels/x/channels"),
    *("mlmgmt/static/x/%00", "mlmgmt/static/x/page.css%00", "mlmgmt/static/x/", "mlmgmt/static/x/%ff"),
    *("mlmgmt/static/x/" + "y" * 5000, "mlmgmt/static/vega-%00.js", "mlmgmt/static/vega-0.js", "mlmgmt/static/x/.."),
    *("voila/static/%00", "voila/labextensions/%00", "voila/labextensions/../x", "voila/static//etc/passwd"),
    *("voila/render/%00", "voila/render/%ff", "voila/render/..%2fx.ipynb", "voila/render/" + "y" * 5000, "%00", "%ff"),
]


@pytest.mark.parametrize("address", STRAY, ids=lambda address: address[:40])
def test_a_stray_address_is_none_and_breaks_nothing(server: Served, address: str) -> None:
    assert answer(f"{server.url}/{address}")[0] in {400, 403, 404}
    assert answer(f"{server.url}/mlmgmt/alive")[0] == 204


def test_the_database_is_not_served(server: Served) -> None:
    assert server.database.exists()
    for name in ("workspace.sqlite", "workspace.sqlite-wal", "workspace/workspace.sqlite"):
        for place in ("", "voila/files/", "voila/render/"):
            assert answer(f"{server.url}/{place}{name}")[0] in {403, 404}


def test_a_visitor_chooses_neither_template_nor_theme(server: Served) -> None:
    _, _, html = answer(f"{server.url}/voila/render/process.ipynb?template=lab&theme=dark")
    assert "page-header" in html
    assert "fontawesome" not in html


def test_a_kernel_sees_a_small_environment_and_no_key(server: Served) -> None:
    _, _, html = answer(f"{server.url}/voila/render/environment.ipynb?token=in-the-query")
    text = re.search(r"<pre>(\{.*?\})\s*</pre>", html, re.DOTALL)
    assert text
    seen = json.loads(text[1].replace("&#34;", '"').replace("&quot;", '"').replace("&#39;", "'").replace("&amp;", "&"))
    assert KEY not in json.dumps(seen)
    assert "in-the-query" not in json.dumps(seen)
    assert len(seen["MLMGMT_FACILITATOR_KEY_HASH"]) == 64
    assert seen["MLMGMT_DATABASE_URL"].endswith("workspace.sqlite")
    assert "PYTEST_CURRENT_TEST" not in seen
    assert not {name for name in seen if "VOILA_REQUEST" in name or "QUERY" in name}


def kernel_of(server: Served) -> str:
    _, _, html = answer(f"{server.url}/voila/render/counter.ipynb")
    found = re.search(r'"kernelId": "([^"]+)"', html)
    assert found
    return found[1]


def test_another_site_cannot_connect_to_a_kernel(server: Served) -> None:
    address = f"{server.url.replace('http', 'ws')}/api/kernels/{kernel_of(server)}/channels?session_id=s"

    async def connect(origin: str) -> int:
        try:
            socket = await websocket_connect(HTTPRequest(address, headers={"Origin": origin}), subprotocols=[PROTOCOL])
        except HTTPClientError as error:
            return error.code
        socket.close()
        return 101

    assert asyncio.run(connect("http://elsewhere.example")) == 403
    assert asyncio.run(connect(server.url)) == 101


def test_a_message_of_ten_megabytes_reaches_the_kernel_which_lives_on(server: Served) -> None:
    async def try_it() -> bool:
        page = await Visitor.open(f"{server.url}/voila/render/counter.ipynb")
        await page.send("comm_msg", {"comm_id": "none", "data": {"text": "x" * 10_000_000}})
        alive = await page.alive()
        await page.close()
        return alive

    assert asyncio.run(try_it())


def test_nobody_is_told_which_kernels_there_are(server: Served) -> None:
    assert answer(f"{server.url}/api/kernels")[0] == 404
