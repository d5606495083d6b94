import pytest
from tests.rubrics import flat, given, toy

from mlmgmt_widgets.assessment import Gap, explain, load_rubric, score
from mlmgmt_widgets.assessment.levels import plain

STAGES = {
    "base": "Ad hoc",
    "stages": [
        {"label": "Repeatable", "requires": {"data": 1, "serving": 0.5}},
        {"label": "Reliable", "requires": {"data": 2}},
        {"label": "Proven", "requires": {"canary": 1}},
    ],
}


def staged(data, serving, **changes):
    rubric = toy(levels=STAGES | changes)
    answers = {"data-versioned": min(data, 1), "data-checked": max(data - 1, 0), "canary": serving}
    return rubric, score(rubric, given(answers))


@pytest.mark.parametrize(
    ("data", "serving", "level"),
    [
        (0, 0, "Ad hoc"),
        (0.5, 1, "Ad hoc"),
        (1, 0, "Ad hoc"),
        (1, 0.5, "Repeatable"),
        (1, 1, "Repeatable"),  # what Proven asks is there, but what Reliable asks is not
        (2, 0.5, "Reliable"),
        (2, 1, "Proven"),
        (2, "na", "Ad hoc"),  # a node without a score meets no requirement
        (2, "dk", "Ad hoc"),
    ],
)
def test_stages_are_cumulative(data, serving, level):
    assert staged(data, serving)[1].level == level


def test_why_a_stage_and_what_earns_the_next():
    rubric, result = staged(1, 1)
    explanation = explain(rubric, result)
    assert explanation.level == "Repeatable"
    assert explanation.next_level == "Reliable"
    assert explanation.gaps == (Gap("data", "Data", 1.0, 2.0),)
    assert explanation.sentence == (
        "The level is Repeatable: what it asks for is there, but Reliable is held back by Data (is at 1, 2 is needed)."
    )


def test_the_largest_gap_comes_first_and_the_unknown_before_it():
    rubric, result = staged(0, "na")
    explanation = explain(rubric, result)
    assert [gap.node for gap in explanation.gaps] == ["serving", "data"]
    assert explanation.gaps[0].score is None
    assert "Serving (has no score, 0.5 is needed) and Data (is at 0, 1 is needed)" in explanation.sentence


def test_nothing_lies_above_the_top():
    explanation = explain(*staged(2, 1))
    assert (explanation.level, explanation.next_level, explanation.gaps) == ("Proven", None, ())
    assert "the highest" in explanation.sentence


def test_without_a_base_there_is_no_level_below_the_first_stage():
    rubric, result = staged(0, 0, base=None)
    assert result.level is None
    assert explain(rubric, result).sentence.startswith("No level is reached yet: Repeatable is held back by")


def test_nothing_answered_is_said():
    rubric = toy(levels=STAGES)
    assert explain(rubric, score(rubric, [])).sentence == "The level is Ad hoc, because nothing was answered yet."
    assert explain(toy(), score(toy(), [])).sentence == "There is no level yet, because nothing was answered."
    rubric = flat(1)
    assert explain(rubric, score(rubric, [])).sentence == "Flat has no levels; nothing was answered yet."


@pytest.mark.parametrize(
    ("answer", "level", "following", "needed", "said"),
    [
        (0, "Absent", "Started", 0, "The overall score is 0, and scores up to 0 earn the level Absent."),
        (
            0.5,
            "Started",
            "Strong",
            1,
            "The overall score is 0.5, and scores above 0 and up to 1 earn the level Started.",
        ),
    ],
)
def test_why_a_band_and_what_earns_the_next(answer, level, following, needed, said):
    rubric = toy()
    explanation = explain(rubric, score(rubric, given({"canary": answer})))
    assert (explanation.level, explanation.next_level, explanation.sentence) == (level, following, said)
    assert explanation.gaps == (Gap("toy", "Overall score", answer, needed, above=True),)


def test_the_highest_band_has_nothing_above():
    rubric = toy(combine="sum")
    explanation = explain(rubric, score(rubric, given({"data-versioned": 1, "data-checked": 1, "canary": 1})))
    assert (explanation.level, explanation.next_level, explanation.gaps) == ("Strong", None, ())


def test_where_the_lowest_section_decides_every_section_that_is_too_low_is_a_gap():
    rubric = load_rubric("ml-test-score")
    answers = {question.id: 1 for section in rubric.sections[2:] for question in section.questions}
    answers |= {rubric.sections[0].questions[0].id: 0.5, rubric.sections[1].questions[0].id: 1}
    explanation = explain(rubric, score(rubric, given(answers)))
    assert [(gap.node, gap.score) for gap in explanation.gaps] == [
        (rubric.sections[0].id, 0.5),
        (rubric.sections[1].id, 1.0),
    ]


def test_a_score_just_below_is_not_rounded_to_what_is_needed():
    assert plain(1.9979, 2) == "1.998"
    assert plain(1.99999, 2) == "1.99999"
    assert plain(2.0, 2) == "2"
    assert plain(-0.001) == "0"
    assert plain(1.5) == "1.5"
