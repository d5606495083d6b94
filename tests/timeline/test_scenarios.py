"""Two plans side by side: against answers worked out by hand, and against a plan changed step by step."""

from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan, load_plan, simulate
from mlmgmt_widgets.timeline.changes import Changes
from mlmgmt_widgets.timeline.plan import Team
from mlmgmt_widgets.timeline.scenarios import Change, Comparison, compare, sentence

DRAWS = 16_384
MONDAY = "2027-01-04"


def plan(**values):
    return Plan.model_validate({"title": "Toy", "start": MONDAY, **values})


def task(name, weeks, *after):
    return {"id": name, "weeks": weeks, "after": after}


def chain(*names, weeks=None):
    """Tasks one after another; a task takes as many weeks as `weeks` says, or else its place in the alphabet."""
    length = weeks or {name: ord(name) - ord("a") + 1 for name in names}
    pairs = zip(names, ([], *([name] for name in names)), strict=False)
    return [task(name, length[name], *before) for name, before in pairs]


EXPERIMENTS = {"timebox_weeks": 2, "success": 0.3, "max_experiments": 3, "parallel": 1}


def compared(a, b, draws=DRAWS):
    return compare(simulate(a, draws), simulate(b, draws))


def alone(a, b):
    """The weeks that each change adds to P80 alone, by its title."""
    return {change.title: change.p80 for change in compared(a, b, 256).changes}


# -- future by future ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["new-model", "replace-model", "llm-feature", "data-pipeline-first"])
def test_a_plan_against_itself_differs_by_exactly_nothing(name):
    forecast = simulate(load_plan(name))
    found = forecast.compare(simulate(load_plan(name)))
    assert (found.earlier, found.later, found.only_a, found.only_b, found.success) == (0, 0, 0, 0, 0)
    assert (found.middle, found.p50, found.p80, found.on_time) == (0, 0, 0, 0)
    assert (found.same, found.both) == (1, forecast.success_probability)
    assert found.changes == ()
    assert sentence(found) == "A and B are the same in every future."


@pytest.mark.parametrize(("draws", "seed"), [(512, 0), (256, 1)])
def test_forecasts_with_futures_of_their_own_are_refused(draws, seed):
    given = plan(tasks=[task("build", 2)])
    with pytest.raises(Refusal, match=f"A has 256 draws of seed 0, B has {draws} of seed {seed}; .* can be compared"):
        compare(simulate(given, 256), simulate(given, draws, seed))


def test_a_week_more_of_fixed_work_is_a_week_later_in_every_future():
    def serial(weeks):
        return plan(
            research=EXPERIMENTS,
            tasks=[
                task("pipeline", {"low": 1, "likely": 3, "high": 8}, "research"),
                task("serving", weeks, "pipeline"),
                task("rollout", {"p10": 1, "p90": 4}, "serving"),
            ],
        )

    a, b = simulate(serial(2)), simulate(serial(3))
    assert np.allclose(b.trials.weeks - a.trials.weeks, 1)
    found = compare(a, b)
    assert (found.earlier, found.same, found.later) == (0, 0, 1)
    assert (found.middle, found.p50, found.p80) == pytest.approx((1, 1, 1))
    assert (found.success, found.only_a, found.only_b) == (0, 0, 0)


def test_a_triangle_against_a_fixed_task_is_as_its_formulas_say():
    """Triangular(2, 4, 10): a quarter lies below 4, the median is 10 - sqrt(24), P80 is 6.9016."""
    spread = {"low": 2, "likely": 4, "high": 10, "distribution": "triangular"}
    found = compared(plan(tasks=[task("build", 4)]), plan(tasks=[task("build", spread)]))
    assert (found.earlier, found.later) == pytest.approx((0.25, 0.75), abs=1 / DRAWS)
    assert found.middle == pytest.approx(6 - 24**0.5, abs=1e-3)
    assert found.p80 == pytest.approx(2.9016, abs=1e-3)


