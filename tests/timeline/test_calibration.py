"""Past estimates: how they are read, what they say, and what a forecast does with them."""

import itertools
import math
import statistics
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.documents import SIZE_LIMIT
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import Plan, load_plan, simulate
from mlmgmt_widgets.timeline.calibration import (
    calibrate,
    exact_interval,
    overrun,
    sentences,
    with_overrun,
    without_overrun,
)
from mlmgmt_widgets.timeline.durations import MOST_PAST
from mlmgmt_widgets.timeline.past_estimates import (
    NAME_LIMIT,
    PastEstimate,
    parse_past_estimates,
    read_past_estimates,
)

HEADER = "task,estimated_on,p50_weeks,p80_weeks,actual_weeks\n"
DRAWS = 1024


def took(*ratios: float, p50: float = 2.0, p80: float | None = None) -> list[PastEstimate]:
    """Finished tasks that took these multiples of their P50."""
    return [PastEstimate(f"Task {i}", None, p50, p80, p50 * ratio) for i, ratio in enumerate(ratios)]


def counted(held: int, of: int, *, p80: bool = False) -> list[PastEstimate]:
    """Tasks of which so many kept their P50, or their P80."""
    worst = 3.0 if p80 else 1.5
    return took(*[1.0] * held, *[worst] * (of - held), p80=5.0 if p80 else None)


# --- what they say --------------------------------------------------------------------------------------------------


def test_the_example_says_what_its_readme_counted():
    past = read_past_estimates("past-estimates")
    found = calibrate(past)
    assert (found.p50.held, found.p50.of) == (10, 24)
    assert (found.p80.held, found.p80.of) == (16, 24)
    assert found.median_ratio == pytest.approx(1.15, abs=0.005)
    assert statistics.mean(found.ratios) == pytest.approx(1.32, abs=0.005)
    assert max(found.ratios) == 2.5
    assert sum(ratio > 1.5 for ratio in found.ratios) == 8
    assert past[0] == PastEstimate("Weather features for the demand forecast", date(2024, 1, 15), 3, 4.5, 3.5)


def test_ratios_and_their_middle_stand_in_the_order_of_the_file():
    found = calibrate(took(2, 0.5, 1.5, 1))
    assert found.ratios == (2, 0.5, 1.5, 1)
    assert found.median_ratio == 1.25


def test_an_estimate_is_kept_when_it_took_exactly_as_long():
    on_the_dot, over = PastEstimate("a", None, 0.3, 0.6, 0.3), PastEstimate("b", None, 2, 3, 3.01)
    found = calibrate([on_the_dot, over])
    assert (found.p50.held, found.p80.held) == (1, 1)


def test_p80s_are_counted_where_there_are_some():
    with_p80 = PastEstimate("a", None, 2, 3, 2.5)
    assert calibrate([with_p80, *took(1, 1)]).p80.of == 1
    assert calibrate(took(1, 1)).p80 is None


def test_nothing_to_compare_is_refused():
    with pytest.raises(Refusal, match=r"^There are no past estimates to compare with\.$"):
        calibrate([])


