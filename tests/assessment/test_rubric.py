import pickle
import re

import pytest
import yaml
from pydantic import ValidationError
from tests.rubrics import flat, toy, toy_data, written

from mlmgmt_widgets.assessment import Choice, Question, Rubric, Section, load_rubric
from mlmgmt_widgets.content import ContentError

DEEP = {
    "id": "deep",
    "version": "2",
    "title": "Deep",
    "answers": [{"value": 0, "label": "No"}, {"value": 1, "label": "Yes"}],
    "sections": [
        {
            "id": "a",
            "title": "A",
            "sections": [
                {"id": "a-one", "title": "A1", "questions": [{"id": "q1", "question": "?"}]},
                {"id": "a-two", "title": "A2", "questions": [{"id": "q2", "question": "?"}]},
            ],
        },
        {"id": "b", "title": "B", "questions": [{"id": "q3", "question": "?"}]},
    ],
}


def test_walks_every_depth_in_the_order_of_the_file():
    rubric = Rubric.model_validate(DEEP)
    assert [node.id for node in rubric.nodes()] == ["a", "a-one", "q1", "a-two", "q2", "b", "q3"]
    assert [question.id for question in rubric.questions] == ["q1", "q2", "q3"]
    assert [section.id for section in rubric.leaf_sections] == ["a-one", "a-two", "b"]
    assert [section.id for section in rubric.paths["q2"]] == ["a", "a-two"]
    assert rubric.section_of("q2").id == "a-two"
    assert rubric.columns == {"q1": 0, "q2": 1, "q3": 2}


def test_a_rubric_without_sections_counts_as_one():
    rubric = flat(1, 2)
    assert [section.id for section in rubric.leaf_sections] == ["flat"]
    assert rubric.section_of("q1").title == "Flat"
    assert [question.id for question in rubric.leaf_sections[0].questions] == ["q0", "q1"]


def test_nodes_are_found_by_id():
    rubric = toy()
    assert rubric.node("data").title == "Data"
    assert rubric.question("canary").title == "Is there a canary?"
    for unknown in ("data", "nothing"):
        with pytest.raises(KeyError):
            rubric.question(unknown)


@pytest.mark.parametrize(
    "rubric",
    [toy(), flat(1, 2), Rubric.model_validate(DEEP), load_rubric("mlops-maturity")],
    ids=lambda rubric: rubric.id,
)
def test_survives_json_python_and_pickle(rubric):
    assert Rubric.model_validate_json(rubric.model_dump_json()) == rubric
    assert Rubric.model_validate(rubric.model_dump()) == rubric
    assert pickle.loads(pickle.dumps(rubric)) == rubric  # noqa: S301 - our own bytes


def test_can_be_made_in_python():
    question = Question(id="q", question="Why?")
    rubric = Rubric(
        id="made",
        version="1.0.0",
        title="Made",
        answers=(Choice(value=0, label="No"), Choice(value=1, label="Yes")),
        sections=(Section(id="s", title="S", questions=(question,)),),
    )
    assert rubric.questions == (question,)
    with pytest.raises(ValidationError, match="a second time"):
        Rubric(**{**dict(rubric), "sections": rubric.sections * 2})


def test_the_names_of_levels_lowest_first():
    assert toy().levels.labels == ("Absent", "Started", "Strong")
    stages = {"base": "Ad hoc", "stages": [{"label": "Repeatable", "requires": {"data": 1}}]}
    assert toy(levels=stages).levels.labels == ("Ad hoc", "Repeatable")


def test_says_what_it_is():
    assert toy().summary == "toy@1.0.0, 3 questions"
    assert flat(1).summary == "flat@1.0.0, 1 question"


def test_the_schema_knows_that_a_node_has_one_kind_of_children():
    schema = Rubric.model_json_schema()
    assert schema["oneOf"] == [{"required": ["sections"]}, {"required": ["questions"]}]
    assert schema["additionalProperties"] is False
    assert "questions" in schema["properties"]
    assert schema["$defs"]["Question"]["properties"]["weight"]["exclusiveMinimum"] == 0


@pytest.mark.parametrize(
    ("own", "where"), [("data", r"sections\.0\.id|sections\[0\]\.id"), ("canary", r"sections.*1.*questions.*0.*id")]
)
def test_the_rubrics_own_id_names_no_section_and_no_question(own, where):
    with pytest.raises(ValidationError, match=f"'{own}', the rubric's own id") as caught:
        toy(id=own)
    assert re.search(where, str(caught.value), re.DOTALL)


def test_a_section_with_the_rubrics_id_is_told_with_its_line(tmp_path):
    path = written(tmp_path, yaml.safe_dump(toy_data(id="data"), sort_keys=False))
    line = 1 + next(i for i, text in enumerate(path.read_text().splitlines()) if text == "- id: data")
    with pytest.raises(
        ContentError, match=rf"rubric\.yaml:{line}: sections\[0\]\.id: found 'data', the rubric's own id"
    ):
        load_rubric(path)
