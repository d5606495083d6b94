"""What if one number were another: against closed forms of research that ends with its first success."""

import math
from itertools import pairwise

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from mlmgmt_widgets.timeline import Plan, load_plan, simulate
from mlmgmt_widgets.timeline.plan import MOST_EXPERIMENTS
from mlmgmt_widgets.timeline.whatif import (
    MOST_VALUES,
    effect,
    likelier,
    more_experiments,
    one_more,
    research_shares,
    share_in_words,
    side_by_side,
    success_chances,
)

DRAWS = 16_384
MONDAY = "2027-01-04"


def plan(**values):
    return Plan.model_validate({"title": "Toy", "start": MONDAY, **values})


EXPERIMENTS = {"timebox_weeks": 2, "success": 0.3, "max_experiments": 5}


def research(**values):
    """Nothing but experiments of two weeks each, of which three in ten pass."""
    return plan(research=EXPERIMENTS | {"parallel": 1} | values)


TEAM = {"people": 5, "availability": 0.8, "research_share": 0.25}


def same_as_simulated(variant, plan):
    forecast = simulate(plan)
    return (variant.success_probability, variant.p50, variant.p80, variant.on_time) == (
        forecast.success_probability,
        forecast.quantile(0.5),
        forecast.quantile(0.8),
        forecast.on_time,
    )


def p80_of_geometric(failure, most):
    """The first number of experiments within which eight in ten of those that succeed at all have succeeded."""
    return next(n for n in range(1, most + 1) if 1 - failure**n >= 0.8 * (1 - failure**most))


# -- numbers ------------------------------------------------------------------------------------------------------


def test_more_experiments_succeed_as_often_as_their_formula_says():
    variants = more_experiments(research())
    assert [variant.value for variant in variants] == [1, 2, 3, 4, 5, 6, 7, 8]
    for variant in variants:
        most = int(variant.value)
        assert variant.success_probability == pytest.approx(1 - 0.7**most, abs=1 / DRAWS)  # draws are stratified
        assert variant.p80 == 2 * p80_of_geometric(0.7, most)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_experiments_side_by_side_take_fewer_rounds_and_succeed_as_often(most):
    variants = side_by_side(research(max_experiments=most))
    assert [variant.value for variant in variants] == list(range(1, most + 1))
    for variant in variants:
        assert variant.success_probability == pytest.approx(1 - 0.7**most, abs=1 / DRAWS)
        assert variant.p80 == 2 * math.ceil(p80_of_geometric(0.7, most) / variant.value)
        assert variant.parallel == variant.value


def test_chances_go_by_twentieths_and_keep_the_plan_s_own():
    variants = success_chances(research(success=0.33))
    values = [variant.value for variant in variants]
    assert values == pytest.approx(sorted([*(i / 20 for i in range(1, 20)), 0.33]))
    assert [variant.value for variant in variants if variant.current] == [0.33]
    for variant in variants:
        assert variant.success_probability == pytest.approx(1 - (1 - variant.value) ** 5, abs=1 / DRAWS)


def test_a_chance_that_is_a_twentieth_is_there_once():
    chance = 0.1 + 0.2  # 0.30000000000000004
    variants = success_chances(research(success=chance))
    assert len(variants) == 19
    assert [variant.value for variant in variants if variant.current] == [chance]


def beta_binomial(passed, trials, most):
    """The chance that one of so many passes, when the chance is Beta(1 + passed, 1 + failed): Pólya's urn."""
    failed = trials - passed
    return 1 - math.prod((1 + failed + i) / (2 + trials + i) for i in range(most))


def test_a_record_is_varied_by_how_many_passed():
    variants = success_chances(research(success={"successes": 3, "trials": 10}))
    assert [variant.label for variant in variants] == [f"{passed} of 10 passed" for passed in range(11)]
    assert [variant.label for variant in variants if variant.current] == ["3 of 10 passed"]
    for passed, variant in enumerate(variants):
        assert variant.value == (1 + passed) / 12
        assert variant.success_probability == pytest.approx(beta_binomial(passed, 10, 5), abs=0.002)


