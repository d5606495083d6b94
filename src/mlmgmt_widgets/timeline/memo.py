"""The decision memo: when, how likely, what it hangs on and what went in, in Markdown and in HTML.

Both say the same words; the HTML has the charts as well. It needs nothing else and prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlmgmt_widgets.timeline import memo_content
from mlmgmt_widgets.ui import document, report
from mlmgmt_widgets.ui import markdown as md

if TYPE_CHECKING:
    from datetime import date

    from mlmgmt_widgets.timeline.forecast import Forecast
    from mlmgmt_widgets.timeline.scenarios import Comparison
    from mlmgmt_widgets.ui.figure import Figure


def markdown(forecast: Forecast, *, comparison: Comparison | None = None, note: str = "", made_on: date) -> str:
    """Return the memo as a page for a wiki.

    Args:
        forecast: to decide by.
        comparison: from the plan that was kept to this one.
        note: what somebody wants to say first.
        made_on: the day of the memo.
    """
    top = memo_content.Top.of(forecast, note=note, made_on=made_on)
    finding = f"**{md.escaped(top.answer)}**" + (f" {md.escaped(top.deadline)}" if top.deadline else "")
    lines = [f"# {md.escaped(top.title)}", "", f"*{md.escaped(top.about)}*", "", finding, ""]
    if top.note:
        lines += ["\n>\n".join(f"> {md.escaped(line)}" for line in top.note), ""]
    return "\n".join([*lines, *document.as_markdown(memo_content.parts(forecast, comparison))])


def html(forecast: Forecast, *, comparison: Comparison | None = None, note: str = "", made_on: date) -> str:
    """Return the memo as one self-contained page with the charts in it, to send or to print.

    Args:
        forecast: to decide by.
        comparison: from the plan that was kept to this one.
        note: what somebody wants to say first.
        made_on: the day of the memo.
    """
    top = memo_content.Top.of(forecast, note=note, made_on=made_on)
    style = Path(__file__).with_name("memo.css").read_text(encoding="utf-8")
    parts = document.as_html(memo_content.parts(forecast, comparison), partial(_draw, forecast))
    return report.page(top.title, [*_top(top), *parts], style)


def _top(top: memo_content.Top) -> Iterator[str]:
    yield report.element("h1", top.title)
    yield report.element("p", top.about, class_="quiet")
    sentences = report.element("p", top.deadline) if top.deadline else ""
    yield report.wrapped("section", report.element("strong", top.answer) + sentences, class_="finding")
    if top.note:
        yield report.element("blockquote", "\n".join(top.note))


def _draw(forecast: Forecast, name: str) -> Iterator[Figure]:
    from mlmgmt_widgets.timeline import charts

    draw = {"delivery": charts.delivery, "schedule": charts.schedule, "drivers": charts.drivers}[name]
    yield draw(forecast)
