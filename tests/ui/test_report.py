"""A report is one page that needs nothing else."""

import re

import altair as alt
import pytest

from mlmgmt_widgets.ui import report
from mlmgmt_widgets.ui.figure import Figure

TYPED = "<script>alert(\"1\")</script> & 'more'"


def test_text_is_escaped_wherever_it_stands() -> None:
    page = report.page(TYPED, [report.element("p", TYPED, title=TYPED), report.table([TYPED], [[TYPED]])])
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;more&#x27;") == 5


def test_rules_of_one_report_stand_after_those_of_all() -> None:
    page = report.page("Title", ["<p>text</p>"], "p { color: red }")
    style = page[page.index("<style>") : page.index("</style>")]
    assert style.endswith("p { color: red }")
    assert "@page { size: A4;" in style


@pytest.mark.parametrize(
    ("rows", "right", "numeric"),
    [
        ([["a", 1.25], ["b", None]], (), [False, True]),
        ([["a", "1 %"]], (), [False, False]),
        ([["a", "1 %"]], ("share",), [False, True]),
        ([], ("share",), [False, True]),
    ],
)
def test_columns_of_numbers_stand_on_the_right(
    rows: list[list[object]], right: tuple[str], numeric: list[bool]
) -> None:
    table = report.table(["what", "share"], rows, right)
    head = table[table.index("<tr>") : table.index("</tr>")]
    assert [cell.startswith('<th class="number">') for cell in head.split("</th>")[:2]] == [
        False,
        numeric[1],
    ]
    assert table.count('class="number"') == numeric.count(True) * (1 + len(rows))


def test_numbers_have_no_more_digits_than_they_need() -> None:
    table = report.table(["a", "b", "c", "d"], [[1.239, 2.0, 3, None]])
    assert [cell.split(">")[-1] for cell in table.split("</td>")[:4]] == ["1.24", "2", "3", "–"]


def test_a_figure_is_an_image_with_words() -> None:
    chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
    drawn = report.figure(Figure("one", "One <bar>", "How to read it.", chart, ["x"], [[1]]))
    assert '<svg role="img" aria-label="One &lt;bar&gt;"' in drawn
    assert "<h3>One &lt;bar&gt;</h3>" in drawn
    assert "How to read it." in drawn
    assert "http" not in drawn
    assert re.findall(r'role="[^"]*"', drawn) == ['role="img"']


def test_what_scrolls_on_a_narrow_screen_is_in_reach_of_the_keyboard() -> None:
    chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
    assert report.figure(Figure("one", "One", "", chart, ["x"], [[1]])).startswith('<figure tabindex="0">')
    assert report.table(["x"], [[1]]).startswith('<div class="wide" tabindex="0">')


@pytest.mark.parametrize(
    ("text", "name"),
    [("New model: v2", "new-model-v2"), ("../../etc", "etc"), ("🚀", ""), ("a" * 300, "a" * 80), ("CON", "con")],
)
def test_a_title_is_a_part_of_a_name_that_every_file_system_holds(text: str, name: str) -> None:
    assert report.slug(text) == name
