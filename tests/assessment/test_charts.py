"""Charts are valid in both layouts whatever the answers are, and their tables hold the numbers."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import altair as alt
import pytest
from tests.rubrics import flat, given, toy

from mlmgmt_widgets.assessment import Response, Responses, Rubric, charts, load_rubric, score
from mlmgmt_widgets.assessment.agenda import agenda
from mlmgmt_widgets.assessment.groups import GroupScore, group_scores
from mlmgmt_widgets.assessment.scale import on_answers, reach
from mlmgmt_widgets.ui.figure import Figure

LONG = "Is there something so long that nobody would ever ask it in one sentence? " * 8
ROLES = ("ml-engineer", "data-engineer", "product-manager")


def everybody(rubric: Rubric, people: int, answer: Any = None) -> list[Response]:
    """People who answer everything, each something else, or all the same."""
    values = rubric.values
    return [
        Response(
            respondent=f"p{i}",
            role=ROLES[i % len(ROLES)],
            answers={
                question.id: values[(i + j) % len(values)] if answer is None else answer
                for j, question in enumerate(rubric.questions)
            },
        )
        for i in range(people)
    ]


def long_words() -> Rubric:
    section = {"id": "s", "title": LONG, "combine": "sum", "questions": [{"id": "q", "question": LONG + "x" * 200}]}
    answers = [{"value": i / 2, "label": f"{LONG} {i}"} for i in range(3)]
    return Rubric.model_validate(
        {"id": "l", "version": "1.0.0", "title": LONG, "answers": answers, "sections": [section]}
    )


CASES = {
    "a team": (load_rubric("mlops-maturity"), 12, None),
    "two people": (load_rubric("pulse"), 2, None),
    "forty people": (load_rubric("ml-test-score"), 40, None),
    "nobody": (load_rubric("pulse"), 0, None),
    "all don't know": (load_rubric("pulse"), 5, "dk"),
    "all not applicable": (load_rubric("ml-test-score"), 5, "na"),
    "one question": (flat(1), 6, None),
    "many answers": (flat(1, 2, values=tuple(range(60))), 6, None),
    "a scale of halves": (toy(), 6, None),
    "long words": (long_words(), 3, None),
}


def figures(rubric: Rubric, people: int, answer: Any) -> Iterator[Figure]:
    responses = Responses.from_responses(rubric, everybody(rubric, people, answer))
    result = score(rubric, responses)
    yield charts.sections(result, rubric)
    yield charts.distributions(result, rubric)
    yield charts.distributions(result, rubric, rubric.leaf_sections[0].id)
    yield charts.agenda(agenda(rubric, result))
    yield charts.dont_know(result, rubric)
    yield charts.roles(group_scores(rubric, responses, 2), rubric)
    yield charts.trend([(date(2026, 3, 1), result), (date(2026, 9, 1), result)], rubric)
    yield charts.trend([(date(2026, 3, 1), result)], rubric)
    yield charts.compare(result, result, rubric)


@pytest.mark.parametrize("case", CASES)
def test_charts_are_valid_whatever_the_answers_are(case: str) -> None:
    for figure in figures(*CASES[case]):
        payload = figure.payload()
        json.dumps(payload, allow_nan=False)
        for layout in ("spec", "narrow"):
            alt.LayerChart.from_dict(payload[layout])  # the schema refuses what Vega-Lite does not know
            assert payload[layout]["height"] > 0
        assert payload["title"]
        assert all(len(row) == len(payload["columns"]) for row in payload["rows"])


@pytest.mark.parametrize("case", ["a team", "nobody", "long words"])
def test_charts_can_be_drawn(case: str) -> None:
    for figure in figures(*CASES[case]):
        assert figure.svg().startswith("<svg")


def written(spec: dict[str, Any]) -> str:
    """All text of a chart."""
    values = (value for layer in spec["layer"] for value in spec["datasets"][layer["data"]["name"]] if "text" in value)
    return " ".join(" ".join(str(value["text"]) for value in values).split())


def test_every_question_can_be_read_in_both_layouts() -> None:
    rubric = load_rubric("mlops-maturity")
    payload = charts.distributions(score(rubric, everybody(rubric, 12)), rubric).payload()
    for layout in ("spec", "narrow"):
        assert all(question.question in written(payload[layout]) for question in rubric.questions)


def test_the_table_of_distributions_holds_every_count() -> None:
    rubric = flat(1, 1, values=(0, 1, 2))
    result = score(rubric, given({"q0": 0.0, "q1": "dk"}, {"q0": 2.0, "q1": "na"}, {"q0": 2.0}))
    figure = charts.distributions(result, rubric)
    first, second = (dict(zip(figure.columns, row, strict=True)) for row in figure.rows)
    assert (first["0 answer 0"], first["1 answer 1"], first["2 answer 2"]) == (1, 0, 2)
    assert (second["Don't know"], second["Not applicable"], second["Unanswered"]) == (1, 1, 1)
    assert second["Score"] is None


def test_questions_can_be_shown_a_section_at_a_time() -> None:
    rubric = load_rubric("pulse")
    figure = charts.distributions(score(rubric, everybody(rubric, 3)), rubric, "data")
    assert figure.id == "questions-data"
    assert [row[1] for row in figure.rows] == [rubric.question("pulse-data").question]


def test_sections_say_what_the_next_level_needs() -> None:
    rubric = load_rubric("mlops-maturity")
    result = score(rubric, everybody(rubric, 5, 1.0))
    figure = charts.sections(result, rubric)
    needed = {row[0]: row[4] for row in figure.rows}
    assert needed["From research to production"] == 1.6
    assert "needs 1.6" in written(figure.payload()["narrow"])


def test_a_sum_is_drawn_on_its_own_scale_and_not_on_that_of_the_answers() -> None:
    rubric = load_rubric("ml-test-score")
    assert reach(rubric, rubric.sections[0]) == (0, 7)
    assert not on_answers(rubric)
    assert on_answers(load_rubric("mlops-maturity"))
    assert "7" in written(charts.sections(score(rubric, []), rubric).payload()["spec"]).split()


def test_the_agenda_is_drawn_to_ten_and_told_in_full() -> None:
    rubric = load_rubric("mlops-maturity")
    items = agenda(rubric, score(rubric, everybody(rubric, 7)))
    figure = charts.agenda(items)
    assert len(figure.rows) == 35
    assert figure.rows[0][0] == items[0].title
    assert figure.rows[0][1] == 100
    assert items[11].title not in written(figure.payload()["spec"])


def test_what_nobody_knows_comes_first() -> None:
    rubric = flat(1, 1, 1)
    figure = charts.dont_know(score(rubric, given({"q2": "dk", "q1": "dk"}, {"q2": "dk", "q0": 1.0})), rubric)
    assert [row[1:] for row in figure.rows] == [["Question 2?", 2, 2], ["Question 1?", 1, 2]]
    assert "2 of 2" in written(figure.payload()["spec"])


def test_a_hidden_group_is_drawn_as_hidden() -> None:
    groups = [GroupScore("data", "ml-engineer", True, 6, 1.0), GroupScore("data", "cto", False, None, None)]
    figure = charts.roles(groups, toy())
    assert figure.rows[1][2:] == [None, None]
    assert "–" in written(figure.payload()["spec"])


def test_small_groups_are_hidden_and_so_is_the_group_that_would_give_them_away() -> None:
    rubric = toy()
    people = [(5, "a"), (5, "b"), (2, "c")]
    responses = [
        Response(respondent=f"{role}{i}", role=role, answers={"data-versioned": 1.0})
        for size, role in people
        for i in range(size)
    ]
    groups = group_scores(rubric, Responses.from_responses(rubric, responses), 5)
    shown = {(group.section, group.role) for group in groups if group.shown}
    assert shown == {("data", "b")}
    assert all(group.score is None and group.people is None for group in groups if not group.shown)
    assert {group.role for group in group_scores(rubric, Responses.from_responses(rubric, responses), None)} == {*"abc"}


def test_trend_and_compare_refuse_another_version() -> None:
    rubric, other = toy(), score(toy(version="2.0.0"), [])
    with pytest.raises(ValueError, match=r"toy@2\.0\.0 cannot be compared with those of toy@1\.0\.0"):
        charts.trend([(date(2026, 1, 1), other)], rubric)
    with pytest.raises(ValueError, match="cannot be compared"):
        charts.compare(score(rubric, []), other, rubric)


def test_a_trend_is_in_the_order_of_time_and_says_what_changed() -> None:
    rubric = flat(1)
    low, high = (score(rubric, given({"q0": value})) for value in (1.0, 3.5 - 0.5))
    figure = charts.trend([(date(2026, 9, 1), high), (date(2026, 3, 1), low)], rubric)
    assert figure.columns == ["Section", "1 Mar 2026", "1 Sep 2026"]
    assert figure.rows == [["Overall", 1.0, 3.0]]
    assert "+2.0" in written(figure.payload()["spec"])


def test_workshops_of_one_day_are_drawn_side_by_side() -> None:
    rubric = flat(1)
    low, high = (score(rubric, given({"q0": value})) for value in (1.0, 3.0))
    spec = charts.trend([(date(2026, 3, 1), low), (date(2026, 3, 1), high)], rubric).payload()["spec"]
    datasets = spec["datasets"].values() if "datasets" in spec else [each["data"]["values"] for each in spec["layer"]]
    points = [row for rows in datasets for row in rows if "row" in row]
    assert len({point["x"] for point in points}) == 2
