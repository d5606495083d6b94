import re
import textwrap

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mlmgmt_widgets.assessment import Rubric, load_rubric
from mlmgmt_widgets.content import ContentError, Fault, find, load, names, nearest, notebooks, shipped
from mlmgmt_widgets.documents import parse_document
from tests.rubrics import toy, toy_data, written

GOOD = """\
id: toy
version: 1.0.0
title: A toy rubric
answers:
  - {value: 0, label: No}
  - {value: 0.5, label: Partly}
  - {value: 1, label: Yes}
combine: mean
levels:
  bands:
    - {upto: 0, label: Absent}
    - {upto: 1, label: Started}
    - {label: Strong}
sections:
  - id: data
    title: Data
    weight: 1
    combine: sum
    questions:
      - {id: data-versioned, question: "Is data versioned?", weight: 1, descriptors: [no, some, all]}
      - {id: data-checked, question: "Is data checked?"}
"""
STAGES = """\
levels:
  base: Ad hoc
  stages:
    - {label: Repeatable, requires: {data: 1}}
"""


def faults(folder, text):
    with pytest.raises(ContentError) as caught:
        load_rubric(written(folder, text))
    return [(fault.line, fault.field, fault.found, fault.expected) for fault in caught.value.faults]


def staged(text):
    before, rest = GOOD.split("levels:")
    return before + text + rest[rest.index("sections:") :]


def test_a_good_rubric_is_read_as_it_stands(tmp_path):
    rubric = load_rubric(written(tmp_path, GOOD))
    assert rubric.key == "toy@1.0.0"
    assert [choice.label for choice in rubric.answers] == ["No", "Partly", "Yes"]
    assert rubric.questions[0].descriptors == ("no", "some", "all")
    assert rubric.sections[0].combine == "sum"


ONE_FAULT = [
    # what is changed, into what, line, field, what the fault says
    ("title: A toy rubric", "titel: A toy rubric", 3, "titel", "unknown key 'titel', expected 'title'"),
    ("weight: 1\n", "wieght: 1\n", 17, "sections[0].wieght", "unknown key 'wieght', expected 'weight'"),
    ("weight: 1\n", "zzz: 1\n", 17, "sections[0].zzz", "expected one of id, title"),
    ("weight: 1\n", 'weight: "1"\n', 17, "sections[0].weight", "found '1', expected a number"),
    ("weight: 1\n", "weight: true\n", 17, "sections[0].weight", "found true, expected a number"),
    ("weight: 1\n", "weight: 0\n", 17, "sections[0].weight", "found 0, expected a number above 0"),
    ("weight: 1\n", "weight: -2\n", 17, "sections[0].weight", "found -2, expected a number above 0"),
    ("weight: 1\n", "weight: .nan\n", 17, "sections[0].weight", "found nan, expected a"),
    ("weight: 1\n", "weight: .inf\n", 17, "sections[0].weight", "found inf, expected a finite number"),
    ("weight: 1\n", "weight:\n", 17, "sections[0].weight", "found nothing, expected a number"),
    ("    title: Data\n", "", 15, "sections[0].title", "found nothing, expected 'title'"),
    ("title: Data", "title: 12", 16, "sections[0].title", "found 12, expected text (with quotes"),
    ("title: Data", "title: true", 16, "sections[0].title", "found true, expected text (with quotes"),
    ("title: Data", 'title: "  "', 16, "sections[0].title", "found '', expected text that is not blank"),
    ("title: Data", "title: [a]", 16, "sections[0].title", "found a list, expected text"),
    ("combine: mean", "combine: average", 8, "combine", "'average', expected one of 'mean'"),
    ("id: toy", "id: Toy Rubric", 1, "id", "'Toy Rubric', expected a kebab-case id"),
    ("id: data-checked", "id: data_checked", 21, "sections[0].questions[1].id", "kebab-case"),
    ("id: data-checked", "id: data-versioned", 21, "sections[0].questions[1].id", "'data-versioned' a second time"),
    ("id: data-checked", "id: data", 21, "sections[0].questions[1].id", "first used at sections[0]"),
    ("version: 1.0.0", "version: 1.0", 2, "version", "found 1.0, expected text"),
    ("version: 1.0.0", "version: newest", 2, "version", "a version such as 1.0.0"),
    (
        "descriptors: [no, some, all]",
        "descriptors: [no, all]",
        20,
        "sections[0].questions[0].descriptors",
        "found 2 descriptors, expected 3",
    ),
    (
        "descriptors: [no, some, all]",
        "descriptors: []",
        20,
        "sections[0].questions[0].descriptors",
        "found 0 descriptors, expected 3",
    ),
    (
        "descriptors: [no, some, all]",
        "descriptors: [no, 1, all]",
        20,
        "sections[0].questions[0].descriptors[1]",
        "found 1, expected text",
    ),
    ("value: 0.5", "value: 0", 6, "answers[1].value", "expected a value above 0"),
    ("value: 0.5", "value: 2", 7, "answers[2].value", "expected a value above 2"),
    ("label: Partly", "label: No", 6, "answers[1].label", "'No' a second time"),
    ("upto: 1, ", "upto: 0, ", 12, "levels.bands[1].upto", "expected an upto above 0"),
    ("upto: 1, ", "upto: -1, ", 12, "levels.bands[1].upto", "expected an upto above 0"),
    ("upto: 1, ", "", 12, "levels.bands[1]", "a band without upto before the last"),
    ("{label: Strong}", "{upto: 3, label: Strong}", 13, "levels.bands[2].upto", "no upto in the last band"),
    ("{label: Strong}", "{label: Absent}", 13, "levels.bands[2].label", "'Absent' a second time"),
    ("  bands:", "  base: Ad hoc\n  bands:", 10, "levels.base", "a base level beside bands"),
    (
        "title: A toy rubric",
        "title: A toy rubric\ntitle: B",
        4,
        "title",
        "'title' a second time, expected each key once (first on line 3)",
    ),
    ("title: A toy rubric", "title: &a A toy rubric", 3, "title", "the anchor &a"),
    ("title: A toy rubric", "title: !secret A toy rubric", 3, "title", "the tag !secret"),
    ("combine: mean", "<<: {combine: mean}", 8, "<<", "the unknown key '<<'"),
]


