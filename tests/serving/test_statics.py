"""Static files."""

# ruff: noqa: S310 - the addresses are our own server's

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mlmgmt_widgets.serving import statics
from mlmgmt_widgets.ui import vega
from tests.browser.serving import Served

pytestmark = pytest.mark.xdist_group("serving")


def ask(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_our_files_are_compressed_and_kept_for_long(server: Served) -> None:
    address = server.url + statics.url("/", "page.js")
    _, headers, body = ask(address, **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (statics.FOLDER / "page.js").read_bytes()
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/javascript")


def test_who_cannot_unpack_gets_the_file_as_it_is(server: Served) -> None:
    _, headers, body = ask(server.url + statics.url("/", "page.css"))
    assert "Content-Encoding" not in headers
    assert body == (statics.FOLDER / "page.css").read_bytes()


def test_a_file_that_the_browser_has_is_not_sent_again(server: Served) -> None:
    _, headers, _ = ask(f"{server.url}/voila/static/voila.js")
    status, _, body = ask(f"{server.url}/voila/static/voila.js", **{"If-None-Match": headers["Etag"]})
    assert (status, body) == (304, b"")


def test_the_drawing_library_comes_from_this_server(server: Served) -> None:
    status, headers, body = ask(f"{server.url}/mlmgmt/static/{vega.name()}")
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert b"vegaEmbed" in body


def test_no_other_file_lies_beside_the_drawing_library(server: Served) -> None:
    assert ask(f"{server.url}/mlmgmt/static/vega-0.0.0.js")[0] == 404


def test_our_scripts_and_styles_name_no_other_host() -> None:
    for file in statics.FOLDER.iterdir():
        found = re.findall(r"https?://[\w.-]+", file.read_text())
        assert set(found) <= {"http://www.w3.org"}, file


def test_a_file_is_compressed_once_and_again_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compress, compressed = gzip.compress, []

    def counting(body: bytes, *args: int, **named: int) -> bytes:
        compressed.append(body)
        return compress(body, *args, **named)

    monkeypatch.setattr(statics.gzip, "compress", counting)
    file = tmp_path / "page.js"
    file.write_text("one")
    assert statics.pack(file) == statics.pack(file)
    assert compressed == [b"one"]
    file.write_text("another")
    assert gzip.decompress(statics.pack(file).gzipped or b"") == b"another"
    assert compressed == [b"one", b"another"]


def test_what_a_page_asks_for_is_kept_for_long_and_compressed(server: Served) -> None:
    _, _, page = ask(f"{server.url}/voila/render/counter.ipynb")
    addresses = re.findall(r'(?:src|href)="(/mlmgmt/static/[^"]+)"', page.decode())
    assert len(addresses) >= 4
    for address in addresses:
        status, headers, _ = ask(server.url + address, **{"Accept-Encoding": "gzip"})
        assert status == 200, address
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert headers["Content-Encoding"] == "gzip", address
