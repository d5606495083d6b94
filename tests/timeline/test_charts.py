"""Charts are valid whatever the plan is, hold the forecast's numbers, and stay the same drawing when these move."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.timeline.shapes import plan, plans, serial

from mlmgmt_widgets.timeline import Forecast, Plan, charts, load_plan, simulate, whatif
from mlmgmt_widgets.timeline.calibration import calibrate
from mlmgmt_widgets.timeline.charts_dates import Places, Span, around, axis
from mlmgmt_widgets.timeline.charts_histogram import bins
from mlmgmt_widgets.timeline.past_estimates import PastEstimate
from mlmgmt_widgets.ui.chart_rows import text_width, wrap
from mlmgmt_widgets.ui.figure import Figure

DRAWS = 1024
RANGE = {"low": 1, "likely": 2, "high": 5}
LONG = "A title that goes on and on until nobody knows any more what it was about " * 3


def research(success: float = 0.4, most: int = 3) -> dict[str, Any]:
    return {"timebox_weeks": {"low": 2, "likely": 3, "high": 4}, "success": success, "max_experiments": most}


def many(count: int) -> Plan:
    """Chains of three tasks side by side; each has a title of its own."""
    tasks = [
        {"id": f"t{i}", "title": f"Task number {i}", "weeks": RANGE, "after": [f"t{i - 3}"] if i > 2 else []}
        for i in range(count)
    ]
    return plan(*tasks, deadline="2029-12-31")


CASES = {
    "a template": load_plan("new-model"),
    "no research": serial(RANGE, {"p10": 2, "p90": 6}),
    "research alone": plan(research=research()),
    "hardly ever": serial(RANGE, research=research(0.02), deadline="2027-03-01"),
    "never": serial(RANGE, research=research(0.0), deadline="2027-03-01"),
    "one task": serial(RANGE, deadline="2027-01-22"),
    "nothing uncertain": serial(2, 3),
    "no work at all": serial(0),
    "over Christmas": serial(0.8, RANGE, start="2026-12-14", team={"holidays": "GB"}),
    "three years": serial(*[{"low": 8, "likely": 16, "high": 40}] * 7, research=research()),
    "centuries": serial(*[{"low": 100, "likely": 300, "high": 520}] * 40),
    "fifty tasks": many(50),
    "long words": plan({"id": "a", "title": LONG, "weeks": RANGE}, {"id": "b" * 60, "weeks": 1, "after": ["a"]}),
    "a deadline long past": serial(RANGE, {"low": 30, "likely": 40, "high": 60}, deadline="2027-01-05"),
}


@cache
def simulated(case: str) -> Forecast:
    return simulate(CASES[case], DRAWS)


def changed(forecast: Forecast, **changes: Any) -> Forecast:
    """The forecast of the same plan with other values."""
    return simulate(Plan.model_validate(forecast.plan.model_dump(mode="json") | changes), forecast.draws, forecast.seed)


@cache
def figures(case: str) -> tuple[Figure, ...]:
    """Every chart of a plan."""
    return tuple(_figures(simulated(case)))


def _figures(forecast: Forecast) -> Iterator[Figure]:
    given = (forecast.plan, DRAWS)
    first, *others = forecast.plan.model_dump(mode="json")["tasks"] or [{"id": "new", "weeks": 1}]
    first = {key: value for key, value in first.items() if key not in {"effort_weeks", "people"}} | {"weeks": 2}
    other = changed(forecast, tasks=[first, *others])
    compared = forecast.compare(other)
    yield charts.delivery(forecast)
    yield charts.delivery(forecast, other, "saved 3 November")
    yield charts.histogram(forecast)
    yield charts.schedule(forecast)
    yield charts.drivers(forecast)
    yield charts.trade_off(whatif.more_experiments(*given), whatif.side_by_side(*given))
    yield charts.research_share(whatif.research_shares(*given))
    yield charts.comparison(compared, forecast, other)
    yield charts.changes(compared)


PAST = [
    PastEstimate("Late", date(2026, 5, 1), 2, 3, 5),
    PastEstimate("Undated", None, 2, None, 1),
    PastEstimate("Early", date(2024, 2, 1), 4, 6, 4),
    PastEstimate("Between", date(2025, 2, 1), 1, 2, 1.5),
]
SAVED = [
    charts.Saved("Second", date(2026, 12, 1), date(2027, 6, 1), date(2027, 7, 22), 0.7),
    charts.Saved(LONG, date(2026, 11, 3), date(2027, 6, 8), date(2027, 7, 1), 0.8),
    charts.Saved("Third", date(2027, 1, 12), None, None, 0.0),
]


def of_the_past() -> Iterator[Figure]:
    yield charts.calibration(calibrate(PAST))
    yield charts.calibration(calibrate(PAST[1:2]))
    yield charts.versions(SAVED)
    yield charts.versions(SAVED[2:])
    yield charts.versions([])


def named_in(spec: dict[str, Any]) -> set[str]:
    """The datasets that a layout takes from its figure."""
    return {layer["data"]["name"] for layer in spec["layer"]} - set(spec.get("datasets", {}))


@cache
def fits_the_schema(drawing: str) -> bool:
    """Whether Vega-Lite knows all that is in a drawing."""
    alt.LayerChart.from_dict(json.loads(drawing))
    return True


def valid(figure: Figure) -> None:
    payload = figure.payload()
    text = json.dumps(payload, allow_nan=False)
    for layout in ("spec", "narrow"):
        assert fits_the_schema(json.dumps(payload[layout]))
        assert payload[layout]["height"] > 0
        assert named_in(payload[layout]) <= set(figure.data)
    assert named_in(payload["spec"]) | named_in(payload["narrow"]) == set(figure.data)
    assert not re.search(r"#[0-9a-f]{3,8}\b", text.replace(json.dumps(payload["paper"]), ""))
    assert payload["title"]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", payload["id"])
    assert all(len(row) == len(payload["columns"]) for row in payload["rows"])


@pytest.mark.parametrize("case", CASES)
def test_charts_are_valid_whatever_the_plan_is(case: str) -> None:
    for figure in figures(case):
        valid(figure)


def test_charts_of_the_past_are_valid() -> None:
    for figure in of_the_past():
        valid(figure)


def layouts(figure: Figure, width: int) -> Iterator[dict[str, Any]]:
    """Complete specifications of both layouts."""
    yield figure.spec(width)
    yield Figure(figure.id, figure.title, "", figure.narrow or figure.chart, [], [], data=figure.data).spec(358)


@pytest.mark.parametrize("case", ["a template", "never", "no work at all", "nothing uncertain"])
def test_charts_compile_without_a_warning(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    for figure in (*figures(case), *of_the_past()):
        for spec in layouts(figure, 720):
            vl_convert.vegalite_to_vega(spec, show_warnings=True)
    assert "WARN" not in "".join(capfd.readouterr())
    unfit = {"data": {"values": []}, "mark": "bar", "encoding": {"shape": {"field": "x", "type": "nominal"}}}
    vl_convert.vegalite_to_vega(unfit, show_warnings=True)
    assert "WARN" in "".join(capfd.readouterr())


@pytest.mark.parametrize("case", ["a template", "never", "fifty tasks", "centuries"])
def test_charts_can_be_drawn(case: str) -> None:
    for figure in figures(case):
        assert figure.svg().startswith("<svg")


@settings(max_examples=40)
@given(plans())
def test_figures_of_any_plan_are_plain_json_on_their_axes(data: dict[str, Any]) -> None:
    forecast = simulate(Plan.model_validate(data), 256)
    for figure in (charts.delivery(forecast), charts.histogram(forecast), charts.schedule(forecast)):
        json.dumps(figure.live(), allow_nan=False)
        for name, records in figure.data.items():
            for record in records:
                assert all(0 <= record[end] <= 1 for end in ("x", "x2") if end in record), name


# -- marks move in place --------------------------------------------------------------------------------------------


def test_a_number_that_moves_leaves_the_drawing_as_it_is() -> None:
    one = simulated("a template")
    tasks = one.plan.model_dump(mode="json")["tasks"]
    tasks[0]["weeks"] = {"p10": 2, "p90": 14}
    other = changed(one, tasks=tasks, deadline="2027-09-17", research=research(0.6, 4))
    for draw in (charts.delivery, charts.histogram, charts.schedule):
        before, after = draw(one), draw(other)
        assert before.chart is after.chart
        assert before.narrow is after.narrow
        assert before.live() != after.live()
        drawings = [{key: figure.payload()[key] for key in ("spec", "narrow", "config")} for figure in (before, after)]
        assert drawings[0] == drawings[1]
        assert before.data.keys() == after.data.keys()


def test_a_title_that_needs_another_line_on_a_phone_alone_is_another_drawing() -> None:
    short, longer = (plan({"id": "a", "title": title, "weeks": RANGE}) for title in ("Serving", "Serving " * 5))
    one, other = (charts.schedule(simulate(each, DRAWS)) for each in (short, longer))
    assert one.payload()["narrow"] != other.payload()["narrow"]
    assert one.chart is not other.chart


def test_the_other_forecast_can_come_and_go_in_place() -> None:
    forecast = simulated("a template")
    alone, laid_over = charts.delivery(forecast), charts.delivery(forecast, simulated("a template"), "A")
    assert alone.chart is laid_over.chart
    assert not alone.data["other"]
    assert laid_over.data["other"] == laid_over.data["curve"]
    assert "Dashed: A." in laid_over.description


# -- deliveries -----------------------------------------------------------------------------------------------------


def table(figure: Figure) -> dict[Any, dict[str, Any]]:
    """The rows by their first cell."""
    return {row[0]: dict(zip(figure.columns, row, strict=True)) for row in figure.rows}


def last_day(forecast: Forecast, weeks: float) -> date:
    """The ceil(5 w)-th working day, counted one by one."""
    day, left = forecast.plan.start, int(np.ceil(5 * weeks - 1e-9))
    free = set(forecast.plan.workdays.holidays)
    while True:
        if day.weekday() < 5 and day not in free:
            left -= 1
        if left <= 0:
            return day
        day += timedelta(days=1)


def test_the_table_of_the_delivery_agrees_with_the_trials() -> None:
    forecast = simulated("a template")
    rows = table(charts.delivery(forecast))
    delivered = forecast.trials.weeks[forecast.trials.delivered]
    success = len(delivered) / DRAWS
    for share in (0.1, 0.5, 0.8, 0.9, 0.95):
        row = rows[f"P{100 * share:.0f}"]
        weeks = np.quantile(delivered, share, method="hazen")
        assert row["Weeks of work"] == pytest.approx(weeks, abs=0.005)
        assert row["Date"] == last_day(forecast, weeks).isoformat()
        assert row["Of all futures (%)"] == pytest.approx(100 * share * success, abs=0.05)
    ended = forecast.to_frame()["date"]
    in_time = (ended <= "2027-07-30").mean()
    assert rows["Deadline"]["Of all futures (%)"] == pytest.approx(100 * in_time, abs=0.05)
    assert rows["No-go"]["Of all futures (%)"] == pytest.approx(100 * (1 - success), abs=0.05)
    assert rows["No-go"]["Date"] is None


def heights(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    """The curve as places and shares, by the lines of 0 and 100 % that are drawn."""
    layers = figure.payload()["spec"]
    levels = {
        float(record["text"].removesuffix(" %")) / 100: record["y"]
        for records in layers["datasets"].values()
        for record in records
        if str(record.get("text", "")).endswith("%")
    }
    points = figure.data["curve"]
    y = np.array([point["y"] for point in points])
    return np.array([point["x"] for point in points]), (levels[0.0] - y) / (levels[0.0] - levels[1.0])


@pytest.mark.parametrize("case", ["a template", "no research", "hardly ever"])
def test_the_curve_levels_off_at_the_chance_to_deliver_and_is_right_at_every_end_of_a_week(case: str) -> None:
    forecast = simulated(case)
    span = around([forecast.date(0.005), forecast.date(0.995), *filter(None, [forecast.plan.deadline])])
    x, share = heights(charts.delivery(forecast))
    assert np.all(np.diff(x) >= 0)
    assert np.all(np.diff(share) >= -1e-9)
    assert share[0] == pytest.approx(0, abs=1e-9)
    assert (
        forecast.success_probability - 0.006 < share[-1] <= forecast.success_probability + 1e-4
    )  # a hundredth of a pixel
    ended = forecast.to_frame()["date"].dropna()
    for sunday in (span.first + timedelta(days=6 - span.first.weekday() + 7 * i) for i in range(span.days // 7)):
        wanted = float((ended <= str(sunday)).sum()) / DRAWS
        assert np.interp(span.ends(sunday), x, share) == pytest.approx(wanted, abs=0.012)


def test_a_certain_plan_is_a_step() -> None:
    x, share = heights(charts.delivery(simulated("nothing uncertain")))
    inside = (share > 0.01) & (share < 0.99)
    assert np.ptp(x[inside]) == 0


def test_a_no_go_is_never_on_the_axis_of_dates() -> None:
    forecast = simulated("hardly ever")
    figure = charts.delivery(forecast)
    assert figure.data["no-go-said"][0]["text"] == "no-go\n94 %"
    histogram = charts.histogram(forecast)
    assert sum(row[2] for row in histogram.rows if row[0] != "No-go") == pytest.approx(
        100 * forecast.success_probability, abs=0.5
    )
    assert "x" not in histogram.data["tile"][0]
    assert charts.histogram(simulated("no research")).data["tile"] == []
    assert "No-go" not in table(charts.delivery(simulated("no research")))


def test_certainty_is_never_promised() -> None:
    forecast = changed(simulated("a template"), research=research(0.9, 3))
    said = json.dumps(charts.delivery(forecast).live()["datasets"], ensure_ascii=False)
    assert "delivered\\n> 95 %" in said
    assert "no-go\\n< 5 %" in said


def test_the_histogram_counts_every_delivery() -> None:
    forecast = simulated("a template")
    rows = charts.histogram(forecast).rows
    ended = forecast.to_frame()["date"]
    for begin, end, share in (row for row in rows if row[1] is not None):
        counted = ((ended >= begin) & (ended <= end)).mean()
        assert share == pytest.approx(100 * counted, abs=0.051)
    assert sum(row[2] for row in rows) == pytest.approx(100, abs=0.051 * len(rows))


@pytest.mark.parametrize("width", [720, 1040])
def test_the_tile_of_no_goes_compares_with_the_bars(width: int) -> None:
    forecast = changed(simulated("a template"))
    figure = charts.histogram(forecast)
    rects = rectangles(vl_convert.vegalite_to_scenegraph(figure.spec(width)))
    area = [sum(item["width"] * item["height"] for item in items) for items in rects if len(items) != len(figure.rows)]
    bars = max(area)
    tile = min(area)
    drawn = sum(row[2] for row in figure.rows if row[1] is not None)
    no_go = figure.rows[-1]
    assert no_go[0] == "No-go"
    assert tile / bars == pytest.approx(no_go[2] / drawn, rel=0.02)


def rectangles(node: Any) -> list[list[dict[str, Any]]]:
    """The items of every layer of rectangles."""
    if isinstance(node, list):
        return [found for each in node for found in rectangles(each)]
    if not isinstance(node, dict):
        return []
    own = [node["items"]] if node.get("marktype") == "rect" and node["items"] else []
    return own + rectangles(list(node.values()))


def test_a_deadline_far_off_is_named_and_moves_no_axis() -> None:
    near, far = (changed(simulated("no research"), deadline=day) for day in (None, "2040-01-31"))
    one, other = charts.delivery(near), charts.delivery(far)
    assert one.data["lines"] == other.data["lines"]
    assert other.data["due"] == []
    assert other.data["due-said"][0]["text"] == "deadline 31 Jan 2040: > 95 % →"


def boxes(labels: Any, frame_plot: float) -> list[tuple[float, float, float, float]]:
    """What labels cover, in pixels: left, right, top, bottom."""
    found = []
    for label in labels:
        start = frame_plot * label["x"] + label["dx"]
        end = start + text_width(label["text"], 12) * (1 if label["align"] == "left" else -1)
        found.append((min(start, end), max(start, end), label["y"] - 7, label["y"] + 7))
    return found


def overlapping(found: list[tuple[float, float, float, float]]) -> bool:
    return any(
        one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
        for i, one in enumerate(found)
        for other in found[:i]
    )


def test_the_name_of_the_other_forecast_covers_no_marked_day() -> None:
    for case in ("a template", "hardly ever", "no research"):
        forecast = simulated(case)
        tasks = [task | {"weeks": 4} for task in forecast.plan.model_dump(mode="json")["tasks"] if task["weeks"]]
        other = changed(forecast, tasks=[{**task, "after": []} for task in tasks], risks=[])
        for one, under in ((forecast, other), (other, forecast)):
            figure = charts.delivery(one, under, "saved 3 November")
            for end, plot in (("", 548), ("-narrow", 242)):
                assert not overlapping(boxes(figure.data[f"said{end}"] + figure.data[f"called{end}"], plot)), case


@pytest.mark.parametrize("case", CASES)
def test_the_marked_days_never_cover_each_other(case: str) -> None:
    forecast = simulated(case)
    for figure in (charts.delivery(forecast), charts.histogram(forecast)):
        for name, plot in (("said", 548), ("said-narrow", 242)):
            assert not overlapping(boxes(figure.data[name], plot)), name


def test_a_number_stays_on_a_line_with_its_per_cent_sign() -> None:
    lines = [line for width in range(60, 300, 7) for line in wrap("The chance is 35 % instead of 30 % of all", width)]
    assert not [line for line in lines if line.startswith("%")]


# -- axes of dates --------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1990, 1, 1), date(2200, 1, 1))


@given(st.lists(DAYS, min_size=1, max_size=4))
def test_an_axis_holds_its_days_and_begins_and_ends_with_whole_weeks_months_or_years(days: list[date]) -> None:
    span = around(days)
    assert all(span.shows(day) for day in days)
    ends = (span.first, span.until)
    assert (
        all(day.weekday() == 0 for day in ends)
        or all(day.day == 1 for day in ends)
        or all((day.month, day.day) == (1, 1) for day in ends)
    )


def test_an_axis_stays_when_its_days_move_a_little() -> None:
    spans = {around([date(2027, 3, 8), date(2027, 9, 10) + timedelta(days=i)]) for i in range(20)}
    assert spans == {Span(date(2027, 3, 1), date(2027, 10, 1))}


@given(DAYS, st.integers(1, 60_000), st.sampled_from([240, 330, 410, 560]))
def test_names_on_an_axis_of_dates_never_touch(first: date, days: int, room: int) -> None:
    written = axis(around([first, first + timedelta(days=days)]), room, 0, 100)
    assert written.names
    for names in (written.names, written.groups):
        for before, after in pairwise(names):
            assert room * (after["x"] - before["x"]) >= text_width(before["text"], 11)
        assert all(room * (1 - name["x"]) >= text_width(name["text"], 11) for name in names)


def test_an_axis_names_days_months_or_years_by_its_length() -> None:
    def names(first: date, last: date) -> tuple[list[str], list[str]]:
        written = axis(around([first, last]), 548, 0, 100)
        return [each["text"] for each in written.names], [each["text"] for each in written.groups]

    weeks = names(date(2027, 3, 2), date(2027, 4, 20))
    assert weeks == (["1", "8", "15", "22", "29", "5", "12", "19"], ["March 2027", "April 2027"])
    months = names(date(2026, 11, 5), date(2027, 5, 20))
    assert months == (["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May"], ["2026", "2027"])
    assert names(date(2027, 1, 5), date(2029, 5, 20))[0] == ["Jan", "Apr", "Jul", "Oct"] * 2 + ["Jan", "Apr"]
    assert names(date(2027, 1, 5), date(2037, 5, 20)) == ([str(year) for year in range(2027, 2038)], [])


def test_weeks_of_work_stand_where_the_calendar_says() -> None:
    calendar = serial(1, team={"holidays": "GB"}, start="2026-12-14").workdays
    short = serial(1, team={"holidays": "GB"}, start="2026-12-14")
    span = Span(date(2026, 12, 14), date(2027, 1, 11))
    places = Places(short, span)
    for days in range(1, 16):
        assert places.of(days / 5) == pytest.approx(span.ends(calendar.day(days / 5)))
    # Christmas Day and the Monday for Boxing Day are free: what ends on the 24th stands at its end, before them.
    assert places.of(9 / 5) == pytest.approx(span.ends(date(2026, 12, 24)))
    assert places.of(40) == 1


@given(DAYS, st.integers(0, 30_000))
def test_bars_are_few_and_cover_the_axis(first: date, days: int) -> None:
    span = around([first, first + timedelta(days=days)])
    _, edges = bins(span)
    assert len(edges) <= 46
    assert (edges[0], edges[-1]) == (span.first, span.until)
    assert all(before < after for before, after in pairwise(edges))


# -- the schedule ---------------------------------------------------------------------------------------------------


def test_the_schedule_agrees_with_the_trials() -> None:
    forecast = simulated("a template")
    trials = forecast.trials
    rows = table(charts.schedule(forecast))
    assert len(rows) == len(trials.ends)
    for name, ends in trials.ends.items():
        row = rows[forecast.plan.name_of(name)]
        for percent in (10, 50, 90):
            weeks = np.percentile(ends[trials.delivered], percent, method="hazen")
            assert row[f"End P{percent}"] == last_day(forecast, weeks).isoformat()
    assert rows["Live test and rollout in steps"]["Critical (%)"] == 100


def test_a_task_starts_on_the_first_day_after_what_it_waits_for() -> None:
    rows = table(charts.schedule(simulated("nothing uncertain")))
    assert (rows["T0"]["Start P50"], rows["T0"]["End P50"]) == ("2027-01-04", "2027-01-15")
    assert (rows["T1"]["Start P50"], rows["T1"]["End P50"]) == ("2027-01-18", "2027-02-05")


def test_of_fifty_tasks_the_forty_most_critical_are_drawn_and_all_told() -> None:
    forecast = simulated("fifty tasks")
    figure = charts.schedule(forecast)
    assert len(figure.rows) == 50
    assert len(figure.data["bars"]) == len(figure.data["titles-narrow"]) == 40
    assert "40 most critical of 50" in figure.description
    least = sorted(forecast.criticality.values())[10]
    assert min(bar["level"] for bar in figure.data["bars"]) == pytest.approx(least, abs=1e-4)


def test_rows_do_not_change_places_when_a_number_moves() -> None:
    def titles(weeks: float) -> list[Any]:
        forecast = simulate(plan({"id": "a", "weeks": weeks}, {"id": "b", "weeks": 3}), DRAWS)
        return [row[0] for row in charts.schedule(forecast).rows]

    assert titles(2) == titles(4) == ["A", "B"]


def test_holidays_and_days_off_are_marked() -> None:
    team = {"holidays": "GB", "days_off": ["2027-02-12"]}
    figure = charts.schedule(simulate(serial({"low": 9, "likely": 12, "high": 15}, team=team), DRAWS))
    # New Year's Day, the day off, Good Friday.
    assert len(figure.data["free"]) == 3


# -- what drives it, and what would change it -----------------------------------------------------------------------


def test_the_title_of_the_drivers_says_what_makes_up_most() -> None:
    forecast = simulated("a template")
    first = forecast.drivers[0]
    figure = charts.drivers(forecast, most=3)
    assert figure.title == f"{first.title} makes up {100 * first.share:.0f} % of the spread"
    assert len(figure.data["bars"]) == 4
    assert figure.data["titles"][-1]["text"].endswith("more together")
    assert sum(row[2] for row in figure.rows) == pytest.approx(100, abs=1)
    assert {row[1] for row in figure.rows} == {"task", "risk", "research"}


def test_bars_of_drivers_are_as_long_as_their_shares() -> None:
    forecast = simulated("a template")
    bars = charts.drivers(forecast).data["bars"]
    lengths = [bar["x2"] - bar["x"] for bar in bars[:5]]
    assert np.array(lengths) / lengths[0] == pytest.approx(
        [each.share / forecast.drivers[0].share for each in forecast.drivers[:5]], abs=0.001
    )


def test_one_more_experiment_is_worth_what_the_geometric_series_says() -> None:
    forecast = simulate(serial(1, research={"timebox_weeks": 2, "success": 0.5, "max_experiments": 2}), 16_384)
    figure = charts.trade_off(whatif.more_experiments(forecast.plan), whatif.side_by_side(forecast.plan))
    rows = table(figure)
    for most in range(1, 6):
        said = rows[f"{most} experiment{'s' * (most > 1)}{', now' * (most == 2)}"]
        assert said["Delivered at all (%)"] == pytest.approx(100 * (1 - 0.5**most), abs=0.1)
    # The third experiment: 1/2^2 - 1/2^3 of all futures more, and those take two more weeks.
    assert figure.title.startswith("One more experiment: 12 points more likely")


@pytest.mark.parametrize("most", [1, 2, 5, 9, 30])
@pytest.mark.parametrize("success", [0.02, 0.35, 0.9])
def test_the_plan_as_it_stands_is_named_and_labels_cover_no_other(most: int, success: float) -> None:
    made = serial(RANGE, research=research(success, most))
    figure = charts.trade_off(whatif.more_experiments(made, DRAWS), whatif.side_by_side(made, DRAWS))
    for end, plot in (("", 584), ("-narrow", 282)):
        assert len(figure.data[f"now-said{end}"]) == 1
        labels = [each for name in ("said", "others-said") for each in figure.data[f"{name}{end}"]]
        assert not overlapping(boxes(labels, plot))


def test_the_research_share_marks_where_the_plan_stands() -> None:
    variants = whatif.research_shares(load_plan("new-model"), DRAWS)
    figure = charts.research_share(variants)
    current = next(each for each in variants if each.current)
    assert figure.data["now"][0]["x"] == pytest.approx(current.value / 0.6, abs=1e-4)
    assert table(figure)["25 %, now"]["P80 (weeks)"] == pytest.approx(current.p80, abs=0.005)
    undated = whatif.research_shares(changed_deadline(None), DRAWS)
    assert charts.research_share(undated).payload()["spec"]["height"] < figure.payload()["spec"]["height"]


def changed_deadline(day: str | None) -> Plan:
    return Plan.model_validate(load_plan("new-model").model_dump(mode="json") | {"deadline": day})


def test_a_plan_against_itself_shows_no_difference() -> None:
    forecast = simulated("a template")
    figure = charts.comparison(forecast.compare(forecast), forecast, forecast)
    assert figure.title == "B is as early as A in every future"
    assert figure.data["earlier"] == figure.data["later"] == []
    assert charts.changes(forecast.compare(forecast)).title == "Nothing was changed"


def test_bars_of_a_comparison_add_up_to_its_shares() -> None:
    a = simulated("no research")
    b = changed(
        a,
        tasks=[
            {"id": "t0", "weeks": {"low": 2, "likely": 2.5, "high": 3}},
            *list(a.plan.model_dump(mode="json")["tasks"])[1:],
        ],
    )
    compared = a.compare(b)
    figure = charts.comparison(compared, a, b)
    moved = b.trials.weeks - a.trials.weeks
    assert table(figure)["B earlier"].popitem()[1] == pytest.approx(100 * np.mean(moved < -1e-9), abs=0.05)
    bars = [row[1] for row in figure.rows[3:]]
    assert sum(bars) == pytest.approx(100 * (compared.earlier + compared.later), abs=1.1 + 0.05 * len(bars))
    assert max(bar["x2"] for bar in figure.data["earlier"]) <= min(bar["x"] for bar in figure.data["later"])


def test_a_change_of_a_week_moves_its_bar_a_week_to_the_right() -> None:
    a, b = (simulate(serial(weeks, RANGE), DRAWS) for weeks in (2, 3))
    figure = charts.changes(a.compare(b))
    assert figure.title == "The change makes P80 1 week later"
    zero, bar, said = (figure.data[name][0] for name in ("zero", "bars", "labels"))
    assert (bar["x"], said["text"], said["align"]) == (zero["x"], "+1.0", "left")
    back = charts.changes(b.compare(a))
    assert back.data["bars"][0]["x2"] == back.data["zero"][0]["x"]
    assert back.data["labels"][0]["text"] == "−1.0"


# -- the past -------------------------------------------------------------------------------------------------------


def test_past_estimates_come_in_the_order_of_their_days() -> None:
    figure = charts.calibration(calibrate(PAST))
    assert [row[0] for row in figure.rows] == ["Undated", "Early", "Between", "Late"]
    assert figure.title == "2 of 3 P80 estimates held; eight in ten should"
    assert len(figure.data["broken"]) == 1
    assert figure.data["held"][0]["x"] == pytest.approx(2 / 4)


def test_half_as_long_is_as_far_from_the_estimate_as_twice_as_long() -> None:
    past = [
        PastEstimate("Half", None, 2, None, 1),
        PastEstimate("Kept", None, 2, None, 2),
        PastEstimate("Twice", None, 2, None, 4),
    ]
    half, kept, twice = (dot["y"] for dot in charts.calibration(calibrate(past)).data["kept"])
    assert half - kept == pytest.approx(kept - twice)
    assert kept == charts.calibration(calibrate(past)).data["one"][0]["y"]


def test_versions_come_in_order_and_say_how_far_it_has_moved() -> None:
    figure = charts.versions(SAVED)
    assert figure.title == "P80 has moved 3 weeks later since 3 November 2026"
    assert [row[1] for row in figure.rows] == ["2026-11-03", "2026-12-01", "2027-01-12"]
    assert len(figure.data["p80"]) == 2
