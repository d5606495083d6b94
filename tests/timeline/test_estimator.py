"""The estimator's widget, asked as its browser asks it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.asking import ask
from tests.databases import ON_BOTH

from mlmgmt_widgets import TimelineEstimator, Workspace
from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan, load_plan, simulate
from mlmgmt_widgets.ui import lock

KEY = "correct horse battery staple"
TOY: dict[str, Any] = {
    "title": "Toy",
    "start": "2027-01-04",
    "research": {"timebox_weeks": {"low": 2, "likely": 3, "high": 4}, "success": 0.35, "max_experiments": 5},
    "tasks": [
        {"id": "pipeline", "weeks": {"low": 1, "likely": 3, "high": 8}, "after": ["research"]},
        {"id": "serving", "weeks": {"p10": 2, "p90": 8}, "after": ["research"]},
        {"id": "rollout", "weeks": 2, "after": ["pipeline", "serving"]},
    ],
    "risks": [{"id": "access", "probability": 0.2, "weeks": 3, "delays": "pipeline"}],
    "deadline": "2027-06-30",
}
PAST = "task,p50_weeks,p80_weeks,actual_weeks\n" + "".join(f"t{i},2,3,{2 + i / 2}\n" for i in range(6))


def changed(path: list[Any], value: Any, plan: dict[str, Any] = TOY) -> dict[str, Any]:
    """The toy plan with another value at a path."""
    result = copy.deepcopy(plan)
    holder: Any = result
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return result


@pytest.fixture
def workspace(address: str) -> Iterator[Workspace]:
    with Workspace.open(address) as opened:
        yield opened


@pytest.fixture
def estimator(workspace: Workspace) -> TimelineEstimator:
    return TimelineEstimator(Plan.model_validate(TOY), draws=1024, workspace=lambda: workspace)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a page that `mlmgmt serve` serves; wrong keys cost no time here."""
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv(lock.KEY_HASH, hashlib.sha256(KEY.encode()).hexdigest())
    monkeypatch.setattr(lock.time, "sleep", lambda _seconds: None)


def dump(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude_defaults=True)


# -- plain values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["new-model", load_plan("new-model"), dump(load_plan("new-model"))])
def test_it_takes_a_name_a_plan_or_its_values(given: Any) -> None:
    widget = TimelineEstimator(given, draws=256)
    assert widget.as_plan == load_plan("new-model")
    assert Plan.model_validate(widget.plan) == widget.as_plan


def test_it_takes_a_path_and_says_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("title: Bad\nstart: 2027-01-04\ntasks: [{id: a, weeks: -1}]\n")
    with pytest.raises(ContentError, match=r"bad\.yaml:3: tasks"):
        TimelineEstimator(path)


def test_its_values_are_plain_and_those_of_the_functions(estimator: TimelineEstimator) -> None:
    assert json.loads(json.dumps(estimator.plan)) == estimator.plan
    assert json.loads(json.dumps(estimator.forecast)) == simulate(Plan.model_validate(TOY), 1024).to_dict()
    assert estimator.as_forecast.to_dict() == estimator.forecast


def test_setting_the_plan_moves_the_forecast_at_once_and_can_be_observed(estimator: TimelineEstimator) -> None:
    seen = []
    estimator.observe(lambda change: seen.append(change["new"]), "forecast")
    estimator.plan = changed(["tasks", 2, "weeks"], 4)
    assert estimator.as_plan.tasks[2].weeks == 4
    assert estimator.forecast["weeks"]["p50"] == pytest.approx(
        simulate(Plan.model_validate(TOY), 1024).quantile(0.5) + 2
    )
    assert seen == [estimator.forecast]


def test_a_typed_plan_may_be_set_too(estimator: TimelineEstimator) -> None:
    estimator.plan = load_plan("llm-feature")
    assert estimator.plan == dump(load_plan("llm-feature"))


