"""The readiness board in a real browser, on a page without a kernel: the widget itself answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mlmgmt_widgets import ReadinessBoard, Workspace
from mlmgmt_widgets.readiness import Review, evaluate, load_review
from tests.asking import ask
from tests.browser.bridge import show
from tests.readiness.board_shapes import REVIEW, TODAY, content_with_toy, toy

pytestmark = [pytest.mark.browser]

EVIL = "<img src=x onerror='window.broken = true'>"
NAMES = ("served", "review", "verdict", "checklist", "stage", "today", "_revision", "_vega")
TABS = ["Items", "Risk", "Sign-offs", "Over time", "Compare", "Files"]
Open = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def charts() -> None:
    """Import what draws charts once, so that no single test waits for it."""
    import_module("mlmgmt_widgets.readiness.charts")


@pytest.fixture(autouse=True)
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, with the toy in it."""
    monkeypatch.setenv("MLMGMT_CONTENT", str(content_with_toy(tmp_path)))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite") as opened:
        yield opened


@pytest.fixture
def open_page(person: Callable[..., BrowserContext]) -> Open:
    def show_widget(board: ReadinessBoard | None = None, *, width: int = 1280, dark: bool = False) -> Page:
        page = show(
            person(width=width, dark=dark),
            board or ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY),
            NAMES,
        )
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    return show_widget


def sentence(page: Page) -> Locator:
    return page.locator(".board-sentence")


def item(page: Page, name: str) -> Locator:
    return page.locator(f"[data-item={name}]")


def opened(page: Page, name: str) -> Locator:
    one = item(page, name)
    if one.locator(".board-row").get_attribute("aria-expanded") == "false":
        one.locator(".board-row").click()
    return one


def say(page: Page, name: str, status: str, *, reason: str = "", until: str = "") -> Locator:
    one = opened(page, name)
    one.get_by_role("radio", name=status, exact=True).check()
    if reason:
        one.get_by_role("textbox", name="Reason").fill(reason)
    if until:
        one.get_by_label("Last day of the waiver").fill(until)
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    return one


def two_boards(workspace: Workspace) -> tuple[ReadinessBoard, ReadinessBoard]:
    """The boards of two people who have the same kept review open."""
    workspace.reviews.begin(toy(), Review.model_validate(REVIEW), by="Di")
    mine, theirs = (ReadinessBoard(workspace=lambda: workspace, today=TODAY, stage="production") for _ in range(2))
    for board in (mine, theirs):
        ask(board, "open", subject="churn-model", version="3")
    return mine, theirs


def introduce(page: Page, name: str = "Ana", role: str | None = None) -> None:
    dialog = page.get_by_role("dialog", name="Who are you?")
    dialog.get_by_label("Name").fill(name)
    if role:
        dialog.get_by_label("Role").select_option(role)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_have_count(0)


# -- the main path -------------------------------------------------------------------------------------------------


def test_from_nothing_to_a_verdict(open_page: Open, workspace: Workspace) -> None:
    board = ReadinessBoard(workspace=lambda: workspace, today=TODAY)
    page = open_page(board)
    page.get_by_role("textbox", name="Model").fill("churn-model")
    page.get_by_role("textbox", name="Version").fill("3")
    page.get_by_label("Checklist").select_option("toy")
    page.get_by_role("button", name="Begin", exact=True).click()
    introduce(page, "Ana", "ml-engineer")
    # Nothing can be judged before somebody has said how risky it is.
    expect(sentence(page)).to_contain_text("How risky is this model?")
    page.get_by_role("radio", name="Unsure").check()
    expect(page.locator(".board-proposal")).to_have_text("Proposed: high, because it decides about people (unsure).")
    page.get_by_role("button", name="Choose this tier").click()
    expect(sentence(page)).to_have_text("✕ Not ready for prototype exit: 1 item blocks it.")
    one = opened(page, "auc-floor")
    one.get_by_text("Add evidence").click()
    one.get_by_label("What it is").select_option("metric")
    one.get_by_label("Value").fill("0.83")
    one.get_by_role("button", name="Add", exact=True).click()
    expect(sentence(page)).to_have_text("✓ Ready for prototype exit.")
    expect(one.locator(".board-found")).to_have_text("auc 0.83, needs at least 0.8")
    assert workspace.reviews.get("churn-model", "3").review == board.as_review


