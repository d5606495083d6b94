"""A YAML file as plain values that remember their lines.

YAML 1.2's core types, not 1.1's: `No`, `yes` and `on` are text, `012` is twelve and a date is text. Anchors,
aliases, tags and merge keys are refused: content is meant to be read in a diff, and an alias that is repeated
often enough makes a small file fill the memory.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Location = tuple[str | int, ...]
"""A path of keys and positions from the top of a file."""

SIZE_LIMIT = 2_000_000
"""Bytes: forty times the largest rubric we ship."""
DEPTH_LIMIT = 60
"""Nested lists and mappings: deeper than any rubric that a person could answer."""
VALUES_LIMIT = 100_000
"""Values, lists and mappings among them: sixty times those of the largest checklist we ship. A fault of each one of a
million would fill the memory."""
MOST_FAULTS = 1000
"""Faults of the YAML itself, after which the rest is not read."""

_END = object()
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = {"0o": (re.compile(r"0o[0-7]+"), 8), "0x": (re.compile(r"0x[0-9a-fA-F]+"), 16)}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((f"{sign}{word}" for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file.

    Attributes:
        file: The file as it was named.
        line: Counted from 1; None when the file as a whole is meant.
        field: The path of the value, such as `sections[0].weight`; empty for the file as a whole.
        found: What is there.
        expected: What should be.
    """

    file: str
    line: int | None
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line: `file:line: field: found ..., expected ...`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = f"{self.field}: " if self.field else ""
        return writable(f"{place}: {subject}found {self.found}, expected {self.expected}")


def writable(text: str) -> str:
    r"""The same text without halves of surrogate pairs, which JSON can hold and nothing can be written with.

    Example:
        >>> writable("a\ud800")
        'a?'
    """
    return text.encode("utf-8", "replace").decode()