def test_a_record_of_nothing_is_varied_by_the_first_result():
    variants = success_chances(research(success={"successes": 0, "trials": 0}))
    assert [variant.label for variant in variants] == ["0 of 1 passed", "0 of 0 passed", "1 of 1 passed"]
    assert [variant.current for variant in variants] == [False, True, False]


def test_a_long_record_is_varied_in_few_steps():
    variants = success_chances(research(success={"successes": 333, "trials": 1000}))
    assert len(variants) == 22
    assert [variant.label for variant in variants if variant.current] == ["333 of 1000 passed"]
    assert [variants[0].label, variants[-1].label] == ["0 of 1000 passed", "1000 of 1000 passed"]


def test_effort_takes_longer_the_more_time_research_gets():
    build = {"id": "build", "effort_weeks": 12}
    variants = research_shares(plan(team={**TEAM, "research_share": 0.33}, tasks=[build]))
    assert [variant.value for variant in variants] == pytest.approx(sorted([*(i / 20 for i in range(13)), 0.33]))
    assert [variant.label for variant in variants if variant.current] == ["33 %"]
    for variant in variants:
        assert variant.p80 == pytest.approx(12 / (5 * (1 - variant.value) * 0.8))


def test_more_time_for_research_runs_more_side_by_side():
    """Of ten people at full time: one experiment for each whole one, and at least one."""
    for variant in research_shares(plan(team={"people": 10}, research=EXPERIMENTS)):
        slots = max(1, min(5, math.floor(10 * variant.value + 1e-9)))
        assert variant.parallel == slots
        assert variant.p80 == 2 * math.ceil(p80_of_geometric(0.7, 5) / slots)


TASK = {"id": "build", "weeks": 3}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"parallel": None}, id="experiments follow"),
        pytest.param({"parallel": 2}, id="nothing follows"),
    ],
)
@pytest.mark.parametrize("tasks", [[TASK], [{"id": "build", "effort_weeks": 9, "after": ["research"]}]])
def test_every_share_is_the_plan_with_that_share(given, tasks):
    values = research(**given).model_dump(mode="json") | {"team": TEAM, "tasks": tasks, "deadline": "2027-04-30"}
    for variant in research_shares(Plan.model_validate(values)):
        other = Plan.model_validate(values | {"team": {**TEAM, "research_share": variant.value}})
        assert same_as_simulated(variant, other)


@pytest.mark.parametrize("name", ["new-model", "replace-model", "llm-feature"])
@pytest.mark.parametrize("vary", [more_experiments, side_by_side, success_chances, research_shares])
def test_the_plan_itself_is_among_its_variants_to_the_last_digit(name, vary):
    shipped = load_plan(name)
    (current,) = [variant for variant in vary(shipped) if variant.current]
    assert same_as_simulated(current, shipped)


def test_variants_take_draws_and_seed_as_a_forecast_does():
    given = load_plan("new-model")
    (current,) = [variant for variant in more_experiments(given, draws=512, seed=7) if variant.current]
    assert current.p80 == simulate(given, draws=512, seed=7).quantile(0.8)


@settings(max_examples=30)
@forall(chance=st.floats(0.01, 0.99), likely=st.floats(0.1, 6))
def test_one_more_is_never_less_likely_nor_later(chance, likely):
    numbers = EXPERIMENTS | {"success": chance, "timebox_weeks": {"low": 0, "likely": likely, "high": 8}}
    for fewer, more in pairwise(more_experiments(plan(research=numbers, deadline="2027-03-01"), draws=512)):
        assert more.success_probability >= fewer.success_probability
        assert more.on_time >= fewer.on_time  # whatever succeeded in time still does