def test_a_better_chance_delivers_wherever_the_worse_one_did():
    """Of three experiments 65.7 % deliver at three in ten, 87.5 % at one in two."""
    better = EXPERIMENTS | {"success": 0.5}
    found = compared(plan(research=EXPERIMENTS), plan(research=better))
    assert found.both == pytest.approx(0.657, abs=1 / DRAWS)
    assert (found.only_a, found.only_b) == pytest.approx((0, 0.218), abs=1 / DRAWS)
    assert found.success == pytest.approx(0.218, abs=1 / DRAWS)
    assert found.later == 0


def test_one_more_experiment_moves_no_future_that_was_delivered():
    more = EXPERIMENTS | {"max_experiments": 4}
    found = compared(plan(research=EXPERIMENTS), plan(research=more))
    assert (found.same, found.only_a) == (1, 0)
    assert found.success == found.only_b == pytest.approx(0.343 * 0.3, abs=1 / DRAWS)


# -- two calendars ------------------------------------------------------------------------------------------------

SPREAD = [task("build", {"low": 2, "likely": 4, "high": 10})]


def test_a_week_s_later_start_is_a_week_later_in_every_future():
    found = compared(plan(tasks=SPREAD), plan(start="2027-01-11", tasks=SPREAD))
    assert (found.later, found.middle, found.p50, found.p80) == (1, 1, 1, 1)
    assert [change.where for change in found.changes] == ["start"]


def test_days_on_which_nobody_works_do_not_count_between_two_starts():
    """Two weeks later, of which one is free for everybody."""
    team = {"days_off": [f"2027-01-{day}" for day in range(11, 16)]}
    found = compared(plan(team=team, tasks=SPREAD), plan(team=team, start="2027-01-18", tasks=SPREAD))
    assert (found.later, found.middle, found.p80) == (1, 1, 1)


def test_a_start_on_a_holiday_is_the_next_working_day():
    team = {"days_off": ["2027-01-04"]}
    found = compared(plan(team=team, tasks=SPREAD), plan(team=team, start="2027-01-05", tasks=SPREAD))
    assert (found.same, found.middle, found.p80) == (1, 0, 0)


@pytest.mark.parametrize(
    ("day", "weeks"),
    [
        pytest.param("2027-01-06", 0.2, id="in everybody's way"),
        pytest.param("2027-01-09", 0, id="a Saturday"),
        pytest.param("2027-06-01", 0, id="after all is delivered"),
    ],
)
def test_a_day_off_is_a_fifth_of_a_week(day, weeks):
    found = compared(plan(tasks=SPREAD), plan(team={"days_off": [day]}, tasks=SPREAD))
    assert (found.later, found.same) == ((1, 0) if weeks else (0, 1))
    assert (found.middle, found.p80) == pytest.approx((weeks, weeks))


@st.composite
def calendars(draw):
    off = draw(st.lists(st.integers(0, 60), max_size=12, unique=True))
    days = [(date(2027, 1, 4) + timedelta(days=day)).isoformat() for day in sorted(off)]
    start = draw(st.sampled_from(["2027-01-04", "2027-01-06", "2027-01-29"]))
    return {"start": start, "team": {"days_off": days, "holidays": draw(st.sampled_from([None, "GB", "DE-BY"]))}}


@settings(max_examples=40)
@forall(a=calendars(), b=calendars())
def test_between_two_calendars_the_days_count_on_which_anybody_works(a, b):
    """Counted one by one between the days of delivery, which is what the page shows."""
    plans = plan(**a, tasks=SPREAD), plan(**b, tasks=SPREAD)
    found = compared(*plans, 256)
    days = [simulate(each, 256).to_frame()["date"].dt.date for each in plans]
    moved = [working_days(*pair, *plans) / 5 for pair in zip(*days, strict=True)]
    if free_days(plans[0]) == free_days(plans[1]):
        assert found.middle == pytest.approx(np.median(moved), abs=0.2)  # weeks of one calendar know parts of a day
    else:
        assert found.middle == pytest.approx(np.median(moved))
        assert (found.later, found.earlier) == (np.mean(np.greater(moved, 0)), np.mean(np.less(moved, 0)))


