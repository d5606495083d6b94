"""Reading back the pages that the project writes, with a parser of the standard library."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Every tag with its attributes, every table as rows of text, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"th", "td"}:
            self.tables[-1][-1].append("")
            self._cell = True
        self.text += " " if tag in {"p", "li", "h1", "h2", "h3", "td", "th", "summary"} else ""

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in {"th", "td"}

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell:
            self.tables[-1][-1][-1] += data

    def table(self, *headings: str) -> list[list[str]]:
        """The rows of all tables whose headings begin with these."""
        return [row for rows in self.tables if rows[0][: len(headings)] == list(headings) for row in rows[1:]]

    def only_table(self, *headings: str) -> list[list[str]]:
        """The rows of the one table whose headings begin with these."""
        (found,) = [rows[1:] for rows in self.tables if rows[0][: len(headings)] == list(headings)]
        return found