@pytest.mark.parametrize(("held", "of"), [(0, 1), (1, 1), (0, 24), (9, 24), (12, 24), (24, 24), (83, 400), (999, 1000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_is_that_of_scipys_exact_test(held, of, confidence):
    scipys = stats.binomtest(held, of).proportion_ci(confidence, method="exact")
    assert exact_interval(held, of, confidence) == pytest.approx((scipys.low, scipys.high), abs=1e-12)


@pytest.mark.parametrize("of", [1, 5, 24, 300])
def test_where_all_or_none_held_the_interval_has_a_closed_form(of):
    end = 0.025 ** (1 / of)  # the chance that all of them hold is end^of
    assert exact_interval(of, of) == (pytest.approx(end), 1)
    assert exact_interval(0, of) == (0, pytest.approx(1 - end))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.8, 0.97])
def test_the_interval_covers_the_truth_at_least_as_often_as_it_says(share):
    for of in (3, 10, 24):
        intervals = [exact_interval(held, of) for held in range(of + 1)]
        covered = [stats.binom.pmf(k, of, share) for k, (low, high) in enumerate(intervals) if low <= share <= high]
        assert math.fsum(covered) >= 0.95


# --- in words -------------------------------------------------------------------------------------------------------


def test_few_estimates_say_little():
    assert sentences(calibrate(counted(9, 24)))[0] == (
        "9 of 24 P50s held (38 %; half should). "
        "With so few, the true share most likely lies between 19 % and 59 %: that may be chance."
    )


# A fair coin shows 6 heads or fewer of 24 with P = 190051 / 2^24 = 0.0113, and 7 or fewer with 0.0320: one time in
# forty lies between them. 18 and 17 are the same from the other side.
@pytest.mark.parametrize(
    ("held", "said"),
    [
        (6, "that is hardly chance, P50s are too short."),
        (7, "that may be chance."),
        (17, "that may be chance."),
        (18, "that is hardly chance, P50s are too long."),
    ],
)
def test_what_chance_hardly_explains_is_said(held, said):
    assert sentences(calibrate(counted(held, 24)))[0].endswith(said)


def test_p80s_have_a_sentence_of_their_own():
    said = sentences(calibrate(counted(12, 24, p80=True)))
    assert said[1].startswith("12 of 24 P80s held (50 %; eight in ten should).")
    assert said[1].endswith("that is hardly chance, P80s are too short.")
    assert said[-1].startswith("Widen ranges")
    assert not any("P80" in each for each in sentences(calibrate(counted(12, 24))))


def test_many_estimates_are_not_called_few():
    assert "With so few" in sentences(calibrate(counted(50, 99)))[0]
    assert ". The true share most likely lies between" in sentences(calibrate(counted(50, 100)))[0]


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ((1.15, 1.15, 2.5), "In the middle, tasks took 1.15 times their P50, the worst 2.5 times."),
        ((1.0, 1.0, 1.0), "In the middle, tasks took as long as their P50."),
        ((0.9, 1.0, 2.0), "In the middle, tasks took as long as their P50, the worst 2 times."),
        ((0.5,), "In the middle, tasks took 0.5 times their P50."),
        ((10.0, 10.0), "In the middle, tasks took 10 times their P50."),
    ],
)
def test_what_tasks_took_in_the_middle(ratios, said):
    assert sentences(calibrate(took(*ratios)))[-2] == said


@pytest.mark.parametrize(
    ("held", "of", "said"),
    [
        (1, 1, "Fewer than 5 tasks say little"),
        (0, 4, "Fewer than 5 tasks say little"),
        (3, 5, "These 5 tasks do not show that estimates are off"),
        (0, 24, "Widen ranges"),
        (24, 24, "A team that nearly always keeps its estimates pads them"),
    ],
)
def test_and_what_to_do(held, of, said):
    assert sentences(calibrate(counted(held, of)))[-1].startswith(said)


def test_one_estimate_is_no_plural():
    assert sentences(calibrate(took(1)))[0].startswith("1 of 1 P50 held (100 %; half should).")


# --- what a forecast does with them ---------------------------------------------------------------------------------

TASKS = [
    {"id": "pert", "weeks": {"low": 1, "likely": 3, "high": 8}},
    {"id": "triangular", "weeks": {"low": 2, "likely": 4, "high": 10, "distribution": "triangular"}},
    {"id": "lognormal", "weeks": {"p10": 2, "p90": 8}},
    {"id": "past", "weeks": {"history": [1, 9, 2, 8, 4]}},
    {"id": "fixed", "weeks": 2},
    {"id": "effort", "effort_weeks": 12, "people": 2},
]
# Medians that we did not compute: SciPy's, the triangular's inverse, the geometric mean of P10 and P90, the third of
# five, and 12 person-weeks of two people who are there three quarters of the time.
MEDIANS = {
    "pert": 1 + 7 * stats.beta(1 + 8 / 7, 1 + 20 / 7).ppf(0.5),
    "triangular": 10 - math.sqrt(0.5 * 8 * 6),
    "lognormal": 4.0,
    "past": 4.0,
    "fixed": 2.0,
    "effort": 8.0,
}


