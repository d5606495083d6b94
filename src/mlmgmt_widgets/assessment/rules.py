"""What a rubric must be beyond its types, checked on data of any shape.

The functions see the data as it came, with wrong types still in it, and skip what they cannot read: the types
speak for themselves. So a rubric's faults are reported together, however many there are.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from mlmgmt_widgets.content import Problem, nearest, shown
from mlmgmt_widgets.documents import Location, dotted
from mlmgmt_widgets.raw import get, is_number, items


def children(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A node has sections or questions: neither and both are refused."""
    sections, questions = get(data, "sections"), get(data, "questions")
    expected = "a list of sections or a list of questions"
    if sections and questions:
        yield Problem(("questions",), "questions beside sections", f"{expected}, not both")
        return
    for name, value in (("sections", sections), ("questions", questions)):
        if value is not None and not value and not (sections or questions) and name in data:
            yield Problem((name,), shown(value), "at least one")
            return
    if not sections and not questions:
        yield Problem((), "neither sections nor questions", expected)


def scale(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Values rise strictly, and no label stands twice."""
    highest = -math.inf
    labels: set[str] = set()
    for i, answer in enumerate(items(data, "answers")):
        value, label = get(answer, "value"), get(answer, "label")
        if is_number(value):
            if value <= highest:
                where = ("answers", i, "value")
                yield Problem(where, shown(value), f"a value above {shown(highest)} (answers go from low to high)")
            highest = max(highest, value)
        yield from _seen(labels, label, ("answers", i, "label"))


def levels(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Bands or stages; bands rise, and only the last one is open."""
    has_bands, has_stages = bool(get(data, "bands")), bool(get(data, "stages"))
    if has_bands and has_stages:
        yield Problem(("stages",), "stages beside bands", "bands or stages, not both")
    if not has_bands and not has_stages:
        yield Problem((), "neither bands nor stages", "one of them")
    if get(data, "base") is not None and has_bands and not has_stages:
        yield Problem(("base",), "a base level beside bands", "none (the first band is the lowest level)")
    yield from _bands(items(data, "bands"))
    labels = {base} if isinstance(base := get(data, "base"), str) else set()
    for name in ("bands", "stages"):
        for i, level in enumerate(items(data, name)):
            yield from _seen(labels, get(level, "label"), (name, i, "label"))


def _bands(bands: list[Any]) -> Iterator[Problem]:
    highest = -math.inf
    for i, band in enumerate(bands):
        upto, is_last = get(band, "upto"), i == len(bands) - 1
        if is_last and upto is not None:
            expected = "no upto in the last band (scores above it would have no level)"
            yield Problem(("bands", i, "upto"), shown(upto), expected)
        if not is_last and upto is None:
            yield Problem(("bands", i), "a band without upto before the last", "an upto (only the last band is open)")
        if is_number(upto):
            if upto <= highest:
                expected = f"an upto above {shown(highest)}, that of the band before"
                yield Problem(("bands", i, "upto"), shown(upto), expected)
            highest = max(highest, upto)


def ids(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every id names one node, and the rubric's own names none of them: it stands for the score as a whole."""
    first: dict[str, Location] = {}
    own = get(data, "id")
    for where, node in walk(data):
        node_id = get(node, "id")
        if not isinstance(node_id, str):
            continue
        if node_id == own:
            yield Problem((*where, "id"), f"{shown(node_id)}, the rubric's own id", "an id of its own")
        elif node_id in first:
            expected = f"an id of its own (first used at {dotted(first[node_id])})"
            yield Problem((*where, "id"), f"{shown(node_id)} a second time", expected)
        else:
            first[node_id] = where


def descriptors(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A question with descriptors has one per answer."""
    answers = get(data, "answers")
    if not isinstance(answers, list | tuple) or not answers:
        return
    for where, node in walk(data):
        found = get(node, "descriptors")
        if isinstance(found, list | tuple) and len(found) != len(answers):
            yield Problem((*where, "descriptors"), f"{len(found)} descriptors", f"{len(answers)}, one per answer")


def requirements(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Stages require nodes that exist."""
    known = {node_id for _, node in walk(data) if isinstance(node_id := get(node, "id"), str)}
    for i, stage in enumerate(items(get(data, "levels"), "stages")):
        requires = get(stage, "requires")
        for node_id in requires if isinstance(requires, Mapping) else ():
            if node_id not in known:
                near = nearest(str(node_id), known)
                expected = f"'{near}'" if near else "the id of a section or question"
                where = ("levels", "stages", i, "requires", str(node_id))
                yield Problem(where, f"the unknown node {shown(node_id)}", expected)


def walk(data: object, where: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Every section and question with its path, whatever else the data holds."""
    for name in ("sections", "questions"):
        for i, node in enumerate(items(data, name)):
            here = (*where, name, i)
            yield here, node
            if name == "sections":
                yield from walk(node, here)


def _seen(labels: set[str], label: object, where: Location) -> Iterator[Problem]:
    if isinstance(label, str):
        if label.strip() in labels:
            yield Problem(where, f"{shown(label.strip())} a second time", "a label of its own")
        labels.add(label.strip())
