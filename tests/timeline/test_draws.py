"""Fixed draws: what they hang on, how evenly they fall, and what that is worth beside Sobol's and plain random ones."""

import itertools
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc
from tests.timeline import exact
from tests.timeline.shapes import FEW, SERIAL_WITH_RESEARCH, durations, plan, plans, serial, trials

from mlmgmt_widgets.timeline.draws import BITS, LEADING, STRATA, Draws, Redrawn, draws_of
from mlmgmt_widgets.timeline.plan import Plan
from mlmgmt_widgets.timeline.simulation import run

NAMES = [f"task:task-{i}" for i in range(300)]
SOBOL_SERVES = 21_201  # dimensions


class Uniform:
    """Draws that come from a table of uniform numbers, a column a name in the order in which they are asked for."""

    def __init__(self, table):
        self.count = len(table)
        self.table = table
        self.columns = {}

    def ranks(self, name):
        column = self.columns.setdefault(name, len(self.columns))
        return (self.table[:, column] * STRATA).astype(np.uint16)

    def mapped(self, name, table):
        return table[self.ranks(name)]


def sobol(seed, count):
    return Uniform(qmc.Sobol(16, scramble=True, rng=seed).random(count))


def at_random(seed, count):
    return Uniform(np.random.default_rng(seed).random((count, 16)))


# What draws hang on


def assert_untouched(before, after, names):
    for name in names:
        for kind in ("starts", "ends"):
            ours, theirs = getattr(before, kind)[name], getattr(after, kind)[name]
            assert np.array_equal(ours, theirs), (name, kind)


BASE = {
    "title": "A plan",
    "start": "2027-01-04",
    "tasks": [
        {"id": "data", "weeks": {"low": 1, "likely": 2, "high": 6}},
        {"id": "model", "weeks": {"p10": 2, "p90": 8}, "after": ["data"]},
        {"id": "service", "weeks": {"history": [1, 2, 2, 3, 7]}, "after": ["data"]},
    ],
    "risks": [{"id": "late", "probability": 0.3, "weeks": {"low": 1, "likely": 2, "high": 3}, "delays": "service"}],
}


@pytest.mark.parametrize(
    "tasks",
    [
        [*BASE["tasks"], {"id": "extra", "weeks": {"low": 1, "likely": 2, "high": 6}, "after": ["model"]}],
        [{"id": "extra", "weeks": {"p10": 1, "p90": 6}}, *BASE["tasks"]],
        BASE["tasks"][::-1],
        [BASE["tasks"][0], {**BASE["tasks"][1], "weeks": {"low": 1, "likely": 9, "high": 20}}, BASE["tasks"][2]],
        [BASE["tasks"][0], {**BASE["tasks"][1], "id": "modelling"}, BASE["tasks"][2]],
        [BASE["tasks"][0], {**BASE["tasks"][1], "title": "Another title"}, BASE["tasks"][2]],
        [BASE["tasks"][0], BASE["tasks"][2]],
    ],
    ids=["added", "added in front", "in another order", "edited", "renamed", "titled", "removed"],
)
def test_another_task_leaves_a_task_s_draws_exactly_as_they_were(tasks):
    assert_untouched(trials(BASE), trials({**BASE, "tasks": tasks}), ["data", "service"])


def test_another_risk_and_research_leave_a_task_s_draws_exactly_as_they_were():
    added = {"id": "gone", "probability": 0.5, "weeks": {"p10": 1, "p90": 3}, "delays": "model"}
    assert_untouched(trials(BASE), trials({**BASE, "risks": [added, *BASE["risks"]]}), ["data", "service"])
    research = {"timebox_weeks": {"p10": 1, "p90": 3}, "success": 0.3, "max_experiments": 7}
    assert_untouched(trials(BASE), trials({**BASE, "research": research}), ["data", "model", "service"])


def test_more_experiments_leave_the_draws_of_the_first_ones_as_they_were():
    def ends(most):
        research = {"timebox_weeks": {"p10": 1, "p90": 3}, "success": 0.3, "max_experiments": most, "parallel": 1}
        found = trials(plan(research=research))
        return found.ends["research"], found.delivered

    (few, delivered), (many, _) = ends(3), ends(8)
    assert 0 < np.count_nonzero(delivered) < FEW
    assert np.array_equal(few[delivered], many[delivered])