@dataclass
class Document:
    """A file's values, the line of each, and the faults found while reading.

    Attributes:
        file: The file as it was named.
        data: Dicts, lists, text, numbers, booleans and None.
        lines: The line of every value by its path; a key's own line for the values of a mapping.
        faults: Faults that need no model to be seen, such as a key that stands twice.
        readable: Whether `data` is worth checking; False after a syntax error.
    """

    file: str
    data: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    readable: bool = True

    def line(self, where: Location) -> int:
        """The line of a value, or of the nearest value around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def fault(self, where: Location, found: str, expected: str) -> Fault:
        """A fault at a path."""
        return Fault(self.file, self.line(where), dotted(where), found, expected)

    def _unreadable(self, line: int | None, found: str, expected: str) -> "Document":
        self.readable = False
        self.faults.append(Fault(self.file, line, "", found, expected))
        return self


def dotted(where: Location) -> str:
    """A path as people write it: `sections[0].questions[2].weight`."""
    text = ""
    for step in where:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_document(path: str | os.PathLike[str]) -> Document:
    """Read a YAML file; what is wrong with it stands in `Document.faults`."""
    document = Document(os.fspath(path))
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        return document._unreadable(None, error.strerror or "an unreadable file", "a file that can be read")  # noqa: SLF001
    return parse_document(document.file, raw)


def parse_document(file: str, raw: bytes) -> Document:
    """Parse the bytes of a YAML file; `file` is only a name for the faults."""
    document = Document(file)
    if len(raw) > SIZE_LIMIT:
        return document._unreadable(None, f"{len(raw)} bytes", f"at most {SIZE_LIMIT}")  # noqa: SLF001
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return document._unreadable(line, f"the byte 0x{raw[error.start]:02x}", "text in UTF-8")  # noqa: SLF001
    try:
        _Builder(document).build(yaml.parse(text, Loader=_Parser))
    except _Unusable as error:
        return document._unreadable(error.line, error.found, error.expected)  # noqa: SLF001
    except yaml.MarkedYAMLError as error:
        return document._unreadable(*_syntax(error, text))  # noqa: SLF001
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0) or 0
        line = text.count("\n", 0, position) + 1
        return document._unreadable(line, "a character that YAML does not allow", "plain text")  # noqa: SLF001
    return document


TOO_MANY, AT_MOST = f"more than {VALUES_LIMIT} values", "no more"


def has_too_many(data: object) -> bool:
    """Whether data that came in another way than from a file holds more values than a file may.

    Example:
        >>> has_too_many({"tasks": [1] * 99_998}), has_too_many({"tasks": [1] * 99_999})
        (False, True)
    """
    count, waiting = 1, [iter((data,))]
    while waiting and count <= VALUES_LIMIT:
        found = next(waiting[-1], _END)
        if found is _END:
            waiting.pop()
        elif isinstance(found, Mapping | list | tuple):
            count += len(found)
            waiting.append(iter(found.values() if isinstance(found, Mapping) else found))
    return count > VALUES_LIMIT


class _Unusable(Exception):  # noqa: N818
    def __init__(self, line: int | None, found: str, expected: str) -> None:
        self.line, self.found, self.expected = line, found, expected


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[int | None, str, str]:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    lines = text.splitlines()
    if line and line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return line, "a tab in the indentation", "spaces"
    problem = " ".join(filter(None, (error.problem, error.context)))
    return line, f"broken YAML ({problem})", "YAML (text with ': ' or ' #' in it needs quotes)"


class _Builder:
    """Builds values from the parser's events, without recursion and without following aliases."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[_Open] = []
        self.values = 0

    def build(self, events: Iterator[yaml.Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unusable(_line(event), "a second document", "one document a file")
            elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
        if not documents:
            raise _Unusable(1, "an empty file", "a mapping of keys to values")

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        if len(self.open) >= DEPTH_LIMIT:
            raise _Unusable(line, f"more than {DEPTH_LIMIT} levels of nesting", "less")
        if self.open and self.open[-1].wants_key:
            raise _Unusable(line, "a list or mapping as a key", "plain text as a key")
        where = self._place(line)
        self._refuse_extras(event, where, line)
        self.open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], where))

    def _end(self) -> None:
        closed = self.open.pop()
        self._store(closed.value)

    def _scalar(self, event: yaml.ScalarEvent | yaml.AliasEvent) -> None:
        line = _line(event)
        if self.open and self.open[-1].wants_key:
            key = f"*{event.anchor}" if isinstance(event, yaml.AliasEvent) else event.value
            self._key(str(key), line)
            return
        where = self._place(line)
        if isinstance(event, yaml.AliasEvent):
            self._note(where, line, f"the alias *{event.anchor}", "the value itself")
            self._store(None)
            return
        self._refuse_extras(event, where, line)
        self._store(_plain_value(event.value) if event.implicit[0] else event.value)

    def _key(self, key: str, line: int) -> None:
        current = self.open[-1]
        where = (*current.where, key)
        current.duplicate = key in current.value
        if current.duplicate:
            first = self.document.lines[where]
            self._note(where, line, f"'{key}' a second time", f"each key once (first on line {first})")
        else:
            self.document.lines[where] = line
        current.key = key
        current.wants_key = False

    def _place(self, line: int) -> Location:
        """Where the next value goes; its line is kept unless its key's line already is."""
        self.values += 1
        if self.values > VALUES_LIMIT:
            raise _Unusable(line, TOO_MANY, AT_MOST)
        if not self.open:
            where: Location = ()
        else:
            current = self.open[-1]
            step = current.key if isinstance(current.value, dict) else len(current.value)
            where = (*current.where, step)
        self.document.lines.setdefault(where, line)
        return where

    def _store(self, value: object) -> None:
        if not self.open:
            self.document.data = value
            return
        current = self.open[-1]
        if isinstance(current.value, list):
            current.value.append(value)
            return
        if not current.duplicate:
            current.value[current.key] = value
        current.wants_key = True

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, where: Location, line: int) -> None:
        if event.anchor:
            self._note(where, line, f"the anchor &{event.anchor}", "none (write the value where it is used)")
        if event.tag:
            self._note(where, line, f"the tag {event.tag}", "none")

    def _note(self, where: Location, line: int, found: str, expected: str) -> None:
        if len(self.document.faults) >= MOST_FAULTS:
            raise _Unusable(line, f"more than {MOST_FAULTS} faults", "YAML without anchors, aliases, tags and doubles")
        self.document.faults.append(Fault(self.document.file, line, dotted(where), found, expected))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Open:
    """A list or mapping that is being filled."""

    def __init__(self, value: Any, where: Location) -> None:
        self.value = value
        self.where = where
        self.key = ""
        self.wants_key = isinstance(value, dict)
        self.duplicate = False


def _plain_value(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= 300 else text  # noqa: PLR2004 (beyond a float's range it cannot be a number of ours)
    based = _BASED.get(text[:2])
    if based and based[0].fullmatch(text):
        return int(text[2:], based[1])
    return float(text) if _FLOAT.fullmatch(text) else text
