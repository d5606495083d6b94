"""What the readers of evidence share: text and JSON from outside, days, and checks that are counted."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

from mlmgmt_widgets.content import nearest
from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Checks
from mlmgmt_widgets.readiness.evidence_files import Absent, Unreadable

Outcome = Literal["passed", "failed", "skipped"]
_NAMED = 20  # failing checks that are named
_LONGEST = 120
_COMPARED = 2000  # names among which the nearest is sought, which takes its time
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def text_of(content: bytes, path: str) -> str:
    """The text of a file.

    Raises:
        Unreadable: if it is not in UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02x} in {path}, line {line}"
        raise Unreadable(found, "text in UTF-8") from None


def json_of(content: bytes, path: str, expected: str) -> Any:
    """The values of a JSON file.

    Args:
        content: of the file.
        path: of it, for faults.
        expected: what should be in it, for faults.

    Raises:
        Unreadable: if it is no JSON, nested too deep, or holds a number that nobody can read.
    """
    text = text_of(content, path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"broken JSON in {path}, line {error.lineno}", expected) from None
    except RecursionError:
        raise Unreadable(f"JSON that is nested too deep in {path}", expected) from None
    except ValueError:  # Python refuses to read integers of thousands of digits
        raise Unreadable(f"a number of thousands of digits in {path}", expected) from None


def day_in(value: object) -> date | None:
    """The day that a moment in ISO 8601 begins with; None where there is none.

    Example:
        >>> day_in("2026-11-01T23:30:00+01:00"), day_in("20261101T223000Z"), day_in("test_100")
        (datetime.date(2026, 11, 1), datetime.date(2026, 11, 1), None)
    """
    match = _DAY.match(value) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Check:
    """One test, expectation or check of a result.

    Attributes:
        name: as people know it.
        outcome: passed, failed or skipped.
        aliases: what else a pattern may match.
    """

    name: str
    outcome: Outcome
    aliases: tuple[str, ...] = ()

    def matches(self, pattern: str) -> bool:
        """Whether a shell's pattern, or the very name, is about it."""
        return any(name == pattern or fnmatchcase(name, pattern) for name in (self.name, *self.aliases))


C = TypeVar("C", bound=Check)


def pattern_for(item: Item, source: str) -> str:
    """The pattern of the item's rule, where it is about this source; else everything."""
    return item.rule.pattern if item.rule is not None and item.rule.subject == source else "*"


def matching(checks: Sequence[C], pattern: str, what: str, path: str) -> list[C]:
    """The checks that a pattern is about.

    Raises:
        Absent: if there are none.
    """
    matched = [check for check in checks if check.matches(pattern)]
    if not matched:
        raise Absent(f"no {what} in {path}" + ("" if pattern == "*" else f" matches {short(pattern)}"))
    return matched


def tally(checks: Iterable[Check]) -> Checks:
    """How many checks passed, failed and were skipped, with the names of the first that failed."""
    outcomes = [(check.outcome, check.name) for check in checks]
    failing = [name for outcome, name in outcomes if outcome == "failed"]
    return Checks(
        passed=sum(outcome == "passed" for outcome, _ in outcomes),
        failed=len(failing),
        skipped=sum(outcome == "skipped" for outcome, _ in outcomes),
        failing=tuple(short(name) for name in failing[:_NAMED]),
    )


def short(name: str) -> str:
    """A name from outside, on one line and no longer than that.

    Example:
        >>> short(" test_a  test_b "), short("")
        ('test_a test_b', 'unnamed')
    """
    # JSON may hold half a surrogate pair, which no text can be written with.
    line = " ".join(name.encode("utf-8", "replace").decode().split())
    return (line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…") or "unnamed"


def hint(name: str, known: Iterable[str]) -> str:
    """The name that may have been meant, as the end of a clause; empty where none comes near.

    Example:
        >>> hint("acu", ["loss", "auc"]), hint("acu", ["loss"])
        (' (nearest: auc)', '')
    """
    near = nearest(name, itertools.islice(known, _COMPARED))
    return f" (nearest: {short(near)})" if near else ""
