"""The simulation: a plan's trials, all at once.

A trial draws every uncertain quantity once. Research runs in rounds of parallel experiments, a round takes as long as
its longest, the first round with a success ends it, and when all experiments are spent without one the trial ends in
no-go. Tasks start when all that they come after has ended; the plan is delivered when everything has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import capacity, quantiles
from mlmgmt_widgets.timeline.draws import FEWEST, LEADING, MIDDLES, MOST, STRATA, USUAL, Ranks, Source, Values, draws_of
from mlmgmt_widgets.timeline.durations import Duration
from mlmgmt_widgets.timeline.plan import RESEARCH, Learned, Plan, Research, Risk, Task

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

Flags = NDArray[np.bool_]

MOST_NUMBERS = 25_000_000
"""Draws times what is drawn: about a gigabyte of memory."""

FIRST_SUCCESS = LEADING
SUCCESS_RATE = "research:success-rate"


@dataclass(frozen=True)
class Trials:
    """What happened in every trial. All arrays have one entry a trial; weeks count from the plan's start.

    Attributes:
        delivered: whether it ended in delivery, and not in no-go.
        weeks: when everything had ended; of a no-go, when it would have.
        experiments: how many experiments were run, or None where the plan has no research.
        starts: when each task, and the research, began, by id.
        ends: when it had ended.
        after: what each task came after, by id.
    """

    delivered: Flags
    weeks: Values
    experiments: Ranks | None
    starts: Mapping[str, Values]
    ends: Mapping[str, Values]
    after: Mapping[str, tuple[str, ...]]

    @cached_property
    def deliveries(self) -> Values:
        """The weeks of the delivered trials alone."""
        return self.weeks if self.delivered.all() else self.weeks[self.delivered]

    @cached_property
    def critical(self) -> dict[str, Flags]:
        """Whether each task, and the research, was on the longest path.

        Going back from the end: critical is what ended last, and whatever something critical waited for longest.
        Starts are copies of ends, so the comparison is exact.
        """
        found = {name: end == self.weeks for name, end in self.ends.items()}
        for name in reversed(list(self.after)):
            for before in self.after[name]:
                found[before] |= found[name] & (self.starts[name] == self.ends[before])
        return found


def simulate(plan: Plan, draws: int = USUAL, seed: int = 0) -> Forecast:
    """Simulate a plan.

    Args:
        plan: what to simulate.
        draws: how many trials, from 256 to a million.
        seed: another seed takes other draws; the same plan, draws and seed give the same forecast.

    Raises:
        Refusal: if there are too few or too many draws, also for a plan of this size, or the seed is negative.

    Example:
        >>> from mlmgmt_widgets.timeline.plan import Plan
        >>> plan = Plan(title="Two weeks", start="2027-01-04", tasks=[{"id": "build", "weeks": 2}])
        >>> simulate(plan).date(0.5)
        datetime.date(2027, 1, 15)
    """
    from mlmgmt_widgets.timeline.forecast import Forecast

    count = _draws(draws)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise Refusal(f"The seed was {seed!r}; it must be a whole number of at least 0.")
    _refuse_too_much(plan, count)
    return Forecast(plan, count, int(seed), run(plan, draws_of(int(seed), count)))


def _refuse_too_much(plan: Plan, draws: int) -> None:
    experiments = plan.research.max_experiments if plan.research else 0
    inputs = len(plan.tasks) + len(plan.risks) + experiments
    if draws * inputs > MOST_NUMBERS:
        most = max(FEWEST, MOST_NUMBERS // inputs)
        raise Refusal(f"{draws:,} draws of a plan of this size do not fit into memory; it can have {most:,} at most.")


def _draws(draws: int) -> int:
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or not FEWEST <= draws <= MOST:
        raise Refusal(f"The number of draws was {draws!r}; it must be a whole number from {FEWEST} to {MOST}.")
    return int(draws)


def run(plan: Plan, draws: Source) -> Trials:
    """Run all trials of a plan with these draws."""
    ends: dict[str, Values] = {}
    starts: dict[str, Values] = {}
    delays = _delays(plan, draws)
    experiments, delivered = None, np.ones(draws.count, dtype=np.bool_)
    nothing = np.zeros(draws.count)
    if plan.research is not None:
        first = _first_success(plan.research, draws)
        delivered = first <= plan.research.max_experiments
        length, experiments = _rounds(plan.research, capacity.slots(plan.team, plan.research), first, draws)
        starts[RESEARCH], ends[RESEARCH] = nothing, _sum(length, delays.get(RESEARCH, ()))
    after: dict[str, tuple[str, ...]] = {}
    for name in plan.order:
        task = plan.tasks_by_id[name]
        after[name] = tuple(dict.fromkeys(task.after))
        starts[name] = _latest([ends[before] for before in after[name]], nothing)
        ends[name] = _sum(starts[name], [length_of(plan, task, draws), *delays.get(name, ())])
    waited_for = {before for befores in after.values() for before in befores}
    weeks = _latest([end for name, end in ends.items() if name not in waited_for], nothing)
    return Trials(delivered, weeks, experiments, starts, ends, after)


def _latest(ends: list[Values], nothing: Values) -> Values:
    if not ends:
        return nothing
    latest = ends[0]
    for each in ends[1:]:
        latest = np.maximum(latest, each)
    return latest


def _sum(first: Values, more: list[Values] | tuple[Values, ...]) -> Values:
    total = first
    for each in more:
        total = total + each
    return total


# -- tasks --------------------------------------------------------------------------------------------------------


def length_of(plan: Plan, task: Task, draws: Source) -> Values:
    """A task's weeks in every trial, without what risks add.

    With the team's past overruns switched on, its own median times one of them; else a draw from its distribution.
    """
    amount = task.amount
    factor = capacity.speed(plan, task)
    if plan.overrun:
        return draws.mapped(f"overrun:{task.id}", _scaled_overrun(plan.overrun, factor * quantiles.median(amount)))
    return draws.mapped(f"task:{task.id}", scaled(amount, factor))


@lru_cache(maxsize=512)
def scaled(amount: Duration, factor: float) -> Values:
    """The quantile table of a duration, each value times a factor; kept, so not to be written to."""
    values = quantiles.table(amount)
    return values if factor == 1 else factor * values


@lru_cache(maxsize=512)
def _scaled_overrun(ratios: tuple[float, ...], median: float) -> Values:
    return median * quantiles.overrun(ratios)


def _delays(plan: Plan, draws: Source) -> dict[str, list[Values]]:
    """The weeks that risks add, by what they delay."""
    delays: dict[str, list[Values]] = {}
    for risk in plan.risks:
        delays.setdefault(risk.delays, []).append(delay_of(risk, draws))
    return delays


def delay_of(risk: Risk, draws: Source) -> Values:
    """The weeks that a risk adds in every trial: none where it does not occur."""
    occurs = draws.ranks(f"risk:{risk.id}:occurs") < risk.probability * STRATA - 0.5
    return np.where(occurs, draws.mapped(f"risk:{risk.id}:weeks", quantiles.table(risk.weeks)), 0.0)


# -- research -----------------------------------------------------------------------------------------------------


def _first_success(research: Research, draws: Source) -> Ranks:
    """Which experiment of every trial is the first that succeeds; `max_experiments` + 1 when none is in time.

    One draw a trial decides it, by inversion: no cheaper draw says more about how long research takes.
    """
    ranks = draws.ranks(FIRST_SUCCESS)
    most = research.max_experiments
    if not isinstance(research.success, Learned):
        return quantiles.first_success(research.success, most)[ranks]
    learned = quantiles.success_rate(research.success.successes, research.success.trials)
    return quantiles.first_success_at(draws.mapped(SUCCESS_RATE, learned), MIDDLES[ranks], most)


def _rounds(research: Research, side_by_side: int, first: Ranks, draws: Source) -> tuple[Values, Ranks]:
    """How long the research of every trial takes, and how many experiments it runs."""
    most = research.max_experiments
    rounds = (np.minimum(first, most) + (side_by_side - 1)) // side_by_side  # rounded up; unsigned, so never negated
    timebox = quantiles.table(research.timebox_weeks)
    length = np.zeros(draws.count)
    for number, start in enumerate(range(0, most, side_by_side)):
        names = [f"research:timebox:{k}" for k in range(start, min(start + side_by_side, most))]
        longest = _latest([draws.mapped(name, timebox) for name in names], length)
        length += longest * (rounds > number)  # quicker than adding where it holds
    return length, np.minimum(rounds * side_by_side, most).astype(np.uint16)
