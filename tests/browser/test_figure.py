"""Figures in a real browser: painted, readable, in the theme's colours, under a strict content security policy."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from playwright.sync_api import Locator, Page, expect

from mlmgmt_widgets.assessment import charts, load_rubric, read_responses, score
from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.assessment.groups import group_scores
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.ui import assets, figure, figure_view, screen, vega
from mlmgmt_widgets.ui.figure import Figure

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
# A page that shows one figure at a time, and sees what is drawn anew and what is moved.
LIVE = """
import { loadVega, showFigure } from "./figure.js";
import { mount } from "./screen.js";
const name = new URL(location).searchParams.get("vega");
window.drawn = [];
window.painted = [];
const vega = async () => {
  const { vegaEmbed } = await loadVega(name, () => Promise.reject(new Error("There is no kernel.")));
  return { vegaEmbed: async (...all) => {
    window.meanwhile?.();
    const result = await vegaEmbed(...all);
    window.drawn.push(result);
    return result;
  } };
};
addEventListener("mlm-painted", (event) => window.painted.push(event.detail.inPlace));
const el = document.createElement("section");
document.querySelector("main").append(el);
const { root } = mount(el, "mlm-test");
window.show = async (payload) => {
  window.figure?.destroy();
  const first = new Promise((resolve) => root.addEventListener("mlm-painted", resolve, { once: true }));
  window.figure = showFigure(root, payload, vega);
  await first;
  window.drawn = [];
  window.painted = [];
};
// Observers are told in the order in which they were made: when this one has been, so has the figure's own.
window.seen = () => new Promise((resolve) => new IntersectionObserver(resolve).observe(root.querySelector("figure")));
window.ready = true;
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
    (folder / "figure.js").write_text(assets.script(figure.__file__, "figure.js"), "utf-8")
    (folder / "screen.js").write_text(assets.script(screen.__file__, "screen.js"), "utf-8")
    (folder / "live.js").write_text(LIVE, "utf-8")
    (folder / "live.html").write_text(PAGE.replace("page.js", "live.js"), "utf-8")
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


DAY = 86_400_000  # milliseconds
START = 20_000 * DAY
TEXT = ".mark-text.role-mark text"
EDGE = 60  # pixels at both sides of a schedule, so that no label reaches over the edge


def schedule(step: int) -> Figure:
    """A chart in layers on one scale of dates, whose ends are params; it also filters and aggregates its data."""
    ends = {"domain": [alt.ExprRef("since"), alt.ExprRef("until")], "range": [EDGE, alt.ExprRef(f"width - {EDGE}")]}
    scale = alt.Scale(type="utc", nice=False, **ends)
    down = alt.Y("y:Q", scale=alt.Scale(domain=[100, 0], nice=False), axis=None)
    x = alt.X("x:T", scale=scale, axis=alt.Axis(title=None))
    bars = alt.Chart(alt.NamedData(name="bars"))
    says = alt.Chart(alt.NamedData(name="says"))
    layers = [
        bars.mark_rect(style="bar").encode(x=x, x2="x2:T", y=down, y2="y2:Q"),
        bars.mark_rect(style="hidden").encode(x=x, x2="x2:T", y=down, y2="y2:Q").transform_filter("datum.late"),
        bars.mark_rule(style="needed").encode(x=alt.X("max(x2):T", scale=scale)),
        says.mark_text(style="number").encode(x=x, y=down, text="text:N"),
    ]
    spans = [(START + (step + i) * DAY, START + (step + 2 * i + 3) * DAY) for i in range(2 + step % 3)]
    return Figure(
        "schedule",
        "A schedule",
        f"Step {step} of it.",
        alt.LayerChart(layer=layers, width="container", height=100).add_params(
            alt.param(name="since", value=START), alt.param(name="until", value=START + DAY)
        ),
        ["Step", "Bars"],
        [[step, len(spans)]],
        data={
            "bars": [
                {"x": x, "x2": x2, "y": 20 * i, "y2": 20 * i + 15, "late": i % 2 == step % 2}
                for i, (x, x2) in enumerate(spans)
            ],
            "says": [{"x": START + step * DAY, "y": 90, "text": f"step {step}"}],
        },
        params={"since": START - step * DAY, "until": START + (20 + step) * DAY},
    )