def free_days(given):
    return {day for day in given.workdays.holidays if day >= date(2027, 1, 4) and day.weekday() < 5}


def working_days(first, last, *plans):
    if first > last:
        return -working_days(last, first, *plans)
    days = (first + timedelta(days=i) for i in range((last - first).days))
    return sum(any(each.workdays.is_working_day(day) for each in plans) for day in days)


# -- plans at random ----------------------------------------------------------------------------------------------

WEEKS = st.sampled_from([1.0, 2.0, {"low": 1, "likely": 2, "high": 5}, {"p10": 1, "p90": 4}])
NAMES = "abcdef"


@st.composite
def plans(draw):
    """Plans of a few tasks of few names, so that two of them have some in common."""
    research = draw(
        st.none()
        | st.fixed_dictionaries(
            {
                "timebox_weeks": WEEKS,
                "success": st.sampled_from([0.0, 0.4, {"successes": 1, "trials": 3}]),
                "max_experiments": st.integers(1, 4),
                "parallel": st.sampled_from([None, 1, 2]),
            }
        )
    )
    known = ["research"] if research else []
    tasks = []
    for name in draw(st.permutations(NAMES))[: draw(st.integers(0 if research else 1, len(NAMES)))]:
        after = draw(st.lists(st.sampled_from(known), unique=True, max_size=3)) if known else []
        work = draw(st.sampled_from([{}, {"people": 2.0}]))
        tasks.append({"id": name, "effort_weeks" if work else "weeks": draw(WEEKS), **work, "after": after})
        known.append(name)
    risk = st.fixed_dictionaries(
        {"probability": st.sampled_from([0.0, 0.5, 1.0]), "weeks": WEEKS, "delays": st.sampled_from(known)}
    )
    risks = [
        {"id": name, **draw(risk)} for name in draw(st.permutations(["r1", "r2", "r3"]))[: draw(st.integers(0, 3))]
    ]
    team = st.fixed_dictionaries(
        {
            "people": st.sampled_from([None, 4.0, 9.0]),
            "availability": st.sampled_from([0.8, 1.0]),
            "research_share": st.sampled_from([0.0, 0.3]),
            "days_off": st.lists(st.sampled_from(["2027-01-06", "2027-01-15"]), unique=True),
        }
    )
    return plan(
        start=draw(st.sampled_from([MONDAY, "2027-01-13"])),
        deadline=draw(st.sampled_from([None, "2027-01-29", "2027-02-26"])),
        research=research,
        tasks=draw(st.permutations(tasks)),
        risks=risks,
        team=draw(st.none() | team),
        overrun=draw(st.sampled_from([None, [1, 1, 1.5, 2, 3]])),
    )


def numbers(given):
    """A plan without what changes no number: names, and the order in the file."""

    def ordered(parts):
        return tuple(sorted((part.model_copy(update={"title": None}) for part in parts), key=lambda part: part.id))

    tasks = tuple(task.model_copy(update={"after": tuple(sorted(set(task.after)))}) for task in ordered(given.tasks))
    team = given.team or Team()
    return given.model_copy(
        update={
            "title": "",
            "tasks": tasks,
            "risks": ordered(given.risks),
            "team": team.model_copy(update={"days_off": tuple(sorted(team.days_off))}),
            "overrun": given.overrun and tuple(sorted(given.overrun)),
        }
    )


