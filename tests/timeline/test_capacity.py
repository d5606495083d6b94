"""What people, availability and research share mean for experiments and tasks, by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.timeline.shapes import plan, trials

from mlmgmt_widgets.timeline import Plan, Research, Task, Team
from mlmgmt_widgets.timeline.capacity import moves_with_research_share, people, slots, speed

RESEARCH = {"timebox_weeks": 2, "success": 0.3, "max_experiments": 6}


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ({"people": 10, "availability": 0.8, "research_share": 0.25}, 2),
        ({"people": 10, "availability": 0.8, "research_share": 0.37}, 2),  # 2.96 people
        ({"people": 5, "availability": 0.8, "research_share": 0.25}, 1),  # one person, whatever the last bit says
        ({"people": 15, "availability": 1, "research_share": 0.2}, 3),
        ({"people": 3, "availability": 1, "research_share": 0.7}, 2),
        ({"people": 6, "availability": 0.8, "research_share": 0.25}, 1),  # 1.2 people
        ({"people": 2, "availability": 0.5, "research_share": 0.25}, 1),  # at least one
        ({"people": 8, "availability": 0.9}, 1),  # no share, but somebody has to do it
        ({"availability": 0.5, "research_share": 0.5}, 1),
        (None, 1),
    ],
)
def test_one_experiment_for_each_whole_person_that_the_share_pays_for(team, expected):
    assert slots(team and Team(**team), Research(**RESEARCH)) == expected


def test_what_parallel_says_stands_above_the_team():
    assert slots(Team(people=1, research_share=0.1), Research(**RESEARCH, parallel=4)) == 4


@given(st.integers(1, 200), st.integers(1, 20), st.integers(0, 19))
def test_slots_are_those_of_exact_fractions(many, twentieths, share):
    team = Team(people=many, availability=twentieths / 20, research_share=share / 20)
    exactly = Fraction(many) * Fraction(twentieths, 20) * Fraction(share, 20)
    assert slots(team, Research(**RESEARCH)) == max(1, int(exactly))


@pytest.mark.parametrize(
    ("team", "own", "weeks"),
    [
        (None, {"people": 2}, 4),
        ({"availability": 0.8}, {"people": 2}, 5),
        ({"people": 4}, {}, 2),
        ({"people": 4}, {"people": 1}, 8),  # the task's own people are those who work on it
        ({"people": 4, "availability": 0.5}, {}, 4),
        ({"people": 4, "availability": 0.8, "research_share": 0.25}, {}, 8 / (4 * 0.75 * 0.8)),
        ({"people": 4, "availability": 0.8, "research_share": 0.25}, {"people": 2}, 5),
        ({"people": 0.5}, {}, 16),
    ],
)
def test_eight_person_weeks_take_effort_over_people_times_availability(team, own, weeks):
    made = plan({"id": "a", "effort_weeks": 8, **own}, team=team)
    assert trials(made).weeks == pytest.approx(weeks, rel=1e-12)


def test_people_and_availability_do_nothing_to_weeks():
    made = plan({"id": "a", "weeks": 8}, team={"people": 4, "availability": 0.5, "research_share": 0.25})
    assert set(trials(made).weeks) == {8}
    assert speed(made, made.tasks[0]) == 1


def test_twice_the_people_halve_every_trial():
    def weeks(many):
        effort = {"low": 4, "likely": 6, "high": 14}
        return trials(plan({"id": "a", "effort_weeks": effort, "people": many})).weeks

    assert np.array_equal(weeks(1), 2 * weeks(2))


def test_a_team_of_whom_nobody_knows_the_number_is_no_answer():
    made = Plan(title="P", start="2027-01-04", tasks=[Task(id="a", weeks=1)])
    with pytest.raises(ValueError, match="nobody is said to work on a"):
        people(made, made.tasks[0])


@pytest.mark.parametrize(
    ("research", "moves"),
    [(RESEARCH, (True, ["b"])), ({**RESEARCH, "parallel": 1}, (False, ["b"])), (None, (False, ["b"]))],
)
def test_what_a_change_of_the_research_share_moves(research, moves):
    made = plan(
        {"id": "a", "weeks": 1},
        {"id": "b", "effort_weeks": 1},
        {"id": "c", "effort_weeks": 1, "people": 1},
        team={"people": 4},
        research=research,
    )
    assert moves_with_research_share(made) == moves


def test_more_research_share_runs_more_side_by_side_and_slows_the_rest():
    def found(share):
        team = {"people": 10, "availability": 0.8, "research_share": share}
        return trials(plan({"id": "a", "effort_weeks": 8, "after": ["research"]}, team=team, research=RESEARCH))

    little, much = found(0.1), found(0.4)
    assert np.all(much.ends["research"] <= little.ends["research"])
    assert np.all(much.ends["a"] - much.starts["a"] > little.ends["a"] - little.starts["a"])
