"""A served folder of small notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from tests.browser.serving import Served, serving

COUNTER = '''
import anywidget, os, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `count ${model.get("value")}`; };
      button.addEventListener("click", () => { model.set("value", model.get("value") + 1); model.save_changes(); });
      model.on("change:value", show);
      const ask = document.createElement("button");
      ask.textContent = "ask";
      const answer = document.createElement("output");
      ask.addEventListener("click", () => model.send({ question: "?" }, undefined, [new Uint8Array([7, 8])]));
      model.on("msg:custom", ({ process }, [bytes]) => { answer.textContent = `${process} ${bytes.getUint8(1)}`; });
      show();
      el.append(button, ask, answer);
    } };
    """
    value = traitlets.Int(0).tag(sync=True)
    def __init__(self):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: self.send({"process": os.getpid()}, [bytes(buffers[0])]))
Counter()
'''
NUMBERS = """
import random
import numpy as np
from concurrent.futures import ThreadPoolExecutor
ones = np.ones((600, 600))
with ThreadPoolExecutor(2) as pool:
    print(sum(pool.map(lambda _: int((ones @ ones)[0, 0]), range(4))))
print("draw", np.random.random(), random.random())
"""
NOTEBOOKS: dict[str, list[str]] = {
    "index": ["# The home page", "A [link](counter.ipynb)."],
    "counter": ["# A counter", COUNTER, "Text after it."],
    "process": ["import os; print(f'process={os.getpid()}')"],
    "environment": ["import os, json; print(json.dumps(dict(os.environ)))"],
    "broken": ["# A broken page", "print('before')", "raise RuntimeError('the-secret-reason')", "print('after')"],
    "faulty": ["import logging; logging.getLogger('mlmgmt_widgets.some').error('/srv/the-secret-place is busy')"],
    "sliders": ["import ipywidgets; ipywidgets.VBox([ipywidgets.IntSlider(description='weeks')])"],
    "numbers": [NUMBERS],
    "table": ["import pandas as pd; pd.DataFrame({'team': ['Ranking']})"],
}
LAB_CELL = "raise RuntimeError('only for JupyterLab')"


def write_notebook(path: Path, cells: list[str], **mlmgmt: object) -> None:
    """Write a notebook: what starts with # or a capital is text, everything else code."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [
        nbformat.v4.new_markdown_cell(text) if text[0] == "#" or text[0].isupper() else nbformat.v4.new_code_cell(text)
        for text in cells
    ]
    made.append(nbformat.v4.new_code_cell(LAB_CELL, metadata={"tags": ["lab"]}))
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel, "mlmgmt": mlmgmt}), path)


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `mlmgmt new` makes it, with notebooks for these tests."""
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "mlmgmt.toml").touch()
    (folder / "notebooks").mkdir()
    for name, cells in NOTEBOOKS.items():
        write_notebook(folder / "notebooks" / f"{name}.ipynb", cells)
    for name in ("secret.sqlite", "secret.sqlite-wal", "helper.py", "picture.png"):
        (folder / "notebooks" / name).write_text("not for visitors")
    return folder


@pytest.fixture(scope="session")
def server(workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests that leave it as it was."""
    with serving(tmp_path_factory.mktemp("home"), folder=workbook) as running:
        yield running


@pytest.fixture
def start(workbook: Path, tmp_path: Path) -> Callable[[], object]:
    """Start a server of one's own, to be stopped in unusual ways."""
    return lambda: serving(tmp_path / "home", folder=workbook)


def kernels(server: Served) -> set[int]:
    """The process ids of a server's kernels."""
    return {each.pid for each in server.kernels() if each.is_running()}
