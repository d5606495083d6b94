"""The same notebooks in JupyterLab itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Page, expect

from mlmgmt_widgets.serving.folder import new
from tests.browser.serving import Served, lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Visit = Callable[..., Page]
SLOW = 90_000  # milliseconds: JupyterLab, its kernel and the imports of a chart library


# All cells stay drawn, on the screen or not: these tests are about our widgets, not about how JupyterLab saves work.
TRACKER = ("@jupyterlab/notebook-extension", "tracker.jupyterlab-settings", {"windowingMode": "none"})


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """JupyterLab with nobody's settings but these."""
    folder = tmp_path_factory.mktemp("lab")
    own = new(folder / "own")
    extension, file, settings = TRACKER
    (folder / "settings" / extension).mkdir(parents=True)
    (folder / "settings" / extension / file).write_text(json.dumps(settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTERLAB_SETTINGS_DIR", str(folder / "settings"))
        patch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(folder / "workspaces"))
        patch.setenv("JUPYTER_CONFIG_DIR", str(folder / "config"))
        with lab(folder / "home", own) as running:
            yield running


def run_all(visit: Visit, jupyterlab: Served, name: str) -> Page:
    """Open a notebook, wait for its kernel, and run all its cells."""
    # A workspace of its own: the tabs of another test do not come back in this one.
    path = f"/lab/workspaces/{name}/tree/{name}.ipynb"
    page = visit(urlunsplit(urlsplit(jupyterlab.url)._replace(path=path)))
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=SLOW)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page


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
    reader.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(reader.locator(".jp-OutputArea")).to_contain_text("4.0")


def test_the_workshop_needs_no_key_here_and_shows_its_charts(visit: Visit, jupyterlab: Served) -> None:
    page = run_all(visit, jupyterlab, "maturity_workshop")
    figure = page.locator(".mlm-figure svg").first
    expect(figure).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Maturity workshops")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="New workshop").first.click()
    page.get_by_label("Team", exact=True).fill("Ranking")
    page.get_by_role("button", name="Create workshop").click()
    expect(page.locator(".workshop-code")).to_be_visible()
    expect(page.get_by_text("mlmgmt serve --host 0.0.0.0").first).to_be_visible()
    expect(page.get_by_text("Jupyter news")).to_have_count(0)  # nobody is asked about it


def run_cell(page: Page, code: str, begins: str) -> str:
    """Run code in the last cell; return what it prints, which begins like this."""
    cell = page.locator(".jp-CodeCell").last
    prompt = cell.locator(".jp-InputPrompt")
    number = prompt.inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    expect(prompt).not_to_have_text(number)
    output = cell.locator(".jp-OutputArea")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
    expect(output).to_contain_text(begins)
    return output.inner_text().strip()


def test_the_estimator_moves_with_keys_and_with_code(visit: Visit, jupyterlab: Served) -> None:
    page = run_all(visit, jupyterlab, "timeline_estimator")
    answer = page.locator(".estimator-sentence")
    expect(answer).to_contain_text("likely to deliver", timeout=SLOW)
    page.get_by_role("tab", name="When", exact=True).click()  # a cell has room for one pane
    expect(page.locator(".estimator-figures svg").first).to_be_visible(timeout=SLOW)
    page.get_by_role("tab", name="Plan", exact=True).click()
    # When all cells have run, the notebook takes the focus.
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=SLOW)
    said = answer.inner_text()
    slider = page.get_by_role("slider", name="Shadow run", exact=True)
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(answer).not_to_have_text(said)
    # Code reads what was moved, and moves it back. Keys that come quickly reach the kernel as one change, in a moment.
    read = "print('moved to', estimator.plan['tasks'][9]['weeks'])"
    for _ in range(20):
        if (moved := run_cell(page, read, "moved to")) == "moved to 3.0":
            break
    assert moved == "moved to 3.0"
    back = "estimator.plan = load_plan('new-model'); print('p50 is', round(estimator.forecast['weeks']['p50']))"
    assert run_cell(page, back, "p50 is") == "p50 is 26"
    expect(answer).to_have_text(said)
    expect(slider).to_have_value("2")


def test_a_review_is_filled_in_kept_and_moved_by_code(visit: Visit, jupyterlab: Served) -> None:
    page = run_all(visit, jupyterlab, "readiness_review")
    # Whoever runs the kernel needs no key: their reviews are kept.
    begin = page.get_by_role("button", name="Begin", exact=True)
    expect(begin).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=SLOW)
    page.get_by_role("textbox", name="Model").fill("ranking")
    page.get_by_role("textbox", name="Version").fill("7")
    page.get_by_label("Checklist").select_option("model-readiness")
    begin.click()
    dialog = page.get_by_role("dialog", name="Who are you?")
    dialog.get_by_label("Name").fill("Ana")
    dialog.get_by_role("button", name="Continue").click()
    page.locator(".board-tiers input[value=low]").check()
    page.get_by_role("button", name="Choose this tier").click()
    sentence = page.locator(".board-sentence")
    expect(sentence).to_contain_text("Not ready for prototype exit")
    row = page.locator(".board-item").first
    row.locator(".board-row").click()
    row.get_by_role("radio", name="Passes", exact=True).check()
    row.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    expect(row.locator(".board-state")).to_have_text("passed")
    # Code reads what was said, and what code says is on the page.
    cell = page.locator(".jp-CodeCell").last
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "said = {each.status for each in board.as_review.items.values()}; board.stage = 'steady-state'; "
        "print('so far', said, 'and ready is', board.verdict['ready'])"
    )
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("so far {'pass'} and ready is False")
    expect(sentence).to_contain_text("Not ready for steady state")