def counts(step: int) -> Figure:
    """A chart whose scales follow the data of two layers: names come and go, and numbers grow longer."""
    y = alt.Axis(title=None)
    layers = [
        alt.Chart(alt.NamedData(name="counts")).mark_bar().encode(x="name:N", y=alt.Y("sum(count):Q", axis=y)),
        alt.Chart(alt.NamedData(name="limits")).mark_rule().encode(y=alt.Y("limit:Q", axis=y)),
    ]
    return replace(
        schedule(step),
        chart=alt.LayerChart(layer=layers, width="container", height=100),
        data={
            "counts": [{"name": f"name {i % (3 + step)}", "count": 10**step} for i in range(9)],
            "limits": [{"limit": 12 * 10**step}],
        },
        params={},
    )


def live(visit: Visit, site: str, shown: Figure, **window: Any) -> Page:
    """Open a page that shows the figure, painted once."""
    page = visit(site.replace("index.html", "live.html"), **window)
    page.wait_for_function("window.ready")
    page.evaluate("(payload) => window.show(payload)", shown.payload())
    return page


def update(page: Page, payload: dict[str, Any]) -> None:
    page.evaluate("(payload) => window.figure.update(payload)", payload)


def marks(page: Page) -> list[str]:
    """Return the chart as markup; only the order in which an axis holds its ticks is left out."""
    found: list[str] = page.locator(".mlm-figure-stage svg").evaluate("""(svg) => {
      const markup = (selector) => [...svg.querySelectorAll(selector)].map((each) => each.outerHTML);
      return [svg.getAttribute("viewBox"), ...markup(".role-mark"),
        ...markup(".role-axis :is(path, line, text)").sort()];
    }""")
    return found


def drawn_anew(page: Page) -> int:
    return int(page.evaluate("window.drawn.length"))


def in_place(page: Page) -> list[bool]:
    """Of every painting since the first, whether it moved what was there."""
    flags: list[bool] = page.evaluate("window.painted")
    return flags


@pytest.mark.parametrize("kind", [schedule, counts])
@pytest.mark.parametrize("width", [390, 1280])
def test_marks_that_are_moved_lie_where_they_would_be_drawn(
    site: str, visit: Visit, kind: Callable[[int], Figure], width: int
) -> None:
    page = live(visit, site, kind(0), width=width)
    first = marks(page)
    page.evaluate("window.kept = [...document.querySelectorAll('.mlm-figure-stage, .mlm-figure-stage *')].slice(0, 3)")
    update(page, kind(3).live())
    moved = marks(page)
    assert in_place(page) == [True]
    assert drawn_anew(page) == 0
    assert page.evaluate("window.kept.every((each) => each.isConnected) && window.kept[2].matches('svg')")
    page.evaluate("(payload) => window.show(payload)", kind(3).payload())
    assert marks(page) == moved
    assert moved != first


def test_params_move_the_ends_of_a_scale(site: str, visit: Visit) -> None:
    figure = schedule(1)
    page = live(visit, site, figure)
    for since, until in [(0, 40), (-10, 10), (-2, 9)]:
        update(page, figure.live() | {"params": {"since": START + since * DAY, "until": START + until * DAY}})
        place = page.locator(TEXT).evaluate("(text) => text.transform.baseVal.consolidate().matrix.e")
        width = int(page.locator(".mlm-figure-stage").get_attribute("data-painted") or 0) - 2 * EDGE
        # The scale is a straight line; the text stands at the first day.
        assert place == pytest.approx(EDGE + width * (1 - since) / (until - since), abs=0.01)
    assert in_place(page) == [True] * 3


def test_labels_that_grow_get_their_room_and_it_is_not_taken_back(site: str, visit: Visit) -> None:
    page = live(visit, site, counts(0))
    drawing = page.locator(".mlm-figure-stage svg")
    at = """(svg) => svg.querySelector(".role-frame .background").getBoundingClientRect().left"""
    narrow = drawing.evaluate(at)
    update(page, counts(6).live())
    assert drawing.evaluate(OUTSIDE) == []
    wide = drawing.evaluate(at)
    assert wide > narrow + 20
    update(page, counts(0).live())
    assert drawing.evaluate(at) == wide
    assert in_place(page) == [True, True]


