"""What was changed between two plans, as edits that can be made one by one.

An edit is what a person would call one change: a task's duration, what a task comes after, a task more or fewer, one
number of the research or the team. Names and the order in a file change no number and are no edits.

A task that is put between two others takes their link apart, and one that is taken out may leave a new link behind it:
the later one still comes after the earlier one. Such links are no edits, they follow from who is there. While only some
of the tasks of a chain are there, the chain is closed around the gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from mlmgmt_widgets.timeline import capacity, durations
from mlmgmt_widgets.timeline.plan import RESEARCH, Learned, Plan, Research, Risk, Task, Team
from mlmgmt_widgets.timeline.wording import day

_MOST_NAMED = 3

Links = Mapping[str, frozenset[str]]
"""What each task comes after."""


@dataclass(frozen=True)
class Edit:
    """One change of a plan.

    Attributes:
        where: the id of a task or a risk, `research`, `team`, `start`, `deadline`, `overrun`.
        title: what changes, in words.
        fields: values of the plan itself.
        team: values of its team.
        research: values of its research.
        tasks: tasks by their ids; None takes one out. What they come after is not taken from here.
        risks: the same for risks.
        gained: tasks, and what they come after from now on.
        lost: tasks, and what they no longer come after.
    """

    where: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    team: Mapping[str, Any] = field(default_factory=dict)
    research: Mapping[str, Any] = field(default_factory=dict)
    tasks: Mapping[str, Task | None] = field(default_factory=dict)
    risks: Mapping[str, Risk | None] = field(default_factory=dict)
    gained: frozenset[tuple[str, str]] = frozenset()
    lost: frozenset[tuple[str, str]] = frozenset()


class Changes:
    """The edits that lead from one plan to another.

    Args:
        before: plan A.
        after: plan B.

    Example:
        >>> a = Plan(title="A", start="2027-01-04", tasks=[{"id": "serving", "weeks": 4}])
        >>> b = Plan(title="B", start="2027-01-04", tasks=[{"id": "serving", "weeks": 3}])
        >>> [edit.title for edit in Changes(a, b).edits]
        ['Serving: 3 weeks (fixed) instead of 4 weeks (fixed)']
    """

    def __init__(self, before: Plan, after: Plan) -> None:
        self.before = before
        self.after = after
        links, later = _links(before), _links(after)
        self._shared = frozenset(links) & frozenset(later)
        self._gone, self._new = _Side(links, before.order, self._shared), _Side(later, after.order, self._shared)
        self._kept = {name: self._still_after(name) for name in self._shared}

    def _still_after(self, name: str) -> frozenset[str]:
        """What a task of both plans comes after in both, at once or by way of tasks that only one of them has."""
        return self._gone.behind(name) & self._new.behind(name)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit; all of them together make plan B of plan A."""
        return (*self._plan(), *self._team(), *self._research(), *self._tasks(), *self._risks())

    def made(self, edits: Iterable[Edit]) -> Plan:
        """Plan A with some of the edits.

        Raises:
            ValidationError: if they make no valid plan without the others.
        """
        fields: dict[str, Any] = {name: getattr(self.before, name) for name in Plan.model_fields}
        tasks: dict[str, Task | None] = dict(self.before.tasks_by_id)
        risks: dict[str, Risk | None] = {risk.id: risk for risk in self.before.risks}
        gained: set[tuple[str, str]] = set()
        lost: set[tuple[str, str]] = set()
        for edit in edits:
            fields.update(edit.fields)
            tasks.update(edit.tasks)
            risks.update(edit.risks)
            gained |= edit.gained
            lost |= edit.lost
            if edit.team:
                fields["team"] = (fields["team"] or Team()).model_copy(update=edit.team)
            if edit.research:
                fields["research"] = fields["research"].model_copy(update=edit.research)
        present = {name: task for name, task in tasks.items() if task is not None}
        there = frozenset(present) | ({RESEARCH} if fields["research"] else frozenset())
        after = self._after(there, gained, lost)
        fields["tasks"] = [task.model_copy(update={"after": after[name]}) for name, task in present.items()]
        left = self._gone.own - there
        fields["risks"] = [risk for risk in risks.values() if risk is not None and risk.delays not in left]
        return Plan.model_validate(fields)

    def _after(
        self, there: frozenset[str], gained: set[tuple[str, str]], lost: set[tuple[str, str]]
    ) -> dict[str, tuple[str, ...]]:
        """What each task comes after, in the order in which the plans name it."""
        gaps = [(side, side.gaps(there)) for side in (self._gone, self._new)]
        found = {}
        for name in there - {RESEARCH}:
            before = self._among_shared(name, there) if name in self._shared else set()
            before |= {each for task, each in gained if task == name}
            before -= {each for task, each in lost if task == name}
            for side, beyond in gaps:
                before |= side.own_before(name, there, beyond, self._kept.get(name, frozenset()))
            order = [*_after(self.after, name), *_after(self.before, name), *sorted(before)]
            found[name] = tuple(each for each in dict.fromkeys(order) if each in before)
        return found

    def _among_shared(self, name: str, there: frozenset[str]) -> set[str]:
        """Which tasks of both plans a task of both comes after at once.

        Where it comes after one in both plans, the link is there whenever no way through other tasks is: when the way
        of plan A is broken and that of plan B not yet begun.
        """
        a, b = self._gone.links[name] & self._shared, self._new.links[name] & self._shared
        found = set(a - self._kept[name])
        for each in self._kept[name]:
            broken = each in a or not self._gone.ways(name, each) <= there
            begun = each not in b and not self._new.ways(name, each).isdisjoint(there)
            if broken and not begun:
                found.add(each)
        return found

    # -- the edits ------------------------------------------------------------------------------------------------

    def _plan(self) -> Iterator[Edit]:
        a, b = self.before, self.after
        if a.start != b.start:
            yield Edit("start", f"Start on {day(b.start)} instead of {day(a.start)}", {"start": b.start})
        if a.deadline != b.deadline:
            title = f"Deadline {_day(b.deadline)} instead of {_day(a.deadline)}"
            yield Edit("deadline", title, {"deadline": b.deadline})
        if sorted(a.overrun or ()) != sorted(b.overrun or ()):
            yield Edit("overrun", _overruns(a.overrun, b.overrun), {"overrun": b.overrun})

    def _team(self) -> Iterator[Edit]:
        a, b = self.before.team or Team(), self.after.team or Team()
        if a.people != b.people:
            yield Edit("team", _people_of_team(a.people, b.people), team={"people": b.people})
        for name, title in (("availability", "Availability"), ("research_share", "Research share")):
            before, after = getattr(a, name), getattr(b, name)
            if before != after:
                yield Edit("team", f"{title}: {_share(after)} instead of {_share(before)}", team={name: after})
        if a.holidays != b.holidays:
            title = f"Holidays: {b.holidays or 'none'} instead of {a.holidays or 'none'}"
            yield Edit("team", title, team={"holidays": b.holidays})
        if set(a.days_off) != set(b.days_off):
            yield Edit("team", _days_off(set(a.days_off), set(b.days_off)), team={"days_off": b.days_off})

    def _research(self) -> Iterator[Edit]:
        a, b = self.before.research, self.after.research
        if a is None and b is not None:
            yield self._put(RESEARCH, f"Research added: {_research_in_words(b)}", fields={"research": b})
        elif a is not None and b is None:
            yield self._taken(RESEARCH, "Research removed", fields={"research": None})
        elif a is not None and b is not None:
            for name, title in _RESEARCH_TITLES.items():
                before, after = getattr(a, name), getattr(b, name)
                if before != after:
                    words = title.format(*_told_apart(self._value(name, self.after), self._value(name, self.before)))
                    yield Edit(RESEARCH, words, research={name: after})

    @staticmethod
    def _value(name: str, plan: Plan) -> str:
        research = plan.research
        assert research is not None  # noqa: S101 - asked only where both plans have research
        if name == "parallel" and research.parallel is None:
            return f"what the research share allows ({capacity.slots(plan.team, research)})"
        value = getattr(research, name)
        if name == "success":
            return _success(value)
        return durations.in_words(value) if name == "timebox_weeks" else str(value)

    def _tasks(self) -> Iterator[Edit]:
        a, b = self.before.tasks_by_id, self.after.tasks_by_id
        for name, task in a.items():
            if name not in b:
                yield self._taken(name, f"{task.name} removed", tasks={name: None})
        for name, task in b.items():
            if name not in a:
                yield self._put(name, f"{task.name} added: {_amount(task)}", tasks={name: task})
                continue
            if _work(a[name]) != _work(task):
                yield Edit(name, _changed_amount(a[name], task), tasks={name: task})
            yield from self._relinked(task)

    def _relinked(self, task: Task) -> Iterator[Edit]:
        """What it comes after, as far as that does not follow from who is there."""
        kept = self._kept[task.id]
        before, after = (side.links[task.id] & self._shared - kept for side in (self._gone, self._new))
        gained = [each for each in task.after if each in after]
        lost = [each for each in _after(self.before, task.id) if each in before]
        if gained or lost:
            others = len(self.before.tasks_by_id[task.id].after) > len(lost)
            yield Edit(
                task.id,
                f"{task.name}: {_links_in_words(self._names(gained), self._names(lost), others=others)}",
                gained=frozenset((task.id, each) for each in gained),
                lost=frozenset((task.id, each) for each in lost),
            )

    def _put(self, node: str, title: str, **what: Mapping[str, Any]) -> Edit:
        """A task, or the research, is added, and with it its risks."""
        known = {risk.id for risk in self.before.risks}
        risks = {risk.id: risk for risk in self.after.risks if risk.delays == node and risk.id not in known}
        return Edit(node, title, **what, risks=risks)  # type: ignore[arg-type]  # fields by name

    def _taken(self, node: str, title: str, **what: Mapping[str, Any]) -> Edit:
        """A task, or the research, is removed, and with it its risks."""
        kept = {risk.id for risk in self.after.risks}
        risks = {risk.id: None for risk in self.before.risks if risk.delays == node and risk.id not in kept}
        return Edit(node, title, **what, risks=risks)  # type: ignore[arg-type]  # fields by name

    def _risks(self) -> Iterator[Edit]:
        a, b = ({risk.id: risk for risk in plan.risks} for plan in (self.before, self.after))
        for name, risk in a.items():
            if name not in b and risk.delays not in self._gone.own:
                yield Edit(name, f"Risk removed: {risk.name}", risks={name: None})
        for name, risk in b.items():
            if name not in a and risk.delays not in self._new.own:
                effect = f"{_share(risk.probability)}, {durations.in_words(risk.weeks)}"
                title = f"Risk added: {risk.name}, {effect}, delays {self.after.name_of(risk.delays)}"
                yield Edit(name, title, risks={name: risk})
            elif name in a and _odds(a[name]) != _odds(risk):
                yield Edit(name, self._changed_risk(a[name], risk), risks={name: risk})

    def _changed_risk(self, before: Risk, after: Risk) -> str:
        parts = []
        if before.probability != after.probability:
            parts.append(f"{_share(after.probability)} instead of {_share(before.probability)}")
        if before.weeks != after.weeks:
            parts.append(_lengths(durations.in_words(after.weeks), durations.in_words(before.weeks)))
        if before.delays != after.delays:
            names = self.after.name_of(after.delays), self.before.name_of(before.delays)
            parts.append("delays {} instead of {}".format(*names))
        return f"Risk {after.name}: {', '.join(parts)}"

    def _names(self, nodes: Iterable[str]) -> list[str]:
        return [self.after.name_of(each) for each in nodes]


