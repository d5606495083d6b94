"""The estimator in a real browser, on a page without a kernel: the widget itself answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mlmgmt_widgets import TimelineEstimator, Workspace
from mlmgmt_widgets.timeline import Plan, load_plan
from tests.browser.bridge import show

pytestmark = [pytest.mark.browser]

EVIL = "<img src=x onerror='window.broken = true'>"
NAMES = ("served", "_revision", "plan", "forecast", "scenario", "templates", "_vega")
TOY: dict[str, Any] = {
    "title": "Toy",
    "start": "2027-01-04",
    "team": {"people": 5, "availability": 0.8, "research_share": 0.25},
    "research": {"timebox_weeks": {"low": 2, "likely": 3, "high": 4}, "success": 0.35, "max_experiments": 5},
    "tasks": [
        {"id": "pipeline", "title": "Pipeline", "weeks": {"low": 1, "likely": 3, "high": 8}, "after": ["research"]},
        {"id": "rollout", "title": "Rollout", "weeks": 2, "after": ["pipeline"]},
    ],
    "risks": [{"id": "access", "title": "Access", "probability": 0.2, "weeks": 3, "delays": "pipeline"}],
    "deadline": "2027-06-30",
}
TABS = ["When", "What drives it", "Compare", "Past estimates", "Save and share"]


@pytest.fixture(scope="module", autouse=True)
def charts() -> None:
    """Import what draws charts once, so that no single test waits for it."""
    import_module("mlmgmt_widgets.timeline.charts")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite")


@pytest.fixture
def estimator(workspace: Workspace) -> TimelineEstimator:
    return TimelineEstimator(Plan.model_validate(TOY), draws=2048, workspace=lambda: workspace)


Open = Callable[..., Page]


@pytest.fixture
def open_page(person: Callable[..., BrowserContext], estimator: TimelineEstimator) -> Open:
    def show_widget(widget: TimelineEstimator | None = None, *, width: int = 1280, dark: bool = False) -> Page:
        page = show(person(width=width, dark=dark), widget or estimator, NAMES)
        expect(answer(page)).to_contain_text("likely to deliver")
        return page

    return show_widget


def answer(page: Page) -> Locator:
    return page.locator(".estimator-sentence")


def item(page: Page, name: str) -> Locator:
    return page.locator(f'.estimator-item[data-id="{name}"]')


def details(page: Page, name: str) -> Locator:
    """Open what belongs to a task."""
    one = item(page, name)
    one.get_by_role("button", name=re.compile("^Details of")).click()
    return one


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def p50(estimator: TimelineEstimator) -> float:
    """The middle of the forecast as it stands; the trait `forecast` waits until nothing moves."""
    return estimator.as_forecast.quantile(0.5)


# -- moving ---------------------------------------------------------------------------------------------------------


def test_a_slider_moved_by_keys_moves_the_date_the_right_way(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    before, said = p50(estimator), answer(page).inner_text()
    slider = item(page, "pipeline").get_by_role("slider", name="Pipeline: high")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
    expect(answer(page)).not_to_have_text(said)
    expect(item(page, "pipeline").get_by_label("Pipeline: high, weeks")).to_have_value("10")
    assert estimator.plan["tasks"][0]["weeks"]["high"] == 10
    assert p50(estimator) > before
    for _ in range(24):
        slider.press("ArrowLeft")
    expect(item(page, "pipeline").get_by_label("Pipeline: high, weeks")).to_have_value("4")
    assert p50(estimator) < before


def test_a_thumb_stops_at_the_next_one(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    slider = item(page, "pipeline").get_by_role("slider", name="Pipeline: low")
    slider.focus()
    slider.press("End")
    expect(item(page, "pipeline").get_by_label("Pipeline: low, weeks")).to_have_value("3")
    assert estimator.plan["tasks"][0]["weeks"]["low"] == 3


def test_undo_takes_a_whole_move_back_and_redo_does_it_again(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    said = answer(page).inner_text()
    slider = item(page, "pipeline").get_by_role("slider", name="Pipeline: likely")
    slider.fill("5")
    expect(answer(page)).not_to_have_text(said)
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_text(said)
    expect(slider).to_have_value("3")
    assert estimator.plan["tasks"][0]["weeks"]["likely"] == 3
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    expect(slider).to_have_value("5")
    slider.focus()
    page.keyboard.press("Control+z")
    expect(slider).to_have_value("3")


def test_a_plan_set_in_code_moves_the_controls(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    estimator.plan = {**TOY, "title": "From code", "tasks": [{"id": "rollout", "weeks": 7}], "risks": []}
    page.evaluate("window.follow()")
    expect(page.get_by_label("Title of the plan")).to_have_value("From code")
    expect(page.locator(".estimator-item")).to_have_count(1)
    expect(item(page, "rollout").get_by_role("spinbutton", name="Rollout, weeks")).to_have_value("7")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")


# -- faults ---------------------------------------------------------------------------------------------------------


def test_a_fault_is_said_beside_its_field_and_the_last_good_forecast_stays(
    open_page: Open, estimator: TimelineEstimator
) -> None:
    page = open_page()
    said = answer(page).inner_text()
    field = item(page, "pipeline").get_by_label("Pipeline: low, weeks")
    field.fill("9")
    trouble = item(page, "pipeline").get_by_text("Expected a number of at most 8, the high; found 9.")
    expect(trouble).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert trouble.get_attribute("id") in (field.get_attribute("aria-describedby") or "")
    expect(page.get_by_text("The forecast is that of the plan before.")).to_be_visible()
    expect(answer(page)).to_have_text(said)
    assert estimator.plan["tasks"][0]["weeks"]["low"] == 1
    field.fill("2")
    expect(trouble).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("The forecast is that of the plan before.")).to_be_hidden()
    assert estimator.plan["tasks"][0]["weeks"]["low"] == 2


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("Rollout, weeks", "-1", "from 0 to 520; found -1"),
        ("Rollout, weeks", "", "found nothing"),
        ("Access: happens, per cent", "120", "Expected a value from 0 to 100 %."),
        ("Experiments at most", "0", "at least 1; found 0"),
        ("Start", "2027-01-03", "found 2027-01-03, a Sunday"),
        ("Deadline", "2026-01-05", "a day from 2027-01-04, the start, on"),
        ("Title of the plan", " ", "not blank"),
    ],
)
def test_bad_input_gets_a_sentence(open_page: Open, label: str, value: str, said: str) -> None:
    page = open_page()
    field = page.locator("input:not([type=range]), textarea").and_(page.get_by_label(label, exact=True)).first
    field.fill(value)
    field.blur()
    expect(page.locator(".estimator-trouble").get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".estimator-trouble:visible")).to_have_count(0)


def test_tasks_that_would_wait_for_each_other_are_named_beside_the_links(open_page: Open) -> None:
    page = open_page()
    one = details(page, "pipeline")
    one.get_by_role("checkbox", name="Rollout").check()
    expect(one.get_by_text("pipeline → rollout → pipeline")).to_be_visible()
    one.get_by_role("checkbox", name="Rollout").uncheck()
    expect(one.get_by_text("→")).to_be_hidden()


def test_a_fault_stays_said_whatever_else_the_page_asks_for(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    item(page, "pipeline").get_by_label("Pipeline: low, weeks").fill("9")
    trouble = item(page, "pipeline").get_by_text("Expected a number of at most 8, the high; found 9.")
    expect(trouble).to_be_visible()
    tab(page, "Save and share")
    expect(page.get_by_text("Take it with you")).to_be_visible()
    expect(trouble).to_be_visible()
    expect(page.get_by_text("The forecast is that of the plan before.")).to_be_visible()
    # What would be saved or taken is not what stands on the page: it is not saved and not taken.
    page.locator('button[data-format="yaml"]').click()
    expect(page.get_by_text("A value of the plan cannot be used. Mend it first")).to_be_visible()
    item(page, "pipeline").get_by_label("Pipeline: low, weeks").fill("2")
    expect(trouble).to_be_hidden()
    with page.expect_download():
        page.locator('button[data-format="yaml"]').dblclick()
    expect(page.locator(".mlm-error:visible")).to_have_count(0)
    assert estimator.plan["tasks"][0]["weeks"]["low"] == 2


def test_a_thumb_that_stops_between_two_steps_makes_no_fault(open_page: Open, estimator: TimelineEstimator) -> None:
    estimator.plan = {**TOY, "tasks": [{"id": "rollout", "weeks": {"low": 2.1, "likely": 3, "high": 5.3}}], "risks": []}
    page = open_page()
    slider = item(page, "rollout").get_by_role("slider", name="Rollout: likely")
    slider.focus()
    slider.press("Home")
    slider.blur()
    expect(item(page, "rollout").get_by_role("spinbutton", name="Rollout: likely")).to_have_value("2.1")
    expect(page.locator(".estimator-trouble:visible")).to_have_count(0)
    assert estimator.plan["tasks"][0]["weeks"] == {"low": 2.1, "likely": 2.1, "high": 5.3}


def test_a_template_is_one_step_to_undo(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    page.get_by_text("Start from …").click()
    page.get_by_role("button", name="A feature on a language model").click()
    expect(page.get_by_label("Title of the plan")).to_have_value("A feature on a language model")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert estimator.as_plan == Plan.model_validate(TOY)


def test_a_plan_set_in_code_while_the_page_waits_reaches_the_controls(
    open_page: Open, estimator: TimelineEstimator
) -> None:
    page = open_page()
    answered = estimator._look

    def meanwhile(asked: Any) -> Any:
        estimator.plan = {**TOY, "title": "From code"}
        return answered(asked)

    estimator._look = meanwhile  # type: ignore[method-assign]
    tab(page, "Compare")
    expect(page.get_by_label("Title of the plan")).to_have_value("From code")


def test_another_plan_is_not_saved_as_a_version_of_a_saved_one(open_page: Open, workspace: Workspace) -> None:
    workspace.plans.save("Ranking", load_plan("replace-model"), {})
    page = open_page()
    tab(page, "Save and share")
    page.get_by_role("button", name="Open: Ranking, version 1").click()
    expect(page.get_by_label("Title of the plan")).not_to_have_value("Toy")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")
    tab(page, "Save and share")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Toy")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    assert [each.name for each in workspace.plans.all()] == ["Toy", "Ranking"]


def test_a_part_that_is_closed_says_what_is_in_it_now(open_page: Open) -> None:
    page = open_page()
    page.locator("summary[data-key=part-team]").click()
    page.locator(".estimator-plan").get_by_label("Available, per cent").fill("50")
    page.locator(".estimator-plan").get_by_label("Available, per cent").blur()
    expect(page.locator("summary[data-key=part-team]")).to_contain_text("50 % available")


# -- the plan's structure -------------------------------------------------------------------------------------------


def test_a_task_is_added_named_linked_and_removed_by_keyboard(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    page.get_by_role("button", name="Add task").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title of task 3")).to_be_focused()
    page.keyboard.type("Monitoring")
    expect(
        item(page, "task-1")
        .get_by_label("Monitoring: low, weeks")
        .or_(item(page, "task-1").get_by_label("New task: low, weeks"))
    ).to_have_value("1")
    box = item(page, "task-1").get_by_role("checkbox", name="Rollout")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    before = p50(estimator)
    assert estimator.plan["tasks"][2] == {
        "id": "task-1",
        "title": "Monitoring",
        "weeks": {"low": 1, "likely": 2, "high": 4},
        "after": ["research", "rollout"],
    }
    details(page, "rollout")
    item(page, "rollout").get_by_role("button", name="Remove task").click()
    expect(page.locator(".estimator-item[data-id=rollout]")).to_have_count(0)
    # Who waited for it now waits for what it waited for.
    assert estimator.plan["tasks"][1]["after"] == ["research", "pipeline"]
    assert p50(estimator) < before
    expect(page.get_by_text("Removed Rollout")).to_have_count(1)


def test_a_duration_changes_its_shape_and_keeps_what_was_meant(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    one = details(page, "pipeline")
    one.get_by_label("Shape").select_option("lognormal")
    expect(one.get_by_label("Pipeline: P90, weeks")).to_have_value("8")
    assert estimator.plan["tasks"][0]["weeks"] == {"p10": 1, "p90": 8}
    one.get_by_label("Shape").select_option("history")
    expect(one.get_by_label("Pipeline: past values, weeks")).to_have_value("")  # nothing is made up
    one.get_by_label("Pipeline: past values, weeks").fill("2 3")
    expect(one.get_by_text("at least 5")).to_be_visible()
    one.get_by_label("Pipeline: past values, weeks").fill("2 3 3,5 4 9")
    expect(one.get_by_text("at least 5")).to_be_hidden()
    assert estimator.plan["tasks"][0]["weeks"] == {"history": [2, 3, 3.5, 4, 9]}
    one.get_by_label("Shape").select_option("fixed")
    assert estimator.plan["tasks"][0]["weeks"] == 3.5
    one.get_by_label("Given as").select_option("effort_weeks")
    expect(one.locator(".estimator-amount")).to_have_text("person-weeks")
    expect(one.get_by_text("3.75 people: 1 person-week is 0.33 weeks")).to_be_visible()


def test_research_team_and_risks_come_and_go(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    page.locator("summary", has_text="Shape").click()
    page.get_by_role("button", name="Remove research").click()
    expect(answer(page)).to_contain_text("Delivered half the time by")
    assert "research" not in estimator.plan
    page.get_by_role("button", name="Add research").click()
    expect(answer(page)).to_contain_text("likely to deliver")
    assert estimator.as_plan.research == Plan.model_validate(TOY).research
    assert estimator.plan["tasks"][0]["after"] == ["research"]
    page.get_by_role("button", name="Add risk").click()
    expect(page.get_by_label("Title of risk 2")).to_be_focused()
    assert estimator.plan["risks"][1]["delays"] == "rollout"
    page.locator("summary[data-key=part-team]").click()
    page.get_by_role("button", name="Remove team").click()
    expect(page.get_by_role("button", name="Add team")).to_be_visible()
    assert "team" not in estimator.plan


# -- the tabs -------------------------------------------------------------------------------------------------------


def test_a_is_kept_and_compared_with_what_becomes_of_it(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    tab(page, "Compare")
    page.get_by_role("button", name="Keep this plan as A").click()
    expect(page.locator(".estimator-verdict")).to_have_text("A and B are the same in every future.")
    item(page, "rollout").get_by_role("slider", name="Rollout").fill("4")
    expect(page.locator(".estimator-verdict")).to_contain_text("later")
    expect(page.locator(".estimator-compared")).to_have_text("P80 is 2 weeks later than with A.")
    page.get_by_role("button", name="Go back to A").click()
    expect(item(page, "rollout").get_by_role("slider", name="Rollout")).to_have_value("2")
    expect(page.locator(".estimator-verdict")).to_have_text("A and B are the same in every future.")
    assert estimator.plan["tasks"][1]["weeks"] == 2


def test_the_research_share_is_the_same_number_in_both_places(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    tab(page, "What drives it")
    page.locator(".estimator-share-box").get_by_role("slider").fill("0.5")
    page.locator("summary[data-key=part-team]").click()
    expect(page.locator(".estimator-plan").get_by_label("Kept for research, per cent")).to_have_value("50")
    assert estimator.plan["team"]["research_share"] == 0.5
    expect(page.locator(".estimator-slots")).to_contain_text("2 at a time")


def test_past_estimates_are_read_and_their_overrun_is_never_silent(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    tab(page, "Past estimates")
    file = tmp_path / "past.csv"
    file.write_text("task,p50_weeks,p80_weeks,actual_weeks\n" + "".join(f"t{i},2,3,{2 + i}\n" for i in range(6)))
    page.locator("input[type=file][accept='.csv']").set_input_files(file)
    expect(page.get_by_text("6 finished tasks of past.csv.")).to_be_visible()
    said = answer(page).inner_text()
    page.get_by_role("checkbox", name="Use these overruns").check()
    expect(
        page.get_by_text("Overrun is on: every task takes its own P50 times one of 6 past overruns.")
    ).to_be_visible()
    expect(answer(page)).not_to_have_text(said)
    page.get_by_role("checkbox", name="Use these overruns").uncheck()
    expect(page.get_by_text("Overrun is on")).to_be_hidden()
    expect(answer(page)).to_have_text(said)
    file.write_text("task,p50_weeks,actual_weeks\nt,two,3\n")
    page.locator("input[type=file][accept='.csv']").set_input_files(file)
    expect(page.get_by_text("past.csv:2: p50_weeks")).to_be_visible()


def test_files_are_taken_and_the_plan_reads_back(open_page: Open, estimator: TimelineEstimator, tmp_path: Path) -> None:
    page = open_page()
    tab(page, "Save and share")
    for kind in ("html", "markdown", "ics", "csv", "json", "yaml"):
        with page.expect_download() as download:
            page.locator(f'button[data-format="{kind}"]').click()
        download.value.save_as(tmp_path / f"file.{kind}")
        assert (tmp_path / f"file.{kind}").stat().st_size > 200
    assert load_plan(tmp_path / "file.yaml") == estimator.as_plan
    page.get_by_text("Start from …").click()
    page.get_by_role("button", name="A feature on a language model").click()
    expect(page.get_by_label("Title of the plan")).to_have_value("A feature on a language model")
    page.get_by_text("Start from …").click()
    page.locator("input[type=file][accept='.yaml,.yml']").set_input_files(
        {"name": "toy.yaml", "mimeType": "text/yaml", "buffer": (tmp_path / "file.yaml").read_bytes()}
    )
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")
    assert estimator.as_plan == Plan.model_validate(TOY)
    page.get_by_text("Start from …").click()
    page.locator("input[type=file][accept='.yaml,.yml']").set_input_files(
        {"name": "bad.yaml", "mimeType": "text/yaml", "buffer": b"title: Bad\nstart: soon\n"}
    )
    expect(page.get_by_text("bad.yaml:2: start: found 'soon'")).to_be_visible()
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")


def add_file(page: Page, text: str, name: str = "work.yaml") -> Locator:
    """Choose a file whose work is added; the dialog that asks what waits for it."""
    page.get_by_text("Start from …").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Add a file’s work to this plan").click()
    chosen.value.set_files({"name": name, "mimeType": "text/yaml", "buffer": text.encode()})
    return page.get_by_role("dialog", name="Add work to this plan")


def test_a_files_work_is_added_as_one_step_to_undo(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    dialog = add_file(page, "tasks:\n  - {id: ready-drill, title: Rehearse it, weeks: 30}\n")
    expect(dialog.get_by_label("What waits for them")).to_have_value("rollout")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)
    expect(item(page, "ready-drill")).to_be_visible()
    expect(page.get_by_text("Added: 1 task.")).to_be_attached()
    expect(page.get_by_label("Title of the plan")).to_have_value("Toy")
    assert estimator.as_plan.tasks_by_id["rollout"].after == ("pipeline", "ready-drill")
    page.get_by_role("button", name="Undo").click()
    expect(item(page, "ready-drill")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert estimator.as_plan == Plan.model_validate(TOY)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_file_whose_work_cannot_be_added_says_why_and_changes_nothing(
    open_page: Open, estimator: TimelineEstimator, width: int
) -> None:
    page = open_page(width=width)
    dialog = add_file(page, f"tasks:\n  - {{id: a, weeks: soon}}\nnote: {EVIL!r}\n", f"{EVIL}.yaml")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_contain_text("tasks[0].weeks")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.broken") is None
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert estimator.as_plan == Plan.model_validate(TOY)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_plan_is_saved_laid_under_and_nothing_is_overwritten(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    tab(page, "Save and share")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1, ")).to_be_visible()
    item(page, "rollout").get_by_role("slider", name="Rollout").fill("4")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 2, ")).to_be_visible()
    expect(page.locator("figure svg.marks")).to_be_visible()  # how the forecast moved from version to version
    page.get_by_role("button", name="Lay under: Toy, version 1").click()
    expect(page.get_by_role("tab", name="Compare", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".estimator-compared")).to_contain_text("later than with Toy, saved")
    # Somebody else saves in between.
    workspace.plans.save("Toy", load_plan("replace-model"), {}, base=2)
    item(page, "rollout").get_by_role("slider", name="Rollout").fill("3")
    tab(page, "Save and share")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="There is a newer version")).to_be_visible()
    page.get_by_role("button", name="Save mine as the next version").click()
    expect(page.get_by_text("Version 4, ")).to_be_visible()
    assert [each.version for each in workspace.plans.versions("Toy")] == [4, 3, 2, 1]


def test_hints_lead_to_what_they_are_about(open_page: Open, estimator: TimelineEstimator) -> None:
    estimator.plan = {**TOY, "deadline": "2027-12-25"}
    page = open_page()
    page.locator(".estimator-hints-box summary").click()
    hint = page.locator(".estimator-hints li", has_text="Saturday")
    hint.get_by_role("button", name="Go there").click()
    expect(page.get_by_label("Deadline", exact=True)).to_be_focused()


# -- for everybody --------------------------------------------------------------------------------------------------


# A width has no part in colours, nor a theme in what fits: two of the four show both.
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_every_tab_is_accessible_and_fits(open_page: Open, width: int, *, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    if dark:
        page.add_style_tag(content="body { background: #16191d; }")
    for name in [*(["Plan"] if width < 1000 else []), *TABS]:
        tab(page, name)
        expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
        if name == "Plan":
            details(page, "pipeline")
        if name == "Compare":
            page.get_by_role("button", name="Keep this plan as A").click()
            expect(page.locator(".estimator-verdict")).to_be_visible()
        if name == "Past estimates":
            page.get_by_role("button", name="Look at the example team").click()
            expect(page.get_by_text("24 finished tasks")).to_be_visible()
        found = Axe().run(page, options={"rules": {"landmark-one-main": {"enabled": True}}})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_people_type_is_never_markup(open_page: Open, estimator: TimelineEstimator) -> None:
    tasks = [{**task, "title": f"{EVIL} {task['id']}"} for task in TOY["tasks"]]
    risks = [{**TOY["risks"][0], "title": EVIL}]
    estimator.plan = {**TOY, "title": EVIL, "tasks": tasks, "risks": risks}
    page = open_page()
    for name in TABS:
        tab(page, name)
        if name == "Compare":
            page.get_by_role("button", name="Keep this plan as A").click()
            item(page, "rollout").get_by_role("slider", name="rollout").fill("4")
            expect(page.locator(".estimator-verdict")).to_contain_text("later")
        if name == "Save and share":
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_text("Version 1, ")).to_be_visible()
    assert page.evaluate("window.broken") is None


def test_on_a_phone_the_answer_stays_in_sight_while_the_plan_is_edited(open_page: Open) -> None:
    page = open_page(width=390)
    item(page, "rollout").scroll_into_view_if_needed()
    expect(answer(page)).to_be_in_viewport()
    said = answer(page).inner_text()
    item(page, "rollout").get_by_role("slider", name="Rollout").fill("4")
    expect(answer(page)).not_to_have_text(said)


def test_a_silent_kernel_is_said_and_the_change_is_sent_again(open_page: Open, estimator: TimelineEstimator) -> None:
    page = open_page()
    page.evaluate("window.cut = true")
    page.clock.install()
    item(page, "rollout").get_by_role("slider", name="Rollout").fill("4")
    page.clock.run_for(25_000)
    expect(page.get_by_text("There is no answer from the server. What you changed is kept here.")).to_be_visible()
    page.evaluate("window.cut = false")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("There is no answer from the server.")).to_be_hidden()
    assert estimator.plan["tasks"][1]["weeks"] == 4


def test_leaving_the_page_leaves_nothing_behind(open_page: Open) -> None:
    page = open_page()
    page.evaluate("window.leave()")
    assert page.evaluate("window.listening()") == 0
    assert page.locator(".estimator").count() == 0
