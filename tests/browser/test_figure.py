"""Figures in a real browser: painted, readable, in the theme's colours, under a strict content security policy."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from mlmgmt_widgets.assessment import charts, load_rubric, read_responses, score
from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.assessment.groups import group_scores
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.ui import assets, figure, figure_view, vega

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; script-src 'self' blob:; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'"
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Figures</title><link rel="icon" href="data:,"><link rel="stylesheet" href="style.css"><body><main></main>
<script type="module" src="page.js"></script></body></html>"""
# A stub of the widget's model: it answers "vega" with the bundle, as the kernel does.
SCRIPT = """
import view from "./view.js";
const payload = await (await fetch("figures.json")).json();
const name = new URL(location).searchParams.get("vega");
window.shown = payload.map((figure) => {
  const listeners = {};
  const state = { figure, _vega: name };
  const model = {
    get: (key) => state[key],
    set(key, value) { state[key] = value; for (const each of listeners["change:" + key] ?? []) each(); },
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off: (event, listener) => { listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener); },
    async send({ kind, ticket }) {
      window.asked = (window.asked ?? 0) + 1;
      const bytes = await (await fetch("bundle.bin")).arrayBuffer();
      for (const each of listeners["msg:custom"]) each({ ticket }, [new DataView(bytes)]);
    },
  };
  const el = document.createElement("section");
  document.querySelector("main").append(el);
  return { model, el, stop: view.render({ model, el }) };
});
"""


