"""The parts of a report say the same in Markdown and in HTML."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from mlmgmt_widgets.ui.document import Bullets, Drawing, Heading, Part, Rows, Words, as_html, as_markdown
from mlmgmt_widgets.ui.markdown import linked

PARTS: list[Part] = [
    Heading("When"),
    Heading("and <b>how</b>", level=3),
    Words("*In* May."),
    Words("Read it so.", quiet=True),
    Bullets(["1. one", "two"]),
    Rows(["Task", "Weeks"], [["a | b", 2], ["<i>", 10]], right=["Weeks"]),
    Drawing("curve"),
]


def seen(html: str) -> list[str]:
    """The tags with their text, without what only one of the two forms has."""
    bare = re.sub(r"</?(?:div|thead|tbody)[^>]*>|\s*\n\s*", "", html)
    return re.findall(r"<(?:h\d|p|li|th|td)\b[^>]*>[^<]*", re.sub(r' (?:class|style)="[^"]*"', "", bare))


def test_both_forms_say_the_same() -> None:
    read = MarkdownIt("commonmark").enable("table").render("\n".join(as_markdown(PARTS)))
    pages = [seen(read), seen("".join(as_html(PARTS, lambda _: [])))]
    assert pages[0] == pages[1]
    assert len(pages[0]) == 12


def test_quiet_words_and_numbers_look_so() -> None:
    page = "".join(as_html(PARTS, lambda _: []))
    assert '<p class="quiet">Read it so.</p>' in page
    assert page.count('class="number"') == 3


def test_a_page_holds_no_character_that_turns_or_hides_what_follows() -> None:
    assert "".join(as_html([Words("a\x07b\u202ec")], lambda _: [])) == "<p>a b c</p>"


def test_a_drawing_stands_where_it_was_put_and_is_asked_for_by_its_name() -> None:
    asked: list[str] = []
    list(as_html(PARTS, lambda name: asked.append(name) or []))
    assert asked == ["curve"]
    assert not [line for line in as_markdown(PARTS) if "curve" in line]


def test_how_typed_text_is_written_is_the_callers() -> None:
    (line, _) = as_markdown([Words("see https://example.org/a")], linked)
    assert line == "see <https://example.org/a>"
