"""Past estimates: finished tasks with what was estimated for them and what they took.

They are read from a CSV, one finished task a row: `task,estimated_on,p50_weeks,p80_weeks,actual_weeks`. Only the two
that are compared are needed, p50_weeks and actual_weeks; `estimate,actual` is short for them. Spreadsheets of many
countries write semicolons between cells and a comma in 3,5: both are read.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mlmgmt_widgets.content import ContentError, Fault, find, nearest, shown
from mlmgmt_widgets.documents import SIZE_LIMIT
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.raw import is_number
from mlmgmt_widgets.timeline.durations import LONGEST, MOST_PAST

COLUMNS = ("task", "estimated_on", "p50_weeks", "p80_weeks", "actual_weeks")
REQUIRED = ("p50_weeks", "actual_weeks")
NAME_LIMIT = 200
MOST_TIMES = 100
"""What took more than so many times its estimate was not measured in the same unit."""

_SHORT = {"estimate": "p50_weeks", "actual": "actual_weeks"}
_WEEKS = f"a number of weeks above 0, at most {LONGEST}"
_NUMBER = re.compile(r"[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3},[0-9]{3}")
_DAYS = {"%Y-%m-%d": re.compile(r"\d{4}-\d{2}-\d{2}"), "%d.%m.%Y": re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")}


@dataclass(frozen=True)
class PastEstimate:
    """A finished task with what was estimated for it, in weeks.

    Attributes:
        task: its name.
        estimated_on: when; None where nobody wrote it down.
        p50: the estimate that it had an even chance to keep.
        p80: the estimate that it should keep in eight cases of ten; None where there was none.
        actual: what it took.

    Raises:
        Refusal: if a number is none of weeks, or P80 lies below P50.
    """

    task: str
    estimated_on: date | None
    p50: float
    p80: float | None
    actual: float

    def __post_init__(self) -> None:
        for column, value, expected in _wrong(self.p50, self.p80, self.actual):
            raise Refusal(f"{column} of {shown(self.task)} is {shown(value)}; it should be {expected}.")

    @property
    def ratio(self) -> float:
        """What it took as a multiple of its P50."""
        return self.actual / self.p50


def _wrong(p50: object, p80: object, actual: object) -> Iterator[tuple[str, object, str]]:
    """The column, the value and what was expected instead, of every number that cannot be."""
    given = {"p50_weeks": p50, "p80_weeks": p80, "actual_weeks": actual}
    bad = [
        column
        for column, value in given.items()
        if not (is_number(value) and 0 < value <= LONGEST) and not (column == "p80_weeks" and value is None)
    ]
    yield from ((column, given[column], _WEEKS) for column in bad)
    if bad or not is_number(p50) or not is_number(actual):
        return
    if is_number(p80) and p80 < p50:
        yield "p80_weeks", p80, f"at least {p50:g}, the P50"
    if actual > MOST_TIMES * p50:
        yield "actual_weeks", actual, f"at most {MOST_TIMES} times the P50 of {p50:g} (are both in weeks?)"


def read_past_estimates(path_or_name: str | os.PathLike[str]) -> tuple[PastEstimate, ...]:
    """Read a CSV of past estimates.

    Args:
        path_or_name: a path, or the name of a file in `data/examples/`, such as `past-estimates`.

    Raises:
        ContentError: with file, line, column, what was found and what was expected, of every fault.
    """
    path = find("examples", path_or_name, suffix=".csv")
    file = os.fspath(path)
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        found = (error.strerror or "an unreadable file").lower()
        raise ContentError([Fault(file, None, "", found, "a CSV of past estimates")]) from None
    if len(raw) > SIZE_LIMIT:
        raise ContentError([Fault(file, None, "", f"{len(raw)} bytes", f"at most {SIZE_LIMIT}")])
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        expected = "text in UTF-8 (spreadsheets call it CSV UTF-8)"
        raise ContentError([Fault(file, line, "", f"the byte 0x{raw[error.start]:02x}", expected)]) from None
    return parse_past_estimates(text, file)


def parse_past_estimates(text: str, file: str = "past estimates") -> tuple[PastEstimate, ...]:
    r"""Read past estimates from the text of a CSV.

    Args:
        text: with a header; commas, semicolons or tabs between the cells.
        file: a name for the faults.

    Raises:
        ContentError: as `read_past_estimates`.

    Example:
        >>> parse_past_estimates("estimate;actual\n2,5;4")[0].ratio
        1.6
    """
    if len(text) > SIZE_LIMIT:
        raise ContentError([Fault(file, None, "", f"{len(text)} characters", f"at most {SIZE_LIMIT}")])
    return _Reader(file, text.removeprefix("\ufeff")).read()


class _Reader:
    """Reads one CSV and remembers its faults."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.separator = _separator(text)
        self.faults: list[Fault] = []

    def read(self) -> tuple[PastEstimate, ...]:
        rows = self._rows()
        if not rows:
            raise ContentError([Fault(self.file, 1, "", "an empty file", f"the header {','.join(COLUMNS)}")])
        (line, header), *rest = rows
        names = self._header(line, header)
        if not rest:
            self._fault(line, "", "a header alone", "a row for each finished task")
        past = [self._estimate(number, *row, names) for number, row in enumerate(rest, 1)]
        if self.faults:
            raise ContentError(self.faults)
        return tuple(each for each in past if each is not None)

    def _rows(self) -> list[tuple[int, list[str]]]:
        """The rows with text in them, each with the line that it starts on."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        rows: list[tuple[int, list[str]]] = []
        end = 0
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if any(cells):
                    rows.append((end + 1, cells))
                end = reader.line_num
                if len(rows) > MOST_PAST + 1:
                    expected = f"at most {MOST_PAST} (the latest say most about the next)"
                    raise ContentError([Fault(self.file, rows[-1][0], "", f"more than {MOST_PAST} rows", expected)])
        except csv.Error as error:
            expected = "cells with one separator between them, quotes around those that have it inside"
            raise ContentError([Fault(self.file, reader.line_num, "", str(error), expected)]) from None
        return rows

    def _header(self, line: int, header: list[str]) -> list[str]:
        """The names of the columns.

        Raises:
            ContentError: if some are unknown, twice there or missing; rows would make no sense then.
        """
        written = _without_empty_end(header, 0)
        names = [_SHORT.get(name.lower(), name.lower()) for name in written]
        for given, name in zip(written, names, strict=True):
            if name not in COLUMNS:
                near = nearest(name, [*COLUMNS, *_SHORT])
                self._fault(line, given, f"the unknown column {shown(given)}", near or "one of " + ", ".join(COLUMNS))
            elif names.count(name) > 1:
                self._fault(line, name, "the column more than once", "once")
        for name in REQUIRED:
            if name not in names:
                self._fault(line, name, "no such column", f"the header {','.join(COLUMNS)}")
        if self.faults:
            raise ContentError(dict.fromkeys(self.faults))
        return names

    def _estimate(self, number: int, line: int, row: list[str], names: list[str]) -> PastEstimate | None:
        row = _without_empty_end(row, len(names))
        before = len(self.faults)
        if len(row) != len(names):
            self._fault(line, "", f"{len(row)} cells", f"{len(names)}, as in the header")
            return None
        cells = dict(zip(names, row, strict=True))
        task = cells.get("task") or f"Task {number}"
        if len(task) > NAME_LIMIT:
            self._fault(line, "task", f"{len(task)} characters", f"at most {NAME_LIMIT}")
        day = self._day(line, cells.get("estimated_on", ""))
        p50, p80, actual = (self._number(line, name, cells.get(name, "")) for name in COLUMNS[2:])
        if len(self.faults) == before:
            for column, _, expected in _wrong(p50, p80, actual):
                self._fault(line, column, shown(cells.get(column) or None), expected)
        if len(self.faults) > before or p50 is None or actual is None:
            return None
        return PastEstimate(task, day, p50, p80, actual)

    def _number(self, line: int, column: str, cell: str) -> float | None:
        """A number as people of any country write it; None for an empty cell."""
        if not cell:
            return None
        if _NUMBER.fullmatch(cell) and not (self.separator == "," and _THOUSANDS.fullmatch(cell)):
            return float(cell.replace(",", "."))
        unclear = "3.5, without separators of thousands" if _THOUSANDS.fullmatch(cell) else "3.5"
        self._fault(line, column, shown(cell), f"a number of weeks such as {unclear}")
        return None

    def _day(self, line: int, cell: str) -> date | None:
        if not cell:
            return None
        for form, pattern in _DAYS.items():
            if pattern.fullmatch(cell):
                try:
                    return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no time zone
                except ValueError:
                    break
        self._fault(line, "estimated_on", shown(cell), "a day such as 2027-01-31")
        return None

    def _fault(self, line: int, column: str, found: str, expected: str) -> None:
        self.faults.append(Fault(self.file, line, column, found, expected))


def _separator(text: str) -> str:
    """What stands between the cells: whatever cuts the header, the first line with text, into most pieces."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=header.count)


def _without_empty_end(cells: list[str], least: int) -> list[str]:
    """A row without the empty cells that spreadsheets leave at its end."""
    end = len(cells)
    while end > least and not cells[end - 1]:
        end -= 1
    return cells[:end]
