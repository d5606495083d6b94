"""What everybody answered: a column of small integers a question, and the CSV it is kept in.

The CSV has one row an answer: `respondent,role,question,answer,comment`. An empty answer means that the
respondent left the question open. A row with neither respondent nor answer is a loose comment: it belongs to
nobody.
"""

import csv
import io
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import numpy.typing as npt

from mlmgmt_widgets.assessment.answers import (
    COMMENT_LIMIT,
    NAME_LIMIT,
    Answer,
    AnswerError,
    Response,
    allowed_answers,
    answer_text,
    check_answer,
)
from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.assessment.table import (
    DONT_KNOW,
    FIRST_CHOICE,
    NOT_APPLICABLE,
    UNANSWERED,
    Comment,
    Responses,
    codes_of,
)
from mlmgmt_widgets.content import ContentError, Fault, nearest, shown

__all__ = [
    "COMMENT_LIMIT",
    "DONT_KNOW",
    "FIRST_CHOICE",
    "NOT_APPLICABLE",
    "UNANSWERED",
    "Answer",
    "AnswerError",
    "Comment",
    "Response",
    "Responses",
    "Row",
    "answer_text",
    "check_answer",
    "read_responses",
    "rows",
    "safe_text",
    "write_responses",
    "write_rows",
]

COLUMNS = ("respondent", "role", "question", "answer", "comment")
REQUIRED_COLUMNS = COLUMNS[:1] + COLUMNS[2:4]
PIECE = 1_000
MOST_FAULTS = 1000
"""Reading stops looking for faults of one kind after so many."""

_ARMED = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


class Row(NamedTuple):
    """One row of a CSV of responses, before it is made safe for spreadsheets."""

    respondent: str
    role: str
    question: str
    answer: Answer | None
    comment: str


