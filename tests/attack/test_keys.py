"""Screens that keep something for whoever has the facilitator's key, asked for everything without it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mlmgmt_widgets import MaturityWorkshop, ReadinessBoard, TimelineEstimator
from mlmgmt_widgets.ui import lock
from mlmgmt_widgets.ui.screen import Request, Screen
from mlmgmt_widgets.workspace import Workspace
from tests.asking import ask

SCREENS: dict[str, tuple[Callable[..., Screen], dict[str, Any]]] = {
    "workshop": (MaturityWorkshop, {"kind": "home"}),
    "estimator": (
        lambda workspace: TimelineEstimator("new-model", draws=1024, workspace=workspace),
        {"kind": "look", "tab": "keep"},
    ),
    "board": (lambda workspace: ReadinessBoard(workspace=workspace), {"kind": "look"}),
}
"""The screens, and a question that is answered from what is kept."""


def samples(schema: dict[str, Any], known: dict[str, Any]) -> list[Any]:
    """Values that have a field's shape: each of a few words, or one of the rest."""
    if "$ref" in schema:
        return samples(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return [value for each in schema["anyOf"] for value in samples(each, known)]
    if "enum" in schema or "const" in schema:
        return list(schema.get("enum", [schema.get("const")]))
    if schema.get("pattern"):
        return ["https://here.example/"]
    kinds: dict[str | None, list[Any]] = {
        "string": ["new-model"],
        "integer": [1],
        "number": [0.5],
        "boolean": [True],
        "array": [[]],
        "object": [{}],
    }
    return kinds.get(schema.get("type"), [None])


def payloads(request: type[Request]) -> Iterator[dict[str, Any]]:
    """Messages of this shape: every value of every field is in one of them."""
    schema = request.model_json_schema()
    fields = {name: samples(field, schema.get("$defs", {})) for name, field in schema.get("properties", {}).items()}
    fields |= {"tab": fields["tab"][-1:]} if "tab" in fields else {}  # each draws other charts, which takes its time
    for number in range(max(map(len, fields.values()), default=1)):
        yield {name: values[number % len(values)] for name, values in fields.items()}


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_that_is_kept_is_so_much_as_opened_without_the_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lock.KEY_HASH, hashlib.sha256(b"the facilitator's").hexdigest())
    monkeypatch.setattr(lock.time, "sleep", lambda _seconds: None)
    opened: list[str] = []

    def workspace() -> Workspace:
        opened.append(kind)
        return Workspace.open("sqlite://")

    kind = "at the start"
    make, from_the_workspace = SCREENS[name]
    screen = make(workspace=workspace)
    asked = 0
    for kind, (request, _) in screen._handlers.items():
        for payload in payloads(request):
            ask(screen, kind, **payload)
            asked += 1
    assert asked > len(screen._handlers) > 8
    assert opened == []
    kind = "with the key"
    assert "error" not in ask(screen, "unlock", key="the facilitator's")
    assert "error" not in ask(screen, **from_the_workspace)
    assert opened
