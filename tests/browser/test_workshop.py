"""A whole workshop in real browsers: a facilitator and six participants, with what goes wrong in a real room."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import Rubric, load_rubric
from mlmgmt_widgets.assessment.rubric import Section
from tests.browser.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Visit = Callable[..., Page]
COMMENT = '=HYPERLINK("http://example.org","click") says nobody'


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("mlops-maturity")


def create(facilitator: Page, team: str, *, named: bool = False) -> str:
    """Create a workshop with the default rubric, and return its join code."""
    facilitator.get_by_role("button", name="New workshop").first.click()
    facilitator.get_by_label("Team", exact=True).fill(team)
    facilitator.get_by_label("Rubric").select_option("mlops-maturity")
    if named:
        facilitator.get_by_role("radio", name=re.compile("^Named")).check()
    facilitator.get_by_role("button", name="Create workshop").click()
    code = facilitator.locator(".workshop-code .mlm-quiet-text").text_content()
    assert code
    return code.replace(" ", "")


def enter(page: Page, role: str) -> None:
    page.get_by_label("Your role").select_option(role)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("fieldset").first).to_be_visible()


def answer_section(page: Page, section: Section, answers: dict[str, Any]) -> None:
    """Answer a part. Questions are named: what is on the page may just be opening anew, and then shows none."""
    for question in section.questions:
        page.locator(f"input[name='q-{question.id}'][value='{answers[question.id]}']").check()


def next_part(page: Page) -> None:
    before = page.locator(".survey-title").text_content()
    page.locator(".survey-foot .mlm-primary").click()
    expect(page.locator(".survey-title")).not_to_have_text(before or "")


def saved(page: Page) -> None:
    expect(page.locator(".survey-status")).to_have_text("saved", timeout=60_000)


def finish(page: Page) -> None:
    page.get_by_role("button", name="Finish", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=30_000)


def tab(facilitator: Page, name: str) -> Locator:
    facilitator.get_by_role("tab", name=name).click()
    return facilitator.get_by_role("tabpanel")


def save(facilitator: Page, name: str, folder: Path) -> Path:
    with facilitator.expect_download() as started:
        facilitator.get_by_role("button", name=f"Save {name}", exact=True).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def painted(figure: Locator) -> int:
    """How many marks of a figure cover some of the screen and have a colour."""
    return int(
        figure.evaluate("""(root) => [...root.querySelectorAll("svg path, svg rect, svg text")].filter((mark) => {
            const box = mark.getBoundingClientRect();
            const look = getComputedStyle(mark);
            return box.width > 1 && box.height > 1 && (look.fill !== "none" || look.stroke !== "none");
        }).length""")
    )


def forge(page: Page, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Send what no honest page would send, to the page's own kernel, and return what the kernel says to it."""
    return list(
        page.evaluate(
            """async (answer) => {
                const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
                const output = document.querySelector('script[type="application/vnd.voila.cell-output+json"]');
                const id = JSON.parse(output.textContent).data["application/vnd.jupyter.widget-view+json"].model_id;
                const { connect } = await import(document.querySelector('link[href*="/kernel.js"]').href);
                const said = [];
                const onMessage = ({ content: { data } }) => {
                    if (data?.content?.ticket >= 900 && data.content.ticket < 907) said.push(data.content);
                };
                const { baseUrl: base, kernelId } = config;
                const kernel = connect({ base, id: kernelId, onMessage, onState() {} });
                const send = (data) => kernel.send("comm_msg", { comm_id: id, data });
                const ask = (ticket, content) => send({ method: "custom", content: { ...content, ticket } });
                send({ method: "update", state: { response: { answers: answer }, workshop: { state: "collecting" } } });
                ask(900, { kind: "answer", question: "no-such-question", answer: 1 });
                ask(901, { kind: "answer", question: Object.keys(answer)[0], answer: 99 });
                ask(902, { kind: "answer", question: Object.keys(answer)[0], answer: 1, comment: "x".repeat(2001) });
                const flood = "x".repeat(10_000_000);
                ask(903, { kind: "answer", question: Object.keys(answer)[0], answer: 1, comment: flood });
                ask(904, { kind: "reveal" });
                ask(905, { kind: "join", code: ["ABC"] });
                ask(906, { kind: "enter", token: "short" });
                const end = performance.now() + 20_000;
                while (said.length < 7 && performance.now() < end) {
                    await new Promise((go) => setTimeout(go, 50));
                }
                kernel.close();
                return said;
            }""",
            answer,
        )
    )


def make_up(rubric: Rubric, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)  # noqa: S311 - made-up answers
    scale = ["0", "1", "2", "3", "4", "dk", "na"]
    return {question.id: dice.choices(scale, weights=[2, 4, 4, 3, 1, 1, 1])[0] for question in rubric.questions}


def numbers(node: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 9) if isinstance(value, float) else value for key, value in node.items()}