def test_a_pass_a_waiver_and_time_that_passes(open_page: Open) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    expect(sentence(page)).to_have_text("✕ Not ready for production: 1 item blocks it.")
    page.locator(".board-missing").get_by_role("button", name="Rollback rehearsed").click()
    one = item(page, "rehearsed")
    expect(one.locator(".board-row")).to_be_focused()
    one.get_by_role("radio", name="Waived").check()
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    expect(one.get_by_role("alert")).to_contain_text("Say why")
    say(page, "rehearsed", "Waived", reason="Traffic is 2 %.", until="2026-12-15")
    introduce(page)
    expect(sentence(page)).to_have_text("✓ Ready for production, with 1 item waived.")
    expect(one.locator(".board-found")).to_have_text("waived by Ana until 15 December 2026: Traffic is 2 %")
    page.get_by_label("Judged as of").fill("2026-12-16")
    expect(sentence(page)).to_have_text("✕ Not ready for production: 1 item blocks it.")
    expect(one.locator(".board-state")).to_have_text("waiver ended")
    page.get_by_role("button", name="Back to today").click()
    expect(sentence(page)).to_have_text("✓ Ready for production, with 1 item waived.")
    assert board.as_review.entry("rehearsed").by == "Ana"


def test_what_is_downloaded_says_the_same_to_the_function(open_page: Open, tmp_path: Path) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    say(page, "drift", "Fails", reason="No alert.")
    introduce(page)
    expect(item(page, "drift").locator(".board-state")).to_have_text("failed")
    page.get_by_role("tab", name="Files").click()
    with page.expect_download() as download:
        page.locator("button[data-format=yaml]").click()
    download.value.save_as(tmp_path / "review.yaml")
    read = load_review(tmp_path / "review.yaml", toy())
    said = evaluate(toy(), read, stage="production", today=board.as_verdict.today).to_dict()
    assert said == board.verdict
    assert said["advisories"] == [{"item": "drift", "reason": "failed"}]


def test_every_change_is_in_the_history(open_page: Open) -> None:
    page = open_page()
    one = say(page, "rehearsed", "Passes")
    introduce(page, "Ana", "data-engineer")
    expect(one.locator(".board-state")).to_have_text("passed")
    say(page, "rehearsed", "Fails", reason="It took two hours.")
    expect(one.locator(".board-state")).to_have_text("failed")
    one.get_by_text("History").click()
    expect(one.locator(".board-history li")).to_have_text(
        [
            "Ana (Data engineer), 24 November 2026pass → fail: It took two hours.",
            "Ana (Data engineer), 24 November 2026open → pass",
        ]
    )


def test_an_item_gets_a_person_and_a_day(open_page: Open) -> None:
    page = open_page()
    one = opened(page, "rehearsed")
    one.get_by_text("Who sees to it").click()
    one.get_by_label("Person").fill("Bo")
    one.get_by_label("Due").fill("2026-11-20")
    one.locator(".board-assign").get_by_role("button", name="Save").click()
    introduce(page)
    expect(one.locator(".board-owner")).to_have_text("Booverdue since 20 Nov 2026")
    one.locator(".board-row").click()
    page.get_by_label("Show").select_option("overdue")
    expect(page.locator(".board-item:visible")).to_have_count(1)
    page.get_by_label("Show").select_option("all")
    page.get_by_label("Seen to by").select_option("Bo")
    expect(page.locator(".board-item:visible")).to_have_count(1)


def test_filters_and_what_they_say_when_nothing_is_left(open_page: Open) -> None:
    page = open_page(ReadinessBoard({**REVIEW, "tier": "low"}, checklist=toy(), stage="production", today=TODAY))
    visible = page.locator(".board-item:visible")
    expect(visible).to_have_count(4)
    page.get_by_label("Show").select_option("blocks")
    expect(visible).to_have_count(0)
    expect(page.locator(".board-counted")).to_have_text("Nothing blocks this stage.")
    page.get_by_label("Show").select_option("not-asked")
    expect(visible).to_have_count(1)
    page.get_by_label("Show").select_option("all")
    page.get_by_label("Owned by").select_option("data-engineer")
    expect(visible).to_have_count(1)
    page.get_by_label("Owned by").select_option("")
    page.get_by_label("Search the items").fill("roll")
    expect(visible).to_have_count(1)
    page.get_by_label("Search the items").fill("")
    page.locator(".board-stage[data-stage=shadow]").click()
    page.get_by_label("Show").select_option("reached")
    expect(visible).to_have_count(2)
    expect(page.locator(".board-stage[data-stage=shadow]")).to_have_attribute("aria-pressed", "true")