@pytest.mark.parametrize("case", ONE_FAULT, ids=lambda case: f"{case[0].strip()} becomes {case[1].strip()}")
def test_one_fault_is_reported_once_with_line_and_field(tmp_path, case):
    old, new, line, field, said = case
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        load_rubric(path)
    # A misspelt key that is required is missing, too.
    (fault,) = [fault for fault in caught.value.faults if "unknown" not in said or fault.found != "nothing"]
    assert (fault.file, fault.line, fault.field) == (str(path), line, field)
    assert said in str(fault)
    assert str(fault).startswith(f"{path}:{line}: {field}: found ")


NODES = {
    "neither": ("{id: a, title: A}", "sections[0]", "neither sections nor questions"),
    "empty": ("{id: a, title: A, questions: []}", "sections[0].questions", "an empty list, expected at least one"),
    "nothing": ("{id: a, title: A, questions: }", "sections[0].questions", "expected a"),
    "both": (
        "{id: a, title: A, questions: [{id: q, question: q}], sections: [{id: b, title: b}]}",
        "sections[0].questions",
        "questions beside sections",
    ),
    "text": ("{id: a, title: A, questions: many}", "sections[0].questions", "found 'many', expected a list"),
    "a question that is text": (
        "{id: a, title: A, questions: [why]}",
        "sections[0].questions[0]",
        "expected a mapping",
    ),
    "a list": ("[a, b]", "sections[0]", "found a list, expected a mapping"),
}


@pytest.mark.parametrize("case", NODES, ids=str)
def test_a_node_has_sections_or_questions(tmp_path, case):
    node, field, said = NODES[case]
    text = GOOD[: GOOD.index("sections:")] + f"sections:\n  - {node}\n"
    found = faults(tmp_path, text)
    assert any(
        line == 15 and name == field and said in f"found {what}, expected {want}" for line, name, what, want in found
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("{data: 1}", "{dta: 1}", "levels.stages[0].requires.dta", "unknown node 'dta', expected 'data'"),
        ("{data: 1}", "{qqqqqq: 1}", "levels.stages[0].requires.qqqqqq", "the id of a section or question"),
        ("{data: 1}", "{}", "levels.stages[0].requires", "found 0, expected at least 1"),
        ("{data: 1}", '{data: "1"}', "levels.stages[0].requires.data", "found '1', expected a number"),
        ("{data: 1}", "data", "levels.stages[0].requires", "found 'data', expected a mapping"),
        ("label: Repeatable", "label: Ad hoc", "levels.stages[0].label", "'Ad hoc' a second time"),
        ("  base", "  bands: [{label: A}]\n  base", "levels.stages", "stages beside bands"),
    ],
)
def test_faults_of_stages(tmp_path, old, new, field, said):
    found = faults(tmp_path, staged(STAGES.replace(old, new)))
    assert any(name == field and said in f"found {what}, expected {want}" for _, name, what, want in found)


