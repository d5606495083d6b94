"""Files to take home: they hold the same numbers, and of an anonymous workshop nothing that leads to a person."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.rubrics import given, toy

from mlmgmt_widgets.assessment import Response, Responses, Rubric, export, load_rubric, read_responses, score
from mlmgmt_widgets.assessment.outcome import Earlier, Outcome, unlinked
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.errors import Refusal

DANGEROUS = '=HYPERLINK("https://evil.example","x")'
MARKUP = "<script>alert(1)</script> | *bold*"


@dataclass(frozen=True)
class Decision:
    question: str
    agreed: float | None
    note: str
    owner: str


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("mlops-maturity")


@pytest.fixture(scope="module")
def team(rubric: Rubric) -> Responses:
    return read_responses(rubric, shipped() / "examples" / "maturity-2026-09.csv")


@pytest.fixture(scope="module")
def outcome(rubric: Rubric, team: Responses) -> Outcome:
    march = read_responses(rubric, shipped() / "examples" / "maturity-2026-03.csv")
    decisions = [Decision("team-performance", 2.0, MARKUP, DANGEROUS), Decision("research-capacity", None, "", "")]
    history = [Earlier(date(2026, 3, 9), rubric, score(rubric, march))]
    about = {"team": MARKUP, "day": date(2026, 9, 14), "decisions": decisions, "history": history}
    return Outcome.of(rubric, team, **about)


def named(outcome: Outcome) -> Outcome:
    return Outcome.of(outcome.rubric, outcome.responses, anonymous=False, decisions=outcome.decisions)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# -- CSV ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anonymous", [True, False])
def test_an_exported_csv_scores_the_same(outcome: Outcome, tmp_path: Path, anonymous: bool) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(export.file(outcome if anonymous else named(outcome), "csv")[1])
    again = score(outcome.rubric, read_responses(outcome.rubric, file))
    assert again.to_dict() == outcome.result.to_dict()
    assert again.distributions == outcome.result.distributions


def test_an_anonymous_csv_has_every_label_for_every_question_and_no_roles(outcome: Outcome, rubric: Rubric) -> None:
    rows = rows_of(export.csv(outcome))
    answers = [row for row in rows if row["respondent"]]
    labels = {row["respondent"] for row in answers}
    assert len(labels) == 12
    assert Counter((row["respondent"], row["question"]) for row in answers) == {
        (label, question.id): 1 for label in labels for question in rubric.questions
    }
    assert {row["role"] for row in rows} == {""}
    assert {row["comment"] for row in answers} == {""}


def test_comments_of_an_anonymous_csv_belong_to_nobody_and_none_is_lost(outcome: Outcome, team: Responses) -> None:
    loose = [row for row in rows_of(export.csv(outcome)) if not row["respondent"]]
    assert all(not row["answer"] and not row["role"] for row in loose)
    assert Counter(row["question"] for row in loose) == Counter(comment.question for comment in team.comments)


def test_rows_of_one_person_cannot_be_joined() -> None:
    # Half the people answer everything with 0 and half with 1. Joined rows would agree with themselves everywhere.
    rubric = load_rubric("ml-test-score")
    ends = (rubric.values[0], rubric.values[-1])
    people = [{question.id: ends[i % 2] for question in rubric.questions} for i in range(20)]
    rows = rows_of(export.csv(Outcome.of(rubric, given(*people))))
    answers: dict[str, set[str]] = {}
    for row in rows:
        answers.setdefault(row["respondent"], set()).add(row["answer"])
    assert all(len(given_) == 2 for given_ in answers.values())


def test_a_named_csv_says_who_answered_what(outcome: Outcome) -> None:
    rows = rows_of(export.csv(named(outcome)))
    assert {row["respondent"] for row in rows if row["respondent"]} == set(outcome.responses.respondents)
    assert {row["role"] for row in rows} > {"ml-engineer"}


def test_unlinked_responses_score_the_same_without_roles_and_comments(outcome: Outcome, rubric: Rubric) -> None:
    again = unlinked(rubric, outcome.responses.to_responses())
    assert score(rubric, again) == outcome.result
    assert {response.role for response in again} == {""}
    assert all(not response.comments for response in again)


def test_formulas_stay_text_in_a_csv() -> None:
    said = Response(respondent="@Ada", answers={"canary": 1.0}, comments={"canary": DANGEROUS})
    text = export.csv(Outcome.of(toy(), [said], anonymous=False))
    assert not re.search(r"(^|,)\"?[=@]", text, re.MULTILINE)


# -- below the smallest group -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "markdown", "html"])
def test_below_the_smallest_group_there_is_no_file(kind: str) -> None:
    four = Outcome.of(toy(), given(*[{"canary": 1.0}] * 4))
    with pytest.raises(Refusal, match="at least 5 people"):
        export.file(four, kind)


def test_an_unknown_kind_is_refused_with_those_there_are(outcome: Outcome) -> None:
    with pytest.raises(Refusal, match="csv, xlsx, json, markdown, html"):
        export.file(outcome, "exe")


def test_a_file_is_named_after_rubric_team_and_day(outcome: Outcome) -> None:
    assert export.file(outcome, "json")[0] == "mlops-maturity-script-alert-1-script-bold-2026-09-14.json"


@pytest.fixture
def few() -> Outcome:
    """Five people, of whom one answered the canary and wrote about it."""
    only = {"data-versioned": 0.0, "data-checked": 0.0}
    alone = Response(respondent="x", answers={**only, "canary": 1.0}, comments={"canary": "I alone wrote this"})
    return Outcome.of(toy(), [*given(*[only] * 4), alone], held_back=3)


def readable(outcome: Outcome, kind: str) -> str:
    data = export.file(outcome, kind)[1]
    if kind != "xlsx":
        return data.decode("utf-8")
    sheets = load_workbook(io.BytesIO(data))
    return "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "markdown", "html"])
def test_what_few_people_answered_is_in_no_file_and_the_file_says_so(few: Outcome, kind: str) -> None:
    text = readable(few, kind)
    assert "I alone wrote this" not in text
    if kind != "csv":
        assert "1 question was answered by fewer than 5 people and left out: “Is there a canary?”" in text
        assert "3 questions have newer answers that are not in these results" in text


def test_a_csv_without_what_few_people_answered_scores_the_same(few: Outcome, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(export.file(few, "csv")[1])
    again = score(toy(), read_responses(toy(), file))
    assert again == few.result
    assert (again.score, again.nodes["canary"].answered, again.nodes["canary"].unanswered) == (0.0, 0, 5)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "markdown", "html"])
def test_where_every_question_was_answered_by_few_there_is_no_file(kind: str) -> None:
    apart = [{question.id: 1.0} for question in toy().questions] * 2
    with pytest.raises(Refusal, match="no question was answered by 5 people"):
        export.file(Outcome.of(toy(), given(*apart)), kind)


# -- JSON, XLSX, Markdown -----------------------------------------------------------------------------------


def test_json_holds_scores_level_agenda_and_decisions(outcome: Outcome) -> None:
    contents = json.loads(export.json(outcome))
    assert contents["result"] == json.loads(json.dumps(outcome.result.to_dict()))
    assert contents["level"]["level"] == outcome.result.level
    assert contents["level"]["sentence"] == outcome.explanation.sentence
    assert [item["question"] for item in contents["agenda"]] == [item.question for item in outcome.agenda]
    (decision,) = contents["decisions"]
    assert (decision["question"], decision["agreed"], decision["owner"]) == ("team-performance", 2.0, DANGEROUS)


def test_no_role_beside_an_answer_in_an_anonymous_json(outcome: Outcome) -> None:
    contents = json.loads(export.json(outcome))
    assert set(contents["roles"][0]) == {"section", "role", "shown", "people", "score"}
    assert all(group["people"] is None for group in contents["roles"] if not group["shown"])
    assert all(group["people"] >= 5 for group in contents["roles"] if group["shown"])


def test_the_workbook_can_be_read_back(outcome: Outcome, rubric: Rubric) -> None:
    book = load_workbook(io.BytesIO(export.file(outcome, "xlsx")[1]))
    assert book.sheetnames == ["Summary", "Sections", "Questions", "Agenda", "Answers", "Comments"]
    questions = [row[:4] for row in book["Questions"].iter_rows(min_row=2, values_only=True)]
    nodes = outcome.result.nodes
    assert [row[1] for row in questions] == [question.question for question in rubric.questions]
    for row, question in zip(questions, rubric.questions, strict=True):
        assert row[2] == pytest.approx(nodes[question.id].score)
        assert row[3] == pytest.approx(nodes[question.id].consensus)
    assert book["Sections"]["B2"].value == pytest.approx(outcome.result.score)
    assert book["Answers"].max_row == 1 + 12 * 35
    assert book["Comments"].max_row == 1 + len(outcome.responses.comments)
    assert not any(cell.value for cell in book["Answers"]["B"][1:])


def test_no_cell_of_the_workbook_is_a_formula(outcome: Outcome) -> None:
    book = load_workbook(io.BytesIO(export.file(outcome, "xlsx")[1]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    owner = next(cell for cell in cells if cell.value == DANGEROUS)
    assert owner.quotePrefix


def test_characters_that_a_workbook_cannot_hold_are_left_out() -> None:
    said = Response(respondent="Ada", answers={"canary": 1.0}, comments={"canary": "bell \a rings"})
    book = load_workbook(io.BytesIO(export.file(Outcome.of(toy(), [said], anonymous=False), "xlsx")[1]))
    assert book["Comments"]["C2"].value == "bell  rings"


def test_markdown_holds_level_sections_decisions_and_agenda(outcome: Outcome, rubric: Rubric) -> None:
    page = export.markdown(outcome)
    assert "**Repeatable**" in page
    assert all(f"| {section.title} |" in page for section in rubric.sections)
    assert "2 Routine" in page
    assert outcome.agenda[0].title in page
    assert len(page.splitlines()) < 80


def test_markup_that_people_type_stays_text_in_markdown(outcome: Outcome) -> None:
    page = export.markdown(outcome)
    assert "<script" not in page.replace(r"\<script", "")
    assert r"\| \*bold\*" in page


# -- HTML ---------------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def report(outcome: Outcome) -> str:
    return export.html(outcome)


def test_the_report_has_no_script_and_no_outside_references(report: str) -> None:
    elements = Elements(report)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in elements.tags
    }
    for _, attributes in elements.tags:
        assert not {"src", "href", "xlink:href", "srcset"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"@import|url\(", report)
    assert "http" not in report.replace("https://evil.example", "")


def test_the_report_shows_level_charts_decisions_and_comments(report: str, outcome: Outcome) -> None:
    elements = Elements(report)
    drawings = [attributes for tag, attributes in elements.tags if tag == "svg"]
    assert len(drawings) >= 11
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in drawings)
    for said in (outcome.explanation.sentence, MARKUP, DANGEROUS, "2 Routine", outcome.agenda[0].title):
        assert said in elements.text
    assert outcome.comments[outcome.agenda[0].question][0] in elements.text


def test_the_report_names_versions_that_it_does_not_compare(rubric: Rubric, team: Responses) -> None:
    other = rubric.model_copy(update={"version": "2.0.0"})
    history = [Earlier(date(2026, 3, 9), other, score(other, []))]
    page = export.html(Outcome.of(rubric, team, history=history))
    assert "mlops-maturity@2.0.0" in page
    assert "From workshop to workshop" not in page


def test_a_report_of_one_question_and_unfriendly_answers_can_be_made() -> None:
    data: dict[str, Any] = {
        "id": "one", "version": "1.0.0", "title": MARKUP,
        "answers": [{"value": 0, "label": MARKUP}, {"value": 1, "label": "Yes"}],
        "questions": [{"id": "q", "question": MARKUP}],
    }  # fmt: skip
    people = given({"q": "dk"}, {"q": "na"}, {})
    for kind in ("html", "markdown", "xlsx", "json", "csv"):
        assert export.file(Outcome.of(Rubric.model_validate(data), people, anonymous=False), kind)[1]