class _Side:
    """The links of one plan, seen from the other.

    Args:
        links: of this plan.
        order: of its tasks, each after those that it comes after.
        shared: what both plans have.

    Attributes:
        own: what only this plan has.
    """

    def __init__(self, links: Links, order: Iterable[str], shared: frozenset[str]) -> None:
        self.links = links
        self.own = frozenset(links) - shared
        self._order = [name for name in order if name in self.own]
        self._reached = self._beyond(shared)
        self._between = {name: self._own_behind(name) for name in shared}

    def _beyond(self, ends: frozenset[str]) -> dict[str, frozenset[str]]:
        """For what only this plan has: which of the ends it comes after, by way of others that are no ends."""
        found: dict[str, frozenset[str]] = {RESEARCH: frozenset()}
        for name in self._order:
            nearest = (frozenset((each,)) if each in ends else found[each] for each in self.links[name])
            found[name] = frozenset[str]().union(*nearest)
        return found

    def _own_behind(self, name: str) -> frozenset[str]:
        """What only this plan has and a task of both comes after without another one of both between."""
        found: set[str] = set()
        waiting = list(self.links[name] & self.own)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self.links[each] & self.own
        return frozenset(found)

    def behind(self, name: str) -> frozenset[str]:
        """Which of both plans' tasks a task of both comes after, at once or by way of what only this plan has."""
        return (self.links[name] - self.own).union(*(self._reached[each] for each in self._between[name]))

    def ways(self, name: str, before: str) -> frozenset[str]:
        """What lies between two tasks of both plans, of what only this plan has."""
        return frozenset(each for each in self._between[name] if before in self._reached[each])

    def gaps(self, there: frozenset[str]) -> dict[str, frozenset[str]]:
        """For each that only this plan has and that is not there: what is there on the other side of the gap."""
        return {name: ends for name, ends in self._beyond(there).items() if name in self.own - there}

    def own_before(
        self, name: str, there: frozenset[str], gaps: Mapping[str, frozenset[str]], kept: frozenset[str]
    ) -> set[str]:
        """What a task comes after on account of this plan's own, itself among them.

        Args:
            name: of the task.
            there: all that is there.
            gaps: as from `gaps`.
            kept: what the task comes after in both plans. Across a gap a task of both plans is linked only for the
                sake of these: what only one plan makes it wait for goes with the tasks in between.
        """
        if name in self.own:
            return set[str]().union(*({each} if each in there else gaps[each] for each in self.links[name]))
        before = self.links.get(name, frozenset()) & self.own
        beyond = frozenset[str]().union(*(gaps[each] for each in before - there)) & self.own
        return {*(before & there), *(each for each in beyond if not self._reached[each].isdisjoint(kept))}