@settings(max_examples=300)
@forall(a=plans(), b=plans(), order=st.randoms(use_true_random=False))
def test_all_changes_one_after_another_make_b_of_a(a, b, order):
    changes = Changes(a, b)
    edits = list(changes.edits)
    order.shuffle(edits)
    made = changes.made(edits)
    assert numbers(made) == numbers(b)
    assert numbers(changes.made([])) == numbers(a)
    assert Changes(made, b).edits == ()
    futures = (simulate(numbers(each), 256).trials for each in (made, b))
    assert len({(trials.weeks.tobytes(), trials.delivered.tobytes()) for trials in futures}) == 1


@settings(max_examples=100)
@forall(a=plans(), b=plans())
def test_from_b_to_a_is_exactly_the_opposite(a, b):
    there, back = compared(a, b, 256), compared(b, a, 256)
    assert (there.earlier, there.same, there.later) == (back.later, back.same, back.earlier)
    assert (there.both, there.only_a, there.only_b) == (back.both, back.only_b, back.only_a)
    for name in ("middle", "p50", "p80", "success"):
        one, other = getattr(there, name), getattr(back, name)
        assert (one is None and other is None) or one == -other


@settings(max_examples=100)
@forall(a=plans(), b=plans())
def test_what_a_change_does_alone_is_what_a_plan_with_it_alone_does(a, b):
    found = compared(a, b, 256)
    edits = Changes(a, b).edits
    assert sorted((change.where, change.title) for change in found.changes) == sorted(
        (edit.where, edit.title) for edit in edits
    )
    effects = [abs(change.p80 or 0) for change in found.changes]
    assert effects == sorted(effects, reverse=True)
    for edit in edits:
        (change,) = [change for change in found.changes if (change.where, change.title) == (edit.where, edit.title)]
        try:
            only = compared(a, Changes(a, b).made([edit]), 256)
        except ValidationError:
            assert (change.alone, change.success, change.p50, change.p80) == (False, None, None, None)
        else:
            assert change.alone
            assert (change.success, change.p50, change.p80) == (only.success, only.p50, only.p80)


# -- what was changed ---------------------------------------------------------------------------------------------

SHIPPED = {
    "team": {"people": 5, "availability": 0.85, "research_share": 0.25, "holidays": "GB", "days_off": ["2027-02-12"]},
    "research": {
        "timebox_weeks": {"low": 2, "likely": 3, "high": 4},
        "success": 0.35,
        "max_experiments": 5,
    },
    "tasks": [
        {
            "id": "pipeline",
            "title": "Training pipeline",
            "weeks": {"low": 1, "likely": 3, "high": 8},
            "after": ["research"],
        },
        {"id": "serving", "weeks": {"p10": 2, "p90": 8}, "after": ["research"]},
        {"id": "monitoring", "effort_weeks": 4, "after": ["serving"]},
        {"id": "rollout", "weeks": 2, "after": ["pipeline", "serving"]},
    ],
    "risks": [
        {"id": "data-access", "probability": 0.2, "weeks": {"low": 1, "likely": 2, "high": 6}, "delays": "pipeline"},
    ],
    "deadline": "2027-06-30",
}


def changed(where, **values):
    """The plan of the contract, with other values for what is at a path."""
    data = plan(**SHIPPED).model_dump(mode="json")
    part = data
    for step in where:
        part = part[step]
    part.update(values)
    return Plan.model_validate(data)


