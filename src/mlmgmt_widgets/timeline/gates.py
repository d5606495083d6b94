"""When the rounds of experiments end: the days on which somebody asks whether one of them passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlmgmt_widgets.timeline import capacity, quantiles
from mlmgmt_widgets.timeline.draws import Values, draws_of

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast


@dataclass(frozen=True)
class Gate:
    """The end of a round of experiments.

    Attributes:
        round: counted from 1.
        experiments: that run in it, the first and the last, counted from 1.
        reached: the share of all trials in which the round takes place.
        ends: when it ends, weeks from the plan's start, in every trial that gets so far; what risks add to the research
            is not in it.
    """

    round: int
    experiments: tuple[int, int]
    reached: float
    ends: Values

    def quantile(self, share: float) -> float:
        """The weeks within which the round has ended in this share of the trials that get so far."""
        return float(np.quantile(self.ends, share, method="hazen"))


def gates(forecast: Forecast) -> list[Gate]:
    """The rounds that take place in any trial, in their order; none where the plan has no research."""
    research, ran = forecast.plan.research, forecast.trials.experiments
    if research is None or ran is None:
        return []
    draws = draws_of(forecast.seed, forecast.draws)
    timebox = quantiles.table(research.timebox_weeks)
    side_by_side = capacity.slots(forecast.plan.team, research)
    found: list[Gate] = []
    ended = np.zeros(forecast.draws)
    for start in range(0, research.max_experiments, side_by_side):
        last = min(start + side_by_side, research.max_experiments)
        boxes = [draws.mapped(f"research:timebox:{number}", timebox) for number in range(start, last)]
        ended = ended + np.max(boxes, axis=0)
        reached = ran >= last
        if not reached.any():
            break
        found.append(Gate(len(found) + 1, (start + 1, last), float(reached.mean()), ended[reached]))
    return found
