"""Evidence from files: a metric that is read from a JSON or a CSV, or a file whose being there is the evidence."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlmgmt_widgets.content import shown
from mlmgmt_widgets.documents import Location, dotted
from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.evidence_files import Absent, Files, Unreadable
from mlmgmt_widgets.readiness.evidence_parts import hint, json_of, text_of
from mlmgmt_widgets.words import counted, listed

_LABELS = ("name", "metric", "key")
_FIGURES = ("value", "score")
_SHOWN = 4  # places of a metric that stands in several
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?(nan|inf(inity)?)", re.IGNORECASE)
_POSITION = re.compile(r"\[([0-9]{1,9})\]")

Hit = tuple[Location, object]
"""Where a value stands, and the value."""
_Chain = tuple["_Chain", str | int] | None
"""A place in nested data as a link to the place around it: a path of its own for each place would fill the memory."""


def read(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """The metric that stands in a file; without a metric, that the file is there.

    Raises:
        Absent: if there is no file, no such metric, or nothing that is a number.
        Unreadable: if the file is broken or the metric is not finite or stands for several values.
    """
    del item
    path = evidence.file or ""
    if evidence.metric is None:
        return evidence.model_copy(update={"found": True, "on": files.day(path)})
    is_table = path.lower().endswith((".csv", ".tsv"))
    if is_table and evidence.at is not None:
        raise Unreadable("'at' with a table", "'where', which chooses a row")
    if not is_table and evidence.where is not None:
        raise Unreadable("'where' with a JSON", "'at', which says where in it to look")
    content = files.bytes(path)
    value = (
        _in_table(text_of(content, path), evidence.metric, evidence.where or {}, path)
        if is_table
        else _in_json(json_of(content, path, "JSON"), evidence.metric, evidence.at, path)
    )
    return evidence.model_copy(update={"value": finite(value, evidence.metric, path), "on": files.day(path)})


def finite(value: object, metric: str, path: str) -> float:
    """A metric's value as a number.

    Raises:
        Absent: if it is no number.
        Unreadable: if it is not finite: a metric that could not be computed is a fault, not a low value.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Absent(f"{metric} in {path} is {shown(value)}, which is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable(f"{'NaN' if math.isnan(number) else 'infinity'} as {metric} in {path}", "a finite number")
    return number


# -- JSON ----------------------------------------------------------------------------------------------------------


def _in_json(data: Any, metric: str, at: str | None, path: str) -> object:
    where: Location = ()
    if at is not None:
        where, data = _led_to(data, at, path)
        if not isinstance(data, Mapping | list):
            return data
    named = list(_named_values(data))
    hits = [((*where, *place), value) for name, place, value in named if name == metric]
    numbers = [hit for hit in hits if _is_number(hit[1])]
    values = {repr(value) for _, value in numbers}
    if len(values) > 1:
        raise Unreadable(f"{len(values)} values of {metric} in {path} ({_places(numbers)})", "'at', which says which")
    if not hits:
        known = {name: None for name, _, value in named if _is_number(value)}
        place = path + (f" at {at}" if at else "")
        raise Absent(f"no metric {shown(metric)} in {place}{hint(metric, known)}")
    return (numbers or hits)[0][1]


def _led_to(data: Any, at: str, path: str) -> Hit:
    """What stands at a dotted path, with the path; a key that has dots itself is found, too."""
    where: list[str | int] = []
    rest = at
    while rest:
        key = _longest_key(data, rest) if isinstance(data, Mapping) else None
        position = _POSITION.match(rest)
        if key is not None:
            data, rest = data[key], rest[len(key) :]
        elif isinstance(data, list) and position and int(position[1]) < len(data):
            key, rest = int(position[1]), rest[position.end() :]
            data = data[key]
        else:
            raise Absent(f"there is nothing at {at} in {path}")
        where.append(key)
        rest = rest.removeprefix(".")
    return tuple(where), data


def _longest_key(data: Mapping[str, Any], rest: str) -> Any:
    fitting = [key for key in data if key and rest.startswith(key) and rest[len(key) : len(key) + 1] in {"", ".", "["}]
    return max(fitting, key=len, default=None)


def _named_values(data: Any) -> Iterator[tuple[str, Location, object]]:
    """Whatever has a name in nested data: the values of keys, and of records such as {name: auc, value: 0.83}."""
    start: Iterator[tuple[_Chain, Any]] = iter([(None, data)])
    waiting = [start]  # without recursion: a file may nest deeper than Python calls itself
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        place, value = found
        step, figure = place and place[1], _figure_of(value)
        if isinstance(step, str) and not isinstance(value, Mapping | list):
            yield step, _path(place), value
        elif isinstance(step, str) and figure is not None:
            yield step, _path((place, figure)), value[figure]
        label = _label_of(value)
        if label is not None and figure is not None:
            yield label, _path((place, figure)), value[figure]
        waiting.append(_children(place, value))


def _children(place: _Chain, value: Any) -> Iterator[tuple[_Chain, Any]]:
    if isinstance(value, Mapping):
        return (((place, step), child) for step, child in value.items())
    return (((place, step), child) for step, child in enumerate(value if isinstance(value, list) else ()))


def _figure_of(value: Any) -> str | None:
    """The key under which a record has its number."""
    return next((name for name in _FIGURES if name in value), None) if isinstance(value, Mapping) else None


def _label_of(value: Any) -> str | None:
    """What a record is the number of."""
    if not isinstance(value, Mapping):
        return None
    return next((value[name] for name in _LABELS if isinstance(value.get(name), str)), None)


def _path(place: _Chain) -> Location:
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))


