"""Kernels that die: between a click and its confirmation, with their fork server, while their page sleeps."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import psutil
import pytest

from mlmgmt_widgets.serving import provisioner
from tests.browser.serving import Served
from tests.faults.people import Steadfast, everyone, files_of, nothing_left, process_of, running, stored, until
from tests.visitor import Gone

pytestmark = [
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(400),
    pytest.mark.skipif(not provisioner.available(), reason="kernels are found by their sockets on Linux only"),
]


def kernel_of(someone: Steadfast) -> psutil.Process:
    assert someone.page is not None
    process = process_of(someone.page.kernel)
    assert process is not None
    return process


def test_a_kernel_that_is_killed_before_it_stored_an_answer_loses_nothing(server: Served, code: str) -> None:
    async def workshop() -> None:
        ann = await Steadfast.join(server, code)
        await ann.give(ann.questions[0], 1)
        frozen = kernel_of(ann)
        frozen.suspend()
        sent = ann.sent
        ann.choose(ann.questions[0], 4, "after all")
        ann.choose(ann.questions[1], "dk")
        sending = asyncio.create_task(ann.send())
        await until(lambda: ann.sent == sent + 1)  # it is with the kernel, which will never read it
        assert stored(server.database, ann) == {ann.questions[0]: (1, "")}
        frozen.kill()
        await sending
        assert len(ann.kernels) == 2
        assert ann.confirmed == {ann.questions[0]: (4, "after all"), ann.questions[1]: ("dk", "")}
        assert stored(server.database, ann) == ann.confirmed
        await nothing_left([ann])

    running(workshop)


def test_an_answer_whose_confirmation_is_lost_with_its_kernel_is_stored_once_and_confirmed_anew(
    server: Served, code: str
) -> None:
    async def workshop() -> None:
        ann = await Steadfast.join(server, code)
        question = ann.questions[0]
        page, process = ann.page, kernel_of(ann)
        assert page is not None
        with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            ann.choose(question, 3, "kept")
            heard = len(page.messages)
            lost = asyncio.create_task(ann.send_once())
            # The kernel has the answer in its hands, and cannot store it yet.
            await until(lambda: any(_says_busy(each) for each in page.messages[heard:]))
            page.socket.close()
            other.execute("ROLLBACK")
        with pytest.raises(Gone):
            await lost
        await until(lambda: bool(stored(server.database, ann)))
        process.kill()
        assert ann.confirmed == {}
        await ann.open()
        await ann.send()
        assert ann.confirmed == stored(server.database, ann) == {question: (3, "kept")}
        assert ann.turned_away == {}
        await nothing_left([ann])

    running(workshop)


def _says_busy(message: dict[str, object]) -> bool:
    content = message["content"]
    return isinstance(content, dict) and content.get("execution_state") == "busy"


def test_when_the_fork_server_is_killed_nobody_inside_notices_and_newcomers_get_in(server: Served, code: str) -> None:
    async def workshop() -> None:
        inside = await everyone(Steadfast.join(server, code) for _ in range(3))
        await everyone(each.give(each.questions[0], 2) for each in inside)
        parent = kernel_of(inside[0]).parent()
        assert parent is not None
        assert parent.pid != server.process.pid
        parent.kill()
        await until(lambda: not parent.is_running() or parent.status() == psutil.STATUS_ZOMBIE)
        newcomer = await Steadfast.join(server, code)
        await everyone(each.give(each.questions[1], 3) for each in [*inside, newcomer])
        assert [len(each.kernels) for each in inside] == [1, 1, 1]  # nobody's page was opened anew
        assert [each.told for each in inside] == [[], [], []]
        for each in [*inside, newcomer]:
            assert stored(server.database, each) == each.confirmed
        await nothing_left([*inside, newcomer])

    running(workshop)


def test_a_page_that_slept_longer_than_its_kernel_lives_finds_everything_and_sends_what_waited(
    server: Served, code: str
) -> None:
    async def workshop() -> None:
        ann = await Steadfast.join(server, code)
        await ann.give(ann.questions[0], 2, "before")
        assert ann.page is not None
        ann.page.socket.close()  # a phone that sleeps says nothing, least of all goodbye
        ann.choose(ann.questions[1], 3)
        await until(lambda: process_of(ann.kernels[0]) is None)
        await until(lambda: not files_of(ann.kernels[0]))
        await ann.send()
        assert len(ann.kernels) == 2
        state = ann.page.models[ann.page.model()]["response"]
        assert (state["answers"][ann.questions[0]], state["comments"]) == (2, {ann.questions[0]: "before"})
        assert ann.confirmed == {ann.questions[0]: (2, "before"), ann.questions[1]: (3, "")}
        assert stored(server.database, ann) == ann.confirmed
        await nothing_left([ann])

    running(workshop)
