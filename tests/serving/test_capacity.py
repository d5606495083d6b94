"""A full room: newcomers wait on a page that says so, those inside notice nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from mlmgmt_widgets.serving import capacity
from mlmgmt_widgets.serving.capacity import PAGE_BYTES, Capacity, Full, Seat
from mlmgmt_widgets.serving.notebooks import Page
from tests.browser.serving import Served, serving
from tests.visitor import Participant, Visitor, fetch

pytestmark = pytest.mark.xdist_group("serving")
SURVEY = Page("survey.ipynb", "Survey", "Survey")
WORKSHOP = Page("workshop.ipynb", "Workshop", "Workshop", facilitator=True)
MB = 1024 * 1024


class Few:
    """The kernels of pages, as far as `Capacity` asks."""

    def __init__(self, *living: str) -> None:
        self.living = set(living)
        self.away: set[str] = set()
        self.asked_to_end = 0

    def list_kernel_ids(self) -> set[str]:
        return self.living

    def inside(self) -> set[str]:
        return self.living - self.away

    def end_abandoned(self, sparing: Collection[str | None]) -> None:
        self.spared = sparing
        self.asked_to_end += 1


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), options=["--max-participants", "2"]) as server:
        yield server


def test_who_comes_late_is_told_so_and_let_in_when_somebody_leaves(small: Served) -> None:
    workshops = Workspace.open(f"sqlite:///{small.database}").workshops
    code = workshops.create(load_rubric("pulse"), "Search team").code
    room = f"{small.url}/mlmgmt/room/maturity_survey.ipynb"

    async def try_it() -> None:
        inside = [await Participant.open(small.survey) for _ in range(2)]
        questions = [await each.join(code) for each in inside]
        with pytest.raises(HTTPClientError) as full:
            await Participant.open(small.survey)
        response = full.value.response
        assert (full.value.code, response.headers["Retry-After"]) == (503, "15")
        assert "The room is full" in response.body.decode()
        assert "All 2 places are taken." in response.body.decode()
        with pytest.raises(HTTPClientError, match="503"):
            await fetch(room)
        # Whoever runs the workshop is not kept out, and those inside go on.
        facilitator = await Visitor.open(small.facilitator)
        await facilitator.close()
        for participant, asked in zip(inside, questions, strict=True):
            assert await participant.answer(asked[0], 3)
        await inside[0].close()
        assert (await fetch(room)).code == 204
        newcomer = await Participant.open(small.survey)
        assert await newcomer.join(code) == questions[0]
        for each in (inside[1], newcomer):
            await each.close()

    asyncio.run(try_it())
    assert workshops.progress(code).started == 2
    assert any("The room is full" in line for line in small.output)


def test_a_page_of_text_is_never_full(small: Served) -> None:
    async def try_it() -> int:
        inside = [await Visitor.open(small.survey) for _ in range(2)]
        code = (await fetch(f"{small.url}/voila/render/index.ipynb")).code
        for each in inside:
            await each.close()
        return code

    assert asyncio.run(try_it()) == 200


def test_a_place_is_taken_from_the_moment_of_coming_in_until_the_kernel_ends() -> None:
    kernels = Few()
    room = Capacity(kernels, 1, lambda: 10**12)
    seat = room.admit(SURVEY)
    with pytest.raises(Full, match="The only place is taken"):
        room.admit(SURVEY)
    seat.kernel_id = "k"
    kernels.living.add("k")
    with pytest.raises(Full):
        room.check(SURVEY)
    kernels.away.add("k")  # nobody looks at it any more; when somebody does again, they are inside again
    room.check(SURVEY)
    kernels.away.clear()
    with pytest.raises(Full):
        room.check(SURVEY)
    kernels.living.clear()
    room.leave(room.admit(SURVEY))
    assert room.participants == 0
    room.check(SURVEY)


def test_facilitators_take_no_place() -> None:
    room = Capacity(Few(), 1, lambda: 10**12)
    assert isinstance(room.admit(WORKSHOP), Seat)
    assert room.admit(SURVEY).participant
    room.check(WORKSHOP)


def test_where_no_number_is_given_memory_decides_and_keeps_some_for_facilitators() -> None:
    free = 2000 * MB
    kernels = Few()
    room = Capacity(kernels, memory=lambda: free)
    for _ in range(capacity.room_for(free)):
        room.admit(SURVEY)
    assert room.participants > 10
    room.admit(WORKSHOP).kernel_id = "facilitator's"
    kernels.living.add("facilitator's")
    with pytest.raises(Full, match="no memory"):
        room.check(SURVEY)
    assert kernels.asked_to_end == 0  # whoever only asks closes nobody's page
    with pytest.raises(Full, match="no memory"):
        room.admit(SURVEY)
    assert kernels.asked_to_end == 1
    assert kernels.spared == {"facilitator's"}
    room.check(WORKSHOP)
    free = 100 * MB
    with pytest.raises(Full):
        room.check(WORKSHOP)


def test_pages_that_are_just_opening_count_as_if_they_had_their_memory() -> None:
    kept = 768 * MB
    room = Capacity(Few("k"), memory=lambda: kept + PAGE_BYTES)
    seat = room.admit(SURVEY)
    with pytest.raises(Full):
        room.check(SURVEY)
    seat.kernel_id = "k"  # from now on what it took is missing from what is free
    room.check(SURVEY)


@pytest.mark.parametrize(("limit", "expected"), [("1000\n", 1000 - 700 + 50), ("max\n", None), ("", None)])
def test_a_containers_limit_counts(tmp_path: Path, limit: str, expected: int | None) -> None:
    for folder in (tmp_path, tmp_path / "system.slice" / "mlmgmt.service"):  # a container's, and a service's
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(limit)
        (folder / "memory.current").write_text("700\n")
        (folder / "memory.stat").write_text("anon 600\ninactive_file 50\n")
        ours = tmp_path / "cgroup"
        ours.write_text(f"1:name=systemd:/elsewhere\n0::/{folder.relative_to(tmp_path)}\n")
        assert capacity._container_memory(tmp_path, ours) == expected
        for each in folder.glob("memory.*"):
            each.unlink()


def test_a_system_without_control_groups_has_no_such_limit(tmp_path: Path) -> None:
    assert capacity._container_memory(tmp_path, tmp_path / "none") is None