def test_levels_are_bands_or_stages(tmp_path):
    assert faults(tmp_path, staged("levels: {base: Ad hoc}\n"))[0][1:3] == ("levels", "neither bands nor stages")


FILES = {
    "an empty file": (b"", 1, "an empty file"),
    "only comments": (b"# nothing yet\n", 1, "an empty file"),
    "only null": (b"~\n", 1, "found nothing, expected a mapping"),
    "a list": (b"- id: toy\n", 1, "found a list, expected a mapping"),
    "text": (b"hello\n", 1, "found 'hello', expected a mapping"),
    "a tab": (b"id: toy\nsections:\n\t- id: a\n", 3, "a tab in the indentation, expected spaces"),
    "not UTF-8": (b"id: toy\ntitle: \xfcber\n", 2, "the byte 0xfc, expected text in UTF-8"),
    "UTF-16": ("id: toy".encode("utf-16"), 1, "expected text in UTF-8"),
    "a control character": (b"id: toy\ntitle: \x07\n", None, "a character that YAML does not allow"),
    "an open bracket": (b"answers: [1, 2\n", None, "broken YAML"),
    "a colon in text": (b"title: a: b\n", 1, "needs quotes"),
    "two documents": (b"id: a\n---\nid: b\n", 2, "a second document"),
    "a list as a key": (b"? [a]\n: b\n", 1, "a list or mapping as a key"),
    "too deep": (b"[" * 100_000, 1, "levels of nesting"),
    "too large": (b"# " + b"x" * 3_000_000, None, "3000002 bytes, expected at most"),
}


@pytest.mark.parametrize("case", FILES, ids=str)
def test_files_that_cannot_be_read(tmp_path, case):
    raw, line, said = FILES[case]
    with pytest.raises(ContentError) as caught:
        load_rubric(written(tmp_path, raw))
    (fault,) = caught.value.faults if case != "only null" else caught.value.faults[:1]
    assert line is None or fault.line == line
    assert said in str(fault)
    assert "\n" not in str(fault)


def test_aliases_do_not_blow_up(tmp_path):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    with pytest.raises(ContentError, match=r"the alias \*a, expected the value itself"):
        load_rubric(written(tmp_path, bomb))


def test_all_faults_are_reported_at_once_in_the_order_of_the_file(tmp_path):
    text = textwrap.dedent("""\
        id: Toy
        version: 1.0
        titel: A toy rubric
        answers:
          - {value: 0, label: No}
          - {value: "1", label: No}
        levels:
          bands:
            - {upto: 2, label: A}
            - {upto: 1, label: B}
            - {label: C}
        sections:
          - id: data
            title: Data
            weight: -1
            questions:
              - {id: a, question: "?", descriptors: [x]}
              - {id: a, question: 7}
              - {id: b, question: "?", id: c}
        """)
    found = faults(tmp_path, text)
    assert [line for line, *_ in found] == [1, 1, 2, 3, 6, 6, 10, 15, 17, 18, 18, 19]
    assert {field for _, field, *_ in found} == {
        "id",
        "title",
        "version",
        "titel",
        "answers[1].value",
        "answers[1].label",
        "levels.bands[1].upto",
        "sections[0].weight",
        "sections[0].questions[0].descriptors",
        "sections[0].questions[1].id",
        "sections[0].questions[1].question",
        "sections[0].questions[2].id",
    }


def test_yaml_is_read_as_version_1_2():
    text = (
        "a: No\nb: yes\nc: on\nd: 012\ne: 0x1F\nf: 0o17\ng: 1e3\nh: ~\ni: 2026-01-01\nj: '1'\nk: 12:30\n"
        "l: .5\nm: TRUE\nn: 1_000\n"
    )
    assert parse_document("x", text.encode()).data == {
        "a": "No",
        "b": "yes",
        "c": "on",
        "d": 12,
        "e": 31,
        "f": 15,
        "g": 1000.0,
        "h": None,
        "i": "2026-01-01",
        "j": "1",
        "k": "12:30",
        "l": 0.5,
        "m": True,
        "n": "1_000",
    }


