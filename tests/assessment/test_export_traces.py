"""A file of an anonymous workshop tells nothing of who came first, nor anything that links two files."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from mlmgmt_widgets.assessment import Response, Rubric, export, load_rubric, outcome
from mlmgmt_widgets.assessment.outcome import Outcome

KINDS = ("csv", "xlsx", "json", "markdown", "html")
PEOPLE = 12
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pulse")


def team(rubric: Rubric, names: Callable[[int], str] = str) -> list[Response]:
    """People in two roles, each with answers and a comment of their own."""
    dice = random.Random(7)  # noqa: S311 - answers, not secrets
    return [
        Response(
            respondent=names(person),
            role=("Product", "Data")[person % 2],
            answers={q.id: dice.choice([*rubric.values, "dk", "na"]) for q in rubric.questions},
            comments={rubric.questions[0].id: f"comment {dice.random()}"},
        )
        for person in range(PEOPLE)
    ]


class Sorted:
    """Dice that put everything into one order: then nothing of the order before can be left."""

    @staticmethod
    def shuffle(values: list[Any]) -> None:
        values.sort(key=str)


def contents(kind: str, rubric: Rubric, people: list[Response]) -> Any:
    _, data = export.file(Outcome.of(rubric, people, team="Search", day=DAY), kind)
    if kind != "xlsx":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:  # without the moment at which the file was made
        return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_dice_see_in_which_order_people_came_and_nothing_sees_their_names(
    kind: str, rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "_dice", Sorted)
    one = contents(kind, rubric, team(rubric))
    other = contents(kind, rubric, team(rubric, lambda person: f"somebody {99 - person}")[::-1])
    assert one == other


@pytest.mark.parametrize("kind", ["csv", "json", "markdown"])
def test_the_order_of_comments_is_drawn_anew_for_every_file(kind: str, rubric: Rubric) -> None:
    people = team(rubric)
    orders = set()
    for _ in range(2):
        text = contents(kind, rubric, people).decode()
        words = [each.comments[rubric.questions[0].id] for each in people]
        orders.add(tuple(sorted((word for word in words if word in text), key=text.index)))
    assert len(orders) == 2  # by chance false once in 479 million


def test_labels_of_two_workshops_do_not_link_a_person(rubric: Rubric) -> None:
    """The same people, in the same order, with the same answers: a label still means somebody else."""
    people, answers = team(rubric), set()
    for _ in range(2):
        rows = Outcome.of(rubric, people, day=DAY).shared_rows
        answers.add(tuple(row.answer for row in rows if row.respondent))
    assert len(answers) == 2
    labels = {row.respondent for row in rows if row.respondent}
    assert labels == {f"r{number:02}" for number in range(1, PEOPLE + 1)}


def test_a_workbook_has_no_author_no_hidden_part_and_no_moment_but_that_of_its_making(rubric: Rubric) -> None:
    book = load_workbook(io.BytesIO(export.file(Outcome.of(rubric, team(rubric), day=DAY), "xlsx")[1]))
    assert book.properties.creator == "openpyxl"
    assert book.properties.lastModifiedBy is None
    assert abs((book.properties.modified - book.properties.created).total_seconds()) < 600
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    for sheet in book:
        assert not [name for name, column in sheet.column_dimensions.items() if column.hidden]
        assert not [number for number, row in sheet.row_dimensions.items() if row.hidden]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.comment is not None]
    assert not [each for each in book.defined_names.values() if each.hidden]