def test_what_never_delivers_has_no_weeks():
    for variant in more_experiments(research(success=0)):
        assert (variant.success_probability, variant.p50, variant.p80) == (0, None, None)


# -- how many -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "upto", "values"),
    [
        (1, None, range(1, 9)),
        (5, None, range(1, 9)),
        (9, None, range(1, 13)),
        (50, None, range(42, 54)),
        (MOST_EXPERIMENTS, None, range(89, 101)),
        (5, 6, range(1, 7)),
        (5, 2, range(1, 6)),
        (5, 20, range(1, 21)),
        (5, 1000, range(1, MOST_EXPERIMENTS + 1)),
    ],
)
def test_the_plan_s_number_lies_among_a_few_others(most, upto, values):
    variants = more_experiments(research(max_experiments=most, success=0.9), draws=256, upto=upto)
    assert [variant.value for variant in variants] == list(values)
    assert [variant.value for variant in variants if variant.current] == [most]
    assert upto or len(variants) <= MOST_VALUES


def test_more_at_a_time_than_there_are_counts_as_all_of_them():
    variants = side_by_side(research(max_experiments=3, parallel=8))
    assert [(variant.value, variant.current) for variant in variants] == [(1, False), (2, False), (3, True)]


def test_many_at_a_time_are_added_to_the_first_few():
    variants = side_by_side(research(max_experiments=20, parallel=9))
    assert [variant.value for variant in variants] == [1, 2, 3, 4, 5, 9]
    assert variants[-1].label == "Nine at a time"


def test_without_research_there_is_nothing_to_vary():
    given = plan(tasks=[TASK])
    for vary in (more_experiments, side_by_side, success_chances, sentences):
        assert vary(given) == []


@pytest.mark.parametrize("team", [None, {"availability": 0.8}])
def test_without_people_there_is_no_time_to_share(team):
    given = plan(team=team, tasks=[TASK])
    assert research_shares(given) == []
    assert "no time to share out" in share_in_words(given)


# -- words --------------------------------------------------------------------------------------------------------

EFFORT = [{"id": name, "effort_weeks": 4} for name in ("data-pipeline", "serving", "monitoring", "rollout")]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"research": EXPERIMENTS, "tasks": EFFORT[:2]},
            "More time for research runs more experiments side by side and slows “Data pipeline” and “Serving” down.",
        ),
        (
            {"research": EXPERIMENTS | {"parallel": 2}, "tasks": EFFORT},
            (
                "More time for research slows “Data pipeline”, “Serving” and 2 more tasks down. It buys nothing here, "
                "since experiments side by side are set to two."
            ),
        ),
        (
            {"research": EXPERIMENTS, "tasks": [TASK]},
            (
                "More time for research runs more experiments side by side. It costs nothing here, since no task is "
                "given as effort without people of its own."
            ),
        ),
        (
            {"research": EXPERIMENTS | {"parallel": 1}, "tasks": [TASK, {**EFFORT[0], "people": 2}]},
            (
                "The research share changes nothing here: experiments side by side are set to one, and no task is "
                "given as effort without people of its own."
            ),
        ),
        (
            {"tasks": [TASK]},
            (
                "The research share changes nothing here: there is no research, and no task is given as effort without "
                "people of its own."
            ),
        ),
    ],
)
def test_what_the_research_share_moves_is_said(values, said):
    assert share_in_words(plan(team=TEAM, **values)) == said


def test_where_nothing_moves_all_shares_are_the_same():
    given = plan(team=TEAM, research=EXPERIMENTS | {"parallel": 1}, tasks=[TASK])
    assert share_in_words(given).startswith("The research share changes nothing here")
    outcomes = {(each.success_probability, each.p50, each.p80) for each in research_shares(given)}
    assert len(outcomes) == 1


def sentences(given):
    return one_more(given, simulate(given))


