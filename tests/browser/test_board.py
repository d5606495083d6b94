"""The readiness page as `mlmgmt serve` serves it: a real server, real kernels, a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.readiness import load_checklist, load_review
from tests.browser.serving import KEY, Served

pytestmark = [pytest.mark.browser]
Visit = Callable[..., Page]
EXAMPLE = shipped() / "examples" / "churn-review-v4.yaml"


def address(server: Served) -> str:
    return f"{server.url}/voila/render/readiness_review.ipynb"


def sentence(page: Page) -> Locator:
    return page.locator(".board-sentence")


def introduce(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog", name="Who are you?")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_have_count(0)


def begin(page: Page, subject: str, version: str, name: str) -> None:
    page.get_by_role("textbox", name="Model").fill(subject)
    page.get_by_role("textbox", name="Version").fill(version)
    page.get_by_label("Checklist").select_option("model-readiness")
    page.get_by_role("button", name="Begin", exact=True).click()
    introduce(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{subject}, version {version}")


def choose_tier(page: Page, tier: str) -> None:
    page.locator(f".board-tiers input[value={tier}]").check()
    page.get_by_role("button", name="Choose this tier").click()
    expect(page.locator(".board-tier")).to_have_text(f"{tier.capitalize()} risk")


def say(page: Page, name: str, status: str, **fields: str) -> None:
    item = page.locator(f"[data-item={name}]")
    item.locator(".board-row").click()
    item.get_by_role("radio", name=status, exact=True).check()
    for label, value in fields.items():
        item.locator(".board-form").get_by_label(
            {"reason": "Reason", "until": "Last day of the waiver"}[label]
        ).last.fill(value)
    item.locator(".board-form").get_by_role("button", name="Save", exact=True).click()
    expect(item.locator(".board-form").get_by_role("button", name="Save", exact=True)).to_be_disabled()
    item.locator(".board-row").click()


def gate(path: Path, stage: str, *more: str) -> tuple[int, dict[str, object]]:
    command = [
        sys.executable,
        "-m",
        "mlmgmt_widgets",
        "gate",
        "model-readiness",
        str(path),
        "--stage",
        stage,
        "--json",
        *more,
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode in {0, 1}, run.stderr
    return run.returncode, json.loads(run.stdout)


def test_a_review_a_waiver_and_a_command_that_agrees(visit: Visit, served: Served, tmp_path: Path) -> None:
    page = visit(address(served))
    begin(page, "churn-model", "3", "Ana")
    choose_tier(page, "low")
    expect(sentence(page)).to_contain_text("Not ready for prototype exit")
    asked = load_checklist("model-readiness").asked("prototype-exit", "low")
    waivable, *others = sorted(
        (item for item in asked if item.severity == "blocking"), key=lambda item: not item.waivable
    )
    for item in others:
        say(page, item.id, "Passes")
    say(page, waivable.id, "Waived", reason="It is a trial.", until="2099-12-15")
    expect(sentence(page)).to_have_text("✓ Ready for prototype exit, with 1 item waived.")
    # Time passes: the waiver ends, and the gate is shut again.
    page.get_by_label("Judged as of").fill("2099-12-16")
    expect(sentence(page)).to_contain_text("Not ready for prototype exit")
    page.get_by_role("button", name="Back to today").click()
    page.get_by_role("tab", name="Files").click()
    with page.expect_download() as download:
        page.locator("button[data-format=yaml]").click()
    path = tmp_path / "review.yaml"
    download.value.save_as(path)
    status, verdict = gate(path, "prototype-exit")
    assert (status, verdict["ready"], verdict["subject"], verdict["version"]) == (0, True, "churn-model", "3")
    status, verdict = gate(path, "prototype-exit", "--today", "2099-12-16")
    assert status == 1
    blockers = {each["item"]: each["reason"] for each in verdict["blockers"]}  # type: ignore[attr-defined]
    assert blockers[waivable.id] == "waiver-expired"


def test_the_example_opens_and_says_what_the_function_says(visit: Visit, served: Served) -> None:
    page = visit(address(served))
    page.locator("input[type=file]").first.set_input_files(EXAMPLE)
    review = load_review(EXAMPLE)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{review.subject}, version {review.version}")
    page.locator(".board-stage[data-stage=production]").click()
    expect(sentence(page)).to_contain_text("Not ready for production")
    page.get_by_role("tab", name="Over time").click()
    expect(page.locator(".mlm-figure svg").first).to_be_visible()
    # A page that is loaded anew has a new kernel; the review comes back with it.
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{review.subject}, version {review.version}")
    # Its evidence lies in files; those that the person chooses are read, and no other.
    page.locator(".board-unread input[type=file]").set_input_files(list((EXAMPLE.parent / "churn").iterdir()))
    introduce(page, "Mei")
    expect(page.locator(".board-unread")).to_be_hidden()
    page.get_by_role("button", name="All reviews").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("heading", name="Begin a review")).to_be_visible()


def test_two_people_with_the_key_work_on_one_review(visit: Visit, served: Served) -> None:
    ana = visit(f"{address(served)}#key={KEY}")
    begin(ana, "ranking", "7", "Ana")
    choose_tier(ana, "low")
    assert KEY not in ana.url
    bo = visit(f"{address(served)}#key={KEY}")
    bo.get_by_role("button", name="ranking Version 7").click()
    expect(sentence(bo)).to_contain_text("Not ready for prototype exit")
    first = load_checklist("model-readiness").asked("prototype-exit", "low")[0].id
    say(ana, first, "Passes")
    expect(bo.locator(f"[data-item={first}] .board-state")).to_have_text("passed")
    expect(bo.locator(".board-noticed")).to_contain_text("Ana changed")
    # The address of a review that is kept finds it again.
    bo.reload()
    expect(bo.get_by_role("heading", level=1)).to_have_text("ranking, version 7")


def test_a_visitor_without_the_key_sees_no_kept_review(visit: Visit, served: Served) -> None:
    page = visit(f"{address(served)}#subject=ranking&version=7")
    expect(page.get_by_role("heading", name="The team’s reviews")).to_be_visible()
    expect(page.get_by_role("heading", name="Go on with a review")).to_have_count(0)


def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visit, served: Served) -> None:
    page = visit(address(served), width=390)
    page.locator("input[type=file]").first.set_input_files(EXAMPLE)
    expect(sentence(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_row_of_pages_shows_where_one_is(visit: Visit, served: Served) -> None:
    page = visit(address(served), width=390)
    here = page.get_by_role("navigation", name="Pages").locator("[aria-current]")
    expect(here).to_have_text("Readiness")
    row, entry = here.locator("xpath=..").bounding_box(), here.bounding_box()
    assert row is not None
    assert entry is not None
    assert here.evaluate("(each) => each.parentElement.scrollWidth > each.parentElement.clientWidth")
    assert row["x"] - 1 <= entry["x"]
    assert entry["x"] + entry["width"] <= row["x"] + row["width"] + 1