CONTRAST = """(svg) => {
  const linear = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((each) => linear(Number(each)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = getComputedStyle(svg.closest(".mlm")).backgroundColor;
  const marks = [...svg.querySelectorAll(".mark-rect path")];
  const under = (x, y) => marks.filter((mark) => {
    const box = mark.getBoundingClientRect();
    return box.left < x && x < box.right && box.top < y && y < box.bottom;
  }).at(-1);
  return [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => {
    const box = text.getBoundingClientRect();
    const mark = under((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const colours = [getComputedStyle(text).fill, mark ? getComputedStyle(mark).fill : ground];
    const [a, b] = colours.map(light).sort((p, q) => q - p);
    return [(a + 0.05) / (b + 0.05), text.textContent, ...colours];
  }).sort((p, q) => p[0] - q[0])[0];
}"""
OUTSIDE = """(svg) => {
  const box = svg.getBoundingClientRect();
  const cut = (text) => {
    const its = text.getBoundingClientRect();
    return its.left < box.left - 2 || its.right > box.right + 2;
  };
  return [...svg.querySelectorAll("text")].filter(cut).map((text) => text.textContent);
}"""
COLLISIONS = """(svg) => {
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const overlap = (p, q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2
    && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 6;
  return texts.flatMap((a, i) => texts.slice(i + 1)
    .filter((_, j) => overlap(boxes[i], boxes[i + 1 + j])).map((b) => `${a.textContent} / ${b.textContent}`));
}"""


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def payloads() -> list[dict[str, Any]]:
    rubric = load_rubric("mlops-maturity")
    march, september = (
        read_responses(rubric, shipped() / "examples" / f"maturity-2026-{month}.csv") for month in ("03", "09")
    )
    before, after = score(rubric, march), score(rubric, september)
    return [
        charts.sections(after, rubric).payload(),
        charts.agenda(agenda(rubric, after)).payload(),
        charts.roles(group_scores(rubric, september, 3), rubric).payload(),
        charts.compare(before, after, rubric).payload(),
        charts.distributions(after, rubric).payload(),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, payloads: list[dict[str, Any]]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    bundle = vega.bundle().read_bytes()
    (folder / "mlmgmt" / "static").mkdir(parents=True)
    (folder / "mlmgmt" / "static" / vega.name()).write_bytes(bundle)
    (folder / "bundle.bin").write_bytes(bundle)
    (folder / "view.js").write_text(assets.script(figure_view.__file__, "figure_view.js"), "utf-8")
    (folder / "style.css").write_text(assets.style(figure.__file__, "figure.css"), "utf-8")
    (folder / "page.js").write_text(SCRIPT, "utf-8")
    (folder / "index.html").write_text(PAGE, "utf-8")
    (folder / "figures.json").write_text(json.dumps(payloads), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html?vega={vega.name()}"
    server.shutdown()


Visit = Callable[..., Page]


def painted(page: Page, payloads: list[dict[str, Any]]) -> list[Locator]:
    stages = page.locator("[data-painted] svg")
    expect(stages).to_have_count(len(payloads), timeout=30_000)
    return stages.all()


@pytest.mark.parametrize("width", [390, 1280])
def test_charts_are_painted_within_the_page_and_no_text_is_cut_off(
    site: str, visit: Visit, payloads: list[dict[str, Any]], width: int
) -> None:
    page = visit(site, width=width)
    for drawing in painted(page, payloads):
        assert drawing.evaluate(OUTSIDE) == []
        assert drawing.locator("path").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    said = re.sub(r"\s+", "", page.locator("main").inner_text())
    for question in load_rubric("mlops-maturity").questions:
        assert re.sub(r"\s+", "", question.question) in said


@pytest.mark.parametrize("width", [390, 1280])
def test_texts_do_not_collide(site: str, visit: Visit, payloads: list[dict[str, Any]], width: int) -> None:
    for drawing in painted(visit(site, width=width), payloads):
        assert drawing.evaluate(COLLISIONS) == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_contrast_also_on_marks(
    site: str, visit: Visit, payloads: list[dict[str, Any]], dark: bool
) -> None:
    page = visit(site, dark=dark)
    drawings = painted(page, payloads)
    page.evaluate("for (const each of document.querySelectorAll('.mlm')) each.style.background = 'var(--mlm-ground)'")
    for drawing in drawings:
        least, *where = drawing.evaluate(CONTRAST)
        assert least >= 4.5, where


def test_colours_follow_the_theme_while_the_page_is_open(
    site: str, visit: Visit, payloads: list[dict[str, Any]]
) -> None:
    page = visit(site)
    painted(page, payloads)
    text = page.locator("svg text").filter(has_text="Overall").first
    expect(text).to_have_attribute("fill", "#1b1f24")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(text).to_have_attribute("fill", "#e8ebee")


def test_a_chart_follows_the_width_of_the_page(site: str, visit: Visit, payloads: list[dict[str, Any]]) -> None:
    page = visit(site)
    painted(page, payloads)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("[data-painted='374'] svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_table_holds_the_numbers(site: str, visit: Visit, payloads: list[dict[str, Any]]) -> None:
    page = visit(site)
    first = page.locator("figure").first
    expect(first.locator("table")).to_be_hidden()
    first.get_by_text("Show table").click()
    expect(first.locator("tbody tr")).to_have_count(len(payloads[0]["rows"]))
    expect(first.locator("thead th").first).to_have_text("Section")
    expect(first.locator("tbody tr").first).to_contain_text("Overall")


def saved(page: Page, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.locator("figure").first.get_by_role("button", name=kind).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_a_figure_is_saved_as_png_svg_and_csv(site: str, visit: Visit, payloads: list[dict[str, Any]]) -> None:
    page = visit(site, width=390, dark=True)
    painted(page, payloads)
    name, png = saved(page, "PNG")
    assert name == "sections.png"
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] == 1800  # the wide layout, at twice the pixels, also from a phone
    name, svg = saved(page, "SVG")
    assert name == "sections.svg"
    assert "Where each section stands" in svg.decode()
    assert "#1b1f24" in svg.decode()  # light, whatever the page is
    name, table = saved(page, "CSV")
    assert name == "sections.csv"
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert rows[0] == payloads[0]["columns"]
    assert len(rows) == 1 + len(payloads[0]["rows"])


def test_formulas_stay_text_in_a_saved_csv(site: str, visit: Visit, payloads: list[dict[str, Any]]) -> None:
    page = visit(site)
    painted(page, payloads)
    page.evaluate("""() => { const { model } = window.shown[0]; const figure = model.get("figure");
        model.set("figure", { ...figure, rows: [["=1+1", ...figure.columns.slice(1).map(() => null)]] }); }""")
    assert b"'=1+1,," in saved(page, "CSV")[1]


def test_where_no_server_has_vega_the_kernel_sends_it_once(
    site: str, visit: Visit, payloads: list[dict[str, Any]]
) -> None:
    page = visit(site.replace(vega.name(), "not-there.js"))
    painted(page, payloads)
    assert page.evaluate("window.asked") == 1


def test_a_chart_that_cannot_be_drawn_says_so_and_opens_its_table(
    site: str, visit: Visit, payloads: list[dict[str, Any]]
) -> None:
    page = visit(site)
    painted(page, payloads)
    page.evaluate("""() => { const { model } = window.shown[0];
        model.set("figure", { ...model.get("figure"), spec: { mark: 7 }, narrow: null }); }""")
    first = page.locator("figure").first
    expect(first.get_by_text("could not be drawn here")).to_be_visible()
    expect(first.locator("table")).to_be_visible()


def test_a_figure_shows_another_and_cleans_up(site: str, visit: Visit, payloads: list[dict[str, Any]]) -> None:
    page = visit(site)
    painted(page, payloads)
    page.evaluate("window.shown[0].model.set('figure', window.shown[1].model.get('figure'))")
    expect(page.locator("figure h3").first).to_have_text(payloads[1]["title"])
    page.evaluate("window.shown.forEach((each) => each.stop())")
    expect(page.locator("figure")).to_have_count(0)