def test_a_report_of_tests_is_read(open_page: Open) -> None:
    page = open_page()
    one = opened(page, "schema")
    one.get_by_text("Add evidence").click()
    one.get_by_label("What it is").select_option("junit")
    report = (
        '<testsuites><testsuite name="pytest" tests="2" failures="1" errors="0" skipped="0">'
        '<testcase classname="t" name="test_schema_is_kept"/>'
        '<testcase classname="t" name="test_schema_has_no_gaps"><failure message="gaps"/></testcase>'
        "</testsuite></testsuites>"
    )
    upload = {"name": "junit.xml", "mimeType": "text/xml", "buffer": report.encode()}
    one.locator("input[type=file]").set_input_files(upload)
    one.get_by_role("button", name="Add", exact=True).click()
    introduce(page)
    expect(one.locator(".board-state")).to_have_text("failed")
    expect(one.locator(".board-found")).to_contain_text("1 of 2 checks passed")
    one.get_by_text("Add evidence").click()
    one.get_by_label("What it is").select_option("junit")
    one.locator("input[type=file]").set_input_files({**upload, "buffer": b"<testsuites"})
    one.get_by_role("button", name="Add", exact=True).click()
    expect(one.get_by_role("alert").first).to_contain_text("junit.xml")


def test_a_change_that_came_second_is_shown_and_can_go_on_top(open_page: Open, workspace: Workspace) -> None:
    mine, theirs = two_boards(workspace)
    page = open_page(mine)
    one = opened(page, "rehearsed")
    ask(theirs, "say", who="Bo", item="rehearsed", status="fail", reason="It took two hours.")
    one.get_by_role("radio", name="Passes").check()
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    introduce(page)
    expect(one.locator(".mlm-note[role=alert]")).to_contain_text("Bo changed this item before you did")
    expect(one.locator(".board-state")).to_have_text("failed")
    one.get_by_role("button", name="Save mine as well, on top").click()
    expect(one.locator(".board-state")).to_have_text("passed")
    history = workspace.reviews.get("churn-model", "3").review.entry("rehearsed").history
    assert [each.was.status for each in history] == ["unknown", "fail"]


def test_what_others_change_arrives_by_itself(open_page: Open, workspace: Workspace) -> None:
    mine, theirs = two_boards(workspace)
    page = open_page(mine)
    expect(sentence(page)).to_contain_text("Not ready")
    one = opened(page, "drift")
    one.get_by_role("radio", name="Fails").check()
    one.get_by_role("textbox", name="Reason").fill("half a sent")
    ask(theirs, "say", who="Bo", item="rehearsed", status="pass")
    expect(sentence(page)).to_contain_text("Ready for production")
    expect(page.locator(".board-noticed")).to_contain_text("Bo changed “Rollback rehearsed” meanwhile.")
    # What somebody is typing stays.
    expect(one.get_by_role("textbox", name="Reason")).to_have_value("half a sent")


def test_a_form_that_was_begun_before_another_change_does_not_overwrite_it(
    open_page: Open, workspace: Workspace
) -> None:
    mine, theirs = two_boards(workspace)
    page = open_page(mine)
    one = opened(page, "rehearsed")
    one.get_by_role("radio", name="Passes").check()
    ask(theirs, "say", who="Bo", item="rehearsed", status="fail", reason="It broke.")
    expect(one.locator(".board-state")).to_have_text("failed")  # the page has looked, and knows
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    introduce(page)
    expect(one.locator(".mlm-note[role=alert]")).to_contain_text("Bo changed this item before you did")
    assert workspace.reviews.get("churn-model", "3").review.entry("rehearsed").status == "fail"
    one.get_by_role("button", name="Leave theirs").click()
    expect(one.get_by_role("radio", name="Fails")).to_be_checked()


def test_a_signature_that_came_second_is_said_and_can_be_given_again(open_page: Open, workspace: Workspace) -> None:
    mine, theirs = two_boards(workspace)
    page = open_page(mine)
    page.get_by_role("tab", name="Sign-offs").click()
    page.get_by_label("In the role of").select_option("product-owner")
    page.get_by_label("Note (optional)").fill("Not yet")
    page.get_by_role("button", name="Sign: no-go").click()
    ask(theirs, "sign", who="Bo", role="product-owner", stage="production", decision="go")
    introduce(page, "Eve")
    expect(page.locator(".board-noticed")).to_contain_text("Bo changed the same before you did")
    expect(page.get_by_label("Note (optional)")).to_have_value("Not yet")
    page.get_by_role("button", name="Sign: no-go").click()
    line = page.locator(".board-sign-list li").filter(has_text="Product owner")
    expect(line.locator(".board-sign-state")).to_have_text("✕ no-go")


