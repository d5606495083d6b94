"""The survey in Streamlit: one part at a time, since Streamlit draws everything anew after each click."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from bench.peers import answers

rubric = st.cache_data(answers.rubric)
state = st.session_state


def survey() -> None:
    """Draw the part that is looked at."""
    state.setdefault("session", uuid4().hex)
    state.setdefault("part", 0)
    state.setdefault("given", {})
    whole = rubric()
    section = whole["sections"][state.part]
    st.title(whole["title"])
    st.write(whole["description"])
    st.header(section["title"])
    st.write(section["description"])
    for question in section["questions"]:
        asked(whole, question)
    if state.part > 0:
        st.button("Back", on_click=turn, args=(-1,))
    if state.part < len(whole["sections"]) - 1:
        st.button("Next", on_click=turn, args=(1,))


def asked(whole: dict[str, Any], question: dict[str, Any]) -> None:
    """Draw one question, whose answer is stored as soon as it changes."""
    choices = answers.choices(whole, question)
    values = [value for value, _, _ in choices]
    answer, comment = state.given.get(question["id"], (None, ""))
    st.radio(
        question["question"],
        values,
        index=None if answer is None else values.index(answer),
        format_func={value: label for value, label, _ in choices}.__getitem__,
        captions=[text for _, _, text in choices],
        key=f"answer {question['id']}",
        on_change=store,
        args=(question["id"],),
    )
    st.text_area("Comment", comment, key=f"comment {question['id']}", on_change=store, args=(question["id"],))


def store(question: str) -> None:
    """Keep and store what was answered."""
    given = state[f"answer {question}"], state[f"comment {question}"]
    state.given[question] = given
    answers.record(state.session, question, *given)


def turn(by: int) -> None:
    """Go to another part."""
    state.part += by


survey()
