"""When rounds of experiments end, and how likely they take place."""

import numpy as np
import pytest
from tests.plans import a_plan

from mlmgmt_widgets.timeline.gates import gates
from mlmgmt_widgets.timeline.plan import RESEARCH, load_plan
from mlmgmt_widgets.timeline.simulation import simulate


def research(**changes: object) -> dict[str, object]:
    timebox = {"low": 2, "likely": 3, "high": 4}
    return {"timebox_weeks": timebox, "success": 0.3, "max_experiments": 5, "parallel": 2, **changes}


def test_rounds_are_reached_as_often_as_all_before_have_failed() -> None:
    # Two experiments a round: a round fails in 0.7^2 of the futures in which it takes place.
    found = gates(simulate(a_plan(research=research()), 16_384))
    assert [gate.reached for gate in found] == pytest.approx([1, 0.49, 0.49**2], abs=1e-4)
    assert [gate.experiments for gate in found] == [(1, 2), (3, 4), (5, 5)]
    assert [gate.round for gate in found] == [1, 2, 3]


@pytest.mark.parametrize("name", ["new-model", "llm-feature", "replace-model"])
def test_where_the_research_ends_with_a_round_it_ends_when_the_round_does(name: str) -> None:
    forecast = simulate(load_plan(name), 2048)
    assert not [risk for risk in forecast.plan.risks if risk.delays == RESEARCH]
    ran = forecast.trials.experiments
    assert ran is not None
    for gate in gates(forecast):
        last = ran[ran >= gate.experiments[1]] == gate.experiments[1]
        ended = forecast.trials.ends[RESEARCH][ran == gate.experiments[1]]
        np.testing.assert_array_equal(gate.ends[last], ended)


def test_two_boxes_side_by_side_take_as_long_as_the_longer() -> None:
    # Triangular on 2..4 with its peak at 3: P50 of the longer of two is where the distribution is the root of 0.5,
    # on the right half, 1 - (4 - x)^2 / 2 = 0.7071.
    timebox = {"low": 2, "likely": 3, "high": 4, "distribution": "triangular"}
    (first, *_) = gates(simulate(a_plan(research=research(timebox_weeks=timebox)), 16_384))
    assert first.quantile(0.5) == pytest.approx(4 - (2 * (1 - 0.5**0.5)) ** 0.5, abs=0.01)


def test_what_never_takes_place_is_no_gate() -> None:
    assert len(gates(simulate(a_plan(research=research(success=1)), 256))) == 1
    assert gates(simulate(a_plan(research=None, tasks=[{"id": "a", "weeks": 1}]), 256)) == []
