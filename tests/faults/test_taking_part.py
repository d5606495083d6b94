"""A workshop that closes while answers are on their way, and one person on two devices."""

from __future__ import annotations

import asyncio

import pytest

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.serving import provisioner
from tests.browser.serving import Served
from tests.faults.people import Steadfast, everyone, nothing_left, process_of, running, stored, until

pytestmark = [
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(400),
    pytest.mark.skipif(not provisioner.available(), reason="kernels are found by their sockets on Linux only"),
]


def test_what_reaches_a_closed_workshop_is_handed_back_and_what_came_in_time_counts(server: Served, code: str) -> None:
    async def workshop() -> None:
        ann, bob, eve = await everyone(Steadfast.join(server, code) for _ in range(3))
        await everyone(each.give(each.questions[0], 2, "in time") for each in (ann, bob, eve))
        late = [ann, bob]
        frozen = [process_of(each.kernels[0]) for each in late]
        before = [each.sent for each in late]
        for each, process in zip(late, frozen, strict=True):
            assert process is not None
            process.suspend()
            each.choose(each.questions[0], 4, "too late")
            each.choose(each.questions[1], 1)
        sending = asyncio.create_task(everyone(each.send() for each in late))
        await until(lambda: all(each.sent > sent for each, sent in zip(late, before, strict=True)))
        with Workspace.open(f"sqlite:///{server.database}") as workspace:
            workspace.workshops.close(code)
        for process in frozen:
            assert process is not None
            process.resume()
        await sending  # nothing is tried for ever: both were refused for good
        for each in late:
            assert each.confirmed == stored(server.database, each) == {each.questions[0]: (2, "in time")}
            assert {q: (answer, comment) for q, (answer, comment, _) in each.turned_away.items()} == {
                each.questions[0]: (4, "too late"),
                each.questions[1]: (1, ""),
            }
            assert all("closed" in sentence for _, _, sentence in each.turned_away.values())
        assert stored(server.database, eve) == eve.confirmed
        await nothing_left([ann, bob, eve])

    running(workshop)


def test_of_two_devices_the_one_that_spoke_last_stands_and_the_other_is_told(server: Served, code: str) -> None:
    async def workshop() -> None:
        phone = await Steadfast.join(server, code)
        await phone.give(phone.questions[0], 1)
        laptop = await Steadfast.join(server, code, phone.token)
        await laptop.give(laptop.questions[0], 2, "thought again")
        # The phone had counted as far as the laptop without knowing of it: what was confirmed there stays.
        await phone.give(phone.questions[0], 4)
        assert phone.confirmed[phone.questions[0]] == (2, "thought again")
        assert stored(server.database, phone) == laptop.confirmed
        await phone.give(phone.questions[0], 4)  # now it knows, and means it
        assert stored(server.database, phone) == phone.confirmed == {phone.questions[0]: (4, "")}
        await nothing_left([phone, laptop])

    running(workshop)


def test_a_phone_that_comes_back_later_takes_nothing_from_the_laptop(server: Served, code: str) -> None:
    async def workshop() -> None:
        phone = await Steadfast.join(server, code)
        laptop = await Steadfast.join(server, code, phone.token)
        phone.choose(phone.questions[0], 0, "typed in the tunnel")
        await laptop.give(laptop.questions[0], 3, "typed afterwards, at a desk")
        await phone.send()
        assert phone.confirmed == {phone.questions[0]: (3, "typed afterwards, at a desk")}
        assert stored(server.database, phone) == laptop.confirmed
        await nothing_left([phone, laptop])

    running(workshop)
