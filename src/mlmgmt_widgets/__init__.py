"""A Jupyter workbook for people who lead machine-learning teams.

The names below are imported when they are first used: a participant's page needs neither pandas nor a chart
library, and its kernel starts the sooner for it.
"""

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.survey import MaturitySurvey
    from mlmgmt_widgets.assessment.workshop import MaturityWorkshop
    from mlmgmt_widgets.readiness.board import ReadinessBoard
    from mlmgmt_widgets.timeline.estimator import TimelineEstimator
    from mlmgmt_widgets.ui.figure_view import FigureView
    from mlmgmt_widgets.workspace import Workspace

__all__ = ["FigureView", "MaturitySurvey", "MaturityWorkshop", "ReadinessBoard", "TimelineEstimator", "Workspace"]

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "assessment.survey": ["MaturitySurvey"],
        "assessment.workshop": ["MaturityWorkshop"],
        "readiness.board": ["ReadinessBoard"],
        "timeline.estimator": ["TimelineEstimator"],
        "ui.figure_view": ["FigureView"],
        "workspace": ["Workspace"],
    },
)