def test_what_is_typed_in_one_item_is_there_after_a_look_at_another(open_page: Open) -> None:
    page = open_page()
    one = opened(page, "rehearsed")
    one.get_by_role("radio", name="Fails").check()
    one.get_by_role("textbox", name="Reason").fill("half a sent")
    opened(page, "schema")
    expect(one.get_by_role("textbox", name="Reason")).to_be_hidden()
    opened(page, "rehearsed")
    expect(one.get_by_role("textbox", name="Reason")).to_have_value("half a sent")


def test_a_review_that_is_kept_nowhere_is_not_left_by_one_click(open_page: Open) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    page.get_by_role("button", name="All reviews").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert board.review != {}
    page.get_by_role("button", name="All reviews").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("heading", name="Begin a review")).to_be_visible()


def test_looking_for_others_changes_leaves_the_focus_where_it_is(open_page: Open, workspace: Workspace) -> None:
    workspace.reviews.begin(toy(), Review.model_validate(REVIEW), by="Di")
    board = ReadinessBoard(workspace=lambda: workspace, today=TODAY, stage="production")
    ask(board, "open", subject="churn-model", version="3")
    page = open_page(board)
    take = opened(page, "auc-floor").get_by_role("button", name="Take away")
    take.focus()
    # Somebody else changes another item: so the page is known to have looked.
    other = ReadinessBoard(workspace=lambda: workspace, today=TODAY)
    ask(other, "open", subject="churn-model", version="3")
    ask(other, "say", who="Bo", item="drift", status="fail", reason="No alert.")
    expect(page.locator(".board-noticed")).to_contain_text("Bo changed")
    expect(take).to_be_focused()


def test_no_tier_can_be_chosen_before_it_is_known_what_it_asks(open_page: Open) -> None:
    page = open_page()
    page.evaluate("() => { window.cut = true; }")
    page.get_by_role("tab", name="Risk").click()
    tier = page.locator(".board-tiers input").first
    expect(tier).to_be_disabled()