@pytest.mark.parametrize(
    ("path", "values", "where", "title"),
    [
        (
            ("tasks", 1),
            {"weeks": {"low": 2, "likely": 3, "high": 6}},
            "serving",
            "Serving: 2 to 6 weeks, likely 3 (PERT) instead of P10 2, P90 8 weeks (lognormal)",
        ),
        (("tasks", 3), {"weeks": 1}, "rollout", "Rollout: 1 week (fixed) instead of 2 weeks (fixed)"),
        (
            ("tasks", 2),
            {"effort_weeks": 1, "people": 1},
            "monitoring",
            ("Monitoring: 1 person-week (fixed) for 1 person instead of 4 person-weeks (fixed) for the whole team"),
        ),
        (("tasks", 2), {"people": 2}, "monitoring", "Monitoring: 2 people instead of the whole team"),
        (("tasks", 3), {"after": ["pipeline"]}, "rollout", "Rollout: no longer after Serving"),
        (
            ("tasks", 3),
            {"after": ["pipeline", "serving", "monitoring"]},
            "rollout",
            "Rollout: also after Monitoring",
        ),
        (
            ("tasks", 3),
            {"after": ["monitoring"]},
            "rollout",
            "Rollout: after Monitoring instead of Training pipeline and Serving",
        ),
        (("risks", 0), {"probability": 0.3}, "data-access", "Risk Data access: 30 % instead of 20 %"),
        (
            ("risks", 0),
            {"probability": 0.3, "weeks": 1, "delays": "serving"},
            "data-access",
            (
                "Risk Data access: 30 % instead of 20 %, 1 week (fixed) instead of 1 to 6 weeks, likely 2 (PERT), "
                "delays Serving instead of Training pipeline"
            ),
        ),
        ((), {"risks": []}, "data-access", "Risk removed: Data access"),
        (
            ("research",),
            {"timebox_weeks": 3},
            "research",
            "Timebox of an experiment: 3 weeks (fixed) instead of 2 to 4 weeks, likely 3 (PERT)",
        ),
        (("research",), {"success": 0.4}, "research", "Chance of success of an experiment: 40 % instead of 35 %"),
        (
            ("research",),
            {"success": {"successes": 3, "trials": 10}},
            "research",
            "Chance of success of an experiment: learned from 3 of 10 instead of 35 %",
        ),
        (("research",), {"max_experiments": 6}, "research", "At most 6 experiments instead of 5"),
        (
            ("research",),
            {"parallel": 2},
            "research",
            "Experiments side by side: 2 instead of what the research share allows (1)",
        ),
        (("team",), {"people": 6}, "team", "A team of 6 instead of 5"),
        (("team",), {"availability": 0.8}, "team", "Availability: 80 % instead of 85 %"),
        (("team",), {"research_share": 0.3}, "team", "Research share: 30 % instead of 25 %"),
        (("team",), {"holidays": None}, "team", "Holidays: none instead of GB"),
        (
            ("team",),
            {"days_off": ["2027-02-11"]},
            "team",
            "Days off: 11 February 2027 more, 12 February 2027 fewer",
        ),
        ((), {"start": "2027-01-11"}, "start", "Start on 11 January 2027 instead of 4 January 2027"),
        ((), {"deadline": None}, "deadline", "Deadline none instead of 30 June 2027"),
        ((), {"overrun": [1, 1, 1.5, 2, 3]}, "overrun", "Past overruns switched on (5 past tasks)"),
    ],
)
def test_a_change_is_named_as_a_manager_would(path, values, where, title):
    (edit,) = Changes(plan(**SHIPPED), changed(path, **values)).edits
    assert (edit.where, edit.title) == (where, title)


def test_names_and_the_order_in_the_file_are_no_changes():
    data = plan(**SHIPPED).model_dump(mode="json")
    data["title"] = "Another name"
    data["tasks"] = data["tasks"][::-1]
    data["tasks"][0] |= {"title": "All traffic", "after": ["serving", "pipeline", "serving"]}
    assert Changes(plan(**SHIPPED), Plan.model_validate(data)).edits == ()


def test_a_team_that_says_nothing_is_no_team():
    assert Changes(plan(tasks=SPREAD), plan(team={}, tasks=SPREAD)).edits == ()


def test_a_task_comes_and_goes_with_its_links_and_its_risks():
    without = plan(**SHIPPED)
    data = without.model_dump(mode="json")
    data["tasks"].append({"id": "load-test", "weeks": 3, "after": ["serving"]})
    data["tasks"][3]["after"].append("load-test")
    data["risks"].append({"id": "no-room", "probability": 0.1, "weeks": 2, "delays": "load-test"})
    with_it = Plan.model_validate(data)
    assert [edit.title for edit in Changes(without, with_it).edits] == ["Load test added: 3 weeks (fixed)"]
    assert [edit.title for edit in Changes(with_it, without).edits] == ["Load test removed"]


