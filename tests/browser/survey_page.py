"""What a person does on the survey's page, and what they see there."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def enter(page: Page, role: str = "ml-engineer") -> None:
    page.get_by_label("Your role").select_option(role)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("fieldset")).to_be_visible()


def answer(page: Page, value: float | str) -> None:
    page.locator(f"fieldset input[value='{value}']").check()


def saved(page: Page) -> None:
    expect(page.locator(".survey-status")).to_have_text("saved", timeout=60_000)


def next_part(page: Page) -> None:
    page.locator(".survey-foot .mlm-primary").click()


def token(page: Page) -> str:
    found = page.evaluate("Object.entries(localStorage).find(([key]) => key.endsWith(':token'))[1]")
    return str(found).strip('"')
