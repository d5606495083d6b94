"""A participant in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser]
Visit = Callable[..., Page]
PULSE = [
    f"pulse-{section}"
    for section in ("research", "production", "data", "serving", "monitoring", "collaboration", "people")
]


@pytest.fixture
def workspace(served: Served) -> Workspace:
    return Workspace.open(f"sqlite:///{served.database}")


@pytest.fixture
def code(workspace: Workspace) -> str:
    workshop = workspace.workshops.create(load_rubric("pulse"), "Ranking", roles=("data-scientist", "ml-engineer"))
    return workshop.code


def enter(page: Page, role: str = "ml-engineer") -> None:
    page.get_by_label("Your role").select_option(role)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("fieldset")).to_be_visible()


def answer(page: Page, value: float | str) -> None:
    page.locator(f"fieldset input[value='{value}']").check()


def saved(page: Page) -> None:
    expect(page.locator(".survey-status")).to_have_text("saved")


def next_part(page: Page) -> None:
    page.locator(".survey-foot .mlm-primary").click()


def token(page: Page) -> str:
    found = page.evaluate("Object.entries(localStorage).find(([key]) => key.endsWith(':token'))[1]")
    return str(found).strip('"')


@pytest.mark.parametrize("width", [390, 1280])
def test_a_participant_joins_answers_reviews_and_finishes(
    served: Served, visit: Visit, workspace: Workspace, code: str, width: int
) -> None:
    page = visit(served.join(code), width=width)
    enter(page)
    for value in (0, 1, 2, 3, 4, "dk", "na"):
        answer(page, value)
        next_part(page)
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    stored = workspace.workshops.participant(code, token(page))
    assert stored is not None
    assert stored.finished
    assert list(stored.answers.answers.values()) == [0, 1, 2, 3, 4, "dk", "na"]


def test_the_keyboard_is_enough(served: Served, visit: Visit, workspace: Workspace, code: str) -> None:
    page = visit(served.survey)
    page.get_by_label("Join code").focus()
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    page.get_by_label("Your role").focus()
    page.keyboard.type("ML")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("fieldset")).to_be_visible()
    for key in ("5", "1", "d", "n", "ArrowDown", "2", "3"):
        page.locator("fieldset input").first.focus()
        page.keyboard.press(key)
        page.keyboard.press("Enter")  # goes on to the button behind the last question
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_visible()
    saved(page)
    stored = workspace.workshops.participant(code, token(page))
    assert stored is not None
    assert [stored.answers.answers[q] for q in PULSE] == [4, 0, "dk", "na", 1, 1, 2]


def test_a_reload_finds_every_confirmed_answer_and_the_place(served: Served, visit: Visit, code: str) -> None:
    page = visit(served.join(code))
    enter(page)
    answer(page, 3)
    page.get_by_role("button", name="Comment").click()
    page.get_by_role("textbox").fill("two days a week")
    next_part(page)
    answer(page, "dk")
    saved(page)
    page.reload()
    expect(page.locator("fieldset input[value='dk']")).to_be_checked()
    page.get_by_role("button", name="Back").click()
    expect(page.locator("fieldset input[value='3']")).to_be_checked()
    expect(page.get_by_role("textbox")).to_have_value("two days a week")


def test_a_second_device_with_the_personal_link_goes_on(served: Served, visit: Visit, code: str) -> None:
    first = visit(served.join(code))
    enter(first)
    answer(first, 4)
    saved(first)
    second = visit(f"{served.join(code)}&me={token(first)}", width=390)
    expect(second.locator("fieldset input[value='4']")).to_be_checked()
    assert "me=" not in second.url


def test_a_killed_kernel_loses_nothing(served: Served, visit: Visit, workspace: Workspace, code: str) -> None:
    before = served.kernels()
    page = visit(served.join(code))
    enter(page)
    answer(page, 1)
    saved(page)
    (mine,) = served.kernels() - before
    mine.kill()
    answer(page, 2)
    # The page sees that the server answers and its kernel does not, and opens itself anew.
    page.wait_for_event("load", timeout=60_000)
    saved(page)
    expect(page.locator("fieldset input[value='2']")).to_be_checked()
    stored = workspace.workshops.participant(code, token(page))
    assert stored is not None
    assert stored.answers.answers == {PULSE[0]: 2}


def test_without_a_connection_answers_wait_in_the_browser(
    served: Served, visit: Visit, workspace: Workspace, code: str
) -> None:
    page = visit(served.join(code))
    enter(page)
    answer(page, 1)
    saved(page)
    page.context.set_offline(True)
    page.evaluate("for (const socket of window.sockets ?? []) socket.close()")
    page.route("**/*", lambda route: route.abort())
    answer(page, 3)
    page.context.set_offline(False)
    page.unroute("**/*")
    page.reload()
    expect(page.locator("fieldset input[value='3']")).to_be_checked()
    saved(page)
    stored = workspace.workshops.participant(code, token(page))
    assert stored is not None
    assert stored.answers.answers == {PULSE[0]: 3}


def test_a_restarted_server_loses_nothing(visit: Visit, tmp_path: object) -> None:
    from pathlib import Path

    home = Path(str(tmp_path)) / "home"
    with serving(home) as server:
        workspace = Workspace.open(f"sqlite:///{server.database}")
        code = workspace.workshops.create(load_rubric("pulse"), "Ranking", roles=("ml-engineer",)).code
        page = visit(server.join(code))
        enter(page)
        answer(page, 1)
        saved(page)
        port = int(server.url.rsplit(":", 1)[1])
    answer(page, 4)
    expect(page.locator(".survey-banner")).to_contain_text("No connection to the server")
    with serving(home, port=port):
        expect(page.locator(".survey-status")).to_have_text("saved", timeout=60_000)
        expect(page.locator("fieldset input[value='4']")).to_be_checked()
        stored = workspace.workshops.participant(code, token(page))
        assert stored is not None
        assert stored.answers.answers == {PULSE[0]: 4}


def test_a_closed_workshop_says_so_and_keeps_what_was_stored(
    served: Served, visit: Visit, workspace: Workspace, code: str
) -> None:
    page = visit(served.join(code))
    enter(page)
    answer(page, 1)
    saved(page)
    workspace.workshops.close(code)
    answer(page, 4)
    expect(page.get_by_role("alert").filter(has_text="closed")).to_be_visible()
    expect(page.locator("fieldset input[value='1']")).to_be_checked()


def test_a_wrong_code_is_a_sentence_beside_the_field(served: Served, visit: Visit) -> None:
    page = visit(served.join("ZZZZZZ"))
    expect(page.get_by_role("alert")).to_contain_text("ZZZ")
    expect(page.get_by_label("Join code")).to_be_visible()


def test_alone_the_answers_stay_in_this_browser_and_show_a_result(served: Served, visit: Visit) -> None:
    page = visit(served.survey)
    page.get_by_role("button", name="Sprint pulse").click()
    answer(page, 4)
    next_part(page)
    answer(page, 2)
    page.reload()
    page.get_by_role("button", name="Sprint pulse").click()
    expect(page.locator("fieldset input[value='2']")).to_be_checked()
    page.locator(".survey-steps button").last.click()
    expect(page.locator(".survey-result")).to_contain_text("Score 3")


def test_the_token_is_nowhere_on_the_server(served: Served, visit: Visit, code: str) -> None:
    page = visit(served.join(code))
    enter(page)
    answer(page, 1)
    saved(page)
    secret = token(page).encode()
    stored = b"".join(each.read_bytes() for each in served.database.parent.iterdir())
    assert len(secret) == 32
    assert secret not in stored
    assert secret.decode() not in "".join(served.output)
