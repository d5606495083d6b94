import json
import math
import statistics
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import assume, settings
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.rubrics import flat, given, toy

from mlmgmt_widgets.assessment import Response, Responses, Rubric, consensus, load_rubric, score


def test_the_ml_test_score_of_the_paper():
    """ML Test Score, Breck et al. 2017: sum a section, the lowest section is the score."""
    rubric = load_rubric("ml-test-score")
    sums = dict(zip((section.id for section in rubric.sections), (4.0, 3.0, 5.0, 1.5), strict=True))
    answers = {}
    for section in rubric.sections:
        whole, half = divmod(sums[section.id], 1)
        points = [1.0] * int(whole) + [0.5] * bool(half)
        points += [0.0] * (len(section.questions) - len(points))
        answers.update(zip((question.id for question in section.questions), points, strict=True))
    result = score(rubric, given(answers))
    assert {node: result.nodes[node].score for node in sums} == sums
    assert result.score == 1.5
    assert result.level == rubric.levels.bands[2].label


def test_samm_secure_build():
    """OWASP SAMM: a stream is the sum of three answers, a practice the mean of its streams."""
    values = (0, 0.25, 0.5, 1)
    streams = [
        {
            "id": stream,
            "title": stream,
            "combine": "sum",
            "questions": [{"id": f"{stream}-{i}", "question": "?"} for i in range(3)],
        }
        for stream in "ab"
    ]
    rubric = toy(
        answers=[{"value": value, "label": str(value)} for value in values],
        levels=None,
        sections=[{"id": "secure-build", "title": "Secure build", "sections": streams}],
    )
    answers = {"a-0": 0.25, "a-1": 0, "a-2": 0, "b-0": 1, "b-1": 0, "b-2": 0}
    assert score(rubric, given(answers)).nodes["secure-build"].score == 0.625


def test_not_applicable_leaves_a_weighted_mean():
    rubric = flat(1, 1, 1, 3, values=(40, 60, 80, 100))
    answers = {"q0": 80, "q1": 60, "q2": 40, "q3": 100}
    assert score(rubric, given(answers)).score == 80
    assert score(rubric, given(answers | {"q3": "na"})).score == 60


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, 0), (0.5, 1), (1, 1), (1.5, 2), (2, 2), (2.5, 3), (3, 3), (3.5, 4), (5, 4), (5.5, 5), (7, 5)],
)
def test_bands_are_closed_on_the_right(total, band):
    rubric = load_rubric("ml-test-score")
    whole, half = divmod(total, 1)
    points = [1.0] * int(whole) + [0.5] * bool(half) + [0.0] * 7
    answers = {
        question.id: point
        for section in rubric.sections
        for question, point in zip(section.questions, points, strict=False)
    }
    assert score(rubric, given(answers)).level == rubric.levels.bands[band].label


def test_a_mean_that_is_two_does_not_jump_the_band_that_ends_at_two():
    # In floating point these nine, weighted by 0.1 each, have the mean 2.0000000000000004.
    bands = {"bands": [{"upto": 2, "label": "Low"}, {"label": "High"}]}
    rubric = flat(*[0.1] * 9, values=(1.1, 2.2, 2.7), levels=bands)
    answers = {f"q{i}": (1.1, 2.2, 2.7)[i % 3] for i in range(9)}
    result = score(rubric, given(answers))
    assert result.score == 2.0
    assert result.level == "Low"


def test_the_contract_s_example_as_json():
    people = given(
        {"data-versioned": 1, "data-checked": 1, "canary": 0.5},
        {"data-versioned": 1, "data-checked": "na", "canary": 1},
        {"data-versioned": 0.5, "data-checked": "dk"},
    )
    result = score(toy(), people).to_dict()
    assert list(result) == ["rubric", "respondents", "score", "low", "high", "level", "nodes"]
    assert result["rubric"] == "toy@1.0.0"
    assert result["respondents"] == 3
    assert set(result["nodes"]) == {"data", "data-versioned", "data-checked", "serving", "canary"}
    assert result["nodes"]["data-checked"] == {
        "score": 1.0,
        "low": 0.5,
        "high": 1.0,
        "answered": 1,
        "not_applicable": 1,
        "dont_know": 1,
        "unanswered": 0,
        "consensus": 1.0,
    }
    assert "consensus" not in result["nodes"]["data"]
    assert result["nodes"]["data"]["score"] == pytest.approx(2.5 / 3 + 1, abs=1e-15)
    assert result["nodes"]["serving"]["unanswered"] == 1
    json.dumps(result, allow_nan=False)


def test_the_median_of_respondents():
    rubric = flat(1, respondents="median")
    assert score(rubric, given({"q0": 0}, {"q0": 1}, {"q0": 4})).score == 1
    assert score(rubric, given({"q0": 0}, {"q0": 1}, {"q0": 4}, {"q0": 4})).score == 2.5


@pytest.mark.parametrize(
    ("rule", "expected"), [("mean", 2.8), ("median", 3), ("sum", 14), ("minimum", 1), ("maximum", 4)]
)
def test_every_rule(rule, expected):
    rubric = flat(1, 1, 3, combine=rule)
    assert score(rubric, given({"q0": 1, "q1": 4, "q2": 3})).score == pytest.approx(expected, abs=1e-15)


