"""What the workbook remembers: workshops, who takes part, what they answered; plans and their forecasts; reviews.

    workspace = Workspace.open()
    workshop = workspace.workshops.create(load_rubric("pulse"), "Search team")

Names are imported when they are first used, so that a kernel pays only for what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace.address import database_url, default_url
    from mlmgmt_widgets.workspace.errors import (
        PlanConflict,
        ReviewConflict,
        UnknownPlan,
        UnknownReview,
        UnknownWorkshop,
        WorkspaceError,
    )
    from mlmgmt_widgets.workspace.plans import Plans
    from mlmgmt_widgets.workspace.records import (
        Decision,
        Participant,
        Person,
        PlanSummary,
        PlanVersion,
        Progress,
        Revealed,
        ReviewRevision,
        ReviewSummary,
        SavedPlan,
        SavedReview,
        State,
        StoredAnswer,
        Workshop,
    )
    from mlmgmt_widgets.workspace.reviews import Reviews
    from mlmgmt_widgets.workspace.workshops import Workshops
    from mlmgmt_widgets.workspace.workspace import Workspace

__all__ = [
    "Decision",
    "Participant",
    "Person",
    "PlanConflict",
    "PlanSummary",
    "PlanVersion",
    "Plans",
    "Progress",
    "Revealed",
    "ReviewConflict",
    "ReviewRevision",
    "ReviewSummary",
    "Reviews",
    "SavedPlan",
    "SavedReview",
    "State",
    "StoredAnswer",
    "UnknownPlan",
    "UnknownReview",
    "UnknownWorkshop",
    "Workshop",
    "Workshops",
    "Workspace",
    "WorkspaceError",
    "database_url",
    "default_url",
]

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "address": ["database_url", "default_url"],
        "errors": [
            "PlanConflict",
            "ReviewConflict",
            "UnknownPlan",
            "UnknownReview",
            "UnknownWorkshop",
            "WorkspaceError",
        ],
        "plans": ["Plans"],
        "records": [
            "Decision",
            "Participant",
            "Person",
            "PlanSummary",
            "PlanVersion",
            "Progress",
            "Revealed",
            "ReviewRevision",
            "ReviewSummary",
            "SavedPlan",
            "SavedReview",
            "State",
            "StoredAnswer",
            "Workshop",
        ],
        "reviews": ["Reviews"],
        "workshops": ["Workshops"],
        "workspace": ["Workspace"],
    },
)
