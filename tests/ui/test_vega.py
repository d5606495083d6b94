"""Vega is made on this machine, once, and asks nobody for anything."""

import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlmgmt_widgets.ui import vega


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_the_bundle_is_a_module_with_what_figures_need(folder: Path) -> None:
    source = vega.bundle(folder).read_text("utf-8")
    exported = re.findall(r"export\s*\{([^}]*)\}", source)[-1]
    assert {name.split(" as ")[-1].strip() for name in exported.split(",")} == {"vegaEmbed", "vega", "vegaLite"}
    assert not re.search(r"\bimport\s*[\"'(]|from\s*[\"']https?:", source)
    assert "cdn" not in source.lower()


def test_it_is_made_once(folder: Path) -> None:
    before = vega.bundle(folder).stat().st_mtime_ns
    assert vega.bundle(folder).stat().st_mtime_ns == before


def test_several_processes_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from mlmgmt_widgets.ui import vega;"
        "print(vega.bundle(pathlib.Path(sys.argv[1])), 'vl_convert' in sys.modules)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = {each.communicate(timeout=120)[0].strip() for each in started}
    assert said == {f"{tmp_path / vega.name()} False"}  # and none has loaded what makes it, which takes 100 MB
    assert [each.name for each in tmp_path.iterdir()] == [vega.name()]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("vl_convert.javascript_bundle", lambda *_, **__: "export {};")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no room"):
        vega.make(tmp_path / vega.name())
    assert list(tmp_path.iterdir()) == []


def test_who_asks_at_the_same_time_in_one_process_waits_for_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, made = threading.Barrier(4, timeout=30), []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text("export {};")

    def ask(_: int) -> Path:
        together.wait()
        return vega.bundle(tmp_path)

    monkeypatch.setattr(vega, "_make_apart", make)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {tmp_path / vega.name()}
    assert made == [tmp_path / vega.name()]


def test_where_it_cannot_be_made_an_error_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"could not be made: FileExistsError"):
        vega.bundle(tmp_path / "file")