@settings(max_examples=150)
@forall(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    try:
        document = parse_document("x", raw)
    except Exception as error:  # noqa: BLE001 - that is the claim
        pytest.fail(f"{error!r}")
    assert document.readable or document.faults


LINES = GOOD.splitlines()


@settings(max_examples=150)
@forall(st.integers(0, len(LINES) - 1), st.text(max_size=30), st.integers(0, 60))
def test_no_edit_of_a_rubric_gives_more_than_content_errors(tmp_path_factory, row, text, column):
    lines = list(LINES)
    lines[row] = lines[row][:column] + text + lines[row][column:]
    path = tmp_path_factory.mktemp("edited") / "rubric.yaml"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    found: tuple[Fault, ...] = ()
    try:
        load_rubric(path)
    except ContentError as error:
        found = error.faults
    for fault in found:
        assert re.match(rf"{re.escape(str(path))}:\d+: .*found .*, expected ", str(fault))


def test_dicts_are_refused_for_the_same_reasons():
    data = toy_data(titel="x", combine="average")
    data["sections"][1]["questions"][0]["id"] = "data"
    with pytest.raises(ValidationError) as caught:
        Rubric.model_validate(data)
    assert {error["loc"] for error in caught.value.errors()} == {
        ("titel",),
        ("combine",),
        ("sections", 1, "questions", 0, "id"),
    }


def test_models_are_frozen_and_copies_see_their_changes():
    rubric = toy()
    assert len(rubric.questions) == 3
    with pytest.raises(ValidationError):
        rubric.title = "Another"
    shorter = rubric.model_copy(update={"sections": rubric.sections[:1]})
    assert [question.id for question in shorter.questions] == ["data-versioned", "data-checked"]
    assert len(rubric.questions) == 3


def test_one_s_own_content_stands_before_what_is_shipped(tmp_path, monkeypatch):
    (tmp_path / "rubrics").mkdir()
    written(tmp_path / "rubrics", GOOD.replace("id: toy", "id: pulse"), "pulse.yaml")
    monkeypatch.setenv("MLMGMT_CONTENT", str(tmp_path))
    assert load_rubric("pulse").title == "A toy rubric"
    assert find("rubrics", "ml-test-score") == shipped() / "rubrics" / "ml-test-score.yaml"
    assert "pulse" in names("rubrics")


def test_a_name_that_is_unknown_gets_the_nearest():
    with pytest.raises(
        ContentError, match=r"mlops-maturty: found no such file, expected .*\(nearest: mlops-maturity\)"
    ):
        load("mlops-maturty", Rubric)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(ContentError, match="found a folder, expected a file"):
        load(tmp_path, Rubric)


def test_where_notebooks_are(tmp_path, monkeypatch):
    assert notebooks().name == "notebooks"
    monkeypatch.setenv("MLMGMT_NOTEBOOKS", str(tmp_path))
    assert notebooks() == tmp_path


def test_nearest():
    assert nearest("wieght", ["weight", "title"]) == "weight"
    assert nearest("zzz", ["weight", "title"]) is None


def test_many_faults_are_listed_to_a_point(tmp_path):
    text = GOOD + "".join(f"extra-{i}: 1\n" for i in range(80))
    with pytest.raises(ContentError) as caught:
        load_rubric(written(tmp_path, text))
    assert len(caught.value.faults) == 80
    assert str(caught.value).endswith("and 30 more faults")


ODD = [
    None,
    [],
    "x",
    {1: 2},
    {"sections": {"a": 1}},
    {"sections": [None, 3, [1], "x"], "answers": {"a": 1}, "levels": [1]},
    {"answers": [{"value": 10**400, "label": "a"}, {"value": 10**5000, "label": "b"}]},
    {"levels": {"stages": [{"requires": [1]}], "bands": 3}},
    {"id": b"toy", "title": object()},
]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_data_of_any_shape_is_refused_and_breaks_nothing(data):
    with pytest.raises(ValidationError):
        Rubric.model_validate(data)
