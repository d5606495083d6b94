"""Evidence from a JUnit report: the tests that carry an item's id, or that its rule's pattern is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.evidence_files import Absent, Files, Unreadable
from mlmgmt_widgets.readiness.evidence_parts import Check, Outcome, day_in, matching, tally

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_EXPECTED = "a JUnit report"
_PROPERTY = "readiness"
_NOT_RUN = {"notrun", "skipped", "disabled"}  # as an attribute, where a reporter has no element for it


@dataclass(frozen=True, slots=True)
class Case(Check):
    """A test of a report.

    Attributes:
        own_name: without the class that it stands in.
        items: the ids that it carries in properties called `readiness`.
        on: the day that its suite says; None where it says none.
    """

    own_name: str = ""
    items: tuple[str, ...] = ()
    on: date | None = None


def read(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """How the tests went that belong to an item.

    With a rule about tests, those whose name, class and name, or property its pattern matches. Without, those with a
    property `readiness` that is the item's id; or, when no test has one, those whose name carries the id.

    Raises:
        Absent: if there is no report or no such test in it.
        Unreadable: if it is no JUnit report.
    """
    path = evidence.junit or ""
    tests = tests_in(files.bytes(path), path)
    matched = _of(item, tests, path)
    on = max((test.on for test in matched if test.on), default=None) or files.day(path)
    return evidence.model_copy(update={"checks": tally(matched), "on": on})


def _of(item: Item, tests: list[Case], path: str) -> list[Case]:
    if item.rule is not None and item.rule.junit is not None:
        return matching(tests, item.rule.junit, "test", path)
    carrying = [test for test in tests if item.id in test.items]
    if not carrying:
        words = item.id.replace("-", "[-_ ]")
        carried = re.compile(f"(?<![0-9a-z]){words}(?![0-9a-z])", re.IGNORECASE)
        carrying = [test for test in tests if carried.search(test.own_name)]
    if not carrying:
        raise Absent(f"no test in {path} carries the id {item.id}")
    return carrying


def tests_in(content: bytes, path: str) -> list[Case]:
    """The tests of a JUnit report, in its order.

    Raises:
        Unreadable: if it is broken, is no JUnit report, or declares a document type: entities hide in those.
    """
    root = _parsed(content, path)
    if _tag(root) not in {"testsuites", "testsuite"}:
        raise Unreadable(f"the element <{_tag(root)[:40]}> in {path}", _EXPECTED)
    return list(_tests(root))


def _parsed(content: bytes, path: str) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable(f"a document type, in which entities hide, in {path}", _EXPECTED) from None
    except ParseError as error:
        raise Unreadable(f"broken XML in {path}, line {error.position[0]}", _EXPECTED) from None
    except (LookupError, ValueError):  # an encoding that nobody knows, or that the parser does not
        raise Unreadable(f"XML in an unknown encoding in {path}", _EXPECTED) from None


def _tests(root: Element) -> Iterator[Case]:
    """Walk suites without recursion, since they may be nested as deep as a file is long."""
    waiting: list[tuple[Element, date | None]] = [(root, None)]
    while waiting:
        element, day = waiting.pop()
        if _tag(element) == "testcase":
            yield _test(element, day)
        elif _tag(element) in {"testsuites", "testsuite"}:
            on = day_in(element.get("timestamp")) or day
            waiting += [(child, on) for child in reversed(element)]


def _test(element: Element, on: date | None) -> Case:
    name, group = element.get("name") or "", element.get("classname") or ""
    properties = [(each.get("name"), each.get("value") or "") for each in element.iter() if _tag(each) == "property"]
    full = f"{group}.{name}" if group else name
    parameters = name.find("[")  # a test that runs with several values is called name[value]
    plain = (name[:parameters], full[: parameters - len(name)]) if parameters > 0 else ()
    return Case(
        name=full,
        outcome=_outcome(element),
        aliases=(name, *plain, *(value for _, value in properties)),
        own_name=name,
        items=tuple(value for key, value in properties if key == _PROPERTY),
        on=on,
    )


def _outcome(element: Element) -> Outcome:
    tags = {_tag(child) for child in element}
    if tags & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in tags or element.get("status") in _NOT_RUN else "passed"


def _tag(element: Element) -> str:
    """A tag without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
