"""Distributions against their textbooks' formulas and against SciPy."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from tests.timeline import exact
from tests.timeline.shapes import durations, numbers, ranges

from mlmgmt_widgets.timeline import History, Percentiles, Range, quantiles
from mlmgmt_widgets.timeline.draws import MIDDLES, STRATA
from mlmgmt_widgets.timeline.durations import in_words, likely
from mlmgmt_widgets.timeline.plan import Plan

TABLE_ERROR = 1e-5  # of a PERT's width: half an hour's work in ten years


def table_of(data):
    return quantiles.table(duration_of(data))


def duration_of(data):
    made = Plan.model_validate({"title": "P", "start": "2027-01-04", "tasks": [{"id": "a", "weeks": data}]})
    return made.tasks[0].weeks


@pytest.mark.parametrize(
    ("share", "weeks"), [(0.1, 2.89788), (0.5, 4.51048), (0.8, 5.92154), (0.9, 6.67112), (0.95, 7.25927)]
)
def test_the_known_percentiles_of_a_pert(share, weeks):
    assert quantiles.quantile(Range(low=2, likely=4, high=10), share) == pytest.approx(weeks, abs=3e-5)


@pytest.mark.parametrize("triple", [(2, 4, 10), (0, 0, 1), (0, 1, 1), (1, 1.5, 9), (3, 3.25, 3.5), (0, 100, 520)])
def test_a_pert_has_exactly_the_mean_and_variance_of_its_formula(triple):
    low, most_likely, high = triple
    mean = (low + 4 * most_likely + high) / 6
    table = table_of(dict(zip(("low", "likely", "high"), triple, strict=True)))
    assert table.mean() == pytest.approx(mean, abs=TABLE_ERROR * (high - low))
    assert table.var() == pytest.approx((mean - low) * (high - mean) / 7, rel=1e-4)


def test_a_symmetric_pert_has_the_variance_that_the_formula_says_and_not_that_of_the_textbook():
    # The textbook's ((b - a) / 6)^2 is 1; exactly it is 9 / 7.
    assert table_of({"low": 0, "likely": 3, "high": 6}).var() == pytest.approx(9 / 7, rel=1e-4)


@given(ranges().filter(lambda data: data["low"] < data["high"]))
@settings(max_examples=50)
def test_pert_quantiles_are_those_of_scipy(data):
    low, most_likely, high = data["low"], data["likely"], data["high"]
    alpha = 1 + 4 * (most_likely - low) / (high - low)
    exactly = low + (high - low) * special.betaincinv(alpha, 6 - alpha, MIDDLES)
    table = quantiles.table(Range(low=low, likely=most_likely, high=high))
    assert np.abs(table - exactly).max() <= TABLE_ERROR * (high - low) + 1e-12


@given(ranges().filter(lambda data: data["low"] < data["high"]))
def test_triangular_quantiles_are_those_of_scipy(data):
    low, most_likely, high = data["low"], data["likely"], data["high"]
    table = quantiles.table(Range(low=low, likely=most_likely, high=high, distribution="triangular"))
    exactly = stats.triang.ppf(MIDDLES[::97], (most_likely - low) / (high - low), low, high - low)
    assert table[::97] == pytest.approx(exactly, rel=1e-9, abs=1e-6)


def test_the_known_percentile_of_a_triangular():
    assert quantiles.quantile(Range(low=2, likely=4, high=10, distribution="triangular"), 0.8) == pytest.approx(
        6.9016, abs=5e-5
    )


def test_p10_and_p90_make_a_lognormal():
    duration = Percentiles(p10=2, p90=8)
    assert quantiles.quantile(duration, 0.1) == pytest.approx(2, abs=1e-6)
    assert quantiles.quantile(duration, 0.5) == pytest.approx(4, abs=1e-6)
    assert quantiles.quantile(duration, 0.9) == pytest.approx(8, abs=1e-5)
    sigma = math.log(4) / (2 * 1.2815515655)
    assert np.log(quantiles.table(duration)).std() == pytest.approx(sigma, rel=1e-4)
    assert quantiles.table(duration) == pytest.approx(stats.lognorm.ppf(MIDDLES, sigma, scale=4), rel=1e-9)


def test_a_history_gives_each_of_its_values_equally_often_whatever_their_order():
    values = (3.0, 1.0, 9.0, 2.5, 4.0)
    table = quantiles.table(History(history=values))
    counts = [int(np.count_nonzero(table == value)) for value in values]
    assert sum(counts) == STRATA
    assert max(counts) - min(counts) <= 1
    assert np.array_equal(table, quantiles.table(History(history=tuple(sorted(values)))))


def test_a_history_with_a_value_twice_gives_it_twice_as_often():
    table = quantiles.table(History(history=(1, 1, 2, 3, 4, 5, 6, 7)))
    assert np.count_nonzero(table == 1) == STRATA // 4


@given(durations())
def test_tables_rise_and_lie_within_what_people_said(data):
    table = table_of(data)
    assert table.shape == (STRATA,)
    assert np.all(np.diff(table) >= 0)
    if not isinstance(data, dict):
        assert np.all(table == data)
    elif "low" in data:
        assert data["low"] <= table[0]
        assert table[-1] <= data["high"]
    elif "history" in data:
        assert set(table) == set(data["history"])
    else:
        assert table[0] > 0


@pytest.mark.parametrize("distribution", ["pert", "triangular"])
def test_a_range_without_width_is_fixed(distribution):
    table = quantiles.table(Range(low=3, likely=3, high=3, distribution=distribution))
    assert np.all(table == 3)


@given(ranges(), numbers(0, 1), numbers(0, 1))
def test_a_more_likely_value_that_is_higher_never_makes_any_quantile_smaller(data, one, other):
    # The densities of two PERTs with the same ends have a ratio that rises: d/dx log f = 4 (m - x) / ((x-a)(b-x)).
    low, high = data["low"], data["high"]
    less, more = (min(max(low + (high - low) * share, low), high) for share in sorted([one, other]))
    tables = [table_of({**data, "likely": value}) for value in (less, more)]
    assert np.all(tables[0] <= tables[1])


def test_every_small_step_of_the_likely_value_moves_a_pert_up_and_never_down():
    tables = [quantiles.table(Range(low=1, likely=value, high=8)) for value in np.linspace(1, 8, 281)]
    for before, after in itertools.pairwise(tables):
        assert np.all(before <= after)
        assert before[STRATA * 4 // 5] < after[STRATA * 4 // 5]


@pytest.mark.parametrize("moved", ["low", "likely", "high"])
def test_a_small_step_of_any_number_moves_p80_as_the_exact_distribution_does(moved):
    """Which is up, except that a higher low leaves less to the tail above: close to the likely value P80 falls."""
    start = {"low": 1.0, "likely": 3.0, "high": 8.0}
    for step in np.arange(0, 2, 0.05):
        before, after = ({**start, moved: start[moved] + each} for each in (step, step + 0.05))
        ours, exactly = (
            read(after) - read(before)
            for read in (
                lambda data: quantiles.quantile(Range(**data), 0.8),
                lambda data: exact.pert_distribution(**data).ppf(0.8),
            )
        )
        assert ours == pytest.approx(exactly, abs=1e-5)
        assert np.sign(ours) == np.sign(exactly)
        assert ours > 0 or moved == "low"


# Research


@pytest.mark.parametrize(
    ("successes", "tried"),
    [(0, 0), (1, 1), (0, 1), (3, 10), (0, 10), (10, 10), (3000, 10000), (5000, 10000), (30_000, 100_000)],
)
def test_a_learned_chance_has_the_quantiles_of_its_posterior(successes, tried):
    posterior = stats.beta(1 + successes, 1 + tried - successes)
    difference = np.abs(quantiles.success_rate(successes, tried) - posterior.ppf(MIDDLES))
    assert difference.max() < 2e-3 * posterior.std()


def assert_is_the_posterior_at_its_edges_too(successes, failures):
    # The last few of 16,384 parts of a skewed posterior lie in a tail so thin that a tenth of a standard deviation
    # there is nothing.
    posterior = stats.beta(1 + successes, 1 + failures)
    table = quantiles.success_rate(successes, successes + failures)
    difference = np.abs(table - posterior.ppf(MIDDLES)) / posterior.std()
    assert difference.max() < 0.1
    assert np.quantile(difference, 0.999) < 5e-3
    assert difference.mean() < 2e-4


@pytest.mark.parametrize(("successes", "failures"), [(0, 10_000), (10_000, 0), (1, 99_999), (100_000, 0)])
def test_a_learned_chance_at_an_edge_has_the_quantiles_of_its_posterior(successes, failures):
    assert_is_the_posterior_at_its_edges_too(successes, failures)


@given(st.integers(0, 200), st.integers(0, 200))
@settings(max_examples=50)
def test_the_posterior_of_any_record_is_scipy_s(successes, failures):
    assert_is_the_posterior_at_its_edges_too(successes, failures)
    table = quantiles.success_rate(successes, successes + failures)
    assert table.mean() == pytest.approx((1 + successes) / (2 + successes + failures), abs=1e-5)


@given(numbers(0, 1), st.integers(1, 100))
def test_the_first_success_is_geometric(chance, most):
    table = quantiles.first_success(chance, most)
    for number in range(most + 1):
        exactly = 1 - (1 - chance) ** number
        assert np.mean(table <= number) == pytest.approx(exactly, abs=1 / STRATA)
    assert table.max() <= most + 1


@given(numbers(0, 1), numbers(0, 1), st.integers(1, 100))
def test_a_higher_chance_never_gives_a_later_success(one, other, most):
    less, more = (quantiles.first_success(chance, most) for chance in sorted([one, other]))
    assert np.all(more <= less)


@given(numbers(0, 1), st.integers(1, 50), st.integers(1, 50))
def test_the_number_of_experiments_allowed_changes_only_who_is_in_time(chance, one, other):
    few, many = sorted([one, other])
    first, later = quantiles.first_success(chance, few), quantiles.first_success(chance, many)
    assert np.array_equal(first, np.minimum(later, few + 1))


# What people have in mind


def test_the_value_that_people_add_up():
    assert likely(Range(low=1, likely=3, high=8)) == 3
    assert likely(Percentiles(p10=2, p90=8)) == pytest.approx(4)
    assert likely(History(history=(5, 1, 2, 8, 3))) == 3
    assert likely(History(history=(5, 1, 2, 8, 3, 4))) == 3.5
    assert likely(2.5) == 2.5


@given(durations())
def test_the_median_halves_the_table(data):
    middle = quantiles.median(duration_of(data))
    table = table_of(data)
    assert np.mean(table <= middle) >= 0.5
    assert np.mean(table >= middle) >= 0.5


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (Range(low=1, likely=3, high=8), "1 to 8 weeks, likely 3 (PERT)"),
        (Range(low=1, likely=3, high=8, distribution="triangular"), "1 to 8 weeks, likely 3 (triangular)"),
        (Percentiles(p10=2, p90=8), "P10 2, P90 8 weeks (lognormal)"),
        (History(history=(1, 2, 3, 4, 5)), "resampled from 5 past values"),
        (1.0, "1 week (fixed)"),
        (2.5, "2.5 weeks (fixed)"),
    ],
)
def test_a_distribution_is_named(duration, words):
    assert in_words(duration) == words