@given(plans(fewest=1), durations(), st.data())
@settings(max_examples=50)
def test_in_plans_of_any_shape_a_new_task_moves_no_other(data, weeks, choice):
    after = choice.draw(st.lists(st.sampled_from([task["id"] for task in data["tasks"]]), unique=True))
    place = choice.draw(st.integers(0, len(data["tasks"])))
    tasks = [*data["tasks"][:place], {"id": "new", "weeks": weeks, "after": after}, *data["tasks"][place:]]
    before, after_all = trials(data), trials({**data, "tasks": tasks})
    assert_untouched(before, after_all, before.ends)
    assert np.all(after_all.weeks >= before.weeks)


def test_drawing_one_quantity_again_leaves_all_others():
    draws = Draws(0, 1024)
    again = Redrawn(draws, frozenset(["task:a"]))
    assert np.array_equal(again.ranks("task:b"), draws.ranks("task:b"))
    assert not np.array_equal(again.ranks("task:a"), draws.ranks("task:a"))


def test_draws_that_were_given_up_come_back_the_same():
    draws = Draws(0, FEW)
    first = draws.ranks("task:first").copy()
    for name in range(3000):
        draws.ranks(f"task:{name}")
    assert np.array_equal(draws.ranks("task:first"), first)


def test_a_table_that_changes_is_looked_up_anew():
    draws = Draws(0, FEW)
    ones, twos = np.full(STRATA, 1.0), np.full(STRATA, 2.0)
    assert [draws.mapped("task:a", table)[0] for table in (ones, twos, ones)] == [1, 2, 1]


def test_two_processes_print_the_same_bytes_and_another_seed_others(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"title": "A plan", "start": "2027-01-04", **SERIAL_WITH_RESEARCH}))
    code = (
        "import json, sys; from mlmgmt_widgets.timeline import load_plan, simulate;"
        "print(json.dumps(simulate(load_plan(sys.argv[1]), 1024, int(sys.argv[2])).to_dict()))"
    )

    def printed(seed, hashing):
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        command = [sys.executable, "-c", code, str(path), str(seed)]
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout

    first, same, other = printed(7, "1"), printed(7, "2"), printed(8, "1")
    assert first == same
    assert json.loads(first)["weeks"] != json.loads(other)["weeks"]


# How evenly they fall


@pytest.mark.parametrize("name", [LEADING, "research:timebox:0", "task:pipeline", "risk:late:occurs"])
@pytest.mark.parametrize("seed", [0, 1, "0/3"])
def test_each_sequence_is_perfectly_stratified_for_every_power_of_two(name, seed):
    ranks = Draws(seed, 2 * STRATA).ranks(name)
    for power in range(15):
        size = 1 << power
        for start in {0, size, STRATA - size, STRATA}:
            parts = ranks[start : start + size] // (STRATA // size)
            assert np.array_equal(np.sort(parts), np.arange(size)), (power, start)


def test_a_larger_number_of_draws_begins_with_the_smaller():
    longest = Draws(0, 100_000)
    for count, name in itertools.product((256, 1000, 16_384, 50_001), NAMES[:3]):
        assert np.array_equal(Draws(0, count).ranks(name), longest.ranks(name)[:count])


def test_the_mean_of_every_sequence_is_a_half():
    draws = Draws(0, STRATA)
    assert {float(draws.ranks(name).mean()) for name in NAMES} == {(STRATA - 1) / 2}
    few = Draws(0, 1000)
    assert all(abs(few.ranks(name).mean() / STRATA - 0.5) < 1e-2 for name in NAMES)