def test_a_room_of_six_and_its_facilitator(  # noqa: C901, PLR0915 - one story, told once
    served: Served, visit: Visit, rubric: Rubric, tmp_path: Path
) -> None:
    facilitator = visit(served.facilitator)
    code = create(facilitator, "Search ranking")
    assert "key" not in facilitator.url
    expect(facilitator.get_by_role("img", name="QR code")).to_be_visible()
    expect(facilitator.locator("a.workshop-link")).to_have_attribute("href", served.join(code))
    expect(facilitator.get_by_role("button", name="Reveal results")).to_be_disabled()

    roles = ["ml-engineer"] * 4 + ["data-scientist"] * 2
    people = [visit(served.join(code), width=390 if i < 2 else 1280) for i in range(5)]
    before = served.kernels()
    people.append(visit(served.join(code)))
    expect(people[5].get_by_label("Your role")).to_be_visible()
    (kernel_of_the_last,) = served.kernels() - before
    answers = [make_up(rubric, seed) for seed in range(6)]
    for page, role in zip(people, roles, strict=True):
        enter(page, role)
    expect(facilitator.locator(".workshop-count")).to_have_text("6 joined, 0 finished")

    sections = len(rubric.sections)
    for part in range(sections):
        for i, page in enumerate(people):
            answer_section(page, rubric.sections[part], answers[i])
            if part == 3 and i == 1:
                saved(page)
                page.reload()  # one reloads half-way
                expect(page.locator(".survey-title")).to_have_text(rubric.sections[3].title)
            if part == 2 and i == 2:
                page.locator("fieldset").first.get_by_role("button", name="Comment").click()
                page.get_by_role("textbox").fill(COMMENT)
            if part == 4 and i == 3:
                saved(page)
                refusals = forge(page, {rubric.questions[0].id: 4.0})
                assert sorted(each["ticket"] for each in refusals) == list(range(900, 907))
                assert all(5 < len(each["error"]) < 400 for each in refusals)
            if part == 4 and i == 5:
                saved(page)
                kernel_of_the_last.kill()  # and everything that this person answers next is kept
            next_part(page)
    saved(people[5])  # whose kernel was killed: what waited in the browser has arrived
    for page in people[:5]:
        finish(page)
    expect(facilitator.locator(".workshop-count")).to_have_text("6 joined, 5 finished")
    body = facilitator.locator(".workshop").inner_text()
    assert "HYPERLINK" not in body  # never what they said

    # The reveal asks first, because one person has not finished.
    facilitator.get_by_role("button", name="Reveal results").click()
    dialog = facilitator.get_by_role("dialog")
    expect(dialog).to_contain_text("1 person has not finished yet")
    dialog.get_by_role("button", name="Reveal").click()
    expect(facilitator.locator(".workshop-level-name")).to_be_visible(timeout=60_000)

    # Charts are painted, each with its table.
    for name in ("Overview", "Questions", "Don’t know"):
        panel = tab(facilitator, name)
        figures = panel.locator("figure")
        expect(figures.first.locator("svg").first).to_be_visible(timeout=60_000)
        for figure in figures.all():
            expect(figure.locator("svg").first).to_be_visible()
            assert painted(figure) > 5
            assert figure.locator("table tr").count() > 1

    # The agenda is where decisions are written.
    panel = tab(facilitator, "Agenda")
    card = panel.locator("li.workshop-card").first
    card.get_by_text("Write down a decision").click()
    card.get_by_label("Agreed answer").select_option("2")
    card.get_by_label("What we will do").fill("Rehearse the rollback in May.")
    card.get_by_label("Owner").fill("Ada")
    expect(card.get_by_role("status")).to_have_text("saved")

    tab(facilitator, "Export")
    files = {name: save(facilitator, name, tmp_path) for name in ("CSV", "JSON", "Excel", "Markdown", "Report")}
    reveal_is_what_was_answered(files, rubric, answers)

    # Who has not finished can still answer; one more change is too little to be shown in an anonymous workshop.
    finish(people[5])
    people[5].get_by_role("button", name="Change an answer").click()
    answer_section(people[5], rubric.sections[0], dict.fromkeys(answers[5], "4"))
    saved(people[5])

    close(facilitator)
    people[5].locator(".survey-steps button").nth(1).click()
    people[5].locator("fieldset input[value='0']").first.click()
    expect(people[5].get_by_text("closed").first).to_be_visible()


def close(facilitator: Page) -> None:
    facilitator.get_by_role("button", name="Close workshop", exact=True).click()
    dialog = facilitator.get_by_role("dialog")
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(dialog).to_have_count(0, timeout=30_000)
    expect(facilitator.locator("header .workshop-state")).to_have_text("Closed", timeout=30_000)


