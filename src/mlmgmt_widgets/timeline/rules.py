"""What a plan must be beyond its types, checked on data of any shape."""

import graphlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from mlmgmt_widgets.content import Problem, nearest, shown
from mlmgmt_widgets.documents import Location, dotted
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.raw import get, is_number, items
from mlmgmt_widgets.timeline.workdays import Workdays, holiday_names

_RESEARCH = "research"
_CIRCLE_SHOWN = 12
_HELPED = 10  # unknown names for which the nearest is sought: among thousands that takes its time


def work(data: Mapping[str, Any]) -> Iterator[Problem]:
    """There is something to do."""
    if not items(data, "tasks") and get(data, "research") is None and not get(data, "tasks"):
        yield Problem((), "neither tasks nor research", "at least one of them")


def amount(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A task has weeks or effort, not both and not neither; people only share effort."""
    weeks, effort = get(data, "weeks"), get(data, "effort_weeks")
    if weeks is None and effort is None:
        given = next((name for name in ("weeks", "effort_weeks") if name in data), None)
        if given is None:
            yield Problem((), "neither weeks nor effort_weeks", "one of them")
        else:
            yield Problem((given,), "nothing", "a number of weeks, or how it may vary")
    elif weeks is not None and effort is not None:
        yield Problem(("effort_weeks",), "effort_weeks beside weeks", "one of them")
    elif weeks is not None and get(data, "people") is not None:
        yield Problem(("people",), "people beside weeks", "people only with effort_weeks, which they share")


def ids(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every id names one task or risk, and none of them is called research."""
    first: dict[str, Location] = {}
    for where, node in _nodes(data):
        node_id = get(node, "id")
        if not isinstance(node_id, str):
            continue
        if node_id == _RESEARCH:
            yield Problem((*where, "id"), "'research', the name of the research phase", "an id of its own")
        elif node_id in first:
            expected = f"an id of its own (first used at {dotted(first[node_id])})"
            yield Problem((*where, "id"), f"{shown(node_id)} a second time", expected)
        else:
            first[node_id] = where


def links(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What tasks come after and what risks delay is there."""
    known = {name for task in items(data, "tasks") if isinstance(name := get(task, "id"), str)}
    if get(data, "research") is not None:
        known.add(_RESEARCH)
    unknown = ((where, name) for where, name in _links(data) if name not in known)
    for number, (where, name) in enumerate(unknown):
        near = nearest(name, known) if number < _HELPED else None
        expected = f"'{near}'" if near else "the id of a task, or 'research' where there is one"
        yield Problem(where, f"the unknown task {shown(name)}", expected)


def size(data: Mapping[str, Any], most: int, most_tasks: int) -> Iterator[Problem]:
    """Tasks have no more links than a person could follow, and a simulation in reasonable time."""
    tasks = items(data, "tasks")
    count = sum(len(items(task, "after")) for task in tasks)
    if count > most and len(tasks) <= most_tasks:  # where there are too many tasks, that is said already
        yield Problem(("tasks",), f"{count} links between tasks", f"at most {most}")


def _links(data: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    """Every name that a task comes after or a risk delays, with its path."""
    for i, task in enumerate(items(data, "tasks")):
        for j, name in enumerate(items(task, "after")):
            if isinstance(name, str):
                yield ("tasks", i, "after", j), name
    for i, risk in enumerate(items(data, "risks")):
        name = get(risk, "delays")
        if isinstance(name, str):
            yield ("risks", i, "delays"), name


def circles(data: Mapping[str, Any]) -> Iterator[Problem]:
    """No task waits for itself, however long the way round."""
    tasks = [task for task in items(data, "tasks") if isinstance(get(task, "id"), str)]
    after = {get(task, "id"): tuple(name for name in items(task, "after") if isinstance(name, str)) for task in tasks}
    try:
        order(after)
    except graphlib.CycleError as error:
        circle: list[str] = error.args[1][::-1]  # each waits for the next
        names = " → ".join([*circle[:_CIRCLE_SHOWN], *(["…"] if len(circle) > _CIRCLE_SHOWN else [])])
        places = [get(task, "id") for task in items(data, "tasks")]
        where = ("tasks", places.index(circle[0]), "after")
        yield Problem(where, f"a circle of tasks that wait for each other: {names}", "an order in which they can start")


def order(after: Mapping[str, Iterable[str]]) -> list[str]:
    """The ids of tasks, each after those that it comes after; of those that are free, the first in the file first.

    Raises:
        graphlib.CycleError: where there is no such order.
    """
    place = {name: i for i, name in enumerate(after)}
    waits = {name: [each for each in before if each in place] for name, before in after.items()}
    sorter = graphlib.TopologicalSorter(waits)
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        found += ready
        sorter.done(*ready)
    return found


def people(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Effort is shared by somebody: the task's people, or else the team's."""
    team = get(data, "team")
    if is_number(get(team, "people")):
        return
    for i, task in enumerate(items(data, "tasks")):
        if get(task, "effort_weeks") is not None and get(task, "people") is None:
            yield Problem(("tasks", i), "effort_weeks without people", "people, for the task or for the team")


def country(data: Mapping[str, Any]) -> Iterator[Problem]:
    """The country whose holidays are free is known."""
    code = get(data, "holidays")
    if isinstance(code, str) and code.strip():
        try:
            holiday_names(code.strip(), date.today().year)  # noqa: DTZ011 - any year will do
        except Refusal as refusal:
            yield Problem(("holidays",), shown(code), str(refusal))


def days(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Work starts on a weekday, and the deadline does not lie before it."""
    start, deadline = _day(get(data, "start")), _day(get(data, "deadline"))
    if start is None:
        return
    calendar = Workdays(start)
    if not calendar.is_working_day(start):
        first = calendar.next_working_day(start)
        yield Problem(("start",), f"{start}, a {start:%A}", f"a weekday (the next is {first}, a {first:%A})")
    if deadline is not None and deadline < start:
        yield Problem(("deadline",), str(deadline), f"a day from {start}, the start, on")


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None
    except ValueError:
        return None


def _nodes(data: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    for name in ("tasks", "risks"):
        yield from (((name, i), node) for i, node in enumerate(items(data, name)))
