"""One participant sends as much and as fast as they can; another takes part, and all their answers are kept."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from mlmgmt_widgets.serving import limits
from mlmgmt_widgets.workspace import Workspace
from tests.attack.hostile import Deaf, connection, frame
from tests.browser.serving import Served
from tests.visitor import Participant, Visitor, fetch

pytestmark = pytest.mark.xdist_group("attack")


def answers(page: Participant) -> int:
    """How many of a page's messages were answered."""
    return sum(message["header"]["msg_type"] == "comm_msg" for message in page.messages)


def test_a_flood_holds_up_nobody_but_its_sender(
    server: Served, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    async def attack() -> tuple[Participant, int, float]:
        hostile = await Participant.open(server.survey)
        sockets = [await connection(hostile) for _ in range(3)]
        began = time.monotonic()
        small = {"comm_id": hostile.model(), "data": {"method": "custom", "content": {"kind": "state"}}}
        big = {"comm_id": "x", "data": "x" * 6_000_000}

        sending = [
            socket.write_message(frame("comm_msg", big), binary=True) for socket in sockets[2:] for _ in range(3)
        ]
        sending += [socket.write_message(frame("comm_msg", small), binary=True) for socket in sockets[:2] * 500]
        ann = await Participant.open(server.survey)
        for question in await ann.join(code, "Engineer"):
            await ann.answer(question, 2, "in the middle of it")
        await ann.finish()
        while (read := answers(hostile)) < limits.MESSAGES + 100:
            await hostile.alive()  # it answers in its turn, between two others
        took = time.monotonic() - began
        await ann.close()
        await hostile.close()
        for socket in sockets:
            socket.close()
        await asyncio.gather(*sending, return_exceptions=True)
        return ann, read, took

    ann, read, took = runner.run(attack())
    person = workspace.workshops.participant(code, ann.token)
    assert person is not None
    assert person.finished
    assert {question: answer for question, (answer, _) in ann.confirmed.items()} == dict(person.answers.answers)
    assert len(ann.confirmed) > 5
    # A budget and not a speed: the three connections of one page together were read no faster than one may be.
    assert read <= limits.MESSAGES + limits.MESSAGES_PER_SECOND * took


async def alone(kernel: str) -> None:
    """Wait until a kernel has no connection any more."""
    for _ in range(1200):
        if not json.loads((await fetch(kernel)).body)["connections"]:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the server still waits for its reader")


def test_whoever_asks_and_does_not_listen_is_cut_off(server: Served, runner: asyncio.Runner) -> None:
    async def attack() -> tuple[int, int]:
        page = await Visitor.open(server.survey.replace("maturity_survey", "timeline_estimator"))
        size = len(json.dumps(page.models[page.model()]))
        asked = 3 * limits.UNREAD_BYTES // size
        deaf = await Deaf.to(page)
        for _ in range(asked):
            deaf.say(frame("comm_msg", {"comm_id": page.model(), "data": {"method": "request_state"}}))
        page.socket.close()
        await alone(f"{server.url}/api/kernels/{page.kernel}")
        heard = await deaf.rest()
        await page.close()
        return heard, asked * size

    heard, wanted = runner.run(attack())
    assert heard < wanted * 3 / 4