def test_rules_are_not_inherited():
    rubric = toy(combine="maximum")
    result = score(rubric, given({"data-versioned": 1, "data-checked": 1, "canary": 0}))
    assert result.score == 2


def test_a_node_with_nothing_left_leaves_its_parent_s():
    result = score(toy(), given({"data-versioned": "na", "data-checked": "na", "canary": 1}))
    assert result.nodes["data"].score is None
    assert result.score == 1


def test_only_not_applicable_is_null_and_never_zero():
    result = score(toy(), given(dict.fromkeys(("data-versioned", "data-checked", "canary"), "na")))
    assert (result.score, result.low, result.high, result.level) == (None, None, None, None)
    assert all(node.score is None and node.low is None for node in result.nodes.values())


def test_nobody_at_all():
    result = score(toy(), [])
    assert (result.respondents, result.score, result.level) == (0, None, None)
    assert result.distributions == {"data-versioned": (0, 0, 0), "data-checked": (0, 0, 0), "canary": (0, 0, 0)}


def test_only_dont_knows_have_no_score_but_bounds():
    result = score(toy(), given({"canary": "dk"}))
    node = result.nodes["canary"]
    assert (node.score, node.low, node.high, node.dont_know, node.consensus) == (None, 0, 1, 1, None)
    assert (result.score, result.low, result.high) == (None, 0, 1)


def test_bounds_hold_the_score_even_where_leaving_out_is_outside_both():
    # A sum on a scale above zero: without q1 it is 3, with q1 it is at least 4.
    rubric = flat(1, 1, values=(1, 2, 3), combine="sum")
    result = score(rubric, given({"q0": 3, "q1": "dk"}))
    assert (result.score, result.low, result.high) == (3, 3, 6)


def test_responses_to_another_rubric_are_refused():
    other = Responses.from_responses(toy(version="2.0.0"), given({"canary": 1}))
    with pytest.raises(ValueError, match=r"toy@2\.0\.0, not to toy@1\.0\.0"):
        score(toy(), other)


def test_consensus_follows_the_distribution():
    result = score(flat(1), given(*({"q0": answer} for answer in (0, 1, 1, 4, "dk"))))
    assert result.distributions["q0"] == (1, 2, 0, 0, 1)
    assert result.nodes["q0"].consensus == consensus((1, 2, 0, 0, 1))


def test_the_frame_is_tidy():
    frame = score(toy(), given({"canary": 0.5})).to_frame()
    assert list(frame["node"]) == ["data", "data-versioned", "data-checked", "serving", "canary"]
    assert list(frame["kind"]) == ["section", "question", "question", "section", "question"]
    assert frame.set_index("node").loc["canary", "score"] == 0.5
    assert str(frame["score"].dtype) == "float64"
    assert frame.set_index("node").loc["canary", "parent"] == "serving"


# --- properties ---------------------------------------------------------------------------------------------------

RULES = st.sampled_from(["mean", "median", "sum", "minimum", "maximum"])
WEIGHTS = st.sampled_from([0.1, 0.3, 1, 2.5, 3])
VALUES = st.lists(st.integers(-20, 40).map(lambda tenth: tenth / 10), min_size=2, max_size=5, unique=True).map(sorted)


@st.composite
def rubrics(draw, rules=RULES):
    """A rubric of any depth up to three."""
    count = iter(range(10_000))

    def children(depth):
        if depth and draw(st.booleans()):
            nodes = [
                {
                    "id": f"s{next(count)}",
                    "title": "s",
                    "weight": draw(WEIGHTS),
                    "combine": draw(rules),
                    **children(depth - 1),
                }
                for _ in range(draw(st.integers(1, 3)))
            ]
            return {"sections": nodes}
        size = draw(st.integers(1, 3))
        return {"questions": [{"id": f"q{next(count)}", "question": "?", "weight": draw(WEIGHTS)} for _ in range(size)]}

    answers = [{"value": value, "label": f"a{value}"} for value in draw(VALUES)]
    return Rubric.model_validate(
        {
            "id": "any",
            "version": "1",
            "title": "Any",
            "answers": answers,
            "combine": draw(rules),
            "respondents": draw(st.sampled_from(["mean", "median"])),
            **children(2),
        }
    )


@st.composite
def answered(draw, rules=RULES):
    rubric = draw(rubrics(rules))
    answer = st.sampled_from([*rubric.values, *rubric.values, "na", "dk", None])
    people = [{question.id: draw(answer) for question in rubric.questions} for _ in range(draw(st.integers(0, 4)))]
    return rubric, [{key: value for key, value in person.items() if value is not None} for person in people]


@forall(answered())
def test_bounds_contain_the_score(case):
    rubric, people = case
    result = score(rubric, given(*people))
    for node in [result, *result.nodes.values()]:
        assert (node.low is None) == (node.high is None)
        if node.score is not None:
            assert node.low <= node.score <= node.high
        elif node.low is not None:
            assert node.low <= node.high


