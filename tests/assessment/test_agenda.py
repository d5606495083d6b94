import pytest
from tests.rubrics import flat, given, toy

from mlmgmt_widgets.assessment import load_rubric, score
from mlmgmt_widgets.assessment.agenda import agenda


def people(**answers):
    """As many people as there are answers to a question."""
    count = max(map(len, answers.values()))
    return given(*({name: values[i] for name, values in answers.items() if i < len(values)} for i in range(count)))


def items(rubric, responses):
    return {item.question: item for item in agenda(rubric, score(rubric, responses))}


def test_disagreement_comes_before_agreement():
    rubric = flat(1, 1)
    order = [item.question for item in agenda(rubric, score(rubric, people(q0=[2, 2, 2, 2], q1=[0, 4, 0, 4])))]
    assert order == ["q1", "q0"]


def test_the_priority_is_the_product_of_its_parts():
    item = items(flat(1, 3), people(q0=[2, 2], q1=[0, 4, 0, 4]))["q1"]
    assert item.weight == 0.75
    assert item.consensus == 0
    assert item.distance == 0.5  # half of them four steps of four below the top
    assert item.priority == pytest.approx(1 * 0.75 * 0.5)


def test_weights_count_only_where_the_rule_uses_them():
    answers = people(q0=[0, 1], q1=[0, 1])
    assert items(flat(1, 3, combine="median"), answers)["q1"].weight == 0.5
    assert items(flat(1, 3, combine="sum"), answers)["q1"].weight == 0.75


def test_shares_of_the_root_add_up_to_one():
    rubric = load_rubric("mlops-maturity")
    everyone = given({question.id: 1 for question in rubric.questions})
    assert sum(item.weight for item in agenda(rubric, score(rubric, everyone))) == pytest.approx(1)


def test_dont_knows_count_as_disagreement():
    found = items(flat(1, 1, 1), people(q0=[2, 2, 2, 2], q1=[2, 2, "dk", "dk"], q2=["dk"] * 4))
    assert found["q0"].priority == 0
    assert found["q1"].priority == pytest.approx(0.5 / 3 * 0.5)
    assert (found["q2"].score, found["q2"].consensus, found["q2"].distance) == (None, None, 1)
    assert found["q2"].dont_know == 4
    assert list(found) == ["q2", "q1", "q0"]


def test_what_nobody_was_asked_is_not_on_the_agenda():
    assert list(items(flat(1, 1, 1), people(q0=[1], q1=["na"]))) == ["q0"]
    assert agenda(flat(1), score(flat(1), [])) == ()


def test_one_person_s_agenda_follows_what_is_missing():
    rubric = flat(1, 1, 1)
    assert [item.question for item in agenda(rubric, score(rubric, given({"q0": 3, "q1": 0, "q2": 1})))] == [
        "q1",
        "q2",
        "q0",
    ]


STAGES = {
    "base": "Ad hoc",
    "stages": [{"label": "One", "requires": {"data": 1}}, {"label": "Two", "requires": {"canary": 1}}],
}


def test_the_distance_is_to_what_the_next_stage_asks():
    rubric = toy(levels=STAGES)
    split = [0, 0, 0.5, 1]
    found = items(rubric, people(**{"data-versioned": split, "data-checked": [0] * 4, "canary": [0, 0, 0, 1]}))
    # A sum of 1 out of 2 asks for "partly" throughout; it is asked of serving too, of which the stage says nothing.
    assert found["data-versioned"].distance == pytest.approx(0.25)
    assert found["canary"].distance == pytest.approx(0.375)
    # With One reached, Two asks for a canary, and there the highest answer.
    found = items(rubric, people(**{"data-versioned": [1] * 4, "data-checked": split, "canary": [0, 0, 0, 1]}))
    assert found["canary"].distance == pytest.approx(0.75)


def test_half_a_room_far_below_is_heard_though_the_mean_is_enough():
    levels = {"base": "Ad hoc", "stages": [{"label": "One", "requires": {"q0": 1.5}}]}
    rubric = flat(1, 1, levels=levels)
    answers = people(q0=[0, 0, 4, 4], q1=[2, 2, 2, 2])
    assert score(rubric, answers).nodes["q0"].score == 2
    reached = flat(1, 1, levels={"base": "Ad hoc", "stages": [{"label": "One", "requires": {"q0": 2.5}}]})
    assert items(reached, answers)["q0"].distance == pytest.approx(3 / 4 / 2)
    assert next(iter(items(rubric, answers))) == "q0"


def test_questions_at_one_priority_keep_the_order_of_the_rubric():
    assert list(items(flat(1, 1, 1), people(q0=[2, 2], q1=[2, 2], q2=[2, 2]))) == ["q0", "q1", "q2"]
