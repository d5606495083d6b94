"""Frames that anybody may have made, taken apart."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

from mlmgmt_widgets.serving import channels
from mlmgmt_widgets.serving.channels import CONTROL, Comms, NoMessage, read

HEADER = {"msg_id": "1", "msg_type": "comm_msg", "session": "s", "username": "", "version": "5.3", "date": ""}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def frame(header: object = HEADER, content: object = None, channel: str = "shell", *buffers: bytes) -> bytes:
    """A frame as Jupyter's own server makes it."""
    parts = [json.dumps(each).encode() for each in (header, {"msg_id": "0"}, {"a": 1}, content or {})]
    whole: bytes = serialize_msg_to_ws_v1([*parts, *buffers], channel)
    return whole


@given(st.dictionaries(st.text(), JSON, max_size=5), st.lists(st.binary(), max_size=5))
def test_a_message_is_what_jupyters_own_reader_finds_in_it(content: dict[str, Any], buffers: list[bytes]) -> None:
    whole = frame(HEADER, content, "shell", *buffers)
    message = read(whole)
    channel, (header, _, _, theirs, *their_buffers) = deserialize_msg_from_ws_v1(whole)
    assert channel == "shell"
    assert message.header == json.loads(header)
    assert (message.content, list(message.buffers)) == (theirs, their_buffers)
    parts = Comms(lambda: True).allowed(message)
    assert parts is not None
    assert (json.loads(parts[0]), parts[1], parts[3:]) == (HEADER, b"{}", [theirs, *their_buffers])


@given(st.binary(max_size=400) | st.text(max_size=50))
def test_any_bytes_are_a_message_or_none(data: bytes | str) -> None:
    with pytest.raises(NoMessage):
        read(data)


@given(st.data())
def test_a_frame_with_bytes_changed_is_a_message_or_none(data: st.DataObject) -> None:
    whole = bytearray(frame(HEADER, {"comm_id": "x", "data": {}}))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        message = read(bytes(whole))
        Comms(lambda: True).allowed(message)
    except NoMessage:
        return
    assert set(message.header) == set(HEADER)


@given(JSON, st.sampled_from(["comm_open", "comm_close", "comm_info_request", "kernel_info_request"]))
def test_any_content_opens_the_one_comm_or_nothing(content: object, kind: str) -> None:
    try:
        parts = Comms(lambda: True).allowed(read(frame({**HEADER, "msg_type": kind}, content)))
    except NoMessage:
        return
    assert parts is None or set(json.loads(parts[3])) <= {"target_name"}


def opened(comms: Comms, **content: object) -> list[bytes] | None:
    return comms.allowed(read(frame({**HEADER, "msg_type": "comm_open"}, content)))


def closed(comms: Comms, comm: str) -> list[bytes] | None:
    return comms.allowed(read(frame({**HEADER, "msg_type": "comm_close"}, {"comm_id": comm})))


def test_a_page_closes_what_it_opened_and_nothing_else() -> None:
    comms = Comms(lambda: True)
    assert closed(comms, "mine") is None
    parts = opened(comms, comm_id="mine", target_name=CONTROL, data={"anything": 1}, target_module="os")
    assert parts is not None
    assert json.loads(parts[2]) == {"version": "1.0.0"}
    assert json.loads(parts[3]) == {"comm_id": "mine", "target_name": CONTROL, "data": {}}
    assert closed(comms, "a-widget") is None
    assert closed(comms, "mine") is not None
    assert closed(comms, "mine") is None


@pytest.mark.parametrize("target", ["jupyter.widget", "", CONTROL.upper(), None, 5, [CONTROL]])
def test_no_other_comm_is_opened(target: object) -> None:
    assert opened(Comms(lambda: True), comm_id="x", target_name=target) is None
    assert opened(Comms(lambda: False), comm_id="x", target_name=CONTROL) is None


def test_a_message_waits_for_its_turn_and_only_then_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[object] = []

    async def sleep(seconds: float) -> None:
        happened.append(seconds)

    monkeypatch.setattr(channels.asyncio, "sleep", sleep)
    page: Any = object.__new__(channels.Channels)
    page._meter = SimpleNamespace(message=lambda size: size / 1000)
    page._comms = Comms(lambda: True)
    session = SimpleNamespace(send_raw=lambda stream, parts: happened.append((stream, parts[3])))
    page.connection = SimpleNamespace(channels={"shell": "the shell"}, session=session)
    page.close = happened.append
    whole = frame(HEADER, {"comm_id": "x", "data": {}})
    asyncio.run(page.on_message(whole))
    assert happened == [len(whole) / 1000, ("the shell", b'{"comm_id": "x", "data": {}}')]
    asyncio.run(page.on_message(b"noise"))
    assert happened[2:] == [0.005, 1008]


def test_a_kernels_message_may_have_any_number_of_buffers() -> None:
    buffers = [b"a picture"] * 500
    for kind, unheard in (("comm_msg", False), ("error", True)):
        whole = frame({**HEADER, "msg_type": kind}, {"comm_id": "x", "data": {}}, "iopub", *buffers)
        assert channels._unheard(whole) is unheard
    with pytest.raises(NoMessage):
        read(frame(HEADER, {}, "shell", *buffers))
