"""Whatever a browser sends to a widget, it gets exactly one answer, and the widget goes on.

An answer that cannot be packed for the browser would never arrive; so every answer, and the widget's state after it, is
packed as Jupyter packs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.session import json_packer
from tests.fuzz.strange import nearly, share, values
from tests.readiness.board_shapes import REVIEW, TODAY, TOY, content_with_toy
from tests.workspace.conftest import Room

from mlmgmt_widgets import MaturitySurvey, MaturityWorkshop, ReadinessBoard, TimelineEstimator, Workspace
from mlmgmt_widgets.assessment import load_rubric
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.readiness import Checklist
from mlmgmt_widgets.timeline import load_plan
from mlmgmt_widgets.ui.screen import Screen
from mlmgmt_widgets.yaml_text import dump

Message = dict[str, Any]
TICKET = 41
TOKEN = "ab" * 16
WHO = {"who": "Ana", "role": "ml-engineer"}
PLAN = load_plan("new-model").model_dump(mode="json", exclude_defaults=True)
PAST = "task,p50_weeks,p80_weeks,actual_weeks\n" + "".join(f"t{i},2,3,{2 + i / 2}\n" for i in range(6))
JUNIT = "<testsuite><testcase name='auc-floor'/></testsuite>"


@pytest.fixture(scope="module", autouse=True)
def content(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        folder = content_with_toy(tmp_path_factory.mktemp("content"))
        for name in ("rubrics", "plans"):
            (folder / name).symlink_to(shipped() / name)
        patched.setenv("MLMGMT_CONTENT", str(folder))
        yield


@pytest.fixture(scope="module")
def workspace() -> Any:
    with Workspace.open("sqlite://") as opened:
        yield opened


def survey(workspace: Workspace) -> tuple[Screen, list[Message]]:
    """A survey in a workshop, and what its page asks."""
    code = workspace.workshops.create(load_rubric("pulse"), "Search", roles=["Product"]).code
    return MaturitySurvey(workspace=lambda: workspace), [
        {"kind": "join", "code": code, "token": TOKEN},
        {"kind": "enter", "token": TOKEN, "role": "Product", "name": ""},
        {"kind": "answer", "question": "pulse-data", "answer": 3, "comment": "why", "sequence": 1},
        {"kind": "answer", "question": "pulse-people", "answer": "dk", "comment": "", "sequence": 2},
        {"kind": "finish", "finished": True},
        {"kind": "state"},
    ]


def alone(_workspace: Workspace) -> tuple[Screen, list[Message]]:
    """A survey that somebody takes alone."""
    return MaturitySurvey(), [
        {"kind": "begin", "rubric": "pulse", "answers": {"pulse-data": 3}, "comments": {"pulse-people": "why"}},
        {"kind": "answer", "question": "pulse-data", "answer": 3, "comment": "why", "sequence": 1},
        {"kind": "state"},
    ]


def workshop(workspace: Workspace) -> tuple[Screen, list[Message]]:
    """The facilitator's screen, with a workshop that three people have answered."""
    room = Room(workspace, workspace.workshops.create(load_rubric("pulse"), "Search", smallest_group=3))
    for token in [room.join() for _ in range(3)]:
        room.say(token, 2, "pulse-data", "words")
    new = {"rubric": "pulse", "team": "Search", "anonymous": True, "smallest_group": 5, "roles": ["Product"]}
    return MaturityWorkshop(workspace=lambda: workspace), [
        {"kind": "open", "code": room.code},
        {"kind": "reveal"},
        {"kind": "results"},
        {"kind": "decide", "question": "pulse-data", "agreed": 2, "note": "n", "owner": "Bo"},
        {"kind": "export", "format": "json"},
        {"kind": "export", "format": "csv"},
        {"kind": "progress"},
        {"kind": "refresh"},
        {"kind": "qr", "link": "https://example.org/#join=CDF679"},
        {"kind": "create", **new},
        {"kind": "close"},
        {"kind": "leave"},
        {"kind": "home"},
        {"kind": "delete", "code": room.code, "team": "Search"},
    ]


def estimator(workspace: Workspace) -> tuple[Screen, list[Message]]:
    """The estimator with a small plan."""
    work = "tasks:\n  - {id: runbook, weeks: 1}\n"
    when, keep = {"tab": "when", "known": []}, {"tab": "keep"}
    return TimelineEstimator("new-model", draws=256, workspace=lambda: workspace), [
        {"kind": "edit", "plan": PLAN, "saved": None, **keep},
        {"kind": "look", **when},
        {"kind": "read", "name": "plan.yaml", "text": dump(PLAN, "plan"), **keep},
        {"kind": "work", "name": "work.yaml", "text": work, "before": None, **keep},
        {"kind": "hints"},
        {"kind": "scenario", "action": "keep", "tab": "compare"},
        {"kind": "past", "name": "past.csv", "text": PAST, "tab": "past"},
        {"kind": "overrun", "on": True, "tab": "past"},
        {"kind": "save", "name": "Ranking", "note": "first", "base": None, **keep},
        {"kind": "saved", "name": "Ranking", "version": 1, "use": "open", **keep},
        {"kind": "export", "format": "json"},
        {"kind": "template", "name": "llm-feature", **keep},
        {"kind": "delete", "name": "Ranking", **keep},
    ]