def reveal_is_what_was_answered(files: dict[str, Path], rubric: Rubric, answers: list[dict[str, Any]]) -> None:
    """Every export says the same numbers as `mlmgmt score`, and none leads back to a person."""
    scored = subprocess.run(
        [sys.executable, "-m", "mlmgmt_widgets", "score", rubric.id, str(files["CSV"]), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    by_command = json.loads(scored.stdout)
    exported = json.loads(files["JSON"].read_text(encoding="utf-8"))
    result = exported["result"]
    assert numbers({k: v for k, v in result.items() if k != "nodes"}) == numbers(
        {k: v for k, v in by_command.items() if k != "nodes"}
    )
    assert {k: numbers(v) for k, v in result["nodes"].items()} == {
        k: numbers(v) for k, v in by_command["nodes"].items()
    }
    for question in rubric.questions:  # and both are what was clicked
        given = [float(each[question.id]) for each in answers if each[question.id] not in {"dk", "na"}]
        assert result["nodes"][question.id]["answered"] == len(given)
        if given:
            assert result["nodes"][question.id]["score"] == pytest.approx(sum(given) / len(given))

    rows = list(csv.DictReader(io.StringIO(files["CSV"].read_text(encoding="utf-8-sig"))))
    assert {row["role"] for row in rows} == {""}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    book = openpyxl.load_workbook(files["Excel"])
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any("Rehearse the rollback" in str(cell.value) for cell in cells)
    report = files["Report"].read_text(encoding="utf-8")
    assert "Rehearse the rollback in May." in report
    assert "<svg" in report
    assert "<script" not in report
    assert not re.search(r"""(?:src|href)=["']https?:""", report)
    assert "Rehearse the rollback in May." in files["Markdown"].read_text(encoding="utf-8")


def test_without_the_key_the_page_asks_for_it_and_shows_nothing(served: Served, visit: Visit, rubric: Rubric) -> None:
    Workspace.open(f"sqlite:///{served.database}").workshops.create(rubric, "A secret team")
    frames: list[bytes | str] = []
    page = visit("about:blank")
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))  # noqa: PLW0108 - Playwright marks what it calls
    page.goto(f"{served.url}/voila/render/maturity_workshop.ipynb")
    expect(page.get_by_label("Facilitator’s key")).to_be_visible()
    page.get_by_label("Facilitator’s key").fill("not the key")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("not the facilitator’s key")
    received = b"".join(frame if isinstance(frame, bytes) else frame.encode() for frame in frames)
    assert b"_esm" in received
    assert b"A secret team" not in received


def test_a_small_anonymous_group_is_not_revealed(served: Served, visit: Visit, rubric: Rubric) -> None:
    workspace = Workspace.open(f"sqlite:///{served.database}")
    facilitator = visit(served.facilitator)
    code = create(facilitator, "Tiny")
    for i in range(4):
        token = f"{i:032x}"
        workspace.workshops.enter(code, token, "ml-engineer")
        workspace.workshops.record(code, token, rubric.questions[0].id, 1.0, sequence=1)
    expect(facilitator.locator(".workshop-count")).to_have_text("4 joined, 0 finished")
    expect(facilitator.get_by_role("button", name="Reveal results")).to_be_disabled()
    expect(facilitator.get_by_text("at least 5 people")).to_be_visible()


def test_a_reload_brings_the_facilitator_back_to_the_open_workshop(served: Served, visit: Visit) -> None:
    facilitator = visit(served.facilitator)
    create(facilitator, "Reload")
    facilitator.reload()
    expect(facilitator.get_by_role("heading", name="Reload")).to_be_visible()


# A width has no part in colours, nor a theme in what fits: two of the four show both.
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_axe_finds_no_serious_fault(served: Served, visit: Visit, rubric: Rubric, width: int, dark: bool) -> None:
    workspace = Workspace.open(f"sqlite:///{served.database}")
    code = revealed(workspace, rubric, "Axe")
    facilitator = visit(served.facilitator, width=width, dark=dark)
    assert serious(facilitator, ".workshop-list") == []
    facilitator.locator(".workshop-open").first.click()
    for name in ("Overview", "Agenda", "Questions", "History", "Export"):
        tab(facilitator, name)
        if name in {"Overview", "Questions"}:
            expect(facilitator.get_by_role("tabpanel").locator("svg").first).to_be_visible(timeout=60_000)
        assert serious(facilitator, "[role=tabpanel]:not([hidden])") == []
    survey = visit(served.join(code), width=width, dark=dark)
    assert serious(survey, "select") == []
    enter(survey, "ml-engineer")
    survey.locator("fieldset").first.get_by_role("button", name="Comment").click()
    assert serious(survey, "fieldset") == []
    survey.locator(".survey-steps button").last.click()
    assert serious(survey, ".survey-left") == []
    assert serious(visit(served.url, width=width, dark=dark), "h1") == []


def revealed(workspace: Workspace, rubric: Rubric, team: str) -> str:
    """A workshop of six that has been revealed; it stays open."""
    code = workspace.workshops.create(rubric, team, roles=("ml-engineer", "data-scientist")).code
    for i in range(6):
        token = f"{i:032x}"
        workspace.workshops.enter(code, token, "ml-engineer")
        for question, answer in make_up(rubric, i).items():
            value = answer if answer in {"dk", "na"} else float(answer)
            workspace.workshops.record(code, token, question, value, sequence=1)
    workspace.workshops.reveal(code)
    return code


def serious(page: Page, ready: str) -> list[str]:
    expect(page.locator(ready).first).to_be_visible()
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
