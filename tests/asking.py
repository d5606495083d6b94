"""What the tests of widgets share: asking a widget as its browser would."""

from __future__ import annotations

from typing import Any

from mlmgmt_widgets.ui.screen import Screen


def ask(widget: Screen, kind: object, **payload: Any) -> dict[str, Any]:
    """Send a message as the browser does, through the widget's own dispatch, and return the answer."""
    answers: list[dict[str, Any]] = []
    original = widget.send
    widget.send = lambda content, buffers=None: answers.append({**content, "buffers": buffers})  # type: ignore[method-assign]
    try:
        widget._handle_custom_msg({"kind": kind, "ticket": 7, **payload}, [])
    finally:
        widget.send = original  # type: ignore[method-assign]
    (answer,) = answers
    assert answer.pop("ticket") == 7
    return answer
