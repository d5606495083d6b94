"""How long something may take: a fixed number of weeks, or a distribution that people can estimate.

Durations are in weeks of five working days.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from mlmgmt_widgets.content import FrozenModel, Number, Problem, shown
from mlmgmt_widgets.raw import get, is_number

LONGEST = 520
"""Weeks: ten years. Whatever takes longer is no task."""
LEAST = 0.01
"""Weeks: of a percentile. Half an hour is as good as nothing, and nothing has no logarithm."""
FEWEST_PAST = 5
"""Fewer past values than this say little about the next one."""
MOST_PAST = 1000

Weeks = Annotated[Number, Field(ge=0, le=LONGEST)]


class Range(FrozenModel):
    """Low, likely and high: PERT unless it says triangular.

    PERT is the Beta distribution on low..high whose mean is (low + 4 likely + high) / 6, with
    alpha = 1 + 4 (likely - low) / (high - low) and beta = 1 + 4 (high - likely) / (high - low)
    (Malcolm et al. 1959; Vose 2008).
    """

    low: Weeks = Field(description="Weeks: hardly ever less.")
    likely: Weeks = Field(description="Weeks: the single most likely value.")
    high: Weeks = Field(description="Weeks: hardly ever more.")
    distribution: Literal["pert", "triangular"] = "pert"

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """Low is at most likely, and likely at most high."""
        low, likely, high = (get(data, name) for name in ("low", "likely", "high"))
        if is_number(low) and is_number(high) and low > high:
            yield Problem(("low",), shown(low), f"a number of at most {shown(high)}, the high")
        elif is_number(low) and is_number(likely) and likely < low:
            yield Problem(("likely",), shown(likely), f"a number of at least {shown(low)}, the low")
        elif is_number(likely) and is_number(high) and likely > high:
            yield Problem(("likely",), shown(likely), f"a number of at most {shown(high)}, the high")


class Percentiles(FrozenModel):
    """A lognormal distribution by its 10th and 90th percentile: never negative, with a long tail."""

    p10: Annotated[Weeks, Field(ge=LEAST)] = Field(description="Weeks: one time in ten it is less.")
    p90: Annotated[Weeks, Field(ge=LEAST)] = Field(description="Weeks: one time in ten it is more.")

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """P10 lies below P90."""
        p10, p90 = get(data, "p10"), get(data, "p90")
        if is_number(p10) and is_number(p90) and p10 >= p90:
            yield Problem(("p10",), shown(p10), f"a number below {shown(p90)}, the p90")


class History(FrozenModel):
    """What the same kind of work took before; the forecast draws from these values, each as likely as the others."""

    history: tuple[Weeks, ...] = Field(
        min_length=FEWEST_PAST, max_length=MOST_PAST, description="Weeks that earlier ones took, in any order."
    )


Duration = float | Range | Percentiles | History


def _read(value: Any, handler: ValidatorFunctionWrapHandler) -> Duration:
    """Let the keys say which kind of duration it is, so that faults are those of that kind alone."""
    del handler
    if isinstance(value, Range | Percentiles | History):
        return value
    if isinstance(value, Mapping):
        return _kind(value).model_validate(value)
    if not is_number(value):
        raise _refusal(shown(value), "a number of weeks, {low, likely, high}, {p10, p90} or {history: [...]}")
    if not 0 <= value <= LONGEST:
        raise _refusal(shown(value), f"a number of weeks from 0 to {LONGEST}")
    return float(value)


def _kind(value: Mapping[str, Any]) -> type[Range | Percentiles | History]:
    if "history" in value:
        return History
    if "p10" in value or "p90" in value:
        return Percentiles
    return Range


def _refusal(found: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError("content", "found {found}, expected {expected}", {"found": found, "expected": expected})


DurationField = Annotated[Weeks | Range | Percentiles | History, WrapValidator(_read)]
"""A duration as a field of a model."""


def likely(duration: Duration) -> float:
    """The value that people have in mind when they add up a plan: the likely one, else the median.

    Example:
        >>> likely(Range(low=1, likely=3, high=8)), likely(2.0), likely(Percentiles(p10=2, p90=8))
        (3.0, 2.0, 4.0)
    """
    if isinstance(duration, Range):
        return float(duration.likely)
    if isinstance(duration, Percentiles):
        return float((duration.p10 * duration.p90) ** 0.5)  # the median of a lognormal
    if isinstance(duration, History):
        past = sorted(duration.history)
        return float((past[(len(past) - 1) // 2] + past[len(past) // 2]) / 2)
    return duration


def in_words(duration: Duration) -> str:
    """Name the distribution and its numbers, as every forecast has to.

    Example:
        >>> in_words(Range(low=1, likely=3, high=8))
        '1 to 8 weeks, likely 3 (PERT)'
        >>> in_words(2.0)
        '2 weeks (fixed)'
    """
    if isinstance(duration, Range):
        return f"{duration.low:g} to {duration.high:g} weeks, likely {duration.likely:g} ({kind(duration)})"
    if isinstance(duration, Percentiles):
        return f"P10 {duration.p10:g}, P90 {duration.p90:g} weeks ({kind(duration)})"
    if isinstance(duration, History):
        return f"{kind(duration)} from {len(duration.history)} past values"
    return f"{duration:g} {'week' if duration == 1 else 'weeks'} ({kind(duration)})"


def kind(duration: Duration) -> str:
    """The name of a duration's distribution.

    Example:
        >>> kind(Percentiles(p10=2, p90=8))
        'lognormal'
    """
    if isinstance(duration, Range):
        return "PERT" if duration.distribution == "pert" else "triangular"
    if isinstance(duration, Percentiles):
        return "lognormal"
    return "resampled" if isinstance(duration, History) else "fixed"


def is_uncertain(data: object) -> bool:
    """Whether a duration, as it came, leaves anything open."""
    return isinstance(data, Percentiles | History) or (isinstance(data, Range) and data.low < data.high)


__all__ = [
    "FEWEST_PAST",
    "LONGEST",
    "Duration",
    "DurationField",
    "History",
    "Percentiles",
    "Range",
    "in_words",
    "is_uncertain",
    "kind",
    "likely",
]
