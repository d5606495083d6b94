"""Charts are valid whatever the review is, hold its numbers, and stay the same drawing when these move."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.readiness import Checklist, Review, charts, evaluate
from mlmgmt_widgets.readiness.charts_lapsing import Days, calendar
from mlmgmt_widgets.readiness.edits import Author, change
from mlmgmt_widgets.readiness.lapsing import lapsing
from mlmgmt_widgets.readiness.progress import progress
from mlmgmt_widgets.ui.chart_rows import text_width
from mlmgmt_widgets.ui.figure import Figure

TODAY = date(2026, 11, 2)
STAGES = ("prototype-exit", "live")
THEMES = ("monitoring", "data-pipeline", "rollback")
LONG = "A title that goes on and on until nobody knows any more what it was about " * 3
PASS: dict[str, Any] = {"status": "pass", "on": TODAY.isoformat()}
FAIL: dict[str, Any] = {"status": "fail"}
NA: dict[str, Any] = {"status": "na", "reason": "r"}
WAIVED: dict[str, Any] = {"status": "waived", "reason": "r", "by": "Ann", "until": "2026-12-01"}
NOTHING: dict[str, Any] = {}


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def checklist(count: int, **values: Any) -> Checklist:
    """Items of all themes and stages, every third of them advisory; each pass counts for thirty days."""
    items = [
        {
            "id": f"i{n}",
            "title": f"Item number {n}",
            "stage": STAGES[n % 2],
            "theme": THEMES[n % 3],
            "question": "?",
            "severity": "advisory" if n % 3 == 2 else "blocking",
            "owner": "ml-engineer",
            "expires_after_days": 30,
        }
        | values
        for n in range(count)
    ]
    return Checklist(id="toy", version="1", title="Toy", stages=STAGES, items=items)


def review(*said: dict[str, Any]) -> Review:
    items = {f"i{n}": each for n, each in enumerate(said)}
    return Review.model_validate({"checklist": "toy@1", "subject": "churn", "version": "3", "items": items})


def edited() -> Review:
    """A review that came about in two months: everything passes, and half of it fails later."""
    now = review()
    for n in range(9):
        now = change(now, f"i{n}", Author("Ann", days(5 * n - 60)), status="pass")
    for n in range(4):
        now = change(now, f"i{n}", Author("Ann", days(n - 6)), status="fail", reason="r")
    return now


CASES = {
    "all kinds": (checklist(7), review(PASS, FAIL, NA, WAIVED, NOTHING, PASS, PASS)),
    "edited": (checklist(9), edited()),
    "one item": (checklist(1), review(PASS)),
    "nothing said": (checklist(5), review()),
    "all not applicable": (checklist(5), review(*[NA] * 5)),
    "forty": (checklist(40), review(*[PASS] * 40)),
    "five hundred": (checklist(500), review(*[PASS, FAIL] * 250)),
    "no themes": (checklist(4, theme=None, owner=None), review(*[WAIVED] * 4)),
    "long words": (checklist(3, title=LONG, theme="a-" * 49 + "b", owner="c-" * 49 + "d"), review(*[PASS] * 3)),
    "one stage has no items": (checklist(3, stage="live"), review(PASS)),
    "years ago": (checklist(2), review(PASS | {"on": "1999-02-03"}, PASS)),
    "centuries ago": (checklist(2), review(PASS | {"on": "0001-01-01"}, PASS)),
}


@cache
def figures(case: str) -> tuple[Figure, ...]:
    return tuple(drawn(*CASES[case]))


def drawn(toy: Checklist, said: Review, today: date = TODAY) -> Iterator[Figure]:
    """Every chart of a review."""
    yield charts.progress(progress(toy, said, today=today))
    for stage in toy.stages:
        yield charts.items(toy, evaluate(toy, said, stage=stage, today=today))
    yield charts.lapsing(lapsing(toy, said, today=today), today, 60)
    yield charts.lapsing(lapsing(toy, said, today=today, within=0), today, 0)


def named_in(spec: dict[str, Any]) -> set[str]:
    """The datasets that a layout takes from its figure."""
    data = [layer.get("data", spec.get("data")) for layer in spec["layer"]]
    return {each["name"] for each in data} - set(spec.get("datasets", {}))


@cache
def fits_the_schema(drawing: str) -> bool:
    alt.LayerChart.from_dict(json.loads(drawing))
    return True


@pytest.mark.parametrize("case", CASES)
def test_charts_are_valid_whatever_the_review_is(case: str) -> None:
    for figure in figures(case):
        payload = figure.payload()
        text = json.dumps(payload, allow_nan=False)
        for layout in ("spec", "narrow"):
            assert fits_the_schema(json.dumps(payload[layout]))
            assert payload[layout]["height"] > 0
        assert named_in(payload["spec"]) | named_in(payload["narrow"]) == set(figure.data)
        assert not re.search(r"#[0-9a-f]{3,8}\b", text.replace(json.dumps(payload["paper"]), ""))
        assert all(len(row) == len(payload["columns"]) for row in payload["rows"])
        assert payload["title"]
        for name, records in figure.data.items():
            for record in records:
                assert all(0 <= record[end] <= 1 for end in ("x", "x2") if end in record), name
                assert all(0 <= record[y] <= payload["narrow"]["height"] for y in ("y", "y2") if y in record), name


def layouts(figure: Figure) -> Iterator[dict[str, Any]]:
    """Complete specifications of both layouts."""
    yield figure.spec(720)
    yield Figure(figure.id, figure.title, "", figure.narrow or figure.chart, [], [], data=figure.data).spec(340)


@pytest.mark.parametrize("case", ["all kinds", "edited", "all not applicable", "one stage has no items"])
def test_charts_compile_without_a_warning(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    for figure in figures(case):
        for spec in layouts(figure):
            vl_convert.vegalite_to_vega(spec, show_warnings=True)
    assert "WARN" not in "".join(capfd.readouterr())
    unfit = {"data": {"values": []}, "mark": "bar", "encoding": {"shape": {"field": "x", "type": "nominal"}}}
    vl_convert.vegalite_to_vega(unfit, show_warnings=True)
    assert "WARN" in "".join(capfd.readouterr())


@pytest.mark.parametrize("case", ["all kinds", "nothing said", "forty", "long words"])
def test_charts_can_be_drawn(case: str) -> None:
    for figure in figures(case):
        assert figure.svg().startswith("<svg")


def test_a_review_that_moves_leaves_the_drawing_as_it_is() -> None:
    toy, before = CASES["all kinds"]
    after = change(before, "i1", Author("Ann", days(3)), status="pass")
    after = change(after, "i4", Author("Ann", days(3)), status="fail", reason="r")
    for one, other in zip(drawn(toy, before), drawn(toy, after, days(3)), strict=True):
        if one.id == "lapsing" and len(one.rows) != len(other.rows):
            continue  # other rows are another drawing
        assert one.chart is other.chart
        assert one.narrow is other.narrow
        assert one.data.keys() == other.data.keys()
        assert one.live() != other.live() or not one.rows


def test_lapses_that_come_nearer_move_in_place() -> None:
    toy, said = CASES["forty"]
    one, other = (charts.lapsing(lapsing(toy, said, today=day), day) for day in (TODAY, days(9)))
    assert one.chart is other.chart
    assert one.payload()["narrow"] == other.payload()["narrow"]
    assert one.data["spans"] != other.data["spans"]


# -- the items -----------------------------------------------------------------------------------------------------


def table(figure: Figure) -> list[dict[str, Any]]:
    return [dict(zip(figure.columns, row, strict=True)) for row in figure.rows]


def test_the_table_of_items_counts_each_status_in_the_order_of_the_themes() -> None:
    toy, said = CASES["all kinds"]
    rows = table(charts.items(toy, evaluate(toy, said, stage="live", today=TODAY)))
    assert [row["Theme"] for row in rows] == ["Monitoring", "Data pipeline", "Rollback"]
    assert list(rows[0].values())[1:] == [2, 1, 0, 0, 0, 3, 0]  # i0 and i6 passed, i3 is waived
    assert list(rows[1].values())[1:] == [0, 0, 0, 1, 1, 2, 2]  # i1 failed, nothing is said of i4
    assert list(rows[2].values())[1:] == [1, 0, 1, 0, 0, 2, 0]  # i2 does not apply, i5 passed


@pytest.mark.parametrize("case", CASES)
def test_bars_of_items_are_as_long_as_their_counts_and_leave_no_gap(case: str) -> None:
    toy, said = CASES[case]
    figure = charts.items(toy, evaluate(toy, said, stage="live", today=TODAY))
    most = max(row["Items"] for row in table(figure))
    for row, title in zip(table(figure), figure.data["titles"], strict=True):
        near = [
            bar
            for status in ("passed", "waived", "na", "missing", "failed")
            for bar in figure.data[status]
            if abs((bar["y"] + bar["y2"]) / 2 - title["y"]) < 40 and bar["y"] <= title["y"] + 60
        ]
        bars = [bar for bar in near if bar["y"] == min(near, key=lambda each: abs(each["y"] - title["y"]))["y"]]
        counts = [row[name] for name in figure.columns[1:6] if row[name]]
        assert [round((bar["x2"] - bar["x"]) * most) for bar in bars] == counts
        assert bars[0]["x"] == 0
        assert all(one["x2"] == other["x"] for one, other in pairwise(bars))


def test_counts_are_written_where_they_fit() -> None:
    toy, said = CASES["five hundred"]
    few = charts.items(toy, evaluate(toy, review(*[PASS] * 499, FAIL), stage="live", today=TODAY))
    assert few.data["failed-counts"] == few.data["failed-counts-narrow"] == []
    assert len(few.data["failed"]) == 1
    many = charts.items(toy, evaluate(toy, said, stage="live", today=TODAY))
    assert [each["text"] for each in many.data["failed-counts"]] == [str(row["Failed"]) for row in table(many)]


def title_of(*said: dict[str, Any], count: int = 6) -> str:
    toy = checklist(count)
    return charts.items(toy, evaluate(toy, review(*said), stage="live", today=TODAY)).title


def test_the_title_of_the_items_says_where_it_is_blocked() -> None:
    assert title_of(PASS, PASS, FAIL, PASS, PASS) == "Nothing blocks live: 4 of 6 items passed"
    assert title_of(PASS, FAIL, PASS, PASS, FAIL) == "Data pipeline alone blocks live: 2 items"
    assert title_of(FAIL, PASS, PASS, FAIL, FAIL) == "Monitoring blocks live the most: 2 of 3 items"
    assert title_of() == "Monitoring and data pipeline block live the most"


def test_where_no_item_is_asked_there_is_no_broken_chart() -> None:
    toy = checklist(3, stage="live")
    figure = charts.items(toy, evaluate(toy, review(), stage="prototype-exit", today=TODAY))
    assert (figure.title, figure.rows, figure.data) == ("Nothing is asked for prototype exit", [], {})
    assert "Nothing to show." in figure.svg()


# -- over time -----------------------------------------------------------------------------------------------------


def test_the_table_of_progress_has_every_stage_on_every_day() -> None:
    toy, said = CASES["edited"]
    found = progress(toy, said, today=TODAY)
    rows = table(charts.progress(found))
    assert len(rows) == 2 * len(found.standings)
    last = evaluate(toy, said, stage="live", today=TODAY)
    assert (rows[-1]["Day"], rows[-1]["Stage"]) == ("2026-11-02", "Live")
    assert (rows[-1]["Passed"], rows[-1]["Apply"], rows[-1]["Blocking"]) == (last.passed, 9, len(last.blockers))
    assert rows[-1]["Passed (%)"] == pytest.approx(100 * last.passed / 9, abs=0.05)
    assert rows[-1]["Ready"] == "no"


def test_a_line_stands_on_its_day_at_its_share_until_the_next() -> None:
    toy = checklist(2, stage="live", severity="advisory")
    now = change(review(), "i0", Author("Ann", days(-20)), status="pass")
    figure = charts.progress(progress(toy, change(now, "i1", Author("Ann", days(-5)), status="pass"), today=TODAY))
    path = [point for point in figure.data["path"] if point["row"] == "live"]
    floor, top = (line["y"] for line in figure.data["floors"][-2:])
    shares = [(point["x"] * 21, (floor - point["y"]) / (floor - top)) for point in path]
    expected = [(0, 0.5), (15, 0.5), (15, 1), (20, 1), (20, 1), (21, 1)]
    assert [value for point in shares for value in point] == pytest.approx(
        [value for point in expected for value in point], abs=0.001
    )


def test_the_days_on_which_a_stage_turned_are_marked_by_shape_and_in_words() -> None:
    toy = checklist(1)
    now = change(review(), "i0", Author("Ann", days(-40)), status="pass")
    figure = charts.progress(progress(toy, now, today=TODAY))
    assert [len(figure.data[name]) for name in ("became", "stopped")] == [2, 2]
    words = [each["text"] for each in figure.data["turned"]]
    assert words == ["not ready 24 Oct", "ready 23 Sep"] * 2
    assert figure.title == "Not ready for live any more since 24 October 2026: 1 item blocks it"


def test_the_title_of_progress_says_how_far_it_is_ready() -> None:
    def title(*said: dict[str, Any]) -> str:
        return charts.progress(progress(checklist(2), review(*said), today=TODAY)).title

    assert title() == "Not ready for prototype exit yet: 1 item blocks it"
    assert title(PASS) == "Ready for prototype exit; 1 item blocks live"
    assert title(PASS, PASS) == "Ready for live since 2 November 2026"


def test_a_single_day_is_a_short_line_at_the_end_of_two_weeks() -> None:
    figure = charts.progress(progress(checklist(2), review(PASS), today=TODAY))
    assert [point["x"] for point in figure.data["path"]] == pytest.approx([13 / 14, 1] * 2, abs=1e-4)
    assert [each["text"] for each in figure.data["fine"] + figure.data["blocks"]] == ["ready", "1 blocking"]


def test_where_nothing_applies_nothing_is_missing() -> None:
    figure = next(each for each in figures("all not applicable") if each.id == "progress")
    assert figure.data["blocks"] == []
    assert [each["text"] for each in figure.data["passed-of"]] == ["0 of 0"] * 2
    assert table(figure)[0]["Passed (%)"] is None


@given(st.lists(st.integers(0, 200), min_size=1, max_size=30, unique=True))
def test_words_over_a_strip_never_touch(turned: list[int]) -> None:
    now = review()
    for n, day in enumerate(sorted(turned)):
        said = {"status": "fail", "reason": "r"} if n % 2 else {"status": "pass"}
        now = change(now, "i0", Author("Ann", days(day)), **said)
    figure = charts.progress(progress(checklist(1, expires_after_days=None), now, today=days(200)))
    for name, plot, most in (("turned", 420, 420), ("turned-narrow", 292, 298)):
        words = [each for each in figure.data[name] if each["y"] == figure.data[name][0]["y"]]
        starts = [(plot * each["x"] + each["dx"], text_width(each["text"], 12)) for each in words]
        assert all(-0.1 <= start <= most - width + 0.1 for start, width in starts)
        assert all(later >= start + width for (later, _), (start, width) in pairwise(starts))


# -- what will lapse -----------------------------------------------------------------------------------------------


def test_what_lapses_is_told_with_its_day_and_drawn_by_shape() -> None:
    toy = checklist(3)
    said = review(PASS, WAIVED, WAIVED | {"until": TODAY.isoformat(), "owner": "Ben"})
    figure = charts.lapsing(lapsing(toy, said, today=TODAY), TODAY)
    assert figure.title == "3 items lapse in the next 60 days, 2 of them blocking"
    assert [list(row.values()) for row in table(figure)] == [
        ["Item number 2", "waiver", "2026-11-02", 0, "advisory", "Prototype exit", "Ben"],
        ["Item number 1", "waiver", "2026-12-01", 29, "blocking", "Live", "ML engineer"],
        ["Item number 0", "evidence", "2026-12-02", 30, "blocking", "Prototype exit", "ML engineer"],
    ]
    assert [each["x"] for each in figure.data["advisory"]] == pytest.approx([1 / 61], abs=1e-4)
    assert [each["x"] for each in figure.data["blocking"]] == pytest.approx([30 / 61, 31 / 61], abs=1e-4)
    assert [each["text"] for each in figure.data["left-narrow"]] == ["last day", "29 days", "30 days"]


def test_where_nothing_lapses_the_title_says_so_and_no_chart_is_broken() -> None:
    figure = charts.lapsing((), TODAY)
    assert figure.title == "Nothing lapses in the next 60 days"
    assert (figure.rows, figure.data) == ([], {})
    assert "Nothing to show." in figure.svg()


def test_forty_lapses_have_as_much_room_as_two() -> None:
    def apart(count: int, name: str) -> set[float]:
        toy = checklist(count)
        figure = charts.lapsing(lapsing(toy, review(*[PASS] * count), today=TODAY), TODAY)
        heights = [each["y"] for each in figure.data[name]]
        assert len(heights) == count
        return {after - before for before, after in pairwise(heights)}

    for name in ("titles", "titles-narrow"):
        assert apart(40, name) == apart(2, name)
        assert min(apart(2, name)) > 40


@pytest.mark.parametrize("today", [date.min, date.max])
def test_on_the_first_and_the_last_day_of_the_calendar_every_chart_is_drawn(today: date) -> None:
    toy = checklist(3)
    for figure in drawn(toy, review(PASS | {"on": today}, WAIVED | {"until": today}), today):
        assert figure.svg().startswith("<svg")
        xs = [each["x"] for records in figure.data.values() for each in records if "x" in each]
        assert all(0 <= x <= 1 for x in xs)


# -- an axis of days -----------------------------------------------------------------------------------------------


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)), st.integers(0, 3_000), st.sampled_from([240, 300, 560]))
def test_names_on_an_axis_never_touch_and_stand_on_their_days(first: date, length: int, room: int) -> None:
    axis = Days(first, first + timedelta(days=length))
    data = calendar(axis, room, 100)
    for names in (data["names"], data["groups"]):
        for before, after in pairwise(names):
            assert room * (after["x"] - before["x"]) >= text_width(before["text"], 11)
        assert all(room * (1 - each["x"]) >= text_width(each["text"], 11) for each in names)
        for each in names:
            day = first + timedelta(days=round(each["x"] * axis.count))
            assert each["text"] in {str(day.day), str(day.year), *(f"{day:{form}}" for form in FORMS)}


FORMS = ("%b", "%Y", "%b %Y", "%B %Y")


def test_an_axis_names_weeks_months_or_years_by_its_length() -> None:
    def names(last: int) -> tuple[list[str], list[str]]:
        data = calendar(Days(TODAY, days(last)), 330, 100)
        return [each["text"] for each in data["names"]], [each["text"] for each in data["groups"]]

    assert names(60) == (["2", "9", "16", "23", "30", "7", "14", "21", "28"], ["November 2026", "December 2026"])
    assert names(200) == (["Dec", "Jan", "Feb", "Mar", "Apr", "May"], ["2026", "2027"])
    assert names(3000) == ([str(year) for year in range(2027, 2035)], [])
