"""The same tests run on SQLite and, where its test server is installed, on PostgreSQL."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.databases import KINDS

from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.timeline.plan import Plan
from mlmgmt_widgets.workspace import Participant, Workshop, Workspace

SCALE = [{"value": value, "label": f"Level {value}"} for value in range(5)]


def toy_rubric(**changes: Any) -> Rubric:
    return Rubric.model_validate(
        {
            "id": "toy",
            "version": "1.0.0",
            "title": "A toy rubric",
            "answers": SCALE,
            "sections": [
                {
                    "id": "data",
                    "title": "Data",
                    "questions": [{"id": f"q{n}", "question": f"Question {n}?"} for n in range(1, 36)],
                },
            ],
            **changes,
        },
    )


def toy_plan(**changes: Any) -> Plan:
    return Plan.model_validate(
        {
            "title": "A toy plan",
            "start": "2027-01-04",
            "tasks": [
                {"id": "pipeline", "weeks": {"low": 1, "likely": 3, "high": 8}},
                {"id": "rollout", "weeks": 2, "after": ["pipeline"]},
            ],
            **changes,
        },
    )


def toy_checklist(**changes: Any) -> Checklist:
    return Checklist.model_validate(
        {
            "id": "toy",
            "version": "1.0.0",
            "title": "A toy checklist",
            "stages": ["shadow", "production"],
            "tiers": ["low", "high"],
            "risk": [
                {"id": "people", "question": "Is it about people?", "tier": "high", "because": "it is about people"},
                {"id": "money", "question": "Is it about money?", "tier": "high", "because": "it is about money"},
            ],
            "items": [{"id": f"i{n}", "stage": "shadow", "question": f"Question {n}?"} for n in range(1, 7)],
            **changes,
        },
    )


def toy_review(**changes: Any) -> Review:
    return Review.model_validate({"checklist": "toy@1.0.0", "subject": "churn-model", "version": "3", **changes})


class Room:
    """A workshop with people in it."""

    def __init__(self, workspace: Workspace, workshop: Workshop) -> None:
        self.workspace = workspace
        self.workshops = workspace.workshops
        self.code = workshop.code
        self.tokens: list[str] = []
        self._sequence = 0

    def join(self, role: str = "", name: str = "") -> str:
        token = secrets.token_hex(16)
        self.workshops.enter(self.code, token, role, name)
        self.tokens.append(token)
        return token

    def say(self, token: str, answer: Any, question: str = "q1", comment: str = "") -> None:
        self._sequence += 1
        self.workshops.record(self.code, token, question, answer, comment, sequence=self._sequence)

    def people_who_said(self, *answers: Any) -> list[str]:
        tokens = [self.join() for _ in answers]
        for token, answer in zip(tokens, answers, strict=True):
            self.say(token, answer)
        return tokens

    def seen_by(self, token: str) -> Participant:
        participant = self.workshops.participant(self.code, token)
        assert participant is not None
        return participant

    def shown(self) -> list[Any]:
        return sorted(str(each.answers.get("q1")) for each in self.workshops.revealed_responses(self.code))


@pytest.fixture(scope="session")
def server(postgresql: str) -> str:
    return postgresql


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever uses a database on both kinds, unless it says on which."""
    said = [name for mark in metafunc.definition.iter_markers("parametrize") for name in str(mark.args[0]).split(",")]
    if "address" in metafunc.fixturenames and "address" not in said:
        metafunc.parametrize("address", KINDS, indirect=True)


@pytest.fixture
def workspace(address: str) -> Iterator[Workspace]:
    with Workspace.open(address) as opened:
        yield opened


@pytest.fixture
def rubric(toy: Rubric) -> Rubric:
    return toy


@pytest.fixture(scope="session")
def toy() -> Rubric:
    return toy_rubric()


@pytest.fixture
def open_room(workspace: Workspace, rubric: Rubric) -> Callable[..., Room]:
    """Make a room; an anonymous one of at least three unless told otherwise."""

    def make(**settings: Any) -> Room:
        chosen = {"team": "Search", "smallest_group": 3, **settings}
        return Room(workspace, workspace.workshops.create(rubric, **chosen))

    return make


@pytest.fixture
def room(open_room: Callable[..., Room]) -> Room:
    return open_room()


@pytest.fixture
def named_room(open_room: Callable[..., Room]) -> Room:
    return open_room(anonymous=False)


@pytest.fixture
def script() -> list[str]:
    """The command that runs `process.py` in a process of its own."""
    return [sys.executable, str(Path(__file__).with_name("process.py"))]


@pytest.fixture
def make_rubric() -> Callable[..., Rubric]:
    return toy_rubric


@pytest.fixture
def plan() -> Plan:
    return toy_plan()


@pytest.fixture
def make_plan() -> Callable[..., Plan]:
    return toy_plan


@pytest.fixture
def checklist() -> Checklist:
    return toy_checklist()


@pytest.fixture
def review() -> Review:
    return toy_review()


@pytest.fixture
def make_checklist() -> Callable[..., Checklist]:
    return toy_checklist


@pytest.fixture
def make_review() -> Callable[..., Review]:
    return toy_review
