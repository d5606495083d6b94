"""What the surveys written in Panel and Streamlit share: the questions, and where answers are stored."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

SURVEY, ANSWERS = "PEER_SURVEY", "PEER_ANSWERS"  # names of environment variables that hold the paths of two files
_BUSY_SECONDS = 5.0
_TABLE = """
create table if not exists answers (
  session text not null, question text not null, answer integer, comment text not null,
  primary key (session, question)
) without rowid
"""
_RECORD = """
insert into answers values (?, ?, ?, ?)
on conflict do update set answer = excluded.answer, comment = excluded.comment
"""


def rubric() -> dict[str, Any]:
    """Return the rubric as plain values."""
    read: dict[str, Any] = json.loads(Path(os.environ[SURVEY]).read_text(encoding="utf-8"))
    return read


def choices(of: dict[str, Any], question: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Return value, label and description of each answer."""
    pairs = zip(of["answers"], question["descriptors"], strict=True)
    return [(int(answer["value"]), answer["label"], descriptor) for answer, descriptor in pairs]


def prepare(path: str) -> None:
    """Make the table."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("pragma journal_mode = wal")
        database.execute(_TABLE)


def record(session: str, question: str, answer: int | None, comment: str) -> None:
    """Store an answer in the place of the one before; when this returns, it is on the disk."""
    with closing(sqlite3.connect(os.environ[ANSWERS], timeout=_BUSY_SECONDS)) as database, database:
        database.execute(_RECORD, (session, question, answer, comment))
