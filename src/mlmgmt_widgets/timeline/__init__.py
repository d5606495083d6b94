"""The timeline: when a plan will be delivered, how likely, and what would change it.

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.durations import History, Percentiles, Range
    from mlmgmt_widgets.timeline.forecast import Bar, Forecast
    from mlmgmt_widgets.timeline.plan import Learned, Plan, Research, Risk, Task, Team, load_plan
    from mlmgmt_widgets.timeline.sensitivity import Driver
    from mlmgmt_widgets.timeline.simulation import simulate

__all__ = [
    "Bar",
    "Driver",
    "Forecast",
    "History",
    "Learned",
    "Percentiles",
    "Plan",
    "Range",
    "Research",
    "Risk",
    "Task",
    "Team",
    "load_plan",
    "simulate",
]

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "durations": ["History", "Percentiles", "Range"],
        "forecast": ["Bar", "Forecast"],
        "plan": ["Learned", "Plan", "Research", "Risk", "Task", "Team", "load_plan"],
        "sensitivity": ["Driver"],
        "simulation": ["simulate"],
    },
)