def test_research_comes_and_goes_with_its_links():
    with_it = plan(research=EXPERIMENTS, tasks=[task("build", 2, "research")])
    without = plan(tasks=[task("build", 2)])
    (added,), (removed,) = Changes(without, with_it).edits, Changes(with_it, without).edits
    assert added.title == "Research added: at most 3 experiments, each 2 weeks (fixed), chance of success 30 %"
    assert (removed.where, removed.title) == ("research", "Research removed")


def test_a_changed_id_is_one_task_less_and_one_more():
    found = alone(plan(tasks=chain("a", "b", "c")), plan(tasks=chain("a", "d", "c")))
    # Without b, c still comes after a; with d beside b, the longer of both counts.
    assert found == {"D added: 4 weeks (fixed)": 2, "B removed": -2}


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("c", "a", "d", "b")])
@pytest.mark.parametrize("kept", [(0,), (0, 3), (1, 2), (0, 2)])
def test_tasks_put_into_a_chain_add_their_own_length_in_any_number(names, kept):
    """Whichever of them are there, the chain is as long as they are together."""
    short, long = chain(*(names[i] for i in kept)), chain(*names)
    for changes in (Changes(plan(tasks=short), plan(tasks=long)), Changes(plan(tasks=long), plan(tasks=short))):
        for edits in permutations(changes.edits):
            for number in range(len(edits) + 1):
                made = changes.made(edits[:number])
                assert simulate(made, 256).quantile(0.8) == sum(each.weeks for each in made.tasks)


def test_taking_a_task_out_without_a_link_in_its_place_lets_the_rest_start_at_once():
    """As an editor does that removes a task with its links; the changes say what it costs and nothing is hidden."""
    a = plan(tasks=chain("a", "b", "c"))
    b = plan(tasks=[task("a", 1), task("c", 3)])
    assert alone(a, b) == {"B removed": 3 - 6}


def test_a_task_holds_back_what_waits_for_it_itself():
    """A and C had nothing to do with each other; that C waits for A now, through D and E, is the doing of E."""
    a = plan(tasks=[task("a", 1), task("c", 3)])
    b = plan(tasks=[task("a", 1), task("d", 1, "a"), task("e", 1, "d"), task("c", 3, "e")])
    assert alone(a, b) == {"E added: 1 week (fixed)": 5 - 3, "D added: 1 week (fixed)": 0}


def test_a_risk_that_moves_on_does_not_keep_its_task():
    a = plan(tasks=chain("a", "b"), risks=[{"id": "late", "probability": 1, "weeks": 1, "delays": "b"}])
    b = plan(tasks=chain("a"), risks=[{"id": "late", "probability": 1, "weeks": 1, "delays": "a"}])
    assert alone(a, b) == {"B removed": 1 - 4, "Risk Late: delays A instead of B": 0}


def test_changes_of_a_chain_add_up():
    a = plan(tasks=chain("a", "b", "c"))
    b = plan(tasks=chain("a", "b", "c", weeks={"a": 2, "b": 5, "c": 1}))
    found = compared(a, b, 256)
    assert [(change.where, change.p80) for change in found.changes] == [("b", 3), ("c", -2), ("a", 1)]
    assert found.p80 == 2


def test_a_change_that_needs_another_is_said_not_to_stand_alone():
    """B before A instead of after it: turned round one link at a time, they would wait for each other."""
    a = plan(tasks=[task("a", 1), task("b", 2, "a")])
    b = plan(tasks=[task("a", 1, "b"), task("b", 2)])
    found = {change.title: change for change in compared(a, b, 256).changes}
    assert found["A: only after B"] == Change("a", "A: only after B", None, None, None, alone=False)
    assert found["B: no longer after A"].p80 == -1


