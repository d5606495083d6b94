"""What a simulated plan says: whether, when, how likely by a day, and what it hangs on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline.draws import Values
from mlmgmt_widgets.timeline.plan import RESEARCH, Plan
from mlmgmt_widgets.timeline.simulation import Trials
from mlmgmt_widgets.timeline.workdays import number_of_days

if TYPE_CHECKING:
    import pandas as pd

    from mlmgmt_widgets.timeline.scenarios import Comparison
    from mlmgmt_widgets.timeline.sensitivity import Driver

WEEKS = (0.1, 0.5, 0.8, 0.9, 0.95)
DATES = (0.5, 0.8, 0.95)
_SPREAD = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True)
class Bar:
    """When a task, or the research, begins and ends in the delivered trials; weeks from the plan's start.

    Attributes:
        id: of the task; `research` for the research.
        title: as people read it.
        starts: P10, P50 and P90 of its start.
        ends: P10, P50 and P90 of its end.
        criticality: share of the delivered trials in which it is on the longest path.
        after: ids of what it comes after.
    """

    id: str
    title: str
    starts: tuple[float, float, float]
    ends: tuple[float, float, float]
    criticality: float
    after: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """A simulated plan.

    Weeks and dates are those of the delivered trials: a no-go is never a late date. `success_probability` says how
    many there are.

    Attributes:
        plan: that was simulated.
        draws: how many trials.
        seed: of the draws.
        trials: what happened in each of them.
    """

    plan: Plan
    draws: int
    seed: int
    trials: Trials = field(repr=False)

    @cached_property
    def success_probability(self) -> float:
        """The share of trials that end in delivery."""
        return float(self.trials.delivered.mean())

    @cached_property
    def _sorted(self) -> Values:
        return np.sort(self.trials.deliveries)

    @property
    def delivers(self) -> bool:
        """Whether any trial ends in delivery."""
        return bool(len(self._sorted))

    def quantile(self, share: float) -> float:
        """The weeks within which this share of the delivered trials is delivered.

        Quantiles are those of Hazen, which lie in the middle of each trial's share.

        Args:
            share: above 0 and below 1: 0.8 for P80.

        Raises:
            Refusal: if the share is none, or no trial ends in delivery.
        """
        return float(self.quantiles([share])[0])

    def quantiles(self, shares: Sequence[float] | Values) -> Values:
        """The same for several shares."""
        wanted = np.asarray(shares, dtype=float)
        if not np.all((wanted > 0) & (wanted < 1)):
            raise Refusal("A quantile is a share between 0 and 1, such as 0.8 for P80.")
        if not self.delivers:
            raise Refusal("No trial of this plan ends in delivery, so there is no date.")
        count = len(self._sorted)
        return np.interp(wanted * count - 0.5, np.arange(count), self._sorted)

    def date(self, share: float) -> dt.date:
        """The day by which this share of the delivered trials is delivered.

        Raises:
            Refusal: as `quantile`.
        """
        return self.plan.workdays.day(self.quantile(share))

    def probability_by(self, day: dt.date) -> float:
        """How likely the plan is delivered by the end of a day, a no-go counting as never."""
        days = self.plan.workdays.working_days_until(day)
        if days < 1:
            return 0.0
        in_time = np.searchsorted(number_of_days(self._sorted), days, side="right")
        return float(in_time / self.draws)

    @property
    def on_time(self) -> float | None:
        """How likely the plan is delivered by its deadline; None without one."""
        return None if self.plan.deadline is None else self.probability_by(self.plan.deadline)

    @cached_property
    def mean(self) -> float:
        """The mean of the weeks to delivery; NaN where no trial ends in delivery."""
        return float(self._sorted.mean()) if self.delivers else math.nan

    @cached_property
    def sd(self) -> float:
        """The standard deviation of the weeks to delivery; NaN where no trial ends in delivery."""
        return float(self._sorted.std()) if self.delivers else math.nan

    @cached_property
    def criticality(self) -> dict[str, float]:
        """The share of delivered trials in which each task, and the research, is on the longest path."""
        count = np.count_nonzero(self.trials.delivered)
        if not count:
            return dict.fromkeys(self.trials.ends, 0.0)
        return {
            name: float(np.count_nonzero(on_path & self.trials.delivered) / count)
            for name, on_path in self.trials.critical.items()
        }

    @cached_property
    def drivers(self) -> list[Driver]:
        """What the spread of the delivery comes from, the largest share first."""
        from mlmgmt_widgets.timeline.sensitivity import drivers

        return drivers(self.plan, self.draws, self.seed, self.trials)

    @cached_property
    def error_p80(self) -> float:
        """The standard error of P80, in weeks: how far another seed's P80 would typically lie from the truth.

        NaN where some seeds deliver nothing.
        """
        from mlmgmt_widgets.timeline.sensitivity import error

        return error(self.plan, self.draws, self.seed, 0.8)

    def schedule(self) -> list[Bar]:
        """When everything begins and ends, in the order of the work: the research, then tasks by their usual start."""
        return list(self._bars)

    @cached_property
    def _bars(self) -> list[Bar]:
        chosen = np.flatnonzero(self.trials.delivered) if self.delivers else np.arange(self.draws)
        found: dict[int, tuple[float, float, float]] = {}

        def spread(weeks: Values) -> tuple[float, float, float]:
            # What has one predecessor starts when that ends, and shares its array.
            if id(weeks) not in found:
                found[id(weeks)] = _spread(weeks[chosen])
            return found[id(weeks)]

        bars = [
            Bar(
                id=name,
                title=self.plan.name_of(name),
                starts=spread(self.trials.starts[name]),
                ends=spread(self.trials.ends[name]),
                criticality=self.criticality[name],
                after=self.trials.after.get(name, ()),
            )
            for name in (RESEARCH, *self.plan.tasks_by_id)
            if name in self.trials.ends
        ]
        return sorted(bars, key=lambda bar: (bar.starts[1], bar.ends[1]))

    def experiments(self) -> dict[int, float]:
        """The share of all trials by how many experiments they run; empty where the plan has no research."""
        if self.trials.experiments is None:
            return {}
        counts = np.bincount(self.trials.experiments)
        return {number: float(count / self.draws) for number, count in enumerate(counts) if count}

    def compare(self, other: Forecast) -> Comparison:
        """What changes from this forecast to another of the same draws and seed, trial by trial.

        Raises:
            Refusal: if the other has other draws or another seed.
        """
        from mlmgmt_widgets.timeline.scenarios import compare

        return compare(self, other)

    def to_dict(self) -> dict[str, Any]:
        """The forecast as `mlmgmt forecast --json` prints it; weeks and dates are null where nothing is delivered."""
        weeks = {f"p{round(100 * share)}": self.quantile(share) if self.delivers else None for share in WEEKS}
        dates = {f"p{round(100 * share)}": self.date(share).isoformat() if self.delivers else None for share in DATES}
        return {
            "plan": self.plan.title,
            "draws": self.draws,
            "seed": self.seed,
            "success_probability": self.success_probability,
            "weeks": {
                "mean": self.mean if self.delivers else None,
                "sd": self.sd if self.delivers else None,
                **weeks,
            },
            "dates": dates,
            "on_time": self.on_time,
            "criticality": {name: self.criticality[name] for name in self.plan.tasks_by_id},
            "drivers": [{"id": each.id, "share": each.share} for each in self.drivers],
            "error_p80": self.error_p80 if math.isfinite(self.error_p80) else None,
        }

    def to_frame(self) -> pd.DataFrame:
        """The trials as a table, one row each.

        Returns:
            Columns `trial`, `delivered`, `weeks` and `date` (missing where it ends in no-go), `experiments` (where
            there is research), and of each task, and the research, the week in which it had ended.
        """
        import pandas as pd

        delivered = self.trials.delivered
        weeks = np.where(delivered, self.trials.weeks, np.nan)
        columns: dict[str, Any] = {
            "trial": np.arange(self.draws),
            "delivered": delivered,
            "weeks": weeks,
            "date": self.plan.workdays.ends(weeks),
        }
        if self.trials.experiments is not None:
            columns["experiments"] = self.trials.experiments
        ended = {f"{name} ended": end for name, end in self.trials.ends.items()}
        return pd.DataFrame({**columns, **ended})


def _spread(weeks: Values) -> tuple[float, float, float]:
    """P10, P50 and P90, as `Forecast.quantiles` has them."""
    # NumPy sorts with the processor's vectors; its partition, which would have less to do, takes longer.
    p10, p50, p90 = np.interp(_SPREAD * len(weeks) - 0.5, np.arange(len(weeks)), np.sort(weeks))
    return float(p10), float(p50), float(p90)
