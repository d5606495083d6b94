"""How often past estimates held, and what that says about the next ones.

They are read from a CSV, one finished task a row: `task,estimated_on,p50_weeks,p80_weeks,actual_weeks`. Only the two
that are compared are needed, p50_weeks and actual_weeks; `estimate,actual` is short for them. Spreadsheets of many
countries write semicolons between cells and a comma in 3,5: both are read.

Example:
    >>> past = read_past_estimates("past-estimates")
    >>> sentences(calibrate(past))[2]
    'In the middle, tasks took 1.15 times their P50, the worst 2.5 times.'
"""

from __future__ import annotations

import csv
import io
import os
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mlmgmt_widgets.content import ContentError, Fault, find, nearest, shown
from mlmgmt_widgets.documents import SIZE_LIMIT
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.raw import is_number
from mlmgmt_widgets.timeline.durations import FEWEST_PAST, LONGEST, MOST_PAST
from mlmgmt_widgets.timeline.plan import Plan

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
_MANY = 100  # estimates: with fewer, a share is known to no better than ten percent points either way


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


@dataclass(frozen=True)
class Held:
    """How often estimates of one kind held.

    Attributes:
        share: that was promised, 0.5 or 0.8.
        held: how many were kept (actual <= estimate).
        of: how many there were.
        low: lower end of the 95 % Clopper-Pearson interval of the true share.
        high: its upper end.
    """

    share: float
    held: int
    of: int
    low: float
    high: float

    @property
    def too_short(self) -> bool:
        """Whether estimates held so rarely that chance hardly explains it."""
        return self.high < self.share

    @property
    def too_long(self) -> bool:
        """Whether estimates held so often that chance hardly explains it."""
        return self.low > self.share


@dataclass(frozen=True)
class Calibration:
    """What a team's past estimates say.

    Attributes:
        estimates: the finished tasks, in the order of the file.
        p50: how often P50s held.
        p80: how often P80s held; None where there were none.
        ratios: actual / P50 of every task, in the order of the file.
        median_ratio: the middle of these.
    """

    estimates: tuple[PastEstimate, ...]
    p50: Held
    p80: Held | None
    ratios: tuple[float, ...]
    median_ratio: float


# -- what it says -------------------------------------------------------------------------------------------------


def calibrate(estimates: Iterable[PastEstimate]) -> Calibration:
    """Compare what was estimated with what it took.

    Raises:
        Refusal: if there are no estimates.
    """
    past = tuple(estimates)
    if not past:
        raise Refusal("There are no past estimates to compare with.")
    ratios = tuple(each.ratio for each in past)
    with_p80 = [(each.actual, each.p80) for each in past if each.p80 is not None]
    return Calibration(
        estimates=past,
        p50=_held(0.5, [(each.actual, each.p50) for each in past]),
        p80=_held(0.8, with_p80) if with_p80 else None,
        ratios=ratios,
        median_ratio=statistics.median(ratios),
    )


def _held(share: float, pairs: Sequence[tuple[float, float]]) -> Held:
    held = sum(actual <= estimate for actual, estimate in pairs)
    low, high = exact_interval(held, len(pairs))
    return Held(share, held, len(pairs), low, high)


def exact_interval(held: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share that was counted (Clopper and Pearson 1934).

    Its ends are quantiles of Beta(k, n - k + 1) and Beta(k + 1, n - k). SciPy's `binomtest(...).proportion_ci` gives
    the same numbers, after an import that people would have to wait for.

    Args:
        held: how many were counted.
        of: of how many, at least one.
        confidence: of the interval, above 0 and below 1.

    Returns:
        Its lower and its upper end, from 0 to 1.

    Example:
        >>> [round(end, 3) for end in exact_interval(9, 24)]
        [0.188, 0.594]
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(held, of - held + 1, tail)) if held else 0.0
    high = float(betaincinv(held + 1, of - held, 1 - tail)) if held < of else 1.0
    return low, high


def sentences(calibration: Calibration) -> list[str]:
    """What past estimates say, in words: how P50s and P80s held, what tasks took, and what to do."""
    said = [_in_words(calibration.p50, "P50", "half should")]
    if calibration.p80 is not None:
        said.append(_in_words(calibration.p80, "P80", "eight in ten should"))
    return [*said, _middle(calibration), _advice(calibration)]


def _in_words(held: Held, name: str, should: str) -> str:
    count = f"{held.held} of {held.of} {name}{'' if held.of == 1 else 's'} held ({_percent(held.held / held.of)}"
    subject = "The true share" if held.of >= _MANY else "With so few, the true share"
    chance = "that may be chance"
    if held.too_short or held.too_long:
        chance = f"that is hardly chance, {name}s are too {'short' if held.too_short else 'long'}"
    between = f"most likely lies between {_percent(held.low)} and {_percent(held.high)}"
    return f"{count}; {should}). {subject} {between}: {chance}."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _middle(calibration: Calibration) -> str:
    middle, worst = _times(calibration.median_ratio), _times(max(calibration.ratios))
    said = "as long as their P50" if middle == "1" else f"{middle} times their P50"
    longest = f", the worst {worst} times" if worst != middle else ""
    return f"In the middle, tasks took {said}{longest}."


def _times(ratio: float) -> str:
    return f"{ratio:.2f}".rstrip("0").removesuffix(".")


def _advice(calibration: Calibration) -> str:
    kinds = [held for held in (calibration.p50, calibration.p80) if held is not None]
    count = len(calibration.estimates)
    if count < FEWEST_PAST:
        return f"Fewer than {FEWEST_PAST} tasks say little about the next: go on noting the estimate and what it took."
    if any(held.too_short for held in kinds):
        return "Widen ranges, above all upwards, until they fit what happened, or let the forecast use these overruns."
    if any(held.too_long for held in kinds):
        return "A team that nearly always keeps its estimates pads them: ask what for, or let the forecast use these."
    return (
        f"These {count} tasks do not show that estimates are off, and too few tasks cannot show that they are right: "
        "go on noting both numbers."
    )


# -- what a plan does with it -------------------------------------------------------------------------------------


def overrun(estimates: Iterable[PastEstimate]) -> tuple[float, ...]:
    """Past actual / P50 ratios as `Plan.overrun` takes them.

    They are sorted, so that nothing of the order in which tasks were done is left: a forecast draws from them, each as
    likely as the others, and does not depend on their order.

    Raises:
        Refusal: if there are too few to say something, or more than a plan takes.
    """
    ratios = tuple(sorted(each.ratio for each in estimates))
    if len(ratios) < FEWEST_PAST:
        raise Refusal(
            f"Past overruns need at least {FEWEST_PAST} finished tasks, and there are {len(ratios)}: "
            "fewer say little about the next one."
        )
    if len(ratios) > MOST_PAST:
        raise Refusal(f"A plan takes at most {MOST_PAST} past overruns, and there are {len(ratios)}: keep the latest.")
    return ratios


def with_overrun(plan: Plan, estimates: Iterable[PastEstimate]) -> Plan:
    """A plan whose tasks take their own median times a past overrun, instead of a draw from their own ranges.

    Raises:
        Refusal: as `overrun`.
    """
    return plan.model_copy(update={"overrun": overrun(estimates)})


def without_overrun(plan: Plan) -> Plan:
    """A plan whose tasks take what their own ranges say."""
    return plan.model_copy(update={"overrun": None})


# -- the CSV ------------------------------------------------------------------------------------------------------


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
