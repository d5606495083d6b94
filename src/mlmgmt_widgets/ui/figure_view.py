"""One figure, or any Altair chart, as a widget that needs no CDN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from mlmgmt_widgets.ui import assets, vega
from mlmgmt_widgets.ui.figure import Figure
from mlmgmt_widgets.ui.screen import Reply, Request, Screen, asks

if TYPE_CHECKING:
    import altair as alt


class FigureView(Screen):
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
    _vega = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)

    def __init__(self, figure: Figure | alt.TopLevelMixin, title: str = "Chart") -> None:
        super().__init__(figure=_payload(figure, title), _vega=vega.name())

    def show(self, figure: Figure | alt.TopLevelMixin, title: str = "Chart") -> None:
        """Show another figure in the same place."""
        self.figure = _payload(figure, title)

    @asks("vega")
    def _send_vega(self, _: Request) -> Reply:
        return Reply({}, [vega.bundle().read_bytes()])


def _payload(figure: Figure | alt.TopLevelMixin, title: str) -> dict[str, object]:
    if isinstance(figure, Figure):
        return figure.payload()
    return Figure("chart", title, "", figure, (), ()).payload()
