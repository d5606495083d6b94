"""A figure: a chart that says what it shows, with the same numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.ui import chart_theme

if TYPE_CHECKING:
    import altair as alt

Cell = str | int | float | None


@dataclass(frozen=True)
class Figure:
    """A chart, its words and its table.

    A chart whose numbers move gives its data and its scales' ends names: `alt.NamedData(name="bars")` for a dataset,
    `alt.param(name="until", value=...)` for a value, which `alt.ExprRef("until")` reads. `data` and `params` then hold
    the numbers, the drawing itself stays, and the page moves its marks in place (`live`).

    Attributes:
        id: kebab-case; saved files are named after it.
        title: what the chart shows.
        description: how to read it, in a sentence or two.
        chart: an Altair chart that names no colours; with `width="container"` it follows the page.
        columns: the table's headings.
        rows: the table's cells, as many in each row as there are headings.
        narrow: the same chart laid out for a phone; without it, `chart` serves there too.
        data: the records of each dataset that the layouts refer to by name, as plain JSON. A name that a layout does
            not use is ignored there.
        params: values for top-level params of the layouts, as plain JSON, in place of those that the layouts give. A
            name that a layout does not use is ignored there.

    Example:
        >>> import altair as alt
        >>> chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
        >>> Figure("one", "One bar", "", chart, ["x"], [[1]]).payload()["title"]
        'One bar'
        >>> chart = alt.Chart(alt.NamedData(name="bars")).mark_bar().encode(x="x:Q")
        >>> Figure("one", "One bar", "", chart, ["x"], [[2]], data={"bars": [{"x": 2}]}).live()["datasets"]
        {'bars': [{'x': 2}]}
    """

    id: str
    title: str
    description: str
    chart: alt.TopLevelMixin
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    narrow: alt.TopLevelMixin | None = None
    data: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Return the figure as plain JSON for `showFigure` in figure.js: `live()` and how to draw it."""
        return self.live() | {
            "spec": _spec(self.chart),
            "narrow": _spec(self.narrow) if self.narrow is not None else None,
            "config": chart_theme.TEMPLATE,
            "paper": chart_theme.LIGHT,
        }

    def live(self) -> dict[str, Any]:
        """Return words, table, `data` and `params` as plain JSON, without the drawing.

        It is what `update` in figure.js needs to move a chart that is on the page, and is quick to make: Altair, which
        takes longer than everything else about a figure, is not asked.
        """
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "datasets": {name: [dict(record) for record in records] for name, records in self.data.items()},
            "params": dict(self.params),
        }

    def spec(self, width: int = 720) -> dict[str, Any]:
        """Return a complete Vega-Lite specification in the colours of paper.

        Args:
            width: of the chart, in pixels.
        """
        spec = self._complete(_spec(self.chart))
        if spec.get("width") == "container":
            spec["width"] = width
        return spec | {"config": chart_theme.light()}

    def svg(self, width: int = 720) -> str:
        """Return the chart as an SVG drawing without script or outside references, in the colours of paper."""
        import vl_convert

        drawing: str = vl_convert.vegalite_to_svg(self.spec(width), vl_version=_vega_lite())
        return drawing

    def _complete(self, spec: dict[str, Any]) -> dict[str, Any]:
        # The browser does the same; figure.js calls it `complete`.
        whole = dict(spec)
        if self.data:
            whole["datasets"] = spec.get("datasets", {}) | self.live()["datasets"]
        if "params" in spec:
            whole["params"] = [_valued(param, self.params) for param in spec["params"]]
        return whole

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        """Show the chart where a notebook's cell ends with the figure."""
        import altair as alt

        del include, exclude
        spec = self.spec()
        spec["title"] = {"text": self.title, "subtitle": self.description}
        return alt.Chart.from_dict(spec, validate=False)._repr_mimebundle_()


def _spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    # What a chart may hold was checked when it was built; checking the whole again doubles the time.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return {key: value for key, value in spec.items() if key != "config"}


def _valued(param: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    if param["name"] not in values:
        return param
    # A param has a value or an expression, never both.
    return {key: each for key, each in param.items() if key != "expr"} | {"value": values[param["name"]]}


def _vega_lite() -> str:
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
