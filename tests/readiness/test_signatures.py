"""Who signed which stage of this version, and who has yet to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mlmgmt_widgets.readiness import Checklist, Review, evaluate, summary

TODAY = date(2026, 11, 24)
ASKED = Checklist.model_validate(
    {
        "id": "toy",
        "version": "1",
        "title": "Toy",
        "stages": ["shadow", "live"],
        "sign_offs": {"shadow": ["ml-engineer"], "live": ["product-owner", "ml-engineer"]},
        "items": [{"id": "plan", "stage": "shadow", "question": "?"}],
    }
)
GO = {"role": "ml-engineer", "by": "Ana", "on": "2026-11-20", "stage": "live"}


def stands(*given: dict[str, Any], stage: str = "live", version: str = "3") -> list[tuple[str, str, str | None]]:
    review = Review.model_validate(
        {"checklist": "toy@1", "subject": "churn", "version": version, "sign_offs": list(given)}
    )
    verdict = evaluate(ASKED, review, stage=stage, today=TODAY)
    assert not verdict.ready  # whatever was signed
    return [(each.stage, each.role, each.said.decision if each.said else None) for each in verdict.signatures]


SHADOW, OWNER, ENGINEER = ("shadow", "ml-engineer"), ("live", "product-owner"), ("live", "ml-engineer")


@pytest.mark.parametrize(
    ("given", "engineer"),
    [
        ([], None),
        ([GO], "go"),
        ([GO, {**GO, "decision": "no-go"}], "no-go"),
        ([{**GO, "decision": "no-go"}, GO], "go"),
        ([{**GO, "version": "3"}], "go"),
        ([GO, {**GO, "version": "2", "decision": "no-go"}], "go"),
        ([{**GO, "version": "2"}], None),
        ([{**GO, "on": "2026-11-25"}], "go"),  # it may be tomorrow already where somebody signs
        ([{**GO, "on": "2026-11-26"}], None),
    ],
)
def test_the_last_word_of_a_role_about_this_version_stands(given: list[dict[str, Any]], engineer: str | None) -> None:
    assert stands(*given) == [(*SHADOW, None), (*OWNER, None), (*ENGINEER, engineer)]


def test_a_signature_without_a_stage_is_for_all_of_them() -> None:
    everything = {each: GO[each] for each in GO if each != "stage"}
    assert stands(everything) == [(*SHADOW, "go"), (*OWNER, None), (*ENGINEER, "go")]
    assert stands(everything, stage="shadow") == [(*SHADOW, "go")]


def test_who_signs_without_being_asked_is_there_too() -> None:
    assert stands({**GO, "role": "head-of-data", "stage": "shadow"}, stage="shadow") == [
        (*SHADOW, None),
        ("shadow", "head-of-data", "go"),
    ]


def test_the_gate_s_text_says_who_signed_and_who_has_not() -> None:
    signed = [{**GO, "decision": "no-go", "note": "not in December"}]
    review = Review.model_validate({"checklist": "toy@1", "subject": "churn", "version": "3", "sign_offs": signed})
    said = summary.text(ASKED, evaluate(ASKED, review, stage="live", today=TODAY))
    assert "  - Product owner, live: not yet\n" in said
    assert "  - ML engineer, live: no-go by Ana, 20 November 2026: not in December\n" in said
    nobody = summary.text(ASKED, evaluate(ASKED.model_copy(update={"sign_offs": {}}), review, stage="shadow"))
    assert "Sign-offs" not in nobody
