"""Exact answers by a second way: distributions as masses on a fine lattice of weeks, added by convolution.

Nothing in here comes from the package. A distribution of SciPy's is cut into steps of 1/256 week, each mass in the
middle of its step, so means are exact to the step's square and quantiles to well below an hour's work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal, special, stats

STEP = 1 / 256
_TAIL = 1e-10  # what lies beyond is cut off


@dataclass(frozen=True)
class Lattice:
    """A distribution: `mass[k]` is the probability of `k * STEP` weeks."""

    mass: NDArray[np.float64]

    @property
    def weeks(self) -> NDArray[np.float64]:
        return np.arange(len(self.mass)) * STEP

    @property
    def below(self) -> NDArray[np.float64]:
        """P(X <= weeks[k] + half a step)."""
        return np.cumsum(self.mass)

    @property
    def mean(self) -> float:
        return float(self.weeks @ self.mass)

    @property
    def variance(self) -> float:
        return float((self.weeks - self.mean) ** 2 @ self.mass)

    @property
    def sd(self) -> float:
        return math.sqrt(self.variance)

    def quantile(self, share: float) -> float:
        return float(np.interp(share, self.below, self.weeks + STEP / 2))

    def density(self, week: float) -> float:
        """About a quarter of a week around it."""
        return (
            float(np.interp(week + 0.125, self.weeks, self.below) - np.interp(week - 0.125, self.weeks, self.below)) * 4
        )

    def random_error(self, share: float, count: int) -> float:
        """The standard error of a quantile from so many plain random draws."""
        return math.sqrt(share * (1 - share) / count) / self.density(self.quantile(share))

    def __add__(self, other: Lattice) -> Lattice:
        """Of the sum, if they are independent."""
        return Lattice(np.clip(signal.fftconvolve(self.mass, other.mass), 0, None))


def _cut(distribution: stats.rv_continuous) -> Lattice:
    last = math.ceil(distribution.ppf(1 - _TAIL) / STEP) + 1
    edges = (np.arange(-1, last + 1) + 0.5) * STEP
    return Lattice(np.diff(distribution.cdf(edges)))


def pert(low: float, likely: float, high: float) -> Lattice:
    return _cut(pert_distribution(low, likely, high))


def pert_distribution(low: float, likely: float, high: float) -> stats.rv_continuous:
    width = high - low
    return stats.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, loc=low, scale=width)


def triangular(low: float, likely: float, high: float) -> Lattice:
    return _cut(stats.triang((likely - low) / (high - low), loc=low, scale=high - low))


def lognormal(p10: float, p90: float) -> Lattice:
    sigma = math.log(p90 / p10) / (2 * stats.norm.ppf(0.9))
    return _cut(stats.lognorm(sigma, scale=math.sqrt(p10 * p90)))


def fixed(weeks: float) -> Lattice:
    return history([weeks])


def history(values: Sequence[float]) -> Lattice:
    """Each value as likely as the others; values must lie on the lattice."""
    places = [round(value / STEP) for value in values]
    assert [place * STEP for place in places] == list(values)
    mass = np.zeros(max(places) + 1)
    np.add.at(mass, places, 1 / len(values))
    return Lattice(mass)


def mixture(parts: Sequence[tuple[float, Lattice]]) -> Lattice:
    """One of several, with these weights."""
    mass = np.zeros(max(len(part.mass) for _, part in parts))
    for weight, part in parts:
        mass[: len(part.mass)] += weight * part.mass
    return Lattice(mass)


def happens(probability: float, weeks: Lattice) -> Lattice:
    """What a risk adds."""
    return mixture([(1 - probability, fixed(0)), (probability, weeks)])


def longest(*parts: Lattice) -> Lattice:
    """Of the largest of several independent ones: the product of their distribution functions."""
    length = max(len(part.mass) for part in parts)
    below = np.ones(length)
    for part in parts:
        below *= np.pad(part.below, (0, length - len(part.mass)), mode="edge")
    return Lattice(np.diff(below, prepend=0))


def scaled(factor: float, distribution: stats.rv_continuous) -> Lattice:
    """Of a duration times a factor."""
    last = math.ceil(factor * distribution.ppf(1 - _TAIL) / STEP) + 1
    edges = (np.arange(-1, last + 1) + 0.5) * STEP
    return Lattice(np.diff(distribution.cdf(edges / factor)))


@dataclass(frozen=True)
class Research:
    """Rounds of experiments: how likely one of them succeeds, and how long it takes if one does."""

    success: float
    weeks: Lattice


def research(timebox: Lattice, fails: Sequence[float], parallel: int) -> Research:
    """The mixture over the round that succeeds of the rounds' lengths.

    Args:
        timebox: of one experiment.
        fails: the probability that the first k experiments all fail, for k from 0 to all of them.
        parallel: experiments in a round.
    """
    most = len(fails) - 1
    parts: list[tuple[float, Lattice]] = []
    lasts = fixed(0)
    for begun in range(0, most, parallel):
        done = min(begun + parallel, most)
        lasts = lasts + longest(*[timebox] * (done - begun))
        parts.append((fails[begun] - fails[done], lasts))
    success = sum(weight for weight, _ in parts)
    return Research(success, mixture([(weight / success, part) for weight, part in parts]))


def fails_with(chance: float, most: int) -> list[float]:
    return [(1 - chance) ** k for k in range(most + 1)]


def fails_after(successes: int, trials: int, most: int) -> list[float]:
    """E[q^k] for p from Beta(a, b): B(a, b + k) / B(a, b), with a uniform prior."""
    a, b = 1 + successes, 1 + trials - successes
    return [math.exp(special.betaln(a, b + k) - special.betaln(a, b)) for k in range(most + 1)]


def bridge(first: Lattice, second: Lattice, third: Lattice, fourth: Lattice) -> Lattice:
    """Of a network that is neither serial nor parallel: the third after the first, the fourth after both.

    The sum over what the first takes: given a, it is over by t with probability
    P(third <= t - a) (P(second <= a) P(fourth <= t - a) + sum over b > a of P(second = b) P(fourth <= t - b)).
    """
    last = len(first.mass) + len(second.mass) + len(third.mass) + len(fourth.mass)
    first_mass, second_mass = np.pad(first.mass, (0, last)), np.pad(second.mass, (0, last))
    third_below, fourth_below = (
        np.concatenate([np.zeros(last), part.below, np.ones(2 * last)]) for part in (third, fourth)
    )
    late = np.zeros(last)  # the sum over b > a, from the longest a down
    below = np.zeros(last)
    second_below = np.cumsum(second_mass)
    for a in reversed(range(max(len(first.mass), len(second.mass)))):
        start = last - a
        at_most = third_below[start : start + last], fourth_below[start : start + last]
        if first_mass[a]:
            below += first_mass[a] * at_most[0] * (second_below[a] * at_most[1] + late)
        late = late + second_mass[a] * at_most[1]
    return Lattice(np.diff(below, prepend=0))
