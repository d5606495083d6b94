"""Work to add to a plan, as the plain values that one capability hands to another.

Work is `{tasks: [...], risks: [...]}` in the shape of a plan's YAML. Whoever has work makes such values, and whoever
has a plan adds them; neither has to know the other, and this module knows neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlmgmt_widgets.content import nearest
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.raw import get, items

GATE = "pass-the-gate"
"""The task that work has to be done before where no other is named; it takes no time."""

Values = dict[str, Any]


def added(plan: Mapping[str, Any], work: Mapping[str, Any], before: str | None = None) -> Values:
    """A plan with work added: the same work added twice changes nothing.

    A task or risk whose id the plan has already is replaced where it stands. A replaced task still comes after those
    tasks of the plan that somebody linked it to, since the work does not know of them. What was added earlier and is
    not in the work any more stays.

    Args:
        plan: its plain values, in the shape of its YAML; they are not changed.
        work: its tasks and risks. A risk may delay a task of the work; otherwise it delays the task named by `before`.
        before: the id of the plan's task that has to wait for the work. Left out, nothing of the plan waits: the work
            runs beside it, and ends in a task of its own, `GATE`. Then a risk may delay any task of the plan, too.

    Returns:
        The values of the new plan, which nobody has validated yet.

    Raises:
        Refusal: if the plan has no such task, or it is one of the work itself.

    Example:
        >>> plan = {"title": "Toy", "start": "2027-01-04", "tasks": [{"id": "rollout", "weeks": 2}]}
        >>> added(plan, {"tasks": [{"id": "runbook", "weeks": 1}]}, "rollout")["tasks"]
        [{'id': 'runbook', 'weeks': 1}, {'id': 'rollout', 'weeks': 2, 'after': ['runbook']}]
    """
    merging = _Merging(plan, work, before)
    if not merging.tasks and not merging.risks:
        return dict(plan)
    values = {**plan, "tasks": merging.merged_tasks()}
    if risks := merging.merged_risks():
        values["risks"] = risks
    else:
        values.pop("risks", None)
    return values


class _Merging:
    """A plan and the work that it takes in."""

    def __init__(self, plan: Mapping[str, Any], work: Mapping[str, Any], before: str | None) -> None:
        self.tasks: dict[str, Values] = {task["id"]: dict(task) for task in items(work, "tasks")}
        self.risks: dict[str, Values] = {risk["id"]: dict(risk) for risk in items(work, "risks")}
        self.own = self.tasks.keys() | self.risks.keys()
        self.plan_tasks = items(plan, "tasks")
        self.plan_risks = items(plan, "risks")
        self.research = get(plan, "research") is not None
        self.before = before
        self.known = [name for task in self.plan_tasks if isinstance(name := get(task, "id"), str)]
        self.target = GATE if before is None else _checked(before, self.known, self.own)

    def merged_tasks(self) -> list[Values]:
        """The plan's tasks with those of the work in them; new ones stand right before what waits for them."""
        merged = [self._kept(task) for task in self.plan_tasks if get(task, "id") not in self.risks]
        new = [task for name, task in self.tasks.items() if name not in self.known]
        place = next((n for n, task in enumerate(merged) if get(task, "id") == self.target), len(merged))
        merged[place:place] = new
        if self.target not in self.known and self.target not in self.tasks:
            merged.append(_linked({"id": GATE, "title": "Pass the gate", "weeks": 0}, self._ends()))
        return merged

    def _kept(self, task: Values) -> Values:
        """A task of the plan as it stands from now on."""
        name = get(task, "id")
        after = [each for each in items(task, "after") if each not in self.risks]  # a risk is nothing to wait for
        if name in self.tasks:
            new = self.tasks[name]
            return _linked(new, [*items(new, "after"), *(each for each in after if each not in self.own)])
        return _linked(task, [*after, *self._ends()] if name == self.target else after)

    def _ends(self) -> list[str]:
        """The tasks of the work that no other task of it comes after."""
        waited_for = {name for task in self.tasks.values() for name in items(task, "after")}
        return [name for name in self.tasks if name not in waited_for]

    def merged_risks(self) -> list[Values]:
        """The plan's risks with those of the work."""
        new = {name: {**risk, "delays": self._delayed(risk)} for name, risk in self.risks.items()}
        merged = [self._moved(risk) for risk in self.plan_risks if get(risk, "id") not in self.tasks]
        merged = [new.pop(get(risk, "id"), risk) for risk in merged]
        return [*merged, *new.values()]

    def _moved(self, risk: Values) -> Values:
        """A risk of the plan; where the task that it delayed is a risk now, it delays what waits for that."""
        return {**risk, "delays": self.target} if get(risk, "delays") in self.risks else risk

    def _delayed(self, risk: Values) -> str:
        """What a risk of the work delays."""
        named = get(risk, "delays")
        elsewhere = self.before is None and (named in self.known or (named == "research" and self.research))
        if isinstance(named, str) and (named in self.tasks or (elsewhere and named not in self.risks)):
            return named
        return self.target


def _checked(before: str, known: Sequence[str], own: Iterable[str]) -> str:
    """The name of a task that can wait for the work."""
    if before in own:
        raise Refusal(f"The work has a task or a risk '{before}' itself; name a task of the plan that waits for it.")
    if before not in known:
        near = nearest(before, known)
        hint = f"the nearest is '{near}'" if near else f"there are {', '.join(known)}" if known else "there are none"
        raise Refusal(f"The plan has no task '{before}' that could wait for the work; {hint}.")
    return before


def _linked(task: Values, after: Iterable[str]) -> Values:
    """A task that comes after others, each of them once."""
    names = list(dict.fromkeys(after))
    return {**task, "after": names} if names else {name: value for name, value in task.items() if name != "after"}
