import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.rubrics import given, toy, written

from mlmgmt_widgets.assessment import (
    AnswerError,
    Response,
    Responses,
    check_answer,
    read_responses,
    score,
    write_responses,
)
from mlmgmt_widgets.assessment.responses import COMMENT_LIMIT, PIECE, Row, safe_text, write_rows
from mlmgmt_widgets.content import ContentError

HEADER = "respondent,role,question,answer,comment\n"


def read(folder, text, rubric=None):
    return read_responses(rubric or toy(), written(folder, text, "answers.csv"))


# --- one answer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [0, 0.5, 1, "na", "dk", None])
def test_an_answer_of_the_scale_is_taken(answer):
    assert check_answer(toy(), "canary", answer, " fine ") == (answer, "fine")


@pytest.mark.parametrize(
    "answer", [2, -1, 0.25, True, False, math.nan, math.inf, "1", "", "NA", [1], {"a": 1}, b"na", 10**400]
)
def test_any_other_answer_is_refused_in_a_sentence(answer):
    with pytest.raises(
        AnswerError, match=r"^The answer to 'canary' is .*; it should be one of 0, 0\.5, 1, na or dk\.$"
    ):
        check_answer(toy(), "canary", answer)


def test_a_number_too_long_to_write_out_is_refused_too():
    with pytest.raises(AnswerError, match="a number beyond all bounds"):
        check_answer(toy(), "canary", 10**5000)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("canry", "Did you mean 'canary'"),
        ("x", "no question 'x'"),
        (7, "no question 7"),
        ("data", "no question 'data'"),
        ("é" * 100_000, "no question 'é"),
    ],
)
def test_an_unknown_question_is_refused_with_the_nearest(question, said):
    with pytest.raises(AnswerError, match=said):
        check_answer(toy(), question, 1)


def test_a_comment_has_a_limit():
    assert check_answer(toy(), "canary", 1, "x" * COMMENT_LIMIT)[1] == "x" * COMMENT_LIMIT
    with pytest.raises(AnswerError, match="2001 characters; the limit is 2000"):
        check_answer(toy(), "canary", 1, "x" * (COMMENT_LIMIT + 1))
    with pytest.raises(AnswerError, match="not text"):
        check_answer(toy(), "canary", 1, 5)


@pytest.mark.parametrize("answers", [{"q": True}, {"q": "3"}, {"q": math.nan}, {"q": None}, {"q": "NA"}])
def test_a_response_takes_no_look_alikes(answers):
    with pytest.raises(ValidationError):
        Response(respondent="a", answers=answers)


def test_a_response_needs_a_respondent():
    with pytest.raises(ValidationError):
        Response(respondent="  ")


# --- everybody's ----------------------------------------------------------------------------------------------------


def test_answers_become_columns_and_come_back():
    people = [
        Response(respondent="a", role="x", answers={"canary": 1, "data-checked": "dk"}, comments={"canary": "why"}),
        Response(respondent="b", answers={"canary": "na"}),
    ]
    table = Responses.from_responses(toy(), people)
    assert table.codes.tolist() == [[0, 1, 5], [0, 0, 2]]
    assert table.codes.flags.f_contiguous
    assert table.to_responses() == people


def test_an_illegal_answer_in_a_response_is_refused():
    with pytest.raises(AnswerError, match="it should be one of"):
        Responses.from_responses(toy(), given({"canary": 7}))


def test_some_respondents_with_their_comments():
    people = [
        Response(respondent=name, role=role, answers={"canary": 1}, comments={"canary": f"of {name}"})
        for name, role in (("a", "x"), ("b", "y"), ("c", "x"))
    ]
    table = Responses.from_responses(toy(), people)
    assert table.select(np.array([role == "x" for role in table.roles])).to_responses() == [people[0], people[2]]
    assert table.select([1]).to_responses() == [people[1]]
    assert len(table.select([])) == 0
    assert score(toy(), table.select([])).score is None


# --- the CSV --------------------------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_stands(tmp_path):
    table = read(
        tmp_path,
        HEADER
        + "anna,ml-engineer,canary,1,\nanna,,data-checked,dk,see wiki\nben,manager,canary,,\n,,canary,,from nobody\n",
    )
    assert table.respondents == ("anna", "ben")
    assert table.roles == ("ml-engineer", "manager")
    assert table.answers() == [{"canary": 1, "data-checked": "dk"}, {}]
    assert [(said.question, said.text, said.respondent) for said in table.comments] == [
        ("data-checked", "see wiki", 0),
        ("canary", "from nobody", None),
    ]


def test_columns_may_stand_in_any_order_and_role_and_comment_be_left_out(tmp_path):
    table = read(tmp_path, "question,answer,respondent\r\ncanary, 0.5 ,anna\r\n\r\n,,\r\n")
    assert table.answers() == [{"canary": 0.5}]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    assert read(tmp_path, ("\ufeff" + HEADER + "a,,canary,1,\n").encode()).respondents == ("a",)


def test_only_a_header_is_nobody(tmp_path):
    assert len(read(tmp_path, HEADER)) == 0


