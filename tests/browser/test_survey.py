"""A participant in a real browser. What goes wrong around them is in `tests/faults`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from mlmgmt_widgets import MaturitySurvey, Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import Served
from tests.browser.survey_page import answer, enter, next_part, saved, token

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
        if key == "ArrowDown":  # arrows are the browser's own, once a question has the focus
            page.keyboard.press("Enter")
        page.keyboard.press(key)  # otherwise straight from the heading, where a part begins
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
    expect(second.get_by_text("ML engineer, 1 answer")).to_be_visible()
    second.get_by_role("button", name="Yes, they are mine").click()
    expect(second.locator("fieldset input[value='4']")).to_be_checked()
    assert "me=" not in second.url


def test_a_link_that_somebody_else_made_is_not_followed_unasked(served: Served, visit: Visit, code: str) -> None:
    attacker = visit(served.join(code))
    enter(attacker)
    saved_token = token(attacker)
    page = visit(f"{served.join(code)}&me={saved_token}")
    expect(page.get_by_text("Did somebody send you this link?")).to_be_visible()
    page.get_by_role("button", name="No, start afresh").click()
    enter(page)
    assert token(page) != saved_token


@pytest.mark.parametrize("me", ["abc123", "f" * 32, "%00"])
def test_a_link_that_is_nobodys_is_an_ordinary_link(served: Served, visit: Visit, code: str, me: str) -> None:
    page = visit(f"{served.join(code)}&me={me}")
    enter(page)
    answer(page, 4)
    saved(page)
    assert token(page) != me


def test_two_tabs_of_one_browser_keep_each_others_answers(
    served: Served, visit: Visit, workspace: Workspace, code: str
) -> None:
    first = visit(served.join(code))
    enter(first)
    second = first.context.new_page()
    second.goto(served.join(code))
    expect(second.locator("fieldset")).to_be_visible()
    first.context.set_offline(True)
    answer(first, 3)
    expect(first.locator(".survey-status")).to_have_text("not sent yet, kept on this device", timeout=30_000)
    first.close()
    second.context.set_offline(False)
    next_part(second)
    answer(second, 1)
    saved(second)
    first = second.context.new_page()
    first.goto(served.join(code))
    expect(first.locator("fieldset")).to_be_visible()
    saved(first)
    stored = workspace.workshops.participant(code, token(first))
    assert stored is not None
    assert stored.answers.answers == {PULSE[0]: 3, PULSE[1]: 1}


def test_a_busy_database_loses_nothing(served: Served, visit: Visit, workspace: Workspace, code: str) -> None:
    page = visit(served.join(code))
    enter(page)
    with closing(sqlite3.connect(served.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer(page, 2)
        page.get_by_role("button", name="Comment").click()
        page.get_by_role("textbox").fill("long considered")
        expect(page.locator(".survey-banner")).to_contain_text("kept on this device", timeout=30_000)
        expect(page.locator(".survey-banner")).not_to_contain_text("sqlite")
        other.execute("ROLLBACK")
    expect(page.locator(".survey-status")).to_have_text("saved", timeout=30_000)
    stored = workspace.workshops.participant(code, token(page))
    assert stored is not None
    assert stored.answers.answers == {PULSE[0]: 2}
    assert stored.answers.comments == {PULSE[0]: "long considered"}


def test_somebody_else_can_answer_on_the_same_device(served: Served, visit: Visit, code: str) -> None:
    page = visit(served.join(code))
    enter(page)
    before = token(page)
    page.locator(".survey-steps button").last.click()
    page.get_by_role("button", name="Finish anyway").click()
    page.get_by_text("Somebody else answers on this device").click()
    page.get_by_role("button", name="Start as somebody else").click()
    enter(page)
    assert token(page) != before


def test_what_was_typed_survives_a_refusal(served: Served, visit: Visit, workspace: Workspace) -> None:
    code = workspace.workshops.create(load_rubric("pulse"), "Ranking", anonymous=False, roles=("ml-engineer",)).code
    page = visit(served.join(code))
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your role").select_option("ml-engineer")
    workspace.workshops.close(code)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("closed")
    expect(page.get_by_label("Your name")).to_have_value("Ada")


def test_a_closed_workshop_says_so_and_keeps_what_was_stored(
    served: Served, visit: Visit, workspace: Workspace, code: str
) -> None:
    page = visit(served.join(code))
    enter(page)
    answer(page, 1)
    saved(page)
    workspace.workshops.close(code)
    page.locator("fieldset input[value='4']").click()
    expect(page.get_by_role("alert").filter(has_text="closed")).to_be_visible()
    expect(page.locator("fieldset input[value='1']")).to_be_checked()


def test_a_closed_workshop_lets_nobody_begin(served: Served, visit: Visit, workspace: Workspace, code: str) -> None:
    workspace.workshops.close(code)
    page = visit(served.join(code))
    expect(page.get_by_role("alert")).to_contain_text("closed")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)


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


def test_taken_off_the_page_it_listens_to_nothing(chromium: Browser) -> None:
    """A notebook renders a widget anew now and then; what the old view leaves behind would add up."""
    page = chromium.new_page()  # an empty page, which has no storage either
    survey = MaturitySurvey("pulse")
    state = {name: getattr(survey, name) for name in ("mode", "offers", "rubric", "response", "result", "workshop")}
    heard = page.evaluate(
        """async ([esm, state]) => {
            const listeners = new Set();
            const count = { added: 0, removed: 0 };
            for (const target of [window, document]) {
                const { addEventListener: add, removeEventListener: remove } = target;
                target.addEventListener = (...given) => { count.added += 1; add.apply(target, given); };
                target.removeEventListener = (...given) => { count.removed += 1; remove.apply(target, given); };
            }
            const model = {
                get: (name) => state[name],
                on: (name, each) => listeners.add(each),
                off: (name, each) => listeners.delete(each),
                send() {},
            };
            const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
            const { default: widget } = await import(url);
            const el = document.body.appendChild(document.createElement("div"));
            const cleanUp = widget.render({ model, el });
            const shown = el.querySelectorAll("fieldset").length;
            cleanUp();
            return { shown, left: listeners.size, added: count.added, removed: count.removed, empty: !el.innerHTML };
        }""",
        [survey._esm, {**state, "explanation": survey.explanation}],
    )
    page.close()
    assert heard["shown"] == 1
    assert heard["added"] == heard["removed"] > 0
    assert heard["left"] == 0
    assert heard["empty"]