def test_an_update_touches_nothing_on_the_page_but_what_changed(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    page.get_by_role("button", name="CSV").focus()
    page.evaluate("""() => {
      window.touched = [];
      const stage = document.querySelector(".mlm-figure-stage");
      const outside = ({ target }) => target === stage || !stage.contains(target);
      new MutationObserver((all) => window.touched.push(...all.filter(outside).map(({ target }) => target)))
        .observe(document.querySelector("figure"), {
          subtree: true, childList: true, characterData: true, attributes: true });
    }""")
    update(page, schedule(2).live() | {"description": schedule(0).description})
    assert in_place(page) == [True]
    assert page.evaluate("window.touched.length") == 0
    expect(page.get_by_role("button", name="CSV")).to_be_focused()
    update(page, schedule(2).live())
    assert page.evaluate("[...new Set(window.touched)].map((each) => each.textContent)") == ["Step 2 of it."]


def test_what_stays_the_same_is_not_painted_again(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(0).live())
    update(page, schedule(0).payload())
    assert in_place(page) == []
    update(page, schedule(1).payload())
    assert in_place(page) == [True]


def test_updates_that_come_while_one_is_painted_are_one_and_the_latest_wins(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    steps = [schedule(step).live() for step in range(1, 40)]
    page.evaluate("(steps) => Promise.all(steps.map((step) => window.figure.update(step)))", steps)
    expect(page.locator(TEXT)).to_have_text("step 39")
    assert len(in_place(page)) <= 2
    others = [counts(1), schedule(1), counts(2), schedule(2)]
    page.evaluate(
        "(others) => Promise.all(others.map((other) => window.figure.update(other)))",
        [each.payload() for each in others],
    )
    expect(page.locator(TEXT)).to_have_text("step 2")
    assert drawn_anew(page) <= 2


def test_a_drawing_that_is_out_of_date_before_it_is_done_is_not_shown(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    page.evaluate(
        """async ([first, second]) => {
          let latest;
          window.meanwhile = () => { latest ??= window.figure.update(second); };
          await window.figure.update(first);
          await latest;
        }""",
        [counts(1).payload(), replace(counts(2), chart=schedule(0).chart, data=schedule(2).data).payload()],
    )
    expect(page.locator(TEXT)).to_have_text("step 2")
    assert drawn_anew(page) == 2
    assert in_place(page) == [False]


def test_a_dataset_that_is_not_sent_stays_as_it_was(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(1))
    update(page, schedule(2).live() | {"datasets": {"says": schedule(2).live()["datasets"]["says"]}})
    expect(page.locator(TEXT)).to_have_text("step 2")
    bars = page.locator(".layer_0_marks path")
    expect(bars).to_have_count(3)  # as in step 1; step 2 has four
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(page.locator(TEXT)).to_have_attribute("fill", "#e8ebee")
    expect(bars).to_have_count(3)


def far_below(page: Page, distance: int) -> None:
    """Move the figure this far below the screen, and wait until it has been told."""
    page.evaluate("(far) => { document.querySelector('main').style.paddingTop = `${innerHeight + far}px`; }", distance)
    page.evaluate("window.seen()")


def test_far_from_the_screen_an_update_is_kept_until_the_figure_comes_near(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    far_below(page, 2000)
    update(page, schedule(1).live())
    update(page, schedule(2).live())
    assert in_place(page) == []
    text = page.locator(TEXT)
    expect(text).to_have_text("step 0")
    page.locator("figure").scroll_into_view_if_needed()
    expect(text).to_have_text("step 2")
    assert in_place(page) == [True]


def test_just_below_the_screen_a_figure_is_kept_up_to_date(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    far_below(page, 200)
    update(page, schedule(1).live())
    expect(page.locator(TEXT)).to_have_text("step 1")


def test_a_figure_on_a_tab_that_is_not_shown_is_up_to_date_when_it_is(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    page.evaluate("() => { document.querySelector('main').hidden = true; return window.seen(); }")
    update(page, schedule(1).live())
    assert in_place(page) == []
    page.evaluate("document.querySelector('main').hidden = false")
    expect(page.locator(TEXT)).to_have_text("step 1")
    assert drawn_anew(page) == 0


def test_paper_shows_the_latest_numbers_of_figures_far_from_the_screen(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    far_below(page, 2000)
    update(page, schedule(1).live())
    page.evaluate("""addEventListener("afterprint", () => {
      window.printed = document.querySelector(".mark-text.role-mark text").textContent; }, { once: true })""")
    page.pdf()
    assert page.evaluate("window.printed") == "step 1"


def test_the_table_follows_when_it_is_open_and_when_it_is_opened(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(1).live())
    page.get_by_text("Show table").click()
    cells = page.locator("tbody td")
    expect(cells).to_have_text(["1", "3"])
    update(page, schedule(2).live())
    expect(cells).to_have_text(["2", "4"])
    expect(page.locator("details")).to_have_attribute("open", "")
    expect(page.locator("summary")).to_be_focused()


def test_a_table_is_up_to_date_before_it_is_seen_however_it_is_opened(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(1).live())
    said = page.evaluate("document.querySelector('summary').click(), document.querySelector('tbody').textContent")
    assert said == "13"
    page.get_by_text("Show table").click()
    update(page, schedule(2).live())
    page.evaluate("document.querySelector('details').open = true")  # as a search in the page does
    expect(page.locator("tbody td")).to_have_text(["2", "4"])


def test_another_drawing_is_drawn_anew_with_its_numbers(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(1).live())
    update(page, counts(1).payload())
    assert in_place(page) == [True, False]
    there = marks(page)
    page.evaluate("(payload) => window.show(payload)", counts(1).payload())
    assert marks(page) == there


def test_a_change_of_theme_or_width_keeps_the_latest_numbers(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(1).live())
    text = page.locator(TEXT)
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(text).to_have_attribute("fill", "#e8ebee")
    expect(text).to_have_text("step 1")
    update(page, schedule(2).live())
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("[data-painted='374'] svg")).to_be_visible()
    expect(text).to_have_text("step 2")
    assert in_place(page) == [True, False, True, False]


def test_the_layout_for_phones_moves_too(site: str, visit: Visit) -> None:
    narrow = alt.Chart(alt.NamedData(name="says"), width="container", height=40).mark_text().encode(text="text:N")
    page = live(visit, site, replace(schedule(0), narrow=narrow), width=390)
    expect(page.locator("svg path.background")).to_have_count(1)
    expect(page.locator(".mark-rect")).to_have_count(0)
    update(page, schedule(1).live())
    expect(page.locator(TEXT)).to_have_text("step 1")
    assert in_place(page) == [True]


def test_saved_files_hold_the_latest_numbers(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    update(page, schedule(1).live())
    rows = list(csv.reader(io.StringIO(saved(page, "CSV")[1].decode("utf-8-sig"))))
    assert rows == [["Step", "Bars"], ["1", "3"]]
    picture = saved(page, "SVG")[1].decode()
    assert "step 1" in picture
    assert "Step 1 of it." in picture
    update(page, schedule(1).live() | {"params": {"since": START, "until": START + 99 * DAY}})
    assert saved(page, "SVG")[1].decode() != picture


def test_where_marks_cannot_be_moved_the_chart_is_drawn_anew(site: str, visit: Visit) -> None:
    says = alt.Chart(alt.NamedData(name="says"), width="container", height=40).mark_text().encode(text="text:N")
    figure = replace(schedule(0), chart=says.transform_filter("datum.text.length > 0"))
    page = live(visit, site, figure)
    update(page, figure.live() | {"datasets": {"says": [{"text": None}]}})  # Vega fails while it reads the length
    assert in_place(page) == [False]
    for step in (1, 2):
        update(page, schedule(step).live())
        expect(page.locator(TEXT)).to_have_text(f"step {step}")
    assert in_place(page) == [False] * 3
    update(page, replace(schedule(3), chart=says).payload())
    update(page, replace(schedule(4), chart=says).payload())
    expect(page.locator(TEXT)).to_have_text("step 4")
    assert in_place(page) == [False] * 4 + [True]


def test_numbers_that_cannot_be_drawn_say_so_once_and_the_next_ones_are_drawn(site: str, visit: Visit) -> None:
    page = live(visit, site, schedule(0))
    sentence = page.get_by_text("could not be drawn here")
    update(page, schedule(0).live() | {"datasets": {"says": 7}})
    expect(sentence).to_be_visible()
    expect(page.locator("table")).to_be_visible()
    page.get_by_text("Show table").click()
    update(page, schedule(0).live() | {"datasets": {"says": 8}})
    expect(page.locator("table")).to_be_hidden()
    update(page, schedule(1).live())
    expect(sentence).to_be_hidden()
    expect(page.locator(TEXT)).to_have_text("step 1")
