"""The workbook: one sheet a view, made to be read on a screen and printed on paper."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from mlmgmt_widgets.assessment import export
from mlmgmt_widgets.assessment.scale import answer_names

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from mlmgmt_widgets.assessment.outcome import Outcome

Value = str | float | int | None
Column = tuple[str, float, str]  # heading, width in characters, number format

_HEAD = PatternFill("solid", fgColor="0B4684")
_LINE = Border(bottom=Side(style="thin", color="D5DAE0"))
_BAR = "A8CFE9"
_QUIET = Font(color="57606A")
_WHOLE, _SCORE, _SHARE, _TEXT, _ANY = "0", "0.0", "0.00", "@", "General"


def workbook(outcome: Outcome) -> bytes:
    """Return the outcome as an Excel workbook."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    _summary(_sheet(book, "Summary"), outcome)
    _sections(_sheet(book, "Sections"), outcome)
    _questions(_sheet(book, "Questions"), outcome)
    _agenda(_sheet(book, "Agenda"), outcome)
    _answers(_sheet(book, "Answers"), outcome)
    _comments(_sheet(book, "Comments"), outcome)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(name)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _summary(sheet: Worksheet, outcome: Outcome) -> None:
    explanation, result = outcome.explanation, outcome.result
    sheet.column_dimensions["A"].width = 62
    for letter in "BCD":
        sheet.column_dimensions[letter].width = 18
    _write(sheet.cell(1, 1), export.title_of(outcome)).font = Font(bold=True, size=18)
    _write(sheet.cell(2, 1), export.about(outcome)).font = _QUIET
    _write(sheet.cell(4, 1), "Level" if explanation.level else "Score").font = _QUIET
    _write(sheet.cell(5, 1), explanation.level or result.score, _SCORE).font = Font(bold=True, size=16)
    sheet.merge_cells("A6:D6")
    _write(sheet.cell(6, 1), explanation.sentence).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[6].height = 15 * (1 + len(explanation.sentence) // 105)
    row = 8
    for note in outcome.notes:
        sheet.merge_cells(f"A{row}:D{row}")
        _write(sheet.cell(row, 1), note).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).font = _QUIET
        sheet.row_dimensions[row].height = 15 * (1 + len(note) // 105)
        row += 2
    if explanation.next_level:
        _write(sheet.cell(row, 1), f"What would earn {explanation.next_level}").font = Font(bold=True, size=13)
        columns: list[Column] = [("Section", 62, _TEXT), ("Now", 18, _SHARE), ("Needed", 18, _SHARE)]
        _table(sheet, columns, [(gap.title, gap.score, gap.needed) for gap in explanation.gaps], row + 1)
        row += len(explanation.gaps) + 3
    _write(sheet.cell(row, 1), "Decisions").font = Font(bold=True, size=13)
    made = [(each["title"], each["agreed"], each["owner"], each["note"]) for each in export.decisions(outcome)]
    columns = [("Question", 62, _TEXT), ("Agreed", 18, _ANY), ("Owner", 18, _TEXT), ("What we will do", 48, _TEXT)]
    _table(sheet, columns, made, row + 1)
    sheet.column_dimensions["D"].width = 48


def _sections(sheet: Worksheet, outcome: Outcome) -> None:
    result = outcome.result
    columns: list[Column] = [
        ("Section", 44, _TEXT), ("Score", 10, _SHARE), ("Low", 10, _SHARE), ("High", 10, _SHARE),
        ("Answers", 10, _WHOLE), ("Don't know", 12, _WHOLE), ("Not applicable", 14, _WHOLE), ("Unanswered", 12, _WHOLE),
    ]  # fmt: skip
    rows = [
        (
            node.title,
            node.score,
            node.low,
            node.high,
            node.answered,
            node.dont_know,
            node.not_applicable,
            node.unanswered,
        )
        for id_, node in result.nodes.items()
        if id_ not in result.distributions
    ]
    total: tuple[Value, ...] = ("Overall", result.score, result.low, result.high)
    _fill(sheet, columns, [total, *rows])
    for cell in sheet[2]:
        cell.font = Font(bold=True)


def _questions(sheet: Worksheet, outcome: Outcome) -> None:
    result, rubric = outcome.result, outcome.rubric
    names = answer_names(rubric)
    columns: list[Column] = [
        ("Section", 28, _TEXT), ("Question", 56, _TEXT), ("Score", 9, _SHARE), ("Consensus", 12, _SHARE),
        *((name, 12, _WHOLE) for name in names),
        ("Don't know", 12, _WHOLE), ("Not applicable", 14, _WHOLE), ("Unanswered", 12, _WHOLE),
    ]  # fmt: skip
    rows = []
    for question in map(rubric.question, outcome.questions):
        node = result.nodes[question.id]
        head = (rubric.section_of(question.id).title, question.question, node.score, node.consensus)
        left_out = (node.dont_know, node.not_applicable, node.unanswered)
        rows.append((*head, *result.distributions[question.id], *left_out))
    _fill(sheet, columns, rows)
    last = get_column_letter(4 + len(names))
    bars = DataBarRule("num", 0, "num", max(result.respondents, 1), color=_BAR)  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add(f"E2:{last}{len(rows) + 1}", bars)


def _agenda(sheet: Worksheet, outcome: Outcome) -> None:
    columns: list[Column] = [
        ("Place", 8, _WHOLE), ("Section", 28, _TEXT), ("Question", 56, _TEXT), ("Score", 9, _SHARE),
        ("Consensus", 12, _SHARE), ("Don't know", 12, _WHOLE), ("Weight", 10, "0.0%"),
        ("Distance to the next level", 14, "0%"), ("Priority, first = 100", 12, _WHOLE),
    ]  # fmt: skip
    most = max((item.priority for item in outcome.agenda), default=0) or 1
    rows = [
        (
            place,
            outcome.rubric.section_of(item.question).title,
            item.title,
            item.score,
            item.consensus,
            item.dont_know,
            item.weight,
            item.distance,
            100 * item.priority / most,
        )
        for place, item in enumerate(outcome.agenda, 1)
    ]
    _fill(sheet, columns, rows)


def _answers(sheet: Worksheet, outcome: Outcome) -> None:
    columns: list[Column] = [
        ("Respondent", 22, _TEXT), ("Role", 24, _TEXT), ("Question", 34, _TEXT), ("Answer", 12, _ANY),
        ("Comment", 60, _TEXT),
    ]  # fmt: skip
    rows = [tuple(each) for each in outcome.shared_rows if each.respondent]
    _fill(sheet, columns, rows)


def _comments(sheet: Worksheet, outcome: Outcome) -> None:
    columns: list[Column] = [("Section", 28, _TEXT), ("Question", 56, _TEXT), ("Comment", 80, _TEXT)]
    rubric = outcome.rubric
    rows = [
        (rubric.section_of(id_).title, rubric.question(id_).question, text)
        for id_, texts in outcome.comments.items()
        for text in texts
    ]
    _fill(sheet, columns, rows)


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
    """Make the whole sheet one table: its head stays in sight and filters."""
    last = _table(sheet, columns, rows)
    for place, (_, width, _) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = "1:1"


def _table(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]], at: int = 1) -> int:
    """Write a table from row `at` on; return its last row."""
    for place, (heading, _, _) in enumerate(columns, 1):
        cell = _write(sheet.cell(at, place), heading)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    last = at
    for row in rows:
        last += 1
        for place, (value, (_, _, form)) in enumerate(zip(row, columns, strict=False), 1):
            cell = _write(sheet.cell(last, place), value, form)
            cell.border = _LINE
            cell.alignment = Alignment(wrap_text=form == _TEXT, vertical="top")
    return last


def _write(cell: Any, value: Value, form: str = _ANY) -> Cell:
    """Write a value so that text stays text, whatever it starts with, also after it was edited or saved as CSV."""
    written: Cell = cell
    if isinstance(value, str):
        written.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        written.data_type = "s"
        written.quotePrefix = True
    else:
        written.value = value
        written.number_format = form
    return written
