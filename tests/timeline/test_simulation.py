"""What happens in a plan's trials, against exact answers and against second ways of counting."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special
from tests.timeline import exact
from tests.timeline.shapes import FEW, durations, numbers, plan, plans, researches, serial, trials

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan, simulate
from mlmgmt_widgets.timeline.draws import STRATA
from mlmgmt_widgets.timeline.durations import LONGEST
from mlmgmt_widgets.timeline.sensitivity import error

TIMEBOX = {"low": 2, "likely": 3, "high": 4}
ANY = settings(max_examples=60)


def tries(success, most, parallel=1, timebox=TIMEBOX):
    return {"timebox_weeks": timebox, "success": success, "max_experiments": most, "parallel": parallel}


# Whole plans against the lattice


def only_tasks():
    made = serial({"low": 1, "likely": 3, "high": 8}, {"p10": 2, "p90": 8}, {"history": [1, 2, 2.5, 4, 9]}, 1.5)
    found = exact.pert(1, 3, 8) + exact.lognormal(2, 8) + exact.history([1, 2, 2.5, 4, 9]) + exact.fixed(1.5)
    return made, 1, found


def research_then_tasks():
    triangular = {"low": 1, "likely": 2, "high": 6, "distribution": "triangular"}
    risks = [{"id": "r", "probability": 0.25, "weeks": {"low": 1, "likely": 2, "high": 6}, "delays": "t1"}]
    made = serial({"low": 1, "likely": 3, "high": 8}, triangular, research=tries(0.35, 5), risks=risks)
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.35, 5), 1)
    rest = exact.pert(1, 3, 8) + exact.triangular(1, 2, 6) + exact.happens(0.25, exact.pert(1, 2, 6))
    return made, found.success, found.weeks + rest


def two_side_by_side_of_five():
    made = serial({"p10": 1, "p90": 3}, research=tries(0.35, 5, 2))
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.35, 5), 2)
    return made, found.success, found.weeks + exact.lognormal(1, 3)


def a_learned_chance_three_side_by_side_of_seven():
    learned = {"successes": 3, "trials": 10}
    made = serial({"low": 1, "likely": 2, "high": 6}, research=tries(learned, 7, 3, {"p10": 1, "p90": 3}))
    found = exact.research(exact.lognormal(1, 3), exact.fails_after(3, 10, 7), 3)
    return made, found.success, found.weeks + exact.pert(1, 2, 6)


def a_learned_chance_one_after_the_other():
    made = serial({"low": 1, "likely": 2, "high": 6}, research=tries({"successes": 1, "trials": 4}, 6, 1))
    found = exact.research(exact.pert(2, 3, 4), exact.fails_after(1, 4, 6), 1)
    return made, found.success, found.weeks + exact.pert(1, 2, 6)


def a_risk_to_the_research():
    risks = [{"id": "r", "probability": 0.4, "weeks": {"p10": 1, "p90": 4}, "delays": "research"}]
    made = plan(research=tries(0.3, 4), risks=risks)
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.3, 4), 1)
    return made, found.success, found.weeks + exact.happens(0.4, exact.lognormal(1, 4))


def all_at_once():
    made = plan(research=tries(0.2, 4, 9))
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.2, 4), 9)
    return made, found.success, found.weeks


def parallel_tasks_between_two():
    spread = [{"low": 1, "likely": 3, "high": 8}, {"p10": 2, "p90": 6}, {"low": 2, "likely": 4, "high": 10}]
    between = [{"id": f"b{i}", "weeks": weeks, "after": ["research"]} for i, weeks in enumerate(spread)]
    last = {"id": "last", "weeks": {"low": 1, "likely": 2, "high": 6}, "after": ["b0", "b1", "b2"]}
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.5, 3), 1)
    longest = exact.longest(exact.pert(1, 3, 8), exact.lognormal(2, 6), exact.pert(2, 4, 10))
    return plan(*between, last, research=tries(0.5, 3)), found.success, found.weeks + longest + exact.pert(1, 2, 6)


def research_beside_a_task():
    made = plan({"id": "beside", "weeks": {"low": 2, "likely": 6, "high": 12}}, research=tries(0.4, 4))
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.4, 4), 1)
    return made, found.success, exact.longest(found.weeks, exact.pert(2, 6, 12))


def neither_serial_nor_parallel():
    kinds = [(1, 3, 8), (2, 3, 6), (1, 4, 9), (1, 5, 7)]
    after = [[], [], ["a"], ["a", "b"]]
    tasks = [
        {"id": name, "weeks": dict(zip(("low", "likely", "high"), kind, strict=True)), "after": before}
        for name, kind, before in zip("abcd", kinds, after, strict=True)
    ]
    return plan(*tasks), 1, exact.bridge(*[exact.pert(*kind) for kind in kinds])


def effort_shared_by_people():
    task = {"id": "a", "effort_weeks": {"low": 4, "likely": 6, "high": 14}, "people": 2}
    made = plan(task, team={"availability": 0.8})
    return made, 1, exact.scaled(1 / 1.6, exact.pert_distribution(4, 6, 14))


def the_team_s_own_slots():
    made = plan(
        research={"timebox_weeks": TIMEBOX, "success": 0.3, "max_experiments": 5},
        team={"people": 10, "availability": 0.8, "research_share": 0.25},
    )
    found = exact.research(exact.pert(2, 3, 4), exact.fails_with(0.3, 5), 2)
    return made, found.success, found.weeks


def past_overruns():
    ratios = [0.75, 1, 1.25, 1.5, 2.5]
    made = serial({"low": 2, "likely": 4, "high": 6}, {"p10": 2, "p90": 8}, 1, overrun=ratios)
    parts = [exact.history([median * ratio for ratio in ratios]) for median in (4, 4, 1)]
    return made, 1, parts[0] + parts[1] + parts[2]


SMOOTH = [
    only_tasks,
    research_then_tasks,
    two_side_by_side_of_five,
    a_learned_chance_three_side_by_side_of_seven,
    a_learned_chance_one_after_the_other,
    a_risk_to_the_research,
    all_at_once,
    parallel_tasks_between_two,
    research_beside_a_task,
    neither_serial_nor_parallel,
    effort_shared_by_people,
    the_team_s_own_slots,
]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case.__name__)
def test_agrees_with_the_exact_distribution_of_the_whole_plan(case):
    """Quantiles within five stated errors, none of which is larger than one of plain random draws could be.

    Sixteen replicates overstate an error by a factor of up to 1.7 (in 999 of 1,000 cases, Student's factor included).
    """
    made, success, truth = case()
    forecast = simulate(made)
    assert forecast.success_probability == pytest.approx(success, abs=2e-3 if "learned" in case.__name__ else 1e-4)
    delivered = STRATA * success
    for share in (0.1, 0.5, 0.8, 0.95):
        stated = error(made, STRATA, 0, share)
        assert stated < 1.7 * truth.random_error(share, delivered)
        assert forecast.quantile(share) == pytest.approx(truth.quantile(share), abs=5 * stated + exact.STEP / 8)
    assert forecast.mean == pytest.approx(truth.mean, abs=4 * truth.sd / math.sqrt(delivered))
    assert forecast.sd == pytest.approx(truth.sd, rel=0.03)


def test_agrees_with_the_exact_distribution_of_past_overruns():
    made, _, truth = past_overruns()
    weeks = simulate(made).trials.weeks
    for limit in (6, 8, 10, 14, 20):
        share = truth.below[round(limit / exact.STEP)]
        assert np.mean(weeks <= limit + 1e-6) == pytest.approx(share, abs=4 * math.sqrt(share / STRATA))
    assert weeks.mean() == pytest.approx(truth.mean, abs=1e-2)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.95])
def test_without_a_sum_the_quantile_is_that_of_the_distribution(share):
    forecast = simulate(serial({"low": 2, "likely": 4, "high": 10}))
    assert forecast.quantile(share) == pytest.approx(exact.pert_distribution(2, 4, 10).ppf(share), abs=3e-5)


def test_the_mean_of_tasks_in_a_row_is_exact():
    # Each sequence falls once into each of its parts, so a sum's mean has no error of sampling at all.
    forecast = simulate(serial({"low": 1, "likely": 3, "high": 8}, {"low": 2, "likely": 3, "high": 7}, 1.5))
    assert forecast.mean == pytest.approx((1 + 12 + 8) / 6 + (2 + 12 + 7) / 6 + 1.5, abs=1e-4)


def test_two_triangulars_in_parallel_have_the_known_merge_bias():
    weeks = {"low": 2, "likely": 4, "high": 10, "distribution": "triangular"}
    made = plan({"id": "a", "weeks": weeks}, {"id": "b", "weeks": weeks})
    forecast = simulate(made)
    assert forecast.quantile(0.8) == pytest.approx(7.7489, abs=4 * error(made, STRATA, 0, 0.8))
    assert forecast.mean == pytest.approx(6.3000, abs=0.01)
    assert simulate(serial(weeks)).quantile(0.8) == pytest.approx(6.9016, abs=1e-4)


# Research against its formulas


@pytest.mark.parametrize("most", [1, 3, 5, 12])
@pytest.mark.parametrize("chance", [0.05, 0.35, 0.8])
def test_how_many_experiments_and_how_long_they_take_all_trials_counted(chance, most):
    """P(success) = 1 - q^M, E[n] = (1 - q^M) / p, E[T] = E[n] mu, Var[T] = E[n] s^2 + Var[n] mu^2 (Wald; Blackwell)."""
    fails = 1 - chance
    found = trials(plan(research=tries(chance, most)), count=STRATA)
    mean = (1 - fails**most) / chance
    square = sum(n * n * chance * fails ** (n - 1) for n in range(1, most)) + most**2 * fails ** (most - 1)
    variance = square - mean**2
    mu, s2 = 3, (3 - 2) * (4 - 3) / 7
    assert found.delivered.mean() == pytest.approx(1 - fails**most, abs=1 / STRATA)
    assert found.experiments.mean() == pytest.approx(mean, abs=most / STRATA)
    assert found.experiments.astype(float).var() == pytest.approx(variance, abs=1e-3 * most**2)
    length = found.ends["research"]
    exactly = mean * s2 + variance * mu**2
    assert length.mean() == pytest.approx(mean * mu, abs=4 * math.sqrt(mean * s2 / STRATA) + 1e-4)
    assert length.var() == pytest.approx(exactly, rel=0.02, abs=1e-4)


@pytest.mark.parametrize(("chance", "most"), [(0.35, 5), (0.1, 8), (0.9, 3)])
def test_how_many_experiments_and_how_long_they_take_given_success(chance, most):
    """Given success, n is a geometric number cut off after M; then Wald and Blackwell again."""
    fails = 1 - chance
    share = np.array([chance * fails ** (n - 1) for n in range(1, most + 1)]) / (1 - fails**most)
    numbers_ = np.arange(1, most + 1)
    mean = numbers_ @ share
    variance = numbers_**2 @ share - mean**2
    forecast = simulate(plan(research=tries(chance, most)))
    found = forecast.trials.experiments[forecast.trials.delivered]
    assert found.mean() == pytest.approx(mean, abs=1e-3)
    assert forecast.mean == pytest.approx(3 * mean, abs=0.02)
    assert forecast.sd**2 == pytest.approx(mean / 7 + 9 * variance, rel=0.03)


@pytest.mark.parametrize(("successes", "tried", "most"), [(0, 0, 1), (0, 0, 9), (3, 10, 5), (0, 10, 8), (300, 1000, 5)])
def test_a_learned_chance_delivers_as_often_as_its_posterior_says(successes, tried, most):
    """1 - E[q^M] = 1 - B(a, b + M) / B(a, b); with nothing learned, one experiment in two succeeds."""
    a, b = 1 + successes, 1 + tried - successes
    exactly = 1 - math.exp(special.betaln(a, b + most) - special.betaln(a, b))
    found = trials(plan(research=tries({"successes": successes, "trials": tried}, most)), count=STRATA)
    assert found.delivered.mean() == pytest.approx(exactly, abs=2e-3)


def test_the_experiments_of_a_trial_share_what_was_learned():
    # If each drew a chance of its own, four would fail with probability (1/2)^4; the shared one is 1/5.
    found = trials(plan(research=tries({"successes": 0, "trials": 0}, 4)), count=STRATA)
    assert found.delivered.mean() == pytest.approx(1 - 1 / 5, abs=2e-3)


@pytest.mark.parametrize(("chance", "delivered", "experiments"), [(0, 0, 4), (1, 1, 1)])
def test_what_never_or_always_succeeds(chance, delivered, experiments):
    found = trials(plan(research=tries(chance, 4)))
    assert set(found.delivered) == {bool(delivered)}
    assert set(found.experiments) == {experiments}


# The order of work, counted a second time


def paths(after):
    """Every path through a plan, from what waits for nothing to each of its tasks."""

    def to(name):
        return [[*path, name] for before in after.get(name, ()) for path in to(before)] or [[name]]

    return {name: to(name) for name in after}


@given(plans(fewest=1))
@ANY
def test_everything_ends_when_the_longest_path_to_it_ends(data):
    found = trials(data)
    after = {task["id"]: task["after"] for task in data["tasks"]}
    lengths = {name: found.ends[name] - found.starts[name] for name in found.ends}
    for name, all_paths in paths(after).items():
        longest = np.max([np.sum([lengths[step] for step in path], axis=0) for path in all_paths], axis=0)
        assert found.ends[name] == pytest.approx(longest, abs=1e-9)
    assert np.array_equal(found.weeks, np.max(list(found.ends.values()), axis=0))


@given(plans(fewest=1))
@ANY
def test_every_trial_has_a_critical_path_from_the_start_to_the_end(data):
    found = trials(data)
    after = {"research": [], **{task["id"]: task["after"] for task in data["tasks"]}}
    last = np.zeros(FEW, bool)
    for name, critical in found.critical.items():
        last |= critical & (found.ends[name] == found.weeks)
        handed_on = found.starts[name] == 0
        for before in after[name]:
            handed_on |= found.critical[before] & (found.ends[before] == found.starts[name])
        assert np.all(handed_on | ~critical)  # what is critical began at once, or waited for something critical
    assert np.all(last)


@given(st.data())
@ANY
def test_critical_is_what_lies_on_a_longest_path(data):
    """Whole weeks, so that ties are ties; all paths are listed and measured."""
    lengths = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=6))
    tasks = [
        {"id": f"t{i}", "weeks": weeks, "after": data.draw(st.lists(st.sampled_from(before), unique=True)) if i else []}
        for i, weeks in enumerate(lengths)
        for before in [[f"t{j}" for j in range(i)]]
    ]
    every = [path for to in paths({task["id"]: task["after"] for task in tasks}).values() for path in to]
    total = {tuple(path): sum(lengths[int(name[1:])] for name in path) for path in every}
    longest = max(total.values())
    on_path = {name for path, weeks in total.items() if weeks == longest for name in path}
    critical = trials(plan(*tasks)).critical
    assert {name for name, flags in critical.items() if flags.all()} == on_path
    assert {name for name, flags in critical.items() if flags.any()} == on_path


# What a change can and cannot do, in every trial


@st.composite
def longer(draw, weeks):
    """A duration that is never shorter than another: of which every quantile is at least as large."""
    if not isinstance(weeks, dict):
        return min(LONGEST, weeks + draw(numbers(0, 5)))
    kind = draw(st.sampled_from(["scaled", "moved"]))
    if kind == "scaled":
        factor = 1 + draw(numbers(0, 3))
        return {
            key: [factor * each for each in value]
            if isinstance(value, list)
            else factor * value
            if not isinstance(value, str)
            else value
            for key, value in weeks.items()
        }
    if "history" in weeks:
        place, more = draw(st.integers(0, len(weeks["history"]) - 1)), draw(numbers(0, 5))
        return {"history": [each + more * (i == place) for i, each in enumerate(weeks["history"])]}
    if "p10" in weeks:
        return {key: value * 1.5 for key, value in weeks.items()}
    likely = weeks["likely"] + draw(numbers(0, 1)) * (weeks["high"] - weeks["likely"])
    moved = {**weeks, "likely": min(max(likely, weeks["likely"]), weeks["high"])}
    if weeks.get("distribution") == "triangular":
        moved["high"] = weeks["high"] + draw(numbers(0, 5))
        moved["low"] = min(weeks["low"] + draw(numbers(0, 1)) * (moved["likely"] - weeks["low"]), moved["likely"])
    return moved


def assert_never_earlier(before, after):
    """To within rounding: a factor on a distribution's parameters is rounded otherwise than one on its quantiles."""
    for name in before.ends:
        assert np.all(after.ends[name] >= before.ends[name] * (1 - 1e-12)), name
    assert np.all(after.weeks >= before.weeks * (1 - 1e-12))


@given(plans(fewest=1), st.data())
@ANY
def test_more_work_in_a_task_is_never_earlier(data, choice):
    place = choice.draw(st.integers(0, len(data["tasks"]) - 1))
    task = data["tasks"][place]
    name = "weeks" if "weeks" in task else "effort_weeks"
    more = {**task, name: choice.draw(longer(task[name]))}
    after = {**data, "tasks": [*data["tasks"][:place], more, *data["tasks"][place + 1 :]]}
    assert_never_earlier(trials(data), trials(after))


@given(plans(research=True), st.data())
@ANY
def test_longer_experiments_are_never_earlier(data, choice):
    research = data["research"]
    after = {**research, "timebox_weeks": choice.draw(longer(research["timebox_weeks"]))}
    assert_never_earlier(trials(data), trials({**data, "research": after}))


@given(plans(fewest=1), numbers(0, 1), durations(), st.data())
@ANY
def test_one_more_risk_is_never_earlier(data, probability, weeks, choice):
    delays = choice.draw(st.sampled_from([task["id"] for task in data["tasks"]]))
    risk = {"id": "new", "probability": probability, "weeks": weeks, "delays": delays}
    assert_never_earlier(trials(data), trials({**data, "risks": [*data["risks"], risk]}))


@given(plans(fewest=1).filter(lambda data: data["risks"]), numbers(0, 1), st.data())
@ANY
def test_a_more_likely_risk_is_never_earlier(data, more, choice):
    risk = data["risks"][0]
    after = {
        **risk,
        "probability": max(more, risk["probability"]),
        "weeks": choice.draw(longer(risk["weeks"])),
    }
    assert_never_earlier(trials(data), trials({**data, "risks": [after, *data["risks"][1:]]}))


@given(numbers(0, 1))
def test_a_risk_occurs_as_often_as_it_says(probability):
    risk = {"id": "r", "probability": probability, "weeks": 1, "delays": "t0"}
    found = trials(serial(2, risks=[risk]), count=STRATA)
    assert np.mean(found.weeks == 3) == pytest.approx(probability, abs=1 / STRATA)
    assert set(found.weeks) <= {2, 3}


@given(plans(fewest=2), st.data())
@ANY
def test_a_further_dependency_is_never_earlier(data, choice):
    order = Plan.model_validate(data).order
    first, second = sorted(choice.draw(st.lists(st.integers(0, len(order) - 1), min_size=2, max_size=2, unique=True)))
    tasks = [
        {**task, "after": [*task["after"], order[first]]} if task["id"] == order[second] else task
        for task in data["tasks"]
    ]
    assert_never_earlier(trials(data), trials({**data, "tasks": tasks}))


@given(plans(research=True), numbers(0, 1), numbers(0, 1))
@ANY
def test_a_higher_chance_is_never_less_likely_and_never_takes_more_experiments(data, one, other):
    less, more = sorted([one, other])
    before, after = (trials({**data, "research": {**data["research"], "success": chance}}) for chance in (less, more))
    assert np.all(after.delivered >= before.delivered)
    assert np.all(after.experiments <= before.experiments)
    assert np.all(after.ends["research"] <= before.ends["research"])
    assert np.all(after.weeks <= before.weeks)


@given(plans(research=True), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
@ANY
def test_more_earlier_successes_are_never_less_likely(data, one, other, failures):
    less, more = sorted([one, other])
    total = max(one, other) + failures
    before, after = (
        trials({**data, "research": {**data["research"], "success": {"successes": number, "trials": total}}})
        for number in (less, more)
    )
    assert np.all(after.delivered >= before.delivered)
    assert np.all(after.experiments <= before.experiments)


@given(plans(research=True), st.integers(1, 9), st.integers(1, 9))
@ANY
def test_more_experiments_are_never_less_likely_to_deliver(data, one, other):
    few, many = (
        trials({**data, "research": {**data["research"], "max_experiments": most}}) for most in sorted([one, other])
    )
    assert np.all(many.delivered >= few.delivered)
    assert np.all(many.weeks >= few.weeks)


@given(plans(research=True), st.integers(1, 9), st.integers(1, 9))
@ANY
def test_one_at_a_time_more_experiments_leave_the_trials_that_deliver_anyway_alone(data, one, other):
    few, many = (
        trials({**data, "research": {**data["research"], "max_experiments": most, "parallel": 1}})
        for most in sorted([one, other])
    )
    assert np.array_equal(few.weeks[few.delivered], many.weeks[few.delivered])


@given(plans(research=True), st.integers(1, 10))
@ANY
def test_how_many_run_side_by_side_changes_nothing_in_who_delivers(data, parallel):
    one, several = (trials({**data, "research": {**data["research"], "parallel": each}}) for each in (1, parallel))
    assert np.array_equal(one.delivered, several.delivered)


@given(plans(research=True), numbers(0, 10), st.integers(1, 10), st.integers(1, 10))
@ANY
def test_of_experiments_of_one_length_more_side_by_side_are_never_later(data, weeks, one, other):
    research = {**data["research"], "timebox_weeks": weeks}
    few, many = (trials({**data, "research": {**research, "parallel": parallel}}) for parallel in sorted([one, other]))
    assert np.all(many.ends["research"] <= few.ends["research"] + 1e-9)


@given(plans(research=True), st.integers(1, 5), st.integers(1, 5))
@ANY
def test_where_all_experiments_run_whole_rounds_put_together_are_never_later(data, parallel, rounds):
    """The longest of several rounds run at once is at most their sum; so it is wherever the same experiments run."""
    few, many = (
        trials({**data, "research": {**data["research"], "parallel": each}}) for each in (parallel, parallel * rounds)
    )
    same = few.experiments == many.experiments
    assert np.all(many.experiments >= few.experiments)
    assert np.all(many.ends["research"][same] <= few.ends["research"][same] + 1e-9)


@given(researches())
@ANY
def test_a_round_takes_as_long_as_its_longest_so_that_a_quick_success_waits(research):
    assume(research["max_experiments"] >= 2)
    alone, beside = (trials(plan(research={**research, "parallel": parallel})) for parallel in (1, 2))
    at_once = alone.experiments == 1
    assert np.all(beside.ends["research"][at_once] >= alone.ends["research"][at_once])


@given(plans())
@ANY
def test_a_plan_read_back_gives_equal_trials(data):
    made = Plan.model_validate(data)
    again = Plan.model_validate(made.model_dump(mode="json", exclude_defaults=True))
    assert again == made
    first, second = trials(made), trials(again)
    assert np.array_equal(first.weeks, second.weeks)
    assert np.array_equal(first.delivered, second.delivered)


# What is asked of it


@pytest.mark.parametrize("draws", [255, 0, -1, 1_000_001, 1000.0, "1024", True, None, math.nan])
def test_a_number_of_draws_that_makes_no_sense_is_refused(draws):
    with pytest.raises(Refusal, match="whole number from 256 to 1000000"):
        simulate(serial(1), draws=draws)


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True, None])
def test_a_seed_that_makes_no_sense_is_refused(seed):
    with pytest.raises(Refusal, match="whole number of at least 0"):
        simulate(serial(1), seed=seed)