def board(workspace: Workspace) -> tuple[Screen, list[Message]]:
    """The board with a review open."""
    item, files = {"item": "auc-floor", "seen": None, **WHO}, {"tab": "files"}
    metrics = {"name": "m.json", "text": '{"auc": 0.9}', "day": TODAY}
    evidence = {"link": "https://e.org", "note": "n", "metric": "auc", "value": 0.9, "on": TODAY}
    return ReadinessBoard(REVIEW, checklist=Checklist.model_validate(TOY), today=TODAY, workspace=lambda: workspace), [
        {"kind": "restore", "review": REVIEW, "tab": "items", "stage": "shadow", "as_of": TODAY},
        {"kind": "look", "tab": "time", "known": []},
        {"kind": "read", "name": "r.yaml", "text": dump(REVIEW, "review"), **files},
        {"kind": "say", "status": "waived", "reason": "why", "until": "2026-12-24", **item},
        {"kind": "again", **item},
        {"kind": "assign", "owner": "Bo", "due": TODAY, "note": "n", **item},
        {"kind": "evidence", **evidence, **item},
        {"kind": "upload", "source": "metric", "metric": "auc", "at": "auc", **metrics, **item},
        {"kind": "upload", "source": "junit", "name": "j.xml", "text": JUNIT, **item},
        {"kind": "files", "files": [metrics], **WHO},
        {"kind": "remove", "key": "k", **item},
        {"kind": "risk", "question": "people", "answer": "yes", **WHO},
        {"kind": "tier", "tier": "low", "reason": "why", **WHO},
        {"kind": "sign", "stage": "production", "decision": "go", "note": "n", **WHO},
        {"kind": "beside", "version": None, "name": "r.yaml", "text": dump(REVIEW, "review"), "tab": "compare"},
        {"kind": "next", "version": "4", "who": "Ana"},
        {"kind": "keep", **WHO},
        {"kind": "read-evidence", **WHO},
        {"kind": "begin", "checklist": "toy", "subject": "s", "version": "1", "who": "Ana"},
        {"kind": "export", "format": "card", "as_of": TODAY},
        {"kind": "export", "format": "plan"},
        {"kind": "export", "format": "yaml"},
        {"kind": "open", "subject": "churn-model", "version": "3"},
        {"kind": "delete", "subject": "churn-model", "version": "3"},
        {"kind": "close"},
    ]


SCREENS: list[Callable[[Workspace], tuple[Screen, list[Message]]]] = [survey, alone, workshop, estimator, board]


def answered(screen: Screen, content: Any, buffers: list[bytes]) -> Message | None:
    """Hand the widget a message as its comm does; its one answer."""
    sent: list[tuple[Message, Any]] = []
    screen.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    screen._handle_custom_msg(content, buffers)
    if not isinstance(content, dict):
        assert sent == []
        return None
    ((answer, files),) = sent
    json_packer(answer)
    assert files is None or all(isinstance(each, bytes) for each in files)
    json_packer(screen.get_state())
    assert "Something went wrong" not in answer.get("error", ""), answer
    return answer


def test_these_messages_are_what_pages_send(workspace: Workspace) -> None:
    """Otherwise what is nearly like them would be refused for its shape alone."""
    for make in SCREENS:
        screen, right = make(workspace)
        assert {each["kind"] for each in right} == set(screen._handlers) - {"vega", "unlock"} - (
            {"begin"} if make is survey else {"join", "enter", "finish"} if make is alone else set()
        )
        refused = [
            (each["kind"], answer["error"])
            for each in right
            if "error" in (answer := answered(screen, {**each, "ticket": TICKET}, []) or {})
        ]
        assert all("shape" not in why and "That was refused" not in why for _, why in refused), refused


@share()
@given(data=st.data())
@pytest.mark.parametrize("make", SCREENS, ids=lambda make: make.__name__)
def test_messages_that_are_nearly_right_get_one_answer_each(
    make: Any, data: st.DataObject, workspace: Workspace
) -> None:
    screen, right = make(workspace)
    first = data.draw(st.integers(0, 3), label="how many in order first")
    for message in right[:first]:
        answered(screen, {**message, "ticket": TICKET}, [])
    for _ in range(data.draw(st.integers(1, 3))):
        message = data.draw(st.sampled_from(right).flatmap(nearly), label="message")
        answer = answered(screen, {"ticket": TICKET, **message}, data.draw(st.lists(st.binary(max_size=9), max_size=2)))
        assert answer is not None
        assert "ticket" in message or answer["ticket"] == TICKET
    assert answered(screen, {**right[0], "ticket": TICKET}, []) is not None  # it goes on


@share(2)
@given(st.sampled_from(SCREENS), values() | st.dictionaries(st.sampled_from(["kind", "ticket", "x"]), values()))
def test_anything_at_all_gets_one_answer_or_none(workspace: Workspace, make: Any, message: Any) -> None:
    screen, _ = make(workspace)
    answered(screen, message, [b"\x00"])
