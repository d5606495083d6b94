"""A participant who sends their kernel whatever they like changes nothing, runs nothing and learns nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from tests.attack.hostile import answered, connect, connection, deep, ended, frame
from tests.browser.serving import Served
from tests.visitor import CONTROL, Participant, Visitor

pytestmark = pytest.mark.xdist_group("attack")

NOT_OURS = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0"}
SLIDER = {
    "_model_name": "IntSliderModel",
    "_view_name": "IntSliderView",
    "value": 7,
    **{
        f"_{kind}_module{end}": NOT_OURS[f"_model_module{end}"]
        for kind in ("model", "view")
        for end in ("", "_version")
    },
}


def forged(value: object) -> object:
    """Another value of the same kind, so that no check of a type refuses it."""
    if isinstance(value, bool) or value is None:
        return not value
    kinds: dict[type, object] = {str: "alone", int: 41, list: ["forged"], dict: {"forged": 1}}
    return kinds.get(type(value), "forged")


async def comms(page: Visitor) -> set[str]:
    """The comms that a page's kernel knows."""
    reply = await page.reply_to(await page.send("comm_info_request", {}))
    return set(reply["content"]["comms"])


def test_no_trait_of_any_widget_is_a_browsers_to_write(page: Participant, runner: asyncio.Runner) -> None:
    async def attack() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        before = json.loads(json.dumps(await page.states()))
        for model, state in before.items():
            for name, value in [*state.items(), ("_no_such_trait", 0), ("comm", 0), ("__class__", 0)]:
                data = {"method": "update", "state": {name: forged(value)}, "buffer_paths": []}
                await page.send("comm_msg", {"comm_id": model, "data": data})
            # Binary values: where they belong, in the place of a script, and in places that are none.
            for path in (["_esm"], ["forged", "deep"], [], ["x"] * 1000, [{}], [-1]):
                data = {"method": "update", "state": {"_esm": "", "forged": {}}, "buffer_paths": [path]}
                await page.send("comm_msg", {"comm_id": model, "data": data}, buffers=[b"export default 1"])
        return before, await page.states()

    before, after = runner.run(attack())
    assert {state["_model_name"] for state in before.values()} == {"LayoutModel", "AnyModel"}
    assert after == before


def test_a_plain_slider_is_written_so_the_attack_above_is_one(server: Served, runner: asyncio.Runner) -> None:
    async def attack() -> set[object]:
        page = await Visitor.open(server.survey.replace("maturity_survey", "sliders"))
        for model in list(page.models):
            await page.send("comm_msg", {"comm_id": model, "data": {"method": "update", "state": {"value": 41}}})
        values = {state.get("value") for state in (await page.states()).values()}
        await page.close()
        return values

    assert 41 in runner.run(attack())


def test_no_comm_is_opened_but_the_one_that_asks_for_widgets(page: Participant, runner: asyncio.Runner) -> None:
    async def attack() -> tuple[set[str], set[str], Mapping[str, Any]]:
        before = await comms(page)
        for target in ("jupyter.widget", "jupyter.widget.version", "mlmgmt", "", "__main__", CONTROL + "x", 7, None):
            content = {"comm_id": f"forged-{target}", "target_name": target, "data": {"state": SLIDER}}
            await page.send("comm_open", content)
        # Two names in one object: whoever reads the last one must not have checked the first.
        twice = b'{"comm_id": "forged", "target_name": "%s", "data": {}, "target_name": "jupyter.widget"}'
        await page.send_raw(frame("comm_open", twice % CONTROL.encode()))
        for identifier in ("", "x" * 1000, 5, None, ["x"]):
            await page.send("comm_open", {"comm_id": identifier, "target_name": CONTROL, "data": {}})
        after = await comms(page)
        for number in range(100):
            await page.send("comm_open", {"comm_id": f"many-{number}", "target_name": CONTROL, "data": {}})
        return before ^ after, await comms(page) - after, await page.ask("state")

    changed, many, reply = runner.run(attack())
    assert changed == set()
    assert 10 < len(many) < 25
    assert "error" not in reply


def test_nobody_closes_a_widget(page: Participant, runner: asyncio.Runner) -> None:
    async def attack() -> dict[str, Any]:
        for model in page.models:
            await page.send("comm_close", {"comm_id": model, "data": {}})
        return await page.ask("state")

    assert "error" not in runner.run(attack())


ASKING = {
    "execute_request": {"code": "CODE", "silent": False, "store_history": True, "user_expressions": {"x": "CODE"}},
    "complete_request": {"code": "impor", "cursor_pos": 5},
    "inspect_request": {"code": "survey", "cursor_pos": 3, "detail_level": 1},
    "history_request": {"output": True, "raw": True, "hist_access_type": "tail", "n": 9},
    "is_complete_request": {"code": "1"},
    "debug_request": {"type": "request", "seq": 1, "command": "initialize", "arguments": {}},
    "create_subshell_request": {},
    "usage_request": {},
    "input_reply": {"value": "CODE", "status": "ok"},
    "interrupt_request": {},
    "shutdown_request": {"restart": False},
    "apply_request": {},
    "connect_request": {},
}


