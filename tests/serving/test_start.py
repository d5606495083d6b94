"""What the person at the terminal reads when the workbook does not start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def start(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mlmgmt_widgets", "serve", "--port", "0", *arguments],
        cwd=home,
        env={**os.environ, "MLMGMT_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("Dear diary, " * 200)
    ended = start(tmp_path, "--database", f"sqlite:///{tmp_path}/diary.txt")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{tmp_path}/diary.txt is not a workspace: it is another kind of file.\n"


@pytest.mark.parametrize(("key", "said"), [("secret", "has 6 characters"), (" ", "is empty")])
def test_a_key_that_anybody_guesses_is_refused(tmp_path: Path, key: str, said: str) -> None:
    ended = start(tmp_path, MLMGMT_FACILITATOR_KEY=key)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "workspace").exists()


def test_a_port_that_is_taken_is_named_and_leaves_no_folder_behind(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(tmp_path, "--port", port, TMPDIR=str(tmp_path / "temporary"))
    assert ended.returncode == 2
    assert f"Port {port} cannot be used" in ended.stderr
    assert list((tmp_path / "temporary").glob("voila_*")) == []
