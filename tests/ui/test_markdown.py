"""Whatever people type, Markdown shows it as they typed it."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mlmgmt_widgets.ui import markdown

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# Texts of what means something to Markdown, at the beginning of a line and elsewhere.
MARKUP = st.text("-+*_=~`#>|<[]()!&;:.\\ 1ab\n\t\"'/", max_size=20)


def plain(text: str) -> str:
    """The text on one line; U+0000 is no character of Markdown."""
    return " ".join(text.split()).replace("\0", "\ufffd")


def shown(rendered: str) -> str:
    """What is seen of HTML that is one paragraph of text and nothing else."""
    (paragraph,) = re.findall(r"\A<p>(.*)</p>\n\Z", rendered)
    assert "<" not in paragraph
    return html.unescape(paragraph)


@given(st.one_of(st.text(max_size=40), MARKUP).filter(str.strip))
def test_escaped_text_reads_as_it_was_typed(text: str) -> None:
    assert shown(READER.render(markdown.escaped(text))) == plain(text)


@pytest.mark.parametrize("text", ["&lt;b&gt;", "&amp;amp;", "&#35; &#x23;", "&nbsp;", "&copy", "AT&T; R&D"])
def test_what_looks_like_a_character_reference_stays_as_it_is(text: str) -> None:
    assert shown(READER.render(markdown.escaped(text))) == text


@given(st.lists(MARKUP.filter(str.strip), min_size=2, max_size=2))
def test_a_row_has_as_many_cells_as_were_given_whatever_is_in_them(cells: list[str]) -> None:
    page = READER.render("\n".join(markdown.table(["one", "two"], [cells])))
    found = re.findall(r"<td>(.*?)</td>", page)
    assert [html.unescape(cell) for cell in found] == [plain(cell) for cell in cells]


@pytest.mark.parametrize("text", ["R&D", "5 - 3 = 2", "1.5 weeks", "a; b", "well-known", "-5 %", "#", "(x)"])
def test_what_needs_no_escape_gets_none_but_for_marks(text: str) -> None:
    assert markdown.escaped(text).replace("\\#", "#") == text


def test_columns_on_the_right_say_so() -> None:
    assert markdown.table(["task", "weeks"], [["a", 2]], right=["weeks"]) == [
        "| task | weeks |",
        "|---|---:|",
        "| a | 2 |",
    ]


def test_a_plain_address_becomes_a_link_whole_and_nothing_else_does() -> None:
    address = "https://example.org/a_b*c/~d?x=1&y=[z]#e"
    assert markdown.linked(f"see {address}, *now*") == (
        "see <https://example.org/a_b*c/~d?x=1&y=>\\[z\\]\\#e, \\*now\\*"
    )
    (link,) = re.findall(r'href="([^"]*)"', READER.render(markdown.linked("at https://example.org/a_b_c.")))
    assert link == "https://example.org/a_b_c"
    assert "href" not in READER.render(
        markdown.linked("ftp://example.org javascript:x data:text/html,x www.example.org")
    )


@pytest.mark.parametrize("text", ["- a", "1. a", "# a", "> a", "=== ", "***", "+ a", "    a", "```", "~~~"])
def test_no_text_begins_another_kind_of_block(text: str) -> None:
    assert [token.type for token in READER.parse(markdown.linked(text))] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
