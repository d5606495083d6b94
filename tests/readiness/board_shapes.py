"""A small checklist and a review of it, for the tests of the board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlmgmt_widgets.readiness import Checklist
from mlmgmt_widgets.yaml_text import dump

TODAY = "2026-11-24"
QUESTION = "Can the team show it?"
TOY: dict[str, Any] = {
    "id": "toy",
    "version": "1.0.0",
    "title": "A toy checklist",
    "stages": ["prototype-exit", "shadow", "production"],
    "tiers": ["low", "high"],
    "meanings": {"shadow": "It sees live traffic; nobody acts on what it says."},
    "risk": [
        {
            "id": "people",
            "question": "Does it decide about people?",
            "tier": "high",
            "because": "it decides about people",
        },
    ],
    "sign_offs": {"production": ["product-owner", "ml-engineer"]},
    "items": [
        {
            "id": "auc-floor",
            "title": "AUC floor",
            "stage": "prototype-exit",
            "theme": "performance",
            "question": QUESTION,
            "owner": "ml-engineer",
            "rule": {"metric": "auc", "at_least": 0.8},
        },
        {
            "id": "schema",
            "title": "Schema checked",
            "stage": "shadow",
            "theme": "data-pipeline",
            "question": QUESTION,
            "why": "A column that changes its meaning breaks the model in silence.",
            "owner": "data-engineer",
            "carries_over": True,
        },
        {
            "id": "drift",
            "title": "Drift alert",
            "stage": "production",
            "theme": "monitoring",
            "question": QUESTION,
            "owner": "ml-engineer",
            "severity": "advisory",
        },
        {
            "id": "rollback-plan",
            "title": "Rollback plan",
            "stage": "production",
            "theme": "rollback",
            "question": QUESTION,
            "owner": "ml-engineer",
            "expires_after_days": 90,
            "waivable": False,
            "if_open": {"weeks": {"low": 0.4, "likely": 1, "high": 2}},
        },
        {
            "id": "rehearsed",
            "title": "Rollback rehearsed",
            "stage": "production",
            "theme": "rollback",
            "question": QUESTION,
            "owner": "ml-engineer",
            "tiers": ["high"],
            "tier_reason": "what nobody has tried fails at night",
            "if_open": {"title": "Rehearse the rollback", "weeks": 1},
        },
    ],
}
REVIEW: dict[str, Any] = {
    "checklist": "toy@1.0.0",
    "subject": "churn-model",
    "version": "3",
    "tier": "high",
    "items": {
        "auc-floor": {"evidence": [{"metric": "auc", "value": 0.83}]},
        "schema": {"status": "pass", "by": "Cy", "on": "2026-10-21"},
        "rollback-plan": {"status": "pass", "by": "Di", "on": "2026-11-01"},
    },
}


def toy() -> Checklist:
    return Checklist.model_validate(TOY)


def content_with_toy(folder: Path) -> Path:
    """A content folder in `folder` whose one checklist is the toy."""
    content = folder / "content"
    (content / "checklists").mkdir(parents=True)
    (content / "checklists" / "toy.yaml").write_text(dump(TOY, "checklist"), encoding="utf-8")
    return content
