"""How often past estimates held, and what that says about the next ones.

Example:
    >>> from mlmgmt_widgets.timeline.past_estimates import read_past_estimates
    >>> sentences(calibrate(read_past_estimates("past-estimates")))[2]
    'In the middle, tasks took 1.15 times their P50, the worst 2.5 times.'
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline.durations import FEWEST_PAST, MOST_PAST
from mlmgmt_widgets.timeline.past_estimates import PastEstimate
from mlmgmt_widgets.timeline.plan import Plan

_MANY = 100  # estimates: with fewer, a share is known to no better than ten percent points either way


@dataclass(frozen=True)
class Held:
    """How often estimates of one kind held.

    Attributes:
        share: that was promised, 0.5 or 0.8.
        held: how many were kept (actual <= estimate).
        of: how many there were.
        low: lower end of the 95 % Clopper-Pearson interval of the true share.
        high: its upper end.
    """

    share: float
    held: int
    of: int
    low: float
    high: float

    @property
    def too_short(self) -> bool:
        """Whether estimates held so rarely that chance hardly explains it."""
        return self.high < self.share

    @property
    def too_long(self) -> bool:
        """Whether estimates held so often that chance hardly explains it."""
        return self.low > self.share


@dataclass(frozen=True)
class Calibration:
    """What a team's past estimates say.

    Attributes:
        estimates: the finished tasks, in the order of the file.
        p50: how often P50s held.
        p80: how often P80s held; None where there were none.
        ratios: actual / P50 of every task, in the order of the file.
        median_ratio: the middle of these.
    """

    estimates: tuple[PastEstimate, ...]
    p50: Held
    p80: Held | None
    ratios: tuple[float, ...]
    median_ratio: float


# -- what it says -------------------------------------------------------------------------------------------------


def calibrate(estimates: Iterable[PastEstimate]) -> Calibration:
    """Compare what was estimated with what it took.

    Raises:
        Refusal: if there are no estimates.
    """
    past = tuple(estimates)
    if not past:
        raise Refusal("There are no past estimates to compare with.")
    ratios = tuple(each.ratio for each in past)
    with_p80 = [(each.actual, each.p80) for each in past if each.p80 is not None]
    return Calibration(
        estimates=past,
        p50=_held(0.5, [(each.actual, each.p50) for each in past]),
        p80=_held(0.8, with_p80) if with_p80 else None,
        ratios=ratios,
        median_ratio=statistics.median(ratios),
    )


def _held(share: float, pairs: Sequence[tuple[float, float]]) -> Held:
    held = sum(actual <= estimate for actual, estimate in pairs)
    low, high = exact_interval(held, len(pairs))
    return Held(share, held, len(pairs), low, high)


def exact_interval(held: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share that was counted (Clopper and Pearson 1934).

    Its ends are quantiles of Beta(k, n - k + 1) and Beta(k + 1, n - k). SciPy's `binomtest(...).proportion_ci` gives
    the same numbers, after an import that people would have to wait for.

    Args:
        held: how many were counted.
        of: of how many, at least one.
        confidence: of the interval, above 0 and below 1.

    Returns:
        Its lower and its upper end, from 0 to 1.

    Example:
        >>> [round(end, 3) for end in exact_interval(9, 24)]
        [0.188, 0.594]
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(held, of - held + 1, tail)) if held else 0.0
    high = float(betaincinv(held + 1, of - held, 1 - tail)) if held < of else 1.0
    return low, high


def sentences(calibration: Calibration) -> list[str]:
    """What past estimates say, in words: how P50s and P80s held, what tasks took, and what to do."""
    said = [_in_words(calibration.p50, "P50", "half should")]
    if calibration.p80 is not None:
        said.append(_in_words(calibration.p80, "P80", "eight in ten should"))
    return [*said, _middle(calibration), _advice(calibration)]


def _in_words(held: Held, name: str, should: str) -> str:
    count = f"{held.held} of {held.of} {name}{'' if held.of == 1 else 's'} held ({_percent(held.held / held.of)}"
    subject = "The true share" if held.of >= _MANY else "With so few, the true share"
    chance = "that may be chance"
    if held.too_short or held.too_long:
        chance = f"that is hardly chance, {name}s are too {'short' if held.too_short else 'long'}"
    between = f"most likely lies between {_percent(held.low)} and {_percent(held.high)}"
    return f"{count}; {should}). {subject} {between}: {chance}."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _middle(calibration: Calibration) -> str:
    middle, worst = _times(calibration.median_ratio), _times(max(calibration.ratios))
    said = "as long as their P50" if middle == "1" else f"{middle} times their P50"
    longest = f", the worst {worst} times" if worst != middle else ""
    return f"In the middle, tasks took {said}{longest}."


def _times(ratio: float) -> str:
    return f"{ratio:.2f}".rstrip("0").removesuffix(".")


def _advice(calibration: Calibration) -> str:
    kinds = [held for held in (calibration.p50, calibration.p80) if held is not None]
    count = len(calibration.estimates)
    if count < FEWEST_PAST:
        return f"Fewer than {FEWEST_PAST} tasks say little about the next: go on noting the estimate and what it took."
    if any(held.too_short for held in kinds):
        return "Widen ranges, above all upwards, until they fit what happened, or let the forecast use these overruns."
    if any(held.too_long for held in kinds):
        return "A team that nearly always keeps its estimates pads them: ask what for, or let the forecast use these."
    return (
        f"These {count} tasks do not show that estimates are off, and too few tasks cannot show that they are right: "
        "go on noting both numbers."
    )


# -- what a plan does with it -------------------------------------------------------------------------------------


def overrun(estimates: Iterable[PastEstimate]) -> tuple[float, ...]:
    """Past actual / P50 ratios as `Plan.overrun` takes them.

    They are sorted, so that nothing of the order in which tasks were done is left: a forecast draws from them, each as
    likely as the others, and does not depend on their order.

    Raises:
        Refusal: if there are too few to say something, or more than a plan takes.
    """
    ratios = tuple(sorted(each.ratio for each in estimates))
    if len(ratios) < FEWEST_PAST:
        raise Refusal(
            f"Past overruns need at least {FEWEST_PAST} finished tasks, and there are {len(ratios)}: "
            "fewer say little about the next one."
        )
    if len(ratios) > MOST_PAST:
        raise Refusal(f"A plan takes at most {MOST_PAST} past overruns, and there are {len(ratios)}: keep the latest.")
    return ratios


def with_overrun(plan: Plan, estimates: Iterable[PastEstimate]) -> Plan:
    """A plan whose tasks take their own median times a past overrun, instead of a draw from their own ranges.

    Raises:
        Refusal: as `overrun`.
    """
    return plan.model_copy(update={"overrun": overrun(estimates)})


def without_overrun(plan: Plan) -> Plan:
    """A plan whose tasks take what their own ranges say."""
    return plan.model_copy(update={"overrun": None})
