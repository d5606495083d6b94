"""A room that is full, as whoever comes too late sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.assessment import load_rubric
from tests.browser.serving import serving


def test_a_newcomer_waits_and_comes_in_by_themselves(tmp_path: Path, visit: Callable[..., Page]) -> None:
    with serving(tmp_path / "home", options=["--max-participants", "1"]) as server:
        workshops = Workspace.open(f"sqlite:///{server.database}").workshops
        code = workshops.create(load_rubric("pulse"), "Search team").code
        inside = visit(server.join(code))
        expect(inside.get_by_role("button", name="Start")).to_be_visible()
        newcomer = visit(server.join(code), width=390)
        expect(newcomer.get_by_role("heading", name="The room is full at the moment")).to_be_visible()
        expect(newcomer.get_by_role("status").filter(has_text="Waiting for a place")).to_be_visible()
        newcomer.get_by_role("link", name="Try again now").click()
        expect(newcomer.get_by_role("heading", name="The room is full at the moment")).to_be_visible()
        inside.get_by_role("button", name="Start").click()  # whoever is inside goes on
        inside.get_by_role("radio").first.check()
        expect(inside.get_by_text("saved", exact=True)).to_be_visible()
        inside.goto("about:blank")
        expect(newcomer.get_by_role("button", name="Start")).to_be_visible()
        assert newcomer.url == server.join(code)
