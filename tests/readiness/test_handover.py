"""What a review leaves open becomes work for a plan: with the checklist's numbers, and with no others."""

from __future__ import annotations

import calendar
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.readiness.shapes import TODAY, checklist, item, review

from mlmgmt_widgets import TimelineEstimator
from mlmgmt_widgets.cli import main
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Checklist, Review, Verdict, evaluate, load_checklist
from mlmgmt_widgets.readiness.handover import added_to, as_plan, open_work, to_yaml
from mlmgmt_widgets.timeline import Plan, load_plan, simulate

STAGE = "production"
RANGE = {"low": 1.0, "likely": 2.0, "high": 4.0}
PLAN: dict[str, Any] = {
    "title": "Toy",
    "start": "2027-01-04",
    "tasks": [{"id": "build", "weeks": 3}, {"id": "rollout", "weeks": 2, "after": ["build"]}],
}
DRILL = item("drill", title="Rollback rehearsed", if_open={"title": "Rehearse it", "weeks": RANGE}, owner="ml-engineer")
SCAN = item("scan", if_open={"weeks": 2}, owner="platform-engineer")
LATE = item("late", if_open={"title": "Approval is late", "weeks": RANGE, "probability": 0.4})
BARE = item("bare", title="Runbook")


def judged(*items: dict[str, Any], entries: dict[str, Any] | None = None) -> tuple[Checklist, Verdict]:
    made = checklist(*items)
    return made, evaluate(made, review(entries), stage=STAGE, today=TODAY)


def forecast(plan: dict[str, Any]) -> float:
    return simulate(Plan.model_validate(plan), draws=2048).quantile(0.5)


# -- tasks and risks --------------------------------------------------------------------------------------------------


def test_an_open_item_is_a_task_or_with_a_probability_a_risk() -> None:
    work = open_work(*judged(DRILL, LATE, SCAN))
    assert work.tasks == (
        {"id": "ready-drill", "title": "Rehearse it", "weeks": RANGE},
        {"id": "ready-scan", "title": "Scan", "weeks": 2.0},
    )
    assert work.risks == (
        {
            "id": "ready-late",
            "title": "Approval is late",
            "probability": 0.4,
            "weeks": RANGE,
            "delays": "pass-the-gate",
        },
    )
    assert (work.without, work.said) == ({}, "")


def test_what_passed_was_waived_or_does_not_apply_is_no_work() -> None:
    entries = {
        "drill": {"status": "pass", "on": TODAY},
        "scan": {"status": "waived", "reason": "Later", "by": "Ann", "until": TODAY},
        "late": {"status": "na", "reason": "No approval needed"},
    }
    work = open_work(*judged(DRILL, SCAN, LATE, entries=entries))
    assert (work.tasks, work.risks, work.without) == ((), (), {})


def test_no_number_is_invented_and_the_item_is_named() -> None:
    work = open_work(*judged(DRILL, BARE))
    assert [task["id"] for task in work.tasks] == ["ready-drill"]
    assert work.without == {"bare": "Runbook"}
    assert work.said == ("Not in it, since the checklist proposes no time for “Runbook”: it is still to be done.")


def test_advisory_items_are_work_by_choice() -> None:
    given = judged(DRILL, {**SCAN, "severity": "advisory"})
    assert [task["id"] for task in open_work(*given).tasks] == ["ready-drill"]
    assert [task["id"] for task in open_work(*given, advisories=True).tasks] == ["ready-drill", "ready-scan"]


def test_the_same_people_do_one_thing_after_the_other_in_the_order_of_the_stages() -> None:
    late = item("a", stage="production", owner="ml-engineer", if_open={"weeks": 1})
    early = item("b", stage="prototype-exit", owner="ml-engineer", if_open={"weeks": 2})
    other = item("c", owner="data-engineer", if_open={"weeks": 4})
    named = item("d", owner="data-engineer", if_open={"weeks": 1})
    given = judged(late, early, other, named, entries={"d": {"owner": "Ana"}})
    after = {task["id"]: task.get("after") for task in open_work(*given).tasks}
    assert after == {"ready-b": None, "ready-c": None, "ready-d": None, "ready-a": ["ready-b"]}
    assert forecast(as_plan(*given)) == pytest.approx(4)  # the longest of 2 + 1, 4 and 1


def test_what_nobody_owns_is_one_row() -> None:
    given = judged(item("a", if_open={"weeks": 2}), item("b", if_open={"weeks": 3}))
    assert forecast(as_plan(*given)) == pytest.approx(5)


def test_models_that_share_a_plan_have_prefixes_of_their_own() -> None:
    given = judged(DRILL)
    plan = added_to(PLAN, open_work(*given, prefix="churn"), before="rollout")
    both = added_to(plan, open_work(*given, prefix="upsell"), before="rollout")
    assert {"churn-drill", "upsell-drill"} < {task["id"] for task in both["tasks"]}