def test_a_plan_that_is_refused_changes_nothing(estimator: TimelineEstimator) -> None:
    before = copy.deepcopy((estimator.plan, estimator.forecast))
    with pytest.raises(ContentError, match="probability"):
        estimator.plan = changed(["risks", 0, "probability"], 1.2)
    assert (estimator.plan, estimator.forecast) == before
    assert estimator.as_plan == Plan.model_validate(TOY)


def test_the_forecast_cannot_be_set(estimator: TimelineEstimator) -> None:
    with pytest.raises(Exception, match="read-only"):
        estimator.forecast = {}


ENDLESS: dict[str, Any] = {
    **TOY,
    "research": {**TOY["research"], "success": 0},
    "team": {"people": 0.01, "availability": 0.01},
    "tasks": [{"id": "a", "effort_weeks": 520, "people": 0.01}],
    "risks": [],
}


@pytest.mark.parametrize("tab", ["when", "keep"])
def test_a_plan_beyond_any_calendar_is_refused_whole(estimator: TimelineEstimator, tab: str) -> None:
    before = copy.deepcopy((estimator.plan, estimator.forecast))
    assert "beyond the year 9999" in ask(estimator, "edit", tab=tab, known=[], plan=ENDLESS)["error"]
    with pytest.raises(Refusal, match="beyond the year 9999"):
        estimator.plan = ENDLESS
    assert (estimator.plan, estimator.forecast) == before
    assert estimator.as_plan == Plan.model_validate(TOY)