def test_a_start_after_the_old_deadline_does_not_stand_alone():
    a = plan(tasks=SPREAD, deadline="2027-02-26")
    b = plan(tasks=SPREAD, start="2027-03-01", deadline="2027-04-30")
    found = {change.where: change for change in compared(a, b, 256).changes}
    assert (found["start"].alone, found["deadline"].alone) == (False, True)
    assert found["deadline"].p80 == 0
    assert found["deadline"].on_time > 0


# -- words --------------------------------------------------------------------------------------------------------


def said(a, b):
    return sentence(compared(a, b))


def test_a_scenario_is_said_as_people_would_say_it():
    a = plan(**SHIPPED)
    data = changed(("tasks", 1), weeks={"low": 1, "likely": 2, "high": 4}).model_dump(mode="json")
    data["research"]["success"] = 0.45
    b = Plan.model_validate(data)
    frames = simulate(a).to_frame(), simulate(b).to_frame()
    moved = (frames[1]["weeks"] - frames[0]["weeks"]).dropna()
    more = frames[1]["delivered"].mean() - frames[0]["delivered"].mean()
    in_time = [frame["date"].le("2027-06-30").mean() for frame in frames]
    assert said(a, b) == (
        f"Where both deliver, B is earlier in {100 * moved.lt(0).mean():.0f} % of futures, by {-moved.median():.1f} "
        f"weeks in the middle. B is {100 * more:.0f} points more likely to deliver. B is "
        f"{100 * (in_time[1] - in_time[0]):.0f} points more likely to make its deadline. Most of the difference in "
        "time comes from “Serving: 1 to 4 weeks, likely 2 (PERT) instead of P10 2, P90 8 weeks (lognormal)”. Most of "
        "the difference in likelihood comes from “Chance of success of an experiment: 45 % instead of 35 %”."
    )


def test_futures_without_each_other_are_said_to_be_so():
    apart = Comparison(0, 0, 0, 0, 0.4, 0.3, None, 1.0, 1.0, -0.1, None, ())
    assert sentence(apart) == "In none of the simulated futures do both A and B deliver."