@pytest.mark.parametrize("draws", [256, 1000, 16_385, 1_000_000])
def test_any_number_of_draws_between_will_do(draws):
    forecast = simulate(serial({"low": 2, "likely": 4, "high": 10}), draws=np.int64(draws), seed=np.int64(3))
    assert len(forecast.trials.weeks) == draws
    assert forecast.quantile(0.8) == pytest.approx(5.92154, abs=6 / min(draws, STRATA))


def test_the_largest_plan_is_simulated():
    tasks = [
        {"id": f"t{i}", "weeks": {"low": 1, "likely": 2, "high": 6}, "after": [f"t{i - 1}"] if i else []}
        for i in range(500)
    ]
    forecast = simulate(plan(*tasks), draws=1024)
    assert forecast.mean == pytest.approx(500 * 2.5, abs=0.1)
    assert forecast.sd == pytest.approx(math.sqrt(500 * (1.5 * 3.5) / 7), rel=0.25)


def test_what_nobody_waits_for_still_has_to_be_done():
    made = plan(
        {"id": "short", "weeks": 1}, {"id": "long", "weeks": 7}, {"id": "after", "weeks": 2, "after": ["short"]}
    )
    assert set(trials(made).weeks) == {7}


def test_the_order_in_the_file_does_not_matter():
    tasks = [
        {"id": name, "weeks": {"p10": 1, "p90": 3}, "after": after}
        for name, after in (("a", []), ("b", ["a"]), ("c", ["b"]))
    ]
    found = [trials(plan(*order)).weeks for order in itertools.permutations(tasks)]
    assert all(np.array_equal(found[0], each) for each in found)


def test_what_would_fill_the_memory_is_refused_with_how_much_fits():
    tasks = [{"id": f"t{i}", "weeks": 1} for i in range(500)]
    large = Plan.model_validate({"title": "Large", "start": "2027-01-04", "tasks": tasks})
    with pytest.raises(Refusal, match="it can have 50,000 at most"):  # 25 million numbers among 500 tasks
        simulate(large, 50_001)