BAD_ROWS = {
    "a,,canry,1,": ("question", "found 'canry', expected 'canary'"),
    "a,,,1,": ("question", "found nothing, expected the id of a question of toy@1.0.0"),
    "a,,canary,2,": ("answer", "found '2', expected one of 0, 0.5, 1, na or dk"),
    "a,,canary,nan,": ("answer", "found 'nan', expected one of"),
    "a,,canary,yes,": ("answer", "found 'yes', expected one of"),
    "a,,canary,1_0,": ("answer", "found '1_0', expected one of"),
    ",,canary,1,": ("respondent", "found nothing, expected a respondent"),
    ",,canary,,": ("respondent", "found nothing, expected a respondent"),
    "first,,canary,1,": ("question", "found 'canary' a second time, expected one answer of 'first'"),
    "first,cook,data-checked,1,": ("role", "found 'cook', expected 'tester', as in the rows above"),
    f"a,,canary,1,{'x' * 2001}": ("comment", "found 2001 characters, expected at most 2000"),
    f"{'x' * 201},,canary,1,": ("respondent", "found 201 characters, expected at most 200"),
    "a,,canary,1": ("", "found 4 cells, expected 5, as in the header"),
    "a,,canary,1,,": ("", "found 6 cells, expected 5, as in the header"),
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: row[:30])
def test_a_bad_row_is_reported_with_line_and_column(tmp_path, row):
    column, said = BAD_ROWS[row]
    text = HEADER + 'first,tester,canary,1,"two\nlines"\n\n' + row + "\n"
    with pytest.raises(ContentError) as caught:
        read(tmp_path, text)
    (fault,) = caught.value.faults
    assert (fault.line, fault.field) == (5, column)
    assert said in str(fault)


def test_all_bad_rows_are_reported_at_once(tmp_path):
    with pytest.raises(ContentError) as caught:
        read(tmp_path, HEADER + "a,,canry,9,\nb,,canary,1,\nb,,canary,x,\n")
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (2, "answer"),
        (2, "question"),
        (4, "answer"),
        (4, "question"),
    ]


BAD_FILES = {
    "semicolons": (b"respondent;role;question;answer;comment\n", "semicolons or tabs between the columns"),
    "a misspelt column": (HEADER.replace("answer", "anser").encode(), "unknown column 'anser', expected answer"),
    "a column twice": (b"respondent,question,answer,answer\n", "the column more than once"),
    "empty": (b"", "respondent: found no such column"),
    "not UTF-8": (HEADER.encode() + b"\xe4,,canary,1,\n", ":2: found the byte 0xe4"),
    "an open quote": (HEADER.encode() + b'a,,canary,1,"x\n', "unexpected end of data"),
    "a cell without end": (HEADER.encode() + b"a,,canary,1," + b"x" * 200_000, "field larger than"),
}


@pytest.mark.parametrize("case", BAD_FILES, ids=str)
def test_files_that_cannot_be_read(tmp_path, case):
    raw, said = BAD_FILES[case]
    with pytest.raises(ContentError) as caught:
        read(tmp_path, raw)
    assert said in str(caught.value)


@pytest.mark.parametrize("blank", ["", ",,,,"])
@pytest.mark.parametrize("lines", [PIECE - 1, PIECE, 3 * PIECE + 1])
def test_any_number_of_blank_rows_hides_none_after_them(tmp_path, blank, lines):
    rows = [HEADER.strip(), "ann,,canary,1,", *[blank] * lines, "bob,,canary,0,"]
    assert read(tmp_path, "\n".join(rows)).respondents == ("ann", "bob")


def test_a_fault_after_many_blank_rows_names_its_line(tmp_path):
    rows = [HEADER.strip(), *[""] * 2 * PIECE, "bob,,canary,7,"]
    with pytest.raises(ContentError, match=f":{2 * PIECE + 2}: answer"):
        read(tmp_path, "\n".join(rows))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ContentError, match="found no such file or directory, expected a CSV"):
        read_responses(toy(), tmp_path / "none.csv")


ANSWERS = st.dictionaries(
    st.sampled_from(["data-versioned", "data-checked", "canary"]), st.sampled_from([0.0, 0.5, 1.0, "na", "dk"])
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
ARMED = st.builds("{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "'", "'=", "''+"]), TEXT)


@forall(
    st.dictionaries(
        (TEXT | ARMED).map(str.strip).filter(bool), st.tuples(TEXT | ARMED, ANSWERS, TEXT | ARMED), max_size=5
    )
)
def test_what_is_written_is_read_again(tmp_path_factory, people):
    rubric = toy()
    responses = [
        Response(respondent=name, role=role, answers=answers, comments={"canary": said})
        for name, (role, answers, said) in people.items()
    ]
    table = Responses.from_responses(rubric, responses)
    path = tmp_path_factory.mktemp("csv") / "answers.csv"
    write_responses(path, table)
    again = read_responses(rubric, path)
    assert again.to_responses() == table.to_responses()
    assert score(rubric, again).to_dict() == score(rubric, table).to_dict()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1", "'=1"])
def test_no_text_cell_is_a_formula(text):
    file = io.StringIO(newline="")
    write_rows(file, [Row(text, text, "canary", 1.0, text)])
    (_, row) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert row[:2] == [f"'{text}", f"'{text}"]
    assert row[3] == "1"
    assert row[4] == f"'{text}"


def test_numbers_are_not_touched_by_the_formula_guard(tmp_path):
    rubric = toy(
        answers=[{"value": -1, "label": "No"}, {"value": 0.25, "label": "Partly"}, {"value": 1, "label": "Yes"}]
    )
    path = tmp_path / "x.csv"
    write_responses(path, Responses.from_responses(rubric, given({"canary": -1}, {"canary": 0.25})))
    assert path.read_bytes() == b"respondent,role,question,answer,comment\r\nr01,,canary,-1,\r\nr02,,canary,0.25,\r\n"
    assert safe_text("plain") == "plain"