def test_each_draw_is_uniform_over_names():
    """The first draw of 2,000 names: chi-square with 15 degrees of freedom, 99.99 %."""
    firsts = [int(Draws(0, FEW).ranks(f"task:n{i}")[0]) // (STRATA // 16) for i in range(2000)]
    counts = np.bincount(firsts, minlength=16)
    assert ((counts - 125) ** 2 / 125).sum() < 44.3


def correlations(count, names=NAMES, seed=0):
    draws = Draws(seed, count)
    table = np.array([draws.ranks(name) for name in names], dtype=float)
    return np.abs(np.corrcoef(table)[np.triu_indices(len(names), 1)])


@pytest.mark.parametrize("count", [1024, STRATA])
def test_different_names_are_as_good_as_uncorrelated(count):
    """Plain random sequences correlate by 1 / sqrt(count), all of them; of these nearly none does at all.

    Names that know nothing of each other must collide sometimes. The first digits of two sequences are the same
    combination of the draw's digits for 2 pairs in `count`, which then correlate by 0.75; counting the second and
    third digits, 7.5 pairs in `count` correlate by more than a tenth.
    """
    found = correlations(count)
    assert np.median(found) < 0.01 / np.sqrt(count)
    assert np.mean(found > 1.96 / np.sqrt(count)) < 0.02  # of random ones, one in twenty
    assert np.mean(found > 0.1) < 12 / count
    assert np.sqrt(np.mean(found**2)) < 2 / np.sqrt(count)


def test_nothing_is_correlated_with_how_many_experiments_it_takes():
    draws = Draws(0, STRATA)
    leading = draws.ranks(LEADING).astype(float)
    assert max(abs(np.corrcoef(leading, draws.ranks(name))[0, 1]) for name in NAMES) < 1 / np.sqrt(STRATA)


def grid(one, other, cells=16):
    """Chi-square of a grid of two sequences, (cells - 1)^2 degrees of freedom if they were independent."""
    places = one.astype(np.int64) // (STRATA // cells) * cells + other // (STRATA // cells)
    expected = len(one) / cells**2
    return ((np.bincount(places, minlength=cells**2) - expected) ** 2 / expected).sum()


def test_every_cell_of_a_grid_is_hit_equally_often_together_with_the_number_of_experiments():
    draws = Draws(0, STRATA)
    assert {grid(draws.ranks(LEADING), draws.ranks(name)) for name in NAMES} == {0}


def test_of_other_pairs_nearly_all_hit_every_cell_of_a_grid_equally_often():
    # Random ones never do; the sum of 225 squares is then 225, and below 298 in 999 of 1,000 grids.
    draws = Draws(0, STRATA)
    found = [grid(draws.ranks(one), draws.ranks(other)) for one, other in itertools.combinations(NAMES[:80], 2)]
    assert np.mean(np.array(found) == 0) > 0.9
    assert np.mean(np.array(found) > 298) < 0.04


def test_there_are_more_names_than_sobol_has_dimensions():
    with pytest.raises(ValueError, match=str(SOBOL_SERVES)):
        qmc.Sobol(SOBOL_SERVES + 1)
    draws = Draws(0, FEW)
    seen = set()
    for i in range(SOBOL_SERVES + 100):
        ranks = draws.ranks(f"task:{i}")
        seen.add(ranks.tobytes())
        if i % 100 == 0 or i >= SOBOL_SERVES:
            assert np.array_equal(np.sort(ranks // (STRATA // FEW)), np.arange(FEW))
    assert len(seen) == SOBOL_SERVES + 100


# What that is worth


def discrepancy(make, dimensions, count=512, times=24):
    return np.median([qmc.discrepancy(make(i, dimensions, count), method="L2-star") for i in range(times)])


def ours(seed, dimensions, count):
    draws = Draws(seed, count)
    return np.array([(draws.ranks(f"task:{seed}-{k}") + 0.5) / STRATA for k in range(dimensions)]).T


@pytest.mark.parametrize(("dimensions", "than_random", "than_sobol"), [(2, 0.3, 3), (5, 0.75, 3)])
def test_the_discrepancy_lies_near_sobol_s_and_well_below_that_of_random_draws(dimensions, than_random, than_sobol):
    found = discrepancy(ours, dimensions)
    assert found < than_random * discrepancy(lambda seed, d, n: np.random.default_rng(seed).random((n, d)), dimensions)
    assert found < than_sobol * discrepancy(lambda seed, d, n: qmc.Sobol(d, rng=seed).random(n), dimensions)


def named(number):
    """The same plan under other names, whose draws are others."""
    data = json.loads(json.dumps(SERIAL_WITH_RESEARCH).replace('"id": "', f'"id": "n{number}-'))
    for task in data["tasks"]:
        task["after"] = [each if each == "research" else f"n{number}-{each}" for each in task["after"]]
    return Plan.model_validate({"title": "A plan", "start": "2027-01-04", **data})


def serial_with_research():
    """The exact distribution of the plan that is used here."""
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.35, 5), 1).weeks
    return found + exact.pert(1, 3, 8) + exact.lognormal(2, 6) + exact.pert(1, 2, 5) + exact.pert(2, 3, 7)


def p80(made, draws):
    return np.quantile(run(made, draws).deliveries, 0.8, method="hazen")


def test_p80_is_far_more_exact_than_with_random_draws_and_nearly_as_exact_as_with_sobol_s():
    """Over 300 plans that differ in their names and seeds; root mean square errors against the exact answer."""
    truth, count, times = serial_with_research(), 4096, 300
    wrong = {
        "ours": [p80(named(i), draws_of(i, count)) for i in range(times)],
        "sobol": [p80(named(0), sobol(i, count)) for i in range(times)],
        "random": [p80(named(0), at_random(i, count)) for i in range(times)],
    }
    error = {name: np.sqrt(np.mean((np.array(found) - truth.quantile(0.8)) ** 2)) for name, found in wrong.items()}
    share = truth.random_error(0.8, count * 0.884)  # 1 - 0.65^5 are delivered
    assert error["random"] == pytest.approx(share, rel=0.17)  # four standard errors of 300: the yardstick is right
    assert error["ours"] < 0.7 * error["random"]
    assert error["ours"] < 1.8 * error["sobol"]


def test_no_plan_in_hundreds_is_further_off_than_random_draws_would_put_it():
    truth = serial_with_research()
    allowed = 5 * truth.random_error(0.8, STRATA * 0.884)
    found = np.array([p80(named(i), draws_of(i, STRATA)) for i in range(200)])
    assert np.abs(found - truth.quantile(0.8)).max() < allowed


# A slider moves the answer and nothing else


@pytest.mark.parametrize(
    "change",
    [
        lambda task, step: {**task, "weeks": {"low": 1, "likely": 1 + 7 * step, "high": 8}},
        lambda task, step: {**task, "weeks": {"low": 1, "likely": 3, "high": 8 + 8 * step}},
        lambda task, step: {**task, "weeks": 2 + 3 * step},
        lambda task, step: {**task, "weeks": {"p10": 2 + step, "p90": 2 * (2 + step)}},
        lambda task, step: {**task, "weeks": {"low": 1, "likely": 2, "high": 6 + step, "distribution": "triangular"}},
        lambda task, step: {**task, "weeks": {"history": [1, 2, 3, 4, 5 + step]}},
    ],
    ids=["likely", "high", "fixed", "lognormal", "triangular", "history"],
)
def test_every_small_step_up_of_a_slider_moves_p80_up(change):
    tasks = SERIAL_WITH_RESEARCH["tasks"]
    found = [
        p80(plan(change(tasks[0], step), *tasks[1:], research=SERIAL_WITH_RESEARCH["research"]), draws_of(0, 4096))
        for step in np.linspace(0, 1, 101)
    ]
    steps = np.diff(found)
    assert np.all(steps >= 0)
    assert np.mean(steps > 0) > 0.5  # a history may leave the very trials around P80 where they are


def test_with_other_draws_at_every_step_it_would_jump():
    found = [p80(serial({"low": 1, "likely": 3 + step / 100, "high": 8}), at_random(step, 4096)) for step in range(50)]
    assert np.any(np.diff(found) < 0)


RESEARCH = ["research:success-rate", *(f"research:timebox:{k}" for k in range(10))]


def emptiest_and_fullest(sequences, digits):
    """Fewest and most points in any box whose sides are so many digits together, over all ways to split them."""
    counts = []
    for split in itertools.product(range(digits + 1), repeat=len(sequences)):
        if sum(split) == digits:
            box = 0
            for ranks, length in zip(sequences, split, strict=True):
                box = (box << length) | (ranks.astype(int) >> (BITS - length))
            counts.append(np.bincount(box, minlength=1 << digits))
    return min(map(np.min, counts)), max(map(np.max, counts))


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations([LEADING, *RESEARCH], 2)))
def test_what_research_draws_fills_every_box_evenly_by_two(one, other):
    """A (3, 14, 2)-net has 2^3 points in each elementary box of 2^-11 (Niederreiter 1987), counted here one by one."""
    draws = Draws(5, STRATA)
    assert emptiest_and_fullest([draws.ranks(one), draws.ranks(other)], BITS - 3) == (8, 8)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(RESEARCH, 2))[::5])
def test_what_research_draws_fills_every_box_evenly_by_three(one, other):
    draws = Draws(5, STRATA)
    sequences = [draws.ranks(name) for name in ("research:first-success", one, other)]
    assert emptiest_and_fullest(sequences, BITS - 5) == (32, 32)