@forall(answered())
def test_without_dont_knows_the_bounds_are_the_score(case):
    rubric, people = case
    known = [{key: value for key, value in person.items() if value != "dk"} for person in people]
    result = score(rubric, given(*known))
    for node in [result, *result.nodes.values()]:
        assert node.low == node.score == node.high


@forall(answered())
def test_bounds_are_the_scores_with_every_dont_know_replaced(case):
    """The definition, by another way: answer the don't-knows and score again."""
    rubric, people = case
    result = score(rubric, given(*people))
    for end, bound, pick in ((0, "low", min), (-1, "high", max)):
        replaced = [
            {key: rubric.values[end] if value == "dk" else value for key, value in person.items()} for person in people
        ]
        again = score(rubric, given(*replaced))
        for node_id, node in result.nodes.items():
            expected = again.nodes[node_id].score
            if node.score is not None and expected is not None:
                expected = pick(expected, node.score)
            assert getattr(node, bound) == expected


@forall(answered(), st.randoms(use_true_random=False))
def test_the_order_of_respondents_and_sections_changes_no_bit(case, shuffler):
    rubric, people = case
    result = score(rubric, given(*people))
    mixed = list(people)
    shuffler.shuffle(mixed)

    def shuffled(node):
        node = deepcopy(node)
        for name in ("sections", "questions"):
            if node.get(name):
                shuffler.shuffle(node[name])
                node[name] = [shuffled(child) for child in node[name]]
        return node

    data = json.loads(rubric.model_dump_json())
    other = score(Rubric.model_validate(shuffled(data)), given(*mixed))
    assert other.to_dict() == result.to_dict()


@forall(answered(st.just("mean")), st.data())
def test_an_answer_raised_never_lowers_a_mean(case, data):
    rubric, people = case
    raisable = [
        (i, key) for i, person in enumerate(people) for key, value in person.items() if value in rubric.values[:-1]
    ]
    assume(raisable)
    i, key = data.draw(st.sampled_from(raisable))
    higher = [value for value in rubric.values if value > people[i][key]]
    raised = deepcopy(people)
    raised[i][key] = data.draw(st.sampled_from(higher))
    before, after = score(rubric, given(*people)), score(rubric, given(*raised))
    assert after.score >= before.score
    for node_id, node in before.nodes.items():
        assert node.score is None or after.nodes[node_id].score >= node.score


@forall(answered())
def test_not_applicable_is_as_if_never_asked(case):
    rubric, people = case
    spared = [{key: value for key, value in person.items() if value != "na"} for person in people]
    ours, theirs = score(rubric, given(*people)), score(rubric, given(*spared))
    assert [node.score for node in ours.nodes.values()] == [node.score for node in theirs.nodes.values()]


@forall(st.lists(st.sampled_from([0, 1, 2, 3, 4, "na", "dk"]), min_size=1, max_size=30))
def test_a_question_s_score_is_the_statistics_of_the_standard_library(answers):
    numbers = [answer for answer in answers if answer not in ("na", "dk")]
    for rule, expected in (("mean", statistics.fmean), ("median", statistics.median)):
        result = score(flat(1, respondents=rule), given(*({"q0": answer} for answer in answers)))
        if numbers:
            assert result.score == pytest.approx(expected(numbers), abs=1e-12)
        else:
            assert result.score is None


@settings(max_examples=20)
@forall(st.integers(0, 2**32 - 1))
def test_many_answers_score_as_numpy_s_means_do(seed):
    rubric = load_rubric("mlops-maturity")
    rng = np.random.default_rng(seed)
    codes = np.asfortranarray(rng.integers(3, 8, (200, 35), dtype=np.int8))
    names = tuple(map(str, range(200)))
    result = score(rubric, Responses(rubric, codes, names, ("",) * 200))
    means = (codes - 3).mean(axis=0)
    assert [result.nodes[question.id].score for question in rubric.questions] == pytest.approx(list(means), abs=1e-12)
    assert result.score == pytest.approx(means.reshape(7, 5).mean(), abs=1e-12)


def test_a_million_answers_are_counted_exactly():
    rubric = load_rubric("mlops-maturity")
    rows = 28_572
    codes = np.asfortranarray(np.tile(np.arange(35, dtype=np.int8) % 8, (rows, 1)))
    result = score(rubric, Responses(rubric, codes, tuple(map(str, range(rows))), ("",) * rows))
    first = result.nodes[rubric.questions[0].id]
    assert (first.unanswered, first.answered) == (rows, 0)
    assert result.distributions[rubric.questions[3].id] == (rows, 0, 0, 0, 0)
    assert math.isfinite(result.score)


def test_scoring_loads_neither_pandas_nor_charts_nor_a_database():
    code = (
        "import sys, mlmgmt_widgets.assessment, mlmgmt_widgets.assessment.scoring;"
        "print([name for name in ('pandas', 'altair', 'sqlalchemy', 'ipywidgets') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"


def test_the_same_person_cannot_respond_twice():
    twice = [Response(respondent="a", answers={"q0": 1}), Response(respondent="a", answers={"q0": 2})]
    with pytest.raises(ValueError, match="two responses of 'a'"):
        score(flat(1), twice)