def beside(**changes: object) -> Plan:
    """Tasks of every kind side by side."""
    team = {"people": 5, "availability": 0.75}
    return Plan.model_validate({"title": "x", "start": "2027-01-04", "team": team, "tasks": TASKS, **changes})


@pytest.mark.parametrize("ratio", [1.0, 0.5, 1.25, 3.0])
def test_when_all_took_one_multiple_every_task_takes_that_multiple_of_its_median(ratio):
    ends = simulate(with_overrun(beside(), took(*[ratio] * 5)), DRAWS).trials.ends
    for name, median in MEDIANS.items():
        assert np.ptp(ends[name]) == 0, name
        assert ends[name][0] == pytest.approx(ratio * median, rel=1e-4), name
    assert ends["fixed"][0] == 2 * ratio


def test_the_trials_are_shared_out_evenly_among_past_overruns():
    ends = simulate(with_overrun(beside(), took(1, 1.5, 1, 4, 1)), 16_384).trials.ends["fixed"]
    values, counts = np.unique(ends, return_counts=True)
    assert values.tolist() == [2, 3, 8]
    assert counts / 16_384 == pytest.approx([0.6, 0.2, 0.2], abs=1 / 16_384)


def test_risks_and_research_keep_their_own_draws():
    plan = load_plan("new-model")
    plain, overrun_on = (simulate(each, DRAWS).trials for each in (plan, with_overrun(plan, took(*[1.3] * 5))))
    assert overrun_on.ends["research"].tobytes() == plain.ends["research"].tobytes()
    assert overrun_on.delivered.tobytes() == plain.delivered.tobytes()
    assert len(np.unique(overrun_on.ends["shadow-run"] - overrun_on.starts["shadow-run"])) > 2  # its risk occurs or not


def test_the_order_of_rows_changes_no_bit_of_the_forecast():
    past = list(read_past_estimates("past-estimates"))
    plan = load_plan("new-model")
    first, *others = (
        simulate(with_overrun(plan, rows), DRAWS).trials.weeks.tobytes()
        for rows in (past, past[::-1], past[5:] + past[:5], sorted(past, key=lambda each: each.actual))
    )
    assert others == [first] * 3
    orders = itertools.permutations(took(1, 1.5, 2, 0.5, 3))
    assert {overrun(rows) for rows in orders} == {(0.5, 1, 1.5, 2, 3)}


def test_the_order_in_a_plan_changes_no_bit_either():
    ratios = (1.0, 1.5, 2.0, 0.5, 3.0)
    weeks = {simulate(beside(overrun=order), DRAWS).trials.weeks.tobytes() for order in (ratios, ratios[::-1])}
    assert len(weeks) == 1


@pytest.mark.parametrize("count", [0, 1, 4])
def test_fewer_than_five_are_refused_in_a_sentence(count):
    with pytest.raises(Refusal) as caught:
        with_overrun(beside(), took(*[1.0] * count))
    assert str(caught.value) == (
        f"Past overruns need at least 5 finished tasks, and there are {count}: fewer say little about the next one."
    )


def test_more_than_a_plan_takes_are_refused():
    assert len(overrun(took(*[1.0] * MOST_PAST))) == MOST_PAST
    with pytest.raises(Refusal, match="at most 1000 past overruns, and there are 1001: keep the latest"):
        overrun(took(*[1.0] * (MOST_PAST + 1)))


