"""Plans for tests: a small one to change, and plans of any shape."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mlmgmt_widgets.timeline.draws import draws_of
from mlmgmt_widgets.timeline.plan import Plan
from mlmgmt_widgets.timeline.simulation import Trials, run

START = "2027-01-04"  # a Monday
FEW = 256  # draws, where every trial is looked at

SERIAL_WITH_RESEARCH: dict[str, Any] = {
    "research": {
        "timebox_weeks": {"low": 2, "likely": 3, "high": 4},
        "success": 0.35,
        "max_experiments": 5,
        "parallel": 1,
    },
    "tasks": [
        {"id": "pipeline", "weeks": {"low": 1, "likely": 3, "high": 8}, "after": ["research"]},
        {"id": "serving", "weeks": {"p10": 2, "p90": 6}, "after": ["pipeline"]},
        {"id": "monitoring", "weeks": {"low": 1, "likely": 2, "high": 5}, "after": ["serving"]},
        {"id": "rollout", "weeks": {"low": 2, "likely": 3, "high": 7}, "after": ["monitoring"]},
    ],
}


def plan(*tasks: dict[str, Any], **changes: Any) -> Plan:
    """A plan of these tasks."""
    return Plan.model_validate({"title": "A plan", "start": START, "tasks": list(tasks), **changes})


def serial(*weeks: Any, **changes: Any) -> Plan:
    """A plan of tasks that come one after the other: t0, t1 ..."""
    first = ["research"] if "research" in changes else []
    tasks = [{"id": f"t{i}", "weeks": each, "after": [f"t{i - 1}"] if i else first} for i, each in enumerate(weeks)]
    return plan(*tasks, **changes)


def trials(data: Plan | dict[str, Any], seed: int = 0, count: int = FEW) -> Trials:
    """What happens in every trial of a plan."""
    made = data if isinstance(data, Plan) else Plan.model_validate(data)
    return run(made, draws_of(seed, count))


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, width=32)


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, Any]:
    low, likely, high = sorted(draw(st.lists(numbers(0, 30), min_size=3, max_size=3)))
    kind = draw(st.sampled_from([{}, {"distribution": "pert"}, {"distribution": "triangular"}]))
    return {"low": low, "likely": likely, "high": high, **kind}


@st.composite
def percentiles(draw: st.DrawFn) -> dict[str, Any]:
    p10 = draw(numbers(0.125, 10))
    return {"p10": p10, "p90": p10 * draw(numbers(1.125, 8))}


def histories() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"history": st.lists(numbers(0, 30), min_size=5, max_size=12)})


def durations() -> st.SearchStrategy[Any]:
    """Of every kind."""
    return st.one_of(numbers(0, 30), ranges(), percentiles(), histories())


@st.composite
def researches(draw: st.DrawFn) -> dict[str, Any]:
    successes = draw(st.integers(0, 20))
    learned = {"successes": successes, "trials": successes + draw(st.integers(0, 20))}
    found = {
        "timebox_weeks": draw(durations()),
        "success": draw(st.one_of(numbers(0, 1), st.just(learned))),
        "max_experiments": draw(st.integers(1, 9)),
    }
    if draw(st.booleans()):
        found["parallel"] = draw(st.integers(1, 5))
    return found


@st.composite
def plans(draw: st.DrawFn, *, fewest: int = 0, research: bool | None = None) -> dict[str, Any]:
    """Plans of any shape, as data: a random network of tasks in any order in the file.

    Args:
        draw: hypothesis's.
        fewest: tasks.
        research: whether there is any; None for either.
    """
    names = draw(st.permutations([f"t{i}" for i in range(draw(st.integers(fewest, 6)))]))
    has_research = draw(st.booleans()) if research is None else research
    has_research = has_research or not names
    tasks = []
    for i, name in enumerate(names):
        known = [*(["research"] if has_research else []), *names[:i]]
        after = draw(st.lists(st.sampled_from(known), unique=True, max_size=3)) if known else []
        amount = draw(durations())
        if draw(st.booleans()):
            tasks.append({"id": name, "weeks": amount, "after": after})
        else:
            own = {"people": draw(numbers(0.5, 4))} if draw(st.booleans()) else {}
            tasks.append({"id": name, "effort_weeks": amount, "after": after, **own})
    found: dict[str, Any] = {
        "title": "A plan of some shape",
        "start": START,
        "team": {
            "people": draw(numbers(0.5, 12)),
            "availability": draw(numbers(0.25, 1)),
            "research_share": draw(numbers(0, 0.75)),
        },
        "tasks": draw(st.permutations(tasks)),
        "risks": [
            {
                "id": f"r{i}",
                "probability": draw(numbers(0, 1)),
                "weeks": draw(durations()),
                "delays": draw(st.sampled_from([*names, *(["research"] if has_research else [])])),
            }
            for i in range(draw(st.integers(0, 3)))
        ],
    }
    if has_research:
        found["research"] = draw(researches())
    if draw(st.integers(0, 4)) == 0:
        found["overrun"] = draw(st.lists(numbers(0.125, 4), min_size=5, max_size=8))
    return found
