"""A figure is plain JSON that names no colours, and a drawing that needs nothing else."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.asking import ask

from mlmgmt_widgets.ui import chart_rows, chart_theme, vega
from mlmgmt_widgets.ui.figure import Figure
from mlmgmt_widgets.ui.figure_view import FigureView

CHART = alt.Chart(alt.InlineData(values=[{"x": 1}]), width="container", height=40).mark_bar().encode(x="x:Q")

SCALE = alt.Scale(domain=[0, alt.ExprRef("most")], nice=False)
NAMED = (
    alt.Chart(alt.NamedData(name="bars"), width="container", height=40)
    .mark_bar()
    .encode(x=alt.X("x:Q", scale=SCALE))
    .add_params(alt.param(name="most", value=1))
)


class Untouchable:
    """Stands for a chart that would take long to become JSON."""

    def to_dict(self, **_: object) -> dict[str, Any]:
        raise AssertionError("The chart was asked for its drawing.")


@pytest.fixture
def figure() -> Figure:
    return Figure("one-bar", "One bar", "It is long.", CHART, ["x"], [[1]])


@pytest.fixture
def live(figure: Figure) -> Figure:
    return replace(figure, chart=NAMED, narrow=NAMED, data={"bars": [{"x": 3}]}, params={"most": 4})


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


def test_numbers_travel_beside_the_drawing_and_leave_it_alone(live: Figure) -> None:
    payload, moved = live.payload(), replace(live, data={"bars": [{"x": 2}]}, params={"most": 9}).payload()
    assert (payload["datasets"], payload["params"]) == ({"bars": [{"x": 3}]}, {"most": 4})
    assert (moved["datasets"], moved["params"]) == ({"bars": [{"x": 2}]}, {"most": 9})
    assert (payload["spec"], payload["narrow"]) == (moved["spec"], moved["narrow"])
    assert "datasets" not in payload["spec"]


def test_a_payload_is_what_is_live_and_how_it_is_drawn(live: Figure) -> None:
    payload, numbers = live.payload(), live.live()
    assert payload.keys() - numbers.keys() == {"spec", "narrow", "config", "paper"}
    assert {key: payload[key] for key in numbers} == numbers
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers


def test_what_is_live_asks_no_chart_for_its_drawing(live: Figure) -> None:
    untouchable = cast("alt.TopLevelMixin", Untouchable())
    assert replace(live, chart=untouchable, narrow=untouchable).live() == live.live()


def test_named_numbers_are_drawn_as_if_they_stood_in_the_chart(live: Figure, figure: Figure) -> None:
    scale = alt.Scale(domain=[0, 4], nice=False)
    data = alt.InlineData(values=[{"x": 3}])
    inline = alt.Chart(data, width="container", height=40).mark_bar().encode(x=alt.X("x:Q", scale=scale))
    assert live.svg() == replace(figure, chart=inline).svg()
    assert replace(live, data={"bars": [{"x": 2}]}).svg() != live.svg()
    assert replace(live, params={"most": 5}).svg() != live.svg()


def test_a_param_without_a_value_here_keeps_that_of_the_chart_and_an_expression_gives_way(live: Figure) -> None:
    chart = NAMED.add_params(alt.param(name="half", expr="most / 2"))
    figure = replace(live, chart=chart, params={"half": 7, "unused": 1})
    assert figure.spec()["params"] == [{"name": "most", "value": 1}, {"name": "half", "value": 7}]
    assert replace(figure, params={}).spec()["params"][1] == {"name": "half", "expr": "most / 2"}


def test_numbers_without_names_stay_beside_those_with_names(live: Figure) -> None:
    figure = replace(live, chart=alt.LayerChart(layer=[NAMED, CHART]))
    assert sorted(map(str, figure.spec()["datasets"].values())) == ["[{'x': 1}]", "[{'x': 3}]"]
