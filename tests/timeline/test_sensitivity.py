"""What the spread comes from, against variances in closed form, and whether the stated error is honest."""

import numpy as np
import pytest
from scipy import stats
from tests.timeline import exact
from tests.timeline.shapes import SERIAL_WITH_RESEARCH, plan, serial, trials

from mlmgmt_widgets.timeline import simulate
from mlmgmt_widgets.timeline.draws import draws_of
from mlmgmt_widgets.timeline.sensitivity import EXPERIMENTS, TIMEBOX, error
from mlmgmt_widgets.timeline.simulation import run

CLOSE = 0.02  # of the whole spread: a sum of 16,384 squares is exact to about a hundredth


def shares(made):
    return {driver.id: driver.share for driver in simulate(made).drivers}


def shares_of(variances):
    total = sum(variances.values())
    return {name: pytest.approx(variance / total, abs=CLOSE) for name, variance in variances.items()}


def test_of_tasks_in_a_row_each_has_its_share_of_the_variance():
    made = serial(
        {"low": 1, "likely": 3, "high": 8},
        {"low": 2, "likely": 3, "high": 7, "distribution": "triangular"},
        {"p10": 2, "p90": 4},
        {"history": [1, 2, 2, 4, 6]},
        5,
    )
    mean = (1 + 12 + 8) / 6
    sigma = np.log(2) / (2 * 1.2815515655)
    expected = {
        "t0": (mean - 1) * (8 - mean) / 7,
        "t1": (2**2 + 3**2 + 7**2 - 2 * 3 - 2 * 7 - 3 * 7) / 18,
        "t2": (np.exp(sigma**2) - 1) * 8 * np.exp(sigma**2),
        "t3": np.var([1, 2, 2, 4, 6]),
    }
    found = shares(made)
    assert found == shares_of(expected)
    assert list(found) == sorted(expected, key=expected.get, reverse=True)


def test_a_risk_has_the_variance_of_its_mixture():
    # Var = pi (s^2 + mu^2) - pi^2 mu^2 with PERT(1, 2, 6): mu = 2.5, s^2 = 1.5 x 3.5 / 7.
    risks = [{"id": "r", "probability": 0.3, "weeks": {"low": 1, "likely": 2, "high": 6}, "delays": "t0"}]
    made = serial({"low": 1, "likely": 3, "high": 8}, risks=risks)
    expected = {"r": 0.3 * (0.75 + 6.25) - 0.09 * 6.25, "t0": (3.5 - 1) * (8 - 3.5) / 7}
    assert shares(made) == shares_of(expected)


def test_the_number_of_experiments_has_the_variance_of_a_geometric_number():
    # Of 100 experiments at one half each, hardly any trial runs out: Var[n] = q / p^2 = 2, times two weeks squared.
    research = {"timebox_weeks": 2, "success": 0.5, "max_experiments": 100, "parallel": 1}
    made = serial({"low": 1, "likely": 3, "high": 13}, research=research)
    mean = (1 + 12 + 13) / 6
    assert shares(made) == shares_of({EXPERIMENTS: 2 * 4, "t0": (mean - 1) * (13 - mean) / 7})


def test_how_long_experiments_run_has_its_total_effect():
    """Total effects of T = x1 + ... + xn: E[n] s^2 for the lengths, and Var[n] mu^2 + Var[n] s^2 for the number.

    With the number drawn again, T moves by the |n - n'| experiments between: E[(T - T')^2] / 2 =
    (s^2 E|n - n'| + mu^2 E[(n - n')^2]) / 2, where E|n - n'| = 2 q / (1 - q^2) for a geometric n.
    """
    research = {
        "timebox_weeks": {"low": 1, "likely": 4, "high": 13},
        "success": 0.5,
        "max_experiments": 100,
        "parallel": 1,
    }
    mean = (1 + 16 + 13) / 6
    variance = (mean - 1) * (13 - mean) / 7
    apart = 2 * 0.5 / (1 - 0.25)
    expected = {TIMEBOX: 2 * variance, EXPERIMENTS: (variance * apart + mean**2 * 2 * 2) / 2}
    assert shares(plan(research=research)) == shares_of(expected)


def test_side_by_side_each_has_its_total_effect():
    """E[Var(max(A, B) | B)] by adding up over a grid of both quantiles."""
    made = plan(
        {"id": "a", "weeks": {"low": 2, "likely": 4, "high": 10}},
        {"id": "b", "weeks": {"low": 1, "likely": 4, "high": 7}},
    )
    middles = (np.arange(1000) + 0.5) / 1000
    a, b = (exact.pert_distribution(*each).ppf(middles) for each in ((2, 4, 10), (1, 4, 7)))
    longest = np.maximum.outer(a, b)
    assert shares(made) == shares_of({"a": longest.var(axis=0).mean(), "b": longest.var(axis=1).mean()})


