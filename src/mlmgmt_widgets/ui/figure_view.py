"""One figure, or any Altair chart, as a widget that needs no CDN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from mlmgmt_widgets.ui import assets
from mlmgmt_widgets.ui.figure import Figure
from mlmgmt_widgets.ui.screens import DrawingScreen

if TYPE_CHECKING:
    import altair as alt


class FigureView(DrawingScreen):
    """Shows a `Figure`, or an Altair chart, wherever widgets are shown; works without the internet.

    Args:
        figure: what to show. A bare chart has no table, and its own title is drawn as it is.
        title: words above a bare chart.

    Example:
        >>> import altair as alt
        >>> chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
        >>> FigureView(chart, title="One bar").figure["title"]
        'One bar'
    """

    _esm = assets.script(__file__, "figure_view.js")
    _css = assets.style(__file__, "figure.css")
    figure = traitlets.Dict().tag(sync=True)

    def __init__(self, figure: Figure | alt.TopLevelMixin, title: str = "Chart") -> None:
        super().__init__(figure=_payload(figure, title))

    def show(self, figure: Figure | alt.TopLevelMixin, title: str = "Chart") -> None:
        """Show another figure in the same place."""
        self.figure = _payload(figure, title)


def _payload(figure: Figure | alt.TopLevelMixin, title: str) -> dict[str, object]:
    if isinstance(figure, Figure):
        return figure.payload()
    return Figure("chart", title, "", figure, (), ()).payload()
