"""What a workshop leaves behind on the server outside its database: nothing of what anybody said, or of who it was."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from mlmgmt_widgets.assessment.survey import MaturitySurvey
from mlmgmt_widgets.workspace import database
from tests.asking import ask
from tests.browser.serving import KEY, Served, serving
from tests.visitor import Participant, Refused, Visitor

Left = tuple[Served, list[Participant], list[str], str]

pytestmark = pytest.mark.xdist_group("serving")
PEOPLE = 3


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A whole anonymous workshop on a real server, which has stopped: who took part, what they said, the code."""
    with serving(tmp_path_factory.mktemp("home")) as server:
        rubric = load_rubric("pulse")
        workshops = Workspace.open(f"sqlite:///{server.database}").workshops
        code = workshops.create(rubric, "Search", smallest_group=PEOPLE).code
        words = [f"words-{secrets.token_hex(6)}" for _ in range(PEOPLE)]
        people = asyncio.run(whole_workshop(server, code, words))
        assert [list(each.comments.values()) for each in workshops.revealed_responses(code)] != [[]] * PEOPLE
    return server, people, words, code


async def whole_workshop(server: Served, code: str, words: list[str]) -> list[Participant]:
    people = [await Participant.open(f"{server.survey}#join={code}") for _ in words]
    for each, said in zip(people, words, strict=True):
        questions = await each.join(code)
        await each.answer(questions[0], 3, said)
        for wrong in ({"question": questions[0], "answer": said}, {"question": said, "answer": 1}, {"comment": said}):
            with pytest.raises(Refused):
                await each.ask("answer", **wrong)
        with pytest.raises(Refused):
            await each.ask(said, token=each.token, text=said)
        await each.send("execute_request", {"code": f"print('{said}', '{each.token}')"})
        await each.finish()
    facilitator = await Visitor.open(server.facilitator)
    await facilitator.ask("unlock", key=KEY)
    await facilitator.ask("open", code=code)
    for verb in ("reveal", "close"):
        await facilitator.ask(verb)
    for each in (*people, facilitator):
        await each.close()
    return people


def test_the_servers_output_names_nobody_and_nothing_that_was_said(after: Left) -> None:
    server, people, words, code = after
    printed = "".join(server.output)
    assert "/voila/render/" in printed  # it is not silent: these are the lines that are searched
    for secret in (*(each.token for each in people), *words, code):
        assert secret not in printed


def test_no_file_but_the_database_holds_an_answer_and_none_a_token(after: Left) -> None:
    server, people, words, code = after
    files = {path: path.read_bytes() for path in server.home.rglob("*") if path.is_file()}
    assert server.database in files
    of_database = {path for path in files if path.name.startswith(server.database.name)}
    assert any(words[0].encode() in files[path] for path in of_database)
    for path, contents in files.items():
        for each in people:
            assert each.token.encode() not in contents
        if path not in of_database:
            for secret in (*words, code):
                assert secret.encode() not in contents


def test_a_fault_of_the_storage_is_logged_without_who_or_what(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "workspace.sqlite"
    workspace = Workspace.open(f"sqlite:///{file}")
    code = workspace.workshops.create(load_rubric("pulse"), "Search").code
    survey = MaturitySurvey(workspace=lambda: workspace)
    token, said = secrets.token_hex(16), f"words-{secrets.token_hex(6)}"
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    ask(survey, "join", code=code, token=token)
    ask(survey, "enter", token=token)

    def answered() -> dict[str, Any]:
        return ask(survey, "answer", question="pulse-data", answer=3, comment=said)

    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "busy" in answered()["error"]
    monkeypatch.setattr(workspace.workshops, "record", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in answered()["error"]
    assert "could not answer" in caplog.text
    assert "is busy" in caplog.text
    for secret in (token, said, code):
        assert secret not in caplog.text
