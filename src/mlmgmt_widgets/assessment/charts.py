"""What a workshop's results look like.

Every function takes computed values and returns a `Figure`: an Altair chart in two layouts (wide, and for a phone) and
the same numbers as a table. Charts name no colours and fetch nothing.
"""

from mlmgmt_widgets.assessment.charts_answers import DISTRIBUTIONS, distributions, sections
from mlmgmt_widgets.assessment.charts_compared import compare, roles, trend
from mlmgmt_widgets.assessment.charts_ranked import agenda, dont_know
from mlmgmt_widgets.ui.figure import Figure

__all__ = ["DISTRIBUTIONS", "Figure", "agenda", "compare", "distributions", "dont_know", "roles", "sections", "trend"]
