"""What usually goes wrong in plans, found in this one: hints, which never change a number and never block.

Example:
    >>> from mlmgmt_widgets.timeline.plan import Plan
    >>> plan = Plan(title="All of it", start="2027-01-04", tasks=[{"id": "work", "weeks": 2}], deadline="2027-01-16")
    >>> [hint.code for hint in lint(plan)]
    ['deadline-free-day', 'no-risks']
    >>> lint(plan)[0].sentence
    'The deadline of 16 January 2027 is a Saturday, when nobody works. So 15 January 2027 is the last day that counts.'
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from mlmgmt_widgets.timeline import capacity, quantiles, wording
from mlmgmt_widgets.timeline.draws import Values
from mlmgmt_widgets.timeline.durations import Percentiles, Range, is_uncertain, likely
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.plan import RESEARCH, Plan, Task
from mlmgmt_widgets.timeline.simulation import simulate
from mlmgmt_widgets.timeline.workdays import DAYS, Workdays
from mlmgmt_widgets.words import listed

NARROW = 1.5
"""A high below so many times the low is a narrow range."""
NARROW_PERCENTILES = 1.25
"""The same for P90 and P10: a PERT range of 1.5 has P90 / P10 of 1.23."""
NARROW_FROM = 1.0
"""Weeks: what is shorter may well be known exactly."""
OFF_MIDDLE = 0.05
"""A likely value nearer to the middle than this share of the range makes it symmetric."""
FEWEST_SYMMETRIC = 2
FEWEST_SERIAL = 4
LONG_TAIL = 10
"""P90 beyond so many times P10 is a range that nobody can plan around."""
LONG_TAIL_FROM = 1.0
"""Weeks of P90: what is shorter does not matter, however wide."""
RESEARCH_SHARE = (0.2, 0.3)
TIMEBOX = (2, 4)
MANY_TASKS = 50
EVEN = 0.5

_SHOWN = 3  # names in a sentence
_ROUNDING = 1e-9
_DAY = 1 / DAYS
_ENOUGH = 4096  # draws for the middle of something; the first ones of a net are spread as evenly as all


@dataclass(frozen=True)
class Hint:
    """Something to look at.

    Attributes:
        code: what kind of thing it is, such as `narrow-range`; stable, for tests and programs.
        where: the id of a task or a risk, or `research`, `team`, `start`, `deadline`, or `plan` for the whole.
        field: the field in it, such as `weeks`; empty for the whole.
        sentence: what it is and why it matters, for a manager.
        nodes: the ids of all tasks or risks that it is about, of which `where` is the first; the sentence names some.
    """

    code: str
    where: str
    field: str
    sentence: str
    nodes: tuple[str, ...] = ()


def lint(plan: Plan, forecast: Forecast | None = None) -> list[Hint]:
    """Look for what usually goes wrong in plans.

    Args:
        plan: to look at.
        forecast: of this plan; left out, or of another plan, it is simulated.

    Returns:
        Hints, what matters most first, at most one of a kind.
    """
    if forecast is None or forecast.plan != plan:
        forecast = simulate(plan)
    return list(_Linter(plan, forecast).hints())


class _Linter:
    """Looks at one plan."""

    def __init__(self, plan: Plan, forecast: Forecast) -> None:
        self.plan = plan
        self.forecast = forecast
        # With past overruns switched on, ranges are not what the forecast comes from.
        self.ranges = {} if plan.overrun else {task.id: task.amount for task in plan.tasks}

    def hints(self) -> Iterator[Hint]:
        yield from self._unlikely_deadline()
        yield from self._above_capacity()
        yield from self._sum_of_likelies()
        yield from self._deadline_free_day()
        yield from self._start_free_day()
        yield from self._narrow_range()
        yield from self._all_serial()
        yield from self._symmetric_range()
        yield from self._no_risks()
        yield from self._risk_certain()
        yield from self._long_tail()
        yield from self._timebox_length()
        yield from self._research_share()
        yield from self._huge_plan()
        yield from self._unconnected()

    # -- the forecast ---------------------------------------------------------------------------------------------

    def _unlikely_deadline(self) -> Iterator[Hint]:
        on_time, success = self.forecast.on_time, self.forecast.success_probability
        if on_time is None or on_time >= EVEN:
            return
        if success > EVEN:
            even = wording.day(self.forecast.date(EVEN / success))
            what = f"It would be even by {even}: move the deadline there, or leave something out."
        else:
            what = "No later day makes it likely, because half the futures of this plan, or more, are never delivered."
        yield Hint("unlikely-deadline", "deadline", "", f"{wording.deadline(self.forecast)} {what}")

    def _sum_of_likelies(self) -> Iterator[Hint]:
        if not self.forecast.delivers:
            return
        added, middle = likely_weeks(self.plan), self.forecast.quantile(EVEN)
        if middle - added < _DAY:
            return
        share = float(np.mean(self.forecast.trials.deliveries <= added + _ROUNDING))
        rounds = ["one round of experiments"] if self.plan.research else []
        taken = listed([*rounds, *(["no risks"] if self.plan.risks else [])])
        path = f"the longest path, with {taken}," if taken else "the longest path"
        few = wording.percent(share)
        yield Hint(
            "sum-of-likelies",
            "plan",
            "",
            f"Adding up the likely durations along {path} gives {wording.weeks(added)}; "
            f"{'' if few.startswith('less') else 'only '}{few} of delivered futures are that fast. "
            f"P50, which half of them keep, is {wording.weeks(middle)}.",
        )

    def _above_capacity(self) -> Iterator[Hint]:
        team = self.plan.team
        tasks = [task for task in self.plan.tasks if task.effort_weeks is not None]
        if team is None or team.people is None or not tasks:
            return
        starts, ends = self._usual(tasks)
        people = np.array([capacity.people(self.plan, task) for task in tasks])
        # Need is largest where a task begins. Less than a day beside each other is no planning fault.
        beside = (starts <= starts[:, None]) & (ends - _DAY >= starts[:, None] - _ROUNDING)
        need = beside @ people
        worst = min(np.flatnonzero(need > need.max() - _ROUNDING), key=starts.__getitem__)
        if need[worst] <= team.people + _ROUNDING:
            return
        together = beside[worst]
        names = [task.id for task, busy in zip(tasks, together, strict=True) if busy]
        weeks = _weeks_from_to(starts[worst], float(ends[together].min()))
        yield Hint(
            "above-capacity",
            names[0],
            "people",
            f"In {weeks}, {self._named(names)} {'need' if len(names) > 1 else 'needs'} {_count(need[worst])} people"
            f"{' at the same time' if len(names) > 1 else ''}, and the team has {_count(team.people)}. The forecast "
            "does not make them wait, so it is too early: let one come after another, or give them fewer people.",
            tuple(names),
        )

    def _usual(self, tasks: Sequence[Task]) -> tuple[Values, Values]:
        """The medians of the weeks in which tasks start and end."""
        trials = self.forecast.trials
        some = slice(_ENOUGH)
        chosen = trials.delivered[some] if trials.delivered[some].any() else ~trials.delivered[some]
        starts, ends = (
            np.array([np.median(weeks[task.id][some][chosen]) for task in tasks])
            for weeks in (trials.starts, trials.ends)
        )
        return starts, ends

    # -- days -----------------------------------------------------------------------------------------------------

    def _deadline_free_day(self) -> Iterator[Hint]:
        deadline, workdays = self.plan.deadline, self.plan.workdays
        why = _free(workdays, deadline) if deadline else None
        if deadline is None or why is None:
            return
        last = workdays.last_working_day(deadline)
        counts = f"So {wording.day(last)} is the last day that counts."
        if last < self.plan.start:
            counts = "There is no working day between the start and it."
        said = f"The deadline of {wording.day(deadline)} is {why}, when nobody works. {counts}"
        yield Hint("deadline-free-day", "deadline", "", said)

    def _start_free_day(self) -> Iterator[Hint]:
        start, workdays = self.plan.start, self.plan.workdays
        why = _free(workdays, start)
        if why is None:
            return
        first = wording.day(workdays.next_working_day(start))
        said = f"The start, {wording.day(start)}, is {why}, when nobody works. Weeks count from {first}."
        yield Hint("start-free-day", "start", "", said)

    # -- ranges ---------------------------------------------------------------------------------------------------

    def _narrow_range(self) -> Iterator[Hint]:
        some = [name for name, amount in self.ranges.items() if likely(amount)]  # no milestones
        fixed = [name for name in some if not is_uncertain(self.ranges[name])]
        if len(fixed) > 1 and 2 * len(fixed) > len(some):
            yield Hint(
                "narrow-range",
                fixed[0],
                self._field(fixed[0]),
                f"{len(fixed)} of {len(some)} tasks have a fixed duration ({self._named(fixed)}), which makes the "
                "forecast look surer than anybody is. Give a low, a likely and a high to all that are no agreed "
                "windows.",
                tuple(fixed),
            )
            return
        narrow = [name for name in some if self._is_narrow(name)]
        if narrow:
            yield Hint(
                "narrow-range",
                narrow[0],
                self._field(narrow[0]),
                f"The {'ranges' if len(narrow) > 1 else 'range'} of {self._named(narrow)} "
                f"{'are' if len(narrow) > 1 else 'is'} narrow: work of a week or more usually varies by half and more. "
                "Ask what would have to happen for it to take twice as long.",
                tuple(narrow),
            )

    def _is_narrow(self, name: str) -> bool:
        amount = self.ranges[name]
        if likely(amount) * capacity.speed(self.plan, self.plan.tasks_by_id[name]) < NARROW_FROM - _ROUNDING:
            return False
        if isinstance(amount, Percentiles):
            return amount.p90 < NARROW_PERCENTILES * amount.p10
        return isinstance(amount, Range) and amount.low < amount.high < NARROW * amount.low

    def _symmetric_range(self) -> Iterator[Hint]:
        ranges = {name: each for name, each in self.ranges.items() if isinstance(each, Range) and each.low < each.high}
        even = [name for name, each in ranges.items() if _is_symmetric(each)]
        if len(even) < FEWEST_SYMMETRIC or 2 * len(even) < len(ranges):
            return
        yield Hint(
            "symmetric-range",
            even[0],
            self._field(even[0]),
            f"The likely values of {self._named(even)} lie in the middle between low and high. Work is rarely done in "
            "half the time and often takes twice as long, so the high usually lies further away.",
            tuple(even),
        )

    def _long_tail(self) -> Iterator[Hint]:
        tailed = {}
        for name, amount in self.ranges.items():
            if not is_uncertain(amount):
                continue
            speed = capacity.speed(self.plan, self.plan.tasks_by_id[name])
            low, high = (speed * quantiles.quantile(amount, share) for share in (0.1, 0.9))
            if high >= LONG_TAIL_FROM and high > LONG_TAIL * low:
                tailed[name] = f"{wording.weeks(high)} instead of {low:.1f}"
        if not tailed:
            return
        names = list(tailed)
        example = f" ({'' if len(names) == 1 else 'the first '}{tailed[names[0]]})"
        yield Hint(
            "long-tail",
            names[0],
            self._field(names[0]),
            f"In one case of ten {self._named(names)} may take more than ten times as long as in another{example}. "
            "Find out first what it hangs on, because nobody can plan around such a range.",
            tuple(names),
        )

    # -- the shape of the plan ------------------------------------------------------------------------------------

    def _all_serial(self) -> Iterator[Hint]:
        plan, order = self.plan, self.plan.order
        alone = plan.team is not None and plan.team.people is not None and plan.team.people <= 1
        chain = [*([RESEARCH] if plan.research else []), *order]
        waits = all(before in plan.tasks_by_id[name].after for before, name in itertools.pairwise(chain))
        if len(order) < FEWEST_SERIAL or not waits or alone:
            return
        yield Hint(
            "all-serial",
            "plan",
            "",
            f"Each of the {len(order)} tasks waits for the one before, so nothing runs side by side and every delay "
            "delays the delivery. Whatever does not need the result before it could start earlier.",
            order,
        )

    def _unconnected(self) -> Iterator[Hint]:
        free = [task.id for task in self.plan.tasks if not task.after]
        if self.plan.research is None or not free:
            return
        yield Hint(
            "unconnected",
            free[0],
            "after",
            f"{self._named(free)} {'start' if len(free) > 1 else 'starts'} before anyone knows whether an approach is "
            "good enough. That is right for work that pays off in any case; let the rest come after the research.",
            tuple(free),
        )

    def _huge_plan(self) -> Iterator[Hint]:
        count = len(self.plan.tasks)
        if count <= MANY_TASKS:
            return
        yield Hint(
            "huge-plan",
            "plan",
            "",
            f"The forecast takes the {count} tasks to be late or early independently, so that their luck evens out "
            "more than it does in a team, where one cause delays many. Put small tasks together, and common causes "
            "into risks.",
        )

    # -- risks, research, team ------------------------------------------------------------------------------------

    def _no_risks(self) -> Iterator[Hint]:
        if not self.plan.risks:
            yield Hint(
                "no-risks",
                "plan",
                "risks",
                "The plan names no risks, so the forecast assumes that nothing goes wrong beside the tasks. Add the "
                "two or three things that held up the last project.",
            )

    def _risk_certain(self) -> Iterator[Hint]:
        sure = [risk.id for risk in self.plan.risks if risk.probability == 1]
        never = [risk.id for risk in self.plan.risks if risk.probability == 0]
        said = []
        if sure:
            verb, them = ("happen", "them as tasks") if len(sure) > 1 else ("happens", "it as a task")
            said.append(f"{self._named(sure)} {verb} for certain: plan {them}, where everybody sees the weeks.")
        if never:
            have, them = ("have", "them") if len(never) > 1 else ("has", "it")
            said.append(f"{self._named(never)} {have} a probability of 0: remove {them}, or say how likely.")
        if said:
            names = (*sure, *never)
            yield Hint("risk-certain", names[0], "probability", " ".join(said), names)

    def _timebox_length(self) -> Iterator[Hint]:
        if self.plan.research is None:
            return
        usual, (least, most) = likely(self.plan.research.timebox_weeks), TIMEBOX
        if least <= usual <= most:
            return
        why = "in less, an approach hardly gets a fair try"
        if usual > most:
            why = "in more, much is spent before anyone asks whether to go on"
        yield Hint(
            "timebox-length",
            RESEARCH,
            "timebox_weeks",
            f"An experiment is given {wording.weeks(usual)}. The guide's rule of thumb is {least} to {most} weeks: "
            f"{why}.",
        )

    def _research_share(self) -> Iterator[Hint]:
        team = self.plan.team
        if self.plan.research is None or team is None or (team.people is None and not team.research_share):
            return
        share, (least, most) = team.research_share, RESEARCH_SHARE
        if least - _ROUNDING <= share <= most + _ROUNDING:
            return
        why = "with less, experiments wait for people" if share < least else "with more, all other work waits"
        yield Hint(
            "research-share",
            "team",
            "research_share",
            f"The team keeps {100 * share:.3g} % of its time for research. The guide's rule of thumb is 20–30 %: "
            f"{why}.",
        )

    # -- words ----------------------------------------------------------------------------------------------------

    def _named(self, nodes: Sequence[str]) -> str:
        """Up to three titles, and how many more there are."""
        names = [f"“{self.plan.name_of(node)}”" for node in nodes[:_SHOWN]]
        if len(nodes) > _SHOWN:
            names.append(f"{len(nodes) - _SHOWN} more")
        return listed(names)

    def _field(self, task: str) -> str:
        return "weeks" if self.plan.tasks_by_id[task].weeks is not None else "effort_weeks"


def likely_weeks(plan: Plan) -> float:
    """The sum that people make in their heads: weeks along the longest path when all takes its likely time.

    Research is one round of its timebox, and no risk occurs.
    """
    ends: dict[str, float] = {}
    if plan.research is not None:
        ends[RESEARCH] = likely(plan.research.timebox_weeks)
    for name in plan.order:
        task = plan.tasks_by_id[name]
        start = max((ends[before] for before in task.after), default=0.0)
        ends[name] = start + likely(task.amount) * capacity.speed(plan, task)
    return max(ends.values(), default=0.0)


def _is_symmetric(duration: Range) -> bool:
    middle = (duration.low + duration.high) / 2
    return abs(duration.likely - middle) <= OFF_MIDDLE * (duration.high - duration.low) + _ROUNDING


def _free(workdays: Workdays, day: date) -> str | None:
    """Why nobody works on a day, as it stands after "is"; None for a working day."""
    why = workdays.why_free(day)
    return f"a {why}" if day.weekday() >= DAYS or why == "day off" else why


def _weeks_from_to(start: float, end: float) -> str:
    """Weeks of the plan, the first being week 1, that a span of weeks of work touches."""
    first = math.floor(start + _ROUNDING) + 1
    last = max(first, math.ceil(end - _ROUNDING))
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def _count(people: float) -> str:
    return f"{people:.1f}".removesuffix(".0")