def test_what_ends_in_an_error_has_changed_nothing(
    estimator: TimelineEstimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no chart today")

    monkeypatch.setattr("mlmgmt_widgets.timeline.charts.delivery", broken)
    answer = ask(estimator, "edit", tab="when", known=[], plan=changed(["tasks", 2, "weeks"], 9))
    assert "Nothing was changed" in answer["error"]
    assert estimator.plan == dump(Plan.model_validate(TOY))
    assert estimator.as_plan == Plan.model_validate(TOY)


# -- editing ------------------------------------------------------------------------------------------------------


def test_an_edit_is_answered_with_the_forecast_of_the_edited_plan(estimator: TimelineEstimator) -> None:
    before = ask(estimator, "look", tab="when", known=[])["answer"]["sentence"]
    answer = ask(estimator, "edit", tab="when", known=[], plan=changed(["tasks", 2, "weeks"], 12))
    assert answer["answer"]["sentence"] != before
    assert answer["answer"]["tasks"]["rollout"]["critical"] == 1
    assert answer["plan"] == estimator.plan
    assert estimator.as_plan.tasks[2].weeks == 12
    assert estimator.forecast == estimator.as_forecast.to_dict()


@pytest.mark.parametrize(
    ("path", "value", "field", "said"),
    [
        (["tasks", 2, "weeks"], -1, "tasks[2].weeks", "from 0 to 520; found -1"),
        (["tasks", 0, "weeks", "low"], 9, "tasks[0].weeks.low", "at most 8, the high; found 9"),
        (["tasks", 0, "weeks", "low"], None, "tasks[0].weeks.low", "found nothing"),
        (["tasks", 0, "weeks", "low"], float("nan"), "tasks[0].weeks.low", "finite number; found nan"),
        (["risks", 0, "probability"], 1.2, "risks[0].probability", "at most 1; found 1.2"),
        (["research", "success"], 1.2, "research.success", "probability from 0 to 1"),
        (["tasks", 0, "after"], ["rollout"], "tasks[0].after", "pipeline"),
        (["tasks", 0, "after"], ["nowhere"], "tasks[0].after[0]", "unknown task 'nowhere'"),
        (["tasks", 0, "weeks"], {"history": [1, 2]}, "tasks[0].weeks.history", "at least 5"),
        (["start"], "2027-01-03", "start", "a Sunday"),
        (["start"], "", "start", "a day such as 2027-01-31"),
        (["title"], " ", "title", "not blank"),
        (["tasks"], [{"id": f"t{i}", "weeks": 1} for i in range(10_000)], "tasks", "at most 500"),
    ],
)
def test_a_fault_is_said_where_it_is_and_the_last_good_forecast_stays(
    estimator: TimelineEstimator, path: list[Any], value: Any, field: str, said: str
) -> None:
    before = copy.deepcopy((estimator.plan, estimator.forecast))
    answer = ask(estimator, "edit", tab="when", known=[], plan=changed(path, value))
    faults = {fault["field"]: fault["sentence"] for fault in answer["faults"]}
    assert said in faults[field]
    assert (estimator.plan, estimator.forecast) == before


def test_every_fault_is_said_at_once(estimator: TimelineEstimator) -> None:
    plan = changed(["tasks", 2, "weeks"], -1, changed(["risks", 0, "probability"], 7))
    answer = ask(estimator, "edit", tab="when", known=[], plan=plan)
    assert [fault["field"] for fault in answer["faults"]] == ["tasks[2].weeks", "risks[0].probability"]


def test_a_page_that_knows_a_drawing_gets_its_numbers_alone(estimator: TimelineEstimator) -> None:
    first = ask(estimator, "look", tab="when", known=[])["tab"]["figures"]
    assert all("spec" in figure for figure in first)
    known = [figure["drawing"] for figure in first]
    moved = changed(["tasks", 2, "weeks"], 2.5)
    again = ask(estimator, "edit", tab="when", known=known, plan=moved)["tab"]["figures"]
    assert [figure["id"] for figure in again] == [figure["id"] for figure in first]
    assert not any("spec" in figure for figure in again)
    assert again[0]["datasets"] != first[0]["datasets"]


@pytest.mark.parametrize("tab", ["when", "drivers", "compare", "past", "keep"])
@pytest.mark.parametrize(
    "plan",
    [
        TOY,
        {"title": "One", "start": "2027-01-04", "tasks": [{"id": "a", "weeks": 1}]},
        changed(["research", "success"], 0),
        {"title": "R", "start": "2027-01-04", "research": TOY["research"]},
    ],
    ids=["toy", "one task", "never", "research only"],
)
def test_every_tab_shows_any_plan(estimator: TimelineEstimator, tab: str, plan: dict[str, Any]) -> None:
    ask(estimator, "scenario", tab=tab, known=[], action="keep")
    ask(estimator, "past", tab=tab, known=[], name="x", text=None)
    answer = ask(estimator, "edit", tab=tab, known=[], plan=plan)
    assert answer["tab"]["name"] == tab
    assert answer["answer"]["sentence"]
    json.dumps(answer, allow_nan=False, default=str)


def test_hints_name_the_control_that_they_are_about(estimator: TimelineEstimator) -> None:
    estimator.plan = changed(["deadline"], "2027-12-25")
    found = ask(estimator, "hints")
    assert "deadline" in [hint["path"] for hint in found["hints"]]
    assert "seed 0" in found["made"]


# -- scenarios ----------------------------------------------------------------------------------------------------


def test_a_plan_kept_as_a_is_compared_with_what_becomes_of_it(estimator: TimelineEstimator) -> None:
    kept = ask(estimator, "scenario", tab="compare", known=[], action="keep")
    assert kept["tab"]["verdict"] == "A and B are the same in every future."
    longer = ask(estimator, "edit", tab="compare", known=[], plan=changed(["tasks", 2, "weeks"], 4))
    assert "later" in longer["tab"]["verdict"]
    assert "2 weeks later than with A" in longer["answer"]["compared"]
    assert estimator.scenario == dump(Plan.model_validate(TOY))
    ask(estimator, "scenario", tab="compare", known=[], action="swap")
    assert (estimator.plan["tasks"][2]["weeks"], estimator.scenario["tasks"][2]["weeks"]) == (2, 4)
    ask(estimator, "scenario", tab="compare", known=[], action="return")
    assert estimator.plan["tasks"][2]["weeks"] == 4
    ask(estimator, "scenario", tab="compare", known=[], action="forget")
    assert estimator.scenario == {}
    assert "error" in ask(estimator, "scenario", tab="compare", known=[], action="swap")


def test_code_may_set_and_take_away_the_scenario(estimator: TimelineEstimator) -> None:
    estimator.scenario = changed(["tasks", 2, "weeks"], 1)
    assert "later" in ask(estimator, "look", tab="compare", known=[])["tab"]["verdict"]
    estimator.scenario = {}
    assert ask(estimator, "look", tab="compare", known=[])["tab"]["kept"] is None


# -- past estimates -----------------------------------------------------------------------------------------------


def test_past_overruns_are_switched_on_by_hand_and_said(estimator: TimelineEstimator) -> None:
    assert "error" in ask(estimator, "overrun", tab="past", known=[], on=True)
    read = ask(estimator, "past", tab="past", known=[], name="ours.csv", text=PAST)
    assert (read["tab"]["source"], read["tab"]["count"], read["answer"]["overrun"]) == ("ours.csv", 6, 0)
    on = ask(estimator, "overrun", tab="past", known=[], on=True)
    assert on["answer"]["overrun"] == 6
    assert len(estimator.plan["overrun"]) == 6
    off = ask(estimator, "overrun", tab="past", known=[], on=False)
    assert off["answer"]["overrun"] == 0
    assert "overrun" not in estimator.plan


def test_a_file_of_past_estimates_with_faults_is_refused_line_by_line(estimator: TimelineEstimator) -> None:
    error = ask(estimator, "past", tab="past", known=[], name="ours.csv", text=PAST + "t,two,3,4\n")["error"]
    assert error.startswith("ours.csv:8: p50_weeks")


# -- files --------------------------------------------------------------------------------------------------------


def test_a_plan_that_was_exported_reads_back_to_the_same_forecast(estimator: TimelineEstimator) -> None:
    exported = ask(estimator, "export", format="yaml")
    assert exported["filename"].startswith("toy-")
    other = TimelineEstimator("llm-feature", draws=1024)
    answer = ask(other, "read", tab="when", known=[], name="toy.yaml", text=exported["buffers"][0].decode())
    assert answer["plan"] == estimator.plan
    assert other.as_forecast.to_dict() == estimator.as_forecast.to_dict()


def test_a_yaml_with_faults_is_refused_with_its_lines_and_the_plan_stays(estimator: TimelineEstimator) -> None:
    error = ask(estimator, "read", tab="when", known=[], name="x.yaml", text="title: X\nstart: soon\n")["error"]
    assert "x.yaml:2: start: found 'soon'" in error
    assert estimator.plan["title"] == "Toy"


@pytest.mark.parametrize("kind", ["markdown", "html", "csv", "ics", "yaml", "json"])
def test_every_file_can_be_taken(estimator: TimelineEstimator, kind: str) -> None:
    answer = ask(estimator, "export", format=kind)
    assert len(answer["buffers"][0]) > 100


def test_a_template_replaces_the_plan_and_an_unknown_one_is_refused(estimator: TimelineEstimator) -> None:
    answer = ask(estimator, "template", tab="when", known=[], name="replace-model")
    assert answer["plan"] == dump(load_plan("replace-model"))
    assert estimator.templates[0]["name"] == "new-model"
    assert "error" in ask(estimator, "template", tab="when", known=[], name="../../etc/passwd")


# -- work from elsewhere ------------------------------------------------------------------------------------------

WORK: dict[str, Any] = {
    "tasks": [{"id": "ready-drill", "title": "Rehearse it", "weeks": 30}],
    "risks": [{"id": "ready-late", "probability": 1, "weeks": 2, "delays": "pass-the-gate"}],
}


def test_work_is_added_in_one_step_and_twice_is_once(estimator: TimelineEstimator) -> None:
    seen = []
    estimator.observe(lambda change: seen.append(change["new"]), "plan")
    estimator.add_work(WORK, before="rollout")
    assert estimator.as_plan.tasks_by_id["rollout"].after == ("pipeline", "serving", "ready-drill")
    assert [risk.delays for risk in estimator.as_plan.risks] == ["pipeline", "rollout"]
    assert estimator.forecast["weeks"]["p50"] >= 30 + 2 + 2  # the work, the rollout and what delays it
    assert len(seen) == 1
    estimator.add_work(WORK, before="rollout")
    assert len(seen) == 1


def test_work_beside_the_plan_ends_in_a_gate(estimator: TimelineEstimator) -> None:
    estimator.add_work(WORK)
    assert estimator.as_plan.tasks_by_id["pass-the-gate"].after == ("ready-drill",)
    assert estimator.plan["tasks"][:3] == dump(Plan.model_validate(TOY))["tasks"]


@pytest.mark.parametrize(
    ("work", "before", "said"),
    [
        (WORK, "roll-out", "the nearest is 'rollout'"),
        ({}, None, "neither tasks nor risks"),
        ({"tasks": [{"id": "a", "weeks": -1}]}, None, r"tasks\[0\].weeks"),
        ({"tasks": [{"id": "a", "weeks": 1}, {"id": "a", "weeks": 1}]}, None, "a second time"),
        ({"tasks": [{"id": "a", "weeks": 1, "after": ["rollout"]}]}, "rollout", "wait for each other"),
        ({"tasks": [{"id": "a", "weeks": 1, "after": ["nowhere"]}]}, None, "unknown task 'nowhere'"),
        ({"task": []}, None, "unknown key 'task'"),
    ],
)
def test_work_that_does_not_fit_is_refused_and_changes_nothing(
    estimator: TimelineEstimator, work: dict[str, Any], before: str | None, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        estimator.add_work(work, before=before)
    assert estimator.as_plan == Plan.model_validate(TOY)


def test_a_files_work_is_added_to_the_plan_on_the_page(estimator: TimelineEstimator) -> None:
    text = "tasks:\n  - {id: ready-drill, weeks: 1}\n"
    given = {"tab": "when", "known": [], "name": "work.yaml"}
    answer = ask(estimator, "work", **given, text=text, before="rollout")
    assert answer["added"] == "1 task"
    assert answer["plan"] == estimator.plan
    assert "ready-drill" in estimator.as_plan.tasks_by_id["rollout"].after
    error = ask(estimator, "work", **given, text=text + "  - {id: b, weeks: soon}\n", before="rollout")["error"]
    assert error.startswith("work.yaml:3: tasks[1].weeks")
    assert "roll" in ask(estimator, "work", **given, text=text, before="roll")["error"]


def test_of_a_whole_plan_only_its_work_is_added(estimator: TimelineEstimator) -> None:
    text = (
        "title: Ready\nstart: 2028-01-03\nteam: {people: 2}\ntasks:\n  - {id: drill, weeks: 1}\n"
        "  - {id: pass-the-gate, weeks: 0, after: [drill]}\n"
        "risks:\n  - {id: late, probability: 0.5, weeks: 1, delays: pass-the-gate}\n"
    )
    answer = ask(estimator, "work", tab="when", known=[], name="plan.yaml", text=text, before="rollout")
    assert answer["added"] == "2 tasks and 1 risk"
    assert (estimator.plan["title"], estimator.plan["start"], "team" in estimator.plan) == ("Toy", "2027-01-04", False)
    assert estimator.as_plan.tasks_by_id["rollout"].after == ("pipeline", "serving", "pass-the-gate")
    assert estimator.as_plan.risks[-1].delays == "pass-the-gate"


# -- saved plans --------------------------------------------------------------------------------------------------


@ON_BOTH
def test_a_saved_plan_keeps_its_versions_and_opens_again(estimator: TimelineEstimator, workspace: Workspace) -> None:
    ask(estimator, "save", tab="keep", known=[], name="Ranking", note="first")
    estimator.plan = changed(["tasks", 2, "weeks"], 4)
    saved = ask(estimator, "save", tab="keep", known=[], name="Ranking", note="longer", base=1)
    assert saved["unchanged"] is False
    assert saved["answer"]["saved"] == {"name": "Ranking", "version": 2}
    (plan,) = saved["tab"]["saving"]["plans"]
    assert [(each["version"], each["note"]) for each in plan["versions"]] == [(2, "longer"), (1, "first")]
    ask(estimator, "saved", tab="when", known=[], name="Ranking", version=1, use="open")
    assert estimator.plan["tasks"][2]["weeks"] == 2
    ask(estimator, "saved", tab="compare", known=[], name="Ranking", version=2, use="compare")
    assert estimator.scenario["tasks"][2]["weeks"] == 4
    first, second = (workspace.plans.get("Ranking", version).forecast["weeks"]["p50"] for version in (1, 2))
    assert first + 2 == pytest.approx(second)


@ON_BOTH
def test_who_saves_upon_an_older_version_is_told_of_the_newer_one(estimator: TimelineEstimator) -> None:
    ask(estimator, "save", tab="keep", known=[], name="Ranking")
    estimator.plan = changed(["tasks", 2, "weeks"], 4)
    conflict = ask(estimator, "save", tab="keep", known=[], name="ranking")
    assert conflict["newest"] == 1
    assert "Ranking" in conflict["conflict"]
    assert ask(estimator, "save", tab="keep", known=[], name="ranking", base=1)["answer"]["saved"]["version"] == 2


def test_without_a_workspace_saving_says_so() -> None:
    widget = TimelineEstimator(Plan.model_validate(TOY), draws=256)
    assert ask(widget, "look", tab="keep", known=[])["tab"]["saving"]["possible"] is False
    assert "workspace" in ask(widget, "save", tab="keep", known=[], name="x")["error"]


@pytest.mark.usefixtures("served")
def test_on_a_served_page_saved_plans_need_the_key(workspace: Workspace) -> None:
    workspace.plans.save("Secret plan", Plan.model_validate(TOY), {"a": 1})
    widget = TimelineEstimator(Plan.model_validate(TOY), draws=256, workspace=lambda: workspace)
    locked = ask(widget, "look", tab="keep", known=[])
    assert locked["tab"]["saving"] == {"locked": True, "possible": True}
    assert "Secret" not in json.dumps(locked, default=str)
    requests: list[tuple[str, dict[str, Any]]] = [
        ("save", {"name": "x"}),
        ("saved", {"name": "Secret plan", "version": 1, "use": "open"}),
        ("delete", {"name": "Secret plan"}),
    ]
    for kind, payload in requests:
        assert "key" in ask(widget, kind, tab="keep", known=[], **payload)["error"]
    assert "not the facilitator" in ask(widget, "unlock", key="wrong")["error"]
    assert "error" not in ask(widget, "unlock", key=KEY)
    assert "Secret plan" in json.dumps(ask(widget, "look", tab="keep", known=[]), default=str)


# -- what a browser may not do ------------------------------------------------------------------------------------


def test_what_the_browser_writes_is_ignored(estimator: TimelineEstimator) -> None:
    estimator.set_state({"plan": {}, "forecast": {}, "scenario": {"a": 1}})
    assert estimator.plan["title"] == "Toy"
    assert estimator.forecast["plan"] == "Toy"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("edit", {"plan": []}),
        ("edit", {"plan": {"tasks": {"a": 1}}}),
        ("edit", {"plan": {}, "tab": "secret"}),
        ("look", {"known": "x"}),
        ("look", {"known": ["x"] * 1000}),
        ("export", {"format": "exe"}),
        ("scenario", {"action": "burn"}),
    ],
)
def test_a_forged_message_gets_a_word_and_changes_nothing(
    estimator: TimelineEstimator, kind: str, payload: dict[str, Any]
) -> None:
    base = {} if kind == "export" else {"tab": "when", "known": []}
    answer = ask(estimator, kind, **{**base, **payload})
    assert answer.get("error") or answer.get("faults")
    assert estimator.plan["title"] == "Toy"
