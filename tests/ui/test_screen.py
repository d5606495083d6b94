"""The browser asks; it never writes."""

from __future__ import annotations

from typing import Any

import pytest
import traitlets
from tests.asking import ask

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui.screen import Reply, Request, Screen, asks


class Double(Request):
    number: int


class Toy(Screen):
    _esm = "export default { render() {} }"
    total = traitlets.Int(0).tag(sync=True)

    @asks("double", Double)
    def _double(self, asked: Double) -> dict[str, Any]:
        self.total = 2 * asked.number
        return {"total": self.total}

    @asks("file")
    def _file(self, _asked: Request) -> Reply:
        return Reply({"name": "a.txt"}, [b"abc"])

    @asks("refuse")
    def _refuse(self, _asked: Request) -> None:
        raise Refusal("Not today.")

    @asks("break")
    def _break(self, _asked: Request) -> None:
        raise RuntimeError("secret detail")


class Heir(Toy):
    _esm = "export default { render() {} }"


@pytest.mark.parametrize("kind", [Toy, Heir])
def test_a_question_is_answered(kind: type[Toy]) -> None:
    assert ask(kind(), "double", number=4)["total"] == 8


def test_an_answer_can_carry_a_file() -> None:
    answer = ask(Toy(), "file")
    assert (answer["name"], answer["buffers"]) == ("a.txt", [b"abc"])


def test_a_refusal_is_its_sentence() -> None:
    assert ask(Toy(), "refuse")["error"] == "Not today."


def test_a_defect_is_said_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    error = ask(Toy(), "break")["error"]
    assert "RuntimeError" in error
    assert "secret" not in error
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("unknown", {}),
        (None, {}),
        (["double"], {"number": 1}),
        ("_double", {"number": 1}),
        ("double", {}),
        ("double", {"number": "4"}),
        ("double", {"number": True}),
        ("double", {"number": 4, "extra": 1}),
        ("double", {"number": "x" * 10_000_000}),
    ],
)
def test_a_forged_message_gets_a_short_word_and_changes_nothing(kind: object, payload: dict[str, Any]) -> None:
    toy = Toy()
    error = ask(toy, kind, **payload)["error"]
    assert 0 < len(error) < 300
    assert toy.total == 0


@pytest.mark.parametrize("content", [None, "text", [], {"kind": "double"}, {"kind": "double", "ticket": {}}])
def test_any_content_is_survived(content: object) -> None:
    Toy()._handle_custom_msg(content, [])


def test_what_the_browser_writes_is_ignored() -> None:
    toy = Toy()
    toy.set_state({"total": 99, "_esm": "alert(1)", "no_such_trait": 1})
    assert toy.total == 0
    assert toy._esm == Toy._esm
