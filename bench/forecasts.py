"""How long a forecast takes, beside the NumPy that people would write for the same plan, and beside a library."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import squigglepy as sq
from numpy.typing import NDArray
from scipy.stats import qmc

from mlmgmt_widgets.timeline import Plan, simulate
from mlmgmt_widgets.timeline.draws import USUAL, _directions, draws_of
from mlmgmt_widgets.timeline.quantiles import first_success, table
from mlmgmt_widgets.timeline.simulation import scaled

DRAWS = 100_000
ROUNDS = 15
SEEDS = 60
TIMEBOX, SUCCESS, EXPERIMENTS = (2.0, 3.0, 4.0), 0.35, 5
STAGES = {
    "data": ((1.0, 3.0, 8.0), ()),
    "pipeline": ((2.0, 4.0, 10.0), ("data",)),
    "serving": ((2.0, 3.0, 6.0), ()),
    "evaluation": ((1.0, 2.0, 4.0), ("pipeline",)),
    "monitoring": ((1.0, 2.0, 5.0), ("serving",)),
    "rollout": ((2.0, 3.0, 7.0), ("evaluation", "monitoring")),
}
Values = NDArray[np.float64]
Row = tuple[str, float, str]


def plan(**changed: float) -> Plan:
    """Return the plan that all are given; `changed` are other likely values of stages."""
    low, likely, high = TIMEBOX
    tasks = [
        {"id": name, "weeks": _range(a, changed.get(name, m), b), "after": [*after] or ["research"]}
        for name, ((a, m, b), after) in STAGES.items()
    ]
    research = {"timebox_weeks": _range(low, likely, high), "success": SUCCESS, "max_experiments": EXPERIMENTS}
    return Plan.model_validate({"title": "Bench", "start": "2027-01-04", "research": research, "tasks": tasks})


def _range(low: float, likely: float, high: float) -> dict[str, float]:
    return {"low": low, "likely": likely, "high": high}


def by_hand(dice: np.random.Generator, draws: int) -> Values:
    """The same plan in straightforward NumPy: trials whose research is over leave the loop."""
    weeks = np.zeros(draws)
    searching = np.arange(draws)
    for _ in range(EXPERIMENTS):
        weeks[searching] += _pert(dice, TIMEBOX, len(searching))
        searching = searching[dice.random(len(searching)) >= SUCCESS]
    found = np.delete(weeks, searching)
    ends: dict[str, Values] = {}
    for name, (stage, after) in STAGES.items():
        start = np.maximum.reduce([ends[each] for each in after]) if after else found
        ends[name] = start + _pert(dice, stage, len(found))
    return ends["rollout"]


def _pert(dice: np.random.Generator, stage: tuple[float, float, float], draws: int) -> Values:
    low, likely, high = stage
    alpha, beta = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    return low + (high - low) * dice.beta(alpha, beta, draws)


def with_squigglepy(draws: int) -> Values:
    """The same plan with the samples of squigglepy."""
    sample = partial(sq.sample, n=draws)
    weeks, searching = np.zeros(draws), np.ones(draws, dtype=bool)
    for _ in range(EXPERIMENTS):
        weeks += np.where(searching, sample(sq.pert(*TIMEBOX)), 0)
        searching &= sample(sq.bernoulli(SUCCESS)) == 0
    ends: dict[str, Values] = {}
    for name, (stage, after) in STAGES.items():
        start = np.maximum.reduce([ends[each] for each in after]) if after else weeks
        ends[name] = start + sample(sq.pert(*stage))
    return ends["rollout"][~searching]


def _forget() -> None:
    for kept in (draws_of, _directions, table, first_success, scaled):
        kept.cache_clear()


def _timed(action: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    before()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure() -> Iterator[Row]:
    """Yield what was measured, the ratio, and its conditions."""
    yield from _speed()
    yield from _growth()
    yield from _error()


def _speed() -> Iterator[Row]:
    dice = np.random.default_rng(1)
    steps = (plan(pipeline=4 + 0.01 * step) for step in itertools.count(1))
    first_plan = plan()
    moved: list[Plan] = []
    times: dict[str, list[float]] = {name: [] for name in ("hand", "first", "moved", "sq", "sobol")}
    for _ in range(ROUNDS):  # interleaved, so that a busy moment falls on all alike
        times["hand"].append(_timed(lambda: np.quantile(by_hand(dice, DRAWS), 0.8)))
        times["first"].append(_timed(lambda: simulate(first_plan, DRAWS).quantile(0.8), _forget))
        moved.append(next(steps))
        times["moved"].append(_timed(lambda: simulate(moved[-1], DRAWS).quantile(0.8)))
        times["sq"].append(_timed(lambda: np.quantile(with_squigglepy(DRAWS), 0.8)))
        times["sobol"].append(_timed(lambda: qmc.Sobol(1 + EXPERIMENTS + len(STAGES), rng=1).random(1 << 17)))
    best = {name: float(np.median(each)) for name, each in times.items()}
    names = {
        "first": "forecast, first call / plain NumPy",
        "moved": "forecast, one number changed / plain NumPy",
        "sq": "squigglepy / plain NumPy",
        "sobol": "scipy's Sobol draws alone / plain NumPy",
    }
    for name, words in names.items():
        conditions = (
            f"{DRAWS:,} draws, median of {ROUNDS}; {1000 * best[name]:.1f} ms against {1000 * best['hand']:.1f} ms"
        )
        yield words, best[name] / best["hand"], conditions


def _growth() -> Iterator[Row]:
    """What one more task costs in a small and in a large plan: layers of five, each task after two of another."""
    per_task = {}
    for size in (20, 200):
        large = _layers(size)
        per_task[size] = min(_timed(lambda: simulate(large).quantile(0.8), _forget) for _ in range(5)) / size  # noqa: B023
    words = "; ".join(f"{1e6 * cost:.0f} µs a task of {size}" for size, cost in per_task.items())
    yield (
        "cost of a task in a plan of 200 / of 20",
        per_task[200] / per_task[20],
        f"{USUAL:,} draws, first call; {words}",
    )


def _layers(size: int) -> Plan:
    tasks = [
        {
            "id": f"t{i}",
            "weeks": _range(1, 2 + i % 3 / 10, 6),
            "after": [f"t{(i // 5 - 1) * 5 + (i + step) % 5}" for step in (0, 1)] if i >= 5 else [],  # noqa: PLR2004
        }
        for i in range(size)
    ]
    return Plan.model_validate({"title": "Large", "start": "2027-01-04", "tasks": tasks})


def _error() -> Iterator[Row]:
    """How many plain random draws have the P80 error of the usual number of ours."""
    ours = np.std([simulate(plan(), USUAL, seed).quantile(0.8) for seed in range(SEEDS)])
    plain = np.std([np.quantile(by_hand(np.random.default_rng(seed), USUAL), 0.8) for seed in range(SEEDS)])
    ratio = float((plain / ours) ** 2)
    alike = f"about {round(USUAL * ratio, -3):,.0f} plain draws"
    spreads = f"standard deviations {plain:.3f} and {ours:.3f} weeks"
    yield "plain draws with the same P80 error / ours", ratio, f"{USUAL:,} draws, {SEEDS} seeds; {alike}; {spreads}"