RISK = {"delays": "build"}
LOGNORMAL = [task("build", {"p10": 2, "p90": 8})]  # P50 is 4, P80 is 6.306, and 66 % lie below 5


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        pytest.param(
            {"tasks": [task("serving", 4)]},
            {"tasks": [task("serving", 3)]},
            (
                "B is earlier in more than 95 % of futures, by 1 week in the middle. It comes from one change: "
                "“Serving: 3 weeks (fixed) instead of 4 weeks (fixed)”."
            ),
            id="never closer to certain than 95 %",
        ),
        pytest.param(
            {"research": EXPERIMENTS | {"max_experiments": 2}},
            {"research": EXPERIMENTS},
            (
                "Where both deliver, B is as early as A in every future. Its P80 is 2 weeks later, because of the "
                "futures in which only B delivers. B is 15 points more likely to deliver. It comes from one change: "
                "“At most 3 experiments instead of 2”."
            ),
            id="one more experiment",
        ),
        pytest.param(
            {"research": EXPERIMENTS | {"timebox_weeks": 0}, "tasks": [task("build", 4)]},
            {"research": EXPERIMENTS | {"timebox_weeks": 0, "success": 0.2}, "tasks": [task("build", 4)]},
            (
                "Where both deliver, B is as early as A in every future. B is 17 points less likely to deliver. "
                "It comes from one change: “Chance of success of an experiment: 20 % instead of 30 %”."
            ),
            id="only the chance to deliver",
        ),
        pytest.param(
            {"research": EXPERIMENTS},
            {"research": EXPERIMENTS | {"success": 0}},
            (
                "B delivers in none of the simulated futures, A in 66 %. It comes from one change: “Chance of success "
                "of an experiment: 0 % instead of 30 %”."
            ),
            id="B never delivers",
        ),
        pytest.param(
            {"research": EXPERIMENTS | {"success": 0}},
            {"research": EXPERIMENTS},
            (
                "A delivers in none of the simulated futures, B in 66 %. It comes from one change: “Chance of success "
                "of an experiment: 30 % instead of 0 %”."
            ),
            id="A never delivers",
        ),
        pytest.param(
            {"research": EXPERIMENTS | {"success": 0}},
            {"research": EXPERIMENTS | {"success": 0, "max_experiments": 4}},
            "Neither A nor B delivers in any of the simulated futures.",
            id="neither delivers",
        ),
        pytest.param(
            {"tasks": [task("build", 4)], "deadline": "2027-01-15"},
            {"tasks": [task("build", 4)], "deadline": "2027-01-29"},
            "A and B are the same in every future. B is more than 95 points more likely to make its deadline.",
            id="only the deadline",
        ),
        pytest.param(
            {"tasks": [task("build", 5), task("serving", 5)]},
            {"tasks": [task("build", 3), task("serving", 4)]},
            (
                "B is earlier in more than 95 % of futures, by 1 week in the middle. No change does it alone: it "
                "comes from several together."
            ),
            id="two tasks side by side",
        ),
        pytest.param(
            {"tasks": chain("a", "b", "c")},
            {"tasks": chain("a", "b", "c", weeks={"a": 1, "b": 1.5, "c": 5})},
            (
                "B is later in more than 95 % of futures, by 1.5 weeks in the middle. Most of it comes from “C: 5 "
                "weeks (fixed) instead of 3 weeks (fixed)”."
            ),
            id="one of several",
        ),
        pytest.param(
            {"tasks": chain("a", "b", "c")},
            {"tasks": chain("a", "b", "c", weeks={"a": 3, "b": 3, "c": 1})},
            (
                "B is later in more than 95 % of futures, by 1 week in the middle. Most of it comes from “A: 3 weeks "
                "(fixed) instead of 1 week (fixed)”. “C: 1 week (fixed) instead of 3 weeks (fixed)” works against it."
            ),
            id="one against another",
        ),
        pytest.param(
            {"tasks": [task("build", 5)]},
            {"tasks": LOGNORMAL},
            (
                "B is earlier in 66 % of futures, by 1 week in the middle. Its P80 is nevertheless 1.3 weeks later. It "
                "comes from one change: “Build: P10 2, P90 8 weeks (lognormal) instead of 5 weeks (fixed)”."
            ),
            id="earlier in the middle and later at the end",
        ),
        pytest.param(
            {"tasks": [task("build", 4)]},
            {"tasks": LOGNORMAL},
            (
                "B is earlier in 50 % of futures and later in 50 %. Its P80 is 2.3 weeks later. It comes from one "
                "change: “Build: P10 2, P90 8 weeks (lognormal) instead of 4 weeks (fixed)”."
            ),
            id="as often earlier as later",
        ),
        pytest.param(
            {"tasks": [*LOGNORMAL, task("serving", 4)]},
            {"tasks": [*LOGNORMAL, task("serving", 2)]},
            (
                "B is earlier in 50 % of futures and the same in the others. It comes from one change: “Serving: 2 "
                "weeks (fixed) instead of 4 weeks (fixed)”."
            ),
            id="earlier or the same",
        ),
        pytest.param(
            {"tasks": [task("build", 4)], "risks": [RISK | {"id": "old", "probability": 0.1, "weeks": 2}]},
            {"tasks": [task("build", 4)], "risks": [RISK | {"id": "new", "probability": 0.3, "weeks": 1}]},
            (
                "B is later in 27 % of futures, earlier in 10 % and the same in the others. Its P80 is 1 week later. "
                "Most of it comes from “Risk added: New, 30 %, 1 week (fixed), delays Build”."
            ),
            id="later, earlier or the same",
        ),
    ],
)
def test_what_differs_is_said(a, b, words):
    assert said(plan(**a), plan(**b)) == words
