"""Tokens, codes and the facilitator's key: what guessing, stealing and replaying them brings."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from mlmgmt_widgets.workspace import Workspace
from mlmgmt_widgets.workspace.checks import ALPHABET
from tests.attack.hostile import connection, frame
from tests.browser.serving import KEY, Served
from tests.visitor import Participant, Refused, Visitor

pytestmark = pytest.mark.xdist_group("attack")


async def refusal(page: Visitor, kind: str, **content: Any) -> str:
    """The sentence with which a page refuses; empty if it does not."""
    try:
        await page.ask(kind, **content)
    except Refused as refused:
        return str(refused)
    return ""


def test_codes_can_be_guessed_five_times_and_a_right_one_wins_no_more(
    server: Served, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    wrong = [other + code[1:] for other in ALPHABET if other != code[0]]
    known = {each.code for each in workspace.workshops.all()}
    guesses = [guess for guess in wrong if guess not in known]

    async def attack() -> tuple[list[str], str, str]:
        page = await Participant.open(server.survey)
        said = []
        for guess in guesses[:5]:
            assert await refusal(page, "join", code=code) == ""  # whoever knows one code
            said.append(await refusal(page, "join", code=guess))
        last = [await refusal(page, "join", code=each) for each in (guesses[6], code)]
        await page.close()
        other = await Participant.open(server.survey)
        await other.join(code, "Engineer")
        await other.close()
        return said, *last

    said, wrong_one, right_one = runner.run(attack())
    assert all("no workshop" in each for each in said)
    assert wrong_one == right_one == "Several codes were wrong. Please reload this page to try another."


def test_nobody_gets_at_anothers_answers(
    server: Served, page: Participant, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    async def attack() -> tuple[list[Any], str]:
        ann = await Participant.open(server.survey)
        questions = await ann.join(code, "Engineer")
        await ann.answer(questions[0], 3, "only Ann says this")
        await ann.finish()
        with sqlite3.connect(server.database) as database:
            stolen = [row[0] for row in database.execute("select token_hash from participants")]
        near = ann.token[:-1] + ("0" if ann.token[-1] != "0" else "1")
        found = []
        # What stands in a stolen database is no token; nor is one that is almost right, or another's in part.
        for token in (
            *stolen,
            near,
            ann.token + "0",
            ann.token[:-1],
            ann.token[::-1],
            "",
            "0" * 32,
            "%" * 32,
            "' or 1=1",
        ):
            found.append((await page.ask("join", code=code, token=token))["participant"])
            page_says = await refusal(page, "answer", question=questions[0], answer=0, sequence=2**53)
            assert "join" in page_says.lower()
            assert "join" in (await refusal(page, "finish", finished=False)).lower()
        heard = json.dumps([page.models, [message["content"] for message in page.messages]])
        await ann.close()
        return found, heard

    found, heard = runner.run(attack())
    assert set(found) == {None}
    assert "only Ann" not in heard
    assert workspace.workshops.progress(code).finished == 1
    kept = workspace.workshops.progress(code)
    assert (kept.joined, kept.started, kept.finished) == (1, 1, 1)


def test_a_recorded_message_brings_nothing_back(
    server: Served, page: Participant, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    async def attack() -> tuple[str, dict[str, Any]]:
        ann = await Participant.open(server.survey)
        question = (await ann.join(code, "Engineer"))[0]
        recorded: list[Any] = []
        send = ann.send

        async def overheard(kind: str, content: Any, **other: Any) -> str:
            recorded.append(content)
            return await send(kind, content, **other)

        ann.send = overheard  # type: ignore[method-assign]
        await ann.answer(question, 1, "first")
        await ann.answer(question, 2, "second")
        await ann.answer(question, 3, "last")
        eavesdropper = await connection(ann)
        for _ in range(3):
            await page.send("comm_msg", recorded[0])  # to a kernel that it was not meant for
            await eavesdropper.write_message(frame("comm_msg", recorded[0]), binary=True)  # and to the one that it was
        await eavesdropper.write_message(frame("kernel_info_request", {}), binary=True)
        await ann.ask("state")
        again = await ann.ask("join", code=code, token=ann.token)
        response = ann.models[ann.model()]["response"]
        assert again["participant"]["sequence"] == 3
        await ann.close()
        await page.ask("state")
        return question, response

    question, response = runner.run(attack())
    assert response["answers"][question] == 3
    assert response["comments"][question] == "last"
    assert workspace.workshops.progress(code).joined == 1


def test_a_closed_workshop_takes_nothing_from_pages_that_are_still_open(
    server: Served, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    async def attack() -> list[str]:
        ann = await Participant.open(server.survey)
        question = (await ann.join(code, "Engineer"))[0]
        await ann.answer(question, 3)
        workspace.workshops.close(code)
        tried = [
            await refusal(ann, "answer", question=question, answer=0, sequence=99),
            await refusal(ann, "finish", finished=True),
            await refusal(ann, "enter", token="ab" * 16, role="Engineer", name=""),  # somebody new
        ]
        await ann.close()
        return tried

    assert all("closed" in sentence for sentence in runner.run(attack()))
    kept = workspace.workshops.progress(code)
    assert (kept.joined, kept.started, kept.finished) == (1, 1, 0)


def test_the_facilitators_page_tells_nothing_and_does_nothing_without_the_key(
    server: Served, workspace: Workspace, runner: asyncio.Runner, code: str
) -> None:
    requests: dict[str, dict[str, Any]] = {
        "home": {},
        "open": {"code": code},
        "create": {"rubric": "pulse", "team": "Theirs", "anonymous": True, "smallest_group": 5, "roles": []},
        "progress": {},
        "reveal": {},
        "close": {},
        "results": {},
        "export": {"format": "csv"},
        "delete": {"code": code, "team": "Ranking"},
        "unlock": {"key": KEY[:-1]},
    }
    before = workspace.workshops.all()

    async def attack() -> tuple[list[str], str]:
        page = await Visitor.open(server.facilitator.partition("#")[0])
        model = page.model()
        await page.send("comm_msg", {"comm_id": model, "data": {"method": "update", "state": {"locked": False}}})
        said = [await refusal(page, kind, **content) for kind, content in requests.items()]
        told = json.dumps([await page.states(), [message["content"] for message in page.messages]])
        await page.close()
        return said, told

    said, told = runner.run(attack())
    assert all("key" in sentence for sentence in said)
    assert code not in told
    assert workspace.workshops.all() == before
