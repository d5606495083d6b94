"""Readiness: whether a model version may go on, what is missing, and who says so.

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.readiness.checklist import Checklist, IfOpen, Item, RiskQuestion, load_checklist
    from mlmgmt_widgets.readiness.entries import Change, Checks, Entry, Evidence, SignOff, State
    from mlmgmt_widgets.readiness.evidence import FolderFiles, read_evidence
    from mlmgmt_widgets.readiness.item_rule import Rule
    from mlmgmt_widgets.readiness.judging import Finding, Open
    from mlmgmt_widgets.readiness.review import Review, load_review
    from mlmgmt_widgets.readiness.verdict import Verdict, Waived, evaluate

__all__ = [
    "Change",
    "Checklist",
    "Checks",
    "Entry",
    "Evidence",
    "Finding",
    "FolderFiles",
    "IfOpen",
    "Item",
    "Open",
    "Review",
    "RiskQuestion",
    "Rule",
    "SignOff",
    "State",
    "Verdict",
    "Waived",
    "evaluate",
    "load_checklist",
    "load_review",
    "read_evidence",
]

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "checklist": ["Checklist", "IfOpen", "Item", "RiskQuestion", "load_checklist"],
        "entries": ["Change", "Checks", "Entry", "Evidence", "SignOff", "State"],
        "evidence": ["FolderFiles", "read_evidence"],
        "item_rule": ["Rule"],
        "judging": ["Finding", "Open"],
        "review": ["Review", "load_review"],
        "verdict": ["Verdict", "Waived", "evaluate"],
    },
)
