"""What usually goes wrong in plans: each hint at the edge where it begins, with numbers worked out by hand."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlmgmt_widgets.content import names
from mlmgmt_widgets.timeline import Plan, load_plan, simulate
from mlmgmt_widgets.timeline.linter import Hint, _Linter, likely_weeks, lint

WIDE = {"low": 1, "likely": 2, "high": 6}
RISK = {"id": "illness", "probability": 0.2, "weeks": 1, "delays": "t1"}
RESEARCH = {"timebox_weeks": 3, "success": 0.4, "max_experiments": 5}


def plan(*tasks: object, **changes: object) -> Plan:
    """A plan of tasks t1, t2 ... that start at once; each is a dict, or its weeks alone. Monday, 4 January 2027."""
    data = [{"id": f"t{i}", **(task if _is_task(task) else {"weeks": task})} for i, task in enumerate(tasks, 1)]
    return Plan.model_validate({"title": "x", "start": "2027-01-04", "tasks": data, **changes})


def _is_task(task: object) -> bool:
    return isinstance(task, dict) and bool({"weeks", "effort_weeks"} & set(task))


def chain(*weeks: object, first: tuple[str, ...] = (), **changes: object) -> Plan:
    """The same, each after the one before."""
    tasks = [{"weeks": each, "after": [f"t{i}"] if i else list(first)} for i, each in enumerate(weeks)]
    return plan(*tasks, **changes)


def codes(checked: Plan) -> list[str]:
    return [hint.code for hint in lint(checked)]


def hint(code: str, checked: Plan) -> Hint:
    (found,) = [each for each in lint(checked) if each.code == code]
    return found


# --- all of them ----------------------------------------------------------------------------------------------------


def test_a_plan_with_nothing_to_say_about_gets_no_hint():
    assert lint(plan(WIDE, {"history": [2, 2, 3, 3, 3]}, risks=[RISK], deadline="2028-01-04")) == []


BUSY = {
    "start": date(2027, 1, 1),
    "team": {"people": 2, "research_share": 0.5, "holidays": "GB"},
    "research": {"timebox_weeks": 9, "success": 0.4, "max_experiments": 3},
    "risks": [{**RISK, "probability": 1}],
    "deadline": date(2027, 5, 1),
}


def test_what_matters_most_comes_first():
    tasks = [{"weeks": {"p10": 0.1, "p90": 9}}, {"effort_weeks": {"low": 4, "likely": 4.5, "high": 5}, "people": 3}]
    assert codes(plan(*tasks, {"effort_weeks": {"low": 2, "likely": 4, "high": 6}, "people": 1}, **BUSY)) == [
        "unlikely-deadline",
        "above-capacity",
        "sum-of-likelies",
        "deadline-free-day",
        "start-free-day",
        "narrow-range",
        "symmetric-range",
        "risk-certain",
        "long-tail",
        "timebox-length",
        "research-share",
        "unconnected",
    ]


def test_a_hint_for_many_tasks_names_three_and_says_how_many_more():
    narrow = {"low": 4, "likely": 5, "high": 5.5}
    found = hint("narrow-range", plan({"title": "Serving", "weeks": narrow}, *[narrow] * 6, WIDE))
    assert "“Serving”, “T2”, “T3” and 4 more are narrow" in found.sentence
    assert found.nodes == ("t1", "t2", "t3", "t4", "t5", "t6", "t7")
    assert (found.where, found.field) == ("t1", "weeks")


def test_hints_move_no_number():
    checked = plan({"weeks": 1}, {"weeks": 2}, **BUSY)
    forecast = simulate(checked)
    before = checked.model_dump_json(), forecast.to_dict(), forecast.trials.weeks.tobytes()
    lint(checked, forecast)
    assert (checked.model_dump_json(), forecast.to_dict(), forecast.trials.weeks.tobytes()) == before


def test_the_forecast_at_hand_is_used_and_that_of_another_plan_is_not(monkeypatch):
    late, early = (chain(WIDE, WIDE, deadline=day) for day in ("2027-01-15", "2027-12-15"))
    assert "unlikely-deadline" not in [each.code for each in lint(early, simulate(late))]
    assert "unlikely-deadline" in [each.code for each in lint(late, simulate(early))]
    forecast = simulate(late)
    monkeypatch.setattr("mlmgmt_widgets.timeline.linter.simulate", None)
    assert "unlikely-deadline" in [each.code for each in lint(late, forecast)]


# --- the deadline ---------------------------------------------------------------------------------------------------

# Rounds of 3 weeks and then 2: after one round (P 0.4) week 5 ends on Friday 5 February, after two (P 0.64) week 8 on
# Friday 26 February.


def test_an_unlikely_deadline_says_from_when_on_it_would_be_even():
    found = hint("unlikely-deadline", chain(2, first=("research",), research=RESEARCH, deadline="2027-02-25"))
    assert found.sentence == (
        "The chance to make the deadline of 25 February 2027 is 40 %, not delivering at all included. "
        "It would be even by 26 February 2027: move the deadline there, or leave something out."
    )
    assert found.where == "deadline"
    later = chain(2, first=("research",), research=RESEARCH, deadline="2027-02-26")
    assert "unlikely-deadline" not in codes(later)


def test_an_even_chance_is_not_called_unlikely():
    one_try = {"timebox_weeks": 3, "success": 0.5, "max_experiments": 1}
    assert "unlikely-deadline" not in codes(chain(2, first=("research",), research=one_try, deadline="2027-03-26"))


def test_where_no_deadline_helps_it_says_so():
    one_try = {"timebox_weeks": 3, "success": 0.4, "max_experiments": 1}
    found = hint("unlikely-deadline", chain(2, first=("research",), research=one_try, deadline="2029-03-26"))
    assert "is 40 %" in found.sentence
    assert found.sentence.endswith(
        "No later day makes it likely, because half the futures of this plan, or more, are never delivered."
    )


def test_a_plan_that_never_delivers_is_looked_at_like_any_other():
    never = {"timebox_weeks": 3, "success": 0, "max_experiments": 2}
    team = {"people": 3, "research_share": 0.25}
    tasks = [{"effort_weeks": 4, "people": 2, "after": ["research"]}] * 2
    found = codes(plan(*tasks, research=never, team=team, deadline="2027-12-01"))
    assert found == ["unlikely-deadline", "above-capacity", "narrow-range", "no-risks"]


@pytest.mark.parametrize(
    ("deadline", "holidays", "said"),
    [
        ("2028-12-25", "GB", "is Christmas Day, when nobody works. So 22 December 2028 is the last day that counts."),
        ("2028-12-25", None, None),
        ("2027-06-05", None, "is a Saturday, when nobody works. So 4 June 2027 is the last day that counts."),
        ("2027-06-06", None, "is a Sunday, when nobody works. So 4 June 2027 is the last day that counts."),
        ("2027-06-09", None, "is a day off, when nobody works. So 8 June 2027 is the last day that counts."),
        ("2027-06-04", "GB", None),
    ],
)
def test_a_deadline_on_a_free_day(deadline, holidays, said):
    checked = plan(WIDE, deadline=deadline, team={"holidays": holidays, "days_off": ["2027-06-09"]})
    assert said is None or hint("deadline-free-day", checked).sentence.endswith(said)
    assert ("deadline-free-day" in codes(checked)) == bool(said)


def test_a_deadline_before_the_first_working_day():
    new_year = plan(WIDE, start=date(2027, 1, 1), deadline="2027-01-02", team={"holidays": "GB"})
    assert hint("deadline-free-day", new_year).sentence.endswith("There is no working day between the start and it.")


def test_a_deadline_after_a_single_working_day():
    friday = plan(WIDE, start=date(2027, 1, 8), deadline="2027-01-09")
    assert hint("deadline-free-day", friday).sentence.endswith("So 8 January 2027 is the last day that counts.")


def test_a_start_on_a_free_day_says_when_weeks_begin():
    found = hint("start-free-day", plan(WIDE, start=date(2027, 1, 1), team={"holidays": "GB"}))
    assert found.sentence == (
        "The start, 1 January 2027, is New Year's Day, when nobody works. Weeks count from 4 January 2027."
    )
    assert "start-free-day" not in codes(plan(WIDE, start=date(2027, 1, 4), team={"holidays": "GB"}))
    assert "is a day off" in hint("start-free-day", plan(WIDE, team={"days_off": ["2027-01-04"]})).sentence


# --- the sum that people make ---------------------------------------------------------------------------------------


def test_the_sum_of_likelies_goes_along_the_longest_path():
    two_ways = plan(
        {"weeks": {"low": 1, "likely": 3, "high": 9}},
        {"weeks": {"p10": 2, "p90": 8}, "after": ["t1"]},  # its likely value is its median, 4
        {"effort_weeks": 12, "people": 2, "after": ["t1"]},  # six people-weeks at three quarters: 8 weeks
        {"weeks": {"history": [9, 1, 2, 1, 9]}, "after": ["t2", "t3"]},
        team={"availability": 0.75},
    )
    assert likely_weeks(two_ways) == pytest.approx(3 + 8 + 2)


def test_research_counts_with_one_round_and_risks_do_not():
    timebox = {"low": 2, "likely": 3, "high": 4}
    research = {"timebox_weeks": timebox, "success": 0.1, "max_experiments": 9}
    assert likely_weeks(chain(2, 1, first=("research",), research=research, risks=[{**RISK, "probability": 1}])) == 6
    assert likely_weeks(plan(4, research=research)) == 4
    assert likely_weeks(Plan(title="x", start="2027-01-04", research=research)) == 3


def test_it_is_held_against_the_forecast():
    # Triangular(2, 4, 10): a quarter lies below the mode, and the median is 10 - sqrt(24) = 5.101.
    found = hint("sum-of-likelies", plan({"low": 2, "likely": 4, "high": 10, "distribution": "triangular"}))
    assert found.sentence == (
        "Adding up the likely durations along the longest path gives 4 weeks; only 25 % of delivered futures are that "
        "fast. P50, which half of them keep, is 5.1 weeks."
    )


def test_with_research_it_says_what_the_sum_leaves_out():
    # The first round in 0.4 of all and 0.4 / (1 - 0.6^5) = 0.4337 of the delivered futures, the second in 0.6940.
    risk = {**RISK, "probability": 0.0001}
    found = hint("sum-of-likelies", chain(2, first=("research",), research=RESEARCH, risks=[risk]))
    assert found.sentence == (
        "Adding up the likely durations along the longest path, with one round of experiments and no risks, gives 5 "
        "weeks; only 43 % of delivered futures are that fast. P50, which half of them keep, is 8 weeks."
    )


def test_of_a_sum_that_hardly_anybody_keeps_it_says_less_than_five_percent():
    found = hint("sum-of-likelies", chain(*[{"low": 1, "likely": 1, "high": 9}] * 8))
    assert "gives 8 weeks; less than 5 % of delivered futures are that fast." in found.sentence


def test_a_sum_that_half_of_the_futures_keep_is_left_alone():
    first_round = {**RESEARCH, "success": 0.5}  # 0.5 / (1 - 0.5^5) = 0.516
    assert "sum-of-likelies" not in codes(chain(2, first=("research",), research=first_round))
    assert "sum-of-likelies" not in codes(plan(4))
    assert "sum-of-likelies" not in codes(plan({"low": 2, "likely": 6, "high": 8}))


def test_less_than_a_day_between_sum_and_p50_is_left_alone():
    # Triangular(0, 0, h): the median is h (1 - sqrt(0.5)) = 0.2929 h, of which a day is 0.2 weeks.
    below, above = ({"low": 0, "likely": 0, "high": high, "distribution": "triangular"} for high in (0.67, 0.70))
    assert "sum-of-likelies" not in codes(plan(below))
    assert "sum-of-likelies" in codes(plan(above))


# --- the team -------------------------------------------------------------------------------------------------------


def work(people: float | None = None, weeks: float = 2, after: tuple[str, ...] = ()) -> dict[str, object]:
    """A task of a fixed length for some people."""
    return {"effort_weeks": (people or 3) * weeks, "people": people, "after": list(after)}


def test_more_people_than_there_are():
    # Weeks 1 to 3: two; from the end of week 3 on three at once, until the shortest of them ends with week 5.
    tasks = [work(1, 3), work(2, 6), work(2, 2, ("t1",)), work(3, 4, ("t1",))]
    found = hint("above-capacity", plan(*tasks, team={"people": 6}))
    assert found.sentence == (
        "In weeks 4 to 5, “T2”, “T3” and “T4” need 7 people at the same time, and the team has 6. The forecast does "
        "not make them wait, so it is too early: let one come after another, or give them fewer people."
    )
    assert (found.where, found.field, found.nodes) == ("t2", "people", ("t2", "t3", "t4"))
    assert "above-capacity" not in codes(plan(*tasks, team={"people": 7}))


def test_of_several_such_times_the_worst_is_named_and_of_equals_the_first():
    pairs = [work(2), work(2), work(2, after=("t1", "t2")), work(2, after=("t1", "t2"))]
    assert hint("above-capacity", plan(*pairs, team={"people": 3})).nodes == ("t1", "t2")
    pairs[3] = work(3, after=("t1", "t2"))
    assert hint("above-capacity", plan(*pairs, team={"people": 3})).nodes == ("t3", "t4")
    later_first = [work(2, after=("t3", "t4")), work(2, after=("t3", "t4")), work(2), work(2)]
    assert hint("above-capacity", plan(*later_first, team={"people": 3})).nodes == ("t3", "t4")


def test_one_task_can_need_too_many_too():
    assert (
        "In week 1, “T1” needs 3.5 people, and the team has 3."
        in hint("above-capacity", plan(work(3.5, 1), team={"people": 3})).sentence
    )
    assert "above-capacity" not in codes(plan(work(3.5, 1), team={"people": 3.5}))


def test_tasks_without_people_take_all_who_are_not_kept_for_research():
    team = {"people": 4, "research_share": 0.25}
    assert "above-capacity" not in codes(plan(work(), work(1), team=team))
    assert "need 4.5 people" in hint("above-capacity", plan(work(), work(1.5), team=team)).sentence


def test_tasks_one_after_the_other_are_never_too_many():
    uneven = {"effort_weeks": {"low": 2, "likely": 5, "high": 20}, "people": 3}
    tasks = [{**uneven, "after": [f"t{i}"] if i else []} for i in range(5)]
    assert "above-capacity" not in codes(plan(*tasks, team={"people": 3}))


def test_less_than_a_day_at_the_same_time_is_left_alone():
    # t2 ends with week 2.1 or 2.3, while t3 starts after t1 with week 2.
    def beside(weeks: float) -> Plan:
        return plan(work(1, 2), work(2, weeks), work(2, 3, ("t1",)), team={"people": 3})

    assert "above-capacity" not in codes(beside(2.1))
    assert "above-capacity" in codes(beside(2.3))


def test_without_people_nothing_is_said_about_capacity():
    assert "above-capacity" not in codes(plan(work(9), work(9)))
    assert "above-capacity" not in codes(plan(work(9), work(9), team={"availability": 0.8}))
    assert "above-capacity" not in codes(plan(WIDE, WIDE, team={"people": 1}))


@pytest.mark.parametrize(
    ("share", "why"),
    [
        (0.19, "19 % of its time for research. The guide's rule of thumb is 20–30 %: with less, experiments wait"),
        (0.2, None),
        (0.3, None),
        (0.31, "31 % of its time for research. The guide's rule of thumb is 20–30 %: with more, all other work waits"),
        (0, "0 % of its time"),
    ],
)
def test_the_research_share(share, why):
    checked = plan(WIDE, research=RESEARCH, team={"people": 5, "research_share": share})
    assert why is None or why in hint("research-share", checked).sentence
    assert ("research-share" in codes(checked)) == bool(why)


def test_the_research_share_of_nobody_is_left_alone():
    assert "research-share" not in codes(plan(WIDE, research=RESEARCH))
    assert "research-share" not in codes(plan(WIDE, research=RESEARCH, team={"holidays": "GB"}))
    assert "research-share" not in codes(plan(WIDE, team={"people": 5, "research_share": 0.1}))


# --- ranges ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "narrow"),
    [
        ({"weeks": {"low": 4, "likely": 5, "high": 5.9}}, True),
        ({"weeks": {"low": 4, "likely": 5, "high": 6}}, False),
        ({"weeks": {"low": 0.8, "likely": 1, "high": 1.1}}, True),
        ({"weeks": {"low": 0.8, "likely": 0.9, "high": 1.1}}, False),
        ({"weeks": {"low": 0, "likely": 5, "high": 6}}, False),
        ({"weeks": {"p10": 4, "p90": 4.9}}, True),
        ({"weeks": {"p10": 4, "p90": 5}}, False),
        ({"weeks": {"history": [4, 4, 4, 4, 4.1]}}, False),
        ({"weeks": 4}, False),
        ({"effort_weeks": {"low": 1.5, "likely": 1.6, "high": 2}, "people": 2}, True),  # 1.0 weeks at 0.8
        ({"effort_weeks": {"low": 1.5, "likely": 1.5, "high": 2}, "people": 2}, False),
    ],
)
def test_a_narrow_range(task, narrow):
    checked = plan(task, WIDE, WIDE, team={"availability": 0.8})
    assert ("narrow-range" in codes(checked)) == narrow
    if narrow:
        assert hint("narrow-range", checked).sentence.startswith("The range of “T1” is narrow: work of a week or more")


def test_the_field_is_the_one_that_holds_the_range():
    checked = plan({"effort_weeks": {"low": 4, "likely": 5, "high": 5.5}, "people": 1}, WIDE)
    assert hint("narrow-range", checked).field == "effort_weeks"


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ((2, 2, WIDE), "2 of 3 tasks have a fixed duration (“T1” and “T2”)"),
        ((2, {"low": 3, "likely": 3, "high": 3}, WIDE), "2 of 3 tasks have a fixed duration"),
        ((2, 2, WIDE, WIDE), None),
        ((0, 0, 0, WIDE), None),  # milestones
        ((0, 2, 2, WIDE), "2 of 3 tasks"),
        ((2,), None),
    ],
)
def test_fixed_durations_on_most_of_the_tasks(weeks, said):
    checked = plan(*weeks)
    assert said is None or hint("narrow-range", checked).sentence.startswith(said)
    assert ("narrow-range" in codes(checked)) == bool(said)


def between(likely: float, high: float = 10) -> dict[str, float]:
    return {"low": 0, "likely": likely, "high": high}


@pytest.mark.parametrize(
    ("weeks", "symmetric"),
    [
        ((between(5), between(5)), True),
        ((between(5), between(5.5)), True),
        ((between(5), between(4.5)), True),
        ((between(5), between(5.6)), False),
        ((between(5), between(4.4)), False),
        ((between(5), between(5), between(2), between(2)), True),
        ((between(5), between(5), between(2), between(2), between(2)), False),
        ((between(5), between(5), 2, {"p10": 1, "p90": 4}, {"history": [1, 2, 3, 4, 5]}), True),
        ((between(5, 5), between(0, 0)), False),
        ((between(5),), False),
    ],
)
def test_symmetric_ranges(weeks, symmetric):
    checked = plan(*weeks)
    assert ("symmetric-range" in codes(checked)) == symmetric
    if symmetric:
        assert hint("symmetric-range", checked).sentence.startswith("The likely values of “T1” and “T2” lie in the mi")


@pytest.mark.parametrize(
    ("weeks", "long"),
    [
        ({"p10": 1, "p90": 10.1}, True),
        ({"p10": 1, "p90": 9.9}, False),
        ({"p10": 0.05, "p90": 1.01}, True),
        ({"p10": 0.05, "p90": 0.99}, False),
        ({"history": [0, 0, 0, 3, 4]}, True),
        ({"history": [1, 1, 1, 3, 4]}, False),
        # Triangular(0, 0, 10): P10 is 10 (1 - sqrt(0.9)) = 0.513, P90 is 10 (1 - sqrt(0.1)) = 6.838
        ({"low": 0, "likely": 0, "high": 10, "distribution": "triangular"}, True),
        # Triangular(0, 10, 10): 10 sqrt(0.1) = 3.162 and 10 sqrt(0.9) = 9.487
        ({"low": 0, "likely": 10, "high": 10, "distribution": "triangular"}, False),
        (5, False),
        (0, False),
    ],
)
def test_a_long_tail(weeks, long):
    assert ("long-tail" in codes(plan(weeks, WIDE))) == long


def test_a_long_tail_is_told_with_its_ends():
    one = hint("long-tail", plan({"effort_weeks": {"p10": 1, "p90": 18}, "people": 2}, WIDE))
    assert "“T1” may take more than ten times as long as in another (9 weeks instead of 0.5)." in one.sentence
    assert one.field == "effort_weeks"
    two = hint("long-tail", plan({"p10": 1, "p90": 18}, {"p10": 1, "p90": 12}))
    assert "“T1” and “T2” may take" in two.sentence
    assert "(the first 18 weeks instead of 1.0)" in two.sentence


def test_with_past_overruns_ranges_do_not_matter():
    ranges = [{"low": 4, "likely": 5, "high": 5.5}, between(5), between(5), {"p10": 1, "p90": 20}]
    with_them = ["narrow-range", "symmetric-range", "no-risks", "long-tail"]
    assert [code for code in codes(plan(*ranges)) if code != "sum-of-likelies"] == with_them
    assert [code for code in codes(plan(*ranges, overrun=[1, 1, 1, 2, 2])) if code != "sum-of-likelies"] == ["no-risks"]


@pytest.mark.parametrize(
    ("timebox", "said"),
    [
        (
            1.9,
            "An experiment is given 1.9 weeks. The guide's rule of thumb is 2 to 4 weeks: in less, an approach hardly",
        ),
        (2, None),
        ({"low": 1, "likely": 2, "high": 9}, None),
        (4, None),
        ({"history": [1, 1, 4, 9, 9]}, None),
        (4.1, "given 4.1 weeks. The guide's rule of thumb is 2 to 4 weeks: in more, much is spent before anyone asks"),
    ],
)
def test_the_length_of_a_timebox(timebox, said):
    checked = plan(WIDE, research={**RESEARCH, "timebox_weeks": timebox})
    assert said is None or said in hint("timebox-length", checked).sentence
    assert ("timebox-length" in codes(checked)) == bool(said)


# --- the shape ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checked", "serial"),
    [
        (chain(*[WIDE] * 4), True),
        (chain(*[WIDE] * 3), False),
        (chain(*[WIDE] * 4, team={"people": 2}), True),
        (chain(*[WIDE] * 4, team={"people": 1}), False),  # nobody is there to work beside
        (chain(*[WIDE] * 4, first=("research",), research=RESEARCH), True),
        (chain(*[WIDE] * 4, research=RESEARCH), False),  # t1 runs beside the research
        (plan(*[{"weeks": WIDE, "after": [f"t{i}"] if i else []} for i in (0, 1, 2, 2)]), False),
        (plan(*[{"weeks": WIDE, "after": [f"t{k}" for k in range(1, i + 1)]} for i in range(4)]), True),
        (plan(*[{"weeks": WIDE, "after": after} for after in (["t2"], ["t3"], ["t4"], [])]), True),
    ],
)
def test_everything_serial(checked, serial):
    assert ("all-serial" in codes(checked)) == serial


def test_everything_serial_says_what_to_do():
    assert hint("all-serial", chain(*[WIDE] * 5)).sentence == (
        "Each of the 5 tasks waits for the one before, so nothing runs side by side and every delay delays the "
        "delivery. Whatever does not need the result before it could start earlier."
    )


def test_work_that_does_not_wait_for_the_research():
    tasks = [{"weeks": WIDE}, {"weeks": WIDE, "after": ["research"]}, {"weeks": WIDE, "after": ["t1"]}]
    found = hint("unconnected", plan(*tasks, research=RESEARCH))
    assert found.nodes == ("t1",)
    assert found.sentence.startswith("“T1” starts before anyone knows whether an approach is good enough.")
    assert "unconnected" not in codes(plan(*tasks[1:2], research=RESEARCH))
    assert "unconnected" not in codes(plan(*tasks[:1]))


def test_a_plan_of_very_many_tasks():
    assert "huge-plan" not in codes(plan(*[WIDE] * 50))
    assert "takes the 51 tasks to be late or early independently" in hint("huge-plan", plan(*[WIDE] * 51)).sentence


def test_a_plan_without_risks():
    assert hint("no-risks", plan(WIDE)).field == "risks"
    assert "no-risks" not in codes(plan(WIDE, risks=[RISK]))


def test_risks_that_are_none():
    def risks(*probabilities: float) -> Plan:
        data = [{**RISK, "id": f"r{i}", "probability": chance} for i, chance in enumerate(probabilities, 1)]
        return plan(WIDE, risks=data)

    assert "risk-certain" not in codes(risks(0.001, 0.999))
    assert hint("risk-certain", risks(0.5, 1)).sentence == (
        "“R2” happens for certain: plan it as a task, where everybody sees the weeks."
    )
    found = hint("risk-certain", risks(0, 1, 0.5, 0, 1))
    assert found.sentence == (
        "“R2” and “R5” happen for certain: plan them as tasks, where everybody sees the weeks. "
        "“R1” and “R4” have a probability of 0: remove them, or say how likely."
    )
    assert (found.where, found.field, found.nodes) == ("r2", "probability", ("r2", "r5", "r1", "r4"))


# --- any plan -------------------------------------------------------------------------------------------------------


def test_research_alone_is_a_plan():
    alone = Plan(title="x", start="2027-01-04", research=RESEARCH, team={"people": 3, "research_share": 0.25})
    assert codes(alone) == ["sum-of-likelies", "no-risks"]  # 43 % in one round


# What a shipped plan may be told: what is true of every honest plan, and a question that its comments answer.
@pytest.mark.parametrize("name", names("plans"))
def test_shipped_plans_make_none_of_these_mistakes(name):
    shipped = load_plan(name)
    assert set(codes(shipped)) <= {"sum-of-likelies", "unconnected"}
    assert 0 < likely_weeks(shipped) < simulate(shipped).quantile(0.5)


NUMBERS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 10.0, 520.0])
DURATIONS = st.one_of(
    NUMBERS,
    st.lists(NUMBERS, min_size=3, max_size=3).map(
        lambda three: dict(zip(("low", "likely", "high"), sorted(three), strict=True))
    ),
    st.lists(NUMBERS.filter(bool), min_size=2, max_size=2, unique=True).map(
        lambda two: {"p10": min(two), "p90": max(two)}
    ),
    st.lists(NUMBERS, min_size=5, max_size=5).map(lambda five: {"history": five}),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    research = draw(
        st.none()
        | st.fixed_dictionaries(
            {"timebox_weeks": DURATIONS, "success": st.sampled_from([0, 0.3, 1]), "max_experiments": st.integers(1, 3)}
        )
    )
    tasks = []
    for i in range(draw(st.integers(0 if research else 1, 5))):
        before = [f"t{k}" for k in range(1, i + 1)] + (["research"] if research else [])
        after = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        amount = draw(st.sampled_from(["weeks", "effort_weeks"]))
        tasks.append({amount: draw(DURATIONS), "after": after})
    delayed = [f"t{i}" for i, _ in enumerate(tasks, 1)] + (["research"] if research else [])
    risk = {"id": "r", "probability": draw(st.sampled_from([0, 0.5, 1])), "weeks": draw(DURATIONS)}
    return plan(
        *tasks,
        research=research,
        team={"people": draw(st.sampled_from([0.5, 1, 5])), "research_share": draw(st.sampled_from([0, 0.25, 0.9]))},
        risks=draw(st.sampled_from([[], [{**risk, "delays": draw(st.sampled_from(delayed))}]])),
        overrun=draw(st.sampled_from([None, [1, 1, 2, 2, 3]])),
        deadline=draw(st.none() | st.dates(date(2027, 1, 4), date(2040, 1, 1))),
    )


@settings(max_examples=150)
@given(plans())
def test_any_plan_gets_its_hints_in_sentences_one_of_a_kind(checked):
    found = lint(checked, simulate(checked, 256))
    assert len({each.code for each in found}) == len(found)
    known = {"plan", "start", "deadline", "team", "research", "r", *checked.tasks_by_id}
    for each in found:
        assert each.where in known
        assert each.sentence.endswith(".")
        assert 1 <= each.sentence.count(". ") + 1 <= 2, each.sentence
        assert "nan" not in each.sentence


def test_people_are_counted_by_the_schedule_that_the_forecast_shows():
    checked = load_plan("data-pipeline-first")
    forecast = simulate(checked)
    bars = {bar.id: bar for bar in forecast.schedule()}
    starts, ends = _Linter(checked, forecast)._usual(checked.tasks)
    assert starts == pytest.approx([bars[task.id].starts[1] for task in checked.tasks], rel=0.01)
    assert ends == pytest.approx([bars[task.id].ends[1] for task in checked.tasks], rel=0.01)