def _links(plan: Plan) -> Links:
    research = {RESEARCH: frozenset[str]()} if plan.research else {}
    return {**research, **{task.id: frozenset(task.after) for task in plan.tasks}}


def _after(plan: Plan, task: str) -> tuple[str, ...]:
    return plan.tasks_by_id[task].after if task in plan.tasks_by_id else ()


def _work(task: Task) -> tuple[Any, ...]:
    return task.weeks, task.effort_weeks, task.people


def _odds(risk: Risk) -> tuple[Any, ...]:
    return risk.probability, risk.weeks, risk.delays


# -- words --------------------------------------------------------------------------------------------------------

_RESEARCH_TITLES = {
    "timebox_weeks": "Timebox of an experiment: {} instead of {}",
    "success": "Chance of success of an experiment: {} instead of {}",
    "max_experiments": "At most {} experiments instead of {}",
    "parallel": "Experiments side by side: {} instead of {}",
}


def _share(value: float) -> str:
    return f"{100 * value:g} %"


def _day(value: date | None) -> str:
    return day(value) if value else "none"


def _several(number: float, one: str, more: str) -> str:
    return f"{number:g} {one if number == 1 else more}"


def _success(value: float | Learned) -> str:
    if isinstance(value, Learned):
        return f"learned from {value.successes} of {value.trials}"
    return _share(value)


