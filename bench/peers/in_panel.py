"""The survey in Panel: one part a tab, of which Panel sends the one that is looked at."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import panel as pn

from bench.peers import answers

pn.extension()


def survey() -> pn.Column:
    """Return the whole survey of one visitor."""
    rubric = answers.rubric()
    session = uuid4().hex
    parts = [(each["title"], part(rubric, each, session)) for each in rubric["sections"]]
    return pn.Column(f"# {rubric['title']}", rubric["description"], pn.Tabs(*parts, dynamic=True))


def part(rubric: dict[str, Any], section: dict[str, Any], session: str) -> pn.Column:
    """Return the questions of one section."""
    return pn.Column(section["description"], *(asked(rubric, each, session) for each in section["questions"]))


def asked(rubric: dict[str, Any], question: dict[str, Any], session: str) -> pn.Column:
    """Return one question, whose answer is stored as soon as it changes."""
    # A group of radio buttons has its first option chosen from the start, so the first one is no answer.
    given = {f"{label}: {text}": value for value, label, text in answers.choices(rubric, question)}
    options = {"Not answered yet": None, **given}
    answer = pn.widgets.RadioBoxGroup(options=options, value=None)
    comment = pn.widgets.TextAreaInput(placeholder="Comment")

    def store(*_: object) -> None:
        answers.record(session, question["id"], answer.value, comment.value)

    answer.param.watch(store, "value")
    comment.param.watch(store, "value")
    return pn.Column(f"**{question['question']}**", answer, comment)


survey().servable(title="Survey")
