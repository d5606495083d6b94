"""Make the README's pictures anew: a survey on a phone, a workshop of the example team, a timeline, a review."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.serving import Served, serving

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric, read_responses
from mlmgmt_widgets.content import shipped

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "screenshots"
TEAM = "Grocery forecasting"


def main() -> None:
    """Start a server with the example team, take the pictures, and stop it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = subprocess.run([ROOT / "scripts" / "find-chromium.sh"], capture_output=True, text=True, check=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        collecting, shown = workshops(server)
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        survey(browser, server, collecting)
        facilitator(browser, server, collecting, shown)
        estimator(browser, server)
        board(browser, server)
        browser.close()


def workshops(server: Served) -> tuple[str, str]:
    """Fill the workspace with the example team; return the codes of a workshop that collects and one revealed."""
    workspace = Workspace.open(f"sqlite:///{server.database}")
    rubric = load_rubric("mlops-maturity")
    codes = []
    for wave in ("2026-03", "2026-09"):
        answered = read_responses(rubric, shipped() / "examples" / f"maturity-{wave}.csv").to_responses()
        roles = tuple(sorted({each.role for each in answered}))
        code = workspace.workshops.create(rubric, TEAM, roles=roles).code
        for i, response in enumerate(answered):
            token = f"{i:032x}"
            workspace.workshops.enter(code, token, response.role)
            for question, answer in response.answers.items():
                workspace.workshops.record(code, token, question, answer, response.comments.get(question, ""))
            workspace.workshops.finish(code, token, finished=i % 4 != 0)
        codes.append(code)
    workspace.workshops.reveal(codes[1])
    return codes[0], codes[1]


def survey(browser: Browser, server: Served, code: str) -> None:
    """Take the picture of a question on a phone."""
    page = opened(browser, server.join(code), 390, 844)
    page.get_by_label("Your role").select_option("ml-engineer")
    page.get_by_role("button", name="Start").click()
    page.locator("fieldset").first.locator("input").nth(2).check()
    page.locator("fieldset").first.locator("input").nth(2).blur()
    page.evaluate("scrollTo(0, 0)")
    page.locator('.survey-status[data-state="saved"]').wait_for()
    page.screenshot(path=PICTURES / "survey.png")


def facilitator(browser: Browser, server: Served, collecting: str, shown: str) -> None:
    """Take the pictures of the join screen and of the results."""
    page = opened(browser, f"{server.facilitator}&workshop={collecting}", 1280, 800)
    page.get_by_role("img", name="QR code").wait_for()
    page.get_by_text("joined").wait_for()
    page.screenshot(path=PICTURES / "collect.png")
    page = opened(browser, f"{server.facilitator}&workshop={shown}", 1280, 1100)
    page.locator(".mlm-figure svg.marks").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "results.png")
    page.get_by_role("tab", name="Agenda").click()
    page.screenshot(path=PICTURES / "agenda.png")


def estimator(browser: Browser, server: Served) -> None:
    """Take the picture of the timeline estimator with a second plan beside the first."""
    page = opened(browser, f"{server.url}/voila/render/timeline_estimator.ipynb", 1280, 1000)
    page.locator(".estimator-figures svg.marks").first.wait_for()
    page.get_by_role("tab", name="Compare", exact=True).click()
    page.get_by_role("button", name="Keep this plan as A").click()
    page.locator(".estimator-verdict").wait_for()
    page.get_by_role("tab", name="When", exact=True).click()
    page.get_by_role("slider", name="Access to production data: P90").fill("4")
    page.locator(".estimator-compared").filter(has_text="earlier").wait_for()
    page.locator(".estimator-figures svg.marks").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "estimator.png")


def board(browser: Browser, server: Served) -> None:
    """Take the picture of a review that is not ready for production, on the day that the example was written for."""
    page = opened(browser, f"{server.url}/voila/render/readiness_review.ipynb", 1280, 1100)
    page.locator("input[type=file]").first.set_input_files(shipped() / "examples" / "churn-review-v4.yaml")
    page.locator(".board-unread input[type=file]").set_input_files(list((shipped() / "examples" / "churn").iterdir()))
    dialog = page.get_by_role("dialog", name="Who are you?")
    dialog.get_by_label("Name").fill("Mei Tanaka")
    dialog.get_by_role("button", name="Continue").click()
    page.locator(".board-unread").wait_for(state="hidden")
    page.locator(".board-stage[data-stage=production]").click()
    page.get_by_label("Show").select_option("open")
    page.locator(".board-sentence").filter(has_text="production").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "board.png")


def opened(browser: Browser, url: str, width: int, height: int) -> Page:
    """Open a page on a screen of this size, light."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(url)
    return page


main()
