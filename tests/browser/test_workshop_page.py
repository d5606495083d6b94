"""The facilitator's screen in a real browser, on a page without a kernel: the widget itself answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mlmgmt_widgets import MaturityWorkshop, Workspace
from mlmgmt_widgets.assessment import Rubric
from mlmgmt_widgets.ui import lock
from tests.browser.bridge import show
from tests.rubrics import SMALL

pytestmark = [pytest.mark.browser]

KEY = "correct horse battery staple"
EVIL = "<img src=x onerror='window.broken = true'>"
NAMES = ("served", "locked", "home", "workshop", "result", "_vega")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite")


@pytest.fixture
def toy() -> Rubric:
    return Rubric.model_validate(SMALL)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv(lock.KEY_HASH, hashlib.sha256(KEY.encode()).hexdigest())
    monkeypatch.setattr(lock.time, "sleep", lambda _seconds: None)


Open = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def charts() -> None:
    """Import what draws charts once, so that no single test waits for it."""
    import_module("mlmgmt_widgets.assessment.results")


@pytest.fixture
def open_page(person: Callable[..., BrowserContext], workspace: Workspace) -> Open:
    """Show a widget on a page of its own; whatever the page asks, the widget answers through its dispatch."""

    def show_widget(
        fragment: str = "",
        *,
        widget: MaturityWorkshop | None = None,
        width: int = 1280,
        host: str = "http://workbook.test",
    ) -> Page:
        screen = widget or MaturityWorkshop(workspace=lambda: workspace)
        return show(person(width=width), screen, NAMES, fragment=fragment, host=host)

    return show_widget


def people_answer(workspace: Workspace, code: str, answers: list[Any], *, finished: int | None = None) -> None:
    anonymous = workspace.workshops.get(code).anonymous
    for number, answer in enumerate(answers):
        token = f"{number:04x}" * 8
        workspace.workshops.enter(code, token, name="" if anonymous else f"Person {number}")
        for question in ("versioned", "canary"):
            workspace.workshops.record(code, token, question, answer, f"{EVIL} said {number}", sequence=1)
        workspace.workshops.finish(code, token, finished=finished is None or number < finished)


@pytest.fixture
def collecting(workspace: Workspace, toy: Rubric) -> str:
    return workspace.workshops.create(toy, "Ranking", smallest_group=3).code


@pytest.fixture
def revealed(workspace: Workspace, collecting: str) -> str:
    people_answer(workspace, collecting, [0, 0.5, 0.5, 1])
    workspace.workshops.reveal(collecting)
    return collecting


def shown(workspace: Workspace, code: str) -> MaturityWorkshop:
    screen = MaturityWorkshop(workspace=lambda: workspace)
    screen.show(code)
    return screen


# -- the key --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("served")
def test_without_the_key_there_is_nothing_but_a_request_for_it(open_page: Open, collecting: str) -> None:
    page = open_page(f"#workshop={collecting}")
    expect(page.get_by_label("Facilitator’s key")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Ranking")
    page.get_by_label("Facilitator’s key").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("not the facilitator")
    page.get_by_label("Facilitator’s key").fill(KEY)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1, name="Ranking")).to_be_visible()


@pytest.mark.usefixtures("served", "collecting")
def test_the_key_leaves_the_address_bar_and_serves_again_after_a_reload(open_page: Open) -> None:
    page = open_page(f"#key={KEY.replace(' ', '%20')}")
    page.get_by_role("button", name="Ranking").first.click()
    expect(page.get_by_role("heading", level=1, name="Ranking")).to_be_visible()
    assert "key=" not in page.url
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Ranking")).to_be_visible()


# -- creating -------------------------------------------------------------------------------------------------


def test_a_first_workshop_is_made_with_the_keyboard_alone(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    page.get_by_role("button", name="New workshop").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New workshop")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(EVIL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=EVIL)).to_be_visible()
    assert page.evaluate("window.broken") is None
    (made,) = workspace.workshops.all()
    assert (made.team, made.rubric.id, made.anonymous, made.smallest_group) == (EVIL, "mlops-maturity", True, 5)
    assert "ml-engineer" in made.roles


def test_what_is_wrong_stands_beside_its_field(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    page.get_by_role("button", name="New workshop").click()
    page.get_by_role("button", name="Create workshop").click()
    expect(page.get_by_label("Team", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Team", exact=True)).to_be_focused()
    page.get_by_label("Team", exact=True).fill("Ranking")
    page.get_by_label("Smallest group shown").fill("2")
    page.get_by_role("button", name="Create workshop").click()
    expect(page.locator("#workshop-smallest_group-problem")).to_contain_text("3 people or more")
    assert workspace.workshops.all() == []


def test_roles_are_taken_out_and_added(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    page.get_by_role("button", name="New workshop").click()
    page.get_by_label("Team", exact=True).fill("Ranking")
    for _ in range(page.get_by_role("list", name="Roles").get_by_role("button").count()):
        page.get_by_role("list", name="Roles").get_by_role("button").first.click()
    page.get_by_label("Another role").fill("Support")
    page.keyboard.press("Enter")
    page.get_by_label("Another role").fill("support")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="already")).to_be_visible()
    page.get_by_label("Another role").fill("")
    page.get_by_role("radio", name="Named").check()
    expect(page.get_by_label("Smallest group shown")).to_be_hidden()
    page.get_by_role("button", name="Create workshop").click()
    expect(page.get_by_text("Nobody has joined yet.")).to_be_visible()
    (made,) = workspace.workshops.all()
    assert (made.roles, made.anonymous) == (("Support",), False)


@pytest.mark.usefixtures("collecting")
def test_a_workshop_goes_only_when_its_team_was_typed(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    page.get_by_role("button", name="Delete the workshop of Ranking").click()
    gone = page.get_by_role("button", name="Delete for good")
    expect(gone).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Delete the workshop of Ranking").click()
    page.get_by_label("Type “Ranking” to confirm").fill("ranking")
    gone.click()
    expect(page.get_by_text("In about an hour")).to_be_visible()
    assert workspace.workshops.all() == []


# -- collecting -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("served")
def test_the_code_link_and_qr_code_lead_to_the_survey(
    open_page: Open, collecting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLMGMT_PUBLIC_URL", "http://10.0.0.7:8866")
    page = open_page(f"#key={KEY.replace(' ', '%20')}&workshop={collecting}")
    link = page.locator(".workshop-link")
    expect(link).to_have_attribute("href", f"http://10.0.0.7:8866/voila/render/maturity_survey.ipynb#join={collecting}")
    expect(link).to_have_text(f"10.0.0.7:8866/voila/render/maturity_survey.ipynb#join={collecting}")
    expect(page.get_by_alt_text("QR code of the join link")).to_be_visible()
    expect(page.locator(".workshop-code")).to_contain_text(" ".join(collecting))
    expect(page.get_by_text("phones cannot open it")).to_be_hidden()


@pytest.mark.usefixtures("served", "collecting")
def test_an_address_that_phones_cannot_open_is_called_one(open_page: Open) -> None:
    page = open_page(f"#key={KEY.replace(' ', '%20')}", host="http://localhost:1")
    page.get_by_role("button", name="Ranking").first.click()
    expect(page.get_by_text("phones cannot open it")).to_be_visible()


def test_in_jupyterlab_the_page_asks_for_the_servers_address(
    open_page: Open, workspace: Workspace, collecting: str
) -> None:
    page = open_page(widget=shown(workspace, collecting))
    expect(page.locator(".workshop-link")).to_be_hidden()
    page.get_by_label("Address of the server").fill("10.0.0.7:8866")
    expect(page.locator(".workshop-link")).to_have_attribute(
        "href", f"http://10.0.0.7:8866/voila/render/maturity_survey.ipynb#join={collecting}"
    )
    expect(page.get_by_alt_text("QR code of the join link")).to_be_visible()


def test_the_count_follows_and_the_reveal_waits_for_enough_people(
    open_page: Open, workspace: Workspace, collecting: str
) -> None:
    page = open_page(widget=shown(workspace, collecting))
    reveal = page.get_by_role("button", name="Reveal results")
    expect(page.get_by_text("Nobody has joined yet.")).to_be_visible()
    people_answer(workspace, collecting, [0, 1])
    expect(page.get_by_text("2 joined, 2 finished")).to_be_visible()
    expect(reveal).to_be_disabled()
    expect(page.get_by_text("at least 3 people")).to_be_visible()
    people_answer(workspace, collecting, [0, 1, 1], finished=2)
    expect(page.get_by_text("3 joined, 2 finished")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("said")
    reveal.click()
    expect(page.get_by_role("dialog")).to_contain_text("1 person has not finished yet")
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    expect(page.get_by_role("tab", name="Overview")).to_be_visible()
    assert workspace.workshops.get(collecting).state == "revealed"


def test_when_all_have_finished_the_reveal_asks_nothing(open_page: Open, workspace: Workspace, collecting: str) -> None:
    people_answer(workspace, collecting, [0, 1, 1])
    page = open_page(widget=shown(workspace, collecting))
    page.get_by_role("button", name="Reveal results").click()
    expect(page.get_by_role("tab", name="Overview")).to_be_visible()


def test_names_are_shown_with_their_state_and_as_text(open_page: Open, workspace: Workspace, toy: Rubric) -> None:
    code = workspace.workshops.create(toy, "Ranking", anonymous=False).code
    workspace.workshops.enter(code, "a" * 32, name=EVIL)
    page = open_page(widget=shown(workspace, code))
    expect(page.locator(".workshop-people li")).to_contain_text(EVIL)
    expect(page.locator(".workshop-people li")).to_contain_text("answering")
    assert page.evaluate("window.broken") is None


def test_a_lost_kernel_is_said(open_page: Open, workspace: Workspace, collecting: str) -> None:
    page = open_page(widget=shown(workspace, collecting))
    expect(page.get_by_text("Nobody has joined yet.")).to_be_visible()
    page.evaluate("window.cut = true")
    expect(page.get_by_text("no answer from the server")).to_be_visible(timeout=20_000)
    page.evaluate("window.cut = false")
    expect(page.get_by_text("no answer from the server")).to_be_hidden()


# -- results --------------------------------------------------------------------------------------------------


def test_the_level_and_its_reason_come_first(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    expect(page.locator(".workshop-level-name")).to_have_text("Open")
    expect(page.locator(".workshop-ladder [aria-current]")).to_have_text("Open")
    expect(page.locator(".workshop-next")).to_contain_text("0.5 now, 0.75 needed")
    expect(page.locator(".mlm-figure-stage svg").first).to_be_visible()


def test_tabs_are_walked_with_arrow_keys(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Agenda")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Agenda")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Overview")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.get_by_role("tabpanel", name="Export")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")


def test_comments_are_text_and_stand_beside_their_question(
    open_page: Open, workspace: Workspace, revealed: str
) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Agenda").click()
    card = page.locator(".workshop-card").first
    for number in range(4):
        expect(card).to_contain_text(f"{EVIL} said {number}")
    assert page.evaluate("window.broken") is None


def test_a_decision_is_saved_as_one_types(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Agenda").click()
    card = page.locator(".workshop-card").first
    card.get_by_text("Write down a decision").click()
    card.get_by_label("Agreed answer").select_option("0.5")
    card.get_by_label("Owner").fill("Ada")
    card.get_by_label("What we will do").fill("Pair on it")
    expect(card.get_by_text("saved", exact=True)).to_be_visible()
    expect(card.locator("summary")).to_contain_text("agreed on Partly · Pair on it · Ada")
    (decision,) = workspace.workshops.decisions(revealed)
    assert (decision.agreed, decision.note, decision.owner) == (0.5, "Pair on it", "Ada")


SAID = f"12 of 14 releases passed “{EVIL}”."


@pytest.mark.parametrize("width", [390, 1280])
def test_a_record_goes_into_the_note_after_what_is_typed_there(
    open_page: Open, workspace: Workspace, revealed: str, width: int
) -> None:
    screen = MaturityWorkshop(lambda: workspace, records={"canary": SAID})
    screen.show(revealed)
    page = open_page(widget=screen, width=width)
    page.get_by_role("tab", name="Agenda").click()
    expect(page.locator(".workshop-record")).to_have_count(1)
    card = page.locator(".workshop-card", has=page.locator(".workshop-record"))
    expect(card).to_contain_text(f"From your readiness reviews: {SAID}")
    put = card.get_by_role("button", name="Put the record into the note")
    card.get_by_text("Write down a decision").click()
    card.get_by_label("What we will do").fill("Drill it in May")
    put.click()
    note = card.get_by_label("What we will do")
    expect(note).to_have_value(f"Drill it in May\n{SAID}")
    expect(note).to_be_focused()
    put.click()
    expect(card.get_by_text("It is in the note already.")).to_be_visible()
    expect(note).to_have_value(f"Drill it in May\n{SAID}")
    expect(card.get_by_text("saved", exact=True)).to_be_visible()
    expect(card.get_by_label("Agreed answer")).to_have_value("")
    (decision,) = workspace.workshops.decisions(revealed)
    assert (decision.question, decision.agreed, decision.note) == ("canary", None, f"Drill it in May\n{SAID}")
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_record_stands_beside_its_question_in_the_discussion_and_a_full_note_stays(
    open_page: Open, workspace: Workspace, revealed: str
) -> None:
    workspace.workshops.decide(revealed, "canary", note="x" * 1990)
    screen = MaturityWorkshop(lambda: workspace, records={"canary": SAID})
    screen.show(revealed)
    page = open_page(widget=screen)
    page.get_by_role("tab", name="Agenda").click()
    page.locator(".workshop-card", has=page.locator(".workshop-record")).get_by_role("button", name="Discuss").click()
    room = page.get_by_role("dialog", name="Discussion")
    expect(room.locator(".workshop-record")).to_contain_text(SAID)
    room.get_by_role("button", name="Put the record into the note").click()
    expect(room.get_by_text("no room left")).to_be_visible()
    expect(room.get_by_label("What we will do")).to_have_value("x" * 1990)


def test_a_decision_that_is_not_saved_says_so_and_keeps_the_text(
    open_page: Open, workspace: Workspace, revealed: str
) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Agenda").click()
    card = page.locator(".workshop-card").first
    card.get_by_text("Write down a decision").click()
    workspace.workshops.delete(revealed)
    card.get_by_label("Owner").fill("Ada")
    expect(card.get_by_text("Not saved:")).to_be_visible()
    expect(card.get_by_label("Owner")).to_have_value("Ada")


def test_the_discussion_goes_from_question_to_question_and_its_decisions_reach_the_list(
    open_page: Open, workspace: Workspace, revealed: str
) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Agenda").click()
    page.get_by_role("button", name="Discuss one by one").click()
    room = page.get_by_role("dialog", name="Discussion")
    expect(room).to_contain_text("1 of 2")
    room.get_by_label("Owner").fill("Ada")
    page.keyboard.press("ArrowRight")  # moves within the field
    expect(room).to_contain_text("1 of 2")
    room.get_by_role("heading", level=2).focus()
    page.keyboard.press("ArrowRight")
    expect(room).to_contain_text("2 of 2")
    expect(room.get_by_role("button", name="Next")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(room.get_by_label("Owner")).to_have_value("Ada")
    page.keyboard.press("Escape")
    expect(room).to_be_hidden()
    expect(page.locator(".workshop-card").first.locator("summary")).to_contain_text("Ada")


def test_late_answers_are_announced_and_taken_in(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    expect(page.locator(".workshop-level-name")).to_have_text("Open")
    people_answer_again = [
        workspace.workshops.record(revealed, f"{n:04x}" * 8, "versioned", 1, sequence=2) for n in range(2)
    ]
    assert all(each.applied for each in people_answer_again)
    expect(page.get_by_text("There are new answers.")).to_be_visible()
    expect(page.get_by_role("button", name="Take in the new answers")).to_be_hidden()
    workspace.workshops.record(revealed, "0002" * 8, "versioned", 1, sequence=2)
    page.get_by_role("button", name="Take in the new answers").click()
    expect(page.locator(".workshop-level-name")).to_have_text("Sound")


def test_closing_is_confirmed_and_then_final(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Export").click()
    page.get_by_role("button", name="Close workshop").click()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".workshop-state")).to_have_text("Closed")
    expect(page.get_by_role("button", name="Close workshop")).to_have_count(0)
    expect(page.get_by_role("tab", name="Export")).to_have_attribute("aria-selected", "true")


def test_a_file_is_handed_over(open_page: Open, workspace: Workspace, revealed: str, tmp_path: Path) -> None:
    page = open_page(widget=shown(workspace, revealed))
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save JSON").click()
    assert download.value.suggested_filename.startswith("toy-ranking-")
    file = tmp_path / "result.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())


def test_a_small_screen_scrolls_in_one_direction_only(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed), width=390)
    for name in ("Overview", "Agenda", "Questions", "Don’t know", "History", "Export"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_leaving_the_page_leaves_nothing_behind(open_page: Open, workspace: Workspace, revealed: str) -> None:
    page = open_page(widget=shown(workspace, revealed))
    expect(page.get_by_role("tab", name="Overview")).to_be_visible()
    page.evaluate("window.leave()")
    assert page.evaluate("window.listening()") == 0
    expect(page.locator(".workshop")).to_have_count(0)
