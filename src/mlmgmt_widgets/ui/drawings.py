"""Which drawings of figures a page has already, so that only their numbers are sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure


@dataclass
class Drawings:
    """Names the drawings of figures; `ui/drawings.js` is the page's side of it.

    Charts are built once for each structure and kept by the functions that draw them; so a chart is known by itself.
    """

    _kept: list[object] = field(default_factory=list)

    def name(self, figure: Figure) -> str:
        """A name that figures share exactly if they share their drawing."""
        for number, chart in enumerate(self._kept):
            if chart is figure.chart:
                return f"{figure.id}-{number}"
        self._kept.append(figure.chart)
        return f"{figure.id}-{len(self._kept) - 1}"

    def payload(self, figure: Figure, known: frozenset[str]) -> dict[str, Any]:
        """A figure for a page that knows these drawings."""
        name = self.name(figure)
        return {"drawing": name, **(figure.live() if name in known else figure.payload())}