def test_one_step_is_said_in_numbers_that_can_be_worked_out_by_hand():
    """Two experiments of two weeks, three in ten pass: 51 % deliver, eight in ten of them within two rounds.

    Of three experiments 65.7 % deliver, P80 takes three rounds; at four in ten it is 64 % of two.
    """
    assert sentences(research(max_experiments=2)) == [
        "One more experiment (3 instead of 2): 15 points more likely to deliver, P80 2 weeks later if it is delivered.",
        "Two at a time instead of one: as likely to deliver, P80 2 weeks earlier if it is delivered.",
        (
            "A chance of success of 40 % instead of 30 %: 13 points more likely to deliver, P80 unchanged if it is "
            "delivered."
        ),
    ]


def test_the_chance_of_the_deadline_is_said_where_there_is_one():
    given = research(max_experiments=2).model_copy(
        update={"deadline": plan(tasks=[TASK], deadline="2027-01-29").deadline}
    )
    more, beside, better = sentences(given)
    assert more.endswith("if it is delivered, the chance of the deadline still 51 %.")
    assert beside.endswith("if it is delivered, the chance of the deadline still 51 %.")
    assert better.endswith("if it is delivered, a chance of the deadline of 64 % instead of 51 %.")


@pytest.mark.parametrize("chance", [0, 1])
def test_where_a_step_changes_nothing_that_is_said(chance):
    assert sentences(research(success=chance, max_experiments=2))[0] == (
        "One more experiment (3 instead of 2): nothing changes."
    )


def test_a_first_delivery_has_no_p80_to_compare():
    never, sometimes = (simulate(research(success=chance)) for chance in (0, 0.3))
    assert effect(never, sometimes) == "83 % instead of less than 5 % likely to deliver"


def test_steps_that_cannot_be_taken_are_left_out():
    said = sentences(research(success=0.95, max_experiments=1, parallel=1))
    assert len(said) == 1
    assert said[0].startswith("One more experiment (2 instead of 1): ")
    said = sentences(research(max_experiments=MOST_EXPERIMENTS, parallel=12))
    assert [each.partition(":")[0] for each in said] == [
        "13 at a time instead of twelve",
        "A chance of success of 40 % instead of 30 %",
    ]


def test_a_record_grows_by_one_success():
    (said,) = sentences(research(success={"successes": 3, "trials": 10}))[2:]
    assert said.startswith("One more success on record (4 of 11 passed instead of 3 of 10): ")
    points = 100 * (beta_binomial(4, 11, 5) - beta_binomial(3, 10, 5))
    assert f"{points:.0f} points more likely to deliver" in said


@pytest.mark.parametrize(
    ("team", "remark"),
    [
        ({"people": 5, "availability": 0.8, "research_share": 0.25}, "It takes a research share of 50 %, whose cost"),
        ({"people": 2, "availability": 0.8, "research_share": 0.25}, "The team is too small for that."),
    ],
)
def test_what_a_second_one_beside_it_takes_of_the_team_is_said(team, remark):
    given = plan(team=team, research=EXPERIMENTS)
    assert sentences(given)[1].startswith("Two at a time instead of one: ")
    assert remark in sentences(given)[1]
    fixed = plan(team=team, research=EXPERIMENTS | {"parallel": 1})
    assert sentences(fixed)[1].endswith("if it is delivered.")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.6, 0.6, "as likely"),
        (0.6, 0.62, "2 points more likely"),
        (0.6, 0.59, "1 point less likely"),
        (0.6, 0.604, "hardly more likely"),
        (0.6, 0.596, "hardly less likely"),
        (0.93, 0.96, "more than 95 % instead of 93 % likely"),
        (0.99, 0.9, "90 % instead of more than 95 % likely"),
        (0.96, 0.99, "still more than 95 % likely"),
        (0.01, 0.02, "still less than 5 % likely"),
    ],
)
def test_nothing_is_said_closer_to_certain_than_95_percent(before, after, said):
    assert likelier(before, after) == said
