"""The doctor names what is wrong: each thing is broken for real, and the sentence is read."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.doctor import (
    Finding,
    Level,
    as_data,
    database,
    disks,
    examine,
    folders,
    installation,
    machine,
    text,
)
from mlmgmt_widgets.doctor.finding import guarded
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.workspace import Workspace
from mlmgmt_widgets.workspace.address import parse
from tests.rubrics import toy

KEY = "a-facilitators-key-only-for-tests"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("MLMGMT_HOME", str(folder))
    monkeypatch.delenv("MLMGMT_DATABASE_URL", raising=False)
    monkeypatch.delenv("MLMGMT_FACILITATOR_KEY", raising=False)
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a workshop in it."""
    path = tmp_path_factory.mktemp("made") / "workspace.sqlite"
    with Workspace.open(f"sqlite:///{path}") as workspace:
        code = workspace.workshops.create(toy(), "Search").code
        workspace.workshops.enter(code, "ab" * 16)
        workspace.workshops.record(code, "ab" * 16, "canary", 1, sequence=1)
    return path


@pytest.fixture
def file(home: Path, made: Path) -> Path:
    path = home / "workspace" / "workspace.sqlite"
    path.parent.mkdir(mode=0o700)
    shutil.copy(made, path)
    return path


def levels(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """What is not well."""
    return [(str(each.level), each.about) for each in findings if each.level is not Level.OK]


def only(findings: Iterable[Finding], level: str, about: str) -> str:
    """The one thing that is not well, as a line."""
    found = list(findings)
    assert levels(found) == [(level, about)], text(found)
    (bad,) = (each for each in found if each.level is not Level.OK)
    assert bad.do
    return text([bad])


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_all_is_well_with_a_workspace_that_is(file):
    found = list(database.file(file))
    assert levels(found) == []
    assert "1 workshop, 1 participant, 1 answer" in text(found)
    assert levels(database.file(file.with_name("none.sqlite"))) == []
    assert not file.with_name("none.sqlite").exists()


def test_a_damaged_database(file):
    with file.open("r+b") as opened:
        for page in range(1, file.stat().st_size // 4096):
            opened.seek(page * 4096)
            opened.write(b"\x5a" * 512)
    said = [line for line in text(list(database.file(file))).splitlines() if line.startswith("wrong")]
    assert len(said) == 1
    assert "is damaged: SQLite says" in said[0]
    assert "mlmgmt restore FILE --force" in said[0]


def test_a_file_that_is_no_database(file):
    file.write_text("minutes of a meeting " * 300)
    assert "is another kind of file" in only(database.file(file), "wrong", "database")


def broken(*statements: str) -> Callable[[Path], None]:
    return lambda path: sql(path, *statements)


@pytest.mark.parametrize(
    ("break_it", "level", "about", "said"),
    [
        (broken("UPDATE mlmgmt_version SET version_num = '9999'"), "wrong", "schema", "a newer version (schema 9999"),
        (broken("UPDATE mlmgmt_version SET version_num = '0003'"), "look", "schema", "an older version (schema 0003"),
        (broken("DROP TABLE mlmgmt_version"), "wrong", "schema", "the tables of another program"),
        (broken("DROP TABLE decisions"), "wrong", "schema", "lacks what it should hold: decisions"),
        (broken("DELETE FROM participants"), "wrong", "integrity", "rows of answers point to nothing"),
        (broken("PRAGMA journal_mode=DELETE"), "look", "journal", "wait for each other (journal mode delete)"),
        (broken("UPDATE workshops SET created_at = '2999-01-01 09:00:00'"), "wrong", "clock", "made at 2999-01-01"),
        (lambda path: (path.parent.chmod(0o755), path.chmod(0o644)), "wrong", "private", "may read every answer"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_database_is_said(file, break_it, level, about, said):
    break_it(file)
    assert said in only(database.file(file), level, about)


def test_a_database_that_somebody_keeps_for_themselves(file, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "others wait" in only(database.file(file), "look", "writing")
    assert levels(database.file(file)) == []


def test_a_journal_that_has_grown(file, monkeypatch):
    monkeypatch.setattr(database, "_LARGE_JOURNAL", 4096)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM workshops").fetchall()
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            for number in range(200):
                writer.execute("UPDATE workshops SET team = ?", [f"{number}" * 100])
        assert "somebody has been reading for long" in only(database.file(file), "look", "journal")


AS_NOBODY = """
import os, sys
from pathlib import Path
from mlmgmt_widgets.doctor import database, folders, text
os.setgroups([]); os.setgid(65534); os.setuid(65534)
place = Path(sys.argv[1])
print(text([*database.file(place / "workspace.sqlite"), *folders.home(place), *folders.home(place / "a")]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody who may write nothing")
def test_places_that_one_may_not_write_to(made):
    # Not under pytest's own folder, which others may not look into.
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copy(made, place / "workspace.sqlite")
        ended = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, place], capture_output=True, text=True, check=True, cwd="/"
        )
    said = [line for line in ended.stdout.splitlines() if line.startswith("wrong")]
    assert len(said) == 4, ended.stdout
    assert "Others on this machine may read every answer" in said[0]
    assert (
        f"{place / 'workspace.sqlite'} cannot be written to. You must be allowed to write it and its folder." in said[1]
    )
    assert f"{place} may not be written to by you." in said[2]
    assert f"{place / 'a'} cannot be made." in said[3]


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
filer:/homes /mnt/team\\040files nfs4 rw 0 0
//nas/share /mnt/share cifs rw 0 0
host /mnt/host 9p rw 0 0
tmpfs /mnt/share/quick tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/srv/workspace.sqlite", None),
        ("/mnt/team files/workspace.sqlite", ("wrong", "a network file system (nfs4 at /mnt/team files)")),
        ("/mnt/share/workspace.sqlite", ("wrong", "a network file system (cifs at /mnt/share)")),
        ("/mnt/share/quick/workspace.sqlite", None),
        ("/mnt/shared/workspace.sqlite", None),
        ("/mnt/host/workspace.sqlite", ("look", "shared with a host (9p at /mnt/host)")),
    ],
)
def test_a_database_on_a_network_file_system(tmp_path, place, expected):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    found = list(disks.network(Path(place), mounts))
    if expected is None:
        assert (levels(found), len(found)) == ([], 1)
    else:
        assert expected[1] in only(found, expected[0], "disk")
    assert list(disks.network(Path(place), tmp_path / "none")) == []


def test_a_disk_with_little_room(tmp_path):
    assert shutil.which("mount")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        said = only(disks.space(tmp_path / "not" / "yet" / "workspace.sqlite"), "wrong", "space")
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert "Only 1 MB are free" in said


def test_a_home_that_others_may_write_to(home):
    assert levels(folders.home(home)) == []
    home.chmod(0o777)
    assert "chmod go-w" in only(folders.home(home), "wrong", "home")
    home.rmdir()
    home.touch()
    assert "is not a folder" in only(folders.home(home), "wrong", "home")
    home.unlink()
    assert levels(folders.home(home)) == []
    assert not home.exists()


def test_the_key_is_judged_and_never_told(home):
    file = home / "facilitator.key"
    assert levels(folders.key(home, {})) == []
    assert not file.exists()
    file.write_text(KEY)
    home.chmod(0o755)
    file.chmod(0o644)
    said = only(folders.key(home, {}), "wrong", "key")
    assert "may read the facilitator's key" in said
    file.chmod(0o600)
    assert levels(folders.key(home, {})) == []
    file.write_text("short")
    said += only(folders.key(home, {}), "wrong", "key")
    assert "has 5 characters" in said
    file.write_bytes(b"\xff\xfe")
    assert "is not text" in only(folders.key(home, {}), "wrong", "key")
    said += only(folders.key(home, {"MLMGMT_FACILITATOR_KEY": "tiny"}), "wrong", "key")
    assert not any(secret in said for secret in (KEY, "short", "tiny"))
    assert levels(folders.key(home, {"MLMGMT_FACILITATOR_KEY": KEY})) == []


def test_notebooks_that_are_missing_or_none(tmp_path):
    shipped_ones = shipped().parent / "notebooks"
    assert levels(folders.notebooks(shipped_ones)) == []
    for path in shipped_ones.glob("*.ipynb"):
        shutil.copy(path, tmp_path)
    (tmp_path / "maturity_survey.ipynb").write_text('{"cells": 3}')
    (tmp_path / "index.ipynb").unlink()
    said = text([each for each in folders.notebooks(tmp_path) if each.level is Level.WRONG])
    assert "maturity_survey.ipynb is no notebook" in said
    assert "index.ipynb is missing" in said
    assert said.count("\n") == 1


def test_content_that_is_not_valid_is_said_as_mlmgmt_check_says_it(tmp_path, mlmgmt):
    assert levels(folders.content(shipped())) == []
    (tmp_path / "rubrics").mkdir()
    path = tmp_path / "rubrics" / "ours.yaml"
    path.write_text("id: A\nversion: 1.0\n")
    said = only(folders.content(tmp_path), "wrong", "content")
    assert mlmgmt("check", path)[2].splitlines()[0] in said
    path.unlink()
    assert "no rubrics, plans and checklists" in only(folders.content(tmp_path), "look", "content")


def test_packages_that_are_missing_or_old(tmp_path, monkeypatch):
    assert levels(installation.packages()) == []
    assert levels(installation.python()) == []
    assert "3.10.2 is not >=3.11" in only(installation.python(running=(3, 10, 2)), "wrong", "Python")
    old = tmp_path / "pydantic-1.2.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: pydantic\nVersion: 1.2\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "pydantic is 1.2, and >=2.11 is needed" in only(installation.packages(), "wrong", "packages")
    assert "no-such-package is missing" in only(installation.packages(["no-such-package>=1"]), "wrong", "packages")
    assert levels(installation.packages(["no-such-package; extra == 'postgresql'"])) == []
    assert levels(installation.packages(["no-such-package; extra == 'postgresql'"], ["postgresql"]))


class Answers(http.server.BaseHTTPRequestHandler):
    status = 204

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/mlmgmt/alive" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listening() -> Iterator[http.server.HTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_port_that_somebody_has(listening, monkeypatch):
    number = listening.server_address[1]
    found = list(machine.port(number))
    assert levels(found) == []
    assert "A workbook is open" in text(found)
    monkeypatch.setattr(Answers, "status", 200)
    said = only(machine.port(number), "wrong", "port")
    assert f"{number} is taken by" in said
    assert f"(process {os.getpid()})" in said


def test_a_port_that_nobody_has():
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    assert levels(machine.port(number)) == []


def test_a_machine_that_may_open_few_files():
    code = (
        "import resource\nfrom mlmgmt_widgets.doctor import machine, text\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))\nprint(text(list(machine.open_files())))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("look   open files  The server may have 1024 files open, enough for about 34 pages.")


def test_a_server_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    url = parse(f"postgresql://ann:hunter2@127.0.0.1:{number}/team")
    (found,) = guarded("database", lambda: database.server(url))
    said = text([found])
    assert found.level is Level.WRONG
    assert f"team on 127.0.0.1:{number} cannot be reached" in said
    assert "hunter2" not in said


def test_a_check_that_fails_is_a_finding_and_keeps_nothing_from_being_looked_at():
    def fails(error: Exception) -> Callable[[], Iterator[Finding]]:
        def check() -> Iterator[Finding]:
            yield Finding(Level.OK, "first", "Well.")
            raise error

        return check

    for error, said in {
        Refusal("No."): "No.",
        ImportError(name="voila"): "The package voila is missing or broken.",
        ZeroDivisionError("hunter2"): "This could not be looked at (ZeroDivisionError).",
    }.items():
        found = list(guarded("it", fails(error)))
        assert [each.level for each in found] == ["ok", "wrong"]
        assert found[1].says == said


BROKEN_KERNEL = "raise RuntimeError('broken')\n"


# The command, with patience: where tests run, a kernel may take longer than whoever serves would wait.
COMMAND = """
import sys
from mlmgmt_widgets.cli import main
from mlmgmt_widgets.doctor import machine
machine._SECONDS = 150
sys.argv = ["mlmgmt", "doctor", "--port", "1", *sys.argv[1:]]
main()
"""


def doctor(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env={**os.environ, "MLMGMT_HOME": str(home), **environment},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("file")
def test_the_command_changes_nothing_and_tells_no_secret(home):
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    sound = doctor(home, "--json", MLMGMT_FACILITATOR_KEY=KEY)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    found = json.loads(sound.stdout)
    wrongs = [each["about"] for each in found["findings"] if each["level"] == "wrong"]
    assert wrongs in ([], ["port"])  # nobody but root may have port 1
    assert sound.returncode == bool(wrongs)
    assert {each["about"]: each["says"] for each in found["findings"]}["kernel"].startswith("One was started")
    abouts = ["Python", "packages", "home", "key", "notebooks", "content", "database", "schema", "integrity"]
    assert [each["about"] for each in found["findings"]][: len(abouts)] == abouts
    assert KEY not in sound.stdout + sound.stderr


def test_a_kernel_that_cannot_start_and_a_broken_database_end_the_command_with_one(file, home, tmp_path):
    (tmp_path / "ipykernel").mkdir()
    (tmp_path / "ipykernel" / "__init__.py").write_text(BROKEN_KERNEL)
    file.write_text("no database")
    ended = doctor(home, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout
    wrongs = [line.split()[1] for line in ended.stdout.splitlines() if line.startswith("wrong")]
    assert {"database", "kernel"} <= set(wrongs)
    assert all(line.split()[0] in {"ok", "look", "wrong"} for line in ended.stdout.splitlines())


def test_the_gravest_finding_is_the_status():
    def found(*names: str) -> str:
        return str(as_data([Finding(Level(name), "it", "Something.") for name in names])["status"])

    assert (found(), found("ok"), found("ok", "look"), found("look", "wrong", "ok")) == ("ok", "ok", "look", "wrong")


def test_without_notebooks_the_rest_is_looked_at(monkeypatch, home):
    monkeypatch.setattr("mlmgmt_widgets.serving.home.shipped", lambda _: ())
    monkeypatch.setenv("MLMGMT_NOTEBOOKS", str(home / "none"))
    monkeypatch.chdir(home)
    said = text(examine(port=1))  # and no kernel is started, which would need their folder
    assert "wrong  home" in said
    assert "There are no notebooks to serve" in said
    assert "memory" in said
