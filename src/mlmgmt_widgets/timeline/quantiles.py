"""Quantile tables: what a duration is in the middle of each of `STRATA` equal parts of probability.

A draw is the number of such a part (see draws.py), so a table turns draws into weeks by one look-up, and a changed
number costs one table.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np

from mlmgmt_widgets.timeline.draws import MIDDLES, STRATA, Ranks, Values
from mlmgmt_widgets.timeline.durations import Duration, History, Percentiles, Range

Array = TypeVar("Array", Values, Ranks)

_GRID = 1024  # intervals of the grid on which a Beta distribution is added up
_WIDE = 12.0  # standard deviations from the mean beyond which a Beta distribution has no weight that counts
_Z90 = 1.2815515655446004  # the 90th percentile of the standard normal distribution
_TABLES = 512  # of 128 kB each


@lru_cache(maxsize=_TABLES)
def table(duration: Duration) -> Values:
    """The quantiles of a duration, in weeks.

    Args:
        duration: of any kind.

    Returns:
        `STRATA` values, rising; kept, so not to be written to.

    Example:
        >>> from mlmgmt_widgets.timeline.durations import Range
        >>> round(float(np.quantile(table(Range(low=2, likely=4, high=10)), 0.8)), 2)  # exactly 5.92154
        5.92
    """
    return _kept(_quantiles(duration))


def _quantiles(duration: Duration) -> Values:
    if isinstance(duration, Range):
        return _pert(duration) if duration.distribution == "pert" else _triangular(duration)
    if isinstance(duration, Percentiles):
        return _lognormal(duration)
    if isinstance(duration, History):
        return _resampled(duration.history)
    return np.full(STRATA, float(duration))


def _pert(duration: Range) -> Values:
    width = duration.high - duration.low
    if not width:
        return np.full(STRATA, float(duration.low))
    alpha = 1 + 4 * (duration.likely - duration.low) / width
    beta = 1 + 4 * (duration.high - duration.likely) / width
    return duration.low + width * _beta(alpha, beta)


def _triangular(duration: Range) -> Values:
    low, mode, high = duration.low, duration.likely, duration.high
    if low == high:
        return np.full(STRATA, float(low))
    rising = (mode - low) / (high - low)
    left = low + np.sqrt(MIDDLES * (high - low) * (mode - low))
    right = high - np.sqrt((1 - MIDDLES) * (high - low) * (high - mode))
    values: Values = np.where(rising > MIDDLES, left, right)
    return values


def _lognormal(duration: Percentiles) -> Values:
    """P10 and P90 are symmetric about the mean of the logarithm."""
    low, high = np.log(duration.p10), np.log(duration.p90)
    values: Values = np.exp((low + high) / 2 + (high - low) / (2 * _Z90) * _normal())
    return values


@lru_cache(maxsize=1)
def _normal() -> Values:
    from scipy.special import ndtri

    return np.asarray(ndtri(MIDDLES))


def _resampled(values: tuple[float, ...]) -> Values:
    # Which value belongs to which draw hangs on the order; sorted, the order in which people wrote them down does not
    # matter, and a longer past value means a longer draw.
    past: Values = np.sort(np.asarray(values, dtype=float))
    chosen: Values = past[(MIDDLES * len(past)).astype(int)]
    return chosen


def _beta(alpha: float, beta: float) -> Values:
    """Quantiles of a Beta distribution whose parameters are at least 1.

    The density is added up by the trapezoid rule on a grid that is even in the angle t of x = (1 - cos t) / 2: there
    the integrand and its slope vanish at both ends, which makes that rule exact to rounding (tests compare with
    SciPy's `betaincinv`, which takes twenty times as long).
    """
    mean = alpha / (alpha + beta)
    spread = np.sqrt(mean * (1 - mean) / (alpha + beta + 1))
    low, high = max(0.0, mean - _WIDE * spread), min(1.0, mean + _WIDE * spread)
    angle = np.linspace(0, np.pi, _GRID + 1)
    x = low + (high - low) * (1 - np.cos(angle)) / 2
    with np.errstate(divide="ignore"):
        logs = _times(alpha - 1, np.log(x)) + _times(beta - 1, np.log1p(-x))
    density = np.exp(logs - logs.max()) * np.sin(angle)
    total = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    values: Values = np.interp(MIDDLES, total / total[-1], x)
    return values


def _times(power: float, logs: Values) -> Values:
    return power * logs if power else np.zeros_like(logs)  # 0 times minus infinity is no number


@lru_cache(maxsize=64)
def success_rate(successes: int, trials: int) -> Values:
    """The quantiles of a learned chance of success: Beta(1 + successes, 1 + failures), a uniform prior's posterior."""
    return _kept(_beta(1.0 + successes, 1.0 + trials - successes))


@lru_cache(maxsize=64)
def overrun(ratios: tuple[float, ...]) -> Values:
    """The quantiles of past overruns, each as likely as the others."""
    return _kept(_resampled(ratios))


@lru_cache(maxsize=64)
def first_success(chance: float, most: int) -> Ranks:
    """Which experiment is the first that succeeds, in the middle of every part; `most` + 1 when it is a later one.

    Numbers of independent experiments until the first success are geometric: P(first > n) = (1 - chance)^n.
    """
    return _kept(first_success_at(np.full(STRATA, chance), MIDDLES, most))


def first_success_at(chance: Values, uniform: Values, most: int) -> Ranks:
    """The same for a chance of each trial's own, by inversion of the uniform draws.

    A higher chance never gives a later success, and how many experiments are allowed changes only who is in time.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        n = np.floor(np.log1p(-uniform) / np.log1p(-chance)) + 1
    n = np.where(chance >= 1, 1, np.where(chance <= 0, most + 1, n))
    clipped: Ranks = np.clip(n, 1, most + 1).astype(np.uint16)
    return clipped


def median(duration: Duration) -> float:
    """The P50 of a duration, in weeks."""
    values = table(duration)
    return float((values[STRATA // 2 - 1] + values[STRATA // 2]) / 2)


def quantile(duration: Duration, share: float) -> float:
    """A quantile of a duration, in weeks."""
    return float(np.interp(share, MIDDLES, table(duration)))


def mean(duration: Duration) -> float:
    """The mean of a duration, in weeks."""
    return float(table(duration).mean())


def _kept(values: Array) -> Array:
    values.flags.writeable = False
    return values