def test_switching_overruns_on_makes_another_plan_and_leaves_this_one():
    plan = beside()
    before = plan.model_dump_json()
    changed = with_overrun(plan, took(1, 2, 3, 4, 5))
    assert changed is not plan
    assert plan.model_dump_json() == before
    assert changed.overrun == (1, 2, 3, 4, 5)
    assert Plan.model_validate(changed.model_dump()) == changed
    off = without_overrun(changed)
    assert off == plan
    assert changed.overrun is not None
    assert simulate(off, DRAWS).trials.weeks.tobytes() == simulate(plan, DRAWS).trials.weeks.tobytes()


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, None, 1), "p50_weeks of 'Access' is 0; it should be a number of weeks above 0, at most 520."),
        ((-1, None, 1), "p50_weeks of 'Access' is -1"),
        ((math.nan, None, 1), "p50_weeks of 'Access' is nan"),
        ((True, None, 1), "p50_weeks of 'Access' is true"),
        (("3", None, 1), "p50_weeks of 'Access' is '3'"),
        ((1, None, 0), "actual_weeks of 'Access' is 0"),
        ((1, None, 521), "actual_weeks of 'Access' is 521"),
        ((1, math.inf, 1), "p80_weeks of 'Access' is inf"),
        ((3, 2, 1), "p80_weeks of 'Access' is 2; it should be at least 3, the P50."),
        ((1, None, 101), "at most 100 times the P50 of 1 (are both in weeks?)"),
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers, said):
    with pytest.raises(Refusal) as caught:
        PastEstimate("Access", None, *numbers)
    assert said in str(caught.value)


def test_the_largest_numbers_that_can_be_are_taken():
    assert PastEstimate("a", None, 5.2, 520, 520).ratio == 100
    assert PastEstimate("b", None, 3, 3, 3).ratio == 1


# --- the CSV --------------------------------------------------------------------------------------------------------


def test_only_two_columns_are_needed_and_short_names_do():
    expected = (PastEstimate("Task 1", None, 2, None, 3), PastEstimate("Task 2", None, 1.5, None, 0.5))
    assert parse_past_estimates("estimate,actual\n2,3\n1.5,.5\n") == expected
    assert parse_past_estimates("actual_weeks,p50_weeks\r\n3,2\r\n\r\n,\r\n0.5,1.5") == expected
    assert parse_past_estimates("\ufeff Estimate , ACTUAL \n2,3\n1.5,0.5\n") == expected


@pytest.mark.parametrize(
    "text",
    [
        "task;estimated_on;p50_weeks;p80_weeks;actual_weeks\nData, all;15.01.2024;3,5;4;5,25\n",
        "task\testimated_on\tp50_weeks\tp80_weeks\tactual_weeks\nData, all\t2024-01-15\t3,5\t4\t5,25\n",
        'task,estimated_on,p50_weeks,p80_weeks,actual_weeks\n"Data, all",2024-01-15,"3,5",4,"5,25"\n',
        "task;estimated_on;p50_weeks;p80_weeks;actual_weeks;;\nData, all;15.1.2024;3,500;4,0;5,250;;\n",
        'task,estimated_on,p50_weeks,p80_weeks,actual_weeks\n"Data, all",2024-01-15,3.5,4.,5.25,,,\n',
    ],
    ids=["semicolons", "tabs", "quoted commas", "empty columns", "empty cells at the end"],
)
def test_spreadsheets_of_all_countries_are_read(text):
    assert parse_past_estimates(text) == (PastEstimate("Data, all", date(2024, 1, 15), 3.5, 4, 5.25),)


