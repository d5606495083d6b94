"""A figure is plain JSON that names no colours, and a drawing that needs nothing else."""

import json
import re
from pathlib import Path

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.asking import ask

from mlmgmt_widgets.ui import chart_rows, chart_theme, vega
from mlmgmt_widgets.ui.figure import Figure
from mlmgmt_widgets.ui.figure_view import FigureView

CHART = alt.Chart(alt.InlineData(values=[{"x": 1}]), width="container", height=40).mark_bar().encode(x="x:Q")


@pytest.fixture
def figure() -> Figure:
    return Figure("one-bar", "One bar", "It is long.", CHART, ["x"], [[1]])


def test_a_payload_is_plain_json_that_names_no_colour(figure: Figure) -> None:
    payload = figure.payload()
    text = json.dumps(payload["spec"], allow_nan=False)
    assert not re.search(r"#[0-9a-f]{3,8}\b", text)
    assert "config" not in payload["spec"]
    assert payload["rows"] == [[1]]


def test_a_drawing_has_no_script_and_no_outside_references(figure: Figure) -> None:
    drawing = figure.svg()
    assert drawing.startswith("<svg")
    assert "<script" not in drawing
    assert not re.search(r"(href|src)=", drawing)


def test_the_colours_of_paper_are_those_of_the_light_theme() -> None:
    css = Path(chart_theme.__file__).with_name("theme.css").read_text("utf-8")
    light = css[: css.index('[data-theme="dark"]')]
    for name, colour in chart_theme.LIGHT.items():
        said = re.search(rf"{name}: (?:var\([^,]+, )?(#[0-9a-f]+)", light)
        assert said is not None, name
        assert said[1] == colour


def test_every_colour_that_charts_name_is_in_both_themes() -> None:
    css = Path(chart_theme.__file__).with_name("theme.css").read_text("utf-8")
    named = set(re.findall(r"--mlm-[\w-]+", json.dumps(chart_theme.TEMPLATE)))
    assert named <= set(chart_theme.LIGHT)
    for theme in css.split('[data-theme="dark"]', 1):
        assert not {name for name in named if f"{name}:" not in theme}


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=300), st.integers(40, 400))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = chart_rows.wrap(text, width, most=10_000)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert chart_rows.text_width(line) <= 1.1 * width or len(line) == 1


def test_a_text_that_is_too_long_ends_in_an_ellipsis() -> None:
    lines = chart_rows.wrap("word " * 100, 100, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


def test_a_view_sends_vega_when_asked(figure: Figure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vega.js").write_text("export {}")
    monkeypatch.setattr(vega, "bundle", lambda: tmp_path / "vega.js")
    view = FigureView(figure)
    assert ask(view, "vega")["buffers"] == [b"export {}"]


def test_a_view_takes_any_altair_chart_and_can_show_another(figure: Figure) -> None:
    view = FigureView(CHART, title="Any chart")
    assert view.figure["title"] == "Any chart"
    view.show(figure)
    assert view.figure["id"] == "one-bar"


def test_what_a_browser_writes_is_ignored(figure: Figure) -> None:
    view = FigureView(figure)
    view.set_state({"figure": {"title": "forged"}})
    assert view.figure["title"] == "One bar"


def test_a_figure_is_shown_where_a_cell_ends_with_it(figure: Figure) -> None:
    assert figure._repr_mimebundle_()
