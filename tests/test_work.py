"""Work is added to a plan: everything else stays, nothing is there twice, and what waits for it waits for all of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan
from mlmgmt_widgets.work import GATE, added

PLAN: dict[str, Any] = {
    "title": "Toy",
    "start": "2027-01-04",
    "tasks": [{"id": "build", "weeks": 3}, {"id": "rollout", "weeks": 2, "after": ["build"]}],
    "risks": [{"id": "access", "probability": 0.2, "weeks": 3, "delays": "build"}],
}
WORK: dict[str, Any] = {
    "tasks": [{"id": "w-plan", "weeks": 1}, {"id": "w-drill", "weeks": 1, "after": ["w-plan"]}],
    "risks": [{"id": "w-late", "probability": 0.5, "weeks": 2, "delays": GATE}],
}


def by_id(plan: dict[str, Any], kind: str = "tasks") -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in plan[kind]}


def test_work_stands_before_what_waits_for_it_and_everything_else_stays() -> None:
    before = copy.deepcopy((PLAN, WORK))
    plan = added(PLAN, WORK, "rollout")
    assert [task["id"] for task in plan["tasks"]] == ["build", "w-plan", "w-drill", "rollout"]
    assert by_id(plan)["rollout"]["after"] == ["build", "w-drill"]  # the end of the row stands for all of it
    assert by_id(plan, "risks")["w-late"]["delays"] == "rollout"
    assert by_id(plan, "risks")["access"] == PLAN["risks"][0]
    assert by_id(plan)["build"] == PLAN["tasks"][0]
    assert before == (PLAN, WORK)


def test_where_nothing_waits_the_work_ends_in_a_gate_of_its_own() -> None:
    plan = added(PLAN, WORK)
    assert by_id(plan)[GATE] == {"id": GATE, "title": "Pass the gate", "weeks": 0, "after": ["w-drill"]}
    assert by_id(plan, "risks")["w-late"]["delays"] == GATE
    assert by_id(plan)["rollout"] == PLAN["tasks"][1]
    assert added(plan, WORK) == plan


def test_what_is_there_already_is_replaced_and_keeps_the_links_that_people_gave_it() -> None:
    plan = added(PLAN, WORK, "rollout")
    tasks = [{**task, "after": ["build"]} if task["id"] == "w-plan" else task for task in plan["tasks"]]
    longer = {**WORK, "tasks": [{**WORK["tasks"][0], "weeks": 5}, WORK["tasks"][1]]}
    again = added({**plan, "tasks": tasks}, longer, "rollout")
    assert by_id(again)["w-plan"] == {"id": "w-plan", "weeks": 5, "after": ["build"]}
    assert [task["id"] for task in again["tasks"]] == [task["id"] for task in plan["tasks"]]


def test_a_task_that_has_become_a_risk_is_not_there_as_both() -> None:
    plan = added(PLAN, WORK, "rollout")
    other = {
        "tasks": [{"id": "w-late", "weeks": 1}],
        "risks": [{"id": "w-drill", "probability": 0.5, "weeks": 1, "delays": GATE}],
    }
    changed = added(plan, other, "rollout")
    Plan.model_validate(changed)
    assert by_id(changed)["rollout"]["after"] == ["build", "w-late"]
    assert set(by_id(changed, "risks")) == {"access", "w-drill"}
    assert "w-drill" not in by_id(changed)


@pytest.mark.parametrize(
    ("before", "said"),
    [("roll-out", "the nearest is 'rollout'"), ("research", "build, rollout"), ("w-plan", "name a task of the plan")],
)
def test_only_a_task_of_the_plan_can_wait(before: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        added(PLAN, WORK, before)


def test_a_risk_may_delay_a_task_of_the_work_and_beside_a_plan_any_of_it() -> None:
    def delays(named: str, before: str | None, **plan: Any) -> str:
        work = {"tasks": WORK["tasks"], "risks": [{**WORK["risks"][0], "delays": named}]}
        return by_id(added({**PLAN, **plan}, work, before), "risks")["w-late"]["delays"]

    research = {"timebox_weeks": 3, "success": 0.5, "max_experiments": 2}
    assert delays("w-plan", "rollout") == "w-plan"
    assert delays("build", "rollout") == "rollout"
    assert delays("build", None) == "build"
    assert delays("research", None, research=research) == "research"
    assert delays("research", None) == GATE


# -- any plan, any work ---------------------------------------------------------------------------------------------


@st.composite
def rows(draw: st.DrawFn, names: list[str]) -> list[dict[str, Any]]:
    """Tasks, each after some of those before it."""
    tasks: list[dict[str, Any]] = []
    for name in names:
        after = draw(st.lists(st.sampled_from([each["id"] for each in tasks]), unique=True)) if tasks else []
        tasks.append({"id": name, "weeks": draw(st.integers(0, 5))} | ({"after": after} if after else {}))
    return draw(st.permutations(tasks))


def risks(names: list[str], delays: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.builds(
        lambda name, task: {"id": name, "probability": 0.5, "weeks": 1, "delays": task},
        st.sampled_from(names),
        st.sampled_from(delays),
    )
    return st.lists(one, max_size=3, unique_by=lambda risk: risk["id"])


@st.composite
def plans_and_work(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], str | None]:
    names = [f"t{n}" for n in range(draw(st.integers(1, 5)))]
    tasks = draw(rows(names))
    own = draw(st.lists(st.sampled_from(["w0", "w1", "w2", "w3"]), unique=True))
    work = {"tasks": draw(rows(own)), "risks": draw(risks(["r-w0", "r-w1"], [*own, GATE, "t0"]))}
    plan = {"title": "Any", "start": "2027-01-04", "tasks": tasks, "risks": draw(risks(["r0", "r1"], names))}
    return plan, work, draw(st.sampled_from([None, *names]))


def everything_before(tasks: dict[str, dict[str, Any]], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in tasks[waiting.pop()].get("after", ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


@given(plans_and_work())
def test_added_twice_is_added_once_and_all_of_it_comes_first(
    drawn: tuple[dict[str, Any], dict[str, Any], str | None],
) -> None:
    plan, work, before = drawn
    once = added(plan, work, before)
    assert added(once, work, before) == once
    Plan.model_validate(once)
    tasks = by_id(once)
    if work["tasks"] or work["risks"]:
        assert {task["id"] for task in work["tasks"]} <= everything_before(tasks, before or GATE)
    kept = [task for task in once["tasks"] if task["id"].startswith("t") and task["id"] != before]
    assert kept == [task for task in plan["tasks"] if task["id"] != before]
