"""What a review looks like: how it came along, where it has gaps, and what will lapse.

Every function takes computed values and returns a `Figure`: an Altair chart in two layouts (wide, and for a phone) and
the same numbers as a table. Charts name no colours and fetch nothing. What moves with a review is in named datasets:
figures with the same rows share their charts, and a page moves the marks of one to those of another.
"""

from mlmgmt_widgets.readiness.charts_items import items
from mlmgmt_widgets.readiness.charts_lapsing import lapsing
from mlmgmt_widgets.readiness.charts_progress import progress
from mlmgmt_widgets.ui.figure import Figure

__all__ = ["Figure", "items", "lapsing", "progress"]