def test_nothing_is_run_read_stopped_or_debugged(page: Participant, runner: asyncio.Runner, tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    def content(kind: str) -> object:
        return json.loads(json.dumps(ASKING[kind]).replace("CODE", f"open('{trace}', 'w')"))

    async def attack() -> set[str]:
        heard = len(page.messages)
        for kind in ASKING:
            await page.send(kind, content(kind))
        # On the other channels a page has nothing to say: the first word ends the connection.
        for channel in ("control", "stdin", "iopub", "nowhere", ""):
            socket = await connection(page)
            for kind in ASKING:
                await socket.write_message(frame(kind, content(kind), channel), binary=True)
            await ended(socket)
        assert await page.alive()
        return {message["header"]["msg_type"] for message in page.messages[heard:]}

    kinds = runner.run(attack())
    assert not {kind for kind in kinds if kind.endswith(("_reply", "_result", "_input"))}
    assert "error" not in kinds
    assert not trace.exists()


NO_FRAMES = {
    "text": "{}",
    "nothing": b"",
    "few": b"\x06",
    "no parts": (0).to_bytes(8, "little"),
    "very many parts": (2**63).to_bytes(8, "little") + b"\0" * 1000,
    "parts elsewhere": (6).to_bytes(8, "little") + (2**62).to_bytes(8, "little") * 6,
    "parts backwards": b"".join(number.to_bytes(8, "little") for number in (6, 56, 9, 8, 7, 6, 5)),
    "a header that is a list": frame("comm_msg", {}).replace(b'{"msg_id"', b'["msg_id"'),
    "a kind that is a list": frame(["comm_msg"], {}),
    "a deep header": frame("comm_msg", {}).replace(b'"5.3"', b"[" * 5 + b"x"),
    "a long header": frame("comm_msg", {}, x="x" * 20_000),
    "a deep opening": frame("comm_open", deep(4000, '{"comm_id": "x", "target_name": %s}')),
    "many buffers": frame("comm_msg", {}, "shell", *[b"x"] * 100),
    "too long": frame("comm_msg", {"comm_id": "x", "data": "x" * 50_000_000}),
}


@pytest.mark.parametrize("name", NO_FRAMES)
def test_what_is_no_message_ends_its_own_connection_alone(page: Participant, runner: asyncio.Runner, name: str) -> None:
    async def attack() -> bool:
        socket = await connection(page)
        data = NO_FRAMES[name]
        with contextlib.suppress(WebSocketClosedError):  # it may not be heard to the end
            await socket.write_message(data, binary=isinstance(data, bytes))
        await ended(socket)
        return await page.alive()

    assert runner.run(attack())


def test_messages_that_are_deep_empty_or_wrong_are_survived_and_their_errors_not_told(
    page: Participant, runner: asyncio.Runner
) -> None:
    model = page.model()
    inner = f'{{"comm_id": "{model}", "data": '
    contents = [
        deep(100_000, inner + '{"method": "custom", "content": %s}}'),
        deep(100_000, "%s"),
        deep(900, inner + '{"method": "custom", "content": {"kind": "join", "code": %s}}}'),
        deep(900, inner + '{"method": "update", "state": {"response": %s}}}'),
        *(inner.encode() + data + b"}" for data in (b"5", b"null", b"{}", b'{"method": "x"}', b'{"method": "update"}')),
        *(b"{}", b"5", b"null", b"", b"\xff\xfe", b'{"comm_id": []}', b'{"comm_id": "unknown", "data": {}}'),
    ]

    async def attack() -> list[dict[str, Any]]:
        heard = len(page.messages)
        for content in contents:
            await page.send_raw(frame("comm_msg", content))
        await page.ask("state")
        return page.messages[heard:]

    told = json.dumps([message["content"] for message in runner.run(attack())])
    for secret in ("Traceback", "site-packages", "/src/", "Error"):
        assert secret not in told


def test_a_kernel_has_few_connections_and_one_protocol(page: Participant, runner: asyncio.Runner) -> None:
    async def attack() -> list[int]:
        refused = []
        sockets = [await connection(page) for _ in range(3)]
        for protocol in ("v1.kernel.websocket.jupyter.org", None, "other"):
            with pytest.raises(HTTPClientError) as caught:
                await connect(page, protocol)
            refused.append(caught.value.code)
        assert all([await answered(socket) for socket in sockets])
        for socket in sockets:
            socket.close()
            await ended(socket)
        return refused

    assert runner.run(attack()) == [429, 400, 400]
