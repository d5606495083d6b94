"""What a forecast's spread comes from, and how exact the forecast is: both by drawing again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mlmgmt_widgets.timeline.draws import Draws, Redrawn, draws_of
from mlmgmt_widgets.timeline.durations import is_uncertain
from mlmgmt_widgets.timeline.plan import RESEARCH, Plan
from mlmgmt_widgets.timeline.simulation import FIRST_SUCCESS, SUCCESS_RATE, Trials, run

REPLICATES = 16
_MANY = 40  # inputs, from which on fewer draws tell what the spread comes from
_ENOUGH = 4_096
# Sixteen replicates know their own spread only roughly: Student's t with 15 degrees of freedom, so that twice the
# stated error covers 95 %.
_STUDENT = 2.131 / 2
EXPERIMENTS = f"{RESEARCH}.experiments"
TIMEBOX = f"{RESEARCH}.timebox"


@dataclass(frozen=True)
class Driver:
    """What a part of the spread comes from.

    Attributes:
        id: of a task or a risk; `research.experiments` for how many experiments it takes, `research.timebox` for how
            long they run.
        title: as people read it.
        share: of the whole spread; all shares together are 1.
    """

    id: str
    title: str
    share: float


def drivers(plan: Plan, draws: int, seed: int, trials: Trials) -> list[Driver]:
    """The shares of the spread by what is uncertain in a plan, the largest first.

    Each share is a total effect (Homma and Saltelli 1996) by Jansen's estimator (1999): half the mean square by which
    the delivery moves when this one input alone is drawn again, in the trials that are delivered both times. That is
    the variance that would be left if everything else were known. Shares are of the sum of all effects. An input that
    never matters has exactly 0.
    """
    inputs_of = dict(_inputs(plan))
    if len(inputs_of) > _MANY and draws > _ENOUGH:
        draws = _ENOUGH  # every input takes a simulation, and shares need not be as exact as dates
        trials = run(plan, draws_of(seed, draws))
    fixed = draws_of(seed, draws)
    effects: dict[str, float] = {}
    for name, inputs in inputs_of.items():
        again = run(plan, Redrawn(fixed, frozenset(inputs)))
        both = trials.delivered & again.delivered
        moved = (trials.weeks - again.weeks)[both]
        effects[name] = float(np.mean(moved**2) / 2) if len(moved) else 0.0
    total = sum(effects.values())
    found = [Driver(name, title(plan, name), effect / total if total else 0.0) for name, effect in effects.items()]
    return sorted(found, key=lambda driver: -driver.share)


def title(plan: Plan, driver: str) -> str:
    """A driver as people read it."""
    return {EXPERIMENTS: "How many experiments it takes", TIMEBOX: "How long experiments run"}.get(
        driver, plan.name_of(driver)
    )


def _inputs(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """The uncertain inputs of a plan with the names of their draws."""
    if plan.research is not None:
        yield EXPERIMENTS, [FIRST_SUCCESS, SUCCESS_RATE]
        if is_uncertain(plan.research.timebox_weeks):
            yield TIMEBOX, [f"research:timebox:{k}" for k in range(plan.research.max_experiments)]
    for task in plan.tasks:
        if plan.overrun or is_uncertain(task.amount):
            yield task.id, [f"task:{task.id}", f"overrun:{task.id}"]
    for risk in plan.risks:
        yield risk.id, [f"risk:{risk.id}:occurs", f"risk:{risk.id}:weeks"]


def error(plan: Plan, draws: int, seed: int, share: float) -> float:
    """The standard error of a quantile, in weeks; NaN where nothing is delivered.

    Draws of a net are not independent, so no formula gives it: the plan is simulated with other scrambles of the net
    (L'Ecuyer 2018), and the spread of their quantiles is the error of one.
    """
    found = []
    for number in range(REPLICATES):
        weeks = run(plan, Draws(f"{seed}/{number}", draws)).deliveries  # not kept: sixteen would fill the memory
        if len(weeks):
            found.append(np.quantile(weeks, share, method="hazen"))
    if len(found) < REPLICATES:
        return float("nan")
    return float(_STUDENT * np.std(found, ddof=1))
