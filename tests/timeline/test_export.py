"""Files of a forecast: other programs read the same numbers in them, and the plan comes back as it was."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from tests.plans import MONDAY, NASTY, TYPED, a_plan, plans

from mlmgmt_widgets import documents
from mlmgmt_widgets.content import names, validate
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import export, wording
from mlmgmt_widgets.timeline.export_yaml import to_yaml
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.plan import Plan, load_plan
from mlmgmt_widgets.timeline.simulation import simulate

DRAWS = 1024
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SHIPPED = names("plans")


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return simulate(a_plan(deadline="2027-02-26"), DRAWS)


@pytest.fixture(scope="module")
def shipped() -> Forecast:
    return simulate(load_plan("new-model"), DRAWS)


def no_go() -> Forecast:
    return simulate(a_plan(research={"timebox_weeks": 2, "success": 0, "max_experiments": 2}), DRAWS)


def read(text: str) -> Plan:
    """A plan as `load_plan` and `mlmgmt forecast` read it."""
    return validate(documents.parse_document("plan.yaml", text.encode("utf-8")), Plan)


# -- YAML -----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(plans())
def test_a_plan_of_any_shape_is_read_back_as_it_was(plan: Plan) -> None:
    text = to_yaml(plan)
    assert read(text) == plan
    # PyYAML reads YAML 1.1, in which other texts are no texts: it finds the same values.
    assert yaml.safe_load(text) == _plain(plan.model_dump(exclude_defaults=True))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("title", NASTY)
def test_a_title_is_text_whatever_it_looks_like(title: str) -> None:
    plan = a_plan(title=title, tasks=[{"id": "a", "title": title, "weeks": 1}])
    text = to_yaml(plan)
    assert read(text) == plan
    assert yaml.safe_load(text)["title"] == title.strip()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_plan_forecasts_the_same_when_it_is_read_back(name: str, tmp_path: Path) -> None:
    before = simulate(load_plan(name), DRAWS, 3)
    file, data = export.file(before, "yaml", made_at=NOW)
    (tmp_path / file).write_bytes(data)
    after = simulate(load_plan(tmp_path / file), DRAWS, 3)
    assert after.plan == before.plan
    assert export.to_json(after) == export.to_json(before)


def test_a_plan_is_written_to_be_read_in_a_diff() -> None:
    plan = Plan.model_validate(
        {
            "title": "Ranking: second try",
            "start": "2027-01-04",
            "team": {"people": 5.0, "availability": 0.85, "holidays": "NO", "days_off": ["2027-02-12", "2027-02-15"]},
            "research": {
                "timebox_weeks": {"low": 2, "likely": 3, "high": 4, "distribution": "pert"},
                "success": {"successes": 3, "trials": 10},
                "max_experiments": 5,
            },
            "tasks": [
                {
                    "id": "pipeline",
                    "title": "Training pipeline",
                    "weeks": {"p10": 1.5, "p90": 8},
                    "after": ["research"],
                },
                {"id": "serving", "effort_weeks": 8.0, "after": ["research"]},
                {"id": "rollout", "weeks": {"history": [2, 3, 3.5, 5, 8]}, "after": ["pipeline", "serving"]},
            ],
            "risks": [{"id": "data", "probability": 0.2, "weeks": 2, "delays": "pipeline"}],
            "deadline": "2027-06-30",
        }
    )
    assert to_yaml(plan) == (
        "title: 'Ranking: second try'\n"
        "start: 2027-01-04\n"
        "team:\n"
        "  people: 5\n"
        "  availability: 0.85\n"
        "  holidays: 'NO'\n"
        "  days_off: [2027-02-12, 2027-02-15]\n"
        "research:\n"
        "  timebox_weeks: {low: 2, likely: 3, high: 4}\n"
        "  success: {successes: 3, trials: 10}\n"
        "  max_experiments: 5\n"
        "tasks:\n"
        "  - id: pipeline\n"
        "    title: Training pipeline\n"
        "    weeks: {p10: 1.5, p90: 8}\n"
        "    after: [research]\n"
        "  - id: serving\n"
        "    effort_weeks: 8\n"
        "    after: [research]\n"
        "  - id: rollout\n"
        "    weeks: {history: [2, 3, 3.5, 5, 8]}\n"
        "    after: [pipeline, serving]\n"
        "risks:\n"
        "  - id: data\n"
        "    probability: 0.2\n"
        "    weeks: 2\n"
        "    delays: pipeline\n"
        "deadline: 2027-06-30\n"
    )


def test_a_changed_number_changes_one_line() -> None:
    plan = load_plan("new-model")
    first = plan.tasks[0].model_copy(update={"weeks": 2.5})
    changed = plan.model_copy(update={"tasks": (first, *plan.tasks[1:])})
    before, after = (to_yaml(each).splitlines() for each in (plan, changed))
    assert [line for line in after if line not in before] == ["    weeks: 2.5"]
    assert len(before) == len(after)


def test_no_alias_is_written_where_the_same_day_stands_twice() -> None:
    plan = a_plan(start=MONDAY, deadline=MONDAY, team={"days_off": [MONDAY, MONDAY]})
    assert not re.search(r"[&*]", to_yaml(plan))


def test_a_plan_that_is_too_large_to_be_read_is_refused() -> None:
    plan = a_plan(title="x" * documents.SIZE_LIMIT)
    with pytest.raises(Refusal, match="more than the 2,000,000 bytes"):
        to_yaml(plan)


# -- CSV and JSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["research", "tasks alone", "no-go"])
def test_the_trials_are_those_of_the_data_frame_to_the_last_digit(shipped: Forecast, kind: str) -> None:
    alone = a_plan(research=None, tasks=[{"id": "a", "weeks": {"low": 1, "likely": 2, "high": 4}}])
    forecast = {"research": shipped, "tasks alone": simulate(alone, DRAWS), "no-go": no_go()}[kind]
    frame = forecast.to_frame()
    header, *rows = csv.reader(io.StringIO(export.to_csv(forecast)))
    assert header == list(frame.columns)
    for name, cells in zip(header, zip(*rows, strict=True), strict=True):
        if name == "date":
            assert pd.to_datetime(pd.Series(cells)).tolist() == frame[name].tolist()
        elif name == "delivered":
            assert cells == tuple(map(str, frame[name]))
        else:
            np.testing.assert_array_equal([float(cell or "nan") for cell in cells], frame[name])


def test_a_no_go_has_neither_weeks_nor_a_date(shipped: Forecast) -> None:
    rows = list(csv.DictReader(io.StringIO(export.to_csv(shipped))))
    assert len(rows) == DRAWS
    empty = [not row["weeks"] and not row["date"] for row in rows]
    assert empty == (~shipped.trials.delivered).tolist()
    assert 0 < sum(empty) < DRAWS


@settings(max_examples=30)
@given(plans())
def test_no_cell_of_the_trials_is_taken_for_a_formula(plan: Plan) -> None:
    cells = [cell for row in csv.reader(io.StringIO(export.to_csv(simulate(plan, 256)))) for cell in row]
    assert not [cell for cell in cells if re.match(r"[^0-9a-z]", cell) and cell not in {"True", "False"}]


def test_json_is_what_the_command_prints(forecast: Forecast) -> None:
    name, data = export.file(forecast, "json", made_at=NOW)
    assert name == "a-ranking-model-2026-11-24.json"
    assert json.loads(data) == json.loads(json.dumps(forecast.to_dict()))


# -- iCalendar ------------------------------------------------------------------------------------------------------


def events(data: bytes) -> dict[str, Any]:
    """The entries of a calendar by the beginning of their summaries."""
    calendar = Calendar.from_ical(data)
    assert calendar["version"] == "2.0"
    return {str(event["summary"]).rsplit(": ", 1)[0]: event for event in calendar.walk("VEVENT")}


def test_the_calendar_has_start_gates_deliveries_and_deadline(forecast: Forecast) -> None:
    # Boxes of two weeks from Monday, 4 January end on the Fridays of every second week. Research ends with the first
    # round in half of the futures and by the second in three quarters, so eight in ten need the third; three weeks
    # follow. Of the seven in eight that deliver, four need one round (P50) and six two (P80 = 0.8 x 7 = 5.6 of them).
    found = events(export.to_ics(forecast, stamp=NOW))
    assert {name: event["dtstart"].dt for name, event in found.items()} == {
        "Start": date(2027, 1, 4),
        "Gate: experiment round 1 ends (P50)": date(2027, 1, 15),
        "Gate: experiment round 2 ends (P50)": date(2027, 1, 29),
        "Gate: experiment round 3 ends (P50)": date(2027, 2, 12),
        "Go/no-go: research ends (P80)": date(2027, 2, 12),
        "P50 delivery": date(2027, 2, 5),
        "P80 delivery": date(2027, 2, 19),
        "Deadline": date(2027, 2, 26),
    }
    assert all(type(event["dtstart"].dt) is date for event in found.values())
    assert found["P80 delivery"]["dtstart"].dt == forecast.date(0.8)
    assert {str(event["transp"]) for event in found.values()} == {"TRANSPARENT"}


def test_a_gate_is_the_middle_of_its_round_and_the_decision_its_p80() -> None:
    # Triangular on 2..5 with its peak at 3: above the peak, 1 - (5 - x)^2 / 6 of all values are below x. P50 is
    # 5 - sqrt(3) = 3.27 weeks, on the 17th working day; P80 is 5 - sqrt(1.2) = 3.90 weeks, on the 20th.
    timebox = {"low": 2, "likely": 3, "high": 5, "distribution": "triangular"}
    forecast = simulate(a_plan(research={"timebox_weeks": timebox, "success": 0.5, "max_experiments": 1}), DRAWS)
    found = events(export.to_ics(forecast, stamp=NOW))
    assert found["Gate: experiment round 1 ends (P50)"]["dtstart"].dt == date(2027, 1, 26)
    assert found["Go/no-go: research ends (P80)"]["dtstart"].dt == date(2027, 1, 29)


def test_descriptions_say_how_likely_it_is_and_that_nothing_is_promised(forecast: Forecast) -> None:
    found = events(export.to_ics(forecast, stamp=NOW))
    said = {name: str(event["description"]) for name, event in found.items()}
    assert all("a forecast, not a promise" in words for name, words in said.items() if name != "Start")
    assert "takes place at all is 50 % likely" in said["Gate: experiment round 2 ends (P50)"]
    assert "takes place at all is more than 95 % likely" in said["Gate: experiment round 1 ends (P50)"]
    assert wording.percent(forecast.success_probability) == "88 %"  # 7 in 8
    assert "if it is delivered at all, which is 88 % likely" in said["P50 delivery"]
    assert wording.deadline(forecast) in said["Deadline"]


def test_a_calendar_says_no_more_than_the_plan() -> None:
    plain = simulate(a_plan(research=None, tasks=[{"id": "a", "weeks": 2}]), DRAWS)
    assert list(events(export.to_ics(plain, stamp=NOW))) == ["Start", "P50 delivery", "P80 delivery"]
    assert not [name for name in events(export.to_ics(no_go(), stamp=NOW)) if "delivery" in name]
    sure = simulate(a_plan(research={"timebox_weeks": 2, "success": 1, "max_experiments": 3}), DRAWS)
    assert [name for name in events(export.to_ics(sure, stamp=NOW)) if "Gate" in name] == [
        "Gate: experiment round 1 ends (P50)"
    ]


def test_the_first_day_of_work_is_a_working_day() -> None:
    forecast = simulate(a_plan(start="2027-01-01", team={"holidays": "GB"}), DRAWS)
    assert events(export.to_ics(forecast, stamp=NOW))["Start"]["dtstart"].dt == date(2027, 1, 4)


def test_equal_forecasts_give_equal_bytes() -> None:
    one, two = (export.to_ics(simulate(load_plan("llm-feature"), DRAWS), stamp=NOW) for _ in range(2))
    assert one == two
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert export.to_ics(simulate(load_plan("llm-feature"), DRAWS), stamp=elsewhere) == one


def test_a_newer_forecast_takes_the_place_of_an_older_one(forecast: Forecast) -> None:
    changed = simulate(
        a_plan(deadline="2027-02-26", tasks=[{"id": "rollout", "weeks": 5, "after": ["research"]}]), DRAWS
    )
    older = events(export.to_ics(forecast, stamp=NOW))
    newer = events(export.to_ics(changed, stamp=NOW + timedelta(minutes=1)))
    assert [str(event["uid"]) for event in newer.values()] == [str(event["uid"]) for event in older.values()]
    assert len({str(event["uid"]) for event in older.values()}) == len(older)
    for name, event in newer.items():
        assert event["dtstamp"].dt > older[name]["dtstamp"].dt
        assert event["sequence"] > older[name]["sequence"]
    other = simulate(a_plan(title="Another model"), DRAWS)
    uids = {str(event["uid"]) for event in events(export.to_ics(other, stamp=NOW)).values()}
    assert not uids & {str(event["uid"]) for event in older.values()}


@pytest.mark.parametrize("title", [TYPED, *NASTY, "x\r\nATTENDEE:mailto:boss@example.org", "a;b,c\\n"])
def test_what_people_typed_stays_text_in_a_calendar(title: str) -> None:
    data = export.to_ics(simulate(a_plan(title=title), 256), stamp=NOW)
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)  # octets: RFC 5545, 3.1
    assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines))
    (start, *_) = Calendar.from_ical(data).walk("VEVENT")
    assert set(start) == {"SUMMARY", "DTSTART", "DTSTAMP", "UID", "SEQUENCE", "DESCRIPTION", "TRANSP"}
    assert str(start["summary"]) == "Start: " + " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", title).split())


def test_a_stamp_without_a_time_zone_is_refused(forecast: Forecast) -> None:
    with pytest.raises(Refusal, match="needs a time zone"):
        export.to_ics(forecast, stamp=datetime(2026, 11, 24))  # noqa: DTZ001 - that is the point


# -- files ----------------------------------------------------------------------------------------------------------


def test_an_unknown_kind_is_refused_with_those_there_are(forecast: Forecast) -> None:
    with pytest.raises(Refusal, match="markdown, html, csv, ics, yaml, json"):
        export.file(forecast, "exe", made_at=NOW)


@pytest.mark.parametrize(
    ("title", "name"),
    [(TYPED, "script-alert-x-script-bold-quoted-hyperlink-1"), ("🚀", "plan"), ("../../etc/passwd", "etc-passwd")],
)
def test_a_file_is_named_after_plan_and_day(title: str, name: str) -> None:
    forecast = simulate(a_plan(title=title), 256)
    assert export.file(forecast, "yaml", made_at=NOW)[0] == f"{name}-2026-11-24.yaml"


@pytest.mark.parametrize("kind", ["markdown", "csv", "ics", "yaml", "json"])
def test_a_file_of_the_same_forecast_has_the_same_bytes(kind: str) -> None:
    one, two = (export.file(simulate(a_plan(), DRAWS), kind, made_at=NOW) for _ in range(2))
    assert one == two


@settings(max_examples=20)
@given(plans(), st.sampled_from(["csv", "ics", "yaml", "json", "markdown"]))
def test_a_plan_of_any_shape_can_be_exported(plan: Plan, kind: str) -> None:
    assert export.file(simulate(plan, 256), kind, made_at=NOW)[1]
