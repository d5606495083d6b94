"""A Jupyter workbook for people who lead machine-learning teams.

The names below are imported when they are first used: a participant's page needs neither pandas nor a chart
library, and its kernel starts the sooner for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.survey import MaturitySurvey
    from mlmgmt_widgets.assessment.workshop import MaturityWorkshop
    from mlmgmt_widgets.ui.figure_view import FigureView
    from mlmgmt_widgets.workspace import Workspace

_HOME_OF = {
    "FigureView": "ui.figure_view",
    "MaturitySurvey": "assessment.survey",
    "MaturityWorkshop": "assessment.workshop",
    "Workspace": "workspace",
}

__all__ = ["FigureView", "MaturitySurvey", "MaturityWorkshop", "Workspace"]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