BAD_ROWS = {
    "a,,many,4,5": ("p50_weeks", "found 'many', expected a number of weeks such as 3.5"),
    "a,,3 weeks,4,5": ("p50_weeks", "found '3 weeks', expected a number of weeks such as 3.5"),
    "a,,nan,4,5": ("p50_weeks", "found 'nan', expected a number of weeks"),
    "a,,1e3,4,5": ("p50_weeks", "found '1e3', expected a number of weeks"),
    "a,,٣,4,5": ("p50_weeks", "found '٣', expected a number of weeks"),
    'a,,"1,250",4,5': ("p50_weeks", "found '1,250', expected a number of weeks such as 3.5, without separators"),
    'a,,3,4,"1.250,5"': ("actual_weeks", "found '1.250,5', expected a number of weeks such as 3.5"),
    "a,,-3,4,5": ("p50_weeks", "found '-3', expected a number of weeks above 0, at most 520"),
    "a,,0,4,5": ("p50_weeks", "found '0', expected a number of weeks above 0"),
    "a,,,4,5": ("p50_weeks", "found nothing, expected a number of weeks above 0"),
    "a,,3,4,": ("actual_weeks", "found nothing, expected a number of weeks above 0"),
    "a,,3,4,521": ("actual_weeks", "found '521', expected a number of weeks above 0, at most 520"),
    "a,,3,0,5": ("p80_weeks", "found '0', expected a number of weeks above 0"),
    "a,,3,2.5,5": ("p80_weeks", "found '2.5', expected at least 3, the P50"),
    "a,,1,2,101": ("actual_weeks", "found '101', expected at most 100 times the P50 of 1 (are both in weeks?)"),
    "a,01/02/2024,3,4,5": ("estimated_on", "found '01/02/2024', expected a day such as 2027-01-31"),
    "a,2024-02-30,3,4,5": ("estimated_on", "found '2024-02-30', expected a day such as 2027-01-31"),
    f"{'x' * (NAME_LIMIT + 1)},,3,4,5": ("task", "found 201 characters, expected at most 200"),
    "a,,3,5": ("", "found 4 cells, expected 5, as in the header"),
    "a,,3,4,5,6": ("", "found 6 cells, expected 5, as in the header"),
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: row[:20])
def test_a_bad_row_is_reported_with_line_and_column(row):
    column, said = BAD_ROWS[row]
    text = HEADER + '"two\nlines",2024-01-15,3,4,5\n\n' + row + "\nlast,,1,,1\n"
    with pytest.raises(ContentError) as caught:
        parse_past_estimates(text, "past.csv")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.field) == ("past.csv", 5, column)
    assert said in str(fault)


def test_a_row_of_several_lines_is_known_by_its_first():
    with pytest.raises(ContentError, match="past estimates:2: p50_weeks: found 'x'"):
        parse_past_estimates(HEADER + '"two\nlines",,x,4,5\n')


def test_a_long_name_is_taken_up_to_its_limit():
    assert parse_past_estimates(f"{HEADER}{'x' * NAME_LIMIT},,3,4,5\n")[0].task == "x" * NAME_LIMIT


def test_all_faults_are_reported_at_once():
    with pytest.raises(ContentError) as caught:
        parse_past_estimates(HEADER + "a,soon,x,y,z\nb,,2,1,3\nc,,1\n")
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (2, "estimated_on"),
        (2, "p50_weeks"),
        (2, "p80_weeks"),
        (2, "actual_weeks"),
        (3, "p80_weeks"),
        (4, ""),
    ]


BAD_TEXTS = {
    "nothing": ("", ":1: found an empty file, expected the header task,estimated_on,p50_weeks"),
    "blank lines": ("\n ,\n\n", ":1: found an empty file"),
    "no rows": (HEADER, ":1: found a header alone, expected a row for each finished task"),
    "a missing column": ("task,p50_weeks\na,3\n", ":1: actual_weeks: found no such column, expected the header task,"),
    "a misspelt column": (
        "p50_week,actual\n3,4\n",
        ":1: p50_week: found the unknown column 'p50_week', expected p50_w",
    ),
    "a misspelt short one": ("estimate,actal\n3,4\n", "found the unknown column 'actal', expected actual"),
    "a strange column": ("estimate,actual,owner\n3,4,me\n", "found the unknown column 'owner', expected one of task,"),
    "a column twice": ("estimate,actual,actual\n3,4,5\n", ":1: actual_weeks: found the column more than once"),
    "both names of one": ("p50_weeks,estimate,actual\n3,4,5\n", ":1: p50_weeks: found the column more than once"),
    "no header": ("3,4\n2,5\n", "found the unknown column '3'"),
    "an open quote": (HEADER + '"a,,3,4,5\n', "found unexpected end of data"),
    "a cell without end": (HEADER + "x" * 200_000 + ",,3,4,5\n", "found field larger than"),
    "too many rows": (
        HEADER + "a,,3,4,5\n" * (MOST_PAST + 1),
        ":1002: found more than 1000 rows, expected at most 1000",
    ),
    "too large": (HEADER + "\n" * SIZE_LIMIT, "expected at most 2000000"),
}