def test_ids_are_those_of_a_plan_however_long_the_items_are() -> None:
    names = [f"{'x' * 95}{n:05d}" for n in range(3)]
    plan = as_plan(*judged(*(item(name, if_open={"weeks": 1}) for name in names)))
    assert len({task["id"] for task in plan["tasks"]}) == 4
    Plan.model_validate(plan)


# -- a whole plan -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model-readiness", "llm-feature"])
def test_a_review_that_says_nothing_is_a_plan_at_every_stage_and_tier(name: str) -> None:
    shipped = load_checklist(name)
    empty = Review(checklist=shipped.key, subject="churn-model", version="4")
    for stage in shipped.stages:
        for tier in shipped.tiers:
            verdict = evaluate(shipped, empty, stage=stage, tier=tier, today=TODAY)
            plan = as_plan(shipped, verdict)
            assert len(plan["tasks"]) - 1 + len(plan.get("risks", ())) == len(verdict.blockers)
            assert Plan.model_validate(plan).order[-1] == "pass-the-gate"


def test_the_command_line_forecasts_its_yaml(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = judged(DRILL, LATE, SCAN, BARE)
    plan = as_plan(*given)
    file = tmp_path / "plan.yaml"
    file.write_text(to_yaml(plan, open_work(*given).said), encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith("# Not in it")
    assert load_plan(file) == Plan.model_validate(plan)
    monkeypatch.setattr(sys, "argv", ["mlmgmt", "forecast", str(file), "--draws", "1024", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)
    assert said["plan"] == "churn-model 3: ready for production (without 1 item of unknown length)"
    assert said["weeks"]["p50"] == simulate(Plan.model_validate(plan), draws=1024).to_dict()["weeks"]["p50"]


@pytest.mark.parametrize("start", [date(2026, 11, day) for day in range(23, 31)])
def test_work_starts_on_a_weekday(start: date) -> None:
    plan = as_plan(*judged(DRILL), start=start)
    moved = date.fromisoformat(plan["start"])
    assert Plan.model_validate(plan).start == moved
    assert 0 <= (moved - start).days <= 2
    assert (moved == start) == (calendar.day_name[start.weekday()] not in {"Saturday", "Sunday"})


def test_it_may_be_called_otherwise_and_start_on_a_day_in_words() -> None:
    plan = as_plan(*judged(DRILL), title="Go live", start="2027-01-05")
    assert (plan["title"], plan["start"]) == ("Go live", "2027-01-05")
    assert as_plan(*judged(DRILL))["start"] == TODAY.isoformat()


def test_where_there_is_nothing_to_plan_it_says_so() -> None:
    with pytest.raises(Refusal, match="Nothing keeps churn-model 3 from production"):
        as_plan(*judged(DRILL, entries={"drill": {"status": "pass", "on": TODAY}}))
    with pytest.raises(Refusal, match="no time for “Runbook”"):
        as_plan(*judged(BARE))


# -- into a plan that is there ----------------------------------------------------------------------------------------


def test_a_plan_that_waits_for_the_work_is_later_by_it() -> None:
    plan = added_to(PLAN, open_work(*judged({**DRILL, "if_open": {"weeks": 7}})), before="rollout")
    assert forecast(PLAN) == pytest.approx(3 + 2)
    assert forecast(plan) == pytest.approx(7 + 2)
    beside = added_to(PLAN, open_work(*judged({**DRILL, "if_open": {"weeks": 4}})))
    assert forecast(beside) == pytest.approx(3 + 2)  # the work is done meanwhile


def test_a_risk_that_is_certain_delays_what_waits() -> None:
    certain = {**LATE, "if_open": {"weeks": 3, "probability": 1}}
    assert forecast(added_to(PLAN, open_work(*judged(certain)), before="rollout")) == pytest.approx(3 + 2 + 3)


def test_handed_over_twice_it_is_there_once() -> None:
    work = open_work(*judged(DRILL, LATE, SCAN))
    once = added_to(PLAN, work, before="rollout")
    assert added_to(once, work, before="rollout") == once
    assert added_to(once, work.to_dict(), before="rollout") == once


def test_work_with_nothing_in_it_leaves_a_plan_as_it_is() -> None:
    assert added_to(PLAN, open_work(*judged(BARE)), before="rollout") == PLAN


@pytest.mark.parametrize("before", ["rollout", None])
def test_the_estimator_makes_the_same_plan_of_it(before: str | None) -> None:
    work = open_work(*judged(DRILL, LATE, SCAN))
    estimator = TimelineEstimator(Plan.model_validate(PLAN), draws=256)
    estimator.add_work(work.to_dict(), before=before)
    assert estimator.as_plan == Plan.model_validate(added_to(PLAN, work, before=before))
