"""`mlmgmt serve --database postgresql+psycopg://…` for real."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import serving
from tests.visitor import Participant


def test_a_participant_answers_on_a_server_whose_workspace_is_a_postgresql_database(
    postgresql_database: str, tmp_path: Path
):
    address = postgresql_database.replace("postgresql://", "postgresql+psycopg://")
    with serving(tmp_path, options=["--database", address]) as server:
        with Workspace.open(address) as workspace:
            code = workspace.workshops.create(load_rubric("pulse"), "Ranking").code

        async def answer() -> Participant:
            someone = await Participant.open(server.survey)
            first, second, *_ = await someone.join(code)
            await someone.answer(first, 2, "Größe ’🚀’")
            await someone.answer(second, "dk")
            await someone.close()
            return someone

        someone = asyncio.run(answer())
        assert not server.database.exists()
    with Workspace.open(address) as workspace:
        stored = workspace.workshops.participant(code, someone.token)
    assert stored is not None
    answers, comments = stored.answers.answers, stored.answers.comments
    assert {q: (said, comments.get(q, "")) for q, said in answers.items()} == someone.confirmed
    assert list(someone.confirmed.values()) == [(2.0, "Größe ’🚀’"), ("dk", "")]


def test_a_server_that_cannot_reach_its_database_does_not_start_and_says_so_without_the_password(tmp_path: Path):
    address = f"postgresql+psycopg://ann:hunter2@/mlmgmt?host={tmp_path}"
    command = [sys.executable, "-m", "mlmgmt_widgets", "serve", "--port", "0", "--database", address]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "cannot be reached" in line
    assert "hunter2" not in ended.stdout + ended.stderr