def safe_text(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula.

    It gets an apostrophe in front, which `read_responses` takes away again.
    """
    return f"'{text}" if _ARMED.match(text) else text


def _plain_text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _ARMED.match(cell) else cell


def rows(responses: Responses) -> Iterator[Row]:
    """The rows of a CSV: one an answer or comment, and loose comments last.

    A respondent who gave neither has one row without an answer, so as to be counted.
    """
    comments = {(said.respondent, said.question): said.text for said in responses.comments}
    first = responses.rubric.questions[0].id
    for i, given in enumerate(responses.answers()):
        name, role = responses.respondents[i], responses.roles[i]
        written = [
            Row(name, role, question.id, given.get(question.id), comments.get((i, question.id), ""))
            for question in responses.rubric.questions
            if question.id in given or (i, question.id) in comments
        ]
        yield from written or [Row(name, role, first, None, "")]
    for comment in responses.comments:
        if comment.respondent is None:
            yield Row("", "", comment.question, None, comment.text)


def write_rows(target: str | os.PathLike[str] | IO[str], written: Iterable[Row]) -> None:
    """Write rows as CSV, text made safe for spreadsheets and numbers as they are.

    Args:
        target: A path, or a text file opened with `newline=""`.
        written: The rows, in this order.
    """
    if isinstance(target, str | os.PathLike):
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            write_rows(file, written)
        return
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows(
        (
            safe_text(row.respondent),
            safe_text(row.role),
            row.question,
            answer_text(row.answer),
            safe_text(row.comment),
        )
        for row in written
    )


def write_responses(target: str | os.PathLike[str] | IO[str], responses: Responses) -> None:
    """Write responses as CSV, as `read_responses` reads them.

    Args:
        target: A path, or a text file opened with `newline=""`.
        responses: What was answered.
    """
    write_rows(target, rows(responses))


def read_responses(rubric: Rubric, path: str | os.PathLike[str]) -> Responses:
    """Read a CSV of responses.

    Every distinct text is looked at once and the rest is looked up, so a million rows take seconds.

    Raises:
        ContentError: With the file, line and column of every fault: an unknown question, an answer that is
            not on the scale, a question answered twice by one respondent, two roles of one respondent, a
            comment that is too long.
    """
    return _Reader(rubric, os.fspath(path)).read()


class _Reader:
    """Reads one CSV, and remembers its faults by row until their lines are needed."""

    def __init__(self, rubric: Rubric, file: str) -> None:
        self.rubric = rubric
        self.file = file
        self.faults: list[tuple[int, str, str, str]] = []

    def read(self) -> Responses:
        text = self._text()
        names, roles, questions, answers, comments = map(self._clean, self._table(text).values())
        self._check_length("respondent", names, NAME_LIMIT)
        self._check_length("role", roles, NAME_LIMIT)
        self._check_length("comment", comments, COMMENT_LIMIT)
        columns = self._looked_up("question", questions, self._column)
        codes = self._looked_up("answer", answers, self._code)
        self._check_loose(names, answers, comments)
        labels = {name: i for i, name in enumerate(dict.fromkeys(filter(None, names)))}
        labels[""] = len(labels)
        people = np.fromiter(map(labels.__getitem__, names), dtype=np.int64, count=len(names))
        self._check_once(names, questions, people, columns)
        role_of = self._roles(names, roles)
        if self.faults:
            raise ContentError(self._located(text))
        del labels[""]
        matrix = np.zeros((len(labels), len(self.rubric.questions)), dtype=np.int8, order="F")
        given = people < len(labels)
        matrix[people[given], columns[given]] = codes[given]
        said = tuple(
            Comment(questions[i], comment, int(people[i]) if names[i] else None)
            for i, comment in enumerate(comments)
            if comment
        )
        return Responses(self.rubric, matrix, tuple(labels), tuple(role_of[name] for name in labels), said)

    def _text(self) -> str:
        try:
            raw = Path(self.file).read_bytes()
        except OSError as error:
            found = (error.strerror or "an unreadable file").lower()
            raise ContentError([Fault(self.file, None, "", found, "a CSV of responses")]) from None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            found = f"the byte 0x{raw[error.start]:02x}"
            raise ContentError([Fault(self.file, line, "", found, "text in UTF-8")]) from None

    def _table(self, text: str) -> dict[str, list[str]]:
        """The cells of every column, rows without any text left out."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            self._check_header(header)
            columns: list[list[str]] = [[] for _ in header]
            read = 0
            # In pieces, so that a million rows are never held beside their columns.
            while lines := list(itertools.islice(reader, PIECE)):
                piece = [row for row in lines if any(row)]
                self._check_widths(piece, len(header), read)
                for column, cells in zip(columns, zip(*piece, strict=False), strict=False):
                    column.extend(cells)
                read += len(piece)
        except csv.Error as error:
            expected = "cells with commas between them, quotes around those with commas in them"
            raise ContentError([Fault(self.file, reader.line_num, "", str(error), expected)]) from None
        if self.faults:
            raise ContentError(self._located(text))
        empty = [""] * read
        return {name: columns[header.index(name)] if name in header else empty for name in COLUMNS}

    def _check_widths(self, piece: list[list[str]], width: int, before: int) -> None:
        if set(map(len, piece)) != {width}:
            for i, row in enumerate(piece, before):
                if len(row) != width:
                    self._fault(i, "", f"{len(row)} cells", f"{width}, as in the header")

    def _check_header(self, header: list[str]) -> None:
        problems = []
        if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
            problems.append(("", "semicolons or tabs between the columns", "commas"))
        else:
            for name in header:
                if name not in COLUMNS:
                    expected = nearest(name, COLUMNS) or "one of " + ", ".join(COLUMNS)
                    problems.append((name, f"the unknown column {shown(name)}", expected))
                elif header.count(name) > 1:
                    problems.append((name, "the column more than once", "once"))
            missing = [name for name in REQUIRED_COLUMNS if name not in header]
            problems += [(name, "no such column", "header " + ",".join(COLUMNS)) for name in missing]
        if problems:
            raise ContentError(Fault(self.file, 1, *problem) for problem in dict.fromkeys(problems))

    def _clean(self, cells: Sequence[str]) -> list[str]:
        clean = {cell: _plain_text(cell.strip()) for cell in set(cells)}
        return list(map(clean.__getitem__, cells))

    def _check_length(self, column: str, cells: list[str], limit: int) -> None:
        too_long = {cell for cell in set(cells) if len(cell) > limit}
        if too_long:
            for i in self._rows_with(cells, too_long):
                self._fault(i, column, f"{len(cells[i])} characters", f"at most {limit}")

    def _looked_up(self, column: str, cells: list[str], meaning: Callable[[str], int | str]) -> npt.NDArray[np.int64]:
        known = {cell: meaning(cell) for cell in set(cells)}
        wrong = {cell for cell, value in known.items() if isinstance(value, str)}
        if wrong:
            for i in self._rows_with(cells, wrong):
                self._fault(i, column, shown(cells[i] or None), str(known[cells[i]]))
            known.update(dict.fromkeys(wrong, 0))
        return np.fromiter(map(known.__getitem__, cells), dtype=np.int64, count=len(cells))

    def _column(self, cell: str) -> int | str:
        """The column of a question, or what was expected instead."""
        if cell in self.rubric.columns:
            return self.rubric.columns[cell]
        near = nearest(cell, self.rubric.columns)
        return f"'{near}'" if near else f"the id of a question of {self.rubric.key}"

    def _code(self, cell: str) -> int | str:
        """The code of an answer, or what was expected instead."""
        if not cell:
            return UNANSWERED
        answer: Answer = float(cell) if _NUMBER.fullmatch(cell) else cell  # type: ignore[assignment]
        return codes_of(self.rubric).get(answer, allowed_answers(self.rubric))

    def _check_loose(self, names: list[str], answers: list[str], comments: list[str]) -> None:
        if "" not in names:
            return
        for i in self._rows_with(names, {""}):
            if answers[i] or not comments[i]:
                self._fault(i, "respondent", "nothing", "a respondent (only a loose comment has none)")

    def _check_once(
        self,
        names: list[str],
        questions: list[str],
        people: npt.NDArray[np.int64],
        columns: npt.NDArray[np.int64],
    ) -> None:
        cell = people * len(self.rubric.questions) + columns
        if len(np.unique(cell)) == len(cell):
            return
        seen: set[tuple[str, str]] = set()
        for i, pair in enumerate(zip(names, questions, strict=True)):
            if pair in seen and pair[0] and pair[1] in self.rubric.columns:
                self._fault(i, "question", f"{shown(pair[1])} a second time", f"one answer of {shown(pair[0])} to it")
            seen.add(pair)

    def _roles(self, names: list[str], roles: list[str]) -> dict[str, str]:
        role_of: dict[str, str] = {}
        for name, role in dict.fromkeys(zip(names, roles, strict=True)):
            if role_of.setdefault(name, role) == role or not role or not name:
                continue
            if not role_of[name]:
                role_of[name] = role
                continue
            rows_of_it = (i for i, pair in enumerate(zip(names, roles, strict=True)) if pair == (name, role))
            self._fault(next(rows_of_it), "role", shown(role), f"{shown(role_of[name])}, as in the rows above")
        return role_of

    def _rows_with(self, cells: list[str], wanted: set[str]) -> Iterator[int]:
        return itertools.islice((i for i, cell in enumerate(cells) if cell in wanted), MOST_FAULTS)

    def _fault(self, row: int, column: str, found: str, expected: str) -> None:
        self.faults.append((row, column, found, expected))

    def _located(self, text: str) -> Iterator[Fault]:
        """The faults with the lines their rows start on: only now is it worth counting them."""
        lines = []
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        end = 0
        for row in reader:
            if any(row):
                lines.append(end + 1)
            end = reader.line_num
        for row_number, column, found, expected in sorted(self.faults):
            yield Fault(self.file, lines[row_number + 1], column, found, expected)