def _research_in_words(research: Research) -> str:
    tries = _several(research.max_experiments, "experiment", "experiments")
    timebox = durations.in_words(research.timebox_weeks)
    return f"at most {tries}, each {timebox}, chance of success {_success(research.success)}"


def _amount(task: Task) -> str:
    """A task's duration, or its effort and who shares it."""
    if task.effort_weeks is None:
        return durations.in_words(task.amount)
    return f"{durations.in_words(task.effort_weeks).replace(' week', ' person-week')} for {_shared_by(task)}"


def _shared_by(task: Task) -> str:
    return "the whole team" if task.people is None else _several(task.people, "person", "people")


def _changed_amount(before: Task, after: Task) -> str:
    if (before.weeks, before.effort_weeks) == (after.weeks, after.effort_weeks):
        return f"{after.name}: {_shared_by(after)} instead of {_shared_by(before)}"
    return f"{after.name}: {_lengths(_amount(after), _amount(before))}"


def _lengths(after: str, before: str) -> str:
    return "{} instead of {}".format(*_told_apart(after, before))


def _told_apart(after: str, before: str) -> tuple[str, str]:
    """Two values in words; where the words are the same, the values are not."""
    return (after, before) if after != before else (after, "others that read the same")


def _people_of_team(before: float | None, after: float | None) -> str:
    if after is None:
        return f"The size of the team left open instead of {before:g}"
    return f"A team of {after:g} instead of {'an open size' if before is None else f'{before:g}'}"


def _days_off(before: set[date], after: set[date]) -> str:
    parts = [f"{_days(days)} {what}" for days, what in ((after - before, "more"), (before - after, "fewer")) if days]
    return f"Days off: {', '.join(parts)}"


def _days(days: set[date]) -> str:
    return " and ".join(day(each) for each in sorted(days)) if len(days) < _MOST_NAMED else f"{len(days)} days"


def _overruns(before: tuple[float, ...] | None, after: tuple[float, ...] | None) -> str:
    if not after:
        return "Past overruns switched off"
    if not before:
        return f"Past overruns switched on ({len(after)} past tasks)"
    return f"Past overruns: other ones ({len(after)} past tasks)"


def _links_in_words(gained: list[str], lost: list[str], *, others: bool) -> str:
    if gained and lost:
        return f"after {' and '.join(gained)} instead of {' and '.join(lost)}"
    if lost:
        return f"no longer after {' and '.join(lost)}"
    return f"{'also' if others else 'only'} after {' and '.join(gained)}"