def test_what_never_matters_has_exactly_nothing_and_what_is_fixed_is_no_driver():
    made = plan(
        {"id": "long", "weeks": 20},
        {"id": "short", "weeks": {"low": 1, "likely": 3, "high": 8}},
        {"id": "last", "weeks": {"low": 1, "likely": 2, "high": 5}, "after": ["long", "short"]},
        {"id": "none", "weeks": {"low": 3, "likely": 3, "high": 3}},
    )
    assert shares(made) == {"last": 1, "short": 0}


def test_a_risk_that_never_occurs_has_exactly_nothing():
    risks = [{"id": "r", "probability": 0, "weeks": {"p10": 1, "p90": 9}, "delays": "t0"}]
    assert shares(serial({"low": 1, "likely": 3, "high": 8}, risks=risks)) == {"t0": 1, "r": 0}


def test_with_past_overruns_even_a_fixed_task_is_a_driver():
    # Both vary by the same ratios, so by the squares of their medians: 1 to 9.
    found = shares(serial(1, {"low": 2, "likely": 3, "high": 4}, overrun=[0.5, 1, 1, 1.5, 3]))
    assert found == shares_of({"t0": 1, "t1": 9})


@pytest.mark.parametrize("made", [serial(2), serial(2, 3, {"history": [1, 1, 1, 1, 1]})], ids=["fixed", "no spread"])
def test_without_any_spread_nothing_has_a_share(made):
    assert set(shares(made).values()) <= {0}


def test_shares_add_up_to_one_and_the_largest_comes_first():
    made = plan(
        *SERIAL_WITH_RESEARCH["tasks"],
        {"id": "beside", "weeks": {"p10": 4, "p90": 20}},
        research=SERIAL_WITH_RESEARCH["research"],
        risks=[{"id": "r", "probability": 0.3, "weeks": 3, "delays": "research"}],
    )
    found = list(shares(made).values())
    assert sum(found) == pytest.approx(1)
    assert found == sorted(found, reverse=True)
    assert all(share >= 0 for share in found)


def test_drivers_have_names_that_people_read():
    made = plan(
        {"id": "feature-store", "weeks": {"p10": 1, "p90": 3}},
        {"id": "b", "title": "The service", "weeks": {"p10": 1, "p90": 3}},
        research=SERIAL_WITH_RESEARCH["research"],
        risks=[{"id": "data-access", "probability": 0.3, "weeks": 3, "delays": "b"}],
    )
    assert {driver.title for driver in simulate(made).drivers} == {
        "How many experiments it takes",
        "How long experiments run",
        "Feature store",
        "The service",
        "Data access",
    }


# The stated error


def the_exact_p80():
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.35, 5), 1).weeks
    found = found + exact.pert(1, 3, 8) + exact.lognormal(2, 6) + exact.pert(1, 2, 5) + exact.pert(2, 3, 7)
    return found.quantile(0.8)


def test_the_stated_error_is_honest():
    """Over 200 seeds the exact P80 lies within two stated errors as often as 95 % says, and never beyond seven.

    The bounds are those of a binomial number, each passed by chance once in 2,000 times. One in 3,000 of 200 numbers of
    Student's distribution with 15 degrees of freedom lies beyond 7 x 2.131 / 2.
    """
    made = plan(*SERIAL_WITH_RESEARCH["tasks"], research=SERIAL_WITH_RESEARCH["research"])
    truth, count, seeds = the_exact_p80(), 1024, 200
    off = []
    for seed in range(seeds):
        found = np.quantile(run(made, draws_of(seed, count)).deliveries, 0.8, method="hazen")
        off.append(abs(found - truth) / error(made, count, seed, 0.8))
    within = np.count_nonzero(np.array(off) <= 2)
    assert stats.binom.ppf(5e-4, seeds, 0.95) <= within <= stats.binom.isf(5e-4, seeds, 0.95)
    assert max(off) < 7


def test_the_stated_error_is_that_of_p80_and_falls_with_more_draws():
    made = plan(*SERIAL_WITH_RESEARCH["tasks"], research=SERIAL_WITH_RESEARCH["research"])
    few, many = (simulate(made, draws=count).error_p80 for count in (256, 16_384))
    assert few == error(made, 256, 0, 0.8)
    assert many < few / 8  # plain random draws would gain a factor of 8


def test_every_seed_is_judged_by_replicates_of_its_own():
    made = plan(*SERIAL_WITH_RESEARCH["tasks"], research=SERIAL_WITH_RESEARCH["research"])
    assert len({error(made, 256, seed, 0.8) for seed in range(5)}) == 5


def test_what_is_fixed_has_no_error():
    assert simulate(serial(2, 3)).error_p80 == 0


def test_without_delivery_there_is_no_error():
    made = plan(research={"timebox_weeks": 1, "success": 0, "max_experiments": 3})
    assert np.isnan(simulate(made).error_p80)
    assert not trials(made).delivered.any()