@pytest.mark.parametrize("case", BAD_TEXTS, ids=str)
def test_texts_that_cannot_be_read(case):
    text, said = BAD_TEXTS[case]
    with pytest.raises(ContentError) as caught:
        parse_past_estimates(text)
    assert said in str(caught.value)
    assert str(caught.value).startswith("past estimates")


def test_as_many_rows_as_a_plan_takes_are_read():
    assert len(parse_past_estimates(HEADER + "a,,3,4,5\n" * MOST_PAST)) == MOST_PAST


def test_a_file_is_read_by_its_path_or_its_name(tmp_path, monkeypatch):
    (tmp_path / "examples").mkdir()
    own = tmp_path / "examples" / "ours.csv"
    own.write_bytes("\ufefftask;estimate;actual\nGehölz;2;3\n".encode())
    assert read_past_estimates(own)[0].task == "Gehölz"
    assert read_past_estimates(str(own))[0].task == "Gehölz"
    monkeypatch.setenv("MLMGMT_CONTENT", str(tmp_path))
    assert read_past_estimates("ours")[0].task == "Gehölz"


BAD_FILES = {
    "not UTF-8": (b"task,estimate,actual\na,1,2\nGeh\xf6lz,1,2\n", ":3: found the byte 0xf6, expected text in UTF-8"),
    "too large": (b" " * (SIZE_LIMIT + 1), "found 2000001 bytes, expected at most 2000000"),
}


@pytest.mark.parametrize("case", BAD_FILES, ids=str)
def test_files_that_cannot_be_read(tmp_path, case):
    raw, said = BAD_FILES[case]
    (tmp_path / "past.csv").write_bytes(raw)
    with pytest.raises(ContentError) as caught:
        read_past_estimates(tmp_path / "past.csv")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(ContentError, match=r"past-estimate: found no such file, .*\(nearest: past-estimates\)"):
        read_past_estimates("past-estimate")


WEEKS = st.integers(1, 5200).map(lambda tenths: tenths / 10)
ESTIMATES = st.builds(
    lambda task, day, p50, more, actual: PastEstimate(
        task.strip() or "a", day, p50, None if more is None else min(520.0, p50 + more), min(actual, 100 * p50)
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20),
    st.none() | st.dates(date(2000, 1, 1)),
    WEEKS,
    st.none() | WEEKS,
    WEEKS,
)


@given(st.lists(ESTIMATES, min_size=1, max_size=8), st.sampled_from([(",", "."), (";", ","), ("\t", ","), (",", ",")]))
def test_what_is_written_is_read_again(past, style):
    separator, point = style

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        if isinstance(value, float):
            text = text.replace(".", point)
        return '"' + text.replace('"', '""') + '"'

    rows = [(each.task, each.estimated_on, each.p50, each.p80, each.actual) for each in past]
    text = HEADER.replace(",", separator) + "\n".join(separator.join(map(cell, row)) for row in rows)
    assert parse_past_estimates(text) == tuple(past)


@given(st.text(alphabet='estimate,actul;"\n\r\t0123.-\0\ufeff_p58wk', max_size=80))
def test_any_text_is_read_or_refused(text):
    for given_text in (text, f"estimate,actual\n{text}"):
        try:
            past = parse_past_estimates(given_text)
        except ContentError:
            continue
        assert calibrate(past).p50.of == len(past) > 0