def test_an_answer_that_comes_while_another_tab_is_open_is_no_trouble(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Risk").click()
    page.locator(".board-tiers input[value=low]").check()
    page.get_by_role("button", name="Choose this tier").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Ana")
    # The page asks for the change and for another tab in one go; the change is answered for that tab.
    page.evaluate("""() => {
        document.querySelector("dialog form")?.requestSubmit();
        [...document.querySelectorAll("[role=tab]")].find((tab) => tab.dataset.tab === "sign-offs").click();
    }""")
    expect(page.locator(".board-tier")).to_have_text("Low risk")
    page.get_by_role("tab", name="Risk").click()
    expect(page.locator(".board-risk [role=alert]")).to_be_hidden()


def test_a_look_that_fails_after_code_set_something_is_not_asked_again_at_once(open_page: Open) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    page.evaluate("""() => {
        const python = window.python;
        window.looks = 0;
        window.python = async (message) => {
            if (JSON.parse(message).kind !== "look") return python(message);
            window.looks += 1;
            const { state } = JSON.parse(await python("{}"));
            return JSON.stringify({ state, answer: { error: "The database is away.", passing: true }, buffers: [] });
        };
    }""")
    board.today = "2026-11-25"
    page.evaluate("() => window.follow()")
    expect(page.locator(".board-lost")).to_contain_text("The database is away.")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.looks") == 1


def test_signatures(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Sign-offs").click()
    page.get_by_label("In the role of").select_option("product-owner")
    page.get_by_role("button", name="Sign: go").click()
    introduce(page, "Eve")
    line = page.locator(".board-sign-list li").filter(has_text="Product owner")
    expect(line.locator(".board-sign-state")).to_have_text("✓ go")
    page.get_by_role("button", name="Sign: no-go").click()
    expect(line.locator(".board-sign-state")).to_have_text("✕ no-go")
    expect(line.get_by_text("1 earlier")).to_be_visible()


def test_two_versions_side_by_side_and_the_next_one(open_page: Open, workspace: Workspace) -> None:
    workspace.reviews.begin(toy(), Review.model_validate(REVIEW), by="Di")
    four = {**REVIEW, "version": "4", "items": {"schema": {"status": "pass"}}}
    workspace.reviews.begin(toy(), Review.model_validate(four), by="Di")
    board = ReadinessBoard(workspace=lambda: workspace, today=TODAY, stage="production")
    ask(board, "open", subject="churn-model", version="4")
    page = open_page(board)
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("Another version").select_option("3")
    expect(page.locator(".board-compared")).to_contain_text("Version 4 lacks 2 things that version 3 had")
    expect(page.locator(".board-compare tbody tr").first).to_contain_text("AUC floor")
    page.get_by_label("Version", exact=True).fill("5")
    page.get_by_role("button", name="Begin its review").click()
    introduce(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("churn-model, version 5")
    assert workspace.reviews.get("churn-model", "5").review.entry("schema").status == "pass"


def test_charts_are_drawn_and_follow(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Over time").click()
    for name in ("progress", "items", "lapsing"):
        expect(page.locator(".board-figure").nth(["progress", "items", "lapsing"].index(name))).to_be_visible()
    expect(page.locator(".mlm-figure svg").first).to_be_visible()


# -- how it behaves ------------------------------------------------------------------------------------------------


def test_the_keyboard_gets_everywhere(open_page: Open) -> None:
    page = open_page()
    row = item(page, "rehearsed").locator(".board-row")
    row.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(row).to_have_attribute("aria-expanded", "false")
    expect(row).to_be_focused()
    page.get_by_role("tab", name="Items").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Risk")).to_be_focused()
    expect(page.get_by_role("heading", name="How risky is it?")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Files")).to_have_attribute("aria-selected", "true")


def test_nobody_is_recorded_who_does_not_say_who_they_are(open_page: Open) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    before = board.review
    say(page, "rehearsed", "Passes")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(item(page, "rehearsed").locator(".board-state")).to_have_text("missing")
    assert board.review == before


def test_text_that_people_typed_stays_text(open_page: Open) -> None:
    values: dict[str, Any] = {
        **REVIEW,
        "subject": EVIL,
        "items": {
            "rehearsed": {"status": "fail", "reason": EVIL, "by": EVIL, "owner": EVIL, "note": EVIL},
            "schema": {"status": "pass", "evidence": [{"link": "javascript:window.broken=true", "note": EVIL}]},
        },
        "sign_offs": [{"role": "product-owner", "by": EVIL, "on": "2026-11-01", "note": EVIL}],
    }
    page = open_page(ReadinessBoard(values, checklist=toy(), stage="production", today=TODAY))
    opened(page, "rehearsed")
    one = opened(page, "schema")
    expect(one.locator(".board-evidence a")).to_have_count(0)
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    assert page.evaluate("window.broken") is None
    assert page.locator(".board img").count() == 0


def test_code_that_sets_the_review_moves_the_page(open_page: Open) -> None:
    board = ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)
    page = open_page(board)
    board.review = {**board.review, "items": {**board.review["items"], "rehearsed": {"status": "pass"}}}
    page.evaluate("window.follow()")
    expect(sentence(page)).to_have_text("✓ Ready for production.")
    board.today = "2027-02-01"
    page.evaluate("window.follow()")
    expect(sentence(page)).to_contain_text("Not ready for production")
    board.stage = "shadow"
    page.evaluate("window.follow()")
    expect(sentence(page)).to_have_text("✓ Ready for shadow.")


def test_a_page_that_is_left_listens_no_more(open_page: Open) -> None:
    page = open_page()
    page.evaluate("window.leave()")
    assert page.evaluate("window.listening()") == 0


def test_a_connection_that_is_gone_is_said_and_nothing_is_lost(open_page: Open) -> None:
    page = open_page()
    one = opened(page, "rehearsed")
    one.get_by_role("radio", name="Fails").check()
    one.get_by_role("textbox", name="Reason").fill("It took two hours.")
    page.clock.install()
    page.evaluate("window.cut = true")
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    introduce(page)
    page.clock.run_for(61_000)
    expect(page.locator(".board-lost")).to_contain_text("There is no answer from the server.")
    expect(one.get_by_role("textbox", name="Reason")).to_have_value("It took two hours.")
    page.evaluate("window.cut = false")
    one.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    expect(one.locator(".board-state")).to_have_text("failed")
    expect(page.locator(".board-lost")).to_be_hidden()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)])
def test_every_tab_is_accessible_and_fits(open_page: Open, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    if dark:
        page.add_style_tag(content="body { background: #16191d }")
    opened(page, "rehearsed").get_by_text("Add evidence").click()
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
        if name == "Over time":
            expect(page.locator(".mlm-figure svg").first).to_be_visible()
        found = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}})
        assert [(each["id"], each["nodes"][0]["target"]) for each in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
def test_the_beginning_is_accessible_and_fits(open_page: Open, workspace: Workspace, width: int) -> None:
    workspace.reviews.begin(toy(), Review.model_validate(REVIEW), by="Di")
    page = open_page(ReadinessBoard(workspace=lambda: workspace, today=TODAY), width=width)
    expect(page.get_by_role("heading", name="Go on with a review")).to_be_visible()
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}})
    assert [(each["id"], each["nodes"][0]["target"]) for each in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
