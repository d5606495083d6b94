"""The plan: research that may fail, tasks that take as long as they take, risks, and a team with a calendar.

Example:
    >>> plan = load_plan("new-model")
    >>> plan.order[0] in plan.tasks_by_id
    True
"""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from mlmgmt_widgets.content import Day, FrozenModel, Identifier, Number, Problem, Text, load, shown
from mlmgmt_widgets.raw import get, is_number
from mlmgmt_widgets.timeline import rules
from mlmgmt_widgets.timeline.durations import FEWEST_PAST, MOST_PAST, Duration, DurationField
from mlmgmt_widgets.timeline.workdays import Workdays, calendar
from mlmgmt_widgets.words import in_words

RESEARCH = "research"
"""The name that tasks come after; no task or risk may have it."""
MOST_TASKS = 500
MOST_RISKS = 200
MOST_LINKS = 5_000
MOST_EXPERIMENTS = 100

Probability = Annotated[Number, Field(ge=0, le=1)]
People = Annotated[Number, Field(ge=0.01, le=10_000)]
Ratio = Annotated[Number, Field(gt=0, le=100)]


class Learned(FrozenModel):
    """A chance of success that follows from earlier experiments: a Beta(1 + successes, 1 + failures) posterior.

    That is Bayes' rule with a uniform prior; it is drawn once a trial, so that the experiments of a trial share it.
    """

    successes: int = Field(strict=True, ge=0, le=100_000)
    trials: int = Field(strict=True, ge=0, le=100_000)

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """There are no more successes than trials."""
        successes, trials = get(data, "successes"), get(data, "trials")
        if is_number(successes) and is_number(trials) and successes > trials:
            yield Problem(("successes",), shown(successes), f"a whole number of at most {shown(trials)}, the trials")


def _success(value: Any, handler: ValidatorFunctionWrapHandler) -> float | Learned:
    del handler
    if isinstance(value, Learned):
        return value
    if isinstance(value, Mapping):
        return Learned.model_validate(value)
    if not is_number(value) or not 0 <= value <= 1:
        context = {"found": shown(value), "expected": "a probability from 0 to 1, or {successes, trials}"}
        raise PydanticCustomError("content", "found {found}, expected {expected}", context)
    return float(value)


Success = Annotated[Probability | Learned, WrapValidator(_success)]


class Team(FrozenModel):
    """Who works, and when.

    Attributes:
        people: how many, in full-time equivalents.
        availability: the share of their time that is not meetings, support and leave.
        research_share: the share of that time which is kept for research.
        holidays: whose holidays are free: a country's code, `GB`, or one with its subdivision, `DE-BY`.
        days_off: further days without work.
    """

    people: People | None = Field(None, description="Full-time equivalents.")
    availability: Annotated[Number, Field(ge=0.01, le=1)] = Field(
        1, description="Share of the time that goes into work."
    )
    research_share: Annotated[Number, Field(ge=0, lt=1)] = Field(0, description="Share of that kept for research.")
    holidays: Text | None = Field(None, description="A country's code, such as GB or DE-BY.")
    days_off: tuple[Day, ...] = ()

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """The country is known."""
        return rules.country(data)


class Research(FrozenModel):
    """Timeboxed experiments until one passes its gate.

    Attributes:
        timebox_weeks: how long one experiment runs.
        success: the chance that one passes; a number, or learned from earlier ones.
        max_experiments: when so many are spent without one that passed, the answer is no-go.
        parallel: experiments that run side by side in one round; left out, what the team's research share allows.
    """

    timebox_weeks: DurationField
    success: Success
    max_experiments: int = Field(strict=True, ge=1, le=MOST_EXPERIMENTS)
    parallel: Annotated[int, Field(strict=True, ge=1, le=MOST_EXPERIMENTS)] | None = None


class Task(FrozenModel):
    """Work that has to be done.

    Attributes:
        weeks: how long it takes.
        effort_weeks: or else the work in it, in person-weeks.
        people: who share that work; left out, all of the team whose time is not kept for research.
        after: the ids of what has to be finished first; `research` is one.
    """

    id: Identifier
    title: Text | None = None
    weeks: DurationField | None = None
    effort_weeks: DurationField | None = None
    people: People | None = None
    after: tuple[Identifier, ...] = Field((), max_length=MOST_TASKS)

    @property
    def name(self) -> str:
        """Its title, or its id in words."""
        return self.title or in_words(self.id)

    @property
    def amount(self) -> Duration:
        """Its weeks, or else its effort in person-weeks."""
        amount = self.weeks if self.weeks is not None else self.effort_weeks
        if amount is None:
            raise ValueError(f"{self.id} has neither weeks nor effort")  # the rules refuse such a task
        return amount

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """A task has weeks or effort, and people only share effort."""
        return rules.amount(data)


class Risk(FrozenModel):
    """What may happen, and how many weeks it would add to a task or to the research.

    Attributes:
        delays: the id of the task, or `research`.
    """

    id: Identifier
    title: Text | None = None
    probability: Probability
    weeks: DurationField
    delays: Identifier

    @property
    def name(self) -> str:
        """Its title, or its id in words."""
        return self.title or in_words(self.id)


class Plan(FrozenModel):
    """A plan, as its YAML says it.

    Attributes:
        start: the first day of work.
        overrun: what earlier tasks took, divided by their P50 estimates. Where it is given, a task takes its own
            median times a ratio drawn from these, instead of a draw from its own distribution.
        deadline: the day by which it should be delivered.
    """

    title: Text
    start: Day
    team: Team | None = None
    research: Research | None = None
    tasks: tuple[Task, ...] = Field((), max_length=MOST_TASKS)
    risks: tuple[Risk, ...] = Field((), max_length=MOST_RISKS)
    overrun: tuple[Ratio, ...] | None = Field(
        None, min_length=FEWEST_PAST, max_length=MOST_PAST, description="Past actual / P50 ratios, in any order."
    )
    deadline: Day | None = None

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """What concerns the plan as a whole: ids, links, circles, days."""
        yield from rules.work(data)
        yield from rules.ids(data)
        yield from rules.links(data)
        yield from rules.size(data, MOST_LINKS, MOST_TASKS)
        yield from rules.circles(data)
        yield from rules.people(data)
        yield from rules.days(data)

    @property
    def summary(self) -> str:
        """Its title and its size."""
        count = len(self.tasks)
        return f"{self.title}, {count} task{'' if count == 1 else 's'}"

    @cached_property
    def tasks_by_id(self) -> dict[str, Task]:
        """The tasks by their ids, in the order of the file."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The ids of the tasks, each after those that it comes after."""
        return tuple(rules.order({task.id: task.after for task in self.tasks}))

    def amounts(self) -> Iterator[Duration]:
        """Every duration and effort in the plan."""
        if self.research is not None:
            yield self.research.timebox_weeks
        yield from (task.amount for task in self.tasks)
        yield from (risk.weeks for risk in self.risks)

    @cached_property
    def workdays(self) -> Workdays:
        """The plan's calendar."""
        team = self.team or Team()
        return calendar(self.start, team.holidays, team.days_off)

    def name_of(self, node: str) -> str:
        """The title of a task, a risk or the research by its id; the id itself where there is none."""
        if node == RESEARCH:
            return "Research"
        return self._names.get(node, node)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {task.id: task.name for task in self.tasks} | {risk.id: risk.name for risk in self.risks}


def load_plan(name_or_path: str | os.PathLike[str]) -> Plan:
    """Load a plan by a shipped name or a path.

    Raises:
        ContentError: with every fault of the file.
    """
    return load(name_or_path, Plan, "plans")
