"""The timeline page as `mlmgmt serve` serves it: a real server, a real kernel, a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mlmgmt_widgets.timeline import load_plan, simulate, wording
from tests.browser.serving import KEY, Served

pytestmark = [pytest.mark.browser]
Visit = Callable[..., Page]


def address(server: Served) -> str:
    return f"{server.url}/voila/render/timeline_estimator.ipynb"


def answer(page: Page) -> Locator:
    return page.locator(".estimator-sentence")


def opened(visit: Visit, server: Served, *, width: int = 1280, fragment: str = "") -> Page:
    page = visit(address(server) + fragment, width=width)
    expect(answer(page)).to_contain_text("likely to deliver")
    return page


def test_the_page_says_what_the_function_says(visit: Visit, served: Served) -> None:
    page = opened(visit, served)
    forecast = simulate(load_plan("new-model"))
    expect(answer(page)).to_have_text(wording.answer(forecast))
    expect(page.locator(".estimator-deadline")).to_have_text(wording.deadline(forecast))
    expect(page.locator(".mlm-figure svg").first).to_be_visible()
    expect(page.get_by_text("Mistakes that teams make")).to_be_visible()
    expect(page.get_by_text("Work on with the numbers")).to_have_count(0)  # that is for JupyterLab


def test_a_slider_a_task_a_scenario_and_a_plan_that_reads_back(visit: Visit, served: Served, tmp_path: Path) -> None:
    page = opened(visit, served)
    page.get_by_role("tab", name="Compare", exact=True).click()
    page.get_by_role("button", name="Keep this plan as A").click()
    expect(page.locator(".estimator-verdict")).to_have_text("A and B are the same in every future.")
    page.get_by_role("tab", name="When", exact=True).click()
    said = answer(page).inner_text()
    slider = page.get_by_role("slider", name="Live test and rollout in steps: high")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    expect(answer(page)).not_to_have_text(said)
    expect(page.locator(".estimator-compared")).to_contain_text("later than with A")
    page.get_by_role("button", name="Add task").click()
    page.keyboard.type("Training for support staff")
    expect(page.locator(".estimator-item[data-id=task-1] .estimator-critical")).to_contain_text("critical")
    page.get_by_role("tab", name="Save and share").click()
    with page.expect_download() as download:
        page.locator('button[data-format="yaml"]').click()
    download.value.save_as(tmp_path / "plan.yaml")
    read = load_plan(tmp_path / "plan.yaml")
    assert read.tasks[-1].title == "Training for support staff"
    expect(answer(page)).to_have_text(wording.answer(simulate(read)))


def test_what_was_changed_outlives_a_reload_and_can_be_given_up(visit: Visit, served: Served) -> None:
    page = opened(visit, served)
    fresh = answer(page).inner_text()
    page.get_by_role("slider", name="Shadow run", exact=True).fill("4")
    expect(answer(page)).not_to_have_text(fresh)
    changed = answer(page).inner_text()
    page.reload()
    expect(page.get_by_text("This is the plan as you left it here.")).to_be_visible()
    expect(answer(page)).to_have_text(changed)
    page.get_by_role("button", name="Start over").click()
    expect(answer(page)).to_have_text(fresh)
    # Another visitor has a browser and a kernel of their own.
    expect(answer(opened(visit, served))).to_have_text(fresh)


def test_plans_are_saved_for_those_who_have_the_key(visit: Visit, served: Served) -> None:
    page = opened(visit, served, fragment=f"#key={KEY}")
    assert KEY not in page.url
    page.get_by_role("tab", name="Save and share").click()
    page.get_by_label("Name").fill("Ranking")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1, ")).to_be_visible()
    stranger = opened(visit, served)
    stranger.get_by_role("tab", name="Save and share").click()
    expect(stranger.get_by_label("Facilitator’s key")).to_be_visible()
    expect(stranger.get_by_text("Ranking")).to_have_count(0)
    stranger.get_by_label("Facilitator’s key").fill("wrong")
    stranger.get_by_role("button", name="Open", exact=True).click()
    expect(stranger.get_by_text("That is not the facilitator’s key.")).to_be_visible()


def test_on_a_phone_it_fits_and_works(visit: Visit, served: Served) -> None:
    page = opened(visit, served, width=390)
    said = answer(page).inner_text()
    page.get_by_role("slider", name="Shadow run", exact=True).fill("4")
    expect(answer(page)).not_to_have_text(said)
    page.get_by_role("tab", name="When", exact=True).click()
    expect(page.locator(".mlm-figure svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
