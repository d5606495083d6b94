"""Small rubrics for tests: they stay still while the shipped content grows."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from mlmgmt_widgets.assessment import Response, Rubric

TOY: dict[str, Any] = {
    "id": "toy",
    "version": "1.0.0",
    "title": "A toy rubric",
    "answers": [
        {"value": 0, "label": "No"},
        {"value": 0.5, "label": "Partly"},
        {"value": 1, "label": "Yes"},
    ],
    "levels": {"bands": [{"upto": 0, "label": "Absent"}, {"upto": 1, "label": "Started"}, {"label": "Strong"}]},
    "sections": [
        {
            "id": "data",
            "title": "Data",
            "combine": "sum",
            "questions": [
                {"id": "data-versioned", "question": "Is data versioned?", "descriptors": ["no", "some", "all"]},
                {"id": "data-checked", "question": "Is data checked?", "roles": ["data-engineer"]},
            ],
        },
        {
            "id": "serving",
            "title": "Serving",
            "questions": [{"id": "canary", "question": "Is there a canary?", "evidence": "a dashboard"}],
        },
    ],
}


def toy(**changes: Any) -> Rubric:
    """The toy rubric, with other values at the top."""
    return Rubric.model_validate(toy_data(**changes))


def toy_data(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(TOY), **changes}


def flat(*weights: float, values: tuple[float, ...] = (0, 1, 2, 3, 4), **changes: Any) -> Rubric:
    """A rubric without sections, a question a weight: q0, q1 ..."""
    return Rubric.model_validate(
        {
            "id": "flat",
            "version": "1.0.0",
            "title": "Flat",
            "answers": [{"value": value, "label": f"answer {value}"} for value in values],
            "questions": [
                {"id": f"q{i}", "question": f"Question {i}?", "weight": weight} for i, weight in enumerate(weights)
            ],
            **changes,
        }
    )


def given(*people: dict[str, Any]) -> list[Response]:
    """A response for every dict of answers."""
    return [Response(respondent=f"r{i:02}", answers=answers) for i, answers in enumerate(people, 1)]


def written(folder: Path, text: str | bytes, name: str = "rubric.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# Two sections of one question each, for the tests of screens.
SMALL = {
    "id": "toy",
    "version": "1.0.0",
    "title": "A toy rubric",
    "answers": [{"value": 0, "label": "No"}, {"value": 0.5, "label": "Partly"}, {"value": 1, "label": "Yes"}],
    "levels": {"base": "Open", "stages": [{"label": "Sound", "requires": {"data": 0.75}}]},
    "sections": [
        {"id": "data", "title": "Data", "questions": [{"id": "versioned", "question": "Is data versioned?"}]},
        {"id": "serving", "title": "Serving", "questions": [{"id": "canary", "question": "Is there a canary?"}]},
    ],
}
