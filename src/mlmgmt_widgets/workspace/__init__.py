"""What the workbook remembers: workshops, who takes part, what they answered.

    workspace = Workspace.open()
    workshop = workspace.workshops.create(load_rubric("pulse"), "Search team")

Names are imported when they are first used, so that a kernel pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace.address import database_url, default_url
    from mlmgmt_widgets.workspace.errors import UnknownWorkshop, WorkspaceError
    from mlmgmt_widgets.workspace.records import (
        Decision,
        Participant,
        Person,
        Progress,
        State,
        StoredAnswer,
        Workshop,
    )
    from mlmgmt_widgets.workspace.workshops import Workshops
    from mlmgmt_widgets.workspace.workspace import Workspace

__all__ = [
    "Decision",
    "Participant",
    "Person",
    "Progress",
    "State",
    "StoredAnswer",
    "UnknownWorkshop",
    "Workshop",
    "Workshops",
    "Workspace",
    "WorkspaceError",
    "database_url",
    "default_url",
]

_HOMES = {
    "address": ("database_url", "default_url"),
    "errors": ("UnknownWorkshop", "WorkspaceError"),
    "records": ("Decision", "Participant", "Person", "Progress", "State", "StoredAnswer", "Workshop"),
    "workshops": ("Workshops",),
    "workspace": ("Workspace",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
