"""The browser asks; it never writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import traitlets
from tests.asking import ask

from mlmgmt_widgets.errors import Passing, Refusal
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

    @asks("later")
    def _later(self, _asked: Request) -> None:
        refusal = Passing("The server's storage is busy.")
        refusal.add_note("/srv/secret.sqlite is busy.")
        raise refusal

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
    assert ask(Toy(), "refuse") == {"error": "Not today.", "buffers": None}


def test_a_refusal_for_now_says_so_and_its_note_reaches_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert ask(Toy(), "later") == {"error": "The server's storage is busy.", "passing": True, "buffers": None}
    assert "/srv/secret.sqlite is busy." in caplog.text


def test_a_defect_is_said_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(Toy(), "break")
    assert "RuntimeError" in answer["error"]
    assert "secret" not in answer["error"]
    assert answer["passing"] is True
    assert "secret detail" in caplog.text


def nested(levels: int, wrap: Callable[[object], object]) -> object:
    value: object = 1
    for _ in range(levels):
        value = wrap(value)
    return value


DEEP_LIST = nested(20_000, lambda inner: [inner])
DEEP_OBJECT = nested(20_000, lambda inner: {"a": inner})


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("unknown", {}),
        (DEEP_LIST, {}),
        ("double", {"number": DEEP_LIST}),
        ("double", {"number": DEEP_OBJECT}),
        ("double", {"number": 4, "extra": DEEP_LIST}),
        ("double", {"number": 4, "x" * 1_000_000: 1}),
        ("double", {"number": 1e400}),
        ("break" * 10**6, {}),
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
    answer = ask(toy, kind, **payload)
    assert 0 < len(answer["error"]) < 300
    assert "passing" not in answer  # asking again would not help
    assert toy.total == 0


@pytest.mark.parametrize("content", [None, "text", [], {"kind": "double"}, {"kind": "double", "ticket": {}}])
def test_any_content_is_survived(content: object) -> None:
    Toy()._handle_custom_msg(content, [])


def test_what_the_browser_writes_is_ignored() -> None:
    toy = Toy()
    toy.set_state({"total": 99, "_esm": "alert(1)", "no_such_trait": 1})
    assert toy.total == 0
    assert toy._esm == Toy._esm
