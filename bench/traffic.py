"""What arrives on the wire when a page is opened."""

from __future__ import annotations

import zlib
from base64 import b64decode
from typing import Any

from playwright.sync_api import CDPSession

_TEXT = 1  # the opcode of a websocket's frame of text; others come in base64


class Traffic:
    """Counts requests and the bytes that arrive; messages over a websocket as they are compressed on the wire."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = self.requests = 0
        self._packers: dict[str, Any] = {}
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketHandshakeResponseReceived", self._agreed)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.send("Network.enable")

    def _request(self, event: dict[str, dict[str, str]]) -> None:
        self.requests += event["request"]["url"].startswith("http")

    def _finished(self, event: dict[str, int]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _agreed(self, event: dict[str, Any]) -> None:
        """Note whether the two sides agreed on compression: the browser only ever shows messages unpacked."""
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if "permessage-deflate" in headers.get("sec-websocket-extensions", ""):
            self._packers[event["requestId"]] = zlib.compressobj(wbits=-zlib.MAX_WBITS)

    def _frame(self, event: dict[str, Any]) -> None:
        text: str = event["response"]["payloadData"]
        data = text.encode() if event["response"]["opcode"] == _TEXT else b64decode(text)
        packer = self._packers.get(event["requestId"])
        self.bytes += len(packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)) if packer else len(data)