def _places(hits: list[Hit]) -> str:
    words = [f"{shown(value)} at {dotted(where)}" for where, value in hits[:_SHOWN]]
    return ", ".join(words) + (", …" if len(hits) > _SHOWN else "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# -- CSV -----------------------------------------------------------------------------------------------------------


def _in_table(text: str, metric: str, where: Mapping[str, str], path: str) -> object:
    header, rows = _table(text, path)
    if unknown := [column for column in where if column not in header]:
        raise Absent(f"no column {shown(unknown[0])} in {path}{hint(unknown[0], header)}")
    chosen = [row for row in rows if all(row.get(column) == wanted for column, wanted in where.items())]
    label = next((name for name in _LABELS if name in header), None)
    figure = next((name for name in _FIGURES if name in header), None)
    if metric in header:
        named = [(metric, row[metric]) for row in chosen if row.get(metric)]
    elif label and figure:
        named = [(row[label], row.get(figure, "")) for row in chosen if label in row]
    else:
        raise Absent(f"no column {shown(metric)} in {path}{hint(metric, header)}")
    values = [_figure(cell) for name, cell in named if name == metric]
    if not values:
        choice = " and ".join(f"{column} is {shown(wanted)}" for column, wanted in where.items())
        place = path + (f" where {choice}" if choice else "")
        raise Absent(f"no metric {shown(metric)} in {place}{hint(metric, (name for name, _ in named))}")
    if len(set(values)) > 1:
        others = [name for name in header if name not in {metric, figure, label, *where}]
        choice = f" by {listed(others[:_SHOWN])}" if others else ""
        raise Absent(f"{path} has {counted(len(values), 'value')} of {metric}: choose a row with 'where'{choice}")
    return values[0]


def _figure(cell: str) -> float | str:
    return float(cell) if _NUMBER.fullmatch(cell) else cell


def _table(text: str, path: str) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a CSV, whose cells a comma, a semicolon or a tab sets apart."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        read = csv.reader(io.StringIO(text), delimiter=delimiter)
        lines = [[cell.strip() for cell in line] for line in read if line]
    except csv.Error as error:
        raise Unreadable(f"a broken CSV in {path} ({error})", "a CSV with a header") from None
    if not lines:
        raise Unreadable(f"nothing in {path}", "a CSV with a header")
    header = lines[0]
    return header, [dict(zip(header, line, strict=False)) for line in lines[1:]]
