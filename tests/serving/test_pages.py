"""What a visitor is sent."""

# ruff: noqa: S310 - the addresses are our own server's

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mlmgmt_widgets.serving.notebooks import pages
from tests.browser.serving import Served
from tests.serving.conftest import kernels, write_notebook

pytestmark = pytest.mark.xdist_group("serving")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as response:
        return response.read().decode()


def render(server: Served, name: str) -> str:
    return read(f"{server.url}/voila/render/{name}.ipynb")


def test_the_server_says_that_it_is_there_without_starting_a_kernel(server: Served) -> None:
    before = kernels(server)
    with urllib.request.urlopen(f"{server.url}/mlmgmt/alive") as response:
        assert response.status == 204
    assert kernels(server) == before


def test_a_page_of_text_needs_no_kernel(server: Served) -> None:
    before = kernels(server)
    html = read(server.url)
    assert "The home page</h1>" in html or "The home page<" in html
    assert 'href="counter.ipynb"' in html
    assert kernels(server) == before


def test_the_root_leads_to_where_relative_links_work(server: Served) -> None:
    with urllib.request.urlopen(server.url) as response:
        assert response.url.endswith("/voila/render/index.ipynb")


def test_the_header_and_the_text_arrive_before_the_kernel_has_started(server: Served) -> None:
    with urllib.request.urlopen(f"{server.url}/voila/render/counter.ipynb", timeout=60) as response:
        first = response.read1(65536).decode()
        rest = response.read().decode()
    assert "A counter" in first
    assert 'aria-label="Pages"' in first
    assert "kernelId" not in first
    assert "kernelId" in rest
    assert "Text after it." in rest


def test_a_page_has_language_viewport_and_title(server: Served) -> None:
    html = render(server, "counter")
    assert '<html lang="en">' in html
    assert 'name="viewport"' in html
    assert "<title>A counter</title>" in html


def test_a_page_names_no_other_host(server: Served) -> None:
    html = render(server, "table")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_outputs_are_part_of_the_page(server: Served) -> None:
    assert "<th>team</th>" in render(server, "table")


def test_cells_for_jupyterlab_are_neither_run_nor_shown(server: Served) -> None:
    html = render(server, "process")
    assert "process=" in html
    assert "could not be shown" not in html


def test_a_failing_cell_is_a_sentence_and_no_traceback(server: Served) -> None:
    html = render(server, "broken")
    assert "before" in html
    assert "could not be shown" in html
    assert "the-secret-reason" not in html
    assert "Traceback" not in html


@pytest.mark.parametrize("path", ["voila/render/none.ipynb", "nowhere", "voila/render/../secret.sqlite", "voila/tree"])
def test_an_unknown_address_is_a_page_in_words(server: Served, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        read(f"{server.url}/{path}")
    assert caught.value.code == 404
    assert "There is no such page" in caught.value.read().decode()


def test_a_notebook_that_is_no_notebook_is_a_page_in_words(server: Served, workbook: Path) -> None:
    file = workbook / "notebooks" / "garbled.ipynb"
    file.write_text("{")
    try:
        assert "This page could not be opened" in render(server, "garbled")
        assert "A counter" in render(server, "counter")  # the others are none the worse
    finally:
        file.unlink()


def test_the_header_shows_pages_in_their_order(tmp_path: Path) -> None:
    for name, title, metadata in (
        ("b", "The survey", {"mlmgmt": {"order": 1}}),
        ("a", "A long title", {"mlmgmt": {"order": 2, "label": "Short"}}),
        ("index", "Home", {}),
    ):
        write_notebook(tmp_path / f"{name}.ipynb", [f"# {title}"])
        notebook = json.loads((tmp_path / f"{name}.ipynb").read_text())
        notebook["metadata"] |= metadata
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook))
    found = pages(tmp_path)
    assert [page.label for page in found] == ["Home", "Survey", "Short"]
    assert [page.title for page in found] == ["Home", "The survey", "A long title"]
    assert found[0].is_home
    assert all(page.text_only for page in found)


def test_the_fallback_front_end_loads_only_what_widgets_need(server: Served) -> None:
    told = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', render(server, "sliders"))
    assert told is not None
    loaded = {each["name"] for each in json.loads(told[1])["federated_extensions"]}
    assert loaded == {"@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"}


def test_taking_part_loads_nothing_that_draws_or_counts(tmp_path: Path) -> None:
    program = f"""
import sys
from mlmgmt_widgets import MaturitySurvey, Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.asking import ask

rubric = load_rubric("pulse")
code = Workspace.open("sqlite:///{tmp_path}/w.sqlite").workshops.create(rubric, "A team").code
survey = MaturitySurvey(workspace=lambda: Workspace.open("sqlite:///{tmp_path}/w.sqlite"))
ask(survey, "join", code=code, token=None)
ask(survey, "enter", token="a" * 32)
answered = ask(survey, "answer", question=rubric.questions[0].id, answer=3, sequence=1)
assert answered["applied"], answered
assert "finished" in ask(survey, "finish", finished=True)
print(sorted(set(sys.modules) & {{"altair", "pandas", "vl_convert", "scipy", "openpyxl"}}))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
