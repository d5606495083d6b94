"""The same notebooks in JupyterLab itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Page, expect

from mlmgmt_widgets.serving.folder import new
from tests.browser.serving import Served, lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Visit = Callable[..., Page]
SLOW = 90_000  # milliseconds: JupyterLab, its kernel and the imports of a chart library


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("lab")
    own = new(folder / "own")
    with lab(folder / "home", own) as running:
        yield running


def run_all(visit: Visit, jupyterlab: Served, name: str) -> Page:
    """Open a notebook, wait for its kernel, and run all its cells."""
    page = visit(urlunsplit(urlsplit(jupyterlab.url)._replace(path=f"/lab/tree/{name}.ipynb")))
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=SLOW)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page


def scroll(page: Page, pixels: int) -> None:
    page.locator(".jp-Notebook .jp-WindowedPanel-outer:visible").hover()
    page.mouse.wheel(0, pixels)


def test_a_survey_alone_answers_and_code_reads_it(visit: Visit, jupyterlab: Served) -> None:
    page = run_all(visit, jupyterlab, "maturity_survey")
    survey = page.locator(".survey").last
    expect(survey.locator("fieldset")).to_be_visible(timeout=SLOW)
    survey.locator("fieldset input[value='3']").check()
    expect(survey.locator(".survey-count")).to_contain_text("1 of 7 · up to date")
    # A key answers the question; it does not turn into one of JupyterLab's commands.
    survey.locator("fieldset input[value='3']").focus()
    page.keyboard.press("5")
    expect(survey.locator("fieldset input[value='4']")).to_be_checked()
    reader = page.locator(".jp-CodeCell").last
    scroll(page, 20_000)
    reader.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(reader.locator(".jp-OutputArea")).to_contain_text("4.0")


def test_the_workshop_needs_no_key_here_and_shows_its_charts(visit: Visit, jupyterlab: Served) -> None:
    page = run_all(visit, jupyterlab, "maturity_workshop")
    figure = page.locator(".mlm-figure svg").first
    expect(figure).to_be_visible(timeout=SLOW)
    # JupyterLab takes away what is far from the screen; the last cell is on it now.
    scroll(page, -20_000)
    expect(page.get_by_role("heading", name="Maturity workshops")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="New workshop").first.click()
    page.get_by_label("Team", exact=True).fill("Ranking")
    page.get_by_role("button", name="Create workshop").click()
    expect(page.locator(".workshop-code")).to_be_visible()
    expect(page.get_by_text("mlmgmt serve --host 0.0.0.0").first).to_be_visible()
