"""What a timeline looks like: deliveries, the schedule, what drives it, what would change it, and what is past.

Every function takes computed values and returns a `Figure`: an Altair chart in two layouts (wide, and for a phone) and
the same numbers as a table. Charts name no colours and fetch nothing. What moves with a plan's numbers is in named
datasets: figures with the same layout share their charts, and a page moves the marks of one to those of another.
"""

from mlmgmt_widgets.timeline.charts_capacity import research_share
from mlmgmt_widgets.timeline.charts_compared import comparison
from mlmgmt_widgets.timeline.charts_delivery import delivery
from mlmgmt_widgets.timeline.charts_drivers import changes, drivers
from mlmgmt_widgets.timeline.charts_histogram import histogram
from mlmgmt_widgets.timeline.charts_past import calibration
from mlmgmt_widgets.timeline.charts_schedule import schedule
from mlmgmt_widgets.timeline.charts_versions import Saved, versions
from mlmgmt_widgets.timeline.charts_whatif import trade_off
from mlmgmt_widgets.ui.figure import Figure

__all__ = [
    "Figure",
    "Saved",
    "calibration",
    "changes",
    "comparison",
    "delivery",
    "drivers",
    "histogram",
    "research_share",
    "schedule",
    "trade_off",
    "versions",
]
